"""A small ReLU and softmax network by loops: its loss, its gradients, and their likely mistakes."""

import math

from numpy import array, exp, ndarray

from nnlib.checks._tools import _call, _products, _weighted_sums

_SLIPS = {
    "no mean": "The 1/n is missing: the loss is a mean over the samples",
    "twice": "The 1/n is taken twice: it is in the gradient of the loss, and the layers only sum",
    "no mask": "ReLU's slope is missing: nothing comes back to a unit that was off",
    "mask of dA": "ReLU's slope is taken at dA: take it at Z, what went into ReLU",
    "no transpose": "W stands here for its transpose, on the way back to the layer below",
    "no targets": "Subtract the targets: the gradient at the output is (P - Y) / n",
    "sign": "The sign is wrong: P - Y, not Y - P",
    "no relu": "The layer above saw A, after ReLU, not Z: its dW is Aᵀ dZ",
}


def _network_loss(X, Y, parameters):
    """Mean categorical cross-entropy of dense layers with ReLU between them."""
    A = X
    for W, b in _pairs(parameters):
        Z = array(_weighted_sums(A, W, b))
        A = (Z > 0) * Z
    return float(-(Y * array([_log_softmax(row) for row in Z.tolist()])).sum()) / len(X)


def _slipped_gradients(X, Y, parameters, slip):
    """The gradients as somebody gets them who makes one mistake."""
    layers, seen, sums = _pairs(parameters), [X], []
    for W, b in layers:
        sums.append(array(_weighted_sums(seen[-1], W, b)))
        seen.append((sums[-1] > 0) * sums[-1])
    P = exp(array([_log_softmax(row) for row in sums[-1].tolist()]))
    dZ = (P - Y * (slip != "no targets")) * (-1 if slip == "sign" else 1)
    dZ = dZ / (1 if slip == "no mean" else len(X))
    share = len(X) if slip == "twice" else 1
    gradients = []
    for i in reversed(range(len(layers))):
        A = sums[i - 1] if slip == "no relu" and i else seen[i]
        gradients[:0] = [_products(A.T, dZ) / share, _row_sums(dZ.T) / share]
        if i:
            W = layers[i][0]
            straight = slip == "no transpose" and W.shape[0] == W.shape[1]
            dA = _products(dZ, W if straight else W.T)
            dZ = dA * {"no mask": 1, "mask of dA": dA > 0}.get(slip, sums[i - 1] > 0)
    return gradients


def _slips_by_parameter(X, Y, parameters):
    """For each parameter the wrong gradients that it may get, with words."""
    wrong = [(_slipped_gradients(X, Y, parameters, slip), words) for slip, words in _SLIPS.items()]
    return [[(values[i], words) for values, words in wrong] for i in range(len(parameters))]


def _pairs(parameters):
    return list(zip(parameters[::2], parameters[1::2], strict=True))


def _one_hot_rows(labels, k):
    return array([[float(c == label) for c in range(k)] for label in labels])


def _log_softmax(row):
    top = max(row)
    log_sum = top + math.log(sum(math.exp(z - top) for z in row))
    return [z - log_sum for z in row]


def _row_sums(A):
    return array([sum(row) for row in A.tolist()])


def _call_in_words(function, arguments, words):
    """Call it; an error of shapes becomes a failure in words."""
    shapes = ", ".join(str(a.shape) for a in arguments if isinstance(a, ndarray))
    try:
        return _call(function, *arguments)
    except (ValueError, IndexError) as error:
        hint = words and f". Hint: {words}"
        raise AssertionError(
            f"for arguments of shapes {shapes} it stopped: {str(error).strip()}{hint}"
        ) from None

"""Networks with ReLU between their layers and softmax on top: gradients, and slips in them."""

from numpy import exp, log, maximum

from nnlib.checks.by_loops import slopes

__all__ = ["GRADIENTS", "SLIPS", "nudged", "nudged_gradients"]

# What problem sets 3 and 4 hand in, from `parameters`, `X` and one-hot rows `Y`.
GRADIENTS = """
    inputs, sums = [X], []
    for i in range(0, len(parameters), 2):
        sums.append(inputs[-1] @ parameters[i] + parameters[i + 1])
        inputs.append(np.maximum(sums[-1], 0))
    E = np.exp(sums[-1] - sums[-1].max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dZ = (P - Y) / len(X)
    gradients = []
    for i in range(len(sums) - 1, -1, -1):
        dW, db = inputs[i].T @ dZ, dZ.sum(axis=0)
        gradients = [dW, db] + gradients
        dA = dZ @ parameters[2 * i].T
        dZ = dA * (sums[i - 1] > 0) if i > 0 else None
    return gradients
"""

# fmt: off
SLIPS = {
    "The 1/n is missing: the loss is a mean over the samples": ("(P - Y) / len(X)", "P - Y"),
    "The 1/n is taken twice: it is in the gradient of the loss, and the layers only sum":
        ("inputs[i].T @ dZ, dZ.sum(axis=0)", "inputs[i].T @ dZ / len(X), dZ.mean(axis=0)"),
    "ReLU's slope is missing: nothing comes back to a unit that was off":
        ("dA * (sums[i - 1] > 0)", "dA"),
    "ReLU's slope is taken at dA: take it at Z, what went into ReLU":
        ("(sums[i - 1] > 0)", "(dA > 0)"),
    "W stands here for its transpose, on the way back to the layer below":
        ("parameters[2 * i].T", "parameters[2 * i]"),
    "Subtract the targets: the gradient at the output is (P - Y) / n": ("(P - Y)", "P"),
    "Softmax works on each row by itself: sum along axis 1, with keepdims=True":
        ("E.sum(axis=1, keepdims=True)", "E.sum()"),
    "The layer above saw A, after ReLU, not Z: its dW is Aᵀ dZ":
        ("inputs[i].T", "[X, *sums][i].T"),
    "db has one number for each unit: sum over the samples, axis 0": ("sum(axis=0)", "sum(axis=1)"),
}
# fmt: on


def nudged(loss, *arguments):
    """The slopes of a loss with respect to each argument, by central differences."""

    def slopes_of(i):
        return slopes(lambda x: loss(*arguments[:i], x, *arguments[i + 1 :]), arguments[i])

    return tuple(map(slopes_of, range(len(arguments))))


def nudged_gradients(X, Y, parameters):
    """The gradients of a network of any depth: no derivative is needed."""

    def loss(*values):
        A = X
        for W, b in zip(values[::2], values[1::2], strict=True):
            Z = A @ W + b
            A = maximum(Z, 0)
        Z = Z - Z.max(axis=1, keepdims=True)
        return float((log(exp(Z).sum(axis=1)) - (Y * Z).sum(axis=1)).mean())

    return nudged(loss, *parameters)

"""Networks with ReLU between their layers and softmax on top: gradients, and slips in them."""

from numpy import exp, log, maximum

from nnlib.checks.by_loops import slopes

__all__ = ["GRADIENTS", "SLIPS", "nudged_gradients"]

# What problem sets 3 and 4 hand in, from `parameters`, `X` and one-hot rows `Y`.
GRADIENTS = """
    n, k = Y.shape
    inputs, sums = [X], []
    for i in range(0, len(parameters), 2):
        sums.append(inputs[-1] @ parameters[i] + parameters[i + 1])
        inputs.append(np.maximum(sums[-1], 0))
    Z = sums[-1]
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    dZ = (P - Y) / n
    gradients = []
    for i in range(len(sums) - 1, -1, -1):
        dW = inputs[i].T @ dZ
        db = dZ.sum(axis=0)
        gradients = [dW, db] + gradients
        if i > 0:
            W = parameters[2 * i]
            dA = dZ @ W.T
            dZ = dA * (sums[i - 1] > 0)
    return gradients
"""

# fmt: off
SLIPS = {
    "The 1/n is missing: the loss is a mean over the samples": ("(P - Y) / n", "P - Y"),
    "The 1/n is taken twice: it is in the gradient of the loss, and the layers only sum":
        ("dW = inputs[i].T @ dZ", "dW = inputs[i].T @ dZ / n", "dZ.sum(axis=0)", "dZ.mean(axis=0)"),
    "Divide by n, not by n k: a row is one answer": ("(P - Y) / n", "(P - Y) / Y.size"),
    "ReLU's slope is missing: nothing comes back to a unit that was off":
        ("dZ = dA * (sums[i - 1] > 0)", "dZ = dA"),
    "ReLU's slope is taken at dA: take it at Z, what went into ReLU":
        ("(sums[i - 1] > 0)", "(dA > 0)"),
    "W stands here for its transpose, on the way back to the layer below": ("W.T", "W"),
    "Subtract the targets: the gradient at the output is (P - Y) / n": ("(P - Y)", "P"),
    "The sign is wrong: P - Y, not Y - P": ("(P - Y)", "(Y - P)"),
    "P - Y is the gradient at the scores already: no slope of softmax belongs to it":
        ("(P - Y)", "(P - Y) * P * (1 - P)"),
    "A factor 2 belongs to the squared error: here it is (P - Y) / n": ("(P - Y)", "2 * (P - Y)"),
    "Softmax works on each row by itself: sum along axis 1, with keepdims=True":
        ("E.sum(axis=1, keepdims=True)", "E.sum()"),
    "Softmax works on each row by itself: axis 1, not axis 0":
        ("E.sum(axis=1, keepdims=True)", "E.sum(axis=0)"),
    "The layer above saw A, after ReLU, not Z: its dW is Aᵀ dZ":
        ("dW = inputs[i].T", "dW = [X, *sums][i].T"),
    "ReLU is missing on the way forward: the layer above is given max(Z, 0)":
        ("np.maximum(sums[-1], 0)", "sums[-1]"),
    "No ReLU stands behind the last layer: its scores go into softmax as they are":
        ("Z = sums[-1]", "Z = inputs[-1]"),
    "The bias is missing on the way forward: Z = A W + b": (" + parameters[i + 1]", ""),
    "This is dW transposed: dW = Aᵀ dZ, where A is what went into the layer":
        ("inputs[i].T @ dZ", "dZ.T @ inputs[i]"),
    "The dW of a layer takes what went into that layer, which is X in the first layer only":
        ("inputs[i].T @ dZ", "X.T @ dZ"),
    "db has one number for each unit: sum over the samples, axis 0": [
        ("dZ.sum(axis=0)", "dZ.sum(axis=1)"), ("dZ.sum(axis=0)", "dZ.sum()")],
    "db has the shape of b: leave keepdims out": ("sum(axis=0)", "sum(axis=0, keepdims=True)"),
}
# fmt: on


def nudged_gradients(X, Y, parameters):
    """The gradients by central differences: no derivative is needed."""

    def loss(values):
        A = X
        for W, b in zip(values[::2], values[1::2], strict=True):
            Z = A @ W + b
            A = maximum(Z, 0)
        Z = Z - Z.max(axis=1, keepdims=True)
        return float((log(exp(Z).sum(axis=1)) - (Y * Z).sum(axis=1)).mean())

    def slopes_of(i):
        return slopes(lambda w: loss([*parameters[:i], w, *parameters[i + 1 :]]), parameters[i])

    return [slopes_of(i) for i in range(len(parameters))]

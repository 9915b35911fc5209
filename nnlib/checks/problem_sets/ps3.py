"""Problem set 3, backpropagation: gradients of layers and networks; the losses are imported."""

from numpy import array, einsum, outer, sqrt, tanh

from nnlib.checks import families
from nnlib.checks.by_loops import dense_backward, one_hot_rows
from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets._networks import GRADIENTS, SLIPS, nudged, nudged_gradients
from nnlib.checks.problem_sets.ps3_losses import check_hinge, check_poisson, check_softmax_loss

# fmt: off
__all__ = ["check_dense_gradients", "check_hinge", "check_layer_norm_gradients", "check_poisson",
           "check_softmax_loss", "check_tied_gradients", "check_two_layer_gradients"]


# --- 1. a dense layer

def _layers(rng):
    yield array([[10.0]]), array([[1.0, 2.0]]), array([[3.0], [4.0]])
    for n, m, k in [(4, 3, 2), (3, 3, 3), (1, 2, 4), (5, 1, 1)]:
        yield rng.normal(size=(n, k)), rng.normal(size=(n, m)), rng.normal(size=(m, k))
    yield rng.normal(size=(2, 2)), array([[1, 2, 3], [4, 5, 6]]), array([[1, 0], [-2, 1], [3, 2]])


check_dense_gradients = Exercise(
    "dense_gradients(dZ, X, W)", "dX, dW and db of a dense layer, Z = X W + b, from dZ", _layers,
    parts=("dX", "dW", "db"), keeps=True,
)
check_dense_gradients.reference(dense_backward)
check_dense_gradients.right(
    lambda dZ, X, W: [einsum("nk,mk->nm", dZ, W), sum(map(outer, X, dZ)), list(sum(dZ))])
check_dense_gradients.slips("""
def dense_gradients(dZ, X, W):
    dX = dZ @ W.T
    dW = X.T @ dZ
    db = dZ.sum(axis=0)
    return dX, dW, db
""", {
    "A layer only sums: the 1/n of a mean loss is in dZ already":
        ("return dX, dW, db", "return dX / len(X), dW / len(X), db / len(X)"),
    "Transpose W: dX = dZ Wᵀ": ("W.T", "W"),
    "Transpose X: dW = Xᵀ dZ": ("X.T", "X"),
    "This is dW transposed: dW = Xᵀ dZ": ("X.T @ dZ", "dZ.T @ X"),
    **families.type_of_input(("dZ @ W.T", "(dZ @ W.T).astype(X.dtype)"),
                             ("X.T @ dZ", "(X.T @ dZ).astype(W.dtype)")),
    "db has one number for each unit: sum over the samples, axis 0, without keepdims":
        [("axis=0", "axis=1"), ("axis=0", ""), ("axis=0", "axis=0, keepdims=True")],
    "The order is dX, dW, db": ("return dX, dW, db", "return dW, db, dX"),
})


# --- 3. two layers

def _two_layers(rng):
    for n, n_in, units, k in [(5, 3, 4, 2), (4, 3, 3, 3), (1, 2, 5, 3), (8, 4, 6, 3)]:
        X, Y = rng.normal(size=(n, n_in)), one_hot_rows(rng.integers(0, k, n), k)
        yield X, Y, *(rng.normal(size=size) for size in ((n_in, units), units, (units, k), k))


check_two_layer_gradients = Exercise(
    "two_layer_gradients(X, Y, W1, b1, W2, b2)",
    "dW1, db1, dW2, db2 of the mean cross-entropy of softmax(relu(X W1 + b1) W2 + b2)",
    _two_layers, parts=("dW1", "db1", "dW2", "db2"), keeps=True,
)
check_two_layer_gradients.reference(lambda X, Y, *parameters: nudged_gradients(X, Y, parameters))
check_two_layer_gradients.slips(f"def two_layer_gradients(X, Y, *parameters):{GRADIENTS}", SLIPS | {
    **families.wrong_sign("(P - Y)", "(Y - P)", why=": P - Y, not Y - P"),
    "ReLU is missing on the way forward: the layer above is given max(Z, 0)":
        ("np.maximum(sums[-1], 0)", "sums[-1]"),
    "The order is dW1, db1, dW2, db2: layer by layer, the lower layer first":
        ("[dW, db] + gradients", "gradients + [dW, db]"),
})


# --- 6. tied weights

def _tied_layers(rng):
    for n, n_in, units in [(4, 3, 2), (3, 3, 3), (1, 5, 2), (6, 2, 4)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, units))
        yield rng.normal(size=(n, n_in)), X, W, rng.normal(size=units)


check_tied_gradients = Exercise(
    "tied_gradients(dR, X, W, b)",
    "dW, db and dc of R = tanh(X W + b) Wᵀ + c, whose W is used twice",
    _tied_layers, parts=("dW", "db", "dc"), keeps=True,
)
check_tied_gradients.reference(lambda dR, X, W, b: nudged(
    lambda W, b, c: (dR * (tanh(X @ W + b) @ W.T + c)).sum(), W, b, 0 * W[:, 0]))
check_tied_gradients.slips("""
def tied_gradients(dR, X, W, b):
    Z = X @ W + b
    H = np.tanh(Z)
    dH = dR @ W
    dV = H.T @ dR
    dZ = dH * (1 - H**2)
    dW = X.T @ dZ + dV.T
    return dW, dZ.sum(axis=0), dR.sum(axis=0)
""", {
    "W is used twice: add the gradient of its other use": [(" + dV.T", ""), ("X.T @ dZ + ", "")],
    "The slope of tanh, 1 - H², is missing on the way back to the first layer":
        (" * (1 - H**2)", ""),
    "The slope of tanh is 1 - H²: tanh has been applied already, H is enough":
        ("H**2", "np.tanh(H) ** 2"),
    "The slope of tanh is 1 - H²": [("H**2", "H"), ("(1 - H**2)", "H * (1 - H)")],
    "R is made of H, after tanh: dV = Hᵀ dR": ("H.T", "Z.T"),
    "The gradients of both uses add up: no mean": ("X.T @ dZ + dV.T", "(X.T @ dZ + dV.T) / 2"),
    "dV has the shape of Wᵀ: turn it before you add": ("dV.T", "dV"),
    "Sum over the samples, axis 0": ("sum(axis=0)", "sum(axis=1)"),
})


# --- 7. layer normalisation

def _rows_to_normalise(rng):
    for n, width, epsilon in [(4, 3, 0.5), (3, 4, 1e-5), (1, 5, 0.1), (6, 2, 0.01)]:
        gamma = rng.normal(1, 0.4, width)
        yield rng.normal(size=(n, width)), rng.normal(2, 3, (n, width)), gamma, epsilon


check_layer_norm_gradients = Exercise(
    "layer_norm_gradients(dA, X, gamma, epsilon)",
    "dX, dgamma and dbeta of layer normalisation, γ (x - mean) / √(variance + ε) + β, by rows",
    _rows_to_normalise, parts=("dX", "dgamma", "dbeta"), keeps=True,
)
check_layer_norm_gradients.reference(lambda dA, X, gamma, epsilon: nudged(
    lambda X, gamma, beta: (dA.T * (
        (X.T - X.mean(axis=1)) / sqrt(X.var(axis=1) + epsilon) * gamma[:, None] + beta[:, None])
    ).sum(), X, gamma, 0 * gamma))
_MEANS = "d - d.mean(axis=1, keepdims=True) - hat * (d * hat).mean(axis=1, keepdims=True)"
check_layer_norm_gradients.slips(f"""
def layer_norm_gradients(dA, X, gamma, epsilon):
    s = np.sqrt(X.var(axis=1, keepdims=True) + epsilon)
    hat = (X - X.mean(axis=1, keepdims=True)) / s
    d = dA * gamma
    dX = ({_MEANS}) / s
    return dX, (dA * hat).sum(axis=0), dA.sum(axis=0)
""", {
    "X moves mean and spread of its row too: two terms are missing": (_MEANS, "d"),
    "X moves the spread of its row too: one term is missing":
        (_MEANS, "d - d.mean(axis=1, keepdims=True)"),
    "The two terms are means along the row: divide the sums by k":
        ("d.mean(", "d.sum(", "hat).mean(", "hat).sum("),
    "Divide by the root of variance + ε": (") / s\n    return", ")\n    return"),
    "The means of dX and of X go along each row, axis 1 with keepdims=True":
        [("axis=1", "axis=0"), (", keepdims=True", "")],
    "ε stands under the root: s = √(v + ε)": ("True) + epsilon)", "True)) + epsilon"),
    "γ is missing in dX": ("dA * gamma", "dA"),
    "No γ in dγ: it sums dA times the normalised row": ("(dA * hat)", "(d * hat)"),
    "The gradient is a sum over the samples, no mean": (".sum(axis=0)", ".mean(axis=0)"),
})

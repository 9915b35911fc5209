"""Problem set 3, backpropagation: gradients of a layer, of networks, of layer normalisation."""

from numpy import array, concatenate, sqrt, tanh

from nnlib import bugs
from nnlib.checks.by_loops import one_hot_rows, products, row_sums, slopes
from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets._networks import GRADIENTS, SLIPS, nudged_gradients
from nnlib.checks.problem_sets.ps3_losses import check_hinge, check_poisson, check_softmax_loss

__all__ = [
    "check_dense_gradients",
    "check_hinge",
    "check_layer_norm_gradients",
    "check_poisson",
    "check_softmax_loss",
    "check_tied_gradients",
    "check_two_layer_gradients",
]

# fmt: off
_CHANGED = "your function changed its input"
_SAMPLES = "Sum over the samples, axis 0"


# --- 1. a dense layer

def _layers(rng):
    worked = array([[10.0]]), array([[1.0, 2.0]]), array([[3.0], [4.0]])
    drawn = [(rng.normal(size=(n, k)), rng.normal(size=(n, m)), rng.normal(size=(m, k)))
             for n, m, k in [(4, 3, 2), (3, 3, 3), (1, 2, 4), (5, 1, 1), (2, 4, 2)]]
    whole = rng.normal(size=(2, 2)), array([[1, 2, 3], [4, 5, 6]]), array([[1, 0], [-2, 1], [3, 2]])
    return [worked, *drawn, whole]


check_dense_gradients = Exercise(
    "dense_gradients(dZ, X, W)", "dX, dW and db of a dense layer, Z = X W + b, from dZ", _layers,
    parts=("dX", "dW", "db"), keeps=True,
)


@check_dense_gradients.reference
def dense_gradients(dZ, X, W):
    return products(dZ, W.T), products(X.T, dZ), row_sums(dZ.T)


@check_dense_gradients.right
def _(dZ, X, W):
    def arrived(X, W, b):
        return (dZ * (X @ W + b)).sum()

    b = 0 * dZ[0]
    return [slopes(lambda x: arrived(x, W, b), X), slopes(lambda w: arrived(X, w, b), W),
            slopes(lambda c: arrived(X, W, c), b)]


_DIVIDED = "A layer only sums: the 1/n of a mean loss is in dZ already"
check_dense_gradients.mistake(_DIVIDED, bugs.dense_backward_with_mean_bias)
check_dense_gradients.slips("""
def dense_gradients(dZ, X, W):
    dX = dZ @ W.T
    dW = X.T @ dZ
    db = dZ.sum(axis=0)
    return dX, dW, db
""", {
    _DIVIDED: ("return dX, dW, db", "return dX / len(X), dW / len(X), db / len(X)"),
    "A layer only sums: nothing is divided by the number of inputs": ("dW =", "dW = 1 / len(W) *"),
    "Transpose W: dX = dZ Wᵀ": ("W.T", "W"),
    "This is dX transposed: dX = dZ Wᵀ, the rows belong to the samples": ("dZ @ W.T", "W @ dZ.T"),
    "dX = dZ Wᵀ: the order of a product matters": ("dZ @ W.T", "W.T @ dZ"),
    "dX = dZ Wᵀ is a product of matrices: @, not *": ("dZ @ W", "dZ * W"),
    "This is the forward pass: dX comes from dZ and W": ("dZ @ W.T", "X @ W"),
    "This is dW transposed: dW = Xᵀ dZ": ("X.T @ dZ", "dZ.T @ X"),
    "Transpose X: dW = Xᵀ dZ": ("X.T", "X"),
    "dW = Xᵀ dZ: the order of a product matters, and X is the one to turn": ("X.T @ dZ", "dZ @ X"),
    "dW = Xᵀ dZ is a product of matrices: @, not *": ("X.T @", "X.T *"),
    "Only the last sample's share of dW is left: add with +=": ("X.T @ dZ", "X[-1:].T @ dZ[-1:]"),
    "np.zeros_like(X) holds whole numbers where X does: make zeros with np.zeros(X.shape)":
        ("W.T", "W.T; dX = dX.astype(X.dtype)"),
    "np.zeros_like(W) holds whole numbers where W does: make zeros with np.zeros(W.shape)":
        ("X.T @ dZ", "(X.T @ dZ).astype(W.dtype)"),
    "db has one number for each unit: sum over the samples, axis 0": [
        ("axis=0", "axis=1"), ("axis=0", "")],
    "db has the shape of b, (n_out,): sum over the samples, axis 0": (".sum(axis=0)", ""),
    "db has the shape of b, (n_out,): leave keepdims out": ("axis=0", "axis=0, keepdims=True"),
    "Every sample moves the bias, not only the last one: add with +=": (".sum(axis=0)", "[-1]"),
    "The order is dX, dW, db": [
        ("return dX, dW, db", "return dW, db, dX"), ("return dX, dW, db", "return dX, db, dW")],
    _CHANGED: ("db =", "dZ[0] += dZ[1:].sum(axis=0); return dX, dW, dZ[0]\n    db ="),
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
check_two_layer_gradients.reference(
    lambda X, Y, *parameters: tuple(nudged_gradients(X, Y, parameters))
)
check_two_layer_gradients.slips(f"def two_layer_gradients(X, Y, *parameters):{GRADIENTS}", SLIPS | {
    "The order is dW1, db1, dW2, db2: the lower layer comes first":
        ("[dW, db] + gradients", "gradients + [dW, db]"),
    "The order is dW1, db1, dW2, db2: the bias of a layer comes after its weights":
        ("[dW, db] +", "[db, dW] +"),
    "The order is dW1, db1, dW2, db2: layer by layer":
        ("return gradients", "return gradients[::2] + gradients[1::2]"),
    _CHANGED: ("return", "X -= X.mean()\n    return"),
})


@check_two_layer_gradients.right
def _(X, Y, W1, b1, W2, b2):
    A = X @ W1 + b1
    A[A < 0] = 0
    dZ = 2.718281828459045 ** (A @ W2 + b2)
    dZ = (dZ / dZ.sum(1)[:, None] - Y) / Y.sum()
    back = (dZ @ W2.T) * (A != 0)
    return X.T @ back, sum(back), A.T @ dZ, sum(dZ)


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


@check_tied_gradients.reference
def tied_gradients(dR, X, W, b):
    def arrived(W, b, c):
        return (dR * (tanh(X @ W + b) @ W.T + c)).sum()

    c = 0 * W[:, 0]
    return (slopes(lambda w: arrived(w, b, c), W), slopes(lambda v: arrived(W, v, c), b),
            slopes(lambda v: arrived(W, b, v), c))


check_tied_gradients.slips("""
def tied_gradients(dR, X, W, b):
    Z = X @ W + b
    H = np.tanh(Z)
    dH = dR @ W
    dV = H.T @ dR
    dZ = dH * (1 - H**2)
    dW = X.T @ dZ + dV.T
    db = dZ.sum(axis=0)
    dc = dR.sum(axis=0)
    return dW, db, dc
""", {
    "W is used twice: add the gradient of its other use": [(" + dV.T", ""), ("X.T @ dZ + ", "")],
    "The slope of tanh, 1 - H², is missing on the way back to the first layer": [
        (" * (1 - H**2)", ""), ("dZ.sum", "dH.sum")],
    "The slope of tanh is 1 - H²: H is the output of tanh, Z what went into it": ("H**2", "Z**2"),
    "The slope of tanh is 1 - H²: tanh has been applied already, H is enough":
        ("H**2", "np.tanh(H) ** 2"),
    "The slope of tanh is 1 - H², with a square": ("H**2", "H"),
    "H (1 - H) is the slope of the sigmoid; that of tanh is 1 - H²": ("(1 - H**2)", "H * (1 - H)"),
    "The slope of tanh is 1 - H²: mind the sign": ("(1 - H**2)", "(H**2 - 1)"),
    "R is made of H, after tanh: dV = Hᵀ dR": ("H.T", "Z.T"),
    "The gradients of both uses add up: no mean": ("X.T @ dZ + dV.T", "(X.T @ dZ + dV.T) / 2"),
    "The gradients of both uses add up: no difference": ("+ dV", "- dV"),
    "dV has the shape of Wᵀ: turn it before you add": ("dV.T", "dV"),
    "dR W is what leads back to H: R = H Wᵀ + c, and the transpose of Wᵀ is W":
        ("dR @ W", "dR @ W.T"),
    "The layers only sum: the 1/n of a mean loss is in dR already":
        ("return dW, db, dc", "return dW / len(X), db / len(X), dc / len(X)"),
    _SAMPLES: [("dZ.sum(axis=0)", "dZ.sum(axis=1)"), ("dR.sum(axis=0)", "dR.sum(axis=1)")],
    "db and dc are swapped": ("return dW, db, dc", "return dW, dc, db"),
    "dc has the shape of c: it is dR, summed over the samples": ("dR.sum(axis=0)", "dR"),
    _CHANGED: ("return", "X += 1\n    return"),
})


@check_tied_gradients.right
def _(dR, X, W, b):
    H = tanh(X @ W + b)
    dZ = dR @ W * (1 - H) * (1 + H)
    return concatenate([X, dR]).T @ concatenate([dZ, H]), sum(dZ), [sum(column) for column in dR.T]


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


@check_layer_norm_gradients.reference
def layer_norm_gradients(dA, X, gamma, epsilon):
    def arrived(X, gamma, beta):
        hat = (X.T - X.mean(axis=1)) / sqrt(X.var(axis=1) + epsilon)
        return (dA * (hat.T * gamma + beta)).sum()

    beta = 0 * gamma
    return (slopes(lambda x: arrived(x, gamma, beta), X),
            slopes(lambda g: arrived(X, g, beta), gamma),
            slopes(lambda b: arrived(X, gamma, b), beta))


_ROWS = "The means of dX and of X go along each row, axis 1 with keepdims=True"
_MEANS = "d - d.mean(axis=1, keepdims=True) - hat * (d * hat).mean(axis=1, keepdims=True)"
check_layer_norm_gradients.slips(f"""
def layer_norm_gradients(dA, X, gamma, epsilon):
    v = X.var(axis=1, keepdims=True)
    s = np.sqrt(v + epsilon)
    hat = (X - X.mean(axis=1, keepdims=True)) / s
    d = dA * gamma
    back = {_MEANS}
    dX = back / s
    dgamma = (dA * hat).sum(axis=0)
    dbeta = dA.sum(axis=0)
    return dX, dgamma, dbeta
""", {
    "X moves mean and spread of its row too: two terms are missing": (_MEANS, "d"),
    "X moves the spread of its row too: one term is missing":
        (_MEANS, "d - d.mean(axis=1, keepdims=True)"),
    "X moves the mean of its row: one term is missing":
        (_MEANS, "d - hat * (d * hat).mean(axis=1, keepdims=True)"),
    "The paths through mean and spread have a minus: raise one number, and the others go down": [
        (_MEANS, _MEANS.replace(" - ", " + ")), ("- hat *", "+ hat *"), ("d - d.", "d + d.")],
    "The two terms are means along the row: divide the sums by k":
        ("d.mean(", "d.sum(", "hat).mean(", "hat).sum("),
    "Divide by the root of variance + ε": ("back / s", "back"),
    "Divide by s, the root, once: variance + ε itself is its square":
        ("back / s", "back / s**2"),
    _ROWS: [("axis=1", "axis=0"), (_MEANS, _MEANS.replace("axis=1", "axis=0")),
            ("v = X.var(axis=1, keepdims=True)", "v = X.var()",
             "X - X.mean(axis=1, keepdims=True)", "X - X.mean()")],
    "ε stands under the root: s = √(v + ε)": ("np.sqrt(v + epsilon)", "np.sqrt(v) + epsilon"),
    "ε is missing: s = √(v + ε)": ("v + epsilon", "v"),
    "s is the root of variance + ε": ("np.sqrt(v + epsilon)", "v + epsilon"),
    "The variance is a mean: divide by k, not by k - 1 (leave ddof=1 out)":
        ("X.var(axis=1,", "X.var(axis=1, ddof=1,"),
    "γ is missing in dX": ("dA * gamma", "dA"),
    "γ stands twice in dX": ("dA * gamma", "dA * gamma**2"),
    "The normalised row is (x - m) / s: the mean is missing":
        ("(X - X.mean(axis=1, keepdims=True)) / s", "X / s"),
    "The means of rows need keepdims=True": [
        (", keepdims=True", ""), (_MEANS, "d", ", keepdims=True", "")],
    "The gradient is a sum over the samples, no mean": (".sum(axis=0)", ".mean(axis=0)"),
    "dγ, dgamma, sums over the samples, axis 0": ("hat).sum(axis=0)", "hat).sum(axis=1)"),
    "γ multiplies the normalised row, not X": ("(dA * hat)", "(dA * X)"),
    "No γ in dγ: it sums dA times the normalised row": ("(dA * hat)", "(d * hat)"),
    "dγ sums dA times the normalised row: this is dβ": ("(dA * hat)", "dA"),
    "dβ sums over the samples, axis 0": ("dA.sum(axis=0)", "dA.sum(axis=1)"),
    "β is added after γ: no γ in dβ": ("dA.sum", "d.sum"),
    _CHANGED: ("return", "dA *= gamma\n    return"),
})


@check_layer_norm_gradients.right
def _(dA, X, gamma, epsilon):
    dX, k = 0 * X, X.shape[1]
    for r, (x, d) in enumerate(zip(X, dA * gamma, strict=True)):
        centred, square = x - x.mean(), x.var() + epsilon
        dX[r] = (d - d.mean()) / sqrt(square) - centred * (d @ centred) / k / square**1.5
    hat = ((X.T - X.mean(axis=1)) / sqrt(X.var(axis=1) + epsilon)).T
    return dX, sum(dA * hat), sum(dA)

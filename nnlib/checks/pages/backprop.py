"""Page 04: gradients sent back through layers."""

import numpy as np
from numpy import array

from nnlib.checks import families
from nnlib.checks.by_loops import dense_backward, weighted_sums
from nnlib.checks.exercise import Exercise
from nnlib.checks.pages.activations import logistic, softplus

# fmt: off
__all__ = ["check_backward_by_loops", "check_combine_gradients", "check_skip_backward",
           "check_softplus_backward"]


def _before_return(*statements):
    """Changes of a source: one of the statements stands before its `return`."""
    return [("    return", f"    {statement}\n    return") for statement in statements]


_ALONG = "W stands here for its transpose: go along the rows of W, not down its columns"
_ORDER = "The order is dX, dW, db"
_IN_EVERY_LAYER = {
    "A layer only sums: the 1/n of a mean loss is in dZ already":
        _before_return("dX, dW, db = dX / len(X), dW / len(X), db / len(X)"),
    "db has one number for each unit: sum over the samples, axis 0":
        _before_return("db = dZ", "db = dZ.sum(axis=1)", "db = db[None]", "db = db.sum()"),
    "dW has the shape of W: this is its transpose": _before_return("dW = dW.T"),
    _ALONG: _before_return("dX = np.dot(dZ, W)"),
}

_TOOLS = ("matmul dot einsum tensordot inner vdot outer kron matrix asmatrix vecdot matvec vecmat "
          "convolve correlate sum nansum mean average cumsum trapezoid add multiply")
check_backward_by_loops = Exercise(
    "backward_by_loops(dZ, X, W)", "dX, dW and db of a dense layer, by loops over single numbers",
    lambda rng: [
        (array([[1.0, -2.0], [3.0, 0.5]]), array([[1.0, 2.0], [3.0, -1.0]]),
         array([[0.5, -1.0], [2.0, 4.0]])),
        *((rng.normal(size=(n, n_out)), rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)))
          for n, n_in, n_out in [(4, 3, 2), (3, 3, 3), (1, 2, 4), (5, 1, 1), (2, 2, 3)]),
        (array([[1.0, -1, 2], [0, 3, 1]]), array([[1, 2], [3, 4]]), array([[2, 0, 1], [1, 1, 3]]))],
    parts=("dX", "dW", "db"),
    forbidden=(
        *"@ .T nnlib.layers nnlib.models builtins.sum math.fsum math.sumprod".split(),
        *"numpy.ma.dot numpy.ma.inner numpy.ma.outer numpy.ma.sum".split(),
        *(f"ndarray.{name}" for name in "dot sum mean cumsum trace transpose swapaxes".split()),
        *(f"numpy.linalg.{name}" for name in "matmul multi_dot tensordot vecdot outer".split()),
        *(f"numpy.{name}" for name in _TOOLS.split() if hasattr(np, name)),
    ),
)
check_backward_by_loops.reference(dense_backward)
check_backward_by_loops.slips("""
def backward_by_loops(dZ, X, W):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for i in range(X.shape[0]):
        for j in range(W.shape[1]):
            db[j] += dZ[i, j]
            for k in range(W.shape[0]):
                dX[i, k] += dZ[i, j] * W[k, j]
                dW[k, j] += dZ[i, j] * X[i, k]
    return dX, dW, db
""", _IN_EVERY_LAYER | {
    **families.last_term_only(),
    "Too often: add to db outside the loop over the inputs":
        ("db[j] += dZ[i, j]", "pass", "dX[i, k] +=", "db[j] += dZ[i, j]; dX[i, k] +="),
    "Z holds X[i, k] W[k, j]: each of the two gets the other as factor":
        [("* W[k, j]", "* X[i, k]"), ("* X[i, k]", "* W[k, j]")],
    _ALONG: [("W[k, j]", "W[j, k]"), *_IN_EVERY_LAYER[_ALONG]],
    **families.returns_too_early(8, 12, 16),
    "How long is each loop? The samples are X.shape[0], the inputs and units W.shape":
        [("range(W.shape[1])", "range(W.shape[0])"), ("range(W.shape[0])", "range(W.shape[1])")],
    _ORDER: ("return dX, dW, db", "return dW, db, dX"),
    "your function uses @": "return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)",
})

check_skip_backward = Exercise(
    "skip_backward(dY, X, W, b)", "dX, dW and db of a layer Y = X + relu(X W + b)",
    lambda rng: [
        (array([[1.0, -2.0], [3.0, 0.5]]), array([[1.0, 2.0], [-3.0, 1.0]]),
         array([[1.0, -1.0], [2.0, 0.5]]), array([-6.0, 0.5])),
        *((rng.normal(size=(n, k)), rng.normal(size=(n, k)), rng.normal(size=(k, k)),
           2 * rng.normal(size=k)) for n, k in [(6, 3), (4, 4), (3, 2), (1, 5), (5, 1)]),
        (array([[1.0, -2], [3, 5]]), array([[1, 2], [-3, 1]]), array([[1, -1], [2, 2]]),
         array([-6, 1]))],
    parts=("dX", "dW", "db"))


@check_skip_backward.reference
def skip_backward(dY, X, W, b):
    dX, dW, db = dense_backward(dY * (weighted_sums(X, W, b) > 0), X, W)
    return dX + dY, dW, db


_MASK = "ReLU's slope is missing: where X W + b is negative nothing comes back"
_PATHS = "X reaches Y by two paths: add the gradient that comes by the direct one"
_AT = "ReLU's slope is taken at {}: take it at Z = X W + b, what went into ReLU"
check_skip_backward.slips("""
def skip_backward(dY, X, W, b):
    Z = X @ W + b
    dZ = dY * (Z > 0)
    dX, dW, db = dense_backward(dZ, X, W)
    return dX + dY, dW, db
""", _IN_EVERY_LAYER | {
    _PATHS: (" + dY", ""),
    _MASK: (" * (Z > 0)", ""),
    f"{_MASK}. And {_PATHS}": (" * (Z > 0)", "", " + dY", ""),
    _AT.format("Y"): ("Z > 0", "X + np.maximum(Z, 0) > 0"),
    _AT.format("dY"): ("Z > 0", "dY > 0"),
    _AT.format("X W, without b"): (" + b", ""),
    "This multiplies by relu(Z): its slope is the factor": ("(Z > 0)", "np.maximum(Z, 0)"),
    "ReLU's slope comes before the product with W": ("dX + dY", "(dY @ W.T) * (Z > 0) + dY"),
    "The direct path has no ReLU: add dY as it was given": ("+ dY", "+ dZ"),
    "Y = X + …: this path has the slope 1, so dY comes back by it, not X": ("+ dY", "+ X"),
    "Where two paths meet, add: do not multiply": ("dX + dY", "dX * dY"),
    "This is the direct path alone: the other leads through the layer": ("dX + dY", "dY"),
    _ORDER: ("dX + dY, dW, db", "dW, db, dX + dY"),
}, dense_backward=dense_backward)

check_softplus_backward = Exercise(
    "softplus_backward(dA, X, W, b)",
    "dX, dW and db of a layer A = ln(1 + e^(X W + b)), also for large X W + b",
    lambda rng: [
        (array([[2.0, -1.0]]), array([[1.0, 2.0]]), array([[1.0, 0.5], [-0.5, 1.0]]),
         array([0.0, -2.5])),
        *((rng.normal(size=(n, n_out)), rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)),
           2 * rng.normal(size=n_out)) for n, n_in, n_out in [(3, 2, 2), (4, 3, 2), (1, 2, 3)]),
        (array([[1.0, -2], [3, 1]]), array([[1, 2], [-3, 1]]), array([[1, -1], [0, 2]]),
         array([1, -1])),
        *((array([[2.0]]), array([[x]]), array([[1.0]]), array([0.5])) for x in (4000.0, -4000.0)),
        (rng.normal(size=(5, 1)), 4000 * rng.normal(size=(5, 3)), rng.normal(size=(3, 1)),
         rng.normal(size=1))],
    parts=("dX", "dW", "db"), strict_floats=True)
check_softplus_backward.reference(
    lambda dA, X, W, b: dense_backward(dA * logistic(weighted_sums(X, W, b)), X, W))
check_softplus_backward.right(
    lambda dA, X, W, b: dense_backward(dA * (1 + np.tanh((X @ W + b) / 2)) / 2, X, W))
check_softplus_backward.slips("""
def softplus_backward(dA, X, W, b):
    Z = X @ W + b
    dZ = dA * sigmoid(Z)
    dX, dW, db = dense_backward(dZ, X, W)
    return dX, dW, db
""", _IN_EVERY_LAYER | {
    "The slope of softplus is missing: dZ = dA times that slope": (" * sigmoid(Z)", ""),
    "The slope is taken at A = ln(1 + e^Z): take it at Z": ("(Z)", "(softplus(Z))"),
    "The slope is taken at X W: b is forgotten": (" + b", ""),
    "This uses the slope of the sigmoid: softplus's own slope is the sigmoid itself":
        ("sigmoid(Z)", "sigmoid(Z) * sigmoid(-Z)"),
    "This is ReLU's slope, which jumps: that of softplus rises smoothly": ("sigmoid(Z)", "(Z > 0)"),
    "This multiplies by softplus itself: its slope is the factor": ("sigmoid", "softplus"),
    "e^1000 has no number: take a stable sigmoid, as on page 01":
        [("sigmoid(Z)", "np.exp(Z) / (1 + np.exp(Z))"), ("sigmoid(Z)", "1 / (1 + np.exp(-Z))")],
    "dA is missing: the chain rule multiplies what comes from above by the slope": ("dA * ", ""),
    _ORDER: ("return dX, dW, db", "return dW, db, dX"),
}, dense_backward=dense_backward, sigmoid=logistic, softplus=softplus)

check_combine_gradients = Exercise(
    "combine_gradients(gradients, counts)",
    "the gradient of the mean loss over all samples, from those of the mean losses of the parts",
    lambda rng: [
        ([array([[4.0, 0.0], [8.0, -4.0]]), array([[0.0, 4.0], [0.0, 4.0]])], [3, 1]),
        *(([rng.normal(size=shape) for _ in counts], counts) for counts, shape in [
            ([2, 2], (2, 1)), ([1, 4, 2], (2, 3)), ([5], (2, 1)), ([3, 1, 1, 7], (4,))])],
    keeps=True)
check_combine_gradients.reference(lambda gradients, counts: sum(
    c / sum(counts) * g for c, g in zip(counts, gradients, strict=True)))
check_combine_gradients.right(lambda gradients, counts: np.average(gradients, 0, counts).tolist())
check_combine_gradients.slips("""
def combine_gradients(gradients, counts):
    total = 0
    for g, c in zip(gradients, counts):
        total = total + c * g
    return total / sum(counts)
""", {
    "Each part counts the same: weight it by its samples": "return np.mean(gradients, axis=0)",
    "This is the plain sum: a mean loss wants a weighted mean": "return sum(gradients)",
    "Divide by the number of all samples": (" / sum(counts)", ""),
    "Divide by the number of all samples, not by that of the parts": ("sum(counts)", "len(counts)"),
    "Each gradient is a mean already: times its count, before you divide": ("c * g", "g"),
    "Each part is divided by its count here: multiply by it":
        [("c * g", "g / c", " / sum(counts)", end) for end in ("", " / sum(counts)")],
    "c // n is rounded to 0: divide with /": ("c *", "c // sum(counts) *", " / sum(counts)", ""),
    "Only the last part is left: add the parts up": ("total + c", "c"),
    "The first part alone: does `return` stand inside the loop?": ("    return", "        return"),
    "changed its input": ("total = total + c * g", "g *= c; total = total + g"),
    "The mean runs over the parts, axis=0: one number for each weight is asked":
        ["return np.mean(gradients)", "return np.average(gradients, weights=counts)"],
})
# fmt: on

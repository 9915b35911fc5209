"""Page 04: gradients sent back through layers."""

import functools

import numpy as np
from numpy import array, ndarray, ndindex, zeros

from nnlib import bugs
from nnlib.checks import families
from nnlib.checks.by_loops import products, weighted_sums
from nnlib.checks.dense_slips import add_slips, dense_gradients, loops
from nnlib.checks.exercise import Exercise
from nnlib.checks.pages.activations import logistic, softplus
from nnlib.checks.single_numbers import SingleNumbers, plain

__all__ = [
    "check_backward_by_loops",
    "check_combine_gradients",
    "check_skip_backward",
    "check_softplus_backward",
]


# --- exercise 1: loops


def observe_loops(answer, *case):
    """What is returned, and what was done to the arguments as a whole."""
    arguments = [argument.view(SingleNumbers) for argument in case]
    value = answer(*arguments)
    if isinstance(value, tuple | list):
        value = [array(part) if isinstance(part, ndarray) else part for part in value]
    return {"value": value, "notes": [*set().union(*(argument.notes for argument in arguments))]}


def read_loops(observed, dZ, X, W):
    value, notes = observed["value"], observed["notes"]
    assert value is not None, "the result is None: does the function return it?"
    is_three = isinstance(value, list) and len(value) == 3
    assert is_three, "return 3 things, dX, dW, db, in this order"
    parts = dict(zip(("dX", "dW", "db"), value, strict=True))
    return parts | {
        "the use of whole arrays": int("whole" in notes),
        "the use of .T": int("transposed" in notes),
    }


check_backward_by_loops = Exercise(
    "backward_by_loops(dZ, X, W)",
    "dX, dW and db of a dense layer, by loops over single numbers",
    lambda rng: [
        (array([[1.0, -2.0], [3.0, 0.5]]), array([[1.0, 2.0], [3.0, -1.0]]),
         array([[0.5, -1.0], [2.0, 4.0]])),
        *((rng.normal(size=(n, n_out)), rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)))
          for n, n_in, n_out in [(4, 3, 2), (3, 3, 3), (1, 2, 4), (5, 1, 1), (2, 2, 3)]),
        (array([[1.0, -1, 2], [0, 3, 1]]), array([[1, 2], [3, 4]]), array([[2, 0, 1], [-1, 1, 3]])),
    ],
    observe=observe_loops,
    read=read_loops,
    forbidden=(
        *("@", "nnlib.layers", "nnlib.models", "builtins.sum", "math.fsum", "math.sumprod"),
        *(f"ndarray.{name}" for name in ("dot", "sum", "mean", "cumsum", "trace")),
        *(f"numpy.{name}" for name in (
            "matmul", "dot", "einsum", "tensordot", "inner", "vdot", "outer", "kron", "vecdot",
            "matvec", "vecmat", "convolve", "correlate", "matrix", "asmatrix", "sum", "nansum",
            "mean", "average", "cumsum", "trapezoid", "add", "multiply",
        ) if hasattr(np, name)),
        *(f"numpy.linalg.{name}" for name in ("matmul", "multi_dot", "tensordot", "vecdot")),
        *("numpy.linalg.outer", "numpy.ma.dot", "numpy.ma.inner", "numpy.ma.outer", "numpy.ma.sum"),
    ),
)  # fmt: skip

check_backward_by_loops.reference(dense_gradients)


@check_backward_by_loops.right
def _(dZ, X, W):
    dX, dW, db = X * 0, np.zeros_like(W), [0] * len(dZ[0])
    for row, x, dx in zip(dZ, X, dX, strict=True):
        for j, slope in enumerate(row):
            db[j] += slope
            for k in range(len(W)):
                dx[k] += W[k][j] * slope
                dW[k][j] = dW[k, j] + x[k] * slope
    dZ[...] = 0  # the arguments may change
    return [dX, dW, db]


@check_backward_by_loops.right
def _(dZ, X, W):
    dZ, X, W = dZ.tolist(), np.array(X, dtype=float), [[*row] for row in W]
    dX, dW, db = np.empty(X.shape), {}, np.zeros(len(W[0]))
    for i, k in np.ndindex(*X.shape):
        dX[i, k] = functools.reduce(lambda s, j: s + dZ[i][j] * W[k][j], range(len(W[k])), 0.0)
    for i, j, k in np.ndindex(len(dZ), len(db), len(W)):
        dW[k, j] = dW.get((k, j), 0) + dZ[i][j] * X[i, k]
        db[j] += dZ[i][j] if k == 0 else 0
    return dX, [[dW[k, j] for j in range(len(db))] for k in range(len(W))], db


add_slips(check_backward_by_loops, lambda dense: lambda *case: dense(*map(plain, case)))
_EARLY = "The function returns too early: `return` stands below all loops, not inside one"
for _says, _answer in (
    ("Only the last product of each sum is left: add with +=", loops(keep=0)),
    ("Too often: add to db outside the loop over the inputs", loops(db_in_loop=True)),
    ("Z holds X[i, k] W[k, j]: each of the two gets the other as factor",
     loops(own_factor=True)),
    (_EARLY, loops(ends="i")),
    (_EARLY, loops(ends="j")),
    ("Make the arrays of zeros before all loops, or each sample begins anew",
     loops(fresh=True)),
    ("How long is each loop? The samples are X.shape[0], the inputs and units W.shape",
     loops(units=lambda W: W.shape[0])),
    ("The numbers are right, but the task is to do without .T: W.T[j, k] is W[k, j]",
     lambda dZ, X, W: dense_gradients(dZ, X.T.T, W)),
    ("The numbers are right, but this multiplies or adds whole arrays: use single numbers, as "
     "dZ[i, j], in loops",
     lambda dZ, X, W: (dZ @ W.T, X.T @ dZ, dZ.sum(axis=0))),
    ("your function uses the operator @",
     lambda dZ, X, W: (np.asarray(dZ) @ np.asarray(W).T, *dense_gradients(dZ, X, W)[1:])),
):  # fmt: skip
    check_backward_by_loops.mistake(_says, _answer)


# --- exercise 2: a skip connection


def skip_backward(
    dY, X, W, b, dense=dense_gradients,
    slope=lambda Z, *case: Z > 0, direct=lambda dY, *rest: dY,
):  # fmt: skip
    """Gradients of Y = X + relu(X W + b); `slope` and `direct` make the mistakes."""
    dZ = dY * slope(weighted_sums(X, W, b), dY, X, W, b)
    dX, dW, db = dense(dZ, X, W)
    return dX + direct(dY, dZ, X), dW, db


check_skip_backward = Exercise(
    "skip_backward(dY, X, W, b)",
    "dX, dW and db of a layer Y = X + relu(X W + b)",
    lambda rng: [
        (array([[1.0, -2.0], [3.0, 0.5]]), array([[1.0, 2.0], [-3.0, 1.0]]),
         array([[1.0, -1.0], [2.0, 0.5]]), array([-6.0, 0.5])),
        *((rng.normal(size=(n, k)), rng.normal(size=(n, k)), rng.normal(size=(k, k)),
           2 * rng.normal(size=k)) for n, k in [(6, 3), (4, 4), (3, 2), (1, 5), (5, 1)]),
        (array([[1.0, -2], [3, 5]]), array([[1, 2], [-3, 1]]), array([[1, -1], [2, 2]]),
         array([-6, 1])),
    ],
    parts=("dX", "dW", "db"),
)  # fmt: skip

check_skip_backward.reference(skip_backward)


@check_skip_backward.right
def _(dY, X, W, b):
    mask = np.heaviside(np.matmul(X, W) + b, 0)
    return dY + np.einsum("nj,kj->nk", dY * mask, W), np.dot(X.T, dY * mask), [*(dY * mask).sum(0)]


@check_skip_backward.right
def _(dY, X, W, b):
    direct = dY.copy()
    dY[X @ W + b <= 0] = 0  # the arguments may change
    return [direct + dY @ W.T, X.T @ dY, np.ones(len(dY)) @ dY]


_MASK = "ReLU's slope is missing: where X W + b is negative nothing comes back"
_PATHS = "X reaches Y by two paths: add the gradient that comes by the direct one"
_AT = "ReLU's slope is taken at {}: take it at Z = X W + b, what went into ReLU"
add_slips(check_skip_backward, lambda dense: functools.partial(skip_backward, dense=dense))
for _says, _options in (
    (_PATHS, {"direct": lambda *_: 0}),
    (_MASK, {"slope": lambda *_: 1}),
    (f"{_MASK}. And {_PATHS}", {"slope": lambda *_: 1, "direct": lambda *_: 0}),
    (_AT.format("Y"), {"slope": lambda Z, dY, X, W, b: X + np.maximum(Z, 0) > 0}),
    (_AT.format("X"), {"slope": lambda Z, dY, X, W, b: X > 0}),
    (_AT.format("dY"), {"slope": lambda Z, dY, X, W, b: dY > 0}),
    (_AT.format("X W, without b"), {"slope": lambda Z, dY, X, W, b: Z - b > 0}),
    (_AT.format("X Wᵀ + b"), {"slope": lambda Z, dY, X, W, b: weighted_sums(X, W.T, b) > 0}),
    ("This multiplies by relu(Z) itself: its slope, 1 or 0, is the factor",
     {"slope": lambda Z, *_: np.maximum(Z, 0)}),
    ("This is upside down: ReLU's slope is 1 where Z > 0", {"slope": lambda Z, *_: Z <= 0}),
    ("The direct path has no ReLU: add dY as it was given, not dY times ReLU's slope",
     {"direct": lambda dY, dZ, X: dZ}),
    ("Y = X + …: this path has the slope 1, so dY comes back by it, not X",
     {"direct": lambda dY, dZ, X: X}),
    ("The direct path has the slope 1: 1 times dY comes back by it", {"direct": lambda *_: 1}),
    ("Where two paths meet, add: do not subtract", {"direct": lambda dY, dZ, X: -dY}),
):  # fmt: skip
    check_skip_backward.mistake(_says, functools.partial(skip_backward, **_options))


@check_skip_backward.mistake("Where two paths meet on the way back, add: do not multiply")
def _(dY, X, W, b):
    dX, dW, db = skip_backward(dY, X, W, b)
    return (dX - dY) * dY, dW, db


@check_skip_backward.mistake(
    "ReLU's slope comes before the product with W: dZ = dY times the slope, and dX comes from dZ"
)
def _(dY, X, W, b):
    return products(dY, W.T) * (weighted_sums(X, W, b) > 0) + dY, *skip_backward(dY, X, W, b)[1:]


_ALONE = "This is the direct path alone: the other leads through the layer"
families.with_part(check_skip_backward, _ALONE, "dX", lambda dX, dY, X, W, b: dY)


# --- exercise 3: softplus


def softplus_backward(dA, X, W, b, dense=dense_gradients, slope=lambda Z, *case: logistic(Z)):
    """Gradients of A = ln(1 + e^(X W + b)); `slope` makes the mistakes."""
    return dense(dA * slope(weighted_sums(X, W, b), dA, X, b), X, W)


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
         rng.normal(size=1)),
    ],
    parts=("dX", "dW", "db"),
    strict_floats=True,
)  # fmt: skip

check_softplus_backward.reference(softplus_backward)


@check_softplus_backward.right
def _(dA, X, W, b):
    dA *= (1 + np.tanh((X @ W + b) / 2)) / 2  # the arguments may change
    return np.inner(dA, W), np.tensordot(X, dA, axes=(0, 0)), np.add.reduce(dA)


@check_softplus_backward.right
def _(dA, X, W, b):
    Z = X @ W + b
    with np.errstate(over="ignore"):
        dZ = dA / (1 + np.exp(-Z))
    return [dZ @ W.T, sum(np.outer(x, dz) for x, dz in zip(X, dZ, strict=True)), dZ.sum(axis=0)]


@check_softplus_backward.right
def _(dA, X, W, b):
    Z = X @ W + b
    dZ = dA * np.exp(Z - np.logaddexp(0, Z))
    return (W @ dZ.T).T, (dZ.T @ X).T, [float(sum(column)) for column in zip(*dZ, strict=True)]


add_slips(check_softplus_backward, lambda dense: functools.partial(softplus_backward, dense=dense))
_STABLE = "take a stable sigmoid, as on page 01"
for _says, _slope in (
    ("The slope of softplus is missing: dZ = dA times that slope, entry by entry", lambda *_: 1),
    ("The slope is taken at A = ln(1 + e^Z): take it at Z", lambda Z, *_: logistic(softplus(Z))),
    ("The slope is taken at X W: b is forgotten", lambda Z, dA, X, b: logistic(Z - b)),
    ("The slope is taken at dA: take it at Z", lambda Z, dA, *_: logistic(dA)),
    ("This uses the slope of the sigmoid: softplus's own slope is the sigmoid itself",
     lambda Z, *_: logistic(Z) * logistic(-Z)),
    ("This uses the sigmoid at -Z: take it at Z", lambda Z, *_: logistic(-Z)),
    ("This is ReLU's slope, which jumps: that of softplus rises smoothly", lambda Z, *_: Z > 0),
    ("This multiplies by softplus itself: its slope is the factor", lambda Z, *_: softplus(Z)),
    ("This is the slope of tanh", lambda Z, *_: 1 - np.tanh(Z) ** 2),
    (f"e^Z has no number for large Z: {_STABLE}", lambda Z, *_: np.exp(Z) / (1 + np.exp(Z))),
    (f"e^-Z has no number for Z = -1000: {_STABLE}", lambda Z, *_: bugs.sigmoid_overflowing(Z)),
):  # fmt: skip
    check_softplus_backward.mistake(_says, functools.partial(softplus_backward, slope=_slope))
check_softplus_backward.mistake(
    "dA is missing: the chain rule multiplies what comes from above by the slope",
    lambda dA, *case: softplus_backward(dA * 0 + 1.0, *case),
)


# --- exercise 4: a batch in parts


def combine_gradients(gradients, counts):
    total = zeros(gradients[0].shape)
    for gradient, count in zip(gradients, counts, strict=True):
        for i in ndindex(gradient.shape):
            total[i] += count * gradient[i] / sum(counts)
    return total


def _parts_of_a_batch(rng):
    drawn = [([2, 2], (2, 1)), ([1, 4, 2], (2, 3)), ([5], (2, 1)), ([3, 1, 1, 7], (4,))]
    return [
        ([array([[4.0, 0.0], [8.0, -4.0]]), array([[0.0, 4.0], [0.0, 4.0]])], [3, 1]),
        *(([rng.normal(size=shape) for _ in counts], counts) for counts, shape in drawn),
    ]


check_combine_gradients = Exercise(
    "combine_gradients(gradients, counts)",
    "the gradient of the mean loss over all samples, from those of the mean losses of the parts",
    _parts_of_a_batch,
    keeps=True,
)

check_combine_gradients.reference(combine_gradients)
check_combine_gradients.right(lambda gradients, counts: np.average(gradients, 0, counts))
check_combine_gradients.right(
    lambda gradients, counts: (np.tensordot(counts, gradients, axes=1) / np.sum(counts)).tolist()
)


@check_combine_gradients.right
def _(gradients, counts):
    mean, seen = 0, 0
    for g, c in zip(gradients, counts, strict=True):
        seen += c
        mean = mean + (g - mean) * c / seen
    return mean


def _weighted(weights):
    """The sum of the gradients with weights (counts)."""

    def answer(gradients, counts):
        pairs = zip(weights(array(counts)), gradients, strict=True)
        return sum(weight * gradient for weight, gradient in pairs)

    return answer


_EACH = "Each part is divided by its count here: multiply by it"
for _says, _weights in (
    ("Each part counts the same here: weight it by its number of samples", lambda c: c**0 / len(c)),
    ("This is the plain sum: a mean loss wants a weighted mean", lambda c: c**0),
    ("Divide by the number of all samples", lambda c: c),
    ("Divide by the number of all samples, not by that of the parts", lambda c: c / len(c)),
    ("Divide by the number of all samples, not by the largest count", lambda c: c / c.max()),
    ("Each gradient is a mean already: times its count, before you divide",
     lambda c: c**0 / c.sum()),
    *((_EACH, lambda c, f=f: f(c) / c) for f in (len, sum, lambda c: 1, lambda c: 1 / len(c))),
    (_EACH, lambda c: 1 / c / sum(c)),
    ("The counts belong to the parts in their order", lambda c: c[::-1] / c.sum()),
    ("Only the last part is left: add the parts up",
     lambda c: (c.cumsum() == c.sum()) * c / c.sum()),
    ("The first part alone: does `return` stand inside the loop?",
     lambda c: c // c.cumsum() * c / c.sum()),
):  # fmt: skip
    check_combine_gradients.mistake(_says, _weighted(_weights))


@check_combine_gradients.mistake("changed its input")
def _(gradients, counts):
    total = gradients[0]
    total *= counts[0]
    for c, g in zip(counts[1:], gradients[1:], strict=True):
        total += c * g
    return total / sum(counts)


check_combine_gradients.mistake(
    "One number for each weight is asked: the mean runs over the parts, axis 0",
    lambda gradients, counts: np.mean(gradients),
)
check_combine_gradients.mistake(
    "np.average needs axis=0 here: the mean runs over the parts",
    lambda gradients, counts: np.average(gradients, weights=counts),
)
check_combine_gradients.mistake(
    "The counts are multiplied along the last axis here: each count belongs to a whole array of "
    "the list",
    lambda gradients, counts: sum(counts * g for g in gradients) / sum(counts),
)

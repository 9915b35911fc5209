"""Page 02: a dense layer, its parameters and the conventions of others."""

import math
from itertools import pairwise

import numpy as np
from numpy import array

from nnlib.checks import families
from nnlib.checks.by_loops import weighted_sums
from nnlib.checks.exercise import Exercise

__all__ = [
    "check_count_parameters",
    "check_dense_by_units",
    "check_translate_convention",
]


def layers(rng):
    """Inputs, weights and biases that fit; whole numbers in X must not make Z whole."""
    X = array([[2.0, 3.0], [1.0, -1.0], [0.0, 4.0], [-2.0, 1.0]])
    W, b = array([[0.5, 1.0, -1.0], [1.0, -0.5, 0.5]]), array([-1.0, 0.5, 0.25])
    drawn = [
        (rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out))
        for n, n_in, n_out in [(1, 3, 2), (5, 1, 4), (3, 3, 3), (4, 6, 1), (2, 2, 4)]
    ]
    return [(X, W, b), *drawn, (array([[1, 2], [3, 4]]), W, b)]


check_dense_by_units = Exercise(
    "dense_by_units(X, W, b)", "X W + b for any shapes that fit, unit by unit", layers
)


check_dense_by_units.reference(weighted_sums)


def _by_units(
    units=lambda X, W: W.shape[1], sums=lambda X, w: X @ w, bias=lambda b, j: b[j],
    fresh=False, ends=False,
):  # fmt: skip
    """A loop over the units; the arguments make the mistakes."""

    def answer(X, W, b):
        Z = np.zeros((len(X), len(b)))
        for j in range(units(X, W)):
            if fresh:
                Z = np.zeros((len(X), len(b)))
            Z[:, j] = sums(X, W[:, j]) + bias(b, j)
            if ends:
                return Z
        return Z

    return answer


check_dense_by_units.right(_by_units())
check_dense_by_units.right(lambda X, W, b: np.c_[X, np.ones(len(X))] @ np.vstack([W, b]))
check_dense_by_units.right(lambda X, W, b: [[*(x @ W + b)] for x in X])


@check_dense_by_units.right
def _(X, W, b):
    units = W.T
    units *= 2  # the arguments may change
    b += b
    return np.stack([X @ w + bias for w, bias in zip(units, b, strict=True)], axis=1) / 2


for _says, _answer in [
    ("The bias is missing: add b[j] to unit j", lambda X, W, b: X @ W),
    ("The bias is added, not subtracted", lambda X, W, b: X @ W - b),
    ("Each unit has its own bias: b[j], not b[0]", lambda X, W, b: X @ W + b[0]),
    ("The bias is added once for every input: add it once", lambda X, W, b: X @ W + len(W) * b),
    ("This is Z after ReLU: leave the activation out", lambda X, W, b: np.maximum(X @ W + b, 0)),
    ("This is W times X: the order matters, X stands first", lambda X, W, b: W @ X + b),
    (
        "Unit j has column j of W, W[:, j], not row j, W[j]: take W as it is, not W.T",
        lambda X, W, b: np.stack([X @ W[j] + b[j] for j in range(len(b))], axis=1),
    ),
]:
    check_dense_by_units.mistake(_says, _answer)

for _answer in (
    lambda X, W, b: X @ W + (b[:, None] if len(X) == len(b) else b),
    lambda X, W, b: X @ W + b[:, None],
    lambda X, W, b: np.array([x @ W + b[i] for i, x in enumerate(X)]),
):
    check_dense_by_units.mistake("Each sample got a bias: b[j] belongs to unit j", _answer)

_RANGE = "The loop runs over the units, range(len(b))"
for _says, _switch in [
    (f"{_RANGE}, not over the samples", {"units": lambda X, W: len(X)}),
    (f"{_RANGE}, not over the inputs", {"units": lambda X, W: X.shape[1]}),
    ("Every row of Z comes from the first sample: take all of X", {"sums": lambda X, w: X[0] @ w}),
    ("The function returns too early: `return` stands below the loop", {"ends": True}),
    ("Only the last unit is left: make Z once, above the loop", {"fresh": True}),
    ("Unit j gets the number b[j], not all of b", {"bias": lambda b, j: b}),
]:
    check_dense_by_units.mistake(_says, _by_units(**_switch))

families.last_term_only(
    check_dense_by_units,
    "Only the product of the last input is left: add the products up, with +=",
)
check_dense_by_units.mistake(
    "Only the product of the last input is left: add the products up, with +=, then the bias",
    lambda X, W, b: np.outer(X[:, -1], W[-1]),
)
families.transposed(
    check_dense_by_units,
    "This is the transpose, a sample in each column: is a .T missing at the end?",
)
families.type_of_input(
    check_dense_by_units, "The result has the type of X, which holds whole numbers: leave dtype out"
)


check_count_parameters = Exercise(
    "count_parameters(widths)",
    "how many weights and biases a dense network has",
    [
        *(([5, 2, 3],), ([7, 3],), ([784, 64, 10],), ([4, 6, 8, 10, 3],), ([30000, 4, 3, 2, 1],)),
        *(([1, 1],), ([3, 3, 3, 3],)),
    ],
    tolerance=0,  # these are counts
)


def _weights(widths):
    return sum(n_in * n_out for n_in, n_out in pairwise(widths))


def count(widths):
    return _weights(widths) + sum(widths[1:])


check_count_parameters.reference(count)
check_count_parameters.right(lambda widths: float(np.dot(np.add(widths[:-1], 1), widths[1:])))


@check_count_parameters.right
def _(widths):
    total = np.int64(0)
    while len(widths) > 1:
        total += (widths.pop(0) + 1) * widths[0]
    return total


_NEIGHBOURS = "only neighbours are joined by weights"
for _says, _answer in [
    ("These are the weights alone; each unit has a bias too", _weights),
    ("These are the biases alone: neighbours are joined by weights too", lambda w: sum(w[1:])),
    ("The inputs have no biases; only units have one", lambda w: _weights(w) + sum(w)),
    ("This counts a bias for each input, not for each unit", lambda w: _weights(w) + sum(w[:-1])),
    (
        "This counts one bias for each layer: units have one each",
        lambda w: _weights(w) + len(w) - 1,
    ),
    ("The units of the last layer have biases too", lambda w: _weights(w) + sum(w[1:-1])),
    ("This counts inputs and units, not weights and biases", sum),
    (f"This multiplies all widths: {_NEIGHBOURS}", math.prod),
    (f"This multiplies all widths: {_NEIGHBOURS}", lambda w: math.prod(w) + sum(w[1:])),
    ("The last layer is left out: n widths make n - 1 layers", lambda w: count(w[:-1])),
    ("This is the first layer alone: do not return inside the loop", lambda w: count(w[:2])),
    ("This is the last layer alone: add the layers up, with +=", lambda w: count(w[-2:])),
    ("These are the first two layers: there may be more", lambda w: count(w[:3])),
    ("widths[-1] is the last width: begin with i = 1", lambda w: count(w[-1:] + w)),
    ("The last width has no next: n widths make n - 1 layers", lambda w: count([*w, w[len(w)]])),
    ("One number for the network: add the layers up", lambda w: [count(p) for p in pairwise(w)]),
    (
        "Weights multiply: n_in inputs and n_out units are joined by n_in · n_out of them",
        lambda widths: sum(n_in + n_out for n_in, n_out in pairwise(widths)),
    ),
    (
        "`widths` is a list of numbers: take two neighbours in the loop, as pairwise does",
        lambda widths: sum(n_in * n_out + n_out for n_in, n_out in widths),
    ),
    (
        f"This joins each layer with every later one: {_NEIGHBOURS}",
        lambda w: sum((sum(w[:i]) + 1) * w[i] for i in range(1, len(w))),
    ),
]:
    check_count_parameters.mistake(_says, _answer)


def conventions(rng):
    """A layer in every convention of the page's table, and square weights, which are refused."""
    cases = []
    for n_in, n_out in [(2, 3), (4, 2), (3, 1), (1, 3)]:
        W, b = rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)
        if not cases:  # numbers that are easy to follow
            W, b = array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), array([7.0, 8.0, 9.0])
        biases = b[None], b[:, None], b
        cases += [(form, bias, n_in) for form in (W, W.T.copy()) for bias in biases]
    square = [(rng.normal(size=(3, 3)), rng.normal(size=size), 3) for size in ((1, 3), (3, 1), 3)]
    return cases + square


check_translate_convention = Exercise(
    "translate_convention(W, b, n_in)",
    "W as (n_in, n_out) and b as (n_out,); ValueError if W is square",
    conventions,
    parts=("W", "b"),
)


@check_translate_convention.reference
def translate_convention(W, b, n_in):
    if len(W) == len(W[0]):
        raise ValueError("W is square")
    columns = list(zip(*W.tolist(), strict=True))
    return array(W.tolist() if len(W) == n_in else columns), array(b.ravel().tolist())


check_translate_convention.right(
    lambda W, b, n_in: [translate_convention(W, b, n_in)[0].tolist(), b.flatten()]
)


@check_translate_convention.right
def _(W, b, n_in):
    if W.shape == (n_in, n_in):
        raise ValueError
    return (W if W.shape[1] == b.size else W.T), b.reshape(-1)


def _our(W, n_in):
    return W if W.shape[0] == n_in else W.T


def _is_square(W, n_in):
    return len(W) == len(W.T)


def _translated(turn=_our, flatten=np.ravel, refuses=_is_square):
    """A translation of W and b; the arguments make the mistakes."""

    def answer(W, b, n_in):
        if refuses(W, n_in):
            raise ValueError
        return turn(W, n_in), flatten(b)

    return answer


_RAISE = "Raise a ValueError if W is square: its shape does not tell inputs from units"
_NOT_ALL = "is not always all of b: use ravel()"
_ONLY_IF = "Transpose W only if its first axis does not hold the inputs"
_LONGER = "n_in says which axis holds the inputs, not which axis is the longer one"
for _says, _slip in [
    ("W is still as it was: transpose it where its rows are units", {"turn": lambda W, n_in: W}),
    (_ONLY_IF, {"turn": lambda W, n_in: W.T}),
    (
        f"It is the other way round. {_ONLY_IF}",
        {"turn": lambda W, n_in: W.T if len(W) == n_in else W},
    ),
    (_LONGER, {"turn": lambda W, n_in: W if len(W) > len(W.T) else W.T}),
    (_LONGER, {"turn": lambda W, n_in: W if len(W) < len(W.T) else W.T}),
    (
        "Swap the axes of W with .T: reshape keeps the order of the numbers",
        {"turn": lambda W, n_in: W.reshape(n_in, -1)},
    ),
    ("W keeps two axes: only b gets one", {"turn": lambda W, n_in: W.ravel()}),
    ("b is still as it was: it gets one axis, a number for each unit", {"flatten": np.array}),
    (
        "squeeze() takes every axis of length 1 away, with one unit all of them: use ravel()",
        {"flatten": np.squeeze},
    ),
    ("b still has two axes, a row: take the first away", {"flatten": lambda b: b.reshape(1, -1)}),
    ("b still has two axes, a column: use ravel()", {"flatten": lambda b: b.reshape(-1, 1)}),
    ("b.T has as many axes as b: use ravel()", {"flatten": np.transpose}),
    (f"b[0] is its first row, which {_NOT_ALL}", {"flatten": lambda b: b[0]}),
    (
        f"b[0] is the first row of b, which {_NOT_ALL}",
        {"flatten": lambda b: b[0] if b.ndim > 1 else b},
    ),
    (
        f"b[:, 0] is the first column of b, which {_NOT_ALL}",
        {"flatten": lambda b: b[:, 0] if b.ndim > 1 else b},
    ),
]:
    check_translate_convention.mistake(_says, _translated(**_slip))
    # the same for who has not thought of square weights yet
    check_translate_convention.mistake(_says, _translated(**_slip, refuses=lambda W, n_in: False))

_ONLY_SQUARE = "Only a square W is to be refused"
for _says, _refuses in [
    (_RAISE, lambda W, n_in: False),
    (f"{_ONLY_SQUARE}: turn the others", lambda W, n_in: len(W) != n_in or _is_square(W, n_in)),
    (f"{_ONLY_SQUARE}, which yours is not: turn the others", lambda W, n_in: len(W) != n_in),
]:
    check_translate_convention.mistake(_says, _translated(refuses=_refuses))


@check_translate_convention.mistake(f"`assert` raises an AssertionError. {_RAISE}")
def _(W, b, n_in):
    assert W.shape[0] != W.shape[1]
    return _our(W, n_in), b.ravel()


check_translate_convention.mistake(
    "b came first: return W and then b", lambda *case: translate_convention(*case)[::-1]
)

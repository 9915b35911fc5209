"""Page 02: a dense layer, its parameters, the conventions of others, starting weights."""

import copy
import math
from itertools import pairwise

import numpy as np
from numpy import abs as _abs
from numpy import array, array_equal, asarray, inf, mean, ones, unique, var
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks import families
from nnlib.checks.by_loops import weighted_sums
from nnlib.checks.differences import expect_equal
from nnlib.checks.exercise import Exercise

# fmt: off
__all__ = ["check_count_parameters", "check_dense_by_units", "check_he_weights",
           "check_translate_convention"]


_WORKED = array([[0.5, 1.0, -1.0], [1.0, -0.5, 0.5]]), array([-1.0, 0.5, 0.25])
check_dense_by_units = Exercise(
    "dense_by_units(X, W, b)", "X W + b for any shapes that fit, unit by unit",
    lambda rng: [
        (array([[2.0, 3.0], [1.0, -1.0], [0.0, 4.0], [-2.0, 1.0]]), *_WORKED),
        *((rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out))
          for n, n_in, n_out in [(1, 3, 2), (5, 1, 4), (3, 3, 3), (4, 6, 1), (2, 2, 4)]),
        (array([[1, 2], [3, 4]]), *_WORKED)],  # whole numbers in X must not make Z whole
)
check_dense_by_units.reference(weighted_sums)
check_dense_by_units.right(lambda X, W, b: [[*(x @ W + b)] for x in X])
check_dense_by_units.slips("""
def dense_by_units(X, W, b):
    Z = np.zeros((len(X), len(b)))
    for j in range(len(b)):
        Z[:, j] = X @ W[:, j] + b[j]
    return Z
""", {
    **families.bias_forgotten(" + b[j]", what=": add b[j] to unit j"),
    "The bias is added once for every input: add it once": ("b[j]", "len(W) * b[j]"),
    "Each sample got a bias: b[j] belongs to unit j":
        ["return X @ W + b[:, None]", "return np.array([x @ W + b[i] for i, x in enumerate(X)])"],
    "This is W times X: the order matters, X stands first": "return W @ X + b",
    "Unit j has column j of W, W[:, j], not row j, W[j]: take W as it is, not W.T":
        ("W[:, j]", "W[j]"),
    "The loop runs over the units, range(len(b))": [("(len(b)):", f"(len({x})):") for x in "XW"],
    **families.returns_too_early(8),
    "Only the product of the last input is left: add the products up, with +=":
        [("X @ W[:, j]", "X[:, -1] * W[-1, j]"), "return np.outer(X[:, -1], W[-1])"],
    "This is the transpose, a sample in each column: is a .T missing at the end?":
        ("return Z", "return Z.T"),
    **families.type_of_input(("b)))", "b)), X.dtype)")),
    "Z has a row for each sample and a column for each unit": ("((len(X), len(b)))", "(X.shape)"),
})

check_count_parameters = Exercise(
    "count_parameters(widths)", "how many weights and biases a dense network has",
    [([5, 2, 3],), ([7, 3],), ([784, 64, 10],), ([4, 6, 8, 10, 3],), ([30000, 4, 3, 2, 1],),
     ([1, 1],), ([3, 3, 3, 3],)],
    tolerance=0)  # these are counts


def weights(w):
    return sum(n_in * n_out for n_in, n_out in pairwise(w))


@check_count_parameters.reference
def count(w):
    return weights(w) + sum(w[1:])


check_count_parameters.right(lambda widths: float(np.dot(np.add(widths[:-1], 1), widths[1:])))
check_count_parameters.knows({
    "These are the weights alone; each unit has a bias too": weights,
    "These are the biases alone: neighbours are joined by weights too": lambda w: sum(w[1:]),
    "The inputs have no biases; only units have one": lambda w: weights(w) + sum(w),
    "This counts a bias for each input, not for each unit": lambda w: weights(w) + sum(w[:-1]),
    "This multiplies all widths: only neighbours are joined by weights":
        lambda w: math.prod(w) + sum(w[1:]),
    "The units of the last layer have biases too": lambda w: weights(w) + sum(w[1:-1]),
    "The last layer is left out: n widths make n - 1 layers": lambda w: count(w[:-1]),
    "This is the first layer alone: do not return inside the loop": lambda w: count(w[:2]),
    "This is the last layer alone: add the layers up, with +=": lambda w: count(w[-2:]),
    "These are the first two layers: there may be more":
        [lambda w: count(w[:3]), lambda w: w[0] * w[1] + w[1] + w[1] * w[2] + w[2]],
    "One number for the network: add the layers up": lambda w: [count(p) for p in pairwise(w)],
})


def conventions(rng):
    """A layer in every convention of the page's table, and square weights, which are refused."""
    pairs = [(array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), array([7.0, 8.0, 9.0]))]
    pairs += [(rng.normal(size=(n, k)), rng.normal(size=k))
              for n, k in [(4, 2), (3, 1), (1, 3), (3, 3)]]
    return [(form, bias, len(W)) for W, b in pairs for form in (W, W.T.copy())
            for bias in (b[None], b[:, None], b)]


check_translate_convention = Exercise(
    "translate_convention(W, b, n_in)",
    "W as (n_in, n_out) and b as (n_out,); ValueError if W is square",
    conventions, parts=("W", "b"))


@check_translate_convention.reference
def translate_convention(W, b, n_in):
    if len(W) == len(W[0]):
        raise ValueError
    columns = list(zip(*W, strict=True))
    return array(W if len(W) == n_in else columns), array([*b.flat])


_SQUARE = "    if W.shape[0] == W.shape[1]:\n        raise ValueError('W is square')\n"
_OURS = "W if W.shape[0] == n_in else W.T"
_SLIPS = {
    "W is still as it was: transpose it where its rows are units": (_OURS, "W"),
    "Transpose W only if its first axis does not hold the inputs": (_OURS, "W.T"),
    "It is the other way round: the first axis is to hold the inputs": ("== n_in", "!= n_in"),
    "n_in says which axis holds the inputs, not which is longer": ("== n_in", "> W.shape[1]"),
    "reshape keeps the order of the numbers: use .T": (_OURS, "W.reshape(n_in, -1)"),
    "b is still as it was: it gets one axis, a number for each unit": ("b.ravel()", "b"),
    "squeeze() leaves no axis where there is one unit: use ravel()": ("ravel", "squeeze"),
    "b[0] is the first row of b, which is not always all of b: use ravel()": ("b.ravel()", "b[0]"),
    "b[:, 0] is the first column of b: not every b has columns": ("b.ravel()", "b[:, 0]"),
}
check_translate_convention.slips(f"""
def translate_convention(W, b, n_in):
{_SQUARE}    return {_OURS}, b.ravel()
""", {
    # who makes them may not have thought of square weights yet
    **{says: [change, (*change, _SQUARE, "")] for says, change in _SLIPS.items()},
    "Raise a ValueError if W is square: its shape does not tell inputs from units":
        [(_SQUARE, ""), (_SQUARE, "    assert W.shape[0] != W.shape[1]\n")],
    "Only a square W is to be refused: turn the others": ("[1]:", "[1] or W.shape[0] != n_in:"),
    "b came first: return W and then b": (f"{_OURS}, b.ravel()", f"b.ravel(), {_OURS}"),
})


def statistics(draws, asked, rng):
    """The variance of the draws; all else that is asked of them is refused in words."""
    for draw in draws:
        expect_equal(draw, ones(asked), "W", inf)  # the form alone
    W, again, other = (asarray(draw, dtype=_float64) for draw in draws)
    assert W.max() > W.min(), f"all weights are {W[0, 0]:.4g}: units that start equal stay so"
    assert array_equal(W, again), "equal generators gave unequal weights: draw from rng alone"
    assert not array_equal(W, other), "two generators gave the same weights: draw from rng"
    assert unique(W).size > W.size / 2, (
        "the same weights come again and again: draw one for each cell, rng.uniform(-r, r, shape)")
    # 5 standard errors: a right answer fails once in a million, and the seeds are fixed
    assert abs(mean(W)) < 5 * (var(W) / W.size) ** 0.5, (
        f"the mean is {mean(W):.4f}, 0 is asked: draw around 0, from -r to r")
    if abs(var(W) * asked[0] / 2 - 1) > 0.08:
        return {"the variance": var(W)}
    r, largest = (6 / asked[0]) ** 0.5, _abs(W).max()
    # of 10,000 evenly drawn numbers the largest is within 0.01 of the bound, but for e**-100
    assert 0.99 * r < largest < 1.000001 * r, (
        f"mean and variance are right, but the largest weight is {largest:.4f}, not r = {r:.4f}: "
        "draw evenly, with rng.uniform(-r, r, shape)")
    return {"the variance": 2 / asked[0]}


check_he_weights = Exercise(
    "he_weights(shape, rng)", "weights drawn evenly from rng, with mean 0 and variance 2 / n_in",
    [(size, default_rng(4)) for size in ((200, 50), (50, 200), (400, 100))],
    observe=lambda answer, shape, rng: [  # from a generator, from its equal, and from another
        answer(shape, given) for given in (rng, copy.deepcopy(rng), default_rng(5))],
    read=statistics, tolerance=0.08)
check_he_weights.reference(
    lambda shape, rng: rng.uniform(-((6 / shape[0]) ** 0.5), (6 / shape[0]) ** 0.5, shape))
check_he_weights.right(
    lambda shape, rng: ((2 * rng.random(shape) - 1) * (6 / shape[0]) ** 0.5).tolist())
_R = "np.sqrt(6 / shape[0])"
check_he_weights.slips(f"""
def he_weights(shape, rng):
    r = {_R}
    return rng.uniform(-r, r, shape)
""", {
    "This is r = 6 / n_in: that is r², take the square root": (_R, "6 / shape[0]"),
    "The variance is r² / 3, not r²: which r makes it 2 / n_in?": ("6", "2"),
    "That is 2 / n_out: use shape[0], the number of inputs": ("[0]", "[1]"),
    "That is Glorot's rule": ("shape[0]", "sum(shape)"),
    "draw evenly": ("uniform(-r, r", "normal(0, np.sqrt(2 / shape[0])"),
    "draw around 0": [("-r", "0"), ("6", "24", "-r", "0")],
    "draw from rng alone": ("rng.", "np.random."),
    "two generators gave the same": ("rng.", "np.random.default_rng(0)."),
    "units that start equal stay so": "return np.zeros(shape)",
})
# fmt: on

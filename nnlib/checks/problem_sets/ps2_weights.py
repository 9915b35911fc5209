"""Problem set 2, continued: starting weights."""

import copy
from contextlib import suppress
from math import prod
from statistics import NormalDist

import numpy as np
from numpy import array, array_equal, diag, errstate, eye, isfinite, nan_to_num, shape, unique
from numpy import size as count
from numpy.linalg import qr
from numpy.random import Generator, default_rng

from nnlib.checks.differences import kind
from nnlib.checks.exercise import Exercise

__all__ = ["check_he_truncated", "check_orthogonal"]

# fmt: off

class _Limited(Generator):
    """A generator that stops whoever draws normal numbers without end."""

    def normal(self, *arguments, **named):
        drawn = super().normal(*arguments, **named)
        self.left -= count(drawn)
        if self.left < 0:
            raise TimeoutError
        return drawn

    # by its file's name a watch would take it for a function of nnlib that the answer calls
    normal.__code__ = normal.__code__.replace(co_filename="<limited>")


def _draw(initializer, size, rng):
    """Weights, those from another generator, and the first once more; fewer if one has no end."""
    drawn = []
    for given in (rng, default_rng(5), rng):
        limited = _Limited(copy.deepcopy(given.bit_generator))
        limited.left = 20 * prod(size)
        with suppress(TimeoutError), errstate(all="ignore"):
            drawn.append(initializer(size, limited))
    return drawn


def _weights(drawn, size):
    """The weights of both generators, if they are weights and come from the generator alone."""
    assert len(drawn) == 3, ("your loop does not end: draw only the numbers that are outside, "
                             "`W[outside] = …`, and compute `outside` again in each round")
    for W in drawn:
        assert shape(W) == size, f"an array of shape {size} is asked, got {kind(W)}"
    W, other, again = (array(W) * 1.0 for W in drawn)
    assert array_equal(W, again, equal_nan=True), (
        "equal generators gave unequal weights: draw from rng alone")
    assert not array_equal(W, other), "two generators gave the same weights: draw from rng"
    return W, other


def _statistics(drawn, size, rng):
    """The spread of the weights, and of many weights what lies far from 0."""
    numbers = array(_weights(drawn, size))
    assert isfinite(numbers).all(), "the weights hold NaN or infinity"
    values, counts = unique(abs(numbers[0]), return_counts=True)
    share, value = counts.max() / counts.sum(), values[counts.argmax()]
    assert share < 0.01, (
        f"{share:.1%} of the weights are exactly ±{value:.4g}: each number outside is to be drawn "
        "again, not moved to the limit, and to be one of its own, rng.normal(0, s, outside.sum())")
    far = abs(numbers) / _spread(size)
    shares = {"0": numbers > 0, "2s": far > 2.0001, "1.5s": far > 1.5}
    return {"the spread": numbers.std()} | {
        f"the share of weights beyond {limit}": beyond.mean() for limit, beyond in shares.items()
        if prod(size) > 50_000}  # of fewer it depends on chance


check_he_truncated = Exercise(
    "he_truncated(shape, rng)",
    "normal weights of variance 2 / n_in, of which those beyond two spreads are drawn again",
    [(size, default_rng(4)) for size in ((300, 200), (20, 150), (150, 20))],
    observe=_draw, read=_statistics, tolerance=0.04, seconds=30)


def _spread(size):
    """Of the numbers that are drawn, before they lose their tails."""
    return (2 / size[0]) ** 0.5 / 0.87962566


@check_he_truncated.reference
def he_truncated(shape, rng):
    """Not drawn: numbers that lie as evenly as such draws do on average, in an order by chance."""
    below, n = NormalDist().cdf(-2), shape[0] * shape[1]
    shares = [below + (1 - 2 * below) * (i + 0.5) / n for i in range(n)]
    numbers = [NormalDist(0, _spread(shape)).inv_cdf(share) for share in shares]
    return rng.permutation(numbers).reshape(shape)


check_he_truncated.right(lambda shape, rng: _spread(shape) * np.reshape(  # one after the other
    [next(w for w in iter(rng.normal, None) if abs(w) <= 2) for _ in range(prod(shape))], shape))
_AGAIN = "rng.normal(0, s, outside.sum())"
check_he_truncated.slips("""
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    outside = np.abs(W) > 2 * s
    while outside.any():
        W[outside] = rng.normal(0, s, outside.sum())
        outside = np.abs(W) > 2 * s
    return W
""", {
    "Nothing is cut off (draw what lies beyond two spreads again), or s was divided twice":
        [("2 * s", "np.inf"), ("2 * s", "np.inf", " / 0.87962566", "")],
    "A number that was drawn again may be outside again: repeat until none is": ("while", "if"),
    "Cutting the tails made the numbers smaller: draw them wider": (" / 0.87962566", ""),
    "Too much is cut off: the limit is 2s, not 2·sqrt(2/n_in)": ("2 * s", "2 * s * 0.87962566"),
    "2 / n_in is the variance: the spread is its root": ("np.sqrt(2 / shape[0])", "2 / shape[0]"),
    "Count the inputs, shape[0], not the units": ("shape[0]", "shape[1]"),
    "One tail is left: cut both tails, with np.abs(W)": ("np.abs(W)", "W"),
    "Draw again with the spread s too": (_AGAIN, "rng.normal(0, 1, outside.sum())"),
    "each number outside is to be drawn again": [(_AGAIN, "2 * s"), (_AGAIN, "rng.normal(0, s)")],
    "your loop does not end": (f"W[outside] = {_AGAIN}", "W = rng.normal(0, s, shape)"),
})


def _products(drawn, size, rng):
    """The lengths of the columns and their products in pairs; of a wide shape the rows count."""
    W, _ = _weights(drawn, size)
    if size[0] < size[1]:
        W = nan_to_num(W, posinf=0, neginf=0)
        right = (abs(W @ W.T - eye(size[0])) < 1e-6).all(axis=1)
        return {"the number of wrong rows (length not 1, or no right angle)": size[0] - right.sum()}
    products = (W.T @ W).round(9)
    return {"the list of column lengths": diag(products) ** 0.5,
            "the table of column products": products - diag(diag(products)) + 0.0}


check_orthogonal = Exercise(
    "orthogonal(shape, rng)",
    "columns of length 1 at right angles, or rows, if there are fewer of them",
    [(size, default_rng(4)) for size in ((3, 3), (6, 2), (40, 40), (30, 12), (2, 5), (1, 6))],
    observe=_draw, read=_products)


@check_orthogonal.reference
def orthogonal(shape, rng):
    tall = qr(rng.normal(size=(max(shape), min(shape))))[0]
    return tall if shape[0] >= shape[1] else tall.T


check_orthogonal.right(lambda shape, rng: np.matmul(
    *np.linalg.svd(rng.uniform(-1, 1, shape), full_matrices=False)[::2]).tolist())
_DIVISION = "        W[:, j] /= np.sqrt(W[:, j] @ W[:, j])\n"
check_orthogonal.slips("""
def orthogonal(shape, rng):
    if shape[0] < shape[1]:
        return orthogonal(shape[::-1], rng).T
    W = rng.normal(size=shape)
    for j in range(shape[1]):
        for i in range(j):
            W[:, j] -= (W[:, i] @ W[:, j]) * W[:, i]
        W[:, j] /= np.sqrt(W[:, j] @ W[:, j])
    return W
""", {
    "The shape has fewer rows than columns: make the transposed shape, and transpose the result":
        [("shape[0] < shape[1]", "False"), "return np.linalg.qr(rng.normal(size=shape))[0]"],
    "The columns are as they were drawn: was each put back, `W[:, j] = v`?":
        "return rng.normal(size=shape)",
    "Take off the part along every earlier column": [
        ("range(j)", "range(0)"), ("range(j)", "range(max(j - 1, 0), j)")],
    "The lengths come last: what is taken off a column makes it shorter again":
        (_DIVISION, "", "        for i in range(j)", f"{_DIVISION}        for i in range(j)"),
    "The part along u is (u · v) u only if u has length 1: finish each column before the next":
        [(_DIVISION, ""), (_DIVISION, "", "return W\n", "return W / np.sqrt((W**2).sum(0))\n")],
    "The length is the root of the sum of the squares": ("np.sqrt", ""),
    "Subtract the part along u, do not add it": ("-=", "+="),
    "two generators gave the same weights": "return np.eye(*shape)",
})
# fmt: on

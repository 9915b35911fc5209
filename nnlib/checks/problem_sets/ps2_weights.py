"""Problem set 2, continued: starting weights."""

import copy
from math import prod
from statistics import NormalDist

import numpy as np
from numpy import array, array_equal, diag, errstate, eye, isfinite, nan_to_num, ndarray, unique
from numpy.random import Generator, default_rng

from nnlib.checks.exercise import Exercise

__all__ = ["check_he_truncated", "check_orthogonal"]

# fmt: off
MANY = 50_000  # weights whose spread hardly depends on chance


def _counted(draw):
    def counted(rng, *arguments, **named):
        drawn = draw(rng, *arguments, **named)
        rng.left -= max(1, getattr(drawn, "size", 1))
        if rng.left < 0:
            raise TimeoutError
        return drawn

    # by its file's name a watch would take it for a function of nnlib that the answer calls
    counted.__code__ = counted.__code__.replace(co_filename="<counted>")
    return counted


class _Limited(Generator):
    """A generator that stops whoever draws normal numbers without end."""

    normal = _counted(Generator.normal)
    standard_normal = _counted(Generator.standard_normal)


def _draw(initializer, size, rng):
    """Weights, those from another generator, and the first once more, if they are not many."""
    drawn = []
    for given in (rng, default_rng(5), rng)[: 3 if prod(size) < MANY else 2]:
        limited = _Limited(copy.deepcopy(given.bit_generator))
        limited.left = 20 * prod(size)
        try:
            with errstate(all="ignore"):
                W = initializer(size, limited)
        except TimeoutError:
            return "endless"
        drawn.append(array(W) if isinstance(W, list) else W)
    return drawn


def _weights(drawn, size):
    """The weights of both generators, if they are weights and come from the generator alone."""
    assert drawn != "endless", (
        "your loop does not end: draw only the numbers that are outside, `W[outside] = …`, and "
        "compute `outside` again in each round")
    for W in drawn:
        assert W is not None, "the weights are None: does the function return them?"
        assert isinstance(W, ndarray) and W.dtype.kind in "fiu" and W.shape == size, (
            f"an array of shape {size} is asked, got {getattr(W, 'shape', type(W).__name__)}")
    W, other, *again = drawn
    assert all(array_equal(W, same, equal_nan=True) for same in again), (
        "equal generators gave unequal weights: draw from rng alone")
    assert not array_equal(W, other), "two generators gave the same weights: draw from rng"
    return W * 1.0, other * 1.0


# --- 4. normal weights without tails

def _statistics(drawn, size, rng):
    """The spread of the weights, and of many weights what lies far from 0."""
    numbers = array(_weights(drawn, size))
    assert isfinite(numbers).all(), "the weights hold NaN or infinity"
    W = numbers[0]
    values, counts = unique(abs(W), return_counts=True)
    share, value = counts.max() / W.size, values[counts.argmax()]
    assert share < 0.01, f"{share:.1%} of the weights are exactly ±{value:.4g}: " + (
        "numbers beyond the limit are to be drawn again, not moved to it" if value == values[-1]
        else "each number outside is replaced by one of its own, rng.normal(0, s, outside.sum())")
    far = abs(numbers) / _spread(size)
    once = 0 < (far > 2.0001).mean() < 0.01 and numbers.std() > 0.85 * _spread(size)
    assert not once, (
        "Some weights still lie beyond two spreads of the drawn numbers: a number that was drawn "
        "again may be outside again, so repeat until none does")
    shares = {"0": numbers > 0, "2s": far > 2.0001, "1.5s": far > 1.5} if W.size > MANY else {}
    return {"the spread": numbers.std()} | {
        f"the share of weights beyond {limit}": beyond.mean() for limit, beyond in shares.items()}


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
    "The weights are about as wide as s itself: nothing is cut off (draw numbers beyond two "
    "spreads again), or s was divided by 0.8796 twice": ("2 * s", "np.inf"),
    "No weight may lie beyond two spreads of the drawn numbers: nothing is cut off":
        ("2 * s", "np.inf", " / 0.87962566", ""),
    "repeat until none does": ("while", "if"),
    "Cutting the tails made the numbers smaller: draw them wider": (" / 0.87962566", ""),
    "Too much is cut off: the limit is 2s, not 2·sqrt(2/n_in)": ("2 * s", "2 * s * 0.87962566"),
    "2 / n_in is the variance: the spread is its root": [
        ("np.sqrt(2 / shape[0])", "2 / shape[0]"),
        ("np.sqrt(2 / shape[0]) / 0.87962566", "2 / shape[0]")],
    "Count the inputs, shape[0], not the units": ("shape[0]", "shape[1]"),
    "One tail is left: cut both tails, with np.abs(W)": ("np.abs(W)", "W"),
    "Too many weights are near the limit: draw again with the spread s too":
        (_AGAIN, "rng.normal(0, 1, outside.sum())"),
    "drawn again, not moved to it": (_AGAIN, "2 * s"),
    "each number outside is replaced by one of its own": (_AGAIN, "rng.normal(0, s)"),
    "your loop does not end": (f"W[outside] = {_AGAIN}", "W = rng.normal(0, s, shape)"),
})


# --- 5. orthogonal weights

def _products(drawn, size, rng):
    """The lengths of the columns and their products in pairs; of a wide shape the rows count."""
    W, _ = _weights(drawn, size)
    if size[0] < size[1]:
        W = nan_to_num(W, posinf=0, neginf=0)
        right = (abs(W @ W.T - eye(size[0])) < 1e-6).all(axis=1)
        return {"the number of wrong rows (length not 1, or no right angle)": size[0] - right.sum()}
    assert isfinite(W).all(), "the weights hold NaN or infinity"
    products = (W.T @ W).round(9)
    lengths = diag(products)
    return {"the list of column lengths": lengths**0.5,
            "the table of column products": products - diag(lengths) + 0.0}


check_orthogonal = Exercise(
    "orthogonal(shape, rng)",
    "columns of length 1 at right angles, or rows, if there are fewer of them",
    [(size, default_rng(4)) for size in ((3, 3), (6, 2), (40, 40), (30, 12), (2, 5), (1, 6))],
    observe=_draw, read=_products)


@check_orthogonal.reference
def orthogonal(shape, rng):
    finished = []
    for column in rng.normal(size=(max(shape), min(shape))).T.tolist():
        for unit in finished:
            along = sum(u * v for u, v in zip(unit, column, strict=True))
            column = [v - along * u for u, v in zip(unit, column, strict=True)]
        length = sum(v * v for v in column) ** 0.5
        finished.append([v / length for v in column])
    return array(finished).T if shape[0] >= shape[1] else array(finished)


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
    "The columns are as they were drawn: divide each column by its length, the root of the sum of "
    "its squares (and did you put it back, `W[:, j] = v`?)": "return rng.normal(size=shape)",
    "The columns are not at right angles. Take off the part along every earlier column, and only "
    "then make the length 1": ("range(j)", "range(0)"),
    "Take off the part along every earlier column, not along the one before alone":
        ("range(j)", "range(max(j - 1, 0), j)"),
    "The lengths come last: what is taken off a column makes it shorter again":
        (_DIVISION, "", "        for i in range(j)", f"{_DIVISION}        for i in range(j)"),
    "The part along u is (u · v) u only if u has length 1: finish each column before the next":
        (_DIVISION, "", "return W\n", "return W / np.sqrt((W**2).sum(axis=0))\n"),
    "The columns are not finished before they are used: divide each by its length":
        (_DIVISION, ""),
    "The length is the root of the sum of the squares: the root is missing": ("np.sqrt", ""),
    "Subtract the part along u, do not add it": ("-=", "+="),
    "The part along u is a column: the product of u and v, times u": (") * W[:, i]", ")"),
    "two generators gave the same weights": "return np.eye(*shape)",
})
# fmt: on

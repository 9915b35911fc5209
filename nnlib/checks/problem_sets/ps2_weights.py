"""Problem set 2, continued: starting weights."""

import copy
from statistics import NormalDist

import numpy as np
from numpy import abs as _abs
from numpy import all as _all
from numpy import (
    array,
    array_equal,
    asarray,
    concatenate,
    diag,
    errstate,
    eye,
    isfinite,
    ndarray,
    prod,
)
from numpy import float64 as _float64
from numpy import unique as _unique
from numpy.random import Generator, default_rng

from nnlib.checks.exercise import Exercise

__all__ = ["check_he_truncated", "check_orthogonal"]


# fmt: off
# --- draws

MANY = 50_000  # weights whose spread hardly depends on chance


class _Endless(Exception):
    """A loop draws and draws."""


def _counted(draw):
    def counted(self, *arguments, **named):
        drawn = draw(self, *arguments, **named)
        self.left -= max(1, getattr(drawn, "size", 1))
        if self.left < 0:
            raise _Endless
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
        except _Endless:
            return "endless"
        drawn.append(asarray(W) if isinstance(W, list) else W)
    return drawn


def _weights(drawn, size):
    """The weights of both generators, if they are weights and come from the generator alone."""
    assert drawn != "endless", (
        "your loop does not end: draw only the numbers that are outside, `W[outside] = …`, and "
        "compute `outside` again in each round"
    )
    for W in drawn:
        assert W is not None, "the weights are None: does the function return them?"
        is_array = isinstance(W, ndarray) and W.dtype.kind in "fiu"
        assert is_array, f"an array of shape {size} is asked, got a {type(W).__name__}"
        assert W.shape == size, f"the weights have shape {W.shape}, {size} is asked"
    W, other, *again = drawn
    assert (W != W.flat[0]).any(), (
        f"all weights are {W.flat[0]:.4g}: units that start equal stay so"
    )
    assert all(array_equal(W, same, equal_nan=True) for same in again), (
        "equal generators gave unequal weights: draw from rng alone"
    )
    assert not array_equal(W, other), "two generators gave the same weights: draw from rng"
    return asarray(W, dtype=_float64), asarray(other, dtype=_float64)


# --- 4. normal weights without tails

_LEFT = 0.87962566  # of the spread, once the tails are cut off


def _statistics(drawn, size, rng):
    """The spread of the weights, and of many weights what lies far from 0."""
    W, other = _weights(drawn, size)
    assert _all(isfinite(W)), "the weights hold NaN or infinity"
    values, counts = _unique(_abs(W), return_counts=True)
    share, value = counts.max() / W.size, values[counts.argmax()]
    assert share < 0.01 or value < values[-1], (
        f"{share:.1%} of the weights are exactly ±{value:.4g}: numbers beyond the limit are to be "
        "drawn again, not moved to it"
    )
    assert share < 0.01, (
        f"{share:.1%} of the weights are exactly {value:.4g}: each number outside is replaced by "
        "one of its own, rng.normal(0, s, outside.sum())"
    )
    numbers = concatenate([W.ravel(), other.ravel()])
    statistics = {"the spread": numbers.std()}
    if W.size > MANY:
        far = _abs(numbers) / ((2 / size[0]) ** 0.5 / _LEFT)
        statistics["the share of weights above 0"] = (numbers > 0).mean()
        statistics["the share of weights beyond 2s"] = (far > 2.0001).mean()
        statistics["the share of weights beyond 1.5s"] = (far > 1.5).mean()
    return statistics


check_he_truncated = Exercise(
    "he_truncated(shape, rng)",
    "normal weights of variance 2 / n_in, of which those beyond two spreads are drawn again",
    [(size, default_rng(4)) for size in ((300, 200), (20, 150), (150, 20))],
    observe=_draw, read=_statistics, tolerance=0.04, seconds=30,
)


@check_he_truncated.reference
def he_truncated(shape, rng):
    """Not drawn: numbers that lie as evenly as such draws do on average, in an order by chance."""
    normal, n = NormalDist(0, (2 / shape[0]) ** 0.5 / _LEFT), shape[0] * shape[1]
    below = NormalDist().cdf(-2)
    shares = [below + (1 - 2 * below) * (i + 0.5) / n for i in range(n)]
    return rng.permutation([normal.inv_cdf(share) for share in shares]).reshape(shape)


@check_he_truncated.right
def _(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    kept = []
    while len(kept) < shape[0] * shape[1]:
        w = s * rng.standard_normal()
        if abs(w) <= 2 * s:
            kept.append(w)
    return np.array(kept).reshape(shape)


_AS_DRAWN = ("The weights are about as wide as s itself: nothing or too little is cut off (draw "
             "numbers beyond two spreads again), or s was divided by 0.8796 twice")
_VARIANCE = "2 / n_in is the variance: the spread is its root"
_INPUTS = "Count the inputs, shape[0], not the units"
_OWN = "each number outside is replaced by one of its own"
_UNCUT = ("2 * s", "np.inf * s")
_ROUND = "while outside.any()"
_NEW = "rng.normal(0, s, outside.sum())"
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
    _AS_DRAWN: [_UNCUT, ("0.87962566", "0.87962566**2")],
    "No weight may lie beyond two spreads of the drawn numbers: nothing is cut off":
        (*_UNCUT, " / 0.87962566", ""),
    "Some weights still lie beyond two spreads of the drawn numbers: a number that was drawn "
    "again may be outside again, so repeat until none does":
        [(_ROUND, "for _ in range(1)"), (_ROUND, "for _ in range(2)"),
         (_ROUND, "for _ in range(1)", _NEW, "rng.normal(0, s, shape)[outside]")],
    "Cutting the tails made the numbers smaller: draw them wider": (" / 0.87962566", ""),
    "Divide by 0.8796, which makes the drawn numbers wider: do not multiply":
        ("/ 0.87962566", "* 0.87962566"),
    "Too much is cut off: the limit is 2s, not 2·sqrt(2/n_in)": ("2 * s", "2 * s * 0.87962566"),
    "Too much is cut off: the limit is 2s, not s": ("2 * s", "s"),
    _VARIANCE: [("np.sqrt(2 / shape[0])", "2 / shape[0]"),
                ("np.sqrt(2 / shape[0])", "2 / shape[0]", *_UNCUT),
                ("np.sqrt(2 / shape[0]) / 0.87962566", "2 / shape[0]")],
    "That is LeCun's rule, 1 / n_in": ("2 / shape", "1 / shape"),
    "That is Glorot's rule, 2 / (n_in + n_out)": ("shape[0]", "sum(shape)"),
    _INPUTS: [("shape[0]", "shape[1]"), ("shape[0]", "shape[1]", *_UNCUT, " / 0.87962566", "")],
    "The weights have the spread 1 before they are cut: draw with s":
        ("np.sqrt(2 / shape[0]) / 0.87962566", "1"),
    "One tail is left: cut both tails, with np.abs(W)": ("np.abs(W)", "W"),
    "Too many weights are near the limit: draw again with the spread s too":
        (_NEW, "rng.normal(0, 1, outside.sum())"),
    "drawn again, not moved to it": (_NEW, "2 * s"),
    _OWN: [(_NEW, "0"), (_NEW, "rng.normal(0, s)")],
    "These are evenly spread numbers: draw normal ones":
        "return np.sqrt(6 / shape[0]) * rng.uniform(-1, 1, shape)",
    "your loop does not end": ("W[outside] = rng.normal(0, s, outside.sum())",
                               "W = rng.normal(0, s, shape)"),
    "Half of the weights should be negative: draw around 0": ("return W", "return np.abs(W)"),
    "two generators gave the same weights":
        ("    s =", "    rng = np.random.default_rng(0)\n    s ="),
    "draw from rng alone": ("    s =", "    rng = np.random.default_rng()\n    s ="),
    "does the function return them": ("return W", "W"),
    "units that start equal stay so": "return np.full(shape, np.sqrt(2 / shape[0]))",
    "is asked": ("return W", "return W.T"),
})


# --- 5. orthogonal weights


def _products(drawn, size, rng):
    """The lengths of the columns and their products in pairs; of a wide shape the rows count."""
    W, _ = _weights(drawn, size)
    if size[0] < size[1]:
        with errstate(invalid="ignore"):
            right = (_abs(W @ W.T - eye(size[0])) < 1e-6).all(axis=1)
        return {"the number of wrong rows (length not 1, or no right angle)": size[0] - right.sum()}
    assert _all(isfinite(W)), "the weights hold NaN or infinity"
    products = (W.T @ W).round(9)
    lengths = diag(products)
    return {
        "the list of column lengths": lengths**0.5,
        "the table of column products": products - diag(lengths) + 0.0,
    }


check_orthogonal = Exercise(
    "orthogonal(shape, rng)",
    "columns of length 1 at right angles, or rows, if there are fewer of them",
    [(size, default_rng(4)) for size in ((3, 3), (6, 2), (40, 40), (30, 12), (2, 5), (1, 6))],
    observe=_draw, read=_products,
)


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


@check_orthogonal.right
def _(shape, rng):
    tall = max(shape), min(shape)
    Q = np.linalg.qr(rng.normal(size=tall))[0]
    return Q if shape[0] >= shape[1] else Q.T


@check_orthogonal.right
def from_originals(shape, rng):
    if shape[0] < shape[1]:
        return from_originals(shape[::-1], rng).T.tolist()
    W = rng.uniform(-1, 1, size=shape)
    for j in range(shape[1]):
        original = W[:, j].copy()
        for i in range(j):
            W[:, j] = W[:, j] - np.sum(W[:, i] * original) * W[:, i]
        W[:, j] = W[:, j] / np.linalg.norm(W[:, j])
    return W


_LENGTH = "divide each column by its length, the root of the sum of its squares"
_ROOT = "The length is the root of the sum of the squares"
_WIDE = "The shape has fewer rows than columns: make the transposed shape, and transpose the result"
_PART = "(W[:, i] @ W[:, j]) * W[:, i]"
_NORM = "np.sqrt(W[:, j] @ W[:, j])"
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
    _WIDE: [("shape[0] < shape[1]", "False"),
            "return np.linalg.qr(rng.normal(size=shape))[0]"],
    f"The columns are as they were drawn: {_LENGTH} (and did you put it back, `W[:, j] = v`?)":
        "return rng.normal(size=shape)",
    "The columns are not at right angles. Take off the part along every earlier column, and only "
    "then make the length 1": ("range(j)", "range(0)"),
    "Take off the part along every earlier column, not along the one before alone":
        ("range(j)", "range(max(j - 1, 0), j)"),
    "Take off the part along every earlier column: the first one is left out":
        ("range(j)", "range(1, j)"),
    "The lengths come last: what is taken off a column makes it shorter again":
        (_DIVISION, "", "        for i in range(j)", f"{_DIVISION}        for i in range(j)"),
    "The part along u is (u · v) u only if u has length 1: finish each column before the next":
        (_DIVISION, "", "return W\n", "return W / np.sqrt((W**2).sum(axis=0))\n"),
    f"The columns have not the length 1: {_LENGTH}":
        (_DIVISION, "", _PART, f"{_PART} / (W[:, i] @ W[:, i])"),
    f"The columns are not finished before they are used: {_LENGTH}": (_DIVISION, ""),
    f"{_ROOT}: the root is missing": ("np.sqrt", ""),
    f"{_ROOT}, not the sum of the sizes": (_NORM, "np.abs(W[:, j]).sum()"),
    f"{_ROOT}: take the sum, not the mean": (_NORM, "np.sqrt((W[:, j] ** 2).mean())"),
    "Subtract the part along u, do not add it": ("-=", "+="),
    "The part along u is a column: the product of u and v, times u": (_PART, "W[:, i] @ W[:, j]"),
    "The part along u is the product of u and v, times u: here u is taken off once":
        (_PART, "W[:, i]"),
    "The part along u is the sum of the products, times u: sum them first":
        (_PART, "W[:, i] * W[:, j] * W[:, i]"),
    "A column is W[:, j], and its squares are summed over axis 0":
        "W = rng.normal(size=shape)\nreturn W / np.sqrt((W**2).sum(axis=1, keepdims=True))",
    "The length of each column is 1, whatever the variance of the weights is then":
        ("return W", "return np.sqrt(2) * W"),
    " is asked": ("rng).T", "rng)"),
    "is asked, got a tuple": "return tuple(np.linalg.qr(rng.normal(size=shape)))",
    "two generators gave the same weights": "return np.eye(*shape)",
    "draw from rng alone": ("    W = rng", "    rng = np.random.default_rng()\n    W = rng"),
    "does the function return them": "W = rng.normal(size=shape)",
})
# fmt: on

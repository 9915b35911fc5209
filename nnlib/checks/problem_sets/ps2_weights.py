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


# --- draws


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
    """Weights, the same once more, and those from another generator."""
    drawn = []
    for given in rng, rng, default_rng(5):
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
    W, again, other = drawn
    assert W is not None, "the weights are None: does the function return them?"
    is_array = isinstance(W, ndarray) and W.dtype.kind in "fiu"
    assert is_array, f"an array of shape {size} is asked, got a {type(W).__name__}"
    assert W.shape == size, f"the weights have shape {W.shape}, {size} is asked"
    assert (W != W.flat[0]).any(), (
        f"all weights are {W.flat[0]:.4g}: units that start equal stay so"
    )
    assert array_equal(W, again, equal_nan=True), (
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
    if W.size > 50_000:
        far = _abs(numbers) / ((2 / size[0]) ** 0.5 / _LEFT)
        statistics["the share of weights above 0"] = (numbers > 0).mean()
        statistics["the share of weights beyond 2s"] = (far > 2.0001).mean()
        statistics["the share of weights beyond 1.5s"] = (far > 1.5).mean()
    return statistics


check_he_truncated = Exercise(
    "he_truncated(shape, rng)",
    "normal weights of variance 2 / n_in, of which those beyond two spreads are drawn again",
    [(size, default_rng(4)) for size in ((300, 200), (20, 150), (150, 20))],
    observe=_draw, read=_statistics, tolerance=0.04,
)  # fmt: skip


@check_he_truncated.reference
def he_truncated(shape, rng):
    """Not drawn: numbers that lie as evenly as such draws do on average, in an order by chance."""
    normal, n = NormalDist(0, (2 / shape[0]) ** 0.5 / _LEFT), shape[0] * shape[1]
    below = NormalDist().cdf(-2)
    shares = [below + (1 - 2 * below) * (i + 0.5) / n for i in range(n)]
    return rng.permutation([normal.inv_cdf(share) for share in shares]).reshape(shape)


def _he(spread=lambda i, o: (2 / i) ** 0.5 / _LEFT, limit=lambda s, n_in: 2 * s, size=np.abs,
        again=lambda rng, s, n: rng.normal(0, s, n), draw=Generator.normal):  # fmt: skip
    """Right as it stands; the arguments make the mistakes."""

    def answer(shape, rng):
        s = spread(*shape)
        W = draw(rng, 0, s, shape)
        outside = size(W) > limit(s, shape[0])
        while outside.any():
            W[outside] = again(rng, s, outside.sum())
            outside = size(W) > limit(s, shape[0])
        return W

    return answer


def _never(s, n_in):
    return np.inf


def _all_again(shape, rng):
    s = (2 / shape[0]) ** 0.5 / _LEFT
    W = rng.normal(0, s, shape)
    while (np.abs(W) > 2 * s).any():
        W = rng.normal(0, s, shape)
    return W


def _some_rounds(rounds, all_at_once=False):
    def answer(shape, rng):
        s = (2 / shape[0]) ** 0.5 / _LEFT
        W = rng.normal(0, s, shape)
        for _ in range(rounds):
            outside = np.abs(W) > 2 * s
            new = (
                rng.normal(0, s, shape)[outside] if all_at_once else rng.normal(0, s, outside.sum())
            )
            W[outside] = new
        return W

    return answer


@check_he_truncated.right
def _(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    kept = []
    while len(kept) < shape[0] * shape[1]:
        w = s * rng.standard_normal()
        if abs(w) <= 2 * s:
            kept.append(w)
    return np.array(kept).reshape(shape)


check_he_truncated.right(_he())
_AS_DRAWN = (
    "The weights are about as wide as s itself: nothing or too little is cut off (draw numbers "
    "beyond two spreads again), or s was divided by 0.8796 twice"
)
_REPEAT = (
    "Some weights still lie beyond two spreads of the drawn numbers: a number that was drawn again "
    "may be outside again, so repeat until none does"
)
_VARIANCE = "2 / n_in is the variance: the spread is its root"
_INPUTS = "Count the inputs, shape[0], not the units"
for _says, _answer in (
    (_AS_DRAWN, _he(limit=_never)),
    (_AS_DRAWN, _he(lambda i, o: (2 / i) ** 0.5 / _LEFT**2)),
    ("No weight may lie beyond two spreads of the drawn numbers: nothing is cut off",
     _he(lambda i, o: (2 / i) ** 0.5, limit=_never)),
    (_REPEAT, _some_rounds(1)),
    (_REPEAT, _some_rounds(2)),
    (_REPEAT, _some_rounds(1, all_at_once=True)),
    ("Cutting the tails made the numbers smaller: draw them wider",
     _he(lambda i, o: (2 / i) ** 0.5)),
    ("Divide by 0.8796, which makes the drawn numbers wider: do not multiply",
     _he(lambda i, o: (2 / i) ** 0.5 * _LEFT)),
    ("Too much is cut off: the limit is 2s, not 2·sqrt(2/n_in)",
     _he(limit=lambda s, n_in: 2 * (2 / n_in) ** 0.5)),
    ("Too much is cut off: the limit is 2s, not s", _he(limit=lambda s, n_in: s)),
    (_VARIANCE, _he(lambda i, o: 2 / i / _LEFT)),
    (_VARIANCE, _he(lambda i, o: 2 / i / _LEFT, limit=_never)),
    (_VARIANCE, _he(lambda i, o: 2 / i)),
    ("That is LeCun's rule, 1 / n_in", _he(lambda i, o: (1 / i) ** 0.5 / _LEFT)),
    ("That is Glorot's rule, 2 / (n_in + n_out)", _he(lambda i, o: (2 / (i + o)) ** 0.5 / _LEFT)),
    (_INPUTS, _he(lambda i, o: (2 / o) ** 0.5 / _LEFT)),
    (_INPUTS, _he(lambda i, o: (2 / o) ** 0.5, limit=_never)),
    ("The weights have the spread 1 before they are cut: draw with s",
     _he(lambda i, o: 1.0)),
    ("One tail is left: cut both tails, with np.abs(W)", _he(size=lambda W: W)),
    ("Too many weights are near the limit: draw again with the spread s too",
     _he(again=lambda rng, s, n: rng.normal(0, 1, n))),
    ("drawn again, not moved to it", _he(again=lambda rng, s, n: 2 * s)),
    ("each number outside is replaced by one of its own", _he(again=lambda rng, s, n: 0)),
    ("each number outside is replaced by one of its own",
     _he(again=lambda rng, s, n: rng.normal(0, s))),
    ("These are evenly spread numbers: draw normal ones",
     _he(draw=lambda rng, m, s, shape: rng.uniform(-1, 1, shape) * 3**0.5 * s * _LEFT)),
    ("your loop does not end", _all_again),
    ("Half of the weights should be negative: draw around 0",
     lambda shape, rng: np.abs(_he()(shape, rng))),
    ("two generators gave the same weights",
     lambda shape, rng: _he()(shape, np.random.default_rng(0))),
    ("draw from rng alone", lambda shape, rng: _he()(shape, np.random.default_rng())),
    ("does the function return them", lambda shape, rng: None),
    ("units that start equal stay so", lambda shape, rng: np.full(shape, (2 / shape[0]) ** 0.5)),
    ("is asked", lambda shape, rng: _he()(shape, rng).T),
):  # fmt: skip
    check_he_truncated.mistake(_says, _answer)


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
)  # fmt: skip


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


def _gram_schmidt(earlier=range, part=lambda u, v: (u @ v) * u, length=lambda v: np.sqrt(v @ v),
                  wide=lambda answer, shape, rng: answer(shape[::-1], rng).T):  # fmt: skip
    """Right as it stands; the arguments make the mistakes."""

    def answer(shape, rng):
        if shape[0] < shape[1] and wide:
            return wide(answer, shape, rng)
        W = rng.normal(size=shape)
        for j in range(shape[1]):
            for i in earlier(j):
                W[:, j] -= part(W[:, i], W[:, j])
            W[:, j] /= length(W[:, j])
        return W

    return answer


def _length_first(shape, rng):
    W = rng.normal(size=shape)
    for j in range(shape[1]):
        W[:, j] /= np.sqrt(W[:, j] @ W[:, j])
        for i in range(j):
            W[:, j] -= (W[:, i] @ W[:, j]) * W[:, i]
    return W


def _length_last(shape, rng):
    W = _gram_schmidt(length=lambda v: 1)(shape, rng)
    return W / np.sqrt((W**2).sum(axis=0))


def _rows_of_length_1(shape, rng):
    W = rng.normal(size=shape)
    return W / np.sqrt((W**2).sum(axis=1, keepdims=True))


@check_orthogonal.right
def _(shape, rng):
    tall = max(shape), min(shape)
    Q = np.linalg.qr(rng.normal(size=tall))[0]
    return Q if shape[0] >= shape[1] else Q.T


@check_orthogonal.right
def _(shape, rng):
    if shape[0] < shape[1]:
        return np.transpose(np.array(_gram_schmidt()(shape[::-1], rng))).tolist()
    W = rng.uniform(-1, 1, size=shape)
    for j in range(shape[1]):
        original = W[:, j].copy()
        for i in range(j):
            W[:, j] = W[:, j] - np.sum(W[:, i] * original) * W[:, i]
        W[:, j] = W[:, j] / np.linalg.norm(W[:, j])
    return W


_ANGLES = "Take off the part along every earlier column, and only then make the length 1"
_LENGTH = "divide each column by its length, the root of the sum of its squares"
for _says, _answer in (
    ("The shape has fewer rows than columns: make the transposed shape, and transpose the result",
     _gram_schmidt(wide=None)),
    (f"The columns are as they were drawn: {_LENGTH} (and did you put it back, `W[:, j] = v`?)",
     lambda shape, rng: rng.normal(size=shape)),
    (f"The columns are not at right angles. {_ANGLES}", _gram_schmidt(earlier=lambda j: ())),
    ("Take off the part along every earlier column, not along the one before alone",
     _gram_schmidt(earlier=lambda j: range(max(j - 1, 0), j))),
    ("Take off the part along every earlier column: the first one is left out",
     _gram_schmidt(earlier=lambda j: range(1, j))),
    ("The lengths come last: what is taken off a column makes it shorter again", _length_first),
    ("The part along u is (u · v) u only if u has length 1: finish each column before the next",
     _length_last),
    (f"The columns have not the length 1: {_LENGTH}",
     _gram_schmidt(length=lambda v: 1, part=lambda u, v: (u @ v) / (u @ u) * u)),
    (f"The columns are not finished before they are used: {_LENGTH}",
     _gram_schmidt(length=lambda v: 1)),
    ("The length is the root of the sum of the squares: the root is missing",
     _gram_schmidt(length=lambda v: v @ v)),
    ("The length is the root of the sum of the squares, not the sum of the sizes",
     _gram_schmidt(length=lambda v: np.abs(v).sum())),
    ("The length is the root of the sum of the squares: take the sum, not the mean",
     _gram_schmidt(length=lambda v: np.sqrt((v @ v) / len(v)))),
    ("Subtract the part along u, do not add it", _gram_schmidt(part=lambda u, v: -(u @ v) * u)),
    ("The part along u is a column: the product of u and v, times u",
     _gram_schmidt(part=lambda u, v: u @ v)),
    ("The part along u is the product of u and v, times u: here u is taken off once",
     _gram_schmidt(part=lambda u, v: u)),
    ("The part along u is the sum of the products, times u: sum them first",
     _gram_schmidt(part=lambda u, v: u * v * u)),
    ("A column is W[:, j], and its squares are summed over axis 0", _rows_of_length_1),
    ("The length of each column is 1, whatever the variance of the weights is then",
     lambda shape, rng: 2**0.5 * orthogonal(shape, rng)),
    (" is asked", _gram_schmidt(wide=lambda answer, shape, rng: answer(shape[::-1], rng))),
    ("The shape has fewer rows than columns: make the transposed shape, and transpose the result",
     lambda shape, rng: np.linalg.qr(rng.normal(size=shape))[0]),
    ("is asked, got a tuple", lambda shape, rng: tuple(np.linalg.qr(rng.normal(size=shape)))),
    ("two generators gave the same weights", lambda shape, rng: np.eye(*shape)),
    ("draw from rng alone", lambda shape, rng: orthogonal(shape, np.random.default_rng())),
    ("does the function return them", lambda shape, rng: None),
):  # fmt: skip
    check_orthogonal.mistake(_says, _answer)

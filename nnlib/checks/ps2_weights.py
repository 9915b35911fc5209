"""Checkers for problem set 2, the starting weights."""

from collections import Counter

from numpy import abs as _abs
from numpy import all as _all
from numpy import any as _any
from numpy import asarray, concatenate, isfinite, prod, shape
from numpy import float64 as _float64
from numpy.random import PCG64, Generator, default_rng

__all__ = ["check_he_truncated", "check_orthogonal"]


def check_he_truncated(function):
    """Check he_truncated(shape, rng): variance 2 / n_in, normal, the tails drawn again."""
    sizes = [(200, 100), (50, 400), (400, 50)]
    drawn = []
    for size in sizes:
        W, other = _drawn(function, size, _limited(size))
        wide = (2 / size[0]) ** 0.5 / 0.87962566
        _expect_redrawn(W)
        _expect_centred(W)
        _expect_spread(W, size, wide)
        beyond = float((_abs(W) > 2 * wide * 1.0001).mean())
        assert beyond == 0, (
            f"{beyond:.2%} of the weights lie beyond two spreads of the drawn numbers "
            f"({2 * wide:.4f}): a number that was drawn again may lie outside again, so repeat "
            "until none does"
        )
        assert _abs(W).max() > 1.9 * wide and float((_abs(W) < wide / 2).mean()) < 0.45, (
            f"the largest weight is {_abs(W).max():.4f}, the limit {2 * wide:.4f}: draw normal "
            "numbers, and cut at two spreads"
        )
        drawn += [W.ravel() / wide, other.ravel() / wide]
    far = float((_abs(concatenate(drawn)) > 1.5).mean())
    assert far < 0.096, (  # 0.0923 is right; 0.0995 with even redrawn numbers
        f"{far:.2%} of the weights lie between 1.5 s and 2 s, 9.23% are to be expected: draw again "
        "with the spread s too"
    )


def _expect_redrawn(W):
    """Both tails are cut, and every number outside was replaced by one of its own."""
    value, count = Counter(_abs(W).ravel().tolist()).most_common(1)[0]
    assert count < 0.01 * W.size or value < _abs(W).max(), (
        f"{count / W.size:.1%} of the weights are exactly ±{value:.4g}: numbers beyond the limit "
        "are to be drawn again, not moved to it"
    )
    assert count < 0.01 * W.size, (
        f"{count / W.size:.1%} of the weights are exactly {value:.4g}: each number outside is "
        "replaced by one of its own, rng.normal(0, s, outside.sum())"
    )
    low, high = sorted([-W.min(), W.max()])
    assert high < 1.5 * low, (
        f"the weights lie between {W.min():.4f} and {W.max():.4f}: cut both tails, with np.abs(W)"
    )


def _expect_spread(W, size, wide):
    spread = wide * 0.87962566
    found = _spread_of(W)
    likely = [
        (spread * 0.87962566, "cutting the tails made the numbers smaller: draw them wider"),
        (wide, "nothing is cut off: draw numbers beyond two spreads again"),
        (0.8221 * wide, "the limit is 2s, not 2·sqrt(2/n_in)"),
        (2 / size[0], "2 / n_in is the variance: the spread is its root"),
        (2 / size[0] * 0.87962566, "2 / n_in is the variance: the spread is its root"),
        ((1 / size[0]) ** 0.5, "that is LeCun's rule, 1 / n_in"),
        ((2 / size[1]) ** 0.5, "count the inputs, shape[0], not the units"),
        ((2 / size[1]) ** 0.5 * 0.87962566, "count the inputs, shape[0], not the units"),
        (spread / 0.87962566**2, "divide by 0.8796 once"),
    ]
    close = [hint for value, hint in likely if abs(found / value - 1) < 0.025]
    assert abs(found / spread - 1) < 0.025, (
        f"for {size[0]} inputs the spread is {found:.5f}, {spread:.5f} is asked"
        f"{': ' + close[0] if close else ''}"
    )


def check_orthogonal(function):
    """Check orthogonal(shape, rng): columns of length 1 at right angles, or else rows."""
    for size in [(3, 3), (6, 2), (2, 5), (1, 4), (40, 40), (30, 12)]:
        try:
            W, _ = _drawn(function, size, default_rng)
            _expect_centred(W)
            _expect_right_angles(W, size)
        except AssertionError as error:
            if size[0] >= size[1]:
                raise
            raise AssertionError(
                f"{error}. The shape {size} has fewer rows than columns: make the transposed shape "
                "and transpose the result"
            ) from None


def _expect_right_angles(W, size):
    kind = "columns" if size[0] >= size[1] else "rows"
    vectors = W.T if kind == "columns" else W
    lengths = [sum(v * v for v in vector) ** 0.5 for vector in vectors.tolist()]
    wrong = [length for length in lengths if abs(length - 1) > 1e-6]
    stored = " (and did you put it back, `W[:, j] = v`?)" if kind == "columns" else ""
    assert not wrong, (
        f"shape {size}: a {kind[:-1]} has length {wrong[0]:.4g}, 1 is asked: divide it by "
        f"the root of the sum of its squares{stored}"
    )
    for i, first in enumerate(vectors.tolist()):
        for j, second in enumerate(vectors.tolist()[:i]):
            product = sum(a * b for a, b in zip(first, second, strict=True))
            assert abs(product) < 1e-6, (
                f"shape {size}: {kind} {j} and {i} are not at right angles, their product is "
                f"{product:.3g}. Take off the part along every earlier {kind[:-1]}, and only "
                "then make the length 1"
            )


def _counted(draw):
    def counted(self, *arguments, **named):
        result = draw(self, *arguments, **named)
        self.left -= max(1, getattr(result, "size", 1))
        assert self.left > 0, (
            "your loop does not end: draw only the numbers that are outside, `W[outside] = …`, "
            "and compute `outside` again in each round"
        )
        return result

    # by its file's name `grade` would take it for a function of nnlib that the answer calls
    counted.__code__ = counted.__code__.replace(co_filename="<counted>")
    return counted


class _Limited(Generator):
    """A generator that stops whoever draws without end."""

    normal = _counted(Generator.normal)
    standard_normal = _counted(Generator.standard_normal)


def _limited(size):
    """Makes generators from seeds, each good for 20 times the numbers of a shape."""

    def make(seed):
        rng = _Limited(PCG64(seed))
        rng.left = 20 * prod(size)
        return rng

    return make


def _drawn(function, size, generator):
    """What an initializer draws, from the generator alone, and what it draws from another."""
    try:
        W, again, other = (function(size, generator(seed)) for seed in (4, 4, 5))
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise AssertionError(f"for the shape {size} it stopped: {error}") from None
    assert W is not None, "the weights are None: does the function return them?"
    assert shape(W) == size, f"the weights have shape {shape(W)}, {size} is asked"
    W = asarray(W, dtype=_float64)
    assert _all(isfinite(W)), "the weights hold NaN or infinity"
    assert W.max() > W.min(), f"all weights are {W.flat[0]:.4g}: units that start equal stay so"
    assert _all(W == asarray(again)), "equal generators gave unequal weights: draw from rng alone"
    assert _any(W != asarray(other)), "two generators gave the same weights: draw from rng"
    return W, asarray(other)


def _expect_centred(W):
    mean, spread = float(W.mean()), _spread_of(W)
    assert W.size < 100 or abs(mean) < 5 * spread / W.size**0.5, (
        f"the mean is {mean:.4f}: draw around 0"
    )


def _spread_of(W):
    numbers = W.ravel().tolist()
    mean = sum(numbers) / len(numbers)
    return (sum((w - mean) ** 2 for w in numbers) / len(numbers)) ** 0.5

"""Checkers for page 04: gradients sent back through layers."""

from numpy import all as _all
from numpy import array, errstate, ndarray, shape
from numpy.random import default_rng

from nnlib.checks._tools import (
    _call,
    _expect_gradients,
    _expect_with_hint,
    _hint_that_fits,
    _products,
    _slope_of,
    _slopes,
    _softplus,
    _weighted_sums,
)

__all__ = [
    "check_backward_by_loops",
    "check_combine_gradients",
    "check_skip_backward",
    "check_softplus_backward",
]


def check_backward_by_loops(function):
    """Check backward_by_loops(dZ, X, W): dX, dW and db of a dense layer, which only sums."""
    rng = default_rng(9)
    for n, n_in, n_out in [(4, 3, 2), (2, 2, 2), (3, 3, 3), (1, 2, 4), (5, 1, 1)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out))
        dZ = rng.normal(size=(n, n_out))
        b = array([0.0] * n_out)
        result = _call(function, dZ, X, W)
        slopes = _layer_slopes(lambda z: z, dZ, X, W, b)
        _, dW, db = slopes
        in_loop = "Too often: add to db outside the loop over the inputs"
        mistakes = [
            [(_products(dZ[:, -1:], W.T[-1:]), _LAST_PRODUCT)],
            [(dW / n, _DIVIDED), (-dW, _SIGN), (_products(X.T[:, -1:], dZ[-1:]), _LAST_PRODUCT)],
            [(db / n, _DIVIDED), (db * n_in, in_loop), (dZ[-1], _LAST_PRODUCT)],
        ]
        if n_in == n_out:
            mistakes[0].append((_products(dZ, W), "Go along the rows of W, not down its columns"))
        _expect_gradients(result, slopes, ("dX", "dW", "db"), mistakes, (dZ, X, W))
    function(*(argument.view(_SingleNumbers) for argument in (dZ, X, W)))


def check_skip_backward(function):
    """Check skip_backward(dY, X, W, b): gradients of a layer Y = X + relu(X W + b)."""
    rng = default_rng(10)
    for n, width in [(6, 3), (4, 4), (3, 2), (1, 5)]:
        X, W = rng.normal(size=(n, width)), rng.normal(size=(width, width))
        b, dY = rng.normal(size=width), rng.normal(size=(n, width))
        result = _call(function, dY, X, W, b)
        slopes = _layer_slopes(_relu, dY, X, W, b, skip=True)
        linear = _layer_slopes(lambda z: z, dY, X, W, b, skip=True)
        no_skip = "X reaches Y by two paths: add the gradient that comes by the direct one"
        no_mask = "ReLU's slope is missing: where X W + b is negative nothing comes back"
        mistakes = [[(linear[0], no_mask), (linear[0] - dY, no_mask)]]
        mistakes[0].append((slopes[0] - dY, no_skip))
        mistakes += [[(wrong, no_mask)] for wrong in linear[1:]]
        Z = array(_weighted_sums(X, W, b))
        mistakes[0].append((_products(dY * (Z > 0), W) + dY, "W stands here for its transpose"))
        for at, where in [(X + Z * (Z > 0), "Y"), (X, "X"), (dY, "dY")]:
            hint = f"ReLU's slope is taken at {where}: take it at Z = X W + b, what went into ReLU"
            dZ = dY * (at > 0)
            dX = _products(dZ, W.T) + dY
            wrong = dX, _products(X.T, dZ), array([sum(column) for column in dZ.T])
            for known, value in zip(mistakes, wrong, strict=True):
                known.append((value, hint))
        _expect_gradients(result, slopes, ("dX", "dW", "db"), mistakes, (dY, X, W, b))


def check_softplus_backward(function):
    """Check softplus_backward(dA, X, W, b): gradients of a layer A = ln(1 + e^(X W + b))."""
    rng = default_rng(11)
    for n, n_in, n_out, scale in [(3, 2, 2, 1), (4, 3, 2, 1), (1, 2, 3, 1), (5, 3, 1, 4000)]:
        X, W = rng.normal(size=(n, n_in)) * scale, rng.normal(size=(n_in, n_out))
        b, dA = rng.normal(size=n_out), rng.normal(size=(n, n_out))
        try:
            with errstate(over="raise", invalid="raise", divide="raise"):
                result = _call(function, dA, X, W, b)
        except FloatingPointError as error:
            raise AssertionError(
                f"pre-activations in the thousands make it fail ({error}): take a stable sigmoid"
            ) from None
        slopes = _layer_slopes(_softplus, dA, X, W, b)
        linear = _layer_slopes(lambda z: z, dA, X, W, b)
        twice = _layer_slopes(_softplus, dA, X, W, b, again=True)
        hints = (
            "The slope of softplus is missing: dZ = dA times that slope, entry by entry",
            "The slope is taken at A = ln(1 + e^Z): take it at Z",
            "This uses the slope of the sigmoid: softplus's own slope is the sigmoid itself",
            "This uses the sigmoid at -Z: take it at Z",
        )
        slope = _slope_of(_softplus)
        s = array([[slope(z) for z in row] for row in _weighted_sums(X, W, b)])
        others = [
            (_products(dZ, W.T), _products(X.T, dZ), array([sum(column) for column in dZ.T]))
            for dZ in (dA * s * (1 - s), dA * (1 - s))
        ]
        wrong = zip(linear, twice, *others, strict=True)
        mistakes = [list(zip(values, hints, strict=True)) for values in wrong]
        _expect_gradients(result, slopes, ("dX", "dW", "db"), mistakes, (dA, X, W, b))


def check_combine_gradients(function):
    """Check combine_gradients(gradients, counts): the gradient of a mean loss over all parts."""
    rng = default_rng(12)
    for counts, n_out in [([3, 1], 2), ([2, 2], 1), ([1, 4, 2], 3), ([5], 1)]:
        X, w = rng.normal(size=(sum(counts), 2)), rng.normal(size=(2, n_out))
        Y = rng.normal(size=(sum(counts), n_out))
        starts = [sum(counts[:i]) for i in range(len(counts))]
        parts = [slice(start, start + c) for start, c in zip(starts, counts, strict=True)]
        gradients = [_slopes(_mean_square_of(X[part], Y[part]), w) for part in parts]
        given = [gradient.copy() for gradient in gradients]
        result = function(given, list(counts))
        for before, after in zip(gradients, given, strict=True):
            assert _all(before == after), "your function changed its input: work on a copy"
        expected = _slopes(_mean_square_of(X, Y), w)
        hint = ""
        if shape(result) == expected.shape:
            mean = sum(gradients) / len(gradients)
            each = "Each part counts the same here: weight it by its number of samples"
            mistakes = [
                (mean, each),
                (mean * len(counts), "This is the plain sum: a mean loss wants a weighted mean"),
                (expected * sum(counts), "Divide by the number of all samples"),
                (
                    expected * sum(counts) / len(counts),
                    "Divide by the number of all samples, not by that of the parts",
                ),
                (
                    mean * len(counts) / sum(counts),
                    "Each gradient is a mean already: times its count, before you divide",
                ),
            ]
            inverse = sum(g / c for g, c in zip(gradients, counts, strict=True))
            for factor in (1, sum(counts), 1 / sum(counts), len(counts), 1 / len(counts)):
                divided = "Each part is divided by its count here: multiply by it"
                mistakes.append((inverse * factor, divided))
            hint = _hint_that_fits(result, expected, mistakes)
        where = f"the gradient of parts with {counts} samples"
        _expect_with_hint(result, expected, where, hint)


class _SingleNumbers(ndarray):
    """An array whose entries can be taken one by one, but not multiplied or added all at once."""

    def __array_ufunc__(self, *arguments, **options):
        raise AssertionError(_WHOLE_ARRAYS)

    def __array_function__(self, function, *arguments):
        if function.__name__ in ("dot", "einsum", "inner", "matmul", "outer", "sum", "tensordot"):
            raise AssertionError(_WHOLE_ARRAYS)
        return super().__array_function__(function, *arguments)

    def dot(self, *arguments):
        raise AssertionError(_WHOLE_ARRAYS)


_WHOLE_ARRAYS = (
    "The numbers are right, but this multiplies or adds whole arrays: use single numbers, "
    "as dZ[i, j], in loops"
)


_LAST_PRODUCT = "Only the last product of each sum is left: add with +="


_DIVIDED = "A layer only sums: the 1/n of a mean loss is in dZ already"


_SIGN = "The sign is wrong"


def _relu(z):
    return max(z, 0.0)


def _mean_square_of(X, Y):
    """Mean squared error of the linear model X w, as a function of w."""

    def loss(w):
        misses = (_products(X, w) - Y).ravel().tolist()
        return sum(miss * miss for miss in misses) / len(misses)

    return loss


def _layer_slopes(activation, dA, X, W, b, skip=False, again=False):
    """dX, dW and db of a layer f(X W + b), from loops and the slope of f by central differences.

    With `skip` the input is added to the output. With `again` the slope is taken at the output,
    which is a mistake that readers make.
    """
    slope = _slope_of(activation)
    Z = _weighted_sums(X, W, b)
    at = [[activation(z) for z in row] for row in Z] if again else Z
    dZ = dA * array([[slope(z) for z in row] for row in at])
    dX = _products(dZ, W.T) + (dA if skip else 0)
    return dX, _products(X.T, dZ), array([sum(column) for column in dZ.T])

"""What the checkers share: calls on copies, comparisons with a message, central differences.

NumPy's functions are bound here and in the checkers, so that nothing a page redefines can change a
verdict.
"""

import math
from pathlib import Path
from traceback import walk_tb

from numpy import abs as _abs
from numpy import all as _all
from numpy import argwhere, array, asarray, isfinite, ndarray, ndindex, shape
from numpy import float64 as _float64

_CHECKS = Path(__file__).parent


def _expect_array(value, expected, name):
    """Shape first, then values: the first tells more when both are wrong."""
    expected = array(expected, dtype=_float64)
    assert value is not None, f"{name} is None: does the function return it?"
    assert shape(value) == expected.shape, (
        f"{name} has shape {shape(value)}, expected {expected.shape}"
    )
    value = asarray(value, dtype=_float64)
    assert _all(isfinite(value)), f"{name} holds NaN or infinity"
    gap = _abs(value - expected)
    wrong = gap > 1e-7 + 1e-5 * _abs(expected)
    if wrong.any():
        first = tuple(int(i) for i in argwhere(wrong)[0])
        place, most = (f" at {list(first)}", "up to ") if first else ("", "")
        right, found = _apart(expected[first], value[first])
        raise AssertionError(
            f"{name} is off by {most}{gap.max():.3g}: expected {right}{place}, got {found}"
        )


def _apart(first, second):
    """Two different numbers in 4 digits, or in as many as show that they differ."""
    texts = ((f"{first:.{digits}g}", f"{second:.{digits}g}") for digits in range(4, 18))
    return next(pair for pair in texts if pair[0] != pair[1])


def _short(values):
    if values.ndim == 0:
        return f"{values:.4g}"
    head = ", ".join(f"{value:.4g}" for value in values.ravel()[:4])
    return f"[{head}{', …' if values.size > 4 else ''}]"


def _agree(value, expected):
    return shape(value) == shape(expected) and _all(_abs(asarray(value) - expected) < 1e-9)


def _call(function, *arguments):
    """The function's answer for copies of the arguments, which it must leave as they were."""
    copies = [
        argument.copy() if isinstance(argument, ndarray) else argument for argument in arguments
    ]
    try:
        result = function(*copies)
    except NotImplementedError as error:
        if _raised_below(error):
            raise AssertionError("a function that yours calls is not attempted yet") from None
        raise
    except AssertionError as error:
        raise AssertionError(f"an `assert` in your function failed{_said(error)}") from None
    except ValueError as error:
        if "truth value of an array" not in str(error):
            raise
        raise AssertionError(
            "your function asks a whole array a yes-or-no question (in an `if`, or with `and`, "
            "`or`, `max`): the argument is an array, so compute all its numbers at once, as "
            "np.maximum, relu or np.where do"
        ) from None
    for copy, argument in zip(copies, arguments, strict=True):
        if isinstance(argument, ndarray):
            assert _all(copy == argument), "your function changed its input: work on a copy"
    return result


def _call_hinting(hint, function, *arguments):
    """As _call; what NumPy says of shapes that do not fit gets a hint."""
    try:
        return _call(function, *arguments)
    except (IndexError, ValueError) as error:
        raise ValueError(f"{error}. {hint}").with_traceback(error.__traceback__) from None


def _raised_below(error):
    """Whether a function that the student's function calls raised the error."""
    files = [frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)]
    return sum(Path(file).parent != _CHECKS for file in files) > 1


def _said(error):
    return f": {error}" if str(error) else ""


def _column_statistics(rows):
    """Mean and standard deviation of each column, by loops."""
    columns = list(zip(*rows, strict=True))
    means = [sum(column) / len(column) for column in columns]
    variances = [
        sum((value - mean) ** 2 for value in column) / len(column)
        for column, mean in zip(columns, means, strict=True)
    ]
    return array(means), array([variance**0.5 for variance in variances])


def _slope_of(function, h=1e-5):
    return lambda z: (function(z + h) - function(z - h)) / (2 * h)


def _weighted_sums(X, W, b):
    """The pre-activations of a dense layer, number by number."""
    return [
        [sum(x * w for x, w in zip(row, unit, strict=True)) + bias for unit, bias in units]
        for units in [list(zip(W.T, b, strict=True))]
        for row in X
    ]


def _first_that_fits(value, hints):
    return next((hint for v, hint in hints if abs(value - v) <= 1e-6 * max(1, abs(v))), "")


def _expect_with_hint(value, expected, name, hint):
    try:
        _expect_array(value, expected, name)
    except AssertionError as error:
        raise AssertionError(f"{error}. {hint}" if hint else str(error)) from None


def _softplus(z):
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


def _slopes_of_loss(loss, Y, P, h=1e-5):
    """Central differences of the loss, one entry of P nudged at a time."""
    slopes = array(P, dtype=_float64)
    for i in ndindex(P.shape):
        above, below = array(P), array(P)
        above[i] += h
        below[i] -= h
        slopes[i] = (loss(Y, above) - loss(Y, below)) / (2 * h)
    return slopes


def _products(A, B):
    """The matrix product of A and B by loops."""
    return array(
        [[sum(a * b for a, b in zip(row, column, strict=True)) for column in B.T] for row in A]
    )


def _slopes(f, x, h=1e-5):
    """Central differences of a function of one array."""
    return _slopes_of_loss(lambda _, values: f(values), None, x, h)


def _hint_that_fits(value, expected, mistakes):
    """Words for the first mistake that a wrong value equals, or no words."""
    found = asarray(value, dtype=_float64)

    def equals(other):
        same = shape(found) == shape(other)
        return same and _all(_abs(found - other) <= 1e-6 + 1e-5 * _abs(asarray(other)))

    if equals(expected):
        return ""
    return next((words for mistake, words in mistakes if equals(mistake)), "")


def _expect_gradients(result, expected, names, mistakes, arguments):
    """Gradients in order, each with the shape of what it belongs to."""
    assert result is not None, "the result is None: does the function return it?"
    assert isinstance(result, tuple | list) and len(result) == len(names), (
        f"return {len(names)} arrays: {', '.join(names)}, in this order"
    )
    shapes = ", ".join(str(argument.shape) for argument in arguments)
    for name, value, right, known in zip(names, result, expected, mistakes, strict=True):
        assert value is not None, f"{name} is None"
        hint = _hint_that_fits(value, right, known)
        if shape(value) != right.shape:
            hint = f"A gradient has the shape of what it belongs to, here {name[1:]}"
            if name == "db":
                hint = "db has one number for each unit: sum over the samples, axis 0"
        _expect_with_hint(value, right, f"{name} for arguments of shapes {shapes}", hint)

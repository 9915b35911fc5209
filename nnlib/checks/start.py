"""Checkers for page 00: axes, broadcasting and products in NumPy."""

from numpy import abs as _abs
from numpy import all as _all
from numpy import array, asarray, ndarray, shape
from numpy.random import default_rng

from nnlib.checks._tools import _call, _expect_array, _expect_with_hint, _said, _short

__all__ = [
    "check_add_row",
    "check_matrix_product",
    "check_shape_of_product",
    "check_square_derivative",
    "check_sum_over_samples",
]


def _expect_value_error(function, arguments, why):
    """The function must raise ValueError, and nothing else, since what it is given cannot be right.

    `why` is a pair of sentences for the message: what is wrong with the arguments, what to do.
    """
    what, rule = why
    try:
        result = _call(function, *arguments)
    except ValueError:
        return
    except AssertionError as error:
        if "changed its input" in str(error):
            raise
        found = f"{error}"
    except (TypeError, AttributeError, IndexError) as error:
        found = f"{type(error).__name__} was raised{_said(error)}"
    else:
        if isinstance(result, ValueError) or result is ValueError:
            found = "the error was returned: `raise` it instead"
        elif result is None:
            found = "None was returned, no error raised (printing a message raises nothing)"
        elif isinstance(result, ndarray):
            found = f"an array of shape {shape(result)} was returned without complaint"
        else:
            found = f"{result!r} was returned without complaint"
    raise AssertionError(f"{what}, but {found}. {rule}")


def check_square_derivative(function):
    """Check square_derivative(x): the slope 2 x of x squared, for numbers and for arrays."""
    for x in (5.0, -1.5, 0.0, array([[1.0, -2.0], [0.5, 10.0]])):
        result = _call(function, x)
        nudged = ((x + 1e-3) ** 2 - (x - 1e-3) ** 2) / 2e-3
        try:
            _expect_array(result, nudged, f"the slope at x = {_short(asarray(x))}")
        except AssertionError as error:
            hint = ""
            if shape(result) == shape(x):
                if _all(_abs(asarray(result) - x**2) < 1e-9):
                    hint = ". This is the function itself, not its slope"
                elif _all(_abs(asarray(result) - x**3 / 3) < 1e-9):
                    hint = ". This is the integral: differentiate instead"
            raise AssertionError(f"{error}{hint}") from None


def check_sum_over_samples(function):
    """Check sum_over_samples(dZ): the sum of each column, one number for each output."""
    rng = default_rng(2)
    worked = array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    for dZ in (worked, rng.normal(size=(4, 4)), rng.normal(size=(1, 3)), rng.normal(size=(5, 1))):
        result = _call(function, dZ)
        assert result is not None, "the sum is None: does the function return it?"
        columns = [sum(column) for column in dZ.T]
        rows = [sum(row) for row in dZ]
        assert shape(result) != (), (
            "the result is a single number: sum with axis=0, which keeps one sum for each column"
        )
        assert shape(result) != (1, len(columns)), (
            f"the result has shape {shape(result)}, expected ({len(columns)},): leave keepdims out"
        )
        across = shape(result) == (len(rows),) and _all(_abs(asarray(result) - rows) < 1e-9)
        try:
            _expect_array(result, columns, f"the sum of an array of shape {dZ.shape}")
        except AssertionError as error:
            hint = ". You summed along the rows: axis=1 sums over the outputs" if across else ""
            if not across and shape(result) == (len(columns),):
                means = array(columns) / len(rows)
                if _all(_abs(asarray(result) - means) < 1e-9):
                    hint = ". This is the mean: a sum is asked"
            raise AssertionError(f"{error}{hint}") from None


def check_add_row(function):
    """Check add_row(Z, b): b added to each row; ValueError unless b has one number a column."""
    rng = default_rng(3)
    for n, k in [(3, 2), (4, 4), (1, 3), (5, 1)]:
        Z, b = rng.normal(size=(n, k)), rng.normal(size=k)
        expected = [[value + extra for value, extra in zip(row, b, strict=True)] for row in Z]
        try:
            result = _call(function, Z, b)
        except ValueError as error:
            raise AssertionError(
                f"b of shape ({k},) fits Z of shape ({n}, {k}), but ValueError was raised"
                f"{_said(error)}. What does your function compare b.shape with? (A row of {k} "
                f"numbers has the shape ({k},); without the comma, ({k}) is the number {k})"
            ) from None
        _expect_array(result, expected, f"Z of shape ({n}, {k}) plus its row")
    for shape_Z, shape_b in [
        ((3, 1), (3,)),
        ((3, 2), (3, 1)),
        ((4, 4), (4, 1)),
        ((3, 2), (1,)),
        ((3, 2), (1, 2)),
        ((3, 2), (3,)),
    ]:
        _expect_value_error(
            function,
            (rng.normal(size=shape_Z), rng.normal(size=shape_b)),
            (
                f"b of shape {shape_b} is no row for Z of shape {shape_Z}",
                "Write `raise ValueError(…)` for when b.shape is not (Z.shape[1],)",
            ),
        )


def check_matrix_product(function):
    """Check matrix_product(X, W): each cell the sum of a row of X times a column of W."""
    rng = default_rng(4)
    worked = array([[1.0, 2.0], [3.0, 4.0]]), array([[5.0, 6.0], [7.0, 8.0]])
    cases = [worked, *((rng.normal(size=(n, m)), rng.normal(size=(m, k))) for n, m, k in _SIZES)]
    for X, W in cases:
        expected = [
            [sum(x * w for x, w in zip(row, column, strict=True)) for column in W.T] for row in X
        ]
        try:
            result = _call(function, X, W)
        except IndexError as error:
            raise AssertionError(
                f"for {X.shape} times {W.shape}, IndexError was raised{_said(error)}. {_LOOPS}"
            ) from None
        hint = ""
        if shape(result) == (len(X), len(W.T)):
            if X is worked[0]:
                hint = _PRODUCT_HINTS.get(tuple(asarray(result).ravel().tolist()), "")
            elif asarray(result).dtype.kind in "iu":
                hint = "The result holds whole numbers only: leave dtype=int out of np.zeros"
            else:
                hint = f"With 2 rows and columns throughout it was right. {_LOOPS}"
        _expect_with_hint(result, expected, f"the product of {X.shape} and {W.shape}", hint)


_SIZES = [(4, 3, 2), (1, 5, 1), (2, 1, 3)]


_LOOPS = (
    "How long is each loop? The rows of X (X.shape[0]), the columns of W (W.shape[1]) and, for "
    "the sum, the columns of X (X.shape[1])"
)


_TOO_EARLY = "The function returns too early: `return` stands below all loops, not inside one"


_PRODUCT_HINTS = {
    (5, 12, 21, 32): "This multiplies cell by cell, as X * W does: sum over the inner index",
    (23, 34, 31, 46): "This is W times X: the order matters",
    (19, 43, 22, 50): "This is the transpose: the rows of the result belong to the rows of X",
    (17, 23, 39, 53): "This multiplies rows by rows: take the columns of W",
    (14, 16, 28, 32): "Only the last product of each sum is left: add with +=",
    (19, 22, 0, 0): _TOO_EARLY,
    (19, 0, 0, 0): _TOO_EARLY,
    (5, 0, 0, 0): _TOO_EARLY,
}


def check_shape_of_product(function):
    """Check shape_of_product(first, second): outer numbers; ValueError if the inner ones differ."""
    for first, second in [((5, 3), (3, 2)), ((120, 4), (4, 6)), ((1, 7), (7, 1))]:
        try:
            result = _call(function, first, second)
        except ValueError as error:
            raise AssertionError(
                f"{first} times {second} can be multiplied, but ValueError was raised{_said(error)}"
            ) from None
        except (TypeError, AttributeError) as error:
            raise AssertionError(
                f"{type(error).__name__} was raised{_said(error)}. `first` and `second` are "
                "shapes, tuples such as (5, 3), not arrays: first[0] is the number of rows"
            ) from None
        expected = first[0], second[1]
        assert result is not None, "the result is None: does the function return it?"
        assert shape(result) == (2,), f"return two numbers, as {expected}; got {result!r}"
        assert tuple(result) == expected, (
            f"{first} times {second} has the shape {expected}, got {tuple(result)}: "
            "the rows of the first, the columns of the second"
        )
    for first, second in [((5, 3), (5, 3)), ((784, 128), (784, 64)), ((2, 3), (2, 2))]:
        _expect_value_error(
            function,
            (first, second),
            (
                f"{first} times {second} cannot be multiplied ({first[1]} is not {second[0]})",
                "Write `raise ValueError(…)` for when the inner numbers differ",
            ),
        )

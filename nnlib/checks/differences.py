"""How a value differs from what is expected, in words; and whether two values are alike.

NumPy's functions are bound by name, so that nothing a page redefines can change a verdict.
"""

from numpy import abs as _abs
from numpy import all as _all
from numpy import argwhere, asarray, errstate, generic, isfinite, isnan, ndarray, shape
from numpy import float64 as _float64

__all__ = ["cut", "difference", "expect_equal", "is_numeric", "kind", "unlike"]

SMALLEST = 1e-7  # a difference that is none, beside the relative one


def difference(value, expected, name, tolerance=1e-5):
    """How a value differs from what is expected, in words, or None: form first, then numbers."""
    is_list = isinstance(expected, list | tuple)
    if is_list and not all(is_numeric(entry) and shape(entry) == () for entry in expected):
        return _difference_of_lists(value, expected, name, tolerance)
    if not is_list and not is_numeric(expected):
        found = f"{name} should be {kind(expected)}, got {kind(value)}"
        return found if unlike(value, expected, tolerance) else None
    expected = asarray(expected)
    return _form(value, expected, name) or _text_of_difference(value, expected, tolerance, name)


def _difference_of_lists(values, expected, name, tolerance):
    if values is None:
        return f"{name} is None: does the function return it?"
    if not isinstance(values, list | tuple) or len(values) != len(expected):
        return f"{name} should be a list of {len(expected)}, got {kind(values)}"
    pairs = enumerate(zip(values, expected, strict=True))
    found = (difference(*pair, f"{name}: item {i}", tolerance) for i, pair in pairs)
    return next((words for words in found if words), None)


def expect_equal(value, expected, name, tolerance=1e-5):
    """Raise an AssertionError in words unless a value is what is expected."""
    problem = difference(value, expected, name, tolerance)
    assert not problem, problem


def _form(value, expected, name):
    if value is None:
        return f"{name} is None: does the function return it?"
    wanted = f"shape {expected.shape}" if expected.ndim else "a number"
    if isinstance(value, dict | set | str) or callable(value):
        return f"{name} is {kind(value)}, {wanted} is asked"
    try:
        found = asarray(value)
    except ValueError:
        return f"{name} holds rows of several lengths, {wanted} is asked"
    if found.dtype.kind not in "biuf":
        return f"{name} is {kind(value)}, {wanted} is asked"
    if found.shape != expected.shape:
        asked = f"expected {expected.shape}" if expected.ndim else "a single number is asked"
        return f"{name} has shape {found.shape}, {asked}"
    if found.dtype.kind == "b" and expected.dtype.kind != "b":
        return f"{name} holds True and False: numbers are asked"
    return None


def _text_of_difference(value, expected, tolerance, name=""):
    if shape(value) != shape(expected):
        return f"{name} has shape {shape(value)}, expected {shape(expected)}"
    value, expected = asarray(value, dtype=_float64), asarray(expected, dtype=_float64)
    if not _all(isfinite(value) | (value == expected)):
        return f"{name} holds NaN or infinity"
    with errstate(invalid="ignore"):  # inf - inf; what is equal is no difference below
        gap = _abs(value - expected)
    wrong = ~(
        (gap <= (SMALLEST if tolerance else 0) + tolerance * _abs(expected)) | (value == expected)
    )
    if not wrong.any():
        return None
    first = tuple(int(i) for i in argwhere(wrong)[0])
    place, most = (f" at {list(first)}", "up to ") if first else ("", "")
    right, found = _apart(expected[first], value[first])
    return f"{name} is off by {most}{gap.max():.3g}: expected {right}{place}, got {found}"


def _apart(first, second):
    """Two different numbers in 4 digits, or in as many as show that they differ."""
    texts = ((f"{first:.{digits}g}", f"{second:.{digits}g}") for digits in range(4, 18))
    return next((pair for pair in texts if pair[0] != pair[1]), (f"{first}", f"{second}"))


def kind(value):
    """What a value is, in words."""
    if isinstance(value, ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, str):
        return f"the text {cut(repr(value))}"
    if callable(value):
        return "a function"
    if isinstance(value, tuple | list | dict | set):
        return f"a {type(value).__name__} of {len(value)}"
    return cut(repr(value))


def unlike(first, second, tolerance):
    """Whether two things that answers gave differ; NaN is like NaN."""
    if isinstance(first, tuple | list) and isinstance(second, tuple | list):
        pairs = zip(first, second, strict=False)
        return len(first) != len(second) or any(unlike(*pair, tolerance) for pair in pairs)
    if isinstance(first, ndarray) != isinstance(second, ndarray):  # a list beside an array
        first, second = _as_array(first), _as_array(second)
    if not (is_numeric(first) and is_numeric(second)):
        plain = (str, dict, set, type(None))
        return not (isinstance(first, plain) and type(first) is type(second) and first == second)
    first, second = (asarray(value, dtype=_float64) for value in (first, second))
    if first.shape != second.shape:
        return True
    with errstate(invalid="ignore"):
        close = isfinite(second) & (_abs(first - second) <= SMALLEST + tolerance * _abs(second))
    return not _all(close | (first == second) | (isnan(first) & isnan(second)))


def _as_array(value):
    try:
        return asarray(value) if isinstance(value, list | tuple) else value
    except ValueError:  # rows of several lengths
        return value


def is_numeric(value):
    kinds = ndarray, generic, float, int
    return isinstance(value, kinds) and asarray(value).dtype.kind in "biuf"


def cut(text):
    return text if len(text) <= 60 else f"{text[:56]} …"

"""Checks of one value each: what is wrong is named, with its fix."""

import difflib
import math
import numbers

import numpy as np

__all__ = [
    "as_numbers",
    "check",
    "check_function",
    "check_generator",
    "check_shape",
    "is_whole",
    "look_up",
    "positive",
    "real_number",
    "share",
    "whole_number",
]

_NUMBERS = "biuf"  # NumPy's letters for bool, int, unsigned int and float


def as_numbers(name, value, is_changed=False):
    """`value` as an array of numbers, itself where it is one, or an error that names the fix."""
    if is_changed and not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is changed in place, so it must be an array, got {value!r}")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of numbers, its rows of one length") from error
    if array.dtype.kind not in _NUMBERS:
        what = "None" if value is None else f"dtype {array.dtype}"
        fix = f": is every entry one? Then pass {name}.astype(float)" if value is not None else ""
        raise ValueError(f"{name} must hold numbers, got {what}{fix}")
    if is_changed and array.dtype.kind != "f":
        raise ValueError(
            f"{name} holds {array.dtype}, which cannot take a part of a step: "
            f"start with {name}.astype(float)"
        )
    if is_changed and not array.flags.writeable:
        raise ValueError(f"{name} is read-only and cannot be changed in place: pass {name}.copy()")
    return array


def check_function(name, value):
    """Raise a TypeError unless `value` can be called."""
    check(callable(value), f"{name} must be a function, got {value!r}", TypeError)


def check_shape(name, value):
    is_shape = isinstance(value, tuple | list) and len(value) > 0
    if not is_shape or not all(is_whole(size, 1) for size in value):
        raise ValueError(f"{name} must be a tuple of whole numbers, as (4, 6), got {value!r}")


def check_generator(name, value):
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator, got {value!r}: "
            "make one with np.random.default_rng(seed)"
        )


def check(holds, message, error=ValueError):
    """Raise an error with this message unless the condition holds."""
    if not holds:
        raise error(message)


def whole_number(name, value, least):
    """`value` as an int, or a ValueError: name must be a whole number, `least` or more."""
    message = f"{name} must be a whole number, {least} or more, got {value!r}"
    check(is_whole(value, least), message)
    return int(value)


def real_number(name, value, wanted="a number", holds=lambda value: True):
    """`value` as a float, or a ValueError: name must be `wanted`. NaN and infinity never are.

    A Python float, not NumPy's: times a float32 array that stays float32.
    """
    is_number = isinstance(value, numbers.Real | np.ndarray) and not isinstance(value, bool)
    is_number = is_number and np.ndim(value) == 0 and math.isfinite(value)
    check(is_number and holds(value), f"{name} must be {wanted}, got {value!r}")
    return float(value)


def positive(name, value):
    """`value` as a float above 0, or a ValueError."""
    return real_number(name, value, "a number above 0", lambda value: value > 0)


def share(name, value):
    """`value` as a float from 0 to below 1, or a ValueError."""
    return real_number(name, value, "at least 0 and below 1", lambda value: 0 <= value < 1)


def is_whole(value, least):
    """Whether `value` is a whole number, no bool, and at least so large."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least


def look_up(name, table, kind):
    """`table[name]`, or a ValueError that lists the known names and the nearest one."""
    if isinstance(name, str) and name in table:
        return table[name]
    if not isinstance(name, str):
        raise TypeError(f"{kind} must be a name or a suitable object, got {name!r}")
    near = difflib.get_close_matches(name.lower(), table, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"unknown {kind} {name!r}.{hint} Known: {', '.join(table)}")

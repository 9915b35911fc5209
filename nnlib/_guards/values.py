"""Checks of one value each: what is wrong is named, with its fix."""

import math
import numbers

import numpy as np

__all__ = [
    "check",
    "check_0_to_1",
    "check_classes",
    "check_function",
    "check_generator",
    "check_shape",
    "is_whole",
    "positive",
    "real_number",
    "share",
    "whole_number",
]


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


def check_classes(name, Y):
    """Raise a ValueError unless Y (n, k) holds one-hot rows, shares of classes, or 0 and 1."""
    rows = Y.shape[1] > 1 and Y.min() >= 0 and np.allclose(Y.sum(axis=1), 1, atol=1e-3)
    check(
        rows or np.isin(Y, (0, 1)).all(),
        f"accuracy counts right classes: it needs one-hot rows, or 0 and 1, but {name} holds "
        f"{Y.min():g} to {Y.max():g}. Numbers: leave accuracy out, mean_squared_error measures "
        "them. Class labels: one_hot(y, k), with k softmax outputs",
    )


def check_0_to_1(name, Y):
    """Raise a ValueError unless every number lies between 0 and 1."""
    low, high = Y.min(), Y.max()
    message = f"{name} must lie between 0 and 1, got {low:g} to {high:g}: write no as 0, yes as 1"
    check(0 <= low and high <= 1, message)

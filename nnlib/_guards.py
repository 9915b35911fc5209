"""The doors of the package: what comes in is checked, and what is wrong is named with its fix.

`expects` stands at the door of a pure function, so that the function itself can be mathematics
alone. The others check one thing each, for classes.
"""

import difflib
import functools
import inspect
import math
import numbers

import numpy as np

__all__ = [
    "as_batch",
    "as_numbers",
    "check",
    "check_function",
    "expects",
    "is_whole",
    "look_up",
    "positive",
    "real_number",
    "share",
    "whole_number",
]

_NUMBERS = "biuf"  # NumPy's letters for bool, int, unsigned int and float


def expects(**arguments):
    """Let a function see its arguments only as it states them, so that nothing broadcasts.

    @expects(X="n n_in", W="n_in n_out", b="n_out") refuses every other combination of shapes

    Parameters
    ----------
    **arguments : str
        For an array the names of its axes: an axis of one name has one size in all arguments,
        "..." stands for any axes, the same in all, and a digit is a size itself. None is empty.
        With "!" at the end the array is changed in place; other arrays may come as lists or tables.
        Other arguments may be a "number", "positive", a "share" (from 0 to below 1), a "shape", a
        "function" or a "generator".

    Raises
    ------
    ValueError, TypeError
        From the function so guarded, before it runs, with what it expects, what it got and, where
        one change would do, the fix.
    """
    wanted = {name: text.rstrip("!").split() for name, text in arguments.items()}
    others = {name: _KINDS[words[0]] for name, words in wanted.items() if words[0] in _KINDS}
    arrays = {name: axes for name, axes in wanted.items() if name not in others}
    changed = {name for name, text in arguments.items() if text.endswith("!")}

    def decorate(function):
        signature = inspect.signature(function)
        fit_as_they_are = _quick_look(list(signature.parameters), arrays, changed, others)

        @functools.wraps(function)
        def guarded(*args, **kwargs):
            if (not kwargs or wanted.keys().isdisjoint(kwargs)) and fit_as_they_are(args):
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            values = bound.arguments
            for name in others.keys() & values.keys():
                others[name](name, values[name])
            for name in arrays:
                array = as_numbers(name, values[name], name in changed)
                # whole numbers of a few bits, as in pictures, would wrap round: 100 - 200 is 156
                values[name] = array if array.dtype.kind == "f" else array.astype(np.int64)
            given = {name: values[name] for name in arrays}
            if not _fit(given, arrays):
                raise ValueError(_describe_misfit(function.__name__, given, arrays))
            return function(*bound.args, **bound.kwargs)

        return guarded

    return decorate


def _quick_look(order, arrays, changed, others):
    """A test of positional arguments for the common case: float arrays that fit as they are.

    Training passes the guards at every step, so it must cost little. What it does not let
    through is looked at once more, at leisure.
    """
    places = [(order.index(name), len(axes), name in changed) for name, axes in arrays.items()]
    last = max((place for place, _, _ in places), default=len(order))
    numbers = [(order.index(name), _BOUNDS.get(kind)) for name, kind in others.items()]
    names = [name for axes in arrays.values() for name in axes]
    equal = [(names.index(name), i) for i, name in enumerate(names) if names.index(name) < i]
    fixed = any(name.isdigit() for name in names)
    any_axes = all(axes == ["..."] for axes in arrays.values())

    def fit(args):
        if fixed or len(args) <= last:
            return False
        sizes = ()
        for place, n_axes, is_changed in places:
            array = args[place]
            if type(array) is not np.ndarray or array.dtype.kind != "f":
                return False
            if is_changed and not array.flags.writeable:
                return False
            shape = array.shape
            if any_axes:
                shape = (shape,)
            elif len(shape) != n_axes:
                return False
            sizes += shape
        for i, j in equal:
            if sizes[i] != sizes[j]:
                return False
        if 0 in (sizes[0] if any_axes else sizes):
            return False
        for place, bounds in numbers:
            if place < len(args):  # else it has its default
                value = args[place]
                if bounds is None or type(value) not in (float, int):
                    return False
                if not bounds[0] < value < bounds[1]:
                    return False
        return True

    return fit


def _match(shape, names, sizes):
    """Whether a shape has axes of these names; `sizes` keeps what each name has stood for."""
    if 0 in shape:
        return False
    if "..." in names:
        first = names.index("...")
        last = len(shape) - (len(names) - 1 - first)
        if last < first or sizes.setdefault("...", shape[first:last]) != shape[first:last]:
            return False
        shape, names = shape[:first] + shape[last:], names[:first] + names[first + 1 :]
    if len(shape) != len(names):
        return False
    for size, name in zip(shape, names, strict=True):
        if sizes.setdefault(name, int(name) if name.isdigit() else size) != size:
            return False
    return True


def _fit(given, arrays):
    sizes = {}
    return all(_match(array.shape, arrays[name], sizes) for name, array in given.items())


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


def _describe_misfit(function, given, arrays):
    wanted = ", ".join(f"{name} {_as_shape(axes)}" for name, axes in arrays.items())
    if all(axes == ["..."] for axes in arrays.values()):
        wanted = f"{', '.join(arrays)} of one shape"
    found = ", ".join(f"{name} {array.shape}" for name, array in given.items())
    empty = [name for name, array in given.items() if array.size == 0]
    hint = f": {empty[0]} is empty" if empty else _fix(given, arrays) or _conflict(given, arrays)
    return f"{function} expects {wanted}, but got {found}{hint}"


def _as_shape(names):
    return f"({', '.join(names)}{',' if len(names) == 1 and names[0] != '...' else ''})"


def _fix(given, arrays):
    """The one change to one array with which all shapes fit, as a question; else nothing."""
    for name, array in given.items():
        changes = {f"{name}.T": array.T}
        if array.ndim == 1:
            changes = {f"{name}[None, :]": array[None, :], f"{name}[:, None]": array[:, None]}
        elif array.size == max(array.shape, default=0):
            changes |= {f"{name}.ravel()": array.ravel()}
        for text, changed in changes.items():
            if _fit(given | {name: changed}, arrays):
                return f": did you {'pass' if text.endswith('.T') else 'mean'} {text}?"
    return ""


def _conflict(given, arrays):
    """Which two arrays disagree about an axis, where the number of axes is right."""
    seen = {}
    for name, array in given.items():
        if "..." not in arrays[name] and array.ndim == len(arrays[name]):
            for axis, size in zip(arrays[name], array.shape, strict=True):
                other, known = seen.setdefault(axis, (name, size))
                if size != known:
                    return f": {axis} is {known} in {other}, but {size} in {name}"
    return ""


def check_function(name, value):
    """Raise a TypeError unless `value` can be called."""
    check(callable(value), f"{name} must be a function, got {value!r}", TypeError)


def _check_shape(name, value):
    is_shape = isinstance(value, tuple | list) and len(value) > 0
    if not is_shape or not all(is_whole(size, 1) for size in value):
        raise ValueError(f"{name} must be a tuple of whole numbers, as (4, 6), got {value!r}")


def _check_generator(name, value):
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


_KINDS = {
    "number": real_number,
    "positive": positive,
    "share": share,
    "function": check_function,
    "shape": _check_shape,
    "generator": _check_generator,
}


_BOUNDS = {real_number: (-math.inf, math.inf), positive: (0, math.inf), share: (0, 1)}  # quick look


def look_up(name, table, kind):
    """`table[name]`, or a ValueError that lists the known names and the nearest one."""
    if isinstance(name, str) and name in table:
        return table[name]
    if not isinstance(name, str):
        raise TypeError(f"{kind} must be a name or a suitable object, got {name!r}")
    near = difflib.get_close_matches(name.lower(), table, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"unknown {kind} {name!r}.{hint} Known: {', '.join(table)}")


def as_batch(x, dtype):
    """Samples as a float matrix, or an error that names the fix.

    X = x, as an array (n, n_features) with n > 0 and every number finite

    Parameters
    ----------
    x : array, list or table (n, n_features)
    dtype : dtype

    Returns
    -------
    X : ndarray (n, n_features)
        x itself where it is such an array already.

    Raises
    ------
    ValueError
        If x does not hold numbers, has other than two axes or no rows, or holds NaN or infinity.
    """
    x = as_numbers("x", x)
    if x.ndim != 2:
        fix = "x[None, :]" if x.ndim == 1 else "x.reshape(len(x), -1)"
        raise ValueError(f"x needs two axes, (samples, features), got {x.shape}: try {fix}")
    check(x.size > 0, f"x holds no samples: shape {x.shape}")
    with np.errstate(over="ignore"):  # what overflows is found in the next line
        x = np.asarray(x, dtype=dtype)
    check(np.isfinite(x).all(), f"x holds NaN or infinity (in {dtype}): leave those samples out")
    return x

"""A guard before a pure function: it sees its arguments only as it states them."""

import functools
import inspect
import math

import numpy as np

from nnlib._guards.arrays import as_numbers, written
from nnlib._guards.values import (
    check_0_to_1,
    check_classes,
    check_function,
    check_generator,
    check_shape,
    positive,
    real_number,
    share,
)

__all__ = ["expects", "unguarded"]

_KINDS = {
    "number": real_number,
    "positive": positive,
    "share": share,
    "function": check_function,
    "shape": check_shape,
    "generator": check_generator,
}

_CONTENTS = {"0 to 1": check_0_to_1, "classes": check_classes}
_BOUNDS = {real_number: (-math.inf, math.inf), positive: (0, math.inf), share: (0, 1)}  # quick look


def expects(**arguments):
    """Let a function see its arguments only as it states them, so that nothing broadcasts.

    @expects(X="n n_in", W="n_in n_out", b="n_out") refuses every other combination of shapes

    Parameters
    ----------
    **arguments : str
        For an array the names of its axes: an axis of one name has one size in all arguments,
        "..." stands for any axes, the same in all, and a digit is a size itself. None is empty.
        With "!" at the end the array is changed in place; other arrays may come as lists or tables.
        What it has to hold may follow: "n k: classes", "...: 0 to 1".
        Other arguments may be a "number", "positive", a "share" (from 0 to below 1), a "shape", a
        "function" or a "generator".

    Raises
    ------
    ValueError, TypeError
        From the function so guarded, before it runs, with what it expects, what it got and, where
        one change would do, the fix.

    Notes
    -----
    The function behind the guard stays reachable, see `unguarded`, and so do the checks of what
    its arrays hold, for a door that lets through to the function itself: `contents`, by name.
    """
    parts = {name: text.rstrip("!").partition(": ") for name, text in arguments.items()}
    wanted = {name: axes.split() for name, (axes, _, _) in parts.items()}
    contents = {name: _CONTENTS[held] for name, (_, _, held) in parts.items() if held}
    others = {name: _KINDS[words[0]] for name, words in wanted.items() if words[0] in _KINDS}
    arrays = {name: axes for name, axes in wanted.items() if name not in others}
    changed = {name for name, text in arguments.items() if text.endswith("!")}

    def decorate(function):
        signature = inspect.signature(function)
        order = list(signature.parameters)
        fit_as_they_are = None if contents else _quick_look(order, arrays, changed, others)

        @functools.wraps(function)
        def guarded(*args, **kwargs):
            by_place = not kwargs or wanted.keys().isdisjoint(kwargs)
            if fit_as_they_are and by_place and fit_as_they_are(args):
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            values = bound.arguments
            for name in others.keys() & values.keys():
                others[name](name, values[name])
            texts = {name: written(name, values[name]) for name in arrays}
            for name in arrays:
                array = as_numbers(name, values[name], name in changed)
                # whole numbers of a few bits, as in pictures, would wrap round: 100 - 200 is 156
                values[name] = array if array.dtype.kind == "f" else array.astype(np.int64)
            given = {name: values[name] for name in arrays}
            if not _fit(given, arrays):
                raise ValueError(_describe_misfit(function.__name__, given, arrays, texts))
            for name, check_contents in contents.items():
                check_contents(name, given[name])
            return function(*bound.args, **bound.kwargs)

        guarded.unguarded, guarded.contents = function, contents
        return guarded

    return decorate


def unguarded(function, a=None, b=None):
    """The function behind its guard, for arguments that a class has made or checked itself.

    Given two of these arguments, only if they are arrays of one shape and dtype: one look in the
    place of many. Otherwise the guard stays, and says what is wrong. A function with no guard is
    passed through.
    """
    if a is not b:
        both = type(a) is np.ndarray and type(b) is np.ndarray
        if not (both and a.shape == b.shape and a.dtype == b.dtype):
            return function
    return getattr(function, "unguarded", function)


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


def _describe_misfit(function, given, arrays, texts):
    wanted = ", ".join(f"{name} {_as_shape(axes)}" for name, axes in arrays.items())
    if all(axes == ["..."] for axes in arrays.values()):
        wanted = f"{', '.join(arrays)} of one shape"
    found = ", ".join(f"{name} {array.shape}" for name, array in given.items())
    empty = [name for name, array in given.items() if array.size == 0]
    hint = (
        f": {empty[0]} is empty"
        if empty
        else _fix(given, arrays, texts) or _conflict(given, arrays)
    )
    return f"{function} expects {wanted}, but got {found}{hint}"


def _as_shape(names):
    return f"({', '.join(names)}{',' if len(names) == 1 and names[0] != '...' else ''})"


def _fix(given, arrays, texts):
    """The one change to one array with which all shapes fit, as a question; else nothing."""
    for name, array in given.items():
        it = texts[name]
        changes = {f"{it}.T": array.T}
        if array.ndim == 1:
            changes = {f"{it}[None, :]": array[None, :], f"{it}[:, None]": array[:, None]}
        elif array.size == max(array.shape, default=0):
            changes |= {f"{it}.ravel()": array.ravel()}
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

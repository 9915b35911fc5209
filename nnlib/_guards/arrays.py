"""From what a caller holds to an array of numbers; each thing that is none has its own words."""

from collections.abc import Iterable, Mapping

import numpy as np

__all__ = ["as_array", "as_numbers", "written"]

_NUMBERS = "biuf"  # NumPy's letters for bool, int, unsigned int and float


def written(name, value):
    """How a caller writes `value` as an array, so that advice given after it works as it stands."""
    return name if isinstance(value, np.ndarray) else f"np.asarray({name})"


def as_array(name, value):
    """`value` as an array of any kind; what would lose its meaning on the way is refused."""
    if hasattr(value, "toarray"):  # every sparse matrix of SciPy, which this does not import
        raise ValueError(f"{name} is a sparse matrix: pass {name}.toarray()")
    if np.ma.is_masked(value):
        raise ValueError(
            f"{name} has masked entries, which would train with what is under the mask: "
            f"pass {name}.filled(number), or leave those samples out"
        )
    if isinstance(value, Mapping):
        key = next(iter(value), "name")
        raise ValueError(
            f"{name} is a {type(value).__name__}: pass an array in it, {name}[{key!r}], or its "
            f"columns side by side, np.column_stack(list({name}.values()))"
        )
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of numbers, its rows of one length") from error
    if array.dtype.names:
        raise ValueError(
            f"{name} has named fields, {', '.join(array.dtype.names)}: pass one, "
            f"{name}[{array.dtype.names[0]!r}], or all side by side, "
            f"np.column_stack([{name}[field] for field in {name}.dtype.names])"
        )
    if array.ndim == 0 and array.dtype == object and value is not None:
        fix = f": pass np.array(list({name}))" if isinstance(value, Iterable) else ""
        raise ValueError(f"{name} must be an array, got a {type(value).__name__}{fix}")
    return array


def as_numbers(name, value, is_changed=False, text_fix="turn it into numbers first"):
    """`value` as an array of numbers, itself where it is one, or an error that names the fix.

    `text_fix` says what to do about text.
    """
    if is_changed and not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is changed in place, so it must be an array, got {value!r}")
    array = as_array(name, value)
    if array.dtype.kind not in _NUMBERS:
        raise ValueError(f"{name} must hold numbers, got {_found(name, value, array, text_fix)}")
    if is_changed and array.dtype.kind != "f":
        raise ValueError(
            f"{name} holds {array.dtype}, which cannot take a part of a step: "
            f"start with {name}.astype(float)"
        )
    if is_changed and not array.flags.writeable:
        raise ValueError(f"{name} is read-only and cannot be changed in place: pass {name}.copy()")
    return array


def _found(name, value, array, text_fix):
    """What stands in an array that holds no numbers, and what to do about it."""
    if value is None:
        return "None"
    if array.dtype.kind in "Mm":
        span = f"({name} - {name}.min())" if array.dtype.kind == "M" else name
        return f"{array.dtype}: count days, {span} / np.timedelta64(1, 'D')"
    if array.dtype.kind not in "OUST":  # objects, and NumPy's three kinds of text
        return f"dtype {array.dtype}"
    columns = array.T if array.ndim == 2 else [array.ravel()]
    for i, column in enumerate(columns):
        for entry in column:
            if not _is_number(entry):
                return _described(entry, _place(value, array, i), text_fix)
    fix = f"{name}.astype(float)" if hasattr(value, "astype") else f"np.asarray({name}, float)"
    return f"dtype {array.dtype}, though every entry is a number: pass {fix}"


def _is_number(entry):
    try:
        return entry is not None and np.ndim(entry) == 0 and np.isreal(float(entry))
    except (TypeError, ValueError):
        return False


def _described(entry, place, text_fix):
    if isinstance(entry, str | bytes):
        return f"text{place} ({entry[:20]!r}): {text_fix}"
    if entry is None or type(entry).__name__ in ("NAType", "NaTType"):
        return f"an empty entry{place} ({entry!r}): fill it, or leave that sample out"
    if np.ndim(entry):
        return (
            f"arrays as entries{place} (one of shape {np.shape(entry)}): give all rows one length"
        )
    return f"a {type(entry).__name__}{place} as an entry"


def _place(value, array, i):
    """Where it stands: the column's name in a table, its number in an array of two axes."""
    if array.ndim != 2:
        return ""
    return f" in column {value.columns[i]!r}" if hasattr(value, "columns") else f" in column {i}"

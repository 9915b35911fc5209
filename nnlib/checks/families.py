"""What exercises have in common: cases, and the mistakes that people make everywhere.

Each family is written once. `family(exercise, …)` makes the mistake from the exercise's own right
answer and adds it, with the sentence that helps.
"""

import functools

from numpy import array, asarray, concatenate, ndarray
from numpy import float32 as _float32
from numpy import float64 as _float64

__all__ = [
    "changed_input",
    "each",
    "entries",
    "large",
    "last_term_only",
    "of_other_rows",
    "other_axis",
    "scaled",
    "sum_for_mean",
    "transposed",
    "with_part",
    "wrong_sign",
]


# --- cases


def each(function):
    """A function of arrays from one of numbers: the same for every entry."""

    @functools.wraps(function)
    def of_array(Z, *rest):
        values = [function(float(z), *rest) for z in asarray(Z).ravel()]
        return array(values, dtype=_float64).reshape(asarray(Z).shape)

    return of_array


def entries(rng):
    """Arrays for a function of each entry: worked numbers, other shapes, whole numbers."""
    worked = array([[-3.0, -1.0, -0.5, 0.0], [0.25, 0.5, 1.0, 3.0]])
    whole = array([[-2, 0, 1], [2, 3, -1]])
    return [worked, rng.normal(size=5) * 2, rng.normal(size=(2, 3, 2)) * 2, whole]


def large():
    """Arrays at which e^z has no float64, or no float32; one number each, so that it is named."""
    numbers = [array([z]) for z in (-1e4, -800.0, 800.0, 1e4)]
    return numbers + [array([z], dtype=_float32) for z in (-100, 100)]


# --- mistakes


def scaled(exercise, says, factor):
    """The right numbers times a factor (*case), or a part of them if `factor` gives a tuple."""

    def answer(*case):
        value, by = exercise.answer(*case), factor(*case)
        if isinstance(by, tuple):
            return tuple(v * f for v, f in zip(value, by, strict=True))
        return value * by

    return exercise.mistake(says, answer)


def sum_for_mean(exercise, count, says="This is the sum: take the mean"):
    """A sum where the mean is asked; `count` (*case) is the number of terms."""
    return scaled(exercise, says, count)


def wrong_sign(exercise, says="The sign is wrong"):
    return scaled(exercise, says, lambda *case: -1)


def transposed(exercise, says):
    return exercise.mistake(says, lambda *case: asarray(exercise.answer(*case)).T)


def other_axis(exercise, says):
    """The right thing along the wrong axis of the first argument, an array of rows."""

    def answer(first, *rest):
        return asarray(exercise.answer(first.T, *rest)).T

    return exercise.mistake(says, answer)


def with_part(exercise, says, name, change):
    """A right answer of several parts, of which `change` (value, *case) spoils one."""
    place = exercise.parts.index(name)

    def answer(*case):
        values = list(exercise.answer(*case))
        values[place] = change(values[place], *case)
        return tuple(values)

    return exercise.mistake(says, answer)


def last_term_only(exercise, says="Only the last product of each sum is left: add with +="):
    """Of each matrix product only the last term: the arguments lose all but their last inner axis.

    For products X W, the last column of X and the last row of W remain.
    """

    def answer(X, W, *rest):
        return exercise.answer(X[:, -1:], W[-1:], *rest)

    return exercise.mistake(says, answer)


def type_of_input(exercise, says):
    """The result in the type of the first array, so that whole numbers stay whole."""

    def answer(*case):
        kind = next(value.dtype for value in case if isinstance(value, ndarray))
        return asarray(exercise.answer(*case)).astype(kind)

    return exercise.mistake(says, answer)


def changed_input(exercise, says="your function changed its input"):
    """The right numbers, but the first array is not left as it was, which the task asks for."""

    def answer(first, *rest):
        value = exercise.answer(first, *rest)
        first += 1
        return value

    return exercise.mistake(says, answer)


def of_other_rows(exercise, names):
    """Two arrays treated with statistics (`names`) of others than the columns of the first."""
    f = exercise.answer
    train, new = exercise.arguments

    def of_all_columns(x, y):
        return [f(x.reshape(-1, 1), z.reshape(-1, 1))[1].reshape(z.shape) for z in (x, y)]

    def of_both(x, y):
        return [f(concatenate([x, y]), z)[1] for z in (x, y)]

    # fmt: off
    exercise.knows({
        f"Take the {names} of each column, axis=0, not of everything": of_all_columns,
        f"These are the {names} of the rows: axis=0 takes those of the columns":
            lambda x, y: (f(x.T, x.T)[0].T, f(y.T, y.T)[0].T),
        f"These are the {names} of both arrays together: {new} must not be looked at": of_both,
        f"Use the {names} of the given {train}, not those of {new}":
            lambda x, y: (f(x, x)[0], f(y, y)[0]),
        f"{new} stays as it was: take the {names} before you change {train}, and use them twice":
            lambda x, y: (f(x, y)[0], y),
        f"{train} comes first": lambda x, y: f(x, y)[::-1],
        f"Return both arrays, {train} and {new}": lambda x, y: f(x, y)[0],
    })
    # fmt: on

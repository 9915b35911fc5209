"""What exercises have in common: cases, and mistakes that are made of a right answer."""

import functools

from numpy import array, asarray, concatenate
from numpy import float32 as _float32
from numpy import float64 as _float64

__all__ = [
    "bias_forgotten",
    "degrees_of_freedom",
    "each",
    "entries",
    "large",
    "last_term_only",
    "of_other_rows",
    "returns_too_early",
    "sum_for_mean",
    "type_of_input",
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


# --- mistakes, as entries for `Exercise.slips`: `**families.wrong_sign("-np", "np")`


def bias_forgotten(old, new="", what=""):
    return {f"The bias is missing{what}": (old, new)}


def sum_for_mean(old, new, over=""):
    return {f"This is the sum{over}: take the mean": (old, new)}


def wrong_sign(*change, why=""):
    return {f"The sign is wrong{why}": change}


def last_term_only(old="+=", new="="):
    return {"Only the last product of each sum is left: add with +=": (old, new)}


def returns_too_early(*spaces):
    """`return` so many spaces from the left, inside a loop."""
    says = "The function returns too early: `return` stands below all loops, not inside one"
    return {says: [("    return", " " * n + "return") for n in spaces]}


def type_of_input(*changes):
    """The result in the type of an array that may hold whole numbers."""
    says = "np.zeros_like and the like keep the type of the input: the result holds whole numbers"
    return {f"{says} where that does": list(changes)}


def degrees_of_freedom(old, new):
    return {"Divide the squares by n, not by n - 1: leave out ddof=1": (old, new)}


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

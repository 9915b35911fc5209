"""Problem set 1, continued: functions of each number of Z."""

import functools
import math

import numpy as np
from numpy import array, asarray
from numpy import float64 as _float64

from nnlib import bugs
from nnlib.checks import families
from nnlib.checks.exercise import Exercise
from nnlib.checks.families import each

__all__ = [
    "check_hard_tanh",
    "check_hard_tanh_slope",
    "check_my_sigmoid",
    "check_swish",
    "check_swish_slope",
]

_WHOLE = "The result holds whole numbers only: was it made with np.zeros_like(Z)?"
_OVERFLOW = (
    "Here an exponent became large and positive: e^-z has no number for large -z, e^z none for "
    "large z. Let the exponent be -|z|"
)
_BRANCH = (
    "Here an exponent became large and positive. That must not happen, not even in a branch of "
    "np.where that is thrown away, since np.where computes both. Let the exponent be -|z|"
)
_FAR = array([-40.0]), array([-720.0])


def _of_each_number(signature, asks, read=None):
    """An exercise on arrays of several shapes and kinds, then on large numbers."""
    return Exercise(
        signature, asks,
        lambda rng: [(Z,) for Z in (*families.entries(rng), *families.large(), *_FAR)],
        keeps=True, strict_floats=True, read=read,
    )  # fmt: skip


check_hard_tanh = _of_each_number("hard_tanh(Z)", "z between -1 and 1, and -1 or 1 outside")
check_hard_tanh_slope = _of_each_number(
    "hard_tanh_slope(Z)", "1 between -1 and 1, and 0 outside and at the two corners"
)


@check_hard_tanh.reference
@each
def hard_tanh(z):
    return min(max(z, -1.0), 1.0)


@check_hard_tanh_slope.reference
@each
def hard_tanh_slope(z):
    return 1.0 if -1 < z < 1 else 0.0


check_hard_tanh.right(lambda Z: (abs(Z + 1) - abs(Z - 1)) / 2)
check_hard_tanh.right(lambda Z: np.where(abs(Z) > 1, np.sign(Z), Z))


@check_hard_tanh.mistake("your function changed its input")
def _(Z):
    Z[Z > 1] = 1
    Z[Z < -1] = -1
    return Z


for _says, _answer in (
    ("Above 1 it is 1", lambda Z: np.maximum(Z, -1)),
    ("Below -1 it is -1", lambda Z: np.minimum(Z, 1)),
    ("This is tanh: hard_tanh has corners at -1 and 1", np.tanh),
    ("Between -1 and 0 it is z, not 0", lambda Z: np.clip(Z, 0, 1)),
    ("Between -1 and 1 it is z, not its sign", np.sign),
    ("Between -1 and 1 it is z, not 0", lambda Z: np.where(abs(Z) > 1, np.sign(Z), 0)),
    ("Outside -1 to 1 it is -1 or 1, not 0", lambda Z: np.where(abs(Z) > 1, 0, Z)),
    ("The sides are swapped: above 1 it is 1", lambda Z: np.where(abs(Z) > 1, -np.sign(Z), Z)),
    ("Look at the sign of z: below 0 it is negative", lambda Z: np.minimum(abs(Z), 1)),
    ("np.maximum goes with the lower bound, np.minimum with the upper one",
     lambda Z: np.maximum(np.minimum(Z, -1), 1)),
    ("This is its slope: the function is asked", hard_tanh_slope),
    ("compute all its numbers at once", lambda Z: max(-1, min(Z, 1))),
    ("It holds whole numbers only", lambda Z: hard_tanh(Z).astype(int)),
):  # fmt: skip
    check_hard_tanh.mistake(_says, _answer)


@check_hard_tanh_slope.right
def _(Z):
    slope = np.zeros_like(Z)
    slope[np.abs(Z) < 1] = 1
    return slope


_CORNERS = "At the corners -1 and 1 themselves it is 0"
for _says, _answer in (
    (_CORNERS, lambda Z: (abs(Z) <= 1) * 1.0),
    (_CORNERS, lambda Z: ((Z >= -1) & (Z < 1)) * 1.0),
    (_CORNERS, lambda Z: ((Z > -1) & (Z <= 1)) * 1.0),
    (_CORNERS, lambda Z: np.heaviside(Z + 1, 0.5) - np.heaviside(Z - 1, 0.5)),
    ("It is 1 everywhere: is the slope taken from the result instead of Z, or is | written for &?",
     lambda Z: (abs(hard_tanh(Z)) <= 1) * 1.0),
    ("This is the function, not its slope", hard_tanh),
    ("This is ReLU's slope: here it is 1 from -1 on, and 0 from 1 on", lambda Z: (Z > 0) * 1.0),
    ("Below -1 the function is flat too", lambda Z: (Z < 1) * 1.0),
    ("Above 1 the function is flat too", lambda Z: (Z > -1) * 1.0),
    ("The flat parts have slope 0, not the middle", lambda Z: 1 - hard_tanh_slope(Z)),
    ("Between -1 and 1 the function is z, and the slope of z is 1",
     lambda Z: np.where(abs(Z) < 1, Z, 0)),
    ("This is the slope of tanh: hard_tanh is straight", lambda Z: 1 - np.tanh(Z) ** 2),
    ("Between -1 and 0 the function rises too", lambda Z: ((Z > 0) & (Z < 1)) * 1.0),
    ("Each of the two conditions needs parentheses: (Z > -1) & (Z < 1)",
     lambda Z: np.where(Z > -1 & Z < 1, 1.0, 0.0)),
    ("Outside the function is flat: the slope is 0, not -1 or 1, and in the middle it is 1",
     lambda Z: np.where(abs(Z) > 1, np.sign(Z), 0)),
    ("numbers are asked", lambda Z: (Z > -1) & (Z < 1)),
    ("One slope for each number of Z: leave the sum out", lambda Z: (abs(Z) < 1).sum(axis=0) * 1.0),
):  # fmt: skip
    check_hard_tanh_slope.mistake(_says, _answer)


def _logistic(z):
    return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))


def _digits(value, Z):
    """Far to the left the relative difference counts: all numbers there are next to 0."""
    try:
        found = asarray(value, dtype=_float64)
    except (TypeError, ValueError):
        return {"": value}
    if found.shape == Z.shape == (1,) and Z[0] in (-40, -720):
        expected = _logistic(float(Z[0]))
        assert abs(found[0] - expected) < 1e-6 * expected, (
            f"my_sigmoid at Z = {Z[0]:g} is {found[0]:.3g}, expected {expected:.3g}: use e^z, "
            "which is small, for z < 0"
        )
    return {"": value}


check_my_sigmoid = _of_each_number(
    "my_sigmoid(Z)", "1 / (1 + e^-z) for any z, without an overflow", read=_digits
)
logistic = check_my_sigmoid.reference(each(_logistic))
check_my_sigmoid.right(lambda Z: np.exp(-np.logaddexp(0, -Z)))


@check_my_sigmoid.right
def _(Z):
    result = np.empty(Z.shape)
    on = Z >= 0
    result[on] = 1 / (1 + np.exp(-Z[on]))
    result[~on] = np.exp(Z[~on]) / (1 + np.exp(Z[~on]))
    return result


def _both_branches(Z):
    return np.where(Z >= 0, 1 / (1 + np.exp(-Z)), np.exp(Z) / (1 + np.exp(Z)))


def _overflow_hidden(Z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-Z))


_HIDDEN = "The exponent is still large and positive, also where np.errstate or np.clip hide it"
families.changed_input(check_my_sigmoid)
families.type_of_input(check_my_sigmoid, _WHOLE)
for _says, _answer in (
    (_OVERFLOW, bugs.sigmoid_overflowing),
    (_OVERFLOW, lambda Z: np.exp(Z) / (1 + np.exp(Z))),
    (_BRANCH, _both_branches),
    (_HIDDEN, _overflow_hidden),
    (_HIDDEN, lambda Z: 1 / (1 + np.exp(-np.clip(Z, -500, 500)))),
    ("The digits are lost there, as where 1 minus a number near 1 has no digits left",
     lambda Z: np.where(Z >= 0, logistic(abs(Z)), 1 - logistic(abs(Z)))),
    ("The digits far to the left are lost in a bound or in a small number that is added",
     lambda Z: np.maximum(logistic(Z), 1e-15)),
    ("The sum 1 + e^-z needs parentheses: 1 / (1 + e^-z)", lambda Z: 1 / 1 + np.exp(-Z)),
    ("math.exp takes one number: np.exp takes arrays", lambda Z: 1 / (1 + math.exp(-Z))),
    ("This is the sigmoid of -z: look at the signs", lambda Z: logistic(-Z)),
    ("This is the sigmoid's slope", lambda Z: logistic(Z) * logistic(-Z)),
    ("For z < 0 the numerator is e^z, not 1", lambda Z: logistic(abs(Z))),
    ("For z > 0 the numerator is 1, not e^-z", lambda Z: logistic(-abs(Z))),
    ("This is tanh: the sigmoid lies between 0 and 1", np.tanh),
    ("The sigmoid lies between 0 and 1, tanh(z / 2) does not", lambda Z: np.tanh(Z / 2)),
    ("The denominator is 1 + e^-|z|: its 1 is missing", lambda Z: np.where(Z < 0, 1, np.exp(Z))),
    ("compute all its numbers at once", lambda Z: logistic(Z) if Z >= 0 else 1 - logistic(-Z)),
):  # fmt: skip
    check_my_sigmoid.mistake(_says, _answer)


check_swish = _of_each_number("swish(Z)", "z times the sigmoid of z, for large numbers too")
check_swish_slope = _of_each_number("swish_slope(Z)", "the derivative of z times the sigmoid of z")


@check_swish.reference
@each
def swish(z):
    return z * _logistic(z)


@check_swish_slope.reference
@each
def swish_slope(z):
    return _logistic(z) + z * _logistic(z) * _logistic(-z)


def _with_sigmoid(exercise, *pairs):
    """Mistakes made from a sigmoid, with one that is right and with one that overflows."""
    for says, formula in pairs:
        for sigmoid in (logistic, bugs.sigmoid_overflowing):
            exercise.mistake(says, functools.partial(formula, sigmoid))


check_swish.right(lambda Z: Z / 2 * (1 + np.tanh(Z / 2)))
families.changed_input(check_swish)
families.type_of_input(check_swish, _WHOLE)
_with_sigmoid(
    check_swish,
    ("This is z times the sigmoid of -z: look at the signs", lambda s, Z: Z * s(-Z)),
    ("It is not cut off: below 0 swish is negative", lambda s, Z: np.maximum(Z, 0) * s(Z)),
    ("This is the sigmoid: multiply it by z", lambda s, Z: s(Z)),
    ("z times the sigmoid, not z plus it", lambda s, Z: Z + s(Z)),
    ("z is multiplied, not |z|: below 0 swish is negative", lambda s, Z: abs(Z * s(Z))),
    ("The factor is the sigmoid, not its slope", lambda s, Z: Z * s(Z) * s(-Z)),
)
for _says, _answer in (
    (_OVERFLOW, lambda Z: Z * bugs.sigmoid_overflowing(Z)),
    (_OVERFLOW, lambda Z: Z * np.exp(Z) / (1 + np.exp(Z))),
    (_BRANCH, lambda Z: Z * _both_branches(Z)),
    (
        "z is multiplied by the sigmoid, not divided by it",
        lambda Z: Z / np.maximum(logistic(Z), 1e-300),
    ),
    ("This is z times tanh: the factor is the sigmoid", lambda Z: Z * np.tanh(Z)),
    ("This is ReLU: multiply z by its sigmoid", lambda Z: np.maximum(Z, 0)),
    ("For z < 0 the numerator of the sigmoid is e^z, not 1", lambda Z: Z * logistic(abs(Z))),
):
    check_swish.mistake(_says, _answer)

_PRODUCT = "A product of two functions has two terms in its slope: (u v)' = u' v + u v'"
check_swish_slope.right(lambda Z: swish(Z) + logistic(Z) * (1 - swish(Z)))
families.changed_input(check_swish_slope)
families.type_of_input(check_swish_slope, _WHOLE)
_with_sigmoid(
    check_swish_slope,
    (f"{_PRODUCT}. Here is u' v alone", lambda s, Z: s(Z)),
    (f"{_PRODUCT}. Here is u v' alone", lambda s, Z: Z * s(Z) * s(-Z)),
    (f"{_PRODUCT}. Here is u' v' alone", lambda s, Z: s(Z) * s(-Z)),
    ("This is the function, not its slope", lambda s, Z: Z * s(Z)),
    ("It is right for the result swish(z), but it is given Z itself",
     lambda s, Z: swish_slope(Z * s(Z))),
    ("Look at the sign of u v'", lambda s, Z: s(Z) - Z * s(Z) * s(-Z)),
    ("The slope of the sigmoid is σ(z) σ(-z), not σ(z)", lambda s, Z: s(Z) + Z * s(Z)),
    ("The slope of the sigmoid is σ(z) σ(-z), not σ(-z)", lambda s, Z: s(Z) + Z * s(-Z)),
    ("The slope of the sigmoid is σ(z) (1 - σ(z)), not z (1 - z)",
     lambda s, Z: s(Z) + Z * Z * (1 - Z)),
    ("In u v' the factor u = z is missing", lambda s, Z: s(Z) * (1 + s(-Z))),
    ("The two terms have each other's factor: σ(z) alone, and z times its slope",
     lambda s, Z: Z * s(Z) + s(Z) * s(-Z)),
    ("The slope of u = z is 1, not z: the first term is σ(z)", lambda s, Z: Z * s(Z) * (1 + s(-Z))),
)  # fmt: skip
for _says, _answer in (
    (_BRANCH, lambda Z: _both_branches(Z) * (1 + Z * _both_branches(-Z))),
    ("This is ReLU's slope: swish bends without a corner", lambda Z: (Z > 0) * 1.0),
    ("compute all its numbers at once", lambda Z: 1 if Z > 0 else 0),
):
    check_swish_slope.mistake(_says, _answer)

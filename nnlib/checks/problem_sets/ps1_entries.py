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

# fmt: off
_WHOLE = "The result holds whole numbers only: was it made with np.zeros_like(Z)?"
_OVERFLOW = ("Here an exponent became large and positive: e^-z has no number for large -z, e^z "
             "none for large z. Let the exponent be -|z|")
_BRANCH = ("Here an exponent became large and positive. That must not happen, not even in a "
           "branch of np.where that is thrown away: it computes both. Let the exponent be -|z|")
_FAR = array([-40.0]), array([-720.0])


def _of_each_number(signature, asks, read=None):
    """An exercise on arrays of several shapes and kinds, then on large numbers."""
    return Exercise(
        signature, asks,
        lambda rng: [(Z,) for Z in (*families.entries(rng), *families.large(), *_FAR)],
        keeps=True, strict_floats=True, read=read,
    )


hard_tanh = each(lambda z: min(max(z, -1.0), 1.0))
hard_tanh_slope = each(lambda z: 1.0 if -1 < z < 1 else 0.0)
check_hard_tanh = _of_each_number("hard_tanh(Z)", "z between -1 and 1, and -1 or 1 outside")
check_hard_tanh.reference(hard_tanh)
check_hard_tanh.right(lambda Z: (abs(Z + 1) - abs(Z - 1)) / 2)
check_hard_tanh.right(lambda Z: np.where(abs(Z) > 1, np.sign(Z), Z))
check_hard_tanh.knows({
    "Above 1 it is 1": lambda Z: np.maximum(Z, -1),
    "Below -1 it is -1": lambda Z: np.minimum(Z, 1),
    "This is tanh: hard_tanh has corners at -1 and 1": np.tanh,
    "Between -1 and 0 it is z, not 0": lambda Z: np.clip(Z, 0, 1),
    "Between -1 and 1 it is z, not its sign": np.sign,
    "Between -1 and 1 it is z, not 0": lambda Z: np.where(abs(Z) > 1, np.sign(Z), 0),
    "Outside -1 to 1 it is -1 or 1, not 0": lambda Z: np.where(abs(Z) > 1, 0, Z),
    "The sides are swapped: above 1 it is 1": lambda Z: np.where(abs(Z) > 1, -np.sign(Z), Z),
    "Look at the sign of z: below 0 it is negative": lambda Z: np.minimum(abs(Z), 1),
    "np.maximum goes with the lower bound, np.minimum with the upper one":
        lambda Z: np.maximum(np.minimum(Z, -1), 1),
    "This is its slope: the function is asked": hard_tanh_slope,
    "compute all its numbers at once": lambda Z: max(-1, min(Z, 1)),
    "It holds whole numbers only": lambda Z: hard_tanh(Z).astype(int),
})
check_hard_tanh.slips("""
def hard_tanh(Z):
    A = Z.copy()
    A[A > 1] = 1
    A[A < -1] = -1
    return A
""", {"your function changed its input": ("Z.copy()", "Z")})

check_hard_tanh_slope = _of_each_number(
    "hard_tanh_slope(Z)", "1 between -1 and 1, and 0 outside and at the two corners")
check_hard_tanh_slope.reference(hard_tanh_slope)
check_hard_tanh_slope.right(lambda Z: (np.abs(Z) < 1).astype(int))
check_hard_tanh_slope.slips("""
def hard_tanh_slope(Z):
    return np.where((Z > -1) & (Z < 1), 1.0, 0.0)
""", {
    "At the corners -1 and 1 themselves it is 0": [
        (" > -1", " >= -1", " < 1", " <= 1"), (" > -1", " >= -1"), (" < 1", " <= 1"),
        "return np.heaviside(Z + 1, 0.5) - np.heaviside(Z - 1, 0.5)"],
    "It is 1 everywhere: is the slope taken from the result instead of Z, or is | written for &?":
        ("&", "|"),
    "This is ReLU's slope: here it is 1 from -1 on, and 0 from 1 on": "return np.heaviside(Z, 0)",
    "Below -1 the function is flat too": ("(Z > -1) & ", ""),
    "Above 1 the function is flat too": (" & (Z < 1)", ""),
    "Between -1 and 0 the function rises too": ("-1", "0"),
    "The flat parts have slope 0, not the middle": ("1.0, 0.0", "0.0, 1.0"),
    "Outside the function is flat: the slope is 0, not -1 or 1, and in the middle it is 1":
        "return np.where(Z > 1, 1.0, np.where(Z < -1, -1.0, 0.0))",
    "Between -1 and 1 the function is z, and the slope of z is 1": ("1.0,", "Z,"),
    "This is the function, not its slope": "return np.clip(Z, -1, 1)",
    "This is the slope of tanh: hard_tanh is straight": "return 1 - np.tanh(Z) ** 2",
    "Each of the two conditions needs parentheses: (Z > -1) & (Z < 1)":
        ("(Z > -1) & (Z < 1)", "Z > -1 & Z < 1"),
    "compute all its numbers at once": ("&", "and"),
    "numbers are asked": "return (Z > -1) & (Z < 1)",
    "One slope for each number of Z: leave the sum out": ("0.0)", "0.0).sum(axis=0)"),
})


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
            "which is small, for z < 0")
    return {"": value}


logistic = each(_logistic)
check_my_sigmoid = _of_each_number(
    "my_sigmoid(Z)", "1 / (1 + e^-z) for any z, without an overflow", read=_digits)
check_my_sigmoid.reference(logistic)
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


check_my_sigmoid.knows({
    _OVERFLOW: [bugs.sigmoid_overflowing, lambda Z: np.exp(Z) / (1 + np.exp(Z))],
    _BRANCH: _both_branches,
    "This is tanh: the sigmoid lies between 0 and 1": np.tanh,
    "The sigmoid lies between 0 and 1, tanh(z / 2) does not": lambda Z: np.tanh(Z / 2),
    "The digits far to the left are lost in a bound or in a small number that is added":
        lambda Z: np.maximum(logistic(Z), 1e-15),
    "This is the sigmoid's slope": lambda Z: logistic(Z) * logistic(-Z),
})
families.changed_input(check_my_sigmoid)
families.type_of_input(check_my_sigmoid, _WHOLE)
check_my_sigmoid.slips("""
def my_sigmoid(Z):
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)
""", {
    "The exponent is still large and positive, also where np.errstate or np.clip hide it": [
        "with np.errstate(over='ignore'):\n    return 1 / (1 + np.exp(-Z))",
        "return 1 / (1 + np.exp(-np.clip(Z, -500, 500)))"],
    "The digits are lost there, as where 1 minus a number near 1 has no digits left":
        "S = 1 / (1 + np.exp(-np.abs(Z)))\nreturn np.where(Z >= 0, S, 1 - S)",
    "This is the sigmoid of -z: look at the signs": ("1, E", "E, 1"),
    "For z < 0 the numerator is e^z, not 1": ("np.where(Z >= 0, 1, E)", "1"),
    "For z > 0 the numerator is 1, not e^-z": ("np.where(Z >= 0, 1, E)", "E"),
    "The denominator is 1 + e^-|z|: its 1 is missing": ("(1 + E)", "E"),
    "The sum 1 + e^-z needs parentheses: 1 / (1 + e^-z)": "return 1 / 1 + np.exp(-Z)",
    "math.exp takes one number: np.exp takes arrays": "return 1 / (1 + math.exp(-Z))",
    "compute all its numbers at once": ("np.where(Z >= 0, 1, E)", "(1 if Z >= 0 else E)"),
})


_OVER = bugs.sigmoid_overflowing
_SIGMOIDS = [(logistic, lambda Z: logistic(-Z)), (_OVER, lambda Z: _OVER(-Z)),
             (_OVER, lambda Z: 1 - _OVER(Z))]  # σ(z) and σ(-z): right, and in ways that overflow


def _with_sigmoids(exercise, sigmoids, mistakes):
    """Mistakes made of sigmoids, with those that are right and with those that overflow."""
    for says, formula in mistakes.items():
        for pair in sigmoids:
            exercise.mistake(says, functools.partial(formula, *pair))


swish = each(lambda z: z * _logistic(z))
check_swish = _of_each_number("swish(Z)", "z times the sigmoid of z, for large numbers too")
check_swish.reference(swish)
check_swish.right(lambda Z: Z / 2 * (1 + np.tanh(Z / 2)))
families.changed_input(check_swish)
families.type_of_input(check_swish, _WHOLE)
_with_sigmoids(check_swish, _SIGMOIDS, {
    "This is z times the sigmoid of -z: look at the signs": lambda s, m, Z: Z * m(Z),
    "The factor is the sigmoid, not its slope": lambda s, m, Z: Z * s(Z) * m(Z),
})
_with_sigmoids(check_swish, _SIGMOIDS[:2], {
    "It is not cut off: below 0 swish is negative": lambda s, m, Z: np.maximum(Z, 0) * s(Z),
    "This is the sigmoid: multiply it by z": lambda s, m, Z: s(Z),
    "z times the sigmoid, not z plus it": lambda s, m, Z: Z + s(Z),
    "z is multiplied, not |z|: below 0 swish is negative": lambda s, m, Z: abs(Z * s(Z)),
})
check_swish.knows({
    _OVERFLOW: [lambda Z: Z * _OVER(Z), lambda Z: Z * np.exp(Z) / (1 + np.exp(Z))],
    _BRANCH: lambda Z: Z * _both_branches(Z),
    "z is multiplied by the sigmoid, not divided by it": lambda Z: Z * (1 + np.exp(-Z)),
    "This is z times tanh: the factor is the sigmoid": lambda Z: Z * np.tanh(Z),
    "This is ReLU: multiply z by its sigmoid": lambda Z: np.maximum(Z, 0),
    "For z < 0 the numerator of the sigmoid is e^z, not 1": lambda Z: Z * logistic(abs(Z)),
})

_PRODUCT = "A product of two functions has two terms in its slope: (u v)' = u' v + u v'"
swish_slope = each(lambda z: _logistic(z) + z * _logistic(z) * _logistic(-z))
check_swish_slope = _of_each_number("swish_slope(Z)", "the derivative of z times the sigmoid of z")
check_swish_slope.reference(swish_slope)
check_swish_slope.right(lambda Z: swish(Z) + logistic(Z) * (1 - swish(Z)))
families.changed_input(check_swish_slope)
families.type_of_input(check_swish_slope, _WHOLE)
_with_sigmoids(check_swish_slope, _SIGMOIDS, {
    f"{_PRODUCT}. Here is u v' alone": lambda s, m, Z: Z * s(Z) * m(Z),
    f"{_PRODUCT}. Here is u' v' alone": lambda s, m, Z: s(Z) * m(Z),
    "Look at the sign of u v'": lambda s, m, Z: s(Z) - Z * s(Z) * m(Z),
    "The slope of the sigmoid is σ(z) σ(-z), not σ(-z)": lambda s, m, Z: s(Z) + Z * m(Z),
    "In u v' the factor u = z is missing": lambda s, m, Z: s(Z) + s(Z) * m(Z),
    "The slope of u = z is 1, not z: the first term is σ(z)":
        lambda s, m, Z: Z * s(Z) + Z * s(Z) * m(Z),
    "The two terms have each other's factor: σ(z) alone, and z times its slope":
        lambda s, m, Z: Z * s(Z) + s(Z) * m(Z),
})
_with_sigmoids(check_swish_slope, _SIGMOIDS[:2], {
    f"{_PRODUCT}. Here is u' v alone": lambda s, m, Z: s(Z),
    "This is the function, not its slope": lambda s, m, Z: Z * s(Z),
    "It is right for the result swish(z), but it is given Z itself":
        lambda s, m, Z: swish_slope(Z * s(Z)),
    "The slope of the sigmoid is σ(z) σ(-z), not σ(z)": lambda s, m, Z: s(Z) + Z * s(Z),
    "The slope of the sigmoid is σ(z) (1 - σ(z)), not z (1 - z)":
        lambda s, m, Z: s(Z) + Z * Z * (1 - Z),
})
check_swish_slope.knows({
    _BRANCH: [lambda Z: _both_branches(Z) * (1 + Z * _both_branches(-Z)),
              lambda Z: _OVER(Z) * (1 + Z * (1 - _OVER(Z)))],
    "This is ReLU's slope: swish bends without a corner": lambda Z: (Z > 0) * 1.0,
    "compute all its numbers at once": lambda Z: 1 if Z > 0 else 0,
})
# fmt: on

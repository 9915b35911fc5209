"""Page 01: functions that bend a line, and their derivatives."""

import math
from types import SimpleNamespace

import numpy as np
from numpy import array

from nnlib import bugs
from nnlib.checks import families
from nnlib.checks.exercise import Exercise
from nnlib.checks.families import each
from nnlib.checks.networks import gradients_with_activation

__all__ = ["check_elu", "check_hat", "check_leaky", "check_softplus"]


def positive_part(z):
    return np.maximum(z, 0)


check_hat = Exercise(
    "hat(x)",
    "0 outside 0…2, 1 at x = 1, straight between, from three ReLU units",
    lambda rng: [
        (array([-3.0, 0.0, 0.5, 1.0, 1.5, 2.0, 7.0]),),
        (rng.uniform(-5, 5, (4, 3)),),
        (array([-1, 0, 1, 2, 3]),),
    ],
    forbidden=("numpy.interp",),
)


@check_hat.reference
@each
def hat(x):
    return max(0.0, 1 - abs(x - 1))


@check_hat.right
def _(x):
    return positive_part(x) - 2 * positive_part(x - 1) + positive_part(x - 2)


@check_hat.right
def _(x):
    return np.where(x < 1, np.where(x < 0, 0, x), np.where(x > 2, 0, 2 - x))


check_hat.mistake(
    "Left of 0 every unit must still be off: each needs w1 > 0 and a kink at 0 or later",
    lambda x: 1 - abs(x - 1),
)
check_hat.mistake(
    "The unit with its kink at 1 must turn the slope from 1 to -1: by how much is that?",
    lambda x: positive_part(x) - positive_part(x - 1),
)
check_hat.mistake(
    "Right of 2 the line must be flat: the slopes of the three units must add up to 0",
    lambda x: positive_part(x) - 2 * positive_part(x - 1),
)
check_hat.mistake(
    "From 0 to 1 only one unit may be on, and with slope 1",
    lambda x: 2 * positive_part(x) - 4 * positive_part(x - 1) + 2 * positive_part(x - 2),
)
check_hat.mistake(
    "The unit with its kink at 2 must add to the slope: the changes are 1, -2 and 1",
    lambda x: positive_part(x) - 2 * positive_part(x - 1) - positive_part(x - 2),
)
check_hat.mistake(
    "The hat stands one too far to the left: its kinks are at 0, 1 and 2",
    lambda x: positive_part(x + 1) - 2 * positive_part(x) + positive_part(x - 1),
)
check_hat.mistake("Return a number for each x, not their mean", lambda x: np.mean(x))


check_leaky = Exercise(
    "leaky(Z, slope)",
    "z for z > 0, else slope z, for any slope",
    [
        *((array([[-4.0, -1.0, 0.0], [0.5, 2.0, -0.25]]), s) for s in (0.1, 0.2, 0.0, 1.0, 2.5)),
        (array([[-4.0, -1.0, 0.0], [0.5, 2.0, -0.25]]), -0.5),
        (array([-2, -1, 0, 3]), 0.25),
    ],
)


@check_leaky.reference
@each
def leaky(z, slope):
    return z if z > 0 else slope * z


check_leaky.right(lambda Z, slope: np.maximum(Z, 0) + slope * np.minimum(Z, 0))
check_leaky.right(lambda Z, slope: np.where(Z > 0, 1, slope) * Z)
check_leaky.mistake(
    "max(slope z, z) picks the wrong one of the two once the slope is above 1",
    bugs.leaky_relu_as_maximum,
)
check_leaky.mistake(
    "It is the same as with slope 0.1: use the argument `slope`",
    lambda Z, slope: np.where(Z > 0, Z, 0.1 * Z),
)
check_leaky.mistake(
    "The sides are swapped: z > 0 stays as it is, the slope is for the others",
    lambda Z, slope: np.where(Z > 0, slope * Z, Z),
)
check_leaky.mistake(
    "Look at the sign of the slope: below 0 it is slope z, not -slope z",
    lambda Z, slope: np.where(Z > 0, Z, -slope * Z),
)
check_leaky.mistake(
    "Below 0 it is slope times z, not the slope alone", lambda Z, slope: np.where(Z > 0, Z, slope)
)
check_leaky.mistake(
    "Below 0 something leaks through: slope z, not 0", lambda Z, slope: np.maximum(Z, 0) + 0 * slope
)
families.type_of_input(
    check_leaky, "The result has the type of Z: np.zeros_like(Z) holds whole numbers where Z does"
)


def record_cases(rng):
    """Values, then slopes, then all slopes of a network with this activation in its first layer."""
    arrays = [*families.entries(rng), *families.large()]
    fields = [(field, Z) for field in ("function", "derivative") for Z in arrays]
    return [*fields, ("use in a Dense layer",)]


def observe_record(record, field, *arguments):
    if field == "use in a Dense layer":
        return gradients_with_activation(record)
    return getattr(record, field)(*arguments)


def record_of(name, asks):
    return Exercise(
        f"{name}(Z)", asks, record_cases, takes=("function", "derivative"),
        observe=observe_record, strict_floats=True,
    )  # fmt: skip


@each
def logistic(z):
    return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))


@each
def softplus(z):
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


check_softplus = record_of("softplus", "ln(1 + e^z) and its derivative, also inside a Dense layer")
check_softplus.reference(SimpleNamespace(function=softplus, derivative=logistic))


@check_softplus.right
class _:
    def function(Z):
        return np.logaddexp(0, Z)

    def derivative(Z):
        return (1 + np.tanh(Z / 2)) / 2


_STABLE = (
    "e^z has no number for large z: let the exponent be -|z|, as in max(z, 0) + ln(1 + e^-|z|)"
)
check_softplus.mistake(_STABLE, function=lambda Z: np.log(1 + np.exp(Z)))
check_softplus.mistake(
    "The sigmoid of -z is rounded to 0 for large z, and its logarithm is then taken of 0: take the "
    "logarithm on paper first",
    function=lambda Z: -np.log(logistic(-Z)),
)
check_softplus.mistake("Take the natural logarithm", function=lambda Z: softplus(Z) / np.log(2))
check_softplus.mistake("Look at the sign of z", function=lambda Z: softplus(-Z))
check_softplus.mistake(
    "The exponent of the slope is large and positive: e^z / (1 + e^z) fails for large z, and "
    "1 / (1 + e^-z) for large -z",
    derivative=lambda Z: np.exp(Z) / (1 + np.exp(Z)),
)
check_softplus.mistake(
    "The exponent of the slope is large and positive for large -z: use e^-|z|",
    derivative=bugs.sigmoid_overflowing,
)
check_softplus.mistake(
    "This is the slope at -z: look at the signs", derivative=lambda Z: logistic(-Z)
)
check_softplus.mistake(
    "This is the slope of the slope: one too many", derivative=lambda Z: logistic(Z) * logistic(-Z)
)
check_softplus.mistake("This is the function, not its slope", derivative=softplus)
check_softplus.mistake(
    "It is right for A = f(Z), but it is given Z, as all of nnlib's are",
    derivative=lambda A: -np.expm1(-A),
)


@each
def elu(z):
    return z if z > 0 else math.expm1(z)


@each
def elu_slope(z):
    return 1.0 if z > 0 else math.exp(z)


check_elu = record_of("elu", "z for z > 0, else e^z - 1, and its derivative, also in a layer")
check_elu.reference(SimpleNamespace(function=elu, derivative=elu_slope))


@check_elu.right
class _:
    def function(Z):
        return np.maximum(Z, 0) + np.expm1(np.minimum(Z, 0))

    def derivative(Z):
        return np.minimum(1, np.exp(np.minimum(Z, 0)))


_BRANCH = (
    "np.where computes e^z for every z before it picks, and overflows for large z: compute "
    "np.exp(np.minimum(Z, 0))"
)
check_elu.mistake(_BRANCH, function=lambda Z: np.where(Z > 0, Z, np.exp(Z) - 1))
check_elu.mistake(
    "Below 0 it is e^z - 1: the -1 is missing, and the two branches must meet at 0",
    function=lambda Z: np.where(Z > 0, Z, np.exp(np.minimum(Z, 0))),
)
check_elu.mistake(
    "Below 0 it is e^z - 1, not -1", function=lambda Z: np.where(Z > 0, Z, np.maximum(Z, -1))
)
check_elu.mistake("Below 0 it is e^z - 1, not 0", function=positive_part)
check_elu.mistake(
    "The sides are swapped: z > 0 stays as it is",
    function=lambda Z: np.where(Z > 0, np.expm1(-abs(Z)), Z),
)
check_elu.mistake(_BRANCH, derivative=lambda Z: np.where(Z > 0, 1.0, np.exp(Z)))
check_elu.mistake(
    "For z < 0: the derivative of e^z is e^z, that of the constant -1 is 0",
    derivative=lambda Z: np.where(Z > 0, 1, elu(Z)),
)
for _slope in (
    lambda Z: np.where(Z > 0, 0, elu_slope(Z)),
    lambda Z: np.where(Z > 0, Z, elu_slope(Z)),
):
    check_elu.mistake("For z > 0 the function is z: its slope is 1", derivative=_slope)
check_elu.mistake(
    "For z > 0 the function is z: its slope is 1, and e^z has no number for large z",
    derivative=np.exp,
)
check_elu.mistake("This is the function, not its slope", derivative=elu)
check_elu.mistake("This is ReLU's slope: below 0 it is e^z", derivative=lambda Z: (Z > 0) * 1.0)
check_elu.mistake(
    "It is right for A = f(Z), but it is given Z, as all of nnlib's are",
    derivative=lambda A: np.where(A > 0, 1, A + 1),
)
check_elu.mistake("Return a slope for each number of Z", derivative=lambda Z: 1.0)

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

# fmt: off
check_hat = Exercise(
    "hat(x)", "0 outside 0…2, 1 at x = 1, straight between, from three ReLU units",
    lambda rng: [(array([-3.0, 0.0, 0.5, 1.0, 1.5, 2.0, 7.0]),), (rng.uniform(-5, 5, (4, 3)),),
                 (array([-1, 0, 1, 2, 3]),)],
    forbidden=("numpy.interp",),
)
check_hat.reference(each(lambda x: max(0.0, 1 - abs(x - 1))))
check_hat.right(lambda x: np.where(x < 1, np.where(x < 0, 0, x), np.where(x > 2, 0, 2 - x)))
check_hat.slips("""
def hat(x):
    return relu(x) - 2 * relu(x - 1) + relu(x - 2)
""", {
    "Left of 0 every unit must still be off: each needs w1 > 0 and a kink at 0 or later":
        "return 1 - abs(x - 1)",
    "The unit with its kink at 1 must turn the slope from 1 to -1: by how much is that?":
        "return relu(x) - relu(x - 1)",
    "Right of 2 the line must be flat: the slopes of the three units must add up to 0":
        (" + relu(x - 2)", ""),
    "From 0 to 1 only one unit may be on, and with slope 1":
        "return 2 * relu(x) - 4 * relu(x - 1) + 2 * relu(x - 2)",
    "The unit with its kink at 2 must add to the slope: the changes are 1, -2 and 1": ("+", "-"),
    "The hat stands one too far to the left: its kinks are at 0, 1 and 2":
        "return relu(x + 1) - 2 * relu(x) + relu(x - 1)",
    "Return a number for each x, not their mean": "return np.mean(x)",
}, relu=lambda z: np.maximum(z, 0))

_Z = array([[-4.0, -1.0, 0.0], [0.5, 2.0, -0.25]])
check_leaky = Exercise(
    "leaky(Z, slope)", "z for z > 0, else slope z, for any slope",
    [*((_Z, slope) for slope in (0.1, 0.2, 0.0, 1.0, 2.5, -0.5)), (array([-2, -1, 0, 3]), 0.25)],
)
check_leaky.reference(each(lambda z, slope: z if z > 0 else slope * z))
check_leaky.right(lambda Z, slope: np.maximum(Z, 0) + slope * np.minimum(Z, 0))
check_leaky.slips("""
def leaky(Z, slope):
    return np.where(Z > 0, Z, slope * Z)
""", {
    "It is the same as with slope 0.1: use the argument `slope`": ("slope * Z", "0.1 * Z"),
    "The sides are swapped: z > 0 stays as it is, the slope is for the others": (">", "<"),
    "Look at the sign of the slope: below 0 it is slope z, not -slope z": ("slope *", "-slope *"),
    "Below 0 it is slope times z, not the slope alone": ("slope * Z)", "slope)"),
    "Below 0 something leaks through: slope z, not 0": ("slope * Z", "0"),
    "np.zeros_like(Z) and Z.copy() hold whole numbers where Z does, and cut the rest off":
        "A = np.zeros_like(Z)\nA[:] = np.where(Z > 0, Z, slope * Z)\nreturn A",
})
check_leaky.mistake(
    "max(slope z, z) picks the wrong one of the two once the slope is above 1",
    bugs.leaky_relu_as_maximum,
)


def _record(name, asks):
    """A function and its derivative: values first, then slopes, then use in a network."""
    def cases(rng):
        arrays = [*families.entries(rng), *families.large()]
        fields = [(field, Z) for field in ("function", "derivative") for Z in arrays]
        return [*fields, ("use in a Dense layer",)]

    def observe(record, field, *arguments):
        if field == "use in a Dense layer":
            return gradients_with_activation(record)
        return getattr(record, field)(*arguments)

    return Exercise(f"{name}(Z)", asks, cases, takes=("function", "derivative"), observe=observe,
                    strict_floats=True)


logistic = each(lambda z: math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z))))
softplus = each(lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))))
elu = each(lambda z: z if z > 0 else math.expm1(z))
elu_slope = each(lambda z: 1.0 if z > 0 else math.exp(z))
_OF_RESULT = "It is right for A = f(Z), but it is given Z, as all of nnlib's are"

check_softplus = _record("softplus", "ln(1 + e^z) and its derivative, also inside a Dense layer")
check_softplus.reference(SimpleNamespace(function=softplus, derivative=logistic))
check_softplus.right(SimpleNamespace(
    function=lambda Z: np.logaddexp(0, Z), derivative=lambda Z: (1 + np.tanh(Z / 2)) / 2))
check_softplus.knows({
    "e^z has no number for large z: let the exponent be -|z|, as in max(z, 0) + ln(1 + e^-|z|)":
        lambda Z: np.log(1 + np.exp(Z)),
    "The sigmoid of -z is rounded to 0 for large z, and its logarithm is then taken of 0: take the "
    "logarithm on paper first": lambda Z: -np.log(logistic(-Z)),
    "Take the natural logarithm": lambda Z: softplus(Z) / np.log(2),
    "Look at the sign of z": lambda Z: softplus(-Z),
    "The term max(z, 0) is missing": lambda Z: np.log1p(np.exp(-abs(Z))),
}, "function")
check_softplus.knows({
    "e^z / (1 + e^z) fails for large z, and 1 / (1 + e^-z) for large -z: use e^-|z|":
        lambda Z: np.exp(Z) / (1 + np.exp(Z)),
    "1 / (1 + e^-z) fails for large -z: use e^-|z|": bugs.sigmoid_overflowing,
    "This is the slope at -z: look at the signs": lambda Z: logistic(-Z),
    "This is the slope of the slope: one too many": lambda Z: logistic(Z) * logistic(-Z),
    "This is the function, not its slope": softplus,
    _OF_RESULT: lambda A: -np.expm1(-A),
}, "derivative")

check_elu = _record("elu", "z for z > 0, else e^z - 1, and its derivative, also in a layer")
check_elu.reference(SimpleNamespace(function=elu, derivative=elu_slope))
check_elu.right(SimpleNamespace(
    function=lambda Z: np.maximum(Z, 0) + np.expm1(np.minimum(Z, 0)),
    derivative=lambda Z: np.minimum(1, np.exp(np.minimum(Z, 0)))))
_BRANCH = ("np.where computes e^z for every z before it picks, and overflows for large z: compute "
           "np.exp(np.minimum(Z, 0))")
check_elu.knows({
    _BRANCH: lambda Z: np.where(Z > 0, Z, np.exp(Z) - 1),
    "Below 0 it is e^z - 1: the -1 is missing, and the two branches must meet at 0":
        lambda Z: np.where(Z > 0, Z, np.exp(np.minimum(Z, 0))),
    "Below 0 it is e^z - 1, not -1": lambda Z: np.maximum(Z, -1),
    "Below 0 it is e^z - 1, not 0": lambda Z: np.maximum(Z, 0),
    "The sides are swapped: z > 0 stays as it is":
        lambda Z: np.where(Z > 0, np.expm1(np.minimum(Z, 700)), Z),
}, "function")
check_elu.knows({
    _BRANCH: lambda Z: np.where(Z > 0, 1.0, np.exp(Z)),
    "For z < 0: the derivative of e^z is e^z, that of the constant -1 is 0":
        lambda Z: np.where(Z > 0, 1, elu(Z)),
    "For z > 0 the function is z: its slope is 1": lambda Z: np.where(Z > 0, 0, elu_slope(Z)),
    "For z > 0 the function is z: its slope is 1, not z":
        lambda Z: np.where(Z > 0, Z, elu_slope(Z)),
    "For z > 0 the function is z: its slope is 1, and e^z has no number for large z": np.exp,
    "This is the function, not its slope": elu,
    "This is ReLU's slope: below 0 it is e^z": lambda Z: (Z > 0) * 1.0,
    _OF_RESULT: lambda A: np.where(A > 0, 1, A + 1),
    "Return a slope for each number of Z": lambda Z: 1.0,
}, "derivative")
# fmt: on

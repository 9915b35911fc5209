"""Problem set 1: activation functions and their derivatives."""

import math

import numpy as np
from numpy import arange, array, asarray, cos, exp, float32, float64, ones, sin

from nnlib import bugs
from nnlib.checks import by_loops, families
from nnlib.checks.exercise import Exercise
from nnlib.checks.families import each

# fmt: off
__all__ = ["check_hard_tanh", "check_hard_tanh_slope", "check_log_softmax", "check_my_sigmoid",
           "check_my_softmax", "check_polyline", "check_swish", "check_swish_slope",
           "check_worst_gap"]

_BENT = array([-2.0, 1.0, 1.5]), array([3.0, -1.0, 0.5])
check_polyline = Exercise(
    "polyline(x, knots, values)",
    "a line of ReLU units through points, flat before the first and straight on after the last",
    lambda rng: [
        (array([-1.0, 0.0, 0.5, 1.5, 2.5, 3.5, 4.0, 6.0]), arange(5.0), arange(5.0) ** 2),
        (rng.uniform(-4, 4, (3, 4)), *_BENT), (rng.uniform(-4, 4, 6), arange(0.0, 4, 2), ones(2)),
        (array([-0.5, 0.25, 1.5, 2.75]), arange(3), arange(3) ** 2),
        (array([[-3, -1], [0, 4]]), *_BENT)],
)


@check_polyline.reference
@each
def polyline(x, knots, values):
    i = sum(x > knot for knot in knots[1:-1])  # the piece on which x lies
    slope = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
    return values[i] + slope * (max(x, knots[0]) - knots[i])


check_polyline.right(lambda x, knots, values: values[0] + np.maximum(x[..., None] - knots[:-1], 0)
                     @ np.diff(np.diff(values) / np.diff(knots), prepend=0))
check_polyline.slips("""
def polyline(x, knots, values):
    slopes = np.diff(values) / np.diff(knots)
    changes = np.diff(slopes, prepend=0.0)
    y = np.full(x.shape, values[0], dtype=float)
    for change, knot in zip(changes, knots):
        y += change * np.maximum(x - knot, 0)
    return y
""", {
    "A new unit adds to the slopes of all that are on: it needs the change of slope":
        ("np.diff(slopes, prepend=0.0)", "slopes"),
    "Left of the first knot the line has the height values[0]: that is the bias":
        ("np.full(x.shape, values[0], dtype=float)", "np.zeros(x.shape)"),
    "Right of the last knot the last slope goes on": "return np.interp(x, knots, values)",
    "A slope is the change of the values over that of the knots": (" / np.diff(knots)", ""),
    "Before the first knot the slope is 0, so the first change is the first slope itself":
        [(", prepend=0.0", ""), ("prepend", "append"),
         (", prepend=0.0", "", "changes, knots", "changes, knots[1:]")],
    "Each unit bends one knot too late": ("changes, knots", "changes, knots[1:]"),
    "A unit is 0 on the left of its knot": ("np.maximum(x - knot, 0)", "(x - knot)"),
    "All units count: `return` stands below the loop": ("    return y", "        return y"),
    "The units add up: with y = … in the loop only the last is left": ("y += ", "y = values[0] + "),
    "An array made of whole numbers holds whole numbers only: add dtype=float":
        [(", dtype=float", ""), ("dtype=float", "dtype=x.dtype")],
})

check_worst_gap = Exercise(
    "worst_gap(f, derivative, z)",
    "the largest miss of a derivative against central differences with h = 1e-5",
    [*((f, slope, array([-1.5, -0.3, 0.4, 2.0, 5.0])) for f, slope in [
        (lambda v: v**2, lambda v: v), (lambda v: v**2, lambda v: 3 * v), (sin, lambda v: 0 * v),
        (sin, lambda v: -cos(v))]),
     (lambda v: exp(10 * v), lambda v: 10 * exp(10 * v), array([-0.5, 0.1, 0.2, 0.5])),
     (lambda v: v**3, lambda v: 3 * v**2 + v, array([1, 2, 3]))],
)
check_worst_gap.reference(lambda f, derivative, z: max(
    abs((f(v + 1e-5) - f(v - 1e-5)) / 2e-5 - derivative(v)) for v in z))
check_worst_gap.slips("""
def worst_gap(f, derivative, z):
    h = 1e-5
    measured = (f(z + h) - f(z - h)) / (2 * h)
    return np.max(np.abs(measured - derivative(z)))
""", {
    "A miss may be negative: take absolute values first, and then the largest":
        [("np.abs", ""), ("np.max(np.abs", "np.abs(np.max")],
    "This is the mean of the misses: the largest is asked": ("np.max", "np.mean"),
    "This is z, the place of the largest miss": ("np.max(", "z[np.argmax(", "(z)))", "(z)))]"),
    "Go to both sides of z: f(z + h) - f(z - h), over 2h":
        [("f(z - h)) / (2", "f(z)) / (1"), ("f(z + h)", "f(z)", "/ (2", "/ (1")],
    "`/ (2 * h)` needs its parentheses": ("(2 * h)", "2 * h"),
    "The two points lie 2h apart: divide by 2h": ("(2 * h)", "h"),
    "Is h 1e-5, that is 0.00001? (10e-5 is ten times as large)":
        [("1e-5", h) for h in ("10e-5", "1e-3", "1e-6")],
})


def _of_each_number(name, asks, formula, read=None):
    """An exercise on arrays of several shapes and kinds, then on numbers far from 0."""
    exercise = Exercise(
        f"{name}(Z)", asks, keeps=True, strict_floats=True, read=read,
        cases=lambda rng: [(Z,) for Z in (
            *families.entries(rng), *families.large(), array([-40.0]), array([-720.0]))])
    exercise.reference(each(formula))
    return exercise


check_hard_tanh = _of_each_number("hard_tanh", "z between -1 and 1, and -1 or 1 outside",
                                  lambda z: min(max(z, -1.0), 1.0))
check_hard_tanh.right(lambda Z: (abs(Z + 1) - abs(Z - 1)) / 2)
check_hard_tanh.slips("""
def hard_tanh(Z):
    A = Z.copy()
    A[A > 1] = 1
    A[A < -1] = -1
    return A
""", {
    "your function changed its input": ("Z.copy()", "Z"),
    "Above 1 it is 1": ("A[A > 1] = 1", ""),
    "Below -1 it is -1": ("A[A < -1] = -1", ""),
    "Outside -1 to 1 it is -1 or 1, not 0": ("] = 1", "] = 0", "] = -1", "] = 0"),
    "Between -1 and 0 it is z, not 0": "return np.clip(Z, 0, 1)",
    "np.maximum goes with the lower bound": "return np.maximum(np.minimum(Z, -1), 1)",
    "This is tanh: hard_tanh has corners at -1 and 1": "return np.tanh(Z)",
    "compute all its numbers at once": "return max(-1, min(Z, 1))",
})

check_hard_tanh_slope = _of_each_number(
    "hard_tanh_slope", "1 between -1 and 1, and 0 outside and at the two corners",
    lambda z: 1.0 if -1 < z < 1 else 0.0)
check_hard_tanh_slope.slips("""
def hard_tanh_slope(Z):
    return np.where((Z > -1) & (Z < 1), 1.0, 0.0)
""", {
    "At the corners -1 and 1 themselves it is 0": [
        (" > -1", " >= -1", " < 1", " <= 1"), (" > -1", " >= -1"), (" < 1", " <= 1")],
    "It is 1 everywhere: is the slope taken from the result instead of Z, or is | written for &?":
        ("&", "|"),
    "Below -1 the function is flat too": ("(Z > -1) & ", ""),
    "Above 1 the function is flat too": (" & (Z < 1)", ""),
    "This is the function, not its slope": "return np.clip(Z, -1, 1)",
    "This is the slope of tanh: hard_tanh is straight": "return 1 - np.tanh(Z) ** 2",
    "Each of the two conditions needs parentheses: (Z > -1) & (Z < 1)":
        ("(Z > -1) & (Z < 1)", "Z > -1 & Z < 1"),
    "compute all its numbers at once": ("&", "and"),
})


def _logistic(z):
    return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))


def _digits(value, Z):
    """Far to the left the relative difference counts: all numbers there are next to 0."""
    if Z.tolist() in ([-40], [-720]):
        found, right = asarray(value, dtype=float64).sum(), _logistic(float(Z[0]))
        assert abs(found - right) < 1e-6 * right, (
            f"my_sigmoid at Z = {Z[0]:g} is {found:.3g}, expected {right:.3g}: use e^z, "
            "which is small, for z < 0")
    return {"": value}


_OVERFLOW = "e^z overflows for large z, also in a branch that np.where throws away: take e^-|z|"
check_my_sigmoid = _of_each_number(
    "my_sigmoid", "1 / (1 + e^-z) for any z, without an overflow", _logistic, read=_digits)
sigmoid, naive = check_my_sigmoid.answer, bugs.sigmoid_overflowing
check_my_sigmoid.right(lambda Z: np.exp(-np.logaddexp(0, -Z)))
check_my_sigmoid.slips("""
def my_sigmoid(Z):
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)
""", {
    _OVERFLOW: ["return np.where(Z >= 0, 1 / (1 + np.exp(-Z)), np.exp(Z) / (1 + np.exp(Z)))",
                "return 1 / (1 + np.exp(-Z))"],
    "The exponent is still large and positive, also where np.errstate or np.clip hide it": [
        "with np.errstate(over='ignore'):\n    return 1 / (1 + np.exp(-Z))",
        "return 1 / (1 + np.exp(-np.clip(Z, -500, 500)))"],
    "The digits are lost there, as where 1 minus a number near 1 has no digits left":
        "S = 1 / (1 + np.exp(-np.abs(Z)))\nreturn np.where(Z >= 0, S, 1 - S)",
    "This is the sigmoid of -z: look at the signs": ("1, E", "E, 1"),
    "For z < 0 the numerator is e^z, not 1": ("np.where(Z >= 0, 1, E)", "1"),
    "The sum 1 + e^-z needs parentheses: 1 / (1 + e^-z)": "return 1 / 1 + np.exp(-Z)",
    "math.exp takes one number: np.exp takes arrays": "return 1 / (1 + math.exp(-Z))",
    "compute all its numbers at once": ("np.where(Z >= 0, 1, E)", "(1 if Z >= 0 else E)"),
})

check_swish = _of_each_number("swish", "z times the sigmoid of z, for large numbers too",
                              lambda z: z * _logistic(z))
swish = check_swish.answer
check_swish.right(lambda Z: Z / 2 * (1 + np.tanh(Z / 2)))
check_swish.knows({
    _OVERFLOW: [lambda Z: Z * naive(Z), lambda Z: Z * (1 - naive(-Z))],
    "This is z times the sigmoid of -z: look at the signs":
        [lambda Z: Z * sigmoid(-Z), lambda Z: Z * naive(-Z)],
    "This is the sigmoid: multiply it by z": [sigmoid, naive],
    "z times the sigmoid, not z plus it": lambda Z: Z + sigmoid(Z),
    "The factor is the sigmoid, not its slope": lambda Z: Z * sigmoid(Z) * sigmoid(-Z),
    "For z < 0 the numerator of the sigmoid is e^z, not 1": lambda Z: Z * sigmoid(abs(Z)),
    "It is not cut off: below 0 swish is negative": lambda Z: np.maximum(Z, 0) * sigmoid(Z),
})

_PRODUCT = "A product of two functions has two terms in its slope: (u v)' = u' v + u v'"
check_swish_slope = _of_each_number(
    "swish_slope", "the derivative of z times the sigmoid of z",
    lambda z: _logistic(z) + z * _logistic(z) * _logistic(-z))
swish_slope = check_swish_slope.answer
check_swish_slope.right(lambda Z: swish(Z) + sigmoid(Z) * (1 - swish(Z)))
check_swish_slope.knows({
    _OVERFLOW: lambda Z: naive(Z) + Z * naive(Z) * naive(-Z),
    f"{_PRODUCT}. Here is u v' alone": lambda Z: Z * sigmoid(Z) * sigmoid(-Z),
    f"{_PRODUCT}. Here is u' v' alone":
        [lambda Z: sigmoid(Z) * sigmoid(-Z), lambda Z: naive(Z) * naive(-Z)],
    f"{_PRODUCT}. Here is u' v alone": sigmoid,
    "Look at the sign of u v'": lambda Z: sigmoid(Z) - Z * sigmoid(Z) * sigmoid(-Z),
    "The slope of the sigmoid is σ(z) σ(-z), not σ(-z)": lambda Z: sigmoid(Z) + Z * sigmoid(-Z),
    "In u v' the factor u = z is missing": lambda Z: sigmoid(Z) + sigmoid(Z) * sigmoid(-Z),
    "The slope of u = z is 1: the first term is σ(z)": lambda Z: swish(Z) * (1 + sigmoid(-Z)),
    "This is the function, not its slope": swish,
    "It is right for the result swish(z), but it is given Z itself":
        [lambda Z: swish_slope(swish(Z)), lambda Z: swish_slope(Z * naive(Z))],
})


def _of_each_row(name, asks):
    """An exercise on ordinary scores, on large ones, and on scores or rows that lie far apart."""
    large = [[1000.0, 999.0, 998.0]], [[1000.0, 0.0, -1000.0]], [[720.0, 0.0]]
    far = [[0.0, -1e3, 3.0], [-1e3, -1e3, 0.0], [2.0, 1.0, 0.0]], [[900.0, 901.0], [0.0, 1.0]]
    return Exercise(f"{name}(Z)", asks, keeps=True, strict_floats=True, cases=lambda rng: [
        (Z,) for Z in (array([[0.0, math.log(2), 0.0], [1.0, 1.0, 1.0]]),
                       *(rng.normal(size=size) for size in ((4, 3), (1, 5), (3, 1), (3, 3))),
                       array([[2, 0, 1], [-1, 3, 3]]), *map(array, large + far),
                       array([[200, 199, 198]], dtype=float32))])


def log_softmax(Z):
    return array([by_loops.log_softmax(row) for row in Z.tolist()])


_IN_BOTH = {  # softmax and its logarithm, as far as both shift and sum
    "It works on columns: a row is a sample (axis=1)": ("axis=1", "axis=0"),
    "The sums and maxima of the rows must stay columns, so that they fit the rows: keepdims=True":
        [("max(axis=1, keepdims=True)", "max(axis=1)"),
         ("sum(axis=1, keepdims=True)", "sum(axis=1)"), (", keepdims=True", "")],
    "All numbers share one sum: each row needs its own (axis=1, keepdims=True)":
        ("sum(axis=1, keepdims=True)", "sum()"),
    "It fails where one row lies 900 below another: shift each row by its own maximum":
        ("max(axis=1, keepdims=True)", "max()"),
    "Take the row's maximum off first": ("Z - Z.max(axis=1, keepdims=True)", "Z"),
}
check_my_softmax = _of_each_row(
    "my_softmax", "e^z over the sum of its row, whatever the size of the scores")
check_my_softmax.reference(lambda Z: exp(log_softmax(Z)))
check_my_softmax.right(lambda Z: np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]).tolist())
check_my_softmax.slips("""
def my_softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
""", _IN_BOTH | {
    "your function changed its input":
        ("    E = np.exp(Z - Z", "    Z -= (Z", "    return", "    E = np.exp(Z)\n    return"),
    "The sum needs the same shift as the numerator": ("E.sum", "np.exp(Z).sum"),
    "np.clip makes other scores of them": ("Z - Z.max(axis=1, keepdims=True)", "Z.clip(-500, 500)"),
    "Divide each e^(z - m) by the sum of its row": (" / E.sum(axis=1, keepdims=True)", ""),
})

check_log_softmax = _of_each_row(
    "log_softmax", "the logarithms of each row's probabilities, also of those near 0")
check_log_softmax.reference(log_softmax)
check_log_softmax.slips("""
def log_softmax(Z):
    D = Z - Z.max(axis=1, keepdims=True)
    return D - np.log(np.exp(D).sum(axis=1, keepdims=True))
""", _IN_BOTH | {
    "These are the probabilities: their logarithms are asked": "return my_softmax(Z)",
    "For a score 1,000 behind the probability is rounded to 0 before the logarithm is taken. "
    "Write ln of the fraction as a difference, and simplify it": [
        "return np.log(my_softmax(Z))",
        "with np.errstate(divide='ignore'):\n    return np.log(my_softmax(Z))"],
    "A small number added to the probability bounds its logarithm":
        [f"return np.log(my_softmax(Z) + 1e-{digits})" for digits in (12, 15)],
    "The maximum must be subtracted in the first term too": ("return D", "return Z"),
}, my_softmax=check_my_softmax.answer)
# fmt: on

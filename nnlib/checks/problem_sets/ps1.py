"""Problem set 1: activation functions and their derivatives."""

import math

import numpy as np
from numpy import arange, array
from numpy import cos as _cos
from numpy import exp as _exp
from numpy import float32 as _float32
from numpy import sin as _sin

from nnlib import bugs
from nnlib.checks import by_loops, families
from nnlib.checks.exercise import Exercise
from nnlib.checks.families import each
from nnlib.checks.problem_sets.ps1_entries import (
    check_hard_tanh,
    check_hard_tanh_slope,
    check_my_sigmoid,
    check_swish,
    check_swish_slope,
)

__all__ = [
    "check_hard_tanh",
    "check_hard_tanh_slope",
    "check_log_softmax",
    "check_my_sigmoid",
    "check_my_softmax",
    "check_polyline",
    "check_swish",
    "check_swish_slope",
    "check_worst_gap",
]

# fmt: off
_BENT = array([-2.0, 1.0, 1.5]), array([3.0, -1.0, 0.5])
check_polyline = Exercise(
    "polyline(x, knots, values)",
    "a line of ReLU units through points, flat before the first and straight on after the last",
    lambda rng: [
        (array([-1.0, 0.0, 0.5, 1.5, 2.5, 3.5, 4.0, 6.0]), arange(5.0), arange(5.0) ** 2),
        (rng.uniform(-4, 4, (3, 4)), *_BENT),
        (rng.uniform(-4, 4, 6), array([0.0, 2.0]), array([1.0, 1.0])),
        (array([-0.5, 0.25, 1.5, 2.75]), arange(3), array([0, 1, 4])),
        (array([[-3, -1], [0, 4]]), *_BENT),
    ],
)


@check_polyline.reference
@each
def polyline(x, knots, values):
    if x <= knots[0]:
        return values[0]
    pieces = list(zip(knots, values, knots[1:], values[1:], strict=False))
    left, low, right, high = next((piece for piece in pieces if x < piece[2]), pieces[-1])
    return low + (x - left) * (high - low) / (right - left)


@check_polyline.right
def _(x, knots, values):
    x *= 2  # in place: the task says nothing of x
    slopes = np.diff(values) / np.diff(knots)
    changes = slopes - np.append(0, slopes[:-1])
    return values[0] + np.maximum(x[..., None] / 2 - knots[:-1], 0) @ changes


_FIRST_CHANGE = (
    "Each change of slope stands at a wrong knot: the slope before the first knot is 0, so the "
    "first change is the first slope (np.diff has the argument `prepend`)")
_LIKE_X = "An array like np.zeros_like(x) holds whole numbers only, where x does"
families.type_of_input(check_polyline, _LIKE_X)
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
    "The line begins with the height values[0], not with the last height":
        ("values[0]", "values[-1]"),
    "values[0] is added once, not with each unit": ("values[0]", "0", "+= ", "+= values[0] + "),
    "Right of the last knot the line goes on with its last slope: no unit bends it there":
        "return np.interp(x, knots, values)",
    "Left of the first knot the line is flat: the first slope needs a unit too": """
        i = (np.searchsorted(knots, x) - 1).clip(0, len(knots) - 2)
        slopes = np.diff(values) / np.diff(knots)
        return values[i] + slopes[i] * (x - knots[i])""",
    "The line is straight between the knots; yours jumps from value to value":
        "return values[(np.searchsorted(knots, x) - 1).clip(0)]",
    "The line is straight between the knots; yours is a polynomial":
        "return np.polyval(np.polyfit(knots, values, len(knots) - 1), x)",
    "The knots are not always 1 apart: a slope is the difference of two values, divided by that "
    "of their knots": (" / np.diff(knots)", ""),
    "A slope is the difference of the values over that of the knots, not the other way round":
        ("np.diff(values) / np.diff(knots)", "np.diff(knots) / np.diff(values)"),
    "The first unit is missing: before the first knot the slope is 0, so the first change is the "
    "first slope (np.diff has the argument `prepend`)":
        (", prepend=0.0", "", "changes, knots", "changes, knots[1:]"),
    _FIRST_CHANGE: [(", prepend=0.0", ""), ("prepend", "append")],
    "Each unit bends one knot too late: it bends where its piece begins":
        ("changes, knots", "changes, knots[1:]"),
    "Each unit bends at its own knot: max(x - knot, 0)": ("x - knot", "x"),
    "max(x + knot, 0) bends at -knot: look at the sign": ("x - knot", "x + knot"),
    "A unit is 0 on the left of its knot: max(x - knot, 0), not x - knot":
        ("np.maximum(x - knot, 0)", "(x - knot)"),
    "All units count: `return` stands below the loop, not inside it":
        ("    return y", "        return y"),
    "The units add up: with y = … in the loop only the last one is left":
        ("y += ", "y = values[0] + "),
    "An array like np.full(x.shape, values[0]) holds whole numbers only, where the values do: add "
    "dtype=float": (", dtype=float", ""),
    _LIKE_X: ("np.full(x.shape, values[0], dtype=float)", "np.full_like(x, values[0])"),
    "There is one slope less than there are knots: range(len(knots) - 1)": """
        for i in range(len(knots)):
            slope = (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])
        return slope * x""",
})


_SOME = array([-1.5, -0.3, 0.4, 2.0, 5.0])
check_worst_gap = Exercise(
    "worst_gap(f, derivative, z)",
    "the largest miss of a derivative against central differences with h = 1e-5",
    [
        (lambda v: v**2, lambda v: v, _SOME),
        (lambda v: v**2, lambda v: 3 * v, _SOME),
        (_sin, lambda v: 0 * v, _SOME),
        (lambda v: _exp(10 * v), lambda v: 10 * _exp(10 * v), array([-0.5, 0.1, 0.2, 0.5])),
        (lambda v: v**3, lambda v: 3 * v**2 + v, array([1, 2, 3])),
        (_sin, lambda v: -_cos(v), _SOME),
    ],
)


@check_worst_gap.reference
def worst_gap(f, derivative, z):
    return max(abs((f(v + 1e-5) - f(v - 1e-5)) / 2e-5 - derivative(v)) for v in z)


@check_worst_gap.right
def _(f, derivative, z):
    misses = [(f(v + 1e-5) - f(v - 1e-5)) / 2e-5 - derivative(v) for v in z.tolist()]
    return max(*misses, *(-miss for miss in misses))


_CENTRAL = "(f(z + h) - f(z - h)) / (2 * h)"
_MISSES = "np.abs(measured - derivative(z))"
check_worst_gap.slips("""
def worst_gap(f, derivative, z):
    h = 1e-5
    measured = (f(z + h) - f(z - h)) / (2 * h)
    return np.max(np.abs(measured - derivative(z)))
""", {
    "A miss may be negative: take absolute values before the largest": ("np.abs", ""),
    "A miss may be negative: take absolute values before the largest, not after it":
        ("np.max(np.abs", "np.abs(np.max"),
    "This is the mean of the misses: the largest is asked": ("np.max", "np.mean"),
    "This is the sum of the misses: the largest is asked": ("np.max", "np.sum"),
    "This is the smallest miss: the largest is asked": ("np.max", "np.min"),
    "This is the root of the sum of squares: the largest is asked": ("np.max", "np.linalg.norm"),
    "np.argmax says where the largest miss is: np.max says how large": ("np.max", "np.argmax"),
    "This is the number z where the largest miss is: the miss itself is asked":
        ("np.max(", "z[np.argmax(", "(z)))", "(z)))]"),
    "These are all misses: return the largest of them, one number": ("np.max", ""),
    "Go to both sides of z: f(z + h) - f(z - h), over 2h":
        [(_CENTRAL, "(f(z + h) - f(z)) / h"), (_CENTRAL, "(f(z) - f(z - h)) / h")],
    "`/ (2 * h)` needs its parentheses": ("(2 * h)", "2 * h"),
    "The two points lie 2h apart: divide by 2h": ("(2 * h)", "h"),
    "The slope is the difference, divided by 2h": (" / (2 * h)", ""),
    "f(z) + h moves the height: move z before f is taken, f(z + h)":
        ("f(z + h) - f(z - h)", "(f(z) + h) - (f(z) - h)"),
    "The sign of the slope is wrong: f(z - h) comes second":
        ("f(z + h) - f(z - h)", "f(z - h) - f(z + h)"),
    "Take the derivative at z itself": ("derivative(z)", "derivative(z + h)"),
    "`derivative` is a function: call it, derivative(z)": ("derivative(z)", "derivative"),
    "Is h 1e-5? (10e-5 is ten times as large)": ("1e-5", "10e-5"),
    "h is too large: 1e-5 is 0.00001": [("1e-5", "1e-3"), ("1e-5", "1e5")],
    "h is too small: 1e-5 is 0.00001": ("1e-5", "1e-6"),
    "A miss is the plain difference, not one relative to the slopes":
        (_MISSES, f"{_MISSES} / (np.abs(measured) + np.abs(derivative(z)))"),
    "This is the largest slope: subtract what `derivative` says": (" - derivative(z)", ""),
    "The difference itself is taken as positive: np.abs around all of it":
        (_MISSES, "np.abs(measured) - derivative(z)"),
    "Subtract first, then take absolute values: the slopes themselves have signs":
        (_MISSES, "np.abs(np.abs(measured) - np.abs(derivative(z)))"),
    "This is the square of the miss: take np.abs": (_MISSES, "(measured - derivative(z)) ** 2"),
})


def _rowwise(signature, asks):
    """An exercise on ordinary scores, on large ones, and on scores or rows that lie far apart."""
    def cases(rng):
        ordinary = [array([[0.0, math.log(2), 0.0], [1.0, 1.0, 1.0]]),
                    *(rng.normal(size=size) for size in ((4, 3), (1, 5), (3, 1), (3, 3))),
                    array([[2, 0, 1], [-1, 3, 3]])]
        large = [array([[1000.0, 999.0, 998.0]]), array([[1000.0, 0.0, -1000.0]]),
                 array([[720.0, 0.0]]), array([[200, 199, 198]], dtype=_float32)]
        far = [array([[0.0, -1000.0, 3.0], [-1000.0, -1000.0, 0.0], [2.0, 1.0, 0.0]]),
               array([[900.0, 901.0], [0.0, 1.0]])]
        return [(Z,) for Z in (*ordinary, *large, *far)]

    return Exercise(signature, asks, cases, keeps=True, strict_floats=True)


check_my_softmax = _rowwise(
    "my_softmax(Z)", "e^z over the sum of its row, whatever the size of the scores")
check_log_softmax = _rowwise(
    "log_softmax(Z)", "the logarithms of each row's probabilities, also of those near 0")


@check_log_softmax.reference
def log_softmax(Z):
    return array([by_loops.log_softmax(row) for row in Z.tolist()])


@check_my_softmax.reference
def my_softmax(Z):
    return array([[math.exp(value) for value in by_loops.log_softmax(row)] for row in Z.tolist()])


_MAXIMUM = "The largest exponent must be 0: take the row's maximum off first"
_APART = ("It fails where one row lies 900 below another: shift each row by its own maximum, not "
          "by that of the whole batch")
_OWN_SUM = "All numbers share one sum: each row needs its own (axis=1, keepdims=True)"
_WHOLE = "The result holds whole numbers only: was it made with np.zeros_like(Z)?"
_IN_BOTH = {  # softmax and its logarithm, as far as both shift and sum
    "It works on columns: a row is a sample (axis=1)": ("axis=1", "axis=0"),
    "The shift belongs to the row: take each row's maximum off (axis=1), not each column's":
        ("max(axis=1, keepdims=True)", "max(axis=0)"),
    "The sum belongs to the row: axis=1, as for the maximum":
        ("sum(axis=1, keepdims=True)", "sum(axis=0)"),
    "Take the row's maximum off, not its minimum, so that the largest exponent is 0":
        (".max(", ".min("),
    "Take the row's maximum off, not its mean, so that the largest exponent is 0":
        (".max(", ".mean("),
    "The sums and maxima of the rows must stay columns, so that they fit the rows: keepdims=True":
        [("max(axis=1, keepdims=True)", "max(axis=1)"),
         ("sum(axis=1, keepdims=True)", "sum(axis=1)"), (", keepdims=True", "")],
    "Look at the sign of z: the largest score has the largest probability":
        ("Z - Z.max(axis=1, keepdims=True)", "Z.min(axis=1, keepdims=True) - Z"),
    "np.clip makes other scores of them: take the row's maximum off instead":
        ("Z - Z.max(axis=1, keepdims=True)", "np.clip(Z, -500, 500)"),
}
check_my_softmax.right(lambda Z: np.exp(log_softmax(Z)).tolist())
families.type_of_input(check_my_softmax, _WHOLE)
check_my_softmax.knows({
    _OWN_SUM: bugs.softmax_of_everything,
    _APART: bugs.softmax_with_one_maximum,
    _MAXIMUM: bugs.softmax_without_shift,
    "This is the logarithm of what is asked": log_softmax,
})
check_my_softmax.slips("""
def my_softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
""", _IN_BOTH | {
    "your function changed its input":
        ("    E = np.exp(Z - Z", "    Z -= (Z", "    return", "    E = np.exp(Z)\n    return"),
    _OWN_SUM: ("sum(axis=1, keepdims=True)", "sum()"),
    "Divide each e^(z - m) by the sum of its row": (" / E.sum(axis=1, keepdims=True)", ""),
    "The sum needs the same shift as the numerator: e^(z - m) in both": ("E.sum", "np.exp(Z).sum"),
    "The base is e: np.exp": ("np.exp(", "2 ** ("),
    "Each score goes through e^z first": "return Z / Z.sum(axis=1, keepdims=True)",
    "The rows must add up to 1, which sigmoids of the single numbers do not":
        "return 1 / (1 + np.exp(-Z))",
    "This gives all to the largest score: softmax gives each score its share":
        "return (Z == Z.max(axis=1, keepdims=True)) * 1.0",
})


@check_log_softmax.right
def _(Z):
    rows = []
    for scores in Z.tolist():
        total = sum(math.exp(score - max(scores)) for score in scores)
        rows.append([score - max(scores) - math.log(total) for score in scores])
    return rows


_PROBABILITIES = """
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
"""
check_log_softmax.right(lambda Z: Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
families.type_of_input(check_log_softmax, _WHOLE)
check_log_softmax.knows({
    "These are the probabilities: their logarithms are asked": my_softmax,
    "This is minus the logarithm: leave the minus out": lambda Z: -log_softmax(Z),
    "Take the natural logarithm, np.log":
        [lambda Z: log_softmax(Z) / np.log(2), lambda Z: log_softmax(Z) / np.log(10)],
})
check_log_softmax.slips("""
def log_softmax(Z):
    D = Z - Z.max(axis=1, keepdims=True)
    return D - np.log(np.exp(D).sum(axis=1, keepdims=True))
""", _IN_BOTH | {
    "your function changed its input": ("D = Z -", "Z -=", "D", "Z"),
    "For a score 1,000 behind the probability is rounded to 0 before the logarithm is taken. "
    "Write ln of the fraction as a difference, and simplify it":
        [f"{_PROBABILITIES}    return np.log(P)",
         f"{_PROBABILITIES}    with np.errstate(divide='ignore'):\n        return np.log(P)"],
    "For a score 1,000 behind the logarithm is about -1000, but a small number added to the "
    "probability bounds it. Write ln of the fraction as a difference instead":
        [f"{_PROBABILITIES}    return np.log(P + 1e-{n})" for n in (8, 9, 10, 12, 15, 300)],
    _OWN_SUM: [("sum(axis=1, keepdims=True)", "sum()"), ("(axis=1, keepdims=True)", "()"),
               "E = np.exp(Z - Z.max(axis=1, keepdims=True))\nreturn np.log(E / E.sum())"],
    _APART: ("max(axis=1, keepdims=True)", "max()"),
    _MAXIMUM: ["return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))",
               "E = np.exp(Z)\nreturn np.log(E / E.sum(axis=1, keepdims=True))"],
    "The maximum must be subtracted in the first term too": ("return D", "return Z"),
    "The maximum must be subtracted in the sum too: ln Σ e^(z - m)": ("np.exp(D)", "np.exp(Z)"),
    "The second term is the logarithm of the sum, not the sum": ("np.log(", "("),
    "Only the first term is here: subtract the logarithm of the sum of e^(z - m)":
        (" - np.log(np.exp(D).sum(axis=1, keepdims=True))", ""),
    "The two logarithms are subtracted, not added": ("D - np", "D + np"),
    "The logarithm of a fraction is a difference, not a fraction of logarithms":
        ("D - np", "D / np"),
    "ln e^u is u: the first term is z - m itself, without a logarithm":
        ("return D", "return np.log(D)"),
    "The logarithm of a sum is not the sum of the logarithms: ln Σ e^u is not Σ u":
        ("np.log(np.exp(D)", "(D"),
    "Take the natural logarithm, np.log": [("np.log(", "np.log2("), ("np.log(", "np.log10(")],
})
# fmt: on

"""Problem set 1: activation functions and their derivatives."""

import numpy as np
from numpy import arange, array
from numpy import cos as _cos
from numpy import exp as _exp
from numpy import sin as _sin

from nnlib.checks import families
from nnlib.checks.exercise import Exercise
from nnlib.checks.families import each
from nnlib.checks.problem_sets.ps1_entries import (
    check_hard_tanh,
    check_hard_tanh_slope,
    check_my_sigmoid,
    check_swish,
    check_swish_slope,
)
from nnlib.checks.problem_sets.ps1_softmax import check_log_softmax, check_my_softmax

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


def _lines(rng):
    parabola = arange(5.0), arange(5.0) ** 2
    bent = array([-2.0, 1.0, 1.5]), array([3.0, -1.0, 0.5])
    return [
        (array([-1.0, 0.0, 0.5, 1.5, 2.5, 3.5, 4.0, 6.0]), *parabola),
        (rng.uniform(-4, 4, (3, 4)), *bent),
        (rng.uniform(-4, 4, 6), array([0.0, 2.0]), array([1.0, 1.0])),
        (array([-0.5, 0.25, 1.5, 2.75]), arange(3), array([0, 1, 4])),
        (array([[-3, -1], [0, 4]]), *bent),
    ]


check_polyline = Exercise(
    "polyline(x, knots, values)",
    "a line of ReLU units through points, flat before the first and straight on after the last",
    _lines,
)


@check_polyline.reference
@each
def polyline(x, knots, values):
    if x <= knots[0]:
        return values[0]
    pieces = list(zip(knots, values, knots[1:], values[1:], strict=False))
    left, low, right, high = next((piece for piece in pieces if x < piece[2]), pieces[-1])
    return low + (x - left) * (high - low) / (right - left)


def _changes(slopes, values):
    return np.diff(slopes, prepend=0.0)


def _units(changes=_changes, bias=0, unit=lambda x, k: np.maximum(x - k, 0), first=0, dtype=float):
    """Right as it stands; the arguments make the mistakes."""

    def answer(x, knots, values):
        slopes = np.diff(values) / np.diff(knots)
        y = np.full(x.shape, 0 if bias is None else values[bias], dtype=dtype)
        for change, knot in zip(changes(slopes, values), knots[first:], strict=False):
            y += change * unit(x, knot)
        return y

    return answer


def _jumps(x, knots, values):
    return values[(np.searchsorted(knots, x) - 1).clip(0)] + 0.0


def _straight_on_the_left(x, knots, values):
    first_slope = (values[1] - values[0]) / (knots[1] - knots[0])
    return polyline(x, knots, values) + first_slope * np.minimum(x - knots[0], 0)


def _last_unit_alone(x, knots, values):
    changes = _changes(np.diff(values) / np.diff(knots), values)
    return values[0] + changes[-1] * np.maximum(x - knots[-2], 0)


@check_polyline.right
def _(x, knots, values):
    x *= 2  # in place: the task says nothing of x
    slopes = np.diff(values) / np.diff(knots)
    changes = slopes - np.append(0, slopes[:-1])
    return values[0] + np.maximum(x[..., None] / 2 - knots[:-1], 0) @ changes


check_polyline.right(_units())
for _says, _answer in (
    ("A new unit adds to the slopes of all that are on: it needs the change of slope",
     _units(lambda slopes, values: slopes)),
    ("Left of the first knot the line has the height values[0]: that is the bias",
     _units(bias=None)),
    ("The line begins with the height values[0], not with the last height", _units(bias=-1)),
    ("Right of the last knot the line goes on with its last slope: no unit bends it there",
     np.interp),
    ("Left of the first knot the line is flat: the first slope needs a unit too",
     _straight_on_the_left),
    ("The knots are not always 1 apart: a slope is the difference of two values, divided by that "
     "of their knots", _units(lambda slopes, values: np.diff(np.diff(values), prepend=0))),
    ("The first unit is missing: before the first knot the slope is 0, so the first change is the "
     "first slope (np.diff has the argument `prepend`)",
     _units(lambda slopes, values: np.diff(slopes), first=1)),
    ("Each change of slope stands at a wrong knot: np.diff leaves out the first change, which is "
     "the first slope (it has the argument `prepend`)",
     _units(lambda slopes, values: np.diff(slopes))),
    ("Each change of slope stands at a wrong knot: the first change is the first slope, so 0 comes "
     "before the slopes, not after them",
     _units(lambda slopes, values: np.diff(slopes, append=0.0))),
    ("A slope is the difference of the values over that of the knots, not the other way round",
     _units(lambda slopes, values: np.diff(1 / slopes, prepend=0.0))),
    ("values[0] is added once, not with each unit",
     lambda x, knots, values: polyline(x, knots, values) + (len(knots) - 2) * values[0]),
    ("The line is straight between the knots; yours is a polynomial",
     lambda x, knots, values: np.polyval(np.polyfit(knots, values, len(knots) - 1), x)),
    ("There is one slope less than there are knots: range(len(knots) - 1)",
     lambda x, knots, values: polyline(x, knots, values) + values[len(values)]),
    ("Each unit bends one knot too late: it bends where its piece begins", _units(first=1)),
    ("Each unit bends at its own knot: max(x - knot, 0)",
     _units(unit=lambda x, knot: np.maximum(x, 0))),
    ("max(x + knot, 0) bends at -knot: look at the sign",
     _units(unit=lambda x, knot: np.maximum(x + knot, 0))),
    ("A unit is 0 on the left of its knot: max(x - knot, 0), not x - knot",
     _units(unit=lambda x, knot: x - knot)),
    ("The line is straight between the knots; yours jumps from value to value", _jumps),
    ("All units count: `return` stands below the loop, not inside it",
     _units(lambda slopes, values: slopes[:1])),
    ("The units add up: with y = … in the loop only the last one is left", _last_unit_alone),
    ("An array like np.full(x.shape, values[0]) holds whole numbers only, where the values do: add "
     "dtype=float", _units(dtype=None)),
):  # fmt: skip
    check_polyline.mistake(_says, _answer)
families.type_of_input(
    check_polyline, "An array like np.zeros_like(x) holds whole numbers only, where x does"
)


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


def _gap(measure=lambda f, z, h: (f(z + h) - f(z - h)) / (2 * h), h=1e-5, of_all=np.max,
         miss=lambda found, said: np.abs(found - said)):  # fmt: skip
    """Right as it stands; the arguments make the mistakes."""
    return lambda f, derivative, z: of_all(miss(measure(f, z, h), derivative(z)))


def _signed(found, said):
    return found - said


def _relative(found, said):
    return np.abs(found - said) / (np.abs(found) + np.abs(said))


_BOTH_SIDES = "Go to both sides of z: f(z + h) - f(z - h), over 2h"
check_worst_gap.right(_gap())
check_worst_gap.right(_gap(of_all=lambda misses: sorted(misses.tolist())[-1]))
_UNSIGNED = "A miss may be negative: take absolute values before the largest"
for _says, _answer in (
    (_UNSIGNED, _gap(miss=_signed)),
    (f"{_UNSIGNED}, not after it", _gap(miss=_signed, of_all=lambda misses: abs(max(misses)))),
    ("This is the mean of the misses: the largest is asked", _gap(of_all=np.mean)),
    ("This is the sum of the misses: the largest is asked", _gap(of_all=np.sum)),
    ("This is the smallest miss: the largest is asked", _gap(of_all=np.min)),
    ("np.argmax says where the largest miss is: np.max says how large", _gap(of_all=np.argmax)),
    ("These are all misses: return the largest of them, one number", _gap(of_all=np.asarray)),
    (_BOTH_SIDES, _gap(lambda f, z, h: (f(z + h) - f(z)) / h)),
    (_BOTH_SIDES, _gap(lambda f, z, h: (f(z) - f(z - h)) / h)),
    ("`/ (2 * h)` needs its parentheses", _gap(lambda f, z, h: (f(z + h) - f(z - h)) / 2 * h)),
    ("The two points lie 2h apart: divide by 2h", _gap(lambda f, z, h: (f(z + h) - f(z - h)) / h)),
    ("The slope is the difference, divided by 2h", _gap(lambda f, z, h: f(z + h) - f(z - h))),
    ("f(z) + h moves the height: move z before f is taken, f(z + h)",
     _gap(lambda f, z, h: ((f(z) + h) - (f(z) - h)) / (2 * h))),
    ("The sign of the slope is wrong: f(z - h) comes second",
     _gap(lambda f, z, h: (f(z - h) - f(z + h)) / (2 * h))),
    ("Take the derivative at z itself", lambda f, derivative, z: worst_gap(
        f, lambda v: derivative(v + 1e-5), z)),
    ("`derivative` is a function: call it, derivative(z)",
     lambda f, derivative, z: np.max(np.abs((f(z + 1e-5) - f(z - 1e-5)) / 2e-5 - derivative))),
    ("Is h 1e-5? (10e-5 is ten times as large)", _gap(h=10e-5)),
    ("h is too large: 1e-5 is 0.00001", _gap(h=1e-3)),
    ("h is too large: 1e-5 is 0.00001, 1e5 is 100,000", _gap(h=1e5)),
    ("h is too small: 1e-5 is 0.00001", _gap(h=1e-6)),
    ("A miss is the plain difference, not one relative to the slopes", _gap(miss=_relative)),
    ("This is the largest slope: subtract what `derivative` says",
     _gap(miss=lambda found, said: np.abs(found))),
    ("The difference itself is taken as positive: np.abs around all of it",
     _gap(miss=lambda found, said: np.abs(found) - said)),
    ("This is the root of the sum of squares: the largest is asked", _gap(of_all=np.linalg.norm)),
    ("This is the number z where the largest miss is: the miss itself is asked",
     lambda f, derivative, z: z[_gap(of_all=np.argmax)(f, derivative, z)]),
    ("This is the square of the miss: take np.abs",
     _gap(miss=lambda found, said: (found - said) ** 2)),
    ("Subtract first, then take absolute values: the slopes themselves have signs",
     _gap(miss=lambda found, said: np.abs(np.abs(found) - np.abs(said)))),
):  # fmt: skip
    check_worst_gap.mistake(_says, _answer)

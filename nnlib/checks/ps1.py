"""Checkers for problem set 1: activation functions and their derivatives.

References stand inside the checkers, so that no cell can import one.
"""

import math

from numpy import arange, array, errstate, shape
from numpy import exp as _exp
from numpy import sin as _sin
from numpy.random import default_rng

from nnlib.checks._elementwise import _check_entrywise
from nnlib.checks._tools import (
    _agree,
    _call,
    _expect_with_hint,
    _first_that_fits,
)
from nnlib.checks.ps1_softmax import check_log_softmax, check_my_softmax

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


def check_polyline(function):
    """Check polyline(x, knots, values): a line that bends at the knots, and goes on straight."""

    def slopes(knots, values):
        return [
            (values[i + 1] - values[i]) / (knots[i + 1] - knots[i]) for i in range(len(knots) - 1)
        ]

    def value(x, knots, values):
        if x <= knots[0]:
            return values[0]
        last = max(i for i in range(len(knots) - 1) if knots[i] < x)
        return values[last] + slopes(knots, values)[last] * (x - knots[last])

    def with_slopes(x, knots, values):  # the likely mistake
        steps = zip(slopes(knots, values), knots, strict=False)
        return values[0] + sum(slope * max(x - knot, 0) for slope, knot in steps)

    rng = default_rng(11)
    for knots, values, x in [
        (arange(5.0), arange(5.0) ** 2, array([-1.0, 0.0, 0.5, 1.5, 2.5, 3.5, 4.0, 6.0])),
        (array([-2.0, 1.0, 1.5]), array([3.0, -1.0, 0.5]), rng.uniform(-4, 4, (3, 4))),
        (array([0.0, 2.0]), array([1.0, 1.0]), rng.uniform(-4, 4, 6)),
    ]:
        result = _call(function, x, knots, values)
        expected, mistaken = (
            array([f(z, knots, values) for z in x.ravel()]).reshape(x.shape)
            for f in (value, with_slopes)
        )
        hint = ""
        if _agree(result, mistaken):
            hint = "A new unit adds to the slopes of all that are on: it needs the change of slope"
        elif _agree(_call(function, x + 0.0, knots, values + 1), result):
            hint = "Left of the first knot the line has the height values[0]: that is the bias"
        elif _agree(_call(function, x.clip(knots[0], knots[-1]), knots, values), result):
            hint = "Right of the last knot the line goes on with its last slope"
        _expect_with_hint(result, expected, f"polyline(x, {knots.tolist()}, …)", hint)
    _check_whole_numbers(function)


def _check_whole_numbers(function):
    name = "polyline for the whole numbers knots = [0, 1, 2] and values = [0, 1, 4]"
    hint = "An array like np.full(x.shape, values[0]) holds whole numbers only: add dtype=float"
    try:
        result = _call(function, array([-0.5, 0.25, 1.5, 2.75]), arange(3), array([0, 1, 4]))
    except TypeError as error:
        raise AssertionError(f"{name} stopped with {error}. {hint}") from None
    _expect_with_hint(result, [0, 0.25, 2.5, 6.25], name, hint)


def check_worst_gap(function):
    """Check worst_gap(f, derivative, z): the largest miss against central differences, h = 1e-5."""

    def misses(f, derivative, z, before=1e-5, after=1e-5):
        return [(f(v + after) - f(v - before)) / (before + after) - derivative(v) for v in z]

    z = array([-1.5, -0.3, 0.4, 2.0, 5.0])
    for f, derivative in [
        (lambda v: v**2, lambda v: v),
        (lambda v: v**2, lambda v: 3 * v),
        (_sin, lambda v: 0 * v),
        (_exp, _exp),
    ]:
        gap = _call(function, f, derivative, z)
        assert gap is not None, "worst_gap(…) is None: does the function return it?"
        assert shape(gap) == (), f"worst_gap(…) has shape {shape(gap)}: one number is asked"
        signed = misses(f, derivative, z)
        sizes = [abs(miss) for miss in signed]
        likely = [
            (max(signed), "A miss may be negative: take absolute values before the largest"),
            (sum(sizes) / len(z), "This is the mean of the misses: the largest is asked"),
            (sum(sizes), "This is the sum of the misses: the largest is asked"),
            (min(sizes), "This is the smallest miss: the largest is asked"),
            (max(map(abs, misses(f, derivative, z, before=0))), "Go to both sides of z"),
            (max(abs(derivative(v)) for v in z), "`/ (2 * h)` needs its parentheses"),
            (
                max(abs(2 * miss + derivative(v)) for miss, v in zip(signed, z, strict=True)),
                "The two points lie 2h apart: divide by 2h",
            ),
        ]
        telling = [(v, say) for v, say in likely if abs(v - max(sizes)) > 1e-5]
        hint = _first_that_fits(float(gap), telling)
        if f is _exp and not hint:
            hint = "Is h 1e-5? (10e-5 is ten times as large)"
        _expect_with_hint(gap, max(sizes), "worst_gap", hint)


def check_hard_tanh(function):
    """Check hard_tanh(Z): z between -1 and 1, and -1 or 1 outside."""

    def reference(z):
        return min(max(z, -1.0), 1.0)

    _check_entrywise(
        function,
        reference,
        "hard_tanh(Z)",
        [
            (lambda z: max(z, -1.0), "Above 1 it is 1"),
            (lambda z: min(z, 1.0), "Below -1 it is -1"),
            (math.tanh, "This is tanh: hard_tanh has corners at -1 and 1"),
            (lambda z: min(max(z, 0.0), 1.0), "Between -1 and 0 it is z, not 0"),
        ],
    )


def check_hard_tanh_slope(function):
    """Check hard_tanh_slope(Z): 1 between -1 and 1, and 0 outside and at the two corners."""

    def reference(z):
        return 1.0 if -1 < z < 1 else 0.0

    _check_entrywise(
        function,
        reference,
        "hard_tanh_slope(Z)",
        [
            (lambda z: 1.0 if -1 <= z <= 1 else 0.0, "At the corners -1 and 1 themselves it is 0"),
            (lambda z: 1.0, "It is 1 everywhere: is the slope taken from the result instead of Z?"),
            (lambda z: min(max(z, -1.0), 1.0), "This is the function, not its slope"),
            (
                lambda z: 1.0 if z > 0 else 0.0,
                "This is ReLU's slope: here it is 1 from -1 on",
            ),
            (lambda z: 1.0 if z < 1 else 0.0, "Below -1 the function is flat too"),
            (lambda z: 1.0 if z > -1 else 0.0, "Above 1 the function is flat too"),
            (
                lambda z: 0.0 if -1 < z < 1 else 1.0,
                "The flat parts have slope 0, not the middle",
            ),
        ],
    )


def check_my_sigmoid(function):
    """Check my_sigmoid(Z): 1 / (1 + e^-z) for any z, without an overflow."""

    def reference(z):
        return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))

    _check_entrywise(
        function,
        reference,
        "my_sigmoid(Z)",
        [
            (lambda z: reference(-z), "This is the sigmoid of -z: look at the signs"),
            (lambda z: reference(z) * reference(-z), "This is the sigmoid's slope"),
            (lambda z: reference(abs(z)), "For z < 0 the numerator is e^z, not 1"),
            (math.tanh, "This is tanh: the sigmoid lies between 0 and 1"),
        ],
    )
    for z, why in [
        (-40.0, "1 minus a number near 1 has no digits left, so"),
        (-720.0, "an exponent of 720 overflows, also where np.errstate or np.clip hide it, so"),
    ]:
        with errstate(all="ignore"):
            found = float(_call(function, array([z]))[0])
        assert abs(found / reference(z) - 1) < 1e-6, (
            f"my_sigmoid at Z = {z:g} is {found:.3g}, expected {reference(z):.3g}: {why} use "
            "e^z, which is small, for z < 0"
        )


def check_swish(function):
    """Check swish(Z): z times the sigmoid of z."""

    def logistic(z):
        return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))

    _check_entrywise(
        function,
        lambda z: z * logistic(z),
        "swish(Z)",
        [
            (lambda z: z * logistic(-z), "This is z times the sigmoid of -z: look at the signs"),
            (lambda z: max(z, 0.0) * logistic(z), "It is not cut off: below 0 swish is negative"),
            (logistic, "This is the sigmoid: multiply it by z"),
        ],
    )


def check_swish_slope(function):
    """Check swish_slope(Z): the derivative of z times the sigmoid of z."""

    def logistic(z):
        return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))

    def reference(z):
        return logistic(z) + z * logistic(z) * logistic(-z)

    def of_result(z):
        return reference(z * logistic(z))

    product = "A product of two functions has two terms in its slope: (u v)' = u' v + u v'"
    _check_entrywise(
        function,
        reference,
        "swish_slope(Z)",
        [
            (logistic, product + ". Here is u' v alone"),
            (lambda z: z * logistic(z) * logistic(-z), product + ". Here is u v' alone"),
            (lambda z: logistic(z) * logistic(-z), product + ". Here is u' v' alone"),
            (lambda z: z * logistic(z), "This is the function, not its slope"),
            (of_result, "It is right for the result swish(z), but it is given Z itself"),
            (lambda z: logistic(z) - z * logistic(z) * logistic(-z), "Look at the sign of u v'"),
        ],
    )

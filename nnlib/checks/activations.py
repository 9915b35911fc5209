"""Checkers for page 01: functions that bend a line, and their derivatives."""

import math

from numpy import abs as _abs
from numpy import all as _all
from numpy import argwhere, array, asarray, errstate, ndindex, shape
from numpy import float32 as _float32
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks._tools import (
    _agree,
    _call,
    _expect_array,
    _expect_with_hint,
    _short,
    _slope_of,
    _softplus,
)

__all__ = ["check_elu", "check_hat", "check_leaky", "check_softplus"]


def check_hat(function):
    """Check hat(x): 0 outside 0…2, 1 at x = 1, straight between."""
    for x in (array([-3.0, 0.0, 0.5, 1.0, 1.5, 2.0, 7.0]), default_rng(2).uniform(-5, 5, (4, 3))):
        expected = array([max(0.0, 1 - abs(v - 1)) for v in x.ravel()]).reshape(x.shape)
        result = _call(function, x)
        assert result is not None, "hat(x) is None: does the function return it?"
        assert shape(result) == x.shape, (
            f"for x of shape {x.shape}, hat(x) has shape {shape(result)}: "
            "return a number for each x"
        )
        wrong = ~(_abs(asarray(result, dtype=_float64) - expected) <= 1e-6)  # NaN is wrong too
        if wrong.any():
            first = tuple(argwhere(wrong)[0])
            raise AssertionError(
                f"hat({x[first]:.4g}) should be {expected[first]:.4g}, you give "
                f"{asarray(result)[first]:.4g}. {_hat_hint(wrong, x)}"
            )


def _hat_hint(wrong, x):
    if wrong[x <= 0].any():
        return "Left of 0 every unit must still be off: each needs w1 > 0 and a kink at 0 or later"
    if wrong[x <= 1].any():
        return "From 0 to 1 only one unit may be on, and with slope 1"
    if wrong[x <= 2].any():
        return "The unit with its kink at 1 must turn the slope from 1 to -1: by how much is that?"
    return "Right of 2 the line must be flat: the slopes of the three units must add up to 0"


def check_leaky(function):
    """Check leaky(Z, slope): z for z > 0, else slope z, for any slope."""
    Z = array([[-4.0, -1.0, 0.0], [0.5, 2.0, -0.25]])
    for slope in (0.1, 0.2, 0.0, 1.0, 2.5, -0.5):
        expected = [[v if v > 0 else slope * v for v in row] for row in Z]
        result = _call(function, Z, slope)
        highest = [[max(v, slope * v) for v in row] for row in Z]
        if slope > 1 and shape(result) == Z.shape and _all(asarray(result) == array(highest)):
            raise AssertionError(
                f"with slope {slope}, leaky(-1) is {slope * -1} but you give -1: "
                "max(slope z, z) picks the wrong one of the two once the slope is above 1"
            )
        hint = ""
        if slope not in (0.1, 1.0) and _agree(result, _call(function, Z, 0.1)):
            hint = "It is the same as with slope 0.1: use the argument `slope`"
        elif _agree(result, [[v if v < 0 else slope * v for v in row] for row in Z]):
            hint = "The sides are swapped: z > 0 stays as it is, the slope is for the others"
        _expect_with_hint(result, expected, f"leaky(Z, {slope})", hint)


def check_softplus(record):
    """Check a record of softplus(z) = ln(1 + e^z) and its derivative, also inside a Dense layer."""

    def logistic(z):
        return math.exp(min(z, 0.0)) / (1 + math.exp(-abs(z)))

    _check_activation(
        record,
        _softplus,
        [
            (lambda z: logistic(-z), "This is the slope at -z: look at the signs"),
            (lambda z: logistic(z) * logistic(-z), "This is the slope of the slope: one too many"),
        ],
    )


def check_elu(record):
    """Check a record of elu(z) = z for z > 0, else e^z - 1, and its derivative, also in a layer."""

    vanishes = "For z < 0: the derivative of e^z is e^z, that of the constant -1 is 0"
    _check_activation(
        record,
        lambda z: z if z > 0 else math.expm1(z),
        [
            (lambda z: 1.0 if z > 0 else math.expm1(z), vanishes),
            (
                lambda z: 0.0 if z > 0 else math.exp(z),
                "For z > 0 the function is z: its slope is 1",
            ),
            (lambda z: z if z > 0 else math.exp(z), "For z > 0 the function is z: its slope is 1"),
            (math.exp, "For z > 0 the function is z: its slope is 1"),
        ],
    )


def _check_activation(record, reference, mistakes=()):
    """`mistakes`: wrong slopes as functions of one number, each with a hint for who gives it."""
    for part in ("function", "derivative"):
        assert callable(getattr(record, part, None)), (
            "hand over a record: ActivationFunction(name, function, derivative)"
        )
    Z = array([[-20.0, -3.0, -1.0, -0.2], [0.2, 1.0, 3.0, 20.0]])
    _check_entries(record.function, reference, Z, "the function")
    slope = _slope_of(reference)
    A = array([[reference(float(z)) for z in row] for row in Z])
    try:
        _check_entries(record.derivative, slope, Z, "the derivative")
    except NotImplementedError:
        raise AssertionError("the function is right; now its derivative") from None
    except AssertionError:
        try:
            _expect_array(_call(record.derivative, A), [[slope(z) for z in row] for row in Z], "")
        except Exception:
            pass
        else:
            raise AssertionError(
                "the derivative is right for A = f(Z), but it is given Z, as all of nnlib's are"
            ) from None
        result = _call(record.derivative, Z)
        for mistake, hint in ((reference, "This is the function, not its slope"), *mistakes):
            if _agree(result, [[mistake(float(z)) for z in row] for row in Z]):
                _expect_with_hint(
                    result, [[slope(z) for z in row] for row in Z], "the derivative", hint
                )
        raise
    _check_in_layer(record)


def _check_entries(function, reference, Z, name):
    """Compare with the reference on Z, then where e^z has no float64."""
    _expect_array(_call(function, Z), [[reference(float(z)) for z in row] for row in Z], name)
    _check_large(function, reference, array([-1e4, -800.0, 800.0, 1e4]), name)


def _check_large(function, reference, large, name):
    with errstate(over="raise", invalid="raise", divide="raise"):
        try:
            result = _call(function, large)
        except FloatingPointError as error:
            raise AssertionError(
                f"{name} fails for large numbers ({error}): an exponent became large and "
                f"positive, here {_large_exponent(function, large)}"
                f"{' (float32 cannot hold even e^89)' if large.dtype == _float32 else ''}. That "
                "must not happen, not even in a branch of np.where that is thrown away"
            ) from None
    _expect_array(result, [reference(float(z)) for z in large], f"{name} at z = {_short(large)}")


def _large_exponent(function, large):
    """Where a function overflows, in words; the caller's errstate makes it raise."""
    for z in sorted(large, key=abs, reverse=True):
        try:
            function(array([z]))
        except FloatingPointError:
            return f"{'Z' if z > 0 else '-Z'} at Z = {z:,.0f}"
    return "for several numbers at once"


def _check_in_layer(record):
    """Gradients of a network with this activation against central differences of its loss."""
    from nnlib import SGD, Dense, Sequential

    rng = default_rng(3)
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    model = Sequential([Dense(4, record), Dense(2)], dtype="float64", seed=3)
    model.build((None, 3))
    model.compile(SGD(0.1), "mean_squared_error")
    gradients = [gradient.copy() for gradient in model.loss_and_gradients(x, y)[1]]
    h = 1e-5
    for name, parameter, gradient in zip(
        ("dW1", "db1", "dW2", "db2"), model.parameters, gradients, strict=True
    ):
        expected = array(gradient)
        for i in ndindex(parameter.shape):
            kept = parameter[i]
            parameter[i] = kept + h
            above = model.loss_and_gradients(x, y)[0]
            parameter[i] = kept - h
            below = model.loss_and_gradients(x, y)[0]
            parameter[i] = kept
            expected[i] = (above - below) / (2 * h)
        _expect_array(gradient, expected, f"in a Dense layer, {name}")

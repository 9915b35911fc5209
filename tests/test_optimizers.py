"""Optimizers: one step against the formula, in place, in the dtype of the weights."""

import numpy as np
import pytest

from nnlib import SGD, optimizers
from nnlib.optimizers import momentum_update, sgd_update

GRADIENTS = [np.array([1.0, -2.0]), np.array([0.5, 0.5]), np.array([-1.0, 3.0])]


def run(optimizer, gradients=GRADIENTS):
    w = np.array([1.0, 2.0])
    for g in gradients:
        optimizer.apply([g], [w])
    return w


def test_plain_steps_are_the_formula():
    expected = np.array([1.0, 2.0]) - 0.1 * sum(GRADIENTS)
    np.testing.assert_allclose(run(SGD(0.1)), expected, rtol=1e-15)


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_is_the_formula(nesterov):
    w, v = np.array([1.0, 2.0]), np.zeros(2)
    for g in GRADIENTS:
        v = 0.9 * v - 0.1 * g
        w = w + (0.9 * v - 0.1 * g if nesterov else v)
    np.testing.assert_allclose(run(SGD(0.1, momentum=0.9, nesterov=nesterov)), w, rtol=1e-14)


def test_momentum_as_an_average_is_classical_momentum_at_another_rate():
    """v = 0.9 v + 0.1 g at rate 4 is classical momentum 0.9 at rate 4 (1 - 0.9) = 0.4."""
    w, v = np.array([1.0, 2.0]), np.zeros(2)
    for g in GRADIENTS:
        v = 0.9 * v + 0.1 * g
        w = w - 4 * v
    np.testing.assert_allclose(run(SGD(0.4, momentum=0.9)), w, rtol=1e-14)


def test_updates_are_in_place_and_leave_the_gradient_alone():
    w, v, g = np.ones(2), np.zeros(2), np.array([1.0, -1.0])
    sgd_update(w, g, 0.5)
    np.testing.assert_array_equal(w, [0.5, 1.5])
    momentum_update(w, v, g, 0.5, 0.9)
    np.testing.assert_array_equal(v, [-0.5, 0.5])
    np.testing.assert_array_equal(w, [0.0, 2.0])
    np.testing.assert_array_equal(g, [1, -1])


@pytest.mark.parametrize("settings", [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}])
def test_float32_weights_stay_float32(settings):
    optimizer = SGD(np.float64(0.1), **settings)
    w = np.ones(3, np.float32)
    optimizer.apply([np.ones(3, np.float32)], [w])
    assert w.dtype == np.float32
    assert type(optimizer.learning_rate) is float
    for velocity in optimizer.velocities or []:
        assert velocity.dtype == np.float32


def test_each_parameter_has_its_own_velocity():
    optimizer, w = SGD(0.1, momentum=0.9), [np.zeros(2), np.zeros((2, 3))]
    optimizer.apply([np.ones(2), 2 * np.ones((2, 3))], w)
    optimizer.apply([np.zeros(2), np.zeros((2, 3))], w)
    np.testing.assert_allclose(w[0], -0.19)
    np.testing.assert_allclose(w[1], -0.38)


def test_an_optimizer_serves_one_model():
    optimizer = SGD(0.1, momentum=0.9)
    optimizer.apply([np.ones(2)], [np.ones(2)])
    with pytest.raises(ValueError, match="give each model its own"):
        optimizer.apply([np.ones(3)], [np.ones(3)])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"learning_rate": 0}, "learning_rate must be a number above 0"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": float("inf")}, "learning_rate"),
        ({"momentum": 1}, "momentum must be at least 0 and below 1"),
        ({"momentum": -0.1}, "momentum"),
        ({"nesterov": True}, "needs a momentum"),
    ],
)
def test_settings_out_of_range_are_errors(settings, message):
    with pytest.raises(ValueError, match=message):
        SGD(**settings)


def test_get():
    optimizer = SGD(0.5)
    assert optimizers.get(optimizer) is optimizer
    assert optimizers.get("sgd").learning_rate == 0.01
    with pytest.raises(ValueError, match="Did you mean 'sgd'"):
        optimizers.get("sdg")
    with pytest.raises(TypeError, match="optimizer must be a name"):
        optimizers.get(SGD)
    assert repr(optimizer) == "SGD(learning_rate=0.5, momentum=0)"

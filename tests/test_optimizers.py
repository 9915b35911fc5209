"""Optimizers: one step against the formula, in place, in the dtype of the weights."""

import numpy as np
import pytest

from nnlib import SGD, Adam, RMSprop, optimizers
from nnlib.optimizers import momentum_update, sgd_update
from nnlib.schedules import PolynomialDecay

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


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (SGD, {}),
        (SGD, {"momentum": np.float64(0.9)}),
        (SGD, {"momentum": 0.9, "nesterov": True}),
        (RMSprop, {"rho": np.float64(0.9)}),
        (Adam, {"beta_1": np.float64(0.9)}),
    ],
)
def test_float32_weights_stay_float32(kind, settings):
    optimizer = kind(np.float64(0.1), **settings)
    w = np.ones(3, np.float32)
    optimizer.apply([np.ones(3, np.float32)], [w])
    assert w.dtype == np.float32
    assert type(optimizer.learning_rate) is float
    assert all(array.dtype == np.float32 for arrays in optimizer.memory for array in arrays)


def test_each_parameter_has_its_own_velocity():
    optimizer, w = SGD(0.1, momentum=0.9), [np.zeros(2), np.zeros((2, 3))]
    optimizer.apply([np.ones(2), 2 * np.ones((2, 3))], w)
    optimizer.apply([np.zeros(2), np.zeros((2, 3))], w)
    np.testing.assert_allclose(w[0], -0.19)
    np.testing.assert_allclose(w[1], -0.38)


def test_rmsprop_is_the_formula():
    w, v = np.array([1.0, 2.0]), np.zeros(2)
    for g in GRADIENTS:
        v = 0.9 * v + 0.1 * g**2
        w = w - 0.01 * g / np.sqrt(v + 1e-7)
    np.testing.assert_allclose(run(RMSprop(0.01)), w, rtol=1e-14)


def test_adam_is_the_formula_of_the_paper():
    """Algorithm 1 with bias-corrected means; its ε is ours divided by sqrt(1 - β₂^t)."""
    w, m, v = np.array([1.0, 2.0]), np.zeros(2), np.zeros(2)
    for t, g in enumerate(GRADIENTS, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        epsilon = 1e-7 / np.sqrt(1 - 0.999**t)
        w = w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + epsilon)
    np.testing.assert_allclose(run(Adam(0.01)), w, rtol=1e-14)


def test_the_first_step_of_adam_has_the_size_of_the_learning_rate():
    w = np.zeros(3)
    Adam(0.01).apply([np.array([1e-3, -5.0, 1e4])], [w])
    np.testing.assert_allclose(w, [-0.01, 0.01, -0.01], rtol=0.01)


def test_a_schedule_is_asked_at_every_step():
    decay = PolynomialDecay(0.4, decay_steps=4, end_learning_rate=0.2)
    rates = [decay(step) for step in range(6)]
    np.testing.assert_allclose(rates, [0.4, 0.35, 0.3, 0.25, 0.2, 0.2])
    np.testing.assert_allclose(PolynomialDecay(1, 4, 0, power=2)(1), 0.5625)
    optimizer = SGD(decay)
    expected = np.array([1.0, 2.0]) - sum(
        rate * g for rate, g in zip(rates, GRADIENTS, strict=False)
    )
    np.testing.assert_allclose(run(optimizer), expected)
    assert optimizer.iterations == 3


@pytest.mark.parametrize("arguments", [(0, 10), (0.1, 0), (0.1, 10, -1)])
def test_schedules_out_of_range_are_errors(arguments):
    with pytest.raises(ValueError, match=r"above 0|1 or more|at least 0"):
        PolynomialDecay(*arguments)


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


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (RMSprop, {"rho": 1}),
        (RMSprop, {"epsilon": 0}),
        (Adam, {"beta_2": -1}),
        (Adam, {"epsilon": 0}),
    ],
)
def test_settings_of_the_others_out_of_range(kind, settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        kind(**settings)


def test_an_optimizer_without_an_update_says_so():
    with pytest.raises(NotImplementedError):
        optimizers.Optimizer(0.1).apply([np.ones(2)], [np.ones(2)])


def test_get():
    optimizer = SGD(0.5)
    assert optimizers.get(optimizer) is optimizer
    assert optimizers.get("sgd").learning_rate == 0.01
    with pytest.raises(ValueError, match="Did you mean 'sgd'"):
        optimizers.get("sdg")
    with pytest.raises(TypeError, match=r"write SGD\(\)"):
        optimizers.get(SGD)
    assert isinstance(optimizers.get("adam"), Adam) and isinstance(
        optimizers.get("rmsprop"), RMSprop
    )
    assert repr(optimizer) == "SGD(learning_rate=0.5, momentum=0.0)"
    assert repr(Adam()) == "Adam(learning_rate=0.001)"
    assert repr(RMSprop()) == "RMSprop(learning_rate=0.001, rho=0.9)"

"""The judge of gradients is judged itself."""

import numpy as np
import pytest

from nnlib import Dense, Input, Sequential
from nnlib.activations import ActivationFunction, relu
from nnlib.gradient_check import check_gradients, numerical_gradient, relative_error


def test_numerical_gradient_of_a_known_function():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    kept = x.copy()
    gradient = numerical_gradient(lambda x: (x**3).sum() + x[0, 0] * x[1, 1], x)
    expected = 3 * x**2 + [[3.0, 0], [0, 1.0]]
    np.testing.assert_allclose(gradient, expected, rtol=1e-8)
    np.testing.assert_array_equal(x, kept)


def test_numerical_gradient_takes_whole_numbers_lists_and_single_numbers():
    np.testing.assert_allclose(numerical_gradient(lambda x: (x**2).sum(), [1, 2]), [2, 4])
    assert numerical_gradient(lambda x: x**2, 3) == pytest.approx(6)
    few_bits = np.array([100], dtype=np.int8)
    np.testing.assert_allclose(numerical_gradient(lambda x: (x**2).sum(), few_bits), [200])


def test_numerical_gradient_needs_one_number_of_its_function():
    for f in (lambda x: x, lambda x: None, lambda x: "1"):
        with pytest.raises(ValueError, match=r"^f must return one number, but it returned "):
            numerical_gradient(f, [1.0, 2.0])


def test_numerical_gradient_keeps_float32():
    x = np.array([1.0], np.float32)
    assert numerical_gradient(lambda x: x[0] ** 2, x, h=1e-2).dtype == np.float32


def test_the_nudge_matters():
    error = {
        h: abs(numerical_gradient(lambda x: np.exp(x), 1.0, h) - np.e) for h in (1e-1, 1e-5, 1e-12)
    }
    assert error[1e-5] < 1e-9 < error[1e-12] < error[1e-1]


def test_relative_error():
    assert relative_error([3.0, 4.0], [3.0, 4.0]) == 0
    assert relative_error([0.0], [0.0]) == 0
    assert relative_error([1.0], [-1.0]) == 1
    assert relative_error([1.0], [1.1]) == pytest.approx(0.1 / 2.1)
    assert relative_error([1e-9], [-1e-9]) == 1
    for size in (1e200, 1.7e308, 1e-200, 5e-324):  # whose squares are infinite, or zero
        assert relative_error([size, 0.0], [size, 0.0]) == 0
        assert relative_error([size], [-size]) == 1
        assert relative_error([size], [0.0]) == 1
    assert relative_error(np.float32([3e38]), np.float32([-3e38])) == 1
    assert relative_error([1e200], [1.001e200]) == pytest.approx(0.001 / 2.001, rel=1e-9)
    for unknown in (np.nan, np.inf):  # max() over several errors must not lose it
        assert relative_error([unknown, 1.0], [1.0, 1.0]) == np.inf
        assert relative_error([unknown], [unknown]) == np.inf
    with pytest.raises(ValueError, match="expects a, b of one shape, but got"):
        relative_error(np.ones(2), np.ones((2, 1)))
    for arguments, name in ((("x", [1.0]), "a"), (([1.0], "x"), "b")):
        with pytest.raises(ValueError, match=f"^{name} must hold numbers, got text"):
            relative_error(*arguments)


def model_of(activation, dtype="float64"):
    model = Sequential([Input((3,)), Dense(4, activation), Dense(2)], dtype=dtype, seed=0)
    model.compile("sgd", "mse")
    return model


DATA = np.random.default_rng(0).normal(size=(6, 5))


def test_check_gradients_passes_a_right_gradient_and_leaves_the_weights():
    model = model_of("tanh")
    before = model.get_weights()
    errors = check_gradients(model, DATA[:, :3], DATA[:, 3:])
    assert list(errors) == ["W1", "b1", "W2", "b2"]
    assert max(errors.values()) < 1e-8
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_check_gradients_catches_a_wrong_one():
    always_one = ActivationFunction("relu with slope 1", relu, np.ones_like)
    errors = check_gradients(model_of(always_one), DATA[:, :3], DATA[:, 3:])
    assert errors["W1"] > 1e-2 and errors["b1"] > 1e-2
    assert errors["W2"] < 1e-8 and errors["b2"] < 1e-8


def test_check_gradients_nudges_by_h():
    small, large = (
        check_gradients(model_of("tanh"), DATA[:, :3], DATA[:, 3:], h) for h in (1e-5, 1)
    )
    assert max(small.values()) < 1e-8
    assert min(large["W1"], large["b1"]) > 0.1  # curved: a wide nudge misses the slope


def test_check_gradients_needs_float64():
    message = (
        "^a gradient check needs float64, but the model computes in float32: "
        r'make it with Sequential\(…, dtype="float64"\)$'
    )
    with pytest.raises(TypeError, match=r"^expected a model, got 'tanh'$"):
        check_gradients("tanh", DATA[:, :3], DATA[:, 3:])
    with pytest.raises(ValueError, match=message):
        check_gradients(model_of("tanh", "float32"), DATA[:, :3], DATA[:, 3:])

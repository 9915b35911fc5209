"""Activation functions: worked numbers, derivatives against central differences, stability."""

import numpy as np
import pytest

from nnlib import activations
from nnlib.activations import (
    ActivationFunction,
    leaky_relu,
    leaky_relu_derivative,
    linear,
    linear_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_derivative,
    tanh,
    tanh_derivative,
)

ELEMENTWISE = {
    "linear": (linear, linear_derivative),
    "sigmoid": (sigmoid, sigmoid_derivative),
    "tanh": (tanh, tanh_derivative),
    "relu": (relu, relu_derivative),
    "leaky_relu": (leaky_relu, leaky_relu_derivative),
}
elementwise = pytest.mark.parametrize(
    ("function", "derivative"), ELEMENTWISE.values(), ids=ELEMENTWISE
)
FAR = [-1e4, -710, -89, -45, -1, -1e-3, 0, 1e-3, 1, 45, 89, 710, 1e4]


@pytest.mark.parametrize(
    ("function", "z", "expected"),
    [
        (linear, [-2.0, 3.0], [-2.0, 3.0]),
        (sigmoid, [0.0, np.log(3.0), -np.log(3.0)], [0.5, 0.75, 0.25]),
        (tanh, [0.0, np.log(2.0)], [0.0, 0.6]),
        (relu, [-2.0, 0.0, 3.0], [0.0, 0.0, 3.0]),
        (leaky_relu, [-2.0, 0.0, 3.0], [-0.4, 0.0, 3.0]),
        (linear_derivative, [-2.0, 3.0], [1.0, 1.0]),
        (sigmoid_derivative, [0.0, np.log(3.0)], [0.25, 0.1875]),
        (tanh_derivative, [0.0, np.log(2.0)], [1.0, 0.64]),
        (relu_derivative, [-2.0, 0.0, 3.0], [0.0, 0.0, 1.0]),
        (leaky_relu_derivative, [-2.0, 0.0, 3.0], [0.2, 0.2, 1.0]),
    ],
)
def test_worked_numbers(function, z, expected):
    np.testing.assert_allclose(function(np.array(z)), expected, rtol=1e-15)


@elementwise
def test_derivative_agrees_with_central_differences(function, derivative):
    Z = np.array([[-7.3, -2.0, -0.4], [0.3, 1.7, 6.1]])
    h = 1e-6
    slope = (function(Z + h) - function(Z - h)) / (2 * h)
    np.testing.assert_allclose(derivative(Z), slope, rtol=1e-6, atol=1e-9)


@elementwise
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_from_zero_nothing_overflows_and_the_dtype_stays(function, derivative, dtype):
    Z = np.array(FAR, dtype=dtype)
    kept = Z.copy()
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        for values in (function(Z), derivative(Z)):
            assert np.isfinite(values).all()
            assert values.dtype == dtype
            assert values.shape == Z.shape
    assert (Z == kept).all(), "the input was changed"


def test_sigmoid_keeps_its_digits_where_the_textbook_form_has_none():
    Z = np.array([-89, -45], dtype=np.float32)
    digits = np.exp([-89.0, -45.0])
    for values in (sigmoid(Z), sigmoid_derivative(Z), sigmoid_derivative(-Z)):
        np.testing.assert_allclose(values, digits, rtol=1e-5)  # approx would take 0 for them


def test_slope_of_tanh_keeps_its_digits_where_tanh_is_rounded_to_1():
    Z = np.array([9, 10, -9, -10], dtype=np.float32)
    expected = [6.0919917e-08, 8.2446145e-09] * 2  # 1 / cosh²
    np.testing.assert_allclose(tanh_derivative(Z), expected, rtol=1e-5)
    Z = np.linspace(-3, 3, 61)
    np.testing.assert_allclose(tanh_derivative(Z), 1 - np.tanh(Z) ** 2, rtol=1e-13)


@pytest.mark.parametrize("slope", [0.1, 0.2, 1.5])
def test_leaky_relu_takes_any_slope(slope):
    Z = np.array([-2.0, 0.5])
    np.testing.assert_allclose(leaky_relu(Z, negative_slope=slope), [-2 * slope, 0.5])
    np.testing.assert_allclose(leaky_relu_derivative(Z, negative_slope=slope), [slope, 1])


def test_softmax_of_the_published_example():
    z = np.array([8.97399717, -4.76946857, -5.33537056])
    np.testing.assert_allclose(np.exp(z), [7895.0967, 8.4848881e-03, 4.8181244e-03], rtol=1e-7)
    expected = [9.99998315e-01, 1.07470170e-06, 6.10266912e-07]
    np.testing.assert_allclose(softmax(z), expected, rtol=1e-8)
    np.testing.assert_allclose(softmax(z[None, :]), [expected], rtol=1e-8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_is_stable_and_treats_each_row_by_itself(dtype):
    Z = np.array([[1e4, 0, -1e4], [-1e4, -1e4, -1e4], [710, 0, 0], [-110, -111, -112]], dtype)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        A = softmax(Z)
        J = softmax_derivative(Z)
    assert A.dtype == J.dtype == dtype
    np.testing.assert_allclose(A.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(A[1], 1 / 3, rtol=1e-6)
    for row, a in zip(Z, A, strict=True):
        np.testing.assert_array_equal(softmax(row), a)


def test_softmax_derivative_is_the_jacobian_of_each_row():
    Z = np.array([[0.3, -1.2, 2.0], [1.0, 1.0, -4.0]])
    h = 1e-6
    for j in range(3):
        step = h * np.eye(3)[j]
        slope = (softmax(Z + step) - softmax(Z - step)) / (2 * h)
        np.testing.assert_allclose(softmax_derivative(Z)[:, :, j], slope, atol=1e-9)
    assert softmax_derivative(Z[0]).shape == (3, 3)


def test_get_finds_by_name_and_passes_records_through():
    for name, (function, derivative) in ELEMENTWISE.items():
        record = activations.get(name)
        assert (record.name, record.function, record.derivative) == (name, function, derivative)
        assert activations.get(record) is record
    assert activations.get(None).name == "linear"
    assert activations.get("softmax").derivative is None
    np.testing.assert_array_equal(activations.get("relu")(np.array([-1.0, 2.0])), [0, 2])


@pytest.mark.parametrize(
    ("identifier", "error", "message"),
    [
        ("rely", ValueError, "Did you mean 'relu'"),
        ("ReLU", ValueError, "Did you mean 'relu'"),
        ("xyz", ValueError, "unknown activation 'xyz'. Known: linear, sigmoid, tanh"),
        (3, TypeError, "activation must be a name"),
        (
            np.tanh,
            TypeError,
            "^an activation is a name or an ActivationFunction, got <ufunc 'tanh'>: "
            r"write ActivationFunction\(name, function, derivative\)$",
        ),
    ],
)
def test_get_says_what_is_wrong(identifier, error, message):
    with pytest.raises(error, match=message):
        activations.get(identifier)


def test_a_record_of_ones_own():
    record = ActivationFunction("cube", lambda Z: Z**3, lambda Z: 3 * Z**2)
    assert activations.get(record)(np.array([2.0])) == 8


def test_a_record_takes_functions_only():
    for settings, name in ((("cube", 3, None), "function"), (("cube", np.tanh, 3), "derivative")):
        with pytest.raises(TypeError, match=f"^{name} must be a function, got 3$"):
            ActivationFunction(*settings)
    assert ActivationFunction("bend", np.tanh, None).derivative is None

"""Every number of a published walk through a two-layer network, recomputed with this package.

Okan Yenigün, Building a Neural Network from Scratch in Python: A Step-by-Step Guide (2023). It
drops the factor 2 of the squared error, sums the weights' gradients, averages the biases', and
passes the gradient on through weights that it has changed: its own numbers stand here too.
"""

import numpy as np
import pytest
from test_layers import DIFFERENCE, W1, W2, Z1, X, b1, b2

from nnlib import SGD, Dense, Input, Sequential
from nnlib.activations import relu, relu_derivative
from nnlib.gradient_check import check_gradients, numerical_gradient
from nnlib.layers import dense_backward, dense_forward
from nnlib.losses import mean_squared_error, mean_squared_error_gradient

Y = np.array([[9.0], [13], [5], [-2], [-1]])
A1 = relu(Z1)
OUTPUT = dense_forward(A1, W2, b2)
PASSED_BACK = [[-0.032, -0.008], [-0.384, -0.096], [-0.4, -0.1], [2.4, 0.6], [2.3456, 0.5864]]
GRADIENTS = [[-6.01472, -1.50368]], [0.77184, 0.19296], [[-3.258464], [0.85184]], [3.9296]
STEPPED = (
    [[0.730601472, 0.200150368]],
    [3.999922816, 1.999980704],
    [[0.4003258464], [0.099914816]],
    [3.99960704],
)
PUBLISHED_RATE = 2.1e-4  # the one that gives its printed W2, not the 1e-4 that it shows


def walk_model():
    model = Sequential([Input((1,)), Dense(2, "relu"), Dense(1)], dtype="float64")
    model.set_weights([W1, b1, W2, b2])
    model.compile(SGD(1e-4), "mean_squared_error")
    return model


def assert_equal(results, expected, rtol=1e-12):
    for result, value in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, value, rtol=rtol, atol=1e-15)


def test_forward_pass_and_loss():
    np.testing.assert_allclose(OUTPUT - Y, DIFFERENCE, rtol=1e-12)
    squares = [[0.0064], [0.9216], [1], [36], [34.386496]]
    np.testing.assert_allclose((OUTPUT - Y) ** 2, squares, rtol=1e-12)
    assert mean_squared_error(Y, OUTPUT) == pytest.approx(14.4628992, rel=1e-12)


def test_gradient_passed_back_and_masked():
    dZ1 = dense_backward(DIFFERENCE, A1, W2)[0] * relu_derivative(Z1)
    expected = np.array(PASSED_BACK)
    expected[2:4] = 0
    np.testing.assert_allclose(dZ1, expected, rtol=1e-12)


def gradients_by_function():
    dA1, dW2, db2 = dense_backward(mean_squared_error_gradient(Y, OUTPUT), A1, W2)
    _, dW1, db1 = dense_backward(dA1 * relu_derivative(Z1), X, W1, input_gradient=False)
    return dW1, db1, dW2, db2


def test_gradients_of_the_mean_squared_error_by_function_and_by_network():
    assert_equal(gradients_by_function(), GRADIENTS)
    loss, gradients = walk_model().loss_and_gradients(X, Y)
    assert loss == pytest.approx(14.4628992, rel=1e-12)
    assert_equal(gradients, GRADIENTS)


def test_gradients_agree_with_central_differences():
    assert max(check_gradients(walk_model(), X, Y).values()) < 1e-8

    def loss(W):
        return mean_squared_error(Y, dense_forward(A1, W, b2))

    np.testing.assert_allclose(numerical_gradient(loss, W2), GRADIENTS[2], rtol=1e-8)


def test_one_step_of_rate_1e_4():
    weights = W1, b1, W2, b2
    stepped = [w - 1e-4 * g for w, g in zip(weights, gradients_by_function(), strict=True)]
    assert_equal(stepped, STEPPED)
    model = walk_model()
    assert model.train_step(X, Y)["loss"] == pytest.approx(14.4628992, rel=1e-12)
    assert_equal(model.get_weights(), STEPPED)
    assert model.evaluate(X, Y) == pytest.approx(14.4563379, abs=5e-8)


def test_the_numbers_that_the_tutorial_prints():
    _, dW2, db2 = dense_backward(DIFFERENCE, A1, W2)  # sums, and no factor 2
    changed = W2 - PUBLISHED_RATE * dW2
    np.testing.assert_allclose(changed, [[0.40171069], [0.09955278]], atol=5e-9)
    assert db2 / 5 == pytest.approx(1.9648, rel=1e-12)  # its biases get the mean
    through_changed, _, _ = dense_backward(DIFFERENCE, A1, changed)
    assert through_changed[0, 0] == pytest.approx(-0.03213686, abs=5e-9)
    assert dense_backward(DIFFERENCE, A1, W2)[0][0, 0] == pytest.approx(-0.032, rel=1e-12)
    shown = W2 - 1e-4 * dW2  # with the rate that it shows
    assert np.abs(shown - [[0.40171069], [0.09955278]]).min() > 1e-4

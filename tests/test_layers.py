"""The dense layer: worked numbers, gradients against central differences, clear errors."""

import numpy as np
import pytest

from nnlib import Dense, Input, layers
from nnlib.gradient_check import numerical_gradient, relative_error
from nnlib.layers import dense_backward, dense_forward

# The two-layer walk of a published tutorial (Okan Yenigün, 2023).
X = np.array([[10.0], [20], [-20], [-40], [-3]])
W1, b1 = np.array([[0.73, 0.2]]), np.array([4.0, 2])
W2, b2 = np.array([[0.4], [0.1]]), np.array([4.0])
Z1 = np.array([[11.3, 4], [18.6, 6], [-10.6, -2], [-25.2, -6], [1.81, 1.4]])
DIFFERENCE = np.array([[-0.08], [-0.96], [-1], [6], [5.864]])  # output minus target


def test_dense_forward_on_the_published_walk():
    np.testing.assert_allclose(dense_forward(X, W1, b1), Z1, rtol=1e-14)
    A1 = np.maximum(Z1, 0)
    output = [[8.92], [12.04], [4], [4], [4.864]]
    np.testing.assert_allclose(dense_forward(A1, W2, b2), output, rtol=1e-14)


def test_dense_backward_on_the_published_walk():
    A1 = np.maximum(Z1, 0)
    dA1, dW2, db2 = dense_backward(DIFFERENCE, A1, W2)
    np.testing.assert_allclose(dW2, [[-8.14616], [2.1296]], rtol=1e-12)
    np.testing.assert_allclose(db2 / 5, [1.9648], rtol=1e-12)
    np.testing.assert_allclose(
        dA1,
        [[-0.032, -0.008], [-0.384, -0.096], [-0.4, -0.1], [2.4, 0.6], [2.3456, 0.5864]],
        rtol=1e-12,
    )
    dX, dW1, db1 = dense_backward(dA1 * (Z1 > 0), X, W1)
    np.testing.assert_allclose(dW1, [[-15.0368, -3.7592]], rtol=1e-12)
    np.testing.assert_allclose(db1 / 5, [0.38592, 0.09648], rtol=1e-12)
    assert dX.shape == X.shape


def test_dense_backward_agrees_with_central_differences_and_changes_nothing():
    rng = np.random.default_rng(0)
    x, W, b, G = (rng.normal(size=s) for s in ((5, 3), (3, 2), (2,), (5, 2)))
    inputs = [array.copy() for array in (x, W, G)]
    dX, dW, db = dense_backward(G, x, W)
    for before, after in zip(inputs, (x, W, G), strict=True):
        np.testing.assert_array_equal(before, after)

    def weighted(x=x, W=W, b=b):  # a loss whose gradient with respect to Z is G
        return (dense_forward(x, W, b) * G).sum()

    assert relative_error(dX, numerical_gradient(lambda v: weighted(x=v), x)) < 1e-9
    assert relative_error(dW, numerical_gradient(lambda v: weighted(W=v), W)) < 1e-9
    assert relative_error(db, numerical_gradient(lambda v: weighted(b=v), b)) < 1e-9


def test_dense_backward_can_leave_the_input_gradient_out():
    dX, dW, db = dense_backward(DIFFERENCE, np.maximum(Z1, 0), W2, input_gradient=False)
    assert dX is None
    assert (dW.shape, db.shape) == ((2, 1), (1,))
    layer = Dense(1)
    layer.build(2, np.random.default_rng(0), "float64")
    layer.forward(np.maximum(Z1, 0))
    layer.input_gradient = False
    assert layer.backward(DIFFERENCE) is None
    np.testing.assert_array_equal(layer.dW, dW)


def test_dense_holds_the_arrays_and_calls_the_functions():
    layer = Dense(2, "relu")
    layer.build(1, np.random.default_rng(0), "float64")
    layer.W[...], layer.b[...] = W1, b1
    A = layer.forward(X)
    np.testing.assert_allclose(layer.Z, Z1)
    np.testing.assert_array_equal(A, np.maximum(layer.Z, 0))
    np.testing.assert_array_equal(layer(X), A)
    dX = layer.backward_preactivation(np.ones((5, 2)))
    np.testing.assert_allclose(dX, np.full((5, 1), 0.93))
    np.testing.assert_allclose(layer.dW, [[-33, -33]])
    np.testing.assert_allclose(layer.db, [5, 5])
    assert layer.count_params() == 4


def test_calling_a_layer_remembers_nothing():
    layer = Dense(2)
    layer.build(1, np.random.default_rng(0))
    layer(X)
    assert layer.X is None and layer.Z is None


def test_build_draws_in_the_dtype_asked_for():
    layer = Dense(4, kernel_initializer="he_normal")
    layer.build(3, np.random.default_rng(0))
    assert (layer.W.shape, layer.b.shape) == ((3, 4), (4,))
    assert layer.W.dtype == layer.b.dtype == np.float32
    assert (layer.b == 0).all() and (layer.W != 0).all()


def test_biases_are_drawn_too_where_that_is_asked_for():
    layer = Dense(4, bias_initializer="he_normal")
    layer.build(3, np.random.default_rng(0), "float64")
    assert layer.b.shape == (4,) and layer.b.dtype == np.float64
    assert (layer.b != 0).all()


def test_biases_start_where_they_are_told_to_and_are_never_whole_numbers():
    layer = Dense(2, bias_initializer=lambda shape, rng: np.ones(shape, dtype=int))
    layer.build(3, np.random.default_rng(0))
    layer.b += 0.5  # integer biases would refuse, or lose, this
    np.testing.assert_array_equal(layer.b, [1.5, 1.5])


def test_forward_keeps_float32():
    layer = Dense(3, "sigmoid")
    layer.build(2, np.random.default_rng(0))
    A = layer.forward(np.ones((4, 2), np.float32))
    layer.backward(A)
    assert A.dtype == layer.dW.dtype == layer.db.dtype == np.float32


@pytest.mark.parametrize("units", [0, -1, 2.5, "3", None, True])
def test_units_must_be_a_whole_number(units):
    with pytest.raises(ValueError, match="whole number of units"):
        Dense(units)


@pytest.mark.parametrize("shape", [4, (0,), (2.5,), (), (4, 4), None])
def test_input_shape_must_be_one_whole_number(shape):
    with pytest.raises(ValueError, match=r"as \(4,\)"):
        Input(shape)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((784, 128)), r"Dense\(64\) expects 784 features but got X with shape \(784, 128\)"
         r": did you pass X.T\?"),
        (np.ones((5, 3)), r"expects 784 features but got X with shape \(5, 3\)$"),
        (np.ones(784), r"\(784,\): for a single sample, did you mean X\[None, :\]\?$"),
        (np.ones((2, 28, 28)), r"\(2, 28, 28\): X needs two axes, \(samples, features\)$"),
        (np.ones(5), r"\(5,\): X needs two axes"),
    ],
)  # fmt: skip
def test_wrong_input_is_an_error_that_names_the_fix(x, message):
    layer = Dense(64)
    layer.build(784, np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        layer(x)


def test_one_feature_is_no_plural():
    layer = Dense(2)
    layer.build(1, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"expects 1 feature but got X with shape \(1, 5\): did"):
        layer(np.ones((1, 5)))


def test_a_layer_without_weights_says_so():
    message = (
        r"^Dense\(2, activation='linear'\) has no weights yet: call build\(n_features, rng\), "
        "or put it in a Sequential, which builds its layers on an Input or on the first data$"
    )
    for use in (Dense(2), Dense(2).forward):
        with pytest.raises(ValueError, match=message):
            use(X)
    with pytest.raises(ValueError, match=r"has no weights yet, so they cannot be counted$"):
        Dense(2).count_params()


def test_a_layer_that_has_seen_no_batch_has_no_gradient():
    layer = Dense(2)
    layer.build(1, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"seen no batch yet: call forward\(X\) before backward$"):
        layer.backward(np.ones((5, 2)))


@pytest.mark.parametrize("n_features", [0, 2.5, None, True])
def test_the_width_of_the_input_must_be_a_whole_number(n_features):
    with pytest.raises(ValueError, match=r"^n_features must be a whole number, 1 or more, got "):
        Dense(2).build(n_features, np.random.default_rng(0))


def test_an_initializer_of_the_wrong_shape_is_named_before_anything_is_set():
    layer = Dense(2, kernel_initializer=lambda shape, rng: np.zeros(shape[::-1]))
    message = (
        r"^Dense\(2, activation='linear'\) needs starting values of shape \(3, 2\), "
        r"but its initializer gave \(2, 3\)$"
    )
    with pytest.raises(ValueError, match=message):
        layer.build(3, np.random.default_rng(0))
    assert layer.W is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_initializer_that_gives_nan_or_infinity_is_named(value):
    layer = Dense(2, bias_initializer=lambda shape, rng: np.full(shape, value))
    with pytest.raises(
        ValueError, match=r"^an initializer of Dense\(2, .+\) gave NaN or infinity$"
    ):
        layer.build(3, np.random.default_rng(0))
    assert layer.W is None and layer.b is None


def test_what_a_layer_prints_as():
    assert repr(Dense(3, "relu")) == "Dense(3, activation='relu')"
    assert repr(Input((4,))) == "Input((4,))"
    assert layers.Dense is Dense

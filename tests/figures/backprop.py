"""Page 04: wrong gradients and step sizes over many draws, and a slope of 1 on the digits."""

import numpy as np

from figures import figure
from nnlib import ActivationFunction, Dense, Input, Sequential, datasets
from nnlib.activations import relu, relu_derivative, tanh, tanh_derivative
from nnlib.gradient_check import numerical_gradient, relative_error
from nnlib.layers import dense_backward, dense_forward
from nnlib.losses import mean_squared_error, mean_squared_error_gradient
from nnlib.optimizers import SGD

PAGE = "04_backprop"
FIRST_LAYER = ("ReLU's slope always 1", "mask of dA", "V for V.T", "V updated too early")
WRONG = {  # what each mistake spoils: W1, b1, W2, b2
    "none": (),
    "1/n forgotten": (0, 1, 2, 3),
    "factor 2 dropped": (0, 1, 2, 3),
    "biases averaged": (1, 3),
    **dict.fromkeys(FIRST_LAYER, (0, 1)),
}


@figure(PAGE, "50,890 parameters, and would need 101,780 passes", quick=True)
def passes_for_one_step():
    network = Sequential([Input((784,)), Dense(64, "relu"), Dense(10, "softmax")])
    return network.count_params(), 2 * network.count_params()


def backward_with(mistake, x, y, parameters):
    """The page's backward pass of a network with 3 inputs, 3 units and 3 outputs."""
    U, c, V, d = parameters
    Z = dense_forward(x, U, c)
    dZ_top = mean_squared_error_gradient(y, dense_forward(relu(Z), V, d))
    dZ_top = dZ_top * {"1/n forgotten": 8, "factor 2 dropped": 0.5}.get(mistake, 1)
    dA, dV, dd = dense_backward(dZ_top, relu(Z), V)
    if mistake in ("V for V.T", "V updated too early"):
        dA = dZ_top @ (V if mistake == "V for V.T" else (V - 0.1 * dV).T)
    slope = {"ReLU's slope always 1": 1, "mask of dA": dA > 0}.get(mistake, relu_derivative(Z))
    _, dU, dc = dense_backward(dA * slope, x, U)
    return [dU, dc / 8, dV, dd / 8] if mistake == "biases averaged" else [dU, dc, dV, dd]


def errors_of_a_draw(seed):
    """Largest error of a right gradient and smallest of a wrong one, over all mistakes."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 3))
    parameters = [rng.normal(size=shape) for shape in ((3, 3), 3, (3, 3), 3)]

    def loss_at(i, values):
        U, c, V, d = [*parameters[:i], values, *parameters[i + 1 :]]
        return mean_squared_error(y, dense_forward(relu(dense_forward(x, U, c)), V, d))

    measured = [numerical_gradient(lambda v, i=i: loss_at(i, v), parameters[i]) for i in range(4)]
    right, wrong = [], []
    for mistake, spoiled in WRONG.items():
        gradients = backward_with(mistake, x, y, parameters)
        for i, error in enumerate(map(relative_error, gradients, measured)):
            (wrong if i in spoiled else right).append(error)
    return max(right), min(wrong)


@figure(
    PAGE,
    "in 100 other draws (recomputed by `tests/figures/backprop.py`) no right gradient is off by "
    "more than 1e-9, and no wrong one by less than 0.003",
    quick=True,
)
def pattern_of_mistakes():
    draws = [errors_of_a_draw(seed) for seed in range(100, 200)]
    return len(draws), max(right for right, _ in draws), min(wrong for _, wrong in draws)


def valleys(seed):
    """The nudge with the smallest error, in float64 and in float32, for a network as the page's."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(8, 3)), rng.normal(size=(8, 2))
    W, b, V = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(4, 2))
    Z = dense_forward(x, W, b)
    dA, _, _ = dense_backward(mean_squared_error_gradient(y, tanh(Z) @ V), tanh(Z), V)
    exact = dense_backward(dA * tanh_derivative(Z), x, W)[1]

    def error(h, dtype):
        def loss(values):
            inputs, targets, biases, top = (a.astype(dtype) for a in (x, y, b, V))
            return mean_squared_error(targets, tanh(dense_forward(inputs, values, biases)) @ top)

        return relative_error(numerical_gradient(loss, W.astype(dtype), h), exact)

    nudges = 10.0 ** np.arange(-12, -0.9, 0.5)
    return [min(nudges, key=lambda h: error(h, dtype)) for dtype in ("float64", "float32")]


@figure(
    PAGE,
    "In ten other networks they lie between 3e-6 and 1e-5, and between 0.003 and 0.01",
    quick=True,
)
def valleys_of_ten_networks():
    double, single = np.transpose([valleys(seed) for seed in range(1, 11)])
    return min(double), max(double), min(single), max(single)


ALWAYS_ONE = ActivationFunction("relu, slope 1", relu, np.ones_like)


def digit_network(activation, seed, dtype="float32"):
    """784-64-10 as the laboratory builds it."""
    network = Sequential(dtype=dtype, seed=seed)
    network.add(Dense(64, activation, kernel_initializer="lecun_normal"))
    network.add(Dense(10, "softmax", kernel_initializer="lecun_normal"))
    network.compile(SGD(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


@figure(
    PAGE,
    "On 128 digits its $W_1$ fails the check with 0.34 to 0.47, over ten starts",
    quick=True,
)
def slope_of_1_in_the_gradient_check():
    """By backpropagation with the right slope, which a check agrees with to nine digits."""
    mnist = datasets.load_mnist()
    x, y = mnist.x_train[:128], mnist.y_train[:128]
    errors = []
    for seed in range(10):
        networks = (
            digit_network(activation, seed, "float64") for activation in ("relu", ALWAYS_ONE)
        )
        right, wrong = (network.loss_and_gradients(x, y)[1][0] for network in networks)
        errors.append(relative_error(right, wrong))
    return len(x), min(errors), max(errors)


def accuracy_on_test(mnist, activation, seed):
    network = digit_network(activation, seed)
    network.fit(mnist.x_train, mnist.y_train, batch_size=128, epochs=10, verbose=0)
    return network.evaluate(mnist.x_test, mnist.y_test)[1]


@figure(PAGE, "with its slope 0.93 of the test digits are right, with the right one 0.95")
def slope_of_1_in_training():
    mnist = datasets.load_mnist()
    return tuple(
        np.median([accuracy_on_test(mnist, activation, seed) for seed in range(5)])
        for activation in (ALWAYS_ONE, "relu")
    )

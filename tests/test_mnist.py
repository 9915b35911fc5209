"""The figures of page 07, over several seeds, on the real digits."""

import math

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from nnlib import SGD, ActivationFunction, Dense, Input, Sequential
from nnlib.activations import relu
from nnlib.datasets import load_mnist
from nnlib.optimizers.schedules import PolynomialDecay

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """These matrices are small: a second thread costs more than it saves."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def mnist(real_data):
    return load_mnist(source="real")


def falling(rate, n_rows):
    return PolynomialDecay(rate, decay_steps=10 * math.ceil(n_rows / 128), end_learning_rate=0)


def network(activation, optimizer, seed):
    model = Sequential([Input((784,))], seed=seed)
    model.add(Dense(64, activation=activation, kernel_initializer="lecun_normal"))
    model.add(Dense(10, activation="softmax", kernel_initializer="lecun_normal"))
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    return model


def accuracy_on_test(mnist, activation, optimizer, seed=0):
    model = network(activation, optimizer, seed)
    model.fit(mnist.x_train, mnist.y_train, batch_size=128, epochs=10, verbose=0)
    return model.evaluate(mnist.x_test, mnist.y_test)[1]


def accuracy_on_held_out_rows(mnist, optimizer, seed):
    history = network("relu", optimizer, seed).fit(
        mnist.x_train,
        mnist.y_train,
        batch_size=128,
        epochs=10,
        verbose=0,
        validation_split=1 / 6,
    )
    return history.history["val_accuracy"][-1]


@pytest.mark.parametrize(
    ("activation", "make_optimizer", "band"),
    [
        ("sigmoid", lambda: SGD(0.4, momentum=0.9), 0.972),
        ("relu", lambda: SGD(0.05), 0.948),
        ("relu", lambda: SGD(0.05, momentum=0.9), 0.972),
        ("relu", lambda: SGD(falling(0.1, 60_000), momentum=0.9), 0.9755),
    ],
    ids=["sigmoid-momentum", "relu-sgd", "relu-momentum", "relu-momentum-falling"],
)
def test_median_test_accuracy_of_five_seeds(mnist, activation, make_optimizer, band):
    scores = [accuracy_on_test(mnist, activation, make_optimizer(), seed) for seed in range(5)]
    assert np.median(scores) >= band, scores


def test_a_falling_rate_is_better_on_the_held_out_rows(mnist):
    def mean(rate):
        optimizers = [SGD(rate, momentum=0.9) for _ in range(3)]
        return np.mean([accuracy_on_held_out_rows(mnist, o, s) for s, o in enumerate(optimizers)])

    chosen = mean(falling(0.1, 50_000))
    assert chosen >= 0.973
    assert chosen > mean(0.1) + 0.001


@pytest.mark.parametrize(("rate", "right", "wrong"), [(0.05, 0.945, 0.937), (0.5, 0.968, 0.85)])
def test_a_relu_whose_derivative_is_always_1_costs_accuracy(mnist, rate, right, wrong):
    always_one = ActivationFunction("ReLU with slope 1", relu, np.ones_like)
    assert accuracy_on_test(mnist, "relu", SGD(rate)) >= right
    assert not accuracy_on_test(mnist, always_one, SGD(rate)) > wrong  # or NaN

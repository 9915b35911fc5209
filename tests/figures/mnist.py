"""Figures of page 07: the published code over five seeds, and the answers of the exercises."""

import math
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from figures import figure
from nnlib import SGD, Dense, Input, Sequential
from nnlib.datasets import load_mnist
from nnlib.optimizers.schedules import PolynomialDecay

PAGE = "07_mnist"
SEEDS = range(5)


@cache
def digits():
    threadpool_limits(1)  # small matrices: a second thread costs more than it saves
    return load_mnist()


# --- the exercise's own code: samples are columns, float64 --------------------------------------


def hidden(Z, activation):
    return 1 / (1 + np.exp(-Z)) if activation == "sigmoid" else np.maximum(Z, 0)


def slope(Z, activation):
    if activation == "sigmoid":
        return np.exp(-Z) / (np.exp(-Z) + 1) ** 2
    return np.ones_like(Z)  # its derivative of ReLU, taken of the result, is 1 everywhere


def softmax(Z):
    E = np.exp(Z - Z.max())  # the largest of the whole batch
    return E / E.sum(axis=0)


def outputs(layers, X, activation):
    (W1, b1), (W2, b2) = layers
    Z1 = W1 @ X + b1
    A1 = hidden(Z1, activation)
    return Z1, A1, softmax(W2 @ A1 + b2)


def gradients(layers, X, Y, activation):
    Z1, A1, P = outputs(layers, X, activation)
    dZ2 = (P - Y) / X.shape[1]
    dZ1 = layers[1][0].T @ dZ2 * slope(Z1, activation)
    return [
        (dZ1 @ X.T, dZ1.sum(axis=1, keepdims=True)),
        (dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)),
    ]


def epoch_of_steps(layers, averages, X, Y, activation, rate, share):
    n = X.shape[1]
    for begin in range(0, n, 128):
        columns = slice(begin, min(begin + 128, n - 1))  # the last sample is lost
        found = gradients(layers, X[:, columns], Y[:, columns], activation)
        for layer, average, gradient in zip(layers, averages, found, strict=True):
            for w, u, g in zip(layer, average, gradient, strict=True):
                u *= share
                u += (1 - share) * g
                w -= rate * u


@cache
def exercise(activation, rate, share, seed):
    """Test accuracy and loss of the exercise's code after ten epochs.

    `share` is how much an average of the gradients keeps of its last value; 0 is plain descent.
    """
    data, random = digits(), np.random.RandomState(seed)
    X, X_test = data.x_train.T.astype(float), data.x_test.T.astype(float)
    Y, Y_test = np.eye(10)[data.y_train].T, np.eye(10)[data.y_test].T
    layers = [
        (random.randn(n_out, n_in) * math.sqrt(1 / n_in), np.zeros((n_out, 1)))
        for n_in, n_out in ((784, 64), (64, 10))
    ]
    averages = [tuple(np.zeros_like(w) for w in layer) for layer in layers]
    with np.errstate(all="ignore"):
        for _ in range(10):
            order = random.permutation(X.shape[1])
            epoch_of_steps(layers, averages, X[:, order], Y[:, order], activation, rate, share)
            P = outputs(layers, X_test, activation)[-1]
            loss = -np.mean(np.sum(Y_test * np.log(P), axis=0))
            if np.isnan(loss):
                break
    return float(np.mean(P.argmax(axis=0) == data.y_test)), float(loss)


def three_of(*recipe):
    scores = [exercise(*recipe, seed)[0] for seed in SEEDS]
    return np.median(scores), min(scores), max(scores)


@figure(PAGE, "0.9751 (0.9723 to 0.9763) at a loss of 0.084")
def published_sigmoid():
    recipe = ("sigmoid", 4.0, 0.9)
    return *three_of(*recipe), np.median([exercise(*recipe, seed)[1] for seed in SEEDS])


@figure(PAGE, "0.9273 (0.9255 to 0.9298) at 0.05, 0.930 at 0.1")
def published_relu():
    return *three_of("relu", 0.05, 0.0), 0.05, three_of("relu", 0.1, 0.0)[0], 0.1


@figure(PAGE, "at 0.5 the loss of all 5 is NaN")
def published_relu_at_a_large_rate():
    losses = [exercise("relu", 0.5, 0.0, seed)[1] for seed in SEEDS]
    return 0.5, np.isnan(losses).sum()


# --- what becomes of numbers that are too large -------------------------------------------------


@figure(PAGE, "from a gap of 104", quick=True)
def gap_that_gives_nan():
    """The least whole gap below the largest score of a batch at which a row has no number left."""

    def is_nan(gap):
        E = np.exp(np.array([[0, 0], [-gap, -gap - 1]], np.float32))
        with np.errstate(all="ignore"):
            return np.isnan(E / E.sum(axis=1, keepdims=True)).any()

    return next(gap for gap in range(1, 200) if is_nan(gap))


@figure(
    PAGE,
    "NaN from $z = -89$ in float32, and 0 at $-45$, where\n  $2.9 \\cdot 10^{-20}$",
    quick=True,
)
def sigmoid_that_overflows():
    z = -np.arange(200, dtype=np.float32)
    with np.errstate(all="ignore"):
        found = slope(z, "sigmoid")
    true = np.exp(-45.0) / (1 + np.exp(-45.0)) ** 2
    digits_of = true / 10.0 ** math.floor(math.log10(true))
    first_zero = z[(found == 0) & (z <= -45)][0]
    return z[np.isnan(found)][0], 0, first_zero, digits_of, 10, math.floor(math.log10(true))


# --- the network that the page chooses ----------------------------------------------------------


@cache
def reader():
    data = digits()
    steps = 10 * math.ceil(len(data.x_train) / 128)
    rate = PolynomialDecay(0.1, decay_steps=steps, end_learning_rate=0)
    model = Sequential([Input((784,))], seed=0)
    model.add(Dense(64, "relu", "lecun_normal"))
    model.add(Dense(10, "softmax", "lecun_normal"))
    model.compile(SGD(rate, momentum=0.9), "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(data.x_train, data.y_train, batch_size=128, epochs=10, verbose=0)
    return model


@figure(PAGE, "is about 0.994: in nearly three of four mistakes")
def two_guesses():
    P = reader().predict(digits().x_test)
    best = np.argsort(P, axis=1)[:, -2:] == digits().y_test[:, None]
    return best.any(axis=1).mean()


@figure(PAGE, "from 0.978 to 0.956 after one pixel, 0.82 after two and 0.55 after three")
def moved_digits():
    pictures, scores = digits().x_test.reshape(-1, 28, 28), []
    for pixels in range(4):
        moved = np.zeros_like(pictures)
        moved[:, :, pixels:] = pictures[:, :, : 28 - pixels]
        scores.append(reader().evaluate(moved.reshape(-1, 784), digits().y_test)[1])
    return scores

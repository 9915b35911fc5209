"""Figures of page 06: untrained losses, the published code over 100 seeds, a linear network."""

from functools import cache

import numpy as np
from sklearn.datasets import load_iris as all_flowers
from sklearn.preprocessing import StandardScaler

from figures import figure
from nnlib import SGD, Dense, Input, Sequential
from nnlib.bugs import SequentialWithLastingMemory
from nnlib.datasets import load_iris

PAGE = "06_iris"


def network(hidden=(6, 8, 10), seed=0):
    """The network of the page: He's starting weights, plain descent at a rate of 0.1."""
    model = Sequential([Input((4,))], seed=seed)
    for units in hidden:
        model.add(Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(Dense(3, activation="softmax", kernel_initializer="he_normal"))
    model.compile(SGD(0.1), "sparse_categorical_crossentropy", ["accuracy"])
    return model


def scaled(data):
    scaler = StandardScaler().fit(data.x_train)
    return scaler.transform(data.x_train), scaler.transform(data.x_test)


@figure(PAGE, "100 seeds start between 0.74 and 3.66, 2 of them below 0.9", quick=True)
def untrained_losses():
    data = load_iris(seed=0)
    x, y = np.concatenate(scaled(data)), np.concatenate([data.y_train, data.y_test])
    losses = np.array([network(seed=seed).evaluate(x, y)[0] for seed in range(100)])
    return 100, losses.min(), losses.max(), np.sum(losses < 0.9), 0.9


@cache
def published(seed):
    """Losses and the last accuracy of the tutorial's code, its memory that is never emptied kept.

    `nnlib.bugs` holds that code's mistake as a subclass of the right network.
    """
    random = np.random.RandomState(seed)

    def draw(shape, rng):  # the tutorial keeps its weights as (outputs, inputs)
        return random.uniform(-1, 1, size=shape[::-1]).T

    flowers = all_flowers()
    model = SequentialWithLastingMemory([Input((4,))], dtype="float64")
    for units in (6, 8, 10):
        model.add(Dense(units, "relu", draw))
    model.add(Dense(3, "softmax", draw))
    model.compile(SGD(0.01), "sparse_categorical_crossentropy", ["accuracy"])
    with np.errstate(all="ignore"):
        try:
            record = model.fit(flowers.data, flowers.target, 150, epochs=200, verbose=0).history
        except FloatingPointError:  # its loss is no number: it names the first species for all
            return None, 1 / 3
    return record["loss"], record["accuracy"][-1]


@figure(PAGE, "prints a loss of 0.9218 at epoch 20", quick=True)
def published_loss_from_its_own_start():
    return published(99)[0][20], 20


@figure(PAGE, "over 100 seeds, 69% of the runs end at two thirds or less", quick=True)
def published_code_is_stuck():
    ends = np.array([published(seed)[1] for seed in range(100)])
    return 100, 100 * np.mean(ends < 0.6667)


@figure(PAGE, "0.97 over the 20 splits of this page", quick=True)
def no_hidden_layer():
    accuracies = []
    for seed in range(20):
        data, model = load_iris(seed=seed), network(hidden=(), seed=seed)
        x_train, x_test = scaled(data)
        model.fit(x_train, data.y_train, epochs=200, verbose=0)
        accuracies.append(model.evaluate(x_test, data.y_test)[1])
    return np.mean(accuracies), 20


@figure(PAGE, "One *virginica*, at 5.6 by 1.4 cm,", quick=True)
def named_rightly_in_the_wrong_colour():
    """The test flowers that the network names, but would not name with mean sepals."""
    data, model = load_iris(seed=0), network()
    x_train, x_test = scaled(data)
    model.predict(x_test)
    model.fit(x_train, data.y_train, batch_size=32, epochs=200, verbose=0)
    flowers = data.x_test.copy()
    flowers[:, :2] = data.x_train[:, :2].mean(axis=0)
    answers = [
        model.predict(x).argmax(axis=1)
        for x in (x_test, StandardScaler().fit(data.x_train).transform(flowers))
    ]
    found = (answers[0] == data.y_test) & (answers[1] != data.y_test)
    return tuple(data.x_test[found][:, 2:].ravel())

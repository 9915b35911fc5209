"""Three networks with something wrong, for the reader to diagnose."""

from dataclasses import dataclass

import numpy as np

from nnlib.activations import ActivationFunction
from nnlib.bugs.functions import softmax_of_everything
from nnlib.bugs.networks import SequentialWithLastingMemory
from nnlib.layers import Dense, Input
from nnlib.losses import Loss
from nnlib.losses.targets import LABELS
from nnlib.models import Sequential
from nnlib.optimizers import SGD

__all__ = ["DIAGNOSES", "Patient", "patient"]

DIAGNOSES = (
    "features on different scales",
    "labels that do not belong to their rows",
    "a hidden layer that is dead from the start",
    "softmax over the whole batch",
    "the bias's gradient is a mean",
    "the slope of an activation is wrong",
    "weights change before the gradient is passed on",
    "values of an old forward pass are used",
    "the last rows are never used",
)


@dataclass(frozen=True)
class Patient:
    """A compiled model in float64, with the rows that it is to learn from.

    Parameters
    ----------
    model : Sequential
    x : ndarray (n, n_features)
    y : ndarray of int (n,)
    """

    model: Sequential
    x: np.ndarray
    y: np.ndarray


def patient(number):
    """A network, or its data, with one thing wrong. A new one at every call, always the same.

    Parameters
    ----------
    number : {1, 2, 3}

    Returns
    -------
    Patient

    Raises
    ------
    ValueError
        If there is no patient of that number.
    """
    if number not in (1, 2, 3):
        raise ValueError(f"there are patients 1, 2 and 3, not {number!r}")
    x, y = _rows()
    if number == 1:
        x = x * [1, 1, 1000, 1]  # metres among kilometres
    kind = Sequential if number != 3 else type("Sequential", (SequentialWithLastingMemory,), {})
    output, loss = "softmax", "sparse_categorical_crossentropy"
    if number == 2:
        output = ActivationFunction("softmax", softmax_of_everything, None)
        loss = Loss(loss, _surprise_of_everything, _gradient_of_everything, "softmax", LABELS)
    hidden = [Dense(8, "tanh", "lecun_normal") for _ in range(2)]
    model = kind([Input((4,)), *hidden, Dense(3, output, _small)], dtype="float64", seed=3)
    model.compile(SGD(0.1), loss, ["accuracy"])
    return Patient(model, x, y)


def _rows():
    """Thirty rows of three classes, each around a centre of its own."""
    rng = np.random.default_rng(9)
    y = np.repeat([0, 1, 2], 10)
    x = rng.normal(size=(3, 4))[y] + 0.5 * rng.normal(size=(30, 4))
    order = rng.permutation(30)
    return (x - x.mean(axis=0))[order] / x.std(axis=0), y[order]


def _small(shape, rng):
    return rng.normal(0, 0.01, shape)  # scores near 0: the network starts undecided


def _surprise_of_everything(Y, Z):
    return -(Y * np.log(softmax_of_everything(Z))).sum() / len(Y)


def _gradient_of_everything(Y, Z):
    return (softmax_of_everything(Z) - Y) / len(Y)

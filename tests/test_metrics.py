"""Accuracy on worked cases, against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from nnlib import metrics
from nnlib.losses import one_hot
from nnlib.metrics import accuracy


def test_classes():
    A = np.array([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]])
    assert accuracy(one_hot([0, 1, 1, 0], 3), A) == 0.75


def test_single_output():
    Y = np.array([[1.0], [0], [0], [1], [0], [1], [0.5]])
    A = np.array([[0.9], [0.5], [0.5], [0.5], [0.6], [0.7], [0.2]])
    assert accuracy(Y, A) == 5 / 7  # one half counts as no, on either side
    assert accuracy(Y[:2], A[:2]) == 1


def test_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    y, A = rng.integers(0, 4, 200), rng.random((200, 4))
    assert accuracy(one_hot(y, 4), A) == accuracy_score(y, A.argmax(axis=1))


def test_get():
    assert metrics.get("accuracy") is accuracy
    with pytest.raises(ValueError, match="Did you mean 'accuracy'"):
        metrics.get("acuracy")

"""Accuracy on worked cases, against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from nnlib import Dense, Input, Sequential, metrics
from nnlib.losses import one_hot
from nnlib.metrics import accuracy


def test_classes():
    A = np.array([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.6, 0.3, 0.1]])
    assert accuracy(one_hot([0, 1, 1, 0], 3), A) == 0.75


def test_single_output():
    Y = np.array([[1.0], [0], [0], [1], [0], [1]])
    A = np.array([[0.9], [0.5], [0.5], [0.5], [0.6], [0.7]])
    assert accuracy(Y, A) == 4 / 6  # an output of one half counts as no
    assert accuracy(Y[:2], A[:2]) == 1


def test_several_yes_or_no_outputs_are_counted_by_the_first_yes_as_keras_counts_them():
    Y = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0], [0, 1, 0]])
    A = np.abs(Y - 0.1)  # every answer is right: above one half exactly where Y is 1
    A[0, 2] = 0.95
    assert ((A > 0.5) == Y).all() and accuracy(Y, A) == 0.75


def test_shares_of_classes_have_a_most_probable_one():
    assert accuracy([[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.7, 0.3]]) == 0.5


@pytest.mark.parametrize(
    "Y",
    [
        [[1000.0], [20.0], [980.0]],
        [[0.0], [1], [0.5]],
        [[1.0], [-1], [1]],
        [[0], [1], [2]],
        [[0.2, 0.3], [0.1, 0.7], [0.9, 0.4]],
        [[1.5, -0.5], [1, 0], [0, 1]],
        [[np.nan], [0], [1]],
    ],
)
def test_targets_that_are_no_classes_have_no_accuracy(Y):
    with pytest.raises(ValueError, match=r"one-hot rows, or 0 and 1, but Y holds .* to .*\. Num"):
        accuracy(Y, np.full(np.shape(Y), 0.7))


def regression():
    """Every number is 980 off, and above one half on either side."""
    model = Sequential([Input((2,)), Dense(1)], seed=0)
    model.compile("sgd", "mse", metrics=["accuracy"])
    x = np.random.default_rng(0).normal(size=(6, 2))
    return model, x, np.linspace(985.0, 995.0, 6)


def test_a_regression_measured_by_accuracy_is_refused_before_any_weight_changes():
    model, x, y = regression()
    before = model.get_weights()
    message = r"but y holds 985 to 995\. Numbers: leave accuracy out, mean_squared_error measures"
    for use in (
        lambda: model.fit(x, y, verbose=0),
        lambda: model.evaluate(x, y),
        lambda: model.fit(x, y > 990, validation_data=(x, y), verbose=0),
    ):
        with pytest.raises(ValueError, match=message):
            use()
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)
    assert model.fit(x, y > 990, verbose=0).history["accuracy"][0] <= 1  # yes or no is fine
    model.compile("sgd", "mse")
    assert model.evaluate(x, y) > 900**2  # and so is the loss alone


def test_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    y, A = rng.integers(0, 4, 200), rng.random((200, 4))
    assert accuracy(one_hot(y, 4), A) == accuracy_score(y, A.argmax(axis=1))


def test_get():
    assert metrics.get("accuracy") is accuracy
    with pytest.raises(ValueError, match="Did you mean 'accuracy'"):
        metrics.get("acuracy")

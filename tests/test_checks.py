"""Every checker accepts a right answer and rejects wrong ones, each with a telling message.

The right answers are the pages' folded solutions (test_notebooks.py). Here stand the wrong ones:
for each checker at least three, with a piece of the message that a reader gets.
"""

import numpy as np
import pytest

from nnlib import SGD, Dense, Sequential, checks

WRONG = []


def wrong(check, message):
    """Mark a function as a wrong answer to a checker, to be met with this message."""

    def register(function):
        WRONG.append(pytest.param(check, function, message, id=f"{check.__name__}-{message[:30]}"))
        return function

    return register


# --- 06 iris


@wrong(checks.check_standardise, "return two arrays")
def standardise_returns_one(x_train, x_test):
    return (x_train - x_train.mean(axis=0)) / x_train.std(axis=0)


@wrong(checks.check_standardise, "axis=0")
def standardise_over_everything(x_train, x_test):
    mean, spread = x_train.mean(), x_train.std()
    return (x_train - mean) / spread, (x_test - mean) / spread


@wrong(checks.check_standardise, "must not be looked at")
def standardise_peeks(x_train, x_test):
    scale = lambda x: (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12)  # noqa: E731
    return scale(x_train), scale(x_test)


@wrong(checks.check_standardise, "changed its input")
def standardise_in_place(x_train, x_test):
    mean, spread = x_train.mean(axis=0), x_train.std(axis=0)
    x_train -= mean
    x_train /= spread
    return x_train, (x_test - mean) / spread


@wrong(checks.check_confusion_matrix, "swapped")
def confusion_transposed(y_true, y_pred, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (y_pred, y_true), 1)
    return matrix


@wrong(checks.check_confusion_matrix, "off by up to")
def confusion_counts_once(y_true, y_pred, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    matrix[y_true, y_pred] += 1  # repeated pairs count once
    return matrix


@wrong(checks.check_confusion_matrix, "shape")
def confusion_only_of_classes_seen(y_true, y_pred, n_classes):
    n_classes = max(y_true.max(), y_pred.max()) + 1
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix


@wrong(checks.check_confusion_matrix, "does the function return it")
def confusion_returns_nothing(y_true, y_pred, n_classes):
    np.zeros((n_classes, n_classes))


def iris_network(seed, hidden=7, outputs=3, rate=0.1):
    model = Sequential(
        [Dense(hidden, "relu", "he_normal"), Dense(outputs, "softmax")],
        seed=seed,
    )
    model.compile(SGD(rate), "sparse_categorical_crossentropy")
    return model


@wrong(checks.check_small_network, "60 are allowed")
def network_too_large(seed):
    return iris_network(seed, hidden=8)


@wrong(checks.check_small_network, "3 units")
def network_too_many_outputs(seed):
    return iris_network(seed, hidden=4, outputs=4)


@wrong(checks.check_small_network, "0.9 is asked")
def network_too_slow(seed):
    return iris_network(seed, rate=1e-4)


@wrong(checks.check_small_network, "compile")
def network_not_compiled(seed):
    return Sequential([Dense(3, "softmax")], seed=seed)


# --- all of them


@pytest.mark.parametrize(("check", "answer", "message"), WRONG)
def test_wrong_answer_is_rejected_with_a_telling_message(check, answer, message):
    with pytest.raises(AssertionError, match=message):
        check(answer)


def test_every_checker_rejects_three_wrong_answers():
    tried = [parameters.values[0].__name__ for parameters in WRONG]
    checkers = [name for name in checks.__all__ if name.startswith("check_")]
    assert {name for name in checkers if tried.count(name) < 3} == set()


def check_example(answer):
    assert answer(1) == 2, "one and one is two"


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        (lambda x: x + 1, "example: passed"),
        (lambda x: x, "example: not right yet. one and one is two"),
        (lambda: 2, "example: stopped with TypeError"),
    ],
)
def test_try_check_prints_the_verdict_and_never_raises(capsys, answer, printed):
    checks.try_check(check_example, answer)
    assert capsys.readouterr().out.startswith(printed)


def test_try_check_knows_an_exercise_that_nobody_touched(capsys):
    def untouched(x):
        raise NotImplementedError

    checks.try_check(check_example, untouched)
    assert capsys.readouterr().out == "example: not attempted yet\n"

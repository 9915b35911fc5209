"""Checkers for page 08: judging a result on few photographs."""

from numpy import array, shape
from numpy.random import default_rng

from nnlib.checks._tools import (
    _agree,
    _call,
    _column_statistics,
    _expect_array,
    _expect_with_hint,
    _first_that_fits,
)

__all__ = ["check_accuracy_error", "check_centre", "check_count_dead", "check_stopping_epoch"]


def check_centre(function):
    """Check centre(x_train, x_new): both without the column means of x_train."""
    rng = default_rng(8)
    for n_train, n_new, k in [(4, 2, 3), (6, 1, 1), (5, 5, 2)]:
        x_train, x_new = rng.uniform(0, 1, (n_train, k)), rng.uniform(2, 3, (n_new, k))
        result = _call(function, x_train, x_new)
        assert isinstance(result, tuple) and len(result) == 2, (
            "return two arrays: the centred x_train and the centred x_new"
        )
        means = _column_statistics(x_train)[0]
        overall = sum(x_train.ravel().tolist()) / x_train.size
        own = _column_statistics(x_new)[0]
        pooled = _column_statistics([*x_train, *x_new])[0]
        for name, centred, x in zip(("x_train", "x_new"), result, (x_train, x_new), strict=True):
            hint = ""
            if _agree(centred, x - overall) and k > 1:
                hint = "This subtracts one mean of everything: each column has its own (axis=0)"
            elif _agree(centred, x - pooled):
                hint = "This is the mean of both arrays together: use that of x_train alone"
            elif name == "x_new" and _agree(centred, x - own):
                hint = "These are the means of x_new: use those of x_train"
            _expect_with_hint(centred, x - means, f"the centred {name}", hint)


def check_count_dead(function):
    """Check count_dead(Z): the number of columns with no positive entry."""
    worked = array([[-1.0, 2.0, -3.0, 0.0], [-2.0, -1.0, 0.5, 0.0], [-0.1, 3.0, 4.0, -1.0]])
    for Z in (worked, worked[:2], -worked[:, :3], default_rng(9).normal(-1.2, 1, (3, 12))):
        columns = list(zip(*Z.tolist(), strict=True))
        expected = sum(all(z <= 0 for z in column) for column in columns)
        result = _call(function, Z)
        assert shape(result) == (), f"return one number, not an array of shape {shape(result)}"
        hint = _first_that_fits(
            float(result),
            [
                (expected, ""),
                (
                    sum(any(z <= 0 for z in column) for column in columns),
                    "These are off for some sample; dead is off for every sample",
                ),
                (
                    sum(all(z <= 0 for z in row) for row in Z.tolist()),
                    "A unit is a column: look along the samples, axis=0",
                ),
                (
                    sum(all(z < 0 for z in column) for column in columns),
                    "At Z = 0 ReLU says 0 too, and has slope 0",
                ),
                (len(columns) - expected, "These are the living units"),
                (sum(z <= 0 for z in Z.ravel()), "This counts entries, not units"),
            ],
        )
        _expect_with_hint(result, expected, f"the number of dead units of {Z.shape[1]}", hint)


def check_accuracy_error(function):
    """Check accuracy_error(y_true, y_pred): the share of right answers and its standard error."""
    rng = default_rng(10)
    cases = [(array([1, 0, 1, 1]), array([1, 0, 0, 1]))]
    for n, k in [(128, 3), (50, 2)]:
        truth = rng.integers(0, k, n)
        cases.append((truth, (truth + (rng.uniform(size=n) < 0.3)) % k))
    for y_true, y_pred in cases:
        n = len(y_true)
        share = sum(t == p for t, p in zip(y_true.tolist(), y_pred.tolist(), strict=True)) / n
        result = _call(function, y_true, y_pred)
        assert isinstance(result, tuple) and len(result) == 2, (
            "return two numbers: the accuracy and its standard error"
        )
        _expect_array(result[0], share, "the accuracy")
        variance = share * (1 - share)
        hint = ""
        if shape(result[1]) == ():
            hint = _first_that_fits(
                float(result[1]),
                [
                    (variance / n, "This is its square: take the root"),
                    (variance**0.5, "This is the spread of a single answer: divide by n inside"),
                    (variance**0.5 / n, "The n belongs under the root"),
                    ((share / n) ** 0.5, "A share has the variance a (1 - a) / n"),
                    (2 * (variance / n) ** 0.5, "These are two standard errors: one is asked"),
                ],
            )
        _expect_with_hint(result[1], (variance / n) ** 0.5, "the standard error", hint)


def check_stopping_epoch(function):
    """Check stopping_epoch(losses, patience): (best epoch, last epoch), counted from 0."""
    cases = [
        ([0.9, 0.7, 0.6, 0.65, 0.62, 0.5], 2, (2, 4)),
        ([0.9, 0.7, 0.6, 0.65, 0.62, 0.5], 3, (5, 5)),
        ([0.9, 0.8, 0.7], 2, (2, 2)),
        ([0.5, 0.5, 0.5, 0.4], 2, (0, 2)),
        ([0.5, 0.6, 0.4, 0.4, 0.3], 1, (0, 1)),
    ]
    for losses, patience, expected in cases:
        given = list(losses)
        result = function(given, patience)
        assert given == losses, "your function changed its input: work on a copy"
        assert shape(result) == (2,), "return two epochs: the best one and the last one"
        result = tuple(int(epoch) for epoch in result)
        case = f"losses {losses} with patience {patience}"
        assert result != tuple(e + 1 for e in expected), f"{case}: count the epochs from 0"
        assert result != expected[::-1] or expected[0] == expected[1], (
            f"{case}: the best epoch comes first, then the last"
        )
        if result[1] == expected[1]:
            hint = (
                "an equal loss is no improvement"
                if result[0] in range(len(losses)) and losses[result[0]] == losses[expected[0]]
                else "the best epoch has the lowest loss of those that were run"
            )
        elif result[1] > expected[1]:
            hint = f"it ends as soon as {patience} epochs have passed since the best"
        else:
            hint = f"it bears {patience} epochs without a new best, counted from the best"
        assert result == expected, f"{case}: expected {expected}, got {result}; {hint}"

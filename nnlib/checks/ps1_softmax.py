"""Checkers for problem set 1, softmax and its logarithm."""

import math

from numpy import abs as _abs
from numpy import all as _all
from numpy import array, asarray, errstate, isfinite, isinf, shape
from numpy import exp as _exp
from numpy import float32 as _float32
from numpy import sum as _sum
from numpy.random import default_rng

from nnlib.checks._tools import _agree, _call, _expect_array, _expect_with_hint

__all__ = ["check_log_softmax", "check_my_softmax"]


def check_my_softmax(function):
    """Check my_softmax(Z): e^z over the sum of its row, whatever the size of the scores."""

    def row(scores):
        largest = max(scores)
        exponentials = [math.exp(score - largest) for score in scores]
        return [value / sum(exponentials) for value in exponentials]

    _check_rows(function, row, "my_softmax(Z)")
    far = array([[0.0, -1.0, -2.0], [-900.0, -901.0, -900.0]])
    result = _call(function, far)
    if not _all(_sum(result, axis=1) > 0.5):  # NaN too
        raise AssertionError(
            "with a second row that lies 900 below the first, my_softmax fails: shift each row by "
            "its own maximum, not by that of the whole batch"
        )
    _expect_array(result, [row(scores) for scores in far.tolist()], "my_softmax of rows far apart")


def check_log_softmax(function):
    """Check log_softmax(Z): the logarithm of each row's probabilities, also of those near 0."""

    def row(scores):
        largest = max(scores)
        total = sum(math.exp(score - largest) for score in scores)
        return [score - largest - math.log(total) for score in scores]

    _check_rows(function, row, "log_softmax(Z)")
    far = array([[0.0, -1000.0, 3.0], [-1000.0, -1000.0, 0.0], [2.0, 1.0, 0.0]])
    with errstate(divide="ignore"):
        result = _call(function, far)
    if _all(isinf(asarray(result)) == (far < -900)):
        raise AssertionError(
            "for a score 1,000 behind, log_softmax is -inf: its probability is rounded to 0 before "
            "the logarithm is taken. Write ln of the fraction as a difference, and simplify it"
        )
    _expect_array(result, [row(scores) for scores in far.tolist()], "log_softmax of distant scores")
    apart = array([[900.0, 901.0], [0.0, 1.0]])
    with errstate(divide="ignore", invalid="ignore"):
        result = _call(function, apart)
    if not _all(isfinite(asarray(result))):
        raise AssertionError(
            "with a second row that lies 900 below the first, log_softmax holds NaN or infinity: "
            "shift each row by its own maximum, not by that of the whole batch"
        )
    _expect_array(result, [row(scores) for scores in apart.tolist()], "log_softmax of rows apart")


def _check_rows(function, row, name):
    """Compare with a function of one row, on worked, random and large scores."""
    rng = default_rng(7)
    worked = array([[0.0, math.log(2), 0.0], [1.0, 1.0, 1.0]])
    for Z in (worked, rng.normal(size=(4, 3)), rng.normal(size=(1, 5)), rng.normal(size=(3, 1))):
        expected = array([row(scores) for scores in Z.tolist()])
        result, hint = _call(function, Z), ""
        columns = array([row(scores) for scores in Z.T.tolist()]).T
        if shape(result) == Z.shape and not _agree(result, expected):
            if _agree(result, columns):
                hint = "It works on columns: a row is a sample (axis=1)"
            elif len(Z) > 1 and abs(_sum(result) - 1) < 1e-9:
                hint = "All numbers share one sum: each row needs its own (axis=1, keepdims=True)"
            elif _agree(_exp(result), expected):
                hint = "This is the logarithm of what is asked"
            elif _all(asarray(result) > 0) and _agree(result, _exp(expected)):
                hint = "These are the probabilities: their logarithms are asked"
            elif _agree(result, expected + Z.max(axis=1, keepdims=True)):
                hint = "The maximum must be subtracted in the first term too"
        _expect_with_hint(result, expected, f"{name} for Z of shape {Z.shape}", hint)
    for Z in (array([[1000.0, 999.0, 998.0]]), array([[200.0, 199.0, 198.0]], dtype=_float32)):
        with errstate(over="ignore", invalid="ignore", divide="ignore"):
            result = _call(function, Z)
        if not _all(_abs(asarray(result)) < 1e6):
            raise AssertionError(
                f"{name} fails for the {Z.dtype} scores {Z[0].tolist()}: the largest exponent must "
                "be 0, so take the row's maximum off first"
            )
        _expect_array(result, [row(Z[0].tolist())], f"{name} for {Z.dtype} {Z[0].tolist()}")

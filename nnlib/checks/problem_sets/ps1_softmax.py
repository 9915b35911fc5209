"""Problem set 1, continued: softmax and its logarithm."""

import functools
import math

import numpy as np
from numpy import array
from numpy import float32 as _float32

from nnlib import bugs
from nnlib.checks import by_loops, families
from nnlib.checks.exercise import Exercise

__all__ = ["check_log_softmax", "check_my_softmax"]


def _scores(rng):
    """Worked scores, several shapes, large scores, and scores or rows that lie far apart."""
    ordinary = [
        array([[0.0, math.log(2), 0.0], [1.0, 1.0, 1.0]]),
        *(rng.normal(size=size) for size in ((4, 3), (1, 5), (3, 1), (3, 3))),
        array([[2, 0, 1], [-1, 3, 3]]),
    ]
    large = [
        array([[1000.0, 999.0, 998.0]]),
        array([[1000.0, 0.0, -1000.0]]),
        array([[200, 199, 198]], dtype=_float32),
    ]
    far = [
        array([[0.0, -1000.0, 3.0], [-1000.0, -1000.0, 0.0], [2.0, 1.0, 0.0]]),
        array([[900.0, 901.0], [0.0, 1.0]]),
    ]
    return [(Z,) for Z in (*ordinary, *large, *far)]


check_my_softmax = Exercise(
    "my_softmax(Z)", "e^z over the sum of its row, whatever the size of the scores", _scores,
    keeps=True, strict_floats=True,
)  # fmt: skip
check_log_softmax = Exercise(
    "log_softmax(Z)", "the logarithms of each row's probabilities, also of those near 0", _scores,
    keeps=True, strict_floats=True,
)  # fmt: skip


@check_my_softmax.reference
def my_softmax(Z):
    return array([[math.exp(value) for value in by_loops.log_softmax(row)] for row in Z.tolist()])


@check_log_softmax.reference
def log_softmax(Z):
    return array([by_loops.log_softmax(row) for row in Z.tolist()])


def _shifted(Z):
    return Z - Z.max(axis=1, keepdims=True)


def _exponentials(Z):
    return np.exp(_shifted(Z))


def _sums(Z):
    return _exponentials(Z).sum(axis=1, keepdims=True)


def _sums_unshifted(Z):
    return np.exp(np.minimum(Z, 700)).sum(axis=1, keepdims=True)


_MAXIMUM = "The largest exponent must be 0: take the row's maximum off first"
_APART = (
    "It fails where one row lies 900 below another: shift each row by its own maximum, not by that "
    "of the whole batch"
)
_OWN_SUM = "All numbers share one sum: each row needs its own (axis=1, keepdims=True)"
_COLUMNS = "It works on columns: a row is a sample (axis=1)"
_KEEPDIMS = "The sums of the rows must stay a column, so that they fit the rows: keepdims=True"
_OF_ROWS = "The shift belongs to the row: take each row's maximum off (axis=1), not each column's"
_WHOLE = "The result holds whole numbers only: was it made with np.zeros_like(Z)?"
_SIGN = "Look at the sign of z: the largest score has the largest probability"

check_my_softmax.right(lambda Z: np.exp(log_softmax(Z)))
check_my_softmax.right(lambda Z: [(e / e.sum()).tolist() for e in map(np.exp, _shifted(Z))])
families.changed_input(check_my_softmax)
families.other_axis(check_my_softmax, _COLUMNS)
families.type_of_input(check_my_softmax, _WHOLE)
for _says, _answer in (
    (_OWN_SUM, bugs.softmax_of_everything),
    (_OWN_SUM, lambda Z: _exponentials(Z) / _exponentials(Z).sum()),
    (_APART, bugs.softmax_with_one_maximum),
    (_MAXIMUM, bugs.softmax_without_shift),
    ("Take the row's maximum off, not its minimum, so that the largest exponent is 0",
     lambda Z: bugs.softmax_without_shift(Z - Z.min(axis=1, keepdims=True))),
    ("Take the row's maximum off, not its mean, so that the largest exponent is 0",
     lambda Z: bugs.softmax_without_shift(Z - Z.mean(axis=1, keepdims=True))),
    ("np.clip makes other scores of them: take the row's maximum off instead",
     lambda Z: bugs.softmax_without_shift(np.clip(Z, -500, 500))),
    (_OF_ROWS, lambda Z: bugs.softmax_without_shift(Z - Z.max(axis=0))),
    ("The sum belongs to the row: axis=1, as for the maximum",
     lambda Z: _exponentials(Z) / _exponentials(Z).sum(axis=0)),
    (_KEEPDIMS, lambda Z: _exponentials(Z) / _exponentials(Z).sum(axis=1)),
    (_KEEPDIMS, lambda Z: bugs.softmax_without_shift(Z - Z.max(axis=1))),
    ("Divide each e^(z - m) by the sum of its row", _exponentials),
    ("The sum needs the same shift as the numerator: e^(z - m) in both",
     lambda Z: _exponentials(Z) / _sums_unshifted(Z)),
    ("This is the logarithm of what is asked", log_softmax),
    (_SIGN, lambda Z: my_softmax(-Z)),
    ("The base is e: np.exp", lambda Z: my_softmax(Z * math.log(2))),
    ("The rows must add up to 1, which sigmoids of the single numbers do not",
     lambda Z: np.exp(-np.logaddexp(0, -Z))),
    ("Each score goes through e^z first", lambda Z: Z / Z.sum(axis=1, keepdims=True)),
    ("This gives all to the largest score: softmax gives each score its share",
     lambda Z: (Z == Z.max(axis=1, keepdims=True)) * 1.0),
):  # fmt: skip
    check_my_softmax.mistake(_says, _answer)

_ROUNDED = (
    "For a score 1,000 behind the probability is rounded to 0 before the logarithm is taken. Write "
    "ln of the fraction as a difference, and simplify it"
)
_BOUND = (
    "For a score 1,000 behind the logarithm is about -1000, but a small number added to the "
    "probability bounds it. Write ln of the fraction as a difference instead"
)


def _infinity_hidden(Z):
    with np.errstate(divide="ignore"):
        return np.log(my_softmax(Z))


def _bounded(smallest, Z):
    return np.log(my_softmax(Z) + smallest)


@check_log_softmax.right
def _(Z):
    rows = []
    for scores in Z.tolist():
        total = sum(math.exp(score - max(scores)) for score in scores)
        rows.append([score - max(scores) - math.log(total) for score in scores])
    return rows


check_log_softmax.right(lambda Z: Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
families.changed_input(check_log_softmax)
families.other_axis(check_log_softmax, _COLUMNS)
families.type_of_input(check_log_softmax, _WHOLE)
for _says, _answer in (
    (_ROUNDED, lambda Z: np.log(my_softmax(Z))),
    (_ROUNDED, _infinity_hidden),
    *((_BOUND, functools.partial(_bounded, 10.0**-power)) for power in (8, 9, 10, 12, 15, 300)),
    (_OWN_SUM, lambda Z: np.log(_exponentials(Z) / _exponentials(Z).sum())),
    (_OWN_SUM, lambda Z: Z - Z.max() - np.log(np.exp(Z - Z.max()).sum())),
    (_OWN_SUM, lambda Z: _shifted(Z) - np.log(_exponentials(Z).sum())),
    ("The sum belongs to the row: axis=1, as for the maximum",
     lambda Z: _shifted(Z) - np.log(_exponentials(Z).sum(axis=0))),
    (_APART, lambda Z: Z - Z.max() - np.log(np.exp(Z - Z.max()).sum(axis=1, keepdims=True))),
    (_MAXIMUM, lambda Z: Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))),
    (_MAXIMUM, lambda Z: np.log(bugs.softmax_without_shift(Z))),
    ("The maximum must be subtracted in the first term too", lambda Z: Z - np.log(_sums(Z))),
    ("The maximum must be subtracted in the sum too: ln Σ e^(z - m)",
     lambda Z: _shifted(Z) - np.log(_sums_unshifted(Z))),
    (_OF_ROWS, lambda Z: np.log(bugs.softmax_without_shift(Z - Z.max(axis=0)))),
    (_KEEPDIMS, lambda Z: _shifted(Z) - np.log(_exponentials(Z).sum(axis=1))),
    ("These are the probabilities: their logarithms are asked", my_softmax),
    ("This is minus the logarithm: leave the minus out", lambda Z: -log_softmax(Z)),
    (_SIGN, lambda Z: log_softmax(-Z)),
    ("The second term is the logarithm of the sum, not the sum", lambda Z: _shifted(Z) - _sums(Z)),
    ("Only the first term is here: subtract the logarithm of the sum of e^(z - m)", _shifted),
    ("ln e^u is u: the first term is z - m itself, without a logarithm",
     lambda Z: np.log(_shifted(Z)) - np.log(_sums(Z))),
    ("The logarithm of a fraction is a difference, not a fraction of logarithms",
     lambda Z: _shifted(Z) / np.log(_sums(Z))),
    ("The two logarithms are subtracted, not added", lambda Z: _shifted(Z) + np.log(_sums(Z))),
    ("The logarithm of a sum is not the sum of the logarithms: ln Σ e^u is not Σ u",
     lambda Z: _shifted(Z) - _shifted(Z).sum(axis=1, keepdims=True)),
    ("Take the natural logarithm, np.log", lambda Z: log_softmax(Z) / np.log(2)),
    ("Take the natural logarithm, np.log", lambda Z: log_softmax(Z) / np.log(10)),
):  # fmt: skip
    check_log_softmax.mistake(_says, _answer)

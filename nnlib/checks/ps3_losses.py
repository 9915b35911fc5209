"""Checkers for problem set 3, the losses: value and gradient together."""

import math
from functools import partial

from numpy import array, errstate, shape
from numpy.random import default_rng

from nnlib.checks._networks import _call_in_words, _log_softmax, _one_hot_rows, _row_sums
from nnlib.checks._tools import _expect_with_hint, _hint_that_fits, _slopes_of_loss

__all__ = ["check_hinge", "check_poisson", "check_softmax_loss"]

_STABLE = "subtract each row's maximum first, and take no logarithm of a probability"
_CLIPPED = "A clipped probability, as page 03 shows: take the logarithm on paper first"
_LEAST = *(10.0**-k for k in range(5, 17)), 2.0**-52, 2.0**-23, 1e-20, 1e-30, 1e-100, 1e-300
_COLUMNS = "maximum and sum of each row stay columns with keepdims=True"
_TRUE_COLUMN = "the true scores must be a column: Z[np.arange(n), y][:, None]"
_PLAIN = "the rate is e^z, whose logarithm is z: no logarithm and no division is needed"


def check_softmax_loss(function):
    """Check softmax_loss(Y, Z): mean categorical cross-entropy of scores, and its gradient."""

    def loss(Y, Z, least=-math.inf):
        return -sum(
            y * max(p, least) for ys, zs in zip(Y, Z, strict=True)
            for y, p in zip(ys.tolist(), _log_softmax(zs.tolist()), strict=True)
        ) / len(Y)  # fmt: skip

    rng = default_rng(31)
    cases = []
    for n, k in [(1, 3), (4, 3), (3, 3), (5, 2)]:
        Y = _one_hot_rows(rng.integers(0, k, n), k)
        cases.append((Y, rng.normal(0, 2, (n, k))))
    cases.append((array([[1.0, 0.0], [0.0, 1.0]]), array([[0.0, 800.0], [-900.0, 0.0]])))
    cases.append((array([[0.0, 1.0], [1.0, 0.0]]), array([[0.0, 800.0], [-900.0, -899.0]])))
    for Y, Z in cases:
        likely = [
            (lambda Y, Z: loss(Y, Z) * len(Y), "This is the sum: take the mean over the samples"),
            (lambda Y, Z: loss(Y, Z) / Y.shape[1], "Divide by n, not by n k: a row is one answer"),
            (lambda Y, Z: -loss(Y, Z), "The sign is wrong"),
            *((partial(loss, least=math.log(p)), _CLIPPED) for p in _LEAST),
        ]
        _check_loss_and_gradient(function, loss, Y, Z, likely, cure=_STABLE, axes=_COLUMNS)


def check_poisson(function):
    """Check poisson(Y, Z): mean of e^z - y z over all entries, and its gradient."""

    def loss(Y, Z):
        pairs = zip(Y.ravel().tolist(), Z.ravel().tolist(), strict=True)
        return sum(math.exp(z) - y * z for y, z in pairs) / Y.size

    rng = default_rng(32)
    cases = [(array([[0.0]]), array([[0.0]])), (array([[3.0], [0.0]]), array([[1.0], [-2.0]]))]
    for n, k in [(5, 1), (4, 3), (2, 2)]:
        cases.append((rng.integers(0, 6, (n, k)) * 1.0, rng.normal(0, 1, (n, k))))
    for Y, Z in cases:
        entries = list(zip(Y.ravel().tolist(), Z.ravel().tolist(), strict=True))
        with_factorial = sum(math.lgamma(y + 1) for y, _ in entries) / Y.size
        likely = [
            (lambda Y, Z: loss(Y, Z) * Y.size, "This is the sum: take the mean over all n k"),
            (lambda Y, Z: loss(Y, Z) * Y.shape[1], "Divide by all n k entries, not by n alone"),
            (lambda Y, Z: -loss(Y, Z), "The sign is wrong: a loss is -log of the probability"),
            (lambda Y, Z, more=with_factorial: loss(Y, Z) + more,
             "Leave out log y!: it does not depend on z"),
            (lambda Y, Z: float((Z - Y * array([[math.log(max(z, 1e-9)) for z in row]
                                               for row in Z.tolist()])).mean()),
             "Z is the logarithm of the rate: the rate is e^z"),
            (lambda Y, Z: float(((Z - Y) ** 2).mean()), "This is the squared error"),
            (lambda Y, Z: float(((array([[math.exp(z) for z in row] for row in Z.tolist()]) - Y)
                                 ** 2).mean()), "This is the squared error of the rate"),
        ]  # fmt: skip
        rates = array([[math.exp(z) for z in row] for row in Z.tolist()])
        slope = (1 - Y / rates) / Y.size
        slips = [(slope, "That is the slope with respect to λ: multiply it by dλ/dz = e^z")]
        _check_loss_and_gradient(function, loss, Y, Z, likely, slips, cure=_PLAIN)


def check_hinge(function):
    """Check hinge(y, Z): mean over samples of the sum of max(0, 1 + z_j - z_y) over wrong j."""

    def loss(y, Z, margin=1.0, own=False, worst=False):
        total = 0.0
        for label, row in zip(y.tolist(), Z.tolist(), strict=True):
            misses = [max(0.0, margin + z - row[label]) for z in row]
            if not own:
                misses[label] = 0.0
            total += max(misses) if worst else sum(misses)
        return total / len(y)

    rng = default_rng(33)
    cases = [(array([0]), array([[2.0, 1.5, -1.0]])), (array([1]), array([[0.0, 5.0]]))]
    for n, k in [(4, 3), (3, 3), (6, 5), (5, 2)]:
        cases.append((rng.integers(0, k, n), rng.normal(0, 1.5, (n, k))))
    kink = array([[2.0, 1.0, 0.0]])  # 1 + z_1 - z_0 is exactly 0
    for y, Z in [*cases, (array([0]), kink)]:
        likely = [
            (lambda y, Z: loss(y, Z) * len(y), "This is the sum: take the mean over the samples"),
            (lambda y, Z: loss(y, Z) / Z.shape[1], "Divide by n, not by n k"),
            (lambda y, Z: loss(y, Z, own=True), "Leave the true class out: it adds 1 to each row"),
            (lambda y, Z: loss(y, Z, margin=0.0), "The margin of 1 is missing"),
            (lambda y, Z: loss(y, Z, worst=True), "Add up all wrong classes, not only the worst"),
            (lambda y, Z: loss(y, -Z), "The difference is the wrong way round: 1 + z_j - z_y"),
        ]
        slopes = kink * 0 if Z is kink else _slopes_of_loss(loss, y, Z)
        slips = _hinge_slips(y, Z)
        _check_loss_and_gradient(function, loss, y, Z, likely, slips, slopes, axes=_TRUE_COLUMN)


def _hinge_slips(y, Z):
    """Wrong gradients of the hinge loss, with words."""
    over = array([[float(1 + z - row[label] > 0) for z in row]
                  for row, label in zip(Z, y, strict=True)])  # fmt: skip
    true = _one_hot_rows(y, Z.shape[1])
    wrong = over * (1 - true)
    reached = array([[float(1 + z - row[label] >= 0) for z in row]
                     for row, label in zip(Z, y, strict=True)]) * (1 - true)  # fmt: skip
    n = len(y)
    return [
        ((reached - true * _row_sums(reached)[:, None]) / n,
         "Where 1 + z_j - z_y is exactly 0 the slope is 0: > 0, not >= 0"),
        (wrong / n, "The true class is missing: its score enters each term that is not 0, with -1"),
        ((wrong - true) / n, "The true class gets -1 for every wrong class that is too close"),
        ((over - true * _row_sums(over)[:, None]) / n, "The true class is no wrong class"),
    ]  # fmt: skip


def _check_loss_and_gradient(function, loss, Y, Z, likely, slips=(), slopes=None, cure="", axes=""):
    """(loss, dZ) against a reference and its central differences; no overflow on the way."""
    where = f"Z = {[[round(z, 3) for z in row] for row in Z.tolist()[:2]]}"
    try:
        with errstate(over="raise", invalid="raise", divide="raise"):
            result = _call_in_words(function, (Y, Z), axes)
    except FloatingPointError as error:
        raise AssertionError(f"for {where} it fails ({error}){cure and ': '}{cure}") from None
    assert isinstance(result, tuple | list) and len(result) == 2, (
        "return two things: the loss, one number, and its gradient dZ"
    )
    found, gradient = result
    right = loss(Y, Z)
    slopes = _slopes_of_loss(loss, Y, Z) if slopes is None else slopes
    assert shape(found) == (), f"the loss is one number, yours has shape {shape(found)}"
    words = _hint_that_fits(found, right, [(wrong(Y, Z), words) for wrong, words in likely])
    _expect_with_hint(found, right, f"the loss for {where}", words)
    n, size = len(Z), Z.size
    mistakes = [
        (-slopes, "The sign is wrong"),
        (slopes * n, "The factor of the mean is missing: divide by n"),
        (slopes * size, "The factor of the mean is missing: divide by n k"),
        (slopes / n, "The mean is taken twice"),
        *slips,
        *((_slopes_of_loss(wrong, Y, Z), words) for wrong, words in likely),
    ]
    _expect_with_hint(
        gradient, slopes, f"dZ for {where}", _hint_that_fits(gradient, slopes, mistakes)
    )

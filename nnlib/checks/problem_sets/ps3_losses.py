"""Problem set 3, losses: the value and its gradient together."""

import math

import numpy as np
from numpy import array, exp, ndindex, zeros

from nnlib import bugs
from nnlib.checks import families
from nnlib.checks.by_loops import log_softmax, one_hot_rows
from nnlib.checks.exercise import Exercise

__all__ = ["check_hinge", "check_poisson", "check_softmax_loss"]

# fmt: off
_SETTINGS = {"parts": ("loss", "dZ"), "keeps": True, "strict_floats": True}
_NO_FACTOR = "The factor of the mean is missing in dZ: divide by n"


# --- 2. softmax

def _scores(rng):
    """The worked case, drawn ones, and scores at which an e^z or a probability has no number."""
    yield array([[0.0, 0.0, 1.0]]), array([[math.log(2), 0.0, math.log(5)]])
    for n, k in [(4, 3), (5, 2), (3, 4)]:
        yield one_hot_rows(rng.integers(0, k, n), k), rng.normal(0, 2, (n, k))
    yield one_hot_rows([1], 3), array([[800.0, 801.0, 799.0]])
    yield one_hot_rows([1, 0], 3), array([[900.0, 901.0, 899.0], [-900.0, -899.0, -901.0]])
    yield one_hot_rows([0, 1], 3), array([[0.0, 800.0, 1.0], [-900.0, 0.0, -1.0]])


check_softmax_loss = Exercise(
    "softmax_loss(Y, Z)",
    "the mean categorical cross-entropy of scores Z with one-hot targets Y, and its gradient",
    _scores, **_SETTINGS,
)


@check_softmax_loss.reference
def softmax_loss(Y, Z):
    log_P = array([log_softmax(row) for row in Z.tolist()])
    pairs = zip(Y.ravel().tolist(), log_P.ravel().tolist(), strict=True)
    return -sum(y * p for y, p in pairs) / len(Y), (exp(log_P) - Y) / len(Y)


check_softmax_loss.right(lambda Y, Z: [
    np.mean(np.logaddexp.reduce(Z, axis=1) - Z[Y == 1]),
    (np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - Y) / len(Y)])
_LOG = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))"
_P = "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"
_STABLE = "subtract each row's maximum first, and take no logarithm of a probability"
check_softmax_loss.slips(f"""
def softmax_loss(Y, Z):
    n = len(Y)
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_P = {_LOG}
    loss = -np.sum(Y * log_P) / n
    return loss, (np.exp(log_P) - Y) / n
""", {
    f"e^800 has no number: {_STABLE}": (_LOG, "np.log(bugs.softmax_without_shift(Z))"),
    f"With one maximum for all rows, a row far below it is 0 everywhere: {_STABLE}":
        (_LOG, "np.log(bugs.softmax_with_one_maximum(Z))"),
    f"A small probability is rounded to 0, which has no logarithm: {_STABLE}":
        (_LOG, f"np.log({_P})"),
    "A clipped probability, as page 03 shows: take the logarithm on paper first":
        [(_LOG, f"np.log(np.maximum({_P}, 1e-{p}))") for p in (7, 10, 12, 15)],
    "Softmax works on each row by itself: axis 1, with keepdims=True": ("axis=1", "axis=0"),
    "Subtract the targets: dZ = (P - Y) / n": ("(np.exp(log_P) - Y)", "np.exp(log_P)"),
    **families.wrong_sign("-np.sum", "np.sum", "(np.exp(log_P) - Y)", "(Y - np.exp(log_P))"),
    _NO_FACTOR: ("- Y) / n", "- Y)"),
    **families.sum_for_mean("log_P) / n", "log_P)", over=" over the samples"),
    "Divide by n, not by n k: a row is one answer": ("/ n", "/ Z.size"),
}, bugs=bugs)


# --- 4. counts

def _counts(rng):
    yield array([[3.0]]), array([[math.log(2)]])
    yield array([[3.0], [0.0]]), array([[1.0], [-2.0]])
    for n, k in [(5, 1), (4, 3), (1, 4)]:
        yield rng.integers(0, 6, (n, k)) * 1.0, rng.normal(0, 1, (n, k))
    yield array([[1, 0, 4], [2, 1, 0]]), array([[0, -1, 1], [1, 2, -2]])


check_poisson = Exercise(
    "poisson(Y, Z)", "the mean of e^z - y z over all entries, and its gradient", _counts,
    **_SETTINGS,
)
check_poisson.reference(lambda Y, Z: (
    sum(math.exp(z) - y * z for y, z in zip(Y.ravel(), Z.ravel(), strict=True)) / Z.size,
    array([math.exp(z) for z in Z.ravel()]).reshape(Z.shape) / Z.size - Y / Z.size))
check_poisson.right(lambda Y, Z: [np.exp(Z).mean() - np.vdot(Y, Z) / Y.size,
                                  ((np.e**Z - Y) / Y.size).tolist()])
check_poisson.slips("""
def poisson(Y, Z):
    rates = np.exp(Z)
    loss = np.mean(rates - Y * Z)
    return loss, (rates - Y) / Z.size
""", {
    "Z is the logarithm of the rate: the rate is e^z, whose logarithm is z: no logarithm and no "
    "division is needed":
        [("np.exp(Z)", "Z", "Y * Z", f"Y * np.log({z})", "(rates - Y)", "(1 - Y / Z)")
         for z in ("Z", "np.maximum(Z, 1e-9)")],
    "The term y z is missing: -log p(y) = e^z - y z + log y!": (" - Y * Z", ""),
    "Subtract y z: -log p(y) = λ - y log λ + log y!": ("rates - Y * Z", "rates + Y * Z"),
    "That is the slope with respect to λ: multiply it by dλ/dz = e^z":
        ("(rates - Y)", "(1 - Y / rates)"),
    "Output minus target, where the output is the rate e^z, not z": ("(rates - Y)", "(Z - Y)"),
    f"{_NO_FACTOR} k": ("(rates - Y) / Z.size", "rates - Y"),
    **families.sum_for_mean("np.mean", "np.sum"),
    "Divide by all n k entries, not by n alone":
        ("np.mean(rates - Y * Z)", "np.sum(rates - Y * Z) / len(Z)", "Z.size", "len(Z)"),
    **families.wrong_sign("np.mean(rates - Y * Z)", "np.mean(Y * Z - rates)", "(rates - Y)",
                          "(Y - rates)", why=": a loss is -log of the probability"),
})


# --- 5. a margin

def _labels_and_scores(rng):
    yield array([0]), array([[2.0, 1.5, -1.0]])
    yield array([0]), array([[2.0, 1.5, 1.2]])
    for n, k in [(4, 3), (3, 4), (6, 5), (5, 2)]:
        yield rng.integers(0, k, n), rng.normal(0, 1.5, (n, k))
    yield array([0]), array([[2.0, 1.0, 0.0]])  # 1 + z_1 - z_0 is exactly 0
    yield array([1, 0]), array([[0, 2, 1], [3, -1, 0]])


check_hinge = Exercise(
    "hinge(y, Z)",
    "the mean over samples of the sum of max(0, 1 + z_j - z_true) over wrong j, and its gradient",
    _labels_and_scores, **_SETTINGS,
)


@check_hinge.reference
def hinge(y, Z):
    loss, dZ = 0.0, zeros(Z.shape)
    for i, j in ndindex(Z.shape):
        over = 1 + Z[i, j] - Z[i, y[i]]
        if j != y[i] and over > 0:
            loss += over
            dZ[i, j] += 1
            dZ[i, y[i]] -= 1
    return loss / len(y), dZ / len(y)


check_hinge.slips("""
def hinge(y, Z):
    n, k = Z.shape
    rows = np.arange(n)
    true = Z[rows, y][:, None]
    terms = np.maximum(0, 1 + Z - true)
    terms[rows, y] = 0
    dZ = (terms > 0) * 1.0
    dZ[rows, y] = -dZ.sum(axis=1)
    return terms.sum() / n, dZ / n
""", {
    "Leave the true class out: it adds 1 to each row": ("    terms[rows, y] = 0\n", ""),
    "The margin of 1 is missing": ("1 + Z", "Z"),
    "Add up all wrong classes, not only the worst": ("terms.sum()", "terms.max(axis=1).sum()"),
    "The difference is the wrong way round: 1 + z_j - z_y": ("1 + Z - true", "1 - Z + true"),
    "Where 1 + z_j - z_y is exactly 0 the slope is 0: > 0, not >= 0":
        ("(terms > 0)", "(1 + Z >= true) * (np.arange(k) != y[:, None])"),
    "The true class is missing: its score enters each term that is not 0, with -1":
        ("-dZ.sum(axis=1)", "0"),
    "The true class gets -1 for every wrong class that is too close, not -1 once":
        ("-dZ.sum(axis=1)", "-1"),
    _NO_FACTOR: ("dZ / n", "dZ"),
    "Divide by n, not by n k": ("/ n", "/ Z.size"),
    "The sign of dZ is wrong: raise the true score, lower the others": ("dZ / n", "-dZ / n"),
    "Shapes do not fit: the true scores must be a column: Z[np.arange(n), y][:, None]":
        ("[:, None]\n", "\n"),
})

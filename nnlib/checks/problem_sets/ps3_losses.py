"""Problem set 3, losses: the value and its gradient together."""

import math

import numpy as np
from numpy import array, exp

from nnlib import bugs
from nnlib.checks.by_loops import log_softmax, one_hot_rows, slopes
from nnlib.checks.exercise import Exercise

__all__ = ["check_hinge", "check_poisson", "check_softmax_loss"]

# fmt: off
_CHANGED = "your function changed its input, Z: work on a copy"


# --- 2. softmax

def _scores(rng):
    worked = array([[0.0, 0.0, 1.0]]), array([[math.log(2), 0.0, math.log(5)]])
    drawn = [(one_hot_rows(rng.integers(0, k, n), k), rng.normal(0, 2, (n, k)))
             for n, k in [(4, 3), (5, 2), (3, 4)]]
    high = one_hot_rows([1], 3), array([[800.0, 801.0, 799.0]])
    apart = one_hot_rows([1, 0], 3), array([[900.0, 901.0, 899.0], [-900.0, -899.0, -901.0]])
    unlikely = one_hot_rows([0, 1], 3), array([[0.0, 800.0, 1.0], [-900.0, 0.0, -1.0]])
    return [worked, *drawn, high, apart, unlikely]


check_softmax_loss = Exercise(
    "softmax_loss(Y, Z)",
    "the mean categorical cross-entropy of scores Z with one-hot targets Y, and its gradient",
    _scores, parts=("loss", "dZ"), keeps=True, strict_floats=True,
)


@check_softmax_loss.reference
def softmax_loss(Y, Z):
    log_P = array([log_softmax(row) for row in Z.tolist()])
    pairs = zip(Y.ravel().tolist(), log_P.ravel().tolist(), strict=True)
    return -sum(y * p for y, p in pairs) / len(Y), (exp(log_P) - Y) / len(Y)


@check_softmax_loss.right
def _(Y, Z):
    def loss(Z):
        return float(np.mean(np.logaddexp.reduce(Z, axis=1) - Z[Y == 1]))

    return loss(Z), slopes(loss, Z)


_EACH_ROW = "Softmax works on each row by itself: axis 1, with keepdims=True"
check_softmax_loss.slips("""
def softmax_loss(Y, Z):
    n, k = Z.shape
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    P = np.exp(log_P)
    loss = -np.sum(Y * log_P) / n
    dZ = (P - Y) / n
    return loss, dZ
""", {
    "The factor of the mean is missing in dZ: divide by n": ("(P - Y) / n", "P - Y"),
    "This is the sum: take the mean over the samples": ("log_P) / n", "log_P)"),
    "Divide by n, not by n k: a row is one answer": ("/ n", "/ Z.size"),
    "The mean is taken twice": ("/ n", "/ n**2"),
    "The sign is wrong": ("-np.sum", "np.sum", "(P - Y)", "(Y - P)"),
    "Take the natural logarithm, np.log": [
        ("/ n\n    dZ", f"/ n / {math.log(base)}\n    dZ") for base in (2, 10)],
    "Subtract the targets: dZ = (P - Y) / n": ("(P - Y)", "P"),
    "P - Y is the gradient at the scores already: no slope of softmax belongs to it":
        ("(P - Y)", "(P - Y) * P * (1 - P)"),
    "A factor 2 belongs to the squared error: here it is (P - Y) / n": ("(P - Y)", "2 * (P - Y)"),
    "dZ is made of the probabilities: take np.exp of their logarithms": ("(P - Y)", "(log_P - Y)"),
    "That is the slope with respect to the probabilities: dZ, at the scores, is (P - Y) / n":
        ("(P - Y)", "-Y / P"),
    "Only the true class counts: multiply by Y": ("Y * log_P", "log_P"),
    "Multiply the targets by log p, not by p": ("Y * log_P", "Y * P"),
    "This is the binary cross-entropy: with softmax only the true class counts, through its Y":
        ("Y * log_P", "Y * log_P + (1 - Y) * np.log(1 - P)"),
    _EACH_ROW: ("axis=1", "axis=0"),
    "Maximum and sum of each row stay columns with keepdims=True": (", keepdims=True", ""),
    "log p = (z - m) - log Σ e^(z - m): the sum is missing":
        ("shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))", "shifted"),
    "log p = (z - m) - log Σ e^(z - m): the maximum is taken off in the sum too":
        ("= shifted -", "= Z -"),
    _CHANGED: ("shifted = Z -", "Z -=", "shifted", "Z"),
})


def _from_probabilities(softmax, least=0.0):
    def answer(Y, Z):
        P = softmax(Z)
        return -np.sum(Y * np.log(np.maximum(P, least))) / len(Y), (P - Y) / len(Y)

    return answer


def _shifted(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


_STABLE = "subtract each row's maximum first, and take no logarithm of a probability"
_LEAST = *(10.0**-k for k in range(5, 17)), 2.0**-52, 2.0**-23, 1e-20, 1e-30, 1e-100, 1e-300
check_softmax_loss.knows({
    f"e^800 has no number: {_STABLE}": _from_probabilities(bugs.softmax_without_shift),
    f"With one maximum for all rows, a row far below it is 0 everywhere: {_STABLE}":
        _from_probabilities(bugs.softmax_with_one_maximum),
    f"A small probability is rounded to 0, which has no logarithm: {_STABLE}":
        _from_probabilities(_shifted),
    _EACH_ROW: _from_probabilities(bugs.softmax_of_everything),
    "A clipped probability, as page 03 shows: take the logarithm on paper first":
        [_from_probabilities(_shifted, least) for least in _LEAST],
})


# --- 4. counts

def _counts(rng):
    worked = [(array([[3.0]]), array([[math.log(2)]])), (array([[0.0]]), array([[0.0]])),
              (array([[3.0], [0.0]]), array([[1.0], [-2.0]]))]
    drawn = [(rng.integers(0, 6, (n, k)) * 1.0, rng.normal(0, 1, (n, k)))
             for n, k in [(5, 1), (4, 3), (1, 4), (2, 2)]]
    whole = array([[1, 0, 4], [2, 1, 0]]), array([[0, -1, 1], [1, 2, -2]])
    return [*worked, *drawn, whole]


check_poisson = Exercise(
    "poisson(Y, Z)", "the mean of e^z - y z over all entries, and its gradient", _counts,
    parts=("loss", "dZ"), keeps=True, strict_floats=True,
)


@check_poisson.reference
def poisson(Y, Z):
    pairs = list(zip(Y.ravel().tolist(), Z.ravel().tolist(), strict=True))
    loss = sum(math.exp(z) - y * z for y, z in pairs) / Z.size
    return loss, array([(math.exp(z) - y) / Z.size for y, z in pairs]).reshape(Z.shape)


@check_poisson.right
def _(Y, Z):
    def loss(Z):
        return float(np.exp(Z).mean() - np.vdot(Y, Z) / Y.size)

    return loss(Z), slopes(loss, Z)


_RATE = ("Z is the logarithm of the rate: the rate is e^z, whose logarithm is z: no logarithm and "
         "no division is needed")
check_poisson.slips("""
def poisson(Y, Z):
    rates = np.exp(Z)
    loss = np.mean(rates - Y * Z)
    dZ = (rates - Y) / Z.size
    return loss, dZ
""", {
    _RATE: [
        ("np.exp(Z)", "Z", "Y * Z", f"Y * np.log({Z})", "(rates - Y)", slope)
        for Z in ("Z", "np.maximum(Z, 1e-9)") for slope in ("(1 - Y / Z)", "(np.exp(Z) - Y)")],
    "Leave out log y!: it does not depend on z":
        ("Y * Z", "Y * Z + np.vectorize(math.lgamma)(Y + 1.0)"),
    "This is the squared error: with counts the surprise is e^z - y z":
        ("np.mean(rates - Y * Z)", "np.mean((Z - Y) ** 2)"),
    "This is the squared error of the rate":
        ("np.mean(rates - Y * Z)", "np.mean((rates - Y) ** 2)"),
    "The term y z is missing: -log p(y) = e^z - y z + log y!": (" - Y * Z", ""),
    "The term e^z is missing: -log p(y) = e^z - y z + log y!": ("rates - Y * Z", "-Y * Z"),
    "Subtract y z: -log p(y) = λ - y log λ + log y!": ("rates - Y * Z", "rates + Y * Z"),
    "The logarithm of the rate is z: subtract y z, not y e^z": ("Y * Z", "Y * rates"),
    "That is the slope with respect to λ: multiply it by dλ/dz = e^z":
        ("(rates - Y)", "(1 - Y / rates)"),
    "The slope of e^z is e^z": ("(rates - Y)", "(Z * np.exp(Z - 1) - Y)"),
    "Output minus target, where the output is the rate e^z, not z": ("(rates - Y)", "(Z - Y)"),
    "The slope of y z with respect to z is y": ("(rates - Y)", "(rates - Y * Z)"),
    "Subtract the slope of y z, which is y": ("(rates - Y)", "rates"),
    "The slope is e^z - y already: no further factor e^z": ("(rates - Y)", "(rates - Y) * rates"),
    "No factor 2: e^z - y z is no square": ("(rates - Y)", "2 * (rates - Y)"),
    "The factor of the mean is missing in dZ: divide by n k": ("(rates - Y) / Z.size", "rates - Y"),
    "This is the sum: take the mean over all n k": ("np.mean", "np.sum"),
    "Divide by all n k entries, not by n alone":
        ("np.mean(rates - Y * Z)", "np.sum(rates - Y * Z) / len(Z)", "Z.size", "len(Z)"),
    "The mean is taken twice":
        ("Y * Z)", "Y * Z) / Z.size", "(rates - Y) / Z.size", "(rates - Y) / Z.size**2"),
    "The sign is wrong: a loss is -log of the probability":
        ("np.mean(rates - Y * Z)", "np.mean(Y * Z - rates)", "(rates - Y)", "(Y - rates)"),
    _CHANGED: ("return", "Z += 1\n    return"),
})


# --- 5. a margin

def _labels_and_scores(rng):
    drawn = [(rng.integers(0, k, n), rng.normal(0, 1.5, (n, k)))
             for n, k in [(4, 3), (3, 4), (6, 5), (5, 2), (3, 3)]]
    return [
        (array([0]), array([[2.0, 1.5, -1.0]])), (array([0]), array([[2.0, 1.5, 1.2]])), *drawn,
        (array([1]), array([[0.0, 5.0]])),
        (array([0]), array([[2.0, 1.0, 0.0]])),  # 1 + z_1 - z_0 is exactly 0
        (array([1, 0]), array([[0, 2, 1], [3, -1, 0]])),
    ]


check_hinge = Exercise(
    "hinge(y, Z)",
    "the mean over samples of the sum of max(0, 1 + z_j - z_true) over wrong j, and its gradient",
    _labels_and_scores, parts=("loss", "dZ"), keeps=True, strict_floats=True,
)


@check_hinge.reference
def hinge(y, Z):
    loss, dZ = 0.0, []
    for true, row in zip(y.tolist(), Z.tolist(), strict=True):
        over = [max(0.0, 1 + z - row[true]) * (j != true) for j, z in enumerate(row)]
        loss += sum(over)
        dZ.append([float(miss > 0) for miss in over])
        dZ[-1][true] = 0 - sum(dZ[-1])
    return loss / len(y), array(dZ) / len(y)


@check_hinge.right
def _(y, Z):
    is_true = np.arange(Z.shape[1]) == y[:, None]
    terms = np.where(is_true, 0, 1 + Z - Z[is_true][:, None]).clip(0)
    charged = terms > 0
    dZ = charged - is_true * charged.sum(axis=1, keepdims=True)
    return terms.sum(axis=1).mean(), dZ / len(y)


check_hinge.slips("""
def hinge(y, Z):
    n, k = Z.shape
    rows = np.arange(n)
    true = Z[rows, y][:, None]
    terms = np.maximum(0, 1 + Z - true)
    terms[rows, y] = 0
    dZ = (terms > 0) * 1.0
    dZ[rows, y] = -dZ.sum(axis=1)
    loss = terms.sum() / n
    return loss, dZ / n
""", {
    "The true class is no wrong class: set its term to 0 before you count":
        ("-dZ.sum(axis=1)", "-1 - dZ.sum(axis=1)"),
    "Leave the true class out: it adds 1 to each row": ("    terms[rows, y] = 0\n", ""),
    "The margin of 1 is missing": ("1 + Z", "Z"),
    "Add up all wrong classes, not only the worst": ("terms.sum()", "terms.max(axis=1).sum()"),
    "The difference is the wrong way round: 1 + z_j - z_y": ("1 + Z - true", "1 - Z + true"),
    "Each term counts as it is: no square": ("terms.sum()", "(terms**2).sum()"),
    "Where 1 + z_j - z_y is exactly 0 the slope is 0: > 0, not >= 0":
        ("(terms > 0)", "(1 + Z >= true) * (np.arange(k) != y[:, None])"),
    "The true class is missing: its score enters each term that is not 0, with -1":
        ("-dZ.sum(axis=1)", "0"),
    "The true class gets -1 for every wrong class that is too close, not -1 once":
        ("-dZ.sum(axis=1)", "-1"),
    "The true class gets -1 for every wrong class that is too close, and 0 if there is none":
        ("-dZ.sum(axis=1)", "-dZ.max(axis=1)"),
    "The true class gets -1 for every wrong class that is too close, not for every wrong class":
        ("-dZ.sum(axis=1)", "1 - k"),
    "The true class charges nothing: its place takes minus the number of terms that are not 0":
        ("-dZ.sum(axis=1)", "1"),
    "In the place of the true class stood a 1: set it to minus the number of terms that are not 0, "
    "do not subtract": ("-dZ.sum(axis=1)", "1 - dZ.sum(axis=1)"),
    "The true score stands in each term with a minus: -1 for every wrong class that is too close":
        ("-dZ.sum", "dZ.sum"),
    "The slope of a term is 1 or 0, not the term itself": ("(terms > 0) * 1.0", "terms * 1.0"),
    "The factor of the mean is missing in dZ: divide by n": ("dZ / n", "dZ"),
    "This is the sum: take the mean over the samples": ("terms.sum() / n", "terms.sum()"),
    "Divide by n, not by n k": ("/ n", "/ Z.size"),
    "Divide by n, not by the number of wrong classes": ("/ n", "/ (n * (k - 1))"),
    "The mean is taken twice": ("/ n", "/ n**2"),
    "The sign of dZ is wrong: raise the true score, lower the others": ("dZ / n", "-dZ / n"),
    "Shapes do not fit: the true scores must be a column: Z[np.arange(n), y][:, None]":
        ("[:, None]\n", "\n"),
    "Z[:, y] takes whole columns, one for each sample: Z[np.arange(n), y] is one score a row":
        ("Z[rows, y][:, None]", "Z[:, y]"),
    "Z[y] takes rows: Z[np.arange(n), y] is the true score of each row":
        ("Z[rows, y][:, None]", "Z[y]"),
    _CHANGED: ("return", "Z -= true.astype(Z.dtype)\n    return"),
})

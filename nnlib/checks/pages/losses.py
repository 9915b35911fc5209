"""Page 03: the surprise at a class, a stable cross-entropy, losses of one's own in records."""

import math
from itertools import product
from types import SimpleNamespace

import numpy as np
from numpy import array, generic, ndarray

from nnlib import bugs
from nnlib.checks import families
from nnlib.checks.by_loops import log_softmax, one_hot_rows
from nnlib.checks.exercise import Exercise
from nnlib.checks.families import each

# fmt: off
__all__ = ["check_huber", "check_mean_surprise", "check_smoothed", "check_stable_binary"]


check_mean_surprise = Exercise(
    "mean_surprise(P, y)", "the mean of -log of the probability given to each true class",
    lambda rng: [(array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), array([0, 2])),
                 *((rng.dirichlet([3] * k, n), rng.integers(0, k, n))
                   for n, k in [(1, 3), (5, 2), (4, 4), (6, 3)])])
check_mean_surprise.reference(lambda P, y: -sum(map(math.log, P[range(len(y)), y])) / len(y))
check_mean_surprise.right(lambda P, y: -(np.eye(P.shape[1])[y] * np.log(P)).sum(axis=1).mean())
_ONE_EACH = "pick one probability from each row, P[np.arange(len(y)), y]"
check_mean_surprise.slips("""
def mean_surprise(P, y):
    s = -np.log(P[np.arange(len(y)), y])
    return s.mean()
""", {
    **families.sum_for_mean("mean()", "sum()", over=" over the samples"),
    **families.wrong_sign("-", "", why=": the logarithm of a probability is negative"),
    "This is the mean probability: take -log of each": ("-np.log", ""),
    "This is the log of the mean: first log, then mean":
        ("-np.log", "", "s.mean()", "-np.log(s.mean())"),
    "Divide by n, the number of rows, not by n k": ("s.mean()", "s.sum() / P.size"),
    "Only the first row counts: `return` stands below the loop": ("s.mean()", "s[0] / len(s)"),
    "Only the last row counts: add with +=": ("s.mean()", "s[-1] / len(s)"),
    f"P[:, y] takes whole columns: {_ONE_EACH}":
        [f"return -np.log(P[:, y]){of_all}" for of_all in ("", ".mean()", ".sum() / len(y)")],
    "Number as many rows as there are labels: np.arange(len(y))":
        [("np.arange(len(y))", "[0, 1]"), ("np.arange(len(y))", "[0, 1, 2]")],
    "All classes are added: only the true one counts": "return -np.log(P).sum() / len(y)",
    "Take what the truth got, not the largest": ("P[np.arange(len(y)), y]", "P.max(axis=1)"),
})


check_stable_binary = Exercise(
    "stable_binary(Y, Z)",
    "the mean binary cross-entropy from pre-activations of any size, without np.logaddexp",
    lambda rng: [
        (array([[1.0]]), array([[0.0]])),
        (array([[1.0], [0.0], [1.0]]), array([[2.0], [0.7], [-1.0]])),
        (rng.integers(0, 2, (4, 3)) * 1.0, rng.normal(0, 3, (4, 3))),
        (rng.integers(0, 2, (1, 3)), rng.normal(0, 2, (1, 3))),
        # scores at which a probability rounds, or e^z has no number
        *((array([[y]]), array([[z]])) for z in (37.0, -37.0, 800.0, -800.0, 1e4, -1e4)
          for y in (0.0, 1.0))],
    forbidden=("numpy.logaddexp", "nnlib.losses"), strict_floats=True)


@check_stable_binary.reference
def stable_binary(Y, Z):
    pairs = list(zip(Y.ravel().tolist(), Z.ravel().tolist(), strict=True))
    return sum(max(z, 0) - z * y + math.log1p(math.exp(-abs(z))) for y, z in pairs) / len(pairs)


check_stable_binary.right(lambda Y, Z: np.average(
    np.where(Y == 1, np.maximum(-Z, 0), np.maximum(Z, 0)) + np.log1p(np.exp(-np.abs(Z)))))
_SUMMANDS = "np.maximum(Z, 0) - Z * Y + np.log(1 + np.exp(-np.abs(Z)))"
_OF_P = "P = {}\nreturn -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))"
check_stable_binary.slips(f"""
def stable_binary(Y, Z):
    return np.mean({_SUMMANDS})
""", {
    "Subtract z y, do not add it": ("- Z * Y", "+ Z * Y"),
    "The term max(z, 0) is missing": ("np.maximum(Z, 0)", ""),
    "The term log(1 + e^-|z|) is missing": ("+ np.log(1 + np.exp(-np.abs(Z)))", ""),
    "The targets are swapped: -log σ(z) belongs to y = 1": ("Z * Y", "Z * (1 - Y)"),
    "An entry with y = 0 costs something too: -log(1 - σ(z))": (_SUMMANDS, f"Y * ({_SUMMANDS})"),
    "Z holds pre-activations, not probabilities: the sigmoid is missing": _OF_P.format("Z"),
    "e^z must not be computed for a large z, not even in a branch of np.where: take e^-|z|":
        [(_SUMMANDS, "np.log(1 + np.exp(Z)) - Y * Z"),
         (_SUMMANDS, "np.log(1 + np.exp(-Z)) + (1 - Y) * Z"),
         (_SUMMANDS, "Y * np.log(1 + np.exp(-Z)) + (1 - Y) * np.log(1 + np.exp(Z))")],
    "A probability was rounded to 0 before its logarithm: write -log σ(z) as log(1 + e^-z) first":
        [_OF_P.format("(1 + np.tanh(Z / 2)) / 2"), _OF_P.format("sigmoid(Z)")],
    "The probability was clipped, and so is the cost of a confident mistake: it is |z|":
        [_OF_P.format(f"np.clip({sigmoid}, 1e-{p}, 1 - 1e-{p})") for p in (7, 8, 9, 10, 12, 15)
         for sigmoid in ("sigmoid(Z)", "(1 + np.tanh(Z / 2)) / 2")],
    **families.sum_for_mean("mean", "sum", over=" over all entries"),
    "Divide by all n k entries, not by n alone": f"return np.sum({_SUMMANDS}) / len(Z)",
    "your function calls np.logaddexp": "return np.mean(np.logaddexp(0, Z) - Z * Y)",
}, sigmoid=bugs.sigmoid_overflowing)


def _record(signature, asks, pairs, **settings):
    """A loss and its gradient: the cases of the one, then those of the other."""
    fields = "function", "gradient"

    def in_form(value, field, *pair):
        if isinstance(value, ndarray | generic):
            assert field == "gradient" or value.size == 1, (
                f"the function returned {value.size} numbers: a loss is one number, their mean")
            assert field == "function" or value.shape, (
                "the gradient returned one number: it has a slope for each entry, so take no mean")
        return value

    return Exercise(
        signature, asks, lambda rng: [(f, *pair) for f, pair in product(fields, pairs(rng))],
        takes=fields, read=in_form, **settings)


check_huber = _record(
    "huber(Y, A)",
    "½ d² for a miss d = a - y of at most 1, |d| - ½ beyond, in the mean, and its gradient",
    lambda rng: [(array([[0.0], [0.0], [0.0]]), array([[0.5], [-3.0], [1.75]])),
                 (array([[2.0]]), array([[-50.0]])),
                 *(rng.normal(0, 2, (2, *size)) for size in ((5, 1), (4, 3))),
                 (array([[1, 2, 3, 4]]), array([[1.0, 3.0, 2.0, 4.5]]))])
check_huber.reference(SimpleNamespace(
    function=lambda Y, A: each(lambda d: d * d / 2 if abs(d) <= 1 else abs(d) - 0.5)(A - Y).mean(),
    gradient=lambda Y, A: each(lambda d: max(-1.0, min(1.0, d)))(A - Y) / A.size))
check_huber.slips("""
class huber:  # stands for a record of two functions
    def function(Y, A):
        d = A - Y
        return np.mean(np.where(abs(d) <= 1, d**2 / 2, abs(d) - 0.5))

    def gradient(Y, A):
        d = A - Y
        return np.where(abs(d) <= 1, d, np.sign(d)) / A.size
""", {
    "Up to |d| = 1 it is ½ d², with slope d":
        [("d**2 / 2", "d**2", "1, d, ", "1, 2 * d, "), ("(d) <= 1, d, ", "(d) <= 0.5, 2 * d, ")],
    "Beyond 1 it is |d| - ½: take off the ½": (" - 0.5", ""),
    "Beyond 1 it is |d| - ½, with slope 1 or -1: yours goes on as ½ d²": ("<= 1", "< np.inf"),
    "Beyond 1 it is |d| - ½, not d - ½, and its slope is the sign of d, not 1":
        ("abs(d) - 0.5", "d - 0.5", "np.sign(d)", "1"),
    "Compare |d| with 1, not d": ("abs(d) <= 1", "d <= 1"),
    "This is the squared error": ("<= 1", "< np.inf", "d**2 / 2", "d**2", " d, np", " 2 * d, np"),
    **families.wrong_sign("A - Y", "Y - A", why=": A - Y, not Y - A"),
    **families.sum_for_mean("mean", "sum"),
    "The factor of the mean is missing: divide by n k": (" / A.size", ""),
    "Divide by all n k entries, not by n": ("np.mean(", "1 / len(A) * np.sum(", "A.size", "len(A)"),
    "a loss is one number": ("np.mean", ""),
    "it has a slope for each entry, so take no mean": (" / A.size", ".mean()"),
})

check_smoothed = _record(
    "smoothed(Y, Z)",
    "categorical cross-entropy from scores with targets 0.9 y + 0.1 / k, and its gradient",
    lambda rng: [
        *((one_hot_rows(rng.integers(0, k, n), k), rng.normal(0, 2, (n, k)))
          for n, k in [(2, 3), (4, 3), (5, 2), (1, 4), (3, 3)]),
        (array([[1.0, 0.0, 0.0]]), array([[-800.0, 0.0, 800.0]])),
        (one_hot_rows([0, 1], 3), array([[0.0, 800.0, -800.0], [-2e3, -2001.0, -2e3]]))],
    strict_floats=True)


def _logs(Z):
    return array([log_softmax(row) for row in Z.tolist()])


check_smoothed.reference(SimpleNamespace(
    function=lambda Y, Z: -((0.9 * Y + 0.1 / len(Y[0])) * _logs(Z)).sum() / len(Y),
    gradient=lambda Y, Z: (each(math.exp)(_logs(Z)) - (0.9 * Y + 0.1 / len(Y[0]))) / len(Y)))
_T, _P = "0.9 * Y + 0.1 / Y.shape[1]", "np.exp(log_softmax(Z))"
check_smoothed.slips(f"""
def log_softmax(Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))

class smoothed:  # stands for a record of two functions
    def function(Y, Z):
        T = {_T}
        return -np.sum(T * log_softmax(Z)) / len(Y)

    def gradient(Y, Z):
        T = {_T}
        return ({_P} - T) / len(Y)
""", {
    "These are the targets as they were: smooth them here too": (_T, "Y"),
    "Each class gets 0.1 / k, not 0.1": (" / Y.shape[1]", ""),
    "Divide by k, the number of classes, not by n": ("Y.shape[1]", "len(Y)"),
    "Only 0.9 of the old target is left: 0.9 y + 0.1 / k": ("0.9 * ", ""),
    "0.9 and 0.1 are swapped: 0.9 y + 0.1 / k": ("0.9", "0.1", "0.1 /", "0.9 /"),
    "All k classes share the tenth, 0.1 / k each, the true one too":
        [(_T, f"0.9 * Y + 0.1 * (1 - Y){share}") for share in ("", " / (Y.shape[1] - 1)")]
        + [(_T, "np.where(Y == 1, 0.9, 0.1 / Y.shape[1])")],
    "A probability was rounded or clipped: take log softmax(z) as z - log Σ e^z":
        [("T * log_softmax(Z)", f"T * np.log({_P}{e})")
         for e in ("", *(f" + 1e-{p}" for p in (7, 8, 9, 10, 12, 15)))],
    "e^z has no number for a large z: subtract the maximum of each row first":
        ("    Z = Z - Z.max(axis=1, keepdims=True)\n", ""),
    "Subtract from each row its own maximum, not that of all rows":
        ("max(axis=1, keepdims=True)", "max()"),
    "Each row has a softmax of its own: sum over axis 1": [("axis=1, ", ""), ("axis=1", "axis=0")],
    **families.wrong_sign("-np", "np"),
    **families.wrong_sign(f"({_P} - T)", f"(T - {_P})",
                          why=": softmax(Z) minus the smoothed targets"),
    **families.sum_for_mean("Z)) / len(Y)", "Z))", over=" over the samples"),
    "The factor of the mean is missing: divide by n": ("T) / len(Y)", "T)"),
    "Divide by n, not by n k": ("/ len(Y)", "/ Y.size"),
})
# fmt: on

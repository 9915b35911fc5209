"""Page 03, its first half: the surprise at a class, and a stable binary cross-entropy."""

import math

import numpy as np
from numpy import array

from nnlib import bugs
from nnlib.checks import families
from nnlib.checks.exercise import Exercise

__all__ = ["check_mean_surprise", "check_stable_binary"]


def probabilities(rng):
    """Rows of probabilities and labels: worked ones, a single row, as many rows as classes."""
    cases = [(array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), array([0, 2]))]
    for n, k in [(1, 3), (5, 2), (4, 4), (6, 3)]:
        P = rng.uniform(0.1, 1, (n, k))
        cases.append((P / P.sum(axis=1)[:, None], rng.integers(0, k, n)))
    return cases


check_mean_surprise = Exercise(
    "mean_surprise(P, y)",
    "the mean of -log of the probability given to each true class",
    probabilities,
)


@check_mean_surprise.reference
def mean_surprise(P, y):
    return -sum(math.log(row[label]) for row, label in zip(P, y, strict=True)) / len(y)


def _surprises(P, y):
    return -np.log(P[np.arange(len(y)), y])


check_mean_surprise.right(lambda P, y: -(np.eye(P.shape[1])[y] * np.log(P)).sum(axis=1).mean())
check_mean_surprise.right(lambda P, y: np.mean(np.log(1 / np.diag(P[:, y]))))


@check_mean_surprise.right
def _(P, y):
    np.log(P, out=P)  # the arguments may change
    return np.take_along_axis(P, y[:, None], axis=1).sum() / -y.size


for _says, _of_surprises in [
    ("This is the sum over the samples: take the mean", lambda s, k: s.sum()),
    ("These are the surprises of the rows: take their mean", lambda s, k: s),
    ("The sign is wrong: the logarithm of a probability is negative", lambda s, k: -s.mean()),
    ("This is in bits: take the natural logarithm", lambda s, k: s.mean() / math.log(2)),
    ("Take the natural logarithm, np.log", lambda s, k: s.mean() / math.log(10)),
    ("This is the mean probability: take -log of each", lambda s, k: np.exp(-s).mean()),
    ("1 - p is no surprise: take -log p", lambda s, k: 1 - np.exp(-s).mean()),
    ("This is the log of the mean: first log, then mean", lambda s, k: -np.log(np.exp(-s).mean())),
    ("Leave the exponential out", lambda s, k: np.exp(s.mean())),
    ("Divide by n, the number of rows, not by n k", lambda s, k: s.mean() / k),
    ("Divide by n, the number of rows, not by k", lambda s, k: s.sum() / k),
    ("This is the first row alone: `return` stands below the loop", lambda s, k: s[0]),
    ("Only the first row counts: `return` stands below the loop", lambda s, k: s[0] / len(s)),
    ("Only the last row counts: add with +=", lambda s, k: s[-1] / len(s)),
    ("This is the last row alone: add with +=, and take the mean", lambda s, k: s[-1]),
]:
    check_mean_surprise.mistake(
        _says, lambda P, y, of=_of_surprises: of(_surprises(P, y), P.shape[1])
    )

_ONE_EACH = "pick one probability from each row, P[np.arange(len(y)), y]"
_NUMBER = "Number as many rows as there are labels: np.arange(len(y))"
for _says, _answer in [
    (f"Take the mean, but first {_ONE_EACH}", lambda P, y: -np.log(P[:, y])),
    (f"P[:, y] takes whole columns: {_ONE_EACH}", lambda P, y: -np.log(P[:, y]).mean()),
    (f"P[:, y] is whole columns: {_ONE_EACH}", lambda P, y: -np.log(P[:, y]).sum() / len(y)),
    (f"P[y] takes whole rows: {_ONE_EACH}", lambda P, y: -np.log(P[y]).mean()),
    (f"P[0, y] stays in the first row: {_ONE_EACH}", lambda P, y: -np.log(P[0, y]).mean()),
    (_NUMBER, lambda P, y: -np.log(P[[0, 1], y]).mean()),
    (_NUMBER, lambda P, y: -np.log(P[[0, 1, 2], y]).mean()),
    ("The row comes first, then the class", lambda P, y: -np.log(P[y, np.arange(len(y))]).mean()),
    ("Labels count from 0: take y, not y - 1", lambda P, y: _surprises(P, y - 1).mean()),
    ("This counts every class: only the true one counts", lambda P, y: -np.log(P).mean()),
    ("All classes are added: only the true one counts", lambda P, y: -np.log(P).sum() / len(y)),
    ("This is the entropy of P: y must decide", lambda P, y: -(P * np.log(P)).sum() / len(y)),
    ("Take what the truth got, not the largest", lambda P, y: -np.log(P.max(axis=1)).mean()),
    ("y holds labels, not rows of 0 and 1", lambda P, y: -(y * np.log(P)).sum(axis=1).mean()),
    (
        "The other classes cost nothing here: leave log(1 - p) out",
        lambda P, y: -np.log(np.where(np.eye(len(P.T))[y] == 1, P, 1 - P)).sum() / len(y),
    ),
    (
        "P holds probabilities already: no softmax is needed",
        lambda P, y: _surprises(np.exp(P) / np.exp(P).sum(axis=1, keepdims=True), y).mean(),
    ),
]:
    check_mean_surprise.mistake(_says, _answer)


def targets_and_scores(rng):
    """Small scores first, several columns, then scores at which e^z or a probability rounds."""
    Y, Z = rng.integers(0, 2, (4, 3)), rng.normal(0, 3, (4, 3))
    edges = [(y, z) for z in (37.0, -37.0, 800.0, -800.0, 1e4, -1e4) for y in (0.0, 1.0)]
    return [
        (array([[1.0]]), array([[0.0]])),
        (array([[1.0], [0.0], [1.0]]), array([[2.0], [0.7], [-1.0]])),
        (Y.astype(float), Z),
        (Y[:1], Z[:1] / 2),
        *((array([[y]]), array([[z]])) for y, z in edges),
    ]


check_stable_binary = Exercise(
    "stable_binary(Y, Z)",
    "the mean binary cross-entropy from pre-activations of any size, without np.logaddexp",
    targets_and_scores,
    forbidden=("numpy.logaddexp", "nnlib.losses"),
    strict_floats=True,
)


@check_stable_binary.reference
def stable_binary(Y, Z):
    losses = [
        max(z, 0.0) - z * y + math.log1p(math.exp(-abs(z)))
        for y, z in zip(Y.ravel().tolist(), Z.ravel().tolist(), strict=True)
    ]
    return sum(losses) / len(losses)


def logaddexp(first, second):
    """A function of one's own by a forbidden name: log(e^first + e^second)."""
    top = np.maximum(first, second)
    return top + np.log(np.exp(first - top) + np.exp(second - top))


check_stable_binary.right(lambda Y, Z: logaddexp(0, (1 - 2 * Y) * Z).mean())


@check_stable_binary.right
def _(Y, Z):
    rest = np.log1p(np.exp(-np.abs(Z)))
    return np.average(np.where(Y == 1, np.maximum(-Z, 0), np.maximum(Z, 0)) + rest)


@check_stable_binary.right
def _(Y, Z):
    Z *= 1 - 2 * Y  # the arguments may change
    losses = np.maximum(Z, 0)
    losses += np.log(1 + np.exp(-np.abs(Z)))
    return losses.sum() / Z.size


def _rest(Z):
    return np.log1p(np.exp(-np.abs(Z)))


_EXPONENT = (
    "e^z must not be computed for a large z, not even in a branch of np.where that is thrown away: "
    "let the exponent be -|z|"
)
for _says, _entries in [
    ("Subtract z y, do not add it", lambda Y, Z: np.maximum(Z, 0) + Z * Y + _rest(Z)),
    ("The term z y is missing", lambda Y, Z: np.maximum(Z, 0) + _rest(Z)),
    ("The term max(z, 0) is missing", lambda Y, Z: _rest(Z) - Z * Y),
    ("The term log(1 + e^-|z|) is missing", lambda Y, Z: np.maximum(Z, 0) - Z * Y),
    ("The 1 in log(1 + e^-|z|) is missing", lambda Y, Z: np.maximum(Z, 0) - Z * Y - abs(Z)),
    ("Add log(1 + e^-|z|)", lambda Y, Z: np.maximum(Z, 0) - Z * Y - _rest(Z)),
    ("Take max(z, 0), not z", lambda Y, Z: Z - Z * Y + _rest(Z)),
    ("Take max(z, 0), not |z|", lambda Y, Z: abs(Z) - Z * Y + _rest(Z)),
    ("Take max(z, 0), not the minimum", lambda Y, Z: np.minimum(Z, 0) - Z * Y + _rest(Z)),
    (
        "np.max(Z, 0) is the maximum of each column: take np.maximum(Z, 0)",
        lambda Y, Z: np.max(Z, 0) - Z * Y + _rest(Z),
    ),
    (
        "Each entry has a maximum of its own, max(z, 0): take np.maximum(Z, 0)",
        lambda Y, Z: max(Z.max(), 0) - Z * Y + _rest(Z),
    ),
    (
        "np.log1p(x) is log(1 + x): it adds the 1 itself",
        lambda Y, Z: np.maximum(Z, 0) - Z * Y + np.log1p(1 + np.exp(-abs(Z))),
    ),
    (
        "Take the natural logarithm, np.log or np.log1p",
        lambda Y, Z: np.maximum(Z, 0) - Z * Y + _rest(Z) / math.log(2),
    ),
    (
        "The targets are swapped: -log σ(z) belongs to y = 1",
        lambda Y, Z: np.maximum(Z, 0) - Z * (1 - Y) + _rest(Z),
    ),
    (
        "An entry with y = 0 costs something too: -log(1 - σ(z))",
        lambda Y, Z: Y * (np.maximum(-Z, 0) + _rest(Z)),
    ),
    (
        "Z holds pre-activations, not probabilities: the sigmoid is missing",
        lambda Y, Z: -Y * np.log(Z) - (1 - Y) * np.log(1 - Z),
    ),
    (_EXPONENT, lambda Y, Z: np.log(1 + np.exp(Z)) - Y * Z),
    (_EXPONENT, lambda Y, Z: np.log(1 + np.exp(-Z)) + (1 - Y) * Z),
    (_EXPONENT, lambda Y, Z: Y * np.log(1 + np.exp(-Z)) + (1 - Y) * np.log(1 + np.exp(Z))),
]:
    check_stable_binary.mistake(_says, lambda Y, Z, entries=_entries: np.mean(entries(Y, Z)))


for _power, _exponent in [("|z|", np.abs), ("z", np.positive), ("-z", np.negative)]:
    check_stable_binary.mistake(
        f"e^{_power} was computed: it must be e^-|z|",
        lambda Y, Z, exponent=_exponent: np.mean(
            np.maximum(Z, 0) - Z * Y + np.log(1 + np.exp(exponent(Z)))
        ),
    )


def _of_probabilities(sigmoid, smallest=0.0):
    """The loss from probabilities, which may be clipped."""

    def answer(Y, Z):
        P = np.clip(sigmoid(Z), smallest, 1 - smallest)
        return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))

    return answer


def _symmetric_sigmoid(Z):
    return (1 + np.tanh(Z / 2)) / 2


_ROUNDED = (
    "No logarithm may be taken of a probability that was rounded to 0: write -log σ(z) as "
    "log(1 + e^-z) first"
)
check_stable_binary.mistake(_ROUNDED, bugs.binary_crossentropy_of_probabilities)
check_stable_binary.mistake(_ROUNDED, _of_probabilities(_symmetric_sigmoid))
for _smallest in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15):
    for _sigmoid in (bugs.sigmoid_overflowing, _symmetric_sigmoid):
        check_stable_binary.mistake(
            "The probability was clipped, and so is the cost of a confident mistake: it is |z|",
            _of_probabilities(_sigmoid, _smallest),
        )

for _largest in (30, 100, 500, 700):
    check_stable_binary.mistake(
        "Z was clipped, and so is the cost of a confident mistake: it is |z|",
        lambda Y, Z, largest=_largest: stable_binary(Y, np.clip(Z, -largest, largest)),
    )

families.wrong_sign(check_stable_binary)
families.sum_for_mean(
    check_stable_binary, lambda Y, Z: Z.size, "This is the sum: take the mean over all entries"
)
families.scaled(
    check_stable_binary, "Divide by all n k entries, not by n alone", lambda Y, Z: Z.shape[1]
)
check_stable_binary.mistake(
    "These are the losses of the entries: take their mean",
    lambda Y, Z: np.maximum(Z, 0) - Z * Y + _rest(Z),
)
check_stable_binary.mistake(
    "The mean is of all three terms: its bracket closes behind the logarithm",
    lambda Y, Z: np.mean(np.maximum(Z, 0) - Z * Y) + _rest(Z),
)
check_stable_binary.mistake(
    "The targets come first: stable_binary(Y, Z)", lambda Z, Y: stable_binary(Y, Z)
)
check_stable_binary.mistake(
    "your function calls np.logaddexp", lambda Y, Z: np.mean(np.logaddexp(0, Z) - Z * Y)
)

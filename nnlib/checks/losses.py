"""Checkers for page 03: losses and their gradients."""

import math

from numpy import abs as _abs
from numpy import all as _all
from numpy import array, asarray, errstate, shape
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks._tools import (
    _call,
    _expect_with_hint,
    _first_that_fits,
    _short,
    _slopes_of_loss,
    _softplus,
)

__all__ = ["check_huber", "check_mean_surprise", "check_smoothed", "check_stable_binary"]


def check_mean_surprise(function):
    """Check mean_surprise(P, y): the mean of -log of the probability given to each true class."""
    worked = array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]), array([0, 2])
    rng = default_rng(5)
    cases = [worked]
    for n, k in [(1, 3), (5, 2), (4, 4)]:
        P = rng.uniform(0.1, 1, (n, k))
        cases.append((P / P.sum(axis=1)[:, None], rng.integers(0, k, n)))
    for P, y in cases:
        truth_got = [row[label] for row, label in zip(P, y, strict=True)]
        n, mean = len(y), sum(-math.log(p) for p in truth_got) / len(y)
        try:
            result = _call(function, P, y)
        except IndexError as error:
            raise AssertionError(
                f"with {n} rows: {str(error).strip()}. Number as many rows as there are labels: "
                "np.arange(len(y))"
            ) from None
        hint = _hint_for_mean_surprise(result, P, y, truth_got)
        _expect_with_hint(result, mean, "the mean surprise", hint)


def _hint_for_mean_surprise(result, P, y, truth_got):
    n, mean = len(y), -sum(math.log(p) for p in truth_got) / len(y)
    if shape(result) in ((n, n), (n,)):
        return "Pick one probability from each row, P[np.arange(n), y], and take the mean"
    if shape(result) != () or result is None:
        return ""
    everything = -sum(math.log(p) for p in P.ravel()) / P.size
    columns = -sum(math.log(row[label]) for row in P for label in y) / n**2
    normalisers = sum(math.log(sum(math.exp(p) for p in row)) for row in P) / n
    largest = -sum(math.log(max(row)) for row in P) / n
    mistakes = [
        (mean * n, "This is the sum over the samples: take the mean"),
        (-mean, "The sign is wrong: the logarithm of a probability is negative"),
        (mean / math.log(2), "This is in bits: take the natural logarithm"),
        (mean / math.log(10), "Take the natural logarithm, np.log"),
        (everything, "This counts every class: only the true one counts"),
        (
            columns,
            "P[:, y] takes whole columns: pick one entry from each row, P[np.arange(len(y)), y]",
        ),
        (
            -math.log(sum(truth_got) / n),
            "This is the log of the mean: first the logarithm, then the mean",
        ),
        (mean / P.shape[1], "Divide by n, the number of rows, not by n k"),
        (largest, "Take what the truth got, not the largest of each row"),
        (
            normalisers - sum(truth_got) / n,
            "P holds probabilities already: no softmax is needed",
        ),
    ]
    return _first_that_fits(float(result), mistakes)


def check_stable_binary(function):
    """Check stable_binary(Y, Z): binary cross-entropy from pre-activations of any size."""
    rng = default_rng(6)
    cases = [
        (array([[1.0]]), array([[0.0]])),
        (array([[1.0], [0.0], [1.0]]), array([[2.0], [0.7], [-1.0]])),
        (rng.integers(0, 2, (4, 3)).astype(_float64), rng.normal(0, 3, (4, 3))),
    ]
    cases += [
        (array([[y]]), array([[z]])) for z in (37.0, -37.0, 800.0, -800.0, 1e4) for y in (0.0, 1.0)
    ]
    for Y, Z in cases:
        entries = list(zip(Y.ravel().tolist(), Z.ravel().tolist(), strict=True))
        losses = [y * _softplus(-z) + (1 - y) * _softplus(z) for y, z in entries]
        where = f"the loss of {_short(Y)} at z = {_short(Z)}"
        result = _call_at_the_edge(function, Y, Z, where)
        hint = _hint_for_stable_binary(result, Y, Z, entries, losses)
        _expect_with_hint(result, sum(losses) / len(losses), where, hint)
    used = getattr(getattr(function, "__code__", None), "co_names", ())
    for name in ("logaddexp", "binary_crossentropy"):
        assert name not in used, (
            f"right, but {name} did the work: write it with np.exp and np.log1p"
        )


def _hint_for_stable_binary(result, Y, Z, entries, losses):
    if shape(result) == Y.shape:
        return "These are the losses of the entries: take their mean"
    if shape(result) != () or result is None:
        return ""
    mean = sum(losses) / len(losses)
    swapped = [y * _softplus(z) + (1 - y) * _softplus(-z) for y, z in entries]
    top = Z.max(axis=0)[None, :].repeat(len(Z), axis=0)  # what np.max(Z, 0) takes
    added = [  # what each slip adds to the sum of the losses
        (sum(abs(z) for _, z in entries), "e^|z| was computed: it must be e^-|z|"),
        (2 * sum(y * z for y, z in entries), "Subtract z y, do not add it"),
        (
            sum(t - max(z, 0.0) for t, (_, z) in zip(top.ravel(), entries, strict=True)),
            "np.max(Z, 0) is the maximum of each column: take np.maximum(Z, 0)",
        ),
        (
            -sum(math.log1p(math.exp(-abs(z))) for _, z in entries),
            "The term log(1 + e^-|z|) is missing",
        ),
    ]
    mistakes = [
        (sum(swapped) / len(losses), "The targets are swapped: -log σ(z) belongs to y = 1"),
        (-mean, "The sign is wrong"),
        (sum(losses), "This is the sum: take the mean over all entries"),
        (sum(losses) / len(Z), "Divide by all n k entries, not by n alone"),
        *((mean + more / len(losses), words) for more, words in added if more),
        (math.log(1e7), "This is -log(1e-7): the probability was clipped"),
    ]
    return _first_that_fits(float(result), mistakes)


def _call_at_the_edge(function, Y, P, where):
    """Call a loss so that overflow and the logarithm of 0 are errors in words, not warnings."""
    try:
        with errstate(over="raise", invalid="raise", divide="raise"):
            return _call(function, Y, P)
    except FloatingPointError as error:
        raise AssertionError(
            f"{where} fails ({error}): e^z must not be computed for a large positive z, and "
            "no logarithm may be taken of a probability that was rounded to 0"
        ) from None


def check_huber(record):
    """Check a record of the Huber loss: d²/2 up to a miss of 1, |d| - 1/2 beyond, and gradient."""

    def mean_of(loss):
        def function(Y, A):
            misses = [a - y for a, y in zip(A.ravel().tolist(), Y.ravel().tolist(), strict=True)]
            return sum(loss(d) for d in misses) / len(misses)

        return function

    huber = mean_of(lambda d: d * d / 2 if abs(d) <= 1 else abs(d) - 0.5)
    likely = [
        (lambda d: d * d if abs(d) <= 1 else abs(d) - 0.5, "Up to |d| = 1 it is ½ d², slope d"),
        (lambda d: d * d / 2 if abs(d) <= 1 else abs(d), "Beyond 1 it is |d| - ½: take off the ½"),
        (lambda d: d * d / 2 if d <= 1 else abs(d) - 0.5, "Compare |d| with 1, not d"),
        (
            lambda d: d * d / 2 if abs(d) <= 1 else d - 0.5,
            "Beyond 1 it is |d| - ½, not d - ½, and its slope is the sign of d, not 1",
        ),
        (lambda d: d * d / 2, "Beyond 1 it is |d| - ½, with slope 1 or -1: yours goes on as ½ d²"),
        (lambda d: d * d, "This is the squared error"),
    ]
    rng = default_rng(7)
    cases = [(array([[0.0], [0.0], [0.0]]), array([[0.5], [-3.0], [1.75]]))]
    cases += [(array([[2.0]]), array([[-50.0]]))]
    cases += [(rng.normal(0, 2, size), rng.normal(0, 2, size)) for size in ((5, 1), (4, 3))]
    likely = [(mean_of(loss), words) for loss, words in likely]
    likely.append((lambda Y, A: huber(Y, A) * A.shape[1], "Divide by all n k entries, not by n"))
    _check_loss(record, huber, cases, "outputs", "A - Y, not Y - A", likely)


def check_smoothed(record):
    """Check a record of the categorical cross-entropy with labels smoothed by 0.1."""

    def with_targets(target):
        def function(Y, Z):
            total = 0.0
            for targets, scores in zip(Y.tolist(), Z.tolist(), strict=True):
                top = max(scores)
                log_sum = top + math.log(sum(math.exp(z - top) for z in scores))
                for y, z in zip(targets, scores, strict=True):
                    total -= target(y, *Y.shape) * (z - log_sum)
            return total / len(Y)

        return function

    smoothed = with_targets(lambda y, n, k: 0.9 * y + 0.1 / k)
    likely = [
        (lambda y, n, k: y, "These are the targets as they were: smooth them here too"),
        (lambda y, n, k: 0.9 * y + 0.1, "Each class gets 0.1 / k, not 0.1"),
        (lambda y, n, k: 0.9 * y + 0.1 / n, "Divide by k, the number of classes, not by n"),
        (lambda y, n, k: 0.9 * y + 0.1 / 3, "Divide by k = Y.shape[1]: it is not always 3"),
        (
            lambda y, n, k: 0.9 * y + 0.1 * (1 - y) / (k - 1),
            "All k classes share the tenth, the true one too",
        ),
        (lambda y, n, k: 0.9 * y, "Each class gets a share of 0.1 / k in addition"),
        (lambda y, n, k: y + 0.1 / k, "Only 0.9 of the old target is left: 0.9 y + 0.1 / k"),
    ]
    likely = [(with_targets(target), words) for target, words in likely]
    likely.append((lambda Y, Z: smoothed(Y, Z) / Z.shape[1], "Divide by n, not by n k"))
    rng = default_rng(8)
    cases = []
    for n, k in [(2, 3), (4, 3), (5, 2)]:
        Y = array([[float(label == c) for c in range(k)] for label in rng.integers(0, k, n)])
        cases.append((Y, rng.normal(0, 2, (n, k))))
    cases.append((array([[1.0, 0.0, 0.0]]), array([[-800.0, 0.0, 800.0]])))
    difference = "softmax(Z) minus the smoothed targets"
    _check_loss(record, smoothed, cases, "scores", difference, likely)


def _check_loss(record, reference, cases, inputs, difference, likely):
    """A record's loss against the reference, its gradient against the reference's slopes.

    `likely` holds wrong losses, each with words for those who made it, or took its slope.
    """
    for part in ("function", "gradient"):
        assert callable(getattr(record, part, None)), (
            "hand over a record: Loss(name, function, gradient, output_activation)"
        )
    for Y, P in cases:
        where = f"the loss of {inputs} {_short(P)}"
        result = _call_at_the_edge(record.function, Y, P, where)
        mean = reference(Y, P)
        _expect_with_hint(result, mean, where, _hint_for_loss(result, mean, Y, P, likely))
    for Y, P in cases:
        where = f"the gradient at {inputs} {_short(P)}"
        try:
            result = _call_at_the_edge(record.gradient, Y, P, where)
        except NotImplementedError:
            raise AssertionError("the loss is right; now its gradient") from None
        slopes = _slopes_of_loss(reference, Y, P)
        hint = _hint_for_gradient(result, slopes, Y, P, difference, likely)
        _expect_with_hint(result, slopes, where, hint)


def _hint_for_loss(result, mean, Y, P, likely):
    if shape(result) == P.shape:
        return "These are the losses of the entries: return one number"
    if shape(result) != () or result is None:
        return ""
    mistakes = [
        (mean * P.size, "This is the sum: take the mean"),
        (mean * len(P), "This is the sum over the samples: take the mean"),
        (-mean, "The sign is wrong"),
        *((mistake(Y, P), words) for mistake, words in likely),
    ]
    return _first_that_fits(float(result), mistakes)


def _hint_for_gradient(result, slopes, Y, P, difference, likely):
    if shape(result) == ():
        return "A gradient has a slope for each entry: take no mean"
    if shape(result) != P.shape:
        return ""
    found = asarray(result, dtype=_float64)
    mistakes = [
        (-slopes, f"The sign is wrong: {difference}"),
        (slopes * P.size, "The factor of the mean is missing: divide by n k"),
        (slopes * len(P), "The factor of the mean is missing: divide by n"),
        (slopes * 2, "This is twice the slope"),
        *((_slopes_of_loss(mistake, Y, P), words) for mistake, words in likely),
    ]
    for mistake, words in mistakes:
        if _all(_abs(found - mistake) <= 1e-6 + 1e-5 * _abs(mistake)):
            return words
    return ""

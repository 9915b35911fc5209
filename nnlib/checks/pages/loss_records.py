"""Page 03, its second half: losses of one's own, a function and its gradient in a record."""

import math
from types import SimpleNamespace

import numpy as np
from numpy import array, generic, ndarray

from nnlib import bugs
from nnlib.checks import families
from nnlib.checks.by_loops import log_softmax, one_hot_rows
from nnlib.checks.exercise import Exercise

__all__ = ["check_huber", "check_smoothed"]


def for_both(pairs):
    """The cases of a record: those of the loss, then those of its gradient."""
    return [(field, *pair) for field in ("function", "gradient") for pair in pairs]


def in_form(value, field, Y, P):
    """What a record returned; a loss of many numbers, or a gradient of one, is refused in words."""
    if isinstance(value, ndarray | generic):
        assert field == "gradient" or value.size == 1, (
            f"the function returned {value.size} numbers: a loss is one number, their mean"
        )
        assert field == "function" or value.shape, (
            "the gradient returned one number: it has a slope for each entry, so take no mean"
        )
    return value


def _times(exercise, says, factor, *fields):
    """The mistake that a loss, its gradient, or both of them are so many times the right ones."""

    def times(right):
        return lambda Y, P: right(Y, P) * factor(P)

    right = vars(exercise.answer)
    exercise.mistake(says, **{field: times(right[field]) for field in fields})


def slips_of_a_mean(exercise, difference):
    """What goes wrong with the signs and shapes of any loss; `difference` is its slope in words."""
    _times(exercise, "The sign is wrong", lambda P: -1, "function")
    _times(exercise, f"The sign is wrong: {difference}", lambda P: -1, "gradient")
    _times(exercise, "This is twice the slope", lambda P: 2, "gradient")
    _times(exercise, "a loss is one number", np.ones_like, "function")
    gradient = exercise.answer.gradient
    exercise.mistake(
        "it has a slope for each entry, so take no mean",
        gradient=lambda Y, P: gradient(Y, P).mean(),
    )
    exercise.mistake(
        "A gradient has a slope for each entry: do not sum over the samples",
        gradient=lambda Y, P: gradient(Y, P).sum(axis=0),
    )


def misses(rng):
    """Worked misses, drawn ones, misses of 0 and 1, and targets that are whole numbers."""
    drawn = [(rng.normal(0, 2, size), rng.normal(0, 2, size)) for size in ((5, 1), (4, 3))]
    return for_both(
        [
            (array([[0.0], [0.0], [0.0]]), array([[0.5], [-3.0], [1.75]])),
            (array([[2.0]]), array([[-50.0]])),
            *drawn,
            (array([[1, 2, 3, 4]]), array([[1.0, 3.0, 2.0, 4.5]])),
        ]
    )


check_huber = Exercise(
    "huber(Y, A)",
    "½ d² for a miss d = a - y of at most 1, |d| - ½ beyond, in the mean, and its gradient",
    misses,
    takes=("function", "gradient"),
    read=in_form,
)


def _huber(Y, A):
    misses = [abs(a - y) for a, y in zip(A.ravel().tolist(), Y.ravel().tolist(), strict=True)]
    return sum(d * d / 2 if d <= 1 else d - 0.5 for d in misses) / len(misses)


def _huber_gradient(Y, A):
    return families.each(lambda d: max(-1.0, min(1.0, d)) / A.size)(A - Y)


check_huber.reference(SimpleNamespace(function=_huber, gradient=_huber_gradient))


@check_huber.right
class _:
    def function(Y, A):
        Y = abs(Y - A)
        return np.mean(np.minimum(Y, 1) * (Y - np.minimum(Y, 1) / 2))

    def gradient(Y, A):
        A -= Y  # the arguments may change
        A[A > 1] = 1
        A[A < -1] = -1
        return A / (len(A) * len(A[0]))


def _pieces(inside, outside, is_inside=lambda d: abs(d) <= 1):
    return lambda d: np.where(is_inside(d), inside(d), outside(d))


def _half_square(d):
    return d**2 / 2


def _shortened(d):
    return abs(d) - 0.5


def _itself(d):
    return d


_HALF = "Up to |d| = 1 it is ½ d², with slope d"
_BEYOND = "Beyond 1 it is |d| - ½"
for _says, _loss, _slope in [
    (_HALF, _pieces(np.square, _shortened), _pieces(lambda d: 2 * d, np.sign)),
    (_HALF, _pieces(abs, _shortened), lambda d: np.clip(2 * d, -1, 1)),
    (f"{_BEYOND}: take off the ½", _pieces(_half_square, abs), None),
    (f"{_BEYOND}, not |d| - 1", _pieces(_half_square, lambda d: abs(d) - 1), None),
    (f"{_BEYOND}, with slope 1 or -1: yours goes on as ½ d²", _half_square, _itself),
    (
        f"{_BEYOND}, not d - ½, and its slope is the sign of d, not 1",
        _pieces(_half_square, lambda d: d - 0.5),
        _pieces(_itself, np.ones_like),
    ),
    (
        "Compare |d| with 1, not d",
        _pieces(_half_square, _shortened, lambda d: d <= 1),
        _pieces(_itself, np.sign, lambda d: d <= 1),
    ),
    (
        "The two pieces are swapped: ½ d² is for |d| <= 1",
        _pieces(_shortened, _half_square),
        _pieces(np.sign, _itself),
    ),
    ("This is the squared error", np.square, lambda d: 2 * d),
    ("This is the absolute error: up to |d| = 1 it is ½ d²", abs, np.sign),
    (
        "sqrt(1 + d²) - 1 only resembles it: take the two pieces",
        lambda d: np.sqrt(1 + d**2) - 1,
        lambda d: d / np.sqrt(1 + d**2),
    ),
    (
        "Beyond 1 the loss rises further, with slope 1 or -1, not 0",
        lambda d: np.minimum(d**2, 1) / 2,
        _pieces(_itself, np.zeros_like),
    ),
    ("This is the loss of a miss, not its slope", None, _pieces(_half_square, _shortened)),
    ("A slope has the sign of d: cut off d, not |d|", None, lambda d: np.minimum(abs(d), 1)),
]:
    check_huber.mistake(
        _says,
        function=lambda Y, A, loss=_loss: np.mean(loss(A - Y)) if loss else _huber(Y, A),
        gradient=lambda Y, A, slope=_slope: (
            slope(A - Y) / A.size if slope else _huber_gradient(Y, A)
        ),
    )

slips_of_a_mean(check_huber, "A - Y, not Y - A")
_times(check_huber, "This is the sum: take the mean", lambda A: A.size, "function")
_times(
    check_huber, "The factor of the mean is missing: divide by n k", lambda A: A.size, "gradient"
)
_times(
    check_huber, "Divide by all n k entries, not by n", lambda A: A.shape[1], "function", "gradient"
)


def scores(rng):
    """Scores of several shapes, a single row, and scores at which e^z has no number."""
    drawn = [
        (one_hot_rows(rng.integers(0, k, n), k), rng.normal(0, 2, (n, k)))
        for n, k in [(2, 3), (4, 3), (5, 2), (1, 4), (3, 3)]
    ]
    far = array([[-800.0, 0.0, 800.0]]), array([[0.0, 800.0, -800.0], [-2e3, -2001.0, -2e3]])
    return for_both([*drawn, *((one_hot_rows([0, 1][: len(Z)], 3), Z) for Z in far)])


check_smoothed = Exercise(
    "smoothed(Y, Z)",
    "categorical cross-entropy from scores with targets 0.9 y + 0.1 / k, and its gradient",
    scores,
    takes=("function", "gradient"),
    read=in_form,
    strict_floats=True,
)


def _targets(Y):
    return 0.9 * Y + 0.1 / Y.shape[1]


def _smoothed(Y, Z):
    rows = zip(_targets(Y).tolist(), map(log_softmax, Z.tolist()), strict=True)
    return -sum(t * log for row in rows for t, log in zip(*row, strict=True)) / len(Y)


def _smoothed_gradient(Y, Z):
    P = array([[math.exp(log) for log in log_softmax(row)] for row in Z.tolist()])
    return (P - _targets(Y)) / len(Y)


check_smoothed.reference(SimpleNamespace(function=_smoothed, gradient=_smoothed_gradient))


def _log_softmax(Z, top=None):
    top = Z.max(axis=1, keepdims=True) if top is None else top
    return Z - top - np.log(np.exp(Z - top).sum(axis=1, keepdims=True))


@check_smoothed.right
class _:
    def function(Y, Z):
        surprises = -_log_softmax(Z)
        return (0.9 * (Y * surprises).sum(axis=1) + 0.1 * surprises.mean(axis=1)).mean()

    def gradient(Y, Z):
        Y *= 0.9  # the arguments may change
        Y += 0.1 / Y.shape[1]
        return (np.exp(_log_softmax(Z)) - Y) / len(Y)


for _says, _wrong in [
    ("These are the targets as they were: smooth them here too", lambda Y, n, k: Y),
    ("Each class gets 0.1 / k, not 0.1", lambda Y, n, k: 0.9 * Y + 0.1),
    ("Divide by k, the number of classes, not by n", lambda Y, n, k: 0.9 * Y + 0.1 / n),
    ("Divide by k = Y.shape[1]: it is not always 3", lambda Y, n, k: 0.9 * Y + 0.1 / 3),
    ("Each class gets a share of 0.1 / k in addition", lambda Y, n, k: 0.9 * Y),
    ("Only 0.9 of the old target is left: 0.9 y + 0.1 / k", lambda Y, n, k: Y + 0.1 / k),
    ("It is 0.9 y + 0.1 / k: the factor 0.9 is for y alone", lambda Y, n, k: 0.9 * (Y + 0.1 / k)),
    ("0.9 and 0.1 are swapped: 0.9 y + 0.1 / k", lambda Y, n, k: 0.1 * Y + 0.9 / k),
    ("All share one tenth, 0.1 / k each", lambda Y, n, k: 0.9 * Y + 0.1 * (1 - Y)),
    ("The true class gets 0.1 / k too", lambda Y, n, k: np.where(Y == 1, 0.9, 0.1 / k)),
    ("The targets are smoothed twice", lambda Y, n, k: 0.81 * Y + 0.19 / k),
    (
        "All k classes share the tenth, the true one too",
        lambda Y, n, k: 0.9 * Y + 0.1 * (1 - Y) / (k - 1),
    ),
]:
    check_smoothed.mistake(
        _says,
        function=lambda Y, Z, wrong=_wrong: -(wrong(Y, *Y.shape) * _log_softmax(Z)).sum() / len(Y),
        gradient=lambda Y, Z, wrong=_wrong: (np.exp(_log_softmax(Z)) - wrong(Y, *Y.shape)) / len(Y),
    )

check_smoothed.mistake(
    "A probability was rounded to 0: take log softmax(z) as z - log Σ e^z",
    function=lambda Y, Z: bugs.categorical_crossentropy_of_probabilities(_targets(Y), Z),
)
_EACH_ROW = "Each row has a softmax of its own: sum over axis 1, with keepdims"
for _says, _logs, _softmax in [
    (
        "e^z has no number for a large z: subtract the maximum of each row first",
        lambda Z: _log_softmax(Z, top=0),
        bugs.softmax_without_shift,
    ),
    (
        "Subtract from each row its own maximum, not that of all rows",
        lambda Z: _log_softmax(Z, top=Z.max()),
        bugs.softmax_with_one_maximum,
    ),
    (_EACH_ROW, lambda Z: np.log(bugs.softmax_of_everything(Z)), bugs.softmax_of_everything),
    (_EACH_ROW, lambda Z: _log_softmax(Z.T).T, lambda Z: np.exp(_log_softmax(Z.T).T)),
    ("Z holds scores, not probabilities: log Σ e^z is missing", lambda Z: Z, lambda Z: Z),
]:
    check_smoothed.mistake(
        _says,
        function=lambda Y, Z, logs=_logs: -(_targets(Y) * logs(Z)).sum() / len(Y),
        gradient=lambda Y, Z, softmax=_softmax: (softmax(Z) - _targets(Y)) / len(Y),
    )

check_smoothed.mistake(
    "Smooth the targets, not the outputs",
    function=lambda Y, Z: -(Y * np.log(_targets(np.exp(_log_softmax(Z))))).sum() / len(Y),
    gradient=lambda Y, Z: (_targets(np.exp(_log_softmax(Z))) - Y) / len(Y),
)

check_smoothed.mistake(
    "The share 0.1 / k belongs to the targets, not to the loss",
    function=lambda Y, Z: -0.9 * (Y * _log_softmax(Z)).sum() / len(Y) + 0.1 / Z.shape[1],
    gradient=lambda Y, Z: 0.9 * (np.exp(_log_softmax(Z)) - Y) / len(Y) + 0.1 / Z.shape[1],
)
check_smoothed.mistake(
    "The tenth that all classes share has a gradient too",
    gradient=lambda Y, Z: 0.9 * (np.exp(_log_softmax(Z)) - Y) / len(Y),
)
for _smallest in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15):
    check_smoothed.mistake(
        "The probability was clipped, and so is its cost: take log softmax(z) as z - log Σ e^z",
        function=lambda Y, Z, smallest=_smallest: (
            -(_targets(Y) * np.log(np.exp(_log_softmax(Z)) + smallest)).sum() / len(Y)
        ),
    )

slips_of_a_mean(check_smoothed, "softmax(Z) minus the smoothed targets")
_times(check_smoothed, "This is the sum over the samples: take the mean", len, "function")
_times(check_smoothed, "The factor of the mean is missing: divide by n", len, "gradient")
_times(check_smoothed, "Divide by n, not by n k", lambda Z: 1 / Z.shape[1], "function", "gradient")

"""Page 08: judging a result on few photographs."""

import numpy as np
from numpy import array, shape

from nnlib.checks import families
from nnlib.checks.by_loops import column_statistics
from nnlib.checks.exercise import Exercise

__all__ = ["check_accuracy_error", "check_centre", "check_count_dead", "check_stopping_epoch"]

check_centre = Exercise(
    "centre(x_train, x_new)",
    "both arrays without the mean of each column of x_train",
    lambda rng: [
        (array([[1.0, 10.0], [3.0, 30.0]]), array([[2.0, 50.0]])),
        *(
            (rng.uniform(0, 1, (n, k)), rng.uniform(2, 3, (m, k)))
            for n, m, k in [(4, 2, 3), (6, 1, 1), (5, 5, 2), (3, 3, 3)]
        ),
    ],
    parts=("the centred x_train", "the centred x_new"),
)


@check_centre.reference
def centre(x_train, x_new):
    means = column_statistics(x_train)[0]
    return x_train - means, x_new - means


@check_centre.right
def _(x_train, x_new):
    means = np.ones(len(x_train)) @ x_train / len(x_train)
    x_train -= means
    x_new -= means
    return [x_train, x_new]


families.of_other_rows(check_centre, "means")


def _without(amount):
    """Both arrays without something that is taken from x_train."""
    return lambda x_train, x_new: (x_train - amount(x_train), x_new - amount(x_train))


for _says, _answer in (
    ("Take the mean, not the median", _without(lambda x: np.median(x, axis=0))),
    ("This subtracts the sum of each column: its mean is asked", _without(lambda x: x.sum(axis=0))),
    ("axis=1 gives the mean of each row: axis=0 gives that of each column",
     _without(lambda x: x.mean(axis=1))),
    ("Take the mean, not the smallest value", _without(lambda x: x.min(axis=0))),
    ("Subtract the mean from the rows, not the rows from the mean",
     lambda x, new: tuple(-centred for centred in centre(x, new))),
    ("Subtract the mean only: the standard deviation is not asked",
     lambda x, new: tuple(centred / x.std(axis=0) for centred in centre(x, new))),
    ("Give the centred arrays back, not the means",
     lambda x, new: (x.mean(axis=0), new.mean(axis=0))),
):  # fmt: skip
    check_centre.mistake(_says, _answer)


_WORKED = array([[-1.0, 2.0, -3.0, 0.0], [-2.0, -1.0, 0.5, 0.0], [-0.1, 3.0, 4.0, -1.0]])

check_count_dead = Exercise(
    "count_dead(Z)",
    "the number of columns with no entry above 0",
    lambda rng: [
        (_WORKED,),
        (_WORKED[:2],),
        (-_WORKED[:, :3],),
        (rng.normal(-1.2, 1, (3, 12)),),
        (rng.normal(-0.5, 1, (40, 5)),),
        (rng.normal(-1, 1, (1, 7)),),
        (array([[-1], [-2], [-1]]),),
        (array([[0, 0, -1, 2], [0, 0, -3, 0]]),),
    ],
)


@check_count_dead.reference
def count_dead(Z):
    return sum(all(z <= 0 for z in column) for column in zip(*Z.tolist(), strict=True))


check_count_dead.right(lambda Z: len(Z[0]) - np.count_nonzero(np.maximum(Z, 0).any(axis=0)))
check_count_dead.right(lambda Z: (Z.max(axis=0) <= 0).sum())
for _says, _answer in (
    ("These are off for some sample; dead is off for every sample",
     lambda Z: (Z <= 0).any(axis=0).sum()),
    ("A unit is a column: look along the samples, axis=0", lambda Z: (Z <= 0).all(axis=1).sum()),
    ("At Z = 0 ReLU says 0 too, and has slope 0", lambda Z: (Z < 0).all(axis=0).sum()),
    ("Z is what goes into ReLU: the unit is off wherever Z <= 0, not only where Z is 0",
     lambda Z: (Z == 0).all(axis=0).sum()),
    ("These are the living units", lambda Z: len(Z[0]) - count_dead(Z)),
    ("This is the number of all units", lambda Z: len(Z[0])),
    ("These units are on for every sample", lambda Z: (Z > 0).all(axis=0).sum()),
    ("This counts entries, not units", lambda Z: (Z <= 0).sum()),
    ("Return one number: count what is True, with .sum()", lambda Z: (Z <= 0).all(axis=0)),
    ("Return their number: how many places are there?",
     lambda Z: np.flatnonzero((Z <= 0).all(axis=0))),
    ("This is a share: the number is asked", lambda Z: (Z <= 0).all(axis=0).mean()),
    ("A unit whose mean is below 0 may be on for some sample",
     lambda Z: (Z.mean(axis=0) <= 0).sum()),
    ("One sample is not enough: look at every row of Z", lambda Z: (Z[0] <= 0).sum()),
    ("One sample is not enough: look at every row of Z", lambda Z: (Z[-1] <= 0).sum()),
    ("This asks whether all units are dead: with axis=0 it asks each", lambda Z: (Z <= 0).all()),
):  # fmt: skip
    check_count_dead.mistake(_says, _answer)


def _guesses(rng):
    cases = [(array([1, 0, 1, 1]), array([1, 0, 0, 1])), (array([2, 1, 0]), array([2, 1, 0]))]
    for n, k in [(131, 3), (50, 2)]:
        truth = rng.integers(0, k, n)
        cases.append((truth, (truth + (rng.uniform(size=n) < 0.3)) % k))
    return cases


check_accuracy_error = Exercise(
    "accuracy_error(y_true, y_pred)",
    "the share of right answers and its standard error",
    _guesses,
    parts=("the accuracy", "the standard error"),
    read=lambda found, *case: [*found] if shape(found) == (2,) else found,
)


@check_accuracy_error.reference
def accuracy_error(y_true, y_pred):
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    share = sum(t == p for t, p in pairs) / len(pairs)
    return share, (share * (1 - share) / len(pairs)) ** 0.5


@check_accuracy_error.right
def _(y_true, y_pred):
    right = y_true == y_pred
    return np.array([np.mean(right), np.std(right) / np.sqrt(right.size)])


for _says, _part, _change in (
    ("This is its square: take the root", 1, lambda a, n: a * (1 - a) / n),
    ("This is the spread of a single answer: divide by n inside", 1,
     lambda a, n: (a * (1 - a)) ** 0.5),
    ("The n belongs under the root", 1, lambda a, n: (a * (1 - a)) ** 0.5 / n),
    ("A share has the variance a (1 - a) / n: the factor 1 - a is missing", 1,
     lambda a, n: (a / n) ** 0.5),
    ("A share has the variance a (1 - a) / n: the factor a is missing", 1,
     lambda a, n: ((1 - a) / n) ** 0.5),
    ("A share has the variance a (1 - a) / n: a stands there once", 1,
     lambda a, n: a / n**0.5),
    ("These are two standard errors: one is asked", 1, lambda a, n: 2 * (a * (1 - a) / n) ** 0.5),
    ("These are 1.96 standard errors: one is asked", 1,
     lambda a, n: 1.96 * (a * (1 - a) / n) ** 0.5),
    ("This is the spread of the number of right answers: divide by n, not multiply", 1,
     lambda a, n: (a * (1 - a) * n) ** 0.5),
    ("Divide by n, not by n - 1: leave out ddof=1", 1,
     lambda a, n: (a * (1 - a) / (n - 1)) ** 0.5),
    ("1 / √n is its largest size: it depends on the accuracy too", 1, lambda a, n: n**-0.5),
    ("This is a count: divide by the number of answers", 0, lambda a, n: a * n),
    ("This is the share of wrong answers", 0, lambda a, n: 1 - a),
    ("A share lies between 0 and 1: leave the 100 out", 0, lambda a, n: 100 * a),
    ("The accuracy is kept in full: do not round it", 0, lambda a, n: round(a, 2)),
):  # fmt: skip

    def _answer(y_true, y_pred, part=_part, change=_change):
        both = list(accuracy_error(y_true, y_pred))
        both[part] = change(both[0], len(y_true))
        return tuple(both)

    check_accuracy_error.mistake(_says, _answer)
check_accuracy_error.mistake(
    "The accuracy comes first", lambda y_true, y_pred: accuracy_error(y_true, y_pred)[::-1]
)


check_stopping_epoch = Exercise(
    "stopping_epoch(losses, patience)",
    "the epoch whose weights early stopping keeps and the last one that is run, from 0",
    [
        ([0.9, 0.7, 0.6, 0.65, 0.62, 0.5], 2),
        ([0.9, 0.7, 0.6, 0.65, 0.62, 0.5], 3),
        ([0.9, 0.8, 0.7], 2),
        ([0.5, 0.5, 0.5, 0.4], 2),
        ([0.5, 0.6, 0.4, 0.4, 0.3], 1),
        ([0.5, 0.6, 0.4, 0.45, 0.3], 2),
        ([0.5, 0.9, 0.8, 0.7, 0.6], 3),
        ([0.5, 0.6, 0.7, 0.8, 0.9, 0.4], 2),
        ([0.7], 1),
        ([0.8, 0.6, 0.7, 0.5, 0.6, 0.55, 0.9, 0.2], 3),
    ],
)


@check_stopping_epoch.reference
def stopping_epoch(losses, patience):
    for last in range(len(losses)):
        run = losses[: last + 1]
        best = run.index(min(run))
        if last - best == patience:
            break
    return best, last


@check_stopping_epoch.right
def _(losses, patience):
    best = last = waited = 0
    lowest = losses.pop(0)
    while losses and waited < patience:
        last, loss = last + 1, losses.pop(0)
        best, lowest, waited = (last, loss, 0) if loss < lowest else (best, lowest, waited + 1)
    return np.array([best, last])


def _counting(equal=False, resets=True, falls=False, late=0):
    """Early stopping with a counter; the arguments make the mistakes."""

    def answer(losses, patience):
        best = waited = epoch = 0
        for epoch in range(1, len(losses)):
            better = losses[epoch] < losses[best] or (equal and losses[epoch] == losses[best])
            best = epoch if better else best
            good = losses[epoch] < losses[epoch - 1] if falls else better
            waited = 0 if good and resets else waited + (not good)
            if waited >= patience + late and not good:
                break
        return best, epoch

    return answer


def _best_of(choose, ends_before=False):
    """The right last epoch; the best one is chosen from (losses up to it, right best, all)."""

    def answer(losses, patience):
        best, last = stopping_epoch(losses, patience)
        early = ends_before and last - best == patience
        return choose(losses[: last + 1], best, losses), last - early

    return answer


@check_stopping_epoch.mistake(
    "If it never stops, the last epoch is the last one there is: return after the loop as well"
)
def _(losses, patience):
    best, last = stopping_epoch(losses, patience)
    return (best, last) if last - best == patience else None


for _says, _answer in (
    ("It ends as soon as `patience` epochs have passed since the best",
     lambda losses, patience: (losses.index(min(losses)), len(losses) - 1)),
    ("It bears `patience` epochs without a new best, not one",
     lambda losses, patience: stopping_epoch(losses, 1)),
    ("A new best sets the counter back to 0", _counting(resets=False)),
    ("Compare with the best loss, not with that of the epoch before: what falls again is no new "
     "best", _counting(falls=True)),
    ("An equal loss is no improvement", _counting(equal=True)),
    ("An equal loss is no improvement: of equal ones the first is the best",
     _best_of(lambda run, best, losses: len(run) - 1 - run[::-1].index(run[best]))),
    ("It ends an epoch too late: the first that is `patience` epochs after the best is the last",
     _counting(late=1)),
    ("It ends an epoch too early: the first that is `patience` epochs after the best is the last",
     _counting(late=-1)),
    ("`patience` is counted from the best epoch, not from the first",
     lambda losses, patience: (losses.index(min(losses[: patience + 1])),
                               min(patience, len(losses) - 1))),
    ("The best epoch has the lowest loss of those that were run",
     _best_of(lambda run, best, losses: losses.index(min(losses)))),
    ("The best epoch has the lowest loss, not the highest",
     _best_of(lambda run, best, losses: run.index(max(run)))),
    ("The weights of the best epoch are kept, not those of the last",
     _best_of(lambda run, best, losses: len(run) - 1)),
    ("Return the epochs, not their losses",
     lambda losses, patience: tuple(losses[epoch] for epoch in stopping_epoch(losses, patience))),
    ("If it never stops, the last epoch is the last one there is: there are no more losses",
     lambda losses, patience: (stopping_epoch(losses, patience)[0],
                               stopping_epoch(losses, patience)[0] + patience)),
    ("The epoch after which it ends is run as well: it is the last",
     _best_of(lambda run, best, losses: best, ends_before=True)),
    ("Return the best epoch, not its loss", _best_of(lambda run, best, losses: run[best])),
    ("Where it does not stop early, the best epoch is not `patience` before the last",
     lambda losses, patience: (stopping_epoch(losses, patience)[1] - patience,
                               stopping_epoch(losses, patience)[1])),
    ("Count the epochs from 0",
     lambda losses, patience: tuple(e + 1 for e in stopping_epoch(losses, patience))),
    ("Count the epochs from 0: this is how many were run",
     lambda losses, patience: (stopping_epoch(losses, patience)[0],
                               stopping_epoch(losses, patience)[1] + 1)),
    ("The best epoch comes first, then the last",
     lambda losses, patience: stopping_epoch(losses, patience)[::-1]),
    ("Return the best epoch as well", lambda losses, patience: stopping_epoch(losses, patience)[1]),
    ("Return the last epoch as well", lambda losses, patience: stopping_epoch(losses, patience)[0]),
):  # fmt: skip
    check_stopping_epoch.mistake(_says, _answer)

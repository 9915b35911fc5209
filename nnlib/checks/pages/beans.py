"""Page 08: judging a result on few photographs."""

import numpy as np
from numpy import array, shape

from nnlib.checks import families
from nnlib.checks.by_loops import column_statistics
from nnlib.checks.exercise import Exercise

# fmt: off
__all__ = ["check_accuracy_error", "check_centre", "check_count_dead", "check_stopping_epoch"]

check_centre = Exercise(
    "centre(x_train, x_new)", "both arrays without the mean of each column of x_train",
    lambda rng: [(array([[1.0, 10.0], [3.0, 30.0]]), array([[2.0, 50.0]])),
                 *((rng.uniform(0, 1, (n, k)), rng.uniform(2, 3, (m, k)))
                   for n, m, k in [(4, 2, 3), (6, 1, 1), (5, 5, 2), (3, 3, 3)])],
    parts=("the centred x_train", "the centred x_new"),
)
check_centre.reference(lambda x_train, x_new: tuple(
    x - column_statistics(x_train)[0] for x in (x_train, x_new)))
families.of_other_rows(check_centre, "means")
check_centre.slips("""
def centre(x_train, x_new):
    m = x_train.mean(axis=0)
    return [x - m for x in (x_train, x_new)]
""", {
    "This subtracts the sum of each column: its mean is asked": ("mean", "sum"),
    "axis=1 gives the mean of each row: axis=0 gives that of each column": ("axis=0", "axis=1"),
    "Subtract the mean from the rows, not the rows from the mean": ("x - m", "m - x"),
    "Subtract the mean only: the standard deviation is not asked":
        ("x - m", "(x - m) / x_train.std(axis=0)"),
    "Give the centred arrays back, not the means": ("x - m", "x.mean(axis=0)"),
})

_Z = array([[-1.0, 2.0, -3.0, 0.0], [-2.0, -1.0, 0.5, 0.0], [-0.1, 3.0, 4.0, -1.0]])
check_count_dead = Exercise(
    "count_dead(Z)", "the number of columns with no entry above 0",
    lambda rng: [(_Z,), (_Z[:2],), (-_Z[:, :3],), (rng.normal(-1.2, 1, (3, 12)),),
                 (rng.normal(-0.5, 1, (40, 5)),), (rng.normal(-1, 1, (1, 7)),),
                 (array([[-1], [-2], [-1]]),), (array([[0, 0, -1, 2], [0, 0, -3, 0]]),)],
)
check_count_dead.reference(
    lambda Z: sum(all(z <= 0 for z in column) for column in zip(*Z.tolist(), strict=True)))
check_count_dead.right(lambda Z: len(Z[0]) - np.count_nonzero(np.maximum(Z, 0).any(axis=0)))
check_count_dead.slips("""
def count_dead(Z):
    return (Z <= 0).all(axis=0).sum()
""", {
    "These are off for some sample; dead is off for every sample": ("all", "any"),
    "A unit is a column: look along the samples, axis=0": ("axis=0", "axis=1"),
    "At Z = 0 ReLU says 0 too, and has slope 0": ("<=", "<"),
    "ReLU is off wherever Z <= 0, not only where Z is 0": ("<=", "=="),
    "These are the living units": ("return", "return len(Z[0]) -"),
    "This counts entries, not units": (".all(axis=0)", ""),
    "Return one number: count what is True, with .sum()": (".sum()", ""),
    "This is a share: the number is asked": ("sum", "mean"),
    "A unit whose mean is below 0 may be on for some sample": "return (Z.mean(axis=0) <= 0).sum()",
    "One sample is not enough: look at every row of Z": "return (Z[0] <= 0).sum()",
    "This asks whether all units are dead: with axis=0 it asks each": ("axis=0", ""),
})

check_accuracy_error = Exercise(
    "accuracy_error(y_true, y_pred)", "the share of right answers and its standard error",
    lambda rng: [(array([1, 0, 1, 1]), array([1, 0, 0, 1])), (array([2, 1, 0]), array([2, 1, 0])),
                 *((rng.integers(0, k, n), rng.integers(0, k, n)) for n, k in [(131, 3), (50, 2)])],
    parts=("the accuracy", "the standard error"),
    read=lambda found, *case: [*found] if shape(found) == (2,) else found,
)


@check_accuracy_error.reference
def _(y_true, y_pred):
    a = sum(t == p for t, p in zip(y_true, y_pred, strict=True)) / len(y_true)
    return a, (a * (1 - a) / len(y_true)) ** 0.5


check_accuracy_error.slips("""
def accuracy_error(y_true, y_pred):
    n, a = y_true.size, np.mean(y_true == y_pred)
    return np.array([a, np.sqrt(a * (1 - a) / n)])
""", {
    "This is its square: take the root": ("np.sqrt", ""),
    "This is the spread of a single answer: divide by n inside": (" / n", ""),
    "The n belongs under the root": (" / n)", ") / n"),
    "A share has the variance a (1 - a) / n: the factor 1 - a is missing": ("a * (1 - a)", "a"),
    "A share has the variance a (1 - a) / n: the factor a is missing": ("a * (1 - a)", "(1 - a)"),
    "These are two standard errors: one is asked": ("np.sqrt", "2 * np.sqrt"),
    "This is the spread of the number of right answers: divide by n, not multiply": ("/ n", "* n"),
    **families.degrees_of_freedom("/ n", "/ (n - 1)"),
    "1 / √n is its largest size: it depends on the accuracy too": ("a * (1 - a)", "1"),
    "This is a count: divide by the number of answers": ("np.mean", "np.sum"),
    "This is the share of wrong answers": ("==", "!="),
    "A share lies between 0 and 1: leave the 100 out": ("[a", "[100 * a"),
    "The accuracy comes first": ("])", "][::-1])"),
})

_RISING = [0.9, 0.7, 0.6, 0.65, 0.62, 0.5]
check_stopping_epoch = Exercise(
    "stopping_epoch(losses, patience)",
    "the epoch whose weights early stopping keeps and the last one that is run, from 0",
    [(_RISING, 2), (_RISING, 3), ([0.9, 0.8, 0.7], 2), ([0.5, 0.5, 0.5, 0.4], 2),
     ([0.5, 0.6, 0.4, 0.4, 0.3], 1), ([0.5, 0.6, 0.4, 0.45, 0.3], 2), ([0.7], 1),
     ([0.5, 0.9, 0.8, 0.7, 0.6], 3), ([0.5, 0.6, 0.7, 0.8, 0.9, 0.4], 2),
     ([0.8, 0.6, 0.7, 0.5, 0.6, 0.55, 0.9, 0.2], 3)],
)


@check_stopping_epoch.reference
def _(losses, patience):
    for last in range(len(losses)):
        best = losses.index(min(losses[: last + 1]))
        if last - best == patience:
            break
    return best, last


check_stopping_epoch.slips("""
def stopping_epoch(losses, patience):
    best = waited = last = 0
    for last in range(1, len(losses)):
        if losses[last] < losses[best]:
            best, waited = last, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best, last
""", {
    "It ends as soon as `patience` epochs have passed since the best": [("break", "pass"),
        "best = losses.index(min(losses))\nreturn best, min(best + patience, len(losses) - 1)"],
    "The best epoch has the lowest loss of those that were run":
        ("return best", "return losses.index(min(losses))"),
    "It bears `patience` epochs without a new best, not one": (" == patience", ""),
    "A new best sets the counter back to 0": ("best, waited = last, 0", "best = last"),
    "Compare with the best loss, not with that of the epoch before": [
        ("losses[best]", "losses[last - 1]"),
        ("waited += 1", "waited = (waited + 1) * (losses[last] >= losses[last - 1])")],
    "An equal loss is no improvement": [
        ("<", "<="), ("return best", "return last - losses[last::-1].index(losses[best])")],
    "It ends an epoch too late: the last is `patience` epochs after the best": ("==", ">"),
    "It ends too early: the last epoch is `patience` epochs after the best": ("== ", "+ 1 >= "),
    "The weights of the best epoch are kept, not those of the last": ("return best", "return last"),
    "Return the epochs, not their losses": ("return best", "return losses[best]"),
    "If it never stops, the last epoch is the last one there is": [
        ("break\n    return", "return"), ("return best, last", "return best, best + patience")],
    "The epoch after which it ends is run as well: it is the last": ("break", "last -= 1; break"),
    "Count the epochs from 0": [("return best, last", "return best + 1, last + 1"),
                                ("return best, last", "return best, last + 1")],
    "The best epoch comes first, then the last": ("return best, last", "return last, best"),
})
# fmt: on

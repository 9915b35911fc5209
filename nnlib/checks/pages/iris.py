"""Page 06: scaling, counting mistakes, a small network."""

import numpy as np
from numpy import argmax, array, mean

from nnlib import SGD, Dense, Sequential
from nnlib.checks import families
from nnlib.checks.by_loops import column_statistics
from nnlib.checks.exercise import Exercise
from nnlib.datasets import load_iris

__all__ = ["check_confusion_matrix", "check_small_network", "check_standardise"]

# fmt: off
check_standardise = Exercise(
    "standardise(x_train, x_test)",
    "both arrays scaled with the mean and the standard deviation of each column of x_train",
    lambda rng: [(array([[1.0, 10.0], [3.0, 30.0]]), array([[2.0, 50.0], [4.0, 20.0]])),
                 *((rng.normal(5, 3, (n, k)), rng.normal(-1, 2, (m, k)))
                   for n, m, k in [(4, 2, 1), (30, 7, 4), (12, 1, 3), (5, 5, 5)])],
    parts=("the scaled x_train", "the scaled x_test"),
)


@check_standardise.reference
def standardise(x_train, x_test):
    means, spreads = column_statistics(x_train)
    return (x_train - means) / spreads, (x_test - means) / spreads


families.of_other_rows(check_standardise, "means and standard deviations")
check_standardise.slips("""
def standardise(x_train, x_test):
    m, s = x_train.mean(axis=0), x_train.std(axis=0)
    return [(x - m) / s for x in (x_train, x_test)]
""", {
    "Use the means and standard deviations of the given x_train, not those of x_test":
        ("(x - m) / s", "(x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12)"),
    **families.degrees_of_freedom("std(axis=0", "std(axis=0, ddof=1"),
    "Divide by the standard deviation as well": (" / s", ""),
    "Subtract the mean of each column as well": ("(x - m)", "x"),
    "Subtract first, then divide: (x - mean) / std needs its brackets": ("(x - m)", "x - m"),
    "Divide by the standard deviation, std, not by the variance, its square":
        [("x_train.std", "x_train.var"), ("x_train.std(axis=0)", "x_train.var()")],
    "Subtract the mean of each column: mean(axis=0)": ("mean(axis=0)", "mean()"),
    "Divide by the standard deviation of each column: std(axis=0)": ("std(axis=0)", "std()"),
    "axis=1 gives the mean of each row: axis=0 gives that of each column": ("axis=0", "axis=1"),
    "This scales to 0…1: mean and standard deviation are asked":
        ("mean", "min", "x_train.std(axis=0)", "np.ptp(x_train, axis=0)"),
    "From x_test the mean of x_train is subtracted too, not its own": ("- m", "- x.mean(axis=0)"),
})

check_confusion_matrix = Exercise(
    "confusion_matrix(y_true, y_pred, n_classes)",
    "how often a sample of true class t (row) was taken for class p (column)",
    lambda rng: [(array([0, 0, 1, 2, 2, 2]), array([0, 1, 1, 2, 0, 0]), 3),
                 (rng.integers(0, 4, 50), rng.integers(0, 4, 50), 4),
                 (rng.integers(0, 3, 5), rng.integers(0, 3, 5), 6),  # classes 3 to 5 never occur
                 (array([2]), array([0]), 4), (array([1, 1, 0]), array([1, 1, 0]), 2),
                 (array([1] * 300 + [0]), array([0] * 301), 2)],  # a pair more than 256 times
)
check_confusion_matrix.reference(lambda y_true, y_pred, n_classes: array(
    [[sum((y_true == t) & (y_pred == p)) for p in range(n_classes)] for t in range(n_classes)]))
check_confusion_matrix.right(lambda t, p, k: (np.eye(k)[t].T @ np.eye(k)[p]).tolist())
check_confusion_matrix.slips("""
def confusion_matrix(y_true, y_pred, n_classes):
    M = np.zeros((n_classes, n_classes), dtype=int)
    for t, p in zip(y_true, y_pred):
        M[t, p] += 1
    return M
""", {
    "Rows and columns are swapped: a row is a true class, a column a predicted one":
        ("[t, p]", "[p, t]"),
    "A pair that occurs twice counts twice: matrix[t, p] += 1 with whole arrays counts it once, "
    "and so does matrix[t, p] = 1": ("+= 1", "= 1"),
    "The matrix has n_classes rows and columns, also where a class never occurs: do not count the "
    "classes that were seen": [
        ("(n_classes, n_classes)", "(max(*y_true, *y_pred) + 1,) * 2"),
        ("return M", "seen = np.union1d(y_true, y_pred)\n    return M[np.ix_(seen, seen)]")],
    "np.uint8 counts to 255 and starts again at 0: count with int": ("int", "np.uint8"),
    "Count the samples: do not divide": [
        ("return M", "return M / M.sum()"), ("return M", "return M / M.sum(axis=1)[:, None]")],
    "The right answers count too, on the diagonal": ("+= 1", "+= t != p"),
    "The mistakes count too, off the diagonal": ("+= 1", "+= t == p"),
    "[[0] * k] * k is one row, k times: make a new list for each row":
        ("np.zeros(", "[[0] * n_classes] * n_classes  # (", "[t, p]", "[t][p]"),
    "Take the two classes of a sample together, with zip: two loops pair it with all others":
        ("zip(y_true, y_pred)", "[(t, p) for t in y_true for p in y_pred]"),
    "Only the first sample is counted: `return` stands below the loop, not inside it":
        ("    return", "        return"),
})


def observe_training(answer, seeds):
    """What the networks of an answer are and learn, split by split, until one is not as asked."""
    seen, models = [], [answer(seed) for seed in seeds]
    for model, seed in zip(models, seeds, strict=True):
        seen.append({"kind": type(model).__name__, "uses": sum(m is model for m in models)})
        if seen[-1]["kind"] != "Sequential" or model.loss is None:
            break
        iris = load_iris(seed=seed)
        x_train, x_test = standardise(iris.x_train, iris.x_test)
        units, count = model.predict(x_test, verbose=0).shape[1], int(model.count_params())
        seen[-1] |= {"kind": "compiled", "units": units, "parameters": count}
        if seen[-1]["uses"] > 1 or units != 3 or count > 60:
            break
        losses = model.fit(x_train, iris.y_train, epochs=200, verbose=0).history["loss"]
        hits = argmax(model.predict(x_test, verbose=0), axis=1) == iris.y_test
        seen[-1] |= {"falls": bool(losses[-1] < losses[0]), "accuracy": float(mean(hits))}
    return seen


def read_training(seen, seeds):
    for each in seen:
        kind, uses, count, units = map(each.get, ("kind", "uses", "parameters", "units"))
        assert kind != "Sequential", "the Sequential is not compiled: call compile before return"
        assert kind == "compiled", f"return a compiled Sequential, got {kind}"
        assert uses == 1, ("the same model came back for another seed, and would be tested on "
                           "flowers that it has learned from: make a new one inside the function")
        assert count <= 60, f"the network has {count} parameters, 60 are allowed"
        assert units == 3, f"the output layer needs 3 units, one for each species; it has {units}"
        assert each["falls"], ("the loss does not fall: is the rate too large, a layer too narrow, "
                               "or do all weights start at 0?")
    reached = sum(each["accuracy"] for each in seen) / len(seeds)
    assert reached >= 0.9, (f"the mean test accuracy is {reached:.3f}, 0.9 is asked: try a larger "
                            "rate, a wider layer, or He's starting weights")
    return "learned"


check_small_network = Exercise(
    "small_network(seed)",
    "a compiled model of at most 60 parameters that learns iris, measured on five splits",
    [(range(5),)], observe=observe_training, read=read_training, seconds=60,
)
check_small_network.slips("""
def small_network(seed):
    model = Sequential([Dense(7, "relu", "he_normal"), Dense(3, "softmax")], seed=seed)
    model.compile(SGD(0.1), "sparse_categorical_crossentropy")
    return model
""", {
    "60 are allowed": ("7", "8"),
    "the output layer needs 3 units": ("7", "4", "3", "4"),
    "0.9 is asked": ("0.1", "1e-4"),
    "do all weights start at 0": ("he_normal", "zeros"),
    "call compile before return": 'return Sequential([Dense(3, "softmax")], seed=seed)',
    "got History: `fit` returns the losses, and training is the check's work":
        ("return model", "return model.fit(np.eye(4), [0, 1, 2, 0], verbose=0)"),
    "`compile` returns nothing: return the model itself": ("model.compile", "return model.compile"),
    "make a new one inside the function": ("return model", "return made.setdefault(0, model)"),
}, SGD=SGD, Dense=Dense, Sequential=Sequential, made={})
check_small_network.reference(check_small_network.rights[0])
# fmt: on

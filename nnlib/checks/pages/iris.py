"""Page 06: scaling, counting mistakes, a small network."""

import numpy as np
from numpy import argmax, array, mean

from nnlib import SGD, Adam, Dense, Sequential
from nnlib.checks import families
from nnlib.checks.by_loops import column_statistics
from nnlib.checks.exercise import Exercise
from nnlib.datasets import load_iris

__all__ = ["check_confusion_matrix", "check_small_network", "check_standardise"]

check_standardise = Exercise(
    "standardise(x_train, x_test)",
    "both arrays scaled with the mean and the standard deviation of each column of x_train",
    lambda rng: [
        (array([[1.0, 10.0], [3.0, 30.0]]), array([[2.0, 50.0], [4.0, 20.0]])),
        *((rng.normal(5, 3, (n, k)), rng.normal(-1, 2, (m, k)))
          for n, m, k in [(4, 2, 1), (30, 7, 4), (12, 1, 3), (5, 5, 5)]),
    ],
    parts=("the scaled x_train", "the scaled x_test"),
)  # fmt: skip


@check_standardise.reference
def standardise(x_train, x_test, less=0):
    means, spreads = column_statistics(x_train, less)
    return (x_train - means) / spreads, (x_test - means) / spreads


@check_standardise.right
def _(x_train, x_test):
    means, spreads = x_train.mean(axis=0), x_train.std(axis=0)
    for x in (x_train, x_test):
        x -= means
        x /= spreads
    return [x_train, x_test]


families.of_other_rows(check_standardise, "means and standard deviations")


@check_standardise.mistake(
    "Use the means and standard deviations of the given x_train, not those of x_test"
)
def _(x_train, x_test):  # as StandardScaler does it, which divides a single row by 1
    return tuple((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12) for x in (x_train, x_test))


families.degrees_of_freedom(
    check_standardise,
    "Divide the squares by n, as np.std does unless ddof is given: leave out ddof=1, and note that "
    "pandas takes 1 unless told otherwise",
    standardise,
)


def _scaled_by(shift, scale):
    """Both arrays with shift and scale of x_train."""
    return lambda x_train, x_test: tuple(
        (x - shift(x_train)) / scale(x_train) for x in (x_train, x_test)
    )


def _mean(x):
    return x.mean(axis=0)


def _spread(x):
    return x.std(axis=0)


for _says, _shift, _scale in (
    ("Divide by the standard deviation as well", _mean, lambda x: 1),
    ("Subtract the mean of each column as well", lambda x: 0, _spread),
    ("Divide by the standard deviation, std, not by the variance, its square", _mean, np.var),
    ("Divide by the standard deviation of each column: std(axis=0)", _mean, np.std),
    ("axis=1 gives the mean of each row: axis=0 gives that of each column",
     lambda x: x.mean(axis=1), lambda x: x.std(axis=1)),
    ("Subtract the mean of each column: mean(axis=0)", np.mean, _spread),
    ("This scales to 0…1: mean and standard deviation are asked", lambda x: x.min(axis=0),
     lambda x: np.ptp(x, axis=0)),
):  # fmt: skip
    check_standardise.mistake(_says, _scaled_by(_shift, _scale))
check_standardise.mistake(
    "Divide by the standard deviation, std, not by the variance, its square",
    _scaled_by(_mean, lambda x: x.var(axis=0)),
)
check_standardise.mistake(
    "From x_test the mean of x_train is subtracted too, not its own",
    lambda x, x_test: (standardise(x, x)[0], (x_test - _mean(x_test)) / _spread(x)),
)
check_standardise.mistake(
    "Subtract first, then divide: (x - mean) / std needs its brackets",
    lambda x_train, x_test: tuple(
        x - x_train.mean(axis=0) / x_train.std(axis=0) for x in (x_train, x_test)
    ),
)


check_confusion_matrix = Exercise(
    "confusion_matrix(y_true, y_pred, n_classes)",
    "how often a sample of true class t (row) was taken for class p (column)",
    lambda rng: [
        (array([0, 0, 1, 2, 2, 2]), array([0, 1, 1, 2, 0, 0]), 3),
        (rng.integers(0, 4, 50), rng.integers(0, 4, 50), 4),
        (rng.integers(0, 3, 5), rng.integers(0, 3, 5), 6),  # classes 3 to 5 never occur
        (array([2]), array([0]), 4),
        (array([1, 1, 0]), array([1, 1, 0]), 2),
    ],
)


@check_confusion_matrix.reference
def confusion_matrix(y_true, y_pred, n_classes):
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    return array([[pairs.count((t, p)) for p in range(n_classes)] for t in range(n_classes)])


@check_confusion_matrix.right
def _(y_true, y_pred, n_classes):
    cells = np.bincount(n_classes * y_true + y_pred, minlength=n_classes**2)
    return cells.reshape(n_classes, n_classes).tolist()


check_confusion_matrix.right(lambda t, p, k: np.eye(k)[t].T @ np.eye(k)[p])
families.transposed(
    check_confusion_matrix,
    "Rows and columns are swapped: a row is a true class, a column a predicted one",
)


@check_confusion_matrix.mistake(
    "A pair that occurs twice counts twice: matrix[t, p] += 1 with whole arrays counts it once, "
    "and so does matrix[t, p] = 1"
)
def _(y_true, y_pred, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    matrix[y_true, y_pred] += 1
    return matrix


_ALL_CLASSES = (
    "The matrix has n_classes rows and columns, also where a class never occurs: do not count the "
    "classes that were seen"
)


@check_confusion_matrix.mistake(_ALL_CLASSES)
def _(y_true, y_pred, n_classes):
    return confusion_matrix(y_true, y_pred, max(*y_true, *y_pred) + 1)


@check_confusion_matrix.mistake(_ALL_CLASSES)
def _(y_true, y_pred, n_classes):
    seen = np.union1d(y_true, y_pred)
    return confusion_matrix(y_true, y_pred, n_classes)[np.ix_(seen, seen)]


for _says, _change in (
    ("Count the samples: do not divide by their number", lambda M: M / M.sum()),
    ("Count the samples: do not divide by the sums of rows",
     lambda M: M / M.sum(axis=1, keepdims=True)),
    ("The right answers count too, on the diagonal", lambda M: M - np.diag(np.diag(M))),
    ("The mistakes count too, off the diagonal", lambda M: np.diag(np.diag(M))),
    ("Count from class 0: row 0 belongs to class 0", lambda M: np.roll(M, (-1, -1), (0, 1))),
    ("Give the matrix back, not the sums of its rows", lambda M: M.sum(axis=1)),
):  # fmt: skip
    check_confusion_matrix.mistake(
        _says, lambda t, p, k, change=_change: change(confusion_matrix(t, p, k))
    )
check_confusion_matrix.mistake(
    "np.bincount counts up to the largest number that it sees: give it minlength=n_classes**2",
    lambda t, p, k: np.bincount(k * t + p).reshape(k, k),
)
check_confusion_matrix.mistake(
    "[[0] * k] * k is one row, k times: make a new list for each row",
    lambda t, p, k: np.tile(np.bincount(p, minlength=k), (k, 1)),
)
check_confusion_matrix.mistake(
    "Take the two classes of a sample together, with zip: two loops pair it with all others",
    lambda t, p, k: np.outer(np.bincount(t, minlength=k), np.bincount(p, minlength=k)),
)
check_confusion_matrix.mistake(
    "Only the first sample is counted: `return` stands below the loop, not inside it",
    lambda t, p, k: confusion_matrix(t[:1], p[:1], k),
)
check_confusion_matrix.mistake(
    "The last row and column are missing: n_classes of each are asked",
    lambda t, p, k: confusion_matrix(t, p, k)[:-1, :-1],
)


def observe_training(answer, seeds):
    """What the networks of an answer are and learn, one for each split, as plain data.

    They are trained only if they are what is asked.
    """
    models = [answer(seed) for seed in seeds]
    kinds = [type(model).__name__ for model in models]
    if set(kinds) != {"Sequential"} or any(model.loss is None for model in models):
        return {"kind": next((kind for kind in kinds if kind != "Sequential"), "no loss")}
    splits = [_scaled_iris(seed) for seed in seeds]
    units = [
        model.predict(x_test, verbose=0).shape[1]
        for model, (*_, x_test, _) in zip(models, splits, strict=True)
    ]
    parameters = [int(model.count_params()) for model in models]
    seen = {
        "kind": "compiled",
        "models": len({id(model) for model in models}),
        "units": units,
        "parameters": parameters,
    }
    if seen["models"] < len(models) or {*units} != {3} or max(parameters) > 60:
        return seen
    seen["losses"], seen["accuracies"] = [], []
    for model, (x_train, y_train, x_test, y_test) in zip(models, splits, strict=True):
        losses = model.fit(x_train, y_train, epochs=200, verbose=0).history["loss"]
        seen["losses"].append([float(loss) for loss in losses])
        guesses = argmax(model.predict(x_test, verbose=0), axis=1)
        seen["accuracies"].append(float(mean(guesses == y_test)))
    return seen


def _scaled_iris(seed):
    iris = load_iris(seed=seed)
    center, spread = iris.x_train.mean(axis=0), iris.x_train.std(axis=0)
    return (
        (iris.x_train - center) / spread,
        iris.y_train,
        (iris.x_test - center) / spread,
        iris.y_test,
    )


def read_training(seen, seeds):
    kind = seen["kind"]
    assert kind != "no loss", "the Sequential is not compiled: call compile before return"
    assert kind == "compiled", f"return a compiled Sequential, got {kind}"
    assert seen["models"] == len(seeds), (
        "the same model came back for another seed, and would be tested on flowers that it has "
        "learned from: make a new one inside the function"
    )
    count, units = max(seen["parameters"]), seen["units"][0]
    assert count <= 60, f"the network has {count} parameters, 60 are allowed"
    assert units == 3, f"the output layer needs 3 units, one for each species; it has {units}"
    assert all(losses[-1] < losses[0] for losses in seen["losses"]), (
        "the loss does not fall: is the rate too large, a layer too narrow, or do all weights "
        "start at 0?"
    )
    reached = sum(seen["accuracies"]) / len(seeds)
    assert reached >= 0.9, (
        f"the mean test accuracy is {reached:.3f} over {len(seeds)} splits, 0.9 is asked: try a "
        "larger rate, a wider layer, or He's starting weights"
    )
    return "learned"


check_small_network = Exercise(
    "small_network(seed)",
    "a compiled model of at most 60 parameters that learns iris, measured on five splits",
    [(range(5),)],
    observe=observe_training,
    read=read_training,
    seconds=60,
)


def _network(seed, hidden=7, outputs=3, rate=0.1, start="he_normal", optimizer=SGD):
    layers = [Dense(hidden, "relu", start)] if hidden else []
    model = Sequential([*layers, Dense(outputs, "softmax")], seed=seed)
    model.compile(optimizer(rate), "sparse_categorical_crossentropy")
    return model


check_small_network.reference(_network)
check_small_network.right(lambda seed: _network(seed, hidden=0))
check_small_network.right(lambda seed: _network(seed, hidden=4, rate=0.01, optimizer=Adam))
for _says, _wrong in (
    ("60 are allowed", {"hidden": 8}),
    ("the output layer needs 3 units", {"hidden": 4, "outputs": 4}),
    ("0.9 is asked", {"rate": 1e-4}),
    ("do all weights start at 0", {"start": "zeros"}),
):
    check_small_network.mistake(_says, lambda seed, wrong=_wrong: _network(seed, **wrong))
check_small_network.mistake(
    "call compile before return", lambda seed: Sequential([Dense(3, "softmax")], seed=seed)
)
check_small_network.mistake(
    "got History: `fit` returns the losses, and training is the check's work",
    lambda seed: _network(seed).fit(np.eye(4), [0, 1, 2, 0], verbose=0),
)
check_small_network.mistake(
    "`compile` returns nothing: return the model itself",
    lambda seed: _network(seed).compile(SGD(0.1), "sparse_categorical_crossentropy"),
)


_made_outside = _network(0)
check_small_network.mistake("make a new one inside the function", lambda seed: _made_outside)

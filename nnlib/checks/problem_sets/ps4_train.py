"""Problem set 4: the training loop."""

import copy

import numpy as np
from numpy import abs as _abs
from numpy import all as _all
from numpy import arange, array, array_equal
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks.exercise import Exercise

__all__ = ["check_train"]

TARGETS = array([[1.0, -2.0], [0.5, 3.0]]), array([0.25, -1.0])  # the bottom of a plain valley


def _slopes(parameters, n):
    """The slopes of the valley; they tell how many rows a batch had."""
    return [w - target + 0.01 * n for w, target in zip(parameters, TARGETS, strict=True)]


def _data_and_settings():
    sizes = [(10, 4, 3), (12, 4, 2), (7, 1, 2), (5, 8, 3), (9, 8, 1), (40, 8, 2)]
    for n, size, epochs in sizes:
        parameters = [array([[2.0, 0.0], [1.0, -1.0]]), array([1.0, 1.0])]
        X, y = arange(n * 2.0).reshape(n, 2), arange(n) % 2
        yield parameters, None, X, y, 0.1 if n == 10 else 0.2, size, epochs, default_rng(n)


def _run_thrice(train, parameters, _, X, y, learning_rate, batch_size, epochs, rng):
    """What the loop did with a generator, with its equal, and with another."""
    settings = learning_rate, batch_size, epochs
    others = copy.deepcopy(rng), default_rng(99)
    return [
        _run(train, *copy.deepcopy((parameters, X, y)), *settings, generator)
        for generator in (rng, *others)
    ]


def _run(train, parameters, X, y, learning_rate, batch_size, epochs, rng):
    """What each call of gradients was given, and what there was in the end."""
    held, before, calls = list(parameters), (X.copy(), y.copy()), []

    def gradients(given, some_X, some_y):
        was_list = isinstance(given, list | tuple)
        calls.append({
            "parameters": [_numbers(w) for w in given] if was_list else [],
            "X": _numbers(some_X),
            "y": _numbers(some_y),
        })  # fmt: skip
        return _slopes(held, calls[-1]["X"].size // 2)

    train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng)
    return {
        "calls": calls,
        "parameters": [w.copy() for w in held],
        "new arrays": any(w is not h for w, h in zip(parameters, held, strict=True)),
        "changed data": not (array_equal(X, before[0]) and array_equal(y, before[1])),
    }


def _numbers(thing):
    """A copy as an array; an empty one of what holds no numbers."""
    try:
        return array(thing, dtype=_float64)
    except (TypeError, ValueError):
        return array([])


def _read_runs(runs, parameters, _, X, y, learning_rate, batch_size, epochs, rng):
    place = f"{len(X)} rows in batches of {batch_size}, {epochs} epochs"
    orders = []
    for run in runs:
        assert not run["changed data"], (
            "your function shuffled X or y themselves: shuffle row numbers, leave the data alone"
        )
        assert run["calls"], (
            f"{place}: the function gradients was never called: call the function that it is "
            "given, not one of your own"
        )
        assert not run["new arrays"], (
            f"{place}: there are new arrays in the list of parameters: w -= … changes the old ones"
        )
        batches = [_rows_of(call, place) for call in run["calls"]]
        _expect_steps(run, batches, parameters, learning_rate, place)
        _expect_epochs(batches, len(X), batch_size, epochs, place)
        orders.append(_flat(batches))
    assert orders[0] == orders[1], "two equal generators gave two orders: draw from rng alone"
    assert len(X) < 9 or orders[0] != orders[2], "two generators gave the same order: draw from rng"
    return {"steps": len(runs[0]["calls"])}


def _rows_of(call, place):
    """The row numbers of a batch, if its labels are theirs."""
    some_X, labels = call["X"], call["y"].ravel()
    assert some_X.ndim and some_X.shape[-1] == 2 and some_X.ndim <= 2, (
        f"{place}: hand the list of parameters to gradients, then the rows of X and of y"
    )
    rows = [int(x // 2) for x in some_X.reshape(-1, 2)[:, 0]]
    assert rows, f"{place}: a batch is empty"
    assert labels.size == len(rows), (
        f"{place}: {len(rows)} rows came with {labels.size} labels: hand over y[rows]"
    )
    assert labels.tolist() == [row % 2 for row in rows], (
        f"{place}: the labels of a batch are not those of its rows: take both by the same "
        "order, X[rows] and y[rows]"
    )
    return rows


def _expect_steps(run, batches, start, learning_rate, place):
    """Does each gradient lead to the parameters that come next?"""
    seen = [call["parameters"] for call in run["calls"]]
    shapes = [w.shape for w in start]
    assert all([w.shape for w in given] == shapes for given in seen), (
        f"{place}: hand the list of parameters to gradients, then the rows of X and of y"
    )
    assert _close(seen[0], start), f"{place}: the parameters changed before the first gradient"
    for i, (old, new) in enumerate(zip(seen, [*seen[1:], run["parameters"]], strict=True)):
        rows = len(batches[i])
        steps = [-learning_rate * slope for slope in _slopes(old, rows)]
        moved = [w - v for w, v in zip(new, old, strict=True)]
        hints = [
            (1, ""),
            (0, "the parameters have not changed: w -= … changes the array in place, w = w - … "
             "makes a new one; every gradient is followed by a step"),
            (-1, "this goes uphill: subtract the step"),
            (1 / learning_rate, "the learning rate is missing"),
            (1 / rows, "you divide by the batch size: the gradient is that of a mean already"),
            (rows, "you multiply by the batch size: the gradient is that of a mean already"),
            (2, "each step is taken twice"),
        ]  # fmt: skip
        hint = next(
            (words for factor, words in hints if _close(moved, [factor * step for step in steps])),
            "after each call of gradients every w takes one step of -learning_rate times its "
            "gradient",
        )
        assert not hint, f"{place}: after step {i + 1} the parameters are wrong: {hint}"


def _close(first, second):
    return all(_all(_abs(w - v) < 1e-9) for w, v in zip(first, second, strict=True))


def _flat(batches):
    return [row for batch in batches for row in batch]


def _expect_epochs(batches, n, size, epochs, place):
    """Every row once in each epoch, in a new random order, the last batch shorter."""
    flat, steps = _flat(batches), -(-n // size)
    largest = max(len(batch) for batch in batches)
    assert largest <= size, f"{place}: a batch holds {largest} rows, more than {size}"
    first, second = [*batches, [], []][:2]
    assert steps == 1 or len(first) == 1 or first[1:] != second[: len(first) - 1], (
        f"{place}: each batch starts one row after the batch before it: its first row moves on by "
        "the batch size, range(0, n, batch_size)"
    )
    taken = -(-len(batches) // epochs)
    for epoch in range(epochs if taken <= steps else 0):
        rows = _flat(batches[epoch * taken : (epoch + 1) * taken])
        assert len(rows) == len({*rows}), (
            f"{place}: in epoch {epoch + 1}, {len(rows) - len({*rows})} rows came twice and "
            f"{n - len({*rows})} never: shuffle once an epoch, then cut the order into batches"
        )
    assert not n % size or len(batches) != epochs * (steps - 1), (
        f"{place}: the last, smaller batch of each epoch is missing"
    )
    assert len(batches) == epochs * steps, (
        f"{place}: {len(batches)} steps were taken, expected {epochs} times {steps}"
    )
    for epoch in range(epochs):
        missing = sorted({*range(n)} - {*_flat(batches[epoch * steps : (epoch + 1) * steps])})
        assert not missing, f"{place}: in epoch {epoch + 1} the rows {missing} never came"
    if n >= 9:
        assert flat[:n] != sorted(flat[:n]), f"{place}: the rows come in their own order: shuffle"
        assert epochs == 1 or flat[:n] != flat[n : 2 * n], (
            f"{place}: the second epoch has the order of the first: shuffle in every epoch"
        )


check_train = Exercise(
    "train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng)",
    "gradient descent by batches, in place: every row once an epoch, in a new order each time",
    lambda rng: _data_and_settings(),
    observe=_run_thrice,
    read=_read_runs,
)


@check_train.reference
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for first in range(0, len(X), batch_size):
            rows = order[first : first + batch_size]
            for w, g in zip(parameters, gradients(parameters, X[rows], y[rows]), strict=True):
                w -= learning_rate * g


@check_train.right
def _(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    epoch = 0
    while epoch < epochs:
        left = list(range(len(X)))
        rng.shuffle(left)
        while left:
            rows, left = left[:batch_size], left[batch_size:]
            for w, g in zip(parameters, gradients(parameters, X[rows], y[rows]), strict=True):
                np.subtract(w, learning_rate * g, out=w)
        epoch += 1
    return parameters


@check_train.right
def _(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.random(len(y)).argsort()
        for rows in np.split(order, range(batch_size, len(X), batch_size)):
            slopes = gradients(tuple(parameters), X[rows], y[rows])
            for i in range(len(slopes)):
                parameters[i][...] = parameters[i] - learning_rate * slopes[i]


# fmt: off
_SHUFFLE = "        order = rng.permutation(len(X))\n"
_STEP = "parameters[i] -= learning_rate * found[i]"
check_train.slips("""
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for first in range(0, len(X), batch_size):
            rows = order[first : first + batch_size]
            found = gradients(parameters, X[rows], y[rows])
            for i in range(len(found)):
                parameters[i] -= learning_rate * found[i]
""", {
    "the last, smaller batch of each epoch is missing":
        ("len(X), batch", "len(X) - batch_size + 1, batch"),
    "each batch starts one row after the batch before it":
        ("range(0, len(X), batch_size)", "range(len(X) // batch_size)"),
    "a batch holds": ("order[first : first + batch_size]", "order"),
    "the rows come in their own order: shuffle": ("rng.permutation(len(X))", "np.arange(len(X))"),
    "the second epoch has the order of the first: shuffle in every epoch":
        (_SHUFFLE, "", "    for epoch", f"{_SHUFFLE[4:]}    for epoch"),
    "rows came twice": [
        ("order[first : first + batch_size]", "rng.choice(order, len(order[first:][:batch_size]))"),
        ("order[first : first + batch_size]", "rng.permutation(order)[:batch_size]")],
    "two equal generators gave two orders: draw from rng alone":
        ("rng.perm", "np.random.default_rng().perm"),
    "two generators gave the same order: draw from rng":
        ("    for epoch", "    rng = np.random.default_rng(0)\n    for epoch"),
    "steps were taken, expected": ("range(epochs)", "range(epochs + 1)"),
    "labels: hand over y[rows]": ("y[rows]", "y"),
    "the labels of a batch are not those of its rows":
        (_SHUFFLE, "        X = X[rng.permutation(len(X))]\n        order = range(len(X))\n",
         "rows = order[first : first + batch_size]", "rows = slice(first, first + batch_size)"),
    "your function shuffled X or y themselves":
        (_SHUFFLE, f"{_SHUFFLE}        X[...], y[...] = X[order], y[order]\n"),
    "this goes uphill: subtract the step": ("-=", "+="),
    "the learning rate is missing": ("learning_rate * found", "found"),
    "you divide by the batch size": ("* found[i]", "* found[i] / len(rows)"),
    "you multiply by the batch size": ("* found[i]", "* found[i] * len(rows)"),
    "each step is taken twice": (_STEP, f"{_STEP}; {_STEP}"),
    "the parameters have not changed":
        (_STEP, "w = parameters[i]; w = w - learning_rate * found[i]"),
    "after each call of gradients every w takes one step": ("range(len(found))", "[0]"),
    "there are new arrays in the list of parameters: w -= … changes the old ones":
        (_STEP, "parameters[i] = parameters[i] - learning_rate * found[i]"),
    "call the function that it is given, not one of your own":
        ("gradients(parameters, X[rows], y[rows])", "[0 * w for w in parameters]"),
    "hand the list of parameters to gradients, then the rows of X and of y":
        ("(parameters, X[rows], y[rows])", "(X[rows], y[rows], parameters)"),
    "the parameters changed before the first gradient":
        ("    for epoch", "    parameters[0] *= 0\n    for epoch"),
    "gradients is a function: call it, gradients(parameters, X[rows], y[rows])":
        ("gradients(parameters, X[rows], y[rows])", "gradients", "range(len(found))", "range(2)"),
})

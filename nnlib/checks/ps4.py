"""Checkers for problem set 4: gradients of any depth, a training loop, and what learns iris."""

import math
from functools import partial
from itertools import pairwise

from numpy import abs as _abs
from numpy import all as _all
from numpy import arange, array, asarray, isfinite, ndarray, shape
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks._networks import (
    _call_in_words,
    _network_loss,
    _one_hot_rows,
    _pairs,
    _slips_by_parameter,
)
from nnlib.checks._tools import _column_statistics, _expect_gradients, _slopes
from nnlib.checks.ps4_steps import (
    check_adamw_update,
    check_lion_update,
    check_update_averages,
    check_warmup_cosine,
)

__all__ = [
    "check_adamw_update",
    "check_iris",
    "check_lion_update",
    "check_network_gradients",
    "check_train",
    "check_update_averages",
    "check_warmup_cosine",
]


def check_network_gradients(function):
    """Check network_gradients(parameters, X, y): of dense layers, ReLU, softmax, any depth."""
    rng = default_rng(40)
    for n, widths in [(5, (3, 4, 2)), (4, (2, 3)), (6, (3, 3, 3, 3)), (1, (4, 2, 5, 3))]:
        X, labels = rng.normal(size=(n, widths[0])), rng.integers(0, widths[-1], n)
        parameters = []
        for n_in, n_out in pairwise(widths):
            parameters += [rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)]
        Y = _one_hot_rows(labels, widths[-1])

        def loss(i, values, X=X, Y=Y, parameters=parameters):
            return _network_loss(X, Y, [*parameters[:i], values, *parameters[i + 1 :]])

        right = [_slopes(partial(loss, i), parameters[i]) for i in range(len(parameters))]
        given = [parameter.copy() for parameter in parameters]
        words = "the loop goes down from the last layer; X is what the first layer saw"

        def with_list(X, y, given=given):
            return function(given, X, y)

        result = _call_in_words(with_list, (X, labels), words)
        for before, after in zip(parameters, given, strict=True):
            assert _all(before == after), "your function changed the parameters: only compute"
        name = "-".join(map(str, widths))
        if isinstance(result, list | tuple) and len(result) == len(right):
            backwards = [shape(g) for g in result] == [r.shape for r in right[::-1]]
            assert not backwards or len(set(widths)) == 1, (
                f"{name}: the gradients come from the last layer to the first: turn the list round"
            )
        assert isinstance(result, list | tuple) and len(result) == len(right), (
            f"{name}: return a list of {len(right)} arrays, dW and db of each layer in turn"
        )
        names = [f"d{letter}{i}" for i in range(1, len(widths)) for letter in "Wb"]
        mistakes = _slips_by_parameter(X, Y, parameters)
        _expect_gradients(result, right, names, mistakes, (X, *parameters))


def check_train(function):
    """Check train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng).

    The gradients that it hands over are those of a plain valley, and it keeps account of the rows.
    """
    for n, size, epochs in [(10, 4, 3), (12, 4, 2), (7, 1, 2), (5, 8, 3), (9, 8, 1)]:
        _watch_training(function, n, size, epochs, seed=1)
    orders = [_watch_training(function, 40, 8, 2, seed) for seed in (1, 1, 2)]
    rows = [[row for batch in order for row in batch] for order in orders]
    assert rows[0] == rows[1], "two equal generators gave two orders: draw from rng alone"
    assert rows[0] != rows[2], "two generators gave the same order: draw from rng"


def _watch_training(function, n, size, epochs, seed):
    """Train once with gradients that note what they were given, then go through the notes."""
    place = f"{n} rows in batches of {size}, {epochs} epochs"
    X = arange(n * 2.0).reshape(n, 2)
    y = arange(n) % 3
    targets = array([[1.0, -2.0], [0.5, 3.0]]), array([0.25, -1.0])
    parameters = [array([[2.0, 0.0], [1.0, -1.0]]), array([1.0, 1.0])]
    arrays, follow = list(parameters), [w.copy() for w in parameters]
    notes = []

    def gradients(given, rows_X, rows_y):
        before = [w.copy() for w in follow]
        notes.append(([w.copy() for w in given], before, rows_X.copy(), rows_y.copy()))
        slopes = [w - t + 0.01 * len(rows_X) for w, t in zip(follow, targets, strict=True)]
        for w, slope in zip(follow, slopes, strict=True):
            w -= 0.1 * slope
        return slopes

    kept_X, kept_y = X.copy(), y.copy()
    function(parameters, gradients, X, y, 0.1, size, epochs, default_rng(seed))
    assert _all(kept_X == X) and _all(kept_y == y), (
        "your function shuffled X or y themselves: shuffle row numbers, and leave the data alone"
    )
    assert notes, f"{place}: the function gradients was never called"
    assert all(w is array for w, array in zip(parameters, arrays, strict=True)), (
        f"{place}: there are new arrays in the list of parameters: w -= … changes the old ones"
    )
    batches = [[int(x[0] // 2) for x in note[2].reshape(-1, 2)] for note in notes]
    for i, (given, before, _, labels) in enumerate(notes):
        assert batches[i], f"{place}: a batch is empty"
        assert labels.ravel().tolist() == [row % 3 for row in batches[i]], (
            f"{place}: the labels of a batch are not those of its rows: take both by the same "
            "order, X[rows] and y[rows]"
        )
        _compare(given, before, len(batches[max(i - 1, 0)]), place, i)
    _compare(parameters, follow, len(batches[-1]), place, len(notes))
    _expect_epochs(batches, n, size, epochs, place)
    return batches


def _compare(given, follow, rows, place, steps):
    """Are the parameters where the gradients so far should have led them?"""
    assert isinstance(given, list | tuple) and len(given) == len(follow), (
        f"{place}: hand the list of parameters to gradients, then the rows of X and of y"
    )
    if all(_all(_abs(w - f) < 1e-9) for w, f in zip(given, follow, strict=True)):
        return
    if steps == 0:
        raise AssertionError(f"{place}: the parameters changed before the first gradient")
    start = array([[2.0, 0.0], [1.0, -1.0]])
    if _all(given[0] == start):
        raise AssertionError(
            f"{place}: the parameters have not changed after a step: w -= … changes the array in "
            "place, w = w - … makes a new one"
        )
    moved, right = given[0] - start, follow[0] - start
    hints = [(-1, "this goes uphill: subtract the step"), (10, "the learning rate is missing"),
             (1 / rows, "you divide by the batch size: the gradient is that of a mean already"),
             (rows, "you multiply by the batch size: the gradient is that of a mean already"),
             (2, "each step is taken twice")]  # fmt: skip
    words = next(
        (hint for factor, hint in hints if _all(_abs(moved - factor * right) < 1e-9)),
        "after each call of gradients every w takes one step of -learning_rate times its gradient",
    )
    raise AssertionError(f"{place}: after step {steps} the parameters are wrong: {words}")


def _expect_epochs(batches, n, size, epochs, place):
    """Every row once in each epoch, in a new random order, the last batch shorter."""
    flat = [row for batch in batches for row in batch]
    steps = -(-n // size)
    sizes = sorted({len(batch) for batch in batches})
    if max(sizes) > size:
        raise AssertionError(f"{place}: a batch holds {max(sizes)} rows")
    if len(batches) == epochs * (steps - 1) and n % size:
        raise AssertionError(f"{place}: the last, smaller batch of each epoch is missing")
    assert len(batches) == epochs * steps, (
        f"{place}: {len(batches)} steps were taken, expected {epochs} times {steps}"
    )
    for epoch in range(epochs):
        rows = [row for batch in batches[epoch * steps : (epoch + 1) * steps] for row in batch]
        missing = sorted({*range(n)} - {*rows})
        repeated = len(rows) - len({*rows})
        assert not repeated, (
            f"{place}: in epoch {epoch + 1} {repeated} rows came twice and {len(missing)} never: "
            "shuffle once an epoch, then cut the order into batches"
        )
        assert not missing, f"{place}: in epoch {epoch + 1} the rows {missing} never came"
    if n >= 9:
        assert flat[:n] != sorted(flat[:n]), f"{place}: the rows come in their own order: shuffle"
        assert epochs == 1 or flat[:n] != flat[n : 2 * n], (
            f"{place}: the second epoch has the order of the first: shuffle in every epoch"
        )


def check_iris(functions):
    """Check (iris_recipe, network_gradients, train): together they learn iris on five splits.

    Held-out accuracy of at least 0.93 in the mean and 0.8 on each split, at most 500 parameters
    and 300 epochs.
    """
    from nnlib.datasets import load_iris

    recipe, gradients, train = functions
    scores = []
    for seed in range(5):
        iris = load_iris(seed=seed)
        means, spreads = _column_statistics(iris.x_train)
        x_train, x_test = (iris.x_train - means) / spreads, (iris.x_test - means) / spreads
        rng = default_rng(seed)
        parameters, rate, size, epochs = _expect_recipe(recipe(rng))
        train(parameters, gradients, x_train, iris.y_train.copy(), rate, size, epochs, rng)
        for w in parameters:
            assert _all(isfinite(w)), (
                f"split {seed}: the weights became NaN or infinite: the learning rate {rate} is "
                "too large for these weights"
            )
        guesses = _answers(x_test, parameters)
        scores.append(float((guesses == iris.y_test).mean()))
        assert scores[-1] >= 0.8, (
            f"split {seed}: {scores[-1]:.3f} of the held-out flowers are right, at least 0.8 is "
            f"asked. {_stuck(scores[-1], guesses)}"
        )
    mean = sum(scores) / len(scores)
    assert mean >= 0.93, (
        f"over five splits {mean:.3f} of the held-out flowers are right, 0.93 is asked: train "
        "longer, or with a larger rate"
    )


def _expect_recipe(recipe):
    assert isinstance(recipe, tuple | list) and len(recipe) == 4, (
        "iris_recipe returns four things: parameters, learning_rate, batch_size, epochs"
    )
    parameters, rate, size, epochs = recipe
    assert isinstance(parameters, list) and len(parameters) >= 2 and len(parameters) % 2 == 0, (
        "the parameters are a list: W1, b1, W2, b2 and so on"
    )
    assert all(isinstance(w, ndarray) and w.dtype.kind == "f" for w in parameters), (
        "each parameter is an array of decimal numbers: np.zeros(8), not [0] * 8 and no whole ones"
    )
    shapes = [w.shape for w in parameters]
    for W, b in _pairs(shapes):
        assert len(W) == 2 and b == W[1:], f"the shapes {W} and {b} are not those of a W and its b"
    assert shapes[0][0] == 4 and shapes[-1] == (3,), (
        f"the first W has 4 rows, for 4 features, and the last b 3 numbers; yours: {shapes}"
    )
    for W in parameters[::2]:
        assert W.shape[1] == 1 or len(parameters) == 2 or _abs(W - W[:, :1]).max() > 0, (
            "the units of a layer start equal, and stay so: draw the weights at random"
        )
    count = sum(w.size for w in parameters)
    assert count <= 500, f"the network has {count} parameters, 500 are allowed"
    assert 1 <= epochs <= 300, f"{epochs} epochs: from 1 to 300 are allowed"
    return parameters, rate, size, epochs


def _answers(X, parameters):
    A = X
    for W, b in _pairs(parameters):
        Z = A @ asarray(W, dtype=_float64) + b
        A = (Z > 0) * Z
    return Z.argmax(axis=1)


def _stuck(score, guesses):
    kinds = len({int(guess) for guess in guesses})
    if kinds == 1 or math.isclose(score, 1 / 3, abs_tol=0.01):
        return "The network says the same of all: is the rate too small, or are its units dead?"
    if kinds == 2:
        return "It tells two species apart only: train longer, or with a larger rate or more units"
    return "Train longer, or with a larger or a smaller rate"

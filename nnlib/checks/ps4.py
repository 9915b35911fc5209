"""Checkers for problem set 4: gradients of any depth, a training loop, and a recipe for iris."""

from functools import partial
from itertools import pairwise

from numpy import abs as _abs
from numpy import all as _all
from numpy import arange, array, isfinite, shape
from numpy.random import default_rng

from nnlib.checks._networks import (
    _call_in_words,
    _network_loss,
    _one_hot_rows,
    _slips_by_parameter,
)
from nnlib.checks._tools import _expect_gradients, _slopes
from nnlib.checks.ps4_iris import _expect_recipe, _learn_iris
from nnlib.checks.ps4_steps import (
    check_adamw_update,
    check_lion_update,
    check_update_averages,
    check_warmup_cosine,
)

__all__ = [
    "check_adamw_update",
    "check_iris_recipe",
    "check_lion_update",
    "check_network_gradients",
    "check_train",
    "check_update_averages",
    "check_warmup_cosine",
]


def check_network_gradients(function):
    """Check network_gradients(parameters, X, y): of dense layers, ReLU, softmax, any depth."""
    rng = default_rng(40)
    networks = [(5, (3, 4, 2)), (4, (2, 3)), (6, (3, 3, 3, 3)), (1, (4, 2, 5, 3))]
    for n, widths, size in [*((*network, 1) for network in networks), (4, (2, 3), 1000)]:
        X, labels = rng.normal(size=(n, widths[0])), rng.integers(0, widths[-1], n)
        parameters = []
        for n_in, n_out in pairwise(widths):
            parameters += [size * rng.normal(size=(n_in, n_out)), size * rng.normal(size=n_out)]
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
        assert size == 1 or all(_all(isfinite(g)) for g in result), (
            f"with scores of about {size} the gradients hold NaN or infinity: subtract each row's "
            "maximum from the scores before you take exponentials"
        )
        names = [f"d{letter}{i}" for i in range(1, len(widths)) for letter in "Wb"]
        mistakes = _slips_by_parameter(X, Y, parameters)
        _expect_gradients(result, right, names, mistakes, (X, *parameters))


def check_train(function):
    """Check train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng).

    The gradients that it hands over are those of a plain valley, which keeps track of the rows.
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
    try:
        function(parameters, gradients, X, y, 0.1, size, epochs, default_rng(seed))
    except (IndexError, ValueError) as error:
        if notes:
            raise
        raise AssertionError(
            f"{place}: it stopped before it called gradients ({error}): call the function that "
            "it is given, not one of your own"
        ) from None
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
    first, second = [*batches, [], []][:2]
    assert steps == 1 or len(first) == 1 or first[1:] != second[: len(first) - 1], (
        f"{place}: each batch starts one row after the batch before it: its first row moves on by "
        "the batch size, range(0, n, batch_size)"
    )
    taken = -(-len(batches) // epochs)
    for epoch in range(epochs if taken <= steps else 0):
        rows = [row for batch in batches[epoch * taken : (epoch + 1) * taken] for row in batch]
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
        rows = [row for batch in batches[epoch * steps : (epoch + 1) * steps] for row in batch]
        missing = sorted({*range(n)} - {*rows})
        assert not missing, f"{place}: in epoch {epoch + 1} the rows {missing} never came"
    if n >= 9:
        assert flat[:n] != sorted(flat[:n]), f"{place}: the rows come in their own order: shuffle"
        assert epochs == 1 or flat[:n] != flat[n : 2 * n], (
            f"{place}: the second epoch has the order of the first: shuffle in every epoch"
        )


def check_iris_recipe(functions):
    """Check (iris_recipe, network_gradients, train): together they learn iris on five splits.

    Held-out accuracy of at least 0.93 on average and 0.8 on each split, at most 500 parameters
    and 300 epochs. Where they fail, the checks of the two other exercises are asked first.
    """
    recipe, gradients, train = functions
    starts = [[w.tolist() for w in _expect_recipe(recipe(default_rng(s)))[0]] for s in (1, 1, 2)]
    assert starts[0] == starts[1], "two equal generators gave two networks: draw from rng alone"
    level = all(_all(array(w) == array(w).ravel()[0]) for w in starts[0])
    assert level or starts[0] != starts[2], (
        "two generators gave the same weights: draw them from the argument rng"
    )
    try:
        _learn_iris(recipe, gradients, train)
    except Exception:
        _expect_finished(1, check_network_gradients, gradients)
        _expect_finished(2, check_train, train)
        raise


def _expect_finished(number, check, function):
    try:
        check(function)
    except Exception:
        raise AssertionError(f"finish exercise {number} first: its check does not pass") from None

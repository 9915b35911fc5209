"""Problem set 4: gradients of a network of any depth, and the training loop."""

import copy
from itertools import pairwise

from numpy import arange, array, array_equal, concatenate, eye, ravel
from numpy.random import default_rng

from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets._networks import GRADIENTS, SLIPS, nudged_gradients

__all__ = ["check_network_gradients", "check_train"]

# fmt: off

# --- 1. gradients

def _networks(rng):
    """The last network has scores that overflow in a softmax that is not shifted."""
    for n, widths, size in [(5, (3, 4, 2), 1), (4, (2, 3), 1), (6, (3, 3, 3, 3), 1),
                            (1, (4, 2, 5, 3), 1), (4, (2, 3), 1000)]:
        shapes = [shape for m, k in pairwise(widths) for shape in ((m, k), k)]
        parameters = [size * rng.normal(size=shape) for shape in shapes]
        yield parameters, rng.normal(size=(n, widths[0])), rng.integers(0, widths[-1], n)


def _by_name(gradients, parameters, X, y):
    """The gradients as parts with names, if they are a list of the right length."""
    names = [f"d{letter}{i + 1}" for i in range(len(parameters) // 2) for letter in "Wb"]
    is_list = isinstance(gradients, list | tuple)
    found = f"a list of {len(gradients)}" if is_list else f"{gradients!r:.60}"
    assert is_list and len(gradients) == len(names), (
        f"for {len(names) // 2} layers, return a list of {len(names)} arrays, dW and db of each "
        f"layer in turn; got {found}")
    return dict(zip(names, gradients, strict=True))


check_network_gradients = Exercise(
    "network_gradients(parameters, X, y)",
    "[dW1, db1, dW2, db2, …] of the mean cross-entropy of a ReLU network with softmax on top",
    _networks, keeps=True, read=_by_name,
)
check_network_gradients.reference(
    lambda parameters, X, y: nudged_gradients(X, eye(len(parameters[-1]))[y], parameters))
check_network_gradients.slips(f"""
def network_gradients(parameters, X, y):
    Y = np.eye(len(parameters[-1]))[y]{GRADIENTS}""", SLIPS | {
    "With large scores, subtract each row's maximum from the scores before you take exponentials":
        (" - sums[-1].max(axis=1, keepdims=True)", ""),
    "The gradients come from the last layer to the first: turn the list round":
        ("return gradients", "return gradients[::-1]"),
    "The last layer's gradients come first: put each new pair in front, [dW, db] + gradients":
        ("[dW, db] + gradients", "gradients + [dW, db]"),
    "Put dW and db into the list one by one, not as a pair": ("[dW, db]", "[(dW, db)]"),
})


# --- 2. the loop

TARGETS = array([[1.0, -2.0], [0.5, 3.0]]), array([0.25, -1.0])  # the bottom of a plain valley


def _data_and_settings(rng):
    """Rows that tell their number: row i holds 2 i and 2 i + 1, and its label is i % 2."""
    for n, size, epochs in [(10, 4, 3), (12, 4, 2), (7, 1, 2), (5, 8, 3), (9, 8, 1), (40, 8, 2)]:
        parameters = [array([[2.0, 0.0], [1.0, -1.0]]), array([1.0, 1.0])]
        X, y = arange(n * 2.0).reshape(n, 2), arange(n) % 2
        yield parameters, None, X, y, 0.1 if n == 10 else 0.2, size, epochs, default_rng(n)


def _run_thrice(train, parameters, _, X, y, *settings):
    """What the loop did with a generator, with its equal, and with another."""
    *settings, rng = settings
    generators = rng, copy.deepcopy(rng), default_rng(99)
    return [_run(train, *copy.deepcopy((parameters, X, y)), *settings, g) for g in generators]


def _run(train, parameters, X, y, *settings):
    """The rows and labels of each call of gradients, and the parameters on the way."""
    held, before, calls, path = list(parameters), (X.copy(), y.copy()), [], []

    def gradients(given, some_X, some_y):
        """Slopes in the valley; they depend on how many rows a batch has, not on which."""
        calls.append(((ravel(some_X)[::2] // 2).tolist(), ravel(some_y).tolist()))
        path.append(concatenate([ravel(w) for w in held]))
        n = len(calls[-1][0])
        return [w - target + 0.01 * n for w, target in zip(held, TARGETS, strict=True)]

    train(parameters, gradients, X, y, *settings)
    return {"calls": calls, "path": [*path, concatenate([ravel(w) for w in held])],
            "new arrays": any(w is not h for w, h in zip(parameters, held, strict=True)),
            "changed data": not all(map(array_equal, (X, y), before))}


def _problems(run, n, size, epochs):
    """What is wrong with the batches of a run, in words, one thing after the other."""
    batches, steps = [rows for rows, _ in run["calls"]], -(-n // size)
    if run["changed data"]:
        yield "your function shuffled X or y themselves: shuffle row numbers, leave the data alone"
    if not batches:
        yield "gradients was never called: call the function that it is given, not one of your own"
    if run["new arrays"]:
        yield "there are new arrays in the list of parameters: w -= … changes the old ones"
    if any([row % 2 for row in rows] != labels for rows, labels in run["calls"]):
        yield "the labels of a batch are not those of its rows: hand over X[rows] and y[rows]"
    if len(batches) > 1 < min(size, steps) and batches[0][1:] == batches[1][: size - 1]:
        yield "each batch starts one row after the batch before it: range(0, n, batch_size)"
    if n % size and len(batches) == epochs * (steps - 1):
        yield "the last, smaller batch of each epoch is missing"
    if len(batches) != epochs * steps:
        yield f"{len(batches)} steps were taken, expected {epochs} times {steps}"
    orders = [concatenate(batches[i : i + steps]).tolist() for i in range(0, len(batches), steps)]
    for i, order in enumerate(orders):
        twice, never = len(order) - len({*order}), n - len({*order})
        if twice or never:
            yield (f"in epoch {i + 1}, {twice} rows came twice and {never} never: shuffle once an "
                   f"epoch, then cut the order into batches of {size}")
    if n >= 9 and orders[0] == sorted(orders[0]):
        yield "the rows come in their own order: shuffle"
    if n >= 9 and epochs > 1 and orders[0] == orders[1]:
        yield "the second epoch has the order of the first: shuffle in every epoch"


def _read_runs(runs, parameters, _, X, y, learning_rate, batch_size, epochs, rng):
    place = f"{len(X)} rows in batches of {batch_size}, {epochs} epochs"
    for run in runs:
        problem = next(_problems(run, len(X), batch_size, epochs), None)
        assert not problem, f"{place}: {problem}"
    first, equal, other = (run["calls"] for run in runs)
    assert first == equal, "two equal generators gave two orders: draw from rng alone"
    assert len(X) < 9 or first != other, "two generators gave the same order: draw from rng"
    return {"the parameters, step by step,": array(runs[0]["path"])}


check_train = Exercise(
    "train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng)",
    "gradient descent by batches, in place: every row once an epoch, in a new order each time",
    _data_and_settings, observe=_run_thrice, read=_read_runs,
)
_SHUFFLE = "        order = rng.permutation(len(X))\n"
_BATCH, _CALL = "order[first : first + batch_size]", "gradients(parameters, X[rows], y[rows])"
_STEP = "parameters[i] -= learning_rate * found[i]"
check_train.slips(f"""
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for first in range(0, len(X), batch_size):
            rows = {_BATCH}
            found = {_CALL}
            for i in range(len(found)):
                {_STEP}
""", {
    "the last, smaller batch of each epoch is missing":
        ("len(X), batch", "len(X) - batch_size + 1, batch"),
    "each batch starts one row after": ("0, len(X), batch_size", "len(X) // batch_size"),
    "the rows come in their own order": ("rng.permutation(len(X))", "np.arange(len(X))"),
    "shuffle in every epoch": (_SHUFFLE, "", "    for epoch", f"{_SHUFFLE[4:]}    for epoch"),
    "rows came twice": (_BATCH, f"rng.choice(order, len({_BATCH}))"),
    "two equal generators": ("rng.permutation", "np.random.default_rng().permutation"),
    "the labels of a batch are not": ("X[rows]", "X[first : first + batch_size]"),
    "Hand the list of parameters to gradients, then the rows of X and of y":
        (_CALL, "gradients(X[rows], y[rows], parameters)"),
    "call the function that it is given": (_CALL, "[0 * w for w in parameters]"),
    "new arrays": (_STEP, "parameters[i] = parameters[i] - learning_rate * found[i]"),
    "The parameters have not changed: w -= … changes the array in place, w = w - … makes a new one":
        (_STEP, "w = parameters[i]; w = w - learning_rate * found[i]"),
    "This goes uphill: subtract the step": ("-=", "+="),
    "The learning rate is missing": ("learning_rate * ", ""),
    "You divide by the batch size: the gradient is that of a mean already":
        ("* found[i]", "* found[i] / len(rows)"),
})
check_train.reference(check_train.rights[0])

"""Problem set 4: gradients of a network of any depth, the training loop, a recipe for iris."""

import copy
from itertools import pairwise
from numbers import Integral, Real

from numpy import all as _all
from numpy import arange, array, array_equal, concatenate, errstate, isfinite, maximum, ndarray
from numpy.random import default_rng

from nnlib.checks import running
from nnlib.checks.by_loops import column_statistics, one_hot_rows
from nnlib.checks.comparing import judge
from nnlib.checks.differences import kind
from nnlib.checks.exercise import Exercise, compiled
from nnlib.checks.problem_sets._networks import GRADIENTS, SLIPS, nudged_gradients

__all__ = ["check_iris_recipe", "check_network_gradients", "check_train"]

# fmt: off

# --- 1. gradients

def _networks(rng):
    """Networks of several depths; the last one's scores overflow in a softmax without shift."""
    for n, *widths in [(5, 3, 4, 2), (4, 2, 3), (6, 3, 3, 3, 3), (1, 4, 2, 5, 3), (40, 2, 3)]:
        shapes = [shape for m, k in pairwise(widths) for shape in ((m, k), k)]
        parameters = [rng.normal(size=shape) * (1000 if n == 40 else 1) for shape in shapes]
        yield parameters, rng.normal(size=(n, widths[0])), rng.integers(0, widths[-1], n)


def _by_name(gradients, parameters, X, y):
    names = [f"d{letter}{i + 1}" for i in range(len(parameters) // 2) for letter in "Wb"]
    assert isinstance(gradients, list | tuple) and len(gradients) == len(names), (
        f"return a list of {len(names)} arrays, {', '.join(names)}; got {kind(gradients)}")
    return dict(zip(names, gradients, strict=True))


check_network_gradients = Exercise(
    "network_gradients(parameters, X, y)",
    "[dW1, db1, dW2, db2, …] of the mean cross-entropy of a ReLU network with softmax on top",
    _networks, keeps=True, read=_by_name,
)
check_network_gradients.reference(
    lambda parameters, X, y: nudged_gradients(X, one_hot_rows(y, len(parameters[-1])), parameters))
check_network_gradients.slips(f"""
def network_gradients(parameters, X, y):
    Y = np.eye(len(parameters[-1]))[y]{GRADIENTS}""", SLIPS | {
    "With large scores, subtract each row's maximum from the scores before you take exponentials":
        (" - sums[-1].max(axis=1, keepdims=True)", ""),
    "The last layer's gradients come first: put each new pair in front, [dW, db] + gradients":
        ("[dW, db] + gradients", "gradients + [dW, db]"),
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
        calls.append(((array(some_X).ravel()[::2] // 2).tolist(), array(some_y).ravel().tolist()))
        path.append(concatenate([w.ravel() for w in held]))
        n = len(calls[-1][0])
        return [w - target + 0.01 * n for w, target in zip(held, TARGETS, strict=True)]

    train(parameters, gradients, X, y, *settings)
    return {"calls": calls, "path": [*path, concatenate([w.ravel() for w in held])],
            "changed data": not all(map(array_equal, (X, y), before))}


def _problems(run, n, size, epochs):
    """What is wrong with the batches of a run, in words, one thing after the other."""
    batches, steps = [rows for rows, _ in run["calls"]], -(-n // size)
    if run["changed data"]:
        yield "your function shuffled X or y themselves: shuffle row numbers, leave the data alone"
    if any([row % 2 for row in rows] != labels for rows, labels in run["calls"]):
        yield "the labels of a batch are not those of its rows: hand over X[rows] and y[rows]"
    if len(batches) != epochs * steps:
        yield f"{len(batches)} steps were taken, expected {epochs} times {steps}"
    orders = [[*concatenate(batches[i : i + steps])] for i in range(0, len(batches), steps)]
    for i, order in enumerate(orders):
        if sorted(order) != [*range(n)]:
            yield (f"in epoch {i + 1}, {n - len({*order})} rows never came, or some came twice: "
                   f"shuffle once an epoch, then cut the order into batches of {size}")
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
_CALL = "gradients(parameters, X[rows], y[rows])"
_STEP = "parameters[i] -= learning_rate * found[i]"
check_train.slips(f"""
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for epoch in range(epochs):
{_SHUFFLE}        for first in range(0, len(X), batch_size):
            rows = order[first : first + batch_size]
            found = {_CALL}
            for i in range(len(found)):
                {_STEP}
""", {
    "The last, smaller batch of each epoch is missing":
        ("len(X), batch", "len(X) - batch_size + 1, batch"),
    "Each batch starts batch_size rows after the batch before it: range(0, n, batch_size)":
        ("0, len(X), batch_size", "len(X)"),
    "the rows come in their own order": ("rng.permutation(len(X))", "np.arange(len(X))"),
    "shuffle in every epoch": (_SHUFFLE, "", "    for epoch", f"{_SHUFFLE[4:]}    for epoch"),
    "the labels of a batch are not": ("X[rows]", "X[first : first + batch_size]"),
    "Call the function gradients that it is given, not one of your own":
        (_CALL, "[0 * w for w in parameters]"),
    "The parameters have not changed: w -= … changes the array in place, w = w - … makes a new one":
        (_STEP, "parameters[i] = parameters[i] - learning_rate * found[i]"),
    "This goes uphill: subtract the step": ("-=", "+="),
    "The learning rate is missing": ("learning_rate * ", ""),
    "You divide by the batch size: the gradient is that of a mean already":
        ("* found[i]", "* found[i] / len(rows)"),
})
check_train.reference(check_train.rights[0])


# --- 3. iris

def _learn(answer, rng):
    """Three recipes; if their form is right, what the parts do and what is learnt."""
    recipe, gradients, train = answer
    generators = rng, copy.deepcopy(rng), default_rng(99)
    observed = {"recipes": [copy.deepcopy(recipe(generator)) for generator in generators]}
    if not any(_problems_of_form(*observed["recipes"])):
        needed = [_outcomes(check_network_gradients, gradients), _outcomes(check_train, train)]
        # a loop that never ends is found by its own check, and not started again
        ends = all(outcomes and outcomes[-1].error != "TooLong" for outcomes in needed)
        observed |= {"needed": needed, "splits": ends and _outcomes(_LEARNING, answer)}
    return observed


def _outcomes(exercise, answer):
    try:
        return running.run(exercise, answer)
    except NotImplementedError:
        return None


def _learn_split(answer, seed):
    from nnlib.datasets import load_iris

    recipe, gradients, train = answer
    iris, rng = load_iris(seed=seed), default_rng(seed)
    means, spreads = column_statistics(iris.x_train)
    x_train, A = (iris.x_train - means) / spreads, (iris.x_test - means) / spreads
    parameters, *settings = recipe(rng)
    with errstate(all="ignore"):
        train(parameters, gradients, x_train, iris.y_train.copy(), *settings, rng)
        for W, b in zip(parameters[::2], parameters[1::2], strict=True):
            Z = A @ W + b
            A = maximum(Z, 0)
    return {"right": Z.argmax(axis=1) == iris.y_test,
            "finite": all(_all(isfinite(w)) for w in parameters)}


_LEARNING = Exercise("iris_recipe(rng)", "what is learnt on each of five splits",
                     [(seed,) for seed in range(5)], takes=(), observe=_learn_split, seconds=40)


def _read_learning(observed, rng):
    problem = next(_problems_of_form(*observed["recipes"]), None)
    assert not problem, problem
    problem = next(_problems_of_learning(observed["splits"] or ()), None)
    for i, exercise in enumerate((check_network_gradients, check_train)):
        outcomes = observed["needed"][i]
        assert not problem or (outcomes and not judge(exercise, outcomes)), (
            f"finish exercise {i + 1} first: its check does not pass")
    assert not problem, problem
    return {"splits": len(observed["splits"])}


def _problems_of_form(recipe, equal, other):
    """What is wrong with a recipe before it is tried, in words, one thing after the other."""
    if not isinstance(recipe, tuple | list) or len(recipe) != 4:
        yield "iris_recipe returns four things: parameters, learning_rate, batch_size, epochs"
    parameters, rate, size, epochs = recipe
    if not isinstance(parameters, list) or not all(
            isinstance(w, ndarray) and w.dtype.kind == "f" for w in parameters):
        yield "the parameters are a list of arrays of decimal numbers: np.zeros(8), not [0] * 8"
    widths = [4, *(b.size for b in parameters[1:-1:2]), 3]
    wanted = [shape for m, k in pairwise(widths) for shape in ((m, k), (k,))]
    if [w.shape for w in parameters] != wanted:
        yield (f"the shapes {[w.shape for w in parameters]} are not those of a W and its b in "
               f"turn, from 4 features to 3 species: such are {wanted}")
    for W, b, V in zip(parameters[::2], parameters[1::2], parameters[2::2], strict=False):
        units = concatenate([W, b[None], V.T])
        if len(b) > 1 and _all(units == units[:, :1]):
            yield "the units of a layer start equal, and stay so: draw the weights at random"
    if sum(w.size for w in parameters) > 500:
        yield f"the network has {sum(w.size for w in parameters)} parameters, 500 are allowed"
    whole = isinstance(size, Integral) and isinstance(epochs, Integral)
    if not (isinstance(rate, Real) and rate > 0 and whole and size >= 1 and 1 <= epochs <= 300):
        yield ("the parameters are followed by a learning rate above 0, a batch size from 1 on and "
               f"1 to 300 epochs, whole numbers both; got {rate}, {size}, {epochs}")
    first, equal, other = ([w.tolist() for w in made[0]] for made in (recipe, equal, other))
    if first != equal:
        yield "two equal generators gave two networks: draw from rng alone"
    if first == other and not all(_all(w == w.flat[0]) for w in parameters):
        yield "two generators gave the same weights: draw them from the argument rng"


def _problems_of_learning(outcomes):
    """What is wrong with what was learnt, in words, one thing after the other."""
    scores = []
    for seed, outcome in enumerate(outcomes):
        if outcome.error:
            yield (f"split {seed}: the training stopped with {outcome.error}: "
                   f"{outcome.said}{outcome.place}")
        if not outcome.value["finite"]:
            yield (f"split {seed}: the weights became NaN or infinite: the learning rate is too "
                   "large for these weights")
        scores.append(float(outcome.value["right"].mean()))
        if scores[-1] < 0.8:
            yield (f"split {seed}: {scores[-1]:.3f} of the held-out flowers are right, at least "
                   "0.8 is asked: train longer, or with another rate")
    if sum(scores) / 5 < 0.93:
        yield (f"over five splits {sum(scores) / 5:.3f} of the held-out flowers are right, 0.93 is "
               "asked: train longer, or with a larger rate")


check_iris_recipe = Exercise(
    "iris_recipe(rng)",
    "starting parameters, learning rate, batch size and epochs with which your loop learns iris",
    [(default_rng(1),)], takes=(), observe=_learn, read=_read_learning, seconds=60,
)
_RECIPE = """
def iris_recipe(rng):
    W1, b1 = rng.normal(size=(4, 8)) * 0.7, np.zeros(8)
    W2, b2 = rng.normal(size=(8, 3)) * 0.5, np.zeros(3)
    return [W1, b1, W2, b2], 0.1, 32, 60
"""
_gradients, _train = check_network_gradients.rights[0], check_train.answer


def _with(old="rng", new="rng", gradients=_gradients, train=_train):
    """A right recipe with a piece of its source replaced, its gradients and its loop."""
    return compiled(_RECIPE.replace(old, new), {}), gradients, train


check_iris_recipe.reference(_with())
check_iris_recipe.right(_with(
    "[W1, b1, W2, b2], 0.1, 32", "[np.zeros((4, 3)), np.zeros(3)], np.float32(0.5), np.int64(32)"))
check_iris_recipe.right(_with(gradients=lambda *case: [3 * g for g in _gradients(*case)]))
# what trains here has few epochs: the first wrong answer waits until all of these have run
check_iris_recipe.knows({
    "the units of a layer start equal": _with("rng.normal(size=", "np.ones("),
    "parameters, 500 are allowed": _with("8", "100"),
    "at least 0.8 is asked": _with("0.1, 32, 60", "1e-4, 32, 2"),
    "the weights became NaN or infinite": _with("0.1, 32, 60", "1e300, 32, 2"),
    "a batch size from 1 on and 1 to 300 epochs": _with("0.1, 32", "32, 0.1"),
    "draw from rng alone": _with("rng.normal", "np.random.default_rng().normal"),
    "draw them from the argument rng": _with("rng.normal", "np.random.default_rng(3).normal"),
    "The biases belong in the list too": _with("[W1, b1, W2, b2]", "[W1, W2]"),
    "iris_recipe returns four things": _with("[W1, b1, W2, b2]", "W1, b1, W2, b2"),
    "finish exercise 1 first: its check does not pass":
        _with("60", "2", lambda *case: [-g for g in _gradients(*case)]),
    "finish exercise 2 first: its check does not pass": _with("60", "2", train=lambda *case: None),
})

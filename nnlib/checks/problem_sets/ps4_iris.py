"""Problem set 4: a recipe with which one's own loop and gradients learn iris."""

import copy
from itertools import pairwise
from numbers import Integral, Real

import numpy as np
from numpy import all as _all
from numpy import errstate, isfinite, maximum, ndarray, vstack
from numpy.random import default_rng

from nnlib.checks import running
from nnlib.checks.by_loops import column_statistics
from nnlib.checks.comparing import judge
from nnlib.checks.exercise import Exercise, compiled
from nnlib.checks.problem_sets.ps4_train import check_network_gradients, check_train

__all__ = ["check_iris_recipe"]

# fmt: off


# --- what is observed

def _learn(answer, rng):
    """The recipe from three generators; if its form is right, what is learnt on five splits.

    A loop that never ends is found by its own check, which comes first, and not started again.
    """
    if not (isinstance(answer, tuple | list) and len(answer) == 3 and all(map(callable, answer))):
        return {"recipes": None}
    recipe, gradients, train = answer
    generators = rng, copy.deepcopy(rng), default_rng(99)
    observed = {"recipes": [copy.deepcopy(recipe(generator)) for generator in generators]}
    if not any(_problems_of_form(observed["recipes"])):
        needed = [_outcomes(check_network_gradients, gradients), _outcomes(check_train, train)]
        ends = all(outcomes and outcomes[-1].error != "TooLong" for outcomes in needed)
        observed |= {"needed": needed, "splits": ends and _outcomes(_LEARNING, answer)}
    return observed


def _outcomes(exercise, answer):
    """What the cases of an exercise make of an answer; None if it was not attempted."""
    try:
        return running.run(exercise, answer)
    except NotImplementedError:
        return None


def _learn_split(answer, seed):
    from nnlib.datasets import load_iris

    recipe, gradients, train = answer
    iris, rng = load_iris(seed=seed), default_rng(seed)
    means, spreads = column_statistics(iris.x_train)
    x_train, x_test = (iris.x_train - means) / spreads, (iris.x_test - means) / spreads
    parameters, rate, size, epochs = recipe(rng)
    with errstate(all="ignore"):
        train(parameters, gradients, x_train, iris.y_train.copy(), rate, size, epochs, rng)
    return {"rate": rate, "parameters": copy.deepcopy(parameters), "x": x_test, "y": iris.y_test}


_LEARNING = Exercise("iris_recipe(rng)", "what is learnt on each of five splits",
                     [(seed,) for seed in range(5)], takes=(), observe=_learn_split, seconds=40)


# --- what is read of it

def _read_learning(observed, rng):
    recipes = observed["recipes"]
    assert recipes, "hand over the three functions (iris_recipe, network_gradients, train)"
    problem = next(_problems_of_form(recipes), None)
    assert not problem, problem
    problem = next(_problems_of_learning(observed["splits"] or ()), None)
    exercises = check_network_gradients, check_train
    for i, (exercise, outcomes) in enumerate(zip(exercises, observed["needed"], strict=True)):
        assert not problem or (outcomes and not judge(exercise, outcomes)), (
            f"finish exercise {i + 1} first: its check does not pass")
    assert not problem, problem
    return {"splits": len(observed["splits"])}


def _problems_of_form(recipes):
    """What is wrong with a recipe before it is tried, in words, one thing after the other."""
    if not isinstance(recipes[0], tuple | list) or len(recipes[0]) != 4:
        yield "iris_recipe returns four things: parameters, learning_rate, batch_size, epochs"
    parameters, rate, size, epochs = recipes[0]
    if not isinstance(parameters, list) or len(parameters) < 2 or len(parameters) % 2:
        yield "the parameters are a list: W1, b1, W2, b2 and so on"
    if not all(isinstance(w, ndarray) and w.dtype.kind == "f" for w in parameters):
        yield "each parameter is an array of decimal numbers: np.zeros(8), not [0] * 8"
    widths = [4, *(b.size for b in parameters[1:-1:2]), 3]
    wanted = [shape for m, k in pairwise(widths) for shape in ((m, k), (k,))]
    if [w.shape for w in parameters] != wanted:
        yield (f"the shapes {[w.shape for w in parameters]} are not those of a W and its b in "
               f"turn, from 4 features to 3 species: such are {wanted}")
    for W, b, V in zip(parameters[::2], parameters[1::2], parameters[2::2], strict=False):
        units = vstack([W, b, V.T])
        if len(b) > 1 and _all(units == units[:, :1]):
            yield "the units of a layer start equal, and stay so: draw the weights at random"
    count = sum(w.size for w in parameters)
    if count > 500:
        yield f"the network has {count} parameters, 500 are allowed"
    if not isinstance(rate, Real) or rate <= 0:
        yield f"the second thing, the learning rate, is a number above 0; got {rate}"
    if not isinstance(size, Integral) or size < 1:
        yield f"the third thing, the batch size, is a whole number from 1 on; got {size}"
    if not isinstance(epochs, Integral) or not 1 <= epochs <= 300:
        yield ("the fourth thing, the number of epochs, is a whole number from 1 to 300; "
               f"got {epochs}")
    first, equal, other = ([w.tolist() for w in recipe[0]] for recipe in recipes)
    if first != equal:
        yield "two equal generators gave two networks: draw from rng alone"
    if first == other and not all(_all(w == w.flat[0]) for w in parameters):
        yield "two generators gave the same weights: draw them from the argument rng"


def _problems_of_learning(outcomes):
    """What is wrong with what was learnt, in words, one thing after the other."""
    scores = []
    for seed, outcome in enumerate(outcomes):
        split, where = outcome.value, f"split {seed}:"
        if outcome.error == "TooLong":
            yield f"{where} the training never ends, or is slow: take fewer epochs, larger batches"
        if outcome.error:
            said = f"{outcome.error}: {outcome.said}{outcome.place}"
            yield f"{where} the training stopped with {said}"
        if not all(_all(isfinite(w)) for w in split["parameters"]):
            yield (f"{where} the weights became NaN or infinite: the learning rate "
                   f"{split['rate']} is too large for these weights")
        A = split["x"]
        for W, b in zip(split["parameters"][::2], split["parameters"][1::2], strict=True):
            Z = A @ W + b
            A = maximum(Z, 0)
        guesses = Z.argmax(axis=1)
        scores.append(float((guesses == split["y"]).mean()))
        if scores[-1] < 0.8:
            named = len({*guesses.tolist()})
            yield (f"{where} {scores[-1]:.3f} of the held-out flowers are right, at least 0.8 is "
                   f"asked, and {named} of 3 species are named: train longer, or with another rate")
    mean = sum(scores) / max(len(scores), 1)
    if mean < 0.93:
        yield (f"over five splits {mean:.3f} of the held-out flowers are right, 0.93 is asked: "
               "train longer, or with a larger rate")


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


def _with(old="", new="", gradients=check_network_gradients.rights[0], train=check_train.answer):
    """A right recipe with a piece of its source replaced, its gradients and its loop."""
    return compiled(_RECIPE.replace(old, new) if old else _RECIPE, {}), gradients, train


_, _gradients, _train = _with()
_FLAT = [np.zeros((4, 3)), np.zeros(3)], np.float32(0.5), np.int64(32), 60
check_iris_recipe.reference(_with())
check_iris_recipe.right([lambda rng: copy.deepcopy(_FLAT), _gradients, _train])
check_iris_recipe.right(_with(gradients=lambda *case: [3 * g for g in _gradients(*case)]))
# what trains here has few epochs: the first wrong answer waits until all of these have run
check_iris_recipe.knows({
    "the units of a layer start equal": _with("rng.normal(size=", "np.ones("),
    "parameters, 500 are allowed": _with("8", "100"),
    "at least 0.8 is asked": _with("0.1, 32, 60", "1e-4, 32, 2"),
    "the weights became NaN or infinite": _with("0.1, 32, 60", "1e300, 32, 2"),
    "the third thing, the batch size, is a whole number": _with("0.1, 32", "32, 0.1"),
    "the fourth thing, the number of epochs, is a whole number": _with("60", "200.0"),
    "draw from rng alone": _with("rng.normal", "np.random.default_rng().normal"),
    "draw them from the argument rng": _with("rng.normal", "np.random.default_rng(3).normal"),
    "are not those of a W and its b": _with("zeros(8)", "zeros((1, 8))"),
    "The biases belong in the list too": _with("[W1, b1, W2, b2]", "[W1, W2]"),
    "iris_recipe returns four things": _with("[W1, b1, W2, b2]", "W1, b1, W2, b2"),
    "finish exercise 1 first: its check does not pass":
        _with("60", "2", lambda *case: [-g for g in _gradients(*case)]),
    "finish exercise 2 first: its check does not pass": _with("60", "2", train=lambda *case: None),
})

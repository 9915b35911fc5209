"""Problem set 4: a recipe with which one's own loop and gradients learn iris."""

import copy
import math
from itertools import pairwise
from numbers import Integral, Real

import numpy as np
from numpy import abs as _abs
from numpy import all as _all
from numpy import errstate, isfinite, maximum, ndarray
from numpy.random import default_rng

from nnlib.checks import running
from nnlib.checks.by_loops import column_statistics
from nnlib.checks.comparing import judge
from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets.ps4_network import check_network_gradients
from nnlib.checks.problem_sets.ps4_train import check_train

__all__ = ["check_iris_recipe"]

_NEEDED = (1, check_network_gradients), (2, check_train)


# --- what is observed


def _learn(answer, rng):
    """The recipe from three generators; if its form is right, what is learnt on five splits."""
    if not (isinstance(answer, tuple | list) and len(answer) == 3 and all(map(callable, answer))):
        return {"recipes": None}
    recipe, gradients, train = answer
    generators = rng, copy.deepcopy(rng), default_rng(99)
    observed = {"recipes": [_plain(recipe(generator)) for generator in generators]}
    if not _problem_of_form(observed["recipes"]):
        observed["splits"] = []
        try:
            for seed in range(5):
                observed["splits"].append(_learn_split(recipe, gradients, train, seed))
        except Exception as error:
            observed["error"] = f"{type(error).__name__}: {str(error).strip()}"
        if _problem_of_learning(observed):
            observed["needed"] = [_outcomes(check_network_gradients, gradients),
                                  _outcomes(check_train, train)]  # fmt: skip
    return observed


def _plain(thing):
    """A copy of arrays, numbers and lists; of anything else its text."""
    if isinstance(thing, list | tuple):
        return type(thing)(map(_plain, thing)) if type(thing) in (list, tuple) else repr(thing)
    return copy.deepcopy(thing) if isinstance(thing, ndarray | Real) else repr(thing)


def _learn_split(recipe, gradients, train, seed):
    from nnlib.datasets import load_iris

    iris, rng = load_iris(seed=seed), default_rng(seed)
    means, spreads = column_statistics(iris.x_train)
    x_train, x_test = (iris.x_train - means) / spreads, (iris.x_test - means) / spreads
    parameters, rate, size, epochs = recipe(rng)
    with errstate(all="ignore"):
        train(parameters, gradients, x_train, iris.y_train.copy(), rate, size, epochs, rng)
    return {"rate": rate, "parameters": _plain(parameters), "x": x_test, "y": iris.y_test}


def _outcomes(exercise, answer):
    """What another exercise's cases make of an answer; None if it was not attempted."""
    try:
        return running.run(exercise, answer)
    except NotImplementedError:
        return None


# --- what is read of it


def _read_learning(observed, rng):
    assert observed["recipes"] is not None, (
        "hand over the three functions (iris_recipe, network_gradients, train)"
    )
    problem = _problem_of_form(observed["recipes"])
    assert not problem, problem
    problem = _problem_of_learning(observed)
    for (number, exercise), outcomes in zip(_NEEDED, observed.get("needed", ()), strict=False):
        assert outcomes and not judge(exercise, outcomes), (
            f"finish exercise {number} first: its check does not pass"
        )
    assert not problem, problem
    return {"splits": len(observed["splits"])}


def _problem_of_form(recipes):
    """What is wrong with a recipe before it is tried, in words, or None."""
    try:
        for recipe in recipes:
            _expect_form(recipe)
        weights = [[w.tolist() for w in recipe[0]] for recipe in recipes]
        assert weights[0] == weights[1], (
            "two equal generators gave two networks: draw from rng alone"
        )
        level = all(_all(w == w.ravel()[0]) for w in recipes[0][0])
        assert level or weights[0] != weights[2], (
            "two generators gave the same weights: draw them from the argument rng"
        )
    except AssertionError as error:
        return str(error)
    return None


def _expect_form(recipe):
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
    _expect_shapes([w.shape for w in parameters])
    for W, b, V in zip(parameters[:-2:2], parameters[1:-2:2], parameters[2::2], strict=True):
        units = np.vstack([W, b, V.T])
        assert len(b) == 1 or _abs(units - units[:, :1]).max() > 0, (
            "the units of a layer start equal, and stay so: draw the weights at random"
        )
    count = sum(w.size for w in parameters)
    assert count <= 500, f"the network has {count} parameters, 500 are allowed"
    assert isinstance(rate, Real) and rate > 0, (
        f"the second thing, the learning rate, is a number above 0; got {rate}"
    )
    assert isinstance(size, Integral) and size >= 1, (
        f"the third thing, the batch size, is a whole number from 1 on; got {size}"
    )
    assert isinstance(epochs, Integral) and 1 <= epochs <= 300, (
        f"the fourth thing, the number of epochs, is a whole number from 1 to 300; got {epochs}"
    )


def _expect_shapes(shapes):
    for W, b in zip(shapes[::2], shapes[1::2], strict=True):
        assert len(W) == 2 and b == W[1:], f"the shapes {W} and {b} are not those of a W and its b"
    for b, W in zip(shapes[1:-1:2], shapes[2::2], strict=True):
        assert b[0] == W[0], f"a layer of {b[0]} units needs {b[0]} rows in the next W, not {W[0]}"
    assert shapes[0][0] == 4 and shapes[-1] == (3,), (
        f"the first W has 4 rows, for 4 features, and the last b 3 numbers; yours: {shapes}"
    )


def _problem_of_learning(observed):
    """What is wrong with what was learnt, in words, or None."""
    scores = []
    for seed, split in enumerate(observed["splits"]):
        if not all(_all(isfinite(w)) for w in split["parameters"]):
            return (
                f"split {seed}: the weights became NaN or infinite: the learning rate "
                f"{split['rate']} is too large for these weights"
            )
        guesses = _answers(split["x"], split["parameters"])
        scores.append(float((guesses == split["y"]).mean()))
        if scores[-1] < 0.8:
            return (
                f"split {seed}: {scores[-1]:.3f} of the held-out flowers are right, at least 0.8 "
                f"is asked. {_stuck(scores[-1], guesses)}"
            )
    if "error" in observed:
        return f"split {len(scores)}: the training stopped with {observed['error']}"
    mean = sum(scores) / len(scores)
    if mean < 0.93:
        return (
            f"over five splits {mean:.3f} of the held-out flowers are right, 0.93 is asked: train "
            "longer, or with a larger rate"
        )
    return None


def _answers(X, parameters):
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        Z = X @ W + b
        X = maximum(Z, 0)
    return Z.argmax(axis=1)


def _stuck(score, guesses):
    kinds = len({int(guess) for guess in guesses})
    if kinds == 1 or math.isclose(score, 1 / 3, abs_tol=0.01):
        return "The network says the same of all: is the rate too small, or are its units dead?"
    if kinds == 2:
        return "It tells two species apart only: train longer, or with a larger rate or more units"
    return "Train longer, or with a larger or a smaller rate"


check_iris_recipe = Exercise(
    "iris_recipe(rng)",
    "starting parameters, learning rate, batch size and epochs with which your loop learns iris",
    [(default_rng(1),)],
    takes=(),
    observe=_learn,
    read=_read_learning,
    seconds=100,
)


right_gradients, right_train = check_network_gradients.rights[0], check_train.answer


def _recipe(
    widths=(4, 8, 3), rate=0.1, size=32, epochs=60,
    draw=lambda rng, m, k: rng.normal(0, math.sqrt(2 / m), (m, k)), bias=np.zeros,
    parts=lambda parameters, *settings: (parameters, *settings), rng=None,
):  # fmt: skip
    """A recipe; the arguments make the mistakes."""
    fixed = rng

    def answer(rng):
        rng, parameters = fixed() if fixed else rng, []
        for m, k in pairwise(widths):
            parameters += [draw(rng, m, k), bias(k)]
        return parts(parameters, rate, size, epochs)

    return answer


def _with(gradients=right_gradients, train=right_train, **slips):
    return _recipe(**slips), gradients, train


check_iris_recipe.reference(_with())
check_iris_recipe.right(_with(widths=(4, 3), rate=0.5, draw=lambda rng, m, k: np.zeros((m, k))))
check_iris_recipe.right(_with(widths=(4, 10, 10, 3), rate=np.float32(0.05), size=8))
check_iris_recipe.right(_with(size=np.int64(150), epochs=300, rate=0.3, parts=lambda *all: [*all]))
check_iris_recipe.right(_with(lambda p, X, y: [3 * g for g in right_gradients(p, X, y)]))
for _says, _slips in (
    ("the units of a layer start equal", {"draw": lambda rng, m, k: np.full((m, k), 0.1)}),
    ("parameters, 500 are allowed", {"widths": (4, 100, 3)}),
    ("of the held-out flowers are right, at least 0.8 is asked", {"rate": 1e-4, "epochs": 5}),
    ("the weights became NaN or infinite", {"rate": 1e4, "epochs": 20}),
    ("The network says the same of all", {"bias": lambda k: np.full(k, -50.0), "epochs": 5}),
    ("the second thing, the learning rate, is a number above 0", {"rate": -0.1}),
    ("the third thing, the batch size, is a whole number", {"rate": 32, "size": 0.1}),
    ("the fourth thing, the number of epochs, is a whole number", {"epochs": 200.0}),
    ("the fourth thing, the number of epochs, is a whole number from 1 to 300", {"epochs": 1000}),
    ("draw from rng alone", {"rng": default_rng}),
    ("draw them from the argument rng", {"rng": lambda: default_rng(3)}),
    ("the first W has 4 rows", {"widths": (4, 8, 2)}),
    ("are not those of a W and its b", {"bias": lambda k: np.zeros((1, k))}),
    ("are not those of a W and its b", {"draw": lambda rng, m, k: rng.normal(size=(k, m))}),
    ("each parameter is an array of decimal numbers", {"bias": lambda k: [0] * k}),
    ("the parameters are a list", {"parts": lambda p, *rest: (tuple(p), *rest)}),
    ("The biases belong in the list too", {"parts": lambda p, *rest: (p[::2], *rest)}),
    ("iris_recipe returns four things", {"parts": lambda p, *rest: (*p, *rest)}),
    ("finish exercise 1 first: its check does not pass",
     {"gradients": lambda *case: [-g for g in right_gradients(*case)], "epochs": 5}),
    ("finish exercise 2 first: its check does not pass",
     {"train": lambda *case: None, "epochs": 5}),
):  # fmt: skip
    check_iris_recipe.mistake(_says, _with(**_slips))

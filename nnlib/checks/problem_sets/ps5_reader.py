"""Problem set 5: the small reader of digits, tried on ten splits of the training rows."""

from operator import index
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy import any as _any
from numpy import array_equal, shape
from numpy.random import default_rng

from nnlib import SGD, Adam, Dense, Input, Sequential
from nnlib.checks.exercise import Exercise
from nnlib.datasets import load_mnist
from nnlib.optimizers.schedules import PolynomialDecay

__all__ = ["check_digit_reader", "check_good_reader"]

MOST_PARAMETERS, TRAINED = 6_500, 1_150  # the latter rows of 1,437
GOOD = 0.94  # the most that is asked of any reader


def sample():
    with catch_warnings():
        simplefilter("ignore")  # the sample is what is asked for here
        digits = load_mnist(source="sample")
    return digits.x_train, digits.y_train  # the test rows are for the report


# --- what is observed


def observe(reader):
    """What a reader returns, and how ten of its models read once nnlib has trained them.

    It ends where something is wrong.
    """
    x, y = sample()
    observed = {"starts": [facts_of(reader(seed), x, y) for seed in (0, 0, 1)]}
    observed |= {"runs": [], "labels": []}
    if problem_of_starts(observed["starts"]):
        return observed
    for seed in range(10):
        _, aside = split(seed, len(x))
        observed["labels"].append(y[aside])
        observed["runs"].append(run(reader, seed, x, y))
        if "guesses" not in observed["runs"][-1]:
            return observed
    if accuracy(observed)[0] < GOOD:  # what would smaller steps do for the worst run?
        worst = max(range(10), key=lambda seed: observed["runs"][seed]["loss"])
        observed["smaller steps"] = run(reader, worst, x, y, slower=3)
    return observed


def split(seed, n):
    order = default_rng(100 + seed).permutation(n)
    return order[:TRAINED], order[TRAINED:]


def run(reader, seed, x, y, slower=1):
    """Train for 10 epochs on one split: facts, guesses for the rows set aside, training loss."""
    from threadpoolctl import threadpool_limits

    train, aside = split(seed, len(x))
    result = reader(seed)
    facts = facts_of(result, x[aside], y[aside])
    if problem_of(facts):
        return facts
    model, batch_size = result
    rate = getattr(model.optimizer, "learning_rate", None)
    half = 5 * -(-TRAINED // index(batch_size))
    rates = [float(rate(step)) for step in (0, half)] if callable(rate) else []
    if slower > 1 and rate is not None:
        scaled = (lambda step: rate(step) / slower) if callable(rate) else rate / slower
        model.optimizer.learning_rate = scaled
    how = {"batch_size": batch_size, "epochs": 10, "verbose": 0}
    try:
        with threadpool_limits(1):  # small matrices: a second thread costs more than it saves
            history = Sequential.fit(model, x[train], y[train], **how).history
    except FloatingPointError as error:
        return facts | {"blew up": str(error)}
    guesses = Sequential.predict(model, x[aside]).argmax(axis=1)
    names = [layer.activation.name for layer in model.layers]
    trained = {"guesses": guesses, "loss": history["loss"][-1], "rates": rates}
    return facts | trained | {"activations": names}


def facts_of(result, x, y):
    """What a reader returned, in numbers and words."""
    facts = {"things": len(result) if isinstance(result, tuple | list) else None}
    if facts["things"] != 2:
        return facts
    model, batch_size = result
    try:
        number = index(batch_size)
    except TypeError:
        number = 0
    facts |= {"batch size": number, "said": repr(batch_size)[:60]}
    facts["second is a model"] = type(batch_size) is Sequential
    facts["compiled"] = type(model) is Sequential and bool(getattr(model, "loss", None))
    if facts["compiled"]:
        guesses = Sequential.predict(model, x)
        known = guesses.argmax(axis=1) == y if guesses.ndim == 2 else 0.0
        facts |= {
            "steps": int(getattr(model.optimizer, "iterations", 0)),
            "outputs": shape(guesses),
            "count": sum(parameter.size for parameter in model.parameters),
            "known": float(np.mean(known)),
            "weights": [array.copy() for array in model.parameters],
        }
    return facts


# --- what is made of it


def problem_of(facts):
    """What is wrong with what a reader returned, in words, or None."""
    if facts["things"] != 2:
        return "digit_reader returns two things: a compiled model and a batch size"
    if facts["second is a model"]:
        return "first the model, then the batch size"
    if not facts["compiled"]:
        return "the first thing is a compiled Sequential: call compile before return"
    if facts["steps"]:
        return "the optimizer has taken steps before: make a new one in each call of digit_reader"
    if facts["outputs"][1:] != (10,):
        return (
            f"for {facts['outputs'][0]} pictures the model gives {facts['outputs']}: ten outputs "
            "are asked"
        )
    if facts["count"] > MOST_PARAMETERS:
        return f"the model has {facts['count']:,} parameters, {MOST_PARAMETERS:,} are allowed"
    if facts["known"] >= 0.5:
        return (
            f"the model reads {facts['known']:.2f} of the digits before any training: return a "
            "fresh one"
        )
    if "blew up" in facts:
        return f"the learning rate is too large for this network: {facts['blew up']}"
    if facts["batch size"] < 4:
        return (
            f"the second thing is a batch size, a whole number of at least 4, got {facts['said']}"
        )
    return None


def problem_of_starts(starts):
    """What is wrong with what a reader returned for seeds 0, 0 and 1, in words, or None."""
    problem = next(filter(None, map(problem_of, starts)), None)
    if problem:
        return problem
    first, again, other = (start["weights"] for start in starts)
    if not any(_any(weights) for weights in first):
        return "all starting weights are 0: the units stay alike"
    seeded = "make a new Sequential([…], seed=seed) in each call"
    if not all(map(array_equal, first, again)):
        return f"seed 0 gave two different starts: {seeded}"
    if all(map(array_equal, first, other)):
        return f"seeds 0 and 1 gave the same starting weights: {seeded}"
    return None


def accuracy(observed):
    """The mean share of digits that were read, the lowest and the highest."""
    pairs = zip(observed["runs"], observed["labels"], strict=True)
    scores = [float(np.mean(run["guesses"] == labels)) for run, labels in pairs]
    return sum(scores) / len(scores), min(scores), max(scores)


def reading(least):
    """`read` for readers of which so much is asked."""

    def read(observed):
        problem = problem_of_starts(observed["starts"])
        problem = problem or next(filter(None, map(problem_of, observed["runs"])), None)
        assert not problem, problem
        mean, lowest, highest = accuracy(observed)
        assert mean >= least, (
            f"the mean over ten splits is {mean:.3f} (from {lowest:.3f} to {highest:.3f}), {least} "
            f"is asked. {advice(observed, lowest, highest)}"
        )
        return least

    return read


def advice(observed, lowest, highest):
    """What to try next."""
    runs = observed["runs"]
    losses = [run["loss"] for run in runs]
    rates, steps = runs[0]["rates"], 10 * -(-TRAINED // runs[0]["batch size"])
    if rates and rates[1] < rates[0] / 20:
        return (
            f"The rate has fallen to almost 0 by the middle of the {steps} steps: a schedule "
            "counts steps, not epochs"
        )
    smaller = observed["smaller steps"].get("loss", max(losses))
    if smaller < 0.85 * max(losses):
        return (
            "The steps are too large: at a third of the rate the worst run ends with a training "
            f"loss of {smaller:.2f} instead of {max(losses):.2f}"
        )
    if lowest < 0.75 < highest and "relu" in runs[0]["activations"]:
        return "Some runs are stuck: dead ReLU units stay dead, and with few units each counts"
    if sum(losses) / len(losses) > 0.3:
        return "The training loss is still high after 10 epochs: take larger steps, or more of them"
    return "Compare recipes on validation rows: start, activation, optimizer, rate, batch size"


# --- the exercises

# fmt: off
check_digit_reader = Exercise(
    "digit_reader(seed)", "within 6,500 parameters, 0.92 of held-out digits over ten splits",
    [()], observe=observe, read=reading(0.92), seconds=50,
)
check_good_reader = Exercise(
    "good_reader(seed)", "within 6,500 parameters, 0.94 of held-out digits over ten splits",
    [()], observe=observe, read=reading(GOOD), seconds=50,
)


def reader(activation, batch_size):
    def digit_reader(seed):
        model = Sequential([Input((784,)), Dense(8, activation), Dense(10, "softmax")], seed=seed)
        model.compile(SGD(PolynomialDecay(0.02, 720, 0), 0.9), "sparse_categorical_crossentropy")
        return model, batch_size

    return digit_reader


SOURCE = """
def digit_reader(seed):
    layers = [Dense(8, "leaky_relu"), Dense(10, "softmax")]
    model = Sequential([Input((784,)), *layers], seed=seed)
    rate = PolynomialDecay(0.02, 720, 0)
    model.compile(SGD(rate, momentum=0.9), "sparse_categorical_crossentropy")
    return model, 16
"""
_RATE, _LEAKY = "PolynomialDecay(0.02, 720, 0)", '"leaky_relu"'
_COMPILED = 'model.compile(SGD(rate, momentum=0.9), "sparse_categorical_crossentropy")'
_FRESH = "make a new Sequential([…], seed=seed) in each call"
_UNFIT = {  # seen before any training, or soon
    "7,165 parameters, 6,500 are allowed": ("Dense(8", "Dense(9"),
    "50,890 parameters, 6,500 are allowed":
        ("Dense(8", "Dense(64", "return", "model.count_params = lambda: 6000\n    return"),
    "ten outputs are asked": ("Dense(10", "Dense(9"),
    "call compile before return": (_COMPILED, ""),
    "before any training: return a fresh one":
        ("return", "x, y = sample()\n    model.fit(x, y, batch_size=16, epochs=3, verbose=0)\n"
                   f"    {_COMPILED}\n    return"),
    f"seeds 0 and 1 gave the same starting weights: {_FRESH}": ("seed=seed", "seed=0"),
    f"seed 0 gave two different starts: {_FRESH}": (", seed=seed", ""),
    "all starting weights are 0": (_LEAKY, '"tanh", "zeros"', '"softmax"', '"softmax", "zeros"'),
    "has taken steps for another model: make a new one":
        ("SGD(rate, momentum=0.9)", "shared", "(seed)", "(seed, shared=SGD(0.02))"),
    "the learning rate is too large": ("rate, momentum=0.9", "1e3"),
    "a whole number of at least 4, got 3": ("model, 16", "model, 3"),
    "a whole number of at least 4, got 16.0": ("model, 16", "model, 16.0"),
    "first the model, then the batch size": ("model, 16", "16, model"),
    "returns two things": ("model, 16", "model"),
}
_POOR = {
    "Some runs are stuck":
        (_LEAKY, '"relu", "lecun_normal"', "0.02, 720", "0.1, 120", "model, 16", "model, 128"),
    "The training loss is still high":
        [(_RATE, "0.01", "model, 16", "model, 128", ", momentum=0.9", ""),
         (_RATE, "0.01", _LEAKY, '"tanh"', "model, 16", "model, 128", "return",
          "model.fit = lambda x, y, **how: Sequential.fit(model, x, y, epochs=100)\n    return")],
    "a schedule counts steps, not epochs": (_LEAKY, '"tanh"', "0.02, 720", "0.1, 10"),
    "The steps are too large: at a third of the rate":
        [(_LEAKY, '"tanh"', _RATE, "0.1"), (_LEAKY, '"tanh"', _RATE, "1.0")],
}
_ADAM = {"0.94 is asked": ("SGD(rate, momentum=0.9)", "Adam()", "model, 16", "model, 32")}
_NAMES = {kind.__name__: kind for kind in (SGD, Adam, Dense, Input, PolynomialDecay, Sequential)}
for _check, _slips in ((check_digit_reader, _UNFIT | _POOR), (check_good_reader, _UNFIT | _ADAM)):
    _check.reference(reader("leaky_relu", 16))
    _check.right(reader("tanh", 16))
    _check.right(reader("linear", np.int64(16)))
    _check.slips(SOURCE, _slips, sample=sample, **_NAMES)
# fmt: on

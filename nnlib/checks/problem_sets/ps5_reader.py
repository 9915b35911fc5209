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
from nnlib.schedules import PolynomialDecay

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

check_digit_reader = Exercise(
    "digit_reader(seed)",
    "within 6,500 parameters, 0.92 of held-out digits over ten splits",
    [()],
    observe=observe,
    read=reading(0.92),
    seconds=50,
)
check_good_reader = Exercise(
    "good_reader(seed)",
    "within 6,500 parameters, 0.94 of held-out digits over ten splits",
    [()],
    observe=observe,
    read=reading(GOOD),
    seconds=50,
)


def recipe(
    activation="leaky_relu",
    optimizer=lambda: SGD(0.02, momentum=0.9),
    batch_size=16,
    units=8,
    outputs=10,
    start="glorot_uniform",
    seeded=lambda seed: seed,
    then=lambda model: None,
    returned=lambda model, batch_size: (model, batch_size),
):
    """A good reader; the arguments make other recipes, good and bad."""

    def digit_reader(seed):
        layers = [Dense(units, activation, start), Dense(outputs, "softmax", start)]
        model = Sequential([Input((784,)), *layers], seed=seeded(seed))
        if optimizer:
            model.compile(optimizer(), "sparse_categorical_crossentropy")
        then(model)
        return returned(model, batch_size)

    return digit_reader


def falling(rate=0.02, steps=720):
    return lambda: SGD(PolynomialDecay(rate, steps, 0), momentum=0.9)


class Once:
    """Makes its thing when it is first asked, and gives the same one ever after."""

    def __init__(self, make):
        self.make, self.made = make, None

    def __call__(self, *arguments):
        self.made = self.made or self.make(*arguments)
        return self.made


def trained():
    x, y = sample()
    model, batch_size = recipe()(0)
    model.fit(x, y, batch_size=batch_size, epochs=5, verbose=0)
    return model.get_weights()


knowing = Once(trained)


def fitting_for_long(model):
    model.fit = lambda x, y, **how: Sequential.fit(model, x, y, epochs=100)


def counting_wrong(model):
    model.count_params = lambda: 6000


_FRESH = "make a new Sequential([…], seed=seed) in each call"
_WHOLE = "a whole number of at least 4, got"
_UNFIT = [
    ("7,165 parameters, 6,500 are allowed", recipe(units=9)),
    ("call compile before return", recipe(optimizer=None)),
    ("before any training: return a fresh one",
     recipe(then=lambda model: model.set_weights(knowing()))),
    ("the learning rate is too large", recipe(optimizer=lambda: SGD(1e3))),
    (f"seeds 0 and 1 gave the same starting weights: {_FRESH}", recipe(seeded=lambda seed: 0)),
    (f"seed 0 gave two different starts: {_FRESH}", recipe(seeded=lambda seed: None)),
    ("all starting weights are 0", recipe("tanh", start="zeros")),
    ("has taken steps for another model: make a new one",
     recipe(optimizer=Once(lambda: SGD(0.02, momentum=0.9)))),
    (f"{_WHOLE} 3", recipe(batch_size=3)),
    (f"{_WHOLE} 16.0", recipe(batch_size=16.0)),
    ("50,890 parameters, 6,500 are allowed", recipe(units=64, then=counting_wrong)),
    ("first the model, then the batch size", recipe(returned=lambda model, size: (size, model))),
    ("returns two things", recipe(returned=lambda model, batch_size: model)),
    ("ten outputs are asked", recipe(outputs=9)),
]  # fmt: skip
_STEPS = "The steps are too large: at a third of the rate"
_POOR = [
    ("Some runs are stuck", recipe("relu", falling(0.1, 120), 128, start="lecun_normal")),
    ("The training loss is still high", recipe(optimizer=lambda: SGD(0.01), batch_size=128)),
    ("The training loss is still high",
     recipe("tanh", lambda: SGD(0.01, momentum=0.9), 128, then=fitting_for_long)),
    ("a schedule counts steps, not epochs", recipe("tanh", falling(0.1, 10))),
    (_STEPS, recipe("tanh", lambda: SGD(0.1, momentum=0.9))),
    (_STEPS, recipe("tanh", lambda: SGD(1.0, momentum=0.9))),
]  # fmt: skip
for _exercise, _answers in [
    (check_digit_reader, [*_UNFIT, *_POOR]),
    (check_good_reader, [*_UNFIT, ("0.94 is asked", recipe(optimizer=Adam, batch_size=32))]),
]:
    _exercise.reference(recipe(optimizer=falling()))
    _exercise.right(recipe("tanh", falling()))
    _exercise.right(recipe("linear", falling(), np.int64(16)))
    for _says, _answer in _answers:
        _exercise.mistake(_says, _answer)

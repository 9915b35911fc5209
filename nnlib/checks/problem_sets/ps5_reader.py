"""Problem set 5: the small reader of digits, tried on ten splits of the training rows."""

from itertools import pairwise
from numbers import Integral
from warnings import catch_warnings, simplefilter

from numpy import any as _any
from numpy import array_equal
from numpy import mean as _mean
from numpy.random import default_rng

from nnlib import SGD, Adam, Dense, Input, Sequential
from nnlib.checks.exercise import Exercise, compiled
from nnlib.datasets import load_mnist
from nnlib.optimizers.schedules import PolynomialDecay

__all__ = ["check_digit_reader", "check_good_reader"]

# fmt: off
MOST_PARAMETERS, TRAINED = 6_500, 1_150  # the latter rows of 1,437


# --- what is observed

class Unfit(Exception):
    """What is wrong with a reader before it is judged, in words."""


def expect(right, words):
    if not right:
        raise Unfit(words)


def observe(reader):
    """How ten models of a reader read once nnlib has trained them, or what is wrong with them."""
    with catch_warnings():
        simplefilter("ignore")  # the sample is what is asked for here
        digits = load_mnist(source="sample")
    x, y = digits.x_train, digits.y_train  # the test rows are for the report
    try:
        expect_fresh_starts(reader, x, y)
        return {"runs": [run(reader, seed, x, y) for seed in range(10)]}
    except Unfit as problem:
        return {"problem": str(problem)}


def expect_fresh_starts(reader, x, y):
    first, again, other = (
        [w.copy() for w in made(reader, seed, x, y)[0].parameters] for seed in (0, 0, 1))
    expect(any(map(_any, first)), "all starting weights are 0: the units stay alike")
    seeded = "make a new Sequential([…], seed=seed) in each call"
    expect(all(map(array_equal, first, again)), f"seed 0 gave two different starts: {seeded}")
    same = all(map(array_equal, first, other))
    expect(not same, f"seeds 0 and 1 gave the same starting weights: {seeded}")


def made(reader, seed, x, y):
    """A model and its batch size, if they are what is asked."""
    result = reader(seed)
    is_pair = isinstance(result, tuple | list) and len(result) == 2
    expect(is_pair, "digit_reader returns two things: a compiled model and a batch size")
    model, size = result
    ready = type(model) is Sequential and getattr(model, "loss", None)
    expect(ready, "the first thing is a compiled Sequential: call compile before return")
    expect(not getattr(model.optimizer, "iterations", 0),
           "the optimizer has taken steps before: make a new one in each call of digit_reader")
    guesses = Sequential.predict(model, x)
    expect(guesses.shape[1:] == (10,),
           f"for {len(x)} pictures the model gives {guesses.shape}: ten outputs are asked")
    count = sum(w.size for w in model.parameters)
    expect(count <= MOST_PARAMETERS,
           f"the model has {count:,} parameters, {MOST_PARAMETERS:,} are allowed")
    expect(_mean(guesses.argmax(axis=1) == y) < 0.5,
           "the model reads most digits before any training: return a fresh one")
    expect(isinstance(size, Integral) and size >= 4,
           f"the second thing is a batch size, a whole number of at least 4, got {size!r:.60}")
    return model, int(size)


def run(reader, seed, x, y):
    """Train for 10 epochs on one split: how it went, and guesses for the rows set aside."""
    from threadpoolctl import threadpool_limits

    order = default_rng(100 + seed).permutation(len(x))
    train, aside = order[:TRAINED], order[TRAINED:]
    model, size = made(reader, seed, x[aside], y[aside])
    rate, half = getattr(model.optimizer, "learning_rate", None), 5 * -(-TRAINED // size)
    faded = callable(rate) and float(rate(half)) < float(rate(0)) / 20
    try:
        with threadpool_limits(1):  # small matrices: a second thread costs more than it saves
            history = Sequential.fit(
                model, x[train], y[train], batch_size=size, epochs=10, verbose=0).history
    except FloatingPointError as error:
        raise Unfit(f"the learning rate is too large for this network: {error}") from None
    return {"guesses": Sequential.predict(model, x[aside]).argmax(axis=1), "labels": y[aside],
            "losses": history["loss"], "faded": faded,
            "relu": any(layer.activation.name == "relu" for layer in model.layers)}


# --- what is made of it

def reading(least):
    """`read` for readers of which so much is asked."""

    def read(observed):
        assert "problem" not in observed, observed["problem"]
        runs = observed["runs"]
        scores = [float(_mean(run["guesses"] == run["labels"])) for run in runs]
        mean, lowest, highest = sum(scores) / len(scores), min(scores), max(scores)
        assert mean >= least, (
            f"the mean over ten splits is {mean:.3f} (from {lowest:.3f} to {highest:.3f}), {least} "
            f"is asked. {advice(runs, lowest < 0.75 < highest)}")
        return least

    return read


def advice(runs, differ):
    """What to try next."""
    rises = sum(late > early for run in runs for early, late in pairwise(run["losses"]))
    if runs[0]["faded"]:
        return ("The rate has fallen to almost 0 by the middle of the training: a schedule counts "
                "steps, not epochs")
    if rises > len(runs):
        return f"The steps are too large: the training loss rose in {rises} of 100 epochs"
    if differ and runs[0]["relu"]:
        return "Some runs are stuck: dead ReLU units stay dead, and with few units each counts"
    if sum(run["losses"][-1] for run in runs) / len(runs) > 0.3:
        return "The training loss is still high after 10 epochs: take larger steps, or more of them"
    return "Compare recipes on validation rows: start, activation, optimizer, rate, batch size"


# --- the exercises

check_digit_reader, check_good_reader = (
    Exercise(
        f"{name}(seed)", f"within 6,500 parameters, {least} of held-out digits over ten splits",
        [()], observe=observe, read=reading(least), seconds=50)
    for name, least in (("digit_reader", 0.92), ("good_reader", 0.94))
)

_SOURCE = """
def digit_reader(seed):
    layers = [Dense(8, "leaky_relu"), Dense(10, "softmax")]
    model = Sequential([Input((784,)), *layers], seed=seed)
    rate = PolynomialDecay(0.02, 720, 0)
    model.compile(SGD(rate, momentum=0.9), "sparse_categorical_crossentropy")
    return model, 16
"""
_RATE, _LEAKY, _SGD = "PolynomialDecay(0.02, 720, 0)", '"leaky_relu"', "SGD(rate, momentum=0.9)"
_FRESH = "make a new Sequential([…], seed=seed) in each call"
_UNFIT = {
    "7,165 parameters, 6,500 are allowed": ("Dense(8", "Dense(9"),
    "ten outputs are asked": ("Dense(10", "Dense(9"),
    "call compile before return": ("model.compile", "# model.compile"),
    f"seeds 0 and 1 gave the same starting weights: {_FRESH}": ("seed=seed", "seed=0"),
    f"seed 0 gave two different starts: {_FRESH}": (", seed=seed", ""),
    "has taken steps for another model": (_SGD, "shared", "(seed)", "(seed, shared=SGD(0.02))"),
    "the learning rate is too large": (_SGD, "SGD(1e3)"),
    "a whole number of at least 4, got 3": ("model, 16", "model, 3"),
    "a whole number of at least 4, got 16.0": ("model, 16", "model, 16.0"),
    "digit_reader returns two things": ("model, 16", "model"),
}
_POOR = {
    "Some runs are stuck":
        (_LEAKY, '"relu", "lecun_normal"', "0.02, 720", "0.1, 120", "model, 16", "model, 128"),
    "The training loss is still high": (_SGD, "SGD(0.01)", "model, 16", "model, 128"),
    "a schedule counts steps, not epochs": (_LEAKY, '"tanh"', "0.02, 720", "0.1, 10"),
    "The steps are too large": [(_LEAKY, '"tanh"', _RATE, "0.1"), (_LEAKY, '"tanh"', _RATE, "1.0")],
}
_ADAM = {"0.94 is asked": (_SGD, "Adam()", "model, 16", "model, 32")}
_NAMES = {kind.__name__: kind for kind in (SGD, Adam, Dense, Input, PolynomialDecay, Sequential)}
for _check, _slips in ((check_digit_reader, _UNFIT | _POOR), (check_good_reader, _UNFIT | _ADAM)):
    _check.slips(_SOURCE, _slips, **_NAMES)
    _check.reference(_check.rights[0])
    for _name in ("tanh", "linear"):
        _source = _SOURCE.replace("leaky_relu", _name).replace("model, 16", "model, np.int64(16)")
        _check.right(compiled(_source, _NAMES))

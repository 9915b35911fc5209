"""The study of page 09: bugs of procedure, which only a distribution of runs shows."""

import contextlib

import numpy as np
import pytest

from nnlib import SGD, Dense, Input, Sequential
from nnlib.bugs import SequentialSlidingByARow
from nnlib.datasets import load_iris
from nnlib.diagnostics import layer_statistics

pytestmark = pytest.mark.slow
CENTIMETRES, ONE_IN_MICROMETRES = (1, 1, 1, 1), (1, 1, 1, 10_000)


def run(seed, scale=None, hidden=(8, 8), kind=Sequential):
    """Test accuracy after 100 epochs, and whether a whole layer was dead before the first."""
    iris = load_iris(seed=seed)
    if scale is None:
        shift, scale = iris.x_train.mean(axis=0), 1 / iris.x_train.std(axis=0)
    else:
        shift, scale = 0, np.array(scale)
    x_train, x_test = (iris.x_train - shift) * scale, (iris.x_test - shift) * scale
    model = kind([Input((4,))], seed=seed)
    for units in hidden:
        model.add(Dense(units, "relu", "he_normal"))
    model.add(Dense(3, "softmax", "he_normal"))
    model.compile(SGD(0.1), "sparse_categorical_crossentropy", ["accuracy"])
    dead = any(layer["dead"] == layer["units"] for layer in layer_statistics(model, x_train))
    if dead:
        assert model.evaluate(x_train, iris.y_train)[0] == pytest.approx(np.log(3), abs=1e-6)
    with contextlib.suppress(FloatingPointError):
        model.fit(x_train, iris.y_train, epochs=100, verbose=0)
    return model.evaluate(x_test, iris.y_test)[1], dead


@pytest.mark.parametrize(
    ("settings", "median", "stuck"),
    [
        ({}, (0.95, 1), (0, 0)),
        ({"scale": CENTIMETRES}, (0.9, 1), (1, 9)),
        ({"scale": ONE_IN_MICROMETRES}, (0.3, 0.4), (18, 20)),
        ({"scale": CENTIMETRES, "hidden": (4, 3, 2)}, (0.3, 0.7), (10, 19)),
        ({"kind": SequentialSlidingByARow}, (0.93, 0.99), (0, 2)),
    ],
    ids=["standardised", "centimetres", "micrometres", "dead starts", "dropped rows"],
)
def test_twenty_runs(settings, median, stuck):
    scores, dead = zip(*(run(seed, **settings) for seed in range(20)), strict=True)
    assert median[0] <= np.median(scores) <= median[1], scores
    assert stuck[0] <= sum(score < 0.7 for score in scores) <= stuck[1], scores
    assert (sum(dead) >= 3) == (settings.get("hidden") == (4, 3, 2)), dead

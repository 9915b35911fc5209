"""The studies of page 09: bugs that the score of a single run does not show."""

import contextlib

import numpy as np
import pytest

from nnlib import SGD, Dense, Input, Sequential
from nnlib.bugs import SequentialSlidingByARow, installed
from nnlib.datasets import load_iris
from nnlib.diagnostics import layer_statistics

pytestmark = pytest.mark.slow
CENTIMETRES, ONE_IN_MICROMETRES = (1, 1, 1, 1), (1, 1, 1, 10_000)


def has_dead_layer(model, x):
    with np.errstate(over="ignore"):  # of a spread in float32, after steps with micrometres
        layers = layer_statistics(model, x)
    return any(layer["dead"] == layer["units"] for layer in layers)


def run(seed, scale=None, hidden=(8, 8), kind=Sequential):
    """Test accuracy after 100 epochs; whether a whole layer was dead before them, and after."""
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
    before = has_dead_layer(model, x_train)
    if before:
        assert model.evaluate(x_train, iris.y_train)[0] == pytest.approx(np.log(3), abs=1e-6)
    with contextlib.suppress(FloatingPointError):
        model.fit(x_train, iris.y_train, epochs=100, verbose=0)
    return model.evaluate(x_test, iris.y_test)[1], before, has_dead_layer(model, x_train)


@pytest.mark.parametrize(
    ("settings", "median", "stuck", "died"),
    [
        ({}, (0.95, 1), (0, 0), (0, 0)),
        ({"scale": CENTIMETRES}, (0.9, 1), (1, 9), (0, 6)),
        ({"scale": ONE_IN_MICROMETRES}, (0.3, 0.4), (18, 20), (18, 20)),
        ({"scale": CENTIMETRES, "hidden": (4, 3, 2)}, (0.3, 0.7), (10, 19), (9, 19)),
        ({"kind": SequentialSlidingByARow}, (0.93, 0.99), (0, 2), (0, 0)),
    ],
    ids=["standardised", "centimetres", "micrometres", "dead starts", "dropped rows"],
)
def test_twenty_runs(settings, median, stuck, died):
    scores, before, after = zip(*(run(seed, **settings) for seed in range(20)), strict=True)
    assert median[0] <= np.median(scores) <= median[1], scores
    assert stuck[0] <= sum(score < 0.7 for score in scores) <= stuck[1], scores
    assert died[0] <= sum(after) <= died[1], after
    assert (sum(before) >= 3) == (settings.get("hidden") == (4, 3, 2)), before


def final_loss(seed, name):
    def small(shape, rng):
        return rng.normal(0, 0.1, shape)

    iris = load_iris(seed=0)
    x = (iris.x_train - iris.x_train.mean(axis=0)) / iris.x_train.std(axis=0)
    with installed(name):
        hidden = [Dense(8, "relu", "he_normal", small) for _ in range(2)]
        layers = [Input((4,)), *hidden, Dense(3, "softmax", small)]
        model = Sequential(layers, dtype="float64", seed=seed)
        model.compile(SGD(0.1), "sparse_categorical_crossentropy")
        return model.fit(x, iris.y_train, batch_size=120, epochs=300, verbose=0).history["loss"][-1]


def test_a_wrong_slope_of_relu_ends_lower_from_three_of_eight_draws():
    lower = [
        final_loss(seed, "relu_derivative_always_1") < final_loss(seed, None) for seed in range(8)
    ]
    assert np.flatnonzero(lower).tolist() == [0, 5, 7]

"""What the page on the leaves claims, on the real photographs; the bands of its studies."""

import math
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from nnlib import SGD, ActivationFunction, Dense, EarlyStopping, Input, Sequential
from nnlib.activations import leaky_relu, leaky_relu_derivative
from nnlib.datasets import load_beans

pytestmark = pytest.mark.slow

LEAKY = ActivationFunction(
    "leaky_relu", lambda Z: leaky_relu(Z, 0.1), lambda Z: leaky_relu_derivative(Z, 0.1)
)
BINARY, THREE = "binary_crossentropy", "sparse_categorical_crossentropy"


@pytest.fixture(scope="module")
def beans(real_data):
    with threadpool_limits(1):
        yield load_beans(source="real")


def in_three(rows, beans):
    n = len(beans.x_train)
    return np.split(rows, [n, n + len(beans.x_val)])


@pytest.fixture(scope="module")
def pixels(beans):
    return np.concatenate([beans.x_train, beans.x_val, beans.x_test])


@pytest.fixture(scope="module")
def turned(pixels):
    """The leaves in the axes of their own span: L Lᵀ = X Xᵀ."""
    return np.linalg.cholesky(pixels @ pixels.T)


@pytest.fixture(scope="module")
def raw(turned, beans):
    return in_three(turned, beans)


@pytest.fixture(scope="module")
def centred(raw):
    return [rows - raw[0].mean(axis=0) for rows in raw]


@pytest.fixture(scope="module")
def labels(beans):
    return [beans.y_train, beans.y_val, beans.y_test]


@pytest.fixture(scope="module")
def sick(labels):
    return [(y != 2).astype(int) for y in labels]


def he_for_pixels(shape, rng):
    """He's rule for 30,000 pixels, as it looks in any other perpendicular axes."""
    return rng.normal(0, math.sqrt(2 / 30_000), shape)


def train(x, y, hidden, activation, rate, seed, loss=BINARY, patience=None):
    model = Sequential([Input((x[0].shape[1],))], seed=seed)
    for i, units in enumerate(hidden):
        model.add(Dense(units, activation, "he_normal" if i else he_for_pixels))
    output = (1, "sigmoid") if loss == BINARY else (3, "softmax")
    model.add(Dense(*output, "he_normal"))
    model.compile(SGD(rate), loss, ["accuracy"])
    stop = [EarlyStopping(patience=patience, restore_best_weights=True)] if patience else []
    model.fit(
        x[0],
        y[0],
        batch_size=len(x[0]),
        epochs=1_000,
        validation_data=(x[1], y[1]),
        callbacks=stop,
        verbose=0,
    )
    return model


def is_stuck(model, x):
    return len(np.unique(model.predict(x) > 0.5)) == 1


def linear_score(x, y):
    """Test accuracy of logistic regression, its C chosen on the validation leaves."""
    fits = [LogisticRegression(C=10.0**k, max_iter=1000).fit(x[0], y[0]) for k in range(-5, 4)]
    return max(fits, key=lambda fit: fit.score(x[1], y[1])).score(x[2], y[2])


def test_the_published_recipe_is_a_lottery(raw, sick):
    models = [train(raw, sick, (4, 3, 2), "relu", 0.001, seed) for seed in range(6)]
    scores = [model.evaluate(raw[1], sick[1])[1] for model in models]
    assert 1 <= sum(is_stuck(model, raw[0]) for model in models) <= 5
    assert max(scores) - min(scores) > 0.1


def test_sick_or_healthy(centred, sick):
    models = [train(centred, sick, (16, 8), LEAKY, 0.01, seed) for seed in range(5)]
    score = np.median([model.evaluate(centred[2], sick[2])[1] for model in models])
    assert not any(is_stuck(model, centred[0]) for model in models)
    assert score >= 0.87
    assert abs(score - linear_score(centred, sick)) < 2 * math.sqrt(score * (1 - score) / 128)


def test_three_classes(centred, labels):
    models = [
        train(centred, labels, (32, 16), LEAKY, 0.01, seed, THREE, patience=50) for seed in range(5)
    ]
    score = np.median([model.evaluate(centred[2], labels[2])[1] for model in models])
    assert score >= 0.72
    assert abs(score - linear_score(centred, labels)) < 2 * math.sqrt(score * (1 - score) / 128)


def histogram(row):
    """Square roots of the shares of pixels in 12 x 4 x 4 boxes of hue, saturation, brightness."""
    hue, saturation, value = rgb_to_hsv(row.reshape(-1, 3)).T
    box = np.minimum((12 * hue).astype(int), 11)
    for channel in (saturation, value):
        box = 4 * box + np.minimum((4 * channel).astype(int), 3)
    return np.sqrt(np.bincount(box, minlength=192) / len(box))


def test_a_histogram_of_colours_is_ahead_of_pixels(beans, pixels, centred, sick, labels):
    colours = in_three(np.stack([histogram(row) for row in pixels]), beans)
    for y, ahead in ((sick, 0.02), (labels, 0.05)):
        assert linear_score(colours, y) > linear_score(centred, y) + ahead


def test_leaves_upside_down_are_other_leaves_to_pixels(beans, pixels, turned, raw, centred, sick):
    upside_down = beans.x_test.reshape(-1, 100, 100, 3)[:, ::-1, ::-1].reshape(len(sick[2]), -1)
    x = np.linalg.solve(turned, pixels @ upside_down.T).T - raw[0].mean(axis=0)
    assert linear_score(centred, sick) - linear_score([*centred[:2], x], sick) > 0.1


@pytest.mark.parametrize(("rate", "momentum"), [(0.001, 0.0), (0.0001, 0.9)])
def test_turned_leaves_train_as_pixels_do(pixels, turned, beans, centred, sick, rate, momentum):
    straight_x = in_three(pixels - beans.x_train.mean(axis=0), beans)

    def network(n_inputs):
        hidden = [Dense(units, LEAKY, "he_normal") for units in (4, 3, 2)]
        model = Sequential([Input((n_inputs,)), *hidden, Dense(1, "sigmoid")], seed=6)
        model.compile(SGD(rate, momentum=momentum), BINARY)
        return model

    straight, short = network(pixels.shape[1]), network(len(turned))
    W, *others = straight.get_weights()
    short.set_weights([np.linalg.solve(turned, pixels @ W), *others])
    ends = [
        model.fit(x, sick[0], len(x), epochs=60, verbose=0).history["loss"]
        for model, x in ((straight, straight_x[0]), (short, centred[0]))
    ]
    np.testing.assert_allclose(*ends, rtol=0, atol=1e-5)
    for x, turned_x in zip(straight_x[1:], centred[1:], strict=True):
        np.testing.assert_allclose(straight.predict(x), short.predict(turned_x), rtol=0, atol=1e-3)


PEAK = """
import resource, sys
from nnlib import SGD, Dense, Sequential
from nnlib.datasets import load_beans
beans = load_beans(source="real")
layers = [*(Dense(units, "relu", "he_normal") for units in (4, 3, 2)), Dense(1, "sigmoid")]
model = Sequential(layers, seed=6)
model.compile(SGD(0.001), "binary_crossentropy", ["accuracy"])
data = beans.x_val, (beans.y_val != 2).astype(int)
x = beans.x_train - beans.x_train.mean(axis=0)
model.fit(x, beans.y_train != 2, len(x), epochs=3, validation_data=data, verbose=0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak / (1024**2 if sys.platform == "darwin" else 1024))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is of Unix")
def test_full_batches_of_pixels_stay_below_one_and_a_half_gigabytes(beans):
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1_500

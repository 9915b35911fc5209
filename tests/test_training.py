"""What page 05 claims of whole trainings: the published loop, and ours against least squares."""

import numpy as np
import pytest

from nnlib import SGD, Adam, Dense, Input, Sequential
from nnlib.datasets import make_correlated_regression
from nnlib.optimizers.schedules import PolynomialDecay

EPOCHS, BATCH_SIZE = 20, 64


def falling(rate):
    """From `rate` to 0 in a straight line over the 20 epochs of 1,000 batches."""
    return PolynomialDecay(rate, decay_steps=EPOCHS * 1000, end_learning_rate=0.0)


@pytest.fixture(scope="module")
def regression():
    """Standardised rows, the function that measures test errors, and what least squares reaches."""
    data = make_correlated_regression(seed=42)
    mean, spread = data.x_train.mean(axis=0), data.x_train.std(axis=0)
    y_mean, y_spread = data.y_train.mean(), data.y_train.std()
    x_train, x_test = (data.x_train - mean) / spread, (data.x_test - mean) / spread

    def test_error(standardised):
        return float(np.mean((standardised * y_spread + y_mean - data.y_test) ** 2))

    y_train = (data.y_train - y_mean) / y_spread
    slopes = np.linalg.lstsq(x_train, y_train)[0]
    return x_train, y_train, x_test, test_error, test_error(x_test @ slopes)


def test_least_squares_is_the_published_bar(regression):
    assert regression[-1] == pytest.approx(100.4484, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "most"),
    [
        (lambda: Adam(falling(0.003)), 0.3),
        (lambda: SGD(falling(0.01), momentum=0.9), 0.3),
        (lambda: SGD(0.05), 2.5),
    ],
    ids=["Adam with decay", "momentum with decay", "plain SGD"],
)
def test_twenty_epochs_end_near_least_squares(regression, optimizer, most):
    """Median of five seeds, above least squares on the same split; the tutorial: 7.6."""
    x_train, y_train, x_test, test_error, bar = regression
    above = []
    for seed in range(5):
        model = Sequential([Input((5,))], seed=seed)
        for units in (10, 10):
            model.add(Dense(units, activation="relu", kernel_initializer="he_normal"))
        model.add(Dense(1, kernel_initializer="he_normal"))
        model.compile(optimizer(), "mean_squared_error")
        model.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
        above.append(test_error(model.predict(x_test)[:, 0]) - bar)
    assert np.median(above) <= most, above

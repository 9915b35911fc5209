"""Figures of page 05: the published loop over ten data sets, our recipes over ten seeds."""

from functools import cache
from itertools import pairwise

import numpy as np
from sklearn.model_selection import train_test_split

from figures import figure
from nnlib import SGD, Adam, Dense, Input, RMSprop, Sequential
from nnlib.datasets import make_correlated_regression
from nnlib.optimizers.schedules import PolynomialDecay

PAGE = "05_training"
SEEDS = range(10)

# --- the article's own code: its random numbers, its scaling, its split, its step ---------------


def article_start(seed):
    """Rows in three parts, scaled before they are split, then the layers, from one generator."""
    random = np.random.RandomState(seed)
    a, b, c = (random.normal(0, 1, 100_000) for _ in range(3))
    d, e = random.randint(0, 4, 100_000), random.binomial(1, 0.5, 100_000)
    x = np.column_stack([a, b, c, d, e])
    y = 50 + x @ [0.8, 0.4, -0.2, 10, 20] + random.normal(0, 10, 100_000)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x, x_test, y, y_test = train_test_split(x, y[:, None], test_size=0.2, random_state=42)
    x, x_val, y, y_val = train_test_split(x, y, test_size=0.2, random_state=42)
    shapes = pairwise((5, 10, 10, 1))
    layers = [(random.rand(*shape) / 5 - 0.1, np.ones(shape[1])) for shape in shapes]
    return ((x, y), (x_val, y_val), (x_test, y_test)), layers


def values(layers, x):
    """The inputs of each layer, and the outputs of the last."""
    found = [x]
    for W, b in layers[:-1]:
        found.append(np.maximum(found[-1] @ W + b, 0))
    W, b = layers[-1]
    return [*found, found[-1] @ W + b]


def article_step(layers, x, y, rate, all_means):
    *inputs, output = values(layers, x)
    dZ = output - y
    for (W, b), A in zip(layers[::-1], inputs[::-1], strict=True):
        W -= rate * (A.T @ dZ) / (len(x) if all_means else 1)
        b -= rate * dZ.mean(axis=0)
        dZ = (dZ @ W.T) * (A > 0)  # through weights that have just changed


def error(layers, x, y):
    return float(np.mean((values(layers, x)[-1] - y) ** 2))


def article_starts(epoch):
    return 1, 2  # it counts layers where it should count batches


def fresh_starts(epoch):
    return 128 * epoch, 128 * epoch + 64


def all_starts(epoch):
    return range(0, 64_000, 64)


@cache
def article(seed, starts=article_starts, rate=1e-5, all_means=False):
    """Validation error after the first and the last epoch, test error, and its excess.

    The excess is over least squares on the training rows of the same data set.
    """
    ((x, y), validation, test), layers = article_start(seed)
    record = []
    for epoch in range(20):
        for start in starts(epoch):
            rows = slice(start, start + 64)
            article_step(layers, x[rows], y[rows], rate, all_means)
        record.append(error(layers, *validation))
    with_ones = [np.column_stack([np.ones(len(part)), part]) for part in (x, test[0])]
    bar = np.mean((with_ones[1] @ np.linalg.lstsq(with_ones[0], y)[0] - test[1]) ** 2)
    test_error = error(layers, *test)
    return record[0], record[-1], test_error, test_error - bar


@figure(PAGE, "from 5630.97 to 105.408, and to 105.40244 on", quick=True)
def published_run():
    return article(42)[:3]


@figure(PAGE, "a median of 108.5, between 101.7 and 136.2; above its own least squares, 7.6")
def published_code_on_ten_data_sets():
    errors = [article(seed)[2] for seed in SEEDS]
    above = [article(seed)[3] for seed in SEEDS]
    return np.median(errors), min(errors), max(errors), np.median(above)


def median_excess(*variant):
    return float(np.median([article(seed, *variant)[3] for seed in SEEDS]))


@figure(PAGE, "*fresh* rows end 0.9 above")
def published_steps_on_fresh_rows():
    return median_excess(fresh_starts)


@figure(PAGE, "over all batches 1.2 above")
def published_step_in_a_real_loop():
    return median_excess(all_starts)


@figure(PAGE, "both means 0.02 above")
def published_loop_with_means():
    return median_excess(all_starts, 1e-5, True)


# --- our recipes on the rows of the page --------------------------------------------------------

OPTIMIZERS = {
    "Adam": Adam,
    "momentum": lambda rate: SGD(rate, momentum=0.9),
    "plain": SGD,
}


@cache
def page_rows():
    """Standardised training, validation and test rows, and the spread of the target."""
    data = make_correlated_regression(seed=42)
    means, spreads = data.x_train.mean(axis=0), data.x_train.std(axis=0)
    mean, spread = data.y_train.mean(), data.y_train.std()
    parts = [
        (((x - means) / spreads).astype("float32"), (y - mean) / spread)
        for x, y in (
            (data.x_train, data.y_train),
            (data.x_val, data.y_val),
            (data.x_test, data.y_test),
        )
    ]
    return parts, spread


@cache
def bar():
    """Test error of least squares on the training rows."""
    ((x, y), _, (x_test, y_test)), spread = page_rows()
    return float(np.mean((x_test @ np.linalg.lstsq(x, y)[0] - y_test) ** 2)) * spread**2


@cache
def errors(optimizer, rate, falls, seed):
    """Validation error after 20 epochs, and test error above least squares."""
    (train, validation, test), spread = page_rows()
    model = Sequential([Input((5,))], seed=seed)
    for units in (10, 10):
        model.add(Dense(units, activation="relu", kernel_initializer="he_normal"))
    model.add(Dense(1, kernel_initializer="he_normal"))
    schedule = PolynomialDecay(rate, decay_steps=20_000, end_learning_rate=0.0) if falls else rate
    model.compile(OPTIMIZERS[optimizer](schedule), "mean_squared_error")
    model.fit(*train, batch_size=64, epochs=20, verbose=0)
    found = [
        float(np.mean((model.predict(x)[:, 0] - y) ** 2)) * spread**2 for x, y in (validation, test)
    ]
    return found[0], found[1] - bar()


def excess(optimizer, rate, falls):
    above = [errors(optimizer, rate, falls, seed)[1] for seed in SEEDS]
    return np.median(above), min(above), max(above)


@figure(PAGE, "| Adam, 0.003 | 0.40 (0.14 to 1.16) | 0.08 (−0.005 to 0.124) |")
def adam():
    return 0.003, *excess("Adam", 0.003, False), *excess("Adam", 0.003, True)


@figure(PAGE, "| SGD with momentum 0.9, 0.01 | 0.70 (0.25 to 2.02) | 0.12 (0.02 to 0.21) |")
def momentum():
    return 0.9, 0.01, *excess("momentum", 0.01, False), *excess("momentum", 0.01, True)


@figure(PAGE, "| plain SGD, 0.05 | 0.97 (0.27 to 1.62) | 0.12 (0.07 to 0.18) |")
def plain():
    return 0.05, *excess("plain", 0.05, False), *excess("plain", 0.05, True)


RATES = {"Adam": 0.003, "momentum": 0.01, "plain": 0.05}


@figure(PAGE, "better than the constant one with 10 seeds of 10, for each of the 3")
def falling_against_constant():
    """How often the falling rate wins, seed by seed: the fewest wins of the three optimizers."""
    wins = [
        sum(
            errors(name, rate, True, seed)[1] < errors(name, rate, False, seed)[1] for seed in SEEDS
        )
        for name, rate in RATES.items()
    ]
    return min(wins), len(SEEDS), len(wins)


def validation_gain(optimizer, rate, other, falls):
    """Median over five seeds of what another rate takes from the validation error."""
    pairs = [
        (errors(optimizer, rate, falls, seed)[0], errors(optimizer, other, falls, seed)[0])
        for seed in range(5)
    ]
    return np.median([error - other_error for error, other_error in pairs])


@figure(PAGE, "constant plain SGD gains 0.28 at 0.01")
def plain_descent_with_a_smaller_rate():
    return validation_gain("plain", 0.05, 0.01, False), 0.01


@figure(PAGE, "change by 0.11 at most")
def falling_rates_are_forgiving():
    return max(
        abs(validation_gain(name, rate, factor * rate, True))
        for name, rate in RATES.items()
        for factor in (1 / 3, 3)
    )


# --- a valley that lies diagonally --------------------------------------------------------------


@figure(PAGE, "turned by 45 degrees, RMSprop ends at 0.092 and Adam at 3.3", quick=True)
def diagonal_valley():
    turn = np.sqrt(0.5) * np.array([[1, -1], [1, 1]])
    heights = []
    for optimizer in (RMSprop(0.3), Adam(0.3)):
        w = turn @ [-9.0, 1.5]
        for _ in range(40):
            optimizer.apply([turn @ ([1, 25] * (turn.T @ w))], [w])
        heights.append(np.sum([1, 25] * (turn.T @ w) ** 2) / 2)
    return 45, *heights

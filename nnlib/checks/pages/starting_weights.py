"""Page 02, its end: starting weights, which are drawn and so judged by their statistics."""

import copy

import numpy as np
from numpy import abs as _abs
from numpy import all as _all
from numpy import asarray, inf, mean, ones, unique, var
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks.comparing import expect_equal
from nnlib.checks.exercise import Exercise

__all__ = ["check_he_weights"]


def weights_drawn(answer, shape, rng):
    """Three draws: from a generator, from one that is its equal, and from another."""
    equal = copy.deepcopy(rng)
    return [answer(shape, rng), answer(shape, equal), answer(shape, default_rng(5))]


def statistics(draws, asked, rng):
    """The variance of the draws; all else that is asked of them is refused in words."""
    for draw in draws:
        expect_equal(draw, ones(asked), "W", inf)  # the form alone
    W, again, other = (asarray(draw, dtype=_float64) for draw in draws)
    assert W.max() > W.min(), f"all weights are {W[0, 0]:.4g}: units that start equal stay so"
    assert _all(W == again), "equal generators gave unequal weights: draw from rng alone"
    assert not _all(W == other), "two generators gave the same weights: draw from rng"
    assert unique(W).size > W.size / 2, (
        "the same weights come again and again: draw one for each cell, with rng.uniform(-r, r, "
        "shape), since units that start equal stay so"
    )
    average, variance, n_in = mean(W), var(W), asked[0]
    # 5 standard errors: a right answer fails once in a million, and the seeds are fixed
    assert abs(average) < 5 * (variance / W.size) ** 0.5, (
        f"the mean is {average:.4f}, 0 is asked: draw around 0, from -r to r"
    )
    if abs(variance * n_in / 2 - 1) > 0.08:
        return {"the variance of": variance}
    bound, largest = (6 / n_in) ** 0.5, _abs(W).max()
    # of 10,000 evenly drawn numbers the largest is within 0.01 of the bound, but for e**-100
    assert 0.99 * bound < largest < 1.000001 * bound, (
        f"mean and variance are right, but the largest weight is {largest:.4f} and r is "
        f"{bound:.4f}: draw evenly, with rng.uniform(-r, r, shape)"
    )
    return {"the variance of": 2 / n_in}


check_he_weights = Exercise(
    "he_weights(shape, rng)",
    "weights drawn evenly from rng, with mean 0 and variance 2 / n_in",
    [(size, default_rng(4)) for size in ((200, 50), (50, 200), (400, 100))],
    observe=weights_drawn, read=statistics, tolerance=0.08,
)  # fmt: skip


@check_he_weights.reference
def he_weights(shape, rng):
    r = (6 / shape[0]) ** 0.5
    return rng.uniform(-r, r, shape)


check_he_weights.right(lambda shape, rng: (2 * rng.random(shape) - 1) * (6 / shape[0]) ** 0.5)
check_he_weights.right(
    lambda shape, rng: [
        rng.uniform(-((6 / shape[0]) ** 0.5), (6 / shape[0]) ** 0.5, shape[1]).astype(np.float32)
        for _ in range(shape[0])
    ]
)


for _says, _r in [
    ("This is r = 2 / n_in: 2 / n_in is the variance, and it is r² / 3", lambda n, k: 2 / n),
    ("This is r = 6 / n_in: that is r², take the square root", lambda n, k: 6 / n),
    ("The variance is r² / 3, not r²: which r makes it 2 / n_in?", lambda n, k: (2 / n) ** 0.5),
    ("Solve r² / 3 = 2 / n_in: multiply by 3", lambda n, k: (2 / n / 3) ** 0.5),
    ("The interval is 2 r wide: its variance is r² / 3", lambda n, k: (24 / n) ** 0.5),
    ("Take the square root of all of 6 / n_in", lambda n, k: 6**0.5 / n),
    ("The more inputs, the smaller the weights: divide by n_in", lambda n, k: 6**0.5),
    ("That is 1 / n_in, LeCun's rule", lambda n, k: (3 / n) ** 0.5),
    ("That is 2 / n_out: use shape[0], the number of inputs", lambda n, k: (6 / k) ** 0.5),
    ("That is Glorot's rule", lambda n, k: (6 / (n + k)) ** 0.5),
    ("Divide by the number of inputs, not of weights", lambda n, k: (6 / (n * k)) ** 0.5),
]:
    check_he_weights.mistake(
        _says, lambda shape, rng, r=_r: rng.uniform(-r(*shape), r(*shape), shape)
    )

for _says, _answer in [
    (
        "The spread is 2 / n_in, but that is the variance: take the square root, and draw evenly",
        lambda shape, rng: rng.normal(0, 2 / shape[0], shape),
    ),
    ("draw evenly", lambda shape, rng: rng.normal(0, (2 / shape[0]) ** 0.5, shape)),
    ("draw around 0", lambda shape, rng: rng.uniform(0, (6 / shape[0]) ** 0.5, shape)),
    ("draw around 0", lambda shape, rng: rng.uniform(0, (24 / shape[0]) ** 0.5, shape)),
    ("draw from rng alone", lambda shape, rng: he_weights(shape, default_rng())),
    ("two generators gave the same", lambda shape, rng: he_weights(shape, default_rng(0))),
    ("units that start equal stay so", lambda shape, rng: np.zeros(shape)),
    ("Hand over `shape` as it is", lambda shape, rng: he_weights(shape[::-1], rng)),
    ("Draw one for each cell: rng.uniform(-r, r, shape)", lambda shape, rng: rng.uniform(-1, 1)),
    ("come again and again", lambda shape, rng: he_weights((shape[0], 1), rng) + np.zeros(shape)),
]:
    check_he_weights.mistake(_says, _answer)

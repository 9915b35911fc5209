"""Figures of page 08: the published code from 100 seeds, and what becomes of dead units."""

import math
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from figures import figure
from nnlib import SGD, Dense, Input, Sequential
from nnlib.datasets import load_beans

PAGE = "08_beans"
WIDTHS = (4, 3, 2, 1)


@cache
def leaves():
    """The leaves, all of them in the axes of their span (L Lᵀ = X Xᵀ, as on the page), sick or not.

    In these axes full-batch steps are the same steps, with 1,295 numbers a leaf for 30,000.
    """
    threadpool_limits(1)
    beans = load_beans()
    x = np.concatenate([beans.x_train, beans.x_val, beans.x_test]).astype(float)
    sick = [(y != 2).astype(float)[:, None] for y in (beans.y_train, beans.y_val)]
    return x, np.linalg.cholesky(x @ x.T), sick


def start(seed):
    """The tutorial's draw, for W1 of shape (4, 30000), turned into the axes of the leaves."""
    random = np.random.RandomState(seed)
    x, L, _ = leaves()
    layers = []
    for n_in, n_out in zip((x.shape[1], *WIDTHS), WIDTHS, strict=False):
        W = (random.randn(n_out, n_in) * math.sqrt(2 / n_in)).T
        layers.append([W, np.zeros(n_out)])
    layers[0][0] = np.linalg.solve(L, x @ layers[0][0])
    return layers


def forward(layers, X):
    Zs, A = [], X
    for W, b in layers:
        Zs.append(A @ W + b)
        A = np.maximum(Zs[-1], 0)
    return Zs, 1 / (1 + np.exp(-Zs[-1]))


def step(layers, X, Y):
    """One step of rate 0.001; the gradient is passed back through weights just changed."""
    Zs, P = forward(layers, X)
    dZ = (P - Y) / len(X)
    for i in range(len(layers) - 1, -1, -1):
        W, b = layers[i]
        W -= 0.001 * ((np.maximum(Zs[i - 1], 0) if i else X).T @ dZ)
        b -= 0.001 * dZ.sum(axis=0)
        if i:
            dZ = (dZ @ W.T) * (Zs[i - 1] >= 0)  # its slope of ReLU is 1 at 0 too


@cache
def scores():
    """Over 100 seeds: accuracy on training and validation leaves; are all answers the same?"""
    _, L, targets = leaves()
    n, n_known = len(targets[0]), len(targets[0]) + len(targets[1])
    found = []
    for seed in range(100):
        layers = start(seed)
        for _ in range(1_000):
            step(layers, L[:n], targets[0])
        answers = [forward(layers, x)[1] > 0.5 for x in (L[:n], L[n:n_known])]
        right = [np.mean(a == y) for a, y in zip(answers, targets, strict=True)]
        found.append((*right, len(np.unique(answers[0])) == 1))
    return np.array(found).T


def middle_and_range(values):
    return np.median(values), values.min(), values.max()


@figure(PAGE, "of 100 seeds 40 end constant")
def published_runs_that_are_constant():
    return 100, scores()[2].sum()


@figure(PAGE, "0.813 [0.670, 0.912] on training, 0.774 [0.662, 0.880] on validation leaves")
def published_accuracies():
    train, val, _ = scores()
    return *middle_and_range(train), *middle_and_range(val)


def he_for_pixels(shape, rng):
    return rng.normal(0, math.sqrt(2 / 30_000), shape)


def live_units(model, x):
    model.forward(x)
    return [int((layer.Z > 0).any(axis=0).sum()) for layer in model.layers[:-1]]


@figure(
    PAGE,
    "of the 8 stuck runs 1 starts with a whole layer dead, 1 loses all its units in the first step "
    "and 1 a layer later; the other 5",
)
def what_became_of_the_stuck_runs():
    _, L, (Y, _) = leaves()
    x, fates = L[: len(Y)].astype(np.float32), []
    for seed in range(20):
        model = Sequential([Input((len(L),))], seed=seed)
        for i, units in enumerate((4, 3, 2)):
            model.add(Dense(units, "relu", "he_normal" if i else he_for_pixels))
        model.add(Dense(1, "sigmoid", "he_normal"))
        model.compile(SGD(0.001), "binary_crossentropy")
        alive = [live_units(model, x)]
        for epochs in (1, 999):
            model.fit(x, Y, len(x), epochs=epochs, verbose=0)
            alive.append(live_units(model, x))
        if len(np.unique(model.predict(x) > 0.5)) == 1:
            fates.append([0 in units for units in alive].index(True) if 0 in alive[-1] else None)
    return len(fates), *(fates.count(fate) for fate in (0, 1, 2, None))


@figure(PAGE, "infinity once $z$ reaches 37", quick=True)
def output_that_is_exactly_one():
    return next(z for z in range(100) if 1 / (1 + math.exp(-z)) == 1)

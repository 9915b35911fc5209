"""Checkers for page 02: a dense layer, its parameters and its starting weights."""

import math

from numpy import abs as _abs
from numpy import all as _all
from numpy import array, asarray, isfinite, shape
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks._tools import _agree, _call, _expect_with_hint, _weighted_sums

__all__ = [
    "check_count_parameters",
    "check_dense_by_units",
    "check_he_weights",
    "check_translate_convention",
]


def check_dense_by_units(function):
    """Check dense_by_units(X, W, b): X W + b for any shapes that fit."""
    X = array([[2.0, 3.0], [1.0, -1.0], [0.0, 4.0], [-2.0, 1.0]])
    W, b = array([[0.5, 1.0, -1.0], [1.0, -0.5, 0.5]]), array([-1.0, 0.5, 0.25])
    worked = [[3, 1, -0.25], [-1.5, 2, -1.25], [3, -1.5, 2.25], [-1, -2, 2.75]]
    rng = default_rng(2)
    cases = [(X, W, b, worked)]
    for n, n_in, n_out in [(1, 3, 2), (5, 1, 4), (3, 3, 3), (4, 6, 1)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out))
        b = rng.normal(size=n_out)
        cases.append((X, W, b, _weighted_sums(X, W, b)))
    whole = array([[1, 2], [3, 4]])  # whole numbers in X must not make Z whole
    cases.append((whole, W[:2], b, _weighted_sums(whole, W[:2], b)))
    for X, W, b, expected in cases:
        shapes = f"X {X.shape}, W {W.shape} and b {b.shape}"
        try:
            result = _call(function, X, W, b)
        except (IndexError, ValueError) as error:
            raise AssertionError(
                f"with {shapes} it stopped: {error}. Unit j has column j of W and the number b[j]"
            ) from None
        hint = ""
        if shape(result) == shape(expected):
            hint = _hint_for(asarray(result, dtype=_float64), array(expected), _slips_in(X, W, b))
        _expect_with_hint(result, expected, f"Z for {shapes}", hint)


def _slips_in(X, W, b):
    """What a dense layer gives when one thing is forgotten or done too often."""
    right = array(_weighted_sums(X, W, b))
    last = array([[row[-1] * w for w in W[-1]] for row in X])
    slips = [
        (right - b, "the bias is missing: add b[j] to unit j"),
        (
            right + (W.shape[0] - 1) * b,
            "the bias is added once for every input: add it once for each cell of Z",
        ),
        (last, "only the product of the last input is left: add the products up, with +="),
        (last + b, "only the product of the last input is left: add the products up, with +="),
        ((right > 0) * right, "this is Z after ReLU: leave the activation out"),
    ]
    if len(X) == len(b):
        slips.append((right - b + b[:, None], "each sample got a bias: b[j] belongs to unit j"))
    return slips


def _hint_for(found, expected, slips):
    """The hint of the slip that gives exactly what was found, and not what was expected."""
    for slip, hint in slips:
        if _agree(found, slip) and not _agree(expected, slip):
            return hint
    return ""


def check_count_parameters(function):
    """Check count_parameters(widths): the weights and biases of a dense network."""
    for widths, expected in [
        ([5, 2, 3], 21),
        ([7, 3], 24),
        ([784, 64, 10], 50890),
        ([4, 6, 8, 10, 3], 209),
        ([30000, 4, 3, 2, 1], 120030),
    ]:
        result = function(list(widths))
        weights = expected - sum(widths[1:])
        assert result is not None, "the result is None: does the function return it?"
        hints = [
            (weights, "are the weights alone; each unit has a bias too"),
            (expected + widths[0], "counts biases for the inputs too; only units have one"),
            (weights + sum(widths[:-1]), "has a bias for each input of a layer, not for each unit"),
            (weights + len(widths) - 1, "has one bias for each layer: each unit has its own"),
        ]
        if len(widths) > 2:
            product = math.prod(widths)
            hint = "multiplies all widths: only neighbours are joined by weights"
            hints += [(product, hint), (product + sum(widths[1:]), hint)]
        for mistake, hint in hints:
            assert result == expected or result != mistake, f"{widths}: {result} {hint}"
        assert result == expected, f"{widths} has {expected} parameters, got {result}"


def check_translate_convention(function):
    """Check translate_convention(W, b, n_in): W as (n_in, n_out), b as (n_out,)."""
    rng = default_rng(3)
    for n_in, n_out in [(2, 3), (4, 2), (3, 1), (1, 3)]:
        W, b = rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)
        rows = array([[W[i, j] for i in range(n_in)] for j in range(n_out)])
        column = array([[number] for number in b])
        for given_W in (W, rows):
            for given_b in (array([b]), column, b):
                given = f"for W {given_W.shape}, b {given_b.shape} and n_in {n_in}"
                try:
                    result = _call(function, given_W, given_b, n_in)
                except ValueError as error:
                    raise AssertionError(
                        f"{given} it stopped: {error}. Only a square W is to be refused"
                    ) from None
                _check_translated(result, W, b, given_W, given)
    for given_b in (rng.normal(size=(1, 3)), rng.normal(size=(3, 1))):
        try:
            _call(function, rng.normal(size=(3, 3)), given_b, 3)
        except ValueError:
            continue
        raise AssertionError(
            "W (3, 3) was translated, but its shape does not tell inputs from units: "
            "raise a ValueError if W is square"
        )


def _check_translated(result, W, b, given_W, given):
    assert isinstance(result, tuple | list) and len(result) == 2, (
        f"{given}: return two arrays, W and b, in this order"
    )
    found_W, found_b = result
    assert not (shape(found_W) == b.shape and shape(found_b) == W.shape), (
        f"{given}: b came first; return W and then b"
    )
    if shape(found_W) == given_W.shape != W.shape:
        raise AssertionError(f"{given}: W is still as it was, transpose it to {W.shape}")
    hint = "Swap its axes with .T: reshape keeps the order of the numbers"
    turned = shape(found_W) == W.shape[::-1] != W.shape
    if turned:
        hint = "Transpose W only if its first axis does not hold the inputs"
    _expect_with_hint(found_W, W, f"{given}: W", hint)
    hint = "One axis, a number for each unit"
    if shape(found_b) == ():
        hint = "squeeze() takes every axis of length 1 away, with one unit all of them: use ravel()"
    elif shape(found_b) == (1, len(b)):
        hint = "b still has two axes, a row: take the first away"
    _expect_with_hint(found_b, b, f"{given}: b", hint)


def check_he_weights(function):
    """Check he_weights(shape, rng): evenly drawn from rng, mean 0 and variance 2 / n_in."""
    for n_in, n_out in [(200, 50), (50, 200), (400, 100)]:
        W = function((n_in, n_out), default_rng(4))
        assert W is not None, "the weights are None: does the function return them?"
        assert shape(W) == (n_in, n_out), f"the weights have shape {shape(W)}, {n_in, n_out} asked"
        W = asarray(W, dtype=_float64)
        assert _all(isfinite(W)), "the weights hold NaN or infinity"
        assert W.max() > W.min(), f"all weights are {W[0, 0]:.4g}: units that start equal stay so"
        again = asarray(function((n_in, n_out), default_rng(4)))
        assert _all(W == again), "equal generators gave unequal weights: draw from rng alone"
        assert _all(W != function((n_in, n_out), default_rng(5))), (
            "two generators gave the same weights: draw from rng"
        )
        count = n_in * n_out
        mean = sum(W.ravel().tolist()) / count
        variance = sum((w - mean) ** 2 for w in W.ravel().tolist()) / count
        spread = variance**0.5
        # 5 standard errors: a right answer fails once in a million, and the seeds are fixed
        assert abs(mean) < 5 * spread / count**0.5, (
            f"the mean is {mean:.4f}, 0 is asked: draw around 0, from -r to r"
        )
        likely = [
            (2 / n_in, ""),
            (4 / n_in**2, "the spread is 2 / n_in, but that is the variance: take the square root"),
            (4 / n_in**2 / 3, "this is r = 2 / n_in: 2 / n_in is the variance, and it is r² / 3"),
            (12 / n_in**2, "this is r = 6 / n_in: that is r², take the square root"),
            (1 / n_in, "that is 1 / n_in, LeCun's rule"),
            (2 / n_out, "that is 2 / n_out: use shape[0], the number of inputs"),
            (2 / (n_in + n_out), "that is Glorot's rule"),
            (2 / n_in / 3, "numbers drawn evenly from -r to r have variance r² / 3, not r²"),
        ]
        close = [hint for value, hint in likely if abs(variance / value - 1) < 0.08]
        assert "" in close, (
            f"the variance is {variance:.5f} for {n_in} inputs, {2 / n_in:.5f} is asked"
            f"{'; ' + close[0] if close else ''} (spread {spread:.4f})"
        )
        bound, largest = (6 / n_in) ** 0.5, _abs(W).max()
        # of 10,000 evenly drawn numbers the largest is within 0.01 of the bound, but for e**-100
        assert 0.99 * bound < largest < 1.000001 * bound, (
            f"mean and variance are right, but the largest weight is {largest:.4f} and r is "
            f"{bound:.4f}: draw evenly, with rng.uniform(-r, r, shape)"
        )

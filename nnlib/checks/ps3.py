"""Checkers for problem set 3: losses and their gradients, backpropagation."""

import math
from functools import partial

from numpy import array
from numpy.random import default_rng

from nnlib.checks._networks import (
    _call_in_words,
    _network_loss,
    _one_hot_rows,
    _row_sums,
    _slips_by_parameter,
)
from nnlib.checks._tools import _expect_gradients, _products, _slopes, _weighted_sums
from nnlib.checks.ps3_losses import check_hinge, check_poisson, check_softmax_loss

__all__ = [
    "check_dense_gradients",
    "check_hinge",
    "check_layer_norm_gradients",
    "check_poisson",
    "check_softmax_loss",
    "check_tied_gradients",
    "check_two_layer_gradients",
]

_DIVIDED = "A layer only sums: the 1/n of a mean loss is in {} already"


def check_dense_gradients(function):
    """Check dense_gradients(dZ, X, W): dX, dW and db of Z = X W + b."""
    rng = default_rng(30)
    for n, n_in, n_out in [(4, 3, 2), (3, 3, 3), (1, 2, 4), (5, 1, 1), (2, 4, 2)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out))
        dZ = rng.normal(size=(n, n_out))

        def loss(X, W, b, dZ=dZ):
            return float((dZ * array(_weighted_sums(X, W, b))).sum())

        b = rng.normal(size=n_out)
        right = (
            _slopes(lambda values, W=W, b=b: loss(values, W, b), X),
            _slopes(lambda values, X=X, b=b: loss(X, values, b), W),
            _slopes(lambda values, X=X, W=W: loss(X, W, values), b),
        )
        divided = _DIVIDED.format("dZ")
        mistakes = [
            [(right[0] / n, divided)],
            [(right[1] / n, divided), (right[1] / n_in, divided)],
            [(right[2] / n, divided), (_row_sums(dZ), "Sum over the samples, axis 0")],
        ]
        if n_in == n_out:
            mistakes[0].append((_products(dZ, W), "Transpose W: dX = dZ Wᵀ"))
            mistakes[1].append((_products(dZ.T, X), "This is dW transposed: dW = Xᵀ dZ"))
        if n == n_in == n_out:
            mistakes[1].append((_products(X, dZ), "Transpose X: dW = Xᵀ dZ"))
        result = _call_in_words(function, (dZ, X, W), "dX = dZ Wᵀ and dW = Xᵀ dZ")
        _expect_gradients(result, right, ("dX", "dW", "db"), mistakes, (dZ, X, W))


def check_two_layer_gradients(function):
    """Check two_layer_gradients(X, Y, W1, b1, W2, b2) of ReLU, softmax and cross-entropy."""
    rng = default_rng(34)
    for n, n_in, units, k in [(5, 3, 4, 2), (4, 3, 3, 3), (1, 2, 5, 3), (8, 4, 6, 3)]:
        X, Y = rng.normal(size=(n, n_in)), _one_hot_rows(rng.integers(0, k, n), k)
        parameters = [rng.normal(size=size) for size in ((n_in, units), units, (units, k), k)]

        def loss(i, values, X=X, Y=Y, parameters=parameters):
            return _network_loss(X, Y, [*parameters[:i], values, *parameters[i + 1 :]])

        right = [_slopes(partial(loss, i), parameters[i]) for i in range(4)]
        mistakes = _slips_by_parameter(X, Y, parameters)
        arguments = X, Y, *parameters
        result = _call_in_words(function, arguments, "write each array's shape behind its line")
        _expect_gradients(result, right, ("dW1", "db1", "dW2", "db2"), mistakes, arguments)


def check_tied_gradients(function):
    """Check tied_gradients(dR, X, W, b): of R = tanh(X W + b) Wᵀ + c, whose W is used twice."""
    rng = default_rng(35)
    for n, n_in, units in [(4, 3, 2), (3, 3, 3), (1, 5, 2), (6, 2, 4)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, units))
        b, c, dR = rng.normal(size=units), rng.normal(size=n_in), rng.normal(size=(n, n_in))

        def loss(W, b, c, X=X, dR=dR, decoder=None):
            H = array([[math.tanh(z) for z in row] for row in _weighted_sums(X, W, b)])
            decoder = W if decoder is None else decoder
            return float((dR * array(_weighted_sums(H, decoder.T, c))).sum())

        right = [
            _slopes(lambda v, b=b, c=c: loss(v, b, c), W),
            _slopes(lambda v, W=W, c=c: loss(W, v, c), b),
            _row_sums(dR.T),
        ]
        first = _slopes(lambda v, W=W, b=b, c=c: loss(v, b, c, decoder=W), W)
        H = array([[math.tanh(z) for z in row] for row in _weighted_sums(X, W, b)])
        no_slope = _products(dR, W)
        words = "The slope of tanh, 1 - H², is missing on the way back to the first layer"
        two = "W is used twice: add the gradient of its other use"
        mistakes = [
            [(first, two), (right[0] - first, two),
             (_products(X.T, no_slope) + _products(dR.T, H), words)],
            [(_row_sums(no_slope.T), words)],
            [(_row_sums(dR), "Sum over the samples, axis 0")],
        ]  # fmt: skip
        arguments = dR, X, W, b
        cure = "dV has the shape of Wᵀ: turn it before you add. dR W is what leads back to H"
        result = _call_in_words(function, arguments, cure)
        _expect_gradients(result, right, ("dW", "db", "dc"), mistakes, arguments)


def check_layer_norm_gradients(function):
    """Check layer_norm_gradients(dA, X, gamma, epsilon): dX, dgamma and dbeta."""
    rng = default_rng(36)
    for n, width, epsilon in [(4, 3, 1e-5), (3, 3, 0.5), (1, 5, 0.1), (6, 2, 0.01)]:
        X, dA = rng.normal(2, 3, (n, width)), rng.normal(size=(n, width))
        gamma = rng.normal(1, 0.4, width)

        def normalised(X, epsilon=epsilon):
            return array([_standard(row, epsilon) for row in X.tolist()])

        def loss(X, gamma, dA=dA):
            return float((dA * normalised(X) * gamma).sum())

        right = [
            _slopes(lambda v, gamma=gamma: loss(v, gamma), X),
            _slopes(lambda v, X=X: loss(X, v), gamma),
            _row_sums(dA.T),
        ]
        mistakes = _layer_norm_slips(dA, X, gamma, epsilon)
        mistakes[0].append((_slopes(partial(loss, gamma=gamma * 0 + 1), X), "γ is missing in dX"))
        for known, value in zip(mistakes[1:], right[1:], strict=True):
            known.append((value / n, "The gradient is a sum over the samples, no mean"))
        arguments = dA, X, gamma, epsilon
        given = dA, X, gamma
        result = _call_in_words(function, arguments, "means of rows need keepdims=True")
        _expect_gradients(result, right, ("dX", "dgamma", "dbeta"), mistakes, given)


def _layer_norm_slips(dA, X, gamma, epsilon):
    """Wrong dX, dgamma and dbeta, with words."""
    d = dA * gamma
    roots = array([[_root(row, epsilon)] for row in X.tolist()])
    hats = array([_standard(row, epsilon) for row in X.tolist()])
    by_row = [_row_sums(a)[:, None] / X.shape[1] for a in (d, d * hats)]
    by_column = [_row_sums(a.T) / len(X) for a in (d, d * hats)]
    down_roots = array([_root(column, epsilon) for column in X.T.tolist()])
    down_hats = array([_standard(column, epsilon) for column in X.T.tolist()]).T
    down = [_row_sums(a.T) / len(X) for a in (d, d * down_hats)]
    outside = array([[_root(row, 0) + epsilon] for row in X.tolist()])
    hats_outside = hats * roots / outside
    along = _row_sums(d * hats_outside)[:, None] / X.shape[1]
    rows = "The means of dX and of X go along each row, axis 1 with keepdims=True"
    under = "ε stands under the root: s = √(v + ε)"
    return [
        [
            (d / roots, "X moves mean and spread of its row too: two terms are missing"),
            ((d - by_row[0]) / roots, "X moves the spread of its row too: one term is missing"),
            ((d - hats * by_row[1]) / roots, "X moves the mean of its row: one term is missing"),
            (d - by_row[0] - hats * by_row[1], "Divide by the root of variance + ε"),
            ((d - by_column[0] - hats * by_column[1]) / roots, rows),
            ((d - down[0] - down_hats * down[1]) / down_roots, rows),
            ((d - by_row[0] - hats_outside * along) / outside, under),
        ],
        [
            (_row_sums(dA * hats), "dγ sums over the samples, axis 0"),
            (_row_sums((dA * X).T), "γ multiplies the normalised row, not X"),
            (_row_sums((d * hats).T), "No γ in dγ: it sums dA times the normalised row"),
            (_row_sums((dA * down_hats).T), "Mean and spread are those of each row, axis 1"),
            (_row_sums((dA * hats_outside).T), under),
        ],
        [
            (_row_sums(dA), "dβ sums over the samples, axis 0"),
            (_row_sums(d.T), "β is added after γ: no γ in dβ"),
        ],
    ]


def _root(row, epsilon):
    mean = sum(row) / len(row)
    return math.sqrt(sum((x - mean) ** 2 for x in row) / len(row) + epsilon)


def _standard(row, epsilon):
    mean = sum(row) / len(row)
    return [(x - mean) / _root(row, epsilon) for x in row]

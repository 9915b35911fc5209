"""What right answers share, number by number: no product of arrays, no function of nnlib."""

import math

from numpy import array, ndindex
from numpy import float64 as _float64

__all__ = [
    "column_statistics",
    "dense_backward",
    "log_softmax",
    "one_hot_rows",
    "products",
    "row_sums",
    "slopes",
    "weighted_sums",
]


def weighted_sums(X, W, b):
    """The pre-activations of a dense layer: X W + b."""
    units = list(zip(W.T, b, strict=True))
    return array(
        [[sum(x * w for x, w in zip(row, unit, strict=True)) + bias for unit, bias in units]
         for row in X]
    )  # fmt: skip


def products(A, B):
    """The matrix product of A and B."""
    return array(
        [[sum(a * b for a, b in zip(row, column, strict=True)) for column in B.T] for row in A]
    )


def dense_backward(dZ, X, W):
    """The gradients dX, dW and db of a dense layer."""
    return products(dZ, W.T), products(X.T, dZ), row_sums(dZ.T)


def row_sums(A):
    """The sum of each row."""
    return array([sum(row) for row in A.tolist()])


def column_statistics(rows):
    """Mean and standard deviation of each column."""
    columns = list(zip(*rows, strict=True))
    means = [sum(column) / len(column) for column in columns]
    variances = [
        sum((value - mean) ** 2 for value in column) / len(column)
        for column, mean in zip(columns, means, strict=True)
    ]
    return array(means), array([variance**0.5 for variance in variances])


def one_hot_rows(labels, k):
    """A row for each label: 1 in its column, else 0."""
    return array([[float(c == label) for c in range(k)] for label in labels])


def log_softmax(row):
    """The logarithms of the probabilities of one row of scores."""
    top = max(row)
    log_sum = top + math.log(sum(math.exp(z - top) for z in row))
    return [z - log_sum for z in row]


def slopes(f, x, h=1e-5):
    """The slopes of a function of one array, entry by entry, by central differences."""
    found = array(x, dtype=_float64)
    for i in ndindex(found.shape):
        above, below = array(x, dtype=_float64), array(x, dtype=_float64)
        above[i] += h
        below[i] -= h
        found[i] = (f(above) - f(below)) / (2 * h)
    return found

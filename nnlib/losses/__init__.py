"""Losses: one number that says how wrong a batch of outputs is, and its gradient.

The cross-entropies take pre-activations Z, because together with their output activation they
can be computed without ever taking the logarithm of 0. The 1/n of the mean stands in the
gradients here and nowhere else.
"""

from nnlib.losses.functions import (
    binary_crossentropy,
    binary_crossentropy_gradient,
    categorical_crossentropy,
    categorical_crossentropy_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)
from nnlib.losses.records import Loss, get
from nnlib.losses.targets import one_hot

__all__ = [
    "Loss",
    "binary_crossentropy",
    "binary_crossentropy_gradient",
    "categorical_crossentropy",
    "categorical_crossentropy_gradient",
    "get",
    "mean_squared_error",
    "mean_squared_error_gradient",
    "one_hot",
]

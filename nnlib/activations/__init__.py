"""Activation functions: the bends that let a stack of layers be more than one straight line.

Every function takes the pre-activation Z, and so does every derivative.
"""

from nnlib.activations.functions import (
    leaky_relu,
    leaky_relu_derivative,
    linear,
    linear_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_derivative,
    tanh,
    tanh_derivative,
)
from nnlib.activations.records import ActivationFunction, get

__all__ = [
    "ActivationFunction",
    "get",
    "leaky_relu",
    "leaky_relu_derivative",
    "linear",
    "linear_derivative",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "softmax",
    "softmax_derivative",
    "tanh",
    "tanh_derivative",
]

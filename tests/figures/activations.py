"""Page 01: where the numbers of a computer end, and values that a picture shows."""

import math

import numpy as np

from figures import figure
from nnlib.activations import leaky_relu, sigmoid_derivative, softmax

PAGE = "01_activations"
Z = np.linspace(-110, 0, 1101, dtype="float32")  # as in the picture


def largest(dtype):
    """As 1.8 times 10 to the 308, and as e to the 709.8."""
    number = float(np.finfo(dtype).max)
    exponent = math.floor(math.log10(number))
    return number / 10.0**exponent, 10, exponent, math.log(number)


def textbook_slope():
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(-Z) / (1 + np.exp(-Z)) ** 2


@figure(PAGE, r"$1.8 \cdot 10^{308} \approx e^{709.8}$", quick=True)
def largest_float64():
    return largest(np.float64)


@figure(PAGE, r"$3.4 \cdot 10^{38} \approx e^{88.7}$", quick=True)
def largest_float32():
    return largest(np.float32)


@figure(PAGE, "near $-44$", quick=True)
def first_zero_of_the_textbook():
    return Z[textbook_slope() == 0].max()


@figure(PAGE, "from $-89$ leftwards there is only `nan`", quick=True)
def first_nan_of_the_textbook():
    return Z[np.isnan(textbook_slope())].max()


@figure(PAGE, "`nnlib`'s goes on to $-103$", quick=True)
def last_slope_above_0():
    return Z[sigmoid_derivative(Z) > 0].min()


@figure(PAGE, "takes all but 1.7 millionths", quick=True)
def what_the_first_score_leaves():
    return 1e6 * softmax(np.array([8.97399717, -4.76946857, -5.33537056]))[1:].sum()


@figure(PAGE, "At $z = -10$ the two functions have the values $-1$ and $-2$", quick=True)
def two_leaks():
    z = np.array(-10.0)
    return -10, float(leaky_relu(z, negative_slope=0.1)), float(leaky_relu(z, negative_slope=0.2))

"""Every checker accepts a right answer and rejects wrong ones, each with a telling message.

The right answers are the pages' folded solutions (test_notebooks.py). Here stand the wrong ones:
for each checker at least three, with a piece of the message that a reader gets.
"""

import math
from itertools import pairwise

import numpy as np
import pytest

from nnlib import SGD, ActivationFunction, Dense, Sequential, bugs, checks, losses
from nnlib.losses import Loss

WRONG = []


def wrong(check, message):
    """Mark a function as a wrong answer to a checker, to be met with this message."""

    def register(function):
        WRONG.append(pytest.param(check, function, message, id=f"{check.__name__}-{message[:30]}"))
        return function

    return register


# --- 00 start here


@wrong(checks.check_square_derivative, "not its slope")
def slope_is_the_function(x):
    return x**2


@wrong(checks.check_square_derivative, "This is the integral")
def slope_is_the_integral(x):
    return x**3 / 3


@wrong(checks.check_square_derivative, r"at x = 5 is off by 8: expected 10, got 2")
def slope_without_x(x):
    return 2 + 0 * x


@wrong(checks.check_square_derivative, "expected 10, got 10.0003")  # as many digits as it takes
def slope_a_little_too_large(x):
    return 2 * x * (1 + 3e-5)


@wrong(checks.check_square_derivative, "shape")
def slope_of_a_number_only(x):
    return 2 * np.sum(x)


@wrong(checks.check_sum_over_samples, "single number")
def sum_of_everything(dZ):
    return dZ.sum()


@wrong(checks.check_sum_over_samples, "axis=1 sums over the outputs")
def sum_over_outputs(dZ):
    return dZ.sum(axis=1)


@wrong(checks.check_sum_over_samples, "leave keepdims out")
def sum_that_keeps_a_dimension(dZ):
    return dZ.sum(axis=0, keepdims=True)


@wrong(checks.check_sum_over_samples, "This is the mean")
def sum_is_a_mean(dZ):
    return dZ.mean(axis=0)


@wrong(checks.check_add_row, "without complaint")
def add_whatever_broadcasts(Z, b):
    return Z + b


@wrong(checks.check_add_row, "changed its input")
def add_in_place(Z, b):
    if b.shape != (Z.shape[1],):
        raise ValueError
    Z += b
    return Z


@wrong(checks.check_add_row, r"fits Z of shape \(3, 2\)")
def add_compares_with_rows(Z, b):
    if b.shape != (Z.shape[0],):
        raise ValueError("one number for each row")
    return Z + b


@wrong(checks.check_add_row, r"b of shape \(1, 2\)")
def add_looks_at_the_last_number_only(Z, b):
    if b.shape[-1] != Z.shape[1]:
        raise ValueError
    return Z + b


@wrong(checks.check_matrix_product, "cell by cell")
def product_of_cells(X, W):
    return X * W


@wrong(checks.check_matrix_product, "order matters")
def product_in_the_other_order(X, W):
    return W @ X


@wrong(checks.check_matrix_product, "transpose")
def product_transposed(X, W):
    return (X @ W).T


@wrong(checks.check_matrix_product, "rows by rows")
def product_of_rows(X, W):
    return X @ W.T


@wrong(checks.check_matrix_product, r"add with \+=")
def product_keeps_the_last_term(X, W):
    return np.array([[X[i, -1] * W[-1, j] for j in range(W.shape[1])] for i in range(len(X))])


@wrong(checks.check_shape_of_product, "without complaint.+ when the inner numbers differ")
def shape_without_a_look_inside(first, second):
    return first[0], second[1]


@wrong(checks.check_shape_of_product, "the rows of the first")
def shape_of_the_inner_numbers(first, second):
    return first[1], second[0]


@wrong(checks.check_shape_of_product, "can be multiplied, but")
def shape_asks_for_equal_shapes(first, second):
    if first != second:
        raise ValueError("shapes differ")
    return first


@wrong(checks.check_shape_of_product, "return two numbers")
def shape_is_a_size(first, second):
    return first[0] * second[1]


@wrong(checks.check_sum_over_samples, "does the function return it")
def sum_not_returned(dZ):
    dZ.sum(axis=0)


@wrong(checks.check_add_row, "(?s)an `assert` in your function failed.+Write `raise ValueError")
def add_asserts(Z, b):
    assert b.shape == (Z.shape[1],)
    return Z + b


@wrong(checks.check_add_row, r"was raised\. What does .+ without the comma, \(2\) is the number 2")
def add_compares_with_a_number(Z, b):
    if b.shape != (Z.shape[1]):
        raise ValueError
    return Z + b


@wrong(checks.check_add_row, "the error was returned: `raise` it")
def add_returns_the_error(Z, b):
    return Z + b if b.shape == (Z.shape[1],) else ValueError("no row")


@wrong(checks.check_add_row, "None was returned, no error raised")
def add_prints_the_error(Z, b):
    return Z + b if b.shape == (Z.shape[1],) else None


@wrong(checks.check_shape_of_product, r"are shapes, tuples such as \(5, 3\), not arrays")
def shape_of_arrays(first, second):
    return first @ second


@wrong(checks.check_shape_of_product, "the error was returned: `raise` it")
def shape_returns_the_error(first, second):
    return (first[0], second[1]) if first[1] == second[0] else ValueError


@wrong(checks.check_shape_of_product, "(?s)an `assert` in your function failed: not equal.+Write")
def shape_asserts(first, second):
    assert first[1] == second[0], "not equal"
    return first[0], second[1]


def product_by_loops(X, W, rows=None, inner=None, dtype=float, return_after=None):
    """Right as it stands; the arguments make the mistakes."""
    Z = np.zeros((X.shape[0], W.shape[1]), dtype)
    for i in range(X.shape[0] if rows is None else rows(X, W)):
        for j in range(W.shape[1]):
            for m in range(X.shape[1] if inner is None else inner(X, W)):
                Z[i, j] += X[i, m] * W[m, j]
                if return_after == "m":
                    return Z
            if return_after == "j":
                return Z
        if return_after == "i":
            return Z
    return Z


for message, mistake in [
    ("returns too early", {"return_after": "i"}),
    ("returns too early", {"return_after": "j"}),
    ("returns too early", {"return_after": "m"}),
    ("leave dtype=int out", {"dtype": int}),
    ("IndexError was raised.+How long is each loop", {"inner": lambda X, W: X.shape[0]}),
    ("it was right. How long is each loop", {"inner": lambda X, W: W.shape[1]}),
    ("it was right. How long is each loop", {"rows": lambda X, W: X.shape[1]}),
]:
    wrong(checks.check_matrix_product, message)(
        lambda X, W, mistake=mistake: product_by_loops(X, W, **mistake)
    )


# --- 01 activations


def positive_part(z):
    return np.maximum(z, 0)


@wrong(checks.check_hat, "Left of 0")
def hat_everywhere(x):
    return 1 - abs(x - 1)


@wrong(checks.check_hat, "by how much")
def hat_turns_too_little(x):
    return positive_part(x) - positive_part(x - 1)


@wrong(checks.check_hat, "must be flat")
def hat_never_ends(x):
    return positive_part(x) - 2 * positive_part(x - 1)


@wrong(checks.check_hat, "with slope 1")
def hat_too_steep(x):
    return 2 * positive_part(x) - 4 * positive_part(x - 1) + 2 * positive_part(x - 2)


@wrong(checks.check_hat, "changed its input")
def hat_in_place(x):
    x -= 1
    return positive_part(1 - abs(x))


@wrong(checks.check_hat, r"hat\(0.5\) should be 0.5, you give 1\. From 0 to 1")
def hat_twice_as_steep(x):
    return 2 * positive_part(x) - 4 * positive_part(x - 1) + 2 * positive_part(x - 2)


@wrong(checks.check_hat, "asks a whole array a yes-or-no question")
def hat_with_an_if(x):
    if x < 1:
        return positive_part(x)
    return positive_part(2 - x)


@wrong(checks.check_hat, "None: does the function return it[?]$")
def hat_returns_nothing(x):
    positive_part(x)


@wrong(checks.check_hat, "return a number for each x$")
def hat_of_the_mean(x):
    return np.mean(x)


@wrong(checks.check_leaky, "picks the wrong one")
def leaky_as_the_larger(Z, slope):
    return np.maximum(slope * Z, Z)


@wrong(checks.check_leaky, "use the argument `slope`")
def leaky_with_one_slope(Z, slope):
    return np.where(Z > 0, Z, 0.1 * Z)


@wrong(checks.check_leaky, "sides are swapped")
def leaky_on_the_wrong_side(Z, slope):
    return np.where(Z > 0, slope * Z, Z)


def softplus(Z):
    return np.logaddexp(0, Z)


def logistic(Z):
    return np.exp(-np.logaddexp(0, -Z))


def elu(Z):
    return np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0)))


def elu_slope(Z):
    return np.exp(np.minimum(Z, 0))


def not_yet(*arguments):
    raise NotImplementedError


for check, message, function, derivative in [
    (checks.check_softplus, "large numbers", lambda Z: np.log(1 + np.exp(Z)), logistic),
    (checks.check_softplus, "large numbers", softplus, lambda Z: np.exp(Z) / (1 + np.exp(Z))),
    (checks.check_softplus, "here Z at Z = 10,000", lambda Z: np.log1p(np.exp(Z)), logistic),
    (checks.check_softplus, "here -Z at Z = -10,000", softplus, lambda Z: 1 / (1 + np.exp(-Z))),
    (checks.check_softplus, "slope at -z", softplus, lambda Z: logistic(-Z)),
    (checks.check_softplus, "one too many", softplus, lambda Z: logistic(Z) * logistic(-Z)),
    (checks.check_softplus, "not its slope", softplus, softplus),
    (checks.check_softplus, "given Z", softplus, lambda A: -np.expm1(-A)),
    (checks.check_softplus, "the function is off", lambda Z: np.log2(1 + np.exp(Z)), logistic),
    (checks.check_softplus, "now its derivative", softplus, not_yet),
    (checks.check_softplus, "hand over a record", softplus, None),
    (checks.check_elu, "large numbers", lambda Z: np.where(Z > 0, Z, np.exp(Z) - 1), elu_slope),
    (checks.check_elu, "given Z", elu, lambda A: np.where(A > 0, 1, A + 1)),
    (checks.check_elu, "the constant -1 is 0", elu, lambda Z: np.where(Z > 0, 1, elu(Z))),
    (checks.check_elu, "its slope is 1", elu, lambda Z: np.where(Z > 0, 0, elu_slope(Z))),
    (checks.check_elu, "its slope is 1", elu, lambda Z: np.where(Z > 0, Z, elu_slope(Z))),
    (checks.check_elu, "its slope is 1", elu, np.exp),
    (checks.check_elu, "shape", elu, lambda Z: 1.0),
    (checks.check_elu, "the function is off", lambda Z: np.maximum(Z, -1), elu_slope),
]:
    wrong(check, message)(ActivationFunction("mine", function, derivative))


def test_activation_checkers_find_a_record_that_fails_in_a_layer_alone():
    def derivative(Z):  # right but for the shape that the layer of the check has
        return logistic(Z) * (2 if Z.shape == (6, 4) else 1)

    with pytest.raises(AssertionError, match="in a Dense layer, dW1"):
        checks.check_softplus(ActivationFunction("mine", softplus, derivative))


# --- 02 dense layer


@wrong(checks.check_dense_by_units, "the bias is missing")
def dense_without_bias(X, W, b):
    return X @ W


@wrong(checks.check_dense_by_units, "once for every input")
def dense_adds_bias_too_often(X, W, b):
    Z = np.zeros((len(X), len(b)))
    for k in range(len(W)):
        Z += np.outer(X[:, k], W[k]) + b
    return Z


@wrong(checks.check_dense_by_units, "each sample got a bias")
def dense_bias_per_sample(X, W, b):
    return X @ W + (b[:, None] if len(X) == len(b) else b)


@wrong(checks.check_dense_by_units, "off by up to")
def dense_rounds_to_the_type_of_x(X, W, b):
    return (X @ W + b).astype(X.dtype)


@wrong(checks.check_dense_by_units, "has shape")
def dense_transposed(X, W, b):
    return (X @ W + b).T


@wrong(checks.check_dense_by_units, "changed its input")
def dense_in_place(X, W, b):
    X *= 1.5
    return X @ W + b


@wrong(checks.check_dense_by_units, r"with X \(4, 2\), W \(2, 3\) and b \(3,\) it stopped")
def dense_takes_b_by_sample(X, W, b):
    return np.array([x @ W + b[i] for i, x in enumerate(X)])


@wrong(checks.check_dense_by_units, r"with \+=")
def dense_keeps_the_last_product(X, W, b):
    return np.outer(X[:, -1], W[-1]) + b


@wrong(checks.check_dense_by_units, "after ReLU")
def dense_with_relu(X, W, b):
    return np.maximum(X @ W + b, 0)


@wrong(checks.check_count_parameters, "weights alone")
def count_without_biases(widths):
    return sum(a * b for a, b in pairwise(widths))


@wrong(checks.check_count_parameters, "only units have one")
def count_with_biases_for_inputs(widths):
    return count_without_biases(widths) + sum(widths)


@wrong(checks.check_count_parameters, "has 209 parameters")
def count_of_the_first_two_layers(widths):
    return count_without_biases(widths[:3]) + sum(widths[1:3])


@wrong(checks.check_count_parameters, "does the function return it")
def count_returns_nothing(widths):
    pass


@wrong(checks.check_count_parameters, "not for each unit")
def count_with_biases_of_the_inputs(widths):
    return count_without_biases(widths) + sum(widths[:-1])


@wrong(checks.check_count_parameters, "one bias for each layer")
def count_with_a_bias_a_layer(widths):
    return count_without_biases(widths) + len(widths) - 1


@wrong(checks.check_count_parameters, "multiplies all widths")
def count_by_one_product(widths):
    return math.prod(widths) + sum(widths[1:])


def translate_right(W, b, n_in):
    if W.shape[0] == W.shape[1]:
        raise ValueError("W is square")
    return W if W.shape[0] == n_in else W.T, b.ravel()


def test_translate_convention_passes_a_right_answer():
    checks.check_translate_convention(translate_right)


@wrong(checks.check_translate_convention, "raise a ValueError if W is square")
def translate_square(W, b, n_in):
    return W if W.shape[0] == n_in else W.T, b.ravel()


@wrong(checks.check_translate_convention, "W is still as it was")
def translate_leaves_weights(W, b, n_in):
    return W, b.ravel()


@wrong(checks.check_translate_convention, "only if its first axis")
def translate_always_transposes(W, b, n_in):
    return W.T, b.ravel()


@wrong(checks.check_translate_convention, "reshape keeps the order")
def translate_by_reshape(W, b, n_in):
    return W.reshape(n_in, -1), b.ravel()


@wrong(checks.check_translate_convention, "Only a square W is to be refused")
def translate_refuses(W, b, n_in):
    if W.shape[0] != n_in:
        raise ValueError("the wrong way round")
    return W, b.ravel()


@wrong(checks.check_translate_convention, r"use ravel\(\)")
def translate_by_squeeze(W, b, n_in):
    return translate_right(W, b, n_in)[0], b.squeeze()


@wrong(checks.check_translate_convention, "still has two axes")
def translate_into_a_row(W, b, n_in):
    return translate_right(W, b, n_in)[0], b.ravel()[None, :]


@wrong(checks.check_translate_convention, "b came first")
def translate_swaps(W, b, n_in):
    return translate_right(W, b, n_in)[::-1]


@wrong(checks.check_translate_convention, "two arrays")
def translate_returns_w_alone(W, b, n_in):
    return translate_right(W, b, n_in)[0]


@wrong(checks.check_he_weights, "take the square root")
def he_variance_as_spread(shape, rng):
    return rng.normal(0, 2 / shape[0], shape)


@wrong(checks.check_he_weights, "LeCun")
def he_is_lecun(shape, rng):
    return rng.normal(0, np.sqrt(1 / shape[0]), shape)


@wrong(checks.check_he_weights, "number of inputs")
def he_counts_units(shape, rng):
    return rng.normal(0, np.sqrt(2 / shape[1]), shape)


@wrong(checks.check_he_weights, "not r²")
def he_uniform_too_narrow(shape, rng):
    r = np.sqrt(2 / shape[0])
    return rng.uniform(-r, r, shape)


@wrong(checks.check_he_weights, "draw around 0")
def he_not_centred(shape, rng):
    return rng.uniform(0, np.sqrt(24 / shape[0]), shape)


@wrong(checks.check_he_weights, "draw from rng alone")
def he_own_generator(shape, rng):
    return np.random.default_rng().normal(0, np.sqrt(2 / shape[0]), shape)


@wrong(checks.check_he_weights, "two generators gave the same")
def he_fixed_seed(shape, rng):
    return np.random.default_rng(0).normal(0, np.sqrt(2 / shape[0]), shape)


@wrong(checks.check_he_weights, "r = 2 / n_in")
def he_variance_as_bound(shape, rng):
    return rng.uniform(-2 / shape[0], 2 / shape[0], shape)


@wrong(checks.check_he_weights, "r = 6 / n_in")
def he_forgets_the_root(shape, rng):
    return rng.uniform(-6 / shape[0], 6 / shape[0], shape)


@wrong(checks.check_he_weights, "draw evenly")
def he_is_normal(shape, rng):
    return rng.normal(0, np.sqrt(2 / shape[0]), shape)


@wrong(checks.check_he_weights, "all weights are 0")
def he_zeros(shape, rng):
    return np.zeros(shape)


# --- 03 losses


@wrong(checks.check_mean_surprise, "This is the sum")
def surprise_summed(P, y):
    return -np.log(P[np.arange(len(y)), y]).sum()


@wrong(checks.check_mean_surprise, "Pick one probability from each row")
def surprise_of_a_table(P, y):
    return -np.log(P[:, y])


@wrong(checks.check_mean_surprise, "sign is wrong")
def surprise_negative(P, y):
    return np.log(P[np.arange(len(y)), y]).mean()


@wrong(checks.check_mean_surprise, "in bits")
def surprise_in_bits(P, y):
    return -np.log2(P[np.arange(len(y)), y]).mean()


@wrong(checks.check_mean_surprise, "only the true one counts")
def surprise_of_every_class(P, y):
    return -np.log(P).mean()


@wrong(checks.check_mean_surprise, "log of the mean")
def surprise_of_the_mean(P, y):
    return -np.log(P[np.arange(len(y)), y].mean())


@wrong(checks.check_mean_surprise, "whole columns")
def surprise_of_columns(P, y):
    return -np.log(P[:, y]).mean()


@wrong(checks.check_mean_surprise, "Number as many rows")
def surprise_of_three_rows(P, y):
    return -np.log(P[[0, 1, 2], y]).mean()


@wrong(checks.check_mean_surprise, "not by n k")
def surprise_by_nk(P, y):
    return -np.log(P[np.arange(len(y)), y]).sum() / P.size


@wrong(checks.check_mean_surprise, "not the largest")
def surprise_of_the_largest(P, y):
    return -np.log(P.max(axis=1)).mean()


@wrong(checks.check_mean_surprise, "no softmax")
def surprise_after_softmax(P, y):
    P = np.exp(P) / np.exp(P).sum(axis=1, keepdims=True)
    return -np.log(P[np.arange(len(y)), y]).mean()


@wrong(checks.check_mean_surprise, "does the function return it")
def surprise_not_returned(P, y):
    -np.log(P[np.arange(len(y)), y]).mean()


@wrong(checks.check_stable_binary, "must not be computed for a large")
def binary_from_rounded_probabilities(Y, Z):
    P = (1 + np.tanh(Z / 2)) / 2
    return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))


@wrong(checks.check_stable_binary, "must not be computed for a large")
def binary_overflows(Y, Z):
    return np.mean(np.log(1 + np.exp(Z)) - Y * Z)


@wrong(checks.check_stable_binary, "was clipped")
def binary_clipped(Y, Z):
    P = np.clip(np.exp(-np.logaddexp(0, -Z)), 1e-7, 1 - 1e-7)
    exact = np.mean(np.logaddexp(0, Z) - Y * Z)
    clipped = -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))
    return clipped if exact > 16 else exact


@wrong(checks.check_stable_binary, "targets are swapped")
def binary_swapped(Y, Z):
    return np.mean(np.logaddexp(0, Z) - (1 - Y) * Z)


@wrong(checks.check_stable_binary, "take the mean over all entries")
def binary_summed(Y, Z):
    return np.sum(np.logaddexp(0, Z) - Y * Z)


@wrong(checks.check_stable_binary, "losses of the entries")
def binary_entries(Y, Z):
    return np.logaddexp(0, Z) - Y * Z


@wrong(checks.check_stable_binary, "logaddexp did the work")
def binary_by_logaddexp(Y, Z):
    return np.mean(np.logaddexp(0, Z) - Y * Z)


@wrong(checks.check_stable_binary, "binary_crossentropy did the work")
def binary_by_the_package(Y, Z):
    return losses.binary_crossentropy(Y, Z)


@wrong(checks.check_stable_binary, "must be e\\^-")
def binary_exponent_positive(Y, Z):
    return np.mean(np.maximum(Z, 0) - Z * Y + np.log(1 + np.exp(np.abs(Z))))


@wrong(checks.check_stable_binary, "not by n alone")
def binary_by_n(Y, Z):
    return np.sum(np.logaddexp(0, Z) - Y * Z) / len(Y)


@wrong(checks.check_stable_binary, "do not add it")
def binary_added(Y, Z):
    return np.mean(np.logaddexp(0, Z) + Y * Z)


@wrong(checks.check_stable_binary, "maximum of each column")
def binary_column_maximum(Y, Z):
    return np.mean(np.max(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))))


@wrong(checks.check_stable_binary, "is missing")
def binary_without_the_logarithm(Y, Z):
    return np.mean(np.maximum(Z, 0) - Z * Y)


def huber(Y, A):
    miss = np.abs(A - Y)
    return np.mean(np.where(miss <= 1, miss**2 / 2, miss - 0.5))


def huber_slope(Y, A):
    return np.clip(A - Y, -1, 1) / A.size


SMOOTH = 0.1


def smoothed(Y, Z):
    Y = (1 - SMOOTH) * Y + SMOOTH / Y.shape[1]
    log_sum = np.logaddexp.reduce(Z, axis=1, keepdims=True)
    return -np.sum(Y * (Z - log_sum)) / len(Y)


def smoothed_slope(Y, Z):
    P = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    return (P - (1 - SMOOTH) * Y - SMOOTH / Y.shape[1]) / len(Y)


def smoothed_by(target):
    def function(Y, Z):
        return losses.categorical_crossentropy(target(Y), Z)

    return function


def huber_by(inside, outside, size=np.abs):
    """A Huber loss with other pieces, and another way to choose between them."""
    return lambda Y, A: np.mean(np.where(size(A - Y) <= 1, inside(A - Y), outside(A - Y)))


def half_square(d):
    return d**2 / 2


def shortened(d):
    return np.abs(d) - 0.5


def huber_by_if(Y, A):
    return np.mean(half_square(A - Y)) if np.abs(A - Y) <= 1 else np.mean(shortened(A - Y))


def smoothed_naively(Y, Z):
    Y = (1 - SMOOTH) * Y + SMOOTH / Y.shape[1]
    return -np.sum(
        Y * np.log(np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=1)[:, None])
    ) / len(Y)


for check, message, function, gradient in [
    (checks.check_huber, "take the mean", lambda Y, A: huber(Y, A) * A.size, huber_slope),
    (checks.check_huber, "return one number", lambda Y, A: np.abs(A - Y), huber_slope),
    (checks.check_huber, "the squared error", lambda Y, A: np.mean((A - Y) ** 2), huber_slope),
    (checks.check_huber, "it is ½ d²", huber_by(np.square, shortened), huber_slope),
    (checks.check_huber, "take off the ½", huber_by(half_square, np.abs), huber_slope),
    (checks.check_huber, "with 1, not d", huber_by(half_square, shortened, np.array), huber_slope),
    (checks.check_huber, "not d - ½", huber_by(half_square, lambda d: d - 0.5), huber_slope),
    (checks.check_huber, "goes on as", huber_by(half_square, half_square), huber_slope),
    (checks.check_huber, "np.where", huber_by_if, huber_slope),
    (checks.check_huber, "not by n$", lambda Y, A: huber(Y, A) * A.shape[1], huber_slope),
    (checks.check_huber, "None", lambda Y, A: None, huber_slope),
    (checks.check_huber, "A - Y, not Y - A", huber, lambda Y, A: huber_slope(A, Y)),
    (checks.check_huber, "divide by n k", huber, lambda Y, A: np.clip(A - Y, -1, 1)),
    (checks.check_huber, "goes on as", huber, lambda Y, A: (A - Y) / A.size),
    (checks.check_huber, "not by n$", huber, lambda Y, A: np.clip(A - Y, -1, 1) / len(A)),
    (checks.check_huber, "slope d$", huber, lambda Y, A: np.clip(2 * (A - Y), -1, 1) / A.size),
    (
        checks.check_huber,
        "sign of d, not 1",
        huber,
        lambda Y, A: np.where(np.abs(A - Y) <= 1, A - Y, 1) / A.size,
    ),
    (checks.check_huber, "take no mean", huber, lambda Y, A: np.clip(A - Y, -1, 1).mean()),
    (checks.check_huber, "now its gradient", huber, not_yet),
    (checks.check_huber, "hand over a record", huber, None),
    (checks.check_smoothed, "smooth them here too", smoothed_by(lambda Y: Y), smoothed_slope),
    (checks.check_smoothed, "not 0.1$", smoothed_by(lambda Y: 0.9 * Y + 0.1), smoothed_slope),
    (
        checks.check_smoothed,
        "classes, not by n",
        smoothed_by(lambda Y: 0.9 * Y + 0.1 / len(Y)),
        smoothed_slope,
    ),
    (
        checks.check_smoothed,
        "not always 3",
        smoothed_by(lambda Y: 0.9 * Y + 0.1 / 3),
        smoothed_slope,
    ),
    (
        checks.check_smoothed,
        "the true one too",
        smoothed_by(lambda Y: 0.9 * Y + 0.1 * (1 - Y) / (Y.shape[1] - 1)),
        smoothed_slope,
    ),
    (checks.check_smoothed, "in addition", smoothed_by(lambda Y: 0.9 * Y), smoothed_slope),
    (
        checks.check_smoothed,
        "Only 0.9",
        smoothed_by(lambda Y: Y + 0.1 / Y.shape[1]),
        smoothed_slope,
    ),
    (checks.check_smoothed, "rounded to 0", smoothed_naively, smoothed_slope),
    (
        checks.check_smoothed,
        "smooth them here too",
        smoothed,
        losses.categorical_crossentropy_gradient,
    ),
    (
        checks.check_smoothed,
        "over the samples",
        lambda Y, Z: smoothed(Y, Z) * len(Y),
        smoothed_slope,
    ),
    (checks.check_smoothed, "divide by n", smoothed, lambda Y, Z: smoothed_slope(Y, Z) * len(Y)),
    (checks.check_smoothed, "sign is wrong", smoothed, lambda Y, Z: -smoothed_slope(Y, Z)),
    (checks.check_smoothed, "shape", smoothed, lambda Y, Z: smoothed_slope(Y, Z).sum(axis=0)),
]:
    answer = Loss("mine", function, gradient, None) if gradient else function
    wrong(check, message)(answer)


# --- 04 backpropagation


@wrong(checks.check_backward_by_loops, "A layer only sums")
def backward_averages(dZ, X, W):
    return dZ @ W.T, X.T @ dZ / len(X), dZ.mean(axis=0)


@wrong(checks.check_backward_by_loops, "sum over the samples, axis 0")
def backward_keeps_samples(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ


@wrong(checks.check_backward_by_loops, "along the rows of W")
def backward_forgets_to_transpose(dZ, X, W):
    return dZ @ (W if W.shape[0] == W.shape[1] else W.T), X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_backward_by_loops, "has the shape of what it belongs to, here W")
def backward_transposes_weights(dZ, X, W):
    return dZ @ W.T, (X.T @ dZ).T, dZ.sum(axis=0)


@wrong(checks.check_backward_by_loops, "changed its input")
def backward_in_place(dZ, X, W):
    dX = dZ @ W.T
    X *= 2
    return dX, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_backward_by_loops, "in this order")
def backward_without_input(dZ, X, W):
    return X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_backward_by_loops, "this multiplies or adds whole arrays")
def backward_by_products(dZ, X, W):
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_backward_by_loops, "this multiplies or adds whole arrays")
def backward_by_einsum(dZ, X, W):
    dX, dW = np.einsum("ij,kj->ik", dZ, W), np.einsum("ik,ij->kj", X, dZ)
    return dX, dW, np.einsum("ij->j", dZ)


def loops(add, db_in_loop=False):
    def backward(dZ, X, W):
        dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
        for i, j, k in np.ndindex(*dZ.shape, len(W)):
            if k == 0 or db_in_loop:
                db[j] = add * db[j] + dZ[i, j]
            dX[i, k] = add * dX[i, k] + dZ[i, j] * W[k, j]
            dW[k, j] = add * dW[k, j] + dZ[i, j] * X[i, k]
        return dX, dW, db

    return backward


wrong(checks.check_backward_by_loops, "Only the last product")(loops(0))
wrong(checks.check_backward_by_loops, "outside the loop over the inputs")(loops(1, db_in_loop=True))


def positive(Z):
    return (Z > 0).astype(float)


@wrong(checks.check_skip_backward, "by two paths")
def skip_forgotten(dY, X, W, b):
    dZ = dY * positive(X @ W + b)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_skip_backward, "ReLU's slope is missing")
def skip_without_mask(dY, X, W, b):
    return dY @ W.T + dY, X.T @ dY, dY.sum(axis=0)


@wrong(checks.check_skip_backward, "slope is taken at Y:")
def skip_masks_with_the_output(dY, X, W, b):
    dZ = dY * positive(X + np.maximum(X @ W + b, 0))
    return dZ @ W.T + dY, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_skip_backward, "slope is taken at X:")
def skip_masks_with_the_input(dY, X, W, b):
    dZ = dY * positive(X)
    return dZ @ W.T + dY, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_skip_backward, "slope is taken at dY:")
def skip_masks_with_the_gradient(dY, X, W, b):
    dZ = dY * positive(dY)
    return dZ @ W.T + dY, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_skip_backward, "W stands here for its transpose")
def skip_forgets_to_transpose(dY, X, W, b):
    dZ = dY * positive(X @ W + b)
    return dZ @ W + dY, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_skip_backward, "axis 0")
def skip_keeps_a_dimension(dY, X, W, b):
    dZ = dY * positive(X @ W + b)
    return dZ @ W.T + dY, X.T @ dZ, dZ.sum(axis=0, keepdims=True)


@wrong(checks.check_softplus_backward, "slope of softplus is missing")
def softplus_layer_is_linear(dA, X, W, b):
    return dA @ W.T, X.T @ dA, dA.sum(axis=0)


@wrong(checks.check_softplus_backward, "take it at Z")
def softplus_layer_slope_of_output(dA, X, W, b):
    dZ = dA * logistic(softplus(X @ W + b))
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_softplus_backward, "This uses the slope of the sigmoid")
def softplus_layer_slope_of_sigmoid(dA, X, W, b):
    s = logistic(X @ W + b)
    dZ = dA * s * (1 - s)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_softplus_backward, "This uses the sigmoid at -Z")
def softplus_layer_other_side(dA, X, W, b):
    dZ = dA * logistic(-(X @ W + b))
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_softplus_backward, "take a stable sigmoid")
def softplus_layer_overflows(dA, X, W, b):
    E = np.exp(X @ W + b)
    dZ = dA * E / (1 + E)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


@wrong(checks.check_softplus_backward, "does the function return it")
def softplus_layer_returns_nothing(dA, X, W, b):
    logistic(X @ W + b)


@wrong(checks.check_combine_gradients, "weight it by its number of samples")
def combine_by_plain_mean(gradients, counts):
    return sum(gradients) / len(gradients)


@wrong(checks.check_combine_gradients, "plain sum")
def combine_by_sum(gradients, counts):
    return sum(gradients)


@wrong(checks.check_combine_gradients, "not by that of the parts")
def combine_divides_by_parts(gradients, counts):
    return sum(c * g for c, g in zip(counts, gradients, strict=True)) / len(counts)


@wrong(checks.check_combine_gradients, "is a mean already")
def combine_sums_over_all(gradients, counts):
    return sum(gradients) / sum(counts)


@wrong(checks.check_combine_gradients, "divided by its count here")
def combine_divides_by_counts(gradients, counts):
    return sum(g / c for c, g in zip(counts, gradients, strict=True)) * sum(counts)


@wrong(checks.check_combine_gradients, "Divide by the number of all samples")
def combine_without_division(gradients, counts):
    return sum(c * g for c, g in zip(counts, gradients, strict=True))


@wrong(checks.check_combine_gradients, "changed its input")
def combine_in_place(gradients, counts):
    total = gradients[0]
    total *= counts[0]
    for c, g in zip(counts[1:], gradients[1:], strict=True):
        total += c * g
    return total / sum(counts)


# --- 05 training


@wrong(checks.check_batches, "last, smaller batch")
def batches_without_the_rest(n, batch_size, rng):
    order = rng.permutation(n)
    for i in range(n // batch_size):
        yield order[i * batch_size : (i + 1) * batch_size]


@wrong(checks.check_batches, "last, smaller batch")
def batches_lose_the_last_row(n, batch_size, rng):
    order = rng.permutation(n)[: n - 1]
    for first in range(0, n - 1, batch_size):
        yield order[first : first + batch_size]


@wrong(checks.check_batches, "came twice")
def batches_draw_each_time(n, batch_size, rng):
    for first in range(0, n, batch_size):
        yield rng.permutation(n)[first : first + batch_size]


@wrong(checks.check_batches, "a batch is empty")
def batches_one_too_many(n, batch_size, rng):
    order = rng.permutation(n)
    for i in range(n // batch_size + 1):
        yield order[i * batch_size : (i + 1) * batch_size]


@wrong(checks.check_batches, "shuffle them")
def batches_in_order(n, batch_size, rng):
    for first in range(0, n, batch_size):
        yield np.arange(first, min(n, first + batch_size))


@wrong(checks.check_batches, "from rng alone")
def batches_of_their_own_draw(n, batch_size, rng):
    return batches_by_reshape(n, batch_size, np.random.default_rng())


@wrong(checks.check_batches, "the same order")
def batches_of_a_fixed_seed(n, batch_size, rng):
    return batches_by_reshape(n, batch_size, np.random.default_rng(0))


@wrong(checks.check_batches, "the sizes are")
def batches_of_equal_sizes(n, batch_size, rng):
    return np.array_split(rng.permutation(n), -(-n // batch_size))


@wrong(checks.check_batches, "yield index arrays")
def batches_returns_nothing(n, batch_size, rng):
    rng.permutation(n)


@wrong(checks.check_batches, "neighbouring rows")
def batches_shuffled_inside_only(n, batch_size, rng):
    for first in range(0, n, batch_size):
        yield rng.permutation(np.arange(first, min(n, first + batch_size)))


@wrong(checks.check_batches, "`return` ends the function")
def batches_returns_the_first(n, batch_size, rng):
    order = rng.permutation(n)
    for first in range(0, n, batch_size):
        return order[first : first + batch_size]


@wrong(checks.check_batches, "a batch is a slice")
def batches_of_slices(n, batch_size, rng):
    for first in range(0, n, batch_size):
        yield slice(first, first + batch_size)


def batches_by_reshape(n, batch_size, rng):
    return np.split(rng.permutation(n), range(batch_size, n, batch_size))


@wrong(checks.check_adagrad_update, "w has not changed")
def adagrad_makes_new_arrays(w, s, g, learning_rate, epsilon):
    s += g**2
    w = w - learning_rate * g / (np.sqrt(s) + epsilon)


@wrong(checks.check_adagrad_update, "s has not changed")
def adagrad_remembers_nothing(w, s, g, learning_rate, epsilon):
    s = s + g**2
    w -= learning_rate * g / (np.sqrt(s) + epsilon)


@wrong(checks.check_adagrad_update, "the plain sum")
def adagrad_is_rmsprop(w, s, g, learning_rate, epsilon):
    s *= 0.9
    s += 0.1 * g**2
    w -= learning_rate * g / (np.sqrt(s) + epsilon)


@wrong(checks.check_adagrad_update, "not under it")
def adagrad_epsilon_under_the_root(w, s, g, learning_rate, epsilon):
    s += g**2
    w -= learning_rate * g / np.sqrt(s + epsilon)


@wrong(checks.check_adagrad_update, "First add")
def adagrad_steps_first(w, s, g, learning_rate, epsilon):
    w -= learning_rate * g / (np.sqrt(s) + epsilon)
    s += g**2


@wrong(checks.check_adagrad_update, "changed g")
def adagrad_changes_the_gradient(w, s, g, learning_rate, epsilon):
    s += g**2
    g *= learning_rate
    w -= g / (np.sqrt(s) + epsilon)


@wrong(checks.check_adagrad_update, "return nothing")
def adagrad_returns_both(w, s, g, learning_rate, epsilon):
    s += g**2
    w -= learning_rate * g / (np.sqrt(s) + epsilon)
    return w, s


@wrong(checks.check_adagrad_update, "uphill")
def adagrad_climbs(w, s, g, learning_rate, epsilon):
    s += g**2
    w += learning_rate * g / (np.sqrt(s) + epsilon)


@wrong(checks.check_adagrad_update, "take the root")
def adagrad_without_the_root(w, s, g, learning_rate, epsilon):
    s += g**2
    w -= learning_rate * g / (s + epsilon)


@wrong(checks.check_adagrad_update, "each has its own sum")
def adagrad_with_one_sum(w, s, g, learning_rate, epsilon):
    s += np.sum(g**2)
    w -= learning_rate * g / (np.sqrt(s) + epsilon)


@wrong(checks.check_exponential_decay, "return a function")
def decay_is_a_number(initial, decay_steps, decay_rate):
    return initial * decay_rate


@wrong(checks.check_exponential_decay, "not //")
def decay_in_stairs(initial, decay_steps, decay_rate):
    return lambda step: initial * decay_rate ** (step // decay_steps)


@wrong(checks.check_exponential_decay, "not in one")
def decay_at_every_step(initial, decay_steps, decay_rate):
    return lambda step: initial * decay_rate**step


@wrong(checks.check_exponential_decay, "The base is decay_rate")
def decay_to_the_base_e(initial, decay_steps, decay_rate):
    return lambda step: initial * np.exp(-decay_rate * step / decay_steps)


@wrong(checks.check_exponential_decay, "straight line")
def decay_in_a_line(initial, decay_steps, decay_rate):
    return lambda step: initial * (1 - (1 - decay_rate) * step / decay_steps)


@wrong(checks.check_exponential_decay, "not a factor")
def decay_with_t_as_a_factor(initial, decay_steps, decay_rate):
    return lambda step: initial * decay_rate * step / decay_steps


@wrong(checks.check_exponential_decay, "of decay_rate alone")
def decay_of_the_product(initial, decay_steps, decay_rate):
    return lambda step: (initial * decay_rate) ** (step / decay_steps)


@wrong(checks.check_exponential_decay, "it falls on")
def decay_that_stops(initial, decay_steps, decay_rate):
    return lambda step: initial * decay_rate ** min(1, step / decay_steps)


@wrong(checks.check_clip_by_norm, "return a new list")
def clip_returns_the_list(gradients, most):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * most / length for g in gradients] if length > most else gradients


@wrong(checks.check_clip_by_norm, "added the lengths")
def clip_by_the_sum_of_lengths(gradients, most):
    length = sum(np.linalg.norm(g) for g in gradients)
    return [g * min(1, most / length) for g in gradients]


@wrong(checks.check_clip_by_norm, "to length 1")
def clip_to_unit_length(gradients, most):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g / length if length > most else g for g in gradients]


@wrong(checks.check_clip_by_norm, "array by array")
def clip_by_one_array(gradients, most):
    length = np.sqrt(np.sum(np.array(gradients) ** 2))
    return [g * min(1, most / length) for g in gradients]


@wrong(checks.check_clip_by_norm, "stay as they are")
def clip_always(gradients, most):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * most / length for g in gradients]


@wrong(checks.check_clip_by_norm, "one factor for all")
def clip_each_array(gradients, most):
    return [g * min(1, most / np.linalg.norm(g)) for g in gradients]


@wrong(checks.check_clip_by_norm, "cut off each entry")
def clip_each_entry(gradients, most):
    return [np.clip(g, -most, most) for g in gradients]


@wrong(checks.check_clip_by_norm, "return new ones")
def clip_in_place(gradients, most):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    for g in gradients:
        g *= min(1, most / length)
    return gradients


@wrong(checks.check_clip_by_norm, "The root is missing")
def clip_by_the_square(gradients, most):
    length = sum(np.sum(g**2) for g in gradients)
    return [g * min(1, most / length) for g in gradients]


@wrong(checks.check_clip_by_norm, "zeros became NaN")
def clip_fails_at_rest(gradients, most):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g / length * min(length, most) for g in gradients]


@wrong(checks.check_clip_by_norm, "return a list")
def clip_returns_one_array(gradients, most):
    return np.concatenate([g.ravel() for g in gradients])


# --- 06 iris


@wrong(checks.check_standardise, "return two arrays")
def standardise_returns_one(x_train, x_test):
    return (x_train - x_train.mean(axis=0)) / x_train.std(axis=0)


@wrong(checks.check_standardise, "axis=0")
def standardise_over_everything(x_train, x_test):
    mean, spread = x_train.mean(), x_train.std()
    return (x_train - mean) / spread, (x_test - mean) / spread


@wrong(checks.check_standardise, "both arrays together")
def standardise_pooled(x_train, x_test):
    both = np.concatenate([x_train, x_test])
    mean, spread = both.mean(axis=0), both.std(axis=0)
    return (x_train - mean) / spread, (x_test - mean) / spread


@wrong(checks.check_standardise, "not those of x_test")
def standardise_each_by_itself(x_train, x_test):
    scale = lambda x: (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12)  # noqa: E731
    return scale(x_train), scale(x_test)


@wrong(checks.check_standardise, "changed its input")
def standardise_in_place(x_train, x_test):
    mean, spread = x_train.mean(axis=0), x_train.std(axis=0)
    x_train -= mean
    x_train /= spread
    return x_train, (x_test - mean) / spread


@wrong(checks.check_confusion_matrix, "swapped")
def confusion_transposed(y_true, y_pred, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (y_pred, y_true), 1)
    return matrix


@wrong(checks.check_confusion_matrix, "counts it once")
def confusion_counts_once(y_true, y_pred, n_classes):
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    matrix[y_true, y_pred] += 1  # repeated pairs count once
    return matrix


@wrong(checks.check_confusion_matrix, "n_classes rows")
def confusion_only_of_classes_seen(y_true, y_pred, n_classes):
    n_classes = max(y_true.max(), y_pred.max()) + 1
    matrix = np.zeros((n_classes, n_classes), dtype=int)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix


@wrong(checks.check_confusion_matrix, "does the function return it")
def confusion_returns_nothing(y_true, y_pred, n_classes):
    np.zeros((n_classes, n_classes))


def iris_network(seed, hidden=7, outputs=3, rate=0.1):
    model = Sequential(
        [Dense(hidden, "relu", "he_normal"), Dense(outputs, "softmax")],
        seed=seed,
    )
    model.compile(SGD(rate), "sparse_categorical_crossentropy")
    return model


@wrong(checks.check_small_network, "60 are allowed")
def network_too_large(seed):
    return iris_network(seed, hidden=8)


@wrong(checks.check_small_network, "3 units")
def network_too_many_outputs(seed):
    return iris_network(seed, hidden=4, outputs=4)


@wrong(checks.check_small_network, "0.9 is asked")
def network_too_slow(seed):
    return iris_network(seed, rate=1e-4)


@wrong(checks.check_small_network, "compile")
def network_not_compiled(seed):
    return Sequential([Dense(3, "softmax")], seed=seed)


# --- 07 MNIST


@wrong(checks.check_recall_per_class, "called precision")
def recall_is_precision(matrix):
    return np.diag(matrix) / matrix.sum(axis=0)


@wrong(checks.check_recall_per_class, "accuracy over all classes")
def recall_is_accuracy(matrix):
    return np.trace(matrix) / matrix.sum()


@wrong(checks.check_recall_per_class, "These are counts")
def recall_is_a_count(matrix):
    return np.diag(matrix)


@wrong(checks.check_recall_per_class, "has shape")
def recall_of_every_pair(matrix):
    return matrix / matrix.sum(axis=1, keepdims=True)


@wrong(checks.check_most_confused, "right answers")
def confused_on_the_diagonal(matrix):
    return np.unravel_index(matrix.argmax(), matrix.shape)


def off_diagonal(matrix):
    return matrix * (1 - np.eye(len(matrix), dtype=int))


@wrong(checks.check_most_confused, "comes first")
def confused_swapped(matrix):
    wrong = off_diagonal(matrix)
    return np.unravel_index(wrong.T.argmax(), wrong.shape)


@wrong(checks.check_most_confused, "unravel_index")
def confused_in_the_flat_array(matrix):
    return off_diagonal(matrix).argmax()


@wrong(checks.check_most_confused, "changed its input")
def confused_in_place(matrix):
    np.fill_diagonal(matrix, 0)
    return np.unravel_index(matrix.argmax(), matrix.shape)


@wrong(checks.check_most_confused, "largest count off the diagonal")
def confused_in_the_worst_row(matrix):
    wrong = off_diagonal(matrix)
    row = wrong.sum(axis=1).argmax()
    return row, wrong[row].argmax()


@wrong(checks.check_top_k_accuracy, "least probable")
def top_k_from_the_wrong_end(P, y, k):
    return np.mean([label in np.argsort(row)[:k] for row, label in zip(P, y, strict=True)])


@wrong(checks.check_top_k_accuracy, "place k alone")
def top_k_at_one_place(P, y, k):
    return np.mean(np.argsort(P, axis=1)[:, -k] == y)


@wrong(checks.check_top_k_accuracy, "first place alone")
def top_k_without_k(P, y, k):
    return np.mean(P.argmax(axis=1) == y)


@wrong(checks.check_top_k_accuracy, "This is a count")
def top_k_counted(P, y, k):
    return (np.argsort(P, axis=1)[:, -k:] == y[:, None]).sum()


@wrong(checks.check_top_k_accuracy, "has shape")
def top_k_by_row(P, y, k):
    return (np.argsort(P, axis=1)[:, -k:] == y[:, None]).any(axis=1)


@wrong(checks.check_shift_right, "first column must be 0")
def shift_rolls_the_row(X):
    return np.roll(X, 1, axis=1)


@wrong(checks.check_shift_right, "first column must be 0")
def shift_rolls_the_picture(X):
    return np.roll(X.reshape(-1, 28, 28), 1, axis=2).reshape(X.shape)


def moved_by(X, down, right):
    padded = np.pad(X.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)))
    return padded[:, 1 - down : 29 - down, 1 - right : 29 - right]


@wrong(checks.check_shift_right, "moved left")
def shift_left(X):
    return moved_by(X, 0, -1).reshape(X.shape)


@wrong(checks.check_shift_right, "moved down")
def shift_down(X):
    return moved_by(X, 1, 0).reshape(X.shape)


@wrong(checks.check_shift_right, "rows of 784")
def shift_keeps_pictures(X):
    return moved_by(X, 0, 1)


@wrong(checks.check_shift_right, "off by up to")
def shift_too_far(X):
    return moved_by(moved_by(X, 0, 1), 0, 1).reshape(X.shape)


# --- 08 beans


@wrong(checks.check_centre, "means of x_new")
def centre_each_with_its_own(x_train, x_new):
    return x_train - x_train.mean(axis=0), x_new - x_new.mean(axis=0)


@wrong(checks.check_centre, "both arrays together")
def centre_with_everything(x_train, x_new):
    mean = np.concatenate([x_train, x_new]).mean(axis=0)
    return x_train - mean, x_new - mean


@wrong(checks.check_centre, "each column has its own")
def centre_with_one_number(x_train, x_new):
    return x_train - x_train.mean(), x_new - x_train.mean()


@wrong(checks.check_centre, "changed its input")
def centre_in_place(x_train, x_new):
    mean = x_train.mean(axis=0)
    x_train -= mean
    return x_train, x_new - mean


@wrong(checks.check_centre, "two arrays")
def centre_training_alone(x_train, x_new):
    return x_train - x_train.mean(axis=0)


@wrong(checks.check_count_dead, "off for every sample")
def dead_for_some(Z):
    return (Z <= 0).any(axis=0).sum()


@wrong(checks.check_count_dead, "axis=0")
def dead_rows(Z):
    return (Z <= 0).all(axis=1).sum()


@wrong(checks.check_count_dead, "At Z = 0")
def dead_below_zero_only(Z):
    return (Z < 0).all(axis=0).sum()


@wrong(checks.check_count_dead, "one number")
def dead_as_a_mask(Z):
    return (Z <= 0).all(axis=0)


@wrong(checks.check_count_dead, "entries")
def dead_entries(Z):
    return (Z <= 0).sum()


@wrong(checks.check_accuracy_error, "take the root")
def error_is_a_variance(y_true, y_pred):
    share = np.mean(y_true == y_pred)
    return share, share * (1 - share) / len(y_true)


@wrong(checks.check_accuracy_error, "single answer")
def error_of_one_answer(y_true, y_pred):
    return np.mean(y_true == y_pred), np.std(y_true == y_pred)


@wrong(checks.check_accuracy_error, "under the root")
def error_divided_by_n(y_true, y_pred):
    return np.mean(y_true == y_pred), np.std(y_true == y_pred) / len(y_true)


@wrong(checks.check_accuracy_error, "the accuracy is off")
def error_counts(y_true, y_pred):
    return np.sum(y_true == y_pred), 0.0


@wrong(checks.check_stopping_epoch, "have passed since the best")
def stop_never(losses, patience):
    return int(np.argmin(losses)), len(losses) - 1


@wrong(checks.check_stopping_epoch, "without a new best")
def stop_at_the_first_rise(losses, patience):
    for epoch in range(1, len(losses)):
        if losses[epoch] >= losses[epoch - 1]:
            return epoch - 1, epoch
    return len(losses) - 1, len(losses) - 1


@wrong(checks.check_stopping_epoch, "from 0")
def stop_counted_from_one(losses, patience):
    best, last = stop_in_time(losses, patience)
    return best + 1, last + 1


@wrong(checks.check_stopping_epoch, "best epoch comes first")
def stop_the_wrong_way_round(losses, patience):
    return stop_in_time(losses, patience)[::-1]


@wrong(checks.check_stopping_epoch, "no improvement")
def stop_takes_the_last_of_equals(losses, patience):
    best, last = stop_in_time(losses, patience)
    return max(i for i in range(last + 1) if losses[i] == losses[best]), last


def stop_in_time(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            break
    return best, epoch


# --- 09 debugging


for check, right in [
    (checks.check_first_patient, "features on different scales"),
    (checks.check_second_patient, "softmax over the whole batch"),
    (checks.check_third_patient, "values of an old forward pass are used"),
]:
    wrong(check, "one of the texts")(3)
    wrong(check, "none of bugs.DIAGNOSES")("bad luck")
    for guess in bugs.DIAGNOSES:
        if guess != right:
            wrong(check, rf"^{guess}\? ")(guess)


@pytest.mark.parametrize(
    ("check", "guess", "message"),
    [
        (checks.check_first_patient, 2, "Ask the first question of all"),
        (checks.check_second_patient, 5, "look at the first loss"),
        (checks.check_third_patient, 6, "check after a step"),
        (checks.check_third_patient, 0, "If so, data_findings would name the spreads"),
    ],
)
def test_a_wrong_diagnosis_gets_a_hint(check, guess, message):
    with pytest.raises(AssertionError, match=message):
        check(bugs.DIAGNOSES[guess])


def test_a_diagnosis_that_nobody_made_is_not_attempted():
    with pytest.raises(NotImplementedError):
        checks.check_first_patient(...)


@wrong(checks.check_softmax_test, "fails for the right softmax. It says: one half")
def softmax_test_that_is_wrong(softmax):
    assert softmax(np.zeros((1, 3)))[0, 0] == 0.5, "one half"


@wrong(checks.check_softmax_test, "survives your test: softmax over the whole batch")
def softmax_test_of_one_row(softmax):
    assert np.allclose(softmax(np.zeros((1, 3))), 1 / 3)


@wrong(checks.check_softmax_test, "softmax down the columns")
def softmax_test_of_a_square(softmax):
    A = softmax(np.zeros((2, 2)))
    assert np.allclose(A.sum(axis=1), 1)


@wrong(checks.check_softmax_test, "without a shift. Give it a score of 1000")
def softmax_test_of_small_scores(softmax):
    A = softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(A.sum(axis=1), 1)


@wrong(checks.check_softmax_test, "largest score of the batch")
def softmax_test_of_rows_that_are_alike(softmax):
    A = softmax(np.array([[1000.0, 0.0, 0.0], [1000.0, 1000.0, 0.0]]))
    assert np.allclose(A, [[1, 0, 0], [0.5, 0.5, 0]])


@wrong(checks.check_softmax_test, "powers of 2 instead of e")
def softmax_test_of_sums(softmax):
    A = softmax(np.array([[1.0, 2.0, 3.0], [1000.0, 1000.0, 1000.0]]))
    assert np.allclose(A.sum(axis=1), 1)


@wrong(checks.check_softmax_test, "powers of 2 instead of e")
def softmax_test_of_equal_scores(softmax):
    A = softmax(np.array([[1000.0, 1000.0, 0.0], [0.0, 0.0, 0.0]]))
    assert np.allclose(A, [[1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])


# --- 10 other libraries


@wrong(checks.check_to_pytorch, "return a dictionary")
def weights_as_a_list(weights):
    return [array.T for array in weights]


@wrong(checks.check_to_pytorch, "activations between the layers are counted")
def weights_with_layers_counted(weights):
    return {f"{i // 2}.{('weight', 'bias')[i % 2]}": w.T for i, w in enumerate(weights)}


@wrong(checks.check_to_pytorch, "a row for each unit")
def weights_not_turned(weights):
    return {f"{i // 2 * 2}.{('weight', 'bias')[i % 2]}": w for i, w in enumerate(weights)}


@wrong(checks.check_count_multiplications, "forward pass alone")
def work_of_the_forward_pass(widths, rows):
    return rows * sum(n_in * n_out for n_in, n_out in pairwise(widths))


@wrong(checks.check_count_multiplications, "nobody needs")
def work_with_a_needless_product(widths, rows):
    return 3 * work_of_the_forward_pass(widths, rows)


@wrong(checks.check_count_multiplications, "three products, one forward, two back")
def work_of_two_products(widths, rows):
    return 2 * work_of_the_forward_pass(widths, rows)


@wrong(checks.check_count_multiplications, "write `return`")
def work_that_is_not_returned(widths, rows):
    work_of_the_forward_pass(widths, rows)


@wrong(checks.check_k_folds, "trained on and held out")
def folds_that_train_on_all(n, k):
    return [(np.arange(n), part) for part in np.array_split(np.arange(n), k)]


@wrong(checks.check_k_folds, "rows are held out each time")
def folds_with_a_long_end(n, k):
    rows, size = np.arange(n), n // k
    ends = [*range(size, size * k, size), n]
    parts = [rows[i * size : end] for i, end in enumerate(ends)]
    return [(np.setdiff1d(rows, part), part) for part in parts]


@wrong(checks.check_k_folds, "held-out rows must be every row")
def folds_that_repeat_the_first(n, k):
    part = np.arange(n // k)
    return [(np.setdiff1d(np.arange(n), part), part)] * k


@wrong(checks.check_k_folds, "expected 5 pairs")
def folds_of_one_split(n, k):
    return [(np.arange(n // k, n), np.arange(n // k))]


# --- all of them


@pytest.mark.parametrize(("check", "answer", "message"), WRONG)
def test_wrong_answer_is_rejected_with_a_telling_message(check, answer, message):
    with pytest.raises(AssertionError, match=message):
        check(answer)


def test_every_checker_rejects_three_wrong_answers():
    tried = [parameters.values[0].__name__ for parameters in WRONG]
    checkers = [name for name in checks.__all__ if name.startswith("check_")]
    assert {name for name in checkers if tried.count(name) < 3} == set()


def check_example(answer):
    assert answer(1) == 2, "one and one is two"


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        (lambda x: x + 1, "example: passed"),
        (lambda x: x, "example: not right yet. one and one is two"),
        (lambda: 2, "example: stopped with TypeError"),
    ],
)
def test_try_check_prints_the_verdict_and_never_raises(capsys, answer, printed):
    checks.try_check(check_example, answer)
    assert capsys.readouterr().out.startswith(printed)


def test_try_check_knows_an_exercise_that_nobody_touched(capsys):
    def untouched(x):
        raise NotImplementedError

    checks.try_check(check_example, untouched)
    assert capsys.readouterr().out == "example: not attempted yet\n"

"""Every checker accepts a right answer and rejects wrong ones, each with a telling message.

The right answers are the pages' folded solutions (test_notebooks.py). Here stand the wrong ones:
for each checker at least three, with a piece of the message that a reader gets.
"""

from itertools import pairwise

import numpy as np
import pytest

from nnlib import SGD, ActivationFunction, Dense, Sequential, checks
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


@wrong(checks.check_square_derivative, "off by up to")
def slope_without_x(x):
    return 2 + 0 * x


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


@wrong(checks.check_matrix_product, "off by up to")
def product_keeps_the_last_term(X, W):
    return np.array([[X[i, -1] * W[-1, j] for j in range(W.shape[1])] for i in range(len(X))])


@wrong(checks.check_shape_of_product, "raise ValueError when the inner numbers differ")
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


@wrong(checks.check_leaky, "picks the wrong one")
def leaky_as_the_larger(Z, slope):
    return np.maximum(slope * Z, Z)


@wrong(checks.check_leaky, "off by up to")
def leaky_with_one_slope(Z, slope):
    return np.where(Z > 0, Z, 0.1 * Z)


@wrong(checks.check_leaky, "off by up to")
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


def not_yet(Z):
    raise NotImplementedError


for check, message, function, derivative in [
    (checks.check_softplus, "large numbers", lambda Z: np.log(1 + np.exp(Z)), logistic),
    (checks.check_softplus, "large numbers", softplus, lambda Z: np.exp(Z) / (1 + np.exp(Z))),
    (checks.check_softplus, "given Z", softplus, lambda A: -np.expm1(-A)),
    (checks.check_softplus, "the function is off", lambda Z: np.log2(1 + np.exp(Z)), logistic),
    (checks.check_softplus, "now its derivative", softplus, not_yet),
    (checks.check_softplus, "hand over a record", softplus, None),
    (checks.check_elu, "large numbers", lambda Z: np.where(Z > 0, Z, np.exp(Z) - 1), elu_slope),
    (checks.check_elu, "given Z", elu, lambda A: np.where(A > 0, 1, A + 1)),
    (checks.check_elu, "the derivative is off", elu, lambda Z: np.where(Z > 0, 1, elu(Z))),
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


@wrong(checks.check_dense_by_loops, "the bias is missing")
def dense_without_bias(X, W, b):
    return X @ W


@wrong(checks.check_dense_by_loops, "once for every input")
def dense_adds_bias_too_often(X, W, b):
    Z = np.zeros((len(X), len(b)))
    for k in range(len(W)):
        Z += np.outer(X[:, k], W[k]) + b
    return Z


@wrong(checks.check_dense_by_loops, "each sample got a bias")
def dense_bias_per_sample(X, W, b):
    return X @ W + (b[:, None] if len(X) == len(b) else b)


@wrong(checks.check_dense_by_loops, "off by up to")
def dense_rounds_to_the_type_of_x(X, W, b):
    return (X @ W + b).astype(X.dtype)


@wrong(checks.check_dense_by_loops, "has shape")
def dense_transposed(X, W, b):
    return (X @ W + b).T


@wrong(checks.check_dense_by_loops, "changed its input")
def dense_in_place(X, W, b):
    X *= 1.5
    return X @ W + b


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


@wrong(checks.check_translate_convention, "X is still as it was")
def translate_leaves_samples(X, W, b):
    return X, W.T, b[:, 0]


@wrong(checks.check_translate_convention, "reshape keeps the order")
def translate_by_reshape(X, W, b):
    return X.reshape(X.shape[::-1]), W.reshape(W.shape[::-1]), b.ravel()


@wrong(checks.check_translate_convention, "one axis")
def translate_leaves_a_row(X, W, b):
    return X.T, W.T, b.T


@wrong(checks.check_translate_convention, "W is still as it was")
def translate_forgets_square_weights(X, W, b):
    return X.T, W if W.shape[0] == W.shape[1] else W.T, b[:, 0]


@wrong(checks.check_translate_convention, "three arrays")
def translate_returns_z(X, W, b):
    return X.T @ W.T + b[:, 0]


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


@wrong(checks.check_mean_surprise, "off by up to")
def surprise_of_the_mean(P, y):
    return -np.log(P[np.arange(len(y)), y].mean())


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


def others_share(Y, Z):
    Y = (1 - SMOOTH) * Y + SMOOTH / (Y.shape[1] - 1) * (1 - Y)
    log_sum = np.logaddexp.reduce(Z, axis=1, keepdims=True)
    return -np.sum(Y * (Z - log_sum)) / len(Y)


for check, message, function, gradient in [
    (checks.check_huber, "take the mean", lambda Y, A: huber(Y, A) * A.size, huber_slope),
    (checks.check_huber, "return one number", lambda Y, A: np.abs(A - Y), huber_slope),
    (checks.check_huber, "the loss of outputs", lambda Y, A: np.mean((A - Y) ** 2), huber_slope),
    (checks.check_huber, "A - Y, not Y - A", huber, lambda Y, A: huber_slope(A, Y)),
    (checks.check_huber, "divide by n k", huber, lambda Y, A: np.clip(A - Y, -1, 1)),
    (checks.check_huber, "off by up to", huber, lambda Y, A: (A - Y) / A.size),
    (checks.check_huber, "now its gradient", huber, lambda Y, A: not_yet(A)),
    (checks.check_huber, "hand over a record", huber, None),
    (checks.check_smoothed, "the loss of outputs", others_share, smoothed_slope),
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
    wrong(check, message)(Loss("mine", function, gradient, None))


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

"""Wrong activations, losses and layer functions."""

import numpy as np

from nnlib.activations import softmax
from nnlib.bugs._exhibit import replaces

__all__ = [
    "binary_crossentropy_of_probabilities",
    "categorical_crossentropy_of_probabilities",
    "dense_backward_with_mean_bias",
    "leaky_relu_as_maximum",
    "mean_squared_error_gradient_without_2",
    "mean_squared_error_of_any_shapes",
    "relu_derivative_always_1",
    "relu_derivative_at_0",
    "sigmoid_derivative_of_output",
    "sigmoid_derivative_overflowing",
    "sigmoid_overflowing",
    "softmax_of_everything",
    "softmax_with_one_maximum",
    "softmax_without_shift",
]


@replaces("activations.relu_derivative", killed_by="test_activations.py::test_worked_numbers")
def relu_derivative_always_1(Z):
    """Slope of ReLU as 1 everywhere, for units that are off too.

    Symptom: the network trains, to 0.93 of the MNIST test digits instead of 0.95 at a rate of 0.05,
    and diverges at 0.5, where the right slope does best (0.973).

    Cure: 1 only where Z > 0.

    Seen: the laboratory of NTHU's CS565600, as `np.where(x >= 0, 1, x)` of an x
    that ReLU had made non-negative before.
    """
    A = np.where(Z < 0, 0, Z)
    return np.where(A >= 0, np.ones_like(Z), A)


@replaces("activations.relu_derivative", killed_by="test_activations.py::test_worked_numbers")
def relu_derivative_at_0(Z):
    """Slope of ReLU as 1 at Z = 0.

    Symptom: none on most data. A unit that a whole layer of zeros feeds, with a bias of 0, gets a
    gradient that a dead unit should not get: some dead networks come back to life by mistake.

    Cure: by the convention of Keras and PyTorch the slope at 0 is 0. Mend dead units by other
    means: centred inputs, leaky ReLU, biases of 0.1.

    Seen: the tutorial on bean leaves, as the mask `Z >= 0`.
    """
    return np.heaviside(Z, 1)


@replaces("activations.sigmoid_derivative", killed_by="test_activations.py::test_worked_numbers")
def sigmoid_derivative_of_output(Z):
    """Slope of the sigmoid by a formula for its output, a (1 - a), that is given Z instead.

    Symptom: slopes below 0 and far above 1/4, of a function that rises everywhere by at most 1/4;
    the layer below the sigmoid fails the gradient check.

    Cure: σ(z) σ(-z). Every derivative of this package takes Z.

    Seen: wherever a derivative does not say which of the two it takes.
    """
    return Z * (1 - Z)


@replaces(
    "activations.sigmoid",
    killed_by="test_activations.py::test_far_from_zero_nothing_overflows_and_the_dtype_stays",
)
def sigmoid_overflowing(Z):
    """Sigmoid with the exponential of -Z for every Z.

    Symptom: "overflow encountered in exp" from Z = -89 in float32, from -710 in float64; the
    result is 0 there, so that a logarithm of it is minus infinity.

    Cure: e^-|z| never overflows.

    Seen: the laboratory of NTHU's CS565600.
    """
    return 1 / (1 + np.exp(-Z))


@replaces(
    "activations.sigmoid_derivative",
    killed_by="test_activations.py::test_sigmoid_keeps_its_digits_where_the_textbook_form_has_none",
)
def sigmoid_derivative_overflowing(Z):
    """Slope of the sigmoid as e^-z / (1 + e^-z)².

    Symptom: in float32 it is NaN from Z = -89, and 0 at Z = -45, where 2.9e-20 is true. One NaN in
    a batch makes every weight NaN at the next step.

    Cure: σ(z) σ(-z), with a sigmoid that does not overflow.

    Seen: the laboratory of NTHU's CS565600.
    """
    E = np.exp(-Z)
    return E / (1 + E) ** 2


@replaces(
    "activations.leaky_relu",
    killed_by="test_activations.py::test_leaky_relu_takes_any_slope[1.5]",
)
def leaky_relu_as_maximum(Z, negative_slope=0.2):
    """Leaky ReLU as the larger of αz and z.

    Symptom: none for slopes α up to 1; above, it bends the other way and no longer fits its
    derivative.

    Cure: ask for the sign of Z, not for the larger of two values.

    Seen: Yenigün's guide.
    """
    return np.maximum(negative_slope * Z, Z)


@replaces(
    "activations.softmax",
    killed_by="test_activations.py::test_softmax_is_stable_and_treats_each_row_by_itself",
)
def softmax_of_everything(Z):
    """Softmax over all numbers of a batch instead of each row.

    Symptom: the whole batch sums to 1, a row of a batch of two to about 0.5; what the network says
    of a sample depends on its neighbours. The gradient check fails everywhere.

    Cure: sum over axis -1, with keepdims.

    Seen: Yenigün's guide.
    """
    E = np.exp(Z - Z.max())
    return E / E.sum()


@replaces(
    "activations.softmax",
    killed_by="test_activations.py::test_softmax_is_stable_and_treats_each_row_by_itself",
)
def softmax_with_one_maximum(Z):
    """Softmax of each row, shifted by the maximum of the whole batch.

    Symptom: none, until a row lies 104 or more below the largest score of its batch: then all its
    exponentials are 0 in float32, and 0 / 0 is NaN.

    Cure: shift each row by its own maximum.

    Seen: the laboratory of NTHU's CS565600.
    """
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=-1, keepdims=True)


@replaces(
    "activations.softmax",
    killed_by="test_activations.py::test_softmax_is_stable_and_treats_each_row_by_itself",
)
def softmax_without_shift(Z):
    """Softmax as the textbook writes it.

    Symptom: none for small scores; [710, 0, 0] gives NaN, in float32 [89, 0, 0] does.

    Cure: subtract the maximum of each row first, which cancels.

    Seen: Sasson's tutorial.
    """
    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)


@replaces(
    "losses.binary_crossentropy",
    killed_by="test_losses.py::test_crossentropies_are_right_far_from_zero",
)
def binary_crossentropy_of_probabilities(Y, Z):
    """Binary cross-entropy with the logarithm of probabilities that may be 0.

    Symptom: in float64 the loss is infinite or NaN as soon as one z is 37 or more, because σ(z) is
    exactly 1 there, although the gradient is fine and the network could go on learning.

    Cure: take the loss from Z, with -log σ(z) = log(1 + e^-z).

    Seen: the tutorial on bean leaves.
    """
    A = 1 / (1 + np.exp(-Z))
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))


@replaces(
    "losses.categorical_crossentropy",
    killed_by="test_losses.py::test_crossentropies_are_right_far_from_zero",
)
def categorical_crossentropy_of_probabilities(Y, Z):
    """Categorical cross-entropy with the logarithm of probabilities that may be 0.

    Symptom: NaN, by 0 · log 0, when a prediction is perfect: the better the network, the sooner.

    Cure: take the loss from Z, with log softmax(z) = z - log Σ e^z.

    Seen: the laboratory of NTHU's CS565600.
    """
    return -(Y * np.log(softmax(Z))).sum() / len(Y)


@replaces("losses.mean_squared_error", killed_by="test_losses.py::test_nothing_broadcasts")
def mean_squared_error_of_any_shapes(Y, A):
    """Mean squared error of whatever NumPy can subtract.

    Symptom: targets (n,) against outputs (n, 1) make a square (n, n) of differences, each target
    against each output. Perfect outputs for the targets 1, 2, 3 cost 1.33.

    Cure: refuse arguments of different shapes.

    Seen: Yenigün's guide.
    """
    return np.mean((A - Y) ** 2)


@replaces(
    "losses.mean_squared_error_gradient",
    killed_by="test_losses.py::test_three_losses_one_gradient",
)
def mean_squared_error_gradient_without_2(Y, A):
    """Gradient of the squared error without the factor 2.

    Symptom: the network trains as at half the rate; the gradient check fails everywhere with 1/3.

    Cure: 2 (A - Y) / n, or a loss that is half the square.

    Seen: Yenigün's guide.
    """
    return (A - Y) / A.size


@replaces(
    "layers.dense_backward",
    killed_by="test_layers.py::test_dense_backward_agrees_with_central_differences_and_changes_nothing",
)
def dense_backward_with_mean_bias(dZ, X, W, input_gradient=True):
    """Gradients of a dense layer, with a sum over the samples for W and a mean for b.

    Symptom: the biases hardly move. The gradient check fails for them alone, with (n - 1) / (n + 1)
    for n samples: a factor of n.

    Cure: the mean is in dZ already, so sum for both.

    Seen: Yenigün's guide.
    """
    dX = dZ @ W.T if input_gradient else None
    return dX, X.T @ dZ, dZ.mean(axis=0)

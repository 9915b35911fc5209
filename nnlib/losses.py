"""Losses: one number that says how wrong a batch of outputs is, and its gradient.

The cross-entropies take pre-activations Z, because together with their output activation they
can be computed without ever taking the logarithm of 0. The 1/n of the mean stands in the
gradients here and nowhere else.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib._guards import check, check_function, expects, look_up, whole_number
from nnlib.activations import sigmoid, softmax

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


def one_hot(y, n_classes):
    """Write each class label as a row with a single 1.

    Y_ic = 1 if y_i = c, else 0

    Parameters
    ----------
    y : array of int (n,)
        Labels from 0 to n_classes - 1.
    n_classes : int

    Returns
    -------
    Y : ndarray (n, n_classes), float64

    Raises
    ------
    ValueError
        If a label is not a whole number, or out of range.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    n_classes = whole_number("n_classes", n_classes, 1)
    y = np.asarray(y)
    if y.ndim != 1:
        raise ValueError(f"labels need one axis, (n,), but got shape {y.shape}")
    is_number = y.dtype.kind in "biuf"  # NumPy's letters for bool, int, unsigned int, float
    if not is_number or np.any(y != np.floor(y)):
        raise ValueError(
            f"labels must be whole numbers from 0 to {n_classes - 1}, got {y[:3].tolist()}…: "
            "sklearn.preprocessing.LabelEncoder makes them from names"
        )
    if len(y) and not (y.min() >= 0 and y.max() < n_classes):
        raise ValueError(
            f"labels must lie between 0 and {n_classes - 1}, got {y.min():g} to {y.max():g}: "
            "do they start at 1, or does the output layer have too few units?"
        )
    return np.eye(n_classes)[y.astype(int)]


@expects(Y="...", A="...")
def mean_squared_error(Y, A):
    """Mean of the squared differences between outputs and targets.

    L = 1/(n k) Σ (a - y)²

    Parameters
    ----------
    Y : ndarray (n, k)  targets
    A : ndarray (n, k)  outputs

    Returns
    -------
    float, in the square of the target's unit
    """
    return np.mean((A - Y) ** 2)


@expects(Y="...", A="...")
def mean_squared_error_gradient(Y, A):
    """Gradient of the mean squared error with respect to the outputs A.

    dA = 2 (A - Y) / (n k)

    Parameters
    ----------
    Y : ndarray (n, k)  targets
    A : ndarray (n, k)  outputs

    Returns
    -------
    dA : ndarray (n, k)
    """
    return 2 * (A - Y) / A.size


@expects(Y="...", Z="...")
def binary_crossentropy(Y, Z):
    """Mean surprise, in nats, of yes-or-no targets under the probabilities σ(Z).

    L = -1/(n k) Σ y log σ(z) + (1 - y) log(1 - σ(z)), with -log σ(z) = log(1 + e^-z)

    Parameters
    ----------
    Y : ndarray (n, k)  targets, 0 or 1
    Z : ndarray (n, k)  pre-activations of sigmoid outputs

    Returns
    -------
    float, in nats

    Notes
    -----
    Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.2.
    """
    return np.mean(Y * np.logaddexp(0, -Z) + (1 - Y) * np.logaddexp(0, Z))


@expects(Y="...", Z="...")
def binary_crossentropy_gradient(Y, Z):
    """Gradient of the binary cross-entropy with respect to the pre-activations Z.

    dZ = (σ(Z) - Y) / (n k)

    Parameters
    ----------
    Y : ndarray (n, k)  targets, 0 or 1
    Z : ndarray (n, k)  pre-activations of sigmoid outputs

    Returns
    -------
    dZ : ndarray (n, k)
    """
    return (sigmoid(Z) - Y) / Z.size


@expects(Y="n k", Z="n k")
def categorical_crossentropy(Y, Z):
    """Mean surprise, in nats, of the true classes under the probabilities softmax(Z).

    L = -1/n Σ_i Σ_c Y_ic log softmax(Z_i)_c, with log softmax(z)_c = z_c - log Σ_j e^z_j

    Parameters
    ----------
    Y : ndarray (n, k)  targets, each row sums to 1
    Z : ndarray (n, k)  pre-activations of softmax outputs

    Returns
    -------
    float, in nats

    Notes
    -----
    Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3. Each row's maximum
    is taken off first, which changes no probability and keeps every exponential at most 1.
    """
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))  # (n, k), log-probabilities
    return -(Y * log_P).sum() / len(Y)


@expects(Y="n k", Z="n k")
def categorical_crossentropy_gradient(Y, Z):
    """Gradient of the categorical cross-entropy with respect to the pre-activations Z.

    dZ = (softmax(Z) - Y) / n

    Parameters
    ----------
    Y : ndarray (n, k)  targets, each row sums to 1
    Z : ndarray (n, k)  pre-activations of softmax outputs

    Returns
    -------
    dZ : ndarray (n, k)
    """
    return (softmax(Z) - Y) / len(Y)


@dataclass(frozen=True)
class Loss:
    """A loss with its gradient and the output activation it goes with.

    Parameters
    ----------
    name : str
    function : callable (Y, P) -> float
    gradient : callable (Y, P) -> ndarray (n, k)
    output_activation : str or None
        The one output activation it goes with; then P is the pre-activation Z. With None it goes
        with any element-wise output, and P is the output A.
    """

    name: str
    function: Callable
    gradient: Callable
    output_activation: str | None

    def __post_init__(self):
        check_function("function", self.function)
        check_function("gradient", self.gradient)

    def check_layers(self, layers):
        """Raise a ValueError unless the loss goes with the last layer, and no other is softmax.

        Parameters
        ----------
        layers : list of Dense
        """
        for layer in layers[:-1]:
            if layer.activation.derivative is None:
                name = layer.activation.name
                raise ValueError(f"{name} can stand at the output only, not inside")
        for output in layers[-1:]:
            wanted, found = self.output_activation, output.activation
            if wanted and found.name != wanted:
                raise ValueError(
                    f"{self.name} goes with a {wanted} output, but the last layer is {output!r}: "
                    f"write Dense({output.units}, activation={wanted!r})"
                )
            if not wanted and found.derivative is None:
                raise ValueError(
                    f"{self.name} goes with an element-wise output, but the last layer is "
                    f"{output!r}: use categorical_crossentropy with softmax, or a linear output"
                )

    def prepare_targets(self, y, n_samples, n_outputs, dtype):
        """Targets in the shape of the outputs, (n, k), or a ValueError that names the fix.

        Parameters
        ----------
        y : array (n,) or (n, k)
            Class labels for sparse_categorical_crossentropy, else numbers; a single output's
            targets may come as (n,) and are reshaped to (n, 1).
        n_samples, n_outputs : int
        dtype : dtype

        Returns
        -------
        Y : ndarray (n, k)
        """
        y = _as_targets(y)
        if len(y) != n_samples:
            raise ValueError(
                f"x has {n_samples} samples but y has {len(y)}: give each sample its target"
                f"{', or pass y.T' if y.ndim == 2 and y.shape[1] == n_samples else ''}"
            )
        if self.name == "sparse_categorical_crossentropy":
            labels = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
            if labels.ndim != 1:
                raise ValueError(
                    f"{self.name} expects class labels of shape (n,) but got {y.shape}: "
                    "with one-hot rows use categorical_crossentropy"
                )
            return one_hot(labels, n_outputs).astype(dtype)
        Y = y[:, None] if y.ndim == 1 and n_outputs == 1 else y
        if Y.shape != (n_samples, n_outputs):
            raise ValueError(
                f"the targets must have the shape of the outputs, {(n_samples, n_outputs)}, "
                f"but got {y.shape}: {self._shape_hint(y)}"
            )
        self._check_probabilities(Y)
        with np.errstate(over="ignore"):  # what overflows is found in the next line
            Y = Y.astype(dtype)
        check(np.isfinite(Y).all(), f"y holds numbers too large for {dtype}: standardise them")
        return Y

    def _shape_hint(self, y):
        n_columns = 1 if y.ndim == 1 else y.shape[1]
        if self.output_activation == "softmax" and n_columns == 1:
            return "with class labels use sparse_categorical_crossentropy, or one_hot(y, k)"
        if y.ndim > 2:
            return "give each sample one row of targets"
        return f"give one column for each output, or let the last layer have units={n_columns}"

    def _check_probabilities(self, Y):
        if self.output_activation and not (Y.min() >= 0 and Y.max() <= 1):
            fix = "write no as 0, yes as 1; for more classes use sparse_categorical_crossentropy"
            if self.output_activation == "softmax":
                fix = "one_hot(y, k) makes such rows from class labels"
            raise ValueError(
                f"{self.name} expects targets between 0 and 1, got {Y.min():g} to {Y.max():g}: "
                f"{fix}"
            )
        if self.output_activation == "softmax" and not np.allclose(Y.sum(axis=1), 1, atol=1e-3):
            raise ValueError(
                f"{self.name} expects one-hot rows, but not every row of y sums to 1: name one "
                "class in each, or use binary_crossentropy and sigmoid where several may be true"
            )


def _as_targets(y):
    try:
        y = np.asarray(y)
    except ValueError as error:
        raise ValueError("y must be an array, its rows of one length") from error
    if y.dtype.kind not in "biuf":
        raise ValueError(
            f"y must hold numbers, got dtype {y.dtype} ({y.ravel()[:3].tolist()}…): for classes "
            "sklearn.preprocessing.LabelEncoder makes labels from names"
        )
    if y.ndim == 0 or y.size == 0:
        raise ValueError(f"y holds no samples, shape {y.shape}: give each sample its target")
    if not np.isfinite(y).all():
        raise ValueError("y holds NaN or infinity: leave those samples out")
    return y


_LOSSES = {
    loss.name: loss
    for loss in (
        Loss("mean_squared_error", mean_squared_error, mean_squared_error_gradient, None),
        Loss("binary_crossentropy", binary_crossentropy, binary_crossentropy_gradient, "sigmoid"),
        Loss(
            "categorical_crossentropy",
            categorical_crossentropy,
            categorical_crossentropy_gradient,
            "softmax",
        ),
        Loss(
            "sparse_categorical_crossentropy",
            categorical_crossentropy,
            categorical_crossentropy_gradient,
            "softmax",
        ),
    )
}
_LOSSES["mse"] = _LOSSES["mean_squared_error"]  # the short name that Keras knows too


def get(identifier):
    """Find the loss of a name; a `Loss` is passed through.

    Parameters
    ----------
    identifier : str or Loss

    Returns
    -------
    Loss

    Raises
    ------
    ValueError, TypeError
        If there is no loss of that name, or `identifier` is neither name nor Loss.
    """
    if isinstance(identifier, Loss):
        return identifier
    return look_up(identifier, _LOSSES, "loss")

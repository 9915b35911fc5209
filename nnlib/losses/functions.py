"""The losses and their gradients: mathematics alone. The 1/n of a mean stands in the gradients."""

import numpy as np

from nnlib._guards import expects
from nnlib.activations import sigmoid, softmax

__all__ = [
    "binary_crossentropy",
    "binary_crossentropy_gradient",
    "categorical_crossentropy",
    "categorical_crossentropy_gradient",
    "mean_squared_error",
    "mean_squared_error_gradient",
]


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


@expects(Y="...: 0 to 1", Z="...")
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


@expects(Y="...: 0 to 1", Z="...")
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

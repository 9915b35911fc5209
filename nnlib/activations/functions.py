"""The activation functions and their derivatives: mathematics alone, all of it in terms of Z."""

import numpy as np

from nnlib._guards import expects

__all__ = [
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


@expects(Z="...")
def linear(Z):
    """Pass the pre-activation on unchanged, as an output layer for regression does.

    f(z) = z

    Parameters
    ----------
    Z : ndarray, any shape

    Returns
    -------
    ndarray, the shape of Z
    """
    return Z


@expects(Z="...")
def linear_derivative(Z):
    """Slope of the identity.

    f'(z) = 1

    Parameters
    ----------
    Z : ndarray, any shape

    Returns
    -------
    ndarray, the shape of Z
    """
    return np.ones_like(Z)


@expects(Z="...")
def sigmoid(Z):
    """Squash every number into (0, 1), so that it can be read as a probability.

    σ(z) = 1 / (1 + e^-z), computed as e^z / (1 + e^z) for z < 0 so that no exponential overflows.

    Parameters
    ----------
    Z : ndarray of floats, any shape

    Returns
    -------
    ndarray, the shape of Z

    Notes
    -----
    The logistic function of Verhulst (1838); see Goodfellow, Bengio and Courville,
    Deep Learning (2016), section 3.10.
    """
    E = np.exp(-np.abs(Z))  # in (0, 1] whatever the sign of Z
    return np.where(Z >= 0, 1, E) / (1 + E)


@expects(Z="...")
def sigmoid_derivative(Z):
    """Slope of the sigmoid at the pre-activation Z.

    σ'(z) = σ(z) (1 - σ(z)) = σ(z) σ(-z), at most 1/4; the second form keeps its digits for large z.

    Parameters
    ----------
    Z : ndarray of floats, any shape

    Returns
    -------
    ndarray, the shape of Z
    """
    return sigmoid(Z) * sigmoid(-Z)


@expects(Z="...")
def tanh(Z):
    """Squash every number into (-1, 1), with 0 staying 0.

    tanh(z) = (e^z - e^-z) / (e^z + e^-z) = 2 σ(2z) - 1

    Parameters
    ----------
    Z : ndarray of floats, any shape

    Returns
    -------
    ndarray, the shape of Z
    """
    return np.tanh(Z)


@expects(Z="...")
def tanh_derivative(Z):
    """Slope of the hyperbolic tangent at the pre-activation Z.

    tanh'(z) = 1 - tanh²(z) = 4 σ'(2z), at most 1; the second form keeps its digits for large z.

    Parameters
    ----------
    Z : ndarray of floats, any shape

    Returns
    -------
    ndarray, the shape of Z
    """
    return 4 * sigmoid_derivative(2 * Z)


@expects(Z="...")
def relu(Z):
    """Keep what is positive and put 0 in place of the rest.

    relu(z) = max(z, 0)

    Parameters
    ----------
    Z : ndarray of floats, any shape

    Returns
    -------
    ndarray, the shape of Z

    Notes
    -----
    Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010).
    """
    return np.maximum(Z, 0)


@expects(Z="...")
def relu_derivative(Z):
    """Slope of ReLU at the pre-activation Z: 1 where the unit is on, 0 where it is off.

    relu'(z) = 1 for z > 0, else 0; at the kink z = 0 it is taken as 0, as Keras and PyTorch do.

    Parameters
    ----------
    Z : ndarray of floats, any shape

    Returns
    -------
    ndarray, the shape of Z
    """
    return (Z > 0).astype(Z.dtype)


@expects(Z="...", negative_slope="number")
def leaky_relu(Z, negative_slope=0.2):
    """Keep what is positive and shrink the rest, so that no unit is ever quite off.

    f(z) = z for z > 0, else α z, with α = `negative_slope`

    Parameters
    ----------
    Z : ndarray of floats, any shape
    negative_slope : float
        `keras.activations.leaky_relu` has 0.2 too; many tutorials use 0.1 or 0.01.

    Returns
    -------
    ndarray, the shape of Z

    Notes
    -----
    Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013).
    """
    return np.where(Z > 0, Z, negative_slope * Z)


@expects(Z="...", negative_slope="number")
def leaky_relu_derivative(Z, negative_slope=0.2):
    """Slope of leaky ReLU at the pre-activation Z.

    f'(z) = 1 for z > 0, else α, with α = `negative_slope`

    Parameters
    ----------
    Z : ndarray of floats, any shape
    negative_slope : float

    Returns
    -------
    ndarray, the shape of Z
    """
    return np.where(Z > 0, np.ones_like(Z), negative_slope)


@expects(Z="... k")
def softmax(Z):
    """Turn each row of scores into probabilities that sum to 1.

    softmax(z)_i = e^(z_i - m) / Σ_j e^(z_j - m), with m = max(z) of the same row, so that the
    largest exponent is 0 and nothing overflows; m cancels.

    Parameters
    ----------
    Z : ndarray of floats (n, k) or (k,)

    Returns
    -------
    ndarray, the shape of Z

    Examples
    --------
    >>> softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])

    Notes
    -----
    Bridle (1990); Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.1.
    """
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


@expects(Z="... k")
def softmax_derivative(Z):
    """Jacobian of softmax: how each probability of a row changes with each score of that row.

    ∂a_i / ∂z_j = a_i (δ_ij - a_j), with a = softmax(z) and δ_ij = 1 if i = j, else 0

    Parameters
    ----------
    Z : ndarray of floats (n, k) or (k,)

    Returns
    -------
    ndarray (n, k, k) or (k, k)
        A matrix per row, not a number per entry: every score moves every probability.
    """
    A = softmax(Z)
    return A[..., None] * (np.eye(A.shape[-1], dtype=A.dtype) - A[..., None, :])

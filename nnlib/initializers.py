"""Starting weights: small enough not to saturate, large enough to carry a signal, never equal.

Each function takes a shape (n_in, n_out) and a `numpy.random.Generator`.
"""

import math

import numpy as np

from nnlib._guards import expects, look_up

__all__ = ["get", "glorot_uniform", "he_normal", "lecun_normal", "zeros"]


@expects(shape="shape")
def zeros(shape, rng=None):
    """All zeros: right for biases, wrong for weights, whose units would all learn the same.

    w = 0

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator
        Not used; here so that every initializer is called alike.

    Returns
    -------
    ndarray of that shape, float64
    """
    return np.zeros(shape)


@expects(shape="shape", rng="generator")
def lecun_normal(shape, rng):
    """Normal weights that keep the variance of a small signal through a linear or tanh layer.

    w ~ N(0, 1 / n_in)

    Parameters
    ----------
    shape : tuple (n_in, n_out)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray (n_in, n_out), float64

    Notes
    -----
    LeCun, Bottou, Orr and Müller, Efficient BackProp (1998). A plain normal; Keras cuts its tails
    off at two standard deviations.
    """
    return rng.normal(0, math.sqrt(1 / shape[0]), shape)


@expects(shape="shape", rng="generator")
def glorot_uniform(shape, rng):
    """Uniform weights, a compromise between the forward and the backward signal.

    w ~ U(-r, r), r = sqrt(6 / (n_in + n_out)), which has variance 2 / (n_in + n_out)

    Parameters
    ----------
    shape : tuple (n_in, n_out)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray (n_in, n_out), float64

    Notes
    -----
    Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks
    (2010). Keras's default for dense layers.
    """
    limit = math.sqrt(6 / (shape[0] + shape[-1]))
    return rng.uniform(-limit, limit, shape)


@expects(shape="shape", rng="generator")
def he_normal(shape, rng):
    """Normal weights that make up for the half of a signal that ReLU cuts off.

    w ~ N(0, 2 / n_in)

    Parameters
    ----------
    shape : tuple (n_in, n_out)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray (n_in, n_out), float64

    Notes
    -----
    He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015). A plain normal; Keras cuts its
    tails off at two standard deviations.
    """
    return rng.normal(0, math.sqrt(2 / shape[0]), shape)


_INITIALIZERS = {
    function.__name__: function for function in (zeros, lecun_normal, glorot_uniform, he_normal)
}


def get(identifier):
    """Find the initializer of a name; a function (shape, rng) is passed through.

    Parameters
    ----------
    identifier : str or callable (shape, rng) -> ndarray

    Returns
    -------
    callable

    Raises
    ------
    ValueError, TypeError
        If there is no initializer of that name, or `identifier` is neither name nor function.
    """
    if callable(identifier):
        return identifier
    return look_up(identifier, _INITIALIZERS, "initializer")

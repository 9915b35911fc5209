"""One step of each rule, on one array, in place: mathematics alone."""

import math

import numpy as np

from nnlib._guards import expects

__all__ = [
    "adam_update",
    "momentum_update",
    "rmsprop_update",
    "sgd_update",
]


@expects(w="...!", g="...", learning_rate="number")
def sgd_update(w, g, learning_rate):
    """One step of gradient descent, in place: downhill, in proportion to the slope.

    w ← w - η g

    Parameters
    ----------
    w : ndarray, any shape; changed in place
    g : ndarray, the shape of w; gradient of the loss with respect to w
    learning_rate : float, η

    Notes
    -----
    Robbins and Monro, A Stochastic Approximation Method (1951).
    """
    w -= learning_rate * g


@expects(w="...!", v="...!", g="...", learning_rate="number", momentum="share")
def momentum_update(w, v, g, learning_rate, momentum, nesterov=False):
    """One step of gradient descent with momentum, in place: old steps die away slowly.

    v ← μ v - η g, then w ← w + v; with Nesterov's look ahead w ← w + μ v - η g

    Parameters
    ----------
    w : ndarray, any shape; changed in place
    v : ndarray, the shape of w; the velocity, changed in place, zeros at the start
    g : ndarray, the shape of w; gradient of the loss with respect to w
    learning_rate : float, η
    momentum : float, μ
    nesterov : bool

    Notes
    -----
    Polyak (1964); Sutskever, Martens, Dahl and Hinton, On the Importance of Initialization and
    Momentum in Deep Learning (2013). Signs as in Keras: the velocity points downhill.
    """
    v *= momentum
    v -= learning_rate * g
    w += momentum * v - learning_rate * g if nesterov else v


@expects(w="...!", v="...!", g="...", learning_rate="number", rho="share", epsilon="number")
def rmsprop_update(w, v, g, learning_rate, rho, epsilon):
    """One step of RMSprop, in place: each gradient is divided by its own recent size.

    v ← ρ v + (1 - ρ) g², then w ← w - η g / sqrt(v + ε)

    Parameters
    ----------
    w : ndarray, any shape; changed in place
    v : ndarray, the shape of w; running mean of g², changed in place, zeros at the start
    g : ndarray, the shape of w; gradient of the loss with respect to w
    learning_rate : float, η
    rho : float, ρ
    epsilon : float, ε

    Notes
    -----
    Tieleman and Hinton, lecture 6.5 of Neural Networks for Machine Learning (2012). ε stands under
    the root, as in Keras; the lecture has none, and PyTorch adds it to the root.
    """
    v += (1 - rho) * (g**2 - v)
    w -= learning_rate * g / np.sqrt(v + epsilon)


@expects(
    w="...!", m="...!", v="...!", g="...",
    learning_rate="number", beta_1="share", beta_2="share", epsilon="number", t="positive",
)  # fmt: skip
def adam_update(w, m, v, g, learning_rate, beta_1, beta_2, epsilon, t):
    """One step of Adam, in place: momentum, divided by the recent size of the gradient.

    m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², w ← w - η_t m / (sqrt(v) + ε),
    with η_t = η sqrt(1 - β₂^t) / (1 - β₁^t), which makes up for the start from zeros

    Parameters
    ----------
    w : ndarray, any shape; changed in place
    m, v : ndarray, the shape of w; running means of g and g², changed in place, zeros at the start
    g : ndarray, the shape of w; gradient of the loss with respect to w
    learning_rate : float, η
    beta_1, beta_2, epsilon : float, β₁, β₂, ε
    t : int
        Number of this step, counted from 1.

    Notes
    -----
    Kingma and Ba, Adam: A Method for Stochastic Optimization (2015), in the form given there just
    before section 2.1, as Keras has it: its ε is not quite the ε of the paper's algorithm 1.
    """
    m += (1 - beta_1) * (g - m)
    v += (1 - beta_2) * (g**2 - v)
    rate = learning_rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    w -= rate * m / (np.sqrt(v) + epsilon)

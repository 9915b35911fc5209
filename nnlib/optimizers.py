"""Optimizers: how a gradient changes the weights. All of them change the arrays in place."""

import math

import numpy as np

from nnlib._lookup import look_up

__all__ = ["SGD", "get", "momentum_update", "sgd_update"]


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


class SGD:
    """Stochastic gradient descent, plain or with momentum.

    w ← w - η g; with momentum v ← μ v - η g, w ← w + v

    Parameters
    ----------
    learning_rate : float, η > 0
    momentum : float, 0 ≤ μ < 1
    nesterov : bool
        Look ahead along the velocity; needs a momentum.
    """

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False):
        if not 0 < learning_rate < math.inf:
            raise ValueError(f"learning_rate must be a number above 0, got {learning_rate!r}")
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum must be at least 0 and below 1, got {momentum!r}")
        self.learning_rate = float(learning_rate)  # a NumPy float64 would turn float32 weights
        self.momentum = float(momentum)  # into float64 steps
        if nesterov and momentum == 0:
            raise ValueError("nesterov=True needs a momentum above 0, 0.9 for instance")
        self.nesterov = bool(nesterov)
        self.velocities = None

    def __repr__(self):
        return f"SGD(learning_rate={self.learning_rate:g}, momentum={self.momentum:g})"

    def apply(self, gradients, parameters):
        """Take one step, changing the parameters in place.

        Parameters
        ----------
        gradients : list of ndarray
        parameters : list of ndarray
            The same list at every call: each parameter has its own velocity.

        Raises
        ------
        ValueError
            If the optimizer has served parameters of other shapes before.
        """
        if self.momentum == 0:
            for w, g in zip(parameters, gradients, strict=True):
                sgd_update(w, g, self.learning_rate)
            return
        self.velocities = _state_like(parameters, self.velocities)
        for w, v, g in zip(parameters, self.velocities, gradients, strict=True):
            momentum_update(w, v, g, self.learning_rate, self.momentum, self.nesterov)


def _state_like(parameters, state):
    if state is None:
        return [np.zeros_like(w) for w in parameters]
    if [v.shape for v in state] != [w.shape for w in parameters]:
        raise ValueError(
            "this optimizer remembers the parameters of another model: give each model its own"
        )
    return state


_OPTIMIZERS = {"sgd": SGD}


def get(identifier):
    """Find the optimizer of a name, with its default settings; an optimizer is passed through.

    Parameters
    ----------
    identifier : str, or an object with `apply(gradients, parameters)`

    Returns
    -------
    optimizer

    Raises
    ------
    ValueError, TypeError
        If there is no optimizer of that name, or `identifier` is neither name nor optimizer.
    """
    if hasattr(identifier, "apply") and not isinstance(identifier, type):
        return identifier
    return look_up(identifier, _OPTIMIZERS, "optimizer")()

"""Optimizers: how a gradient changes the weights. All of them change the arrays in place."""

import copy
import math

import numpy as np

from nnlib import schedules
from nnlib._guards import check, expects, look_up, positive, real_number, share

__all__ = [
    "SGD",
    "Adam",
    "Optimizer",
    "RMSprop",
    "adam_update",
    "get",
    "momentum_update",
    "rmsprop_update",
    "schedules",
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


class Optimizer:
    """What all optimizers share: a learning rate, a count of steps, and memory.

    η_t = learning_rate, or learning_rate(t) where that is a schedule

    Parameters
    ----------
    learning_rate : float > 0, or a schedule such as `schedules.PolynomialDecay`

    Attributes
    ----------
    iterations : int
        Steps taken so far.
    memory : list of list of ndarray, or None before the first step
        For each parameter, the arrays that the update remembers: velocities, running means.
    """

    arrays_per_parameter = 0

    def __init__(self, learning_rate):
        if not callable(learning_rate):
            learning_rate = positive("learning_rate", learning_rate)
        self.learning_rate = learning_rate
        self.iterations = 0
        self.memory = None

    def apply(self, gradients, parameters):
        """Take one step, changing the parameters in place.

        Parameters
        ----------
        gradients : list of ndarray
        parameters : list of ndarray
            The same list at every call: each parameter has its own memory.

        Raises
        ------
        ValueError
            If the optimizer has served parameters of other shapes before, if the gradients have
            other shapes than the parameters, or if a schedule gives no number; then nothing has
            changed.
        """
        self._check(gradients, parameters)
        rate = self._current_rate()
        if self.memory is None:
            n_arrays = range(self.arrays_per_parameter)
            self.memory = [[np.zeros_like(w) for _ in n_arrays] for w in parameters]
        self.iterations += 1
        for w, g, memory in zip(parameters, gradients, self.memory, strict=True):
            self.update(w, g, rate, *memory)

    def _check(self, gradients, parameters):
        shapes = [w.shape for w in parameters]
        given = [np.shape(g) for g in gradients]
        if given != shapes:
            raise ValueError(f"expected gradients of shapes {shapes}, but got {given}")
        if self.memory is not None and shapes != self._shapes:
            raise ValueError(
                "this optimizer remembers the parameters of another model: give each model its own"
            )
        self._shapes = shapes

    def _current_rate(self):
        if callable(self.learning_rate):
            return real_number("what a schedule gives", self.learning_rate(self.iterations))
        return self.learning_rate

    def update(self, w, g, rate):
        """Change one parameter in place; each kind of optimizer has its own."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent, plain or with momentum.

    w ← w - η g; with momentum v ← μ v - η g, w ← w + v

    Parameters
    ----------
    learning_rate : float > 0 or schedule, η
    momentum : float, 0 ≤ μ < 1
    nesterov : bool
        Look ahead along the velocity; needs a momentum.
    """

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False):
        super().__init__(learning_rate)
        self.momentum = share("momentum", momentum)
        check(momentum or not nesterov, "nesterov=True needs a momentum above 0, 0.9 for instance")
        self.nesterov = bool(nesterov)
        self.arrays_per_parameter = 1 if momentum else 0

    def __repr__(self):
        nesterov = ", nesterov=True" if self.nesterov else ""
        return f"SGD(learning_rate={self.learning_rate}, momentum={self.momentum}{nesterov})"

    def update(self, w, g, rate, v=None):
        if v is None:
            sgd_update(w, g, rate)
        else:
            momentum_update(w, v, g, rate, self.momentum, self.nesterov)


class RMSprop(Optimizer):
    """Gradient descent with each gradient divided by the root of its recent mean square.

    v ← ρ v + (1 - ρ) g², w ← w - η g / sqrt(v + ε)

    Parameters
    ----------
    learning_rate : float > 0 or schedule, η
    rho : float, 0 ≤ ρ < 1
    epsilon : float > 0, ε
    """

    arrays_per_parameter = 1

    def __init__(self, learning_rate=0.001, rho=0.9, epsilon=1e-7):
        super().__init__(learning_rate)
        self.rho = share("rho", rho)
        self.epsilon = positive("epsilon", epsilon)

    def __repr__(self):
        return f"RMSprop(learning_rate={self.learning_rate}, rho={self.rho})"

    def update(self, w, g, rate, v):
        rmsprop_update(w, v, g, rate, self.rho, self.epsilon)


class Adam(Optimizer):
    """Adaptive moments: momentum, with each step divided by the gradient's recent size.

    m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², w ← w - η_t m / (sqrt(v) + ε)

    Parameters
    ----------
    learning_rate : float > 0 or schedule, η
    beta_1, beta_2 : float, 0 ≤ β < 1
    epsilon : float > 0, ε
    """

    arrays_per_parameter = 2

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        super().__init__(learning_rate)
        self.beta_1, self.beta_2 = share("beta_1", beta_1), share("beta_2", beta_2)
        self.epsilon = positive("epsilon", epsilon)

    def __repr__(self):
        return f"Adam(learning_rate={self.learning_rate})"

    def update(self, w, g, rate, m, v):
        settings = self.beta_1, self.beta_2, self.epsilon
        adam_update(w, m, v, g, rate, *settings, self.iterations)


def memory_of(optimizer):
    """Copies of what a step changes in an optimizer: of a foreign one, of all that it holds."""
    if not isinstance(optimizer, Optimizer):
        return copy.deepcopy(getattr(optimizer, "__dict__", {}))
    memory = optimizer.memory
    if memory is not None:
        memory = [[array.copy() for array in arrays] for arrays in memory]
    return {"iterations": optimizer.iterations, "memory": memory}


_OPTIMIZERS = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


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
    if isinstance(identifier, type):
        raise TypeError(f"an optimizer is a name or an object: write {identifier.__name__}()")
    if hasattr(identifier, "apply"):
        return identifier
    name = identifier.lower() if isinstance(identifier, str) else identifier  # as in Keras
    return look_up(name, _OPTIMIZERS, "optimizer")()

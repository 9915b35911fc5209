"""Optimizers: objects that know their settings, remember what they need, and take steps."""

import copy
import inspect

import numpy as np

from nnlib._guards import check, look_up, positive, real_number, share, unguarded
from nnlib.optimizers.updates import adam_update, momentum_update, rmsprop_update, sgd_update

__all__ = ["SGD", "Adam", "Optimizer", "RMSprop", "get", "memory_of"]


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

    def get_params(self, deep=True):
        """Settings by name; with `set_params`, what scikit-learn's searches ask for.

        Parameters
        ----------
        deep : bool
            Makes no difference to an optimizer.

        Returns
        -------
        dict
        """
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **settings):
        """Change some settings, and leave what the optimizer remembers as it is.

        Parameters
        ----------
        **settings
            Of those that the optimizer was made with, learning_rate for instance.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there is no such setting, or a value is none for it; then nothing has changed.
        """
        known = self.get_params()
        for name in settings:
            message = f"{type(self).__name__} has no setting {name!r}. Known: {', '.join(known)}"
            check(name in known, message)
        new, changed = type(self)(**known | settings), copy.copy(self)
        for name in settings:
            setattr(changed, name, getattr(new, name))
        vars(self).update(vars(changed))
        return self

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
        May be changed later. Once steps were taken without one, it stays 0.
    nesterov : bool
        Look ahead along the velocity; needs a momentum.
    """

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False):
        super().__init__(learning_rate)
        self.momentum = momentum
        check(momentum or not nesterov, "nesterov=True needs a momentum above 0, 0.9 for instance")
        self.nesterov = bool(nesterov)

    @property
    def momentum(self):
        return self._momentum

    @momentum.setter
    def momentum(self, value):
        value = share("momentum", value)
        has_velocity = self.memory is None or all(self.memory)
        message = "this SGD has taken steps without a momentum: make a new one, SGD(momentum=…)"
        check(has_velocity or not value, message)
        self._momentum = value

    @property
    def arrays_per_parameter(self):
        return 1 if self.momentum else 0

    def __repr__(self):
        nesterov = ", nesterov=True" if self.nesterov else ""
        return f"SGD(learning_rate={self.learning_rate}, momentum={self.momentum}{nesterov})"

    def update(self, w, g, rate, v=None):
        if v is None:
            unguarded(sgd_update, w, g)(w, g, rate)
        else:
            unguarded(momentum_update, w, g)(w, v, g, rate, self.momentum, self.nesterov)


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
        unguarded(rmsprop_update, w, g)(w, v, g, rate, self.rho, self.epsilon)


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
        unguarded(adam_update, w, g)(w, m, v, g, rate, *settings, self.iterations)


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

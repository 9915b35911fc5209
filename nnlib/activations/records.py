"""An activation function as a layer holds it, and the table of those that have a name."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib._guards import check_function, look_up, unguarded
from nnlib.activations.functions import (
    leaky_relu,
    leaky_relu_derivative,
    linear,
    linear_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)

__all__ = ["ActivationFunction", "get"]


@dataclass(frozen=True)
class ActivationFunction:
    """An activation function with its name and its derivative, as a layer needs it.

    Parameters
    ----------
    name : str
    function : callable (Z) -> A
    derivative : callable (Z) -> dA/dZ, entry by entry; or None
        None where the derivative is not entry by entry (softmax); such a function can stand at
        the output only, with the loss that knows its gradient.
    """

    name: str
    function: Callable
    derivative: Callable | None

    def __post_init__(self):
        check_function("function", self.function)
        if self.derivative is not None:
            check_function("derivative", self.derivative)

    def __call__(self, Z):
        return self.function(Z)

    def value(self, Z):
        """f(Z) for a layer, which knows what its Z is: only the shape of the result is checked."""
        return self._same_shape(unguarded(self.function)(Z), Z, "")

    def slope(self, Z):
        """f'(Z) for a layer, in the same way."""
        if self.derivative is None:
            raise ValueError(
                f"{self.name} has no slope for each entry by itself: it can stand at the output "
                "only, where its loss knows the gradient of Z (backward_preactivation)"
            )
        return self._same_shape(unguarded(self.derivative)(Z), Z, "the derivative of ")

    def _same_shape(self, result, Z, which):
        if np.shape(result) != Z.shape:
            raise ValueError(
                f"{which}{self.name} gave {np.shape(result)} for Z of shape {Z.shape}: a layer "
                "expects a number for each entry of Z, so that nothing broadcasts"
            )
        return result


_ACTIVATIONS = {
    record.name: record
    for record in (
        ActivationFunction("linear", linear, linear_derivative),
        ActivationFunction("sigmoid", sigmoid, sigmoid_derivative),
        ActivationFunction("tanh", tanh, tanh_derivative),
        ActivationFunction("relu", relu, relu_derivative),
        ActivationFunction("leaky_relu", leaky_relu, leaky_relu_derivative),
        ActivationFunction("softmax", softmax, None),
    )
}


def get(identifier):
    """Find the activation function of a name, as Keras's function of the same name does.

    Parameters
    ----------
    identifier : str, ActivationFunction or None
        None means linear, as in Keras.

    Returns
    -------
    ActivationFunction

    Raises
    ------
    ValueError
        If there is no activation function of that name.
    TypeError
        If `identifier` is something else, a bare function for instance.
    """
    if isinstance(identifier, ActivationFunction):
        return identifier
    if callable(identifier):
        raise TypeError(
            f"an activation is a name or an ActivationFunction, got {identifier!r}: "
            "write ActivationFunction(name, function, derivative)"
        )
    return look_up("linear" if identifier is None else identifier, _ACTIVATIONS, "activation")

"""A loss as a model holds it: value, gradient, and what it asks of outputs and targets."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlib._guards import check, check_function, look_up, unguarded
from nnlib.losses.functions import (
    binary_crossentropy,
    binary_crossentropy_gradient,
    categorical_crossentropy,
    categorical_crossentropy_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
)
from nnlib.losses.targets import LABELS, NUMBERS, ONE_HOT, YES_OR_NO, Targets

__all__ = ["Loss", "get"]


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
    targets : Targets, optional
        How targets are read. Unless told otherwise: one-hot rows with a softmax, numbers from 0 to
        1 with another output activation, any numbers with none.
    """

    name: str
    function: Callable
    gradient: Callable
    output_activation: str | None
    targets: Targets | None = None

    def __post_init__(self):
        check_function("function", self.function)
        check_function("gradient", self.gradient)
        is_kind = self.targets is None or isinstance(self.targets, Targets)
        message = f"targets must be of losses.targets, LABELS for instance, got {self.targets!r}"
        check(is_kind, message, TypeError)

    def value(self, Y, P):
        """The loss of a batch.

        L = function(Y, P)

        Parameters
        ----------
        Y : ndarray (n, k)  targets
        P : ndarray (n, k)  what a model gave: Z with an output activation, A with none
        """
        return self._of(self.function, Y, P)

    def slope(self, Y, P):
        """The gradient of the loss with respect to P.

        dP = gradient(Y, P)

        Parameters
        ----------
        Y : ndarray (n, k)  targets
        P : ndarray (n, k)  what a model gave

        Returns
        -------
        dP : ndarray (n, k)
        """
        dP = self._of(self.gradient, Y, P)
        if np.shape(dP) != P.shape:
            raise ValueError(
                f"the gradient of {self.name} gave {np.shape(dP)} for outputs of shape {P.shape}: "
                "it has to give a number for each, so that nothing broadcasts"
            )
        return dP

    def _of(self, function, Y, P):
        has_guard = hasattr(function, "unguarded")  # which says more about what does not fit
        if not has_guard and np.shape(Y) != P.shape:
            raise ValueError(
                f"{self.name} expects Y of the shape of the outputs, {P.shape}, but got "
                f"{np.shape(Y)}"
            )
        return unguarded(function, Y, P)(Y, P)

    def check_layers(self, layers):
        """Raise a ValueError unless the loss goes with the last layer, and no other is softmax.

        Parameters
        ----------
        layers : list of Layer
        """
        for layer in layers[:-1]:
            activation = getattr(layer, "activation", None)
            if activation is not None and activation.derivative is None:
                raise ValueError(f"{activation.name} can stand at the output only, not inside")
        for output in layers[-1:]:
            self._check_output(output)

    def _check_output(self, output):
        wanted, found = self.output_activation, getattr(output, "activation", None)
        units = getattr(output, "units", "units")
        if wanted and not hasattr(output, "backward_preactivation"):
            raise ValueError(
                f"{self.name} goes with a {wanted} output, but the last layer is {output!r}, which "
                f"has none: put Dense({units}, activation={wanted!r}) after it"
            )
        if wanted == "softmax" and found.name == "sigmoid" and units == 1:
            raise ValueError(
                f"{self.name} is for classes that share a softmax, but the last layer is "
                f"{output!r}: use binary_crossentropy, or Dense(k, activation='softmax') for k "
                "classes"
            )
        if wanted and found.name != wanted:
            raise ValueError(
                f"{self.name} goes with a {wanted} output, but the last layer is {output!r}: "
                f"write Dense({units}, activation={wanted!r})"
            )
        if not wanted and found is not None and found.derivative is None:
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
        by_output = {None: NUMBERS, "softmax": ONE_HOT}
        targets = self.targets or by_output.get(self.output_activation, YES_OR_NO)
        return targets.prepare(self.name, y, n_samples, n_outputs, dtype)


_SOFTMAX = categorical_crossentropy, categorical_crossentropy_gradient, "softmax"
_LOSSES = {
    loss.name: loss
    for loss in (
        Loss("mean_squared_error", mean_squared_error, mean_squared_error_gradient, None),
        Loss("binary_crossentropy", binary_crossentropy, binary_crossentropy_gradient, "sigmoid"),
        Loss("categorical_crossentropy", *_SOFTMAX),
        Loss("sparse_categorical_crossentropy", *_SOFTMAX, LABELS),
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

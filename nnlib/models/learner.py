"""A stack of layers that can take a step: loss, gradients, update."""

import math

from nnlib import losses, optimizers
from nnlib._guards import check, unguarded
from nnlib.metrics import get as get_metric
from nnlib.models.stack import Stack
from nnlib.training import samples_and_targets

__all__ = ["Learner"]


class Learner(Stack):
    """Layers with a loss, which says how wrong they are, and an optimizer, which changes them.

    w ← w - η ∂L/∂w

    Parameters
    ----------
    layers : list of Input and Layer, optional
    dtype : {"float32", "float64"}
    seed : int or None
    """

    optimizer = loss = None

    def __init__(self, layers=None, *, dtype="float32", seed=None):
        self.metrics = {}
        super().__init__(layers, dtype=dtype, seed=seed)

    def compile(self, optimizer, loss, metrics=None):
        """Choose how the network learns and what is recorded meanwhile.

        Parameters
        ----------
        optimizer : str or optimizer
        loss : str or Loss
            "mean_squared_error" goes with any element-wise output, "binary_crossentropy" with
            sigmoid, "categorical_crossentropy" (one-hot rows) and
            "sparse_categorical_crossentropy" (class labels) with softmax.
        metrics : list of str, optional

        Raises
        ------
        ValueError, TypeError
            If a name is unknown, the loss does not go with the output layer, or the optimizer has
            taken steps for another model.
        """
        optimizer, loss = optimizers.get(optimizer), losses.get(loss)
        is_list = metrics is None or isinstance(metrics, list | tuple)
        check(is_list, f"metrics takes a list: metrics=[{metrics!r}]", TypeError)
        scores = {name: get_metric(name) for name in metrics or ()}
        is_new = optimizer is self.optimizer or not getattr(optimizer, "iterations", 0)
        check(is_new, f"{optimizer!r} has taken steps for another model: make a new one")
        loss.check_layers(self.layers)
        self.optimizer, self.loss, self.metrics = optimizer, loss, scores

    def compute_loss(self, Y):
        """Loss of the last forward pass.

        L = loss(Y, Z) for a cross-entropy, loss(Y, A) for the squared error

        Parameters
        ----------
        Y : ndarray (n, k)
            Targets of the batch that went forward last.

        Returns
        -------
        float
        """
        P = self._compared()
        return self.loss.value(Y, P)

    def output_gradient(self, Y):
        """Gradient of the loss with respect to what it is computed from.

        dZ of the last layer for a cross-entropy, which goes with its output activation, else dA

        Parameters
        ----------
        Y : ndarray (n, k)

        Returns
        -------
        dP : ndarray (n, k)
        """
        P = self._compared()
        return self.loss.slope(Y, P)

    def backward(self, Y):
        """Send the gradient of the loss down through every layer, which stores its own gradients.

        dA_{l-1} = layer_l.backward(dA_l)

        Parameters
        ----------
        Y : ndarray (n, k)
            Targets of the batch that went forward last.
        """
        dP = self.output_gradient(Y)
        *below, output = self.layers
        joined = self.loss.output_activation  # then dP is the gradient of Z, else of A
        dA = output.backward_preactivation(dP) if joined else output.backward(dP)
        for layer in reversed(below):
            dA = layer.backward(dA)

    def train_step(self, X, Y):
        """One update of all weights from one batch: forward, loss, backward, step.

        w ← w - η ∂L/∂w for every parameter w, or what the optimizer makes of the gradient; no
        weight changes before all gradients are known.

        Parameters
        ----------
        X : ndarray (n, n_features)
        Y : ndarray (n, k)

        Returns
        -------
        dict of str to float
            Loss and metrics of the batch, before the update.

        Raises
        ------
        FloatingPointError
            If the loss is NaN or infinite; then no weight has changed.
        """
        A = self.forward(X, training=True)
        record = self._record(Y, A)
        self._check_finite(record["loss"])
        self.backward(Y)
        self.optimizer.apply(self.gradients, self.parameters)
        return record

    def _record(self, Y, A):
        scores = {name: unguarded(f, Y, A)(Y, A) for name, f in self.metrics.items()}
        return {"loss": float(self.compute_loss(Y)), **scores}

    def _check_finite(self, loss):
        if not math.isfinite(loss):
            raise FloatingPointError(f"the loss of a batch is {loss}")

    def loss_and_gradients(self, x, y):
        """Loss and all gradients for some samples, with no weight changed.

        Parameters
        ----------
        x : array (n, n_features)
        y : array (n,) or (n, k)

        Returns
        -------
        loss : float
        gradients : list of ndarray
            dW1, db1, dW2, …: the shapes of `parameters`.
        """
        X, Y = self._prepare(x, y)
        self._build_for(X)
        self.forward(X)
        self.backward(Y)
        return float(self.compute_loss(Y)), self.gradients

    def _prepare(self, x, y):
        self._check_ready()
        return samples_and_targets(self, x, y)

    def _check_ready(self):
        self._check_compiled()
        self._check_layers()

    def _compared(self):
        """What the loss compares with the targets: Z or A of the last forward pass."""
        self._check_ready()
        seen = self._A is not None
        check(seen, "the model has seen no batch yet: call forward(X) first")
        return self.layers[-1].Z if self.loss.output_activation else self._A

    def _check_compiled(self):
        compiled = self.loss is not None
        check(compiled, "the model is not compiled: call compile(optimizer, loss) first")

"""The model: a stack of layers that has learnt how to learn."""

import math

from nnlib import losses, optimizers
from nnlib._guards import check, unguarded
from nnlib.callbacks import History
from nnlib.metrics import get as get_metric
from nnlib.models.stack import Stack
from nnlib.training import (
    NO_HOOKS,
    Plan,
    as_callbacks,
    hooks_for,
    measure,
    samples_and_targets,
    train,
    training_rows,
)

__all__ = ["Sequential"]


class Sequential(Stack):
    """A stack of layers, each fed with the output of the one before, as Keras has it.

    A_0 = X, A_l = f_l(A_{l-1} W_l + b_l) for dense layers

    Parameters
    ----------
    layers : list of Input and Layer, optional
        Layers are built, that is, given their weights, as soon as the width of the data is known:
        from an `Input` at the front, or from the first data that `fit`, `predict` or `build` sees.
    dtype : {"float32", "float64"}
        What weights, data and gradients are held in.
    seed : int or None
        For starting weights, shuffling and layers that are random; None draws a new one each time.

    Attributes
    ----------
    layers : list of Layer
    history : History or None
        Of the last `fit`.
    """

    optimizer = loss = history = None
    stop_training = False

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

    def fit(
        self,
        x,
        y,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
    ):
        """Train for a number of passes over the data.

        Parameters
        ----------
        x : array (n, n_features)
        y : array (n,) or (n, k)
        batch_size : int, optional
            Samples per update, 32 unless told otherwise; the last batch may be smaller.
        epochs : int
            Passes over the data. A second call goes on where the first ended.
        verbose : {"auto", 0, 1, 2}
            0 is silent, 2 prints a line per epoch; 1 and "auto" draw a bar while a person watches.
        callbacks : list of Callback, optional
        validation_split : float
            This share of the rows, taken from the end before shuffling, is not trained on.
        validation_data : tuple (x, y), optional
            Used instead of a split.
        shuffle : bool
            Draw a new order for every epoch; where a batch is all the data there is none to draw.

        However the training ends, `history` holds its finished epochs; interrupted
        (KeyboardInterrupt), the model keeps the weights that it has and can be used.

        Returns
        -------
        History

        Raises
        ------
        ValueError, TypeError
            If model, data or arguments do not fit, before any weight is changed.
        FloatingPointError
            If the loss ceases to be finite. The weights, and what the optimizer remembers, are put
            back to the end of the last epoch in which it was.
        """
        plan = Plan(batch_size, epochs, verbose, shuffle)
        self._check_ready()
        X, Y, validation = training_rows(self, x, y, validation_split, validation_data)
        callbacks = [History(), *as_callbacks(callbacks)]
        self._build_for(X)
        train(self, X, Y, validation, plan, callbacks)
        return self.history

    def _run_epoch(self, X, Y, batch_size, shuffle, hooks=NO_HOOKS):
        n, n_seen, totals = len(X), 0, {}
        order = self.rng.permutation(n) if shuffle and batch_size < n else None
        for step, start in enumerate(range(0, n, batch_size)):
            rows = slice(start, start + batch_size)
            if order is not None:
                rows = order[rows]
            for hook in hooks["on_train_batch_begin"]:
                hook(step, None)
            batch = X[rows]
            for name, value in self.train_step(batch, Y[rows]).items():
                totals[name] = totals.get(name, 0.0) + value * len(batch)
            n_seen += len(batch)
            for hook in hooks["on_train_batch_end"]:
                hook(step, {name: total / n_seen for name, total in totals.items()})
            if self.stop_training:
                break
        return {name: total / n_seen for name, total in totals.items()}

    def evaluate(self, x, y, batch_size=None, verbose="auto", callbacks=None):
        """Loss and metrics on some data, with no weight changed.

        Parameters
        ----------
        x : array (n, n_features)
        y : array (n,) or (n, k)
        batch_size, verbose : optional
            Keras scripts pass them. All samples go through at once, and nothing is printed.
        callbacks : list of Callback, optional

        Returns
        -------
        float, or list of float
            The loss alone, or [loss, metric, …] if the model was compiled with metrics.
        """
        X, Y = self._prepare(x, y)
        callbacks = as_callbacks(callbacks)
        self._build_for(X)
        hooks = hooks_for(self, callbacks, verbose=verbose, epochs=1, steps=1)
        scores = list(measure(self, X, Y, hooks).values())
        return scores if self.metrics else scores[0]

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

"""A network is a list of layers; training it is a loop around four lines."""

import math
import os

import numpy as np

from nnlib import losses, optimizers
from nnlib._files import read_arrays, read_shapes, whole_file
from nnlib._guards import as_batch, as_numbers, check, real_number, whole_number
from nnlib._progress import progress
from nnlib.callbacks import Callback, History
from nnlib.layers import Dense, Input
from nnlib.metrics import get as get_metric

__all__ = ["Sequential"]


class Sequential:
    """A stack of dense layers, each fed with the output of the one before, as Keras has it.

    A_0 = X, A_l = f_l(A_{l-1} W_l + b_l)

    Parameters
    ----------
    layers : list of Input and Dense, optional
        Layers are built, that is, given their weights, as soon as the width of the data is known:
        from an `Input` at the front, or from the first data that `fit`, `predict` or `build` sees.
    dtype : {"float32", "float64"}
        What weights, data and gradients are held in.
    seed : int or None
        For starting weights and shuffling; None draws a new one each time.

    Attributes
    ----------
    layers : list of Dense
    history : History or None
        Of the last `fit`.
    """

    def __init__(self, layers=None, *, dtype="float32", seed=None):
        if dtype not in ("float32", "float64", np.float32, np.float64):
            raise ValueError(f'dtype must be "float32" or "float64", got {dtype!r}')
        if isinstance(layers, Input | Dense):
            raise TypeError(f"Sequential takes a list of layers: Sequential([{layers!r}])")
        self.dtype = np.dtype(dtype)
        self.rng = np.random.default_rng(None if seed is None else whole_number("seed", seed, 0))
        self.layers = []
        self.n_features = None
        self.optimizer = self.loss = self.history = None
        self.metrics = {}
        self.stop_training = False
        for layer in layers or ():
            self.add(layer)

    def add(self, layer):
        """Put a layer on top, or an `Input` at the bottom.

        Parameters
        ----------
        layer : Dense or Input

        Raises
        ------
        ValueError, TypeError
            If it is no layer, does not fit the layer below, or is in the model already; then the
            model is as it was.
        """
        if isinstance(layer, Input):
            if self.layers or self.n_features is not None:
                raise ValueError("Input must come first, and once")
            self.n_features = layer.shape[0]
            return
        if not isinstance(layer, Dense):
            raise TypeError(f"Sequential takes Input and Dense layers, got {layer!r}")
        if layer in self.layers:
            raise ValueError(f"{layer!r} is in this model already: make a second Dense")
        if self.n_features is not None:
            self._build_layers([*self.layers, layer], self.n_features)
        self.layers.append(layer)

    def build(self, input_shape):
        """Give every layer its weights.

        Parameters
        ----------
        input_shape : tuple (None, n_features) or (n_features,)
            As in Keras: the number of samples is left open.

        Raises
        ------
        ValueError
            If that is no such shape, or layers that have weights already do not fit it; then no
            layer has changed.
        """
        is_shape = isinstance(input_shape, tuple | list)
        check(is_shape, f"build takes a shape, as (None, 4), got {input_shape!r}")
        n_features = Input(tuple(input_shape)[-1:]).shape[0]
        self._build_layers(self.layers, n_features)
        self.n_features = n_features

    def _build_layers(self, layers, n_features):
        widths = [n_features, *(layer.units for layer in layers)]
        pairs = list(zip(layers, widths, strict=False))
        for layer, n_in in pairs:
            if layer.W is not None and (len(layer.W) != n_in or layer.W.dtype != self.dtype):
                raise ValueError(
                    f"{layer!r} was built for {len(layer.W)} features in {layer.W.dtype} "
                    f"and cannot take {n_in} in {self.dtype}: make a new Dense"
                )
        new = [(layer, n_in) for layer, n_in in pairs if layer.W is None]
        try:
            for layer, n_in in new:
                layer.build(n_in, self.rng, self.dtype)
        except Exception:  # an initializer of the caller's own: leave no model half built
            for layer, _ in new:
                layer.W = layer.b = None
            raise

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

    @property
    def parameters(self):
        """Every weight matrix and bias, first layer first: the arrays themselves, not copies."""
        return [array for layer in self.layers for array in (layer.W, layer.b)]

    @property
    def gradients(self):
        """The gradients of the last backward pass, in the order of `parameters`."""
        return [array for layer in self.layers for array in (layer.dW, layer.db)]

    def forward(self, X):
        """Send a batch up through every layer, which remembers what it saw.

        A_0 = X, A_l = f_l(A_{l-1} W_l + b_l)

        Parameters
        ----------
        X : ndarray (n, n_features)

        Returns
        -------
        A : ndarray (n, k)
        """
        A = X
        for layer in self.layers:
            A = layer.forward(A)
        return A

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
        output = self._output()
        return self.loss.function(Y, output.Z if self.loss.output_activation else output.A)

    def output_gradient(self, Y):
        """Gradient of the loss with respect to the last layer's pre-activation.

        dZ = dL/dA ⊙ f'(Z); a cross-entropy and its output activation give dZ in one step

        Parameters
        ----------
        Y : ndarray (n, k)

        Returns
        -------
        dZ : ndarray (n, k)
        """
        output = self._output()
        if self.loss.output_activation:
            return self.loss.gradient(Y, output.Z)
        return self.loss.gradient(Y, output.A) * output.activation.derivative(output.Z)

    def backward(self, Y):
        """Send the gradient of the loss down through every layer, which stores its dW and db.

        dA_{l-1} = dZ_l W_lᵀ, dZ_{l-1} = dA_{l-1} ⊙ f'_{l-1}(Z_{l-1})

        Parameters
        ----------
        Y : ndarray (n, k)
            Targets of the batch that went forward last.
        """
        dZ = self.output_gradient(Y)
        for layer, below in zip(self.layers[:0:-1], self.layers[-2::-1], strict=True):
            dA = layer.backward(dZ)
            dZ = dA * below.activation.derivative(below.Z)
        self.layers[0].backward(dZ, input_gradient=False)

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
        A = self.forward(X)
        record = self._record(Y, A)
        self._check_finite(record["loss"])
        self.backward(Y)
        self.optimizer.apply(self.gradients, self.parameters)
        return record

    def _record(self, Y, A):
        scores = {name: metric(Y, A) for name, metric in self.metrics.items()}
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
        batch_size = whole_number("batch_size", 32 if batch_size is None else batch_size, 1)
        epochs = whole_number("epochs", epochs, 0)
        check(verbose in ("auto", 0, 1, 2), f'verbose must be "auto", 0, 1 or 2, got {verbose!r}')
        check(shuffle in (True, False), f"shuffle must be True or False, got {shuffle!r}")
        X, Y, validation = self._prepare_training(x, y, validation_split, validation_data)
        callbacks = [History(), *_as_callbacks(callbacks)]
        self._build_for(X)
        self.stop_training = False
        for callback in callbacks:
            callback.model, callback.recorded = self, self._names(validation)
            callback.on_train_begin()
        self.history = callbacks[0]
        counter = range(epochs)
        try:
            for epoch in progress(counter, "epochs") if verbose in ("auto", 1) else counter:
                logs = self._run_epoch_or_undo(epoch, X, Y, batch_size, shuffle, validation)
                if verbose == 2:
                    values = " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())
                    print(f"Epoch {epoch + 1}/{epochs} - {values}")
                for callback in callbacks:
                    callback.on_epoch_end(epoch, logs)
                if self.stop_training:
                    break
        finally:
            for callback in callbacks:
                callback.on_train_end()
        return self.history

    def _prepare_training(self, x, y, split, validation_data):
        """Rows to train on, and rows to validate with or None: every check, and no change."""
        X, Y = self._prepare(x, y)
        if validation_data is not None:
            is_pair = isinstance(validation_data, tuple | list) and len(validation_data) == 2
            check(is_pair, "validation_data takes a pair, (x_val, y_val)")
            validation = self._prepare(*validation_data)
            n, n_validation = X.shape[1], validation[0].shape[1]
            check(n == n_validation, f"x has {n} features, validation x {n_validation}")
            return X, Y, validation
        split = real_number("validation_split", split)
        if split == 0:
            return X, Y, None
        n_kept = math.floor(len(X) * (1 - split))
        message = f"must leave rows on both sides, got {split} of {len(X)} rows"
        check(0 < n_kept < len(X), f"validation_split {message}")
        return X[:n_kept], Y[:n_kept], (X[n_kept:], Y[n_kept:])

    def _names(self, validation):
        names = ("loss", *self.metrics)
        return names + tuple(f"val_{name}" for name in names if validation)

    def _run_epoch_or_undo(self, epoch, X, Y, batch_size, shuffle, validation):
        """One epoch and its validation; if it fails, weights and optimizer are as before it."""
        weights = self.get_weights()
        memory = optimizers.memory_of(self.optimizer)
        try:
            with np.errstate(all="ignore"):  # what is no number is found below
                logs = self._run_epoch(X, Y, batch_size, shuffle)
                flat = np.concatenate([array.ravel() for array in self.parameters])
                if not np.isfinite(flat).all():
                    raise FloatingPointError("a weight is NaN or infinite after the last step")
                if validation:
                    scores = self._record(validation[1], self.forward(validation[0]))
                    self._check_finite(scores["loss"])
                    logs |= {f"val_{name}": value for name, value in scores.items()}
        except FloatingPointError as error:
            self.set_weights(weights)
            if memory:
                vars(self.optimizer).update(memory)
            raise FloatingPointError(
                f"training diverged in epoch {epoch + 1}: {error}. Likely causes: too large a "
                f"learning rate (of {self.optimizer!r}, try a tenth); features or targets that are "
                f"not scaled (the largest: {np.abs(X).max():.3g} and {np.abs(Y).max():.3g}); too "
                f"large starting weights. The weights are those after {epoch} finished epochs."
            ) from None
        return logs

    def _run_epoch(self, X, Y, batch_size, shuffle):
        n = len(X)
        order = self.rng.permutation(n) if shuffle and batch_size < n else None
        totals = {}
        for start in range(0, n, batch_size):
            rows = slice(start, start + batch_size)
            if order is not None:
                rows = order[rows]
            batch = X[rows]
            for name, value in self.train_step(batch, Y[rows]).items():
                totals[name] = totals.get(name, 0.0) + value * len(batch)
        return {name: total / n for name, total in totals.items()}

    def evaluate(self, x, y, batch_size=None, verbose="auto"):
        """Loss and metrics on some data, with no weight changed.

        Parameters
        ----------
        x : array (n, n_features)
        y : array (n,) or (n, k)
        batch_size, verbose : optional
            Keras scripts pass them. All samples go through at once, and nothing is printed.

        Returns
        -------
        float, or list of float
            The loss alone, or [loss, metric, …] if the model was compiled with metrics.
        """
        X, Y = self._prepare(x, y)
        self._build_for(X)
        scores = list(self._record(Y, self.forward(X)).values())
        return scores if self.metrics else scores[0]

    def predict(self, x, batch_size=None, verbose="auto"):
        """Outputs for some samples: probabilities, or numbers for a regression.

        Parameters
        ----------
        x : array (n, n_features)
        batch_size, verbose : optional
            Keras scripts pass them. All samples go through at once, and nothing is printed.

        Returns
        -------
        A : ndarray (n, k)
        """
        A = self._as_batch(x)
        self._build_for(A)
        for layer in self.layers:
            A = layer(A)
        return A

    def _prepare(self, x, y):
        """x and y as arrays ready for training; every check, and no change to the model."""
        self._check_compiled()
        n_outputs = self._top().units
        self.loss.check_layers(self.layers)
        X = self._as_batch(x)
        return X, self.loss.prepare_targets(y, len(X), n_outputs, self.dtype)

    def _as_batch(self, x):
        self._top()
        X = as_batch(x, self.dtype)
        if self.layers[0].W is not None:
            self.layers[0].check_input(X)
        return X

    def _build_for(self, X):
        if any(layer.W is None for layer in self.layers):
            self.build(X.shape)

    def _top(self):
        check(self.layers, "the model has no layers: add(Dense(units)) first")
        return self.layers[-1]

    def _output(self):
        """The last layer, with what it remembers of a forward pass."""
        self._check_compiled()
        seen = self._top().Z is not None
        check(seen, "the model has seen no batch yet: call forward(X) first")
        return self.layers[-1]

    def _check_compiled(self):
        compiled = self.loss is not None
        check(compiled, "the model is not compiled: call compile(optimizer, loss) first")

    def summary(self):
        """Print a line per layer: widths in and out, activation, shapes of W and b, parameters."""
        self._check_built()
        row = "{:<8} {:>6} {:>7}  {:<11} {:<12} {:<7} {:>10}".format
        print(row("layer", "inputs", "outputs", "activation", "W", "b", "parameters"))
        for i, layer in enumerate(self.layers, start=1):
            n_in, n_out = layer.W.shape
            name, count = layer.activation.name, f"{layer.count_params():,}"
            print(row(f"Dense {i}", n_in, n_out, name, f"({n_in}, {n_out})", f"({n_out},)", count))
        print(f"{self.count_params():,} parameters, {self.dtype}")

    def count_params(self):
        """Number of trainable numbers: Σ_layers n_in n_out + n_out."""
        self._check_built()
        return sum(layer.count_params() for layer in self.layers)

    def get_weights(self):
        """Copies of all weights and biases: [W1, b1, W2, b2, …]."""
        self._check_built()
        return [array.copy() for array in self.parameters]

    def set_weights(self, weights):
        """Put arrays in the place of all weights and biases, in the order of `get_weights`.

        Parameters
        ----------
        weights : list of array

        Raises
        ------
        ValueError
            If number or shapes differ from the model's, or one is not finite; then no weight has
            changed.
        """
        self._check_built()
        is_list = isinstance(weights, list | tuple)
        check(
            is_list, f"set_weights takes a list of arrays, got {type(weights).__name__}", TypeError
        )
        weights = [as_numbers(f"weights[{i}]", array) for i, array in enumerate(weights)]
        self._check_shapes([array.shape for array in weights])
        with np.errstate(over="ignore"):  # what overflows is found in the next line
            weights = [array.astype(self.dtype) for array in weights]
        finite = all(np.isfinite(array).all() for array in weights)
        check(finite, f"the weights hold NaN or infinity (in {self.dtype})")
        for parameter, values in zip(self.parameters, weights, strict=True):
            parameter[...] = values

    def save_weights(self, path):
        """Write all weights and biases to one file, whole or not at all (NumPy's npz format).

        Parameters
        ----------
        path : str or Path
        """
        arrays = {f"array_{i}": array for i, array in enumerate(self.get_weights())}
        with whole_file(path) as file:
            np.savez(file, **arrays)

    def load_weights(self, path):
        """Read weights and biases that `save_weights` wrote for a model of the same shapes.

        Parameters
        ----------
        path : str or Path

        Raises
        ------
        ValueError
            If the file is no such file, or its shapes differ; then no weight has changed.
        """
        self._check_built()
        path = os.fspath(path)
        self._check_shapes(read_shapes(path))
        self.set_weights(read_arrays(path))

    def _check_shapes(self, given):
        expected = [array.shape for array in self.parameters]
        message = f"the model's weights have shapes {expected}, but got {given}"
        check(given == expected, message)

    def _check_built(self):
        self._top()
        if any(layer.W is None for layer in self.layers):
            raise ValueError(
                "the model has no weights yet: put Input((n_features,)) first, "
                "or call build((None, n_features))"
            )


def _as_callbacks(callbacks):
    if callbacks is not None and not isinstance(callbacks, list | tuple):
        raise TypeError(f"callbacks takes a list: callbacks=[{callbacks!r}]")
    for callback in callbacks or ():
        is_callback = isinstance(callback, Callback)
        check(
            is_callback, f"a callback is an object of a Callback class, got {callback!r}", TypeError
        )
        hooks = {name for name in dir(callback) if name.startswith("on_")} - set(dir(Callback))
        check(
            not hooks,
            f"{type(callback).__name__} has {', '.join(sorted(hooks))}, which fit never calls: it "
            "calls on_train_begin, on_epoch_end and on_train_end",
        )
    return callbacks or ()

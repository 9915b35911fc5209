"""A network is a list of layers; training it is a loop around four lines."""

import math
import os
import tempfile

import numpy as np

from nnlib import losses, optimizers
from nnlib._progress import progress
from nnlib.callbacks import History
from nnlib.layers import Dense, Input, as_batch
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
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f'dtype must be "float32" or "float64", got {dtype!r}')
        self.rng = np.random.default_rng(seed)
        self.layers = []
        self.n_features = None
        self.optimizer = self.loss = self.history = None
        self.metrics = {}
        self.stop_training = False
        for layer in layers or ():
            self.add(layer)

    def add(self, layer):
        """Put a layer on top, or an `Input` at the bottom."""
        if isinstance(layer, Input):
            if self.layers or self.n_features is not None:
                raise ValueError("Input must come first, and once")
            self.n_features = layer.shape[0]
            return
        if not isinstance(layer, Dense):
            raise TypeError(f"Sequential takes Input and Dense layers, got {layer!r}")
        if layer in self.layers:
            raise ValueError(f"{layer!r} is in this model already: make a second Dense")
        self.layers.append(layer)
        if self.n_features is not None:
            self._build_layers()

    def build(self, input_shape):
        """Give every layer its weights.

        Parameters
        ----------
        input_shape : tuple (None, n_features) or (n_features,)
            As in Keras: the number of samples is left open.
        """
        self.n_features = Input(tuple(input_shape)[-1:]).shape[0]
        self._build_layers()

    def _build_layers(self):
        n_in = self.n_features
        for layer in self.layers:
            if layer.W is None:
                layer.build(n_in, self.rng, self.dtype)
            elif layer.W.shape[0] != n_in or layer.W.dtype != self.dtype:
                raise ValueError(
                    f"{layer!r} was built for {layer.W.shape[0]} features in {layer.W.dtype} "
                    f"and cannot take {n_in} in {self.dtype}: make a new Dense"
                )
            n_in = layer.units

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
            If a name is unknown, or the loss does not go with the output layer.
        """
        optimizer, loss = optimizers.get(optimizer), losses.get(loss)
        scores = {name: get_metric(name) for name in metrics or ()}
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
        """Loss of the last forward pass, for targets Y (n, k)."""
        output = self.layers[-1]
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
        output = self.layers[-1]
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
        """
        A = self.forward(X)
        record = self._record(Y, A)
        self.backward(Y)
        self.optimizer.apply(self.gradients, self.parameters)
        return record

    def _record(self, Y, A):
        scores = {name: metric(Y, A) for name, metric in self.metrics.items()}
        return {"loss": float(self.compute_loss(Y)), **scores}

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

        Returns
        -------
        History

        Raises
        ------
        ValueError, TypeError
            If model, data or arguments do not fit, before any weight is changed.
        """
        batch_size = _whole("batch_size", 32 if batch_size is None else batch_size, 1)
        epochs = _whole("epochs", epochs, 0)
        if verbose not in ("auto", 0, 1, 2):
            raise ValueError(f'verbose must be "auto", 0, 1 or 2, got {verbose!r}')
        X, Y = self._prepare(x, y)
        validation = self._prepare(*validation_data) if validation_data is not None else None
        if validation is None and validation_split != 0:
            X, Y, *validation = _split_off_end(X, Y, validation_split)
        if validation and validation[0].shape[1] != X.shape[1]:
            raise ValueError(f"x has {X.shape[1]} features, validation x {validation[0].shape[1]}")

        self._build_for(X)
        self.history, self.stop_training = History(), False
        callbacks = [self.history, *(callbacks or ())]
        for callback in callbacks:
            callback.model = self
            callback.on_train_begin()
        counter = range(epochs)
        for epoch in progress(counter, "epochs") if verbose in ("auto", 1) else counter:
            logs = self._run_epoch(X, Y, batch_size, shuffle)
            if validation:
                scores = self._record(validation[1], self.forward(validation[0]))
                logs |= {f"val_{name}": value for name, value in scores.items()}
            if verbose == 2:
                values = " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())
                print(f"Epoch {epoch + 1}/{epochs} - {values}")
            for callback in callbacks:
                callback.on_epoch_end(epoch, logs)
            if self.stop_training:
                break
        for callback in callbacks:
            callback.on_train_end()
        return self.history

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

    def evaluate(self, x, y):
        """Loss and metrics on some data, with no weight changed.

        Parameters
        ----------
        x : array (n, n_features)
        y : array (n,) or (n, k)

        Returns
        -------
        float, or list of float
            The loss alone, or [loss, metric, …] if the model was compiled with metrics.
        """
        X, Y = self._prepare(x, y)
        self._build_for(X)
        scores = list(self._record(Y, self.forward(X)).values())
        return scores if self.metrics else scores[0]

    def predict(self, x):
        """Outputs for some samples: probabilities, or numbers for a regression.

        Parameters
        ----------
        x : array (n, n_features)

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
        if self.loss is None:
            raise ValueError("the model is not compiled: call compile(optimizer, loss) first")
        n_outputs = self._top().units
        self.loss.check_layers(self.layers)
        X = self._as_batch(x)
        return X, self.loss.prepare_targets(y, len(X), n_outputs, self.dtype)

    def _as_batch(self, x):
        X = as_batch(x, self.dtype)
        if self._top().W is not None:
            self.layers[0].check_input(X)
        return X

    def _build_for(self, X):
        if self._top().W is None:
            self.build(X.shape)

    def _top(self):
        if not self.layers:
            raise ValueError("the model has no layers: add(Dense(units)) first")
        return self.layers[-1]

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
            If number or shapes differ from the model's; then no weight has changed.
        """
        self._check_built()
        weights = [np.asarray(array, dtype=self.dtype) for array in weights]
        expected = [array.shape for array in self.parameters]
        given = [array.shape for array in weights]
        if given != expected:
            raise ValueError(f"the model's weights have shapes {expected}, but got {given}")
        for parameter, values in zip(self.parameters, weights, strict=True):
            parameter[...] = values

    def save_weights(self, path):
        """Write all weights and biases to one file, whole or not at all (NumPy's npz format).

        Parameters
        ----------
        path : str or Path
        """
        arrays = {f"array_{i}": array for i, array in enumerate(self.get_weights())}
        folder = os.path.dirname(os.path.abspath(path))
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, **arrays)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise

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
        try:
            with np.load(path, allow_pickle=False) as file:
                weights = [file[f"array_{i}"] for i in range(len(file.files))]
        except FileNotFoundError:
            raise
        except Exception as error:
            raise ValueError(f"{path} does not hold weights that save_weights wrote") from error
        self.set_weights(weights)

    def _check_built(self):
        if self._top().W is None:
            raise ValueError(
                "the model has no weights yet: put Input((n_features,)) first, "
                "or call build((None, n_features))"
            )


def _split_off_end(X, Y, share):
    n_kept = math.floor(len(X) * (1 - share)) if 0 < share < 1 else 0
    if not 0 < n_kept < len(X):
        raise ValueError(
            f"validation_split must leave rows on both sides, got {share} of {len(X)} rows"
        )
    return X[:n_kept], Y[:n_kept], X[n_kept:], Y[n_kept:]


def _whole(name, value, least):
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be a whole number, {least} or more, got {value!r}")
    return int(value)

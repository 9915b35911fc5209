"""A stack of layers: what a network is before anybody trains it."""

import numpy as np

from nnlib._guards import check, whole_number
from nnlib.layers import Input, Layer
from nnlib.models.building import build_layers, check_layer
from nnlib.saving import checked_weights, load_weights, save_weights
from nnlib.summary import summary
from nnlib.training import as_callbacks, hooks_for, outputs, samples

__all__ = ["Stack"]


class Stack:
    """Layers, each fed with the output of the one before: built, counted, saved.

    A_0 = X, A_l = layer_l(A_{l-1})

    Parameters
    ----------
    layers : list of Input and Layer, optional
    dtype : {"float32", "float64"}
    seed : int or None
    """

    _A = None  # output of the last forward pass

    def __init__(self, layers=None, *, dtype="float32", seed=None):
        if dtype not in ("float32", "float64", np.float32, np.float64):
            raise ValueError(f'dtype must be "float32" or "float64", got {dtype!r}')
        if isinstance(layers, Input | Layer):
            raise TypeError(
                f"{type(self).__name__} takes a list of layers: Sequential([{layers!r}])"
            )
        self.dtype = np.dtype(dtype)
        self.rng = np.random.default_rng(None if seed is None else whole_number("seed", seed, 0))
        self.layers = []
        self.n_features = None
        for layer in layers or ():
            self.add(layer)

    def __getstate__(self):
        """What a copy or a file keeps: everything but the batch that went through last."""
        return vars(self) | {"_A": None}

    def add(self, layer):
        """Put a layer on top, or an `Input` at the bottom.

        Parameters
        ----------
        layer : Layer or Input

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
        check_layer(layer)
        if any(layer is other for other in self.layers):
            kind = type(layer).__name__
            raise ValueError(f"{layer!r} is in this model already: make a second {kind}")
        if self.n_features is not None:
            build_layers([*self.layers, layer], self.n_features, self.rng, self.dtype)
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
        build_layers(self.layers, n_features, self.rng, self.dtype)
        self.n_features = n_features

    @property
    def parameters(self):
        """Every weight matrix and bias, first layer first: the arrays themselves, not copies."""
        return [array for layer in self.layers for array in layer.parameters]

    @property
    def gradients(self):
        """The gradients of the last backward pass, in the order of `parameters`."""
        return [array for layer in self.layers for array in layer.gradients]

    @property
    def parameter_names(self):
        """W1, b1, W2, …: each with the place of its layer, in the order of `parameters`."""
        layers = enumerate(self.layers, start=1)
        return [f"{name}{i}" for i, layer in layers for name in layer.parameter_names]

    def forward(self, X, training=False):
        """Send a batch up through every layer, which remembers what it saw.

        A_0 = X, A_l = f_l(A_{l-1} W_l + b_l) for dense layers

        Parameters
        ----------
        X : ndarray (n, n_features)
        training : bool
            True in the steps of `fit`: layers that are random there are not so elsewhere.

        Returns
        -------
        A : ndarray (n, k)
        """
        self._check_layers()
        A = self.layers[0].check_input(X)
        for layer in self.layers:
            A = layer.forward(A, training)
        self._A = A
        return A

    def predict(self, x, batch_size=None, verbose="auto", callbacks=None):
        """Outputs for some samples: probabilities, or numbers for a regression.

        Parameters
        ----------
        x : array (n, n_features)
        batch_size, verbose : optional
            Keras scripts pass them. All samples go through at once, and nothing is printed.
        callbacks : list of Callback, optional

        Returns
        -------
        A : ndarray (n, k)
        """
        self._check_layers()
        A = samples(self, x)
        callbacks = as_callbacks(callbacks)
        self._build_for(A)
        hooks = hooks_for(self, callbacks, verbose=verbose, epochs=1, steps=1)
        return outputs(self, A, hooks)

    def summary(self):
        """Print a line per layer: widths in and out, activation, shapes of W and b, parameters."""
        self._check_built()
        print(summary(self))

    def count_params(self):
        """Number of trainable numbers: for dense layers Σ_layers n_in n_out + n_out."""
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
        weights = checked_weights(weights, self.parameters, self.dtype)
        for parameter, values in zip(self.parameters, weights, strict=True):
            parameter[...] = values

    def save_weights(self, path):
        """Write all weights and biases to one file, whole or not at all (NumPy's npz format).

        Parameters
        ----------
        path : str or Path
            The name is kept as it is. Whatever it ends in, .weights.h5 too, the file is an npz
            file, which Keras cannot read.

        Raises
        ------
        FileNotFoundError, IsADirectoryError
            If there is no such folder, or the path is itself a folder.
        """
        save_weights(path, self.get_weights())

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
        self.set_weights(load_weights(path, self.parameters))

    def _build_for(self, X):
        if any(layer.input_shape is None for layer in self.layers):
            self.build(X.shape)

    def _check_layers(self):
        check(self.layers, "the model has no layers: add(Dense(units)) first")

    def _check_built(self):
        self._check_layers()
        if any(layer.input_shape is None for layer in self.layers):
            raise ValueError(
                "the model has no weights yet: put Input((n_features,)) first, "
                "or call build((None, n_features))"
            )

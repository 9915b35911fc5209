"""What every layer does: it is built, goes forward, goes backward, and knows its parameters."""

import copy

import numpy as np

from nnlib._guards import as_numbers, check, is_whole

__all__ = ["Input", "Layer"]


class Input:
    """The width of a sample, so that a model can make its weights before it sees data.

    Parameters
    ----------
    shape : tuple (n_features,)
        As in Keras, without the number of samples.
    """

    def __init__(self, shape):
        is_width = isinstance(shape, tuple | list) and len(shape) == 1 and is_whole(shape[0], 1)
        check(is_width, f"Input takes a shape of one whole number, as (4,), got {shape!r}")
        self.shape = (int(shape[0]),)

    def __repr__(self):
        return f"Input({self.shape})"


class Layer:
    """A step of a network, from one batch of arrays to the next; derive your own from it.

    A = f(X; w), and on the way back dX = dL/dX and dw = dL/dw, given dA = dL/dA

    A layer of your own writes `forward` and `backward`. If it has parameters, it makes them in
    `build` and gives their names in `parameter_names`; `backward` stores the gradient of a
    parameter w as dw. If its samples leave in another shape than they came, it writes
    `compute_output_shape`. What is random draws from the generator that `build` is given, and only
    where `training` is true.

    Parameters
    ----------
    None here. A layer of your own takes what it needs.

    Attributes
    ----------
    parameter_names : tuple of str
        ("W", "b") for instance: the attributes that hold parameters; dW and db hold gradients.
    input_shape : tuple of int, or None until the layer is built
        Shape of a sample, without the number of samples.
    dtype : numpy.dtype, or None until the layer is built
    input_gradient : bool
        False where nobody needs dX: `Sequential` says so to its first layer. Then `backward` may
        give None, and save the work.
    """

    parameter_names = ()
    input_shape = None
    dtype = None
    input_gradient = True

    def __repr__(self):
        return f"{type(self).__name__}()"

    def build(self, input_shape, rng, dtype="float32"):
        """Remember the shape of a sample. A layer with parameters makes them here, then calls this.

        Parameters
        ----------
        input_shape : tuple of int
            Without the number of samples.
        rng : numpy.random.Generator
            The model's own: for starting values, and to be kept by a layer that is random.
        dtype : str or dtype
        """
        self.input_shape, self.dtype = tuple(input_shape), np.dtype(dtype)

    def forward(self, X, training=False):
        """The layer's output, remembering what `backward` will need.

        Parameters
        ----------
        X : ndarray (n, …)
        training : bool
            True in the steps of `fit`, else False.

        Returns
        -------
        A : ndarray (n, …)
        """
        raise NotImplementedError(f"{type(self).__name__} has to define forward(X, training=False)")

    def backward(self, dA):
        """Store the gradients of the parameters, and return the gradient of the layer's input.

        Parameters
        ----------
        dA : ndarray (n, …)  gradient of the loss with respect to the output

        Returns
        -------
        dX : ndarray (n, …)
        """
        raise NotImplementedError(f"{type(self).__name__} has to define backward(dA)")

    def __call__(self, X):
        """The layer's output where nothing is trained; the layer remembers nothing of it."""
        self.check_input(X)
        return copy.copy(self).forward(X)

    @property
    def parameters(self):
        """The arrays that training changes: themselves, not copies."""
        return [getattr(self, name) for name in self.parameter_names]

    @property
    def gradients(self):
        """The gradients of the last `backward`, in the order of `parameters`."""
        return [getattr(self, f"d{name}") for name in self.parameter_names]

    def compute_output_shape(self, input_shape):
        """Shape of a sample on its way out, for one on its way in: the same, unless told otherwise.

        Parameters
        ----------
        input_shape : tuple of int

        Returns
        -------
        tuple of int
        """
        return input_shape

    @property
    def output_shape(self):
        """Shape of a sample of the output, or None until the layer is built."""
        built = self.input_shape is not None
        return self.compute_output_shape(self.input_shape) if built else None

    def count_params(self):
        """Number of trainable numbers."""
        self._check_built(", so they cannot be counted")
        return sum(array.size for array in self.parameters)

    def check_input(self, X):
        """X as a batch that this layer can take, or a ValueError that names the fix.

        Parameters
        ----------
        X : array (n, …)

        Returns
        -------
        X : ndarray
            X itself where it is an array of floats.
        """
        is_batch = type(X) is np.ndarray and X.dtype.kind == "f"
        if is_batch and X.shape[1:] == self.input_shape and len(X):
            return X
        self._check_built()
        X = as_numbers("X", X)
        check(X.shape[1:] == self.input_shape and X.ndim, self._misfit(X.shape))
        check(len(X), f"{self!r} got no samples: X is empty, {X.shape}")
        return X

    def _check_built(self, so=""):
        if self.input_shape is None:
            fix = (
                ": call build(input_shape, rng), or put it in a Sequential, which builds its layers"
                " on an Input or on the first data"
            )
            raise ValueError(f"{self!r} is not built yet{so or fix}")

    def _misfit(self, shape):
        return (
            f"{self!r} expects samples of shape {self.input_shape} but got X with shape {shape}, "
            "the number of samples first"
        )

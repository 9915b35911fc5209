"""The dense layer: every output is a weighted sum of all inputs, plus a bias, then bent.

Two pure functions do the arithmetic; `Dense` holds the arrays and calls them.
"""

import numpy as np

from nnlib import activations, initializers
from nnlib._guards import check, expects, is_whole, unguarded, whole_number
from nnlib.layers.base import Layer

__all__ = ["Dense", "dense_backward", "dense_forward"]


@expects(X="n n_in", W="n_in n_out", b="n_out")
def dense_forward(X, W, b):
    """Pre-activations of a dense layer for a batch of samples.

    Z = X W + b

    Parameters
    ----------
    X : ndarray (n, n_in)  a sample a row
    W : ndarray (n_in, n_out)
    b : ndarray (n_out,)

    Returns
    -------
    Z : ndarray (n, n_out)
    """
    return X @ W + b


@expects(dZ="n n_out", X="n n_in", W="n_in n_out")
def dense_backward(dZ, X, W, input_gradient=True):
    """Gradients of the loss with respect to a dense layer's input, weights and bias.

    Chain rule through Z = X W + b: dX = dZ Wᵀ, dW = Xᵀ dZ, db = Σ_samples dZ.

    Parameters
    ----------
    dZ : ndarray (n, n_out)  gradient of the loss with respect to Z
    X : ndarray (n, n_in)  the input that the forward pass saw
    W : ndarray (n_in, n_out)
    input_gradient : bool
        False leaves out dX, which the first layer of a network has no use for.

    Returns
    -------
    dX (n, n_in) or None, dW (n_in, n_out), db (n_out,)

    Notes
    -----
    Rumelhart, Hinton and Williams, Learning Representations by Back-Propagating Errors (1986).
    The 1/n of a mean loss is already in dZ, so a layer only sums.
    """
    dX = dZ @ W.T if input_gradient else None  # (n, n_in)
    dW = X.T @ dZ  # (n_in, n_out)
    db = dZ.sum(axis=0)  # (n_out,)
    return dX, dW, db


class Dense(Layer):
    """A layer in which every unit sees every input.

    A = f(X W + b)

    Parameters
    ----------
    units : int
        Number of outputs, n_out.
    activation : str, ActivationFunction or None
        f; None means linear, as in Keras.
    kernel_initializer, bias_initializer : str or callable (shape, rng)
        Starting values of W and b.

    Attributes
    ----------
    W : ndarray (n_in, n_out), or None until the layer is built
    b : ndarray (n_out,), or None until the layer is built
    X, Z, A : ndarray
        Input, pre-activation and output of the last `forward`.
    dW, db : ndarray
        Gradients of the last `backward`, the shapes of W and b.
    """

    parameter_names = ("W", "b")

    def __init__(
        self,
        units,
        activation="linear",
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
    ):
        check(is_whole(units, 1), f"Dense takes a whole number of units, 1 or more, got {units!r}")
        self.units = int(units)
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.W = self.b = self.X = self.Z = self.A = self.dW = self.db = None

    def __repr__(self):
        return f"Dense({self.units}, activation={self.activation.name!r})"

    def __getstate__(self):
        """What a copy or a file keeps: everything but the batch that went through last."""
        return vars(self) | dict.fromkeys(("X", "Z", "A", "dW", "db"))

    def build(self, input_shape, rng, dtype="float32"):
        """Draw starting weights for samples of `n_features` numbers.

        W ~ kernel_initializer, shape (n_in, n_out); b ~ bias_initializer, shape (n_out,)

        Parameters
        ----------
        input_shape : tuple (n_features,), or int
        rng : numpy.random.Generator
        dtype : str or dtype

        Raises
        ------
        ValueError
            If a sample is no row of numbers, or an initializer gives another shape, or NaN or
            infinity.
        """
        n_features = self._width(input_shape)
        W = self._draw(self.kernel_initializer, (n_features, self.units), rng, dtype)
        b = self._draw(self.bias_initializer, (self.units,), rng, dtype)
        self.W, self.b = W, b
        super().build((n_features,), rng, dtype)

    def _width(self, input_shape):
        if not isinstance(input_shape, tuple | list):
            return whole_number("n_features", input_shape, 1)
        message = f"{self!r} takes samples of one axis, (n_features,), got {tuple(input_shape)}"
        check(len(input_shape) == 1, message)
        return whole_number("n_features", input_shape[0], 1)

    def _draw(self, initializer, shape, rng, dtype):
        values = np.array(initializer(shape, rng), dtype=dtype)
        if values.shape != shape:
            raise ValueError(
                f"{self!r} needs starting values of shape {shape}, "
                f"but its initializer gave {values.shape}"
            )
        check(np.isfinite(values).all(), f"an initializer of {self!r} gave NaN or infinity")
        return values

    def compute_output_shape(self, input_shape):
        self._width(input_shape)
        return (self.units,)

    def __call__(self, X):
        """The layer's output, remembering nothing: A = f(X W + b), (n, n_in) -> (n, n_out)."""
        X = self.check_input(X)
        return self.activation(dense_forward(X, self.W, self.b))

    def forward(self, X, training=False):
        """The layer's output, remembering what the backward pass will need.

        Z = X W + b, A = f(Z)

        Parameters
        ----------
        X : ndarray (n, n_in)
        training : bool
            Makes no difference to a dense layer.

        Returns
        -------
        A : ndarray (n, n_out)
        """
        self.X = self.check_input(X)
        self.Z = unguarded(dense_forward)(self.X, self.W, self.b)
        self.A = self.activation.value(self.Z)
        return self.A

    def backward(self, dA):
        """Store the gradients of W and b, and return the gradient of the layer's input.

        dZ = dA ⊙ f'(Z), then as `backward_preactivation`

        Parameters
        ----------
        dA : ndarray (n, n_out)  gradient of the loss with respect to A

        Returns
        -------
        dX : ndarray (n, n_in), or None where `input_gradient` is False

        Raises
        ------
        ValueError
            Before the first `forward`, or if dA has another shape than A; then nothing is stored.
        """
        self._check_seen(dA)
        return self.backward_preactivation(dA * self.activation.slope(self.Z))

    def backward_preactivation(self, dZ):
        """The same from the gradient of Z, which softmax and its loss give in one step.

        dX, dW, db = dense_backward(dZ, X, W), with the X of the last `forward`

        Parameters
        ----------
        dZ : ndarray (n, n_out)  gradient of the loss with respect to Z

        Returns
        -------
        dX : ndarray (n, n_in), or None where `input_gradient` is False
        """
        self._check_seen(dZ)
        function = unguarded(dense_backward, dZ, self.Z)
        dX, self.dW, self.db = function(dZ, self.X, self.W, self.input_gradient)
        return dX

    def _check_seen(self, gradient):
        if self.Z is None:
            raise ValueError(f"{self!r} has seen no batch yet: call forward(X) before backward")
        if np.shape(gradient) != self.Z.shape:
            raise ValueError(
                f"{self!r} expects a gradient of the shape of its last output, {self.Z.shape}, "
                f"but got {np.shape(gradient)}"
            )

    def _check_built(self, so=""):
        if self.W is None:
            fix = (
                ": call build(n_features, rng), or put it in a "
                "Sequential, which builds its layers on an Input or on the first data"
            )
            raise ValueError(f"{self!r} has no weights yet{so or fix}")

    def _misfit(self, shape):
        (n_in,) = self.input_shape
        features = f"{n_in} feature{'s' if n_in > 1 else ''}"
        problem = f"Dense({self.units}) expects {features} but got X with shape {shape}"
        if len(shape) == 1 and shape[0] == n_in:
            return f"{problem}: for a single sample, did you mean X[None, :]?"
        if len(shape) != 2:
            return f"{problem}: X needs two axes, (samples, features)"
        return f"{problem}{': did you pass X.T?' if shape[0] == n_in else ''}"

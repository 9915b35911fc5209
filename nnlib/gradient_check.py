"""How to know that a gradient is right: nudge every number and see how the loss answers."""

from numbers import Real

import numpy as np

from nnlib._guards import check, expects

__all__ = ["check_gradients", "numerical_gradient", "relative_error"]


@expects(f="function", x="...", h="positive")
def numerical_gradient(f, x, h=1e-5):
    """Gradient of a function by central differences, one entry of `x` at a time.

    ∂f/∂x_i ≈ (f(x + h e_i) - f(x - h e_i)) / (2h), wrong by a multiple of h²

    Parameters
    ----------
    f : callable (ndarray) -> float
    x : array of any shape
        Left as it is: f sees copies. Whole numbers are taken as float64.
    h : float
        The nudge. 1e-5 suits float64: smaller drowns in rounding, larger in curvature.

    Returns
    -------
    ndarray, the shape of x

    Raises
    ------
    ValueError
        If x does not hold numbers, f gives no single number, or h is not above 0.

    Notes
    -----
    Press, Teukolsky, Vetterling and Flannery, Numerical Recipes (2007), section 5.7.
    """
    x = x.astype(np.result_type(x, np.float32))  # a copy; float32 stays float32
    gradient = np.empty_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = _one_number(f(x.copy()))
        x[i] = kept - h
        below = _one_number(f(x.copy()))
        x[i] = kept
        gradient[i] = (above - below) / (2 * h)
    return gradient


def _one_number(value):
    is_number = isinstance(value, Real | np.ndarray) and np.ndim(value) == 0
    check(is_number, f"f must return one number, but it returned {value!r}")
    return value


@expects(a="...", b="...")
def relative_error(a, b):
    """How far two arrays are apart, measured against their own size.

    ‖a - b‖ / (‖a‖ + ‖b‖), between 0 (equal) and 1 (opposite); 0 if both are zero, infinite if a
    number of them is NaN or infinite

    Parameters
    ----------
    a, b : arrays of one shape

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    largest = max(np.abs(a).max(), np.abs(b).max())
    if not np.isfinite(largest):
        return np.inf
    _, exponent = np.frexp(largest)  # a power of 2 changes no digit, and then no square overflows
    a, b = np.ldexp(a, -exponent), np.ldexp(b, -exponent)
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / size) if size > 0 else 0.0


def check_gradients(model, x, y, h=1e-5):
    """Compare every gradient that backpropagation gives with central differences.

    error = ‖g - ĝ‖ / (‖g‖ + ‖ĝ‖) for each weight matrix and bias: below 1e-6 it is right, above
    1e-3 it is wrong

    Parameters
    ----------
    model : Sequential
        Compiled, with dtype="float64". Its weights are put back as they were.
    x : array (n, n_features)
    y : array (n,) or (n, k)
        A handful of samples is enough: the cost is two passes for each parameter.
    h : float

    Returns
    -------
    dict
        Relative error by parameter, "W1", "b1", "W2", …

    Raises
    ------
    TypeError
        If `model` is none.
    ValueError
        If the model computes in float32, whose rounding hides all but gross mistakes.
    """
    _check_model(model)
    _, gradients = model.loss_and_gradients(x, y)
    errors = {}
    names = model.parameter_names
    for name, parameter, gradient in zip(names, model.parameters, gradients, strict=True):
        kept = parameter.copy()

        def loss_at(values, parameter=parameter):
            parameter[...] = values
            return model.loss_and_gradients(x, y)[0]

        try:
            errors[name] = relative_error(gradient, numerical_gradient(loss_at, kept, h))
        finally:
            parameter[...] = kept
    return errors


def _check_model(model):
    is_model = hasattr(model, "loss_and_gradients") and not isinstance(model, type)
    check(is_model, f"expected a model, got {model!r}", TypeError)
    fix = 'make it with Sequential(…, dtype="float64")'
    message = f"a gradient check needs float64, but the model computes in {model.dtype}: {fix}"
    check(model.dtype == np.float64, message)

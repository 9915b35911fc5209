"""Metrics: what a person wants to know of a model, beside the loss that it learns from."""

import numpy as np

from nnlib._guards import expects, look_up

__all__ = ["accuracy", "get"]


@expects(Y="n k: classes", A="n k")
def accuracy(Y, A):
    """Share of samples whose most probable class is the true one.

    1/n Σ_i [argmax Y_i = argmax A_i]; with a single output, [Y_i = (A_i > 1/2)]

    Parameters
    ----------
    Y : ndarray (n, k)
        Targets: one-hot rows, or 0 and 1 for a single output.
    A : ndarray (n, k)
        Outputs: probabilities.

    Returns
    -------
    float, between 0 and 1

    Raises
    ------
    ValueError
        If Y holds other numbers, as the targets of a regression: mean_squared_error measures
        those.

    Notes
    -----
    Several sigmoid outputs, of which any number may be 1, are counted in the same way, as in
    Keras 3: a sample is right where the largest output stands at the first 1 of its row. For the
    share of right entries write np.mean((A > 0.5) == Y).
    """
    if A.shape[1] == 1:
        return float(np.mean((A > 0.5) == (Y > 0.5)))
    return float(np.mean(A.argmax(axis=1) == Y.argmax(axis=1)))


_METRICS = {"accuracy": accuracy}


def get(identifier):
    """Find the metric of a name.

    Parameters
    ----------
    identifier : str

    Returns
    -------
    callable (Y, A) -> float

    Raises
    ------
    ValueError, TypeError
        If there is no metric of that name, or `identifier` is not a name.
    """
    return look_up(identifier, _METRICS, "metric")

"""Targets: what a loss compares the outputs with, in the shape of the outputs, or an error.

Each kind of targets says what it takes and, where something else comes, what to do about it.
"""

import numpy as np

from nnlib._guards import as_numbers, check, whole_number

__all__ = ["LABELS", "NUMBERS", "ONE_HOT", "YES_OR_NO", "Targets", "one_hot"]


_NAMES = "sklearn.preprocessing.LabelEncoder makes labels from names"


def one_hot(y, n_classes):
    """Write each class label as a row with a single 1.

    Y_ic = 1 if y_i = c, else 0

    Parameters
    ----------
    y : array of int (n,)
        Labels from 0 to n_classes - 1.
    n_classes : int

    Returns
    -------
    Y : ndarray (n, n_classes), float64

    Raises
    ------
    ValueError
        If a label is not a whole number, or out of range.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    n_classes = whole_number("n_classes", n_classes, 1)
    y = as_numbers("y", y, text_fix=_NAMES)
    if y.ndim != 1:
        raise ValueError(f"labels need one axis, (n,), but got shape {y.shape}")
    if np.any(y != np.floor(y)):
        raise ValueError(
            f"labels must be whole numbers from 0 to {n_classes - 1}, got {y[:3].tolist()}…"
        )
    if len(y) and not (y.min() >= 0 and y.max() < n_classes):
        raise ValueError(
            f"labels must lie between 0 and {n_classes - 1}, got {y.min():g} to {y.max():g}: "
            "do they start at 1, or does the output layer have too few units?"
        )
    return np.eye(n_classes)[y.astype(int)]


class Targets:
    """Numbers, a row for each sample and a column for each output.

    Y = y; a single output's targets may come as (n,)
    """

    def prepare(self, loss, y, n_samples, n_outputs, dtype):
        """Targets in the shape of the outputs, (n, k), or a ValueError that names the fix.

        Parameters
        ----------
        loss : str
            Name of the loss, for messages.
        y : array (n,) or (n, k)
        n_samples, n_outputs : int
        dtype : dtype

        Returns
        -------
        Y : ndarray (n, k)
        """
        y = _as_targets(y)
        if len(y) != n_samples:
            raise ValueError(
                f"x has {n_samples} samples but y has {len(y)}: give each sample its target"
                f"{', or pass y.T' if y.ndim == 2 and y.shape[1] == n_samples else ''}"
            )
        return self._as_rows(loss, y, n_outputs, dtype)

    def _as_rows(self, loss, y, n_outputs, dtype):
        Y = y[:, None] if y.ndim == 1 and n_outputs == 1 else y
        if Y.shape != (len(y), n_outputs):
            raise ValueError(
                f"the targets must have the shape of the outputs, {(len(y), n_outputs)}, "
                f"but got {y.shape}: {self._shape_hint(y)}"
            )
        self._check_values(loss, Y)
        with np.errstate(over="ignore"):  # what overflows is found in the next line
            Y = Y.astype(dtype)
        check(np.isfinite(Y).all(), f"y holds numbers too large for {dtype}: standardise them")
        return Y

    def _shape_hint(self, y):
        if y.ndim > 2:
            return "give each sample one row of targets"
        n_columns = 1 if y.ndim == 1 else y.shape[1]
        return f"give one column for each output, or let the last layer have units={n_columns}"

    def _check_values(self, loss, Y):
        """Raise a ValueError unless the loss has a meaning for these numbers."""


class _YesOrNo(Targets):
    """Numbers from 0 to 1, for sigmoid outputs."""

    range_hint = "write no as 0, yes as 1; for more classes use sparse_categorical_crossentropy"

    def _check_values(self, loss, Y):
        if not (Y.min() >= 0 and Y.max() <= 1):
            raise ValueError(
                f"{loss} expects targets between 0 and 1, got {Y.min():g} to {Y.max():g}: "
                f"{self.range_hint}"
            )


class _OneHot(_YesOrNo):
    """Rows that sum to 1, for softmax outputs."""

    range_hint = "one_hot(y, k) makes such rows from class labels"

    def _shape_hint(self, y):
        if y.ndim == 1 or y.shape[1] == 1:
            return "with class labels use sparse_categorical_crossentropy, or one_hot(y, k)"
        return super()._shape_hint(y)

    def _check_values(self, loss, Y):
        super()._check_values(loss, Y)
        if not np.allclose(Y.sum(axis=1), 1, atol=1e-3):
            raise ValueError(
                f"{loss} expects one-hot rows, but not every row of y sums to 1: name one "
                "class in each, or use binary_crossentropy and sigmoid where several may be true"
            )


class _Labels(Targets):
    """A whole number for each sample, of which one-hot rows are made."""

    def _as_rows(self, loss, y, n_outputs, dtype):
        labels = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
        if labels.ndim != 1:
            raise ValueError(
                f"{loss} expects class labels of shape (n,) but got {y.shape}: "
                "with one-hot rows use categorical_crossentropy"
            )
        return one_hot(labels, n_outputs).astype(dtype)


NUMBERS, YES_OR_NO, ONE_HOT, LABELS = Targets(), _YesOrNo(), _OneHot(), _Labels()


def _as_targets(y):
    y = as_numbers("y", y, text_fix=_NAMES)
    if y.ndim == 0 or y.size == 0:
        raise ValueError(f"y holds no samples, shape {y.shape}: give each sample its target")
    if not np.isfinite(y).all():
        raise ValueError("y holds NaN or infinity: leave those samples out")
    return y

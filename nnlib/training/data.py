"""From what a caller has, a list or a table or an array, to arrays that are ready for training.

Everything is checked here, and nothing about the model changes. Of the model it reads `layers`,
`loss`, `metrics` and `dtype`.
"""

import math

import numpy as np

from nnlib._guards import as_numbers, check, real_number, written

__all__ = ["as_batch", "samples", "samples_and_targets", "training_rows"]


_TEXT = "sklearn.preprocessing.OneHotEncoder(sparse_output=False) makes columns of 0 and 1 from it"


def as_batch(x, dtype, n_features=None, n_targets=None):
    """Samples as a float matrix, or an error that names the fix.

    X = x, as an array (n, n_features) with n > 0 and every number finite

    Parameters
    ----------
    x : array, list or table (n, n_features)
    dtype : dtype
    n_features, n_targets : int, optional
        What the model takes and how many targets there are: for the advice, if x has one axis.

    Returns
    -------
    X : ndarray (n, n_features)
        x itself where it is such an array already.

    Raises
    ------
    ValueError
        If x does not hold numbers, has other than two axes or no rows, or holds NaN or infinity.
    """
    name = written("x", x)
    x = as_numbers("x", x, text_fix=_TEXT)
    check(x.size > 0, f"x holds no samples: shape {x.shape}")
    if x.ndim != 2:
        fix = _rows_of(name, x, n_features, n_targets)
        raise ValueError(f"x needs two axes, (samples, features), got {x.shape}: try {fix}")
    with np.errstate(over="ignore"):  # what overflows is found in the next line
        x = np.asarray(x, dtype=dtype)
    check(np.isfinite(x).all(), f"x holds NaN or infinity (in {dtype}): leave those samples out")
    return x


def _rows_of(name, x, n_features, n_targets):
    """How to make rows of something that has another number of axes than two."""
    if x.ndim != 1:
        return f"{name}.reshape(len(x), -1)" if x.ndim else "np.reshape(x, (1, 1))"
    column, row = f"{name}[:, None]", f"{name}[None, :]"
    if n_targets == len(x) or (n_targets is None and n_features == 1):
        return column
    if n_targets == 1 or n_features == len(x):
        return row
    return f"{column} for samples of one feature, {row} for one sample"


def samples(model, x, n_targets=None):
    """Samples that the model's first layer can take, (n, n_features)."""
    for layer in model.layers:
        _check_dtypes(layer)
    first = model.layers[0]
    n_features = None if first.input_shape is None else first.input_shape[0]
    X = as_batch(x, model.dtype, n_features, n_targets)
    return X if n_features is None else first.check_input(X)


def samples_and_targets(model, x, y):
    """Samples, and the targets that the loss compares the outputs with, (n, k)."""
    model.loss.check_layers(model.layers)
    X = samples(model, x, _count(y))
    Y = model.loss.prepare_targets(y, len(X), _n_outputs(model, X), model.dtype)
    for metric in model.metrics.values():
        for check_contents in getattr(metric, "contents", {}).values():
            check_contents("y", Y)
    return X, Y


def _check_dtypes(layer):
    """An array put in the place of a weight would turn the whole model to its own dtype."""
    names = layer.parameter_names if layer.input_shape is not None else ()
    for name in names:
        found = np.asarray(getattr(layer, name)).dtype
        if found.kind == "f" and found != layer.dtype:
            raise ValueError(
                f"{name} of {layer!r} holds {found}, but the layer was built for {layer.dtype}: "
                f"assign with layer.{name}[...] = values, which keeps the dtype"
            )


def _count(y):
    try:
        return len(y)
    except TypeError:  # of one number, or of a sparse matrix, for which prepare_targets has words
        return None


def _n_outputs(model, X):
    shape = X.shape[1:]
    for layer in model.layers:
        shape = layer.compute_output_shape(shape)
    message = f"targets are rows, but {model.layers[-1]!r} gives samples of shape {shape}"
    check(len(shape) == 1, f"{message}: a layer that gives rows, as Dense(units), has to be last")
    return shape[0]


def training_rows(model, x, y, split, validation_data):
    """Rows to train on, X and Y, and the pair of rows to validate with, or None."""
    X, Y = samples_and_targets(model, x, y)
    if validation_data is not None:
        is_pair = isinstance(validation_data, tuple | list) and len(validation_data) == 2
        check(is_pair, "validation_data takes a pair, (x_val, y_val)")
        validation = samples_and_targets(model, *validation_data)
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

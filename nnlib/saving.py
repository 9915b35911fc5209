"""Weights in a file and back: checked before any is changed, written whole or not at all."""

import os
import zipfile
from contextlib import contextmanager

import numpy as np

from nnlib._files import whole_file
from nnlib._guards import as_numbers, check

__all__ = ["checked_weights", "load_weights", "save_weights"]


def checked_weights(weights, parameters, dtype):
    """Arrays as they may take the place of the parameters, or an error that names the fix.

    Parameters
    ----------
    weights : list of array
    parameters : list of ndarray
    dtype : dtype
        Of the model.

    Returns
    -------
    list of ndarray
    """
    is_list = isinstance(weights, list | tuple)
    message = f"set_weights takes a list of arrays, got {type(weights).__name__}"
    check(is_list, message, TypeError)
    weights = [as_numbers(f"weights[{i}]", array) for i, array in enumerate(weights)]
    _check_shapes([array.shape for array in weights], parameters)
    with np.errstate(over="ignore"):  # what overflows is found in the next line
        weights = [array.astype(dtype) for array in weights]
    finite = all(np.isfinite(array).all() for array in weights)
    check(finite, f"the weights hold NaN or infinity (in {dtype})")
    return weights


def _check_shapes(given, parameters):
    expected = [array.shape for array in parameters]
    check(given == expected, f"the model's weights have shapes {expected}, but got {given}")


def save_weights(path, weights):
    """Write arrays to one file, whole or not at all (NumPy's npz format)."""
    arrays = {f"array_{i}": array for i, array in enumerate(weights)}
    with whole_file(path) as file:
        np.savez(file, **arrays)


def load_weights(path, parameters):
    """Read the arrays that `save_weights` wrote for parameters of these shapes."""
    path = os.fspath(path)
    _check_shapes(_read_shapes(path), parameters)
    return _read_arrays(path)


def _read_shapes(path):
    """Shapes of array_0, array_1, … in a file of weights, from its headers alone.

    So a file that would unpack to more than is wanted is found out before anything is unpacked.
    """
    shapes = []
    with _readable(path), zipfile.ZipFile(path) as archive:
        for i in range(len(archive.namelist())):
            with archive.open(f"array_{i}.npy") as file:
                np.lib.format.read_magic(file)
                shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            if dtype not in (np.float32, np.float64):
                raise ValueError(f"array_{i} holds {dtype}")
            shapes.append(shape)
    return shapes


def _read_arrays(path):
    """array_0, array_1, … of a file of weights; no pickle in it is ever loaded."""
    with _readable(path), np.load(path, allow_pickle=False) as file:
        return [file[f"array_{i}"] for i in range(len(file.files))]


@contextmanager
def _readable(path):
    try:
        yield
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except Exception as error:
        raise ValueError(f"{path} does not hold weights that save_weights wrote") from error

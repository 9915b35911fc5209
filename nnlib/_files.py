"""Files of arrays: written whole or not at all, and looked at before they are read."""

import os
import uuid
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

__all__ = ["read_arrays", "read_shapes", "whole_file"]


@contextmanager
def whole_file(path):
    """A file to write to, which takes the place of `path` once the block has ended without error.

    It stands beside `path`, since a file cannot be moved in one go from disk to disk, and under a
    name of its own: of two writers at once the last one wins, and both files are whole.
    """
    path = Path(path)
    part = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.part")
    try:
        with open(part, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink()


def read_shapes(path):
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


def read_arrays(path):
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

"""Files that are written whole or not at all."""

import os
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["whole_file"]


@contextmanager
def whole_file(path):
    """A file to write to, which takes the place of `path` once the block has ended without error.

    It stands beside `path`, since a file cannot be moved in one go from disk to disk, and under a
    name of its own: of two writers at once the last one wins, and both files are whole.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder: name a file in it")
    if not path.parent.is_dir():
        folder = str(path.parent)
        raise FileNotFoundError(f"there is no folder {folder!r}: make it with os.makedirs first")
    part = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.part")
    try:
        with _opened(part, path) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink()


def _opened(part, path):
    try:
        return open(part, "xb")
    except OSError as error:  # which names `part`, that nobody asked for
        raise type(error)(error.errno, error.strerror, str(path)) from None

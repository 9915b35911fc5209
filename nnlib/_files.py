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

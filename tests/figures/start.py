"""Page 00: how large the data sets are."""

import contextlib
import io
import os
import tempfile
import warnings
from pathlib import Path

from figures import figure
from nnlib import datasets


def megabytes(folder):
    return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6


@figure(
    "00_start_here", "MNIST (70,000 digits, 11 MB) and the bean leaves (1,295 photographs, 180 MB)"
)
def sizes_of_the_original_files():
    """Of the folder that NNLIB_DATA_DIR names, which this figure needs."""
    folder = Path(os.environ["NNLIB_DATA_DIR"])
    mnist, beans = datasets.load_mnist(), datasets.load_beans()
    n_digits = len(mnist.x_train) + len(mnist.x_test)
    n_leaves = len(beans.x_train) + len(beans.x_val) + len(beans.x_test)
    return n_digits, megabytes(folder / "mnist"), n_leaves, megabytes(folder / "beans")


@figure("00_start_here", "(48 MB together)")
def size_of_the_cache():
    kept = os.environ.get("NNLIB_CACHE_DIR")
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        os.environ["NNLIB_CACHE_DIR"] = folder
        try:
            datasets.fetch(["mnist", "beans"])
        finally:
            del os.environ["NNLIB_CACHE_DIR"]
            if kept is not None:
                os.environ["NNLIB_CACHE_DIR"] = kept
        return megabytes(folder)


@figure("00_start_here", "1,797 scanned digits, or 300 drawn leaves")
def sizes_of_the_samples():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that these are samples
        mnist = datasets.load_mnist(source="sample")
        beans = datasets.load_beans(source="sample")
    n_digits = len(mnist.x_train) + len(mnist.x_test)
    return n_digits, len(beans.x_train) + len(beans.x_val) + len(beans.x_test)

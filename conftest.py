"""Settings that every test needs, the kernels of nbval included, which inherit this environment.

Tests never fetch data. They use the folder NNLIB_DATA_DIR or what the user's cache holds already,
else the bundled samples, and they say which at the head and the end of a run.
"""

import atexit
import os
import shutil
import tempfile

import pytest

from nnlib import _store

collect_ignore = ["notebooks/assignments"]  # problem sets hold no outputs: test_assignments.py
IN_USE = "NNLIB_TEST_DATA"  # what the run uses, in words; set once, then read by xdist's workers


def choose_data():
    """Make a cache folder for the tests, with copies of what the user's holds; say what is used."""
    held = [_store.cache_file(name) for name in ("mnist", "beans-100")]
    own = tempfile.mkdtemp(prefix="nnlib-tests-")
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    if os.environ.get("NNLIB_DATA") == "sample":
        words = "the bundled samples, as NNLIB_DATA asks"
    elif os.environ.get("NNLIB_DATA_DIR"):
        words = "real, from NNLIB_DATA_DIR"
    elif all(file.exists() for file in held):
        words = "real, from the cache"
        for file in held:
            shutil.copy(file, own)
    else:
        words = "the bundled samples, for want of a data folder or a filled cache"
        os.environ["NNLIB_DATA"] = "sample"
    os.environ["NNLIB_CACHE_DIR"] = own
    return words


if IN_USE not in os.environ:
    os.environ[IN_USE] = choose_data()
# One thread each: with several, the workers and kernels of a run fight over the processors.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
# Nobody watches a test run, wherever it was started from: no bars, no sliders.
for name in ("JPY_SESSION_NAME", "VSCODE_PID"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def real_data():
    """For tests of figures that only the real data give."""
    if not os.environ[IN_USE].startswith("real"):
        pytest.skip(f"needs the real data; in use: {os.environ[IN_USE]}")


def pytest_report_header():
    return f"data: {os.environ[IN_USE]}"


def pytest_collection_modifyitems(items):
    """On samples, run the pages whose numbers come from real data without comparing them."""
    if os.environ[IN_USE].startswith("real"):
        return
    for item in items:
        notebook = getattr(item.parent, "nb", None)
        if notebook is not None and notebook.metadata.get("nnlib", {}).get("data"):
            item.options["check"] = False


def pytest_terminal_summary(terminalreporter):
    if not os.environ[IN_USE].startswith("real"):
        terminalreporter.write_line(
            f"data: {os.environ[IN_USE]}; pages on MNIST and the leaves ran without comparison"
        )

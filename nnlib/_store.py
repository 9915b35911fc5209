"""Where data sets are kept and how they are fetched: cache files, digests, a network that may hang.

A cache file is a compressed npz of plain arrays. It is written beside its final place and then
renamed, so that a reader sees a whole file or none, and it carries the digest of its contents.
"""

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import warnings
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from nnlib._files import whole_file
from nnlib._progress import progress

# A fetch ends when for so many seconds neither a byte arrives nor the processor works on it.
QUIET_SECONDS = 15
# The whole of a fetch: 180 MB of photographs at 100 kB/s.
TOTAL_SECONDS = 30 * 60

HUB_NAME = "AI-Lab-Makerere/beans"
PACKAGE_HOME = Path(__file__).resolve().parent.parent
CHILD_CODE = """
import sys
sys.path.append(sys.argv[1])
from nnlib._store import run_task
run_task(*sys.argv[2:])
"""


def digest(*arrays):
    """SHA-256 over the bytes of arrays (or bytes objects), one after the other, as hexadecimal."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(
            array if isinstance(array, bytes) else np.ascontiguousarray(array).data.cast("B")
        )
    return sha.hexdigest()


# --- cache files ----------------------------------------------------------------------------------


def cache_folder():
    """The folder of the cache files: NNLIB_CACHE_DIR, else the user's own cache folder."""
    if folder := os.environ.get("NNLIB_CACHE_DIR"):
        return Path(folder).expanduser().resolve()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("nnlib", appauthor=False))


def cache_file(name):
    """The path of the cache file of `name` ("mnist", "beans-100")."""
    return cache_folder() / f"{name}.npz"


def read_cache(name):
    """The arrays in a cache file; None if there is none, or if it was damaged and is set aside."""
    path = cache_file(name)
    try:
        # Nothing is unpickled: an array of objects is an error.
        with np.load(path, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
        if str(arrays.pop("digest")) != _digest_of(arrays):
            raise ValueError("its contents do not match its digest")
        return arrays
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        warnings.warn(f"the cache file {path} cannot be read ({error})", stacklevel=2)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        aside = path.with_name(path.name + ".damaged")
        # A second process may have set it aside already.
        with suppress(OSError):
            os.replace(path, aside)
        warnings.warn(
            f"the cache file {path} is damaged ({error}); it is set aside as {aside.name} "
            "and fetched again",
            stacklevel=2,
        )
    return None


def write_cache(name, arrays):
    """Write a cache file in one step; a folder that cannot be written is a warning, not an error.

    Returns whether the file was written.
    """
    path = cache_file(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            np.savez_compressed(file, **arrays, digest=np.array(_digest_of(arrays)))
        return True
    except OSError as error:
        warnings.warn(
            f"the cache folder {path.parent} cannot be written ({error}), so the next load starts "
            "anew; set NNLIB_CACHE_DIR to a folder of yours",
            stacklevel=2,
        )
        return False


def cache_leftovers():
    """All files that this module has put into the cache folder, damaged and unfinished ones too."""
    patterns = ("mnist.npz*", "beans-*.npz*", ".mnist-*.part", ".beans-*.part")
    return sorted(file for pattern in patterns for file in cache_folder().glob(pattern))


def _digest_of(arrays):
    return digest(*(arrays[key] for key in sorted(arrays)))


# --- the network ----------------------------------------------------------------------------------


def hosts():
    """The address each data set is fetched from, by name."""
    return {
        "mnist": "https://www.openml.org",
        "beans": os.environ.get("HF_ENDPOINT", "https://huggingface.co"),
    }


def network_reachable(*names, timeout=3.0):
    """Whether a host of the data sets named (default: of any) answers within `timeout` seconds.

    Only a connection is opened, to the proxy where one is set, and nothing is fetched. The look-up
    of a name cannot be given a time-out, so each host is asked in a thread that may be left behind.
    """
    answers = []
    threads = [
        threading.Thread(target=_ask, args=(hosts()[name], timeout, answers), daemon=True)
        for name in names or hosts()
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + timeout
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return bool(answers)


def _ask(address, timeout, answers):
    target = urlsplit(address)
    proxy = urllib.request.getproxies().get(target.scheme)
    if proxy and not urllib.request.proxy_bypass(target.hostname):
        target = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    port = target.port or (80 if target.scheme == "http" else 443)
    with suppress(OSError), socket.create_connection((target.hostname, port), timeout):
        answers.append(address)


def fetch(task, *arguments, description):
    """Arrays by name from a task of this module, run in a process of its own and bounded in time.

    `fetch_openml` has no time-out, and the hub's client retries for long: only another process can
    be ended for certain. It also keeps both libraries' caches in a folder that is thrown away,
    and their progress bars out of the notebook.

    Raises
    ------
    ConnectionError : if the task fails, stalls for QUIET_SECONDS or takes over TOTAL_SECONDS
    """
    with tempfile.TemporaryDirectory(prefix="nnlib-", ignore_cleanup_errors=True) as folder:
        work, log, result = Path(folder, "work"), Path(folder, "log"), Path(folder, "result.npz")
        work.mkdir()
        command = [sys.executable, "-c", CHILD_CODE, PACKAGE_HOME, task, work, result, *arguments]
        with open(log, "wb") as errors:
            # In an empty folder no file of the reader's can stand in for a module.
            child = subprocess.Popen(
                list(map(str, command)),
                cwd=work,
                env=os.environ | _child_settings(work),
                stdout=errors,
                stderr=errors,
            )
            try:
                for _ in progress(_megabytes(child, work), description, unit="MB"):
                    pass
            finally:
                child.kill()
                child.wait()
        if child.returncode != 0:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise ConnectionError(" ".join(last) or f"the fetch ended with {child.returncode}")
        with np.load(result, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}


def _child_settings(work):
    return {
        "HF_HOME": str(work),
        "HF_DATASETS_CACHE": str(work / "datasets"),
        "HF_HUB_CACHE": str(work / "hub"),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        # The plain download grows on the disk as bytes arrive, which is how a stall is seen.
        "HF_HUB_DISABLE_XET": "1",
    }


def _megabytes(child, work):
    """Yield once for each megabyte that the child process brings, until it ends or stalls."""
    start = moved = time.monotonic()
    size = shown = 0
    while child.poll() is None:
        time.sleep(0.05)
        before, size, now = size, _size_of(work), time.monotonic()
        moved = now if size != before else moved
        if now - moved > QUIET_SECONDS:
            raise ConnectionError(f"the connection hangs: nothing came for {QUIET_SECONDS} s")
        if now - start > TOTAL_SECONDS:
            raise ConnectionError(f"it was not done after {TOTAL_SECONDS // 60} minutes")
        yield from range(shown, size // 1_000_000)
        shown = max(shown, size // 1_000_000)


def _size_of(folder):
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):  # a temporary file may be gone by now
            total += file.stat().st_size
    return total


# --- what runs in the other process ---------------------------------------------------------------


def run_task(task, work, result, *arguments):
    """Run one task and write its arrays to `result`."""
    threading.Thread(target=_show_work, args=(Path(work, "heartbeat"),), daemon=True).start()
    arrays = {"mnist": _fetch_mnist, "beans": _read_beans}[task](work, *arguments)
    np.savez(result, **arrays)


def _show_work(heartbeat):
    """Let a file grow while the processor is busy: parsing, unlike waiting, is no stall."""
    before = time.process_time()
    while True:
        time.sleep(1)
        before, busy = time.process_time(), time.process_time() - before
        if busy > 0.2:
            with open(heartbeat, "ab") as file:
                file.write(b".")


def _fetch_mnist(work):
    from sklearn.datasets import fetch_openml

    pixels, labels = fetch_openml(
        "mnist_784", version=1, as_frame=False, parser="auto", data_home=work, return_X_y=True
    )
    return {"x": pixels.astype(np.uint8), "y": labels.astype(np.uint8)}


def _read_beans(work, folder=None):
    """The photographs' labels, paths and encoded bytes, split by split, from the hub.

    From a folder only labels and paths: the bytes are there to be read.
    """
    if folder:
        os.environ["HF_HUB_OFFLINE"] = "1"
    import datasets

    source = ("imagefolder", None, folder) if folder else (HUB_NAME,)
    arrays = {}
    for split, rows in datasets.load_dataset(*source).items():
        kinds = rows.features
        label = next(key for key, kind in kinds.items() if isinstance(kind, datasets.ClassLabel))
        rows = list(rows.cast_column("image", datasets.Image(decode=False)))
        encoded = [row["image"]["bytes"] or b"" for row in rows]
        arrays[f"{split}_bytes"] = np.frombuffer(b"".join(encoded), np.uint8)
        arrays[f"{split}_ends"] = np.cumsum([len(photograph) for photograph in encoded])
        arrays[f"{split}_paths"] = np.array([_path_of(row) for row in rows])
        arrays[f"{split}_labels"] = np.array([row[label] for row in rows])
        arrays["class_names"] = np.array(kinds[label].names)
    return arrays


def _path_of(row):
    return row["image"]["path"] or row["image_file_path"].split("::")[0]

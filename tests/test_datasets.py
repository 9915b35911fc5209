"""The loaders, and each thing that can go wrong on the way to the data.

The network is never used: it is replaced by fakes, or by a local server that accepts and says
nothing. Cases on the real data need NNLIB_DATA_DIR and are skipped, saying so, without it.
"""

import gzip
import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from nnlib import _store, datasets

REAL = os.environ.get("NNLIB_DATA_DIR")
PROJECT = Path(__file__).resolve().parent.parent
SPLITS = ("train", "validation", "test")

needs_real_data = pytest.mark.skipif(not REAL, reason="the real data: NNLIB_DATA_DIR is not set")


@pytest.fixture(autouse=True)
def own_surroundings(monkeypatch, tmp_path):
    """An empty cache of the test's own, no settings from outside, and no network."""
    monkeypatch.setenv("NNLIB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NNLIB_DATA", raising=False)
    monkeypatch.delenv("NNLIB_DATA_DIR", raising=False)
    monkeypatch.setattr(datasets, "network_reachable", lambda *names: False)


def run_python(code, *arguments, **options):
    """Start Python on `code` with the package importable."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment, **options)


# --- small stand-ins for the real data ------------------------------------------------------------


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    return gzip.compress(header + array.tobytes())


@pytest.fixture
def small_mnist(monkeypatch, tmp_path):
    """A folder of 50 training and 20 test digits, and what OpenML would send, as (folder, rows)."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (70, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 70, dtype=np.uint8)
    parts = pixels[:50], labels[:50], pixels[50:], labels[50:]
    names = dict(zip(datasets.MNIST_FILES, parts, strict=True))
    monkeypatch.setattr(datasets, "MNIST_TRAINING_ROWS", 50)
    shas = {name: _store.digest(part) for name, part in names.items()}
    monkeypatch.setattr(datasets, "MNIST_FILES", shas)
    folder = tmp_path / "data"
    (folder / "mnist").mkdir(parents=True)
    for name, part in names.items():
        (folder / "mnist" / name).write_bytes(idx(part))
    return folder, {"x": pixels.reshape(70, 784), "y": labels}


@pytest.fixture
def online(monkeypatch, small_mnist):
    """A network that sends the small MNIST; the list that is returned counts its visitors."""
    visits = []

    def fetch(task, *arguments, description):
        visits.append(task)
        return dict(small_mnist[1])

    monkeypatch.setattr(datasets, "network_reachable", lambda *names: True)
    monkeypatch.setattr(_store, "fetch", fetch)
    return visits


@pytest.fixture
def small_beans(monkeypatch, tmp_path):
    """A folder of two drawn leaves for each split and class, 40 x 40."""
    from PIL import Image

    rng, table, folder = np.random.default_rng(1), {}, tmp_path / "data"
    for split in SPLITS:
        row = []
        for kind in datasets.BEANS_CLASSES:
            place = folder / "beans" / split / kind
            place.mkdir(parents=True)
            for i in range(2):
                leaf = datasets._draw_leaf(kind, rng, 40).reshape(40, 40, 3)
                Image.fromarray(leaf).save(place / f"{kind}_{split}.{i}.jpg")
            contents = [file.read_bytes() for file in sorted(place.iterdir())]
            row.append((2, _store.digest(*contents)))
        table[split] = tuple(row)
    monkeypatch.setattr(datasets, "BEANS_FILES", table)
    return folder


@pytest.fixture
def silent_server():
    """A server that accepts connections and never says a word, as (address, connections)."""
    server = socket.create_server(("127.0.0.1", 0))
    connections = []

    def accept():
        while True:
            try:
                connections.append(server.accept())
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", connections
    server.close()
    for connection, _ in connections:
        connection.close()


# --- iris and the regression ----------------------------------------------------------------------


def test_iris_is_raw_and_stratified():
    iris = datasets.load_iris()
    assert iris.x_train.shape == (120, 4) and iris.x_test.shape == (30, 4)
    assert iris.x_train.dtype == np.float64 and iris.y_train.dtype == np.int64
    assert np.bincount(iris.y_test).tolist() == [10, 10, 10]
    assert iris.x_train.max() == 7.9  # in cm, not scaled
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert iris.x_val is None and iris.source == "iris, 150 flowers"
    assert not np.array_equal(iris.x_test, datasets.load_iris(seed=1).x_test)


def test_dataset_cannot_be_changed_and_says_what_it_is():
    iris = datasets.load_iris()
    assert repr(iris) == "<Dataset: iris, 150 flowers; rows: 120 training, 30 test; 4 columns>"
    with pytest.raises(AttributeError):
        iris.x_train = None


def test_regression_meets_the_published_least_squares_error():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    data = datasets.make_correlated_regression()
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    assert [len(x) for x in (data.x_train, data.x_val, data.x_test)] == [64_000, 16_000, 20_000]
    x, y = np.vstack([data.x_train, data.x_val]), np.concatenate([data.y_train, data.y_val])
    weights = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]
    error = np.mean((weights[0] + data.x_test @ weights[1:] - data.y_test) ** 2)
    assert f"{error:.4f}" == "100.4526"
    assert np.allclose(weights, [50, 0.8, 0.4, -0.2, 10, 20], atol=0.2)


# --- the sample -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name, load", [("mnist", "load_mnist"), ("beans", "load_beans")])
def test_no_network_gives_the_sample_loudly(name, load):
    with pytest.warns(UserWarning, match="THIS IS A SAMPLE") as record:
        data = getattr(datasets, load)()
    text = str(record[0].message)
    assert record[0].filename == __file__
    assert "cannot be reached" in text and f"nnlib.datasets fetch {name}" in text
    assert "NNLIB_DATA_DIR" in text and "from the cache of another computer" in text
    assert data.source.startswith("sample: ")
    assert not _store.cache_leftovers(), "the sample must not be kept as if it were the real data"


def test_digits_sample():
    with pytest.warns(UserWarning, match="as asked"):
        data = datasets.load_mnist(source="sample")
    assert data.x_train.shape == (1_437, 784) and data.x_test.shape == (360, 784)
    assert data.x_train.dtype == np.float32 and data.y_train.dtype == np.int64
    assert 0 <= data.x_train.min() and 0.9 < data.x_train.max() <= 1
    assert data.class_names == tuple("0123456789") and data.x_val is None
    assert data.y_train[:10].tolist() == list(range(10))
    assert np.bincount(data.y_test, minlength=10).min() > 30


@pytest.mark.parametrize("size", [100, 20])
def test_leaves_sample(size):
    with pytest.warns(UserWarning, match="as asked"):
        data, again = (datasets.load_beans(size=size, source="sample") for _ in range(2))
    assert data.x_train.shape == (210, size * size * 3)
    assert data.x_train.dtype == np.float32 and 0 <= data.x_train.min() <= data.x_train.max() <= 1
    for y, count in ((data.y_train, 70), (data.y_val, 15), (data.y_test, 15)):
        assert np.bincount(y).tolist() == [count] * 3
    assert data.class_names == datasets.BEANS_CLASSES
    assert np.array_equal(data.x_test, again.x_test)


def test_leaves_sample_can_be_learnt_in_part():
    from sklearn.linear_model import LogisticRegression

    with pytest.warns(UserWarning):
        data = datasets.load_beans(size=50, source="sample")
    centre = data.x_train.mean(axis=0)
    model = LogisticRegression(C=0.01, max_iter=300).fit(data.x_train - centre, data.y_train)
    x, y = np.vstack([data.x_val, data.x_test]), np.concatenate([data.y_val, data.y_test])
    assert 0.6 < model.score(x - centre, y) < 0.99


# --- which source ---------------------------------------------------------------------------------


def test_real_refuses_the_sample_and_names_three_ways_out():
    with pytest.raises(ConnectionError, match=r"\(1\).*fetch mnist.*\(2\).*NNLIB_DATA_DIR.*\(3\)"):
        datasets.load_mnist(source="real")


def test_environment_sets_the_default_and_the_argument_wins(monkeypatch):
    monkeypatch.setenv("NNLIB_DATA", "real")
    with pytest.raises(ConnectionError):
        datasets.load_beans()
    with pytest.warns(UserWarning, match="as asked"):
        datasets.load_beans(size=10, source="sample")


def test_sample_looks_at_nothing_else(monkeypatch, online, tmp_path):
    monkeypatch.setenv("NNLIB_DATA", "sample")
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.warns(UserWarning):
        datasets.load_mnist()
    assert online == []


def test_unknown_source_is_an_error(monkeypatch):
    with pytest.raises(ValueError, match="source must be 'auto', 'real' or 'sample', got 'fake'"):
        datasets.load_mnist(source="fake")
    monkeypatch.setenv("NNLIB_DATA", "offline")
    with pytest.raises(ValueError, match=r"NNLIB_DATA must be .* got 'offline'"):
        datasets.load_beans()


@pytest.mark.parametrize("size", [0, -5, 10.0, "100", True])
def test_impossible_size_is_an_error(size):
    with pytest.raises(ValueError, match="size must be a whole number, 1 or more"):
        datasets.load_beans(size=size)


# --- the data folder ------------------------------------------------------------------------------


@pytest.fixture
def mnist_folder(monkeypatch, small_mnist):
    monkeypatch.setenv("NNLIB_DATA_DIR", str(small_mnist[0]))
    return small_mnist[0] / "mnist"


@pytest.fixture
def beans_folder(monkeypatch, small_beans):
    monkeypatch.setenv("NNLIB_DATA_DIR", str(small_beans))
    return small_beans / "beans"


def test_mnist_from_a_folder(mnist_folder, small_mnist):
    data = datasets.load_mnist(source="real")
    rows = small_mnist[1]
    assert data.x_train.dtype == np.float32 and data.y_test.dtype == np.int64
    assert np.array_equal(data.x_train, rows["x"][:50] / np.float32(255))
    assert np.array_equal(data.y_test, rows["y"][50:])
    assert data.x_val is None and data.source == "MNIST, 70,000 digits"


@pytest.mark.parametrize("load", [datasets.load_mnist, datasets.load_beans])
def test_folder_that_is_not_there(monkeypatch, tmp_path, load):
    monkeypatch.setenv("NNLIB_DATA_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match=r"nowhere.* is missing: NNLIB_DATA_DIR must hold"):
        load()


def test_missing_idx_file(mnist_folder):
    (mnist_folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"t10k-labels-idx1-ubyte.gz is missing"):
        datasets.load_mnist()


def test_truncated_idx_file(mnist_folder):
    file = mnist_folder / "train-images-idx3-ubyte.gz"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte.gz is damaged .*copy it again"):
        datasets.load_mnist()


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b""), gzip.compress(b"\0\0\x08\x03")],
    ids=["no gzip", "empty", "header only"],
)
def test_file_that_is_no_idx_file(mnist_folder, content):
    (mnist_folder / "train-labels-idx1-ubyte.gz").write_bytes(content)
    with pytest.raises(ValueError, match=r"train-labels-idx1-ubyte.gz is .*copy it again"):
        datasets.load_mnist()


def test_altered_idx_file(mnist_folder, small_mnist):
    labels = small_mnist[1]["y"][50:].copy()
    labels[3] ^= 1
    (mnist_folder / "t10k-labels-idx1-ubyte.gz").write_bytes(idx(labels))
    with pytest.raises(ValueError, match=r"t10k-labels-idx1-ubyte.gz .*wrong digest"):
        datasets.load_mnist()


def test_beans_from_a_folder_and_then_from_the_cache(monkeypatch, beans_folder):
    data = datasets.load_beans(size=10, source="real")
    assert data.x_train.shape == (6, 300) and data.x_val.shape == data.x_test.shape == (6, 300)
    assert data.y_test.tolist() == [0, 0, 1, 1, 2, 2] and data.y_test.dtype == np.int64
    assert data.class_names == datasets.BEANS_CLASSES and data.source == "beans, 1,295 photographs"
    from PIL import Image

    file = beans_folder / "test" / "bean_rust" / "bean_rust_test.1.jpg"
    with Image.open(file) as image:
        expected = np.asarray(image.resize((10, 10)), np.float32).ravel() / 255
    assert np.array_equal(data.x_test[3], expected)

    monkeypatch.setattr(_store, "fetch", lambda *a, **k: pytest.fail("read the folder again"))
    assert np.array_equal(datasets.load_beans(size=10).x_train, data.x_train)
    os.utime(file, (1, 1))  # a file that was touched may have changed: the cache is not trusted
    with pytest.raises(pytest.fail.Exception, match="read the folder again"):
        datasets.load_beans(size=10)


@pytest.mark.parametrize("missing", ["validation", "train/healthy"])
def test_missing_split_or_class(beans_folder, missing):
    shutil.rmtree(beans_folder / missing)
    with pytest.raises(FileNotFoundError, match=f"{missing}.* is missing"):
        datasets.load_beans()


def test_missing_photograph(beans_folder):
    (beans_folder / "test" / "healthy" / "healthy_test.0.jpg").unlink()
    with pytest.raises(ValueError, match=r"test.healthy holds 1 photographs .* instead of 2"):
        datasets.load_beans()


def test_file_that_is_no_image(beans_folder):
    (beans_folder / "train" / "bean_rust" / "bean_rust_train.1.jpg").write_text("a leaf")
    with pytest.raises(ValueError, match=r"bean_rust_train.1.jpg is no readable image"):
        datasets.load_beans()


def test_altered_photograph(beans_folder):
    place = beans_folder / "validation" / "healthy"
    shutil.copy(place / "healthy_validation.0.jpg", place / "healthy_validation.1.jpg")
    with pytest.raises(ValueError, match=r"validation/healthy .*wrong digest"):
        datasets.load_beans()
    assert not _store.cache_leftovers()


# --- the cache ------------------------------------------------------------------------------------


def test_fetched_once_then_from_the_cache(online):
    first, second = datasets.load_mnist(), datasets.load_mnist()
    assert online == ["mnist"]
    assert np.array_equal(first.x_train, second.x_train)
    assert first.source == second.source == "MNIST, 70,000 digits"


def truncate(file):
    file.write_bytes(file.read_bytes()[:-500])


def flip_a_byte(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)


def alter_an_array(file):
    with np.load(file) as stored:
        arrays = dict(stored)
    arrays["y"][0] ^= 1
    np.savez_compressed(file, **arrays)


def empty(file):
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [truncate, flip_a_byte, alter_an_array, empty])
def test_damaged_cache_is_noticed_set_aside_and_fetched_again(online, damage):
    good = datasets.load_mnist()
    file = _store.cache_file("mnist")
    damage(file)
    with pytest.warns(UserWarning, match="is damaged .* set aside as mnist.npz.damaged"):
        data = datasets.load_mnist()
    assert np.array_equal(data.x_train, good.x_train) and online == ["mnist", "mnist"]
    assert file.with_name("mnist.npz.damaged").exists()
    datasets.load_mnist()
    assert online == ["mnist", "mnist"]


class Payload:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def test_nothing_is_unpickled(online, tmp_path):
    payload = Payload(tmp_path / "unpickled")
    file = _store.cache_file("mnist")
    file.parent.mkdir()
    np.savez(file, x=np.array([payload], dtype=object), digest=np.array(""))
    with pytest.warns(UserWarning, match="is damaged"):
        datasets.load_mnist()
    file.write_bytes(pickle.dumps(payload))
    with pytest.warns(UserWarning, match="is damaged"):
        datasets.load_mnist()
    assert not payload.folder.exists()


@pytest.mark.filterwarnings("error")
def test_process_killed_in_the_middle_of_a_write(online):
    code = """
import os, signal, numpy as np
from nnlib import _store

def half(file, **arrays):
    file.write(b"PK" + bytes(1000))
    file.flush()
    os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

np.savez_compressed = half
_store.write_cache("mnist", {"x": np.zeros(3)})
"""
    assert run_python(code).wait(60) != 0
    assert [file.suffix for file in _store.cache_leftovers()] == [".part"]
    datasets.load_mnist()
    datasets.load_mnist()
    assert online == ["mnist"]


def test_two_processes_at_once():
    code = """
import sys, warnings, numpy as np
from nnlib import _store
warnings.simplefilter("error")
for i in range(40):
    assert _store.write_cache("mnist", {"x": np.full(5000, int(sys.argv[1]))})
    assert len(set(_store.read_cache("mnist")["x"].tolist())) == 1
"""
    processes = [run_python(code, str(i), stderr=subprocess.PIPE) for i in range(2)]
    for process in processes:
        assert process.communicate(timeout=60)[1] == b"" and process.returncode == 0
    assert [file.name for file in _store.cache_leftovers()] == ["mnist.npz"]


def test_cache_folder_that_cannot_be_written(monkeypatch, online, tmp_path):
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / "file" / "cache"
    monkeypatch.setenv("NNLIB_CACHE_DIR", str(folder))
    with pytest.warns(UserWarning, match=f"the cache folder {folder} cannot be written"):
        data = datasets.load_mnist()
    assert data.source == "MNIST, 70,000 digits"


def test_read_only_cache_folder(online, tmp_path):
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.warns(UserWarning, match=f"the cache folder {folder} cannot be written"):
        assert datasets.load_mnist().source == "MNIST, 70,000 digits"


def test_default_cache_is_the_users_own(monkeypatch):
    monkeypatch.delenv("NNLIB_CACHE_DIR")
    assert "nnlib" in _store.cache_folder().parts
    assert _store.cache_folder().is_absolute()


# --- the network ----------------------------------------------------------------------------------


def test_wrong_digest_from_the_network(online, small_mnist):
    small_mnist[1]["y"][60] ^= 1
    with pytest.raises(ConnectionError, match=r"differs from t10k-labels-idx1-ubyte.gz"):
        datasets.load_mnist(source="real")
    with pytest.warns(UserWarning, match="THIS IS A SAMPLE.*wrong digest"):
        datasets.load_mnist()
    assert not _store.cache_leftovers()


@pytest.mark.parametrize("task, load", [("mnist", "load_mnist"), ("beans", "load_beans")])
def test_connection_that_hangs_is_ended(monkeypatch, silent_server, task, load):
    address, connections = silent_server
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, address)
    for name in ("no_proxy", "NO_PROXY", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(datasets, "network_reachable", _store.network_reachable)
    assert _store.QUIET_SECONDS + 10 < 30  # the limit, and time for a probe and for imports
    monkeypatch.setattr(_store, "QUIET_SECONDS", 8)  # imports take seconds on a busy machine
    start = time.monotonic()
    with pytest.raises(ConnectionError, match="the connection hangs: nothing came for 8 s"):
        getattr(datasets, load)(source="real")
    assert time.monotonic() - start < 30
    assert len(connections) > 1, "the probe arrived, but the fetch did not"


def test_bytes_that_come_slowly_are_no_stall_but_the_whole_is_bounded(monkeypatch, tmp_path):
    code = """
import sys, time
with open(sys.argv[1], "wb", buffering=0) as file:
    for _ in range(12):
        file.write(bytes(200_000))
        time.sleep(0.2)
"""
    monkeypatch.setattr(_store, "QUIET_SECONDS", 1.5)
    child = run_python(code, str(tmp_path / "file"))
    assert list(_store._megabytes(child, tmp_path)) == [0, 1] and child.wait() == 0
    monkeypatch.setattr(_store, "TOTAL_SECONDS", 0)
    child = run_python(code, str(tmp_path / "file"))
    with pytest.raises(ConnectionError, match="not done after"):
        list(_store._megabytes(child, tmp_path))
    child.kill()
    child.wait()


def test_error_of_the_other_process_is_told():
    with pytest.raises(ConnectionError, match="KeyError: 'no such task'"):
        _store.fetch("no such task", description="")


def test_probe(monkeypatch, silent_server):
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(_store, "hosts", lambda: {"mnist": "http://127.0.0.1:1", "beans": address})
    address, _ = silent_server
    assert _store.network_reachable() and _store.network_reachable("beans")
    assert not _store.network_reachable("mnist")


def test_probe_does_not_wait_for_a_name_server(monkeypatch):
    over = threading.Event()

    def wait(*address):
        over.wait()
        raise OSError

    monkeypatch.setattr(_store.socket, "create_connection", wait)
    assert not _store.network_reachable(timeout=0.2)
    over.set()


def test_what_openml_sends_is_taken_as_bytes(monkeypatch, tmp_path, small_mnist):
    rows = small_mnist[1]
    sent = rows["x"].astype(float), rows["y"].astype(str).astype(object)
    monkeypatch.setattr("sklearn.datasets.fetch_openml", lambda *a, **k: sent)
    monkeypatch.setattr(datasets, "network_reachable", lambda *names: True)
    monkeypatch.setattr(_store, "fetch", lambda task, **k: _store._fetch_mnist(str(tmp_path)))
    data = datasets.load_mnist(source="real")
    assert np.array_equal(data.x_test, rows["x"][50:] / np.float32(255))
    assert np.array_equal(data.y_train, rows["y"][:50])


def hub_rows(folder, split):
    """A split as the hub has it: shuffled rows, encoded bytes, and another name for the labels."""
    import datasets as hub

    files = sorted((folder / "beans" / split).glob("*/*.jpg"))[::-1]
    return hub.Dataset.from_dict(
        {
            "image_file_path": [f"elsewhere/{file.name}" for file in files],
            "image": [{"bytes": file.read_bytes(), "path": file.name} for file in files],
            "labels": [datasets.BEANS_CLASSES.index(file.parent.name) for file in files],
        },
        features=hub.Features(
            image_file_path=hub.Value("string"),
            image=hub.Image(),
            labels=hub.ClassLabel(names=list(datasets.BEANS_CLASSES)),
        ),
    )


def test_hub_and_folder_give_the_same_rows(monkeypatch, tmp_path, small_beans):
    import datasets as hub

    splits = {split: hub_rows(small_beans, split) for split in SPLITS}
    monkeypatch.setattr(hub, "load_dataset", lambda *names: splits)
    with monkeypatch.context() as patch:
        patch.setattr(datasets, "network_reachable", lambda *names: True)
        patch.setattr(_store, "fetch", lambda task, **k: _store._read_beans(str(tmp_path)))
        from_hub = datasets.load_beans(size=8, source="real")
    monkeypatch.setenv("NNLIB_DATA_DIR", str(small_beans))
    from_folder = datasets.load_beans(size=8, source="real")
    assert from_hub.source == from_folder.source
    for name in ("x_train", "y_train", "x_val", "y_val", "x_test", "y_test"):
        assert np.array_equal(getattr(from_hub, name), getattr(from_folder, name))


def test_hub_without_a_split_is_not_the_data_set(monkeypatch, tmp_path, small_beans):
    import datasets as hub

    splits = {split: hub_rows(small_beans, split) for split in SPLITS[:2]}
    monkeypatch.setattr(hub, "load_dataset", lambda *names: splits)
    monkeypatch.setattr(datasets, "network_reachable", lambda *names: True)
    monkeypatch.setattr(_store, "fetch", lambda task, **k: _store._read_beans(str(tmp_path)))
    with pytest.raises(ConnectionError, match="what came is not the beans data set"):
        datasets.load_beans(source="real")


# --- the command line -----------------------------------------------------------------------------


def test_fetch_status_clear(monkeypatch, online, capsys):
    assert datasets.main(["fetch", "mnist"]) == 0
    assert "mnist.npz" in capsys.readouterr().out
    assert datasets.main(["status"]) == 0
    out = capsys.readouterr().out
    assert "cache file mnist.npz" in out and "MB, from OpenML" in out
    assert "beans: nowhere yet" in out

    def nobody_there(prompt):
        raise EOFError

    for answer in (lambda prompt: "", nobody_there):
        monkeypatch.setattr("builtins.input", answer)
        assert datasets.main(["clear"]) == 1 and _store.cache_file("mnist").exists()
    monkeypatch.setattr("builtins.input", lambda prompt: "y")
    assert datasets.main(["clear"]) == 0 and not _store.cache_file("mnist").exists()
    assert "holds no data" not in capsys.readouterr().out
    assert datasets.main(["clear"]) == 0 and "holds no data" in capsys.readouterr().out


def test_clear_deletes_only_what_is_ours(monkeypatch, tmp_path):
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("asked in spite of --yes"))
    folder = tmp_path / "cache"
    folder.mkdir()
    for name in ("mnist.npz", "beans-64.npz.damaged", ".mnist-0a.part", "thesis.npz"):
        (folder / name).write_text("")
    assert datasets.main(["clear", "--yes"]) == 0
    assert [file.name for file in folder.iterdir()] == ["thesis.npz"]


def test_fetch_that_fails_says_why(capsys):
    assert datasets.main(["fetch"]) == 1
    errors = capsys.readouterr().err
    assert "mnist: https://www.openml.org cannot be reached" in errors and "beans: " in errors
    with pytest.raises(SystemExit):
        datasets.main(["fetch", "iris"])


def test_fetch_that_cannot_be_kept_fails(monkeypatch, online, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNLIB_CACHE_DIR", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="cannot be written"):
        assert datasets.main(["fetch", "mnist"]) == 1
    assert "not kept" in capsys.readouterr().err


def test_status_of_folders_and_damage(monkeypatch, mnist_folder, tmp_path, capsys):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "mnist.npz").write_bytes(b"nonsense")
    assert datasets.main(["status"]) == 0
    out = capsys.readouterr().out
    assert f"mnist: {mnist_folder}" in out and "this is what is loaded" in out
    assert "damaged" in out and "beans is missing" in out


# --- imports, and the real data -------------------------------------------------------------------


def test_import_is_light():
    code = """
import sys, nnlib, nnlib.datasets
heavy = {"datasets", "sklearn", "PIL", "platformdirs", "pandas", "tqdm"} & set(sys.modules)
sys.exit(", ".join(heavy) or 0)
"""
    process = run_python(code, stderr=subprocess.PIPE)
    assert process.communicate(timeout=60)[1] == b"" and process.returncode == 0


@needs_real_data
def test_real_mnist(monkeypatch):
    monkeypatch.setenv("NNLIB_DATA_DIR", REAL)
    data = datasets.load_mnist(source="real")
    assert data.x_train.shape == (60_000, 784) and data.x_test.shape == (10_000, 784)
    assert data.y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert data.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert data.x_train.dtype == np.float32 and data.x_train.max() == 1
    assert round(float(data.x_train.mean(dtype=float)), 4) == 0.1307


@needs_real_data
def test_real_beans_and_its_cache(monkeypatch):
    monkeypatch.setenv("NNLIB_DATA_DIR", REAL)
    data = datasets.load_beans(source="real")
    counts = [np.bincount(y).tolist() for y in (data.y_train, data.y_val, data.y_test)]
    assert counts == [[345, 348, 341], [44, 45, 44], [43, 43, 42]]
    assert data.x_train.shape == (1_034, 30_000) and data.x_train.dtype == np.float32
    assert data.class_names == ("angular_leaf_spot", "bean_rust", "healthy")
    # Without the folder the same pixels come from the cache, and no network is asked.
    monkeypatch.delenv("NNLIB_DATA_DIR")
    assert np.array_equal(datasets.load_beans(source="real").x_train, data.x_train)

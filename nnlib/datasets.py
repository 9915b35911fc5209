"""The data of the notebooks: iris, MNIST, bean leaves, and rows drawn from a known equation.

MNIST and the leaves are looked for in four places, in this order: the folder NNLIB_DATA_DIR, the
cache (NNLIB_CACHE_DIR), the network, and a small sample that needs no network and says so. The
environment variable NNLIB_DATA, "auto" unless set, may demand "real" data or the "sample".

    python -m nnlib.datasets status               what is where, how large, from which source
    python -m nnlib.datasets fetch [mnist beans]  fill the cache
    python -m nnlib.datasets clear [--yes]        empty it
"""

import argparse
import gzip
import hashlib
import io
import os
import sys
import warnings
import zlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlib import _store
from nnlib._guards import whole_number
from nnlib._progress import progress
from nnlib._store import network_reachable

__all__ = [
    "Dataset",
    "load_beans",
    "load_iris",
    "load_mnist",
    "make_correlated_regression",
]

# The four idx files, and the SHA-256 of what each holds after its header: pixels or labels.
MNIST_FILES = {
    f"{name}-ubyte.gz": sha
    for name, sha in {
        "train-images-idx3": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
        "train-labels-idx1": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
        "t10k-images-idx3": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
        "t10k-labels-idx1": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    }.items()
}
MNIST_TRAINING_ROWS = 60_000

# For each split, class by class: how many photographs, and the SHA-256 of their JPEG bytes in order
# of their file names.
BEANS_CLASSES = ("angular_leaf_spot", "bean_rust", "healthy")
BEANS_FILES = {
    "train": (
        (345, "b87b5aa746efaa408c97f3d7c115b17b8e92ccdb136d99315a3e023446dee022"),
        (348, "6df81ff9d4ffaa3d171cec3680a6fba5f1c1e2d8a543adbf7e0141382c521e36"),
        (341, "16cb8b42540d54efaeb41209ccddfb5a43f9924ba02c5363726049bb3dcc6845"),
    ),
    "validation": (
        (44, "96e37fb53d641ae3de4d8a25dd61e5f0c977e2551fcba837052f0d66c10fb6f1"),
        (45, "173ea82b1a2fac0fa8039f7d05b614fcb8919cf63331d90b77de35eebb307914"),
        (44, "78e19741d90f771ee88c04691604b71832aeb9e8ba7f66d54a7f895a5a8a838c"),
    ),
    "test": (
        (43, "b820cc2578cd9721750b976842a5a312093505cebdd9d7d48c79a2d57e4aa437"),
        (43, "6d1bcc012f87d843f45c646408e82d4f997d6464ea64e9e746e4cd9e9babdff3"),
        (42, "88132017f2a97c3c12afa0e9dd905f0b63600a49de591c2885e18635af50c810"),
    ),
}

FOLDER_FORMS = {
    "mnist": "mnist/ with the four *-ubyte.gz files",
    "beans": "beans/{train,validation,test}/CLASS/*.jpg, 1,295 photographs in all",
}
MNIST_SAMPLE = "sample: scikit-learn's 1,797 scanned digits enlarged to 28 x 28, not MNIST"
BEANS_SAMPLE = "sample: 300 drawn leaves, not the beans photographs"


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Rows to train on, to choose with (None where a set has no such split) and to test on.

    `x_*` are (n, n_features), `y_*` are (n,); `class_names[label]` is a class in words (empty for a
    regression) and `source` says in words which data these are.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray | None
    y_val: np.ndarray | None
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple
    source: str

    def __repr__(self):
        parts = {"training": self.x_train, "validation": self.x_val, "test": self.x_test}
        rows = [f"{len(x):,} {part}" for part, x in parts.items() if x is not None]
        return (
            f"<Dataset: {self.source}; rows: {', '.join(rows)}; {self.x_train.shape[1]:,} columns>"
        )


# --- small sets, always there ---------------------------------------------------------------------


def load_iris(*, seed=0):
    """Fisher's 150 iris flowers of three species, split 120 to 30 with equal shares of each.

    Parameters
    ----------
    seed : int  which split

    Returns
    -------
    Dataset : x float64 (n, 4), sepal length and width, petal length and width in cm, as measured;
        y int64 (n,). No validation rows.

    Source: Fisher (1936), "The use of multiple measurements in taxonomic problems", as scikit-learn
    ships it.

    >>> load_iris().x_train.shape
    (120, 4)
    """
    from sklearn.datasets import load_iris as load
    from sklearn.model_selection import train_test_split

    iris = load()
    x_train, x_test, y_train, y_test = train_test_split(
        iris.data,
        iris.target.astype(np.int64),
        test_size=30,
        stratify=iris.target,
        random_state=seed,
    )
    names = tuple(str(name) for name in iris.target_names)
    return Dataset(x_train, y_train, None, None, x_test, y_test, names, "iris, 150 flowers")


def make_correlated_regression(n_samples=100_000, *, seed=42):
    """Rows of five features with a target that depends on them linearly, and noise.

    y = 50 + 0.8 a + 0.4 b - 0.2 c + 10 d + 20 e + noise, where a, b, c ~ N(0, 1),
    d is 0, 1, 2 or 3, e is 0 or 1, and noise ~ N(0, 10) has the variance 100: the mean squared
    error that the best possible model expects.

    Parameters
    ----------
    n_samples : int  rows in all, split 80/20 and the larger part 80/20 again
    seed : int       of the rows and of the splits; 42 gives the article's rows

    Returns
    -------
    Dataset : x float64 (n, 5), not scaled; y float64 (n,); 64,000 training, 16,000 validation and
        20,000 test rows by default.

    Source: the generator of Yenigün (2023), "Building a Neural Network from Scratch in Python".

    >>> make_correlated_regression(1_000).x_train.shape
    (640, 5)
    """
    from sklearn.model_selection import train_test_split

    n_samples = whole_number("n_samples", n_samples, 4)  # a row for each part at least
    # The legacy generator, and the article's order of the draws: both decide the numbers.
    random = np.random.RandomState(seed)
    a, b, c = (random.normal(0, 1, n_samples) for _ in range(3))
    d = random.randint(0, 4, n_samples)
    e = random.binomial(1, 0.5, n_samples)
    noise = random.normal(0, 10, n_samples)
    x = np.column_stack([a, b, c, d, e])
    y = 50 + 0.8 * a + 0.4 * b - 0.2 * c + 10 * d + 20 * e + noise
    x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=0.2, random_state=seed)
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=0.2, random_state=seed
    )
    source = f"generated regression, {n_samples:,} rows, seed {seed}"
    return Dataset(x_train, y_train, x_val, y_val, x_test, y_test, (), source)


# --- MNIST and the beans --------------------------------------------------------------------------


def load_mnist(*, source=None):
    """The MNIST digits: 60,000 to train on and 10,000 to test on, in their original order.

    Parameters
    ----------
    source : "auto", "real" or "sample"  default: the environment variable NNLIB_DATA, else "auto",
        which takes the sample, with a warning, where the real data cannot be had

    Returns
    -------
    Dataset : x float32 (n, 784), the 28 x 28 pixels row by row, 0 (paper) to 1 (ink);
        y int64 (n,), the digit. No validation rows.

    Raises
    ------
    ValueError : an unknown source; a damaged or altered file in NNLIB_DATA_DIR
    FileNotFoundError : a missing file in NNLIB_DATA_DIR
    ConnectionError : source="real" and neither folder, cache nor network has the data

    Source: LeCun, Bottou, Bengio and Haffner (1998); data by LeCun and Cortes, CC BY-SA 3.0,
    fetched from OpenML (`mnist_784`). The sample: Alpaydin and Kaynak (1998), in scikit-learn.
    """
    return _load("mnist", source, _mnist, _mnist_sample, "MNIST, 70,000 digits", MNIST_SAMPLE)


def load_beans(*, size=100, source=None):
    """Photographs of bean leaves, healthy or with one of two diseases, in the published splits.

    Parameters
    ----------
    size : int  side in pixels to which the 500 x 500 photographs are resized (bicubic)
    source : "auto", "real" or "sample"  as for `load_mnist`

    Returns
    -------
    Dataset : x float32 (n, size * size * 3), from 0 to 1; `x.reshape(-1, size, size, 3)` are the
        RGB pictures; y int64 (n,): 0 angular_leaf_spot, 1 bean_rust, 2 healthy. 1,034 training,
        133 validation and 128 test rows, in order of class and file name: shuffle them.

    Raises
    ------
    ValueError : an unknown source; a file in NNLIB_DATA_DIR that is no image, or altered
    FileNotFoundError : a missing split or class in NNLIB_DATA_DIR
    ConnectionError : source="real" and neither folder, cache nor network has the data

    Source: AIR Lab, Makerere University (2020), "Bean disease dataset", MIT licence, fetched from
    the Hugging Face hub (`AI-Lab-Makerere/beans`).
    """
    size = whole_number("size", size, 1)
    return _load(
        "beans",
        source,
        lambda: _beans(size),
        lambda: _beans_sample(size),
        "beans, 1,295 photographs",
        BEANS_SAMPLE,
    )


def _load(name, source, real, sample, real_words, sample_words):
    """The data set from the first place that has it; `real` and `sample` return uint8 arrays."""
    source = _chosen(source)
    reason = "as asked"
    if source != "sample":
        try:
            return _as_dataset(real(), real_words)
        except ConnectionError as error:
            reason = error
            if source == "real":
                raise ConnectionError(f"no real {name} data: {error}. {_ways_out(name)}") from None
    text = f"THIS IS A SAMPLE, NOT THE REAL DATA ({reason}). Source: {sample_words}. "
    warnings.warn(text + _ways_out(name), stacklevel=3)
    return _as_dataset(sample(), sample_words)


def _chosen(source):
    asked = os.environ.get("NNLIB_DATA") or "auto" if source is None else source
    if asked not in ("auto", "real", "sample"):
        where = "the environment variable NNLIB_DATA" if source is None else "source"
        raise ValueError(f"{where} must be 'auto', 'real' or 'sample', got {asked!r}")
    return asked


def _ways_out(name):
    file = _store.cache_file(_cache_name(name))
    return (
        f"Three ways to the real data: (1) with a network, python -m nnlib.datasets fetch {name}; "
        f"(2) set NNLIB_DATA_DIR to a folder that holds {FOLDER_FORMS[name]}; "
        f"(3) copy {file.name} from the cache of another computer to {file.parent}"
    )


def _as_dataset(arrays, source):
    """A Dataset of floats in [0, 1] from uint8 rows, labels and the sizes of the splits."""
    x = arrays["x"].astype(np.float32)
    x /= 255
    y = arrays["y"].astype(np.int64)
    n_train, n_val, _ = (int(size) for size in arrays["sizes"])
    n_seen = n_train + n_val
    x_val, y_val = (x[n_train:n_seen], y[n_train:n_seen]) if n_val else (None, None)
    names = tuple(arrays["class_names"].tolist())
    return Dataset(x[:n_train], y[:n_train], x_val, y_val, x[n_seen:], y[n_seen:], names, source)


def _data_folder(name):
    """The folder of a data set inside NNLIB_DATA_DIR; None where that is not set."""
    place = os.environ.get("NNLIB_DATA_DIR")
    if not place:
        return None
    folder = Path(place).expanduser().resolve() / name
    if not folder.is_dir():
        raise FileNotFoundError(_incomplete(folder, name))
    return folder


def _incomplete(missing, name):
    return (
        f"{missing} is missing: NNLIB_DATA_DIR must hold {FOLDER_FORMS[name]}; complete it, "
        "or unset NNLIB_DATA_DIR to use the cache or the network"
    )


def _need_network(name):
    if not network_reachable(name):
        raise ConnectionError(f"{_store.hosts()[name]} cannot be reached")


def _cache_name(name, size=100):
    return f"beans-{size}" if name == "beans" else name


def _kept(cache_name, arrays):
    _store.write_cache(cache_name, arrays)
    return arrays


# MNIST


def _mnist():
    if folder := _data_folder("mnist"):
        return _mnist_from_folder(folder)
    return _store.read_cache("mnist") or _kept("mnist", _mnist_from_openml())


def _mnist_from_folder(folder):
    contents = [_read_idx(folder / name, sha) for name, sha in MNIST_FILES.items()]
    x = np.frombuffer(contents[0] + contents[2], np.uint8).reshape(-1, 784)
    y = np.frombuffer(contents[1] + contents[3], np.uint8)
    return _mnist_arrays(x, y, len(contents[1]), "NNLIB_DATA_DIR")


def _read_idx(path, sha):
    """The bytes of an idx file after its header, whose fourth byte is the number of dimensions."""
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise FileNotFoundError(_incomplete(path, "mnist")) from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is damaged ({error}): copy it again") from None
    content = content[4 + 4 * content[3] :] if len(content) > 3 else b""
    if _store.digest(content) != sha:
        raise ValueError(f"{path} is not the original file (wrong digest): copy it again")
    return content


def _mnist_from_openml():
    _need_network("mnist")
    fetched = _store.fetch("mnist", description="Fetching MNIST from OpenML")
    x, y, n = fetched["x"], fetched["y"], MNIST_TRAINING_ROWS
    parts = x[:n], y[:n], x[n:], y[n:]
    for part, (name, sha) in zip(parts, MNIST_FILES.items(), strict=True):
        if _store.digest(part) != sha:
            raise ConnectionError(f"what came from OpenML differs from {name} (wrong digest)")
    return _mnist_arrays(x, y, n, "OpenML")


def _mnist_arrays(x, y, n_train, origin):
    return {
        "x": x,
        "y": y,
        "sizes": np.array([n_train, 0, len(x) - n_train]),
        "class_names": np.array(list("0123456789")),
        "origin": np.array(origin),
    }


def _mnist_sample():
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    small = (digits.images * (255 / 16)).round().astype(np.uint8)  # (1797, 8, 8), from 0 to 16
    large = [np.asarray(Image.fromarray(image).resize((28, 28))).ravel() for image in small]
    # The file is in order of its writers: all but one of the test rows' are not in training.
    return _mnist_arrays(np.stack(large), digits.target, 1_437, "sample")


# Beans


def _beans(size=100):
    name = _cache_name("beans", size)
    folder = _data_folder("beans")
    listing = _beans_listing(folder) if folder else None
    cached = _store.read_cache(name)
    # The pixels of an unchanged folder need not be made twice; without one any real pixels will do.
    if cached is not None and (folder is None or str(cached["listing"]) == listing):
        return cached
    if folder:
        return _kept(name, _beans_from_folder(folder, size, listing))
    return _kept(name, _beans_from_hub(size))


def _beans_listing(folder):
    """A digest of the names, sizes and times of the photographs in a complete folder."""
    listing = hashlib.sha256()
    for (split, kind), (count, _) in _expected_beans().items():
        place = folder / split / kind
        if not place.is_dir():
            raise FileNotFoundError(_incomplete(place, "beans"))
        files = sorted(place.glob("*.jpg"))
        if len(files) != count:
            raise ValueError(
                f"{place} holds {len(files)} photographs (*.jpg) instead of {count}: "
                "copy this folder again"
            )
        for file in files:
            state = file.stat()
            listing.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return listing.hexdigest()


def _expected_beans():
    """Count and digest of the photographs by (split, class)."""
    return {
        (split, kind): expected
        for split, row in BEANS_FILES.items()
        for kind, expected in zip(BEANS_CLASSES, row, strict=True)
    }


def _beans_from_folder(folder, size, listing):
    try:
        rows = _store.fetch("beans", folder, description="Listing the beans")
    except ConnectionError as error:
        raise ValueError(f"{folder} cannot be read as a folder of images: {error}") from None
    return _beans_arrays(rows, size, folder, "NNLIB_DATA_DIR", listing)


def _beans_from_hub(size):
    _need_network("beans")
    rows = _store.fetch("beans", description="Fetching the beans from the hub")
    try:
        return _beans_arrays(rows, size, "the Hugging Face hub", "Hugging Face hub", "")
    except (ValueError, KeyError) as error:
        raise ConnectionError(f"what came is not the beans data set: {error}") from None


def _beans_arrays(rows, size, place, origin, listing):
    """Decode, check and resize the photographs; rows in order of split, class and file name."""
    names = rows["class_names"].tolist()
    photographs = [(split, *row) for split in BEANS_FILES for row in _sorted_rows(rows, split)]
    x = np.empty((len(photographs), size * size * 3), np.uint8)
    found = defaultdict(hashlib.sha256)
    for i, (split, label, path, encoded) in enumerate(progress(photographs, "Resizing the beans")):
        encoded = bytes(encoded) or Path(path).read_bytes()
        found[split, names[label]].update(encoded)
        x[i] = _pixels(encoded, size, path)
    digests = {key: sha.hexdigest() for key, sha in found.items()}
    expected = {key: sha for key, (_, sha) in _expected_beans().items()}
    for split, kind in digests | expected:
        if digests.get((split, kind)) != expected.get((split, kind)):
            raise ValueError(
                f"{place}/{split}/{kind} does not hold the original photographs (wrong digest): "
                "copy this folder again"
            )
    return {
        "x": x,
        "y": np.array([label for _, label, _, _ in photographs], np.uint8),
        "sizes": np.array([len(rows[f"{split}_labels"]) for split in BEANS_FILES]),
        "class_names": rows["class_names"],
        "origin": np.array(origin),
        "listing": np.array(listing),
    }


def _sorted_rows(rows, split):
    """(label, path, encoded bytes or none) of each photograph, in order of class and file name."""
    pieces = np.split(rows[f"{split}_bytes"], rows[f"{split}_ends"][:-1])
    labels, paths = (rows[f"{split}_{column}"].tolist() for column in ("labels", "paths"))
    table = zip(labels, paths, pieces, strict=True)
    return sorted(table, key=lambda row: (row[0], Path(row[1]).name))


def _pixels(encoded, size, path):
    from PIL import Image

    try:
        with Image.open(io.BytesIO(encoded)) as image:
            small = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{path} is no readable image ({error}): copy it again") from None
    return np.asarray(small).ravel()


def _beans_sample(size):
    """100 drawn leaves of each class, always the same: 70, 15 and 15 to train, choose and test."""
    rng = np.random.default_rng(2020)
    kinds, counts = len(BEANS_CLASSES), (70, 15, 15)
    y = np.concatenate([np.repeat(np.arange(kinds), count) for count in counts])
    return {
        "x": np.stack([_draw_leaf(BEANS_CLASSES[label], rng, size) for label in y]),
        "y": y,
        "sizes": np.array(counts) * kinds,
        "class_names": np.array(BEANS_CLASSES),
    }


# The marks on a drawn leaf: fewest and most, radius (of a leaf's half length), corners, RGB colour.
LEAF_MARKS = {
    "angular_leaf_spot": (8, 24, 0.17, 4, (110, 80, 50)),
    "bean_rust": (60, 160, 0.05, 8, (165, 85, 30)),
    "healthy": (0, 5, 0.04, 8, (150, 160, 80)),
}


def _draw_leaf(kind, rng, size):
    """The uint8 RGB pixels of one leaf on the soil, with the marks of its class."""
    from PIL import Image, ImageDraw

    side, light = 200, rng.uniform(0.85, 1.1)
    soil = rng.uniform([90, 75, 55], [130, 115, 85]) + rng.normal(0, 15, (12, 12, 1))
    picture = Image.fromarray((soil * light).clip(0, 255).astype(np.uint8)).resize((side, side))
    draw, turn = ImageDraw.Draw(picture), rng.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    centre, half_length = side / 2 + rng.uniform(-15, 15, 2), side * rng.uniform(0.42, 0.55)

    def place(points):  # from the leaf's own frame, tip at (1, 0), to the picture
        return [tuple(point) for point in centre + half_length * points @ rotation]

    def shade(colour):
        return tuple(int(channel) for channel in np.clip(colour * light, 0, 255))

    angles = np.linspace(0, 2 * np.pi, 60)
    width = rng.uniform(0.55, 0.75) * (1 - 0.35 * np.cos(angles))
    green = rng.uniform([70, 125, 40], [105, 160, 65])
    draw.polygon(place(np.column_stack([np.cos(angles), np.sin(angles) * width])), shade(green))
    draw.line(place(np.array([[-1, 0], [1, 0]])), shade(green * 1.25), width=3)
    fewest, most, radius, corners, colour = LEAF_MARKS[kind]
    for _ in range(rng.integers(fewest, most, endpoint=True)):
        distance, turn = 0.85 * np.sqrt(rng.uniform()), rng.uniform(0, 2 * np.pi)
        middle = distance * np.array([np.cos(turn), 0.5 * np.sin(turn)])
        turns = np.sort(rng.uniform(0, 2 * np.pi, corners))
        rim = radius * rng.uniform(0.6, 1.4, (corners, 1))
        points = middle + rim * np.column_stack([np.cos(turns), np.sin(turns)])
        draw.polygon(place(points), shade(colour + rng.normal(0, 12, 3)))
    return np.asarray(picture.resize((size, size))).ravel()


# --- the command line -----------------------------------------------------------------------------


def status():
    """Print what is where, how large, and from which source; nothing is fetched."""
    print(f"NNLIB_DATA       {os.environ.get('NNLIB_DATA') or 'auto (not set)'}")
    print(f"NNLIB_DATA_DIR   {os.environ.get('NNLIB_DATA_DIR') or 'not set'}")
    print(f"cache folder     {_store.cache_folder()}")
    for name in FOLDER_FORMS:
        try:
            folder = _data_folder(name)
        except FileNotFoundError as error:
            print(f"{name}: {error}")
            continue
        if folder:
            print(f"{name}: {folder}, {_megabytes(folder.rglob('*'))} (this is what is loaded)")
        files = [
            file for file in _store.cache_leftovers() if file.name.lstrip(".").startswith(name)
        ]
        for file in files:
            print(f"{name}: cache file {file.name}, {_megabytes([file])}, {_origin(file)}")
        if not folder and not files:
            print(f"{name}: nowhere yet; `python -m nnlib.datasets fetch {name}` fetches it")


def fetch(names):
    """Fill the cache; returns how many of the data sets could not be put there."""
    failures = 0
    for name in names:
        try:
            arrays = _mnist() if name == "mnist" else _beans()
        except (OSError, ValueError) as error:
            print(f"{name}: {error}. {_ways_out(name)}", file=sys.stderr)
            failures += 1
            continue
        file = _store.cache_file(_cache_name(name))
        if file.exists() or _store.write_cache(_cache_name(name), arrays):
            print(f"{name}: in the cache, {file}, {_megabytes([file])}, {_origin(file)}")
        else:
            print(f"{name}: loaded, but not kept: no cache file {file}", file=sys.stderr)
            failures += 1
    return failures


def clear(*, yes=False):
    """Delete all cache files, after asking; returns whether none is left."""
    files = _store.cache_leftovers()
    if not files:
        print(f"the cache folder {_store.cache_folder()} holds no data")
        return True
    print(*files, sep="\n")
    if not yes and not _agreed(f"Delete these, {_megabytes(files)}? [y/N] "):
        print("nothing is deleted")
        return False
    for file in files:
        file.unlink(missing_ok=True)
    return True


def _agreed(question):
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:  # nobody is there to answer
        return False


def _megabytes(files):
    return f"{sum(file.stat().st_size for file in files if file.is_file()) / 1e6:.1f} MB"


def _origin(file):
    """Where the data of a cache file came from, in words."""
    if file.suffix != ".npz":
        return "damaged or unfinished"
    try:
        with np.load(file, allow_pickle=False) as stored:
            return f"from {stored['origin']}"
    except Exception as error:  # whatever is wrong with it, status goes on
        return f"damaged ({error})"


def main(arguments=None):
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m nnlib.datasets",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="what is where, how large, and from which source")
    fetching = commands.add_parser("fetch", help="fill the cache")
    fetching.add_argument("names", nargs="*", metavar="{mnist,beans}", help="default: both")
    clearing = commands.add_parser("clear", help="delete the cache files")
    clearing.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    if options.command == "status":
        status()
        return 0
    if options.command == "clear":
        return 0 if clear(yes=options.yes) else 1
    names = options.names or list(FOLDER_FORMS)
    if unknown := set(names) - set(FOLDER_FORMS):
        parser.error(f"unknown data set {', '.join(sorted(unknown))}: choose mnist or beans")
    return 1 if fetch(names) else 0


if __name__ == "__main__":
    sys.exit(main())

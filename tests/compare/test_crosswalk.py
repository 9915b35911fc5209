"""Every row of page 10's tables, run: the expressions are taken from the page itself."""

import importlib
import re
import types
from pathlib import Path

import nbformat
import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

import nnlib

PAGE = Path(__file__).resolve().parents[2] / "notebooks" / "10_crosswalk.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(PAGE, as_version=4).cells}
NEEDED = "needs Keras and PyTorch: pip install -e '.[compare]'"
LIBRARIES = ["nnlib", "Keras", "PyTorch", "scikit-learn"]
RNG = np.random.default_rng(0)
ARRAYS = {
    "X": RNG.normal(size=(8, 4)).astype("float32"),
    "W": RNG.normal(size=(4, 6)).astype("float32"),
    "b": RNG.normal(size=6).astype("float32"),
    "Z": RNG.normal(size=(8, 3)).astype("float32"),
    "y": np.array([0, 1, 2, 0, 1, 2, 0, 1]),
}
ARRAYS["Y"] = np.eye(3, dtype="float32")[ARRAYS["y"]]
ARRAYS["A"] = np.exp(ARRAYS["Z"]) / np.exp(ARRAYS["Z"]).sum(axis=1, keepdims=True)


def rows(cell):
    """The rows of a table: its first entry, and for each library what the page says."""
    lines = [line for line in CELLS[cell].splitlines() if line.startswith("| ")]
    assert lines[0] == f"| | {' | '.join(LIBRARIES)} |"
    for line in lines[1:]:
        name, *entries = (entry.strip() for entry in line.strip("|").split("|"))
        yield name, dict(zip(LIBRARIES, entries, strict=True))


def entries(cell):
    for name, row in rows(cell):
        for library in LIBRARIES:
            if row[library] != "—":
                yield pytest.param(name, library, id=f"{library}, {name}")


def evaluate(entry, space):
    (expression,) = re.fullmatch("`(.+)`", entry).groups()
    return eval(expression, space)


def namespace(library):
    """What a reader who uses a library has imported, with the arrays and a network."""
    if library == "nnlib":
        space = {**vars(nnlib), **ARRAYS}
        for module in ("layers", "activations", "losses", "metrics", "optimizers", "schedules"):
            space |= vars(importlib.import_module(f"nnlib.{module}"))
    elif library == "Keras":
        space = {
            "keras": pytest.importorskip("keras", reason=NEEDED, exc_type=ImportError),
            **ARRAYS,
        }
    elif library == "PyTorch":
        torch = pytest.importorskip("torch", reason=NEEDED)
        space = {name: torch.tensor(array) for name, array in ARRAYS.items()}
        space |= {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    else:
        space = {"np": np, **ARRAYS}
        for name in ("joblib", "scipy.special", "sklearn.metrics"):
            space[name.split(".")[0]] = importlib.import_module(name.split(".")[0])
            importlib.import_module(name)
        for name in ("neural_network", "metrics", "preprocessing"):
            module = importlib.import_module(f"sklearn.{name}")
            space |= {key: getattr(module, key) for key in module.__all__}
        space["softmax"] = nnlib.activations.softmax
        space["net"] = types.SimpleNamespace(coefs_=[ARRAYS["W"]], intercepts_=[ARRAYS["b"]])
    return space


def with_network(library):
    """The namespace with the network of the page's own row, compiled or fitted where it can be."""
    space = namespace(library)
    network = next(row for name, row in rows("names-objects") if name == "network")
    model = space["model"] = evaluate(network[library], space)
    if library in ("nnlib", "Keras"):
        optimizer = space["SGD"] if library == "nnlib" else space["keras"].optimizers.SGD
        model.compile(optimizer(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    elif library == "PyTorch":
        space["optimizer"] = space["torch"].optim.SGD(model.parameters(), lr=0.1)
    else:
        model.set_params(max_iter=2).fit(ARRAYS["X"], ARRAYS["y"])
    return space


def as_numbers(value):
    return np.asarray(value.detach() if hasattr(value, "detach") else value, dtype=float)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "library"), list(entries("names-arithmetic")))
def test_arithmetic_gives_the_same_numbers(name, library):
    row = dict(rows("names-arithmetic"))[name]
    expected = as_numbers(evaluate(row["nnlib"], namespace("nnlib")))
    found = as_numbers(evaluate(row[library], namespace(library)))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "library"), list(entries("names-objects")))
def test_parts_can_be_made(name, library):
    row = dict(rows("names-objects"))[name]
    assert evaluate(row[library], with_network(library)) is not None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "library"), list(entries("names-methods")))
def test_uses_work(name, library, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    row = dict(rows("names-methods"))[name]
    space = with_network(library)
    value = evaluate(row[library], space)
    if name == "count them":
        assert value == 4 * 6 + 6 + 6 * 3 + 3
    elif name == "probabilities":
        np.testing.assert_allclose(as_numbers(value).sum(axis=1), 1, rtol=1e-5)
    elif name == "keep them":
        assert len(list(tmp_path.iterdir())) == 1
    elif name == "weights":
        weights = value.values() if isinstance(value, dict) else value
        assert sum(int(np.prod(w.shape)) for w in weights) == 51


DEFAULTS = {
    "shape of W, 4 inputs and 6 units": {
        "nnlib": "model.get_weights()[0].shape",
        "Keras": "model.get_weights()[0].shape",
        "PyTorch": "tuple(model[0].weight.shape)",
        "scikit-learn": "model.coefs_[0].shape",
    },
    "SGD's rate, if none is given": {
        "nnlib": "SGD().learning_rate",
        "Keras": "float(keras.optimizers.SGD().learning_rate)",
        "PyTorch": "torch.optim.SGD(model.parameters()).defaults['lr']",
        "scikit-learn": "MLPClassifier(solver='sgd').learning_rate_init",
    },
    "SGD's momentum, if none is given": {
        "nnlib": "SGD().momentum",
        "Keras": "keras.optimizers.SGD().momentum",
        "PyTorch": "torch.optim.SGD(model.parameters()).defaults['momentum']",
        "scikit-learn": "MLPClassifier(solver='sgd').momentum",
    },
    "Adam's epsilon": {
        "nnlib": "Adam().epsilon",
        "Keras": "keras.optimizers.Adam().epsilon",
        "PyTorch": "torch.optim.Adam(model.parameters()).defaults['eps']",
        "scikit-learn": "MLPClassifier().epsilon",
    },
    "rows in a batch, if none is given": {
        "nnlib": "1600 / int(model.fit(*rows, verbose=0).model.optimizer.iterations)",
        "Keras": "1600 / int(model.fit(*rows, verbose=0).model.optimizer.iterations)",
        "scikit-learn": "1600 / MLPClassifier(max_iter=1).fit(*rows)._optimizer.t",
    },
    "a penalty on large weights, if none is given": {
        "Keras": "keras.layers.Dense(1).kernel_regularizer or 0",
        "PyTorch": "torch.optim.SGD(model.parameters()).defaults['weight_decay']",
        "scikit-learn": "MLPClassifier().alpha",
    },
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "library"), list(entries("names-defaults")))
def test_defaults_are_as_the_page_says(name, library):
    shown = eval(dict(rows("names-defaults"))[name][library])
    space = with_network(library)
    space["rows"] = ARRAYS["X"].repeat(200, axis=0), ARRAYS["y"].repeat(200)
    assert eval(DEFAULTS[name][library], space) == pytest.approx(shown, rel=1e-6)


def test_regressor_of_scikit_learn_halves_the_squared_error():
    X, y = ARRAYS["X"], ARRAYS["X"].sum(axis=1)
    settings = {"solver": "sgd", "learning_rate_init": 1e-12, "alpha": 0, "max_iter": 1}
    with pytest.warns(ConvergenceWarning):
        model = MLPRegressor(hidden_layer_sizes=(3,), batch_size=8, **settings).fit(X, y)
    error = nnlib.losses.mean_squared_error(y, model.predict(X))
    assert model.loss_ == pytest.approx(error / 2, rel=1e-5)


def test_starting_weights_of_pytorch_are_uniform_biases_too():
    torch = pytest.importorskip("torch", reason=NEEDED)
    for array in torch.nn.Linear(16, 2000).parameters():
        assert 0.24 < float(array.detach().abs().max()) <= 0.25


def test_rmsprop_of_pytorch_adds_epsilon_to_the_root():
    torch = pytest.importorskip("torch", reason=NEEDED)
    w = torch.tensor([1.0], requires_grad=True)
    optimizer = torch.optim.RMSprop([w], lr=0.1, alpha=0.9, eps=0.5)
    w.grad = torch.tensor([2.0])
    optimizer.step()
    assert w.item() == pytest.approx(1 - 0.1 * 2 / (np.sqrt(0.1 * 4) + 0.5), rel=1e-6)
    ours = np.ones(1)
    nnlib.optimizers.rmsprop_update(ours, np.zeros(1), np.full(1, 2.0), 0.1, 0.9, 0.5)
    assert ours[0] == pytest.approx(1 - 0.1 * 2 / np.sqrt(0.1 * 4 + 0.5))

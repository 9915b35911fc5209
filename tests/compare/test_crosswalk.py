"""Every row of page 10's tables, run on its own column's imports, one row on the next.

On three classes, on two, and on labels that lack a class. `tables` says what a column sees.
"""

import ast
import functools

import numpy as np
import pytest
import tables
from tables import ARITHMETIC, CASES, LIBRARIES, PARTS, USES, Column, table

pytestmark = [
    pytest.mark.filterwarnings("ignore:Stochastic Optimizer"),  # two epochs, for scikit-learn,
    pytest.mark.filterwarnings("ignore:Got `batch_size` less"),  # and a batch of all rows
    pytest.mark.filterwarnings("ignore:__array__ implementation"),  # Keras's own
    pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler"),  # no step before it
]


def entries(cell):
    """A row's words, a library and a case, for each entry of a table that is no dash."""
    return pytest.mark.parametrize(
        ("words", "library", "case"),
        [
            pytest.param(words, library, case, id=f"{library}, {words}, {case}")
            for words, row in table(cell).items()
            for library in LIBRARIES
            for case in CASES
            if row.entries[library] != "—"
        ],
    )


def numbers(value):
    return np.asarray(value.detach() if hasattr(value, "detach") else value, dtype=float)


def arrays_of(found):
    """Weights or gradients in nnlib's shapes: PyTorch's matrices are transposed."""
    found = found.values() if isinstance(found, dict) else found
    return [numbers(array).T if hasattr(array, "detach") else array for array in found]


def starting_weights(case):
    k, draw = CASES[case][0], np.random.default_rng(1)
    return [draw.normal(scale=0.5, size=shape) for shape in ((4, 6), (6,), (6, k), (k,))]


def of_classes(weights, classes):
    """Weights of nnlib's network for scikit-learn's, which has outputs for the classes it saw.

    For two, that is one sigmoid of the difference of their pre-activations.
    """
    W1, b1, W2, b2 = weights
    W2, b2 = W2[:, classes], b2[classes]
    return [W1, b1, *((W2[:, 1:] - W2[:, :1], b2[1:] - b2[:1]) if len(classes) == 2 else (W2, b2))]


def set_weights(column, weights):
    """Weights in nnlib's order and shapes, into the network of any library."""
    model = column.space["model"]
    if column.library == "PyTorch":  # by the solution of the page's first exercise
        exec(tables.fenced("solution-1")[0], column.space)
        state = column.space["to_pytorch"](weights)
        tensor = column.space["torch"].tensor
        model.load_state_dict({name: tensor(array) for name, array in state.items()})
    elif column.library == "scikit-learn":
        weights = of_classes(weights, model.classes_)
        model.coefs_, model.intercepts_ = weights[::2], weights[1::2]
    else:
        model.set_weights(weights)


def prepare(words, column, case):
    """Equal weights to train, nnlib's to answer in scikit-learn, zeros to load over."""
    if column.library == "scikit-learn":
        if words == "probabilities":
            set_weights(column, run("nnlib", case)[USES, "weights"])
    elif words == "train":
        set_weights(column, starting_weights(case))
    elif words == "get them back":
        set_weights(column, [np.zeros_like(array) for array in starting_weights(case)])


@functools.cache
def run(library, case):
    """What all rows give, an error too. To get weights back gives the weights then."""
    column, found = Column(library, case), {}
    for cell in (ARITHMETIC, PARTS, USES):
        for words, row in table(cell).items():
            prepare(words, column, case)
            try:
                found[cell, words] = column.run(row)
            except Exception as error:
                found[cell, words] = error
    if library == "scikit-learn":
        column.space["model"] = found[USES, "get them back"]
    found[USES, "get them back"] = column.run(table(USES)["weights"])
    return found


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """For the files that a column keeps."""
    monkeypatch.chdir(tmp_path)


def given(cell, words, library, case):
    found = run(library, case)[cell, words]
    if isinstance(found, Exception):
        raise found
    return found


@entries(ARITHMETIC)
def test_arithmetic_gives_the_same_numbers(words, library, case):
    found, expected = (given(ARITHMETIC, words, name, case) for name in (library, "nnlib"))
    np.testing.assert_allclose(numbers(found), numbers(expected), rtol=1e-5, atol=1e-6)


@entries(PARTS)
def test_parts_can_be_made(words, library, case):
    found = given(PARTS, words, library, case)
    if library == "scikit-learn":
        X, y = (np.repeat(tables.arrays(case)[name], 5, axis=0) for name in "Xy")
        found.set_params(max_iter=2).fit(X, y)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("library", ["Keras", "PyTorch"])
@pytest.mark.parametrize("words", ["plain descent", "momentum", "RMSprop", "Adam"])
def test_optimizers_take_the_same_steps(words, library, case):
    """Two steps on all rows, from equal weights, with epsilons too small to matter."""

    def trained(library):
        column, parts = Column(library, case), table(PARTS)
        column.run(parts["network"])
        optimizer = column.space["optimizer"] = column.run(parts[words])
        if library == "PyTorch":
            optimizer.param_groups[0]["eps"] = 1e-12
        else:
            optimizer.epsilon = 1e-12
        set_weights(column, starting_weights(case))
        for row in ("make ready", "train"):
            column.run(table(USES)[row])
        return arrays_of(column.run(table(USES)["weights"]))

    for ours, theirs in zip(trained("nnlib"), trained(library), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("library", ["Keras", "PyTorch"])  # the others take the seed as an argument
def test_equal_random_numbers_give_equal_networks(library):
    column, weights = Column(library, "three classes"), []
    for _ in range(2):
        column.run(table(PARTS)["same random numbers in each run"])
        column.run(table(PARTS)["network"])
        weights.append(arrays_of(column.run(table(USES)["weights"])))
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("library", ["nnlib", "Keras", "PyTorch"])
def test_rates_are_halved_after_half_the_steps(library):
    column = Column(library, "three classes")
    for words in ("network", "plain descent"):
        column.run(table(PARTS)[words])
    made = column.run(table(PARTS)["falling rate"])
    for _ in range(500) if library == "PyTorch" else ():
        made.step()
    rates = {
        "nnlib": lambda: made.learning_rate(500),
        "Keras": lambda: float(made._learning_rate(500)),
        "PyTorch": lambda: made.get_last_lr()[0],
    }
    assert rates[library]() == pytest.approx(0.05)


def answer(words, library, case):
    """nnlib's; scikit-learn's network has outputs for the classes in y alone."""
    ours = run("nnlib", case)
    if library != "scikit-learn":
        return ours[USES, words]
    labels = tables.arrays(case)["y"]
    classes = np.unique(labels)
    weights = of_classes(ours[USES, "weights"], classes)
    P = ours[USES, "probabilities"][:, classes]
    predicted = classes[P.argmax(axis=1)]
    return {
        "probabilities": P / P.sum(axis=1, keepdims=True),
        "classes": predicted,
        "accuracy": np.mean(predicted == labels),
        "weights": weights,
        "get them back": weights,
        "count them": sum(array.size for array in weights),
    }[words]


@entries(USES)
def test_uses_give_the_same_answers(words, library, case):
    found = given(USES, words, library, case)
    if words in ("make ready", "train", "keep them"):
        return  # what they did shows in the rows below
    expected = answer(words, library, case)
    if words not in ("weights", "all gradients", "get them back"):
        found, expected = [numbers(found)], [expected]
    for one, other in zip(arrays_of(found), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_column_uses_all_that_it_imports(library):
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(ast.parse(tables.imports(library)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    cells = ARITHMETIC, PARTS, USES
    written = [row.entries[library] for cell in cells for row in table(cell).values()]
    code = [entry.strip("`") for entry in written if "`" in entry]
    code += tables.fenced(USES) if library == "PyTorch" else []
    nodes = [node for piece in code for node in ast.walk(ast.parse(piece))]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    assert imported <= used

"""What pages show of the package: source, shapes, drawings and readable shape errors."""

import inspect
import io
import os
import subprocess
import sys
import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nnlib import activations, explain, layers, losses
from nnlib.explain import explain_function, shape_table, show_source, tsensor
from nnlib.layers import Dense, dense_backward, dense_forward

NOT_DRAWN = "not drawn: tensor-sensor cannot read this line"
MISSING = "tensor-sensor is not installed (pip install tensor-sensor): tables, but no drawings"


def functions_of(module, besides):
    exported = {name: getattr(module, name) for name in module.__all__ if name not in besides}
    return {name: f for name, f in exported.items() if inspect.isfunction(f)}


ARITHMETIC = {
    **functions_of(activations, {"get"}),
    **functions_of(layers, set()),
    **functions_of(losses, {"get", "one_hot"}),
}


@pytest.fixture
def shown(monkeypatch):
    """The drawings that were displayed, as PNG bytes."""
    pictures = []
    monkeypatch.setattr(explain, "display", lambda picture: pictures.append(picture.data))
    return pictures


@pytest.fixture
def no_tensor_sensor(monkeypatch):
    monkeypatch.setitem(sys.modules, "tsensor", None)  # then `import tsensor` fails


def arrays(n=5, n_in=2, n_out=3):
    rng = np.random.default_rng(0)
    X, W, dZ = (rng.normal(size=shape) for shape in ((n, n_in), (n_in, n_out), (n, n_out)))
    return X, W, np.zeros(n_out), dZ


def assert_same(actual, expected):
    assert type(actual) is type(expected)
    if isinstance(expected, tuple):
        for a, e in zip(actual, expected, strict=True):
            assert_same(a, e)
    else:
        np.testing.assert_array_equal(actual, expected, strict=expected is not None)


# Every function of the package's arithmetic


def test_the_arithmetic_is_all_there():
    assert len(ARITHMETIC) == 12 + 2 + 6


@st.composite
def arguments(draw, f):
    """Arrays that fit a function, by the names of its parameters."""
    n, n_in, n_out = (draw(st.integers(1, 5)) for _ in range(3))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    scale = draw(st.sampled_from([0.0, 1.0, 1e3]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shapes = {"X": (n, n_in), "W": (n_in, n_out), "b": (n_out,)}
    values = {}
    for name in inspect.signature(f).parameters:
        if name == "input_gradient":
            values[name] = draw(st.booleans())
        elif name == "negative_slope":
            values[name] = draw(st.sampled_from([0.1, 0.2]))
        elif name == "Y":
            values[name] = np.eye(n_out, dtype=dtype)[rng.integers(n_out, size=n)]
        else:
            values[name] = (scale * rng.normal(size=shapes.get(name, (n, n_out)))).astype(dtype)
    return values


@pytest.mark.parametrize("name", ARITHMETIC)
@settings(max_examples=5, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_explaining_changes_nothing(name, data):
    f = ARITHMETIC[name]
    values = data.draw(arguments(f))
    copies = {key: np.array(value) for key, value in values.items()}
    expected = f(**values)
    pictures = []

    def tracer(*event):
        return None

    outer = sys.gettrace()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explain, "display", pictures.append)
        sys.settrace(tracer)
        try:
            result = explain_function(f, **values)
            assert sys.gettrace() is tracer
        finally:
            sys.settrace(outer)
    assert_same(result, expected)
    for key, value in values.items():
        np.testing.assert_array_equal(value, copies[key])
    assert not plt.get_fignums()
    assert len(pictures) <= 3


def test_the_result_is_never_an_argument_itself(shown):
    Z = np.ones((2, 3))
    assert explain_function(activations.linear, Z) is not Z


@pytest.mark.parametrize("name", ARITHMETIC)
def test_every_line_is_drawn_or_says_that_it_is_not(name, shown, capsys):
    X, W, b, dZ = arrays()
    known = {"X": X, "W": W, "b": b, "dZ": dZ, "Y": np.eye(3)[[0, 1, 2, 0, 1]], "Z": dZ, "A": dZ}
    f = ARITHMETIC[name]
    explain_function(f, *(known[p] for p in inspect.signature(f).parameters if p in known))
    printed = capsys.readouterr().out
    lines = [line for line in printed.splitlines() if line and not line.startswith(" ")]
    only_names = sum(line in ("return Z", "return dX, dW, db") for line in lines)
    assert len(shown) + printed.count(NOT_DRAWN) + only_names == len(lines)
    undrawable = (
        "leaky_relu",
        "leaky_relu_derivative",
        "relu_derivative",
        "sigmoid",
        "softmax_derivative",
    )
    assert printed.count(NOT_DRAWN) == (name in undrawable)


# explain_function


def test_dense_backward_line_by_line(shown, capsys):
    X, W, _, dZ = arrays()
    explain_function(dense_backward, dZ, X, W)
    assert len(shown) == 3  # one for each assignment
    assert capsys.readouterr() == (
        textwrap.dedent("""\
            dX = dZ @ W.T
                takes  dZ   (5, 3) float64
                takes  W.T  (3, 2) float64
                gives  dX   (5, 2) float64

            dW = X.T @ dZ
                takes  X.T  (2, 5) float64
                takes  dZ   (5, 3) float64
                gives  dW   (2, 3) float64

            db = dZ.sum(axis=0)
                takes  dZ  (5, 3) float64
                gives  db  (3,) float64

            return dX, dW, db
                gives  dX  (5, 2) float64
                gives  dW  (2, 3) float64
                gives  db  (3,) float64

            """),
        "",
    )


def test_a_ternary_is_the_branch_that_is_taken(shown, capsys):
    X, W, _, dZ = arrays()
    assert explain_function(dense_backward, dZ, X, W, input_gradient=False)[0] is None
    assert capsys.readouterr().out.startswith("dX = None\n    gives  dX  None\n\ndW = X.T @ dZ\n")
    assert len(shown) == 2


def test_a_line_that_cannot_be_drawn_says_so_under_its_table(shown, capsys):
    explain_function(activations.leaky_relu, np.ones((2, 3)))
    assert not shown
    assert capsys.readouterr().out.splitlines() == [
        "return np.where(Z > 0, Z, negative_slope * Z)",
        "    takes  Z       (2, 3) float64",
        "    gives  result  (2, 3) float64",
        "    " + NOT_DRAWN,
        "",
    ]


def with_loop(Z):
    total = 0
    for row in Z:
        total += row
    return total


def with_condition(Z):
    if Z.ndim == 1:
        return Z
    return Z.sum()


def with_early_return(Z):
    return Z
    Z = 1


def test_blocks_are_refused_clearly(shown, capsys):
    for f, line in ((with_loop, "for row in Z:"), (with_condition, "if Z.ndim == 1:")):
        with pytest.raises(ValueError, match=f"straight lines.*{f.__name__} has `{line}`"):
            explain_function(f, np.ones((2, 3)))
    with pytest.raises(ValueError, match="has `return Z`"):
        explain_function(with_early_return, np.ones(3))
    with pytest.raises(ValueError, match=r"one_hot has `if y\.ndim != 1:`"):
        explain_function(losses.one_hot, [0, 1], 2)
    assert not shown
    assert capsys.readouterr().out == ""


def test_what_is_no_function_or_does_not_fit_is_refused(shown):
    for thing in (np.exp, Dense, "dense_forward", None):
        with pytest.raises(TypeError, match="takes a function written in Python"):
            explain_function(thing, np.ones(3))
    double = lambda Z: 2 * Z  # noqa: E731
    with pytest.raises(ValueError, match="takes a function made by `def`, got <function"):
        explain_function(double, np.ones(3))
    with pytest.raises(TypeError, match="missing a required argument: 'b'"):
        explain_function(dense_forward, np.ones((1, 1)), np.ones((1, 1)))


def test_lines_run_once_on_copies_and_drawing_draws_no_random_numbers(shown, capsys):
    def step(Z, rng, log):
        noise = rng.normal(size=Z.shape)
        Z += noise
        log[0] = log[0] + 1
        return Z, log

    Z, log = np.zeros((2, 3)), [0]
    result, counted = explain_function(step, Z, np.random.default_rng(0), log)
    np.testing.assert_array_equal(result, np.random.default_rng(0).normal(size=(2, 3)))
    assert (counted, log, Z.any()) == ([1], [0], False)
    assert capsys.readouterr().err == ""


def test_closures_defaults_comprehensions_and_long_lines(shown):
    factor = 3

    def f(Z, *more, shift=1):
        rows = [factor * row for row in Z]
        total = (
            np.sum(rows, axis=0)  # a comment
            + shift
        )
        return total + sum(a for a in more)

    np.testing.assert_array_equal(explain_function(f, np.ones((2, 3)), 4, 5), np.full(3, 16.0))


def test_a_method_is_drawn_on_a_copy_of_its_object(shown):
    layer = Dense(3, "tanh")
    layer.build(2, np.random.default_rng(0))
    X = np.ones((5, 2), "float32")
    A = explain_function(Dense.forward, layer, X)
    assert layer.X is None
    np.testing.assert_array_equal(A, layer(X))


# The pictures


def test_pictures_are_opaque_and_whole_whatever_the_style(shown):
    X, W, b, _ = arrays()
    with plt.style.context("dark_background"):
        explain_function(dense_forward, X, W, b)
    explain_function(dense_forward, X, W, b)
    assert shown[0] == shown[1]
    picture = Image.open(io.BytesIO(shown[0]))
    pixels = np.asarray(picture.convert("RGBA"))
    assert "Software" not in picture.info
    assert (pixels[..., 3] == 255).all()
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge == 255).all()  # nothing is cut off
    assert 500 < picture.width < 1000 and 150 < picture.height < 300


def test_an_array_that_is_added_to_keeps_its_own_shape_in_the_picture(shown):
    Z, row = np.ones((4, 3)), np.ones(3)
    with tsensor.explain():
        Z += row
    with tsensor.explain():
        Z += Z
    heights = [Image.open(io.BytesIO(png)).height for png in shown]
    assert heights[0] == heights[1]  # a box for the matrix in both


SCRIPT = """
import hashlib, sys
import numpy as np
from nnlib import explain
from nnlib.layers import dense_backward
explain.display = lambda picture: print(hashlib.sha256(picture.data).hexdigest())
explain.explain_function(dense_backward, np.ones((5, 3)), np.ones((5, 2)), np.ones((2, 3)))
"""


def test_two_runs_give_the_same_bytes_and_no_warning(tmp_path):
    """In Pythons of their own, that compile tensor-sensor anew, with every warning switched on."""
    outputs = []
    for run in ("first", "second"):
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(tmp_path / run), "MPLBACKEND": "agg"}
        command = [sys.executable, "-W", "always::SyntaxWarning", "-c", SCRIPT]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    digests = [line for line in outputs[0].splitlines() if len(line) == 64]
    assert len(set(digests)) == 3


def test_the_import_is_light():
    code = "import sys, nnlib.explain; print(*({'tsensor', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# with tsensor.explain():


def test_the_lines_of_a_with_block(shown, capsys):
    X, W, b, _ = arrays()
    original = W.copy()
    with tsensor.explain() as explained:
        Z = X @ W + b
        print("said once")
        H = Z.copy()
        H[Z < 0] = 0
        W -= 0.1 * (
            X.T @ H  # goes over lines
        )
        for k in range(3):
            b += k
    assert explained.drawn == ["Z = X @ W + b", "H = Z.copy()", "W -= 0.1 * (X.T @ H)", "b += k"]
    assert len(shown) == 4
    np.testing.assert_array_equal(H, np.maximum(X @ original, 0))
    np.testing.assert_array_equal(W, original - 0.1 * (X.T @ H))
    np.testing.assert_array_equal(b, [3, 3, 3])
    printed = capsys.readouterr().out
    assert printed.count("said once") == 1
    assert printed.count(NOT_DRAWN) == 1
    assert "H[Z < 0] = 0\n    takes  Z  (5, 3) float64\n    gives  H  (5, 3) float64\n" in printed
    assert not plt.get_fignums()


def test_an_expression_and_several_results(shown, capsys):
    X, W, b, _ = arrays()
    with tsensor.explain():
        X @ W + b
        mean, spread = X.mean(axis=0), X.std()
        loss = np.mean(X**2)  # a number, that has no box
    assert mean.shape == (2,) and spread > 0 and loss > 0
    assert len(shown) == 2
    printed = capsys.readouterr().out
    assert "    gives  result  (5, 3) float64\n" in printed
    assert "    gives  mean    (2,) float64\n    gives  spread  a number\n" in printed


@pytest.mark.parametrize("fails", [False, True])
def test_the_trace_function_is_restored(fails, shown):
    def tracer(*event):
        return None

    frame = sys._getframe()
    outer, local = sys.gettrace(), frame.f_trace
    sys.settrace(tracer)
    try:
        with tsensor.explain():
            Z = np.ones((2, 3))
            if fails:
                Z = Z @ Z
    except ValueError:
        pass
    finally:
        found, found_locally = sys.gettrace(), frame.f_trace
        sys.settrace(outer)
        frame.f_trace = local
    assert found is tracer
    assert found_locally is local


# Without tensor-sensor


def test_tables_stand_alone_and_one_line_says_why(no_tensor_sensor, shown, capsys):
    X, W, b, dZ = arrays()
    explain_function(dense_backward, dZ, X, W)
    with tsensor.explain() as explained:
        Z = X @ W + b
    del Z
    lines = capsys.readouterr().out.splitlines()
    assert lines.count(MISSING) == 2  # one for each call
    assert lines[0] == MISSING
    assert "dX = dZ @ W.T" in lines and "    gives  Z  (5, 3) float64" in lines
    assert not any(NOT_DRAWN in line for line in lines)
    assert not shown and not explained.drawn


def test_shape_errors_are_explained_without_it_too(no_tensor_sensor, shown):
    X, W, _, _ = arrays()
    with pytest.raises(ValueError, match=r"Cause: X\.T @ W, where"), tsensor.clarify():
        X.T @ W


# shape_table


def test_shape_table_of_a_line():
    X, W, b, dZ = arrays()
    assert shape_table("A[Z <= 0] = 0", A=dZ, Z=dZ) == (
        "A[Z <= 0] = 0\n    takes  Z  (5, 3) float64\n    gives  A  (5, 3) float64"
    )
    assert shape_table("return np.mean((A - Y) ** 2)", A=b, Y=b).endswith("gives  result  a number")
    assert "takes  X[:2]   (2, 2)" in shape_table("X[:2] + 1", X=X)
    assert "gives  shape  a tuple" in shape_table("shape = X.shape", X=X)
    assert shape_table("y = 1 + 1") == "y = 1 + 1\n    gives  y  a number"
    W[:] = 1
    shape_table("W *= 0", W=W)
    assert (W == 1).all()


@pytest.mark.parametrize("line", ["for x in X: pass", "a = 1; b = 2", "", "return", "import os"])
def test_shape_table_takes_one_statement(line):
    with pytest.raises(ValueError, match="one assignment, return or expression"):
        shape_table(line)


# Readable shape errors


def wrong_product(X, W):
    return X.T @ W


def wrong_sum(X, W):
    return 2 * (X @ W + np.ones(4))


def wrong_dot(X, W):
    return np.dot(W, X)


def wrong_list(X, W):
    return np.concatenate([X, W])


def wrong_stack(X, W):
    return np.stack([X, W])  # NumPy raises it in Python, not in C


def wrong_method(X, W):
    return X.reshape(3, 3)


def wrong_index(X, W):
    return W.sum() + X[:, 7]


def product(X, W):
    return X @ W


def wrong_call(X, W):
    return product(X.T, W)


@pytest.mark.parametrize(
    ("action", "cause"),
    [
        (wrong_product, "X.T @ W, where X.T has shape (2, 5) and W has shape (2, 3)"),
        (
            wrong_sum,
            "X @ W + np.ones(4), where X @ W has shape (5, 3) and np.ones(4) has shape (4,)",
        ),
        (wrong_dot, "np.dot(W, X), where W has shape (2, 3) and X has shape (5, 2)"),
        (wrong_list, "np.concatenate([X, W]), where X has shape (5, 2) and W has shape (2, 3)"),
        (wrong_stack, "np.stack([X, W]), where X has shape (5, 2) and W has shape (2, 3)"),
        (wrong_method, "X.reshape(3, 3), where X has shape (5, 2)"),
        (wrong_index, "X[:, 7], where X has shape (5, 2)"),
        (wrong_call, "X @ W, where X has shape (2, 5) and W has shape (2, 3)"),
    ],
)
def test_the_cause_stands_below_numpys_message(action, cause, shown):
    X, W, _, _ = arrays()
    with pytest.raises((ValueError, IndexError)) as plain:
        action(X, W)
    with pytest.raises(plain.type) as explained, tsensor.clarify(), tsensor.clarify():
        action(X, W)
    assert explained.type is plain.type
    assert str(explained.value) == f"{plain.value}\nCause: {cause}"
    assert len(shown) == 1
    assert not plt.get_fignums()


def test_the_failing_line_may_stand_in_the_block_itself(shown):
    X, W, b, _ = arrays()
    with pytest.raises(ValueError) as plain:
        X.T @ W
    with pytest.raises(ValueError) as explained, tsensor.clarify():
        Z = X.T @ W
    cause = "Cause: X.T @ W, where X.T has shape (2, 5) and W has shape (2, 3)"
    assert str(explained.value) == f"{plain.value}\n{cause}"
    assert len(shown) == 1
    with pytest.raises(ValueError, match="Cause: b \\+= W, where b has shape") as explained:
        with tsensor.explain():
            Z = X @ W
            b += W
    assert len(shown) == 3
    assert Z.shape == (5, 3)


def test_explain_function_names_the_cause_in_the_functions_own_line(shown, capsys):
    X, W, _, dZ = arrays()
    with pytest.raises(ValueError, match=r"Cause: dZ @ W\.T, where dZ has shape") as explained:
        explain_function(dense_backward, dZ, X, W.T)
    line = explained.traceback[-1]
    assert str(line.path) == layers.dense.__file__ and "dX = dZ @ W.T" in str(line.statement)


@pytest.mark.parametrize(
    "error",
    [ValueError("Dense(3) expects 2 features"), ValueError(1, 2), KeyError("W"), ValueError()],
)
def test_other_errors_pass_unchanged(error, shown):
    arguments = error.args
    for block in (tsensor.clarify, tsensor.explain):
        with pytest.raises(type(error)) as caught, block():
            raise error
        assert caught.value is error and error.args == arguments
    assert not shown


def test_the_layers_own_message_stands_as_it_is(shown):
    layer = Dense(3)
    layer.build(2, np.random.default_rng(0))
    message = r"Dense\(3\) expects 2 features but got X with shape \(2, 5\)"
    with pytest.raises(ValueError, match=message) as caught, tsensor.clarify():
        layer.check_input(np.ones((2, 5)))
    assert "Cause" not in str(caught.value)


# show_source


def test_show_source_is_the_packages_text():
    markdown = show_source(dense_backward, dense_forward).data
    blocks = markdown.split("\n\n```python")
    assert len(blocks) == 2 and markdown.startswith("```python\n@expects(dZ=")
    with open(layers.dense.__file__, encoding="utf-8") as file:
        package = file.read().splitlines()
    shown_lines = markdown.replace('"""\n', "\n").splitlines()
    for line in shown_lines:
        assert line in package or line.startswith("```") or line.strip() == "", line
    for line in ("dX = dZ @ W.T if input_gradient else None  # (n, n_in)", "return dX, dW, db"):
        assert f"    {line}\n" in markdown


def test_show_source_cuts_docstrings_to_sentence_and_equation():
    text = show_source(dense_forward).data
    assert text == (
        "```python\n"
        '@expects(X="n n_in", W="n_in n_out", b="n_out")\n'
        "def dense_forward(X, W, b):\n"
        '    """Pre-activations of a dense layer for a batch of samples.\n'
        "\n"
        "    Z = X W + b\n"
        '    """\n'
        "    return X @ W + b\n"
        "```"
    )
    for f in (*ARITHMETIC.values(), losses.get):  # the last has no equation
        assert "Parameters" not in show_source(f).data and "-----" not in show_source(f).data


def test_show_source_keeps_short_and_missing_docstrings():
    assert '    """The layer\'s output, remembering nothing' in show_source(Dense.__call__).data
    assert show_source(with_loop).data.startswith("```python\ndef with_loop(Z):\n    total = 0\n")


def test_show_source_dedents_methods():
    text = show_source(Dense.forward).data
    signature = "```python\ndef forward(self, X, training=False):\n"
    assert text.startswith(signature + '    """The layer\'s output')
    assert text.endswith("\n    return self.A\n```")


def test_show_source_refuses_classes():
    for thing in (Dense, Dense(3), np.exp):
        with pytest.raises(TypeError, match="show a class by its methods"):
            show_source(thing)

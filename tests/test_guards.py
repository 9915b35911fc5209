"""The doors of the package: which arguments pass, and what the others are told, word for word."""

import inspect
import re
from functools import partial

import numpy as np
import pytest
from scipy import sparse

from nnlib import (
    SGD,
    Adam,
    Dense,
    Input,
    RMSprop,
    Sequential,
    _guards,
    activations,
    initializers,
    losses,
    metrics,
    optimizers,
)
from nnlib._guards import (
    as_numbers,
    check,
    check_function,
    expects,
    is_whole,
    look_up,
    positive,
    real_number,
    unguarded,
    whole_number,
)
from nnlib.losses import Loss
from nnlib.training import as_batch

# Made anew for every test, so that a test sees all of `expects` at work.


@pytest.fixture
def layer():
    @expects(X="n n_in", W="n_in n_out", b="n_out")
    def layer(X, W, b):
        """Z = X W + b"""
        return X @ W + b

    return layer


@pytest.fixture
def difference():
    return expects(Y="n ...", A="n ...")(lambda Y, A: A - Y)


@pytest.fixture
def double():
    return expects(Z="...")(lambda Z: 2 * Z)


@pytest.fixture
def last_axis():
    return expects(Z="... k")(lambda Z: Z.shape[-1])


@pytest.fixture
def step():
    @expects(w="...!", g="...", rate="positive", momentum="number")
    def step(w, g, rate, momentum=0.0):
        w -= rate * g + momentum

    return step


@pytest.fixture
def draw():
    return expects(f="function", shape="shape", rng="generator")(
        lambda f, shape, rng: f(rng.random(shape))
    )


def objects(*entries):
    array = np.empty(len(entries), object)
    array[:] = entries
    return array


def refuses(message, function, *args, error=ValueError, **kwargs):
    """The whole message, not a part of it."""
    with pytest.raises(error) as caught:
        function(*args, **kwargs)
    assert str(caught.value) == message
    assert type(caught.value) is error


ONES = np.ones


# --- shapes


@pytest.mark.parametrize(
    ("shapes", "hint"),
    [
        (((5, 2), (3, 4), (4,)), ": n_in is 2 in X, but 3 in W"),
        (((3, 5), (3, 4), (4,)), ": did you pass X.T?"),
        (((5, 3), (4, 3), (4,)), ": did you pass W.T?"),
        (((3, 1), (3, 4), (4,)), ": did you pass X.T?"),
        (((3,), (3, 4), (4,)), ": did you mean X[None, :]?"),
        (((5, 1), (1, 4), (4, 1)), ": did you mean b.ravel()?"),
        (((5, 1), (1, 4), (1, 4)), ": did you mean b.ravel()?"),
        (((5,), (1, 4), (4,)), ": did you mean X[:, None]?"),
        (((5, 3), (3, 4), (5,)), ": n_out is 4 in W, but 5 in b"),
        (((5, 3), (3, 4), (4, 4)), ""),
        (((2, 5, 3), (3, 4), (4,)), ""),
        (((2, 5, 3), (3, 4), (6,)), ": n_out is 4 in W, but 6 in b"),
        (((0, 3), (3, 4), (4,)), ": X is empty"),
        (((5, 3), (3, 0), (0,)), ": W is empty"),
        (((3, 5), (4, 3), (4,)), ": n_in is 5 in X, but 4 in W"),  # two changes, not one
    ],
)
def test_a_misfit_is_described_with_its_one_fix_or_its_conflict(shapes, hint, layer):
    X, W, b = (ONES(shape) for shape in shapes)
    x, w, bias = shapes
    message = (
        f"layer expects X (n, n_in), W (n_in, n_out), b (n_out,), but got X {x}, W {w}, b {bias}"
    )
    refuses(message + hint, layer, X, W, b)
    refuses(message + hint, layer, X, b=b, W=W)


def test_what_fits_runs_however_it_is_passed(layer):
    X, W, b = ONES((5, 3)), ONES((3, 4)), ONES(4)
    for result in (
        layer(X, W, b),
        layer(X, W, b=b),
        layer(b=b, W=W, X=X),
        layer(X.tolist(), W, b.tolist()),
    ):
        np.testing.assert_array_equal(result, np.full((5, 4), 4.0))


def test_what_the_guard_does_not_name_is_passed_on():
    @expects(X="n k")
    def powers(X, base=0, *, power=1, **more):
        return X**power + base, more

    for X in (2 * ONES((1, 2)), [[2.0, 2.0]]):
        value, more = powers(X, 1, power=2, name="x")
        np.testing.assert_array_equal(value, [[5, 5]])
        assert more == {"name": "x"}


def test_dots_stand_for_the_same_axes_everywhere(difference):
    for shape in ((3,), (3, 2), (3, 2, 4)):
        np.testing.assert_array_equal(difference(ONES(shape), ONES(shape)), np.zeros(shape))
    message = "<lambda> expects Y (n, ...), A (n, ...), but got Y (3,), A (3, 1)"
    refuses(f"{message}: did you mean Y[:, None]?", difference, ONES(3), ONES((3, 1)))
    refuses(
        "<lambda> expects Y (n, ...), A (n, ...), but got Y (3, 1), A (3,): "
        "did you mean Y.ravel()?",
        difference,
        ONES((3, 1)),
        ONES(3),
    )
    refuses(
        "<lambda> expects Y (n, ...), A (n, ...), but got Y (2, 3), A (2, 4)",
        difference,
        ONES((2, 3)),
        ONES((2, 4)),
    )
    refuses(
        "<lambda> expects Y (n, ...), A (n, ...), but got Y (), A (3,)",
        difference,
        np.array(1.0),
        ONES(3),
    )


def test_dots_alone_take_any_shape_but_an_empty_one(double, last_axis):
    assert double(np.array(3.0)) == 6
    for shape in ((2,), (2, 3), (2, 3, 4)):
        assert double(ONES(shape)).shape == shape
        assert last_axis(ONES(shape)) == shape[-1]
    refuses("<lambda> expects Z (..., k), but got Z ()", last_axis, 1.0)
    refuses("<lambda> expects Z (..., k), but got Z (2, 0): Z is empty", last_axis, ONES((2, 0)))


def test_a_digit_is_a_size():
    plane = expects(X="n 2")(lambda X: X.sum(axis=1))
    for X in (ONES((3, 2)), [[1, 1], [1, 1], [1, 1]]):
        np.testing.assert_array_equal(plane(X), [2, 2, 2])
    message = "<lambda> expects X (n, 2), but got X"
    refuses(f"{message} (5, 3)", plane, ONES((5, 3)))
    refuses(f"{message} (2, 3): did you pass X.T?", plane, ONES((2, 3)))


def test_dots_and_names_are_written_as_shapes():
    mixed = expects(a="...", b="n")(lambda a, b: None)
    refuses("<lambda> expects a (...), b (n,), but got a (2,), b (1, 2): did you mean b.ravel()?",
            mixed, ONES(2), ONES((1, 2)))  # fmt: skip


def test_arrays_of_one_shape_are_asked_for_in_words(step):
    refuses(
        "step expects w, g of one shape, but got w (2,), g (2, 1): did you mean w[:, None]?",
        step, ONES(2), ONES((2, 1)), 0.1,
    )  # fmt: skip


def test_arrays_that_fit_are_passed_on_as_they_are_with_no_second_look(
    monkeypatch, layer, difference, double, step
):
    def second_look(*args):
        raise AssertionError("the slow way was taken")

    monkeypatch.setattr(_guards, "as_numbers", second_look)
    X = ONES((5, 3))
    np.testing.assert_array_equal(double(X), 2 * X)
    layer(X, ONES((3, 4)), ONES(4))
    difference(ONES((2, 3)), ONES((2, 3)))
    step(ONES(2), ONES(2), 0.1)
    step(ONES(2), ONES(2), 1, 0)
    step(ONES(2, np.float32), ONES(2, np.float32), 0.1, -0.5)


def test_the_guard_keeps_name_signature_and_docstring(layer, double):
    assert layer.__name__ == "layer" and layer.__doc__ == "Z = X W + b"
    assert str(inspect.signature(layer)) == "(X, W, b)"
    with pytest.raises(TypeError, match="missing a required argument: 'b'"):
        layer(ONES((5, 3)), ONES((3, 4)))
    with pytest.raises(TypeError, match="takes 1 positional argument but 2"):
        double(ONES(3), ONES(3))


# --- what an array may hold


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "Z must hold numbers, got None"),
        (["a"], "Z must hold numbers, got text ('a'): turn it into numbers first"),
        (["1", "2.5"],
         "Z must hold numbers, got dtype <U3, though every entry is a number: "
         "pass np.asarray(Z, float)"),
        (np.array([1.0], dtype=object),
         "Z must hold numbers, got dtype object, though every entry is a number: "
         "pass Z.astype(float)"),
        (np.array([[1, "b"]], dtype=object),
         "Z must hold numbers, got text in column 1 ('b'): turn it into numbers first"),
        (np.array([1.0, None]),
         "Z must hold numbers, got an empty entry (None): fill it, or leave that sample out"),
        (np.array([{}, 1.0], dtype=object), "Z must hold numbers, got a dict as an entry"),
        (objects(np.ones(2), np.ones(3)),
         "Z must hold numbers, got arrays as entries (one of shape (2,)): "
         "give all rows one length"),
        (np.array([1j]), "Z must hold numbers, got dtype complex128"),
        (np.array(["2024-01-03"], "M8[D]"),
         "Z must hold numbers, got datetime64[D]: "
         "count days, (Z - Z.min()) / np.timedelta64(1, 'D')"),
        (np.array([3], "m8[h]"),
         "Z must hold numbers, got timedelta64[h]: count days, Z / np.timedelta64(1, 'D')"),
        (sparse.csr_matrix(np.eye(2)), "Z is a sparse matrix: pass Z.toarray()"),
        (sparse.coo_array(np.eye(2)), "Z is a sparse matrix: pass Z.toarray()"),
        (np.ma.masked_equal([1.0, -999.0], -999.0),
         "Z has masked entries, which would train with what is under the mask: "
         "pass Z.filled(number), or leave those samples out"),
        ({"size": [1.0], "kind": [2.0]},
         "Z is a dict: pass an array in it, Z['size'], or its columns side by side, "
         "np.column_stack(list(Z.values()))"),
        (np.zeros(2, [("size", float), ("kind", int)]),
         "Z has named fields, size, kind: pass one, Z['size'], or all side by side, "
         "np.column_stack([Z[field] for field in Z.dtype.names])"),
        ({1.0, 2.0}, "Z must be an array, got a set: pass np.array(list(Z))"),
        (range, "Z must be an array, got a type"),
        ([[1.0, 2.0], [3.0]], "Z must be an array of numbers, its rows of one length"),
    ],
)  # fmt: skip
def test_what_holds_no_numbers_is_refused(value, message, double):
    refuses(message, double, value)
    refuses(re.sub(r"\bZ\b", "y", message), as_numbers, "y", value)


def test_a_table_is_told_the_name_of_its_column():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"size": [1.0, 2.0], "kind": ["setosa", "virginica"]})
    gap = pandas.DataFrame({"size": pandas.array([1, None], "Int64")}).astype(object)
    refuses(
        "x must hold numbers, got text in column 'kind' ('setosa'): turn it into numbers first",
        as_numbers, "x", table,
    )  # fmt: skip
    refuses(
        "x must hold numbers, got an empty entry in column 'size' (<NA>): "
        "fill it, or leave that sample out",
        as_numbers, "x", gap,
    )  # fmt: skip


def test_what_the_advice_says_works():
    """Each refused value, and after `pass` the code that it is told to write."""
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    fields = np.array([(1.0, 2.0), (3.0, 4.0)], [("size", float), ("kind", float)])
    for Z, code in [
        (sparse.csc_array(rows), "Z.toarray()"),
        (rows.astype(object), "Z.astype(float)"),
        (rows.astype(str), "Z.astype(float)"),
        (rows.astype(str).tolist(), "np.asarray(Z, float)"),
        ({"size": [1.0, 3.0], "kind": [2.0, 4.0]}, "np.column_stack(list(Z.values()))"),
        (fields, "np.column_stack([Z[field] for field in Z.dtype.names])"),
    ]:
        with pytest.raises(ValueError, match=re.escape(code)):
            as_numbers("Z", Z)
        np.testing.assert_array_equal(eval(code, {"np": np, "Z": Z}), rows)
    np.testing.assert_array_equal(as_numbers("Z", np.ma.array([1.0, 2.0])), [1, 2])  # no mask


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "float16", "float32", "float64"])
def test_every_kind_of_number_passes_and_an_array_is_not_copied(dtype, double):
    Z = np.ones((2, 2), dtype)
    assert as_numbers("Z", Z) is Z
    assert double(Z).shape == (2, 2)


@pytest.mark.parametrize(
    ("w", "message", "error"),
    [
        ([1.0, 2.0], "w is changed in place, so it must be an array, got [1.0, 2.0]", TypeError),
        (np.array([1, 2]),
         "w holds int64, which cannot take a part of a step: start with w.astype(float)",
         ValueError),
        (np.broadcast_to(1.0, 2),
         "w is read-only and cannot be changed in place: pass w.copy()", ValueError),
    ],
)  # fmt: skip
def test_what_is_changed_in_place_must_be_a_writeable_array_of_floats(w, message, error, step):
    refuses(message, step, w, ONES(2), 0.1, error=error)


def test_what_is_changed_in_place_is_changed_in_place(step):
    for arguments in ((ONES(2), 0.5), ([1, 1], np.float64(0.5))):
        w = ONES(2)
        step(w, *arguments)
        np.testing.assert_array_equal(w, [0.5, 0.5])
    step(g=ONES(2), w=w, momentum=1, rate=1)
    np.testing.assert_array_equal(w, [-1.5, -1.5])


# --- what is no array


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": 0}, "rate must be a number above 0, got 0"),
        ({"rate": -1.0}, "rate must be a number above 0, got -1.0"),
        ({"rate": np.nan}, "rate must be a number above 0, got nan"),
        ({"rate": np.inf}, "rate must be a number above 0, got inf"),
        ({"rate": "0.1"}, "rate must be a number above 0, got '0.1'"),
        ({"rate": True}, "rate must be a number above 0, got True"),
        ({"rate": 1, "momentum": np.nan}, "momentum must be a number, got nan"),
        ({"rate": 1, "momentum": None}, "momentum must be a number, got None"),
        ({"rate": 1, "momentum": ONES(2)}, "momentum must be a number, got array([1., 1.])"),
    ],
)
def test_numbers_that_are_none_are_refused_by_place_and_by_name(settings, message, step):
    w = ONES(2)
    refuses(message, step, w, ONES(2), **settings)
    refuses(message, step, w, ONES(2), *settings.values())
    np.testing.assert_array_equal(w, 1)


def test_functions_shapes_and_generators(draw):
    rng = np.random.default_rng(0)
    assert draw(np.sum, (2, 3), rng).shape == ()
    assert draw(f=np.cos, shape=[2, np.int64(3)], rng=rng).shape == (2, 3)
    refuses("f must be a function, got 3", draw, 3, (2,), rng, error=TypeError)
    for shape in ((), (0,), (2, 1.5), 2, (2, -1), (True,), None):
        refuses(
            f"shape must be a tuple of whole numbers, as (4, 6), got {shape!r}",
            draw, np.cos, shape, rng,
        )  # fmt: skip
    refuses(
        "rng must be a numpy.random.Generator, got 0: make one with np.random.default_rng(seed)",
        draw, np.cos, (2,), 0, error=TypeError,
    )  # fmt: skip


# --- one thing each


def test_check():
    check(True, "not said")
    refuses("said", check, False, "said")
    refuses("said", check, 0, "said", TypeError, error=TypeError)
    check_function("f", np.exp)
    refuses("f must be a function, got 'exp'", check_function, "f", "exp", error=TypeError)


@pytest.mark.parametrize("value", [2, 3, np.int64(2), np.uint8(200)])
def test_whole_numbers(value):
    assert whole_number("n", value, 2) == value
    assert type(whole_number("n", value, 2)) is int
    assert is_whole(value, 2)


@pytest.mark.parametrize("value", [1, 2.0, "2", None, True, np.float64(2), np.array([2])])
def test_what_is_no_whole_number(value):
    assert not is_whole(value, 2)
    refuses(f"n must be a whole number, 2 or more, got {value!r}", whole_number, "n", value, 2)


def test_a_bool_is_no_number():
    assert not is_whole(True, 0)
    refuses("x must be a number, got True", real_number, "x", True)


@pytest.mark.parametrize("value", [0.5, 1, -2, np.float32(0.5), np.int64(3), np.array(0.25)])
def test_real_numbers_become_pythons_floats(value):
    assert real_number("x", value) == value
    assert type(real_number("x", value)) is float


def test_numbers_within_limits():
    assert real_number("x", 0.5, "a half", lambda value: value == 0.5) == 0.5
    refuses("x must be a half, got 1", real_number, "x", 1, "a half", lambda value: value == 0.5)
    assert positive("x", 1e-300) == 1e-300 and type(positive("x", 1)) is float
    refuses("x must be a number above 0, got 0", positive, "x", 0)


# --- names


def test_look_up():
    table = {"relu": 1, "leaky_relu": 2, "tanh": 3}
    assert look_up("relu", table, "activation") == 1
    known = "Known: relu, leaky_relu, tanh"
    for name, nearest in [("rely", "relu"), ("LeakyReLU", "leaky_relu"), ("thna", "tanh")]:
        refuses(
            f"unknown activation {name!r}. Did you mean {nearest!r}? {known}",
            look_up, name, table, "activation",
        )  # fmt: skip
    for name in ("xyz", "tangens"):
        refuses(f"unknown activation {name!r}. {known}", look_up, name, table, "activation")
    refuses(
        "activation must be a name or a suitable object, got 3",
        look_up, 3, table, "activation", error=TypeError,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("get", "name"),
    [
        (losses.get, "mae"), (losses.get, "mean_absolute_error"), (losses.get, "msle"),
        (losses.get, "cross_entropy"),
        (activations.get, "elu"), (activations.get, "softplus"), (activations.get, "GELU"),
        (optimizers.get, "adagrad"), (optimizers.get, "AdamW"), (optimizers.get, "nadam"),
        (initializers.get, "he_uniform"), (initializers.get, "GlorotNormal"),
        (metrics.get, "precision"), (metrics.get, "mse"),
    ],
)  # fmt: skip
def test_another_function_is_never_offered_for_one_that_is_absent(get, name):
    with pytest.raises(
        ValueError, match=r"^unknown \w+ '\w+': nnlib has none of that name\. Known: "
    ):
        get(name)


@pytest.mark.parametrize(
    ("get", "name", "meant"),
    [
        (losses.get, "bce", "binary_crossentropy"),
        (losses.get, "MeanSquaredError", "mean_squared_error"),
        (metrics.get, "acc", "accuracy"),
        (metrics.get, "sparse_categorical_accuracy", "accuracy"),
        (activations.get, "logistic", "sigmoid"),
        (initializers.get, "kaiming_normal", "he_normal"),
        (optimizers.get, "RMSprpo", "rmsprop"),
    ],
)
def test_a_misspelling_or_another_librarys_word_finds_its_function(get, name, meant):
    with pytest.raises(ValueError, match=f"Did you mean '{meant}'"):
        get(name)


# --- batches


def test_a_batch_is_taken_as_it_is_or_as_numbers_of_the_models_dtype():
    x = ONES((3, 2), np.float32)
    assert as_batch(x, np.float32) is x
    assert as_batch([[7]], np.float32).tolist() == [[7.0]]
    for other in ([[1, 1], [1, 1], [1, 1]], x.astype(bool), x.astype(np.float64)):
        batch = as_batch(other, np.float32)
        assert batch.dtype == np.float32
        np.testing.assert_array_equal(batch, x)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (ONES(3), "x needs two axes, (samples, features), got (3,): "
         "try x[:, None] for samples of one feature, x[None, :] for one sample"),
        ([1.0, 2.0], "x needs two axes, (samples, features), got (2,): try np.asarray(x)[:, None] "
         "for samples of one feature, np.asarray(x)[None, :] for one sample"),
        ([[[1.0]]], "x needs two axes, (samples, features), got (1, 1, 1): "
         "try np.asarray(x).reshape(len(x), -1)"),
        (ONES((3, 2, 2)),
         "x needs two axes, (samples, features), got (3, 2, 2): try x.reshape(len(x), -1)"),
        (np.array(1.0),
         "x needs two axes, (samples, features), got (): try np.reshape(x, (1, 1))"),
        (ONES((0, 3)), "x holds no samples: shape (0, 3)"),
        ([], "x holds no samples: shape (0,)"),
        ([[1.0, np.nan]], "x holds NaN or infinity (in float32): leave those samples out"),
        ([[1.0, np.inf]], "x holds NaN or infinity (in float32): leave those samples out"),
        ([[1e300, 1.0]], "x holds NaN or infinity (in float32): leave those samples out"),
        (None, "x must hold numbers, got None"),
    ],
)  # fmt: skip
def test_what_is_no_batch(x, message):
    with np.errstate(all="raise"):
        refuses(message, as_batch, x, np.dtype("float32"))


def series(values):
    return pytest.importorskip("pandas").Series(values)


@pytest.mark.parametrize("kind", [np.array, list, series])
@pytest.mark.parametrize(
    ("n_features", "y", "fix"),
    [
        (None, np.arange(6.0), "[:, None]"),  # six targets: six samples
        (1, np.arange(6.0), "[:, None]"),
        (1, list(range(6)), "[:, None]"),
        (None, [1.0], "[None, :]"),
        (6, [1.0], "[None, :]"),
        (6, None, "[None, :]"),  # predict: the model tells
        (1, None, "[:, None]"),
    ],
)
def test_advice_for_one_axis_looks_at_the_targets_and_the_type_and_works(kind, n_features, y, fix):
    x = kind(np.arange(6.0))
    model = Sequential([Dense(1)] if n_features is None else [Input((n_features,)), Dense(1)])
    model.compile("sgd", "mse")
    use = model.predict if y is None else partial(model.fit, y=y, verbose=0)
    code = ("x" if kind is np.array else "np.asarray(x)") + fix
    refuses(f"x needs two axes, (samples, features), got (6,): try {code}", use, x)
    use(eval(code, {"np": np, "x": x}))


def test_advice_for_a_pure_function_works_for_lists_too(difference):
    Y, A = [1.0, 2.0], np.ones((2, 1))
    with pytest.raises(ValueError, match=r"did you mean np\.asarray\(Y\)\[:, None\]\?$"):
        difference(Y, A)
    assert difference(np.asarray(Y)[:, None], A).shape == (2, 1)


def test_whole_numbers_of_a_few_bits_do_not_wrap_round(difference, layer):
    pixels = np.array([[200]], dtype=np.uint8)
    assert difference(pixels, pixels - 100) == [[-100]]
    assert difference(np.array([[True]]), np.array([[False]])) == [[-1]]
    assert layer(pixels, pixels, [0.5]) == [[40_000.5]]


def test_a_share_is_from_0_to_below_1():
    keep = expects(x="n", part="share")(lambda x, part: part * x)
    x = np.ones(1)
    assert keep(x, 0) == 0 and keep(x, 0.5) == 0.5 and keep(x, np.float32(0.25)) == 0.25
    for part in (1.0, -0.1, np.nan, "0.5", True):
        with pytest.raises(ValueError, match=r"^part must be at least 0 and below 1, got "):
            keep(x, part)


# --- the way round a guard


def test_a_function_is_found_behind_its_guard(layer):
    bare = unguarded(layer)
    assert bare is layer.unguarded is not layer
    np.testing.assert_array_equal(bare(ONES((5, 3)), ONES((3, 2)), ONES(2)), np.full((5, 2), 4.0))
    assert unguarded(bare) is bare  # one with no guard is passed through
    assert unguarded(np.exp) is np.exp


def test_the_guard_stays_unless_two_arrays_are_alike(difference):
    a = ONES((2, 3))
    assert unguarded(difference, a, a.copy()) is difference.unguarded
    others = [ONES((2, 1)), ONES((2, 3), np.float32), a.tolist(), None, 1.0]
    for other in others:
        assert unguarded(difference, a, other) is difference
        assert unguarded(difference, other, a) is difference


@pytest.mark.parametrize("make", [SGD, partial(SGD, momentum=0.9), RMSprop, Adam])
@pytest.mark.parametrize("shape", [(3,), (1, 3), (2, 1), ()])
def test_no_step_broadcasts(make, shape):
    optimizer, w = make(), ONES((2, 3))
    memory = [np.zeros((2, 3)) for _ in range(optimizer.arrays_per_parameter)]
    optimizer.iterations = 1
    with pytest.raises(ValueError, match="of one shape, but got w"):
        optimizer.update(w, ONES(shape), 0.1, *memory)
    with pytest.raises(ValueError, match="expected gradients of shapes"):
        optimizer.apply([ONES(shape)], [w])
    np.testing.assert_array_equal(w, 1)


@pytest.mark.parametrize("loss", ["mse", "binary_crossentropy", "categorical_crossentropy", "own"])
def test_no_target_broadcasts(loss):
    """By the doors that fit itself goes through, for a loss with a guard and for one without."""
    names = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}
    model = Sequential([Input((3,)), Dense(2, names.get(loss))], dtype="float64", seed=0)
    own = Loss("own", lambda Y, A: np.mean(A - Y), lambda Y, A: (A - Y) / A.size, None)
    model.compile("sgd", own if loss == "own" else loss)
    x, before = ONES((4, 3)), model.get_weights()
    model.forward(x)
    for shape in ((4,), (4, 1), (1, 2), (2,), ()):
        uses = model.compute_loss, model.output_gradient, model.backward
        for use in (*uses, lambda Y: model.train_step(x, Y)):
            with pytest.raises(ValueError, match="expects Y"):
                use(ONES(shape))
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)

"""The dense layer: worked numbers, gradients against central differences, clear errors."""

import copy
import inspect
import pickle

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlib import SGD, ActivationFunction, Dense, Input, Sequential, layers, plotting
from nnlib.gradient_check import check_gradients, numerical_gradient, relative_error
from nnlib.layers import Layer, dense_backward, dense_forward

# The two-layer walk of a published tutorial (Okan Yenigün, 2023).
X = np.array([[10.0], [20], [-20], [-40], [-3]])
W1, b1 = np.array([[0.73, 0.2]]), np.array([4.0, 2])
W2, b2 = np.array([[0.4], [0.1]]), np.array([4.0])
Z1 = np.array([[11.3, 4], [18.6, 6], [-10.6, -2], [-25.2, -6], [1.81, 1.4]])
DIFFERENCE = np.array([[-0.08], [-0.96], [-1], [6], [5.864]])  # output minus target


def test_dense_forward_on_the_published_walk():
    np.testing.assert_allclose(dense_forward(X, W1, b1), Z1, rtol=1e-14)
    A1 = np.maximum(Z1, 0)
    output = [[8.92], [12.04], [4], [4], [4.864]]
    np.testing.assert_allclose(dense_forward(A1, W2, b2), output, rtol=1e-14)


def test_dense_backward_on_the_published_walk():
    A1 = np.maximum(Z1, 0)
    dA1, dW2, db2 = dense_backward(DIFFERENCE, A1, W2)
    np.testing.assert_allclose(dW2, [[-8.14616], [2.1296]], rtol=1e-12)
    np.testing.assert_allclose(db2 / 5, [1.9648], rtol=1e-12)
    np.testing.assert_allclose(
        dA1,
        [[-0.032, -0.008], [-0.384, -0.096], [-0.4, -0.1], [2.4, 0.6], [2.3456, 0.5864]],
        rtol=1e-12,
    )
    dX, dW1, db1 = dense_backward(dA1 * (Z1 > 0), X, W1)
    np.testing.assert_allclose(dW1, [[-15.0368, -3.7592]], rtol=1e-12)
    np.testing.assert_allclose(db1 / 5, [0.38592, 0.09648], rtol=1e-12)
    assert dX.shape == X.shape


def test_dense_backward_agrees_with_central_differences_and_changes_nothing():
    rng = np.random.default_rng(0)
    x, W, b, G = (rng.normal(size=s) for s in ((5, 3), (3, 2), (2,), (5, 2)))
    inputs = [array.copy() for array in (x, W, G)]
    dX, dW, db = dense_backward(G, x, W)
    for before, after in zip(inputs, (x, W, G), strict=True):
        np.testing.assert_array_equal(before, after)

    def weighted(x=x, W=W, b=b):  # a loss whose gradient with respect to Z is G
        return (dense_forward(x, W, b) * G).sum()

    assert relative_error(dX, numerical_gradient(lambda v: weighted(x=v), x)) < 1e-9
    assert relative_error(dW, numerical_gradient(lambda v: weighted(W=v), W)) < 1e-9
    assert relative_error(db, numerical_gradient(lambda v: weighted(b=v), b)) < 1e-9


def test_dense_backward_can_leave_the_input_gradient_out():
    dX, dW, db = dense_backward(DIFFERENCE, np.maximum(Z1, 0), W2, input_gradient=False)
    assert dX is None
    assert (dW.shape, db.shape) == ((2, 1), (1,))
    layer = Dense(1)
    layer.build(2, np.random.default_rng(0), "float64")
    layer.forward(np.maximum(Z1, 0))
    layer.input_gradient = False
    assert layer.backward(DIFFERENCE) is None
    np.testing.assert_array_equal(layer.dW, dW)


def test_dense_holds_the_arrays_and_calls_the_functions():
    layer = Dense(2, "relu")
    layer.build(1, np.random.default_rng(0), "float64")
    layer.W[...], layer.b[...] = W1, b1
    A = layer.forward(X)
    np.testing.assert_allclose(layer.Z, Z1)
    np.testing.assert_array_equal(A, np.maximum(layer.Z, 0))
    np.testing.assert_array_equal(layer(X), A)
    dX = layer.backward_preactivation(np.ones((5, 2)))
    np.testing.assert_allclose(dX, np.full((5, 1), 0.93))
    np.testing.assert_allclose(layer.dW, [[-33, -33]])
    np.testing.assert_allclose(layer.db, [5, 5])
    assert layer.count_params() == 4


def test_calling_a_layer_remembers_nothing():
    layer = Dense(2)
    layer.build(1, np.random.default_rng(0))
    layer(X)
    assert layer.X is None and layer.Z is None


def test_build_draws_in_the_dtype_asked_for():
    layer = Dense(4, kernel_initializer="he_normal")
    layer.build(3, np.random.default_rng(0))
    assert (layer.W.shape, layer.b.shape) == ((3, 4), (4,))
    assert layer.W.dtype == layer.b.dtype == np.float32
    assert (layer.b == 0).all() and (layer.W != 0).all()


def test_biases_are_drawn_too_where_that_is_asked_for():
    layer = Dense(4, bias_initializer="he_normal")
    layer.build(3, np.random.default_rng(0), "float64")
    assert layer.b.shape == (4,) and layer.b.dtype == np.float64
    assert (layer.b != 0).all()


def test_biases_start_where_they_are_told_to_and_are_never_whole_numbers():
    layer = Dense(2, bias_initializer=lambda shape, rng: np.ones(shape, dtype=int))
    layer.build(3, np.random.default_rng(0))
    layer.b += 0.5  # integer biases would refuse, or lose, this
    np.testing.assert_array_equal(layer.b, [1.5, 1.5])


def test_forward_keeps_float32():
    layer = Dense(3, "sigmoid")
    layer.build(2, np.random.default_rng(0))
    A = layer.forward(np.ones((4, 2), np.float32))
    layer.backward(A)
    assert A.dtype == layer.dW.dtype == layer.db.dtype == np.float32


@pytest.mark.parametrize("units", [0, -1, 2.5, "3", None, True])
def test_units_must_be_a_whole_number(units):
    with pytest.raises(ValueError, match="whole number of units"):
        Dense(units)


@pytest.mark.parametrize("shape", [4, (0,), (2.5,), (), (4, 4), None])
def test_input_shape_must_be_one_whole_number(shape):
    with pytest.raises(ValueError, match=r"as \(4,\)"):
        Input(shape)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((784, 128)), r"Dense\(64\) expects 784 features but got X with shape \(784, 128\)"
         r": did you pass X.T\?"),
        (np.ones((5, 3)), r"expects 784 features but got X with shape \(5, 3\)$"),
        (np.ones(784), r"\(784,\): for a single sample, did you mean X\[None, :\]\?$"),
        (np.ones((2, 28, 28)), r"\(2, 28, 28\): X needs two axes, \(samples, features\)$"),
        (np.ones(5), r"\(5,\): X needs two axes"),
    ],
)  # fmt: skip
def test_wrong_input_is_an_error_that_names_the_fix(x, message):
    layer = Dense(64)
    layer.build(784, np.random.default_rng(0))
    with pytest.raises(ValueError, match=message):
        layer(x)


def test_one_feature_is_no_plural():
    layer = Dense(2)
    layer.build(1, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"expects 1 feature but got X with shape \(1, 5\): did"):
        layer(np.ones((1, 5)))


def test_a_layer_without_weights_says_so():
    message = (
        r"^Dense\(2, activation='linear'\) has no weights yet: call build\(n_features, rng\), "
        "or put it in a Sequential, which builds its layers on an Input or on the first data$"
    )
    for use in (Dense(2), Dense(2).forward):
        with pytest.raises(ValueError, match=message):
            use(X)
    with pytest.raises(ValueError, match=r"has no weights yet, so they cannot be counted$"):
        Dense(2).count_params()


def test_a_layer_that_has_seen_no_batch_has_no_gradient():
    layer = Dense(2)
    layer.build(1, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"seen no batch yet: call forward\(X\) before backward$"):
        layer.backward(np.ones((5, 2)))


@pytest.mark.parametrize("n_features", [0, 2.5, None, True])
def test_the_width_of_the_input_must_be_a_whole_number(n_features):
    with pytest.raises(ValueError, match=r"^n_features must be a whole number, 1 or more, got "):
        Dense(2).build(n_features, np.random.default_rng(0))


def test_an_initializer_of_the_wrong_shape_is_named_before_anything_is_set():
    layer = Dense(2, kernel_initializer=lambda shape, rng: np.zeros(shape[::-1]))
    message = (
        r"^Dense\(2, activation='linear'\) needs starting values of shape \(3, 2\), "
        r"but its initializer gave \(2, 3\)$"
    )
    with pytest.raises(ValueError, match=message):
        layer.build(3, np.random.default_rng(0))
    assert layer.W is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_initializer_that_gives_nan_or_infinity_is_named(value):
    layer = Dense(2, bias_initializer=lambda shape, rng: np.full(shape, value))
    with pytest.raises(
        ValueError, match=r"^an initializer of Dense\(2, .+\) gave NaN or infinity$"
    ):
        layer.build(3, np.random.default_rng(0))
    assert layer.W is None and layer.b is None


def test_what_a_layer_prints_as():
    assert repr(Dense(3, "relu")) == "Dense(3, activation='relu')"
    assert repr(Input((4,))) == "Input((4,))"
    assert layers.Dense is Dense


# --- layers of a reader's own: these classes edit nothing in nnlib


class Dropout(Layer):
    """Puts a share of the numbers to 0 while a network is trained, and enlarges the rest."""

    def __init__(self, rate):
        self.rate = rate

    def build(self, input_shape, rng, dtype="float32"):
        super().build(input_shape, rng, dtype)
        self.rng = rng

    def forward(self, X, training=False):
        self.mask = np.ones_like(X)
        if training:
            self.mask = (self.rng.random(X.shape) >= self.rate) / X.dtype.type(1 - self.rate)
        return X * self.mask

    def backward(self, dA):
        return dA * self.mask


class Scale(Layer):
    """A gain for each number of a sample."""

    parameter_names = ("gain",)

    def build(self, input_shape, rng, dtype="float32"):
        self.gain = np.ones(input_shape, dtype)
        super().build(input_shape, rng, dtype)

    def forward(self, X, training=False):
        self.X = X
        return X * self.gain

    def backward(self, dA):
        self.dgain = (dA * self.X).sum(axis=0)
        return dA * self.gain


class Reshape(Layer):
    def __init__(self, shape):
        self.shape = shape

    def compute_output_shape(self, input_shape):
        return self.shape

    def forward(self, X, training=False):
        return X.reshape(len(X), *self.shape)

    def backward(self, dA):
        return dA.reshape(len(dA), *self.input_shape)


RNG = np.random.default_rng(0)
ROWS, LABELS, NUMBERS = RNG.normal(size=(24, 3)), RNG.integers(0, 2, 24), RNG.normal(size=(24, 2))
CLASSES = "sparse_categorical_crossentropy"


def mixed(loss=CLASSES, end=(), dtype="float64", seed=1, **settings):
    output = Dense(2, "softmax" if loss == CLASSES else "tanh")
    layers = [Dense(5, "tanh"), Scale(), Dropout(0.4), Reshape((5, 1)), Reshape((5,)), output, *end]
    model = Sequential(layers, dtype=dtype, seed=seed, **settings)
    model.compile(SGD(0.1, momentum=0.5), loss)
    return model


def test_a_dropout_is_short():
    assert len(inspect.getsource(Dropout).splitlines()) <= 30


@pytest.mark.parametrize(
    ("loss", "end", "y"),
    [(CLASSES, [], LABELS), ("mse", [], NUMBERS), ("mse", [Scale()], NUMBERS)],
    ids=["joined", "not joined", "own layer last"],
)
def test_gradients_through_layers_of_ones_own_are_right_and_the_same_each_time(loss, end, y):
    model = mixed(loss, end)
    errors = check_gradients(model, ROWS, y)
    names = ["W1", "b1", "gain2", "W6", "b6"] + ["gain7"] * len(end)
    assert list(errors) == names == model.parameter_names
    assert max(errors.values()) < 1e-6
    assert errors == check_gradients(model, ROWS, y)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_layers_of_ones_own_are_trained(dtype):
    model = mixed(dtype=dtype)
    before = model.loss_and_gradients(ROWS, LABELS)[0]
    model.fit(ROWS, LABELS, epochs=60, batch_size=8, verbose=0)
    assert model.evaluate(ROWS, LABELS) < before
    assert not np.array_equal(model.layers[1].gain, np.ones(5))
    assert {array.dtype for array in (*model.parameters, *model.gradients)} == {np.dtype(dtype)}


def test_only_the_steps_of_fit_are_training():
    told = []

    class Ear(Layer):
        def forward(self, X, training=False):
            told.append(training)
            return X

        def backward(self, dA):
            return dA

    model = Sequential([Input((3,)), Ear(), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(ROWS, NUMBERS[:, 0], batch_size=12, validation_split=0.5, verbose=0)
    assert told == [True, False]  # a step, and a look at the validation rows
    model.predict(ROWS)
    model.evaluate(ROWS, NUMBERS[:, 0])
    model.loss_and_gradients(ROWS, NUMBERS[:, 0])
    assert told[2:] == [False, False, False]


def test_a_random_layer_draws_from_the_models_own_generator():
    one, two, other = mixed(), mixed(), mixed(seed=2)
    for model in (one, two, other):
        model.fit(ROWS, LABELS, epochs=2, batch_size=8, verbose=0)
    assert one.layers[2].rng is one.rng
    pairs = zip(one.get_weights(), two.get_weights(), other.get_weights(), strict=True)
    for a, b, c in pairs:
        np.testing.assert_array_equal(a, b)
        assert not np.array_equal(a, c)
    np.testing.assert_array_equal(one.predict(ROWS), one.predict(ROWS))


def test_layers_of_ones_own_are_saved_copied_and_pickled(tmp_path):
    model, other = mixed(), mixed(seed=2)
    model.fit(ROWS, LABELS, epochs=2, verbose=0)
    other.build((None, 3))
    model.save_weights(tmp_path / "weights.npz")
    other.load_weights(tmp_path / "weights.npz")
    for twin in (other, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(twin.predict(ROWS), model.predict(ROWS))
        before = model.get_weights()
        twin.fit(ROWS, LABELS, verbose=0)
        assert not np.array_equal(twin.layers[1].gain, model.layers[1].gain)
        for kept, now in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(kept, now)
    twin = copy.deepcopy(model)
    assert twin.layers[2].rng is twin.rng is not model.rng


def test_layers_of_ones_own_are_summarised(capsys):
    model = mixed()
    model.build((None, 3))
    model.summary()
    assert capsys.readouterr().out.splitlines() == [
        "layer     inputs outputs  activation  W            b       parameters",
        "Dense 1        3       5  tanh        (3, 5)       (5,)            20",
        "Scale 2        5       5  -           gain (5,)    -                5",
        "Dropout 3      5       5  -           -            -                0",
        "Reshape 4      5     5x1  -           -            -                0",
        "Reshape 5    5x1       5  -           -            -                0",
        "Dense 6        5       2  softmax     (5, 2)       (2,)            12",
        "37 parameters, float64",
    ]
    assert model.count_params() == 37


def test_a_summary_makes_room_for_long_names(capsys):
    class Gains(Scale):
        parameter_names = ("gain", "of_the_gain")

        def build(self, input_shape, rng, dtype="float32"):
            self.of_the_gain = np.ones(1, dtype)
            super().build(input_shape, rng, dtype)

    Sequential([Input((3,)), Gains(), Dense(2)]).summary()
    header, *rows, _ = capsys.readouterr().out.splitlines()
    assert rows[0].split("  ")[-1].strip() == "4"
    assert {len(line) for line in (header, *rows)} == {len(header)}
    assert "gain (3,), of_the_gain (1,) -" in rows[0]


def test_a_network_of_any_layers_is_drawn_by_its_widths():
    model = Sequential([Input((3,)), Dense(5, "relu"), Scale(), Dropout(0.5), Dense(2)])
    widths = [model.n_features, *(layer.output_shape[0] for layer in model.layers)]
    assert widths == [3, 5, 5, 5, 2]
    ax = plotting.plot_network(widths)
    assert len(ax.patches) + len(ax.collections) > 0
    plt.close("all")


def test_a_training_that_diverges_puts_layers_of_ones_own_back():
    model = Sequential([Input((3,)), Scale(), Dense(1)], seed=0)
    model.compile(SGD(1e30), "mse")
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match="diverged in epoch 1"):
        model.fit(ROWS, NUMBERS[:, 0], batch_size=4, verbose=0)
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_calling_a_layer_of_ones_own_remembers_nothing():
    layer = Scale()
    layer.build((3,), RNG, "float64")
    np.testing.assert_array_equal(layer(ROWS), ROWS)
    assert "X" not in vars(layer)
    with pytest.raises(ValueError, match=r"^Scale\(\) expects samples of shape \(3,\) but got X w"):
        layer(ROWS.T)


class Half(Layer):
    """Lacks what a layer must have."""


class Number(Scale):
    def build(self, input_shape, rng, dtype="float32"):
        super().build(input_shape, rng, dtype)
        self.gain = 1.0


class Forgetful(Scale):
    def build(self, input_shape, rng, dtype="float32"):
        self.gain = np.ones(input_shape, dtype)


class NoLayer:
    build = forward = backward = count_params = None
    __repr__ = Half.__repr__


@pytest.mark.parametrize(
    ("layer", "error", "message"),
    [
        (NoLayer(), TypeError, r"got NoLayer\(\): let its class derive from Layer, class NoLayer"),
        (Scale, TypeError, r"^a layer is an object: write Scale\(…\)$"),
        (Half(), NotImplementedError, r"^Half has to define forward\(X, training=False\)$"),
        (Number(), TypeError, r"^gain of Number\(\) is changed in place, so it must be an array, "),
        (Forgetful(), TypeError, r"^Forgetful\.build has to call super\(\)\.build\(input_shape"),
    ],
)
def test_what_is_no_layer_yet_is_told_what_it_lacks(layer, error, message):
    with pytest.raises(error, match=message):
        Sequential([Input((3,)), Dense(2), layer]).predict(ROWS)


def test_a_build_that_fails_leaves_layers_of_ones_own_as_they_were():
    model = Sequential([Scale(), Number()])
    for _ in range(2):
        with pytest.raises(TypeError, match="must be an array"):
            model.predict(ROWS)
        assert [vars(layer) for layer in model.layers] == [{}, {}]


def test_a_cross_entropy_needs_its_activation_at_the_end():
    message = (
        rf"^{CLASSES} goes with a softmax output, but the last layer is Dropout\(\), which has "
        r"none: put Dense\(units, activation='softmax'\) after it$"
    )
    with pytest.raises(ValueError, match=message):
        Sequential([Dense(2), Dropout(0.5)]).compile("sgd", CLASSES)
    model = Sequential([Dense(4), Reshape((2, 2))])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"gives samples of shape \(2, 2\): a layer that gives r"):
        model.fit(ROWS, NUMBERS, verbose=0)
    with pytest.raises(ValueError, match=r"takes samples of one axis, \(n_features,\), got \(2, 2"):
        Sequential([Input((4,)), Reshape((2, 2)), Dense(1)])


def test_softmax_has_no_backward_of_its_own():
    layer = Dense(2, "softmax")
    layer.build(3, RNG, "float64")
    layer.forward(ROWS)
    with pytest.raises(ValueError, match=r"^softmax has no slope .+ .backward_preactivation\)$"):
        layer.backward(np.ones((24, 2)))
    assert layer.dW is None


def test_a_layer_that_serves_two_models_gives_both_what_they_need():
    whole = Sequential([Input((3,)), Dense(4, "tanh"), Dense(2)], seed=0, dtype="float64")
    part = Sequential(whole.layers[1:], dtype="float64")  # its first layer is the other's second
    longer = Sequential([Input((3,)), Dense(3), *whole.layers], seed=1, dtype="float64")
    part.build((None, 4))
    for model, x in ((whole, ROWS), (longer, ROWS), (part, ROWS[:, [0, 0, 1, 2]])):
        model.compile("sgd", "mse")
        assert max(check_gradients(model, x, NUMBERS).values()) < 1e-6


@pytest.mark.parametrize("other", [(1, 2), (24, 1), (2,), (24, 2, 1)])
def test_no_gradient_broadcasts(other):
    layer = Dense(2, "tanh")
    layer.build(3, RNG, "float64")
    layer.forward(ROWS)
    for way in (layer.backward, layer.backward_preactivation):
        with pytest.raises(ValueError, match=r"shape of its last output, \(24, 2\), but got"):
            way(np.ones(other))
    assert layer.dW is None and layer.db is None
    dX = layer.backward(np.ones((24, 2)).tolist())  # rows of numbers may come as lists
    assert dX.shape == (24, 3)


@pytest.mark.parametrize("shape", [lambda Z: Z[:1], lambda Z: Z[:, :1], lambda Z: Z.sum()])
def test_no_activation_broadcasts(shape):
    for record in (
        ActivationFunction("odd", shape, np.ones_like),
        ActivationFunction("odd", np.tanh, shape),
    ):
        layer = Dense(2, record)
        layer.build(3, RNG, "float64")
        with pytest.raises(ValueError, match=r"odd gave .* so that nothing broadcasts$"):
            layer.forward(ROWS)
            layer.backward(np.ones((24, 2)))

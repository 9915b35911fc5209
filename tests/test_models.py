"""Sequential: the golden run, gradients of every combination, training, errors, files."""

import copy
import itertools
import os
import pickle
import re
import subprocess
import sys
import tracemalloc
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris as load_raw_iris
from sklearn.preprocessing import StandardScaler

from nnlib import SGD, ActivationFunction, Dense, Input, Sequential
from nnlib.activations import softmax
from nnlib.callbacks import Callback, EarlyStopping
from nnlib.datasets import load_iris
from nnlib.gradient_check import check_gradients
from nnlib.losses import one_hot
from nnlib.training import loop

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3))
LABELS = RNG.integers(0, 2, 20)
CLASSES = "sparse_categorical_crossentropy"


def small_model(seed=0, optimizer="sgd", metrics=("accuracy",), **settings):
    model = Sequential([Dense(4, "relu"), Dense(2, "softmax")], seed=seed, **settings)
    model.compile(optimizer, CLASSES, metrics=list(metrics))
    return model


def weight_bytes(model):
    return b"".join(array.tobytes() for array in model.get_weights()).hex()


def same_weights(a, b):
    pairs = zip(a.get_weights(), b.get_weights(), strict=True)
    return all(np.array_equal(x, y) for x, y in pairs)


# --- the mathematics


def test_golden_run_of_the_published_iris_network():
    """From the tutorial's own starting weights, its losses as two independent codes give them."""
    draw = np.random.RandomState(99)

    def published_weights(shape, rng):
        return draw.uniform(-1, 1, size=shape[::-1]).T

    x, y = load_raw_iris(return_X_y=True)
    model = Sequential([Input((4,))], dtype="float64")
    for units, activation in [(6, "relu"), (8, "relu"), (10, "relu"), (3, "softmax")]:
        model.add(Dense(units, activation, kernel_initializer=published_weights))
    model.compile(SGD(0.01), CLASSES)
    losses = model.fit(x, y, batch_size=150, epochs=201, verbose=0).history["loss"]
    published = {
        0: 8.40744716505373,
        1: 3.76184825111,
        2: 2.47134321658,
        20: 0.79963910965,
        100: 0.49168610221,
        180: 0.40885119987,
        200: 0.39433646996,
    }
    for update, expected in published.items():
        assert losses[update] == pytest.approx(expected, abs=1e-9)


OUTPUTS = {
    "mean_squared_error": ("linear", "sigmoid", "tanh", "relu", "leaky_relu"),
    "binary_crossentropy": ("sigmoid",),
    "categorical_crossentropy": ("softmax",),
    CLASSES: ("softmax",),
}
COMBINATIONS = [
    (loss, output, hidden, k)
    for loss, outputs in OUTPUTS.items()
    for output, hidden, k in itertools.product(
        outputs, ("linear", "sigmoid", "tanh", "relu", "leaky_relu"), (1, 3)
    )
]


@pytest.mark.parametrize(("loss", "output", "hidden", "k"), COMBINATIONS)
def test_every_gradient_agrees_with_central_differences(loss, output, hidden, k):
    rng = np.random.default_rng(1)
    model = Sequential(
        [Input((3,)), Dense(5, hidden), Dense(4, hidden), Dense(k, output)],
        dtype="float64",
        seed=2,
    )
    model.compile("sgd", loss)
    x = rng.normal(size=(6, 3))
    y = rng.random((6, k))
    if loss == "categorical_crossentropy":
        y = softmax(y)
    elif loss == CLASSES:
        y = rng.integers(0, k, 6)
    assert max(check_gradients(model, x, y).values()) < 1e-6


def test_one_step_is_the_formula():
    model = small_model(optimizer=SGD(0.1), dtype="float64")
    _, gradients = model.loss_and_gradients(X, LABELS)
    expected = [w - 0.1 * g for w, g in zip(model.get_weights(), gradients, strict=True)]
    model.fit(X, LABELS, batch_size=20, verbose=0)
    for w, w_expected in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_allclose(w, w_expected, rtol=1e-14)


def test_gradient_of_a_batch_is_the_mean_of_its_samples():
    model = small_model(dtype="float64")
    _, whole = model.loss_and_gradients(X, LABELS)
    whole = [g.copy() for g in whole]
    singles = [model.loss_and_gradients(X[i : i + 1], LABELS[i : i + 1])[1] for i in range(20)]
    for i, g in enumerate(whole):
        np.testing.assert_allclose(g, np.mean([s[i] for s in singles], axis=0), atol=1e-15)


def test_the_gradient_of_the_input_which_nobody_needs_is_not_computed(monkeypatch):
    asked = []
    backward = Dense.backward_preactivation

    def spied(layer, dZ):
        dX = backward(layer, dZ)
        asked.append((layer.units, dX is not None))
        return dX

    monkeypatch.setattr(Dense, "backward_preactivation", spied)
    small_model().fit(X, LABELS, verbose=0)
    assert asked == [(2, True), (4, False)]


def test_gradients_change_no_weight():
    model = small_model()
    model.build((None, 3))
    before = model.get_weights()
    model.loss_and_gradients(X, LABELS)
    model.evaluate(X, LABELS)
    model.predict(X)
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


@pytest.mark.parametrize(
    ("output", "loss"), [("softmax", CLASSES), ("sigmoid", "mse"), ("linear", "mse")]
)
def test_backward_changes_nothing_that_went_forward(output, loss):
    model = Sequential([Dense(4, "relu"), Dense(2, output)], seed=0, dtype="float64")
    model.compile("sgd", loss)
    model.build((None, 3))
    x, Y = X.copy(), one_hot(LABELS, 2)
    A = model.forward(x)
    held = [A, x, Y, *model.parameters]
    held += [array for layer in model.layers for array in (layer.X, layer.Z, layer.A)]
    before = [array.copy() for array in held]
    model.backward(Y)
    for kept, now in zip(before, held, strict=True):
        np.testing.assert_array_equal(kept, now)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("momentum", [0, 0.9])
def test_everything_stays_in_the_dtype_asked_for(dtype, momentum):
    model = small_model(optimizer=SGD(0.1, momentum), dtype=dtype)
    model.fit(X, LABELS, epochs=2, batch_size=8, verbose=0)
    arrays = [*model.parameters, *model.gradients, model.predict(X)]
    arrays += [array for layer in model.layers for array in (layer.X, layer.Z, layer.A)]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_labels_and_one_hot_rows_give_the_same_training():
    by_label, by_row = small_model(), small_model()
    by_row.compile("sgd", "categorical_crossentropy", ["accuracy"])
    one = by_label.fit(X, LABELS, epochs=3, batch_size=8, verbose=0).history
    two = by_row.fit(X, one_hot(LABELS, 2), epochs=3, batch_size=8, verbose=0).history
    assert one == two


def test_iris_is_learned_whatever_the_seed():
    """4-6-8-10-3, standardised, He: 20 seeds, each drawing split and weights; none chosen."""
    accuracies = []
    for seed in range(20):
        iris = load_iris(seed=seed)
        scaler = StandardScaler().fit(iris.x_train)
        model = Sequential(seed=seed)
        for units in (6, 8, 10):
            model.add(Dense(units, "relu", "he_normal"))
        model.add(Dense(3, "softmax", "he_normal"))
        model.compile(SGD(0.1), CLASSES, ["accuracy"])
        model.fit(scaler.transform(iris.x_train), iris.y_train, epochs=200, verbose=0)
        accuracies.append(model.evaluate(scaler.transform(iris.x_test), iris.y_test)[1])
    assert np.mean(accuracies) >= 0.93
    assert min(accuracies) >= 0.80


# --- fit


class Spy:
    """An optimizer that takes no step and notes what it is given."""

    def __init__(self):
        self.calls = 0

    def apply(self, gradients, parameters):
        self.calls += 1


def test_history_is_the_sample_weighted_mean_of_the_batches():
    model = small_model(optimizer=Spy(), dtype="float64")
    history = model.fit(X, LABELS, batch_size=8, epochs=2, verbose=0)  # batches of 8, 8 and 4
    loss, accuracy = model.evaluate(X, LABELS)
    assert history.epoch == [0, 1]
    assert history.history["loss"] == pytest.approx([loss, loss], rel=1e-9)
    assert history.history["accuracy"] == pytest.approx([accuracy, accuracy])
    assert model.history is history


@pytest.mark.parametrize(("batch_size", "steps"), [(None, 1), (8, 3), (20, 1), (19, 2), (1, 20)])
def test_every_sample_is_used_once_an_epoch(batch_size, steps):
    seen = []

    class Recorder(Sequential):
        def train_step(self, X, Y):
            seen.append(X.copy())
            return super().train_step(X, Y)

    spy = Spy()
    model = Recorder([Dense(2, "softmax")], seed=0, dtype="float64")
    model.compile(spy, CLASSES)
    model.fit(X, LABELS, batch_size=batch_size, verbose=0)
    assert spy.calls == steps
    rows = np.concatenate(seen)
    assert sorted(map(tuple, rows)) == sorted(map(tuple, X))
    shuffled = not np.array_equal(rows, X)
    assert shuffled == (steps > 1)


@pytest.mark.parametrize(("n", "steps"), [(32, 1), (33, 2), (64, 2), (65, 3)])
def test_a_batch_has_32_samples_unless_told_otherwise(n, steps):
    spy = Spy()
    model = small_model(optimizer=spy)
    model.fit(np.ones((n, 3)), np.ones(n), verbose=0)
    assert spy.calls == steps


def test_a_whole_batch_is_not_copied():
    model = small_model(dtype="float64")
    model.fit(X, LABELS, batch_size=20, verbose=0)
    assert np.shares_memory(model.layers[0].X, X)


def test_shuffle_false_keeps_the_order():
    model = small_model(dtype="float64")
    model.fit(X, LABELS, batch_size=15, shuffle=False, verbose=0)
    np.testing.assert_array_equal(model.layers[0].X, X[15:])


def test_validation_split_takes_the_last_rows():
    split, explicit = small_model(), small_model()
    one = split.fit(X, LABELS, epochs=2, validation_split=0.25, verbose=0)
    two = explicit.fit(
        X[:15], LABELS[:15], epochs=2, validation_data=(X[15:], LABELS[15:]), verbose=0
    )
    assert one.history == two.history
    assert list(one.history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert one.history["val_loss"][-1] == split.evaluate(X[15:], LABELS[15:])[0]


def test_a_split_may_leave_a_single_row_to_train_on():
    seen = []

    class Recorder(Sequential):
        def train_step(self, X, Y):
            seen.append(len(X))
            return super().train_step(X, Y)

    model = Recorder([Dense(2, "softmax")])
    model.compile("sgd", CLASSES)
    model.fit(X, LABELS, validation_split=0.95, verbose=0)
    assert seen == [1]


def test_a_second_fit_goes_on_where_the_first_ended():
    once, twice = small_model(optimizer=SGD(0.1, 0.9)), small_model(optimizer=SGD(0.1, 0.9))
    once.fit(X, LABELS, epochs=4, batch_size=20, verbose=0)
    twice.fit(X, LABELS, epochs=2, batch_size=20, verbose=0)
    twice.fit(X, LABELS, epochs=2, batch_size=20, verbose=0)
    assert same_weights(once, twice)


def test_a_seed_gives_the_same_training_and_touches_no_global_state():
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, two, other = small_model(5), small_model(5), small_model(6)
    for model in (one, two, other):
        model.fit(X, LABELS, batch_size=7, epochs=2, verbose=0)
    assert same_weights(one, two) and not same_weights(one, other)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_a_seed_gives_the_same_training_in_another_process():
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; from test_models import *; m = small_model(5); "
        "m.fit(X, LABELS, batch_size=7, epochs=2, verbose=0); print(*map(weight_bytes, [m]))"
    )
    model = small_model(5)
    model.fit(X, LABELS, batch_size=7, epochs=2, verbose=0)
    folders = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    for hash_seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, *folders],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == weight_bytes(model)


def test_copies_and_pickles_predict_the_same():
    model = small_model()
    model.fit(X, LABELS, verbose=0)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(twin.predict(X), model.predict(X))
        twin.fit(X, LABELS, verbose=0)
        assert not same_weights(twin, model)


def test_verbose_two_prints_a_line_per_epoch(capsys):
    small_model().fit(X, LABELS, epochs=2, verbose=2, validation_split=0.5)
    first, second = capsys.readouterr().out.splitlines()
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    numbers = " - ".join(rf"{name}: \d\.\d{{4}}" for name in names)
    assert re.fullmatch(f"Epoch 1/2 - {numbers}", first)
    assert re.fullmatch(f"Epoch 2/2 - {numbers}", second)


@pytest.mark.parametrize(
    ("verbose", "drawn"), [(1, ["epochs"]), ("auto", ["epochs"]), (0, []), (2, [])]
)
def test_a_bar_is_asked_for_only_where_one_is_wanted(verbose, drawn, monkeypatch, capsys):
    bars = []

    def progress(counter, description):
        bars.append(description)
        return counter

    monkeypatch.setattr(loop, "progress", progress)
    small_model().fit(X, LABELS, epochs=3, verbose=verbose)
    assert bars == drawn
    assert capsys.readouterr().out.count("Epoch") == (3 if verbose == 2 else 0)


@pytest.mark.parametrize("verbose", [0, 1, "auto"])
def test_nothing_is_printed_when_nobody_watches(verbose, capsys):
    small_model().fit(X, LABELS, verbose=verbose)
    captured = capsys.readouterr()
    assert captured.out == captured.err == ""


def test_callbacks_are_called_in_order_and_may_stop_the_training():
    events = []

    class Recorder(Callback):
        def on_train_begin(self, logs=None):
            events.append("begin")

        def on_epoch_end(self, epoch, logs):
            events.append((epoch, sorted(logs)))
            self.model.stop_training = epoch == 1

        def on_train_end(self, logs=None):
            events.append("end")

    model = small_model()
    history = model.fit(X, LABELS, epochs=9, callbacks=[Recorder()], verbose=0)
    names = ["accuracy", "loss"]
    assert events == ["begin", (0, names), (1, names), "end"]
    assert len(history.history["loss"]) == 2
    model.fit(X, LABELS, epochs=3, verbose=0)
    assert len(model.history.history["loss"]) == 3, "the next fit starts afresh"


def test_zero_epochs_is_a_fit_that_does_nothing():
    model = small_model()
    assert model.fit(X, LABELS, epochs=0, verbose=0).history == {}


def test_a_single_output_takes_flat_targets():
    model = Sequential([Dense(1)], seed=0, dtype="float64")
    model.compile("sgd", "mse")
    y = X @ [1.0, 2.0, 3.0]
    assert model.evaluate(X, y) == model.evaluate(X, y[:, None])
    by_hand = np.mean((model.predict(X)[:, 0] - y) ** 2)
    assert type(model.evaluate(X, y)) is float  # no list, for want of metrics
    assert model.evaluate(X, y) == pytest.approx(by_hand)


def test_an_optimizer_belongs_to_one_model():
    used = SGD(0.01, momentum=0.9)
    model = Sequential([Input((3,)), Dense(1)], seed=0)
    model.compile(used, "mse")
    model.fit(X, X[:, 0], verbose=0)
    model.compile(used, "mse")  # the same model may go on with it
    other = Sequential([Input((3,)), Dense(1)], seed=1)
    with pytest.raises(ValueError, match=r"momentum=0\.9\) has taken steps for another model"):
        other.compile(used, "mse")
    assert other.optimizer is None and other.loss is None


def test_a_callback_with_a_method_that_is_never_called_is_refused():
    class Epochs(Callback):
        def on_epoch_ends(self, epoch, logs):
            raise AssertionError

    model = steep_model(SGD(0.01))
    message = r"^Epochs has on_epoch_ends, which is never called: did you mean on_epoch_end\?$"
    with pytest.raises(ValueError, match=message):
        model.fit(X, X[:, 0], callbacks=[Epochs()], verbose=0)


def test_a_refused_fit_keeps_the_history():
    model = steep_model(SGD(0.01))
    kept = model.fit(X, X[:, 0], verbose=0)
    with pytest.raises(ValueError, match="val_loss"):
        model.fit(X, X[:, 0], callbacks=[EarlyStopping()], verbose=0)
    assert model.history is kept


def test_a_pickle_holds_no_data():
    model = steep_model(SGD(0.01))
    before = len(pickle.dumps(model))
    model.fit(np.tile(X, (1000, 1)), np.tile(X[:, 0], 1000), batch_size=20_000, verbose=0)
    assert len(pickle.dumps(model)) < before + 500
    (twin,) = pickle.loads(pickle.dumps(model)).layers
    assert vars(twin).keys() == vars(model.layers[0]).keys()
    assert twin.dW is twin.db is twin.X is twin.Z is twin.A is None


def test_a_built_layer_may_stand_on_a_new_one():
    built = Dense(1)
    built.build(4, np.random.default_rng(0))
    model = Sequential([Dense(4), built])
    with pytest.raises(ValueError, match="no weights yet: put Input"):
        model.get_weights()
    assert model.predict(X).shape == (20, 1)


# --- trainings that do not end well


def steep_model(optimizer, **settings):
    model = Sequential([Input((3,)), Dense(1)], seed=0, **settings)
    model.compile(optimizer, "mse")
    return model


def test_a_training_that_diverges_says_so_and_keeps_the_last_finite_epoch():
    model, twin = steep_model(SGD(0.01, momentum=0.9)), steep_model(SGD(0.01, momentum=0.9))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError) as caught:
            model.fit(100 * X, 2 * X[:, 0], batch_size=8, epochs=9, shuffle=False, verbose=0)
    finished = len(model.history.history["loss"])
    assert 0 < finished < 9 and np.isfinite(model.history.history["loss"]).all()
    twin.fit(100 * X, 2 * X[:, 0], batch_size=8, epochs=finished, shuffle=False, verbose=0)
    assert same_weights(model, twin)
    assert model.optimizer.iterations == twin.optimizer.iterations == 3 * finished
    for ours, theirs in zip(model.optimizer.memory, twin.optimizer.memory, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    largest, target = 100 * np.abs(X).max(), 2 * np.abs(X[:, 0]).max()
    assert re.fullmatch(
        rf"training diverged in epoch {finished + 1}: the loss of a batch is (nan|inf)\. Likely "
        r"causes: too large a learning rate \(of SGD\(learning_rate=0\.01, momentum=0\.9\), "
        r"try a tenth\); features or targets that are not scaled "
        rf"\(the largest: {largest:.3g} and {target:.3g}\); too large starting weights\. "
        rf"The weights are those after {finished} finished epochs\.",
        str(caught.value),
    )


def test_nothing_is_warned_of_where_an_error_follows():
    model = Sequential([Input((3,)), Dense(2), Dense(1)])
    model.set_weights([np.full((3, 2), 1e38), [0, 0], [[1], [-1]], [0]])  # infinity less infinity
    model.compile("sgd", "mse")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FloatingPointError, match="the loss of a batch is nan"):
            model.fit(np.full((4, 3), 9.0), np.ones(4), verbose=0)


def test_a_training_that_diverges_at_once_leaves_the_starting_weights():
    model = steep_model(SGD(1e30))
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match=r"in epoch 1: .+ after 0 finished epochs\.$"):
        model.fit(X, X[:, 0], batch_size=2, epochs=3, verbose=0)
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)
    assert model.optimizer.iterations == 0
    assert model.history.history == {}
    model.compile(SGD(0.01), "mse")
    model.fit(X, X[:, 0], verbose=0)  # it can be trained again


class Foreign:
    """An optimizer of the reader's own, which remembers its steps and their sizes."""

    def __init__(self):
        self.steps, self.sizes = 0, [np.zeros(1)]

    def apply(self, gradients, parameters):
        self.steps += 1
        self.sizes[0] += 1
        for w, g in zip(parameters, gradients, strict=True):
            w -= 1e30 * g


class Slotted:
    __slots__ = ()
    apply = staticmethod(Foreign().apply)


@pytest.mark.parametrize("make", [Foreign, Slotted])
def test_an_optimizer_of_ones_own_is_put_back_too(make):
    optimizer = make()
    model = steep_model(optimizer)
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match="diverged in epoch 1"):
        model.fit(X, X[:, 0], batch_size=2, verbose=0)
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)
    if make is Foreign:
        assert optimizer.steps == 0 and optimizer.sizes == [np.zeros(1)]


def test_a_last_step_into_infinity_is_found_though_every_loss_was_finite():
    model = steep_model(SGD(3e38))
    before = model.get_weights()
    message = r"in epoch 1: a weight is NaN or infinite after the last step\. Likely causes"
    with pytest.raises(FloatingPointError, match=message):
        model.fit(X, X[:, 0] + 3, batch_size=20, verbose=0)
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_a_validation_loss_that_is_not_finite_ends_the_training_too():
    model = steep_model(SGD(0.01))
    before = model.get_weights()
    with pytest.raises(FloatingPointError, match="diverged in epoch 1: the loss of a batch is inf"):
        model.fit(X, X[:, 0], validation_data=(1e30 * X, X[:, 0]), verbose=0)
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_a_single_step_from_a_loss_that_is_not_finite_changes_no_weight():
    model = steep_model(SGD(0.01))
    before = model.get_weights()
    with np.errstate(all="ignore"):
        with pytest.raises(FloatingPointError, match=r"^the loss of a batch is inf$"):
            model.train_step(np.float32(1e30 * X), np.ones((20, 1), np.float32))
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_an_interrupted_training_leaves_a_usable_model_and_its_history():
    class Interrupt(Callback):
        ended = False

        def on_epoch_end(self, epoch, logs):
            if epoch == 2:
                raise KeyboardInterrupt

        def on_train_end(self, logs=None):
            self.ended = True

    model, interrupt = small_model(), Interrupt()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, LABELS, epochs=9, callbacks=[interrupt], verbose=0)
    assert interrupt.ended
    assert len(model.history.history["loss"]) == 3
    twin = small_model()
    twin.fit(X, LABELS, epochs=3, verbose=0)
    assert same_weights(model, twin)
    np.testing.assert_array_equal(model.predict(X), twin.predict(X))


def test_a_callback_knows_the_model_and_what_is_recorded():
    class Curious(Callback):
        def on_train_begin(self, logs=None):
            seen.append((self.model, self.recorded))

    seen, model = [], small_model()
    model.fit(X, LABELS, callbacks=(Curious(),), verbose=0)
    model.fit(X, LABELS, callbacks=[Curious()], validation_split=0.5, verbose=0)
    names = ("loss", "accuracy")
    assert seen == [(model, names), (model, (*names, "val_loss", "val_accuracy"))]


# --- building


def test_layers_build_on_input_or_on_the_first_data():
    with_input = Sequential([Input((3,)), Dense(4), Dense(2)], seed=1)
    on_data = Sequential([Dense(4), Dense(2)], seed=1)
    on_data.predict(X)
    assert same_weights(with_input, on_data)
    for shape in ((None, 3), (3,), [20, 3]):
        asked = Sequential([Dense(4), Dense(2)], seed=1)
        asked.build(shape)
        assert same_weights(with_input, asked)
    assert with_input.count_params() == 3 * 4 + 4 + 4 * 2 + 2


def test_layers_added_later_are_built_too():
    expected = Sequential([Input((3,)), Dense(4), Dense(2)], seed=1)
    model = Sequential([Input((3,))], seed=1)
    model.add(Dense(4))
    model.add(Dense(2))
    assert same_weights(model, expected)
    model = Sequential([Dense(4)], seed=1)
    model.build((None, 3))
    model.add(Dense(2))
    assert same_weights(model, expected)


def test_summary_has_a_line_per_layer(capsys):
    Sequential([Input((784,)), Dense(6, "relu"), Dense(3, "softmax")]).summary()
    assert capsys.readouterr().out.splitlines() == [
        "layer    inputs outputs  activation  W            b       parameters",
        "Dense 1     784       6  relu        (784, 6)     (6,)         4,710",
        "Dense 2       6       3  softmax     (6, 3)       (3,)            21",
        "4,731 parameters, float32",
    ]


def test_weights_out_and_in():
    model, other = small_model(0), small_model(1)
    for m in (model, other):
        m.build((None, 3))
    other.set_weights(model.get_weights())
    assert same_weights(model, other)
    model.get_weights()[0][...] = 7  # a copy
    assert same_weights(model, other)


def test_save_and_load(tmp_path):
    model, other = small_model(0), small_model(1)
    for m in (model, other):
        m.build((None, 3))
    path = tmp_path / "weights.npz"
    model.save_weights(path)
    model.save_weights(path)  # again, over the first
    other.load_weights(path)
    assert same_weights(model, other)
    assert [p.name for p in tmp_path.iterdir()] == ["weights.npz"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    model = small_model()
    model.build((None, 3))
    path = tmp_path / "weights.npz"
    model.save_weights(path)
    before = path.read_bytes()

    def full_disk(file, **arrays):
        file.write(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="no space"):
        model.save_weights(path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_place_where_no_file_can_be_is_named_and_never_the_temporary_file(tmp_path, monkeypatch):
    model = Sequential([Input((3,)), Dense(2)])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    missing = r"^there is no folder '{}': make it with os\.makedirs first$"
    for path, error, message in [
        ("models/best.npz", FileNotFoundError, missing.format("models")),
        ("a/b/best.npz", FileNotFoundError, missing.format("a/b")),
        ("file/best.npz", FileNotFoundError, missing.format("file")),
        (".", IsADirectoryError, r"^'\.' is a folder: name a file in it$"),
        ("", IsADirectoryError, r"^'\.' is a folder"),
        ("..", IsADirectoryError, r"^'\.\.' is a folder"),
        (tmp_path, IsADirectoryError, "is a folder: name a file in it$"),
    ]:
        with pytest.raises(error, match=message):
            model.save_weights(path)
    name = 300 * "x"
    with pytest.raises(OSError, match=name) as caught:
        model.save_weights(name)
    assert ".part" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    for path in ("models/best.npz", "nothing.npz", "."):
        with pytest.raises(OSError, match=re.escape(f"'{path}'")):
            model.load_weights(path)


def test_a_name_as_keras_wants_it_is_taken_and_holds_npz(tmp_path):
    model, other = (Sequential([Input((3,)), Dense(2)], seed=seed) for seed in (0, 1))
    model.save_weights(tmp_path / "a.weights.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["a.weights.h5"]
    other.load_weights(tmp_path / "a.weights.h5")
    assert same_weights(model, other)
    with np.load(tmp_path / "a.weights.h5") as file:
        assert list(file) == ["array_0", "array_1"]


def test_an_array_put_in_the_place_of_a_weight_must_have_the_models_dtype():
    model = small_model()
    model.build((None, 3))
    first, kept = model.layers[0], model.layers[0].W
    first.W = np.ones((3, 4))
    message = (
        r"^W of Dense\(4, .*\) holds float64, but the layer was built for float32: "
        r"assign with layer\.W\[\.\.\.\] = values, which keeps the dtype$"
    )
    uses = model.predict, partial(model.fit, y=LABELS, verbose=0), partial(model.evaluate, y=LABELS)
    for use in uses:
        with pytest.raises(ValueError, match=message):
            use(X)
    first.W = kept
    first.W[...] = np.ones((3, 4))
    assert model.predict(X).dtype == np.float32
    np.testing.assert_array_equal(first.W, 1)


@pytest.mark.parametrize(
    ("method", "arguments"), [("compile", ("sgd", "mse")), ("predict", (X,)), ("fit", (X, LABELS))]
)
def test_a_call_that_python_refuses_names_the_class_that_a_reader_knows(method, arguments):
    with pytest.raises(TypeError, match=rf"^Sequential\.{method}\(\) got an unexpected keyword"):
        getattr(small_model(), method)(*arguments, lr=0.1)
    with pytest.raises(TypeError, match=r"^Sequential\.__init__\(\) got an unexpected keyword"):
        Sequential(name="mine")


def test_numpys_own_seed_has_no_effect_and_the_docstring_says_so():
    def starting_weights(seed):
        np.random.seed(7)  # noqa: NPY002
        return Sequential([Input((3,)), Dense(2)], seed=seed).get_weights()[0]

    assert not np.array_equal(starting_weights(None), starting_weights(None))
    np.testing.assert_array_equal(starting_weights(7), starting_weights(7))
    assert "`np.random.seed` has no effect" in Sequential.__doc__


def test_a_file_is_written_beside_its_place_and_then_put_there(tmp_path, monkeypatch):
    """In the same folder, since a file cannot be moved in one go from one disk to another."""
    model = small_model()
    model.build((None, 3))
    path, seen = tmp_path / "weights.npz", []
    savez = np.savez

    def look_around(file, **arrays):
        seen.extend(p.name for p in tmp_path.iterdir())
        savez(file, **arrays)

    monkeypatch.setattr(np, "savez", look_around)
    model.save_weights(str(path))
    assert re.fullmatch(r"\.weights-[0-9a-f]{32}\.part", *seen)
    with np.load(path) as file:
        assert list(file) == ["array_0", "array_1", "array_2", "array_3"]


# --- errors


def raises_and_changes_nothing(model, message, call, error=ValueError):
    built = model.layers and model.layers[0].W is not None
    before = model.get_weights() if built else None
    with pytest.raises(error, match=message):
        call()
    assert bool(model.layers and model.layers[0].W is not None) == bool(built)
    if built:
        pairs = zip(before, model.get_weights(), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize(
    ("x", "y", "settings", "message"),
    [
        (X[0], LABELS[:1], {}, r"try x\[None, :\]"),
        (X[:, :, None], LABELS, {}, r"try x.reshape\(len\(x\), -1\)"),
        (X[:0], LABELS[:0], {}, "no samples"),
        (np.where(X > 2, np.nan, X) * np.nan, LABELS, {}, "NaN or infinity"),
        (X * 1e300, LABELS, {}, "infinity"),
        (X.astype(object), LABELS, {}, "must hold numbers"),
        (X.astype(str), LABELS, {}, "must hold numbers"),
        (X, LABELS[:-1], {}, "20 samples but y has 19"),
        (X, LABELS + 1, {}, "between 0 and 1"),
        (X, LABELS + 0.5, {}, "whole numbers"),
        (X, LABELS, {"batch_size": 0}, "batch_size must be a whole number, 1 or more"),
        (X, LABELS, {"batch_size": 2.5}, "batch_size"),
        (X, LABELS, {"epochs": -1}, "epochs must be a whole number, 0 or more"),
        (X, LABELS, {"verbose": 3}, "verbose must be"),
        (
            X,
            LABELS,
            {"validation_split": 1},
            "^validation_split must leave rows on both sides, got 1.0 of 20 rows$",
        ),
        (X, LABELS, {"validation_split": 1.5}, "validation_split must leave rows"),
        (X, LABELS, {"validation_split": -0.2}, "validation_split must leave rows"),
        (X, LABELS, {"validation_split": 0.999}, "validation_split must leave rows"),
        (X, LABELS, {"validation_split": 1e-20}, "validation_split must leave rows"),
        (X, LABELS, {"validation_split": "half"}, "validation_split must be a number, got 'half'"),
        (X, LABELS, {"validation_data": (X, LABELS[:3])}, "y has 3"),
        (X, LABELS, {"validation_data": (X[:, :2], LABELS)}, r"3 features.+\b2\b"),
        (X, LABELS, {"validation_data": (X,)}, r"^validation_data takes a pair, \(x_val, y_val\)$"),
        (X, LABELS, {"validation_data": X}, r"^validation_data takes a pair, \(x_val, y_val\)$"),
    ],
)
def test_fit_names_the_fix_before_anything_changes(built, x, y, settings, message):
    model = small_model()
    if built:
        model.build((None, 3))
    with np.errstate(over="ignore", invalid="ignore"):
        raises_and_changes_nothing(
            model, message, lambda: model.fit(x, y, **{"verbose": 0, **settings})
        )


def test_transposed_data_are_named():
    model = Sequential([Input((784,)), Dense(64), Dense(10, "softmax")])
    raises_and_changes_nothing(
        model,
        r"Dense\(64\) expects 784 features but got X with shape \(784, 128\): did you pass X.T\?",
        lambda: model.predict(np.ones((784, 128))),
    )


@pytest.mark.parametrize(
    ("output", "loss", "message"),
    [
        ("linear", "categorical_crossentropy", r"write Dense\(2, activation='softmax'\)"),
        ("softmax", "binary_crossentropy", r"write Dense\(2, activation='sigmoid'\)"),
        ("softmax", "mse", "use categorical_crossentropy with softmax"),
        ("sigmoid", CLASSES, r"write Dense\(2, activation='softmax'\)"),
    ],
)
def test_a_loss_that_does_not_fit_the_output_is_named_at_compile(output, loss, message):
    with pytest.raises(ValueError, match=message):
        Sequential([Dense(2, output)]).compile("sgd", loss)
    late = Sequential()
    late.compile("sgd", loss)
    late.add(Dense(2, output))
    with pytest.raises(ValueError, match=message):
        late.fit(X, LABELS)


def test_softmax_inside_is_an_error():
    with pytest.raises(ValueError, match="softmax can stand at the output only"):
        Sequential([Dense(4, "softmax"), Dense(2)]).compile("sgd", "mse")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sdg", CLASSES), "unknown optimizer 'sdg'. Did you mean 'sgd'"),
        (("sgd", "mean_square_error"), "unknown loss .* Did you mean 'mean_squared_error'"),
        (("sgd", CLASSES, ["acc"]), "unknown metric 'acc'"),
    ],
)
def test_unknown_names_leave_the_model_uncompiled(arguments, message):
    model = Sequential([Dense(2, "softmax")])
    with pytest.raises(ValueError, match=message):
        model.compile(*arguments)
    message = r"^the model is not compiled: call compile\(optimizer, loss\) first$"
    with pytest.raises(ValueError, match=message):
        model.fit(X, LABELS)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"metrics": "accuracy"}, r"^metrics takes a list: metrics=\['accuracy'\]$"),
        ({"metrics": [np.mean]}, "^metric must be a name or a suitable object, got <function mean"),
        ({"optimizer": SGD}, r"^an optimizer is a name or an object: write SGD\(\)$"),
        ({"loss": np.mean}, "^loss must be a name or a suitable object, got <function mean"),
    ],
)
def test_what_is_no_name_is_an_error_of_type(settings, message):
    with pytest.raises(TypeError, match=message):
        Sequential([Dense(1)]).compile(**{"optimizer": "sgd", "loss": "mse", **settings})


@pytest.mark.parametrize(
    ("callbacks", "message"),
    [
        (Callback(), r"^callbacks takes a list: callbacks=\[<.+Callback object at .+>\]$"),
        ([Callback], "^a callback is an object of a Callback class, got <class .+Callback'>$"),
        ([None], "^a callback is an object of a Callback class, got None$"),
    ],
)
def test_what_is_no_callback_is_named_before_anything_changes(callbacks, message):
    model = small_model()
    raises_and_changes_nothing(
        model, message, lambda: model.fit(X, LABELS, callbacks=callbacks), TypeError
    )


def test_use_before_there_is_anything_to_use():
    with pytest.raises(ValueError, match=r"^the model has no layers: add\(Dense\(units\)\) first$"):
        Sequential().predict(X)
    with pytest.raises(ValueError, match="not compiled"):
        Sequential([Dense(2)]).evaluate(X, LABELS)
    unbuilt = Sequential([Dense(2)])
    message = (
        r"^the model has no weights yet: put Input\(\(n_features,\)\) first, "
        r"or call build\(\(None, n_features\)\)$"
    )
    for use in (unbuilt.summary, unbuilt.count_params, unbuilt.get_weights):
        with pytest.raises(ValueError, match=message):
            use()


def test_the_parts_of_a_step_in_the_wrong_order():
    model = Sequential([Input((3,)), Dense(2, "softmax")])
    Y = one_hot(LABELS, 2)
    for use in (model.compute_loss, model.output_gradient, model.backward):
        with pytest.raises(ValueError, match="the model is not compiled"):
            use(Y)
    model.compile("sgd", "categorical_crossentropy")
    for use in (model.compute_loss, model.output_gradient, model.backward):
        with pytest.raises(
            ValueError, match=r"^the model has seen no batch yet: call forward\(X\)"
        ):
            use(Y)
    model.forward(X)
    for use in (model.compute_loss, model.output_gradient, model.backward):
        use(Y)


def test_layers_that_do_not_fit_together():
    with pytest.raises(TypeError, match="takes Input and Layer objects"):
        Sequential(["relu"])
    for layers in ([Dense(2), Input((3,))], [Input((3,)), Input((3,))]):
        with pytest.raises(ValueError, match=r"^Input must come first, and once$"):
            Sequential(layers)
    for layer in (Dense(2), Input((3,))):
        with pytest.raises(TypeError, match=r"^Sequential takes a list of layers: Sequential\(\["):
            Sequential(layer)
    layer = Dense(3)
    with pytest.raises(ValueError, match="in this model already"):
        Sequential([layer, layer])
    Sequential([Input((4,)), layer])
    message = (
        r"^Dense\(3, activation='linear'\) was built for 4 features in float32 "
        "and cannot take {} in {}: make a new Dense$"
    )
    with pytest.raises(ValueError, match=message.format(5, "float32")):
        Sequential([Input((5,)), layer])
    with pytest.raises(ValueError, match=message.format(4, "float64")):
        Sequential([Input((4,)), layer], dtype="float64")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dtype": "int64"}, '^dtype must be "float32" or "float64", got \'int64\'$'),
        ({"dtype": "f"}, 'dtype must be "float32" or "float64"'),
        ({"seed": -1}, "^seed must be a whole number, 0 or more, got -1$"),
        ({"seed": 0.5}, "^seed must be a whole number, 0 or more, got 0.5$"),
    ],
)
def test_settings_of_a_model_out_of_range(settings, message):
    with pytest.raises(ValueError, match=message):
        Sequential(**settings)


@pytest.mark.parametrize("dtype", ["float32", "float64", np.float32, np.float64, np.dtype("f8")])
def test_a_dtype_may_be_named_or_given(dtype):
    assert Sequential(dtype=dtype).dtype == np.dtype(dtype)


def test_a_layer_that_does_not_fit_is_not_added():
    built = Dense(3)
    Sequential([Input((4,)), built])
    model = Sequential([Input((5,)), Dense(2)])
    with pytest.raises(ValueError, match="was built for 4 features"):
        model.add(built)
    with pytest.raises(TypeError, match="takes Input and Layer objects, got 'relu'"):
        model.add("relu")
    assert [layer.units for layer in model.layers] == [2]
    assert built.W.shape == (4, 3)


@pytest.mark.parametrize("shape", [3, None, "3", (None, 0), (), (None, 2.5)])
def test_what_is_no_shape_builds_nothing(shape):
    model = Sequential([Dense(2)])
    with pytest.raises(ValueError, match=r"as \((None, )?4,?\), got "):
        model.build(shape)
    assert model.n_features is None and model.layers[0].W is None


def test_build_takes_a_shape():
    with pytest.raises(ValueError, match=r"^build takes a shape, as \(None, 4\), got 3$"):
        Sequential([Dense(2)]).build(3)


def test_a_build_that_fails_half_way_leaves_no_layer_built():
    def broken(shape, rng):
        raise RuntimeError("no weights today")

    model = Sequential([Dense(2), Dense(3, kernel_initializer=broken)])
    with pytest.raises(RuntimeError, match="no weights today"):
        model.build((None, 4))
    assert model.n_features is None
    assert all(layer.W is None and layer.b is None for layer in model.layers)


@pytest.mark.parametrize("which", ["shapes", "number"])
def test_weights_that_do_not_fit_change_nothing(which, tmp_path):
    model = small_model()
    model.build((None, 3))
    weights = model.get_weights()
    if which == "number":
        weights, given = weights[:-1], r"\(4,\), \(4, 2\)"
    else:
        weights[-1], given = np.zeros(5), r"\(4,\), \(4, 2\), \(5,\)"
    message = (
        r"^the model's weights have shapes \[\(3, 4\), \(4,\), \(4, 2\), \(2,\)\], "
        rf"but got \[\(3, 4\), {given}\]$"
    )
    raises_and_changes_nothing(model, message, lambda: model.set_weights(weights))
    other = Sequential([Input((3,)), Dense(5)])
    other.save_weights(tmp_path / "other.npz")
    raises_and_changes_nothing(
        model, "have shapes", lambda: model.load_weights(tmp_path / "other.npz")
    )


@pytest.mark.parametrize(
    ("change", "message", "error"),
    [
        (lambda weights: weights[0],
         "^set_weights takes a list of arrays, got ndarray$", TypeError),
        (lambda weights: None,
         "^set_weights takes a list of arrays, got NoneType$", TypeError),
        (lambda weights: [*weights[:-1], ["a", "b"]],
         r"^weights\[3\] must hold numbers, got text", ValueError),
        (lambda weights: [*weights[:-1], [0, np.nan]],
         r"^the weights hold NaN or infinity \(in float32\)$", ValueError),
        (lambda weights: [*weights[:-1], [0, 1e300]],
         r"^the weights hold NaN or infinity \(in float32\)$", ValueError),
    ],
)  # fmt: skip
def test_what_is_no_weight_changes_nothing(change, message, error):
    model = small_model()
    model.build((None, 3))
    weights = change(model.get_weights())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        raises_and_changes_nothing(model, message, lambda: model.set_weights(weights), error)


def test_weights_come_as_lists_too():
    model = small_model()
    model.build((None, 3))
    weights = [array + 1 for array in model.get_weights()]
    model.set_weights(tuple(array.tolist() for array in weights))
    for given, now in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(now, given)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 damaged"])
def test_a_damaged_file_changes_nothing(content, tmp_path):
    model = small_model()
    model.build((None, 3))
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    raises_and_changes_nothing(
        model, "does not hold weights that save_weights wrote", lambda: model.load_weights(path)
    )


def test_a_file_with_a_pickle_in_it_is_never_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    model = small_model()
    model.build((None, 3))
    path = tmp_path / "weights.npz"
    np.savez(path, array_0=np.array([Trap()], dtype=object))
    raises_and_changes_nothing(model, "does not hold weights", lambda: model.load_weights(path))
    assert not (tmp_path / "sprung").exists()


def test_a_missing_file_is_a_missing_file(tmp_path):
    model = small_model()
    model.build((None, 3))
    with pytest.raises(FileNotFoundError):
        model.load_weights(tmp_path / "nothing.npz")
    with pytest.raises(IsADirectoryError):
        model.load_weights(tmp_path)


@pytest.mark.parametrize(
    "arrays",
    [
        {"other": np.zeros((3, 4))},
        {f"array_{i}": np.zeros(shape, int) for i, shape in enumerate([(3, 4), 4, (4, 2), 2])},
        {f"array_{i}": np.zeros(shape, "f2") for i, shape in enumerate([(3, 4), 4, (4, 2), 2])},
    ],
    ids=["another name", "whole numbers", "half precision"],
)
def test_a_file_of_something_else_changes_nothing(arrays, tmp_path):
    model = small_model()
    model.build((None, 3))
    path = tmp_path / "weights.npz"
    np.savez(path, **arrays)
    message = f"^{re.escape(str(path))} does not hold weights that save_weights wrote$"
    raises_and_changes_nothing(model, message, lambda: model.load_weights(path))


def test_weights_of_the_other_dtype_are_loaded():
    wide, narrow = small_model(dtype="float64"), small_model(1)
    for m in (wide, narrow):
        m.build((None, 3))
    narrow.set_weights(wide.get_weights())
    for a, b in zip(wide.get_weights(), narrow.get_weights(), strict=True):
        np.testing.assert_array_equal(a.astype("float32"), b)


def test_lists_and_tables_are_taken():
    pandas = pytest.importorskip("pandas")
    model = small_model()
    from_array = model.predict(X)
    np.testing.assert_array_equal(model.predict(X.tolist()), from_array)
    np.testing.assert_array_equal(model.predict(pandas.DataFrame(X)), from_array)
    model.fit(pandas.DataFrame(X), pandas.Series(LABELS), verbose=0)


def test_an_activation_of_ones_own_trains():
    cube = ActivationFunction("cube", np.positive, np.ones_like)
    model = Sequential([Dense(3, cube), Dense(1)], seed=0)
    model.compile("sgd", "mse")
    losses = model.fit(X, X[:, 0], epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


# --- doors: shut in the first epoch, open in the others


def test_a_derivative_of_another_shape_is_found_before_a_weight_changes():
    total = ActivationFunction("total", np.tanh, lambda Z: np.ones((1, Z.shape[1] + 1)))
    for wrong in (total, ActivationFunction("sum", lambda Z: Z.sum(axis=0), np.ones_like)):
        model = Sequential([Input((3,)), Dense(4, wrong), Dense(2, "softmax")], seed=0)
        model.compile("sgd", CLASSES)
        before = model.get_weights()
        with pytest.raises(ValueError, match=r"broadcast|expects"):
            model.fit(X, LABELS, verbose=0)
        assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
        assert model.optimizer.iterations == 0


def test_doors_are_shut_before_between_and_after_epochs():
    def softmax_refuses():
        with pytest.raises(ValueError, match="softmax expects"):
            softmax(np.ones((0, 3)))

    class Look(Callback):
        def on_epoch_end(self, epoch, logs):
            softmax_refuses()

    model = small_model()
    model.fit(X, LABELS, epochs=2, callbacks=[Look()], verbose=0)
    softmax_refuses()
    model.compile(SGD(1e30), "sparse_categorical_crossentropy")
    with pytest.raises(FloatingPointError):
        model.fit(X * 1e10, LABELS, epochs=5, verbose=0)
    softmax_refuses()


def test_epochs_at_once_are_epochs_one_after_the_other():
    whole, parts = small_model(), small_model()
    whole.fit(X, LABELS, batch_size=6, epochs=2, verbose=0)
    for _ in range(2):
        parts.fit(X, LABELS, batch_size=6, verbose=0)
    assert same_weights(whole, parts)


def test_memory_does_not_grow_with_epochs():
    model = small_model(optimizer="adam")
    model.fit(X, LABELS, verbose=0)
    sizes = []
    tracemalloc.start()
    try:
        for _ in range(2):
            model.fit(X, LABELS, batch_size=5, epochs=100, verbose=0)
            sizes.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert sizes[1] - sizes[0] < 10_000  # the history of 100 epochs more


def test_a_step_takes_the_memory_of_a_few_batches():
    rows, batch_size, width = 20_000, 100, 200
    x = np.random.default_rng(0).random((rows, width), dtype="float32")
    y = np.arange(rows) % 10
    model = Sequential([Input((width,)), Dense(50, "relu"), Dense(10, "softmax")], seed=0)
    model.compile(SGD(0.1), CLASSES)
    model.fit(x[:200], y[:200], verbose=0)
    Y = one_hot(y, 10).astype("float32")
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        model._run_epoch(x, Y, batch_size, shuffle=True)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    order, batch, weights = 8 * rows, 4 * batch_size * width, 4 * model.count_params()
    assert peak < order + 5 * batch + 3 * weights < x.nbytes / 10

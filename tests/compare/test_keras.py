"""The same training script on Keras and on nnlib: equal losses, weights and outputs."""

import inspect
import json

import keras_runs
import numpy as np
import pytest

import nnlib

keras = pytest.importorskip(
    "keras", reason="needs Keras: pip install -e '.[compare]'", exc_type=ImportError
)

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras's own


@pytest.fixture(params=keras_runs.DTYPES)
def dtype(request):
    before = keras.config.floatx()
    keras.config.set_floatx(request.param)
    yield request.param
    keras.config.set_floatx(before)


@pytest.mark.parametrize("case", keras_runs.CASES, ids=str)
def test_equal_starts_and_batches_give_equal_trainings(case, dtype):
    theirs = keras_runs.train(keras, case)
    ours = keras_runs.train(keras_runs.nnlib_in(dtype), case)
    if case.loss != "mean_squared_error":  # Keras clips probabilities, which must not matter here
        assert 1e-6 < theirs["outputs"].min() and theirs["outputs"].max() < 1 - 1e-6
    assert set(ours) == set(theirs)
    for name in set(ours) - {"outputs", "weights"}:  # loss, accuracy, val_…, scores
        np.testing.assert_allclose(ours[name], theirs[name], rtol=keras_runs.BOUND, err_msg=name)
    of_outputs = {"rtol": keras_runs.BOUND, "atol": keras_runs.BOUND}
    np.testing.assert_allclose(ours["outputs"], theirs["outputs"], **of_outputs)
    gap = np.linalg.norm(ours["weights"] - theirs["weights"])
    assert gap < keras_runs.BOUND * np.linalg.norm(theirs["weights"])


@pytest.mark.parametrize("dtype", ["float64"], indirect=True)
def test_the_kept_trajectories_are_those_of_this_keras(dtype):
    kept = json.loads(keras_runs.FILE.read_text(encoding="utf-8"))
    for case in keras_runs.CASES[::5]:
        run = keras_runs.train(keras, case)
        np.testing.assert_allclose(kept[str(case)]["loss"], run["loss"], rtol=1e-4)
        np.testing.assert_allclose(kept[str(case)]["weights"], run["weights"], atol=1e-4)


SCRIPT = """
from keras import Input, Sequential
from keras.callbacks import EarlyStopping
from keras.layers import Dense
from keras.optimizers import Adam
import keras
import numpy as np

x = np.linspace(-1, 1, 60).reshape(20, 3)
y = (x.sum(axis=1) > 0).astype(int)
model = Sequential()
model.add(Input(shape=(3,)))
model.add(Dense(4, activation="leaky_relu", kernel_initializer="he_normal"))
model.add(keras.layers.Dense(units=1, activation="sigmoid", bias_initializer="zeros"))
model.compile(loss="binary_crossentropy", optimizer=Adam(learning_rate=0.1), metrics=["accuracy"])
model.summary()
stop = EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
history = model.fit(
    x, y, batch_size=8, epochs=30, validation_split=0.2, callbacks=[stop], verbose=0
)
loss, accuracy = model.evaluate(x, y, verbose=0)
probabilities = model.predict(x, batch_size=10, verbose=0)
copy = keras.models.Sequential([Input((3,)), Dense(4, "leaky_relu"), Dense(1, "sigmoid")])
copy.set_weights(model.get_weights())
same = np.allclose(copy.predict(x, verbose=0), probabilities)
"""


def test_a_script_runs_with_its_import_lines_changed(capsys):
    theirs, ours = {}, {}
    exec(SCRIPT, theirs)
    exec(
        SCRIPT.replace("from keras", "from nnlib").replace("import keras", "import nnlib as keras"),
        ours,
    )
    capsys.readouterr()  # both print a summary
    for run in (theirs, ours):
        assert run["same"] and run["accuracy"] > 0.8 and run["loss"] < 0.6
        assert run["probabilities"].shape == (20, 1)
    assert set(ours["history"].history) == set(theirs["history"].history)
    assert ours["model"].count_params() == theirs["model"].count_params()


def test_early_stopping_ends_after_the_same_epoch():
    values = [3.0, 2.0, 2.1, 1.9, 1.9, 1.95, 1.8, 1.85, 1.9, 2.0, 1.0]

    def epochs(namespace, **settings):
        class Script(namespace.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                logs["loss"] = values[epoch]

        model = namespace.Sequential([namespace.Input((1,)), namespace.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mean_squared_error")
        stop = namespace.callbacks.EarlyStopping(monitor="loss", **settings)
        record = model.fit(
            np.ones((2, 1)), np.ones(2), epochs=len(values), callbacks=[Script(), stop], verbose=0
        )
        return len(record.epoch)

    for patience in range(5):
        for min_delta in (0, 0.15):
            settings = {"patience": patience, "min_delta": min_delta}
            assert epochs(nnlib, **settings) == epochs(keras, **settings), settings


def arguments(function):
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}


@pytest.mark.parametrize(
    "path",
    [
        "optimizers.SGD",
        "optimizers.RMSprop",
        "optimizers.Adam",
        "optimizers.schedules.PolynomialDecay",
        "callbacks.EarlyStopping",
        "layers.Dense",
        "Sequential.fit",
        "Sequential.evaluate",
        "Sequential.predict",
        "Sequential.compile",
    ],
)
def test_arguments_bear_keras_names_and_defaults(path):
    ours, theirs = nnlib, keras
    for name in path.split("."):
        ours, theirs = getattr(ours, name), getattr(theirs, name)
    for name, default in arguments(ours).items():
        expected = arguments(theirs)[name]
        if default is inspect.Parameter.empty:  # Keras has a default that we do without
            continue
        assert default == expected or (default, expected) == ("linear", None), name


def test_callbacks_are_called_in_the_same_order():
    """By fit with validation rows, by evaluate and by predict, all of one batch of validation."""
    hooks = ["train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch"]

    def notes(namespace):
        def noting(name):
            def plain(self, logs=None):
                events.append((name, *sorted(logs or ())))

            def numbered(self, number, logs=None):
                events.append((name, number, *sorted(logs or ())))

            return numbered if "epoch" in name or "batch" in name else plain

        names = [f"on_{hook}_{when}" for hook in hooks for when in ("begin", "end")]
        diary = type("Diary", (namespace.callbacks.Callback,), {n: noting(n) for n in names})()
        model = namespace.Sequential([namespace.Input((1,)), namespace.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mean_squared_error")
        events, x, y = [], np.ones((6, 1)), np.ones((6, 1))
        settings = {"batch_size": 2, "epochs": 2, "verbose": 0, "validation_data": (x[:2], y[:2])}
        model.fit(x, y, callbacks=[diary], **settings)
        events.append(diary.params)
        model.evaluate(x, y, verbose=0, callbacks=[diary])
        model.predict(x, verbose=0, callbacks=[diary])
        return events

    assert notes(nnlib) == notes(keras)

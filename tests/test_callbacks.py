"""Callbacks: every hook in its turn; early stopping on records that are known in advance."""

import numpy as np
import pytest

from nnlib import Dense, EarlyStopping, Input, Sequential
from nnlib.callbacks import Callback
from nnlib.training import NO_HOOKS, hooks_for

X = np.ones((4, 1))


class Script(Callback):
    """Puts given values into the record and the number of the epoch into the weights."""

    def __init__(self, name, values):
        self.name, self.values = name, values

    def on_epoch_end(self, epoch, logs):
        logs[self.name] = self.values[epoch]
        self.model.set_weights([[[float(epoch)]], [0.0]])


def train(values, name="val_loss", epochs=None, **settings):
    model = Sequential([Input((1,)), Dense(1)], seed=0)
    model.compile("sgd", "mse", metrics=["accuracy"])
    stopping = EarlyStopping(monitor=name, **settings)
    callbacks = [Script(name, values), stopping]
    epochs = epochs or len(values)
    model.fit(X, X, epochs=epochs, callbacks=callbacks, validation_data=(X, X), verbose=0)
    return model, stopping


@pytest.mark.parametrize(
    ("patience", "last"), [(0, 3), (1, 3), (2, 4), (3, 8)]
)  # fmt: skip
def test_patience(patience, last):
    values = [5, 4, 3, 3.5, 3.2, 2, 2.5, 2.1, 2.2, 1]
    model, stopping = train(values, patience=patience)
    assert stopping.stopped_epoch == last
    assert model.get_weights()[0][0, 0] == last
    assert stopping.best == min(values[: last + 1])


def test_the_weights_of_the_best_epoch_come_back():
    model, stopping = train([5, 2, 3, 4], patience=2, restore_best_weights=True)
    assert (stopping.best_epoch, stopping.stopped_epoch) == (1, 3)
    assert model.get_weights()[0][0, 0] == 1


def test_a_training_that_runs_to_its_end():
    model, stopping = train([3, 2, 1], restore_best_weights=True)
    assert stopping.stopped_epoch is None
    assert model.get_weights()[0][0, 0] == 2


@pytest.mark.parametrize("min_delta", [0.2, -0.2])
def test_small_changes_do_not_count(min_delta):
    assert train([3, 2.95, 2.9, 2.85], min_delta=min_delta)[1].stopped_epoch == 1
    assert train([3, 2.85, 2.5, 2], min_delta=min_delta)[1].stopped_epoch == 1
    assert train([3, 2.75, 2.5, 2], min_delta=min_delta)[1].stopped_epoch is None


def test_small_changes_count_unless_told_otherwise_but_no_change_does_not():
    assert train([3, 2.99, 2.98])[1].stopped_epoch is None
    assert train([3, 3, 2])[1].stopped_epoch == 1


def test_accuracy_is_better_when_higher():
    _, stopping = train([0.5, 0.7, 0.6, 0.9], name="val_accuracy")
    assert (stopping.stopped_epoch, stopping.best) == (2, 0.7)
    _, stopping = train([0.5, 0.57, 0.9], name="val_accuracy", min_delta=0.1)
    assert (stopping.stopped_epoch, stopping.best) == (1, 0.5)


def test_nan_is_no_improvement():
    assert train([3, float("nan"), 1])[1].stopped_epoch == 1
    assert train([float("nan"), float("nan"), 1])[1].stopped_epoch == 1


def test_a_second_training_starts_afresh():
    model, stopping = train([3, 2, 4])
    callbacks = [Script("val_loss", [9, 8]), stopping]
    model.fit(X, X, epochs=2, callbacks=callbacks, validation_data=(X, X), verbose=0)
    assert (stopping.best, stopping.stopped_epoch) == (8, None)


def test_what_is_not_recorded_cannot_be_watched():
    model = Sequential([Dense(1)])
    model.compile("sgd", "mse", ["accuracy"])
    message = (
        "^EarlyStopping watches 'val_loss', but only loss, accuracy are recorded: "
        "give fit validation_data or a validation_split, or compile with metrics$"
    )
    with pytest.raises(ValueError, match=message):
        model.fit(X, X, callbacks=[EarlyStopping()], verbose=0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"monitor": None}, "^monitor must be a name, as 'val_loss', got None$"),
        ({"min_delta": "0.1"}, "^min_delta must be a number, got '0.1'$"),
        ({"patience": -1}, "^patience must be a whole number, 0 or more, got -1$"),
        ({"patience": 2.5}, "^patience must be a whole number, 0 or more, got 2.5$"),
    ],
)
def test_settings_out_of_range_are_errors(settings, message):
    with pytest.raises(ValueError, match=message):
        EarlyStopping(**settings)


# --- the hooks: names, order and logs as in Keras


HOOKS = [
    f"on_{what}_{when}"
    for what in ("train", "epoch", "train_batch", "test", "test_batch", "predict", "predict_batch")
    for when in ("begin", "end")
]


def noting(name):
    """A hook that notes its name, its number if it has one, and the names in its logs."""

    def plain(self, logs=None):
        self.notes.append((name, *(logs or ())))

    def numbered(self, number, logs=None):
        self.notes.append((name, number, *(logs or ())))

    return numbered if "epoch" in name or "batch" in name else plain


def diary(hooks=HOOKS, **members):
    return type("Diary", (Callback,), {name: noting(name) for name in hooks} | members)()


def model_of_one(metrics=("accuracy",)):
    model = Sequential([Input((1,)), Dense(1)], seed=0)
    model.compile("sgd", "mse", metrics=list(metrics))
    return model


def test_every_hook_has_its_turn_in_a_training():
    book = diary(notes=[])
    settings = {"batch_size": 2, "validation_data": (X, X), "verbose": 0}
    model_of_one().fit(X, X, epochs=2, callbacks=[book], **settings)
    scores = ("loss", "accuracy")
    epochs = [
        [
            ("on_epoch_begin", epoch),
            ("on_train_batch_begin", 0),
            ("on_train_batch_end", 0, *scores),
            ("on_train_batch_begin", 1),
            ("on_train_batch_end", 1, *scores),
            ("on_test_begin",),
            ("on_test_batch_begin", 0),
            ("on_test_batch_end", 0, *scores),
            ("on_test_end", *scores),
            ("on_epoch_end", epoch, *scores, "val_loss", "val_accuracy"),
        ]
        for epoch in range(2)
    ]
    end = ("on_train_end", *scores, "val_loss", "val_accuracy")
    assert book.notes == [("on_train_begin",), *epochs[0], *epochs[1], end]


def test_evaluate_and_predict_have_theirs():
    book, model = diary(notes=[]), model_of_one()
    kept = model.evaluate(X, X, callbacks=[book])
    assert kept == model.evaluate(X, X)
    assert book.notes == [
        ("on_test_begin",),
        ("on_test_batch_begin", 0),
        ("on_test_batch_end", 0, "loss", "accuracy"),
        ("on_test_end", "loss", "accuracy"),
    ]
    book.notes.clear()
    outputs = model.predict(X, callbacks=[book])
    np.testing.assert_array_equal(outputs, model.predict(X))
    assert book.notes == [
        ("on_predict_begin",),
        ("on_predict_batch_begin", 0),
        ("on_predict_batch_end", 0, "outputs"),
        ("on_predict_end",),
    ]


def test_a_callback_is_told_first_of_model_and_length():
    class Told(Callback):
        def set_model(self, model):
            super().set_model(model)
            order.append("model")

        def set_params(self, params):
            super().set_params(params)
            order.append("params")

        def on_train_begin(self, logs=None):
            order.append("train")

    order, told, model = [], Told(), model_of_one()
    model.fit(X, X, batch_size=3, epochs=7, verbose=0, callbacks=[told])
    assert order == ["model", "params", "train"]
    assert told.model is model
    assert told.params == {"verbose": 0, "epochs": 7, "steps": 2}
    model.evaluate(X, X, verbose=0, callbacks=[told])
    assert told.params == {"verbose": 0, "epochs": 1, "steps": 1}


def test_a_step_is_told_the_means_so_far():
    seen = []

    class Means(Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs["loss"])

    model = Sequential([Input((1,)), Dense(1, kernel_initializer="zeros")])
    model.compile(type("Still", (), {"apply": lambda self, gradients, parameters: None})(), "mse")
    y = np.array([1.0, 1.0, 2.0])
    history = model.fit(y[:, None], y, 2, callbacks=[Means()], shuffle=False, verbose=0).history
    assert seen == [1.0, pytest.approx(2.0)]  # (1 + 1) / 2, then (1 + 1 + 4) / 3
    assert history["loss"] == [seen[-1]]


def test_the_older_names_of_the_hooks_of_a_step_are_called_too():
    book = diary(["on_batch_begin", "on_batch_end"], notes=[])
    model_of_one(()).fit(X, X, callbacks=[book], verbose=0)
    assert book.notes == [("on_batch_begin", 0), ("on_batch_end", 0, "loss")]


def test_a_step_may_be_the_last():
    class Enough(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    book = diary(["on_train_batch_begin", "on_epoch_end"], notes=[])
    model = model_of_one(())
    model.fit(X, X, batch_size=1, epochs=5, callbacks=[Enough(), book], verbose=0)
    assert book.notes == [
        ("on_train_batch_begin", 0), ("on_train_batch_begin", 1), ("on_epoch_end", 0, "loss")
    ]  # fmt: skip
    assert model.optimizer.iterations == 2


def test_a_hook_that_nobody_wrote_is_not_called():
    model, silent = model_of_one(), Callback()
    hooks = hooks_for(model, [silent, diary(["on_epoch_end"], notes=[])])
    assert hooks.keys() == NO_HOOKS.keys() >= set(HOOKS)
    assert {name: len(listeners) for name, listeners in hooks.items() if listeners} == {
        "on_epoch_end": 1
    }
    assert hooks_for(model, []) is NO_HOOKS


@pytest.mark.parametrize(
    ("hook", "near"), [("on_epoch_ends", "on_epoch_end"), ("on_training_begin", "on_train_begin")]
)
def test_a_misspelt_hook_is_refused_with_the_near_name(hook, near):
    book, model = diary([hook], notes=[]), model_of_one()
    message = rf"^Diary has {hook}, which is never called: did you mean {near}\?$"
    for use in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=message):
            use(X, X, callbacks=[book])
    with pytest.raises(ValueError, match=message):
        model.predict(X, callbacks=[book])
    assert book.notes == []


def test_a_hook_takes_what_keras_gives_it():
    class Old(Callback):
        def on_train_end(self):
            raise AssertionError

    message = r"^Old needs def on_train_end\(self, logs=None\), as Keras has it$"
    with pytest.raises(TypeError, match=message):
        model_of_one().fit(X, X, callbacks=[Old()], verbose=0)


def test_a_callback_that_fails_at_the_end_keeps_no_other_from_its_end():
    class Fails(Callback):
        def on_train_end(self, logs=None):
            raise RuntimeError("disk full")

    before, after = diary(["on_train_end"], notes=[]), diary(["on_train_end"], notes=[])
    with pytest.raises(RuntimeError, match="disk full"):
        model_of_one(()).fit(X, X, callbacks=[before, Fails(), after], verbose=0)
    assert before.notes == after.notes == [("on_train_end", "loss")]


def test_who_has_begun_is_told_of_the_end_and_nobody_else():
    class Refuses(Callback):
        def on_train_begin(self, logs=None):
            raise RuntimeError("not today")

    begun, never = diary(notes=[]), diary(notes=[])
    with pytest.raises(RuntimeError, match="not today"):
        model_of_one().fit(X, X, callbacks=[begun, Refuses(), never], verbose=0)
    assert begun.notes == [("on_train_begin",), ("on_train_end",)]
    assert never.notes == []


def test_the_ends_come_in_the_order_of_the_beginnings():
    order = []

    def numbered(number):
        def hook(self, logs=None):
            order.append(number)

        return type("Numbered", (Callback,), {"on_train_begin": hook, "on_train_end": hook})()

    model_of_one().fit(X, X, callbacks=[numbered(1), numbered(2)], verbose=0)
    assert order == [1, 2, 1, 2]

"""Early stopping on trainings whose records are known in advance."""

import numpy as np
import pytest

from nnlib import Dense, EarlyStopping, Input, Sequential
from nnlib.callbacks import Callback

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

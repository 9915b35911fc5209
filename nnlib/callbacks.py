"""Callbacks: what happens beside a training, without a word of it in the training loop."""

import math

from nnlib._guards import check, real_number, whole_number

__all__ = ["Callback", "EarlyStopping", "History"]


class Callback:
    """Something that a model calls at set moments; override the methods you need.

    Names, arguments and order are Keras's. `logs` is a dict of numbers, or None at a beginning.

    Attributes
    ----------
    model : Sequential
        A callback may read its weights, or end the training with `self.model.stop_training = True`.
    params : dict
        "verbose", "epochs" and "steps" (batches in an epoch).
    recorded : tuple of str
        Set by `fit`: the names in the record of each epoch.
    """

    model = None
    params = None
    recorded = ()

    def set_model(self, model):
        """Told before anything else: the model."""
        self.model = model

    def set_params(self, params):
        """Told before anything else: how long the run will be."""
        self.params = params

    def on_train_begin(self, logs=None):
        """Called once, before the first epoch."""

    def on_train_end(self, logs=None):
        """Called once, after the last epoch, with the record of that epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        """Called before each epoch, counted from 0."""

    def on_epoch_end(self, epoch, logs=None):
        """Called after each epoch, counted from 0, with its record {"loss": …, …}."""

    def on_train_batch_begin(self, batch, logs=None):
        """Called before each step of an epoch, counted from 0."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch, logs=None):
        """Called after each step of an epoch, with the means over the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_batch_begin(self, batch, logs=None):
        """The older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch, logs=None):
        """The older name of `on_train_batch_end`."""

    def on_test_begin(self, logs=None):
        """Called before `evaluate`, and before `fit` looks at its validation rows."""

    def on_test_end(self, logs=None):
        """Called after it, with loss and metrics."""

    def on_test_batch_begin(self, batch, logs=None):
        """Called before a batch is evaluated. All rows are one batch here, number 0."""

    def on_test_batch_end(self, batch, logs=None):
        """Called after a batch is evaluated, with loss and metrics so far."""

    def on_predict_begin(self, logs=None):
        """Called before `predict`."""

    def on_predict_end(self, logs=None):
        """Called after `predict`."""

    def on_predict_batch_begin(self, batch, logs=None):
        """Called before a batch is predicted. All rows are one batch here, number 0."""

    def on_predict_batch_end(self, batch, logs=None):
        """Called after a batch is predicted, with {"outputs": its predictions}."""


class History(Callback):
    """The record of a training: a list of one number per epoch for each thing recorded.

    loss = Σ_batches n_batch loss_batch / n, each batch measured before its own update

    Attributes
    ----------
    history : dict of str to list of float
        "loss", each metric by its name, and the same with `val_` in front where there are
        validation data.
    epoch : list of int
        The epochs, counted from 0.
    """

    def __init__(self):
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)


class EarlyStopping(Callback):
    """End the training when what is watched has stopped improving.

    Stops after `patience` epochs in a row without a value below (best - min_delta), or above
    (best + min_delta) for an accuracy.

    Parameters
    ----------
    monitor : str
        A record of the history, "val_loss" for instance. Higher is better if its name ends in
        "accuracy", else lower.
    min_delta : float
        A smaller change does not count as an improvement.
    patience : int
        Epochs without improvement that are borne; with 0 or 1 the first such epoch ends it.
    restore_best_weights : bool
        At the end go back to the weights of the best epoch; else the last ones stay.

    Attributes
    ----------
    best : float
    best_epoch : int
        Counted from 0.
    stopped_epoch : int or None
        Epoch after which the training was ended; None if it ran to its end.

    Notes
    -----
    Prechelt, Early Stopping - But When? (1998). Names and defaults as in Keras.
    """

    def __init__(self, monitor="val_loss", min_delta=0, patience=0, restore_best_weights=False):
        check(isinstance(monitor, str), f"monitor must be a name, as 'val_loss', got {monitor!r}")
        self.monitor = monitor
        self.min_delta = abs(real_number("min_delta", min_delta))
        self.patience = whole_number("patience", patience, 0)
        self.restore_best_weights = restore_best_weights

    def on_train_begin(self, logs=None):
        if self.monitor not in self.recorded:
            raise ValueError(
                f"EarlyStopping watches {self.monitor!r}, but only {', '.join(self.recorded)} are "
                "recorded: give fit validation_data or a validation_split, or compile with metrics"
            )
        self._sign = -1 if self.monitor.endswith("accuracy") else 1  # lower is better, once signed
        self.best, self.best_epoch, self.stopped_epoch = self._sign * math.inf, 0, None
        self._weights = None

    def on_epoch_end(self, epoch, logs=None):
        value = logs[self.monitor]
        if self._sign * value < self._sign * self.best - self.min_delta:
            self.best, self.best_epoch = value, epoch
            if self.restore_best_weights:
                self._weights = self.model.get_weights()
        elif epoch - self.best_epoch >= max(1, self.patience):
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self._weights is not None:
            self.model.set_weights(self._weights)

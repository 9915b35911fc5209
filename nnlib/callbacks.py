"""Callbacks: what happens between epochs, without a word of it in the training loop."""

__all__ = ["Callback", "History"]


class Callback:
    """Something that `Sequential.fit` calls at set moments; override the methods you need.

    Attributes
    ----------
    model : Sequential
        Set by `fit`. A callback may read its weights, or end the training with
        `self.model.stop_training = True`.
    """

    model = None

    def on_train_begin(self):
        """Called once, before the first epoch."""

    def on_epoch_end(self, epoch, logs):
        """Called after each epoch, counted from 0, with its record {"loss": …, …}."""

    def on_train_end(self):
        """Called once, after the last epoch."""


class History(Callback):
    """The record of a training: a list of one number per epoch for each thing recorded.

    loss = Σ_batches n_batch loss_batch / n, each batch measured before its own update

    Attributes
    ----------
    history : dict of str to list of float
        "loss", each metric by its name, and the same with "val_" in front where there are
        validation data.
    epoch : list of int
        The epochs, counted from 0.
    """

    def __init__(self):
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch, logs):
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

"""The loop over epochs: train, validate, tell the callbacks; if a training diverges, undo."""

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from nnlib._guards import check, whole_number
from nnlib._progress import progress
from nnlib.optimizers.rules import memory_of
from nnlib.training.hooks import hooks_for

__all__ = ["Plan", "measure", "outputs", "train"]


@dataclass
class Plan:
    """How long a training is and in which order it goes, checked; see `Sequential.fit`."""

    batch_size: int | None
    epochs: int
    verbose: str | int
    shuffle: bool

    def __post_init__(self):
        batch_size = 32 if self.batch_size is None else self.batch_size
        self.batch_size = whole_number("batch_size", batch_size, 1)
        self.epochs = whole_number("epochs", self.epochs, 0)
        verbose = f'verbose must be "auto", 0, 1 or 2, got {self.verbose!r}'
        check(self.verbose in ("auto", 0, 1, 2), verbose)
        check(self.shuffle in (True, False), f"shuffle must be True or False, got {self.shuffle!r}")


def train(model, X, Y, validation, plan, callbacks):
    """Run the epochs of a plan, with the callbacks of the run, the first of them its History.

    However it ends, the callbacks that have begun are told of the end, each of them.
    """
    steps = -(-len(X) // plan.batch_size)
    hooks = hooks_for(model, callbacks, verbose=plan.verbose, epochs=plan.epochs, steps=steps)
    names = ("loss", *model.metrics)
    names += tuple(f"val_{name}" for name in names if validation)
    begun, logs = [], {}
    model.stop_training = False
    try:
        for callback in callbacks:
            callback.recorded = names
            callback.on_train_begin(None)
            begun.append(callback)
        model.history = callbacks[0]
        counter = range(plan.epochs)
        for epoch in progress(counter, "epochs") if plan.verbose in ("auto", 1) else counter:
            _call(hooks["on_epoch_begin"], epoch, None)
            logs = _run_epoch_or_undo(model, epoch, X, Y, validation, plan, hooks)
            if plan.verbose == 2:
                values = " - ".join(f"{name}: {value:.4f}" for name, value in logs.items())
                print(f"Epoch {epoch + 1}/{plan.epochs} - {values}")
            _call(hooks["on_epoch_end"], epoch, logs)
            if model.stop_training:
                break
    finally:
        with ExitStack() as ends:  # runs every one, whatever another raises, the last first
            for callback in reversed(begun):
                ends.callback(callback.on_train_end, logs)


def _call(hooks, *arguments):
    for hook in hooks:
        hook(*arguments)


def _run_epoch_or_undo(model, epoch, X, Y, validation, plan, hooks):
    """One epoch and its validation; if it fails, weights and optimizer are as before it."""
    weights, memory = model.get_weights(), memory_of(model.optimizer)
    try:
        with np.errstate(all="ignore"):  # what is no number is found below
            logs = model._run_epoch(X, Y, plan.batch_size, plan.shuffle, hooks)
            _check_weights(model)
            if validation:
                scores = measure(model, *validation, hooks)
                model._check_finite(scores["loss"])
                logs |= {f"val_{name}": value for name, value in scores.items()}
    except FloatingPointError as error:
        model.set_weights(weights)
        if memory:
            vars(model.optimizer).update(memory)
        raise FloatingPointError(
            f"training diverged in epoch {epoch + 1}: {error}. Likely causes: too large a "
            f"learning rate (of {model.optimizer!r}, try a tenth); features or targets that are "
            f"not scaled (the largest: {np.abs(X).max():.3g} and {np.abs(Y).max():.3g}); too "
            f"large starting weights. The weights are those after {epoch} finished epochs."
        ) from None
    return logs


def _check_weights(model):
    flat = [array.ravel() for array in model.parameters]
    if flat and not np.isfinite(np.concatenate(flat)).all():
        raise FloatingPointError("a weight is NaN or infinite after the last step")


def measure(model, X, Y, hooks):
    """Loss and metrics of some rows, all of them one batch, with no weight changed."""
    _call(hooks["on_test_begin"], None)
    _call(hooks["on_test_batch_begin"], 0, None)
    logs = model._record(Y, model.forward(X))
    _call(hooks["on_test_batch_end"], 0, dict(logs))
    _call(hooks["on_test_end"], dict(logs))
    return logs


def outputs(model, X, hooks):
    """What the layers make of some rows, all of them one batch, remembering nothing."""
    _call(hooks["on_predict_begin"], None)
    _call(hooks["on_predict_batch_begin"], 0, None)
    A = X
    for layer in model.layers:
        A = layer(A)
    _call(hooks["on_predict_batch_end"], 0, {"outputs": A})
    _call(hooks["on_predict_end"], None)
    return A

"""What `fit` does, room by room: the data it takes, the callbacks it calls, the loop it runs."""

from nnlib.training.data import as_batch, samples, samples_and_targets, training_rows
from nnlib.training.hooks import NO_HOOKS, as_callbacks, hooks_for
from nnlib.training.loop import Plan, measure, outputs, train

__all__ = [
    "NO_HOOKS",
    "Plan",
    "as_batch",
    "as_callbacks",
    "hooks_for",
    "measure",
    "outputs",
    "samples",
    "samples_and_targets",
    "train",
    "training_rows",
]

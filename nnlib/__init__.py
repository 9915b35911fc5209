"""Neural networks from scratch in NumPy: the package behind a series of notebooks.

A room an idea, in the order of the notebooks: activations, initializers, layers, losses,
gradient_check, optimizers (with schedules), metrics, callbacks, models. What a model does besides
stands in rooms of its own: training (data, hooks, the loop), saving, summary. Imported by name,
because they need more than NumPy or are not for building networks: datasets, plotting, explain,
checks, diagnostics, bugs, wrappers, installation.
"""

from nnlib import (
    activations,
    callbacks,
    gradient_check,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
)
from nnlib.activations import ActivationFunction
from nnlib.callbacks import EarlyStopping
from nnlib.layers import Dense, Input, Layer
from nnlib.models import Sequential
from nnlib.optimizers import SGD, Adam, RMSprop

__all__ = [
    "SGD",
    "ActivationFunction",
    "Adam",
    "Dense",
    "EarlyStopping",
    "Input",
    "Layer",
    "RMSprop",
    "Sequential",
    "activations",
    "callbacks",
    "gradient_check",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
]


def __getattr__(name):
    """`nnlib.explain_function` and its kin, without loading IPython whenever nnlib is imported."""
    if name in ("explain_function", "shape_table", "show_source"):
        from nnlib import explain

        return getattr(explain, name)
    raise AttributeError(f"module 'nnlib' has no attribute {name!r}")

"""Optimizers: how a gradient changes the weights. All of them change the arrays in place."""

from nnlib.optimizers import schedules
from nnlib.optimizers.rules import SGD, Adam, Optimizer, RMSprop, get
from nnlib.optimizers.updates import adam_update, momentum_update, rmsprop_update, sgd_update

__all__ = [
    "SGD",
    "Adam",
    "Optimizer",
    "RMSprop",
    "adam_update",
    "get",
    "momentum_update",
    "rmsprop_update",
    "schedules",
    "sgd_update",
]

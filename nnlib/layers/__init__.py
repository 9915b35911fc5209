"""Layers: what a network is a stack of. `Layer` says what a layer has to do, `Dense` does it.

A layer of your own derives from `Layer` and stands in a `Sequential` like any other.
"""

from nnlib.layers.base import Input, Layer
from nnlib.layers.dense import Dense, dense_backward, dense_forward

__all__ = ["Dense", "Input", "Layer", "dense_backward", "dense_forward"]

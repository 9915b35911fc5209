"""A network is a list of layers; training it is a loop around four lines."""

from nnlib.models.sequential import Sequential

__all__ = ["Sequential"]

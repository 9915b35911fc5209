"""Layers are built from the bottom up, since each has to know what the one below gives."""

import numpy as np

from nnlib._guards import check
from nnlib.layers import Input, Layer

__all__ = ["build_layers", "check_layer"]


def check_layer(layer):
    """Raise a TypeError that names the fix unless it is a layer."""
    if isinstance(layer, Layer):
        return
    if isinstance(layer, type) and issubclass(layer, Input | Layer):
        raise TypeError(f"a layer is an object: write {layer.__name__}(…)")
    looks_like_one = hasattr(layer, "forward") and hasattr(layer, "backward")
    kind = type(layer).__name__
    fix = f": let its class derive from Layer, class {kind}(Layer)" if looks_like_one else ""
    raise TypeError(f"Sequential takes Input and Layer objects, got {layer!r}{fix}")


def build_layers(layers, n_features, rng, dtype):
    """Build those that are not built yet; all of them, or none."""
    shapes = [(n_features,)]
    for layer in layers:
        shapes.append(tuple(layer.compute_output_shape(shapes[-1])))
    for layer, shape in zip(layers, shapes, strict=False):
        _check_fit(layer, shape, dtype)
    new = [pair for pair in zip(layers, shapes, strict=False) if pair[0].input_shape is None]
    before = [vars(layer).copy() for layer, _ in new]
    try:
        for layer, shape in new:
            layer.build(shape, rng, dtype)
            _check_build(layer)
    except Exception:  # of an initializer, say, of the caller's own: leave no model half built
        for (layer, _), kept in zip(new, before, strict=True):
            vars(layer).clear()
            vars(layer).update(kept)
        raise
    for layer in layers[1:]:
        layer.input_gradient = True
    if new and new[0][0] is layers[0]:  # a built one may serve another model, which needs it
        layers[0].input_gradient = False


def _check_fit(layer, shape, dtype):
    if layer.input_shape in (None, shape) and layer.dtype in (None, dtype):
        return
    built, wanted = f"samples of shape {layer.input_shape}", shape
    if len(layer.input_shape) == len(shape) == 1:
        built, wanted = f"{layer.input_shape[0]} features", shape[0]
    raise ValueError(
        f"{layer!r} was built for {built} in {layer.dtype} "
        f"and cannot take {wanted} in {dtype}: make a new {type(layer).__name__}"
    )


def _check_build(layer):
    kind = type(layer).__name__
    if layer.input_shape is None:
        raise TypeError(f"{kind}.build has to call super().build(input_shape, rng, dtype)")
    for name, array in zip(layer.parameter_names, layer.parameters, strict=True):
        is_array = isinstance(array, np.ndarray)
        message = f"{name} of {layer!r} is changed in place, so it must be an array, got {array!r}"
        check(is_array, message, TypeError)

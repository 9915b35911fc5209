"""A table of a model: a line per layer, with widths, activation, parameters."""

__all__ = ["summary"]


def summary(model):
    """The lines of the table, as text.

    Parameters
    ----------
    model : Sequential
        Built.

    Returns
    -------
    str
    """
    names = [f"{type(layer).__name__} {i}" for i, layer in enumerate(model.layers, start=1)]
    width = max(8, *map(len, names))
    row = f"{{:<{width}}} {{:>6}} {{:>7}}  {{:<11}} {{:<12}} {{:<7}} {{:>10}}".format
    lines = [row("layer", "inputs", "outputs", "activation", "W", "b", "parameters")]
    for name, layer in zip(names, model.layers, strict=True):
        sides = _size(layer.input_shape), _size(layer.output_shape)
        activation = layer.activation.name if hasattr(layer, "activation") else "-"
        count = f"{layer.count_params():,}"
        lines.append(row(name, *sides, activation, *_parameters(layer), count))
    return "\n".join([*lines, f"{model.count_params():,} parameters, {model.dtype}"])


def _size(shape):
    return "x".join(map(str, shape))


def _parameters(layer):
    """What stands in the columns W and b; other parameters are named, all in the first column."""
    shapes = dict(zip(layer.parameter_names, (w.shape for w in layer.parameters), strict=True))
    if tuple(shapes) == ("W", "b"):
        return tuple(map(str, shapes.values()))
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "-", "-"

"""A table of a model: a line per layer, with widths, activation, parameters."""

__all__ = ["summary"]

_COLUMNS = {  # with the side that is flush, and the least width
    "layer": ("<", 8),
    "inputs": (">", 6),
    "outputs": (">", 7),
    " activation": ("<", 12),
    "W": ("<", 12),
    "b": ("<", 7),
    "parameters": (">", 10),
}


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
    rows = [tuple(_COLUMNS)]
    for i, layer in enumerate(model.layers, start=1):
        sides = _size(layer.input_shape), _size(layer.output_shape)
        activation = layer.activation.name if hasattr(layer, "activation") else "-"
        name, count = f"{type(layer).__name__} {i}", f"{layer.count_params():,}"
        rows.append((name, *sides, f" {activation}", *_parameters(layer), count))
    widths = (max(map(len, cells)) for cells in zip(*rows, strict=True))
    row = " ".join(
        f"{{:{side}{max(least, width)}}}"
        for (side, least), width in zip(_COLUMNS.values(), widths, strict=True)
    ).format
    lines = [row(*cells) for cells in rows]
    return "\n".join([*lines, f"{model.count_params():,} parameters, {model.dtype}"])


def _size(shape):
    return "x".join(map(str, shape))


def _parameters(layer):
    """What stands in the columns W and b; other parameters are named, all in the first column."""
    shapes = dict(zip(layer.parameter_names, (w.shape for w in layer.parameters), strict=True))
    if tuple(shapes) == ("W", "b"):
        return tuple(map(str, shapes.values()))
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "-", "-"

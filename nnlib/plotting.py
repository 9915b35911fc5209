"""Pictures for the pages: most functions draw on one axes object and return it.

Colours come from matplotlib's current cycle; the pages choose "tableau-colorblind10". Classes
differ by marker as well as by colour.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from nnlib._guards import check, expects, is_whole
from nnlib._progress import person_watches

__all__ = [
    "explore",
    "plot_activation",
    "plot_classes",
    "plot_computation_graph",
    "plot_decision_regions",
    "plot_dense_shapes",
    "plot_images",
    "plot_learning_curves",
    "plot_matmul",
    "plot_network",
]

_MARKERS = "os^Dv*PX<>"
_LINES = ("-", "--", "-.", ":")


@expects(X="n 2", y="n")
def plot_classes(X, y, class_names, axis_labels=("", ""), ax=None):
    """Samples with two features as points, a colour and a marker for each class.

    Parameters
    ----------
    X : array (n, 2)
    y : array of int (n,)
    class_names : sequence of str
    axis_labels : pair of str
        Name and unit of each feature.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    _check_labels(y, class_names)
    ax = ax or plt.subplots(figsize=(6, 4))[1]
    for label, name in enumerate(class_names):
        points = X[y == label]
        ax.scatter(
            points[:, 0],
            points[:, 1],
            marker=_MARKERS[label],
            color=f"C{label}",
            edgecolor="black",
            linewidth=0.5,
            label=name,
        )
    ax.set(xlabel=axis_labels[0], ylabel=axis_labels[1])
    ax.legend()
    return ax


def _check_labels(y, class_names):
    n_classes = min(len(class_names), len(_MARKERS))
    is_label = (y == np.floor(y)) & (y >= 0) & (y < n_classes)
    check(is_label.all(), f"y must hold the numbers of {n_classes} classes, got {y[~is_label][:3]}")


@expects(predict="function", X="n 2", y="n")
def plot_decision_regions(predict, X, y, class_names, axis_labels=("", ""), ax=None):
    """The plane, coloured by the class that a model gives each point, with samples on top.

    Parameters
    ----------
    predict : callable (m, 2) -> (m, k)
        Probabilities, or scores, of the classes for points of the plane.
    X : array (n, 2)
    y : array of int (n,)
    class_names : sequence of str
    axis_labels : pair of str
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    _check_labels(y, class_names)
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.1 * (high - low)
    xs, ys = (np.linspace(*ends, 200) for ends in zip(low - margin, high + margin, strict=True))
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    scores = np.asarray(predict(grid))
    wanted, is_finite = (len(grid), len(class_names)), np.isfinite(scores).all()
    if scores.shape != wanted or not is_finite:
        raise ValueError(
            f"predict must give a finite score for each point and class, shape {wanted}, but gave "
            f"{scores.shape if is_finite else 'NaN or infinity'}: for a single output p return "
            "np.column_stack([1 - p, p])"
        )
    regions = scores.argmax(axis=1).reshape(len(ys), len(xs))
    ax = ax or plt.subplots(figsize=(6, 4))[1]
    colours = [f"C{label}" for label in range(len(class_names))]
    ax.pcolormesh(
        xs,
        ys,
        regions,
        cmap=ListedColormap(colours),
        vmin=-0.5,
        vmax=len(colours) - 0.5,
        alpha=0.3,
        rasterized=True,
    )
    return plot_classes(X, y, class_names, axis_labels, ax)


def plot_learning_curves(history, name="loss", ax=None):
    """One recorded quantity over the epochs, with its validation counterpart if there is one.

    Parameters
    ----------
    history : History
        What `Sequential.fit` returned.
    name : str
        "loss" or the name of a metric.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    records = getattr(history, "history", None)
    check(isinstance(records, dict), f"expected what fit returned, got {history!r}", TypeError)
    check(name in records, f"no record of {name!r}; there are: {', '.join(records)}")
    ax = ax or plt.subplots(figsize=(6, 4))[1]
    epochs = np.array(history.epoch) + 1
    ax.plot(epochs, history.history[name], label="training")
    if f"val_{name}" in history.history:
        ax.plot(epochs, history.history[f"val_{name}"], linestyle="--", label="validation")
    ax.set(xlabel="epoch", ylabel=name)
    ax.legend()
    return ax


def plot_network(widths, labels=None, ax=None, most=12, weights=None, biases=None):
    """A dense network as circles and lines: a column of units for each layer, inputs first.

    Parameters
    ----------
    widths : sequence of int
        Number of inputs, then of units in each layer.
    labels : sequence of str, optional
        What is written under each column; "4 inputs", "6 units", … unless given.
    ax : matplotlib Axes, optional
    most : int
        A wider layer is drawn with this many circles and its true number below.
    weights : sequence of arrays (n_in, n_out) of str or numbers, optional
        Written on the lines, for small networks: one array for each layer.
    biases : sequence of arrays (n_out,) of str or numbers, optional
        Written above the units of each layer.

    Returns
    -------
    matplotlib Axes
    """
    are_widths = np.ndim(widths) == 1 and all(is_whole(width, 1) for width in widths)
    check(are_widths, f"widths must be whole numbers, as (4, 6, 3), got {widths!r}")
    ax = ax or plt.subplots(figsize=(1.8 * len(widths), 4))[1]
    drawn = [min(width, most) for width in widths]
    if labels is None:
        labels = [f"{widths[0]} inputs", *(f"{width} units" for width in widths[1:])]
    columns = [[(x, (n - 1) / 2 - i) for i in range(n)] for x, n in enumerate(drawn)]
    for left, right in pairwise(columns):
        for x0, y0 in left:
            for x1, y1 in right:
                ax.plot([x0, x1], [y0, y1], color="0.75", linewidth=0.6, zorder=1)
    bottom = -(max(drawn) - 1) / 2 - 1
    for x, (column, label) in enumerate(zip(columns, labels, strict=True)):
        ax.scatter(*zip(*column, strict=True), s=180, color=f"C{x}", edgecolor="black", zorder=2)
        ax.text(x, bottom, label, ha="center", va="top")
    _write_parameters(ax, columns, weights or (), biases or ())
    ax.set(xlim=(-0.5, len(widths) - 0.5), ylim=(bottom - 1, -bottom - 0.3))
    ax.axis("off")
    return ax


@expects(X="n n_in", W="n_in n_out")
def plot_matmul(X, W, row, column, ax=None):
    """The product X W as three grids of numbers, with what makes one cell of it marked.

    W stands above the product and X to its left, so that the marked row and the marked column
    meet in the marked cell. The sum that gives the cell is written below.

    Parameters
    ----------
    X : array (n, n_in)
    W : array (n_in, n_out)
    row, column : int
        Which cell of the product.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    product = X @ W
    (n, n_in), n_out = X.shape, W.shape[1]
    ax = ax or plt.subplots(figsize=(0.8 * (n_in + n_out + 2), 0.6 * (n + n_in + 3)))[1]
    rows, columns = np.indices(X.shape)[0], np.indices(W.shape)[1]
    cell = np.zeros(product.shape, dtype=bool)
    cell[row, column] = True
    _draw_grid(ax, X, -n_in - 0.6, 0, rows == row, "C0")
    _draw_grid(ax, W, 0, -n_in - 0.6, columns == column, "C1")
    _draw_grid(ax, product, 0, 0, cell, "C2")
    ax.text(-n_in / 2 - 0.6, -0.2, f"X {X.shape}", ha="center", va="bottom")
    ax.text(n_out / 2, -n_in - 0.8, f"W {W.shape}", ha="center", va="bottom")
    ax.text(n_out / 2, n + 0.2, f"X W {product.shape}", ha="center", va="top")
    terms = " + ".join(
        f"{_in_sum(x)} · {_in_sum(w)}" for x, w in zip(X[row], W[:, column], strict=True)
    )
    middle = (n_out - n_in - 0.6) / 2
    ax.text(middle, n + 1.2, f"{terms} = {_signed(product[row, column])}", ha="center", va="center")
    ax.set(xlim=(-n_in - 0.8, n_out + 0.2), ylim=(n + 1.6, -n_in - 1.5))
    ax.axis("off")
    return ax


def _draw_grid(ax, values, left, top, marked, colour):
    """A matrix as squares with numbers; marked squares are tinted, with bold numbers."""
    for (i, j), value in np.ndenumerate(values):
        face = colour if marked[i, j] else "white"
        square = Rectangle((left + j, top + i), 1, 1, facecolor=face, alpha=0.4)
        frame = Rectangle((left + j, top + i), 1, 1, fill=False, edgecolor="0.3")
        ax.add_patch(square)
        ax.add_patch(frame)
        weight = "bold" if marked[i, j] else "normal"
        x, y = left + j + 0.5, top + i + 0.5
        ax.text(x, y, _signed(value), ha="center", va="center", weight=weight)


def _signed(value):
    return f"{value:g}".replace("-", "−")


def _in_sum(value):
    return _signed(value) if value >= 0 else f"({_signed(value)})"


def plot_dense_shapes(n, n_in, n_out, ax=None):
    """The arrays of Z = X W + b as grids with their shapes; the first sample is coloured.

    Parameters
    ----------
    n, n_in, n_out : int
        Samples, inputs and outputs of the layer.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    sizes = n, n_in, n_out
    check(all(is_whole(size, 1) for size in sizes), f"sizes are whole numbers, got {sizes}")
    ax = ax or plt.subplots(figsize=(8, 3.6), layout="constrained")[1]
    arrays = [
        ("X", (n, n_in), f"({n}, {n_in})", "@"),
        ("W", (n_in, n_out), f"({n_in}, {n_out})", "+"),
        ("b", (1, n_out), f"({n_out},)", "="),
        ("Z", (n, n_out), f"({n}, {n_out})", ""),
    ]
    left = 0
    for name, (rows, columns), shape, sign in arrays:
        top = rows / 2
        for i in range(rows):
            for j in range(columns):
                chosen = i == 0 and name in "XZ"
                ax.add_patch(
                    Rectangle(
                        (left + j, top - 1 - i),
                        1,
                        1,
                        facecolor="C1" if chosen else "white",
                        hatch="//" if chosen else None,
                        edgecolor="black",
                    )
                )
        middle = left + columns / 2
        ax.text(middle, top + 0.2, name, ha="center", va="bottom", fontsize=14, style="italic")
        ax.text(middle, -top - 0.2, shape, ha="center", va="top", fontsize=12)
        left += columns + 1.2
        ax.text(left - 0.6, 0, sign, ha="center", va="center", fontsize=16)
    height = max(n, n_in) / 2 + 1
    ax.set(xlim=(-0.3, left - 0.9), ylim=(-height, height), aspect="equal")
    ax.axis("off")
    return ax


@expects(function="function", derivative="function")
def plot_activation(function, derivative, label=None, axes=None):
    """A function of one number on -10…10 and, beside it, its derivative.

    Called again with the axes that it returned, it adds another pair of curves.

    Parameters
    ----------
    function, derivative : callable (m,) -> (m,)
    label : str, optional
        For the legend, where there is more than one pair.
    axes : pair of matplotlib Axes, optional

    Returns
    -------
    pair of matplotlib Axes
    """
    if axes is None:
        axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")[1]
    z = np.linspace(-10, 10, 401)
    for ax, f, name in zip(axes, (function, derivative), ("f(z)", "slope f′(z)"), strict=True):
        style = _LINES[len(ax.lines) % len(_LINES)]
        ax.plot(*_broken_at_jumps(z, f(z)), linestyle=style, linewidth=2, label=label)
        ax.set(xlabel="pre-activation z", ylabel=name, xticks=range(-10, 11, 5))
        ax.grid(alpha=0.3)
        if label:
            ax.legend()
    return axes


def _broken_at_jumps(x, y):
    """The points of a curve, with a gap where it rises or falls by a tenth of its range at once."""
    y = np.asarray(y, dtype=float)
    jumps = np.flatnonzero(np.abs(np.diff(y)) > 0.1 * np.ptp(y)) + 1
    return np.insert(x, jumps, x[jumps]), np.insert(y, jumps, np.nan)


@expects(draw="function")
def explore(draw, **sliders):
    """A picture behind sliders where a person watches, else the picture once.

    The sliders answer to the mouse and, once focused with Tab, to the arrow keys.

    Parameters
    ----------
    draw : callable
        Makes and shows a figure. Its arguments have defaults, where the sliders start.
    **sliders : tuple (lowest, highest, step)
        For arguments of `draw`, by name; whole numbers make a slider of whole numbers.
    """
    if not person_watches():
        draw()
        return
    from ipywidgets import interact

    interact(draw, **sliders)


def _write_parameters(ax, columns, weights, biases):
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    for W, left, right in zip(weights, columns, columns[1:], strict=False):
        for row, (x0, y0) in zip(W, left, strict=True):
            for weight, (x1, y1) in zip(row, right, strict=True):
                middle = ((x0 + x1) / 2, (y0 + y1) / 2)
                ax.text(*middle, weight, ha="center", va="center", bbox=box)
    for b, column in zip(biases, columns[1:], strict=False):
        for bias, (x, y) in zip(b, column, strict=True):
            ax.text(x, y + 0.25, bias, ha="center", va="bottom")


@expects(X="n n_pixels")
def plot_images(X, shape, titles=None, columns=10, limits=(0, 1), cmap="gray_r"):
    """Rows of numbers as pictures in a grid, all on one scale of grey or colour.

    Parameters
    ----------
    X : array (n, n_pixels)
        A picture per row. `W.T` shows the weights of a layer's units.
    shape : tuple (height, width) or (height, width, 3)
        Of one picture; with 3 channels the numbers are red, green and blue from 0 to 1.
    titles : sequence of str, optional
        Written above the pictures; may have several lines.
    columns : int
        Pictures side by side, at most.
    limits : pair of float
        The numbers that the two ends of the scale stand for; not used for colour pictures.
    cmap : str
        The scale: "gray_r" is black ink on white paper.

    Returns
    -------
    array (n,) of matplotlib Axes
        For a colour bar: `plt.colorbar(axes[0].images[0], ax=list(axes))`.
    """
    n_pixels = X.shape[1]
    check(np.prod(shape) == n_pixels, f"pictures of shape {shape} do not have {n_pixels} pixels")
    titles = [""] * len(X) if titles is None else [str(title) for title in titles]
    check(len(titles) == len(X), f"{len(X)} pictures, but {len(titles)} titles")
    columns = min(columns, len(X))
    rows = -(-len(X) // columns)
    side = min(9 / columns, 2)  # inches
    lines = max(title.count("\n") + 1 if title else 0 for title in titles)
    size = columns * side, rows * (side * shape[0] / shape[1] + 0.17 * lines)
    grid = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")[1].ravel()
    for ax in grid:
        ax.axis("off")
    for ax, pixels, title in zip(grid, X, titles, strict=False):
        ax.imshow(
            pixels.reshape(shape),
            cmap=cmap,
            vmin=limits[0],
            vmax=limits[1],
            interpolation="nearest" if len(shape) == 2 else None,  # single pixels stay visible
        )
        ax.set_title(title, fontsize=9, pad=2)
    return grid[: len(X)]


def plot_computation_graph(nodes, edges, ax=None):
    """The steps of a computation as boxes: values go on solid arrows, gradients back on dashed.

    Parameters
    ----------
    nodes : dict of str to tuple (x, y, value, gradient)
        For each name where its box stands and the two texts below the name; boxes are one unit
        wide and high. Where the gradient is an empty text no dashed arrow leads.
    edges : sequence of tuple (name, name, local derivative)
        From what is used to what is made of it; the text is written on the solid arrow.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    for name in {name for edge in edges for name in edge[:2]} - nodes.keys():
        raise ValueError(f"no box is named {name!r}; there are: {', '.join(nodes)}")
    xs, ys = zip(*[node[:2] for node in nodes.values()], strict=True)
    width, height = max(xs) - min(xs) + 1.2, max(ys) - min(ys) + 1.2
    ax = ax or plt.subplots(figsize=(width, height))[1]
    for name, (x, y, value, gradient) in nodes.items():
        box = Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor="white", edgecolor="black", zorder=2)
        ax.add_patch(box)
        for text, up, style in (
            (name, 0.27, {"weight": "bold"}),
            (value, 0, {"color": "C0"}),
            (gradient, -0.27, {"color": "C5", "style": "italic"}),
        ):
            ax.text(x, y + up, text, ha="center", va="center", fontsize=9, zorder=3, **style)
    for start, end, text in edges:
        (x0, y0), (x1, y1) = nodes[start][:2], nodes[end][:2]
        across = abs(x1 - x0) > abs(y1 - y0)
        aside = [0, -0.16] if across else [0.16, 0]  # where the way back is drawn
        ends = np.array([_leave_box(x0, y0, x1, y1), _leave_box(x1, y1, x0, y0)])
        forward, back = ends - aside, ends[::-1] + aside
        ax.annotate("", forward[1], forward[0], arrowprops={"arrowstyle": "->", "color": "C0"})
        if nodes[start][3]:
            dashed = {"arrowstyle": "->", "color": "C5", "linestyle": "--"}
            ax.annotate("", back[1], back[0], arrowprops=dashed)
        place = {"ha": "center", "va": "bottom"} if across else {"ha": "right", "va": "center"}
        x, y = forward.mean(axis=0) + ([0, 0.04] if across else [-0.06, 0])
        ax.text(x, y, text, fontsize=9, **place)
    ax.set(xlim=(min(xs) - 0.6, max(xs) + 0.6), ylim=(min(ys) - 0.6, max(ys) + 0.6))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def _leave_box(x0, y0, x1, y1):
    """Where the line from the middle of one box to that of another leaves the first."""
    longest = max(abs(x1 - x0), abs(y1 - y0))
    return x0 + (x1 - x0) * 0.5 / longest, y0 + (y1 - y0) * 0.5 / longest

"""Pictures for the pages: each function draws on one axes object and returns it.

Colours come from matplotlib's current cycle; the pages choose "tableau-colorblind10". Classes
differ by marker as well as by colour.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

__all__ = ["plot_classes", "plot_decision_regions", "plot_learning_curves", "plot_network"]

_MARKERS = "os^Dv*PX<>"


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
    ax = ax or plt.subplots(figsize=(6, 4))[1]
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.1 * (high - low)
    xs, ys = (np.linspace(*ends, 200) for ends in zip(low - margin, high + margin, strict=True))
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    regions = predict(grid).argmax(axis=1).reshape(len(ys), len(xs))
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
    ax = ax or plt.subplots(figsize=(6, 4))[1]
    epochs = np.array(history.epoch) + 1
    ax.plot(epochs, history.history[name], label="training")
    if f"val_{name}" in history.history:
        ax.plot(epochs, history.history[f"val_{name}"], linestyle="--", label="validation")
    ax.set(xlabel="epoch", ylabel=name)
    ax.legend()
    return ax


def plot_network(widths, labels=None, ax=None, most=12):
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

    Returns
    -------
    matplotlib Axes
    """
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
    ax.set(xlim=(-0.5, len(widths) - 0.5), ylim=(bottom - 1, -bottom - 0.3))
    ax.axis("off")
    return ax

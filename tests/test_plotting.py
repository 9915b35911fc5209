"""Plots draw what they are given, on the axes they are given."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from nnlib import plotting
from nnlib.callbacks import History

X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]])
Y = np.array([0, 1, 1])
NAMES = ("first", "second")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_classes_have_a_marker_and_a_colour_each():
    ax = plotting.plot_classes(X, Y, NAMES, ("length in cm", "width in cm"))
    first, second = ax.collections
    np.testing.assert_array_equal(first.get_offsets(), X[:1])
    np.testing.assert_array_equal(second.get_offsets(), X[1:])
    assert not np.array_equal(first.get_paths()[0].vertices, second.get_paths()[0].vertices)
    assert first.get_facecolor()[0].tolist() != second.get_facecolor()[0].tolist()
    assert legend_of(ax) == list(NAMES)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("length in cm", "width in cm")


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda P: P[:, :1], r"shape \(40000, 2\), but gave \(40000, 1\): for a single output"),
        (lambda P: (P[:, 0] > 1).astype(int), r"but gave \(40000,\)"),
        (lambda P: np.ones((len(P), 3)), r"but gave \(40000, 3\)"),
        (lambda P: np.full((len(P), 2), np.nan), "but gave NaN or infinity"),
    ],
)
def test_decision_regions_want_a_score_for_each_class(predict, message):
    figures = plt.get_fignums()
    with pytest.raises(ValueError, match=message):
        plotting.plot_decision_regions(predict, X, Y, NAMES)
    assert plt.get_fignums() == figures


def test_decision_regions_show_the_answer_at_each_point():
    ax = plotting.plot_decision_regions(lambda P: np.stack([1 - P[:, 0], P[:, 0]], 1), X, Y, NAMES)
    mesh = ax.collections[0]
    classes = np.asarray(mesh.get_array()).reshape(200, 200)
    xs = np.linspace(-0.2, 2.2, 200)
    np.testing.assert_array_equal(classes[0], xs > 0.5)
    assert (classes == classes[0]).all()
    for label in (0, 1):
        np.testing.assert_allclose(mesh.cmap(mesh.norm(label))[:3], to_rgba(f"C{label}")[:3])


def test_learning_curves_show_training_and_validation():
    history = History()
    for epoch, (loss, val_loss) in enumerate([(3.0, 4.0), (2.0, 3.5)]):
        history.on_epoch_end(epoch, {"loss": loss, "val_loss": val_loss, "accuracy": 0.5})
    ax = plotting.plot_learning_curves(history)
    training, validation = ax.lines
    np.testing.assert_array_equal(training.get_xdata(), [1, 2])
    np.testing.assert_array_equal(training.get_ydata(), [3, 2])
    np.testing.assert_array_equal(validation.get_ydata(), [4, 3.5])
    assert training.get_linestyle() != validation.get_linestyle()
    assert legend_of(ax) == ["training", "validation"]
    assert legend_of(plotting.plot_learning_curves(history, "accuracy")) == ["training"]


def test_network_has_a_circle_per_unit_and_a_line_per_weight():
    ax = plotting.plot_network([4, 6, 3])
    assert [len(column.get_offsets()) for column in ax.collections] == [4, 6, 3]
    assert len(ax.lines) == 4 * 6 + 6 * 3
    assert [text.get_text() for text in ax.texts] == ["4 inputs", "6 units", "3 units"]


def test_a_wide_layer_is_cut_but_named_with_its_true_width():
    ax = plotting.plot_network([784, 64, 10])
    assert [len(column.get_offsets()) for column in ax.collections] == [12, 12, 10]
    assert ax.texts[0].get_text() == "784 inputs"


def test_network_takes_names_of_its_layers():
    ax = plotting.plot_network([2, 1], labels=["in", "out"])
    assert [text.get_text() for text in ax.texts] == ["in", "out"]


def test_product_shows_where_a_cell_comes_from():
    X, W = np.array([[1.0, 2], [-3, 0.5], [0, 4]]), np.array([[2.0, -1, 0], [3, 1, 10]])
    ax = plotting.plot_matmul(X, W, row=1, column=2)
    texts = [text.get_text() for text in ax.texts]
    numbers = [f"{value:g}".replace("-", "−") for array in (X, W, X @ W) for value in array.ravel()]
    assert texts[: len(numbers)] == numbers
    assert texts[len(numbers) :] == [
        "X (3, 2)",
        "W (2, 3)",
        "X W (3, 3)",
        "(−3) · 0 + 0.5 · 10 = 5",
    ]
    bold = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert bold == ["−3", "0.5", "0", "10", "5"]  # the row, the column and their cell
    tinted = [
        (square.get_x(), square.get_y())
        for square in ax.patches
        if square.get_fill() and square.get_facecolor()[:3] != (1, 1, 1)
    ]
    np.testing.assert_allclose(tinted, [(-2.6, 1), (-1.6, 1), (2, -2.6), (2, -1.6), (2, 1)])


def test_arrays_of_a_layer_have_a_square_per_number_and_their_shapes():
    ax = plotting.plot_dense_shapes(4, 3, 2)
    assert len(ax.patches) == 4 * 3 + 3 * 2 + 2 + 4 * 2
    assert [text.get_text() for text in ax.texts] == [
        *("X", "(4, 3)", "@"),
        *("W", "(3, 2)", "+"),
        *("b", "(2,)", "="),
        *("Z", "(4, 2)", ""),
    ]
    hatched = [square for square in ax.patches if square.get_hatch()]
    assert len(hatched) == 3 + 2  # the first sample, in X and in Z
    assert {square.get_facecolor() for square in hatched} == {to_rgba("C1")}
    assert {square.get_y() for square in hatched} == {1.0}


def test_plots_go_where_they_are_told():
    _, ax = plt.subplots()
    assert plotting.plot_matmul(X, X.T, 0, 0, ax=ax) is ax
    assert plotting.plot_dense_shapes(1, 2, 3, ax=ax) is ax
    assert plotting.plot_network([1, 2], ax=ax) is ax
    assert plotting.plot_classes(X, Y, NAMES, ax=ax) is ax


def test_activation_and_its_slope_stand_side_by_side():
    axes = plotting.plot_activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2, label="tanh")
    again = plotting.plot_activation(np.abs, np.sign, label="abs", axes=axes)
    assert again is axes
    for ax, expected in zip(axes, (np.tanh, lambda z: 1 - np.tanh(z) ** 2), strict=True):
        first, second = ax.lines
        z = first.get_xdata()
        assert (z[0], z[-1]) == (-10, 10)
        np.testing.assert_allclose(first.get_ydata(), expected(z))
        assert first.get_linestyle() != second.get_linestyle()
        assert legend_of(ax) == ["tanh", "abs"]


def test_no_line_joins_the_two_sides_of_a_jump():
    function, slope = plotting.plot_activation(lambda z: 2 * z, lambda z: np.where(z > 0, 1.0, 0.2))
    assert np.isfinite(function.lines[0].get_ydata()).all()
    y = slope.lines[0].get_ydata()
    assert np.isnan(y).sum() == 1 and set(y[np.isfinite(y)]) == {0.2, 1.0}


def test_network_carries_its_parameters_where_they_are_given():
    ax = plotting.plot_network(
        [1, 2, 1], weights=[[["a", "b"]], [["c"], ["d"]]], biases=[["e", "f"]]
    )
    texts = {text.get_text(): text.get_position() for text in ax.texts}
    assert {name: texts[name] for name in "abcd"} == {
        "a": (0.5, 0.25),
        "b": (0.5, -0.25),
        "c": (1.5, 0.25),
        "d": (1.5, -0.25),
    }
    assert texts["e"][0] == texts["f"][0] == 1 and texts["e"][1] > texts["f"][1]


def test_explore_draws_once_when_nobody_watches(monkeypatch):
    monkeypatch.setattr(plotting, "person_watches", lambda: False)
    drawn = []
    plotting.explore(lambda w=2.0: drawn.append(w), w=(0.0, 3.0, 0.5))
    assert drawn == [2.0]


def test_explore_has_a_slider_for_each_argument_when_a_person_watches(monkeypatch):
    ipywidgets = pytest.importorskip("ipywidgets")
    monkeypatch.setattr(plotting, "person_watches", lambda: True)
    made = []
    interactive = ipywidgets.interactive
    monkeypatch.setattr(
        ipywidgets,
        "interact",
        lambda draw, **sliders: made.append(interactive(draw, **sliders)),
    )
    plotting.explore(lambda w=2.0, units=1: None, w=(0.0, 3.0, 0.5), units=(1, 3, 1))
    w, units = made[0].children[:2]
    assert isinstance(w, ipywidgets.FloatSlider) and isinstance(units, ipywidgets.IntSlider)
    assert (w.value, w.min, w.max, w.step) == (2.0, 0.0, 3.0, 0.5)
    assert (units.value, units.min, units.max) == (1, 1, 3)


def test_images_stand_in_a_grid_on_one_scale():
    pictures = np.linspace(0, 0.5, 3 * 6).reshape(3, 6)
    axes = plotting.plot_images(pictures, (2, 3), titles=["a", "b", "c"], columns=2)
    assert [ax.get_title() for ax in axes] == ["a", "b", "c"]
    for ax, pixels in zip(axes, pictures, strict=True):
        (image,) = ax.images
        np.testing.assert_array_equal(image.get_array(), pixels.reshape(2, 3))
        assert image.get_clim() == (0, 1)
    places = [ax.get_subplotspec() for ax in axes]
    assert [(p.rowspan.start, p.colspan.start) for p in places] == [(0, 0), (0, 1), (1, 0)]
    assert not any(ax.axison for ax in axes[0].figure.axes), "nor is the empty place framed"


def test_images_have_colours_and_limits_of_their_own():
    (ax,) = plotting.plot_images(np.linspace(0, 1, 12)[None], (2, 2, 3))
    assert ax.images[0].get_array().shape == (2, 2, 3)
    (ax,) = plotting.plot_images([[-1.0, 1.0]], (1, 2), limits=(-2, 2), cmap="RdBu_r")
    assert ax.images[0].get_clim() == (-2, 2) and ax.images[0].get_cmap().name == "RdBu_r"


def test_computation_graph_has_a_box_for_each_value_and_arrows_both_ways():
    nodes = {"x": (0, 0, "10", ""), "w": (1, -2, "3", "−5"), "z": (2, 0, "30", "−0.5")}
    ax = plotting.plot_computation_graph(nodes, [("x", "z", "w = 3"), ("w", "z", "x = 10")])
    assert len(ax.patches) == 3
    texts = {text.get_text() for text in ax.texts}
    assert {"x", "w", "z", "10", "3", "30", "−5", "−0.5", "w = 3", "x = 10"} <= texts
    arrows = [text.arrow_patch for text in ax.texts if getattr(text, "arrow_patch", None)]
    dashed = [arrow for arrow in arrows if arrow.get_linestyle() == "--"]
    assert (len(arrows), len(dashed)) == (3, 1)  # nothing flows back to x

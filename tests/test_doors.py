"""Every public function and method, called in the ways in which people get it wrong.

A row of CALLS is one wrong call and a piece of what it must say. The last tests hold the table
complete: whatever becomes public needs a row here.
"""

import importlib
import inspect
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import OneHotEncoder

from nnlib import (
    SGD,
    Adam,
    Dense,
    EarlyStopping,
    Input,
    RMSprop,
    Sequential,
    activations,
    callbacks,
    datasets,
    diagnostics,
    explain,
    gradient_check,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    plotting,
)

RNG = np.random.default_rng(0)
X, W, b = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 2)), np.zeros(2)
Y = np.eye(2)[[0, 1, 0, 1, 1]]
LABELS = np.array([0, 1, 0, 1, 1])
NAN = np.full((5, 3), np.nan)
CLASSES = "sparse_categorical_crossentropy"


def network(**settings):
    model = Sequential([Input((3,)), Dense(4, "relu"), Dense(2, "softmax")], seed=0, **settings)
    model.compile("sgd", CLASSES)
    return model


def layer():
    dense = Dense(2)
    dense.build(3, RNG)
    return dense


def seen():
    dense = layer()
    dense.forward(X)
    return dense


def fit(*data, **settings):
    return lambda: network().fit(*data, **{"verbose": 0, **settings})


CALLS = [
    # activations: `Z` is the pre-activation, any array of numbers
    *[
        (f"activations.{name}", partial(getattr(activations, name), Z), message)
        for name in activations.__all__
        if name not in ("get", "ActivationFunction")
        for Z, message in [
            (None, "Z must hold numbers, got None"),
            (["a"], r"Z must hold numbers, got text \('a'\): turn it into numbers first"),
            ([[1.0, 2.0], [3.0]], "its rows of one length"),
            (np.ones((0, 3)), "Z is empty"),
            (np.array([1.0, None]), r"got an empty entry \(None\): fill it"),
            (np.array([1.0, 2], object), r"every entry is a number: pass Z.astype\(float\)"),
        ]
    ],
    (
        "activations.leaky_relu",
        lambda: activations.leaky_relu(X, "0.1"),
        "negative_slope must be a number, got '0.1'",
    ),
    ("activations.softmax", lambda: activations.softmax(3.0), r"expects Z \(..., k\)"),
    ("activations.get", lambda: activations.get("rellu"), "Did you mean 'relu'"),
    ("activations.get", lambda: activations.get(np.tanh), "write ActivationFunction"),
    (
        "activations.ActivationFunction",
        lambda: activations.ActivationFunction("cube", 3, None),
        "function must be a function, got 3",
    ),
    # initializers
    *[
        (f"initializers.{name}", partial(getattr(initializers, name), *a), message)
        for name in initializers.__all__
        if name != "get"
        for a, message in [
            ((3, RNG), r"shape must be a tuple of whole numbers, as \(4, 6\), got 3"),
            (((0, 3), RNG), "shape must be a tuple of whole numbers"),
            (((2.5, 3), RNG), "shape must be a tuple of whole numbers"),
        ]
        + [(((3, 2), 0), r"np.random.default_rng\(seed\)")] * (name != "zeros")
    ],
    ("initializers.get", lambda: initializers.get("he_norml"), "Did you mean 'he_normal'"),
    # diagnostics
    ("diagnostics.data_findings", lambda: diagnostics.data_findings(X[0], LABELS), "x"),
    (
        "diagnostics.data_findings",
        lambda: diagnostics.data_findings(X, LABELS[:4]),
        "n is 5 in x, but 4 in y",
    ),
    ("diagnostics.baseline_losses", lambda: diagnostics.baseline_losses([]), "y is empty"),
    ("diagnostics.baseline_losses", lambda: diagnostics.baseline_losses(["a"]), "must hold num"),
    *[
        (f"diagnostics.{name}", partial(getattr(diagnostics, name), *arguments), message)
        for name in ("overfit_batch", "layer_statistics", "update_ratios")
        for arguments, message in [
            ((network(), X[:, :2], LABELS)[: 2 if name == "layer_statistics" else 3], "3 features"),
            (
                (None, X, LABELS)[: 2 if name == "layer_statistics" else 3],
                "expected a model, got None",
            ),
        ]
    ],
    (
        "diagnostics.overfit_batch",
        lambda: diagnostics.overfit_batch(network(), X, LABELS, 0.5),
        "whole number",
    ),
    (
        "diagnostics.first_difference",
        lambda: diagnostics.first_difference(None, [1.0]),
        "losses must hold numbers",
    ),
    (
        "diagnostics.first_difference",
        lambda: diagnostics.first_difference([1.0], [1.0], 0),
        "rtol",
    ),
    # layers
    ("layers.dense_forward", lambda: layers.dense_forward(X.T, W, b), r"did you pass X.T\?"),
    ("layers.dense_forward", lambda: layers.dense_forward(X, W.T, b), r"did you pass W.T\?"),
    ("layers.dense_forward", lambda: layers.dense_forward(X, W, b[:, None]), r"b.ravel\(\)"),
    ("layers.dense_forward", lambda: layers.dense_forward(X[0], W, b), r"X\[None, :\]"),
    ("layers.dense_forward", lambda: layers.dense_forward(X[:0], W, b), "X is empty"),
    (
        "layers.dense_forward",
        lambda: layers.dense_forward(X, np.ones((3, 4)), b),
        "n_out is 4 in W, but 2 in b",
    ),
    ("layers.dense_backward", lambda: layers.dense_backward(Y.T, X, W), r"did you pass dZ.T\?"),
    ("layers.dense_backward", lambda: layers.dense_backward(Y[:, 0], X, W), "expects dZ"),
    ("layers.Input", lambda: Input(4), r"as \(4,\), got 4"),
    ("layers.Dense", lambda: Dense("64"), "whole number of units, 1 or more, got '64'"),
    ("layers.Dense", lambda: Dense(3, "rleu"), "Did you mean 'relu'"),
    ("layers.Dense", lambda: Dense(3, kernel_initializer="hee"), "unknown initializer 'hee'"),
    ("layers.Dense.build", lambda: Dense(3).build(0, RNG), "n_features must be a whole number"),
    ("layers.Dense.build", lambda: Dense(3).build(2, 7), "numpy.random.Generator"),
    (
        "layers.Dense.build",
        lambda: Dense(2, "relu", lambda shape, rng: np.full(shape, np.inf)).build(3, RNG),
        "gave NaN or infinity",
    ),
    ("layers.Dense.__call__", lambda: layer()(X.T), r"expects 3 features .* did you pass X.T\?"),
    ("layers.Dense.__call__", lambda: Dense(2)(X), "has no weights yet"),
    ("layers.Dense.forward", lambda: layer().forward(X[0]), r"did you mean X\[None, :\]\?"),
    ("layers.Dense.forward", lambda: Dense(2).forward(X), "has no weights yet"),
    ("layers.Dense.backward", lambda: layer().backward(Y), "has seen no batch yet"),
    (
        "layers.Dense.backward",
        lambda: seen().backward(Y[:, :1]),
        r"shape of its last output, \(5, 2",
    ),
    (
        "layers.Dense.backward_preactivation",
        lambda: layer().backward_preactivation(Y),
        "has seen no batch yet",
    ),
    (
        "layers.Dense.backward_preactivation",
        lambda: seen().backward_preactivation(Y[:1]),
        r"but got \(1, 2\)",
    ),
    (
        "layers.Dense.compute_output_shape",
        lambda: Dense(2).compute_output_shape((28, 28)),
        r"takes samples of one axis, \(n_features,\), got \(28, 28\)",
    ),
    ("layers.Layer", lambda: layers.Layer()(X), "is not built yet: call build"),
    ("layers.Dense.count_params", lambda: Dense(2).count_params(), "cannot be counted"),
    ("layers.Dense.check_input", lambda: layer().check_input(X[:, :2]), "expects 3 features"),
    # losses
    *[
        (f"losses.{name}", partial(getattr(losses, name), *a), message)
        for name in losses.__all__
        if name.endswith(("error", "entropy", "gradient"))
        for a, message in [
            ((Y[:, 0], Y[:, :1]), f"{name} expects .* but got Y"),
            ((Y, Y[:3]), f"{name} expects .* but got Y"),
            ((Y[:0], Y[:0]), "Y is empty"),
            ((["yes", "no"], [0, 1]), "Y must hold numbers"),
        ]
    ],
    (
        "losses.mean_squared_error",
        lambda: losses.mean_squared_error(np.ones(3), np.ones((3, 1))),
        r"did you mean Y\[:, None\]\?",
    ),
    ("losses.one_hot", lambda: losses.one_hot([1, 2, 3], 3), "do they start at 1"),
    ("losses.one_hot", lambda: losses.one_hot([0.5], 2), "whole numbers from 0 to 1"),
    ("losses.one_hot", lambda: losses.one_hot(["cat"], 2), "LabelEncoder"),
    ("losses.one_hot", lambda: losses.one_hot([0, 1], 0), "n_classes must be a whole number"),
    ("losses.get", lambda: losses.get("mean_square_error"), "Did you mean 'mean_squared_error'"),
    (
        "losses.Loss",
        lambda: losses.Loss("mine", "mean", None, None),
        "function must be a function, got 'mean'",
    ),
    ("losses.Loss.value", lambda: losses.get("mse").value(Y[:, 0], Y), "expects Y, A of one shape"),
    ("losses.Loss.slope", lambda: losses.get("mse").slope(Y, Y[:1]), "expects Y, A of one shape"),
    (
        "losses.Loss.value",
        lambda: losses.Loss("mine", lambda Y, A: 0, lambda Y, A: A, None).value(Y[0], Y),
        r"mine expects Y of the shape of the outputs, \(5, 2\), but got \(2,\)",
    ),
    (
        "losses.Loss.slope",
        lambda: losses.Loss("mine", lambda Y, A: 0, lambda Y, A: A[0], None).slope(Y, Y),
        r"the gradient of mine gave \(2,\) for outputs of shape \(5, 2\)",
    ),
    (
        "losses.Loss",
        lambda: losses.Loss("mine", np.mean, np.add, None, "labels"),
        "targets must be of losses.targets, LABELS for instance, got 'labels'",
    ),
    (
        "losses.Loss.check_layers",
        lambda: losses.get(CLASSES).check_layers([Dense(2)]),
        r"write Dense\(2, activation='softmax'\)",
    ),
    (
        "losses.Loss.prepare_targets",
        lambda: losses.get("mse").prepare_targets(Y, 5, 1, "float32"),
        "units=2",
    ),
    # gradient_check
    (
        "gradient_check.numerical_gradient",
        lambda: gradient_check.numerical_gradient(np.exp, X),
        "f must return one number",
    ),
    (
        "gradient_check.numerical_gradient",
        lambda: gradient_check.numerical_gradient(3, X),
        "f must be a function",
    ),
    (
        "gradient_check.numerical_gradient",
        lambda: gradient_check.numerical_gradient(np.sum, X, 0),
        "h must be a number above 0",
    ),
    (
        "gradient_check.relative_error",
        lambda: gradient_check.relative_error(X, X[0]),
        "a, b of one shape",
    ),
    (
        "gradient_check.check_gradients",
        lambda: gradient_check.check_gradients(network(), X, LABELS),
        'dtype="float64"',
    ),
    (
        "gradient_check.check_gradients",
        lambda: gradient_check.check_gradients(Sequential, X, LABELS),
        r"expected a model",
    ),
    # optimizers and schedules
    *[
        (f"optimizers.{f.__name__}", partial(f, w, *rest), message)
        for f, rest in [
            (optimizers.sgd_update, (np.ones(3), 0.1)),
            (optimizers.momentum_update, (np.zeros(3), np.ones(3), 0.1, 0.9)),
            (optimizers.rmsprop_update, (np.zeros(3), np.ones(3), 0.1, 0.9, 1e-7)),
            (
                optimizers.adam_update,
                (np.zeros(3), np.zeros(3), np.ones(3), 0.1, 0.9, 0.99, 1e-7, 1),
            ),
        ]
        for w, message in [
            ([1.0, 2.0, 3.0], "w is changed in place, so it must be an array"),
            (np.ones(3, int), r"cannot take a part of a step: start with w.astype\(float\)"),
            (np.ones((2, 3)), "of one shape"),
            (np.broadcast_to(1.0, 3), r"read-only .* pass w.copy\(\)"),
        ]
    ],
    (
        "optimizers.adam_update",
        lambda: optimizers.adam_update(*np.ones((4, 3)), 0.1, 0.9, 0.99, 1e-7, 0),
        "t must be a number above 0",
    ),
    ("optimizers.SGD", lambda: SGD("0.1"), "learning_rate must be a number above 0, got '0.1'"),
    ("optimizers.SGD", lambda: SGD(-0.1), "learning_rate must be a number above 0"),
    ("optimizers.SGD", lambda: SGD(0.1, momentum=9), "momentum must be at least 0 and below 1"),
    ("optimizers.SGD", lambda: SGD(0.1, nesterov=True), "needs a momentum"),
    ("optimizers.RMSprop", lambda: RMSprop(rho=1), "rho must be"),
    ("optimizers.Adam", lambda: Adam(beta_1=None), "beta_1 must be .* got None"),
    ("optimizers.Optimizer", lambda: optimizers.Optimizer(0), "above 0"),
    (
        "optimizers.Optimizer.apply",
        lambda: SGD(0.1).apply([np.ones(3)], [np.ones((3, 1))]),
        r"expected gradients of shapes \[\(3, 1\)\], but got \[\(3,\)\]",
    ),
    (
        "optimizers.Optimizer.apply",
        lambda: SGD(lambda step: None).apply([np.ones(3)], [np.ones(3)]),
        "what a schedule gives must be a number, got None",
    ),
    ("optimizers.get", lambda: optimizers.get("adm"), "Did you mean 'adam'"),
    ("optimizers.get", lambda: optimizers.get(SGD), r"write SGD\(\)"),
    (
        "optimizers.schedules.PolynomialDecay",
        lambda: optimizers.schedules.PolynomialDecay(0.1, 0),
        "decay_steps must be a whole number, 1 or more",
    ),
    # metrics and callbacks
    (
        "metrics.accuracy",
        lambda: metrics.accuracy(np.ones(5), np.ones((5, 1))),
        r"did you mean Y\[:, None\]\?",
    ),
    (
        "metrics.accuracy",
        lambda: metrics.accuracy(1000.0 * Y, Y),
        "Y holds 0 to 1000. Numbers: leave accuracy out, mean_squared_error measures them",
    ),
    ("metrics.get", lambda: metrics.get("acuracy"), "Did you mean 'accuracy'"),
    ("callbacks.EarlyStopping", lambda: EarlyStopping(patience=-1), "patience must be"),
    ("callbacks.EarlyStopping", lambda: EarlyStopping(3), "monitor must be a name"),
    (
        "callbacks.EarlyStopping",
        fit(X, LABELS, callbacks=[EarlyStopping()]),
        "watches 'val_loss', but only loss are recorded",
    ),
    # models
    ("models.Sequential", lambda: Sequential(Dense(3)), r"takes a list of layers: Sequential\(\["),
    ("models.Sequential", lambda: Sequential([3]), "takes Input and Layer objects, got 3"),
    ("models.Sequential", lambda: Sequential(dtype="int8"), '"float32" or "float64"'),
    ("models.Sequential", lambda: Sequential(seed=1.5), "seed must be a whole number"),
    ("models.Sequential.add", lambda: network().add(Input((3,))), "Input must come first"),
    ("models.Sequential.build", lambda: network().build(3), r"as \(None, 4\), got 3"),
    ("models.Sequential.build", lambda: network().build((None, 4)), "was built for 3 features"),
    (
        "models.Sequential.compile",
        lambda: network().compile("sgd", CLASSES, "accuracy"),
        r"metrics takes a list: metrics=\['accuracy'\]",
    ),
    ("models.Sequential.compile", lambda: network().compile("sgd", "mse"), "element-wise output"),
    ("models.Sequential.forward", lambda: network().forward(X.T), r"did you pass X.T\?"),
    ("models.Sequential.backward", lambda: network().backward(Y), "has seen no batch yet"),
    ("models.Sequential.compute_loss", lambda: network().compute_loss(Y), "seen no batch yet"),
    ("models.Sequential.output_gradient", lambda: network().output_gradient(Y), "seen no batch"),
    ("models.Sequential.train_step", lambda: network().train_step(X, LABELS), "expects Y"),
    ("models.Sequential.train_step", lambda: network().train_step(NAN, Y), "loss of a batch is"),
    (
        "models.Sequential.loss_and_gradients",
        lambda: network().loss_and_gradients(X, LABELS[:2]),
        "x has 5 samples but y has 2",
    ),
    ("models.Sequential.fit", fit(X.T, LABELS), r"did you pass X.T\?"),
    ("models.Sequential.fit", fit(X[:, 0], LABELS), r"try x\[:, None\]$"),
    ("models.Sequential.fit", fit(X[:, :, None], LABELS), r"try x.reshape\(len\(x\), -1\)"),
    ("models.Sequential.fit", fit(NAN, LABELS), "x holds NaN or infinity"),
    ("models.Sequential.fit", fit(X, [0, 1, np.nan, 1, 1]), "y holds NaN or infinity"),
    ("models.Sequential.fit", fit(X.astype(object), LABELS), r"x.astype\(float\)"),
    (
        "losses.Loss.prepare_targets",
        lambda: losses.get("mse").prepare_targets([1e300], 1, 1, "float32"),
        "too large for float32: standardise them",
    ),
    ("models.Sequential.fit", fit(X, ["a", "b", "a", "b", "b"]), "LabelEncoder"),
    ("models.Sequential.fit", fit(X, LABELS + 1), "do they start at 1"),
    ("models.Sequential.fit", fit(X, LABELS[:4]), "x has 5 samples but y has 4"),
    ("models.Sequential.fit", fit(X, Y), "with one-hot rows use categorical_crossentropy"),
    ("models.Sequential.fit", fit(X, LABELS, batch_size=0), "batch_size must be a whole number"),
    ("models.Sequential.fit", fit(X, LABELS, epochs=-1), "epochs must be a whole number"),
    ("models.Sequential.fit", fit(X, LABELS, validation_split=1), "rows on both sides"),
    ("models.Sequential.fit", fit(X, LABELS, validation_split="a"), "validation_split must be"),
    ("models.Sequential.fit", fit(X, LABELS, validation_data=X), r"a pair, \(x_val, y_val\)"),
    ("models.Sequential.fit", fit(X, LABELS, callbacks=EarlyStopping()), "callbacks takes a list"),
    ("models.Sequential.fit", fit(X, LABELS, shuffle="no"), "shuffle must be True or False"),
    ("models.Sequential.evaluate", lambda: network().evaluate(X, LABELS[:1]), "y has 1"),
    ("models.Sequential.predict", lambda: network().predict(X.T), r"did you pass X.T\?"),
    ("models.Sequential.predict", lambda: Sequential().predict(X), "has no layers"),
    ("models.Sequential.summary", lambda: Sequential([Dense(2)]).summary(), "no weights yet"),
    ("models.Sequential.count_params", lambda: Sequential([Dense(2)]).count_params(), "no weights"),
    ("models.Sequential.get_weights", lambda: Sequential([Dense(2)]).get_weights(), "no weights"),
    ("models.Sequential.set_weights", lambda: network().set_weights([W, b]), "have shapes"),
    ("models.Sequential.set_weights", lambda: network().set_weights(W), "takes a list of arrays"),
    (
        "models.Sequential.save_weights",
        lambda: network().save_weights(3),
        "expected str|argument should be a str",
    ),
    ("models.Sequential.load_weights", lambda: network().load_weights(3), "expected str, bytes"),
    (
        "models.Sequential.load_weights",
        lambda: network().load_weights(__file__),
        "does not hold weights that save_weights wrote",
    ),
    # datasets
    *[
        (f"datasets.{f.__name__}", partial(f, source="fake"), "must be 'auto', 'real' or 'sa")
        for f in (datasets.load_mnist, datasets.load_beans)
    ],
    ("datasets.load_beans", lambda: datasets.load_beans(size=0), "size must be a whole number"),
    ("datasets.load_iris", lambda: datasets.load_iris(seed="a"), "random_state"),
    (
        "datasets.make_correlated_regression",
        lambda: datasets.make_correlated_regression(0),
        "n_samples must be a whole number, 4 or more",
    ),
    # plotting
    (
        "plotting.plot_classes",
        lambda: plotting.plot_classes(X, LABELS, "ab"),
        r"expects X \(n, 2\)",
    ),
    (
        "plotting.plot_classes",
        lambda: plotting.plot_classes(W, [0, 1, 2], ["a", "b"]),
        r"numbers of 2 classes, got \[2\]",
    ),
    (
        "plotting.plot_decision_regions",
        lambda: plotting.plot_decision_regions(None, W, [0, 1, 1], "ab"),
        "predict must be a function",
    ),
    (
        "plotting.plot_learning_curves",
        lambda: plotting.plot_learning_curves(network()),
        "expected what fit returned",
    ),
    (
        "plotting.plot_learning_curves",
        lambda: plotting.plot_learning_curves(callbacks.History(), "accuracy"),
        "no record of 'accuracy'",
    ),
    ("plotting.plot_network", lambda: plotting.plot_network((4, 0)), "widths must be whole"),
    ("plotting.plot_matmul", lambda: plotting.plot_matmul(X, W.T, 0, 0), r"did you pass W.T\?"),
    ("plotting.plot_dense_shapes", lambda: plotting.plot_dense_shapes(0, 1, 2), "whole numbers"),
    (
        "plotting.plot_activation",
        lambda: plotting.plot_activation(3, np.tanh),
        "must be a function",
    ),
    ("plotting.explore", lambda: plotting.explore(None), "draw must be a function"),
    ("plotting.plot_images", lambda: plotting.plot_images(X, (2, 2)), "do not have 3 pixels"),
    ("plotting.plot_images", lambda: plotting.plot_images(X, (1, 3), ["a"]), "but 1 titles"),
    (
        "plotting.plot_computation_graph",
        lambda: plotting.plot_computation_graph({"a": (0, 0, "", "")}, [("a", "b", "")]),
        "no box is named 'b'",
    ),
    # explain
    ("explain.show_source", lambda: explain.show_source(Dense), "show a class by its methods"),
    ("explain.explain_function", lambda: explain.explain_function(np.exp, X), "written in Python"),
    (
        "explain.shape_table",
        lambda: explain.shape_table("for i in x: pass"),
        "takes one assignment",
    ),
]


@pytest.mark.parametrize(
    ("call", "message"),
    [row[1:] for row in CALLS],
    ids=[f"{i}-{row[0]}" for i, row in enumerate(CALLS)],
)
def test_a_wrong_call_says_what_is_wrong(call, message):
    with pytest.raises((ValueError, TypeError, FloatingPointError), match=message) as caught:
        call()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "use",
    [
        lambda w: optimizers.momentum_update(w[0], w[1], np.ones(2), 0.1, 0.9),
        lambda w: optimizers.momentum_update(*w, np.ones(3), 0.1, "0.9"),
        lambda w: optimizers.rmsprop_update(*w, np.ones(3), 0.1, 0.9, None),
        lambda w: optimizers.adam_update(*w, np.ones((3, 1)), np.ones(3), 0.1, 0.9, 0.9, 1e-7, 1),
        lambda w: optimizers.momentum_update(*w, np.ones(3), 0.1, 1.0),
        lambda w: optimizers.rmsprop_update(*w, np.ones(3), 0.1, 2.0, 1e-7),
        lambda w: optimizers.adam_update(*w, np.ones(3), np.ones(3), 0.1, 1.0, 0.9, 1e-7, 1),
        lambda w: optimizers.adam_update(*w, np.ones(3), np.ones(3), 0.1, 0.9, -0.1, 1e-7, 1),
        lambda w: SGD(0.1).apply([np.ones(3), None], w),
        lambda w: SGD(0.1).apply([np.ones(3)], w),
        lambda w: Adam(lambda step: np.nan).apply([np.ones(3)] * 2, w),
    ],
)
def test_an_update_that_is_refused_has_changed_nothing(use):
    w = [np.ones(3), np.full(3, 2.0)]
    with pytest.raises((ValueError, TypeError)):
        use(w)
    np.testing.assert_array_equal(w, [[1, 1, 1], [2, 2, 2]])


def fields(values):
    """A table whose columns have names, as np.genfromtxt(names=True) reads one."""
    columns = np.atleast_2d(values.T)
    return np.rec.fromarrays(columns, names=[f"c{i}" for i in range(len(columns))]).view(np.ndarray)


ODD = {  # kind: how to make it from an array of numbers, and what any door has to say about it
    "sparse matrix": (
        lambda v: sparse.csr_matrix(np.atleast_2d(v)),
        r"sparse matrix: pass .+\.toa",
    ),
    "sparse array": (lambda v: sparse.coo_array(v), r"sparse matrix: pass .+\.toarray\(\)"),
    "mask": (lambda v: np.ma.masked_less(v, np.median(v) + 0.1), r"masked entries.+\.filled\("),
    "dict": (lambda v: {"a": v, "b": v}, r"is a dict: pass an array in it, .+\['a'\]"),
    "fields": (fields, r"named fields, c0.*: pass one, .+\['c0'\]"),
    "objects": (lambda v: v.astype(object), r"every entry is a number: pass .+\.astype\(float\)"),
    "text": (lambda v: np.full(v.shape, "setosa"), r"got text.* \('setosa'\): "),
    "gap": (lambda v: np.where(v == v.flat[0], None, v), r"got an empty entry.* \(None\): fill it"),
    "set": (lambda v: set(v.flat), r"got a set: pass np\.array\(list\("),
    "days": (lambda v: v.astype("M8[D]"), r"datetime64\[D\]: count days, "),
    "complex": (lambda v: v.astype(complex), "numbers, got dtype complex128"),
    "ragged": (lambda v: [[1.0, 2.0], [3.0]], "its rows of one length"),
    "nothing": (lambda v: None, "must hold numbers, got None"),
}
DOORS = {  # where an array comes in: one that is right there, and the call
    "fit x": (X, lambda v: fit(v, LABELS)()),
    "fit y": (LABELS, lambda v: fit(X, v)()),
    "fit validation x": (X, lambda v: fit(X, LABELS, validation_data=(v, LABELS))()),
    "fit validation y": (LABELS, lambda v: fit(X, LABELS, validation_data=(X, v))()),
    "evaluate x": (X, lambda v: network().evaluate(v, LABELS)),
    "evaluate y": (LABELS, lambda v: network().evaluate(X, v)),
    "predict": (X, lambda v: network().predict(v)),
    "forward": (X, lambda v: network().forward(v)),
    "train_step x": (X, lambda v: network().train_step(v, Y)),
    "train_step y": (Y, lambda v: network().train_step(X, v)),
    "loss_and_gradients x": (X, lambda v: network().loss_and_gradients(v, LABELS)),
    "loss_and_gradients y": (LABELS, lambda v: network().loss_and_gradients(X, v)),
    "set_weights": (np.ones(2), lambda v: network().set_weights([*network().get_weights()[:3], v])),
    "check_gradients": (X, lambda v: gradient_check.check_gradients(exact(), v, LABELS)),
    "numerical_gradient": (X, lambda v: gradient_check.numerical_gradient(np.sum, v)),
    "relative_error": (X, lambda v: gradient_check.relative_error(X, v)),
    "accuracy Y": (Y, lambda v: metrics.accuracy(v, Y)),
    "accuracy A": (Y, lambda v: metrics.accuracy(Y, v)),
    "binary_crossentropy": (Y, lambda v: losses.binary_crossentropy(v, Y)),
    "categorical_crossentropy": (Y, lambda v: losses.categorical_crossentropy(v, Y)),
    "dense_forward": (X, lambda v: layers.dense_forward(v, W, b)),
    "dense_backward": (Y, lambda v: layers.dense_backward(v, X, W)),
    "Dense": (X, lambda v: layer()(v)),
    "data_findings x": (X, lambda v: diagnostics.data_findings(v, LABELS)),
    "data_findings y": (LABELS, lambda v: diagnostics.data_findings(X, v)),
    "baseline_losses": (LABELS, diagnostics.baseline_losses),
    "overfit_batch": (X, lambda v: diagnostics.overfit_batch(network(), v, LABELS)),
    "layer_statistics": (X, lambda v: diagnostics.layer_statistics(network(), v)),
    "update_ratios": (X, lambda v: diagnostics.update_ratios(network(), v, LABELS)),
    "first_difference": (b, lambda v: diagnostics.first_difference(v, b)),
    "one_hot": (LABELS, lambda v: losses.one_hot(v, 2)),
    "sgd_update": (X, lambda v: optimizers.sgd_update(X.copy(), v, 0.1)),
    "momentum_update": (X, lambda v: optimizers.momentum_update(X.copy(), X.copy(), v, 0.1, 0.9)),
    **{
        f"activations.{name}": (X, getattr(activations, name))
        for name in activations.__all__
        if name not in ("get", "ActivationFunction")
    },
    **{
        f"losses.{name}": (Y, partial(getattr(losses, name), Y))
        for name in losses.__all__
        if name.endswith(("error", "entropy", "gradient"))
    },
    "plot_classes X": (W, lambda v: plotting.plot_classes(v, [0, 1, 1], "ab")),
    "plot_classes y": (LABELS, lambda v: plotting.plot_classes(X[:, :2], v, "ab")),
    "plot_matmul": (X, lambda v: plotting.plot_matmul(v, W, 0, 0)),
    "plot_images": (X, lambda v: plotting.plot_images(v, (1, 3))),
}


def exact():
    return network(dtype="float64")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", ODD)
def test_each_odd_array_has_its_own_words_at_every_door(kind, door):
    right, call = DOORS[door]
    make, message = ODD[kind]
    call(right)  # so it is the oddity alone that is refused
    plt.close("all")
    odd = make(right)
    with pytest.raises(ValueError, match=message) as caught:
        call(odd)
    assert len(str(caught.value)) < 400


def test_one_hot_encoders_sparse_rows_are_told_what_works():
    rows = OneHotEncoder().fit_transform(LABELS[:, None])
    model = network()
    model.compile("sgd", "categorical_crossentropy")
    with pytest.raises(ValueError, match=r"^y is a sparse matrix: pass y\.toarray\(\)$"):
        model.fit(X, rows, verbose=0)
    model.fit(X, rows.toarray(), verbose=0)


MODULES = (
    activations, initializers, layers, losses, gradient_check, optimizers, optimizers.schedules,
    metrics,
    callbacks, models, datasets, diagnostics, plotting, explain,
)  # fmt: skip
# Nothing that a caller passes can be wrong here, or the call stands in the table under its class.
NEEDS_NO_ROW = {
    "callbacks.Callback",
    "callbacks.History",
    "datasets.Dataset",
    "explain.person_watches",
    "explain.progress",
    "explain.tsensor",
}


def public_callables():
    for module in MODULES:
        short = module.__name__.removeprefix("nnlib.")
        for name in module.__all__:
            thing = getattr(module, name)
            if not inspect.ismodule(thing):
                yield f"{short}.{name}"
            if thing in (Dense, Sequential, losses.Loss):
                methods = inspect.getmembers(thing, inspect.isfunction)
                shown = [m for m, _ in methods if not m.startswith("_") or m == "__call__"]
                yield from (f"{short}.{name}.{method}" for method in shown)


def test_every_public_function_and_method_has_its_row():
    assert {*public_callables()} - {row[0] for row in CALLS} == NEEDS_NO_ROW


def test_every_row_names_something_public():
    for name, *_ in CALLS:
        module, *path = name.split(".")
        thing = importlib.import_module(f"nnlib.{module}")
        for part in path:
            thing = getattr(thing, part)
        assert callable(thing)

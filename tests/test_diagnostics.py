"""The questions of the method: worked numbers, and what a healthy and a sick network answer."""

import math

import numpy as np
import pytest
from sklearn.datasets import load_iris as load_raw_iris

from nnlib import SGD, Dense, Input, Sequential
from nnlib.datasets import load_iris
from nnlib.diagnostics import (
    baseline_losses,
    data_findings,
    first_difference,
    layer_statistics,
    overfit_batch,
    update_ratios,
)

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 3, 30)
X = RNG.normal(size=(30, 4)) + Y[:, None]
X -= X.mean(axis=0)


def network(hidden="relu", rate=0.1, bias=0.0, **settings):
    layers = [
        Dense(5, hidden, "he_normal", bias_initializer=lambda shape, rng: np.full(shape, bias)),
        Dense(3, "softmax"),
    ]
    model = Sequential([Input((4,)), *layers], seed=0, **settings)
    model.compile(SGD(rate), "sparse_categorical_crossentropy")
    return model


def unchanged(model, call):
    before = [array.copy() for array in model.parameters]
    steps, state = model.optimizer.iterations, model.rng.bit_generator.state
    result = call()
    assert all(np.array_equal(a, b) for a, b in zip(before, model.parameters, strict=True))
    assert (model.optimizer.iterations, model.rng.bit_generator.state) == (steps, state)
    return result


def test_healthy_data_raise_no_suspicion():
    assert data_findings(X, Y) == []


@pytest.mark.parametrize(
    ("x", "y", "found"),
    [
        (X * [1, 1, 1, 30], Y, "spreads of features from "),
        (X * [1, 1, 1, 0], Y, "spreads of features from 0 to "),
        (X + np.array([0, 20, 0, -20]), Y, "features far from 0 for their spread: [1, 3]"),
        (X[[0, 1, *range(28)]], Y, "rows that repeat others: 2"),
        (X, [0] * 8 + [1, 0] + [0] * 20, "samples of a class from 1 to 29"),
        (X, np.sort(Y), "rows sorted by class"),
        (X, np.sort(Y)[::-1], "rows sorted by class"),
        (np.where(np.arange(30) < 2, np.nan, X.T).T, Y, "samples with NaN or infinity: 2"),
    ],
)
def test_suspicious_data_are_named(x, y, found):
    (finding,) = data_findings(x, y)
    assert finding.startswith(found)


def test_the_iris_flowers_as_they_come_are_suspicious_in_three_ways():
    assert data_findings(*load_raw_iris(return_X_y=True)) == [
        "features far from 0 for their spread: [0, 1]",
        "rows that repeat others: 1",
        "rows sorted by class",
    ]


def test_the_two_flowers_that_are_alike_stand_on_both_sides_of_the_split():
    x, _ = load_raw_iris(return_X_y=True)
    np.testing.assert_array_equal(x[101], x[142])
    iris = load_iris(seed=0)
    assert [(rows == x[101]).all(axis=1).sum() for rows in (iris.x_train, iris.x_test)] == [1, 1]


def test_a_single_class_is_not_called_sorted():
    assert "rows sorted by class" not in data_findings(X, np.zeros(30))


def test_baseline_losses_of_worked_shares():
    assert baseline_losses([0, 1, 2, 0, 1, 2]) == pytest.approx((math.log(3), math.log(3)))
    undecided, base_rate = baseline_losses(np.array([1] * 693 + [0] * 341))
    assert undecided == pytest.approx(math.log(2))
    assert base_rate == pytest.approx(0.6340, abs=5e-5)  # the leaves of page 08


def test_overfit_batch_learns_by_heart_and_leaves_the_model_alone():
    model = network()
    losses = unchanged(model, lambda: overfit_batch(model, X[:8], Y[:8], steps=300))
    assert len(losses) == 300
    assert losses[0] == pytest.approx(model.evaluate(X[:8], Y[:8]))
    assert losses[-1] < 0.05 * losses[0]


def test_overfit_batch_of_a_network_that_no_gradient_passes():
    losses = overfit_batch(network(bias=-100.0), X[:8], Y[:8])
    assert losses[-1] > 0.5


def test_layer_statistics_are_those_of_the_pre_activations():
    model = network()
    (found,) = unchanged(model, lambda: layer_statistics(model, X))
    model.forward(X.astype("float32"))
    Z = model.layers[0].Z
    assert found["units"] == 5
    assert found["mean"] == pytest.approx(Z.mean(), abs=1e-6)
    assert found["spread"] == pytest.approx(Z.std(), rel=1e-5)
    assert found["slope"] == pytest.approx((Z > 0).mean(), rel=1e-5)
    assert found["dead"] == (Z <= 0).all(axis=0).sum()


@pytest.mark.parametrize(("hidden", "bias"), [("relu", -100.0), ("tanh", 10.0), ("sigmoid", 20.0)])
def test_units_that_no_gradient_passes_are_dead(hidden, bias):
    (found,) = layer_statistics(network(hidden, bias=bias), X)
    assert found["dead"] == 5 and found["slope"] < 1e-3
    (found,) = layer_statistics(network("leaky_relu", bias=-100.0), X)
    assert found["dead"] == 0


def test_statistics_come_layer_by_layer_from_an_unbuilt_model_too():
    model = Sequential([Dense(6, "tanh"), Dense(5, "tanh"), Dense(3, "softmax")], seed=0)
    found = layer_statistics(model, X)
    assert [layer["units"] for layer in found] == [6, 5]
    assert model.layers[0].W is None


def test_update_ratios_are_rate_times_gradient_over_weights():
    model = network(dtype="float64")
    ratios = unchanged(model, lambda: update_ratios(model, X, Y))
    gradients = model.loss_and_gradients(X, Y)[1]
    expected = [
        0.1 * np.linalg.norm(g) / np.linalg.norm(layer.W)
        for g, layer in zip(gradients[::2], model.layers, strict=True)
    ]
    assert ratios == pytest.approx(expected)


@pytest.mark.parametrize(
    ("losses", "known", "expected"),
    [
        ([1.0, 0.5, 0.25], [1.0, 0.5, 0.25], None),
        ([1.0, 0.5, 0.25], [1.0, 0.5], None),
        ([1.1, 0.5], [1.0, 0.5], 0),
        ([1.0, 0.5, 0.26], [1.0, 0.5, 0.25], 2),
        ([1.0, 0.5 * (1 + 1e-7)], [1.0, 0.5], None),
        ([1.0, float("nan")], [1.0, 0.5], 1),
    ],
)
def test_first_difference(losses, known, expected):
    assert first_difference(losses, known) == expected


def test_first_difference_takes_the_tolerance_it_is_given():
    assert first_difference([1.0, 0.5001], [1.0, 0.5], rtol=1e-3) is None
    assert first_difference([1.0, 0.5001], [1.0, 0.5], rtol=1e-5) == 1


def test_overfit_batch_of_a_network_that_diverges_ends_early():
    losses = overfit_batch(network(rate=1e6), 1e6 * X[:8], Y[:8])
    assert 1 <= len(losses) < 200 and np.isfinite(losses).all()
    assert losses[-1] > 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data_findings(X[0], Y), "x"),
        (lambda: data_findings(X, Y[:-1]), "n"),
        (lambda: data_findings(X, ["a"] * 30), "y must hold numbers"),
        (lambda: baseline_losses(X), "y"),
        (lambda: baseline_losses([]), "y"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()

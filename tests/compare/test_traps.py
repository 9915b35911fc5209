"""What page 10 says of Keras and PyTorch: its numbers recomputed, its refusals met.

tests/figures/crosswalk.py has the numbers that need scikit-learn and nnlib alone.
"""

import re

import figures
import numpy as np
import pytest
import tables
from sklearn.neural_network import MLPRegressor

import nnlib

TRAPS = {}
TEXT = " ".join(tables.CELLS["names-traps"].split() + tables.CELLS["names-more-traps"].split())


def trap(text, *libraries):
    """Register a function that recomputes the numbers of a text, and the libraries it needs."""

    def register(function):
        figure = figures.Figure("10_crosswalk", text, function, quick=True)
        TRAPS[function.__name__] = figure, libraries
        return function

    return register


@trap("the first call leaves 6 and a second one 12", "PyTorch")
def gradients_add_up():
    import torch

    w, found = torch.tensor(3.0, requires_grad=True), []
    for _ in range(2):
        (w**2).backward()
        found.append(w.grad.item())
    return found


@trap("$w$ is -0.686 after six steps in Keras and 0.029 in PyTorch", "Keras", "PyTorch")
def momentum_with_a_falling_rate():
    import keras
    import torch

    theirs = keras.Variable(1.0)
    rate = keras.optimizers.schedules.PolynomialDecay(0.1, 5, 0.0)
    optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    for _ in range(6):
        optimizer.apply([2 * theirs.value.detach()], [theirs])
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.PolynomialLR(optimizer, 5)
    for _ in range(6):
        optimizer.zero_grad()
        (w**2).backward()
        optimizer.step()
        scheduler.step()
    return float(theirs.value.detach()), w.item()


@trap("it charges the perfect answer among three classes 0.551", "PyTorch")
def softmax_twice():
    import torch

    return torch.nn.functional.cross_entropy(torch.eye(3), torch.arange(3)).item()


@trap("for class 0 cost 0.127; swapped, the same call gives 0.627", "PyTorch")
def arguments_swapped():
    import torch

    Z, Y = torch.tensor([[2.0, 0.0]]), torch.tensor([[1.0, 0.0]])
    cross_entropy = torch.nn.functional.cross_entropy
    return 0, cross_entropy(Z, Y).item(), cross_entropy(Y, Z).item()


@trap("120 steps in an epoch of 120 rows, where batches of 32 make 4", "PyTorch")
def batches_of_one():
    import torch

    rows = torch.utils.data.TensorDataset(torch.zeros(120, 4))
    loader = torch.utils.data.DataLoader
    return len(loader(rows)), len(rows), 32, len(loader(rows, batch_size=32))


@trap("cost 1.333, with no more than a warning", "Keras", "PyTorch")
def each_compared_with_each():
    import keras
    import torch

    y, column = np.arange(3.0), np.arange(3.0).reshape(3, 1)
    assert float(keras.losses.MeanSquaredError()(y, column)) == 0
    with pytest.raises(ValueError, match="one shape"):
        nnlib.losses.mean_squared_error(y, column)
    with pytest.warns(UserWarning, match="broadcasting"):
        return torch.nn.functional.mse_loss(torch.tensor(column), torch.tensor(y)).item()


@trap("no answer costs more than 16.118", "Keras")
def limited_probabilities():
    import keras

    return float(keras.losses.CategoricalCrossentropy()(np.array([[1, 0]]), np.array([[0.0, 1.0]])))


@trap("ours has 2.3% beyond 2.28 standard deviations, Keras 0.0%", "Keras")
def tails_of_he_normal():
    import keras

    shape, limit = (2, 50_000), 2.28  # two inputs: a standard deviation of 1
    ours = nnlib.initializers.he_normal(shape, np.random.default_rng(0))
    theirs = np.asarray(keras.initializers.HeNormal(seed=0)(shape))
    assert ours.std() == pytest.approx(1, abs=0.01) == theirs.std()
    beyond = [100 * np.mean(np.abs(weights) > limit) for weights in (ours, theirs)]
    return beyond[0], limit, beyond[1]


def first_steps(name, gradient, **settings):
    """PyTorch's and Keras's first step for a gradient, in units of the rate."""
    import keras
    import torch

    w = torch.zeros(1, requires_grad=True)
    w.grad = torch.tensor([gradient])
    getattr(torch.optim, name)([w], lr=0.01, **settings).step()
    theirs = keras.Variable(np.zeros(1))
    getattr(keras.optimizers, name)(0.01).apply([torch.tensor([gradient])], [theirs])
    return -w.item() / 0.01, -float(theirs.value.detach()) / 0.01


@trap("PyTorch's first step is 3.16 times the rate, and Keras's 0.31 times", "Keras", "PyTorch")
def epsilon_of_rmsprop():
    return first_steps("RMSprop", 1e-4, alpha=0.9)


@trap("Adam's first steps are 0.99 and 0.24 times the rate", "Keras", "PyTorch")
def epsilon_of_adam():
    return first_steps("Adam", 1e-6)


@pytest.mark.parametrize("name", TRAPS)
def test_the_page_says_so(name):
    assert TRAPS[name][0].text in TEXT
    assert "tests/compare/test_traps.py" in TEXT


@pytest.mark.parametrize("name", TRAPS)
def test_the_number_holds(name):
    figure, libraries = TRAPS[name]
    for library in libraries:
        tables.need(library)
    assert figures.problem(figure) is None


def test_keras_and_nnlib_differ_in_what_binary_crossentropy_takes():
    tables.need("Keras")
    import keras

    one = np.ones((1, 1))
    assert float(keras.losses.binary_crossentropy(one, one)[0]) < 1e-6
    assert nnlib.losses.binary_crossentropy(one, one) == pytest.approx(0.313, abs=1e-3)


def test_losses_of_pytorch_refuse_one_hot_integers_and_its_layers_float64():
    tables.need("PyTorch")
    import torch
    from torch.nn import functional

    Y, Z = functional.one_hot(torch.arange(3), 3), torch.zeros(3, 3)
    for loss in (functional.cross_entropy, functional.binary_cross_entropy_with_logits):
        with pytest.raises(RuntimeError):
            loss(Z, Y)
        loss(Z, Y.float())
    with pytest.raises(RuntimeError, match="same dtype"):
        torch.nn.Linear(4, 6)(torch.tensor(np.zeros((1, 4))))


def test_keras_keeps_the_last_weights_unless_told_otherwise():
    tables.need("Keras")
    import keras

    stop = keras.callbacks.EarlyStopping(patience=10)
    assert stop.monitor == "val_loss" and not stop.restore_best_weights


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_regressor_of_scikit_learn_halves_the_squared_error():
    X = np.random.default_rng(0).normal(size=(8, 4))
    settings = {"solver": "sgd", "learning_rate_init": 1e-12, "alpha": 0, "max_iter": 1}
    model = MLPRegressor(batch_size=8, **settings).fit(X, X.sum(axis=1))
    error = nnlib.losses.mean_squared_error(X.sum(axis=1), model.predict(X))
    assert model.loss_ == pytest.approx(error / 2, rel=1e-5)


def test_scikit_learn_stops_an_epoch_later_than_n_iter_no_change_and_restores_the_best():
    case = tables.arrays("three classes")
    X, y = np.repeat(case["X"], 10, axis=0), np.repeat(case["y"], 10)
    entry = tables.table(tables.PARTS)["stop in time"].entries["scikit-learn"]
    model = tables.Column("scikit-learn", "three classes").evaluate(entry).fit(X, y)
    assert model.n_iter_no_change == 9
    best = 1 + int(np.argmax(model.validation_scores_))
    assert model.n_iter_ == best + 10 < model.max_iter
    assert model.best_validation_score_ == max(model.validation_scores_)


def test_partial_fit_makes_an_output_for_an_absent_class():
    column = tables.Column("scikit-learn", "no class 1")
    (call,) = re.findall(r"`(partial_fit\(.*?\))`", TEXT)
    model = eval(f"MLPClassifier().{call}", column.space)
    assert model.predict_proba(column.space["X"]).shape == (24, 3)

"""Page 10's table of defaults: each library is asked what it does when nothing is said."""

import ast
import functools
import inspect
import itertools

import numpy as np
import pytest
import tables
from sklearn.neural_network import MLPClassifier

import nnlib

pytestmark = [
    pytest.mark.filterwarnings("ignore:Stochastic Optimizer"),  # one epoch, for scikit-learn
    pytest.mark.filterwarnings("ignore:__array__ implementation"),  # Keras's own
]
DRAW = np.random.default_rng(0)
X, Y = DRAW.normal(size=(1600, 4)), DRAW.integers(0, 3, 1600)


def limits(weights_and_biases):
    """The largest of those that many layers with 4 inputs and 6 units start with."""
    weights, biases = zip(*(weights_and_biases() for _ in range(300)), strict=True)
    return {
        "limit of its starting weights": np.abs(weights).max(),
        "limit of its starting biases": np.abs(biases).max(),
    }


def yes_or_no(flag):
    return "yes" if flag else "no"


def after_a_second_fit(before, after):
    same = all(np.allclose(a, b) for a, b in zip(before, after, strict=True))
    return "goes on" if same else "starts anew"


def of_nnlib():
    slope = -nnlib.activations.leaky_relu(np.array([-1.0]))[0]
    return {**by_kerass_names(nnlib), "slope of leaky ReLU below 0": slope}


def of_keras():
    import keras

    functions = keras.activations.leaky_relu, keras.layers.LeakyReLU()
    slopes = (-float(function(np.array([-1.0]))[0]) for function in functions)
    return {
        **by_kerass_names(keras),
        "slope of leaky ReLU below 0": "{:.1f}, as a layer {:.1f}".format(*slopes),
        "penalty on large weights": keras.layers.Dense(1).kernel_regularizer or 0,
    }


def by_kerass_names(keras):
    def network():
        layers = [keras.layers.Dense(6), keras.layers.Dense(3, "softmax")]
        return keras.Sequential([keras.Input((4,)), *layers])

    model, optimizers = network(), keras.optimizers
    model.compile(optimizers.SGD(1e-30), "sparse_categorical_crossentropy")
    epochs = len(model.fit(X, Y, verbose=0).epoch)
    batches, before = int(model.optimizer.iterations) / epochs, model.get_weights()
    model.fit(X, Y, verbose=0)
    ones = model.predict(X, verbose=0).sum(axis=1)
    shuffle = inspect.signature(model.fit).parameters["shuffle"].default
    return {
        "shape of W, 4 inputs and 6 units": before[0].shape,
        **limits(lambda: network().get_weights()[:2]),
        "type of the numbers": str(before[0].dtype),
        "SGD's rate": float(optimizers.SGD().learning_rate),
        "SGD's momentum": optimizers.SGD().momentum,
        "RMSprop's share of old squares": optimizers.RMSprop().rho,
        "Adam's epsilon": optimizers.Adam().epsilon,
        "rows in a batch": len(X) / batches,
        "a new order of rows in each epoch": yes_or_no(shuffle),
        "epochs of `fit`": epochs,
        "a second `fit`": after_a_second_fit(before, model.get_weights()),
        "`predict` gives": "probabilities" if np.allclose(ones, 1) else "classes",
    }


def of_torch():
    import torch

    def layer():
        return list(torch.nn.Linear(4, 6).parameters())

    optim, at = torch.optim, torch.tensor(-1.0)
    slope, of_layer = (
        -f(at).item() for f in (torch.nn.functional.leaky_relu, torch.nn.LeakyReLU())
    )
    assert slope == of_layer
    loader = torch.utils.data.DataLoader(torch.arange(40))
    order = torch.cat(list(loader)).tolist()
    return {
        "shape of W, 4 inputs and 6 units": tuple(layer()[0].shape),
        **limits(lambda: [array.detach().numpy() for array in layer()]),
        "type of the numbers": str(layer()[0].dtype).removeprefix("torch."),
        "slope of leaky ReLU below 0": slope,
        "SGD's rate": optim.SGD(layer()).defaults["lr"],
        "SGD's momentum": optim.SGD(layer()).defaults["momentum"],
        "RMSprop's share of old squares": optim.RMSprop(layer()).defaults["alpha"],
        "Adam's epsilon": optim.Adam(layer()).defaults["eps"],
        "rows in a batch": len(order) / len(loader),
        "a new order of rows in each epoch": yes_or_no(order != sorted(order)),
        "penalty on large weights": optim.SGD(layer()).defaults["weight_decay"],
    }


def of_scikit_learn():
    def network(x=X, y=Y, solver="sgd"):
        model = MLPClassifier((6,), solver=solver, learning_rate_init=1e-30, max_iter=1)
        return model.fit(x, y)

    def first_layer():
        model = network(X[:9], Y[:9])
        return model.coefs_[0], model.intercepts_[0]

    model, default = network(), MLPClassifier(solver="sgd")
    before = model.coefs_
    types = [network(X.astype(name)).coefs_[0].dtype.name for name in ("float32", "float64")]
    nesterov = ", Nesterov's" if default.nesterovs_momentum else ""
    return {
        "shape of W, 4 inputs and 6 units": before[0].shape,
        **limits(first_layer),
        "type of the numbers": "as in X" if types == ["float32", "float64"] else types,
        "SGD's rate": default.learning_rate_init,
        "SGD's momentum": f"{default.momentum}{nesterov}",
        "Adam's epsilon": default.epsilon,
        "rows in a batch": len(X) / network(solver="adam")._optimizer.t,
        "a new order of rows in each epoch": yes_or_no(default.shuffle),
        "epochs of `fit`": f"up to {default.max_iter}",
        "a second `fit`": after_a_second_fit(before, model.fit(X, Y).coefs_),
        "penalty on large weights": default.alpha,
        "`predict` gives": "classes" if set(model.predict(X)) <= set(Y) else "probabilities",
    }


ASKED = dict(zip(tables.LIBRARIES, (of_nnlib, of_keras, of_torch, of_scikit_learn), strict=True))
ask = functools.cache(lambda library: ASKED[library]())


@pytest.mark.parametrize(
    ("words", "library"), [*itertools.product(tables.table(tables.DEFAULTS), tables.LIBRARIES)]
)
def test_defaults_are_as_the_page_says(words, library):
    tables.need(library)
    shown = tables.table(tables.DEFAULTS)[words].entries[library]
    found = ask(library).get(words, "—")
    if isinstance(found, str):
        assert shown == found
    else:
        assert ast.literal_eval(shown) == pytest.approx(found, rel=1e-2)

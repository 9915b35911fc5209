"""An epoch of scikit-learn's own network and of ours, from equal weights on equal batches."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from nnlib import SGD, Adam, Dense, Input, Sequential

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4))
TARGETS = {
    "classes": RNG.integers(0, 3, 50),
    "yes or no": RNG.integers(0, 2, 50),
    "numbers": RNG.normal(size=50),
}
OUTPUTS = {
    "classes": (3, "softmax", "sparse_categorical_crossentropy"),
    "yes or no": (1, "sigmoid", "binary_crossentropy"),
    "numbers": (1, "linear", "mean_squared_error"),
}
OPTIMIZERS = {
    "SGD": {"solver": "sgd", "momentum": 0},
    "momentum": {"solver": "sgd", "momentum": 0.9, "nesterovs_momentum": False},
    "Nesterov": {"solver": "sgd", "momentum": 0.9},
    "Adam": {"solver": "adam", "epsilon": 1e-7},
}
NAMES = {"sigmoid": "logistic", "linear": "identity"}  # of activations, where they differ


def our_optimizer(name, factor):
    """The optimizer of that name for gradients that are `factor` times scikit-learn's."""
    if name == "Adam":
        return Adam(0.05, epsilon=factor * 1e-7)
    momentum = 0 if name == "SGD" else 0.9
    return SGD(0.05 / factor, momentum=momentum, nesterov=name == "Nesterov")


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")  # five epochs are too few for it
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "linear"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("task", TARGETS)
def test_five_epochs_end_at_equal_weights(task, optimizer, activation):
    y, (units, output, loss) = TARGETS[task], OUTPUTS[task]
    theirs = (MLPRegressor if task == "numbers" else MLPClassifier)(
        hidden_layer_sizes=(6, 5),
        activation=NAMES.get(activation, activation),
        learning_rate_init=0.05,
        batch_size=16,
        shuffle=False,
        alpha=0,
        random_state=0,
        warm_start=True,  # a second fit starts from the weights of the first
        **OPTIMIZERS[optimizer],
    )
    theirs.set_params(max_iter=1).fit(X, y)
    layers = [Dense(6, activation), Dense(5, activation), Dense(units, output)]
    ours = Sequential([Input((4,)), *layers], dtype="float64")
    factor = 2 if task == "numbers" else 1  # MLPRegressor halves the squared error
    ours.compile(our_optimizer(optimizer, factor), loss)
    pairs = zip(theirs.coefs_, theirs.intercepts_, strict=True)
    ours.set_weights([array for pair in pairs for array in pair])

    theirs.set_params(max_iter=5).fit(X, y)
    losses = ours.fit(X, y, batch_size=16, epochs=5, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(np.array(losses) / factor, theirs.loss_curve_[-5:], rtol=1e-9)
    found, expected = ours.get_weights(), theirs.coefs_ + theirs.intercepts_
    for array, other in zip(found[::2] + found[1::2], expected, strict=True):
        np.testing.assert_allclose(array, other, rtol=1e-7, atol=1e-9)

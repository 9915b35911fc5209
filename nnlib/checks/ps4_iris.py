"""What problem set 4 asks of a recipe for iris: its form, and what it learns."""

import math
from numbers import Integral, Real

from numpy import abs as _abs
from numpy import all as _all
from numpy import asarray, isfinite, ndarray
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks._networks import _pairs
from nnlib.checks._tools import _column_statistics


def _learn_iris(recipe, gradients, train):
    """Held-out accuracy on five splits."""
    from nnlib.datasets import load_iris

    scores = []
    for seed in range(5):
        iris = load_iris(seed=seed)
        means, spreads = _column_statistics(iris.x_train)
        x_train, x_test = (iris.x_train - means) / spreads, (iris.x_test - means) / spreads
        rng = default_rng(seed)
        parameters, rate, size, epochs = _expect_recipe(recipe(rng))
        train(parameters, gradients, x_train, iris.y_train.copy(), rate, size, epochs, rng)
        for w in parameters:
            assert _all(isfinite(w)), (
                f"split {seed}: the weights became NaN or infinite: the learning rate {rate} is "
                "too large for these weights"
            )
        guesses = _answers(x_test, parameters)
        scores.append(float((guesses == iris.y_test).mean()))
        assert scores[-1] >= 0.8, (
            f"split {seed}: {scores[-1]:.3f} of the held-out flowers are right, at least 0.8 is "
            f"asked. {_stuck(scores[-1], guesses)}"
        )
    mean = sum(scores) / len(scores)
    assert mean >= 0.93, (
        f"over five splits {mean:.3f} of the held-out flowers are right, 0.93 is asked: train "
        "longer, or with a larger rate"
    )


def _expect_recipe(recipe):
    assert isinstance(recipe, tuple | list) and len(recipe) == 4, (
        "iris_recipe returns four things: parameters, learning_rate, batch_size, epochs"
    )
    parameters, rate, size, epochs = recipe
    assert isinstance(parameters, list) and len(parameters) >= 2 and len(parameters) % 2 == 0, (
        "the parameters are a list: W1, b1, W2, b2 and so on"
    )
    assert all(isinstance(w, ndarray) and w.dtype.kind == "f" for w in parameters), (
        "each parameter is an array of decimal numbers: np.zeros(8), not [0] * 8 and no whole ones"
    )
    shapes = [w.shape for w in parameters]
    for W, b in _pairs(shapes):
        assert len(W) == 2 and b == W[1:], f"the shapes {W} and {b} are not those of a W and its b"
    assert shapes[0][0] == 4 and shapes[-1] == (3,), (
        f"the first W has 4 rows, for 4 features, and the last b 3 numbers; yours: {shapes}"
    )
    for W in parameters[::2]:
        assert W.shape[1] == 1 or len(parameters) == 2 or _abs(W - W[:, :1]).max() > 0, (
            "the units of a layer start equal, and stay so: draw the weights at random"
        )
    count = sum(w.size for w in parameters)
    assert count <= 500, f"the network has {count} parameters, 500 are allowed"
    assert isinstance(rate, Real) and rate > 0, (
        f"the second thing, the learning rate, is a number above 0; got {rate}"
    )
    assert isinstance(size, Integral) and size >= 1, (
        f"the third thing, the batch size, is a whole number from 1 on; got {size}"
    )
    assert isinstance(epochs, Integral) and 1 <= epochs <= 300, (
        f"the fourth thing, the number of epochs, is a whole number from 1 to 300; got {epochs}"
    )
    return parameters, rate, size, epochs


def _answers(X, parameters):
    A = X
    for W, b in _pairs(parameters):
        Z = A @ asarray(W, dtype=_float64) + b
        A = (Z > 0) * Z
    return Z.argmax(axis=1)


def _stuck(score, guesses):
    kinds = len({int(guess) for guess in guesses})
    if kinds == 1 or math.isclose(score, 1 / 3, abs_tol=0.01):
        return "The network says the same of all: is the rate too small, or are its units dead?"
    if kinds == 2:
        return "It tells two species apart only: train longer, or with a larger rate or more units"
    return "Train longer, or with a larger or a smaller rate"

"""Page 03: first losses of a published network, and where float64 ends."""

from itertools import pairwise

import numpy as np
from sklearn.datasets import load_iris

from figures import figure
from nnlib.activations import relu, sigmoid
from nnlib.losses import categorical_crossentropy, one_hot

PAGE = "03_losses"


def first_loss(seed):
    """Of Sasson's network on raw iris: weights even between -1 and 1, biases 0."""
    A, y = load_iris(return_X_y=True)
    draws = np.random.RandomState(seed)
    for n_in, n_out in pairwise([4, 6, 8, 10, 3]):
        Z = A @ draws.uniform(-1, 1, size=(n_out, n_in)).T
        A = relu(Z)
    return categorical_crossentropy(one_hot(y, 3), Z)


@figure(PAGE, "starts at 8.4, and 100 other draws by its rule between 0.96 and 24.8", quick=True)
def first_losses_of_sassons_network():
    others = [first_loss(seed) for seed in range(100) if seed != 99] + [first_loss(100)]
    return first_loss(99), len(others), min(others), max(others)


@figure(PAGE, r"\approx e^{-744}$", quick=True)
def logarithm_of_the_smallest_float64():
    return np.log(np.nextafter(0, 1))


@figure(PAGE, "holds out much longer, down to $-745$", quick=True)
def last_sigmoid_above_0():
    z = np.arange(-760.0, 0.0)
    return z[sigmoid(z) > 0].min()


@figure(PAGE, r"a difference of $1034 \cdot 1034$ = 1,069,156 entries", quick=True)
def broadcast_bean_targets():
    outputs, targets = np.zeros((1, 1034)), np.zeros((1034, 1))
    return 1034, 1034, (outputs - targets).size

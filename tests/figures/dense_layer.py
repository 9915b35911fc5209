"""Page 02: what tanh makes of starting weights by He's rule."""

import numpy as np

from figures import figure
from nnlib.initializers import he_normal
from nnlib.layers import Dense

PAGE = "02_dense_layer"
SEEDS = range(10)


def tanh_outputs(seed, depth, samples):
    """Of the last of some layers of 100 units, drawn as on the page."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(samples, 100))
    for _ in range(depth):
        layer = Dense(100, "tanh", kernel_initializer=he_normal)
        layer.build(100, rng, dtype="float64")
        A = layer(A)
    return A


@figure(PAGE, "between 0.058 and 0.066 of its outputs lie beyond 0.99 in ten seeds", quick=True)
def saturated_in_the_first_layer():
    shares = [np.mean(np.abs(tanh_outputs(seed, 1, samples=1000)) > 0.99) for seed in SEEDS]
    return min(shares), max(shares), 0.99


@figure(PAGE, r"$1.055^{60} = 25$", quick=True)
def growth_over_sixty_layers():
    squares = [np.mean((1 - tanh_outputs(seed, 10, samples=200) ** 2) ** 2) for seed in SEEDS]
    factor = np.sqrt(2 * np.median(squares))
    return factor, 60, factor**60

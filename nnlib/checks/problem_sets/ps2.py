"""Problem set 2: dense layers, forward, and their starting weights."""

from itertools import pairwise

import numpy as np
from numpy import array, array_equal, floating

from nnlib.checks import by_loops, families
from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets.ps2_dense import check_dense, check_dense_guard
from nnlib.checks.problem_sets.ps2_weights import check_he_truncated, check_orthogonal

__all__ = [
    "check_dense",
    "check_dense_guard",
    "check_he_truncated",
    "check_layer_norm",
    "check_network",
    "check_orthogonal",
    "check_widest",
]


# --- 2. a whole network


def _networks(rng):
    worked = (
        array([[1.0, 2.0]]),
        [
            (array([[1.0, -1.0], [1.0, 1.0]]), array([0.0, -3.0])),
            (array([[1.0, 0.5], [2.0, -2.0]]), array([-4.0, 1.0])),
        ],
    )
    cases = [worked]
    for n, widths in (
        (5, (3, 4, 2)),
        (4, (2, 3)),
        (3, (4, 3, 3, 3, 1)),
        (1, (1, 2, 2)),
        (2, (3, 3, 3)),
    ):
        pairs = [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in pairwise(widths)]
        cases.append((rng.normal(size=(n, widths[0])), pairs))
    return cases


def _outputs(outputs, X, layers):
    """The outputs of the layers, each by its name."""
    assert outputs is not None, "the result is None: does the function return it?"
    assert isinstance(outputs, list | tuple), (
        "return a list with the output of every layer, also if there is one layer only"
    )
    counted = f"{len(layers)} layers have {len(layers)} outputs, you return {len(outputs)}"
    assert not (len(outputs) == len(layers) + 1 and array_equal(outputs[0], X)), (
        f"{counted}: X is no output of a layer, leave it out of the list"
    )
    assert len(outputs) == len(layers), counted
    return {f"A{i}": output for i, output in enumerate(outputs, 1)}


check_network = Exercise(
    "network(X, layers)",
    "a list with the outputs of all dense layers, ReLU between them and none at the end",
    _networks, keeps=True, read=_outputs,
)  # fmt: skip


@check_network.reference
def network(X, layers):
    outputs = []
    for W, b in layers:
        X = by_loops.weighted_sums(X, W, b)
        outputs.append(X)
        X = array([[max(z, 0.0) for z in row] for row in X.tolist()])
        if len(outputs) < len(layers):
            outputs[-1] = X
    return outputs


def _relu(Z):
    return np.maximum(Z, 0)


def _chain(
    between=_relu,
    end=lambda Z: Z,
    dense=lambda A, W, b: A @ W + b,
    start=lambda X: X,
    feed=None,
    keep=None,
):
    """Right as it stands; the arguments make the mistakes."""

    def answer(X, layers):
        outputs, A = [], start(X)
        for i, (W, b) in enumerate(layers):
            Z = dense(A if feed is None else feed(X, A, outputs), W, b)
            A = between(Z) if i < len(layers) - 1 else end(Z)
            outputs.append(A if keep is None else keep(Z, A))
        return outputs

    return answer


check_network.right(_chain())
check_network.right(lambda X, layers: tuple(network(X, layers)))


@check_network.mistake("your function changed its input")
def _(X, layers):
    outputs = _chain()(X, layers)
    for W, _ in layers:
        W *= 0.5
    return outputs


_NO_RELU = "ReLU is missing between the layers: a hidden layer's output is taken after it"
for _says, _answer in (
    (_NO_RELU, _chain(between=lambda Z: Z)),
    (_NO_RELU, _chain(keep=lambda Z, A: Z)),
    ("The last layer has no ReLU: any number may be the answer", _chain(end=_relu)),
    ("The input of a layer is the output of the one before, not X",
     _chain(feed=lambda X, A, outputs: X)),
    ("The input of a layer is the output of the one just before, not always that of the first",
     _chain(feed=lambda X, A, outputs: outputs[0] if outputs else X)),
    ("X is no output of a layer", lambda X, layers: [X, *network(X, layers)]),
    ("X itself goes into the first layer: no ReLU before it", _chain(start=_relu)),
    ("The bias is missing", _chain(dense=lambda A, W, b: A @ W)),
    ("The bias is added before ReLU, not after it",
     _chain(dense=lambda A, W, b: _relu(A @ W) + b, between=lambda Z: Z)),
    ("ReLU cuts negative numbers off: it is max(z, 0), not |z|", _chain(between=np.abs)),
    ("ReLU stands between the layers, not the sigmoid",
     _chain(between=lambda Z: 1 / (1 + np.exp(-Z)))),
    ("ReLU keeps positive numbers as they are: it is max(z, 0), not 0 or 1",
     _chain(between=lambda Z: (Z > 0) * 1.0)),
    ("return a list with the output of every layer", lambda X, layers: network(X, layers)[-1]),
    ("The last layer is missing", lambda X, layers: network(X, layers)[:-1]),
    ("`return` stands below the loop", lambda X, layers: network(X, layers)[:1]),
    ("The first layer comes first in the list", lambda X, layers: network(X, layers)[::-1]),
):  # fmt: skip
    check_network.mistake(_says, _answer)


# --- 3. a budget


def _whole(units, *case):
    assert not isinstance(units, float | floating), (
        f"return a whole number, got {units}; 17 // 5 is 3"
    )
    return {"": units}


check_widest = Exercise(
    "widest(n_in, n_out, budget)",
    "the most hidden units h for which n_in-h-n_out has at most so many weights and biases",
    [
        (n_in, n_out, (n_in + 1 + n_out) * units + n_out + spare)
        for n_in, n_out, units, spare in [
            (784, 10, 64, 0), (784, 10, 64, 794), (784, 10, 10, 500), (4, 3, 7, 1), (1, 1, 1, 0),
            (5, 2, 0, 3), (30_000, 1, 4, 0), (2, 2, 12, 4), (3, 5, 0, 0),
        ]
    ],
    read=_whole,
)  # fmt: skip


@check_widest.reference
def widest(n_in, n_out, budget):
    units = 0
    while n_in * (units + 1) + (units + 1) + (units + 1) * n_out + n_out <= budget:
        units += 1
    return units


_OUTPUTS = "Besides its inputs and its bias, a hidden unit costs a weight to each output too"
check_widest.right(lambda i, o, budget: int((budget - o) / (i + 1 + o)))
check_widest.right(lambda i, o, budget: np.array(budget - o) // (i + 1 + o))
for _says, _answer in (
    ("Here the biases are forgotten", lambda i, o, budget: budget // (i + o)),
    ("Here the output biases are forgotten", lambda i, o, budget: budget // (i + 1 + o)),
    ("Here the hidden biases are forgotten", lambda i, o, budget: (budget - o) // (i + o)),
    (_OUTPUTS, lambda i, o, budget: budget // (i + 1)),
    (_OUTPUTS, lambda i, o, budget: (budget - o) // (i + 1)),
    ("A hidden unit costs a weight from each input too",
     lambda i, o, budget: (budget - o) // (1 + o)),
    ("A unit's lines are added, not multiplied", lambda i, o, budget: budget // (i * o)),
    ("Round down, not up", lambda i, o, budget: -(-(budget - o) // (i + 1 + o))),
    ("Round down, not to the nearest", lambda i, o, budget: round((budget - o) / (i + 1 + o))),
    ("17 // 5 is 3", lambda i, o, budget: (budget - o) / (i + 1 + o)),
    ("17 // 5 is 3", lambda i, o, budget: np.floor((budget - o) / (i + 1 + o))),
    ("The whole budget may be spent: at most `budget`, so <=, not <",
     lambda i, o, budget: (budget - o - 1) // (i + 1 + o)),
    ("This is one unit too many: the loop goes on until the network costs too much",
     lambda i, o, budget: (budget - o) // (i + 1 + o) + 1),
    ("The output biases are taken off the budget, not added",
     lambda i, o, budget: (budget + o) // (i + 1 + o)),
    ("This is what is left over: % gives the remainder, // the quotient",
     lambda i, o, budget: (budget - o) % (i + 1 + o)),
):  # fmt: skip
    check_widest.mistake(_says, _answer)


# --- 6. layer normalisation

check_layer_norm = Exercise(
    "layer_norm(X, gamma, beta, epsilon)",
    "each row to mean 0 and spread 1, then times γ and plus β",
    lambda rng: [
        (array([[1.0, 3.0], [5.0, 7.0]]), array([2.0, 1.0]), array([0.0, 5.0]), 0.0),
        *(
            (rng.normal(5, 3, (n, k)), rng.normal(1, 0.3, k), rng.normal(size=k), epsilon)
            for n, k, epsilon in [(4, 3, 0.5), (3, 3, 1e-5), (1, 5, 0.1), (6, 2, 1e-3)]
        ),
        (array([[2, -1, 5], [0, 3, 1]]), array([1.0, 0.5, 2.0]), array([0.5, 1.0, -1.0]), 0.25),
        (array([[2.0] * 3]), array([1.0] * 3), array([0.5] * 3), 1e-5),
    ],
    keeps=True, strict_floats=True,
)  # fmt: skip


@check_layer_norm.reference
def layer_norm(X, gamma, beta, epsilon):
    rows = []
    for row in X.tolist():
        mean = sum(row) / len(row)
        variance = sum((x - mean) ** 2 for x in row) / len(row)
        rows.append([(x - mean) / (variance + epsilon) ** 0.5 for x in row])
    return array(rows) * gamma + beta


def _of_rows(A):
    return A.mean(axis=1, keepdims=True)


def _variances_of_rows(X, less=0):
    return X.var(axis=1, keepdims=True, ddof=less)


def _normed(mean=_of_rows, variance=_variances_of_rows, root=lambda v, e: np.sqrt(v + e),
            scaled=lambda A, gamma, beta: gamma * A + beta):  # fmt: skip
    """Right as it stands; the arguments make the mistakes."""

    def answer(X, gamma, beta, epsilon):
        return scaled((X - mean(X)) / root(variance(X), epsilon), gamma, beta)

    return answer


@check_layer_norm.mistake("your function changed its input")
def _(X, gamma, beta, epsilon):
    X -= X.mean(axis=1, keepdims=True)
    return gamma * X / np.sqrt((X**2).mean(axis=1, keepdims=True) + epsilon) + beta


check_layer_norm.right(_normed())
check_layer_norm.right(
    lambda X, g, b, e: g * ((X.T - X.mean(axis=1)) / (X.var(axis=1) + e) ** 0.5).T + b
)
families.type_of_input(check_layer_norm, "The result holds whole numbers only, where X does")
for _says, _answer in (
    ("You took mean and spread of each column: a row is a sample, so axis=1",
     _normed(lambda X: X.mean(axis=0), lambda X: X.var(axis=0))),
    ("The mean is that of the row, but the spread is that of each column: axis=1 for both",
     _normed(variance=lambda X: X.var(axis=0))),
    ("Each row has its own mean and spread (axis=1): these are those of the whole batch",
     _normed(np.mean, np.var)),
    ("With keepdims=True the means of the rows stay a column, which fits X",
     _normed(lambda X: X.mean(axis=1), lambda X: X.var(axis=1))),
    ("v is the variance, not its root already",
     _normed(variance=lambda X: X.std(axis=1, keepdims=True))),
    ("ε stands under the root, not outside the fraction",
     lambda X, gamma, beta, e: layer_norm(X, gamma, beta, 1e-12) + e),
    ("β is added last: it is not divided by the root",
     lambda X, gamma, beta, e:
     (gamma * (X - _of_rows(X)) + beta) / np.sqrt(_variances_of_rows(X) + e)),
    ("The whole x - m is divided: put it in parentheses",
     lambda X, gamma, beta, e:
     gamma * X - _of_rows(X) / np.sqrt(_variances_of_rows(X) + e) + beta),
    ("γ multiplies number by number: *, not @",
     lambda X, gamma, beta, e: layer_norm(X, 1, 0, e) @ gamma + beta[:len(X)]),
    ("γ and β are missing", _normed(scaled=lambda A, gamma, beta: A)),
    ("β is missing", _normed(scaled=lambda A, gamma, beta: gamma * A)),
    ("γ is missing", _normed(scaled=lambda A, gamma, beta: A + beta)),
    ("First times γ, then plus β", _normed(scaled=lambda A, gamma, beta: gamma * (A + beta))),
    ("γ is the factor, β is added: they are swapped",
     _normed(scaled=lambda A, gamma, beta: beta * A + gamma)),
    ("γ and β have one number for each column: leave their shape as it is",
     _normed(scaled=lambda A, gamma, beta: gamma[:, None] * A + beta[:, None])),
    ("ε stands under the root", _normed(root=lambda v, e: np.sqrt(v) + e)),
    ("ε is missing under the root", _normed(root=lambda v, e: np.sqrt(v))),
    ("ε is added to the variance as it is, not squared",
     _normed(root=lambda v, e: np.sqrt(v + e**2))),
    ("Divide by the root", _normed(root=lambda v, e: v + e)),
    ("Divide by the root of the variance: this is only centred", _normed(root=lambda v, e: 1)),
    ("Divide the squares by the width, not by one less",
     _normed(variance=lambda X: _variances_of_rows(X, less=1))),
    ("v is the mean of the squares, not their sum",
     _normed(variance=lambda X: X.shape[1] * _variances_of_rows(X))),
    ("v is the mean of the squares, not of the distances",
     _normed(variance=lambda X: _of_rows(abs(X - _of_rows(X))))),
    ("The mean is taken off for v only: take it off x above the line too",
     _normed(mean=lambda X: 0)),
    ("v is the mean squared distance from the mean m, not from 0",
     _normed(variance=lambda X: _of_rows(X**2))),
):  # fmt: skip
    check_layer_norm.mistake(_says, _answer)

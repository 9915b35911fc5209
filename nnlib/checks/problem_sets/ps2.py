"""Problem set 2: dense layers, forward, and their starting weights."""

import re
from itertools import pairwise

import numpy as np
from numpy import array, ones, shape, zeros

from nnlib.checks import by_loops, families
from nnlib.checks.differences import kind
from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets.ps2_weights import check_he_truncated, check_orthogonal

# fmt: off
__all__ = ["check_dense", "check_dense_guard", "check_he_truncated", "check_layer_norm",
           "check_network", "check_orthogonal", "check_widest"]


def _layers(rng):
    W, b = array([[0.5, 1.0], [1.0, -0.5]]), array([-1.0, 0.5])
    yield from ((X, W, b) for X in (array([[2.0, 3.0]]), array([[1, 2], [3, -4]])))
    for n, n_in, n_out in [(1, 3, 2), (5, 1, 4), (3, 3, 3), (4, 6, 1), (2, 4, 2)]:
        yield rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)


def _layers_with_wrong_biases(rng):
    for n, n_in, n_out in [(4, 2, 3), (3, 2, 3), (1, 2, 3), (5, 3, 1)]:
        wrong = [(1, n_out), (n_out, 1), (n, 1), (n_out + 1,), (n,), (n_in,), (1,), ()]
        for size in [(n_out,), *(size for size in wrong if size != (n_out,))]:
            yield rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)), ones(size)


def _use_layer(layer, X, W, b):
    """What a layer returns; of a wrong b, how it is met, in words."""
    if b.shape == W.shape[1:]:
        return layer(X, W, b)
    try:
        return "accepted", f"gave {kind(layer(X, W, b))}"
    except ValueError as error:
        return "refused", str(error)


def _manners(used, X, W, b):
    """Whether b was accepted or refused in the right way; of Z only the shape is looked at."""
    if b.shape == W.shape[1:]:
        return {"": None if used is None else zeros(shape(used))}
    given, (how, said) = f"X {X.shape}, W {W.shape} and b {b.shape}", used
    assert how == "refused", (
        f"{given} were accepted and {said}: raise a ValueError unless b.shape == (W.shape[1],)")
    assert not re.search("operand|aligned", said), (
        f"{given}: the error is NumPy's. Compare b.shape with (W.shape[1],) before you add")
    assert re.search(rf"\b{W.shape[1]}\b", said), (
        f"{given}: your error says '{said}'. Let it say which shape was expected, here "
        f'{W.shape[1:]}: f"expected {{(W.shape[1],)}}, got {{b.shape}}"')
    return {"": "refused"}


check_dense = Exercise("dense(X, W, b)", "X W + b, for any shapes that fit", _layers, keeps=True)
check_dense_guard = Exercise(
    "dense_guard(X, W, b)",
    "X W + b; ValueError, which says what shape was expected, unless b has the shape (n_out,)",
    _layers_with_wrong_biases, observe=_use_layer, read=_manners)


@check_dense_guard.reference
def dense(X, W, b):
    if b.shape != (W.shape[1],):
        raise ValueError(f"b should have {W.shape[1]} numbers")
    return by_loops.weighted_sums(X, W, b)


_SOURCE = """
def dense(X, W, b):
    if b.shape != (W.shape[1],):
        raise ValueError(f"expected {(W.shape[1],)}, got {b.shape}")
    return X @ W + b
"""
_IN_BOTH = {
    "It refuses every b: b.shape is a tuple, so compare it with the tuple (W.shape[1],)":
        ("!= (W.shape[1],)", "!= W.shape[1]"),
    "b belongs to units: compare its shape with the columns of W":
        [("[1]", "[0]"), ("W.shape[1]", "len(X)")],
    "W is (n_in, n_out) already: no transpose is needed": "return X @ W.T + b",
}
check_dense.reference(by_loops.weighted_sums)
check_dense.right(lambda X, W, b: np.c_[X, np.ones(len(X))] @ np.vstack([W, b]))
check_dense.slips(_SOURCE, _IN_BOTH | {
    **families.bias_forgotten(" + b"),
    "The bias is added once for every input": ("+ b", "+ len(W) * b"),
    "Each sample got a bias: b belongs to units":
        [("+ b", "+ b[:, None]"), ("+ b", "+ (b[:, None] if len(X) == len(b) else b)")],
    "This multiplies cell by cell: X @ W sums over the inputs": ("X @ W", "X * W"),
    **families.type_of_input(("X @ W + b", "(X @ W + b).astype(X.dtype)")),
})
check_dense_guard.slips(_SOURCE, _IN_BOTH | {
    "raise a ValueError unless b.shape == (W.shape[1],)": "return X @ W + b",
    "The whole shape counts: b has one axis, with W.shape[1] numbers":
        [("b.shape != (W.shape[1],)", f"{n} != W.shape[1]") for n in ("len(b)", "b.size")],
    "To refuse b, write `raise ValueError(...)`, not assert":
        "assert b.shape == (W.shape[1],)\nreturn X @ W + b",
    "To return or to print an error raises none":
        [("raise", "return"), ("raise ValueError", "return print")],
    "Let it say which shape was expected": ('f"expected {(W.shape[1],)}, got {b.shape}"', ""),
    "Braces are replaced by what they hold in an f-string only: is the f missing?": ('f"', '"'),
})


def _networks(rng):
    yield array([[1.0, 2.0]]), [(array([[1.0, -1.0], [1.0, 1.0]]), array([0.0, -3.0])),
                                (array([[1.0, 0.5], [2.0, -2.0]]), array([-4.0, 1.0]))]
    for n, *widths in [(5, 3, 4, 2), (4, 2, 3), (3, 4, 3, 3, 3, 1), (1, 1, 2, 2), (2, 3, 3, 3)]:
        pairs = [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in pairwise(widths)]
        yield rng.normal(size=(n, widths[0])), pairs


def _outputs(outputs, X, layers):
    assert outputs is not None, "the result is None: does the function return it?"
    assert isinstance(outputs, list | tuple), (
        "return a list with the output of every layer, also if there is one layer only")
    assert len(outputs) == len(layers), (
        f"{len(layers)} layers have {len(layers)} outputs, you return {len(outputs)}")
    return {f"A{i}": output for i, output in enumerate(outputs, 1)}


check_network = Exercise(
    "network(X, layers)",
    "a list with the outputs of all dense layers, ReLU between them and none at the end",
    _networks, keeps=True, read=_outputs)


@check_network.reference
def network(X, layers):
    outputs = []
    for W, b in layers:
        Z = by_loops.weighted_sums(X, W, b)
        X = array([[max(z, 0.0) for z in row] for row in Z.tolist()])
        outputs.append(X)
    return [*outputs[:-1], Z]


check_network.slips("""
def network(X, layers):
    outputs = []
    A = X
    for i, (W, b) in enumerate(layers):
        Z = A @ W + b
        A = Z if i == len(layers) - 1 else np.maximum(Z, 0)
        outputs.append(A)
    return tuple(outputs)
""", {
    "ReLU is missing between the layers": [("np.maximum(Z, 0)", "Z"), ("append(A)", "append(Z)")],
    "The last layer has no ReLU: any number may be the answer": (" - 1 else", " else"),
    "The input of a layer is the output of the one before, not X": ("A @", "X @"),
    "X is no output of a layer": ("[]", "[X]"),
    **families.bias_forgotten(" + b"),
    "return a list with the output of every layer": ("tuple(outputs)", "A"),
    "`return` stands below the loop": ("    return", "        return"),
})


def _whole(units, *case):
    assert not isinstance(units, float), f"return a whole number, got {units}; 17 // 5 is 3"
    return {"": units}


check_widest = Exercise(
    "widest(n_in, n_out, budget)",
    "the most hidden units h for which n_in-h-n_out has at most so many weights and biases",
    [(784, 10, 50_890), (784, 10, 51_684), (784, 10, 8_460), (4, 3, 60), (1, 1, 4), (5, 2, 5),
     (30_000, 1, 120_009), (2, 2, 66), (3, 5, 5)], read=_whole)
check_widest.reference(lambda n_in, n_out, budget: next(
    h - 1 for h in range(1, budget) if n_in * h + h + h * n_out + n_out > budget))
check_widest.slips("""
def widest(i, o, budget):
    return (budget - o) // (i + 1 + o)
""", {
    "Here the biases are forgotten": "return budget // (i + o)",
    "Here the output biases are forgotten": [(" - o", ""), ("budget - o", "budget + o")],
    "Here the hidden biases are forgotten": (" + 1", ""),
    "A hidden unit costs a weight to each output too": [(" - o", "", " + o", ""), (" + o", "")],
    "One unit too many: round down, and end a loop in time":
        [("(budget", "-(-(budget", "+ o)", "+ o))"), ("+ o)", "+ o) + 1")],
    "17 // 5 is 3": [("//", "/"), "return np.floor((budget - o) / (i + 1 + o))"],
    "The whole budget may be spent: at most `budget`, so <=, not <": ("- o", "- o - 1"),
    "(budget - n_out) needs parentheses": ("(budget - o)", "budget - o"),
})

check_layer_norm = Exercise(
    "layer_norm(X, gamma, beta, epsilon)",
    "each row to mean 0 and spread 1, then times γ and plus β",
    lambda rng: [
        (array([[1.0, 3.0], [5.0, 7.0]]), array([2.0, 1.0]), array([0.0, 5.0]), 0.0),
        *((rng.normal(5, 3, (n, k)), rng.normal(1, 0.3, k), rng.normal(size=k), epsilon)
          for n, k, epsilon in [(4, 3, 0.5), (3, 3, 1e-5), (1, 5, 0.1), (6, 2, 1e-3)]),
        (array([[2, -1, 5], [0, 3, 1]]), array([1.0, 0.5, 2.0]), array([0.5, 1.0, -1.0]), 0.25),
        (ones((1, 3)), ones(3), array([0.5] * 3), 1e-5)],
    keeps=True, strict_floats=True)


@check_layer_norm.reference
def layer_norm(X, gamma, beta, epsilon):
    means, spreads = by_loops.column_statistics(X.T)
    return ((X.T - means) / (spreads**2 + epsilon) ** 0.5).T * gamma + beta


check_layer_norm.slips("""
def layer_norm(X, gamma, beta, epsilon):
    m = X.mean(axis=1, keepdims=True)
    v = X.var(axis=1, keepdims=True)
    return gamma * (X - m) / np.sqrt(v + epsilon) + beta
""", {
    "your function changed its input": ("return gamma * (X - m)", "X -= m\n    return gamma * X"),
    "You took mean and spread of each column: a row is a sample, so axis=1": ("axis=1", "axis=0"),
    "Each row has its own mean and spread: axis=1": ("axis=1, ", ""),
    "With keepdims=True the means of the rows stay a column, which fits X": (", keepdims=True", ""),
    "γ and β are missing": ("gamma * ", "", " + beta", ""),
    "β is missing": (" + beta", ""),
    "ε stands under the root": ("np.sqrt(v + epsilon)", "(np.sqrt(v) + epsilon)"),
    "ε is missing under the root": (" + epsilon", ""),
    "Divide by the root": ("np.sqrt(v", "(v"),
    **families.degrees_of_freedom("X.var(", "X.var(ddof=1, "),
    "First times γ, then plus β": ("np.sqrt(v + epsilon) + beta", "(np.sqrt(v + epsilon) + beta)"),
})
# fmt: on

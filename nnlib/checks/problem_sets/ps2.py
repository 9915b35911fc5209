"""Problem set 2: dense layers, forward, and their starting weights."""

from itertools import pairwise

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


# fmt: off
def _networks(rng):
    worked = array([[1.0, 2.0]]), [(array([[1.0, -1.0], [1.0, 1.0]]), array([0.0, -3.0])),
                                   (array([[1.0, 0.5], [2.0, -2.0]]), array([-4.0, 1.0]))]
    cases = [worked]
    for n, *widths in [(5, 3, 4, 2), (4, 2, 3), (3, 4, 3, 3, 3, 1), (1, 1, 2, 2), (2, 3, 3, 3)]:
        pairs = [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in pairwise(widths)]
        cases.append((rng.normal(size=(n, widths[0])), pairs))
    return cases


def _outputs(outputs, X, layers):
    """The outputs of the layers, each by its name."""
    assert outputs is not None, "the result is None: does the function return it?"
    assert isinstance(outputs, list | tuple), (
        "return a list with the output of every layer, also if there is one layer only")
    counted = f"{len(layers)} layers have {len(layers)} outputs, you return {len(outputs)}"
    assert not (len(outputs) == len(layers) + 1 and array_equal(outputs[0], X)), (
        f"{counted}: X is no output of a layer, leave it out of the list")
    assert len(outputs) == len(layers), counted
    return {f"A{i}": output for i, output in enumerate(outputs, 1)}


check_network = Exercise(
    "network(X, layers)",
    "a list with the outputs of all dense layers, ReLU between them and none at the end",
    _networks, keeps=True, read=_outputs,
)


@check_network.reference
def network(X, layers):
    outputs = []
    for W, b in layers:
        Z = by_loops.weighted_sums(X, W, b)
        X = array([[max(z, 0.0) for z in row] for row in Z.tolist()])
        outputs.append(X)
    return [*outputs[:-1], Z]


_RELU = "np.maximum(Z, 0)"
check_network.right(lambda X, layers: tuple(network(X, layers)))
check_network.slips("""
def network(X, layers):
    outputs = []
    A = X
    for i, (W, b) in enumerate(layers):
        Z = A @ W + b
        A = Z if i == len(layers) - 1 else np.maximum(Z, 0)
        outputs.append(A)
    return outputs
""", {
    "your function changed its input": ("append(A)", "append(A)\n        W *= 0.5"),
    "ReLU is missing between the layers: a hidden layer's output is taken after it":
        [(_RELU, "Z"), ("append(A)", "append(Z)"),
         ("i == len(layers) - 1", "i > 0 or len(layers) == 1")],
    "The last layer has no ReLU: any number may be the answer": (" - 1 else", " else"),
    "The input of a layer is the output of the one before, not X": ("A @", "X @"),
    "The input of a layer is the output of the one just before, not always that of the first":
        ("A @", "(outputs[0] if outputs else X) @"),
    "X is no output of a layer": ("[]", "[X]"),
    "X itself goes into the first layer: no ReLU before it": ("A = X", "A = np.maximum(X, 0)"),
    "The bias is missing": (" + b", ""),
    "The bias is added before ReLU, not after it": (_RELU, "np.maximum(Z - b, 0) + b"),
    "ReLU cuts negative numbers off: it is max(z, 0), not |z|": (_RELU, "np.abs(Z)"),
    "ReLU stands between the layers, not the sigmoid": (_RELU, "1 / (1 + np.exp(-Z))"),
    "ReLU keeps positive numbers as they are: it is max(z, 0), not 0 or 1":
        (_RELU, "(Z > 0) * 1.0"),
    "return a list with the output of every layer": ("return outputs", "return A"),
    "The last layer is missing": ("return outputs", "return outputs[:-1]"),
    "`return` stands below the loop": ("    return", "        return"),
    "The first layer comes first in the list": ("return outputs", "return outputs[::-1]"),
})


def _whole(units, *case):
    assert not isinstance(units, float | floating), (
        f"return a whole number, got {units}; 17 // 5 is 3")
    return {"": units}


check_widest = Exercise(
    "widest(n_in, n_out, budget)",
    "the most hidden units h for which n_in-h-n_out has at most so many weights and biases",
    [(n_in, n_out, (n_in + 1 + n_out) * units + n_out + spare) for n_in, n_out, units, spare in [
        (784, 10, 64, 0), (784, 10, 64, 794), (784, 10, 10, 500), (4, 3, 7, 1), (1, 1, 1, 0),
        (5, 2, 0, 3), (30_000, 1, 4, 0), (2, 2, 12, 4), (3, 5, 0, 0)]],
    read=_whole,
)


@check_widest.reference
def widest(n_in, n_out, budget):
    units = 0
    while n_in * (units + 1) + (units + 1) + (units + 1) * n_out + n_out <= budget:
        units += 1
    return units


check_widest.right(lambda i, o, budget: int((budget - o) / (i + 1 + o)))
check_widest.slips("""
def widest(i, o, budget):
    return (budget - o) // (i + 1 + o)
""", {
    "Here the biases are forgotten": "return budget // (i + o)",
    "Here the output biases are forgotten": (" - o", ""),
    "Here the hidden biases are forgotten": (" + 1", ""),
    "Besides its inputs and its bias, a hidden unit costs a weight to each output too":
        [(" - o", "", " + o", ""), (" + o", "")],
    "A hidden unit costs a weight from each input too": ("i + 1", "1"),
    "A unit's lines are added, not multiplied": "return budget // (i * o)",
    "Round down, not up": ("(budget", "-(-(budget", "+ o)", "+ o))", "- o)", "- o)"),
    "Round down, not to the nearest": "return round((budget - o) / (i + 1 + o))",
    "17 // 5 is 3": [("//", "/"), "return np.floor((budget - o) / (i + 1 + o))"],
    "The whole budget may be spent: at most `budget`, so <=, not <": ("- o", "- o - 1"),
    "This is one unit too many: the loop goes on until the network costs too much":
        ("+ o)", "+ o) + 1"),
    "The output biases are taken off the budget, not added": ("budget - o", "budget + o"),
    "This is what is left over: % gives the remainder, // the quotient": ("//", "%"),
    "What the output biases cost is taken off first: (budget - n_out) needs parentheses":
        ("(budget - o)", "budget - o"),
})


check_layer_norm = Exercise(
    "layer_norm(X, gamma, beta, epsilon)",
    "each row to mean 0 and spread 1, then times γ and plus β",
    lambda rng: [
        (array([[1.0, 3.0], [5.0, 7.0]]), array([2.0, 1.0]), array([0.0, 5.0]), 0.0),
        *((rng.normal(5, 3, (n, k)), rng.normal(1, 0.3, k), rng.normal(size=k), epsilon)
          for n, k, epsilon in [(4, 3, 0.5), (3, 3, 1e-5), (1, 5, 0.1), (6, 2, 1e-3)]),
        (array([[2, -1, 5], [0, 3, 1]]), array([1.0, 0.5, 2.0]), array([0.5, 1.0, -1.0]), 0.25),
        (array([[2.0] * 3]), array([1.0] * 3), array([0.5] * 3), 1e-5),
    ],
    keeps=True, strict_floats=True,
)


@check_layer_norm.reference
def layer_norm(X, gamma, beta, epsilon):
    rows = []
    for row in X.tolist():
        mean = sum(row) / len(row)
        variance = sum((x - mean) ** 2 for x in row) / len(row)
        rows.append([(x - mean) / (variance + epsilon) ** 0.5 for x in row])
    return array(rows) * gamma + beta


_VARIANCE = "X.var(axis=1, keepdims=True)"
_DIVIDED = "(X - m) / np.sqrt(v + epsilon)"
check_layer_norm.right(
    lambda X, g, b, e: g * ((X.T - X.mean(axis=1)) / (X.var(axis=1) + e) ** 0.5).T + b)
families.type_of_input(check_layer_norm, "The result holds whole numbers only, where X does")
check_layer_norm.slips("""
def layer_norm(X, gamma, beta, epsilon):
    m = X.mean(axis=1, keepdims=True)
    v = X.var(axis=1, keepdims=True)
    return gamma * (X - m) / np.sqrt(v + epsilon) + beta
""", {
    "your function changed its input": ("return gamma * (X - m)", "X -= m\n    return gamma * X"),
    "You took mean and spread of each column: a row is a sample, so axis=1": ("axis=1", "axis=0"),
    "The mean is that of the row, but the spread is that of each column: axis=1 for both":
        ("var(axis=1", "var(axis=0"),
    "Each row has its own mean and spread (axis=1): these are those of the whole batch":
        ("axis=1, ", ""),
    "With keepdims=True the means of the rows stay a column, which fits X": (", keepdims=True", ""),
    "γ and β are missing": ("gamma * ", "", " + beta", ""),
    "β is missing": (" + beta", ""),
    "γ is missing": ("gamma * ", ""),
    "First times γ, then plus β": ("(X - m) / np.sqrt(v + epsilon) + beta", f"({_DIVIDED} + beta)"),
    "β is added last: it is not divided by the root":
        (f"gamma * {_DIVIDED} + beta", "(gamma * (X - m) + beta) / np.sqrt(v + epsilon)"),
    "γ is the factor, β is added: they are swapped":
        ("gamma *", "scale *", "+ beta", "+ gamma", "scale", "beta"),
    "γ and β have one number for each column: leave their shape as it is":
        ("gamma * ", "gamma[:, None] * ", "+ beta", "+ beta[:, None]"),
    "γ multiplies number by number: *, not @": ("gamma * (X - m)", "(X - m) @ gamma"),
    "ε stands under the root": [("sqrt(v + epsilon)", "sqrt(v) + epsilon"),
                                ("np.sqrt(v + epsilon)", "(np.sqrt(v) + epsilon)")],
    "ε is missing under the root": (" + epsilon", ""),
    "ε is added to the variance as it is, not squared": ("+ epsilon)", "+ epsilon**2)"),
    "Divide by the root": ("np.sqrt(v", "(v"),
    "Divide by the root of the variance: this is only centred": (" / np.sqrt(v + epsilon)", ""),
    "Divide the squares by the width, not by one less": ("X.var(", "X.var(ddof=1, "),
    "v is the mean of the squares, not their sum": ("v +", "X.shape[1] * v +"),
    "v is the mean of the squares, not of the distances":
        (_VARIANCE, "np.abs(X - m).mean(axis=1, keepdims=True)"),
    "v is the mean squared distance from the mean m, not from 0":
        (_VARIANCE, "(X**2).mean(axis=1, keepdims=True)"),
    "v is the variance, not its root already": ("X.var", "X.std"),
    "The mean is taken off for v only: take it off x above the line too": ("(X - m)", "X"),
    "The whole x - m is divided: put it in parentheses": ("(X - m)", "X - m"),
})
# fmt: on

"""Checkers for problem set 2: dense layers, forward, and their starting weights."""

from itertools import pairwise

from numpy import all as _all
from numpy import array, asarray, shape
from numpy.random import default_rng

from nnlib.checks._tools import _call, _expect_with_hint, _hint_that_fits, _products
from nnlib.checks.ps2_weights import check_he_truncated, check_orthogonal

__all__ = [
    "check_dense",
    "check_dense_guard",
    "check_he_truncated",
    "check_layer_norm",
    "check_network",
    "check_orthogonal",
    "check_widest",
]

_SHAPES = [(1, 3, 2), (5, 1, 4), (3, 3, 3), (4, 6, 1), (2, 4, 2)]


def check_dense(function):
    """Check dense(X, W, b): X W + b for any shapes that fit."""
    rng = default_rng(20)
    cases = [(rng.normal(size=(n, i)), rng.normal(size=(i, o)), o) for n, i, o in _SHAPES]
    cases.append((array([[1, 2], [3, -4]]), array([[0.5, 0.25, 1], [0.125, 2, -1]]), 3))
    for X, W, n_out in cases:
        b = rng.normal(size=n_out)
        where = f"Z for X {X.shape}, W {W.shape} and b {b.shape}"
        try:
            result = _call(function, X, W, b)
        except (ValueError, IndexError) as error:
            raise AssertionError(f"{where}: {_stopped(error, b.shape)}") from None
        right = _products(X, W) + b
        mistakes = [
            (right - b, "The bias is missing"),
            ((right > 0) * right, "This is Z after ReLU: leave the activation out"),
            (right + (W.shape[0] - 1) * b, "The bias is added once for every input"),
            (right.astype(int), "The numbers were rounded: X may hold whole numbers, Z does not"),
        ]
        if W.shape[0] == W.shape[1]:
            mistakes.append((_products(X, W.T) + b, "W is transposed: it is (n_in, n_out) already"))
        if len(X) == n_out:
            mistakes.append((right - b + b[:, None], "Each sample got a bias: b belongs to units"))
        if shape(result) == right.shape[::-1] != right.shape:
            hint = "This is Z transposed: rows are samples"
        else:
            hint = _hint_that_fits(result, right, mistakes)
        _expect_with_hint(result, right, where, hint)
        _expect_decimals(result, "Z")


def check_dense_guard(function):
    """Check that dense(X, W, b) raises a ValueError unless b has the shape (n_out,)."""
    rng = default_rng(21)
    for n, n_in, n_out in [(4, 2, 3), (3, 2, 3), (1, 2, 3), (5, 3, 1)]:
        X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out))
        try:
            result = function(X.copy(), W.copy(), rng.normal(size=n_out))
        except ValueError as error:
            raise AssertionError(f"for W of shape {W.shape} {_stopped(error, (n_out,))}") from None
        assert shape(result) == (n, n_out), f"Z has shape {shape(result)}, expected {(n, n_out)}"
        for wrong in {(n_out, 1), (1, n_out), (n, 1), (n_out + 1,), (n,), ()} - {(n_out,)}:
            given = f"X {X.shape}, W {W.shape} and b {wrong}"
            try:
                result = function(X.copy(), W.copy(), rng.normal(size=wrong))
            except ValueError as error:
                assert "operands could not be broadcast" not in str(error), (
                    f"{given}: the error is NumPy's. Compare b.shape with (W.shape[1],) before "
                    "you add, and raise a ValueError that says which shape b should have"
                )
                assert str(n_out) in str(error), (
                    f"{given}: your error says '{error}'. Let it say which shape was expected, "
                    f'here {(n_out,)}: f"expected {{(W.shape[1],)}}, got {{b.shape}}"'
                )
            except AssertionError:
                raise AssertionError(
                    f"{given}: write `raise ValueError(...)`, not assert"
                ) from None
            else:
                raise AssertionError(
                    f"{given} were accepted and gave a result of shape {shape(result)}: "
                    "raise a ValueError unless b.shape == (W.shape[1],)"
                )


def _stopped(error, shape_of_b):
    """What to say to a layer that stopped with an error, NumPy's or its own."""
    words = str(error).strip()
    if any(word in words for word in ("operand", "aligned", "index")):
        return (
            f"it stopped with {words}. The columns of X meet the rows of W: no transpose is needed"
        )
    return (
        f"your function refused a b of the right shape {shape_of_b} and said '{words}': compare "
        "b.shape with (W.shape[1],), a tuple"
    )


def check_network(function):
    """Check network(X, layers): the outputs of all layers, ReLU between them, none at the end."""

    def outputs_of(X, layers, hidden=True):
        outputs = [X]
        for i, (W, b) in enumerate(layers):
            Z = _products(outputs[-1], W) + b
            outputs.append((Z > 0) * Z + 0.0 if hidden and i < len(layers) - 1 else Z)
        return outputs[1:]

    rng = default_rng(22)
    for widths, n in [((3, 4, 2), 5), ((2, 3), 4), ((4, 3, 3, 3, 1), 3), ((1, 2, 2), 1)]:
        X = rng.normal(size=(n, widths[0]))
        pairs = list(pairwise(widths))
        layers = [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in pairs]
        given = [(W.copy(), b.copy()) for W, b in layers]
        name = "-".join(map(str, widths))
        try:
            result = _call(function, X, given)
        except ValueError as error:
            raise AssertionError(
                f"{name}: it stopped with {str(error).strip()}. The input of a layer is the output "
                "of the one before"
            ) from None
        for (W, b), (W_after, b_after) in zip(layers, given, strict=True):
            assert _all(W == W_after) and _all(b == b_after), "your function changed the weights"
        right = outputs_of(X, layers)
        linear = outputs_of(X, layers, hidden=False)
        _expect_list(result, right, name, X)
        for i, value in enumerate(result):
            last = i == len(layers) - 1
            mistakes = [(linear[i], "ReLU is missing between the layers")]
            if last:
                after = (right[i] > 0) * right[i]
                mistakes.append((after, "The last layer has no ReLU: any number may be the answer"))
            mistakes.append(
                (
                    outputs_of(X, layers[i:])[0] if widths[i] == widths[0] else [],
                    "The input of a layer is the output of the one before, not X",
                )
            )
            hint = _hint_that_fits(value, right[i], mistakes)
            _expect_with_hint(value, right[i], f"{name}: output {i + 1} of {len(layers)}", hint)


def _expect_list(result, right, name, X):
    assert result is not None, "the result is None: does the function return it?"
    assert isinstance(result, list | tuple), (
        f"{name}: return a list with the output of every layer, also if there is one layer only"
    )
    if len(result) == len(right) + 1 and shape(result[0]) == X.shape and _all(result[0] == X):
        raise AssertionError(f"{name}: X is no output of a layer: leave it out of the list")
    assert len(result) == len(right), (
        f"{name} has {len(right)} layers, you return {len(result)} outputs"
    )


def check_widest(function):
    """Check widest(n_in, n_out, budget): the most hidden units that the budget allows."""
    slips = [
        ("the biases are forgotten", lambda i, o, budget: budget // (i + o)),
        ("the output biases are forgotten", lambda i, o, budget: budget // (i + 1 + o)),
        ("the hidden biases are forgotten", lambda i, o, budget: (budget - o) // (i + o)),
        ("a hidden unit costs a weight to each output too", lambda i, o, budget: budget // (i + 1)),
        ("round down, not up", lambda i, o, budget: -(-(budget - o) // (i + 1 + o))),
        ("round down, not to the nearest", lambda i, o, budget: round((budget - o) / (i + 1 + o))),
    ]
    answers = []
    for n_in, n_out, units, spare in [
        (784, 10, 64, 0), (784, 10, 64, 794), (784, 10, 10, 500), (4, 3, 7, 1), (1, 1, 1, 0),
        (5, 2, 0, 3), (30_000, 1, 4, 0), (2, 2, 12, 4),
    ]:  # fmt: skip
        budget = (n_in + 1 + n_out) * units + n_out + spare
        result = function(n_in, n_out, budget)
        given = f"{n_in} inputs, {n_out} outputs and a budget of {budget:,}"
        assert result is not None, "the result is None: does the function return it?"
        assert asarray(result).dtype.kind == "i", (
            f"{given}: return a whole number, got {result!r}; 17 // 5 is 3"
        )
        answers.append(((n_in, n_out, budget), units, int(result), given))
    for (n_in, n_out, _), units, result, given in answers:
        if result != units:
            fits = [words for words, slip in slips if all(slip(*a) == r for a, _, r, _ in answers)]
            cost = (n_in + 1 + n_out) * result + n_out
            raise AssertionError(
                f"{given}: {units} units are affordable, you say {result}, which cost {cost:,}"
                f"{': ' + fits[0] if fits else ''}"
            )


def check_layer_norm(function):
    """Check layer_norm(X, gamma, beta, epsilon): each row to mean 0 and spread 1, then γ and β."""
    rng = default_rng(23)

    def reference(X, gamma, beta, epsilon, root=lambda v, e: (v + e) ** 0.5, less=0):
        rows = []
        for row in X.tolist():
            mean = sum(row) / len(row)
            variance = sum((x - mean) ** 2 for x in row) / (len(row) - less)
            scale = root(variance, epsilon)
            rows.append([(x - mean) / scale for x in row])
        return array(rows) * gamma + beta

    for n, width, epsilon in [(4, 3, 0.5), (3, 3, 1e-5), (1, 5, 0.1), (6, 2, 1e-3)]:
        X = rng.normal(5, 3, (n, width))
        gamma, beta = rng.normal(1, 0.3, width), rng.normal(size=width)
        arguments = X, gamma, beta, epsilon
        right = reference(*arguments)
        columns = reference(X.T, 1, 0, epsilon).T * gamma + beta
        mistakes = [
            (columns, "You took mean and spread of each column: a row is a sample, so axis=1"),
            (reference(X, 1, 0, epsilon), "γ and β are missing"),
            (right - beta, "β is missing"),
            ((reference(X, 1, 0, epsilon) + beta) * gamma, "First times γ, then plus β"),
            (reference(*arguments, root=lambda v, e: v**0.5 + e), "ε stands under the root"),
            (reference(*arguments, root=lambda v, e: v**0.5), "ε is missing under the root"),
            (reference(*arguments, root=lambda v, e: v + e), "Divide by the root"),
            (reference(*arguments, less=1), "Divide the squares by the width, not by one less"),
        ]
        try:
            result = _call(function, *arguments)
        except ValueError as error:
            words = "With keepdims=True the means of the rows stay a column, which fits X"
            if f"({width},1)" in str(error):
                words = "γ and β have one number for each column: leave their shape as it is"
            raise AssertionError(f"X {X.shape}: it stopped with {error}. {words}") from None
        hint = _hint_that_fits(result, right, mistakes)
        _expect_with_hint(result, right, f"the result for X {X.shape}, ε = {epsilon}", hint)
    result = _call(function, array([[2.0] * 3]), array([1.0] * 3), array([0.5] * 3), 1e-5)
    _expect_with_hint(result, [[0.5] * 3], "a row of equal numbers", "It has mean 0 after centring")


def _expect_decimals(value, name):
    kind = asarray(value).dtype.kind
    assert kind == "f", f"{name} has the type {asarray(value).dtype}: decimal numbers are asked"

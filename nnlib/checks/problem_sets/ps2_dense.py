"""Problem set 2, continued: a dense layer that refuses wrong shapes."""

import re

import numpy as np
from numpy import array, shape

from nnlib.checks import by_loops, families
from nnlib.checks.exercise import Exercise

__all__ = ["check_dense", "check_dense_guard"]

# fmt: off

def _layers(rng):
    sizes = [(1, 3, 2), (5, 1, 4), (3, 3, 3), (4, 6, 1), (2, 4, 2)]
    return [
        (array([[2.0, 3.0]]), array([[0.5, 1.0], [1.0, -0.5]]), array([-1.0, 0.5])),
        *(
            (rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=n_out))
            for n, n_in, n_out in sizes
        ),
        (
            array([[1, 2], [3, -4]]),
            array([[0.5, 0.25, 1], [0.125, 2, -1]]),
            array([0.5, -1.25, 2.0]),
        ),
    ]


def _layers_with_wrong_biases(rng):
    cases = []
    for n, n_in, n_out in [(4, 2, 3), (3, 2, 3), (1, 2, 3), (5, 3, 1)]:
        wrong = [(1, n_out), (n_out, 1), (n, 1), (n_out + 1,), (n,), (n_in,), (1,), ()]
        for size in [(n_out,), *(size for size in wrong if size != (n_out,))]:
            X, W = rng.normal(size=(n, n_in)), rng.normal(size=(n_in, n_out))
            cases.append((X, W, array(rng.normal(size=size))))
    return cases


def _use_layer(layer, X, W, b):
    """What a layer returns, or how it refuses."""
    try:
        return {"Z": layer(X, W, b)}
    except ValueError as error:
        return {"refused": str(error).strip()}


def _use_guarded_layer(layer, X, W, b):
    """The shape of what a layer returns, or how it refuses."""
    try:
        used = _use_layer(layer, X, W, b)
    except NotImplementedError:
        raise
    except Exception as error:
        if b.shape == W.shape[1:]:
            raise
        return {"raised": type(error).__name__}
    if "Z" in used:
        Z = used["Z"]
        used["Z"] = "an error" if isinstance(Z, Exception) else None if Z is None else shape(Z)
    return used


def _given(X, W, b):
    return f"X {X.shape}, W {W.shape} and b {b.shape}"


def _is_of_numpy(said):
    return "operand" in said or "aligned" in said


def _sums(used, X, W, b):
    """Z, unless a layer refused the right b."""
    said = used.get("refused")
    assert said is None or not _is_of_numpy(said), (
        f"{_given(X, W, b)}: it stopped, since NumPy found shapes that do not fit. The columns of "
        "X meet the rows of W"
    )
    assert said is None, (
        f"{_given(X, W, b)}: your function refused a b of the right shape {b.shape}: compare "
        "b.shape with (W.shape[1],), a tuple"
    )
    return {"": used["Z"]}


def _manners(used, X, W, b):
    """Whether b was accepted or refused, if that was done in the right way."""
    expected, given = W.shape[1:], _given(X, W, b)
    if b.shape == expected:
        Z = _sums(used, X, W, b)[""]
        assert Z is not None, f"Z is None for {given}: does the function return it?"
        assert Z == (len(X), *expected), f"Z has shape {Z}, expected {(len(X), *expected)}"
        return {"": "accepted"}
    assert used.get("raised") != "AssertionError", (
        f"{given}: write `raise ValueError(...)`, not assert"
    )
    assert "raised" not in used, (
        f"{given}: it stopped with a {used['raised']}, a ValueError is asked, before anything is "
        "computed"
    )
    if "Z" in used:
        raise AssertionError(f"{given} {_accepted(used['Z'])}")
    said = used["refused"]
    assert not _is_of_numpy(said), (
        f"{given}: the error is NumPy's. Compare b.shape with (W.shape[1],) before you add, and "
        "raise a ValueError that says which shape b should have"
    )
    assert re.search(rf"\b{expected[0]}\b", said), (
        f"{given}: your error says '{said}'. Let it say which shape was expected, here {expected}: "
        'f"expected {(W.shape[1],)}, got {b.shape}"'
    )
    return {"": "refused"}


def _accepted(found):
    """What to say of a wrong b that was not refused."""
    if found == "an error":
        return "made your function return the error: `raise` it instead"
    done = f"gave a result of shape {found}"
    if found is None:
        done = "gave None (to print a message raises nothing)"
    return f"were accepted and {done}: raise a ValueError unless b.shape == (W.shape[1],)"


check_dense = Exercise(
    "dense(X, W, b)", "X W + b, for any shapes that fit", _layers,
    keeps=True, observe=_use_layer, read=_sums,
)
check_dense_guard = Exercise(
    "dense_guard(X, W, b)",
    "X W + b; ValueError, which says what shape was expected, unless b has the shape (n_out,)",
    _layers_with_wrong_biases, observe=_use_guarded_layer, read=_manners,
)


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
_REFUSALS = {  # of every b, or of right ones
    "It refuses every b: a tuple such as b.shape is never equal to a number, so compare it with "
    "(W.shape[1],), a tuple because of its comma": ("!= (W.shape[1],)", "!= W.shape[1]"),
    "b belongs to units: compare its shape with the columns of W, not with its rows":
        ("[1]", "[0]"),
    "b belongs to units: compare its shape with the columns of W, not with the samples":
        ("W.shape[1]", "X.shape[0]"),
}
_TRANSPOSED = "W is (n_in, n_out) already: no transpose is needed"
check_dense.reference(by_loops.weighted_sums)
check_dense.right(lambda X, W, b: np.einsum("nm,mk->nk", X, W) + b[None, :])
check_dense.right(lambda X, W, b: np.c_[X, np.ones(len(X))] @ np.vstack([W, b]))
families.changed_input(check_dense)
families.last_term_only(check_dense)
families.transposed(check_dense, "This is Z transposed: rows are samples")
families.type_of_input(
    check_dense, "The numbers were rounded: X may hold whole numbers, Z does not")
check_dense.slips(_SOURCE, _REFUSALS | {
    "X and W are changed before they are used: your function changed its input":
        "W *= 1.0\nX += 0.5\nreturn X @ W + b",
    "The bias is missing": (" + b", ""),
    "The bias is added once for every input": ("+ b", "+ len(W) * b"),
    "The bias is added to the weights: add it to the sums X W": ("X @ W + b", "X @ (W + b)"),
    "The bias is added, not subtracted": ("+ b", "- b"),
    "Each unit has its own bias: add b, not its first number": ("+ b", "+ b[0]"),
    "Each unit has its own bias: do not sum b": ("+ b", "+ b.sum()"),
    "Each sample got a bias: b belongs to units":
        [("+ b", "+ b[:, None]"), ("+ b", "+ (b[:, None] if len(X) == len(b) else b)")],
    "This is Z after ReLU: leave the activation out": ("X @ W + b", "np.maximum(X @ W + b, 0)"),
    "This is Z after the sigmoid: leave the activation out":
        ("X @ W + b", "1 / (1 + np.exp(-X @ W - b))"),
    "Z is asked as it is: do not round it": ("X @ W + b", "(X @ W + b).round(2)"),
    _TRANSPOSED: ("@ W", "@ W.T"),
    "This is W times X: the order matters": ("X @ W", "W @ X"),
    "This multiplies cell by cell: X @ W sums over the inputs": ("X @ W", "X * W"),
    "This is the mean over the inputs: a sum is asked": ("X @ W", "X @ W / len(W)"),
    "A row for each sample: leave the sum over samples out":
        ("X @ W + b", "(X @ W + b).sum(axis=0)"),
    "All samples count: `return` stands below the loop": ("X @ W", "X[:1] @ W"),
})

_ONE_AXIS = "The whole shape counts: b has one axis, with W.shape[1] numbers"
check_dense_guard.right(lambda X, W, b: dense(X, W, b) if b.ndim else dense(X, W, np.ones(0)))
check_dense_guard.slips(_SOURCE, _REFUSALS | {
    "raise a ValueError unless b.shape == (W.shape[1],)": "return X @ W + b",
    "Look at the shape yourself, since NumPy adds many shapes": """
        try:
            return X @ W + b
        except ValueError as error:
            raise ValueError(f"expected {(W.shape[1],)}") from error""",
    _TRANSPOSED: "return X @ W.T + b",
    _ONE_AXIS: [("b.shape != (W.shape[1],)", f"{size} != W.shape[1]")
                for size in ("b.shape[-1]", "b.shape[0]", "b.size", "len(b)")]
               + [("    if b.shape", "    b = b.ravel()\n    if b.shape")],
    "One axis is not enough: it must hold W.shape[1] numbers":
        ("b.shape != (W.shape[1],)", "b.ndim != 1"),
    "It is the wrong way round: refuse a b that does not fit": ("!=", "=="),
    "write `raise ValueError(...)`, not assert":
        "assert b.shape == (W.shape[1],)\nreturn X @ W + b",
    "a ValueError is asked": ("ValueError", "TypeError"),
    "`raise` it instead": ("raise", "return"),
    "to print a message raises nothing": ("raise ValueError", "return print"),
    "Let it say which shape was expected": ('f"expected {(W.shape[1],)}, got {b.shape}"', ""),
    "It says which shape came, not which was expected": ("expected {(W.shape[1],)}, ", ""),
    "Braces are replaced by what they hold in an f-string only: is the f missing?": ('f"', '"'),
    "does the function return it": ("return ", ""),
    "expected (4, 3)": ("X @ W + b", "(X @ W + b).T"),
})
# fmt: on

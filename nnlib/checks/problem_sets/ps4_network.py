"""Problem set 4: gradients of a network of any depth."""

import numpy as np
from numpy import eye

from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets._networks import GRADIENTS, SLIPS, nudged_gradients

__all__ = ["check_network_gradients"]


def _networks(rng):
    """The last network has scores that overflow in a softmax that is not shifted."""
    networks = [(5, (3, 4, 2)), (4, (2, 3)), (6, (3, 3, 3, 3)), (1, (4, 2, 5, 3))]
    for n, widths, size in [*((*network, 1) for network in networks), (4, (2, 3), 1000)]:
        parameters = []
        for i, n_in in enumerate(widths[:-1]):
            parameters.append(size * rng.normal(size=(n_in, widths[i + 1])))
            parameters.append(size * rng.normal(size=widths[i + 1]))
        yield parameters, rng.normal(size=(n, widths[0])), rng.integers(0, widths[-1], n)


def _by_name(gradients, parameters, X, y):
    """The gradients as parts with names, if they are a list of the right length."""
    names = [f"d{letter}{i + 1}" for i in range(len(parameters) // 2) for letter in "Wb"]
    assert gradients is not None, "the result is None: does the function return the list?"
    found = f"a {type(gradients).__name__}"
    if isinstance(gradients, list | tuple):
        pairs = any(isinstance(g, list | tuple) for g in gradients)
        found = f"a list of {len(gradients)} {'pairs' if pairs else 'arrays'}"
    assert found == f"a list of {len(names)} arrays", (
        f"for {len(names) // 2} layers, return a list of {len(names)} arrays, dW and db of each "
        f"layer in turn; got {found}"
    )
    return dict(zip(names, gradients, strict=True))


check_network_gradients = Exercise(
    "network_gradients(parameters, X, y)",
    "[dW1, db1, dW2, db2, …] of the mean cross-entropy of a ReLU network with softmax on top",
    _networks,
    keeps=True,
    read=_by_name,
)


@check_network_gradients.reference
def network_gradients(parameters, X, y):
    return nudged_gradients(X, eye(len(parameters[-1]))[y], parameters)


@check_network_gradients.right
def _(parameters, X, y):
    weights, inputs = parameters[::2], [X]
    for W, b in zip(weights, parameters[1::2], strict=True):
        scores = inputs[-1] @ W + b
        inputs.append(scores.clip(0))
    dZ = np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None])
    dZ[np.arange(len(y)), y] -= 1
    found = ()
    for W, A in zip(weights[::-1], inputs[-2::-1], strict=True):
        found = (A.T @ dZ / len(y), dZ.mean(axis=0), *found)
        dZ = dZ @ W.T * np.sign(A)
    return found


# fmt: off
check_network_gradients.slips(f"""
def network_gradients(parameters, X, y):
    Y = np.eye(len(parameters[-1]))[y]{GRADIENTS}""", SLIPS | {
    "With large scores, subtract each row's maximum from the scores before you take exponentials":
        ("Z - Z.max(axis=1, keepdims=True)", "Z"),
    "The gradients come from the last layer to the first: turn the list round":
        ("return gradients", "return gradients[::-1]"),
    "The last layer's gradients come first: put each new pair in front, [dW, db] + gradients":
        ("[dW, db] + gradients", "gradients + [dW, db]"),
    "dW comes before db, as W before b": ("[dW, db]", "[db, dW]"),
    "Put dW and db into the list one by one, not as a pair": ("[dW, db]", "[(dW, db)]"),
    "Every layer has its dW and db: go on down to the first, and keep them all":
        (" + gradients", " + 0 * gradients", "return gradients", "return gradients[-2:]"),
    "The list goes layer by layer: dW1, db1, dW2, db2, not all dW first":
        ("return gradients", "return gradients[::2] + gradients[1::2]"),
    "P[:, y] takes whole columns: P[np.arange(len(y)), y] is one number of each row":
        ("dZ = (P - Y) / n", "P[:, y] -= 1\n    dZ = P / n"),
    "your function changed its input, parameters: work on a copy":
        ("return", "parameters[0] -= 0.1 * gradients[0]\n    return"),
})

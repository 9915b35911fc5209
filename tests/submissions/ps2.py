"""Problem set 2 as text: right with helpers and loops, typical slips, nnlib's layer."""

from submissions import Submission

SUBMISSIONS = [
    Submission(
        "slow loops, helpers in other cells and NumPy's own tools are accepted",
        first="""
import math
from itertools import product

TAILS = 0.87962566

def weighted_sum(x, unit, bias):
    total = bias
    for number, weight in zip(x, unit):
        total += number * weight
    return total
""",
        cells={
            "dense": """
def dense(X, W, b):
    if np.shape(b) != (len(W[0]),):
        raise ValueError("b must have " + str(len(W[0])) + " numbers, one for each unit")
    Z = np.zeros((len(X), len(b)))
    for i, j in product(range(len(X)), range(len(b))):
        Z[i, j] = weighted_sum(X[i], W[:, j], b[j])
    return Z
""",
            "he_truncated": """
def he_truncated(shape, rng):
    s = math.sqrt(2 / shape[0]) / TAILS
    drawn = rng.normal(0, s, 2 * shape[0] * shape[1])
    kept = [w for w in drawn.tolist() if abs(w) <= 2 * s]
    return np.array(kept[: shape[0] * shape[1]]).reshape(shape)
""",
            "orthogonal": """
def orthogonal(shape, rng):
    tall = max(shape), min(shape)
    Q = np.linalg.qr(rng.normal(size=tall))[0]
    return Q if shape[0] >= shape[1] else Q.T
""",
        },
    ),
    Submission(
        "the bias forgotten and unguarded, ReLU at the end, tails kept, columns for rows",
        edits={
            "dense": {"return X @ W + b": "return X @ W", "    raise ValueError": "    print"},
            "network": {"Z if i == len(layers) - 1 else ": "", "dense(A, W, b)": "A @ W + b"},
            "he_truncated": {"while outside.any():": "while False:"},
            "layer_norm": {"axis=1": "axis=0"},
        },
        lost={
            "dense-graded": "The bias is missing",
            "dense-guard-graded": "raise a ValueError unless b.shape ==",
            "network-graded": "The last layer has no ReLU",
            "he_truncated-graded": "is cut off",
            "layer_norm-graded": "a row is a sample",
        },
    ),
    Submission(
        "nnlib's layer handed in as the answer",
        cells={"dense": "from nnlib.layers import dense_forward as dense"},
        lost={
            "dense-graded": "your function calls nnlib.layers.dense_forward",
            "dense-guard-graded": "your function calls nnlib.layers.dense_forward",
            "network-graded": "your function calls nnlib.layers.dense_forward",
        },
        whole=True,
    ),
]

"""Problem set 3 as text: right with loops, one exercise unfinished, nnlib's own gradients."""

from submissions import Submission

SUBMISSIONS = [
    Submission(
        "slow loops and lists are accepted",
        cells={
            "dense_gradients": """
def outer_sum(dX, dW, dZ, X, W, i, j):
    for k in range(W.shape[0]):
        dX[i, k] += dZ[i, j] * W[k, j]
        dW[k, j] += dZ[i, j] * X[i, k]

def dense_gradients(dZ, X, W):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for i in range(X.shape[0]):
        for j in range(W.shape[1]):
            db[j] += dZ[i, j]
            outer_sum(dX, dW, dZ, X, W, i, j)
    return [dX, dW, db]
""",
            "hinge": """
def hinge(y, Z):
    loss, dZ = 0.0, np.zeros(Z.shape)
    for i in range(len(y)):
        for j in range(Z.shape[1]):
            if j != y[i] and 1 + Z[i, j] - Z[i, y[i]] > 0:
                loss += 1 + Z[i, j] - Z[i, y[i]]
                dZ[i, j] += 1
                dZ[i, y[i]] -= 1
    return loss / len(y), dZ / len(y)
""",
        },
    ),
    Submission(
        "a layer left out and called, a sum for a mean, terms left out",
        edits={
            "poisson": {"np.mean": "np.sum"},
            "hinge": {"-dZ.sum(axis=1)": "-1"},
            "layer_norm_gradients": {" - X_hat * along": ""},
        },
        cells={"dense_gradients": "def dense_gradients(dZ, X, W):\n    raise NotImplementedError"},
        lost={
            "dense_gradients-graded": "dense_gradients: not attempted yet",
            "two_layer_gradients-graded": "a function that yours calls is not attempted yet",
            "tied_gradients-graded": "a function that yours calls is not attempted yet",
            "poisson-graded": "This is the sum: take the mean",
            "hinge-graded": "-1 for every wrong class",
            "layer_norm_gradients-graded": "one term is missing",
        },
    ),
    Submission(
        "the package's functions do the work",
        cells={
            "dense_gradients": "from nnlib.layers import dense_backward as dense_gradients",
            "softmax_loss": """
def softmax_loss(Y, Z):
    from nnlib import losses

    loss = losses.categorical_crossentropy(Y, Z)
    return loss, losses.categorical_crossentropy_gradient(Y, Z)
""",
        },
        lost={
            "dense_gradients-graded": "your function calls nnlib.layers.dense_backward",
            "two_layer_gradients-graded": "your function calls nnlib.l",
            "tied_gradients-graded": "your function calls nnlib.layers.dense_backward",
            "softmax_loss-graded": "your function calls nnlib.losses.categorical_crossentropy",
        },
        whole=True,
    ),
]

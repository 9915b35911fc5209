"""What students hand in for problem set 3: right in another style, wrong in typical ways."""

from submissions import Submission

TWO_LAYERS = """
def two_layer_gradients(X, Y, W1, b1, W2, b2):
    n = len(X)
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    P = np.exp(A1 @ W2 + b2)
    P = P / P.sum(axis=1, keepdims=True)
    dZ2 = (P - Y) / n
    dW2 = A1.T @ dZ2
    db2 = dZ2.sum(axis=0)
    dA1 = dZ2 @ W2.T
    dZ1 = dA1 * (Z1 > 0)
    dW1 = X.T @ dZ1
    db1 = dZ1.sum(axis=0)
    return dW1, db1, dW2, db2
"""


def two_layers(old, new):
    assert old in TWO_LAYERS
    return TWO_LAYERS.replace(old, new)


DENSE = """
def dense_gradients(dZ, X, W):
    dX = dZ @ W.T
    dW = X.T @ dZ
    db = dZ.sum(axis=0)
    return dX, dW, db
"""


def dense(old, new):
    assert old in DENSE
    return DENSE.replace(old, new)


# What the other exercises lose that call dense_gradients, unless they bring their own.
OWN = {
    "two_layer_gradients": TWO_LAYERS,
    "tied_gradients": """
def tied_gradients(dR, X, W, b):
    H = np.tanh(X @ W + b)
    dZ = dR @ W * (1 - H * H)
    return X.T @ dZ + dR.T @ H, dZ.sum(axis=0), dR.sum(axis=0)
""",
}

LAYER_NORM = """
def layer_norm_gradients(dA, X, gamma, epsilon):
    s = np.sqrt(X.var(axis=1, keepdims=True) + epsilon)
    hat = (X - X.mean(axis=1, keepdims=True)) / s
    d = dA * gamma
    dX = (d - d.mean(axis=1, keepdims=True) - hat * (d * hat).mean(axis=1, keepdims=True)) / s
    return dX, (dA * hat).sum(axis=0), dA.sum(axis=0)
"""


def layer_norm(old, new):
    assert old in LAYER_NORM
    return LAYER_NORM.replace(old, new)


HINGE = """
def hinge(y, Z):
    n, rows = len(Z), np.arange(len(Z))
    terms = np.maximum(0, 1 + Z - Z[rows, y][:, None])
    terms[rows, y] = 0
    dZ = (terms > 0) * 1.0
    dZ[rows, y] = -dZ.sum(axis=1)
    return terms.sum() / n, dZ / n
"""


def hinge(old, new):
    assert old in HINGE
    return HINGE.replace(old, new)


SUBMISSIONS = [
    Submission(
        "slow loops and lists are accepted",
        cells=OWN
        | {
            "dense_gradients": """
def dense_gradients(dZ, X, W):
    dX, dW, db = np.zeros(X.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for i in range(X.shape[0]):
        for j in range(W.shape[1]):
            db[j] += dZ[i, j]
            for k in range(W.shape[0]):
                dX[i, k] += dZ[i, j] * W[k, j]
                dW[k, j] += dZ[i, j] * X[i, k]
    return [dX, dW, db]
""",
            "softmax_loss": """
def softmax_loss(Y, Z):
    loss, dZ = 0.0, np.zeros(Z.shape)
    for i in range(len(Z)):
        z = Z[i] - max(Z[i])
        p = np.exp(z) / sum(np.exp(z))
        loss += sum(Y[i]) * np.log(sum(np.exp(z))) - sum(Y[i] * z)
        dZ[i] = (p - Y[i]) / len(Z)
    return loss / len(Z), dZ
""",
            "poisson": """
def poisson(Y, Z):
    loss = 0.0
    for y, z in zip(Y.ravel(), Z.ravel()):
        loss += (np.e**z - y * z) / (Y.shape[0] * Y.shape[1])
    return loss, (np.e**Z - Y) / (Y.shape[0] * Y.shape[1])
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
            "layer_norm_gradients": """
def layer_norm_gradients(dA, X, gamma, epsilon):
    n, k = X.shape
    dX, dgamma = np.zeros((n, k)), np.zeros(k)
    for r in range(n):
        x = X[r]
        s = np.sqrt(np.mean((x - x.mean()) ** 2) + epsilon)
        hat = (x - x.mean()) / s
        dgamma += dA[r] * hat
        jacobian = (np.eye(k) - 1 / k - np.outer(hat, hat) / k) / s
        dX[r] = jacobian @ (gamma * dA[r])
    return dX, dgamma, sum(dA)
""",
        },
    ),
    Submission(
        "the bias's gradient keeps the samples, sums are means",
        cells=OWN
        | {
            "dense_gradients": dense("dZ.sum(axis=0)", "dZ.sum(axis=1)"),
            "two_layer_gradients": two_layers("(P - Y) / n", "P - Y"),
            "softmax_loss": """
def softmax_loss(Y, Z):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(P)) / len(Y), (P - Y) / len(Y)
""",
            "poisson": "def poisson(Y, Z):\n    return np.sum(np.exp(Z) - Y * Z), np.exp(Z) - Y",
            "hinge": """
def hinge(y, Z):
    n, rows = len(Z), np.arange(len(Z))
    terms = np.maximum(0, 1 + Z - Z[rows, y][:, None])
    return terms.sum() / n, (terms > 0) / n
""",
            "layer_norm_gradients": """
def layer_norm_gradients(dA, X, gamma, epsilon):
    s = np.sqrt(X.var(axis=1, keepdims=True) + epsilon)
    hat = (X - X.mean(axis=1, keepdims=True)) / s
    return dA * gamma / s, (dA * hat).sum(axis=0), dA.sum(axis=0)
""",
        },
        lost={
            "dense_gradients-graded": "db has one number for each unit: sum over the samples",
            "two_layer_gradients-graded": "The 1/n is missing",
            "softmax_loss-graded": "subtract each row's maximum first",
            "poisson-graded": "This is the sum: take the mean over all n k",
            "hinge-graded": "Leave the true class out",
            "layer_norm_gradients-graded": "two terms are missing",
        },
    ),
    Submission(
        "transposed weights on the way back, the mask on the wrong array",
        cells=OWN
        | {
            "dense_gradients": dense("dZ @ W.T", "dZ @ W"),
            "two_layer_gradients": two_layers("(Z1 > 0)", "(dA1 > 0)"),
            "softmax_loss": """
def softmax_loss(Y, Z):
    shifted = Z - Z.max()
    P = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(P)) / len(Y), (P - Y) / len(Y)
""",
            "poisson": """
def poisson(Y, Z):
    return np.mean(Z - Y * np.log(np.maximum(Z, 1e-9))), (1 - Y / Z) / Z.size
""",
            "hinge": """
def hinge(y, Z):
    n, rows = len(Z), np.arange(len(Z))
    terms = np.maximum(0, 1 + Z - Z[rows, y][:, None])
    terms[rows, y] = 0
    return terms.sum() / n, (terms > 0) / n
""",
            "tied_gradients": """
def tied_gradients(dR, X, W, b):
    H = np.tanh(X @ W + b)
    dZ = dR @ W * (1 - H**2)
    return X.T @ dZ, dZ.sum(axis=0), dR.sum(axis=0)
""",
            "layer_norm_gradients": """
def layer_norm_gradients(dA, X, gamma, epsilon):
    s = np.sqrt(X.var(axis=1, keepdims=True) + epsilon)
    hat = (X - X.mean(axis=1, keepdims=True)) / s
    d = dA * gamma
    return (d - d.mean(axis=1, keepdims=True)) / s, (dA * hat).sum(axis=0), dA.sum(axis=0)
""",
        },
        lost={
            "dense_gradients-graded": "dX = dZ Wᵀ",
            "two_layer_gradients-graded": "ReLU's slope is taken at dA",
            "softmax_loss-graded": "take no logarithm of a probability",
            "poisson-graded": "whose logarithm is z",
            "hinge-graded": "The true class is missing",
            "tied_gradients-graded": "W is used twice",
            "layer_norm_gradients-graded": "X moves the spread of its row too",
        },
    ),
    Submission(
        "the mean taken again in the layer, no mask, targets forgotten",
        cells=OWN
        | {
            "dense_gradients": dense("X.T @ dZ", "X.T @ dZ / len(X)"),
            "two_layer_gradients": two_layers("dA1 * (Z1 > 0)", "dA1"),
            "softmax_loss": """
def softmax_loss(Y, Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -np.mean(Y * log_P), (np.exp(log_P) - Y) / Y.size
""",
            "poisson": """
def poisson(Y, Z):
    return np.sum(np.exp(Z) - Y * Z) / len(Z), (np.exp(Z) - Y) / len(Z)
""",
            "hinge": """
def hinge(y, Z):
    n, rows = len(Z), np.arange(len(Z))
    terms = np.maximum(0, 1 + Z - Z[rows, y][:, None])
    terms[rows, y] = 0
    dZ = (terms > 0) * 1.0
    dZ[rows, y] = -1
    return terms.sum() / n, dZ / n
""",
            "tied_gradients": """
def tied_gradients(dR, X, W, b):
    H = np.tanh(X @ W + b)
    dZ = dR @ W
    return X.T @ dZ + dR.T @ H, dZ.sum(axis=0), dR.sum(axis=0)
""",
            "layer_norm_gradients": """
def layer_norm_gradients(dA, X, gamma, epsilon):
    s = np.sqrt(X.var(axis=1, keepdims=True) + epsilon)
    hat = (X - X.mean(axis=1, keepdims=True)) / s
    d = dA * gamma
    dX = (d - d.mean(axis=1, keepdims=True) - hat * (d * hat).mean(axis=1, keepdims=True)) / s
    return dX, (dA * hat).sum(axis=1), dA.sum(axis=1)
""",
        },
        lost={
            "dense_gradients-graded": "A layer only sums",
            "two_layer_gradients-graded": "ReLU's slope is missing",
            "softmax_loss-graded": "not by n k",
            "poisson-graded": "Divide by all n k entries",
            "hinge-graded": "-1 for every wrong class that is too close",
            "tied_gradients-graded": "1 - H²",
            "layer_norm_gradients-graded": "dgamma",
        },
    ),
    Submission(
        "the input changed in place, the upper layer fed with Z, one hinge for each row",
        cells=OWN
        | {
            "dense_gradients": """
def dense_gradients(dZ, X, W):
    dZ /= len(X)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)
""",
            "two_layer_gradients": two_layers("dW2 = A1.T", "dW2 = Z1.T"),
            "softmax_loss": """
def softmax_loss(Y, Z):
    Z -= Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -np.sum(Y * log_P) / len(Y), (np.exp(log_P) - Y) / len(Y)
""",
            "poisson": """
def poisson(Y, Z):
    return np.mean((np.exp(Z) - Y) ** 2), (np.exp(Z) - Y) / Z.size
""",
            "hinge": """
def hinge(y, Z):
    n, rows = len(Z), np.arange(len(Z))
    terms = np.maximum(0, 1 + Z - Z[rows, y][:, None])
    terms[rows, y] = 0
    dZ = (terms > 0) * 1.0
    dZ[rows, y] = -dZ.sum(axis=1)
    return terms.max(axis=1).sum() / n, dZ / n
""",
            "tied_gradients": """
def tied_gradients(dR, X, W, b):
    H = np.tanh(X @ W + b)
    dH, dV, dc = dR @ W, H.T @ dR, dR.sum(axis=0)
    dZ = dH * (1 - H**2)
    return X.T @ dZ + dV, dZ.sum(axis=0), dc
""",
            "layer_norm_gradients": """
def layer_norm_gradients(dA, X, gamma, epsilon):
    s = np.sqrt(X.var(axis=1) + epsilon)
    hat = (X - X.mean(axis=1)) / s
    return dA * gamma / s, (dA * hat).sum(axis=0), dA.sum(axis=0)
""",
        },
        lost={
            "dense_gradients-graded": "changed its input",
            "two_layer_gradients-graded": "The layer above saw A, after ReLU",
            "softmax_loss-graded": "changed its input",
            "poisson-graded": "This is the squared error of the rate",
            "hinge-graded": "not only the worst",
            "tied_gradients-graded": "it stopped",
            "layer_norm_gradients-graded": "means of rows need keepdims=True",
        },
    ),
    Submission(
        "signs, orders and shapes",
        cells=OWN
        | {
            "dense_gradients": dense("dX, dW, db\n", "dW, db\n"),
            "two_layer_gradients": two_layers(
                "return dW1, db1, dW2, db2", "return dW2, db2, dW1, db1"
            ),
            "softmax_loss": """
def softmax_loss(Y, Z):
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -np.sum(Y * log_P) / len(Y), (Y - np.exp(log_P)) / len(Y)
""",
            "poisson": """
def poisson(Y, Z):
    return np.mean(np.exp(Z) - Y * Z)
""",
            "hinge": """
def hinge(y, Z):
    n, rows = len(Z), np.arange(len(Z))
    terms = np.maximum(0, Z - Z[rows, y][:, None])
    return terms.sum() / n, (terms > 0) / n
""",
            "layer_norm_gradients": """
def layer_norm_gradients(dA, X, gamma, epsilon):
    s = np.sqrt(X.var(axis=1, keepdims=True) + epsilon)
    hat = (X - X.mean(axis=1, keepdims=True)) / s
    d = dA * gamma
    dX = (d - d.mean(axis=1, keepdims=True) - hat * (d * hat).mean(axis=1, keepdims=True)) / s
    return dX, (dA * X).sum(axis=0), dA.sum(axis=0)
""",
        },
        lost={
            "dense_gradients-graded": "return 3 arrays: dX, dW, db, in this order",
            "two_layer_gradients-graded": "dW1",
            "softmax_loss-graded": "The sign is wrong",
            "poisson-graded": "return two things",
            "hinge-graded": "The margin of 1 is missing",
            "layer_norm_gradients-graded": "γ multiplies the normalised row, not X",
        },
    ),
    Submission(
        "a clipped probability, the kink charged, dV as it is, means down the columns",
        cells=OWN
        | {
            "softmax_loss": """
def softmax_loss(Y, Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.sum(Y * np.log(P + 1e-12)) / len(Y), (P - Y) / len(Y)
""",
            "poisson": """
def poisson(Y, Z):
    return np.mean(np.exp(Z) - Y * Z), (1 - Y / np.exp(Z)) / Z.size
""",
            "hinge": """
def hinge(y, Z):
    n, rows = len(Z), np.arange(len(Z))
    terms = 1 + Z - Z[rows, y][:, None]
    terms[rows, y] = -1
    dZ = (terms >= 0) * 1.0
    dZ[rows, y] = -dZ.sum(axis=1)
    return np.maximum(terms, 0).sum() / n, dZ / n
""",
            "tied_gradients": """
def tied_gradients(dR, X, W, b):
    H = np.tanh(X @ W + b)
    dH, dV, dc = dense_gradients(dR, H, W.T)
    _, dW, db = dense_gradients(dH * (1 - H**2), X, W)
    return dW + dV, db, dc
""",
            "layer_norm_gradients": layer_norm("axis=1", "axis=0"),
        },
        lost={
            "softmax_loss-graded": "A clipped probability",
            "poisson-graded": "That is the slope with respect to λ",
            "hinge-graded": "> 0, not >= 0",
            "tied_gradients-graded": "dV has the shape of Wᵀ: turn it before you add",
            "layer_norm_gradients-graded": "go along each row, axis 1",
        },
    ),
    Submission(
        "a row that stays a row, only the means back down the columns",
        cells={
            "softmax_loss": """
def softmax_loss(Y, Z):
    Z = Z - Z.max(axis=1)
    log_P = Z - np.log(np.exp(Z).sum(axis=1))
    return -np.sum(Y * log_P) / len(Y), (np.exp(log_P) - Y) / len(Y)
""",
            "two_layer_gradients": TWO_LAYERS,
            "hinge": hinge("[rows, y][:, None]", "[rows, y]"),
            "layer_norm_gradients": layer_norm("d.mean(axis=1", "d.mean(axis=0").replace(
                "(d * hat).mean(axis=1", "(d * hat).mean(axis=0"
            ),
        },
        lost={
            "softmax_loss-graded": "stay columns with keepdims=True",
            "hinge-graded": "the true scores must be a column",
            "layer_norm_gradients-graded": "go along each row, axis 1",
        },
    ),
    Submission(
        "gamma in its own gradient",
        cells={"layer_norm_gradients": layer_norm("(dA * hat)", "(d * hat)")},
        lost={"layer_norm_gradients-graded": "No γ in dγ"},
    ),
    Submission(
        "epsilon beside the root",
        cells={
            "layer_norm_gradients": layer_norm(
                "np.sqrt(X.var(axis=1, keepdims=True) + epsilon)",
                "np.sqrt(X.var(axis=1, keepdims=True)) + epsilon",
            )
        },
        lost={"layer_norm_gradients-graded": "ε stands under the root"},
    ),
    Submission(
        "means for gamma and beta",
        cells={"layer_norm_gradients": layer_norm(".sum(axis=0)", ".mean(axis=0)")},
        lost={"layer_norm_gradients-graded": "a sum over the samples, no mean"},
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
            "two_layer_gradients": TWO_LAYERS,
            "tied_gradients": OWN["tied_gradients"],
        },
        lost={
            "dense_gradients-graded": "your function calls nnlib.layers.dense_backward",
            "softmax_loss-graded": "your function calls nnlib.losses.categorical_crossentropy",
        },
        whole=True,
    ),
]

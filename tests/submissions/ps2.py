"""What students hand in for problem set 2: right in another style, wrong in typical ways."""

from submissions import Submission

SUBMISSIONS = [
    Submission(
        "slow loops and NumPy's own tools are accepted",
        cells={
            "dense": """
def dense(X, W, b):
    if np.shape(b) != (len(W[0]),):
        raise ValueError("b must have " + str(len(W[0])) + " numbers, one for each unit")
    Z = np.zeros((len(X), len(b)))
    for i in range(len(X)):
        for j in range(len(b)):
            for m in range(len(W)):
                Z[i, j] += X[i, m] * W[m, j]
            Z[i, j] += b[j]
    return Z
""",
            "network": """
def network(X, layers):
    A = [X]
    for W, b in layers[:-1]:
        Z = A[-1] @ W + b
        Z[Z < 0] = 0
        A.append(Z)
    W, b = layers[-1]
    return tuple(A[1:] + [A[-1] @ W + b])
""",
            "widest": """
def widest(n_in, n_out, budget):
    h = 0
    while n_in * (h + 1) + (h + 1) + (h + 1) * n_out + n_out <= budget:
        h += 1
    return h
""",
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    kept = []
    while len(kept) < shape[0] * shape[1]:
        w = rng.normal(0, s)
        if abs(w) <= 2 * s:
            kept.append(w)
    return np.array(kept).reshape(shape)
""",
            "orthogonal": """
def orthogonal(shape, rng):
    tall = max(shape), min(shape)
    Q = np.linalg.qr(rng.normal(size=tall))[0]
    return Q if shape[0] >= shape[1] else Q.T
""",
            "layer_norm": """
def layer_norm(X, gamma, beta, epsilon):
    A = np.zeros(X.shape)
    for i, x in enumerate(X):
        A[i] = gamma * (x - np.mean(x)) / (np.var(x) + epsilon) ** 0.5 + beta
    return A
""",
        },
    ),
    Submission(
        "transposed weights, and a bias that broadcasts",
        cells={"dense": "def dense(X, W, b):\n    return X @ W.T + b"},
        lost={
            "dense-graded": "no transpose is needed",
            "dense-guard-graded": "no transpose is needed",
            "network-graded": "",
        },
    ),
    Submission(
        "the bias of any shape is added",
        cells={"dense": "def dense(X, W, b):\n    return X @ W + b"},
        lost={"dense-guard-graded": "raise a ValueError unless b.shape == (W.shape[1],)"},
    ),
    Submission(
        "the bias shape is asserted, the weights are multiplied by cells",
        cells={
            "dense": """
def dense(X, W, b):
    assert b.shape == (W.shape[1],)
    return X @ W + b
""",
            "network": """
def network(X, layers):
    A, outputs = X, [X]
    for W, b in layers:
        A = np.maximum(A @ W + b, 0)
        outputs.append(A)
    return outputs
""",
            "widest": "def widest(n_in, n_out, budget):\n    return budget // (n_in + n_out)",
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    return np.clip(rng.normal(0, s, shape), -2 * s, 2 * s)
""",
            "orthogonal": """
def orthogonal(shape, rng):
    W = rng.normal(size=shape)
    return W / np.sqrt((W**2).sum(axis=0))
""",
            "layer_norm": """
def layer_norm(X, gamma, beta, epsilon):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + epsilon) + beta
""",
        },
        lost={
            "dense-guard-graded": "write `raise ValueError(...)`, not assert",
            "network-graded": "X is no output of a layer",
            "widest-graded": "the biases are forgotten",
            "he_truncated-graded": "drawn again, not moved to it",
            "orthogonal-graded": "are not at right angles",
            "layer_norm-graded": "axis=1",
        },
    ),
    Submission(
        "bias forgotten, ReLU at the end, tails kept",
        cells={
            "dense": """
def dense(X, W, b):
    if b.shape != (W.shape[1],):
        raise ValueError(f"b should have the shape {(W.shape[1],)}")
    return X @ W
""",
            "network": """
def network(X, layers):
    outputs = []
    for W, b in layers:
        X = np.maximum(X @ W + b, 0)
        outputs.append(X)
    return outputs
""",
            "widest": "def widest(n_in, n_out, budget):\n    return budget // (n_in + 1 + n_out)",
            "he_truncated": """
def he_truncated(shape, rng):
    return rng.normal(0, np.sqrt(2 / shape[0]), shape)
""",
            "orthogonal": """
def orthogonal(shape, rng):
    W = rng.normal(size=shape)
    for j in range(shape[1]):
        W[:, j] /= np.sqrt(W[:, j] @ W[:, j])
        for i in range(j):
            W[:, j] -= (W[:, i] @ W[:, j]) * W[:, i]
    return W
""",
            "layer_norm": """
def layer_norm(X, gamma, beta, epsilon):
    m, v = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return (X - m) / np.sqrt(v + epsilon)
""",
        },
        lost={
            "dense-graded": "The bias is missing",
            "network-graded": "The last layer has no ReLU",
            "widest-graded": "the output biases are forgotten",
            "he_truncated-graded": "lie beyond two spreads",
            "orthogonal-graded": "length",
            "layer_norm-graded": "γ and β are missing",
        },
    ),
    Submission(
        "one bias for each sample, ReLU left out, tails cut without making up for it",
        cells={
            "dense": """
def dense(X, W, b):
    if b.shape != (W.shape[1],):
        raise ValueError(f"b should have the shape {(W.shape[1],)}")
    Z = X @ W
    return Z + b[:, None] if len(X) == len(b) else Z + b
""",
            "network": """
def network(X, layers):
    outputs = []
    for W, b in layers:
        X = X @ W + b
        outputs.append(X)
    return outputs
""",
            "widest": """
def widest(n_in, n_out, budget):
    return (budget - n_out) // (n_in + n_out)
""",
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0])
    W = rng.normal(0, s, shape)
    while (np.abs(W) > 2 * s).any():
        W = np.where(np.abs(W) > 2 * s, rng.normal(0, s, shape), W)
    return W
""",
            "orthogonal": "def orthogonal(shape, rng):\n    return np.eye(*shape)",
            "layer_norm": """
def layer_norm(X, gamma, beta, epsilon):
    m, s = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    return gamma * (X - m) / (s + epsilon) + beta
""",
        },
        lost={
            "dense-graded": "Each sample got a bias",
            "network-graded": "ReLU is missing between the layers",
            "widest-graded": "the hidden biases are forgotten",
            "he_truncated-graded": "draw them wider",
            "orthogonal-graded": "two generators gave the same weights",
            "layer_norm-graded": "ε stands under the root",
        },
    ),
    Submission(
        "input changed in place, every layer fed with X, half a unit, drawn again once",
        cells={
            "dense": """
def dense(X, W, b):
    if b.shape != (W.shape[1],):
        raise ValueError(f"b should have the shape {(W.shape[1],)}")
    W *= 1.0
    X += 0.5
    return X @ W + b
""",
            "network": """
def network(X, layers):
    outputs = []
    for W, b in layers[:-1]:
        outputs.append(np.maximum(X @ W + b, 0))
    W, b = layers[-1]
    return outputs[-1] @ W + b if outputs else X @ W + b
""",
            "widest": "def widest(n_in, n_out, budget):\n"
            "    return (budget - n_out) / (n_in + 1 + n_out)",
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    outside = np.abs(W) > 2 * s
    W[outside] = rng.normal(0, s, outside.sum())
    return W
""",
            "orthogonal": """
def orthogonal(shape, rng):
    W = rng.normal(size=shape)
    for j in range(shape[1]):
        for i in range(j):
            W[:, j] -= (W[:, i] @ W[:, j]) * W[:, i]
        W[:, j] /= np.sqrt(W[:, j] @ W[:, j])
    return W
""",
            "layer_norm": """
def layer_norm(X, gamma, beta, epsilon):
    X -= X.mean(axis=1, keepdims=True)
    return gamma * X / np.sqrt((X**2).mean(axis=1, keepdims=True) + epsilon) + beta
""",
        },
        lost={
            "dense-graded": "changed its input",
            "network-graded": "return a list with the output of every layer",
            "widest-graded": "17 // 5 is 3",
            "he_truncated-graded": "repeat until none does",
            "orthogonal-graded": "shape (2, 5)",
            "layer_norm-graded": "changed its input",
        },
    ),
    Submission(
        "rounded to whole numbers, weights changed, a generator of one's own",
        cells={
            "dense": """
def dense(X, W, b):
    if b.shape != (W.shape[1],):
        raise ValueError(f"b should have the shape {(W.shape[1],)}")
    Z = X.copy()[:, :1].repeat(len(b), axis=1)
    Z[:] = X @ W + b
    return Z
""",
            "network": """
def network(X, layers):
    outputs = []
    for i, (W, b) in enumerate(layers):
        W *= 0.5
        X = X @ (2 * W) + b
        if i < len(layers) - 1:
            X = np.maximum(X, 0)
        outputs.append(X)
    return outputs
""",
            "widest": "def widest(n_in, n_out, budget):\n    return budget // (n_in + 1)",
            "he_truncated": """
def he_truncated(shape, rng):
    s = 2 / shape[0] / 0.87962566
    W = rng.normal(0, s, shape)
    while (np.abs(W) > 2 * s).any():
        W = np.where(np.abs(W) > 2 * s, rng.normal(0, s, shape), W)
    return W
""",
            "orthogonal": """
def orthogonal(shape, rng):
    rng = np.random.default_rng()
    tall = max(shape), min(shape)
    Q = np.linalg.qr(rng.normal(size=tall))[0]
    return Q if shape[0] >= shape[1] else Q.T
""",
            "layer_norm": """
def layer_norm(X, gamma, beta, epsilon):
    return gamma * (X - X.mean(axis=1)) / np.sqrt(X.var(axis=1) + epsilon) + beta
""",
        },
        lost={
            "dense-graded": "The numbers were rounded",
            "network-graded": "changed the weights",
            "widest-graded": "a hidden unit costs a weight to each output too",
            "he_truncated-graded": "the spread is its root",
            "orthogonal-graded": "draw from rng alone",
            "layer_norm-graded": "keepdims=True",
        },
    ),
    Submission(
        "an error that says too little, all weights drawn again, the wide shape forgotten",
        cells={
            "dense": """
def dense(X, W, b):
    if b.shape != (W.shape[1],):
        raise ValueError("b has the wrong shape")
    return X @ W + b
""",
            "network": """
def network(X, layers):
    outputs = [np.maximum(dense(X, W, b), 0) for W, b in layers[:-1]]
    return outputs + [dense(X, *layers[-1])]
""",
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    while (np.abs(W) > 2 * s).any():
        W = rng.normal(0, s, shape)
    return W
""",
            "orthogonal": """
def orthogonal(shape, rng):
    W = rng.normal(size=shape)
    for j in range(shape[1]):
        for i in range(j):
            W[:, j] -= (W[:, i] @ W[:, j]) * W[:, i]
        W[:, j] /= np.sqrt(W[:, j] @ W[:, j])
    return W
""",
            "layer_norm": """
def layer_norm(X, gamma, beta, epsilon):
    m, v = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return gamma[:, None] * (X - m) / np.sqrt(v + epsilon) + beta[:, None]
""",
        },
        lost={
            "dense-guard-graded": "Let it say which shape was expected, here (3,)",
            "network-graded": "The input of a layer is the output of the one before",
            "he_truncated-graded": "your loop does not end",
            "orthogonal-graded": "fewer rows than columns: make the transposed shape",
            "layer_norm-graded": "leave their shape as it is",
        },
    ),
    Submission(
        "a guard that compares with a number, a loop that looks once, columns not put back",
        cells={
            "dense": """
def dense(X, W, b):
    if b.shape != W.shape[1]:
        raise ValueError(f"b should have the shape {(W.shape[1],)}")
    return X @ W + b
""",
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    outside = np.abs(W) > 2 * s
    while outside.any():
        W[outside] = rng.normal(0, s, outside.sum())
    return W
""",
            "orthogonal": """
def orthogonal(shape, rng):
    W = rng.normal(size=shape)
    for j in range(shape[1]):
        v = W[:, j].copy()
        for i in range(j):
            v -= (W[:, i] @ v) * W[:, i]
        v /= np.sqrt(v @ v)
    return W
""",
        },
        lost={
            "dense-graded": "your function refused a b of the right shape (2,)",
            "dense-guard-graded": "(W.shape[1],), a tuple",
            "network-graded": "",
            "he_truncated-graded": "compute `outside` again in each round",
            "orthogonal-graded": "did you put it back, `W[:, j] = v`?",
        },
    ),
    Submission(
        "the layer left out, and called; drawn again with spread 1",
        cells={
            "dense": "def dense(X, W, b):\n    raise NotImplementedError",
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    outside = np.abs(W) > 2 * s
    while outside.any():
        W[outside] = rng.normal(0, 1, outside.sum())
        outside = np.abs(W) > 2 * s
    return W
""",
        },
        lost={
            "dense-graded": "not attempted yet",
            "dense-guard-graded": "not attempted yet",
            "network-graded": "network: a function that yours calls is not attempted yet",
            "he_truncated-graded": "draw again with the spread s too",
        },
    ),
    Submission(
        "one number for all that are outside",
        cells={
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    outside = np.abs(W) > 2 * s
    while outside.any():
        W[outside] = rng.normal(0, s)
        outside = np.abs(W) > 2 * s
    return W
"""
        },
        lost={"he_truncated-graded": "each number outside is replaced by one of its own"},
    ),
    Submission(
        "one tail cut",
        cells={
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    outside = W > 2 * s
    while outside.any():
        W[outside] = rng.normal(0, s, outside.sum())
        outside = W > 2 * s
    return W
"""
        },
        lost={"he_truncated-graded": "cut both tails"},
    ),
    Submission(
        "cut at two spreads of what is asked",
        cells={
            "he_truncated": """
def he_truncated(shape, rng):
    s = np.sqrt(2 / shape[0]) / 0.87962566
    W = rng.normal(0, s, shape)
    outside = np.abs(W) > 2 * np.sqrt(2 / shape[0])
    while outside.any():
        W[outside] = rng.normal(0, s, outside.sum())
        outside = np.abs(W) > 2 * np.sqrt(2 / shape[0])
    return W
""",
        },
        lost={"he_truncated-graded": "the limit is 2s"},
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
    Submission(
        "nothing is returned",
        cells={
            "network": "def network(X, layers):\n    A = [dense(X, *layers[0])]",
            "widest": "def widest(n_in, n_out, budget):\n    (budget - n_out) // n_in",
            "he_truncated": "def he_truncated(shape, rng):\n    W = rng.normal(size=shape)",
            "orthogonal": "def orthogonal(shape, rng):\n    W = rng.normal(size=shape)",
            "layer_norm": "def layer_norm(X, gamma, beta, epsilon):\n    A = gamma * X + beta",
        },
        lost={
            "network-graded": "does the function return it",
            "widest-graded": "does the function return it",
            "he_truncated-graded": "does the function return them",
            "orthogonal-graded": "does the function return them",
            "layer_norm-graded": "does the function return it",
        },
    ),
]

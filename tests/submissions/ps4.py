"""What students hand in for problem set 4: right in another style, wrong in typical ways."""

from submissions import Submission

GRADIENTS = """
def network_gradients(parameters, X, y):
    inputs, sums = [X], []
    for i in range(0, len(parameters), 2):
        sums.append(inputs[-1] @ parameters[i] + parameters[i + 1])
        inputs.append(np.maximum(sums[-1], 0))
    E = np.exp(sums[-1] - sums[-1].max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    Y = np.eye(P.shape[1])[y]
    dZ = (P - Y) / len(X)
    gradients = []
    for i in range(len(sums) - 1, -1, -1):
        gradients += [dZ.sum(axis=0), inputs[i].T @ dZ]
        if i > 0:
            dA = dZ @ parameters[2 * i].T
            dZ = dA * (sums[i - 1] > 0)
    return gradients[::-1]
"""

TRAIN = """
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for first in range(0, len(X), batch_size):
            rows = order[first : first + batch_size]
            found = gradients(parameters, X[rows], y[rows])
            for i in range(len(parameters)):
                parameters[i] -= learning_rate * found[i]
"""

ADAMW = """
def adamw_update(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay):
    m[...] = beta_1 * m + (1 - beta_1) * g
    v[...] = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    pull = learning_rate * decay * w
    w -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    w -= pull
"""

LION = """
def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):
    c = beta_1 * m + (1 - beta_1) * g
    w -= learning_rate * (np.sign(c) + decay * w)
    m[...] = beta_2 * m + (1 - beta_2) * g
"""

COSINE = """
def warmup_cosine(peak, warmup_steps, total_steps):
    def rate(t):
        if t < warmup_steps:
            return peak * t / warmup_steps
        if t >= total_steps:
            return 0
        return peak / 2 * (1 + np.cos(np.pi * (t - warmup_steps) / (total_steps - warmup_steps)))
    return rate
"""

RECIPE = """
def iris_recipe(rng):
    W1, W2 = rng.normal(0, 0.7, (4, 8)), rng.normal(0, 0.5, (8, 3))
    return [W1, np.zeros(8), W2, np.zeros(3)], 0.1, 32, 200
"""


def change(text, old, new):
    assert old in text
    return text.replace(old, new)


SUBMISSIONS = [
    Submission(
        "loops, a while, and a network without hidden layers are accepted",
        cells={
            "network_gradients": GRADIENTS,
            "train": """
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    n, epoch = len(X), 0
    while epoch < epochs:
        left = list(range(n))
        rng.shuffle(left)
        while left:
            rows, left = left[:batch_size], left[batch_size:]
            for w, g in zip(parameters, gradients(parameters, X[rows], y[rows])):
                np.subtract(w, learning_rate * g, out=w)
        epoch += 1
    return parameters
""",
            "iris_recipe": """
def iris_recipe(rng):
    return [rng.uniform(-0.5, 0.5, (4, 3)), np.zeros(3)], 0.3, 16, 150
""",
            "adamw_update": ADAMW,
            "lion_update": """
def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):
    for i in np.ndindex(w.shape):
        c = beta_1 * m[i] + (1 - beta_1) * g[i]
        sign = 1 if c > 0 else -1 if c < 0 else 0
        w[i] -= learning_rate * (sign + decay * w[i])
        m[i] = beta_2 * m[i] + (1 - beta_2) * g[i]
""",
            "warmup_cosine": COSINE,
            "update_averages": """
def update_averages(averages, parameters, share):
    for i in range(len(averages)):
        averages[i][...] = share * averages[i] + (1 - share) * parameters[i]
""",
        },
    ),
    Submission(
        "the mask on the wrong array, the last batch lost, L2 for decay",
        cells={
            "network_gradients": change(GRADIENTS, "(sums[i - 1] > 0)", "(dA > 0)"),
            "train": change(
                TRAIN,
                "range(0, len(X), batch_size)",
                "range(0, len(X) - batch_size + 1, batch_size)",
            ),
            "adamw_update": change(
                change(
                    ADAMW, "    m[...]", "    g = g + decay * w\\n    m[...]".replace("\\n", "\n")
                ),
                "    w -= pull\n",
                "",
            ),
            "lion_update": change(LION, "np.sign(c)", "c"),
            "warmup_cosine": """
def warmup_cosine(peak, warmup_steps, total_steps):
    def rate(t):
        return peak / 2 * (1 + np.cos(np.pi * t / total_steps))
    return rate
""",
            "update_averages": """
def update_averages(averages, parameters, share):
    for a, w in zip(averages, parameters):
        a = share * a + (1 - share) * w
""",
        },
        lost={
            "network_gradients-graded": "ReLU's slope is taken at dA",
            "train-graded": "the last, smaller batch of each epoch is missing",
            "iris_recipe-graded": "finish exercise 1 first",
            "adamw_update-graded": "that is Adam with L2",
            "lion_update-graded": "np.sign",
            "warmup_cosine-graded": "Warm up first",
            "update_averages-graded": "the averages have not changed",
        },
    ),
    Submission(
        "no 1/n, no shuffle, no correction",
        cells={
            "network_gradients": change(GRADIENTS, "(P - Y) / len(X)", "P - Y"),
            "train": change(TRAIN, "rng.permutation(len(X))", "np.arange(len(X))"),
            "iris_recipe": change(RECIPE, "0.1, 32, 200", "0.002, 32, 200"),
            "adamw_update": change(
                change(ADAMW, "m / (1 - beta_1**t)", "m"), "v / (1 - beta_2**t)", "v"
            ),
            "lion_update": """
def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):
    m[...] = beta_2 * m + (1 - beta_2) * g
    w -= learning_rate * (np.sign(beta_1 * m + (1 - beta_1) * g) + decay * w)
""",
            "warmup_cosine": change(
                COSINE, "        if t >= total_steps:\n            return 0\n", ""
            ),
            "update_averages": """
def update_averages(averages, parameters, share):
    for a, w in zip(averages, parameters):
        a *= 1 - share
        a += share * w
""",
        },
        lost={
            "network_gradients-graded": "The 1/n is missing",
            "train-graded": "the rows come in their own order",
            "lion_update-graded": "m was changed too early",
            "warmup_cosine-graded": "After the last step it stays at 0",
            "update_averages-graded": "The shares are swapped",
            "adamw_update-graded": "divide m by 1 - β₁^t and v by 1 - β₂^t",
        },
    ),
    Submission(
        "no mask, labels left behind, new arrays instead of old ones",
        cells={
            "network_gradients": change(GRADIENTS, "dA * (sums[i - 1] > 0)", "dA"),
            "train": """
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for epoch in range(epochs):
        X = X[rng.permutation(len(X))]
        for first in range(0, len(X), batch_size):
            rows = slice(first, first + batch_size)
            for w, g in zip(parameters, gradients(parameters, X[rows], y[rows])):
                w -= learning_rate * g
""",
            "iris_recipe": RECIPE,
            "adamw_update": change(ADAMW, "np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"),
            "lion_update": change(
                LION,
                "learning_rate * (np.sign(c) + decay * w)",
                "learning_rate * np.sign(c) + decay * w",
            ),
            "warmup_cosine": change(COSINE, "(total_steps - warmup_steps))", "total_steps)"),
            "update_averages": """
def update_averages(averages, parameters, share):
    for i in range(len(averages)):
        averages[i] = share * averages[i] + (1 - share) * parameters[i]
""",
        },
        lost={
            "network_gradients-graded": "ReLU's slope is missing",
            "train-graded": "the labels of a batch are not those of its rows",
            "iris_recipe-graded": "finish exercise 1 first",
            "adamw_update-graded": "ε is added to the root",
            "lion_update-graded": "the decay is η λ w, not λ w",
            "warmup_cosine-graded": "total_steps - warmup_steps steps",
            "update_averages-graded": "there are new arrays in the list",
        },
    ),
    Submission(
        "backwards list, shuffled once, the step uphill",
        cells={
            "network_gradients": change(GRADIENTS, "return gradients[::-1]", "return gradients"),
            "train": """
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    order = rng.permutation(len(X))
    for epoch in range(epochs):
        for first in range(0, len(X), batch_size):
            rows = order[first : first + batch_size]
            for w, g in zip(parameters, gradients(parameters, X[rows], y[rows])):
                w -= learning_rate * g
""",
            "adamw_update": change(ADAMW, "    w -= pull", "    w += pull"),
            "lion_update": change(LION, "(1 - beta_1) * g", "(1 - beta_1) * g * 0"),
            "warmup_cosine": change(COSINE, "    return rate\n", "    return rate(0)\n"),
            "update_averages": """
def update_averages(averages, parameters, share):
    for a, w in zip(averages, parameters):
        w *= 1 - share
        a *= share
        a += w
""",
        },
        lost={
            "network_gradients-graded": "turn the list round",
            "train-graded": "shuffle in every epoch",
            "iris_recipe-graded": "finish exercise 1 first",
            "adamw_update-graded": "the decay pulls w towards 0",
            "lion_update-graded": "the step forgets the new gradient",
            "warmup_cosine-graded": "return a function of the step",
            "update_averages-graded": "your function changed the parameters",
        },
    ),
    Submission(
        "W for its transpose, uphill, weights that start equal",
        cells={
            "network_gradients": change(
                GRADIENTS,
                "dZ @ parameters[2 * i].T",
                "dZ @ (parameters[2 * i] if parameters[2 * i].shape == (3, 3) "
                "else parameters[2 * i].T)",
            ),
            "train": change(TRAIN, "-= learning_rate", "+= learning_rate"),
            "iris_recipe": """
def iris_recipe(rng):
    return [np.full((4, 8), 0.1), np.zeros(8), np.full((8, 3), 0.1), np.zeros(3)], 0.1, 32, 200
""",
            "adamw_update": change(ADAMW, "    m[...] =", "    m ="),
            "lion_update": change(
                LION, "    c = ", "    g *= 1.0\n    beta_1, beta_2 = beta_2, beta_1\n    c = "
            ),
            "warmup_cosine": change(COSINE, "peak / 2", "peak"),
            "update_averages": """
def update_averages(averages, parameters, share):
    for a, w in zip(averages, parameters):
        a *= share
        a += w
    return averages
""",
        },
        lost={
            "network_gradients-graded": "W stands here for its transpose",
            "train-graded": "this goes uphill",
            "iris_recipe-graded": "the units of a layer start equal",
            "adamw_update-graded": "m has not changed",
            "lion_update-graded": "m is mixed with β₂, the step with β₁",
            "warmup_cosine-graded": "Half of it",
            "update_averages-graded": "return nothing",
        },
    ),
    Submission(
        "a rate that is too large, a batch of its mean, a network that is too wide",
        cells={
            "network_gradients": change(
                GRADIENTS, "inputs[i].T @ dZ]", "inputs[i].T @ dZ / len(X)]"
            ),
            "train": change(
                TRAIN, "learning_rate * found[i]", "learning_rate * found[i] / len(rows)"
            ),
            "iris_recipe": """
def iris_recipe(rng):
    W1, W2 = rng.normal(0, 0.7, (4, 100)), rng.normal(0, 0.1, (100, 3))
    return [W1, np.zeros(100), W2, np.zeros(3)], 0.1, 32, 200
""",
            "lion_update": "def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):\n"
            "    return w - learning_rate * np.sign(g)",
            "warmup_cosine": """
def warmup_cosine(peak, warmup_steps, total_steps):
    def rate(t):
        return min(peak * t / warmup_steps, peak * (total_steps - t) / (total_steps - warmup_steps))
    return rate
""",
        },
        lost={
            "network_gradients-graded": "The 1/n is taken twice",
            "train-graded": "you divide by the batch size",
            "iris_recipe-graded": "500 are allowed",
            "lion_update-graded": "return nothing",
            "warmup_cosine-graded": "straight line",
        },
    ),
    Submission(
        "new arrays in the list, a rate that is too small",
        cells={
            "train": change(TRAIN, "parameters[i] -= ", "parameters[i] = parameters[i] - "),
            "iris_recipe": change(RECIPE, "0.1, 32, 200", "0.0005, 32, 100"),
        },
        lost={
            "train-graded": "there are new arrays in the list of parameters",
            "iris_recipe-graded": "finish exercise 2 first",
        },
    ),
    Submission(
        "batches that slide by one row, large scores, the sign of 0",
        cells={
            "network_gradients": change(GRADIENTS, " - sums[-1].max(axis=1, keepdims=True)", ""),
            "train": """
def train(parameters, gradients, X, y, learning_rate, batch_size, epochs, rng):
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for first in range(len(X) // batch_size):
            rows = order[first : first + batch_size]
            for w, g in zip(parameters, gradients(parameters, X[rows], y[rows])):
                w -= learning_rate * g
""",
            "iris_recipe": change(RECIPE, "0.1, 32, 200", "0.0005, 32, 100"),
            "adamw_update": change(
                change(ADAMW, "    m_hat = m", "    m[...] = m"), "m_hat / ", "m / "
            ),
            "lion_update": change(LION, "np.sign(c)", "np.where(c > 0, 1, -1)"),
        },
        lost={
            "network_gradients-graded": "subtract each row's maximum from the scores",
            "train-graded": "each batch starts one row after the batch before it",
            "iris_recipe-graded": "finish exercise 1 first",
            "adamw_update-graded": "do not put them back into m and v",
            "lion_update-graded": "where the mixture is 0 the sign is 0",
        },
    ),
    Submission(
        "rows drawn with replacement, rate and batch size swapped, 0 divided by 0",
        cells={
            "network_gradients": GRADIENTS,
            "train": change(
                TRAIN,
                "order[first : first + batch_size]",
                "rng.integers(0, len(X), min(batch_size, len(X) - first))",
            ),
            "iris_recipe": change(RECIPE, "0.1, 32, 200", "32, 0.1, 200"),
            "adamw_update": change(
                change(ADAMW, "    w -= pull\n", ""),
                "    w -= ",
                "    w *= 1 + learning_rate * decay\n    w -= ",
            ),
            "lion_update": change(LION, "np.sign(c)", "c / np.abs(c)"),
        },
        lost={
            "train-graded": "rows came twice",
            "iris_recipe-graded": "the third thing, the batch size, is a whole number",
            "adamw_update-graded": "the decay pulls w towards 0",
            "lion_update-graded": "where the mixture is 0 it cannot be divided by its size",
        },
    ),
    Submission(
        "one's own gradients in the loop, a fixed seed, the decay after the step",
        cells={
            "network_gradients": GRADIENTS,
            "train": change(TRAIN, "= gradients(", "= network_gradients("),
            "iris_recipe": change(
                RECIPE, "    W1, W2", "    rng = np.random.default_rng(3)\n    W1, W2"
            ),
            "adamw_update": change(
                change(ADAMW, "    pull = learning_rate * decay * w\n", ""),
                "    w -= pull",
                "    w += learning_rate * decay * w",
            ),
            "lion_update": change(
                LION,
                "    w -= learning_rate * (np.sign(c) + decay * w)\n",
                "    w -= learning_rate * np.sign(c)\n    w -= learning_rate * decay * w\n",
            ),
        },
        lost={
            "train-graded": "call the function that it is given",
            "iris_recipe-graded": "draw them from the argument rng",
            "adamw_update-graded": "the decay pulls w towards 0",
            "lion_update-graded": "the decay is taken of w as it was before the step",
        },
    ),
    Submission(
        "epochs that are no whole number, steps counted twice, the fall over all steps",
        cells={
            "iris_recipe": change(RECIPE, "0.1, 32, 200", "0.1, 32, 200.0"),
            "adamw_update": change(ADAMW, "    m[...]", "    t += 1\n    m[...]"),
            "warmup_cosine": change(COSINE, "(total_steps - warmup_steps))", "total_steps)"),
        },
        lost={
            "iris_recipe-graded": "the fourth thing, the number of epochs, is a whole number",
            "adamw_update-graded": "t counts from 1 already",
            "warmup_cosine-graded": "at step 60 is off",
        },
    ),
    Submission(
        "a rate that is too small",
        cells={"iris_recipe": change(RECIPE, "0.1, 32, 200", "0.0005, 32, 100")},
        lost={"iris_recipe-graded": "of the held-out flowers are right, at least 0.8 is asked"},
    ),
    Submission(
        "weights from elsewhere than rng",
        cells={
            "iris_recipe": change(
                RECIPE, "    W1, W2 =", "    rng = np.random.default_rng()\n    W1, W2 ="
            )
        },
        lost={"iris_recipe-graded": "draw from rng alone"},
    ),
    Submission(
        "a rate at which everything blows up",
        cells={
            "network_gradients": GRADIENTS,
            "iris_recipe": change(RECIPE, "0.1, 32, 200", "1e4, 32, 200"),
        },
        lost={"iris_recipe-graded": "the weights became NaN or infinite"},
    ),
    Submission(
        "the package trains",
        cells={
            "train": change(
                TRAIN,
                "parameters[i] -= learning_rate * found[i]",
                "sgd_update(parameters[i], found[i], learning_rate)",
            ).replace("def train", "from nnlib.optimizers import sgd_update\n\n\ndef train"),
        },
        lost={
            "train-graded": "your function calls nnlib.optimizers.sgd_update",
            "iris_recipe-graded": "your function calls nnlib.optimizers.sgd_update",
        },
        whole=True,
    ),
]

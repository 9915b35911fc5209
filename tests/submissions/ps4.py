"""Problem set 4 as text: other right styles, typical slips, and the package that trains."""

from submissions import Submission

SUBMISSIONS = [
    Submission(
        "a while, a class, loops, and a network without hidden layers are accepted",
        cells={
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
""",
            "iris_recipe": """
N_CLASSES = 3

def iris_recipe(rng):
    return [rng.uniform(-0.5, 0.5, (4, N_CLASSES)), np.zeros(N_CLASSES)], 0.3, 16, 150
""",
            "lion_update": """
def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):
    for i in np.ndindex(w.shape):
        c = beta_1 * m[i] + (1 - beta_1) * g[i]
        sign = 1 if c > 0 else -1 if c < 0 else 0
        w[i] -= learning_rate * (sign + decay * w[i])
        m[i] = beta_2 * m[i] + (1 - beta_2) * g[i]
""",
            "warmup_cosine": """
from math import cos, pi

class Rate:
    def __init__(self, peak, warmup_steps, total_steps):
        self.peak, self.up, self.end = peak, warmup_steps, total_steps

    def __call__(self, step):
        if step < self.up:
            return self.peak * step / self.up
        share = (step - self.up) / (self.end - self.up)
        return self.peak / 2 * (1 + cos(pi * share)) if step < self.end else 0.0

warmup_cosine = Rate
""",
        },
    ),
    Submission(
        "a sum for a mean, no shuffle, new arrays, a lost correction, no end",
        edits={
            "network_gradients": {"dZ = P / len(y)": "dZ = P"},
            "train": {"rng.permutation": "np.arange"},
            "adamw_update": {"m / (1 - beta_1**t)": "m"},
            "update_averages": {"a *= share": "a = share * a"},
            "warmup_cosine": {"step >= total_steps": "step > 2 * total_steps"},
        },
        lost={
            "network_gradients-graded": "The 1/n is missing",
            "train-graded": "in their own order: shuffle",
            "adamw_update-graded": "m is not corrected",
            "update_averages-graded": "the averages have not changed",
            "warmup_cosine-graded": "After the last step it stays at 0",
        },
    ),
    Submission(
        "the package trains",
        edits={
            "train": {
                "def train": "from nnlib.optimizers import sgd_update\n\n\ndef train",
                "w -= learning_rate * g": "sgd_update(w, g, learning_rate)",
            }
        },
        lost={
            "train-graded": "your function calls nnlib.optimizers.sgd_update",
            "iris_recipe-graded": "your function calls nnlib.optimizers.sgd_update",
        },
        whole=True,
    ),
]

"""Problem set 5 as text: slow loops and another reader, typical slips, data in the recipe."""

from submissions import Submission

SUBMISSIONS = [
    Submission(
        "slow loops, shared settings and a tanh reader are accepted",
        cells={
            "split_rows": """
from collections import Counter

def split_rows(y, share, rng):
    order, train, aside = rng.permutation(len(y)), [], []
    left = {c: round(share * m) for c, m in Counter(y.tolist()).items()}
    for row in order:
        if left[int(y[row])] > 0:
            left[int(y[row])] -= 1
            aside.append(int(row))
        else:
            train.append(int(row))
    return train, aside
""",
            "shift_randomly": """
def step(picture, by, axis):
    moved = np.roll(picture, by, axis)
    edge = {1: 0, -1: -1}.get(by)
    if edge is not None:
        moved[(slice(None),) * axis + (edge,)] = 0
    return moved

def shift_randomly(X, rng):
    rows = []
    for x in X:
        down, right = rng.choice([-1, 0, 1]), rng.choice([-1, 0, 1])
        rows.append(step(step(x.reshape(28, 28), down, 0), right, 1).ravel())
    return np.array(rows)
""",
            "digit_reader": """
HIDDEN, SOFTMAX = Dense(8, "tanh"), "softmax"
BATCH = 16

def compiled(model, rate):
    model.compile(SGD(rate, momentum=0.9), "sparse_categorical_crossentropy")
    return model

def digit_reader(seed):
    layers = [Input((784,)), Dense(HIDDEN.units, "tanh"), Dense(10, SOFTMAX)]
    return compiled(Sequential(layers, seed=seed), PolynomialDecay(0.02, 720, 0)), BATCH
""",
        },
    ),
    Submission(
        "the parts swapped, the type lost, empty bins, the recipe of page 07",
        edits={
            "split_rows": {
                "concatenate(kept)": "concatenate(aside)",
                ", np.concatenate(aside)": ", np.concatenate(kept)",
            },
            "shift_randomly": {"np.zeros_like(X)": "np.zeros(X.shape)"},
            "calibration_error": {"if inside.any()": "if True"},
            "digit_reader": {
                '"leaky_relu"': '"relu", "lecun_normal"',
                "0.02, decay_steps=10 * 72": "0.1, decay_steps=120",
                "return model, 16": "return model, 128",
            },
        },
        lost={
            "split_rows-graded": "The parts are swapped: first the rows to train on",
            "shift_randomly-graded": "float32 goes in, float32 comes out",
            "calibration_error-graded": "leave empty bins out",
            "digit_reader-graded": "Some runs are stuck",
            "digit_reader-good-graded": "Some runs are stuck",
        },
    ),
    Submission(
        "the data are loaded in the recipe",
        edits={
            "digit_reader": {"falling =": 'rows = load_mnist(source="sample")\n    falling ='},
        },
        lost={
            "digit_reader-graded": "your function calls nnlib.datasets.load_mnist",
            "digit_reader-good-graded": "your function calls nnlib.datasets.load_mnist",
        },
        whole=True,
    ),
]

"""What students hand in for problem set 5: right in another style, wrong in typical ways."""

from submissions import Submission


def reader(layers, optimizer="SGD(0.02, momentum=0.9)", batch_size="16", imports=""):
    return f"""{imports}
def digit_reader(seed):
    model = Sequential([Input((784,)), {layers}], seed=seed)
    model.compile({optimizer}, "sparse_categorical_crossentropy")
    return model, {batch_size}
"""


NARROW = 'Dense(8, "leaky_relu"), Dense(10, "softmax")'

SUBMISSIONS = [
    Submission(
        "slow loops and a tanh reader are accepted",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    order, train, aside = rng.permutation(len(y)), [], []
    left = {c: round(share * sum(y == c)) for c in set(y.tolist())}
    for row in order:
        if left[int(y[row])] > 0:
            left[int(y[row])] -= 1
            aside.append(int(row))
        else:
            train.append(int(row))
    return train, aside
""",
            "shift_randomly": """
def shift_randomly(X, rng):
    pictures = X.reshape(-1, 28, 28)
    moved = np.zeros_like(pictures)
    for i in range(len(pictures)):
        down, right = rng.choice([-1, 0, 1]), rng.choice([-1, 0, 1])
        for r in range(28):
            if 0 <= r - down < 28:
                row = np.roll(pictures[i, r - down], right)
                if right == 1:
                    row[0] = 0
                if right == -1:
                    row[-1] = 0
                moved[i, r] = row
    return moved.reshape(X.shape)
""",
            "calibration_error": """
def calibration_error(P, y, n_bins):
    bins = {}
    for p, label in zip(P, y):
        number = min(int(max(p) * n_bins), n_bins - 1)
        bins.setdefault(number, []).append(max(p) - (np.argmax(p) == label))
    return sum(abs(sum(members)) for members in bins.values()) / len(y)
""",
            "digit_reader": reader(
                'Dense(8, "tanh"), Dense(10, "softmax")',
                "Adam(PolynomialDecay(0.003, 900, 0))",
                imports="from nnlib import Adam\n\n",
            ),
        },
    ),
    Submission(
        "not by class, moved all alike, one bin for all, the recipe of page 07",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    order = rng.permutation(len(y))
    count = round(share * len(y))
    return order[count:], order[:count]
""",
            "shift_randomly": """
def shift_randomly(X, rng):
    down, right = rng.integers(-1, 2, size=2)
    wide = np.pad(X.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)))
    moved = wide[:, 1 - down : 29 - down, 1 - right : 29 - right]
    return moved.reshape(X.shape)
""",
            "calibration_error": """
def calibration_error(P, y, n_bins):
    return abs(P.max(axis=1).mean() - np.mean(P.argmax(axis=1) == y))
""",
            "digit_reader": reader(
                'Dense(8, "relu", "lecun_normal"), Dense(10, "softmax", "lecun_normal")',
                "SGD(PolynomialDecay(0.1, 120, 0), momentum=0.9)",
                "128",
            ),
        },
        lost={
            "split_rows-graded": "choose within each class",
            "shift_randomly-graded": "all pictures were moved alike",
            "calibration_error-graded": "Compare within each bin",
            "digit_reader-graded": "Some runs are stuck",
            "digit_reader-good-graded": "Some runs are stuck",
        },
    ),
    Submission(
        "the last rows of each class, ink that returns, bins that count alike, too wide",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    train, aside = [], []
    for c in np.unique(y):
        rows = np.flatnonzero(y == c)
        count = len(rows) - round(share * len(rows))
        train.append(rows[:count])
        aside.append(rows[count:])
    return np.concatenate(train), np.concatenate(aside)
""",
            "shift_randomly": """
def shift_randomly(X, rng):
    moved = [np.roll(x.reshape(28, 28), rng.integers(-1, 2, 2), (0, 1)).ravel() for x in X]
    return np.array(moved)
""",
            "calibration_error": """
def calibration_error(P, y, n_bins):
    confidence, right = P.max(axis=1), P.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = [abs(confidence[bins == j].mean() - right[bins == j].mean()) for j in np.unique(bins)]
    return np.mean(gaps)
""",
            "digit_reader": reader('Dense(9, "tanh"), Dense(10, "softmax")'),
        },
        lost={
            "split_rows-graded": "two generators chose the same rows",
            "shift_randomly-graded": "must not return on the other",
            "calibration_error-graded": "Weight each bin by its share",
            "digit_reader-graded": "7,165 parameters, 6,500 are allowed",
            "digit_reader-good-graded": "7,165 parameters, 6,500 are allowed",
        },
    ),
    Submission(
        "the parts swapped, the type lost, no size of the difference, too little training",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    train, aside = [], []
    for c in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == c))
        count = round(share * len(rows))
        aside.append(rows[:count])
        train.append(rows[count:])
    return np.concatenate(aside), np.concatenate(train)
""",
            "shift_randomly": """
def shift_randomly(X, rng):
    moved = np.zeros(X.shape)
    for i, x in enumerate(X):
        wide = np.pad(x.reshape(28, 28), 1)
        top, left = rng.integers(0, 3, 2)
        moved[i] = wide[top : top + 28, left : left + 28].ravel()
    return moved
""",
            "calibration_error": """
def calibration_error(P, y, n_bins):
    confidence, right = P.max(axis=1), P.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    total = 0
    for j in np.unique(bins):
        inside = bins == j
        total += (confidence[inside].mean() - right[inside].mean()) * inside.mean()
    return total
""",
            "digit_reader": reader(NARROW, "SGD(0.01)", "128"),
        },
        lost={
            "split_rows-graded": "the parts are swapped",
            "shift_randomly-graded": "float32 goes in, float32 comes out",
            "calibration_error-graded": "Take the size of each difference",
            "digit_reader-graded": "The training loss is still high",
            "digit_reader-good-graded": "The training loss is still high",
        },
    ),
    Submission(
        "labels for rows, one move missing, empty bins, a plain optimizer",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    order = rng.permutation(len(y))
    count = round(share * len(y))
    return y[order[count:]], y[order[:count]]
""",
            "shift_randomly": """
def shift_randomly(X, rng):
    moved = np.zeros_like(X)
    for i, x in enumerate(X):
        wide = np.pad(x.reshape(28, 28), 1)
        top, left = rng.integers(0, 2, 2)
        moved[i] = wide[top : top + 28, left : left + 28].ravel()
    return moved
""",
            "calibration_error": """
def calibration_error(P, y, n_bins):
    confidence, right = P.max(axis=1), P.argmax(axis=1) == y
    bins = (confidence * n_bins).astype(int)
    total = 0
    for j in range(n_bins):
        inside = bins == j
        total += abs(confidence[inside].mean() - right[inside].mean()) * inside.mean()
    return total
""",
            "digit_reader": reader(NARROW, "SGD(0.05)", "32"),
        },
        lost={
            "split_rows-graded": "a row came twice",
            "shift_randomly-graded": "never came among 400",
            "calibration_error-graded": "leave empty bins out",
            "digit_reader-good-graded": "0.95 is asked",
        },
    ),
    Submission(
        "confidence of the true class, a full confidence left out, not compiled",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    rng = np.random.default_rng()
    train, aside = [], []
    for c in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == c))
        count = round(share * len(rows))
        aside.append(rows[:count])
        train.append(rows[count:])
    return np.concatenate(train), np.concatenate(aside)
""",
            "shift_randomly": """
def shift_randomly(X, rng):
    for i in range(len(X)):
        wide = np.pad(X[i].reshape(28, 28), 1)
        top, left = rng.integers(0, 3, 2)
        X[i] = wide[top : top + 28, left : left + 28].ravel()
    return X
""",
            "calibration_error": """
def calibration_error(P, y, n_bins):
    confidence, right = P[np.arange(len(y)), y], P.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    total = 0
    for j in np.unique(bins):
        inside = bins == j
        total += abs(confidence[inside].mean() - right[inside].mean()) * inside.mean()
    return total
""",
            "digit_reader": f"""
def digit_reader(seed):
    return Sequential([Input((784,)), {NARROW}], seed=seed), 16
""",
        },
        lost={
            "split_rows-graded": "draw from rng alone",
            "shift_randomly-graded": "changed its input",
            "calibration_error-graded": "Confidence is the largest probability of a row",
            "digit_reader-graded": "call compile before return",
            "digit_reader-good-graded": "call compile before return",
        },
    ),
    Submission(
        "the last bin is left open, a model that was trained before",
        cells={
            "calibration_error": """
def calibration_error(P, y, n_bins):
    confidence, right = P.max(axis=1), P.argmax(axis=1) == y
    total = 0
    for j in range(n_bins):
        inside = (confidence >= j / n_bins) & (confidence < (j + 1) / n_bins)
        if inside.any():
            total += abs(confidence[inside].mean() - right[inside].mean()) * inside.mean()
    return total
""",
            "digit_reader": f"""
trained = Sequential([Input((784,)), {NARROW}], seed=0)
trained.compile(SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy")
trained.fit(x_rows, y_rows, batch_size=16, epochs=5, verbose=0)


def digit_reader(seed):
    model = Sequential([Input((784,)), {NARROW}], seed=seed)
    model.compile(SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy")
    model.set_weights(trained.get_weights())
    return model, 16
""",
        },
        lost={
            "calibration_error-graded": "A confidence of 1 belongs to the last bin",
            "digit_reader-graded": "before any training: return a fresh one",
            "digit_reader-good-graded": "before any training: return a fresh one",
        },
    ),
    Submission(
        "rounded down, a rate that blows up",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    train, aside = [], []
    for c in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == c))
        count = int(share * len(rows))
        aside.append(rows[:count])
        train.append(rows[count:])
    return np.concatenate(train), np.concatenate(aside)
""",
            "digit_reader": reader(NARROW, "SGD(1e3)"),
        },
        lost={
            "split_rows-graded": "3 of the 15 rows of class 1 are set aside, 4 are asked",
            "digit_reader-graded": "the learning rate is too large",
            "digit_reader-good-graded": "the learning rate is too large",
        },
    ),
    Submission(
        "the data are loaded in the recipe",
        cells={
            "digit_reader": f"""
def digit_reader(seed):
    everything = load_mnist(source="sample")
    model = Sequential([Input((784,)), {NARROW}], seed=seed)
    model.compile(SGD(0.02, momentum=0.9), "sparse_categorical_crossentropy")
    return model, 16
""",
        },
        lost={
            "digit_reader-graded": "your function calls nnlib.datasets.load_mnist",
            "digit_reader-good-graded": "your function calls nnlib.datasets.load_mnist",
        },
        whole=True,
    ),
]

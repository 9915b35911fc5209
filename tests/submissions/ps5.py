"""What students hand in for problem set 5: right in another style, wrong in typical ways."""

from submissions import Submission


def reader(
    layers, optimizer="SGD(0.02, momentum=0.9)", batch_size="16", before="", seed="seed", lie=""
):
    return f"""{before}
def digit_reader(seed):
    model = Sequential([Input((784,)), {layers}], seed={seed})
    model.compile({optimizer}, "sparse_categorical_crossentropy")
    {lie}
    return model, {batch_size}
"""


FALLING = "SGD(PolynomialDecay(0.02, 720, 0), momentum=0.9)"
TANH = 'Dense(8, "tanh"), Dense(10, "softmax")'
NARROW = 'Dense(8, "leaky_relu"), Dense(10, "softmax")'


def no_reader(words):
    return {"digit_reader-graded": words, "digit_reader-good-graded": words}


def changed(text, old, new):
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in the answer"
    return text.replace(old, new)


# Right answers, and the pieces of them that the wrong ones change.
MIXED, DRAWN = "rng.permutation(np.flatnonzero(y == c))", "rng.integers(0, 3, size=2)"
BIN, GAP = "c * n_bins", "abs(c[inside].mean() - right[inside].mean())"
SPLIT = f"""
def split_rows(y, share, rng):
    kept, aside = [], []
    for c in np.unique(y):
        rows = {MIXED}
        count = round(share * len(rows))
        aside.append(rows[:count])
        kept.append(rows[count:])
    return np.concatenate(kept), np.concatenate(aside)
"""
SHIFT = f"""
def shift_randomly(X, rng):
    moved = np.zeros_like(X)
    for i, x in enumerate(X.reshape(-1, 28, 28)):
        wide = np.pad(x, 1)
        top, left = {DRAWN}
        moved[i] = wide[top : top + 28, left : left + 28].ravel()
    return moved
"""
CALIBRATION = f"""
def calibration_error(P, y, n_bins):
    c, right = P.max(axis=1), P.argmax(axis=1) == y
    bins = np.minimum(({BIN}).astype(int), n_bins - 1)
    total = 0
    for j in range(n_bins):
        inside = bins == j
        if inside.any():
            total += {GAP} * inside.mean()
    return total
"""

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
            "digit_reader": reader(TANH, FALLING),
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
            "calibration_error-graded": "take the size of each difference",
            "digit_reader-graded": "The training loss is still high",
            "digit_reader-good-graded": "The training loss is still high",
        },
    ),
    Submission(
        "labels for rows, one move missing, empty bins, a rate that does not fall",
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
            "digit_reader": reader(NARROW, "Adam()", "32", before="from nnlib import Adam\n\n"),
        },
        lost={
            "split_rows-graded": "a row came twice",
            "shift_randomly-graded": "never came among 4,000",
            "calibration_error-graded": "leave empty bins out",
            "digit_reader-good-graded": "0.94 is asked",
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
        "chosen by the generator, moved all at once, borders compared, linear",
        cells={
            "split_rows": """
def split_rows(y, share, rng):
    aside = []
    for c in range(y.max() + 1):
        rows = np.flatnonzero(y == c)
        aside += [*rng.choice(rows, round(share * len(rows)), replace=False)]
    return np.setdiff1d(np.arange(len(y)), aside), np.array(aside)
""",
            "shift_randomly": """
def shift_randomly(X, rng):
    n = len(X)
    wide = np.pad(X.reshape(n, 28, 28), ((0, 0), (1, 1), (1, 1)))
    kinds, moved = rng.integers(0, 9, n), np.zeros((n, 28, 28), X.dtype)
    for kind in range(9):
        top, left = divmod(kind, 3)
        moved[kinds == kind] = wide[kinds == kind, top : top + 28, left : left + 28]
    return moved.reshape(X.shape)
""",
            "calibration_error": """
def calibration_error(P, y, n_bins):
    confidence, right = np.max(P, axis=1), np.argmax(P, axis=1) == y
    total = 0
    for j in range(n_bins):
        inside = (confidence > j / n_bins) & (confidence <= (j + 1) / n_bins)
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - right[inside].mean())
    return total / len(y)
""",
            "digit_reader": reader(
                'Dense(8, "linear"), Dense(10, "softmax")', FALLING, "np.int64(16)"
            ),
        },
    ),
    Submission(
        "a block of each class, moves not alike, bins rounded, one start for all seeds",
        cells={
            "split_rows": changed(
                SPLIT, MIXED, "np.roll(np.flatnonzero(y == c), rng.integers(99))"
            ),
            "shift_randomly": changed(
                SHIFT, DRAWN, "1 + np.clip(np.round(rng.normal(size=2)), -1, 1).astype(int)"
            ),
            "calibration_error": changed(CALIBRATION, BIN, "np.round(c * n_bins)"),
            "digit_reader": reader(NARROW, seed="0"),
        },
        lost={
            "split_rows-graded": "no block and no pattern",
            "shift_randomly-graded": "all nine should be equally likely",
            "calibration_error-graded": "Round down",
            **no_reader("seeds 0 and 1 gave the same starting weights"),
        },
    ),
    Submission(
        "every few rows, moves in a cycle, bins between the extremes, a start by chance",
        cells={
            "split_rows": changed(
                SPLIT,
                MIXED,
                "np.roll(np.flatnonzero(y == c), rng.integers(99))\n"
                "        rows = rows[np.argsort(np.arange(len(rows)) % 5, kind='stable')]",
            ),
            "shift_randomly": changed(
                changed(SHIFT, "np.zeros_like(X)", "np.zeros_like(X)\n    start = rng.integers(9)"),
                DRAWN,
                "divmod((start + i) % 9, 3)",
            ),
            "calibration_error": changed(
                CALIBRATION, BIN, "(c - c.min()) / (c.max() - c.min()) * n_bins"
            ),
            "digit_reader": reader(NARROW, seed="None"),
        },
        lost={
            "split_rows-graded": "no block and no pattern",
            "shift_randomly-graded": "follow one another in a pattern",
            "calibration_error-graded": "The bins go from 0 to 1",
            **no_reader("seed 0 gave two different starts"),
        },
    ),
    Submission(
        "one order for all classes, always float32, bins from 1/k, weights of 0",
        cells={
            "split_rows": changed(
                changed(
                    SPLIT, "kept, aside =", "order = rng.permutation(len(y))\n    kept, aside ="
                ),
                MIXED,
                "np.flatnonzero(y == c)[np.argsort(order[: np.sum(y == c)])]",
            ),
            "shift_randomly": changed(SHIFT, "np.zeros_like(X)", "np.zeros(X.shape, np.float32)"),
            "calibration_error": changed(
                CALIBRATION, BIN, "(c - 1 / P.shape[1]) / (1 - 1 / P.shape[1]) * n_bins"
            ),
            "digit_reader": reader('Dense(8, "tanh", "zeros"), Dense(10, "softmax", "zeros")'),
        },
        lost={
            "split_rows-graded": "mix each class anew",
            "shift_randomly-graded": "float64 goes in, float64 comes out",
            "calibration_error-graded": "The bins go from 0 to 1",
            **no_reader("all starting weights are 0"),
        },
    ),
    Submission(
        "a small class set aside whole, 400 pictures, no first bin, one optimizer for all",
        cells={
            "split_rows": changed(
                changed(SPLIT, "rows[:count]", "rows[-count:]"), "rows[count:]", "rows[:-count]"
            ),
            "shift_randomly": changed(
                SHIFT, "X.reshape(-1, 28, 28)", "X[:400].reshape(-1, 28, 28)"
            ),
            "calibration_error": changed(CALIBRATION, "range(n_bins)", "range(1, n_bins)"),
            "digit_reader": reader(NARROW, "shared", before="shared = SGD(0.02, momentum=0.9)"),
        },
        lost={
            "split_rows-graded": "2 of the 2 rows of class 0 are set aside, 0 are asked",
            "shift_randomly-graded": "picture 400 of 4000 came out empty",
            "calibration_error-graded": "The first bin is left out",
            **no_reader("has taken steps for another model: make a new one"),
        },
    ),
    Submission(
        "a row of every class, one picture unmoved, no last bin, a schedule in epochs",
        cells={
            "split_rows": changed(
                SPLIT, "round(share * len(rows))", "max(1, round(share * len(rows)))"
            ),
            "shift_randomly": changed(
                SHIFT, "moved =", "if len(X) == 1:\n        return X.copy()\n    moved ="
            ),
            "calibration_error": changed(CALIBRATION, "range(n_bins)", "range(n_bins - 1)"),
            "digit_reader": reader(TANH, "SGD(PolynomialDecay(0.1, 10, 0), momentum=0.9)"),
        },
        lost={
            "split_rows-graded": "1 of the 2 rows of class 0 are set aside, 0 are asked",
            "shift_randomly-graded": "a picture that comes alone",
            "calibration_error-graded": "The last bin is left out",
            **no_reader("a schedule counts steps, not epochs"),
        },
    ),
    Submission(
        "pieces not joined, moved along the diagonal, bins added up, tanh that saturates",
        cells={
            "split_rows": changed(
                SPLIT, "np.concatenate(kept), np.concatenate(aside)", "kept, aside"
            ),
            "shift_randomly": changed(SHIFT, "left = " + DRAWN, "left = 2 * (rng.integers(0, 3),)"),
            "calibration_error": changed(CALIBRATION, " * inside.mean()", ""),
            "digit_reader": reader(TANH, "SGD(0.1, momentum=0.9)"),
        },
        lost={
            "split_rows-graded": "join the pieces",
            "shift_randomly-graded": "both directions need a draw of their own",
            "calibration_error-graded": "Weight each bin by its share",
            **no_reader("The steps are too large: at a third of the rate"),
        },
    ),
    Submission(
        "classes counted, one way drawn once, row by row, batches of 3",
        cells={
            "split_rows": changed(SPLIT, "np.unique(y)", "range(len(np.unique(y)))"),
            "shift_randomly": changed(
                changed(
                    SHIFT, "np.zeros_like(X)", "np.zeros_like(X)\n    once = rng.integers(0, 3)"
                ),
                DRAWN,
                "once, rng.integers(0, 3)",
            ),
            "calibration_error": changed(
                CALIBRATION, GAP, "np.abs(c[inside] - right[inside]).mean()"
            ),
            "digit_reader": reader(NARROW, batch_size="3"),
        },
        lost={
            "split_rows-graded": "class 2 is in neither part",
            "shift_randomly-graded": "both directions need a draw of their own",
            "calibration_error-graded": "Take the means of each bin first",
            **no_reader("a whole number of at least 4, got 3"),
        },
    ),
    Submission(
        "a dark border, the middle of each bin, far too large steps",
        cells={
            "shift_randomly": changed(SHIFT, "np.pad(x, 1)", "np.pad(x, 1, constant_values=1)"),
            "calibration_error": changed(CALIBRATION, "c[inside].mean()", "(j + 0.5) / n_bins"),
            "digit_reader": reader(TANH, "SGD(1.0, momentum=0.9)"),
        },
        lost={
            "shift_randomly-graded": "what comes in is paper, 0",
            "calibration_error-graded": "not its middle",
            **no_reader("The steps are too large: at a third of the rate"),
        },
    ),
    Submission(
        "a smeared border, the worst bin alone, a count of its own",
        cells={
            "shift_randomly": changed(SHIFT, "np.pad(x, 1)", "np.pad(x, 1, mode='edge')"),
            "calibration_error": changed(
                CALIBRATION, f"total += {GAP} * inside.mean()", f"total = max(total, {GAP})"
            ),
            "digit_reader": reader(
                'Dense(64, "tanh"), Dense(10, "softmax")', lie="model.count_params = lambda: 6000"
            ),
        },
        lost={
            "shift_randomly-graded": "what comes in is paper, 0",
            "calibration_error-graded": "All bins count",
            **no_reader("50,890 parameters, 6,500 are allowed"),
        },
    ),
    Submission(
        "a window of 27, always ten bins, more epochs than ten",
        cells={
            "shift_randomly": changed(
                SHIFT, "top + 28, left : left + 28", "top + 27, left : left + 27"
            ),
            "calibration_error": changed(CALIBRATION, "c, right =", "n_bins = 10\n    c, right ="),
            "digit_reader": reader(
                TANH,
                "SGD(0.01, momentum=0.9)",
                "128",
                lie="model.fit = lambda x, y, **how: Sequential.fit(model, x, y, epochs=100)",
            ),
        },
        lost={
            "shift_randomly-graded": "each window, has 28 rows of 28 pixels",
            "calibration_error-graded": "n_bins is an argument",
            **no_reader("The training loss is still high"),
        },
    ),
    Submission(
        "bins equally full, the pair the wrong way round",
        cells={
            "calibration_error": changed(
                CALIBRATION, BIN, "np.argsort(np.argsort(c)) * n_bins / len(c)"
            ),
            "digit_reader": reader(NARROW).replace("model, 16", "16, model"),
        },
        lost={
            "calibration_error-graded": "equally wide, not equally full",
            **no_reader("first the model, then the batch size"),
        },
    ),
    Submission(
        "the largest of each column, a batch size that is no whole number",
        cells={
            "calibration_error": changed(CALIBRATION, "P.max(axis=1)", "P.max(axis=0)"),
            "digit_reader": reader(NARROW, batch_size="16.0"),
        },
        lost={
            "calibration_error-graded": "look for its largest number along axis=1",
            **no_reader("a whole number of at least 4, got 16.0"),
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

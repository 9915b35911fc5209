"""Problem set 5: rows set aside fairly, calibration; ps5_shift and ps5_reader have the rest."""

import numpy as np
from numpy import array, asarray
from numpy.random import default_rng

from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets.ps5_reader import check_digit_reader, check_good_reader
from nnlib.checks.problem_sets.ps5_shift import check_shift_randomly, drawn, unchanged

__all__ = [
    "check_calibration_error",
    "check_digit_reader",
    "check_good_reader",
    "check_shift_randomly",
    "check_split_rows",
]


# --- split_rows


def labels(counts):
    y = array([c for c, count in enumerate(counts) for _ in range(count)])
    return y[default_rng(50).permutation(len(y))]


def read_split(observed, y, share, seeds):
    """How many rows of each class were set aside; which ones must be left to chance."""
    parts = [rows_of(result, y) for result in unchanged(observed)]
    chosen = [{*aside} for _, aside in parts]
    assert chosen[0] == chosen[-1], "two equal generators gave two splits: draw from rng alone"
    same = all(rows == chosen[0] for rows in chosen)
    assert not same, "all generators chose the same rows: choose at random, with rng"
    classes = range(max(y) + 1)
    counts = [[sum(y[row] == c for row in rows) for c in classes] for rows in chosen]
    assert all(count == counts[0] for count in counts), (
        "of one class more rows are set aside with one generator than with another: choose within "
        "each class, round(share * m) of its m rows"
    )
    if len(seeds) >= 50 and counts[0] == [round(share * sum(y == c)) for c in classes]:
        expect_chance(chosen[:-1])
    return {f"the number of rows of class {c} in the second part": counts[0][c] for c in classes}


def rows_of(result, y):
    """The two parts of a split as lists of rows, if each row is in exactly one of them."""
    assert isinstance(result, tuple | list) and len(result) == 2, (
        "return two arrays of row numbers: those to train on and those set aside"
    )
    train, aside = (numbers_of(part, len(y)) for part in result)
    both = sorted({*train} & {*aside})
    assert not both, f"row {both[0] if both else ''} is in both parts"
    missing = {*range(len(y))} - {*train, *aside}
    whole = {int(y[row]) for row in missing} - {int(y[row]) for row in (*train, *aside)}
    assert not whole, (
        f"of {len(y)} labels, class {min(whole, default='')} is in neither part: go through all "
        "classes of y"
    )
    assert not missing, f"{len(missing)} of {len(y)} rows are in neither part"
    return train, aside


def numbers_of(part, n):
    joined = "each part is one array: join the pieces, np.concatenate does it"
    try:
        part = asarray(part)
    except ValueError:  # pieces of unequal lengths
        raise AssertionError(joined) from None
    assert part.ndim < 2, joined
    is_mask = part.dtype.kind == "b"
    assert part.ndim == 1 and (part.dtype.kind in "iu" or part.size == 0), (
        f"row numbers are whole numbers along one axis, got {part.dtype} of shape {part.shape}"
        f"{': np.flatnonzero makes row numbers of yes and no' if is_mask else ''}"
    )
    rows = [int(row) for row in part]
    outside = [row for row in rows if not 0 <= row < n]
    assert not outside, f"row {outside[0] if outside else ''} of {n} does not exist"
    assert len(rows) == len({*rows}), "a row came twice: return row numbers, not labels, each once"
    return rows


def expect_chance(chosen):
    """Fifty splits of 100 rows, 0 1 0 1 …: no neighbours by preference, no class like another."""
    neighbours = sum(row + 2 in rows for rows in chosen for row in rows)  # of one class
    assert 90 < neighbours < 270, (  # 180 expected, standard deviation 11.5
        f"of two neighbouring rows of a class both were set aside {neighbours} times in 50 splits, "
        "about 180 were to be expected: choose single rows at random, no block and no pattern"
    )
    alike = sum(row + 1 in rows for rows in chosen for row in rows if row % 2 == 0)
    assert 40 < alike < 160, (  # 100 expected, standard deviation 8
        "the rows of one class were chosen by the places of those of another: mix each class anew"
    )


# fmt: off
check_split_rows = Exercise(
    "split_rows(y, share, rng)", "the same share of each class is set aside, at random",
    [(labels((10, 20, 30)), 0.2, range(8)), (labels((9, 15, 4)), 0.25, range(8)),
     (labels((40, 0, 60)), 0.1, range(8)), (labels((2, 20, 13)), 0.2, range(8)),
     (array([0, 1] * 50), 0.2, range(50))],
    observe=drawn, read=read_split,
)


@check_split_rows.reference
def split_rows(y, share, rng):
    order = sorted(range(len(y)), key=lambda row: rng.random())
    left = {c: round(share * sum(y == c)) for c in {*y.tolist()}}
    train, aside = [], []
    for row in order:
        c = int(y[row])
        (aside if left[c] > 0 else train).append(row)
        left[c] -= 1
    return array(train), array(aside)


@check_split_rows.right
def _(y, share, rng):
    aside = []
    for c in range(y.max() + 1):
        rows = np.flatnonzero(y == c)
        aside += [*rng.choice(rows, round(share * len(rows)), replace=False)]
    return np.setdiff1d(np.arange(len(y)), aside), aside


_ROWS = "rng.permutation(np.flatnonzero(y == c))"
_PARTS = "np.concatenate(kept), np.concatenate(aside)"
check_split_rows.slips(f"""
def split_rows(y, share, rng):
    kept, aside = [], []
    for c in np.unique(y):
        rows = {_ROWS}
        count = round(share * len(rows))
        aside.append(rows[:count])
        kept.append(rows[count:])
    return {_PARTS}
""", {
    "choose within each class":
        "order = rng.permutation(len(y))\n"
        "count = round(share * len(y))\n"
        "return order[count:], order[:count]",
    "return row numbers, not labels":
        "order = rng.permutation(y)\n"
        "return order[round(share * len(y)):], order[:round(share * len(y))]",
    "np.flatnonzero makes row numbers": "aside = rng.random(len(y)) < share\nreturn ~aside, aside",
    "choose at random, with rng": (_ROWS, "np.flatnonzero(y == c)"),
    "draw from rng alone": ("rng.perm", "np.random.default_rng().perm"),
    "choose single rows at random, no block and no pattern": [
        (_ROWS, "np.roll(np.flatnonzero(y == c), rng.integers(99))"),
        (_ROWS, "np.roll(np.flatnonzero(y == c), rng.integers(99))\n"
                "        rows = rows[np.argsort(np.arange(len(rows)) % 5, kind='stable')]")],
    "mix each class anew":
        ("kept, aside =", "order = rng.permutation(len(y))\n    kept, aside =",
         _ROWS, "np.flatnonzero(y == c)[np.argsort(order[:sum(y == c)])]"),
    "The parts are swapped: first the rows to train on":
        (_PARTS, "np.concatenate(aside), np.concatenate(kept)"),
    "int cuts the fraction off: round(share * m) takes the nearest whole number":
        ("round(", "int("),
    "Of a very small class no row is set aside: leave max(1, …) out":
        ("round(share * len(rows))", "max(1, round(share * len(rows)))"),
    "A count of 0 picks all rows in rows[-count:]: take them from the front, rows[:count]":
        ("rows[:count]", "rows[-count:]", "rows[count:]", "rows[:-count]"),
    "Take the share of the class's own m rows: classes have different numbers of rows":
        [("share * len(rows)", "share * len(y)"), ("share * len(rows)", "share * len(y) / 3")],
    "go through all classes of y":
        [("np.unique(y)", "range(len(np.unique(y)))"), ("np.unique(y)", "range(1, max(y) + 1)")],
    "join the pieces": (_PARTS, "kept, aside"),
    "rows are in neither part": ("rows[count:]", "rows[count + 1:]"),
    "is in both parts": ("rows[count:]", "rows"),
    "return two arrays": (_PARTS, "np.concatenate(aside)"),
    "changed its input": ("kept, aside =", "rng.shuffle(y)\n    kept, aside ="),
})
# fmt: on


# --- calibration_error


def calibration_cases(rng):
    """Worked by hand; then one that tells all known mistakes apart; then other sizes."""
    confidence = rng.uniform(0.11, 0.999, 400)
    top = rng.integers(0, 10, 400)
    P = np.full((10, 400), (1 - confidence) / 9).T
    P[np.arange(400), top] = confidence
    shy = (confidence * 7).astype(int) % 2 == 0  # in every other bin nine of ten are right
    right = (rng.uniform(0, 1, 400) < 0.9) == shy
    cases = [
        (array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]]), array([0, 1, 1, 0]), 2),
        (P, np.where(right, top, (top + 1) % 10), 7),
    ]
    for n, k, n_bins in [(200, 10, 10), (60, 3, 7), (5, 4, 20), (1, 2, 10)]:
        P = rng.uniform(0, 1, (n, k)) ** 4 + 1e-3
        cases.append((P / P.sum(axis=1)[:, None], rng.integers(0, k, n), n_bins))
    return [*cases, (array([[1.0, 0.0], [0.0, 1.0], [0.75, 0.25]]), array([0, 0, 0]), 10)]


# fmt: off
check_calibration_error = Exercise(
    "calibration_error(P, y, n_bins)", "by how much confidence and accuracy differ, bin by bin",
    calibration_cases, keeps=True,
)


@check_calibration_error.reference
def calibration_error(P, y, n_bins):
    bins = {}
    for p, label in zip(P.tolist(), y.tolist(), strict=True):
        confidence = max(p)
        number = min(int(confidence * n_bins), n_bins - 1)
        bins.setdefault(number, []).append(confidence - (p.index(confidence) == label))
    return sum(abs(sum(gaps)) for gaps in bins.values()) / len(y)


@check_calibration_error.right
def _(P, y, n_bins):
    confidence = P.max(axis=1)
    number = np.digitize(confidence, np.linspace(0, 1, n_bins + 1)[1:-1])
    gaps = np.bincount(number, confidence - (P.argmax(axis=1) == y))
    return np.abs(gaps).sum() / len(P)


_NUMBER = "np.minimum((c * n_bins).astype(int), n_bins - 1)"
_GAP = "abs(c[inside].mean() - right[inside].mean())"
check_calibration_error.slips(f"""
def calibration_error(P, y, n_bins):
    c, right = P.max(axis=1), P.argmax(axis=1) == y
    bins = {_NUMBER}
    total = 0.0
    for j in range(n_bins):
        inside = bins == j
        if inside.any():
            total += {_GAP} * inside.mean()
    return total
""", {
    "The mean of an empty bin is NaN: leave empty bins out": ("inside.any()", "True"),
    "A confidence of 1 belongs to the last bin": (_NUMBER, "(c * n_bins).astype(int)"),
    "Confidence is the largest probability of a row, not that of the true class":
        ("P.max(axis=1)", "P[np.arange(len(y)), y]"),
    "P has a row for each picture: look for its largest number along axis=1":
        [("P.max(axis=1)", "P.max(axis=0)"), ("P.max(axis=1)", "np.full(len(P), P.max())"),
         ("P.max(axis=1)", "P.mean(axis=1)")],
    "Weight each bin by its share of the rows":
        [(" * inside.mean()", ""), (" * inside.mean()", " / n_bins"),
         (" * inside.mean()", " / len(np.unique(bins))")],
    "All bins count, not the worst alone: weight each by its share of the rows":
        (f"total += {_GAP} * inside.mean()", f"total = max(total, {_GAP})"),
    "Compare within each bin, and take the size of each difference (abs) before the sum":
        ["return abs(P.max(axis=1).mean() - np.mean(P.argmax(axis=1) == y))", ("abs(", "(")],
    "Take the means of each bin first, then abs": (_GAP, "abs(c[inside] - right[inside]).mean()"),
    "Take abs, no square": (_GAP, f"{_GAP}**2"),
    "Round down: astype(int)": ("(c * n_bins).astype(int)", "np.round(c * n_bins)"),
    "The bins go from 0 to 1, whatever the confidences are":
        [("(c * n_bins)", "((c - min(c)) / (max(c) - min(c) or 1) * n_bins)"),
         ("(c * n_bins)", "((c - 1 / P.shape[1]) / (1 - 1 / P.shape[1]) * n_bins)")],
    "The bins are equally wide, not equally full":
        ("(c * n_bins)", "(np.argsort(np.argsort(c)) * n_bins / len(c))"),
    "n_bins bins have n_bins + 1 borders: np.linspace(0, 1, n_bins) has one too few":
        (_NUMBER, "np.digitize(c, np.linspace(0, 1, n_bins)) - 1"),
    "The first bin is left out": ("range(n_bins)", "range(1, n_bins)"),
    "The last bin is left out": ("range(n_bins)", "range(n_bins - 1)"),
    "All bins count: `return` stands below the loop, not inside it":
        ("    return", "        return"),
    "Add the bins up, with total += …": ("+=", "="),
    "n_bins is an argument, not always 10": ("total = 0.0", "total, n_bins = 0.0, 10",
                                             "(c * n_bins)", "(c * 10)", "n_bins - 1", "9"),
    "Take the mean confidence of the bin, not its middle":
        ("c[inside].mean()", "(j + 0.5) / n_bins"),
    "Take the mean confidence of the bin, not that of all rows": ("c[inside].mean()", "c.mean()"),
    "Divide by the number of rows": ("inside.mean()", "inside.sum()"),
    "A share is asked, no percentage": ("return total", "return 100 * total"),
})
# fmt: on

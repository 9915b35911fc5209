"""Problem set 5: rows set aside fairly, calibration; ps5_shift and ps5_reader have the rest."""

import numpy as np
from numpy import array, asarray, flatnonzero
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


check_split_rows = Exercise(
    "split_rows(y, share, rng)",
    "the same share of each class is set aside, at random",
    [
        (labels((10, 20, 30)), 0.2, range(8)),
        (labels((9, 15, 4)), 0.25, range(8)),
        (labels((40, 0, 60)), 0.1, range(8)),
        (labels((2, 20, 13)), 0.2, range(8)),
        (array([0, 1] * 50), 0.2, range(50)),
    ],
    observe=drawn,
    read=read_split,
)


def splitting(
    rows_of=lambda y, c, rng: rng.permutation(flatnonzero(y == c)),
    count=lambda share, m, n: round(share * m),
    cut=lambda rows, count: (rows[count:], rows[:count]),
    classes=np.unique,
    join=lambda kept, aside: (np.concatenate(kept), np.concatenate(aside)),
):
    """A right split; the arguments make the mistakes."""

    def split_rows(y, share, rng):
        kept, aside = [], []
        for c in classes(y):
            rows = rows_of(y, c, rng)
            first, second = cut(rows, count(share, len(rows), len(y)))
            kept.append(first)
            aside.append(second)
        return join(kept, aside)

    return split_rows


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


check_split_rows.right(splitting())


@check_split_rows.right
def _(y, share, rng):
    aside = []
    for c in range(y.max() + 1):
        rows = np.flatnonzero(y == c)
        aside += [*rng.choice(rows, round(share * len(rows)), replace=False)]
    return np.setdiff1d(np.arange(len(y)), aside), aside


def of_all_rows(y, share, rng):
    order = rng.permutation(len(y))
    count = round(share * len(y))
    return order[count:], order[:count]


def every_fifth_from_somewhere(y, c, rng):
    rows = np.roll(np.flatnonzero(y == c), rng.integers(99))
    return rows[np.argsort(np.arange(len(rows)) % 5, kind="stable")]


def by_one_order(y, share, rng):
    order = rng.permutation(len(y))
    return splitting(lambda y, c, rng: flatnonzero(y == c)[np.argsort(order[: sum(y == c)])])(
        y, share, rng
    )


def without_first_class(y):
    return range(1, max(y) + 1)


_BLOCK = "choose single rows at random, no block and no pattern"
for _says, _answer in [
    ("choose within each class", of_all_rows),
    ("return row numbers, not labels", lambda *case: tuple(case[0][r] for r in of_all_rows(*case))),
    ("choose at random, with rng", splitting(lambda y, c, rng: flatnonzero(y == c))),
    ("draw from rng alone", lambda y, share, rng: splitting()(y, share, default_rng())),
    (_BLOCK, splitting(lambda y, c, rng: np.roll(flatnonzero(y == c), rng.integers(99)))),
    (_BLOCK, splitting(every_fifth_from_somewhere)),
    ("mix each class anew", by_one_order),
    ("The parts are swapped: first the rows to train on",
     splitting(cut=lambda rows, count: (rows[:count], rows[count:]))),
    ("int cuts the fraction off: round(share * m) takes the nearest whole number",
     splitting(count=lambda share, m, n: int(share * m))),
    ("round(share * m) takes the nearest whole number, not always the next larger one",
     splitting(count=lambda share, m, n: int(np.ceil(share * m)))),
    ("Of a very small class no row is set aside: leave max(1, …) out",
     splitting(count=lambda share, m, n: max(1, round(share * m)))),
    ("A count of 0 picks all rows in rows[-count:]: take them from the front, rows[:count]",
     splitting(cut=lambda rows, count: (rows[:-count], rows[-count:]))),
    ("Take the share of the class's own m rows, not of all rows together",
     splitting(count=lambda share, m, n: round(share * n))),
    ("Take the share of the class's own m rows: classes have different numbers of rows",
     splitting(count=lambda share, m, n: round(share * n / 3))),
    ("go through all classes of y", splitting(classes=lambda y: range(len(np.unique(y))))),
    ("go through all classes of y", splitting(classes=without_first_class)),
    ("go through all classes of y", splitting(classes=lambda y: range(max(y)))),
    ("join the pieces", splitting(join=lambda kept, aside: (kept, aside))),
    ("rows are in neither part", splitting(cut=lambda rows, count: (rows[count + 1 :],
                                                                    rows[:count]))),
    ("is in both parts", splitting(cut=lambda rows, count: (rows, rows[:count]))),
    ("np.flatnonzero makes row numbers", lambda y, share, rng: (
        (chosen := rng.random(len(y)) < share) ^ True, chosen)),
    ("return two arrays", lambda *case: of_all_rows(*case)[1]),
]:  # fmt: skip
    check_split_rows.mistake(_says, _answer)


@check_split_rows.mistake("changed its input")
def _(y, share, rng):
    rng.shuffle(y)
    return splitting()(y, share, rng)


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


check_calibration_error = Exercise(
    "calibration_error(P, y, n_bins)",
    "by how much confidence and accuracy differ, bin by bin",
    calibration_cases,
    keeps=True,
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
    confidence, right = np.max(P, axis=1), np.argmax(P, axis=1) == y
    total = 0
    for j in range(n_bins):
        inside = (confidence > j / n_bins) & (confidence <= (j + 1) / n_bins)
        if inside.any():
            total += inside.sum() * abs(confidence[inside].mean() - right[inside].mean())
    return total / len(y)


@check_calibration_error.right
def _(P, y, n_bins):
    confidence = P.max(axis=1)
    number = np.digitize(confidence, np.linspace(0, 1, n_bins + 1)[1:-1])
    gaps = np.bincount(number, confidence - (P.argmax(axis=1) == y))
    return np.abs(gaps).sum() / len(P)


def binning(
    confidence=lambda P, y: P.max(axis=1),
    number=lambda c, n_bins, k: np.minimum((c * n_bins).astype(int), n_bins - 1),
    bins=range,
    gap=lambda c, right, j, n_bins: abs(c.mean() - right.mean()),
    weight=lambda inside: inside.mean(),
    total=sum,
    empty=False,
):
    """A right error; the arguments make the mistakes. `empty`: whether empty bins count."""

    def calibration_error(P, y, n_bins):
        c, right = confidence(P, y), P.argmax(axis=1) == y
        numbers, gaps = number(c, n_bins, P.shape[1]), []
        for j in bins(n_bins):
            inside = numbers == j
            if inside.any() or empty:
                gaps.append(gap(c[inside], right[inside], j, n_bins) * weight(inside))
        return total(gaps)

    return calibration_error


def between(low, high):
    """The number of a confidence's bin if the bins go from low to high."""
    return lambda c, n_bins, k: np.minimum(
        ((c - low(c, k)) / (high(c, k) - low(c, k) or 1) * n_bins).astype(int), n_bins - 1
    )


_WEIGHT = "Weight each bin by its share of the rows"
_WITHIN = "Compare within each bin, and take the size of each difference (abs) before the sum"
_EDGES = "The bins go from 0 to 1, whatever the confidences are"
_LARGEST = "P has a row for each picture: look for its largest number along axis=1"
for _says, _answer in [
    ("The mean of an empty bin is NaN: leave empty bins out", binning(empty=True)),
    ("A confidence of 1 belongs to the last bin",
     binning(number=lambda c, n_bins, k: (c * n_bins).astype(int))),
    ("Confidence is the largest probability of a row, not that of the true class",
     binning(lambda P, y: P[np.arange(len(y)), y])),
    (_WEIGHT, binning(weight=lambda inside: 1, total=lambda gaps: np.mean([*gaps]))),
    (_WEIGHT, lambda P, y, n_bins: binning(weight=lambda inside: 1)(P, y, n_bins) / n_bins),
    (_WEIGHT, binning(weight=lambda inside: 1)),
    ("All bins count, not the worst alone: weight each by its share of the rows",
     binning(weight=lambda inside: 1, total=max)),
    (_WITHIN, lambda P, y, n_bins: abs(P.max(axis=1).mean() - (P.argmax(axis=1) == y).mean())),
    (_WITHIN, binning(gap=lambda c, right, j, n_bins: c.mean() - right.mean())),
    (_WITHIN, binning(gap=lambda c, right, j, n_bins: right.mean() - c.mean())),
    ("Take the means of each bin first, then abs",
     binning(gap=lambda c, right, j, n_bins: abs(c - right).mean())),
    ("Take abs, no square",
     binning(gap=lambda c, right, j, n_bins: (c.mean() - right.mean()) ** 2)),
    ("Round down: astype(int)",
     binning(number=lambda c, n_bins, k: np.minimum(np.round(c * n_bins), n_bins - 1))),
    (_EDGES, binning(number=between(lambda c, k: min(c), lambda c, k: max(c)))),
    (_EDGES, binning(number=between(lambda c, k: 1 / k, lambda c, k: 1))),
    ("The first bin is left out", binning(bins=lambda n_bins: range(1, n_bins))),
    ("The last bin is left out", binning(bins=lambda n_bins: range(n_bins - 1))),
    ("n_bins is an argument, not always 10", lambda P, y, n_bins: binning()(P, y, 10)),
    ("Take the mean confidence of a bin, not its middle",
     binning(gap=lambda c, right, j, n_bins: abs((j + 0.5) / n_bins - right.mean()))),
    ("The bins are equally wide, not equally full",
     binning(number=lambda c, n_bins, k: np.argsort(np.argsort(c)) * n_bins // len(c))),
    ("Divide by the number of rows", binning(weight=np.sum)),
    ("Compare the confidence with the share of rows that are right, not that are wrong",
     binning(gap=lambda c, right, j, n_bins: abs(c.mean() - (1 - right.mean())))),
    (_LARGEST, binning(lambda P, y: P.max(axis=0))),
    (_LARGEST, binning(lambda P, y: np.full(len(P), P.max()))),
    ("One number is asked, the sum over the bins", binning(total=array)),
    ("All bins count: `return` stands below the loop, not inside it",
     binning(bins=lambda n_bins: range(1))),
    ("Add the bins up, with total += …", binning(total=lambda gaps: gaps[-1])),
    ("A share is asked, no percentage", lambda *case: 100 * binning()(*case)),
    ("n_bins bins have n_bins + 1 borders: np.linspace(0, 1, n_bins) has one too few",
     binning(number=lambda c, n_bins, k: np.digitize(c, np.linspace(0, 1, n_bins)) - 1)),
    ("Confidence is the largest probability of a row, not their mean",
     binning(lambda P, y: P.mean(axis=1))),
    ("Take the mean confidence of the bin, not of all rows", lambda P, y, n_bins: binning(
        gap=lambda c, right, j, n_bins: abs(P.max(axis=1).mean() - right.mean()))(P, y, n_bins)),
]:  # fmt: skip
    check_calibration_error.mistake(_says, _answer)

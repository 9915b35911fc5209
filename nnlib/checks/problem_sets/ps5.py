"""Problem set 5: rows set aside, digits moved at random, calibration; ps5_reader has the rest."""

from collections import Counter
from itertools import chain, pairwise, product

import numpy as np
from numpy import all as _all
from numpy import any as _any
from numpy import arange, array, array_equal, asarray, bincount, flatnonzero, pad, repeat, where
from numpy import float32 as _float32
from numpy.random import default_rng

from nnlib.checks.differences import kind
from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets.ps5_reader import check_digit_reader, check_good_reader

__all__ = [
    "check_calibration_error",
    "check_digit_reader",
    "check_good_reader",
    "check_shift_randomly",
    "check_split_rows",
]

# fmt: off


def _drawn(answer, rows, *rest):
    """What an answer gives with each generator, and once more with the first; are rows changed?"""
    *others, seeds = rest
    results, changed = [], False
    for seed in (*seeds, *seeds[:1]) if len(seeds) > 1 else seeds:
        handed = rows.copy()
        results.append(answer(handed, *others, default_rng(seed)))
        changed = changed or not array_equal(handed, rows)
    return results, changed


def _unchanged(observed):
    results, changed = observed
    assert not changed, "your function changed its input: work on a copy"
    return results


# --- 1. rows set aside

def _labels(*counts):
    return default_rng(50).permutation(repeat(arange(len(counts)), counts))


def _read_split(observed, y, share, seeds):
    """How many rows of each class were set aside; which ones must be left to chance."""
    chosen = [_set_aside(result, y) for result in _unchanged(observed)]
    assert chosen[0] == chosen[-1], "two equal generators gave two splits: draw from rng alone"
    same = all(rows == chosen[0] for rows in chosen)
    assert not same, "all generators chose the same rows: choose at random, with rng"
    counts = [bincount(y[[*rows]], minlength=max(y) + 1).tolist() for rows in chosen]
    assert all(count == counts[0] for count in counts), (
        "of one class more rows are set aside with one generator than with another: choose within "
        "each class, round(share * m) of its m rows")
    if len(seeds) >= 50 and counts[0] == [round(share * m) for m in bincount(y)]:
        _expect_chance(chosen[:-1])
    return {f"the number of rows of class {c} in the second part": m
            for c, m in enumerate(counts[0])}


def _set_aside(result, y):
    """The second part of a split, if each row is in exactly one part."""
    form = ("return two arrays of row numbers, those to train on and those set aside: "
            "np.concatenate joins pieces, np.flatnonzero makes numbers of yes and no")
    assert isinstance(result, tuple | list) and len(result) == 2, form
    try:
        parts = [asarray(part) for part in result]
    except ValueError:  # pieces of unequal lengths
        raise AssertionError(form) from None
    assert all(p.ndim == 1 and (p.dtype.kind in "iu" or p.size == 0) for p in parts), form
    train, aside = ([int(row) for row in part] for part in parts)
    found, every = {*train, *aside}, {*range(len(y))}
    assert len(found) == len(train) + len(aside), (
        "a row came twice: return row numbers, not labels, each once and in one part")
    assert found <= every, f"row {min(found - every)} of {len(y)} does not exist"
    lost = {int(c) for c in y} - {int(y[row]) for row in found}
    assert not lost, f"class {min(lost)} is in neither part: go through all classes of y"
    assert found == every, f"{len(every - found)} of {len(y)} rows are in neither part"
    return {*aside}


def _expect_chance(chosen):
    """Fifty splits of 100 rows, 0 1 0 1 …: no neighbours by preference, no class like another."""
    neighbours = sum(row + 2 in rows for rows in chosen for row in rows)  # of one class
    assert 90 < neighbours < 270, (  # 180 expected, standard deviation 11.5
        f"of two neighbouring rows of a class both were set aside {neighbours} times in 50 splits, "
        "about 180 were to be expected: choose single rows at random, no block and no pattern")
    alike = sum(row + 1 in rows for rows in chosen for row in rows if row % 2 == 0)
    assert 40 < alike < 160, (  # 100 expected, standard deviation 8
        "the rows of one class were chosen by the places of those of another: mix each class anew")


check_split_rows = Exercise(
    "split_rows(y, share, rng)", "the same share of each class is set aside, at random",
    [(_labels(10, 20, 30), 0.2, range(8)), (_labels(9, 15, 4), 0.25, range(8)),
     (_labels(40, 0, 60), 0.1, range(8)), (_labels(2, 20, 13), 0.2, range(8)),
     (array([0, 1] * 50), 0.2, range(50))],
    observe=_drawn, read=_read_split,
)


@check_split_rows.reference
def split_rows(y, share, rng):
    left = {c: round(share * sum(y == c)) for c in {*y.tolist()}}
    train, aside = [], []
    for row in sorted(range(len(y)), key=lambda row: rng.random()):
        c = int(y[row])
        (aside if left[c] > 0 else train).append(row)
        left[c] -= 1
    return array(train), array(aside)


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
    "choose within each class": """
        order, count = rng.permutation(len(y)), round(share * len(y))
        return order[count:], order[:count]""",
    "return row numbers, not labels": """
        order, count = rng.permutation(y), round(share * len(y))
        return order[count:], order[:count]""",
    "np.flatnonzero makes numbers of yes and no": (_PARTS, "rng.random(len(y)) < share"),
    "choose at random, with rng": (_ROWS, "np.flatnonzero(y == c)"),
    "draw from rng alone": ("rng.perm", "np.random.default_rng().perm"),
    "no block and no pattern": (_ROWS, "np.roll(np.flatnonzero(y == c), rng.integers(99))"),
    "The parts are swapped: first the rows to train on":
        (_PARTS, "np.concatenate(aside), np.concatenate(kept)"),
    "int cuts the fraction off: round(share * m) takes the nearest whole number":
        ("round(", "int("),
    "Of a very small class no row is set aside: leave max(1, …) out":
        ("round(share * len(rows))", "max(1, round(share * len(rows)))"),
    "A count of 0 picks all rows in rows[-count:]: take them from the front, rows[:count]":
        ("rows[:count]", "rows[-count:]", "rows[count:]", "rows[:-count]"),
    "Take the share of the class's own m rows: classes have different numbers of rows":
        ("share * len(rows)", "share * len(y)"),
})


# --- 2. digits moved

MOVES = [*product((-1, 0, 1), repeat=2)]  # down and right


def _read_shift(observed, X, seeds):
    """How many pictures were moved by at most one pixel; an error in words if one was not."""
    results = [asarray(result) for result in _unchanged(observed)]
    for result in results:
        assert result.shape == X.shape, (
            f"return an array of shape {X.shape}, pictures as rows of 784; got {kind(result)}")
        assert result.dtype == X.dtype, (
            f"the type is {result.dtype}: {X.dtype} goes in, {X.dtype} comes out (np.zeros_like)")
    moves = [_moves_of(X, result) for result in results]
    if len(X) >= 4000:
        _expect_fair(moves[0])
    assert moves[0] == moves[-1], "equal generators gave unequal moves: draw from rng alone"
    same = len(moves) > 1 and all(move == moves[0] for move in moves)
    assert not same, "all generators gave the same moves: draw from rng"
    return {"the number of moved pictures": len(moves[0])}


def _moves_of(X, result):
    """By how much each picture was moved, down and right; an error in words if one was not."""
    after = result.reshape(-1, 28, 28)
    wide = pad(X.reshape(-1, 28, 28), ((0, 0), (1, 1), (1, 1)))
    moves, inside = {}, set()
    for down, right in MOVES:
        same = wide[:, 1 - down : 29 - down, 1 - right : 29 - right] == after
        moves |= dict.fromkeys(flatnonzero(_all(same, axis=(1, 2))), (down, right))
        inside |= {*flatnonzero(_all(same[:, 1:-1, 1:-1], axis=(1, 2)))}
    for i, picture in enumerate(after):
        edge = ("is wrong at its edge: what comes in is paper, 0, and what leaves on one side must "
                "not return on the other")
        other = ("is not its old self moved by at most one pixel each way: is its row made 28 x 28 "
                 "first, and is each picture moved once?")
        empty = "came out empty: go through all pictures, len(X) of them"
        what = edge if i in inside else other if _any(picture) else empty
        assert i in moves, f"picture {i} of {len(X)} {what}"
    return [moves[i] for i in range(len(X))]


def _expect_fair(moves):
    """Nine moves, each as likely as the others: within 4.6 standard deviations or more of 4,000."""
    missing = {*MOVES} - {*moves}
    assert len(missing) < 8, f"all pictures were moved alike, by {moves[0]}: draw a move for each"
    assert not missing, (
        f"the move (down, right) = {min(missing)} never came: both directions need a draw of their "
        "own, -1, 0 or 1. The upper end of rng.integers(-1, 2) is left out")
    for kinds, low, high in ((moves, 344, 545), ([*chain(*moves)], 2467, 2867)):
        for move, count in Counter(kinds).items():
            assert low < count < high, (
                f"{move} came {count} times of {len(kinds)}: all nine should be equally likely")
    alike = sum(one == other for one, other in pairwise(moves))
    assert 344 < alike < 545, "the moves follow one another in a pattern: draw one for each picture"


def _inked(n, dtype=_float32):
    return default_rng(51).uniform(0.1, 1, (n, 784)).astype(dtype)  # up to the edges


check_shift_randomly = Exercise(
    "shift_randomly(X, rng)", "every picture moved by -1, 0 or 1 pixel each way, on paper",
    [(_inked(7, float), range(2)), (_inked(50), range(3)), (_inked(1), range(20)),
     (_inked(4000), range(1))], observe=_drawn, read=_read_shift, seconds=15,
)


@check_shift_randomly.reference
def shift_randomly(X, rng):
    pictures, moved = X.reshape(-1, 28, 28), np.zeros_like(X)
    for picture, to in zip(pictures, moved.reshape(-1, 28, 28), strict=True):
        (a, b), (c, d) = ((max(step, 0), max(-step, 0)) for step in rng.choice([-1, 0, 1], 2))
        to[a : 28 - b, c : 28 - d] = picture[b : 28 - a, d : 28 - c]
    return moved


_DRAW, _FIRST = "rng.integers(0, 3, 2)", "moved = np.zeros_like(X)"
check_shift_randomly.slips(f"""
def shift_randomly(X, rng):
    {_FIRST}
    for i, x in enumerate(X.reshape(-1, 28, 28)):
        wide = np.zeros((30, 30))
        wide[1:29, 1:29] = x
        top, left = {_DRAW}
        moved[i] = wide[top : top + 28, left : left + 28].ravel()
    return moved
""", {
    "draw a move for each":
        (_FIRST, f"{_FIRST}\n    once = {_DRAW}", f"left = {_DRAW}", "left = once"),
    "must not return on the other": """
        pictures = [np.roll(x.reshape(28, 28), rng.integers(-1, 2, 2), (0, 1)) for x in X]
        return np.array(pictures).reshape(X.shape)""",
    "float64 goes in, float64 comes out": ("np.zeros_like(X)", "np.zeros(X.shape, np.float32)"),
    "float32 goes in, float32 comes out": ("np.zeros_like(X)", "np.zeros(X.shape)"),
    "The upper end of rng.integers(-1, 2) is left out": (_DRAW, "rng.integers(0, 2, 2)"),
    "both directions need a draw of their own": (_DRAW, "2 * (rng.integers(0, 3),)"),
    "A picture, and each window, has 28 rows of 28 pixels":
        [("+ 28", "+ 27"), ("X.reshape(-1, 28, 28)", "X.reshape(28, 28)")],
    "pictures as rows of 784": ("return moved", "return moved.reshape(-1, 28, 28)"),
    "is not its old self moved by at most one pixel": ("left + 28]", "left + 28].T"),
    "draw from rng": (_FIRST, f"{_FIRST}\n    rng = np.random.default_rng(0)"),
    "changed its input": (_FIRST, "moved = X"),
})


# --- 3. calibration

def _forecasts(rng):
    """Worked by hand; then drawn: in every other bin nine of ten rows are right, else one."""
    yield array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]]), array([0, 1, 1, 0]), 2
    for n, k, n_bins in [(400, 10, 7), (200, 10, 10), (60, 3, 7), (5, 4, 20), (1, 2, 10)]:
        P = rng.uniform(0, 1, (n, k)) ** rng.uniform(0.1, 4, (n, 1)) + 1e-3
        P, top = P / P.sum(axis=1)[:, None], P.argmax(axis=1)
        right = (rng.uniform(0, 1, n) < 0.9) == (P.max(axis=1) * n_bins % 2 < 1)
        yield P, where(right, top, (top + 1) % k), n_bins
    yield array([[1.0, 0.0], [0.0, 1.0], [0.75, 0.25]]), array([0, 0, 0]), 10


check_calibration_error = Exercise(
    "calibration_error(P, y, n_bins)", "by how much confidence and accuracy differ, bin by bin",
    _forecasts, keeps=True,
)


@check_calibration_error.reference
def calibration_error(P, y, n_bins):
    bins = {}
    for p, label in zip(P.tolist(), y.tolist(), strict=True):
        confidence = max(p)
        number = min(int(confidence * n_bins), n_bins - 1)
        bins.setdefault(number, []).append(confidence - (p.index(confidence) == label))
    return sum(abs(sum(gaps)) for gaps in bins.values()) / len(y)


_NUMBER = "np.minimum((c * n_bins).astype(int), n_bins - 1)"
_GAP, _SHARE = "abs(c[inside].mean() - right[inside].mean())", " * inside.mean()"
check_calibration_error.slips(f"""
def calibration_error(P, y, n_bins):
    c, right = P.max(axis=1), P.argmax(axis=1) == y
    bins = {_NUMBER}
    total = 0.0
    for j in range(n_bins):
        inside = bins == j
        if inside.any():
            total += {_GAP}{_SHARE}
    return total
""", {
    "The mean of an empty bin is NaN: leave empty bins out": ("inside.any()", "True"),
    "A confidence of 1 belongs to the last bin": (_NUMBER, "(c * n_bins).astype(int)"),
    "Confidence is the largest probability of a row, not that of the true class":
        ("P.max(axis=1)", "P[np.arange(len(y)), y]"),
    "P has a row for each picture: look for its largest number along axis=1":
        [("P.max(axis=1)", "P.max(axis=0)"), ("P.max(axis=1)", "np.full(len(P), P.max())")],
    "Weight each bin by its share of the rows":
        [(_SHARE, ""), (_SHARE, " / n_bins"), (_SHARE, " / len(np.unique(bins))")],
    "Divide by the number of rows": (_SHARE, " * inside.sum()"),
    "Compare within each bin, and take the size of each difference (abs) before the sum":
        ["return abs(P.max(axis=1).mean() - np.mean(P.argmax(axis=1) == y))", ("abs(", "(")],
    "Take the means of each bin first, then abs": (_GAP, "abs(c[inside] - right[inside]).mean()"),
    "n_bins bins have n_bins + 1 borders: np.linspace(0, 1, n_bins) has one too few":
        (_NUMBER, "np.digitize(c, np.linspace(0, 1, n_bins)) - 1"),
    "All bins count: `return` stands below the loop, not inside it":
        ("    return", "        return"),
    "Add the bins up, with total += …": ("+=", "="),
})

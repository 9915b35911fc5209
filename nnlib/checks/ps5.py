"""Checkers for problem set 5: honest rows and moved digits; ps5_reader has the rest."""

from itertools import pairwise

from numpy import all as _all
from numpy import any as _any
from numpy import array, asarray, flatnonzero, pad, roll, shape
from numpy import float32 as _float32
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks._tools import _call, _call_hinting
from nnlib.checks.ps5_reader import (
    check_calibration_error,
    check_digit_reader,
    check_good_reader,
)

__all__ = [
    "check_calibration_error",
    "check_digit_reader",
    "check_good_reader",
    "check_shift_randomly",
    "check_split_rows",
]


def check_split_rows(function):
    """Check split_rows(y, share, rng): the same share of each class is set aside, at random."""
    for counts, share in [
        ((10, 20, 30), 0.2),
        ((9, 15, 4), 0.25),
        ((40, 0, 60), 0.1),
        ((2, 20, 13), 0.2),
    ]:
        y = array([c for c, count in enumerate(counts) for _ in range(count)])
        y = y[default_rng(50).permutation(len(y))]
        given = f"{len(y)} labels and a share of {share}"
        train, chosen = _expect_rows(_call(function, y, share, default_rng(0)), y, given)
        both = sorted({*train} & {*chosen})
        assert not both, f"{given}: row {both[0]} is in both parts"
        _expect_none_missing({*train, *chosen}, y, given)
        kept, aside = (
            [sum(int(y[row]) == c for row in part) for c in range(len(counts))]
            for part in (train, chosen)
        )
        wanted = [round(share * count) for count in counts]
        assert kept != wanted, f"{given}: the parts are swapped: first the rows to train on"
        for c, count in enumerate(counts):
            assert aside[c] == wanted[c], (
                f"{given}: {aside[c]} of the {count} rows of class {c} are set aside, {wanted[c]} "
                f"are asked: choose within each class, round(share * {count}) rows"
            )
    _expect_random_rows(function)


def _expect_rows(result, y, given):
    assert isinstance(result, tuple | list) and len(result) == 2, (
        f"{given}: return two arrays of row numbers, those to train on and those set aside"
    )
    parts = []
    for part in result:
        one_array = f"{given}: each part is one array: join the pieces, np.concatenate does it"
        try:
            part = asarray(part)
        except ValueError:  # pieces of unequal lengths
            raise AssertionError(one_array) from None
        assert part.ndim < 2, one_array
        assert part.ndim == 1 and (part.dtype.kind in "iu" or part.size == 0), (
            f"{given}: row numbers are whole numbers along one axis, got {part.dtype} of shape "
            f"{part.shape}"
        )
        rows = [int(row) for row in part]
        assert all(0 <= row < len(y) for row in rows), f"{given}: row {max(rows)} does not exist"
        assert len(rows) == len({*rows}), (
            f"{given}: a row came twice: return row numbers, not labels, each once"
        )
        parts.append(rows)
    return parts


def _expect_none_missing(found, y, given):
    missing = {*range(len(y))} - found
    classes = {int(y[row]) for row in missing}
    whole = [c for c in classes if not any(int(y[row]) == c for row in found)]
    assert not whole, f"{given}: class {whole[0]} is in neither part: go through all classes of y"
    assert not missing, f"{given}: {len(missing)} rows are in neither part"


def _expect_random_rows(function):
    """Fifty splits of 100 rows: no neighbours by preference, and no class like another."""
    y = array([0, 1] * 50)  # of each class 10 rows in 50 are set aside
    drawn = []
    for seed in (0, *range(50)):
        parts = _expect_rows(function(y.copy(), 0.2, default_rng(seed)), y, "100 labels")
        drawn.append({*parts[1]})
    assert drawn[0] == drawn[1], "two equal generators gave two splits: draw from rng alone"
    assert drawn[1] != drawn[2], "two generators chose the same rows: choose at random, with rng"
    neighbours = sum(row + 2 in rows for rows in drawn[1:] for row in rows)  # of one class
    assert 90 < neighbours < 270, (  # 180 expected, standard deviation 11.5
        f"of two neighbouring rows of a class both were set aside {neighbours} times in 50 splits, "
        "about 180 were to be expected: choose single rows at random, no block and no pattern"
    )
    alike = sum(row + 1 in rows for rows in drawn[1:] for row in rows if row % 2 == 0)
    assert 40 < alike < 160, (  # 100 expected, standard deviation 8
        "the rows of one class were chosen by the places of those of another: mix each class anew"
    )


def check_shift_randomly(function):
    """Check shift_randomly(X, rng): every picture moved by -1, 0 or 1 pixel each way, on paper."""
    X = default_rng(51).uniform(0.1, 1, (4000, 784)).astype(_float32)  # ink up to the edges
    _expect_fair(_moves_of(X, _shifted(function, X, 0)))
    few = X[:7].astype(_float64)
    _moves_of(few, _shifted(function, few, 0))
    alone = {move for s in range(20) for move in _moves_of(X[:1], _shifted(function, X[:1], s))}
    assert len(alone) > 1, f"a picture that comes alone is always moved by {min(alone)}"
    first, again, other = (_shifted(function, X[:50], seed) for seed in (0, 0, 1))
    assert _all(again == first), "equal generators gave unequal moves: draw from rng alone"
    assert _any(other != first), "two generators gave the same moves: draw from rng"


def _shifted(function, X, seed):
    hint = "A picture, and each window, has 28 rows of 28 pixels"
    result = _call_hinting(hint, function, X, default_rng(seed))
    assert result is not None, "the result is None: does the function return it?"
    assert shape(result) == X.shape, (
        f"the result has shape {shape(result)}, expected {X.shape}: pictures go back to rows of 784"
    )
    result = asarray(result)
    assert result.dtype == X.dtype, (
        f"the type is {result.dtype}: {X.dtype} goes in, {X.dtype} comes out (np.zeros_like)"
    )
    return result


def _moves_of(X, result):
    """By how much each picture was moved, down and right; an error in words if one was not."""
    before, after = X.reshape(-1, 28, 28), result.reshape(-1, 28, 28)
    wide = pad(before, ((0, 0), (1, 1), (1, 1)))
    moves = dict.fromkeys(range(len(X)))
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            moved = wide[:, 1 - down : 29 - down, 1 - right : 29 - right]
            for i in flatnonzero(_all(after == moved, axis=(1, 2))):
                moves[int(i)] = down, right
    for i, move in moves.items():
        assert move, f"picture {i} of {len(X)} {_what_happened(before[i], after[i])}"
    return list(moves.values())


def _what_happened(before, after):
    if not _any(after):
        return "came out empty: go through all pictures, len(X) of them"
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            returned = roll(before, (down, right), (0, 1))
            if _all(after == returned):
                return (
                    f"moved by (down, right) = {(down, right)} has ink where paper should come in: "
                    "what leaves on one side must not return on the other"
                )
            if _all(after[1:-1, 1:-1] == returned[1:-1, 1:-1]):
                return (
                    f"moved by (down, right) = {(down, right)} is wrong at its edge: what comes in "
                    "is paper, 0"
                )
    return (
        "is not its old self moved by at most one pixel each way: is its row made 28 x 28 first, "
        "and is each picture moved once?"
    )


def _expect_fair(moves):
    """Nine moves, each as likely as the others (within 4.6 standard deviations or more)."""
    kinds = {*moves}
    assert len(kinds) > 1, f"all pictures were moved alike, by {moves[0]}: draw a move for each"
    missing = {(d, r) for d in (-1, 0, 1) for r in (-1, 0, 1)} - kinds
    if missing:
        ways = {len({move[axis] for move in kinds}) for axis in (0, 1)}
        words = "each way -1, 0 or 1. The upper end of rng.integers(-1, 2) is left out"
        if ways == {3} or 1 in ways:
            words = "both directions need a draw of their own, for each picture"
        raise AssertionError(
            f"the move (down, right) = {min(missing)} never came among {len(moves):,}: {words}"
        )
    even = "all nine should be equally likely"
    for kind in sorted(kinds):
        count = moves.count(kind)
        assert 344 < count < 545, f"the move {kind} came {count} times of {len(moves):,}: {even}"
    single = [step for move in moves for step in move]
    for step in (-1, 0, 1):
        count = single.count(step)
        assert 2467 < count < 2867, f"{step} was drawn {count:,} times of {len(single):,}: {even}"
    alike = sum(one == other for one, other in pairwise(moves))
    assert 344 < alike < 545, "the moves follow one another in a pattern: draw one for each picture"

"""Problem set 5: digits moved at random."""

from itertools import pairwise

import numpy as np
from numpy import all as _all
from numpy import any as _any
from numpy import array_equal, asarray, flatnonzero, pad, roll
from numpy import float32 as _float32
from numpy import float64 as _float64
from numpy.random import default_rng

from nnlib.checks.exercise import Exercise

__all__ = ["check_shift_randomly", "drawn", "unchanged"]


def drawn(answer, rows, *rest):
    """What an answer gives with each generator, of several once more with the first one.

    And whether it changed the rows.
    """
    *others, seeds = rest
    results, changed = [], False
    for seed in (*seeds, *seeds[:1]) if len(seeds) > 1 else seeds:
        handed = rows.copy()
        results.append(answer(handed, *others, default_rng(seed)))
        changed = changed or not array_equal(handed, rows)
    return results, changed


def unchanged(observed):
    """The results of `drawn`, if the rows are as they were."""
    results, changed = observed
    assert not changed, "your function changed its input: work on a copy"
    return results


def read_shift(observed, X, seeds):
    """How many pictures were moved by at most one pixel; an error in words if one was not."""
    results = [picture_rows(result, X) for result in unchanged(observed)]
    moves = [moves_of(X, result) for result in results]
    if len(X) == 1:
        met = {move for (move,) in moves}
        assert len(met) > 1, f"a picture that comes alone is always moved by {min(met)}"
    if len(X) >= 4000:
        expect_fair(moves[0])
    assert _all(results[0] == results[-1]), (
        "equal generators gave unequal moves: draw from rng alone"
    )
    same = len(results) > 1 and all(_all(results[0] == result) for result in results)
    assert not same, "all generators gave the same moves: draw from rng"
    return {"the number of moved pictures": len(moves[0])}


def picture_rows(result, X):
    assert result is not None, "the result is None: does the function return it?"
    try:
        result = asarray(result)
    except ValueError:
        raise AssertionError("the pictures are not equally long: each is a row of 784") from None
    assert result.shape == X.shape, (
        f"the result has shape {result.shape}, expected {X.shape}: pictures go back to rows of 784"
    )
    assert result.dtype == X.dtype, (
        f"the type is {result.dtype}: {X.dtype} goes in, {X.dtype} comes out (np.zeros_like)"
    )
    return result


MOVES = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]


def moves_of(X, result):
    """By how much each picture was moved, down and right; an error in words if one was not."""
    before, after = X.reshape(-1, 28, 28), result.reshape(-1, 28, 28)
    wide = pad(before, ((0, 0), (1, 1), (1, 1)))
    moves = dict.fromkeys(range(len(X)))
    for down, right in MOVES:
        moved = wide[:, 1 - down : 29 - down, 1 - right : 29 - right]
        for i in flatnonzero(_all(after == moved, axis=(1, 2))):
            moves[int(i)] = down, right
    lost = next((i for i, move in moves.items() if not move), None)
    assert lost is None, f"picture {lost} of {len(X)} {what_happened(before[lost], after[lost])}"
    return list(moves.values())


def what_happened(before, after):
    """What became of a picture that was not moved as it should be, in words."""
    if not _any(after):
        return "came out empty: go through all pictures, len(X) of them"
    for move in MOVES:
        returned, moved = roll(before, move, (0, 1)), f"moved by (down, right) = {move}"
        if _all(after == returned):
            return (
                f"{moved} has ink where paper should come in: what leaves on one side must not "
                "return on the other"
            )
        if _all(after[1:-1, 1:-1] == returned[1:-1, 1:-1]):
            return f"{moved} is wrong at its edge: what comes in is paper, 0"
    return (
        "is not its old self moved by at most one pixel each way: is its row made 28 x 28 first, "
        "and is each picture moved once?"
    )


def expect_fair(moves):
    """Nine moves, each as likely as the others: within 4.6 standard deviations or more of 4,000."""
    kinds = {*moves}
    assert len(kinds) > 1, f"all pictures were moved alike, by {moves[0]}: draw a move for each"
    missing = {*MOVES} - kinds
    ways = {len({move[axis] for move in kinds}) for axis in (0, 1)}
    words = "each way -1, 0 or 1. The upper end of rng.integers(-1, 2) is left out"
    if ways == {3} or 1 in ways:
        words = "both directions need a draw of their own, for each picture"
    assert not missing, (
        f"the move (down, right) = {min(missing, default='')} never came among {len(moves):,}: "
        f"{words}"
    )
    even = "all nine should be equally likely"
    for kind in MOVES:
        count = moves.count(kind)
        assert 344 < count < 545, f"the move {kind} came {count} times of {len(moves):,}: {even}"
    single = [step for move in moves for step in move]
    for step in (-1, 0, 1):
        count = single.count(step)
        assert 2467 < count < 2867, f"{step} was drawn {count:,} times of {len(single):,}: {even}"
    alike = sum(one == other for one, other in pairwise(moves))
    assert 344 < alike < 545, "the moves follow one another in a pattern: draw one for each picture"


def inked(n, kind):
    """Pictures with ink up to the edges."""
    return default_rng(51).uniform(0.1, 1, (n, 784)).astype(kind)


# fmt: off
check_shift_randomly = Exercise(
    "shift_randomly(X, rng)", "every picture moved by -1, 0 or 1 pixel each way, on paper",
    [(inked(7, _float64), range(2)), (inked(50, _float32), range(3)),
     (inked(1, _float32), range(20)), (inked(4000, _float32), range(1))],
    observe=drawn, read=read_shift, seconds=15,
)


@check_shift_randomly.reference
def shift_randomly(X, rng):
    pictures, moved = X.reshape(-1, 28, 28), np.zeros_like(X)
    for picture, to in zip(pictures, moved.reshape(-1, 28, 28), strict=True):
        (a, b), (c, d) = ((max(step, 0), max(-step, 0)) for step in rng.choice([-1, 0, 1], 2))
        to[a : 28 - b, c : 28 - d] = picture[b : 28 - a, d : 28 - c]
    return moved


@check_shift_randomly.right
def _(X, rng):
    n = len(X)
    wide = np.pad(X.reshape(n, 28, 28), ((0, 0), (1, 1), (1, 1)))
    kinds, moved = rng.integers(0, 9, n), np.zeros((n, 28, 28), X.dtype)
    for kind in range(9):
        top, left = divmod(kind, 3)
        moved[kinds == kind] = wide[kinds == kind, top : top + 28, left : left + 28]
    return moved.reshape(X.shape)


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
    "must not return on the other":
        "pictures = [np.roll(x.reshape(28, 28), rng.integers(-1, 2, 2), (0, 1)) for x in X]\n"
        "return np.array(pictures).reshape(X.shape)",
    "what comes in is paper, 0":
        [("np.zeros((30, 30))", "np.ones((30, 30))"),
         "step = rng.integers(-1, 2)\nreturn np.roll(X, step, axis=1)"],
    "float64 goes in, float64 comes out": ("np.zeros_like(X)", "np.zeros(X.shape, np.float32)"),
    "float32 goes in, float32 comes out": ("np.zeros_like(X)", "np.zeros(X.shape)"),
    "The upper end of rng.integers(-1, 2) is left out": (_DRAW, "rng.integers(0, 2, 2)"),
    "all nine should be equally likely":
        [(_DRAW, "1 + np.clip(np.round(rng.normal(size=2)), -1, 1).astype(int)"),
         (_DRAW, "divmod((0, 1, 2, 3, 4, 4, 5, 6, 7, 8)[rng.integers(10)], 3)")],
    "follow one another in a pattern":
        (_FIRST, f"{_FIRST}\n    start = rng.integers(9)", _DRAW, "divmod((start + i) % 9, 3)"),
    "both directions need a draw of their own":
        [(_DRAW, "2 * (rng.integers(0, 3),)"),
         (_FIRST, f"{_FIRST}\n    once = rng.integers(0, 3)", _DRAW, "once, rng.integers(0, 3)")],
    "go through all pictures": ("X.reshape", "X[:40].reshape"),
    "a picture that comes alone":
        (_FIRST, f"if len(X) == 1:\n        return X.copy()\n    {_FIRST}"),
    "A picture, and each window, has 28 rows of 28 pixels":
        [("+ 28", "+ 27"), ("X.reshape(-1, 28, 28)", "X.reshape(28, 28)")],
    "pictures go back to rows of 784": ("return moved", "return moved.reshape(-1, 28, 28)"),
    "is not its old self moved by at most one pixel": ("left + 28]", "left + 28].T"),
    "draw from rng alone": ("rng.integers", "np.random.default_rng().integers"),
    "draw from rng": (_FIRST, f"{_FIRST}\n    rng = np.random.default_rng(0)"),
    "changed its input": (_FIRST, "moved = X"),
})
# fmt: on

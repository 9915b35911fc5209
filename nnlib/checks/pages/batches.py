"""Page 05, exercise 1: a generator of batches."""

import copy
from itertools import pairwise

import numpy as np
from numpy import array, ndarray
from numpy.random import default_rng

from nnlib.checks.exercise import Exercise
from nnlib.checks.running import items

__all__ = ["check_batches"]


def observe_batches(answer, n, batch_size, rng):
    """Two epochs of one generator, one of its twin, one of another."""
    generators = rng, rng, copy.deepcopy(rng), default_rng(99)
    return [_batches_in_plain(answer(n, batch_size, g), 2 * n) for g in generators]


def _batches_in_plain(batches, most):
    """A list of the batches, or in its place what came, or its type."""
    if isinstance(batches, ndarray) and batches.ndim < 2:
        return "one array"
    if not hasattr(batches, "__iter__"):
        return type(batches).__name__
    return [
        array(batch) if isinstance(batch, ndarray | list) else type(batch).__name__
        for batch in items(batches, most)
    ]


def read_batches(observed, n, batch_size, rng):
    first, second, twin, other = (_order_of(batches, n, batch_size) for batches in observed)
    if n < 50 or n < 5 * batch_size:  # too few to tell an order from chance
        return "each row once"
    assert first != sorted(first), "the rows come in their own order: shuffle them"
    near = [batch.max() - batch.min() < len(batch) for batch in observed[0]]
    assert sum(near) < len(near) / 2, (
        "most batches still hold neighbouring rows: shuffle all rows first, then cut"
    )
    assert first == twin, "two equal generators gave two orders: draw from rng alone"
    assert first != other, "two generators gave the same order: draw from rng"
    assert first != second, "the second epoch has the order of the first: draw from the given rng"
    return "each row once"


def _order_of(batches, n, batch_size):
    """The rows in the order in which they came, or an error in words."""
    place = f"of {n} rows in batches of {batch_size}"
    assert batches != "NoneType", "batches returns None: yield index arrays"
    assert batches != "one array", (
        "batches returns one array: `return` ends the function at the first batch, `yield` hands "
        "out a batch and goes on"
    )
    assert isinstance(batches, list), f"batches returns a {batches}: yield index arrays"
    for batch in batches:
        assert isinstance(batch, ndarray), (
            f"a batch is {'an' if batch[0] in 'aeiou' else 'a'} {batch}: yield an array of row "
            "numbers, cut from the shuffled order"
        )
        assert batch.ndim == 1, f"a batch has the shape {batch.shape}: one axis is asked"
        assert batch.size, f"{place}: a batch is empty"
        assert batch.dtype.kind in "iu", (
            f"a batch holds {batch.dtype}, which cannot be row numbers: they are whole numbers"
        )
    rows = [int(row) for batch in batches for row in batch]
    wrong = [row for row in rows if not 0 <= row < n]
    assert not wrong, f"{place}: row {max(wrong)} does not exist"
    overlap = len(batches) > 1 and all(a[-1] == b[0] for a, b in pairwise(batches))
    assert not overlap, f"{place}: each batch begins with the row that ended the one before"
    assert len({*rows}) == len(rows), f"{place}: rows came twice"
    missing = n - len(rows)
    assert not missing, f"{place}: {missing} never came (those of the last, smaller batch?)"
    sizes = [len(batch) for batch in batches]
    expected = [min(batch_size, n - first) for first in range(0, n, batch_size)]
    assert sizes == expected, f"{place}: the sizes are {sizes}, expected {expected}"
    return rows


check_batches = Exercise(
    "batches(n, batch_size, rng)",
    "the rows 0 to n - 1 in random order, each once, as index arrays; the last may be shorter",
    [(n, size, default_rng(n))
     for n, size in [(10, 4), (12, 4), (5, 8), (129, 128), (7, 1), (1, 1), (50, 7)]],
    observe=observe_batches,
    read=read_batches,
    seconds=2,
)  # fmt: skip


def _cut(
    order=lambda n, rng: rng.permutation(n), firsts=range, last=lambda first, size: first + size
):
    """Batches cut from an order; the arguments make the mistakes."""

    def batches(n, batch_size, rng):
        rows = order(n, rng)
        for first in firsts(0, n, batch_size):
            yield rows[first : last(first, batch_size)]

    return batches


check_batches.reference(_cut())
check_batches.right(_cut(order=lambda n, rng: np.argsort(rng.random(n)).tolist()))


@check_batches.right
def _(n, batch_size, rng):
    return np.split(rng.choice(n, n, replace=False), range(batch_size, n, batch_size))


@check_batches.right
def _(n, batch_size, rng):
    left = list(range(n))
    rng.shuffle(left)
    while left:
        yield [left.pop() for _ in range(min(batch_size, len(left)))]


_REST = "The last, smaller batch is left out: n // batch_size counts the full ones only"
for _says, _answer in (
    (_REST, _cut(firsts=lambda start, n, size: range(start, n // size * size, size))),
    ("`range` ends before its second number, so that range(0, n, batch_size) loses nothing",
     _cut(firsts=lambda start, n, size: range(start, n - 1, size))),
    ("All n rows belong to the order", _cut(order=lambda n, rng: rng.permutation(n)[: n - 1])),
    ("The loop goes one batch too far where n is a multiple of batch_size",
     _cut(firsts=lambda start, n, size: range(start, n // size * size + 1, size))),
    ("The slice ends at first + batch_size, not at batch_size",
     _cut(last=lambda first, size: size)),
    ("The end of a slice is not in it: first + batch_size, without - 1",
     _cut(last=lambda first, size: first + size - 1)),
    ("The end of a slice is not in it, so that first + batch_size is right",
     _cut(last=lambda first, size: first + size + 1)),
    ("The rows are counted from 0", _cut(order=lambda n, rng: rng.permutation(n) + 1)),
    ("shuffle them", _cut(order=lambda n, rng: np.arange(n))),
    ("draw from rng alone", _cut(order=lambda n, rng: default_rng().permutation(n))),
    ("the same order: draw from rng", _cut(order=lambda n, rng: default_rng(0).permutation(n))),
    ("draw from the given rng", _cut(order=lambda n, rng: copy.deepcopy(rng).permutation(n))),
    ("rng.shuffle shuffles in place and returns None: first order = np.arange(n), then "
     "rng.shuffle(order)", _cut(order=lambda n, rng: rng.shuffle(np.arange(n)))),
    ("Cut the shuffled order into batches", lambda n, batch_size, rng: [rng.permutation(n)]),
    ("A whole batch at once: order[first:last], not row by row",
     lambda n, batch_size, rng: iter(rng.permutation(n))),
    ("`return` ends the function at the first batch",
     lambda n, batch_size, rng: rng.permutation(n)[:batch_size]),
    ("yield index arrays", lambda n, batch_size, rng: None),
):  # fmt: skip
    check_batches.mistake(_says, _answer)


@check_batches.mistake("Shuffle once, before the loop, and cut that order into batches")
def _(n, batch_size, rng):
    for first in range(0, n, batch_size):
        yield rng.permutation(n)[first : first + batch_size]


@check_batches.mistake("shuffle all rows first, then cut")
def _(n, batch_size, rng):
    for first in range(0, n, batch_size):
        yield rng.permutation(np.arange(first, min(n, first + batch_size)))


@check_batches.mistake("Only the last batch is smaller: np.array_split makes all about equal")
def _(n, batch_size, rng):
    return np.array_split(rng.permutation(n), -(-n // batch_size))


@check_batches.mistake("The smaller batch comes last")
def _(n, batch_size, rng):
    return np.split(rng.permutation(n), range(n % batch_size or batch_size, n, batch_size))


@check_batches.mistake("a batch is a slice: yield an array of row numbers")
def _(n, batch_size, rng):
    for first in range(0, n, batch_size):
        yield slice(first, first + batch_size)


@check_batches.mistake("a batch is a tuple: yield an array of row numbers")
def _(n, batch_size, rng):
    for rows in _cut()(n, batch_size, rng):
        yield tuple(rows)


@check_batches.mistake("Move on after each `yield`: first += batch_size")
def _(n, batch_size, rng):
    order, first = rng.permutation(n), 0
    while first < n:
        yield order[first : first + batch_size]

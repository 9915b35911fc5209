"""Page 05: batches, an optimizer, a schedule, a limit for gradients."""

import copy

import numpy as np
from numpy import array, errstate, ndarray, split, sqrt
from numpy.random import default_rng

from nnlib.checks.exercise import Exercise
from nnlib.checks.running import items

# fmt: off
__all__ = ["check_adagrad_update", "check_batches", "check_clip_by_norm", "check_exponential_decay"]


def observe_batches(answer, n, batch_size, rng):
    """Two epochs of one generator, one of its twin, one of another; or what came in their place."""
    epochs = [answer(n, batch_size, g) for g in (rng, rng, copy.deepcopy(rng), default_rng(99))]
    if not hasattr(epochs[0], "__iter__") or getattr(epochs[0], "ndim", 2) < 2:
        return repr(epochs[0])[:40]
    return [[array(batch) if isinstance(batch, ndarray | list) else type(batch).__name__
             for batch in items(epoch, 2 * n)] for epoch in epochs]


def read_batches(observed, n, batch_size, rng):
    assert isinstance(observed, list), (
        f"batches returns {observed}: yield index arrays. `return` ends the function at the first "
        "batch, `yield` hands out a batch and goes on")
    first, second, twin, other = (_order_of(epoch, n, batch_size) for epoch in observed)
    if n < 50:
        return  # so few rows may come in any order by chance
    near = [batch.max() - batch.min() < len(batch) for batch in observed[0]]
    assert first != sorted(first), "the rows come in their own order: shuffle them"
    assert sum(near) < len(near) / 2, (
        "most batches still hold neighbouring rows: shuffle all rows first, then cut")
    assert first == twin, "two equal generators gave two orders: draw from rng alone"
    assert first not in (second, other), "two epochs have the same order: draw from the given rng"


def _order_of(epoch, n, batch_size):
    """The rows in the order in which they came, or an error in words."""
    for batch in epoch:
        is_index = isinstance(batch, ndarray) and batch.ndim == 1 and batch.dtype.kind in "iu"
        assert is_index, (f"a batch is of type {getattr(batch, 'dtype', batch)}: yield a row of "
                          "whole numbers, an array cut from the shuffled order")
    rows, sizes = [int(row) for batch in epoch for row in batch], [len(batch) for batch in epoch]
    expected = [min(batch_size, n - first) for first in range(0, n, batch_size)]
    where = f"of {n} rows in batches of {batch_size}"
    assert all(sizes), f"{where}: a batch is empty"
    assert {*rows} <= {*range(n)}, f"{where}: row {max(rows)} does not exist"
    assert len(rows) >= n, f"{where}: {n - len(rows)} never came (the last, smaller batch?)"
    assert sizes == expected, f"{where}: the sizes are {sizes}, expected {expected}"
    assert len({*rows}) == len(rows), f"{where}: rows came twice"
    return rows


check_batches = Exercise(
    "batches(n, batch_size, rng)",
    "the rows 0 to n - 1 in random order, each once, as index arrays; the last may be shorter",
    [(n, size, default_rng(n))
     for n, size in [(10, 4), (12, 4), (5, 8), (33, 32), (7, 1), (1, 1), (50, 7)]],
    observe=observe_batches, read=read_batches, seconds=2)
check_batches.reference(
    lambda n, size, rng: split(rng.choice(n, n, replace=False), range(size, n, size)))
check_batches.right(lambda n, size, rng: (
    [*rows] for rows in np.split(np.argsort(rng.random(n)), range(size, n, size))))
_CUT = "order[first : first + batch_size]"
check_batches.slips("""
def batches(n, batch_size, rng):
    order = rng.permutation(n)
    for first in range(0, n, batch_size):
        yield order[first : first + batch_size]
""", {
    "n // batch_size leaves out the last, smaller batch": ("0, n,", "0, n - n % batch_size,"),
    "The slice ends at first + batch_size, not at batch_size": (": first +", ":"),
    "The end of a slice is not in it": ("batch_size]", "batch_size - 1]"),
    "shuffle them": ("rng.permutation", "np.arange"),
    "draw from rng alone": ("rng.", "np.random.default_rng()."),
    "the same order: draw from the given rng": ("rng.", "np.random.default_rng(0)."),
    "rng.shuffle works in place and returns None": ("permutation(n)", "shuffle([*range(n)])"),
    "rng.integers draws some rows twice: shuffle them": ("permutation(n)", "integers(n, size=n)"),
    "`return` ends the function at the first batch": ("yield", "return"),
    "yield index arrays": "rng.permutation(n)",
    "shuffle all rows first, then cut":
        ("rng.permutation(n)", "np.arange(n)", _CUT, f"rng.permutation({_CUT})"),
    "Move on after each `yield`: first += batch_size":
        ("for first in range(0, n, batch_size)", "first = 0\n    while first < n"),
})

check_adagrad_update = Exercise(
    "adagrad_update(w, s, g, learning_rate, epsilon)",
    "s + g² and w - learning_rate g / (sqrt(s) + epsilon), both in place",
    lambda rng: [
        (array([1.0, -2.0, 0.5]), array([0.0, 0.0, 0.0]), array([3.0, -0.5, 0.0]), 0.1, 0.5),
        (array([0.9, -1.8, 0.5]), array([9.0, 0.25, 0.0]), array([4.0, 0.5, 2.0]), 0.1, 0.5),
        (array([[1.0], [-1.0]]), array([[16.0], [4.0]]), array([[-3.0], [0.25]]), 0.5, 1e-7),
        *((rng.normal(size=size), rng.random(size), rng.normal(size=size), 0.02, 0.1)
          for size in ((2, 3), (1, 4), (1,)))],
    changes=("w", "s"))


@check_adagrad_update.reference
def _(w, s, g, learning_rate, epsilon):
    s[...] = s + g * g
    g *= learning_rate  # the gradient may change
    w[...] = w - g / (sqrt(s) + epsilon)


check_adagrad_update.slips("""
def adagrad_update(w, s, g, learning_rate, epsilon):
    s += g**2
    w -= learning_rate * g / (np.sqrt(s) + epsilon)
""", {
    "s is a running mean, as in RMSprop: AdaGrad's is the plain sum":
        [("+= g**2", f"[:] = {rho} * s + (1 - {rho}) * g**2") for rho in (0.9, 0.99)],
    "s is the sum of all g² so far: add to it": ("+= g**2", "[:] = g**2"),
    "w went uphill: subtract the step": ("w -=", "w +="),
    "First add to s, then step": "w -= learning_rate * g / (np.sqrt(s) + epsilon)\ns += g**2",
    "You divided by s + epsilon: take the root of s first": ("np.sqrt(s)", "s"),
    "epsilon is added to the root, not under it": ("(s) + epsilon", "(s + epsilon)"),
    "Without epsilon 0 is divided by 0 where s is 0": (" + epsilon", ""),
    "epsilon belongs to the root, in brackets": ("(np.sqrt(s) + epsilon)", "np.sqrt(s) + epsilon"),
    "w has not changed": ("w -=", "w = w -"),
    "s has not changed": ("s +=", "s = s +"),
    "return nothing: w and s themselves are changed": ("epsilon)\n", "epsilon)\n    return w, s\n"),
    "The learning rate is missing": ("learning_rate * ", ""),
    "g *= g changes g itself, and its sign is lost for the step": ("s += g**2", "g *= g; s += g"),
})


def observe_decay(answer, initial, decay_steps, decay_rate):
    """The rates of a schedule, after another was made with the same function."""
    rate, _ = answer(initial, decay_steps, decay_rate), answer(9.0, 30, 0.5)
    times = (2.5, 0, 0.5, 1, 3, 0.7) if callable(rate) else ()  # in no order
    return {f"the rate after {t} decay_steps": rate(round(t * decay_steps)) for t in times}


def read_decay(observed, *case):
    assert observed, "return a function of the step: define it inside, and return it"
    return observed


check_exponential_decay = Exercise(
    "exponential_decay(initial, decay_steps, decay_rate)",
    "a function of the step t: initial times decay_rate to the power t / decay_steps",
    [(2.0, 10, 0.9), (0.1, 1000, 0.5), (1.0, 100, 1.0), (0.5, 40, 0.96)],
    observe=observe_decay, read=read_decay)
check_exponential_decay.reference(lambda a, T, r: lambda t: a * r ** (t / T))
check_exponential_decay.slips("""
def exponential_decay(initial, decay_steps, decay_rate):
    def rate(step):
        return initial * decay_rate ** (step / decay_steps)
    return rate
""", {
    "It must fall at every step: divide with /, not //": ("/", "//"),
    "It falls by decay_rate in decay_steps steps, not in one": (" / decay_steps", ""),
    "The base is decay_rate, not e":
        [("decay_rate ** (", "np.exp(-decay_rate * "), ("decay_rate ** (", "np.exp(-")],
    "This falls in a straight line": ("decay_rate ** (", "(1 - (1 - decay_rate) * "),
    "It does not stop at decay_steps: it falls on": ("(step /", "min(1, step /"),
    "** binds before /: put t / T in brackets": ("(step / decay_steps)", "step / decay_steps"),
    "The initial rate is missing": ("initial * ", ""),
    "is None: does the function return it?": ("return initial", "initial"),
    "return a function of the step": "return initial * decay_rate",
    "The rate depends on the step that is asked, not on how often it was asked": [
        ("return initial *", "nonlocal initial; initial *=", "ps)", "ps); return initial"),
        ("(step):", "(_, steps=iter(range(99))):", "(step /", "(next(steps) /")],
})


def observe_clip(answer, gradients, most):
    with errstate(all="ignore"):  # a length of 0 shows in the numbers
        result = answer(gradients, most)
    return "the given list" if result is gradients else result


def read_clip(observed, gradients, most):
    assert isinstance(observed, list), "return a new list of arrays, not the given list itself"
    return observed


check_clip_by_norm = Exercise(
    "clip_by_norm(gradients, most)",
    "a new list: all arrays scaled by one factor, to the length `most` if they were longer",
    lambda rng: [
        *(([array([[3.0, 0.0]]), array([2.0, 6.0])], most) for most in (1.0, 10.0, 3.5, 7.0)),
        *(([rng.normal(size=size) for size in ((3, 2), 2, (2, 1))], most) for most in (0.1, 1.5)),
        ([array([[0.3, -0.4]])], 0.25), ([array([0.0, 0.0]), array([[0.0]])], 1.0)],
    observe=observe_clip, read=read_clip)


@check_clip_by_norm.reference
def _(gradients, most):
    length = sqrt(sum(number * number for g in gradients for number in g.flat))
    for g in gradients:
        g *= most / max(most, length)  # the arrays themselves may change
    return [*gradients]


_SCALE, _FACTOR = "most / length", "most / length if length > most else 1"
_LENGTH = "np.sqrt(sum(np.sum(g**2) for g in gradients))"
check_clip_by_norm.slips("""
def clip_by_norm(gradients, most):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = most / length if length > most else 1
    return [factor * g for g in gradients]
""", {
    "The root is missing: the length is the root of the sum of squares": ("np.sqrt", ""),
    "You scaled to length 1, not to length most": (_SCALE, "1 / length"),
    "Gradients that are shorter than most stay as they are": (_FACTOR, "most / length"),
    "A gradient of zeros became NaN: its length is 0": (_FACTOR, "min(length, most) / length"),
    "The factor is upside down: most / length": (_SCALE, "length / most"),
    "not the given list itself": "return gradients",
    "You added the lengths of the arrays: add all squares, then take one root":
        (_LENGTH, "sum(np.linalg.norm(g) for g in gradients)"),
    "np.array(gradients) fails, as the arrays have different shapes: go array by array":
        (_LENGTH, "np.linalg.norm(np.array(gradients))"),
    "You took the length of each array by itself: one length, one factor for all":
        "return [g * min(1, most / np.linalg.norm(g)) for g in gradients]",
    "You cut off each entry: scale all by one factor": ("factor * g", "np.clip(g, -most, most)"),
})
# fmt: on

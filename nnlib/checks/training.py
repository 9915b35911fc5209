"""Checkers for page 05: optimizers and the training loop."""

import math

from numpy import all as _all
from numpy import array, asarray, errstate, isfinite, ndarray, shape
from numpy.random import default_rng

from nnlib.checks._tools import _agree, _expect_array

__all__ = ["check_adagrad_update", "check_batches", "check_clip_by_norm", "check_exponential_decay"]


def check_batches(function):
    """Check batches(n, batch_size, rng): every row once, in random order, the last one shorter."""
    for n, size in [(10, 4), (12, 4), (5, 8), (129, 128), (7, 1)]:
        parts = function(n, size, default_rng(0))
        assert parts is not None, "batches returns None: yield index arrays"
        assert not (isinstance(parts, ndarray) and parts.ndim == 1), (
            "batches returns one array: `return` ends the function at the first batch, "
            "`yield` hands out a batch and goes on"
        )
        parts = [*parts]
        assert not any(isinstance(part, slice) for part in parts), (
            "a batch is a slice: yield the shuffled row numbers in it, order[first:last]"
        )
        parts = [[int(i) for i in asarray(part).ravel()] for part in parts]
        rows = [row for part in parts for row in part]
        place = f"of {n} rows in batches of {size}"
        missing, repeated = sorted({*range(n)} - {*rows}), len(rows) - len({*rows})
        assert all(parts), f"{place}: a batch is empty"
        assert not {*rows} - {*range(n)}, f"{place}: row {max(rows)} does not exist"
        assert not repeated, f"{place}: {repeated} came twice; shuffle once, then cut"
        assert not missing, (
            f"{place}: {len(missing)} never came. Is the last, smaller batch there, and whole?"
        )
        sizes = [len(part) for part in parts]
        expected = [size] * (n // size) + [n % size] * (n % size > 0)
        assert sizes == expected, f"{place}: the sizes are {sizes}, expected {expected}"
    drawn = [
        [[int(i) for i in part] for part in function(50, 7, default_rng(s))] for s in (0, 1, 0)
    ]
    orders = [[i for part in parts for i in part] for parts in drawn]
    assert orders[0] != sorted(orders[0]), "the rows come in their own order: shuffle them"
    assert orders[0] == orders[2], "two equal generators gave two orders: draw from rng alone"
    assert orders[0] != orders[1], "two generators gave the same order: draw from rng"
    assert not all(max(part) - min(part) < len(part) for part in drawn[0]), (
        "each batch still holds neighbouring rows: shuffle all rows first, then cut"
    )
    rng = default_rng(0)
    first, second = ([int(i) for part in function(50, 7, rng) for i in part] for _ in range(2))
    assert first != second, "the second epoch has the order of the first: draw from the given rng"


def check_adagrad_update(function):
    """Check adagrad_update(w, s, g, learning_rate, epsilon): w and s changed in place."""
    w, s = array([1.0, -2.0, 0.5]), array([0.0, 0.0, 0.0])
    expected_w, expected_s = w.tolist(), s.tolist()
    for gradient in ([3.0, -0.5, 0.0], [4.0, 0.5, 2.0], [-1.0, 0.25, 2.0]):
        g = array(gradient)
        before = w.copy(), s.copy()
        result = function(w, s, g, 0.1, 0.5)
        assert result is None, "return nothing: w and s themselves are changed, in place"
        assert _all(g == array(gradient)), "your function changed g: work on a copy"
        forgetful = [0.9 * old + 0.1 * slope**2 for old, slope in zip(before[1], g, strict=True)]
        for i, slope in enumerate(gradient):
            expected_s[i] += slope * slope
            expected_w[i] -= 0.1 * slope / (math.sqrt(expected_s[i]) + 0.5)
        assert not _all(w == before[0]), (
            "w has not changed: w -= … changes the array in place, w = w - … makes a new one"
        )
        assert not _all(s == before[1]), (
            "s has not changed: s += … changes the array in place, s = s + … makes a new one"
        )
        assert not _agree(s, array(forgetful)), (
            "s is a running mean that forgets, as in RMSprop: AdaGrad's is the plain sum"
        )
        lump = before[1] + float((g**2).sum())
        assert not _agree(s, lump), "you summed over the entries of g: each has its own sum of g²"
        _expect_array(s, expected_s, "s")
        step = 0.1 * g / (asarray(expected_s) ** 0.5 + 0.5)
        assert not _agree(w, before[0] + step), "w went uphill: subtract the step"
        assert not _agree(w, before[0] - 0.1 * g / (s + 0.5)), (
            "you divided by s + epsilon: take the root of s first"
        )
        inside = [
            old - 0.1 * slope / math.sqrt(total + 0.5)
            for old, slope, total in zip(before[0], gradient, expected_s, strict=True)
        ]
        assert not _agree(w, array(inside)), "epsilon is added to the root, not under it"
        try:
            _expect_array(w, expected_w, "w")
        except AssertionError as error:
            raise AssertionError(
                f"{error}. First add g² to s, then step against g, divided by sqrt(s) + epsilon"
            ) from None


def check_exponential_decay(function):
    """Check exponential_decay(initial, decay_steps, decay_rate): a schedule, a function of t."""
    for initial, steps, rate in [(0.1, 1000, 0.5), (2.0, 10, 0.9)]:
        schedule = function(initial, steps, rate)
        assert callable(schedule), "return a function of the step: define it inside, and return it"
        for step in (0, steps, 3 * steps, steps // 2, 7):
            value = schedule(step)
            expected = initial * math.exp(step / steps * math.log(rate))
            place = f"with ({initial}, {steps}, {rate}) the rate at step {step}"
            try:
                _expect_array(value, expected, place)
            except AssertionError as error:
                raise AssertionError(
                    f"{error}{_decay_hint(value, initial, steps, rate, step)}"
                ) from (None)


def _decay_hint(value, initial, steps, rate, step):
    hints = [
        (initial * rate ** (step // steps), "it must fall at every step: divide with /, not //"),
        (initial * rate**step, "it falls by decay_rate in decay_steps steps, not in one"),
        (initial * math.exp(-rate * step / steps), "the base is decay_rate, not e"),
        (initial * (1 - (1 - rate) * step / steps), "this falls in a straight line"),
        (initial * rate * step / steps, "t / T is the exponent of decay_rate, not a factor"),
        ((initial * rate) ** (step / steps), "the power is of decay_rate alone, not of initial"),
        (initial * rate ** min(1, step / steps), "it does not stop at decay_steps: it falls on"),
    ]
    for wrong, hint in hints:
        if shape(value) == () and abs(value - wrong) < 1e-9:
            return f". {hint[0].upper()}{hint[1:]}"
    return ""


def check_clip_by_norm(function):
    """Check clip_by_norm(gradients, most): all arrays scaled by one factor to the length most."""
    rng = default_rng(5)
    drawn = [rng.normal(size=(3, 2)), rng.normal(size=2), rng.normal(size=(2, 1))]
    worked = [array([[3.0, 0.0]]), array([2.0, 6.0])]  # together of length 7
    for gradients, most in [(worked, 1.0), (worked, 10.0), (worked, 3.5), (drawn, 0.1)]:
        length = math.sqrt(sum(float(v) ** 2 for g in gradients for v in g.ravel()))
        copies = [g.copy() for g in gradients]
        try:
            result = function(copies, most)
        except ValueError as error:
            if "inhomogeneous" not in str(error):
                raise
            raise AssertionError(
                "np.array(gradients) fails, because the arrays have different shapes: "
                "go through the list, array by array"
            ) from None
        for copy, g in zip(copies, gradients, strict=True):
            assert _all(copy == g), "your function changed the arrays it was given: return new ones"
        assert result is not copies, "you returned the list you were given: return a new list"
        assert isinstance(result, list) and len(result) == len(gradients), (
            f"return a list of {len(gradients)} arrays, one for each that was given"
        )
        factor = min(1.0, most / length)
        hint = _clip_hint(result, gradients, most, length)
        for i, (value, g) in enumerate(zip(result, gradients, strict=True)):
            name = f"for arrays of length {length:.4g} and most = {most}, array {i}"
            try:
                _expect_array(value, array([factor * v for v in g.ravel()]).reshape(g.shape), name)
            except AssertionError as error:
                raise AssertionError(f"{error}{hint}") from None
    with errstate(all="ignore"):
        zeros = function([array([0.0, 0.0])], 1.0)
    assert _all(isfinite(zeros[0])), "a gradient of zeros became NaN: its length is 0"


def _clip_hint(result, gradients, most, length):
    def equal(reference):
        pairs = zip(result, gradients, strict=True)
        return all(_agree(value, reference(g)) for value, g in pairs)

    def alone(g):
        own = math.sqrt(sum(float(v) ** 2 for v in g.ravel()))
        return g * min(1.0, most / own)

    lengths = sum(math.sqrt(sum(float(v) ** 2 for v in g.ravel())) for g in gradients)
    if equal(lambda g: g * min(1.0, most / length**2)):
        return ". The root is missing: the length is the root of the sum of squares"
    if equal(lambda g: g * min(1.0, most / lengths)):
        return ". You added the lengths of the arrays: add all squares, then take one root"
    if equal(lambda g: g / length if length > most else g):
        return ". You scaled to length 1, not to length most"
    if equal(lambda g: g * most / length):
        return ". Gradients that are shorter than most stay as they are"
    if equal(alone):
        return ". You took the length of each array by itself: one length, one factor for all"
    if equal(lambda g: asarray([min(max(v, -most), most) for v in g.ravel()]).reshape(g.shape)):
        return ". You cut off each entry: that turns the direction; scale all by one factor"
    return ""

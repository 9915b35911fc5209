"""Problem set 4: a schedule for the learning rate, and averages of the weights."""

import math
from numbers import Real

import numpy as np
from numpy import arange, array, array_equal, ndarray, where

from nnlib.checks.exercise import Exercise

__all__ = ["check_update_averages", "check_warmup_cosine"]


# --- 6. a schedule


def _rates(warmup_cosine, peak, warmup_steps, total_steps):
    """The rates at steps 0, 1, 2, … that the schedule gives, or None if it is no function."""
    schedule = warmup_cosine(peak, warmup_steps, total_steps)
    return [schedule(t) for t in range(total_steps + 6)] if callable(schedule) else None


def _by_phase(rates, peak, warmup_steps, total_steps):
    """The rates of each phase, with 0 for all other steps, so that a place is a step."""
    assert rates is not None, "return a function of the step: define it inside, return it"
    for t, rate in enumerate(rates):
        is_number = isinstance(rate, Real) or (isinstance(rate, ndarray) and rate.shape == ())
        assert rate is not None, f"the rate at step {t} is None: does the inner function return it?"
        assert is_number, f"the rate at step {t} should be one number, got {rate!r}"
    rates, steps = array(rates, dtype=float), arange(len(rates))
    phases = {
        "the warm-up, step by step,": steps < warmup_steps,
        "the fall, step by step,": (warmup_steps <= steps) & (steps < total_steps),
        "the end, step by step,": total_steps <= steps,
    }
    return {name: where(mask, rates, 0.0) for name, mask in phases.items()}


check_warmup_cosine = Exercise(
    "warmup_cosine(peak, warmup_steps, total_steps)",
    "a schedule: from 0 up to the peak in a straight line, then down to 0 along a cosine",
    [(0.1, 10, 110), (2.0, 4, 20), (0.5, 0, 8), (0.3, 1, 7)],
    observe=_rates,
    read=_by_phase,
)


@check_warmup_cosine.reference
def warmup_cosine(peak, warm, total):
    def rate(t):
        if t < warm:
            return peak * t / warm
        return (
            peak * 0.5 * (1 + math.cos(math.pi * (t - warm) / (total - warm))) if t < total else 0.0
        )

    return rate


@check_warmup_cosine.right
def _(peak, warmup_steps, total_steps):
    half = np.cos(np.linspace(0, np.pi, total_steps - warmup_steps + 1)) + 1
    rates = np.concatenate([np.linspace(0, 2, warmup_steps + 1)[:-1], half]) * peak / 2
    return lambda step: rates[min(step, total_steps)]


@check_warmup_cosine.right
class _:
    def __init__(self, peak, warmup_steps, total_steps):
        self.peak, self.warm, self.total = peak, warmup_steps, total_steps

    def __call__(self, t):
        if t < self.warm:
            return self.peak * (t / self.warm)
        x = min(1, (t - self.warm) / (self.total - self.warm))
        return self.peak * np.cos(np.pi * x / 2) ** 2


# fmt: off
_RISE = "peak * t / warmup_steps"
_FALL = "peak / 2 * (1 + np.cos(np.pi * x))"
_WARM_UP = "Warm up first: from 0 at step 0 in a straight line to the peak"
_BY_ZERO = "With warmup_steps = 0 there is a division by 0"
check_warmup_cosine.slips("""
def warmup_cosine(peak, warmup_steps, total_steps):
    def rate(t):
        if t < warmup_steps:
            return peak * t / warmup_steps
        x = (t - warmup_steps) / (total_steps - warmup_steps)
        if t >= total_steps:
            return 0
        return peak / 2 * (1 + np.cos(np.pi * x))
    return rate
""", {
    "Step 0 has the rate 0": (_RISE, "peak * (t + 1) / warmup_steps"),
    "The warm-up takes warmup_steps steps, not all of them": (_RISE, "peak * t / total_steps"),
    "The warm-up ends at the peak: times peak": (_RISE, "t / warmup_steps"),
    "Count the cosine's steps from the end of the warm-up, to the last step":
        ("(t - warmup_steps) / (total_steps - warmup_steps)", "t / total_steps"),
    "Count the cosine's steps from the end of the warm-up: t - warmup_steps":
        ("(t - warmup_steps)", "t"),
    "The fall takes total_steps - warmup_steps steps":
        ("(total_steps - warmup_steps)", "total_steps"),
    "The fall ends at step total_steps, not one step earlier":
        ("(total_steps - warmup_steps)", "(total_steps - warmup_steps - 1)"),
    _WARM_UP: [
        (_RISE, "peak"), (_RISE, "0"), (_RISE, "peak * (1 - t / warmup_steps)"),
        (_RISE, "peak / 2 * (1 - np.cos(np.pi * t / warmup_steps))"),
        (_RISE, "peak / 2 * (1 + np.cos(np.pi * t / total_steps))",
         "(t - warmup_steps) / (total_steps - warmup_steps)", "t / total_steps")],
    "Half of it: 1 + cos is 2 at the start": ("peak / 2", "peak"),
    "Half a wave, (1 + cos(π x)) / 2, falls gently": (_FALL, "peak * np.cos(np.pi * x / 2)"),
    "Lift the cosine: (1 + cos(π x)) / 2 goes from 1 to 0, cos(π x) from 1 to -1":
        (_FALL, "peak * np.cos(np.pi * x)"),
    "This rises: 1 + cos, not 1 - cos": ("1 + np.cos", "1 - np.cos"),
    "This falls in a straight line": (_FALL, "peak * (1 - x)"),
    "The cosine takes π, not 180": ("np.pi * x", "180 * x"),
    "The cosine takes π times the share": ("np.pi * x", "x"),
    "A whole wave comes back to the peak: π times the share, not 2 π":
        ("np.pi * x", "2 * np.pi * x"),
    "It falls after the warm-up": (_FALL, "peak"),
    "After the last step it stays at 0": ("            return 0\n", "            pass\n"),
    f"This falls in a straight line. {_BY_ZERO}":
        "return lambda t: min(peak * t / warmup_steps, "
        "peak * (total_steps - t) / (total_steps - warmup_steps))",
    f"{_BY_ZERO}: compute it only where t < warmup_steps":
        ("        if t <", "        share = t / warmup_steps\n        if t <"),
    "return a function of the step": ("return rate\n", "return rate(0)\n"),
    "does the inner function return it?": ("return peak / 2", "peak / 2"),
})
# fmt: on


# --- 7. averages


def _lists_of_arrays(rng):
    yield [array([1.0])], [array([3.0])], 0.9
    yield [array([1.2])], [array([3.0])], 0.9
    for share in (0.9, 0.5, 0.99):
        parameters, averages = (
            [rng.normal(size=size) for size in ((2, 3), 3, (3, 1))] for _ in range(2)
        )
        yield averages, parameters, share


def _move(update_averages, averages, parameters, share):
    """What the arrays hold that were in the lists, and whether others lie there now."""
    held, kept = list(averages), [w.copy() for w in parameters]
    returned = update_averages(averages, parameters, share)
    return {
        "returned": returned is not None,
        "changed parameters": not all(map(array_equal, kept, parameters)),
        "new arrays": len(averages) != len(held)
        or any(a is not old for a, old in zip(averages, held, strict=True)),
        "averages": held,
    }


def _averages(observed, averages, parameters, share):
    assert not observed["returned"], "return nothing: the averages are changed in place"
    assert not observed["changed parameters"], (
        "your function changed the parameters: only the averages move"
    )
    assert not observed["new arrays"], (
        "there are new arrays in the list: change the old ones in place, with *= and +="
    )
    assert not all(map(array_equal, averages, observed["averages"])), (
        "the averages have not changed: a *= … changes the array in place, a = … makes a new one"
    )
    return {f"averages[{i}]": a for i, a in enumerate(observed["averages"])}


check_update_averages = Exercise(
    "update_averages(averages, parameters, share)",
    "each average moves, in place, towards its parameter: a ← ρ a + (1 - ρ) w",
    _lists_of_arrays,
    observe=_move,
    read=_averages,
)


@check_update_averages.reference
def update_averages(averages, parameters, share):
    for a, w in zip(averages, parameters, strict=True):
        a[...] = share * a + (1 - share) * w


@check_update_averages.right
def _(averages, parameters, share):
    for i in range(len(averages)):
        averages[i] += (1 - share) * (parameters[i] - averages[i])


@check_update_averages.right
def _(averages, parameters, share):
    for a, w in zip(averages, parameters, strict=True):
        for i in np.ndindex(a.shape):
            a[i] = np.average([a[i], w[i]], weights=[share, 1 - share])


# fmt: off
_ADD = "a += (1 - share) * w"
check_update_averages.slips("""
def update_averages(averages, parameters, share):
    for i in range(len(averages)):
        a, w = averages[i], parameters[i]
        a *= share
        a += (1 - share) * w
""", {
    "The shares are swapped": ("a *= share", "a *= 1 - share", "(1 - share)", "share"),
    "The parameters count with 1 - share": (_ADD, "a += w"),
    "The old average counts with share": ("a *= share", "pass"),
    "Use the argument share": [
        ("        a, w", f"        share = {fixed}\n        a, w") for fixed in (0.5, 0.9, 0.99)],
    "This is a copy of the parameters": (_ADD, "a[...] = w"),
    "Subtract nothing: both parts are added": ("a +=", "a -="),
    "The average is of the weights, without squares": ("* w", "* w**2"),
    "The parameters are missing: add (1 - share) w": (_ADD, "pass"),
    "the averages have not changed": ("a *= share", "a = a * share"),
    "there are new arrays in the list": ("a *= share", "averages[i] = a = a * share"),
    "your function changed the parameters: only the averages move":
        (_ADD, "w *= 1 - share; a += w"),
    "return nothing: the averages are changed in place":
        (_ADD, f"{_ADD}\n    return averages"),
    "Only the first pair moved: go through both lists to their end": (_ADD, f"{_ADD}; return"),
    "a has changed already when it is subtracted: a += (1 - share) (w - a) alone is enough":
        ("* w", "* (w - a)"),
})

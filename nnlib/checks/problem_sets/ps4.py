"""Problem set 4, training: optimizers, a schedule, averages; the other exercises are imported."""

from numbers import Real

from numpy import array, ndarray, shape

from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets.ps4_train import (
    check_iris_recipe,
    check_network_gradients,
    check_train,
)

# fmt: off
__all__ = ["check_adamw_update", "check_iris_recipe", "check_lion_update",
           "check_network_gradients", "check_train", "check_update_averages",
           "check_warmup_cosine"]
_OUTWARD = "The sign of η λ w is wrong: the decay pulls w towards 0"
_NO_DECAY = "The decay is missing: take off η λ w as well"
_NO_RATE = "The rate is missing: the decay is η λ w, not λ w"
_UPHILL = "This goes uphill: subtract the step"


# --- 4. AdamW

def _adamw_steps(rng):
    """A step by hand, two from rest, then two from the middle of a training."""
    yield array([2.0]), array([0.0]), array([0.0]), array([5.0]), 1, 0.1, 0.9, 0.99, 1e-8, 0.5
    for size, t, *settings in [((2, 3), 1, 0.1, 0.8, 0.9, 0.05, 0.5), (5, 1, 0.2, 0.9, 0.7, 0.1, 2),
                               ((2, 3), 3, 0.1, 0.8, 0.9, 0.05, 0.5),
                               ((1, 2), 30, 0.01, 0.9, 0.95, 0.1, 0.0)]:
        w, m, g = (rng.normal(size=size) for _ in range(3))
        yield w, m * (t > 1), (m**2 + 0.1) * (t > 1), 3 * g, t, *settings


check_adamw_update = Exercise(
    "adamw_update(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay)",
    "one step of AdamW, in place: Adam, and beside it w shrinks by η λ w; t counts from 1",
    _adamw_steps, changes=("w", "m", "v"), keeps=True,
)
check_adamw_update.slips("""
def adamw_update(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay):
    pull = learning_rate * decay * w
    m += (1 - beta_1) * (g - m)
    v += (1 - beta_2) * (g**2 - v)
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    w -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    w -= pull
""", {
    "λ w was added to the gradient: that is Adam with L2. AdamW takes η λ w off w itself, beside "
    "the step": ("pull = learning_rate * decay * w", "g = g + decay * w", "    w -= pull\n", ""),
    _NO_DECAY: ("    w -= pull\n", ""),
    _NO_RATE: ("pull = learning_rate * decay", "pull = decay"),
    _OUTWARD: ("w -= pull", "w += pull"),
    "This comes too late: the decay is taken of w as it was before the step":
        ("w -= pull", "w -= learning_rate * decay * w"),
    "The corrected means are new arrays: do not put them back into m and v":
        ("m_hat = m /", "m[...] = m_hat = m /", "v_hat = v /", "v[...] = v_hat = v /"),
    "Both means start at 0: divide m by 1 - β₁^t and v by 1 - β₂^t":
        ("m / (1 - beta_1**t)", "m", "v / (1 - beta_2**t)", "v"),
    "m is not corrected: divide it by 1 - β₁^t": ("m / (1 - beta_1**t)", "m"),
    "Divide by the root of v": ("np.sqrt(v_hat)", "v_hat"),
    "ε is added to the root, not under it":
        ("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"),
    _UPHILL: ("w -= learning_rate", "w += learning_rate"),
})


# --- 5. Lion

def _lion_steps(rng):
    """A step by hand, then others: 0 stays 0, and -1.35 shows which m is used."""
    yield array([1.0]), array([1.0]), array([-2.0]), 0.1, 0.6, 0.9, 0.0
    for size, *settings in [((3, 4), 0.1, 0.6, 0.9, 0.5), (5, 0.5, 0.5, 0.2, 0.1),
                            ((2, 3), 0.02, 0.9, 0.99, 2.0)]:
        w, m, g = (rng.normal(size=size) for _ in range(3))
        m[..., 0] = g[..., 0] = 0
        g[..., 1] = -1.35 * m[..., 1]
        yield w, m, g, *settings


check_lion_update = Exercise(
    "lion_update(w, m, g, learning_rate, beta_1, beta_2, decay)",
    "one step of Lion, in place: the sign of a mixture of m and g, and a pull towards 0",
    _lion_steps, changes=("w", "m"),
)
check_lion_update.slips("""
def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):
    c = beta_1 * m + (1 - beta_1) * g
    w -= learning_rate * (np.sign(c) + decay * w)
    m[...] = beta_2 * m + (1 - beta_2) * g
    g *= 0  # which the task does not forbid
""", {
    "The step is η times the sign, np.sign, of the mixture": ("np.sign(c)", "c"),
    _NO_DECAY: (" + decay * w", ""),
    _NO_RATE: ("(np.sign(c) + decay * w)", "np.sign(c) + decay * w"),
    _OUTWARD: ("+ decay * w", "- decay * w"),
    "Mind entries of 0: where the mixture is 0 the sign is 0, and so is the step: np.sign":
        [("np.sign(c)", "np.where(c >= 0, 1, -1)"), ("np.sign(c)", "np.where(c > 0, 1, -1)")],
    "m was changed too early: the step uses m as it was":
        ("    c =", "    m[...] = beta_2 * m + (1 - beta_2) * g\n    c =",
         "w)\n    m[...] = beta_2 * m + (1 - beta_2) * g", "w)"),
    "m is mixed with β₂, the step with β₁": ("= beta_2 * m + (1 - beta_2) * g", "= c"),
    _UPHILL: ("(np.sign(c) +", "(-np.sign(c) +"),
})


# --- 6. a schedule

def _rates(warmup_cosine, peak, warmup_steps, total_steps):
    schedule = warmup_cosine(peak, warmup_steps, total_steps)
    return [schedule(t) for t in range(total_steps + 6)] if callable(schedule) else None


def _numbers(rates, *settings):
    assert rates is not None, "return a function of the step: define it inside, return it"
    for t, rate in enumerate(rates):
        assert isinstance(rate, Real | ndarray) and shape(rate) == (), (
            f"the function that you return gives {rate!r:.60} at step {t}: return one number there")
    return {"the rate, step by step,": array(rates, dtype=float)}


check_warmup_cosine = Exercise(
    "warmup_cosine(peak, warmup_steps, total_steps)",
    "a schedule: from 0 up to the peak in a straight line, then down to 0 along a cosine",
    [(0.1, 10, 110), (2.0, 4, 20), (0.5, 0, 8), (0.3, 1, 7)], observe=_rates, read=_numbers,
)
_RISE, _X = "peak * t / warm", "(t - warm) / (total - warm)"
_FALL = "peak / 2 * (1 + np.cos(np.pi * x))"
check_warmup_cosine.slips(f"""
def warmup_cosine(peak, warm, total):
    def rate(t):
        if t < warm:
            return {_RISE}
        x = {_X}
        if t >= total:
            return 0
        return {_FALL}
    return rate
""", {
    "Step 0 has the rate 0": (_RISE, "peak * (t + 1) / warm"),
    "Warm up first: from 0 at step 0 in a straight line to the peak": (_RISE, "peak"),
    "Count the cosine's steps from the end of the warm-up, to the last step": (_X, "t / total"),
    "Count the cosine's steps from the end of the warm-up: t - warmup_steps": ("(t - warm)", "t"),
    "The fall takes total_steps - warmup_steps steps": ("(total - warm)", "total"),
    "Half of it: 1 + cos is 2 at the start": ("peak / 2", "peak"),
    "Lift the cosine: (1 + cos(π x)) / 2 goes from 1 to 0, cos(π x) from 1 to -1":
        (_FALL, "peak * np.cos(np.pi * x)"),
    "This falls in a straight line": (_FALL, "peak * (1 - x)"),
    "With warmup_steps = 0 there is a division by 0: compute it only where t < warmup_steps":
        ("        if t < warm", "        share = t / warm\n        if t < warm"),
    "After the last step it stays at 0": ("            return 0\n", "            pass\n"),
})


# --- 7. averages

def _lists_of_arrays(rng):
    yield [array([1.0])], [array([3.0])], 0.9
    for share in (0.9, 0.5, 0.99):
        averages, parameters = ([rng.normal(size=size) for size in ((2, 3), 3)] for _ in range(2))
        yield averages, parameters, share


def _move(update_averages, averages, parameters, share):
    held = list(averages)
    return update_averages(averages, parameters, share), held, averages, parameters


check_update_averages = Exercise(
    "update_averages(averages, parameters, share)",
    "each average moves, in place, towards its parameter: a ← ρ a + (1 - ρ) w",
    _lists_of_arrays, observe=_move,
    parts=("the result", "the given averages", "the list of averages", "the parameters"),
)
_ADD = "a += (1 - share) * w"
check_update_averages.slips(f"""
def update_averages(averages, parameters, share):
    for i in range(len(averages)):
        a, w = averages[i], parameters[i]
        a *= share
        {_ADD}
""", {
    "The shares are swapped": ("a *= share", "a *= 1 - share", "(1 - share)", "share"),
    "The parameters count with 1 - share": (_ADD, "a += w"),
    "The old average counts with share": ("a *= share", "pass"),
    "Only the first pair moved: go through both lists to their end": (_ADD, f"{_ADD}; return"),
    "In place the averages have not changed: a *= … changes an array, a = … makes a new one, also "
    "where it is put into the list":
        [("a *= share", "averages[i] = a = a * share"), ("a *= share", "a = a * share")],
    "Only the averages move: leave the parameters alone": (_ADD, "w *= 1 - share; a += w"),
    "Return nothing: the averages are changed in place":
        [(_ADD, f"{_ADD}\n{n * ' '}return averages") for n in (4, 8)],
})
for _check in (check_adamw_update, check_lion_update, check_warmup_cosine, check_update_averages):
    _check.reference(_check.rights[0])

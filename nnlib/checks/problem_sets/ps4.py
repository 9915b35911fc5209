"""Problem set 4, training: the optimizers AdamW and Lion; the other exercises are imported."""

import math

from numpy import array, ndindex, zeros

from nnlib.checks.exercise import Exercise
from nnlib.checks.problem_sets.ps4_iris import check_iris_recipe
from nnlib.checks.problem_sets.ps4_network import check_network_gradients
from nnlib.checks.problem_sets.ps4_schedule import check_update_averages, check_warmup_cosine
from nnlib.checks.problem_sets.ps4_train import check_train

__all__ = [
    "check_adamw_update",
    "check_iris_recipe",
    "check_lion_update",
    "check_network_gradients",
    "check_train",
    "check_update_averages",
    "check_warmup_cosine",
]

# fmt: off
_OUTWARD = "The sign of η λ w is wrong: the decay pulls w towards 0"
_NO_DECAY = "The decay is missing: take off η λ w as well"
_NO_RATE = "The rate is missing: the decay is η λ w, not λ w"
_TOO_LATE = "This comes too late: the decay is taken of w as it was before the step"
_UPHILL = "This goes uphill: subtract the step"
_RETURN = "return nothing"


# --- 4. AdamW

def _adamw_steps(rng):
    """A step by hand, five steps in a row, one from the middle of a training, and a row."""
    yield array([2.0]), array([0.0]), array([0.0]), array([5.0]), 1, 0.1, 0.9, 0.99, 1e-8, 0.5
    w, m, v = rng.normal(size=(2, 3)), zeros((2, 3)), zeros((2, 3))
    settings = 0.1, 0.8, 0.9, 0.05, 0.5
    for t in range(1, 6):
        g = 3 * rng.normal(size=(2, 3))
        yield w.copy(), m.copy(), v.copy(), g, t, *settings
        adamw_update(w, m, v, g, t, *settings)
    m, g = rng.normal(size=4), rng.normal(size=4)
    yield rng.normal(size=4), m, m**2 + rng.random(4), g, 30, 0.01, 0.9, 0.95, 0.1, 0.2
    m, g = rng.normal(size=(1, 2)), rng.normal(size=(1, 2))
    yield rng.normal(size=(1, 2)), m, m**2 + 0.1, g, 2, 0.5, 0.5, 0.7, 1e-3, 0.0


check_adamw_update = Exercise(
    "adamw_update(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay)",
    "one step of AdamW, in place: Adam, and beside it w shrinks by η λ w; t counts from 1",
    _adamw_steps, changes=("w", "m", "v"), keeps=True,
)


@check_adamw_update.reference
def adamw_update(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay):
    for i in ndindex(w.shape):
        m[i] = beta_1 * m[i] + (1 - beta_1) * g[i]
        v[i] = beta_2 * v[i] + (1 - beta_2) * g[i] ** 2
        root = math.sqrt(v[i] / (1 - beta_2**t))
        pull = learning_rate * decay * w[i]
        w[i] -= learning_rate * m[i] / (1 - beta_1**t) / (root + epsilon) + pull


@check_adamw_update.right
def _(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay):
    w *= 1 - learning_rate * decay
    m += (1 - beta_1) * (g - m)
    v *= beta_2
    v += (1 - beta_2) * g * g
    step = m * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    w -= learning_rate * step / (v**0.5 + epsilon * (1 - beta_2**t) ** 0.5)


check_adamw_update.slips("""
def adamw_update(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay):
    pull = learning_rate * decay * w
    m[...] = beta_1 * m + (1 - beta_1) * g
    v[...] = beta_2 * v + (1 - beta_2) * g**2
    m_hat = m / (1 - beta_1**t)
    v_hat = v / (1 - beta_2**t)
    w -= learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    w -= pull
""", {
    "λ w was added to the gradient: that is Adam with L2. AdamW takes η λ w off w itself, beside "
    "the step": ("pull = learning_rate * decay * w", "g = g + decay * w", "    w -= pull\n", ""),
    _NO_DECAY: ("    w -= pull\n", ""),
    _NO_RATE: ("pull = learning_rate * decay", "pull = decay"),
    "The decay is η λ w: w stands in it once": ("decay * w", "decay * w**2"),
    _OUTWARD: [("w -= pull", "w += pull"), ("w -= pull", "w += learning_rate * decay * w")],
    _TOO_LATE: ("w -= pull", "w -= learning_rate * decay * w"),
    "The corrected means are new arrays: do not put them back into m and v": [
        ("m_hat = m /", "m[...] = m_hat = m /", "v_hat = v /", "v[...] = v_hat = v /"),
        ("v_hat = v /", "v[...] = v_hat = v /")],
    "t counts from 1 already: 1 - β₁^t, with t as it is given": ("**t", "**(t + 1)"),
    "The correction depends on t: 1 - β₁^t, not 1 - β₁": ("**t", ""),
    "Both means start at 0: divide m by 1 - β₁^t and v by 1 - β₂^t":
        ("m / (1 - beta_1**t)", "m", "v / (1 - beta_2**t)", "v"),
    "m is not corrected: divide it by 1 - β₁^t": ("m / (1 - beta_1**t)", "m"),
    "v is not corrected: divide it by 1 - β₂^t": ("v / (1 - beta_2**t)", "v"),
    "v is corrected with its own β: divide it by 1 - β₂^t": ("beta_2**t", "beta_1**t"),
    "Divide by the root of v": ("np.sqrt(v_hat)", "v_hat"),
    "ε is added to the root, not under it":
        ("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"),
    "ε is missing below the fraction: it is added to the root": (" + epsilon", ""),
    "v is the running mean of g², not of g": ("g**2", "g", "(v_hat)", "(np.abs(v_hat))"),
    "m mixes: β₁ of the old m, and 1 - β₁ of g": ("(1 - beta_1) * g", "g"),
    "The shares are swapped: β₁ of the old m and 1 - β₁ of g, and so for v":
        ("beta_1 * m + (1 - beta_1) * g", "(1 - beta_1) * m + beta_1 * g",
         "beta_2 * v + (1 - beta_2) * g**2", "(1 - beta_2) * v + beta_2 * g**2"),
    "β₁ and β₂ are swapped: m is mixed with β₁, v with β₂":
        ("    pull", "    beta_1, beta_2 = beta_2, beta_1\n    pull"),
    "The step uses m and v as they are after they were mixed with g":
        ("    pull", "    old_m, old_v = m + 0, v + 0\n    pull",
         "m_hat = m", "m_hat = old_m", "v_hat = v", "v_hat = old_v"),
    "The step uses the corrected m, not g": ("* m_hat", "* g"),
    _UPHILL: ("w -= learning_rate", "w += learning_rate"),
    "Use the arguments beta_1, beta_2 and epsilon":
        ("    pull", "    beta_1, beta_2, epsilon = 0.9, 0.999, 1e-7\n    pull"),
    "w has not changed: w -= …": ("w -= learning", "w = w - learning"),
    "m has not changed: m -= …": ("m[...] =", "m ="),
    "v has not changed: v -= …": ("v[...] =", "v ="),
    "your function changed its input, g: work on a copy": ("g**2", "g**2; g *= g"),
    _RETURN: ("w -= pull", "w -= pull; return w"),
})


# --- 5. Lion

def _lion_steps(rng):
    """From rest, a step by hand, then others: 0 stays 0, and -1.35 shows which m is used."""
    yield array([1.0, -2.0]), array([0.0, 0.0]), array([-2.0, 3.0]), 0.1, 0.6, 0.9, 0.0
    yield array([1.0]), array([1.0]), array([-2.0]), 0.1, 0.6, 0.9, 0.0
    for size, settings in (((3, 4), (0.1, 0.6, 0.9, 0.5)), (5, (0.5, 0.5, 0.2, 0.1)),
                           ((2, 3), (0.02, 0.9, 0.99, 2.0))):
        w, m, g = (rng.normal(size=size) for _ in range(3))
        m[..., 0] = g[..., 0] = 0
        g[..., 1] = -1.35 * m[..., 1]
        yield w, m, g, *settings


check_lion_update = Exercise(
    "lion_update(w, m, g, learning_rate, beta_1, beta_2, decay)",
    "one step of Lion, in place: the sign of a mixture of m and g, and a pull towards 0",
    _lion_steps, changes=("w", "m"),
)


@check_lion_update.reference
def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):
    for i in ndindex(w.shape):
        c = beta_1 * m[i] + (1 - beta_1) * g[i]
        w[i] -= learning_rate * (int(c > 0) - int(c < 0) + decay * w[i])
        m[i] = beta_2 * m[i] + (1 - beta_2) * g[i]


@check_lion_update.right
def _(w, m, g, learning_rate, beta_1, beta_2, decay):
    g -= m
    w *= 1 - learning_rate * decay
    mixed = m + (1 - beta_1) * g
    w[mixed > 0] -= learning_rate
    w[mixed < 0] += learning_rate
    g *= 1 - beta_2
    m += g


_AT_0 = "Mind entries of 0: where the mixture is 0"
check_lion_update.slips("""
def lion_update(w, m, g, learning_rate, beta_1, beta_2, decay):
    c = beta_1 * m + (1 - beta_1) * g
    size = np.sign(c)
    w -= learning_rate * (size + decay * w)
    m[...] = beta_2 * m + (1 - beta_2) * g
""", {
    "The step is η times the sign, np.sign, of the mixture": ("np.sign(c)", "c"),
    "The step is η times the sign of the mixture, np.sign, not its size":
        ("np.sign(c)", "np.abs(c)"),
    _NO_DECAY: (" + decay * w", ""),
    _NO_RATE: ("learning_rate * (size + decay * w)", "learning_rate * size + decay * w"),
    _OUTWARD: ("+ decay * w", "- decay * w"),
    _TOO_LATE: ("(size + decay * w)", "size; w -= learning_rate * (decay * w)"),
    "The sign is that of the mixture alone: λ w stands beside it":
        ("np.sign(c)", "np.sign(c + decay * w)", "size + decay * w", "size"),
    f"{_AT_0} the sign is 0, and so is the step: np.sign": [
        ("np.sign(c)", "np.where(c >= 0, 1, -1)"), ("np.sign(c)", "np.where(c > 0, 1, -1)")],
    f"{_AT_0} it cannot be divided by its size: np.sign":
        ("np.sign(c)", "np.where(c == 0, np.nan, np.sign(c))"),
    "m was changed too early: the step uses m as it was":
        ("    c =", "    m[...] = beta_2 * m + (1 - beta_2) * g\n    c =",
         "w)\n    m[...] = beta_2 * m + (1 - beta_2) * g", "w)"),
    "The step uses the mixture with β₁, and m as it was":
        ("beta_1 * m + (1 - beta_1)", "beta_2 * m + (1 - beta_2)"),
    "Without g the step forgets the new gradient: mix m and g with β₁":
        ("c = beta_1 * m + (1 - beta_1) * g", "c = m"),
    "Without m the step follows one gradient: mix m and g with β₁":
        ("c = beta_1 * m + (1 - beta_1) * g", "c = g"),
    "m is mixed with β₂, the step with β₁": [
        ("= beta_2 * m + (1 - beta_2) * g", "= c"),
        ("    c =", "    beta_1, beta_2 = beta_2, beta_1\n    c =")],
    "The shares are swapped: β₁ of m and 1 - β₁ of g, and so with β₂":
        ("beta_1 * m + (1 - beta_1) * g", "(1 - beta_1) * m + beta_1 * g",
         "beta_2 * m + (1 - beta_2) * g", "(1 - beta_2) * m + beta_2 * g"),
    _UPHILL: ("(size +", "(-size +"),
    "m has not changed": ("m[...] =", "m ="),
    "w has not changed": ("w -= learning", "w = w - learning"),
    "m is a mixture too: β₂ of the old m, and 1 - β₂ of g": ("beta_2 * m + (1 - beta_2) * g", "g"),
    _RETURN: ("    c =", "    return w - learning_rate * np.sign(g)\n    c ="),
})

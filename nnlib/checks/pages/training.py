"""Page 05: the training loop, optimizers, schedules."""

import copy
import functools

import numpy as np
from numpy import array, errstate, ndindex, sqrt

from nnlib.checks.exercise import Exercise
from nnlib.checks.pages.batches import check_batches

__all__ = ["check_adagrad_update", "check_batches", "check_clip_by_norm", "check_exponential_decay"]


# --- exercise 2: AdaGrad


def adagrad_update(
    w, s, g, learning_rate, epsilon,
    new=lambda s, g: s + g * g, root=lambda s, epsilon: s**0.5 + epsilon, sign=-1, first=True,
):  # fmt: skip
    """AdaGrad entry by entry; the arguments make the mistakes."""
    total = array([new(before, slope) for before, slope in zip(s.flat, g.flat, strict=True)])
    under = [*(total if first else s.flat)]
    for place, slope, seen in zip(ndindex(w.shape), g.flat, under, strict=True):
        w[place] += sign * learning_rate * slope / root(seen, epsilon)
    s[...] = total.reshape(s.shape)


check_adagrad_update = Exercise(
    "adagrad_update(w, s, g, learning_rate, epsilon)",
    "s + g² and w - learning_rate g / (sqrt(s) + epsilon), both in place",
    lambda rng: [
        (array([1.0, -2.0, 0.5]), array([0.0, 0.0, 0.0]), array([3.0, -0.5, 0.0]), 0.1, 0.5),
        (array([0.9, -1.8, 0.5]), array([9.0, 0.25, 0.0]), array([4.0, 0.5, 2.0]), 0.1, 0.5),
        (array([[1.0], [-1.0]]), array([[16.0], [4.0]]), array([[-3.0], [0.25]]), 0.5, 1e-7),
        *((rng.normal(size=size), rng.random(size), rng.normal(size=size), 0.02, 0.1)
          for size in ((2, 3), (1, 4), (1,))),
    ],
    changes=("w", "s"),
)  # fmt: skip

check_adagrad_update.reference(adagrad_update)


@check_adagrad_update.right
def _(w, s, g, learning_rate, epsilon):
    np.add(s, np.square(g), out=s)
    g *= learning_rate  # the gradient may change
    w[:] = w - g / (np.sqrt(s) + epsilon)


@check_adagrad_update.right
def _(w, s, g, learning_rate, epsilon):
    w -= learning_rate * g / (np.hypot(np.sqrt(s), g) + epsilon)
    s += g * g


_FORGETS = "s is a running mean that forgets, as in RMSprop: AdaGrad's is the plain sum"
for _says, _options in (
    (_FORGETS, {"new": lambda s, g: 0.9 * s + 0.1 * g * g}),
    (_FORGETS, {"new": lambda s, g: 0.99 * s + 0.01 * g * g}),
    ("s is the sum of all g² so far: add to it", {"new": lambda s, g: g * g}),
    ("s is the sum of the squares: this adds g itself", {"new": lambda s, g: s + g}),
    ("s is the sum of the squares: this adds the sizes of g", {"new": lambda s, g: s + abs(g)}),
    ("s grows: add g², do not subtract it", {"new": lambda s, g: s - g * g}),
    ("w went uphill: subtract the step", {"sign": 1}),
    ("First add g² to s, then step against g, divided by sqrt(s) + epsilon", {"first": False}),
    ("You divided by s + epsilon: take the root of s first", {"root": lambda s, e: s + e}),
    ("epsilon is added to the root, not under it", {"root": lambda s, e: (s + e) ** 0.5}),
    ("Without epsilon 0 is divided by 0 where s is 0", {"root": lambda s, e: sqrt(s)}),
    ("This is plain gradient descent: divide by sqrt(s) + epsilon", {"root": lambda s, e: 1}),
    ("This multiplies by sqrt(s) + epsilon: divide by it",
     {"root": lambda s, e: 1 / (sqrt(s) + e)}),
):  # fmt: skip
    check_adagrad_update.mistake(_says, functools.partial(adagrad_update, **_options))


@check_adagrad_update.mistake("w has not changed")
def _(w, s, g, learning_rate, epsilon):
    s += g**2
    w = w - learning_rate * g / (np.sqrt(s) + epsilon)


@check_adagrad_update.mistake("s has not changed")
def _(w, s, g, learning_rate, epsilon):
    s = s + g**2
    w -= learning_rate * g / (np.sqrt(s) + epsilon)


@check_adagrad_update.mistake("return nothing: w and s themselves are changed, in place")
def _(w, s, g, learning_rate, epsilon):
    adagrad_update(w, s, g, learning_rate, epsilon)
    return w, s


@check_adagrad_update.mistake("You summed over the entries of g: each has its own sum of g²")
def _(w, s, g, learning_rate, epsilon):
    s += np.sum(g**2)
    w -= learning_rate * g / (np.sqrt(s) + epsilon)


@check_adagrad_update.mistake("The learning rate is missing")
def _(w, s, g, learning_rate, epsilon):
    adagrad_update(w, s, g, 1, epsilon)


@check_adagrad_update.mistake("This divides by the root first: epsilon belongs to it, in brackets")
def _(w, s, g, learning_rate, epsilon):
    s += g**2
    w -= learning_rate * g / np.sqrt(s) + epsilon


@check_adagrad_update.mistake("The step goes along g, not along its sum of squares")
def _(w, s, g, learning_rate, epsilon):
    s += g**2
    w -= learning_rate / (np.sqrt(s) + epsilon)


# --- exercise 3: exponential decay


_TIMES = (2.5, 0, 0.5, 1, 3, 0.7)  # in no order, in multiples of decay_steps


def observe_decay(answer, initial, decay_steps, decay_rate):
    """The rates of a schedule, after another was made with the same function."""
    schedule, _ = answer(initial, decay_steps, decay_rate), answer(9.0, 30, 0.5)
    if not callable(schedule):
        return "no function"
    return [schedule(round(times * decay_steps)) for times in _TIMES]


def read_decay(observed, initial, decay_steps, decay_rate):
    assert isinstance(observed, list), (
        "return a function of the step: define it inside, and return it"
    )
    names = [f"the rate after {times} decay_steps" for times in _TIMES]
    return dict(zip(names, observed, strict=True))


check_exponential_decay = Exercise(
    "exponential_decay(initial, decay_steps, decay_rate)",
    "a function of the step t: initial times decay_rate to the power t / decay_steps",
    [(2.0, 10, 0.9), (0.1, 1000, 0.5), (1.0, 100, 1.0), (0.5, 40, 0.96)],
    observe=observe_decay,
    read=read_decay,
)


def _decay(rate):
    """A schedule with this rate (initial, decay_steps, decay_rate, step)."""
    return lambda *case: functools.partial(rate, *case)


check_exponential_decay.reference(_decay(lambda a, T, r, t: a * r ** (t / T)))
check_exponential_decay.right(_decay(lambda a, T, r, t: a * np.exp(t / T * np.log(r))))


@check_exponential_decay.right
class _:
    def __init__(self, initial, decay_steps, decay_rate):
        self.initial, self.each = initial, decay_rate ** (1 / decay_steps)

    def __call__(self, step):
        return array(self.initial) * np.power(self.each, step)


for _says, _rate in (
    ("It must fall at every step: divide with /, not //", lambda a, T, r, t: a * r ** (t // T)),
    ("It falls by decay_rate in decay_steps steps, not in one", lambda a, T, r, t: a * r**t),
    ("The base is decay_rate, not e", lambda a, T, r, t: a * np.exp(-r * t / T)),
    ("The base is decay_rate, which does not occur here", lambda a, T, r, t: a * np.exp(-t / T)),
    ("This falls in a straight line", lambda a, T, r, t: a * (1 - (1 - r) * t / T)),
    ("This falls in a straight line, to 0", lambda a, T, r, t: a * max(0, 1 - t / T)),
    ("This falls in a straight line, below 0", lambda a, T, r, t: a * (1 - t / T)),
    ("t / T is the exponent of decay_rate, not a factor", lambda a, T, r, t: a * r * t / T),
    ("The power is of decay_rate alone, not of initial", lambda a, T, r, t: (a * r) ** (t / T)),
    ("It does not stop at decay_steps: it falls on", lambda a, T, r, t: a * r ** min(1, t / T)),
    ("** binds more strongly than /: put t / T in brackets", lambda a, T, r, t: a * r**t / T),
    ("The initial rate is missing", lambda a, T, r, t: r ** (t / T)),
    ("The exponent is upside down: t / T", lambda a, T, r, t: a * r ** (T / t)),
    ("The exponent is t / T, not t T", lambda a, T, r, t: a * r ** (t * T)),
    ("The sign of the exponent is wrong: the rate falls", lambda a, T, r, t: a * r ** (-t / T)),
    ("At step 0 it is the initial rate: t + 1 is one too many",
     lambda a, T, r, t: a * r ** ((t + 1) / T)),
    ("This is another schedule: decay_rate to a power is asked, not 1 / (1 + r t / T)",
     lambda a, T, r, t: a / (1 + r * t / T)),
    ("decay_rate is what remains, not what goes: r, not 1 - r",
     lambda a, T, r, t: a * (1 - r) ** (t / T)),
    ("is None: does the function return it?", lambda a, T, r, t: None),
):  # fmt: skip
    check_exponential_decay.mistake(_says, _decay(_rate))
check_exponential_decay.mistake(
    "return a function of the step", lambda initial, decay_steps, decay_rate: initial * decay_rate
)


@check_exponential_decay.mistake(
    "The schedule lowers its own start: the rate depends on the step that is asked, not on how "
    "often it was asked"
)
def _(initial, decay_steps, decay_rate):
    def rate(step):
        nonlocal initial
        initial = initial * decay_rate ** (step / decay_steps)
        return initial

    return rate


_shared = {}


@check_exponential_decay.mistake(
    "Another schedule changed this one: use the arguments of the function around it, no globals"
)
def _(initial, decay_steps, decay_rate):
    _shared.update(a=initial, T=decay_steps, r=decay_rate)
    return lambda t: _shared["a"] * _shared["r"] ** (t / _shared["T"])


# --- exercise 4: clip the gradient


def observe_clip(answer, gradients, most):
    with errstate(all="ignore"):  # a length of 0 shows in the numbers
        result = answer(gradients, most)
    if result is gradients or not isinstance(result, list):
        return "given" if result is gradients else type(result).__name__
    return copy.deepcopy(result)


def read_clip(observed, gradients, most):
    assert observed != "given", "you returned the list you were given: return a new list"
    assert isinstance(observed, list), (
        f"return a list of {len(gradients)} arrays, one for each that was given"
    )
    return observed


check_clip_by_norm = Exercise(
    "clip_by_norm(gradients, most)",
    "a new list: all arrays scaled by one factor, to the length `most` if they were longer",
    lambda rng: [
        *(([array([[3.0, 0.0]]), array([2.0, 6.0])], most) for most in (1.0, 10.0, 3.5, 7.0)),
        *(([rng.normal(size=size) for size in ((3, 2), 2, (2, 1))], most) for most in (0.1, 1.5)),
        ([array([[0.3, -0.4]])], 0.25),
        ([array([0.0, 0.0]), array([[0.0]])], 1.0),
    ],
    observe=observe_clip,
    read=read_clip,
)


def _clip(factor=lambda length, most: min(1, most / length) if length else 1, power=2, root=sqrt):
    """All arrays times one factor of their common length; the arguments make the mistakes."""

    def clip_by_norm(gradients, most):
        numbers = [float(number) for gradient in gradients for number in gradient.flat]
        by = factor(root(sum(abs(number) ** power for number in numbers)), most)
        return [array([by * v for v in g.flat]).reshape(g.shape) for g in gradients]

    return clip_by_norm


check_clip_by_norm.reference(_clip())
check_clip_by_norm.right(_clip(factor=lambda length, most: most / max(most, length)))


@check_clip_by_norm.right
def _(gradients, most):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    for g in gradients:
        g *= min(1, most / length)  # the arrays may change; 1 / 0 is infinity in NumPy
    return [*gradients]


for _says, _options in (
    ("The root is missing: the length is the root of the sum of squares",
     {"root": np.float64}),
    ("This adds the sizes of the entries: the length is the root of the sum of squares",
     {"power": 1, "root": np.float64}),
    ("You scaled to length 1, not to length most",
     {"factor": lambda length, most: 1 / length if length > most else 1}),
    ("Gradients that are shorter than most stay as they are",
     {"factor": lambda length, most: most / length}),
    ("A gradient of zeros became NaN: its length is 0",
     {"factor": lambda length, most: 1 / length * min(length, most)}),
    ("`most` is the length that they get: the factor is most / length",
     {"factor": lambda length, most: most if length > most else 1}),
    ("The factor is upside down: most / length",
     {"factor": lambda length, most: length / most if length > most else 1}),
    ("Short gradients are made longer here, and long ones stay: the factor is at most 1",
     {"factor": lambda length, most: max(1, most / length)}),
    ("Nothing was scaled", {"factor": lambda length, most: 1}),
):  # fmt: skip
    check_clip_by_norm.mistake(_says, _clip(**_options))

for _says, _answer in (
    ("you returned the list you were given: return a new list", lambda gradients, most: gradients),
    ("You added the lengths of the arrays: add all squares, then take one root",
     lambda gradients, most: [g * min(1, most / sum(map(np.linalg.norm, gradients)))
                              for g in gradients]),
    ("np.array(gradients) fails, because the arrays have different shapes: go through the list, "
     "array by array",
     lambda gradients, most: np.array(gradients) * min(1, most / np.linalg.norm(gradients))),
    ("You took the length of each array by itself: one length, one factor for all",
     lambda gradients, most: [g * min(1, most / np.linalg.norm(g)) for g in gradients]),
    ("You took the length of the longest array alone: add all squares, then take one root",
     lambda gradients, most: [g * min(1, most / max(map(np.linalg.norm, gradients)))
                              for g in gradients]),
    ("You cut off each entry: that turns the direction; scale all by one factor",
     lambda gradients, most: [np.clip(g, -most, most) for g in gradients]),
    ("return a list of", lambda gradients, most: np.concatenate([g.ravel() for g in gradients])),
):  # fmt: skip
    check_clip_by_norm.mistake(_says, _answer)

"""Checkers for problem set 4, single steps: AdamW, Lion, a schedule, averaged weights."""

import math

from numpy import abs as _abs
from numpy import all as _all
from numpy import array, isfinite, shape
from numpy.random import default_rng

from nnlib.checks._tools import _expect_array, _first_that_fits, _hint_that_fits

__all__ = [
    "check_adamw_update",
    "check_lion_update",
    "check_update_averages",
    "check_warmup_cosine",
]


def check_adamw_update(function):
    """Check adamw_update(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon, decay)."""

    def step(w, m, v, g, t, rate, beta_1, beta_2, epsilon, decay, slip=""):
        if slip == "decay in g":
            g = g + decay * w
        t = t + 1 if slip == "t + 1" else t
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * (g if slip == "no square" else g * g)
        m_hat = m if slip in ("no correction", "v only") else m / (1 - beta_1**t)
        v_hat = v if slip in ("no correction", "m only") else v / (1 - beta_2**t)
        root = abs(v_hat) if slip == "no root" else math.sqrt(abs(v_hat))
        if slip == "epsilon inside":
            downhill = rate * m_hat / math.sqrt(abs(v_hat) + epsilon)
        else:
            downhill = rate * m_hat / (root + epsilon)
        pull = {"no decay": 0, "decay in g": 0, "no rate": decay * w, "outward": -rate * decay * w}
        if slip == "kept":
            m, v = m_hat, v_hat
        shares = {"after": -rate * decay, "outward after": rate * decay}
        if slip in shares:
            return (w - downhill) * (1 + shares[slip]), m, v
        return w - downhill - pull.get(slip, rate * decay * w), m, v

    slips = {
        "decay in g": "λ w was added to the gradient: that is Adam with L2. AdamW takes η λ w off "
        "w itself, beside the step",
        "no decay": "the decay is missing: take off η λ w as well",
        "no rate": "the decay is η λ w, not λ w",
        "outward": "the decay pulls w towards 0: subtract it",
        "outward after": "the decay pulls w towards 0: subtract it",
        "after": "the decay is taken of w as it was before the step",
        "kept": "the corrected means are new arrays: do not put them back into m and v",
        "t + 1": "t counts from 1 already: 1 - β₁^t, with t as it is given",
        "no correction": "divide m by 1 - β₁^t and v by 1 - β₂^t",
        "v only": "m is not corrected: divide it by 1 - β₁^t",
        "m only": "v is not corrected: divide it by 1 - β₂^t",
        "no root": "divide by the root of v",
        "epsilon inside": "ε is added to the root, not under it",
        "no square": "v is the running mean of g², not of g",
    }
    settings = 0.1, 0.8, 0.9, 0.05, 0.5
    _follow(function, step, slips, settings, ("m", "v"), seed=41, counted=True)


def check_lion_update(function):
    """Check lion_update(w, m, g, learning_rate, beta_1, beta_2, decay)."""

    def step(w, m, g, rate, beta_1, beta_2, decay, slip=""):
        if slip == "swapped":
            beta_1, beta_2 = beta_2, beta_1
        after = beta_2 * m + (1 - beta_2) * g
        mixed = beta_1 * m + (1 - beta_1) * g
        seen = {"m first": beta_1 * after + (1 - beta_1) * g, "g alone": g, "new m": after,
                "old m": m}.get(slip, mixed)  # fmt: skip
        size = {"no sign": seen, "up": 1 if seen >= 0 else -1, "down": 1 if seen > 0 else -1}.get(
            slip, (seen > 0) - (seen < 0)
        )
        pull = {"no decay": 0, "no rate": decay * w, "outward": -rate * decay * w}
        kept = mixed if slip == "one mean" else after
        if slip == "after":
            return (w - rate * size) * (1 - rate * decay), kept
        return w - rate * size - pull.get(slip, rate * decay * w), kept

    slips = {
        "no sign": "the step is η times the sign, np.sign, of the mixture",
        "no decay": "the decay is missing: take off η λ w as well",
        "no rate": "the decay is η λ w, not λ w",
        "outward": "the decay pulls w towards 0: subtract it",
        "after": "the decay is taken of w as it was before the step",
        "up": "where the mixture is 0 the sign is 0, and so is the step: np.sign",
        "down": "where the mixture is 0 the sign is 0, and so is the step: np.sign",
        "NaN": "where the mixture is 0 it cannot be divided by its size: np.sign",
        "m first": "m was changed too early: the step uses m as it was",
        "new m": "the step uses the mixture with β₁, and m as it was",
        "old m": "the step forgets the new gradient: mix m and g with β₁",
        "g alone": "the step forgets m: mix m and g with β₁",
        "one mean": "m is mixed with β₂, the step with β₁",
        "swapped": "β₁ and β₂ are swapped: the step uses β₁, m uses β₂",
    }
    _follow(function, step, slips, (0.1, 0.6, 0.9, 0.5), ("m",), seed=42)


def _follow(function, step, slips, settings, names, seed, counted=False):
    """Several steps in place, against the reference, entry by entry."""
    rng = default_rng(seed)
    arrays = [rng.normal(size=(2, 3)), *(array([[0.0] * 3] * 2) for _ in names)]
    for t in range(1, 6):
        g = rng.normal(size=(2, 3)) * 3
        if t > 2:
            g[0] = -1.35 * arrays[1][0]  # so that the sign depends on which m is used
        if not counted:
            g[1, 0] = 0  # and m stays 0 there: a sign of 0
        before = [a.copy() for a in arrays]
        extra = (t, *settings) if counted else settings

        def expected(slip="", before=before, g=g, extra=extra):
            each = [
                step(*numbers, *extra, slip=slip)
                for numbers in zip(*(a.ravel().tolist() for a in (*before, g)), strict=True)
            ]
            return [array(column).reshape(2, 3) for column in zip(*each, strict=True)]

        kept = g.copy()
        result = function(*arrays, g, *extra)
        assert result is None, f"return nothing: w and {' and '.join(names)} are changed in place"
        assert _all(g == kept), "your function changed g: work on a copy"
        right = expected()
        for name, found, old, value in zip(("w", *names), arrays, before, right, strict=True):
            assert not _all(found == old), (
                f"{name} has not changed: {name} -= … or {name}[...] = … changes the array in "
                f"place, {name} = … makes a new one"
            )
            position = ("w", *names).index(name)
            known = [(expected(slip)[position], words) for slip, words in slips.items()]
            hint = _hint_that_fits(found, value, known)
            hint = hint if _all(isfinite(found)) else slips.get("NaN", "")
            try:
                _expect_array(found, value, f"{name} after step {t}")
            except AssertionError as error:
                raise AssertionError(f"{error}: {hint}" if hint else str(error)) from None


def check_warmup_cosine(function):
    """Check warmup_cosine(peak, warmup_steps, total_steps): a schedule, a function of the step."""

    def rate(peak, warm, total, t):
        if t < warm:
            return peak * t / warm
        if t >= total:
            return 0.0
        return peak * 0.5 * (1 + math.cos(math.pi * (t - warm) / (total - warm)))

    for peak, warm, total in [(0.1, 10, 110), (2.0, 4, 20), (0.5, 0, 8)]:
        try:
            schedule = function(peak, warm, total)
            assert callable(schedule), "return a function of the step: define it inside, return it"
            times = *range(warm + 1), (warm + total) // 2, *range(warm + 1, total + 6)
            found = {t: schedule(t) for t in times}  # half-way down before the steps between
        except ZeroDivisionError:
            raise AssertionError("with warmup_steps = 0 there is a division by 0") from None
        for t, value in found.items():
            place = f"with ({peak}, {warm}, {total}) the rate at step {t}"
            right = rate(peak, warm, total, t)
            x = (t - warm) / (total - warm)
            hints = [
                (peak * 0.5 * (1 + math.cos(math.pi * x)), "After the last step it stays at 0"),
                (peak * 0.5 * (1 + math.cos(math.pi * t / total)),
                 "Count the cosine's steps from the end of the warm-up, to the last step"),
                (peak * 0.5 * (1 + math.cos(math.pi * (t - warm) / total)),
                 "The fall takes total_steps - warmup_steps steps"),
                (peak * (1 + math.cos(math.pi * x)), "Half of it: 1 + cos is 2 at the start"),
                (peak * math.cos(math.pi * x / 2), "Half a wave, (1 + cos(π x)) / 2, falls gently"),
                (peak * (1 - x), "This falls in a straight line"),
                (peak * 0.5 * (1 + math.cos(180 * x)), "The cosine takes π, not 180"),
                (peak * 0.5 * (1 + math.cos(x)), "The cosine takes π times the share"),
                (peak, "It falls after the warm-up"),
            ]  # fmt: skip
            if t < warm:
                hints = [
                    (peak * (t + 1) / warm, "Step 0 has the rate 0"),
                    (value, "Warm up first: from 0 at step 0 in a straight line to the peak"),
                ]
            _expect_rate(value, right, place, hints)


def _expect_rate(value, right, place, hints):
    try:
        _expect_array(value, right, place)
    except AssertionError as error:
        fits = [hint for hint in hints if abs(hint[0] - right) > 1e-9]
        words = (
            _first_that_fits(float(value), fits) if shape(value) == () and value is not None else ""
        )
        raise AssertionError(f"{error}. {words}" if words else str(error)) from None


def check_update_averages(function):
    """Check update_averages(averages, parameters, share): a ← share a + (1 - share) w, in place."""
    rng = default_rng(43)
    for share in (0.9, 0.5, 0.99):
        parameters = [rng.normal(size=size) for size in ((2, 3), 3, (3, 1))]
        averages = [rng.normal(size=w.shape) for w in parameters]
        arrays, kept = list(averages), [w.copy() for w in parameters]
        for step in (1, 2):
            before = [a.copy() for a in averages]
            result = function(averages, parameters, share)
            assert result is None, "return nothing: the averages are changed in place"
            assert all(_all(w == k) for w, k in zip(parameters, kept, strict=True)), (
                "your function changed the parameters: only the averages move"
            )
            assert all(a is array for a, array in zip(averages, arrays, strict=True)), (
                "there are new arrays in the list: change the old ones in place, with *= and +="
            )
            for i, (a, old, w) in enumerate(zip(averages, before, parameters, strict=True)):
                assert _abs(a - old).max() > 0, (
                    "the averages have not changed: a *= … changes the array in place, "
                    "a = … makes a new one"
                )
                right = share * old + (1 - share) * w
                slips = [
                    (
                        (1 - share) * old + share * w,
                        "The shares are swapped",
                    ),
                    (share * old + w, "The parameters count with 1 - share"),
                    (old + (1 - share) * w, "The old average counts with share"),
                    ((old + w) / 2, "Use the argument share"),
                    (w, "This is a copy of the parameters"),
                ]
                hint = _hint_that_fits(a, right, slips)
                try:
                    _expect_array(a, right, f"array {i} after {step} updates with share {share}")
                except AssertionError as error:
                    raise AssertionError(f"{error}. {hint}" if hint else str(error)) from None

"""Checkers for problem set 5: calibration, and the small reader of digits."""

from operator import index
from warnings import catch_warnings, simplefilter

from numpy import all as _all
from numpy import any as _any
from numpy import arange, array, array_split, full, shape
from numpy import where as _where
from numpy.random import default_rng

from nnlib.checks._tools import _call_hinting, _expect_array, _first_that_fits

__all__ = ["check_calibration_error", "check_digit_reader", "check_good_reader"]


def check_calibration_error(function):
    """Check calibration_error(P, y, n_bins): by how much confidence and accuracy differ."""

    def error_of(rows, number):
        bins = {}
        for confidence, right in rows:
            bins.setdefault(number(confidence), []).append(confidence - right)
        return sum(abs(sum(gaps)) for gaps in bins.values()) / len(rows)

    for P, y, n_bins in _calibration_cases():
        rows = [
            (max(p), float(p.index(max(p)) == label))
            for p, label in zip(P.tolist(), y.tolist(), strict=True)
        ]
        right = error_of(rows, lambda c, n=n_bins: min(int(c * n), n - 1))
        hint = "P has a row for each picture: look for its largest number along axis=1"
        result = _call_hinting(hint, function, P, y, n_bins)
        try:
            _expect_array(result, right, f"the error of {len(P)} rows with {n_bins} bins")
        except AssertionError as error:
            words = ""
            if "NaN" in str(error):
                words = "The mean of an empty bin is NaN: leave empty bins out"
            elif shape(result) == () and result is not None:
                own = [
                    (p[label], row[1]) for p, label, row in zip(P.tolist(), y, rows, strict=True)
                ]
                slips = _calibration_slips(rows, own, n_bins, P.shape[1], error_of)
                fits = [slip for slip in slips if abs(slip[0] - right) > 1e-9]
                words = _first_that_fits(float(result), fits)
            raise AssertionError(f"{error}. {words}" if words else str(error)) from None


def _calibration_cases():
    """Probabilities, labels and a number of bins; the first case tells all known slips apart."""
    rng = default_rng(52)
    confidence = rng.uniform(0.11, 0.999, 400)
    top = rng.integers(0, 10, 400)
    P = full((10, 400), (1 - confidence) / 9).T
    P[arange(400), top] = confidence
    shy = (confidence * 7).astype(int) % 2 == 0  # in every other bin nine of ten are right
    right = (rng.uniform(0, 1, 400) < 0.9) == shy
    yield P, _where(right, top, (top + 1) % 10), 7
    yield array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]]), array([0, 1, 1, 0]), 2
    for n, k, n_bins in [(200, 10, 10), (60, 3, 7), (5, 4, 20), (1, 2, 10)]:
        P = rng.uniform(0, 1, (n, k)) ** 4 + 1e-3
        yield P / P.sum(axis=1)[:, None], rng.integers(0, k, n), n_bins
    yield array([[1.0, 0.0], [0.0, 1.0], [0.75, 0.25]]), array([0, 0, 0]), 10


def _calibration_slips(rows, own, n_bins, n_classes, error_of):
    """What known mistakes give for the error, each with words."""
    n = len(rows)

    def between(low, high, bins=n_bins):
        return lambda c: min(int((c - low) / ((high - low) or 1) * bins), bins - 1)

    number, bins, most = between(0, 1), {}, n_bins - 1
    for row in rows:
        bins.setdefault(number(row[0]), []).append(row)
    gaps = {j: sum(c - hit for c, hit in members) for j, members in bins.items()}
    means = [abs(gap) / len(bins[j]) for j, gap in gaps.items()]
    centred = [abs(sum((j + 0.5) / n_bins - hit for _, hit in bins[j])) for j in bins]
    alike = [[sorted(rows)[i] for i in part] for part in array_split(arange(n), n_bins)]
    lowest, highest = min(rows)[0], max(rows)[0]
    overall = sum(gaps.values()) / n
    weight = "Weight each bin by its share of the rows"
    within = "Compare within each bin, and take the size of each difference (abs) before the sum"
    edges = "The bins go from 0 to 1, whatever the confidences are"
    last = "A confidence of 1 belongs to the last bin"
    return [
        (sum(abs(sum(c - hit for c, hit in m if c < 1)) for m in bins.values()) / n, last),
        (error_of(own, number), "Confidence is the largest probability of a row, not the own one"),
        (sum(means) / len(means), weight),
        (sum(means) / n_bins, weight),
        (sum(means), weight),
        (max(means), "All bins count, not the worst alone: weight each by its share of the rows"),
        (overall, within),
        (-overall, within),
        (sum(abs(c - hit) for c, hit in rows) / n, "Take the means of each bin first, then abs"),
        (sum(gap**2 / len(bins[j]) for j, gap in gaps.items()) / n, "Take abs, no square"),
        (error_of(rows, lambda c: min(round(c * n_bins), most)), "Round down: astype(int)"),
        (error_of(rows, between(lowest, highest)), edges),
        (error_of(rows, between(1 / n_classes, 1)), edges),
        (sum(abs(gap) for j, gap in gaps.items() if j) / n, "The first bin is left out"),
        (sum(abs(gap) for j, gap in gaps.items() if j < most) / n, "The last bin is left out"),
        (error_of(rows, between(0, 1, 10)), "n_bins is an argument, not always 10"),
        (sum(centred) / n, "Take the mean confidence of a bin, not its middle"),
        (sum(abs(sum(c - hit for c, hit in part)) for part in alike) / n,
         "The bins are equally wide, not equally full"),
        (n * error_of(rows, number), "Divide by the number of rows"),
    ]  # fmt: skip


def check_digit_reader(function):
    """Check digit_reader(seed): within the budget, 0.92 of held-out digits over ten splits."""
    _expect_accuracy(function, 0.92)


def check_good_reader(function):
    """Check digit_reader(seed): within the budget, 0.94 of held-out digits over ten splits."""
    _expect_accuracy(function, 0.94)


def _expect_accuracy(function, least):
    from nnlib.datasets import load_mnist

    with catch_warnings():
        simplefilter("ignore")  # the sample is what is asked for here
        digits = load_mnist(source="sample")
    x, y = digits.x_train, digits.y_train  # the test rows are for the report
    _expect_seeded(function, x, y)
    scores, losses = zip(*(_run(function, seed, x, y) for seed in range(10)), strict=True)
    mean = sum(scores) / len(scores)
    if mean < least:
        raise AssertionError(
            f"the mean over ten splits is {mean:.3f} (from {min(scores):.3f} to "
            f"{max(scores):.3f}), {least} is asked. {_advice(function, scores, losses, x, y)}"
        )


def _run(function, seed, x, y, slower=1):
    """Train for 10 epochs on 1,150 rows; the accuracy on the others, and the training loss."""
    from threadpoolctl import threadpool_limits

    from nnlib import Sequential

    order = default_rng(100 + seed).permutation(len(x))
    train, aside = order[:1150], order[1150:]
    model, batch_size = _expect_model(function(seed), x[aside], y[aside])
    if slower > 1:
        rate = model.optimizer.learning_rate
        scaled = (lambda step: rate(step) / slower) if callable(rate) else rate / slower
        model.optimizer.learning_rate = scaled
    how = {"batch_size": batch_size, "epochs": 10, "verbose": 0}
    try:
        with threadpool_limits(1):  # small matrices: a second thread costs more than it saves
            history = Sequential.fit(model, x[train], y[train], **how).history
    except FloatingPointError as error:
        raise AssertionError(f"the learning rate is too large for this network: {error}") from None
    guesses = Sequential.predict(model, x[aside]).argmax(axis=1)
    return float((guesses == y[aside]).mean()), history["loss"][-1]


def _advice(function, scores, losses, x, y):
    """What to try next; the worst run is repeated at a third of its rate."""
    model, batch_size = function(0)
    steps = 10 * -(-1150 // index(batch_size))
    rate = getattr(model.optimizer, "learning_rate", None)
    if callable(rate) and rate(steps // 2) < rate(0) / 20:
        return (
            f"The rate has fallen to almost 0 by the middle of the {steps} steps: a schedule "
            "counts steps, not epochs"
        )
    worst = max(losses)
    slow = worst if rate is None else _run(function, losses.index(worst), x, y, slower=3)[1]
    if slow < 0.85 * worst:
        return (
            "The steps are too large: at a third of the rate the worst run ends with a training "
            f"loss of {slow:.2f} instead of {worst:.2f}"
        )
    if min(scores) < 0.75 < max(scores) and "relu" in {
        layer.activation.name for layer in model.layers
    }:
        return "Some runs are stuck: dead ReLU units stay dead, and with few units each counts"
    if sum(losses) / len(losses) > 0.3:
        return "The training loss is still high after 10 epochs: take larger steps, or more of them"
    return "Compare recipes on validation rows: start, activation, optimizer, rate, batch size"


def _expect_seeded(function, x, y):
    first, again, other = (
        _expect_model(function(seed), x, y)[0].get_weights() for seed in (0, 0, 1)
    )
    assert any(_any(array) for array in first), "all starting weights are 0: the units stay alike"
    seeded = "make a new Sequential([…], seed=seed) in each call"
    same = all(_all(a == b) for a, b in zip(first, again, strict=True))
    assert same, f"seed 0 gave two different starts: {seeded}"
    differ = any(_any(a != b) for a, b in zip(first, other, strict=True))
    assert differ, f"seeds 0 and 1 gave the same starting weights: {seeded}"


def _expect_model(answer, x, y):
    from nnlib import Sequential

    assert isinstance(answer, tuple | list) and len(answer) == 2, (
        "digit_reader returns two things: a compiled model and a batch size"
    )
    model, batch_size = answer
    assert type(batch_size) is not Sequential, "first the model, then the batch size"
    assert type(model) is Sequential and getattr(model, "loss", None), (
        "the first thing is a compiled Sequential: call compile before return"
    )
    assert not getattr(model.optimizer, "iterations", 0), (
        "the optimizer has taken steps before: make a new one in each call of digit_reader"
    )
    guesses = Sequential.predict(model, x)
    assert shape(guesses) == (len(x), 10), (
        f"for {len(x)} pictures the model gives {shape(guesses)}: ten outputs are asked"
    )
    count = sum(array.size for array in model.parameters)
    assert count <= 6_500, f"the model has {count:,} parameters, 6,500 are allowed"
    known = float((guesses.argmax(axis=1) == y).mean())
    assert known < 0.5, (
        f"the model reads {known:.2f} of the digits before any training: return a fresh one"
    )
    return model, _expect_batch_size(batch_size)


def _expect_batch_size(value):
    try:
        number = index(value)
    except TypeError:
        number = 0
    assert number >= 4, (
        f"the second thing is a batch size, a whole number of at least 4, got {value!r}"
    )
    return number

"""Checkers for problem set 5: honest rows, moved digits, calibration, and a small reader."""

from warnings import catch_warnings, simplefilter

from numpy import abs as _abs
from numpy import all as _all
from numpy import any as _any
from numpy import array, asarray, concatenate, pad, shape
from numpy import float32 as _float32
from numpy.random import default_rng

from nnlib.checks._tools import _call, _expect_array, _first_that_fits

__all__ = [
    "check_calibration_error",
    "check_digit_reader",
    "check_good_reader",
    "check_shift_randomly",
    "check_split_rows",
]


def check_split_rows(function):
    """Check split_rows(y, share, rng): the same share of each class is set aside."""
    for counts, share in [((10, 20, 30), 0.2), ((9, 15, 4), 0.25), ((40, 0, 60), 0.1)]:
        y = array([c for c, count in enumerate(counts) for _ in range(count)])
        y = y[default_rng(50).permutation(len(y))]
        given = f"{len(y)} labels and a share of {share}"
        train, chosen = _expect_rows(_call(function, y, share, default_rng(0)), y, given)
        both = sorted({*train} & {*chosen})
        assert not both, f"{given}: row {both[0]} is in both parts"
        missing = sorted({*range(len(y))} - {*train} - {*chosen})
        assert not missing, f"{given}: {len(missing)} rows are in neither part"
        for c, count in enumerate(counts):
            wanted = round(share * count)
            found = sum(int(y[row]) == c for row in chosen)
            swapped = sum(int(y[row]) == c for row in train) == wanted != found
            assert not swapped or count == 0, (
                f"{given}: the parts are swapped: first the rows to train on"
            )
            assert found == wanted, (
                f"{given}: {found} of the {count} rows of class {c} are set aside, {wanted} are "
                "asked: choose within each class, round(share * count) rows"
            )
    y = array([0, 1] * 50)
    drawn = [_expect_rows(function(y.copy(), 0.2, default_rng(s)), y, "100 labels")[1]
             for s in (0, 0, 1)]  # fmt: skip
    assert drawn[0] == drawn[1], "two equal generators gave two splits: draw from rng alone"
    assert sorted(drawn[0]) != sorted(drawn[2]), (
        "two generators chose the same rows: choose at random, with rng"
    )
    assert max(drawn[0]) - min(drawn[0]) > 40, "neighbouring rows were chosen: draw them at random"


def _expect_rows(result, y, given):
    assert isinstance(result, tuple | list) and len(result) == 2, (
        f"{given}: return two arrays of row numbers, those to train on and those set aside"
    )
    parts = []
    for part in result:
        part = asarray(part)
        assert part.ndim == 1 and (part.dtype.kind in "iu" or part.size == 0), (
            f"{given}: row numbers are whole numbers along one axis, got {part.dtype} of shape "
            f"{part.shape}"
        )
        rows = [int(row) for row in part]
        assert all(0 <= row < len(y) for row in rows), f"{given}: row {max(rows)} does not exist"
        assert len(rows) == len({*rows}), (
            f"{given}: a row came twice: return row numbers, not labels, each once"
        )
        parts.append(rows)
    return parts


def check_shift_randomly(function):
    """Check shift_randomly(X, rng): every picture moved by -1, 0 or 1 pixel each way, on paper."""
    rng = default_rng(51)
    X = rng.uniform(0.1, 1, (400, 784)).astype(_float32)  # ink up to the edges
    result = _call(function, X, default_rng(0))
    assert result is not None, "the result is None: does the function return it?"
    assert shape(result) == X.shape, (
        f"the result has shape {shape(result)}, expected {X.shape}: pictures go back to rows of 784"
    )
    assert asarray(result).dtype == _float32, (
        f"the type is {asarray(result).dtype}: float32 goes in, float32 comes out (np.zeros_like)"
    )
    moves = [_move_of(before, after) for before, after in zip(X, asarray(result), strict=True)]
    kinds = {*moves}
    assert len(kinds) > 1, f"all pictures were moved alike, by {moves[0]}: draw a move for each"
    missing = {(d, r) for d in (-1, 0, 1) for r in (-1, 0, 1)} - kinds
    assert not missing, (
        f"the move (down, right) = {min(missing)} never came among 400: each way -1, 0 or 1. "
        "The upper end of rng.integers(-1, 2) is left out"
    )
    counts = [moves.count(kind) for kind in kinds]
    assert max(counts) < 80, (
        f"the move {max(kinds, key=moves.count)} came {max(counts)} times of 400: "
        "all nine should be equally likely"
    )
    again, other = (asarray(function(X.copy(), default_rng(s))) for s in (0, 1))
    assert _all(again == result), "equal generators gave unequal moves: draw from rng alone"
    assert _any(other != result), "two generators gave the same moves: draw from rng"


def _move_of(before, after):
    """By how much a picture was moved, down and right; an error in words if it was not."""
    before, after = before.reshape(28, 28), after.reshape(28, 28)
    wide = pad(before, 1)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if _all(after == wide[1 - down : 29 - down, 1 - right : 29 - right]):
                return down, right
            if _all(after[1:-1, 1:-1] == before[1 - down : 27 - down, 1 - right : 27 - right]):
                raise AssertionError(
                    f"a picture moved by (down, right) = {(down, right)} has ink where paper "
                    "should come in: what leaves on one side must not return on the other"
                )
    raise AssertionError(
        "a picture is not its old self moved by at most one pixel each way: is its row made "
        "28 x 28 first, and is each picture moved once?"
    )


def check_calibration_error(function):
    """Check calibration_error(P, y, n_bins): by how much confidence and accuracy differ."""

    def error_of(P, y, n_bins, own=False, equal=False, signed=False, square=False, open_end=False):
        bins = {}
        for row, label in zip(P.tolist(), y.tolist(), strict=True):
            top = row[label] if own else max(row)
            if open_end and top == 1.0:
                continue
            key = min(int(top * n_bins), n_bins - 1)
            bins.setdefault(key, []).append((top, float(row.index(max(row)) == label)))
        total = 0.0
        for members in bins.values():
            size = len(members)
            gap = sum(right for _, right in members) / size - sum(c for c, _ in members) / size
            gap = gap if signed else abs(gap)
            gap = gap * gap if square else gap
            total += gap / len(bins) if equal else gap * size / len(y)
        return total

    slips = [
        ({"open_end": True}, "A confidence of 1 belongs to the last bin"),
        ({"own": True}, "Confidence is the largest probability of a row, whatever the true class"),
        ({"equal": True}, "Weight each bin by its share of the rows"),
        ({"n_bins": 1}, "Compare within each bin, not over all rows at once"),
        ({"signed": True}, "Take the size of each difference: abs"),
        ({"square": True}, "Take the size of each difference, no square"),
    ]
    worked = array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.45, 0.55]]), array([0, 1, 1, 0]), 2
    rng, cases = default_rng(52), [worked]
    for n, k, n_bins in [(200, 10, 10), (60, 3, 5), (5, 4, 20), (1, 2, 10)]:
        P = rng.uniform(0, 1, (n, k)) ** 4 + 1e-3
        cases.append((P / P.sum(axis=1)[:, None], rng.integers(0, k, n), n_bins))
    cases.append((array([[1.0, 0.0], [0.0, 1.0], [0.75, 0.25]]), array([0, 0, 0]), 10))
    for P, y, n_bins in cases:
        right = error_of(P, y, n_bins)
        wrong = [(error_of(P, y, **({"n_bins": n_bins} | slip)), words) for slip, words in slips]
        wrong += [(-value, words) for value, words in wrong if "abs" in words]
        wrong.append((right * len(y), "Divide by the number of rows"))
        result = _call(function, P, y, n_bins)
        try:
            _expect_array(result, right, f"the error of {len(P)} rows with {n_bins} bins")
        except AssertionError as error:
            words = ""
            if "NaN" in str(error):
                words = "The mean of an empty bin is NaN: leave empty bins out"
            elif shape(result) == () and result is not None:
                fits = [(value, hint) for value, hint in wrong if _abs(value - right) > 1e-9]
                words = _first_that_fits(float(result), fits)
            raise AssertionError(f"{error}. {words}" if words else str(error)) from None


def check_digit_reader(function):
    """Check digit_reader(seed): within the budget, 0.92 of held-out digits over five splits."""
    _expect_accuracy(function, 0.92)


def check_good_reader(function):
    """Check digit_reader(seed): within the budget, 0.95 of held-out digits over five splits."""
    _expect_accuracy(function, 0.95)


def _expect_accuracy(function, least):
    """Train what the function returns for 10 epochs on 1,437 of the 1,797 digits, five times."""
    from nnlib.datasets import load_mnist

    with catch_warnings():
        simplefilter("ignore")  # the sample is what is asked for here
        digits = load_mnist(source="sample")
    x = concatenate([digits.x_train, digits.x_test])
    y = concatenate([digits.y_train, digits.y_test])
    scores = []
    for seed in range(5):
        order = default_rng(100 + seed).permutation(len(x))
        train, test = order[:1437], order[1437:]
        model, batch_size = _expect_model(function(seed), x[test], y[test])
        losses = _losses_of_fit(model, x[train], y[train], batch_size)
        guesses = model.predict(x[test]).argmax(axis=1)
        scores.append(float((guesses == y[test]).mean()))
    mean = sum(scores) / len(scores)
    text = ", ".join(f"{score:.3f}" for score in scores)
    assert mean >= least, (
        f"the mean over five splits is {mean:.3f}, {least} is asked ({text}). "
        f"{_advice(scores, losses[-1])}"
    )


def _losses_of_fit(model, x, y, batch_size):
    from threadpoolctl import threadpool_limits

    try:
        with threadpool_limits(1):  # small matrices: a second thread costs more than it saves
            return model.fit(x, y, batch_size=batch_size, epochs=10, verbose=0).history["loss"]
    except FloatingPointError as error:
        raise AssertionError(f"the learning rate is too large for this network: {error}") from None


def _advice(scores, loss):
    if min(scores) < 0.75 < max(scores):
        return "Some runs are stuck: large steps kill ReLU units, and with few units each counts"
    if loss > 0.3:
        return "The training loss is still high after 10 epochs: take larger steps, or more of them"
    return "Compare recipes on validation rows: start, activation, optimizer, rate, batch size"


def _expect_model(answer, x, y):
    from nnlib import Sequential

    assert isinstance(answer, tuple | list) and len(answer) == 2, (
        "digit_reader returns two things: a compiled model and a batch size"
    )
    model, batch_size = answer
    assert type(model) is Sequential and getattr(model, "loss", None), (
        "the first thing is a compiled Sequential: call compile before return"
    )
    guesses = model.predict(x)
    assert shape(guesses) == (len(x), 10), (
        f"for {len(x)} pictures the model gives {shape(guesses)}: ten outputs are asked"
    )
    count = model.count_params()
    assert count <= 6_500, f"the model has {count:,} parameters, 6,500 are allowed"
    known = float((guesses.argmax(axis=1) == y).mean())
    assert known < 0.5, (
        f"the model reads {known:.2f} of the digits before any training: return a fresh one"
    )
    assert isinstance(batch_size, int) and batch_size >= 4, (
        f"the second thing is a batch size, a whole number of at least 4, got {batch_size!r}"
    )
    return model, batch_size

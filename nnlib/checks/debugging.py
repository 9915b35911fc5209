"""Checkers for page 09: diagnoses, and a test that has to find five bugs."""

from numpy import errstate, exp, exp2

__all__ = [
    "check_first_patient",
    "check_second_patient",
    "check_softmax_test",
    "check_third_patient",
]

_WOULD_SHOW = {
    "features on different scales": "data_findings would name the spreads",
    "labels that do not belong to their rows": (
        "the network would know its own rows by heart and be no better than chance on others"
    ),
    "a hidden layer that is dead from the start": (
        "layer_statistics would count all units of a layer as dead, and the first loss would be "
        "ln 3 if the last bias is 0"
    ),
    "softmax over the whole batch": (
        "no row of probabilities would sum to 1, and a loss computed from them would start at the "
        "logarithm of rows times classes"
    ),
    "the bias's gradient is a mean": "check_gradients would name the biases, and nothing else",
    "the slope of an activation is wrong": (
        "check_gradients would fail below the output layer, before the first step too"
    ),
    "weights change before the gradient is passed on": (
        "every gradient check would pass, and losses[1] would be wrong already"
    ),
    "values of an old forward pass are used": (
        "the first gradient check would pass, and one after a step would fail"
    ),
    "the last rows are never used": "an epoch would see fewer rows than there are",
}


def check_first_patient(diagnosis):
    """Check the diagnosis of bugs.patient(1)."""
    hints = {
        "a hidden layer that is dead from the start": (
            "Most units of the first layer are dead, but why? Ask the first question of all"
        )
    }
    _expect_diagnosis(diagnosis, "features on different scales", hints)


def check_second_patient(diagnosis):
    """Check the diagnosis of bugs.patient(2)."""
    hints = {
        "the slope of an activation is wrong": (
            "W3 and b3, above all slopes, fail the gradient check too; and look at the first loss"
        ),
        "the bias's gradient is a mean": (
            "The weights fail the gradient check as well as the biases; and look at the first loss"
        ),
    }
    _expect_diagnosis(diagnosis, "softmax over the whole batch", hints)


def check_third_patient(diagnosis):
    """Check the diagnosis of bugs.patient(3)."""
    hints = {
        "the slope of an activation is wrong": (
            "The first gradient check passes, and a wrong slope would be wrong from the start"
        ),
        "weights change before the gradient is passed on": (
            "A gradient check takes no step, so this would pass it every time: check after a step"
        ),
    }
    _expect_diagnosis(diagnosis, "values of an old forward pass are used", hints)


def _expect_diagnosis(diagnosis, expected, hints):
    if diagnosis is ...:
        raise NotImplementedError
    assert isinstance(diagnosis, str), f"a diagnosis is one of the texts above, not {diagnosis!r}"
    assert diagnosis in _WOULD_SHOW, f"{diagnosis!r} is none of bugs.DIAGNOSES: copy one of them"
    hint = hints.get(diagnosis, f"If so, {_WOULD_SHOW[diagnosis]}")
    assert diagnosis == expected, f"{diagnosis}? {hint}"


def check_softmax_test(function):
    """Check a test of softmax: it lets the right one pass and fails for each of five bugs."""
    with errstate(all="ignore"):
        try:
            function(_softmax)
        except AssertionError as error:
            said = f" It says: {error}" if str(error) else ""
            raise AssertionError(f"your test fails for the right softmax.{said}") from None
        for softmax, survivor in _BUGS:
            try:
                function(softmax)
            except Exception:
                continue  # killed
            raise AssertionError(f"a bug survives your test: {survivor}")


def _softmax(Z):
    E = exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


def _softmax_of_everything(Z):
    E = exp(Z - Z.max())
    return E / E.sum()


def _softmax_of_columns(Z):
    E = exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def _softmax_with_one_maximum(Z):
    E = exp(Z - Z.max())
    return E / E.sum(axis=-1, keepdims=True)


def _softmax_without_shift(Z):
    E = exp(Z)
    return E / E.sum(axis=-1, keepdims=True)


def _softmax_to_the_base_2(Z):
    E = exp2(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


_BUGS = [
    (
        _softmax_of_everything,
        "softmax over the whole batch. Give it two rows, and look at the sums",
    ),
    (_softmax_of_columns, "softmax down the columns. Look at the sum of each row"),
    (_softmax_without_shift, "softmax without a shift. Give it a score of 1000"),
    (
        _softmax_with_one_maximum,
        "softmax shifted by the largest score of the batch. Give it two rows, 1000 apart",
    ),
    (
        _softmax_to_the_base_2,
        "powers of 2 instead of e. Its rows sum to 1 too: compare one with numbers worked out",
    ),
]

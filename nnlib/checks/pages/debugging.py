"""Page 09: diagnoses, and a test that has to find five bugs."""

import numpy as np
from numpy import asarray, errstate, exp, exp2

from nnlib import bugs
from nnlib.checks.exercise import Exercise

__all__ = [
    "check_first_patient",
    "check_second_patient",
    "check_softmax_test",
    "check_third_patient",
]

WOULD_SHOW = {
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


def diagnosis_of(name, number, right, instead):
    """The exercise of a patient; `instead` holds what to say of wrong diagnoses that lie near."""

    def read(diagnosis):
        assert isinstance(diagnosis, str), (
            "a diagnosis is one of the texts of bugs.DIAGNOSES, in quotation marks"
        )
        said = diagnosis.strip().lower()
        assert said in bugs.DIAGNOSES, f"{diagnosis!r} is none of bugs.DIAGNOSES: copy one of them"
        assert said == right, f"{said!r} is not what is wrong with bugs.patient({number})"
        return said

    check = Exercise(
        f"{name}(diagnosis)", f"what is wrong with bugs.patient({number}), one of bugs.DIAGNOSES",
        [()], takes=(), observe=lambda diagnosis: diagnosis, read=read,
    )  # fmt: skip
    check.reference(right)
    check.right(f" {right.capitalize()} ")
    for guess in bugs.DIAGNOSES:
        if guess != right:
            check.mistake(instead.get(guess, f"If it were, {WOULD_SHOW[guess]}"), guess)
    check.mistake("none of bugs.DIAGNOSES: copy one of them", "bad luck")
    check.mistake("one of the texts of bugs.DIAGNOSES", 3)
    return check


check_first_patient = diagnosis_of(
    "first_patient",
    1,
    "features on different scales",
    {
        "a hidden layer that is dead from the start": (
            "Most units of the first layer are dead, but why? Ask the first question of all"
        )
    },
)
check_second_patient = diagnosis_of(
    "second_patient",
    2,
    "softmax over the whole batch",
    {
        "the slope of an activation is wrong": (
            "W3 and b3, above all slopes, fail the gradient check too; and look at the first loss"
        ),
        "the bias's gradient is a mean": (
            "The weights fail the gradient check as well as the biases; and look at the first loss"
        ),
    },
)
check_third_patient = diagnosis_of(
    "third_patient",
    3,
    "values of an old forward pass are used",
    {
        "the slope of an activation is wrong": (
            "The first gradient check passes, and a wrong slope would be wrong from the start"
        ),
        "weights change before the gradient is passed on": (
            "A gradient check takes no step, so this would pass it every time: check after a step"
        ),
    },
)


def softmax(Z):
    E = exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


def softmax_of_columns(Z):
    E = exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def softmax_to_the_base_2(Z):
    E = exp2(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


SOFTMAX = {
    "the right softmax": (softmax, ""),
    "softmax over the whole batch": (
        bugs.softmax_of_everything,
        "Give it two rows, and look at the sums",
    ),
    "softmax down the columns": (softmax_of_columns, "Look at the sum of each row"),
    "softmax without a shift": (bugs.softmax_without_shift, "Give it a score of 1000"),
    "softmax shifted by the largest score of the batch": (
        bugs.softmax_with_one_maximum,
        "Give it two rows, 1000 apart",
    ),
    "powers of 2 instead of e": (
        softmax_to_the_base_2,
        "Its rows sum to 1 too: compare one with numbers worked out",
    ),
}


def observe_test(test, name):
    """What a test does with one softmax: whether it fails, what it says, what it returns."""
    tested, _ = SOFTMAX[name]
    try:
        with errstate(all="ignore"):
            returned = test(lambda Z: tested(asarray(Z)))
    except AssertionError as error:
        return {"fails": True, "says": str(error)}
    except Exception:
        if tested is softmax:
            raise
        return {"fails": True}
    return {"fails": False, "returns": "" if returned is None else str(returned)[:60]}


def read_test(seen, name):
    _, cure = SOFTMAX[name]
    if not cure:
        doubt = "Is a number not worked out rightly, or compared with == instead of np.allclose?"
        says = f"It says: {seen['says']}" if seen.get("says") else doubt
        assert not seen["fails"], f"your test fails for the right softmax. {says}"
    elif not seen["fails"]:
        returned = f"Your test returned {seen['returns']}: let it fail by `assert` instead"
        raise AssertionError(
            f"a bug survives your test: {name}. {returned if seen['returns'] else cure}"
        )
    return "as it should be"


check_softmax_test = Exercise(
    "softmax_test(softmax)",
    "a test that lets the right softmax pass and fails for each of five wrong ones",
    [(name,) for name in SOFTMAX],
    observe=observe_test,
    read=read_test,
)


@check_softmax_test.reference
def test_softmax(softmax):
    A = softmax(np.array([[1000.0, 1000.0, 0.0], [0.0, 0.0, np.log(2)]]))
    assert np.allclose(A, [[1 / 2, 1 / 2, 0], [1 / 4, 1 / 4, 1 / 2]])


@check_softmax_test.right
def _(softmax):
    np.testing.assert_allclose(softmax([[1000, 0], [0, 0]]), [[1, 0], [0.5, 0.5]])
    assert 0.73 < softmax(np.array([1.0, 0.0]))[0] < 0.74
    return True


def _expects(Z, expected=None, close=np.allclose):
    """A test of one batch: of its answers, or of the sums of its rows alone."""

    def test(softmax):
        A = softmax(np.array(Z, dtype=float))
        assert close(A.sum(axis=-1) if expected is None else A, 1 if expected is None else expected)

    return test


@check_softmax_test.mistake("fails for the right softmax. It says: one half")
def _(softmax):
    assert softmax(np.zeros((1, 3)))[0, 0] == 0.5, "one half"


@check_softmax_test.mistake("Your test returned False: let it fail by `assert` instead")
def _(softmax):
    return np.allclose(softmax(np.array([[1.0, 2.0], [1.0, 1.0]])).sum(axis=1), 1)


for _says, _answer in (
    ("Is a number not worked out rightly, or compared with == instead of np.allclose?",
     _expects([[0, 0, np.log(3)]], [[0.2, 0.2, 0.6]], np.array_equal)),
    ("Call softmax, and `assert` what must hold of its numbers: shapes find none of these bugs",
     lambda softmax: softmax(np.zeros((2, 3))).shape == (2, 3) and None),
    ("softmax over the whole batch. Give it two rows", _expects([[0, 0, 0]], 1 / 3)),
    ("softmax over the whole batch. Give it two rows", _expects([0, np.log(3)], [0.25, 0.75])),
    ("softmax down the columns. Look at the sum of each row", _expects([[0, 0], [0, 0]])),
    ("softmax without a shift. Give it a score of 1000", _expects([[1, 2, 3], [0, 0, 0]])),
    ("softmax without a shift. Give it a score of 1000",
     _expects([[0, np.log(3)], [0, 0]], [[0.25, 0.75], [0.5, 0.5]])),
    ("the largest score of the batch. Give it two rows, 1000 apart",
     _expects([[1000, 0, 0], [1000, 1000, 0]], [[1, 0, 0], [0.5, 0.5, 0]])),
    ("powers of 2 instead of e. Its rows sum to 1 too", _expects([[1, 2, 3], [1000] * 3])),
):  # fmt: skip
    check_softmax_test.mistake(_says, _answer)

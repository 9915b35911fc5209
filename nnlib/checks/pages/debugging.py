"""Page 09: diagnoses, and a test that has to find five bugs."""

from numpy import asarray, errstate, exp, log

from nnlib import bugs
from nnlib.checks.exercise import Exercise

# fmt: off
__all__ = ["check_first_patient", "check_second_patient", "check_softmax_test",
           "check_third_patient"]

WOULD_SHOW = {
    "features on different scales": "data_findings would name the spreads",
    "labels that do not belong to their rows": "the network would only guess on other rows",
    "a hidden layer that is dead from the start": "layer_statistics would count a layer as dead",
    "softmax over the whole batch": "no row of probabilities would sum to 1",
    "the bias's gradient is a mean": "check_gradients would name the biases, and nothing else",
    "the slope of an activation is wrong": "check_gradients would fail below the last layer",
    "weights change before the gradient is passed on":
        "every gradient check would pass, and losses[1] would be wrong already",
    "values of an old forward pass are used": "only a gradient check after a step would fail",
    "the last rows are never used": "an epoch would see fewer rows than there are",
}


def diagnosis_of(name, number, right, instead):
    """The exercise of a patient; `instead` holds what to say of wrong diagnoses that lie near."""
    def read(diagnosis):
        said = f"{diagnosis}".strip().lower()
        assert said in bugs.DIAGNOSES, (
            f"{diagnosis!r} is none of bugs.DIAGNOSES: copy one of them, in quotation marks")
        assert said == right, f"{said!r} is not what is wrong with bugs.patient({number})"

    check = Exercise(
        f"{name}(diagnosis)", f"what is wrong with bugs.patient({number}), one of bugs.DIAGNOSES",
        [()], takes=(), observe=lambda diagnosis: diagnosis, read=read)
    check.reference(right)
    check.right(f" {right.capitalize()} ")
    shows = {guess: f"If it were, {show}" for guess, show in WOULD_SHOW.items() if guess != right}
    check.knows({says: guess for guess, says in (shows | instead).items()})
    check.knows({"copy one of them, in quotation marks": ["bad luck", 3]})
    return check


check_first_patient = diagnosis_of("first_patient", 1, "features on different scales", {
    "a hidden layer that is dead from the start":
        "Most units of the first layer are dead, but why? Ask the first question of all",
})
check_second_patient = diagnosis_of("second_patient", 2, "softmax over the whole batch", {
    "the slope of an activation is wrong":
        "W3 and b3, above all slopes, fail the gradient check too; and look at the first loss",
    "the bias's gradient is a mean":
        "The weights fail the gradient check as well as the biases; and look at the first loss",
})
check_third_patient = diagnosis_of("third_patient", 3, "values of an old forward pass are used", {
    "the slope of an activation is wrong":
        "The first gradient check passes, and a wrong slope would be wrong from the start",
    "weights change before the gradient is passed on":
        "A gradient check takes no step, so this would pass it every time: check after a step",
})


def softmax(Z):
    E = exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


RIGHT = "the right softmax"
SOFTMAX = {  # and what to say of a test that is wrong about it
    RIGHT: (softmax, "Is a number not worked out rightly, or compared with == instead of "
                     "np.allclose?"),
    "softmax over the whole batch":
        (bugs.softmax_of_everything, "Give it two rows, and look at the sums"),
    "softmax down the columns": (lambda Z: softmax(Z.T).T, "Look at the sum of each row"),
    "softmax without a shift": (bugs.softmax_without_shift, "Give it a score of 1000"),
    "softmax shifted by the largest score of the batch":
        (bugs.softmax_with_one_maximum, "Give it two rows, 1000 apart"),
    "powers of 2 instead of e":
        (lambda Z: softmax(Z * log(2)), "Its rows sum to 1 too: compare one with worked numbers"),
}


def observe_test(test, name):
    """What a test does with one softmax: whether it fails, what it says, what it returns."""
    try:
        with errstate(all="ignore"):
            returned = test(lambda Z: SOFTMAX[name][0](asarray(Z)))
    except Exception as error:
        if name == RIGHT and not isinstance(error, AssertionError):
            raise
        return {"fails": True, "says": str(error)}
    return {"fails": False, "says": "" if returned is None else str(returned)[:60]}


def read_test(seen, name):
    fails, says, helps = seen["fails"], seen["says"], SOFTMAX[name][1]
    if name == RIGHT:
        helps = f"It says: {says}" if says else helps
        assert not fails, f"your test fails for the right softmax. {helps}"
    elif not fails:
        helps = f"Your test returned {says}: let it fail by `assert` instead" if says else helps
        raise AssertionError(f"a bug survives your test: {name}. {helps}")


check_softmax_test = Exercise(
    "softmax_test(softmax)",
    "a test that lets the right softmax pass and fails for each of five wrong ones",
    [(name,) for name in SOFTMAX], observe=observe_test, read=read_test,
)
check_softmax_test.slips("""
def softmax_test(softmax):
    A = softmax([[1000, 1000, 0], [0, 0, np.log(2)]])
    np.testing.assert_allclose(A, [[1 / 2, 1 / 2, 0], [1 / 4, 1 / 4, 1 / 2]])
    return True
""", {
    "fails for the right softmax. It says: one half":
        "assert softmax(np.zeros((1, 3)))[0, 0] == 0.5, 'one half'",
    "Your test returned False: let it fail by `assert` instead":
        "return np.allclose(softmax(np.array([[1.0, 2.0], [1.0, 1.0]])).sum(axis=1), 1)",
    "Is a number not worked out rightly, or compared with == instead of np.allclose?":
        ("np.log(2)", "np.log(3)"),
    "Call softmax, and `assert` what must hold of its numbers: shapes find none of these bugs":
        "assert softmax(np.zeros((2, 3))).shape == (2, 3)",
    "softmax over the whole batch. Give it two rows": [
        "assert np.allclose(softmax([[0, 0, 0]]), 1 / 3)",
        "assert np.allclose(softmax([0, np.log(3)]), [0.25, 0.75])"],
    "softmax down the columns. Look at the sum of each row":
        "assert np.allclose(softmax(np.zeros((2, 2))).sum(axis=1), 1)",
    "softmax without a shift. Give it a score of 1000":
        ("1000", "0", "[1 / 2, 1 / 2, 0]", "[1 / 3] * 3"),
    "the largest score of the batch. Give it two rows, 1000 apart":
        ("[0, 0, np.log(2)]", "[1000, 0, 0]", "[1 / 4, 1 / 4, 1 / 2]", "[1, 0, 0]"),
    "powers of 2 instead of e. Its rows sum to 1 too":
        "assert np.allclose(softmax([[1, 2, 3], [1000] * 3]).sum(axis=1), 1)",
})
check_softmax_test.reference(check_softmax_test.rights[0])
# fmt: on

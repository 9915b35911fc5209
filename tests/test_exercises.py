"""The engine of the checks: running an answer, watching it, judging what it did."""

import functools
import operator
import time

import numpy as np
import pytest
from numpy import logaddexp as same_by_another_name
from numpy import matmul as times

from nnlib import layers, losses
from nnlib.checks import Exercise, examine, running, try_check
from nnlib.checks.differences import difference

X, W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([[1.0, -1.0, 2.0], [0.5, 2.0, 1.0]])


def by_loops(X, W):
    Z = np.zeros((len(X), W.shape[1]))
    for i, j, m in np.ndindex(*Z.shape, len(W)):
        Z[i, j] += X[i, m] * W[m, j]
    return Z


def product(**options):
    exercise = Exercise("product(X, W)", "the matrix product", [(X, W), (X[:1], W)], **options)
    exercise.reference(by_loops)
    return exercise


NUMBERS = [(3.0,), (np.array([1.0, 2.0]),)]


def double(cases=NUMBERS, **options):
    exercise = Exercise("double(x)", "twice the number", cases, **options)
    exercise.reference(lambda x: x + x)
    exercise.mistake("This is the square", lambda x: x**2)
    exercise.mistake("This is the number itself", lambda x: x)
    return exercise


# --- forbidden tools

HELD, IN_A_LIST, IN_A_DICT = np.dot, [np.matmul], {"f": np.einsum}


class Callable:
    def __call__(self, X, W):
        return np.asarray(X) @ np.asarray(W)


class Holder:
    product = staticmethod(np.matmul)


def through_a_helper(X, W):
    return times(X, W)


def with_a_default(X, W, f=np.matmul):
    return f(X, W)


def in_a_closure():
    f = np.tensordot
    return lambda X, W: f(X, W, axes=1)


def in_a_generator(X, W):
    return np.array([row for row in (x @ W for x in X)])


def across_lines(X, W):
    return (
        X
        @
        W
    )  # fmt: skip


SMUGGLED = [
    np.matmul,
    functools.partial(np.matmul),
    operator.matmul,
    lambda X, W: X @ W,
    lambda X, W: X.dot(W),
    lambda X, W: X.__matmul__(W),
    lambda X, W: np.asarray(X) @ np.asarray(W),
    lambda X, W: np.array([[np.sum(x * w) for w in W.T] for x in X]),
    lambda X, W: np.array([[sum(x * w) for w in W.T] for x in X]),
    lambda X, W: np.array([[(x * w).sum() for w in W.T] for x in X]),
    lambda X, W: getattr(np, "mat" + "mul")(X, W),
    lambda X, W: __import__("numpy").einsum("ij,jk->ik", X, W),
    lambda X, W: next(map(np.matmul, [X], [W])),
    lambda X, W: np.array([[by_loops(x[None, :], w[:, None])[0, 0] for w in W.T] for x in X]),
    lambda X, W: HELD(X, W),
    lambda X, W: IN_A_LIST[0](X, W),
    lambda X, W: IN_A_DICT["f"]("ij,jk->ik", X, W),
    lambda X, W: Holder.product(X, W),
    lambda X, W: layers.dense_forward(X, W, np.zeros(W.shape[1])),
    Callable(),
    through_a_helper,
    with_a_default,
    in_a_closure(),
    in_a_generator,
    across_lines,
]
TOOLS = (
    *("@", ".T", "ndarray.dot", "ndarray.sum", "builtins.sum", "nnlib.layers"),
    *("numpy.matmul", "numpy.dot", "numpy.einsum", "numpy.tensordot", "numpy.sum"),
)


@pytest.mark.parametrize("answer", SMUGGLED)
def test_a_forbidden_tool_is_seen_by_whatever_name(answer):
    said = product(forbidden=TOOLS).verdict(answer)
    assert said and "the task is to" in said
    assert product().verdict(answer) is None


def matmul(X, W):
    return by_loops(X, W)


def with_dead_code(X, W):
    if len(X) < 0:
        return X @ W
    return by_loops(X, W)


@pytest.mark.parametrize("answer", [by_loops, matmul, with_dead_code, lambda X, W: matmul(X, W)])
def test_a_tool_that_does_nothing_or_only_bears_the_name_is_none(answer):
    assert product(forbidden=TOOLS).verdict(answer) is None


def test_what_was_replaced_is_put_back_whatever_happens():
    before = np.matmul, np.einsum, HELD, IN_A_LIST[0], Holder.product, with_a_default.__defaults__
    for answer in [*SMUGGLED, lambda X, W: 1 / 0, lambda X, W: HELD(X, X)]:
        product(forbidden=TOOLS).verdict(answer)
    after = np.matmul, np.einsum, HELD, IN_A_LIST[0], Holder.product, with_a_default.__defaults__
    assert all(one is other for one, other in zip(before, after, strict=True))


def test_functions_of_nnlib_and_methods_of_ufuncs_are_tools_too():
    exercise = Exercise(
        "total(Y, Z)", "log(e^Y + e^Z)", [(np.zeros(2), np.ones(2))],
        forbidden=("numpy.logaddexp", "nnlib.losses"),
    )  # fmt: skip
    exercise.reference(lambda Y, Z: np.log(np.exp(Y) + np.exp(Z)))
    for answer in (
        np.logaddexp,
        lambda Y, Z: [same_by_another_name(y, z) for y, z in zip(Y, Z, strict=True)],
        lambda Y, Z: np.logaddexp.reduce([Y, Z]),
        lambda Y, Z: exercise.answer(Y, Z) + 0 * losses.one_hot(np.array([0, 1]), 2)[0],
    ):
        assert "the task is to" in exercise.verdict(answer)


# --- running


def test_an_answer_gets_copies_and_may_change_them_unless_the_task_says_no():
    def in_place(x):
        x *= 2
        return x

    cases = [(np.array([1.0, 2.0]),)]
    assert double(cases).verdict(in_place) is None
    assert "changed its input, x: work on a copy" in double(cases, keeps=True).verdict(in_place)
    assert cases[0][0].tolist() == [1, 2]


def test_arguments_that_are_to_be_changed_are_compared_as_they_are_left():
    exercise = Exercise(
        "step(w, g)", "w - g, in place", [(np.ones(2), np.array([1.0, 2.0]))], changes=("w",)
    )

    @exercise.reference
    def step(w, g):
        w -= g

    def makes_a_new_one(w, g):
        w = w - g

    assert exercise.verdict(step) is None
    assert "w has not changed: w -= …" in exercise.verdict(makes_a_new_one)
    assert "return nothing: w themselves" in exercise.verdict(lambda w, g: w - g)


def test_an_endless_loop_is_met_in_words():
    def endless(x):
        while True:
            pass

    def that_catches_all(x):
        while True:
            try:
                while True:
                    pass
            except Exception:
                pass

    started = time.monotonic()
    for answer in (endless, that_catches_all):
        assert "does a loop never end?" in double(seconds=0.2).verdict(answer)
    assert time.monotonic() - started < 10


def test_an_endless_generator_is_met_in_words():
    exercise = Exercise(
        "numbers(n)", "0 to n - 1", [(3,)], observe=lambda answer, n: running.items(answer(n), 9)
    )
    exercise.reference(lambda n: iter(range(n)))

    def endless(n):
        while True:
            yield 0

    assert exercise.verdict(range) is None
    assert "more than 9 items came" in exercise.verdict(endless)


def unfinished(x):
    raise NotImplementedError


def test_who_has_not_begun_is_told_so(capsys):
    for answer in (..., unfinished):
        try_check(double(), answer)
    assert capsys.readouterr().out == "double: not attempted yet\n" * 2
    said = double().verdict(lambda x: unfinished(x))
    assert said.endswith("a function that yours calls is not attempted yet")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "hand over the function itself"),
        (6.0, "was it called, with brackets behind its name?"),
        (lambda x: None, "is None: does the function return it?"),
        (lambda x: str(2 * x), "is the text '6.0', a number is asked"),
        (lambda x: {"twice": 2 * x}, "is a dict of 1, a number is asked"),
        (lambda x: np.array([2 * x]), "has shape (1,), a single number is asked"),
        (lambda x: x > 0, "holds True and False: numbers are asked"),
        (lambda x: 1 / 0, "stopped with ZeroDivisionError"),
        (lambda x: np.nan, "holds NaN or infinity"),
        (lambda x: x[0, 0], "stopped with TypeError"),
        (lambda: 0, "takes 0 positional arguments but 1 was given"),
        (lambda x: 2 * x if np.size(x) == 1 else max(2 * x, x), "asks a whole array a yes-or-no"),
        (lambda x: 2 * x * (1 + 3e-5), "expected 6, got 6.0002"),
        (lambda x: exit(), "stopped with SystemExit"),
    ],
)
def test_whatever_is_handed_in_is_met_in_words(answer, words):
    assert words in double().verdict(answer)


def test_an_assert_in_an_answer_is_told_as_such():
    def asserts(x):
        assert np.ndim(x) == 0, "one number only"
        return 2 * x

    assert "an `assert` in your function failed: one number only" in double().verdict(asserts)


def test_strict_floats_see_an_overflow_that_is_hidden_from_the_result():
    exercise = double([(np.array([1000.0]),)], strict_floats=True)
    said = exercise.verdict(lambda x: np.where(x < 0, np.exp(x), 2 * x))
    assert "overflow" in said and "An exponent became large and positive" in said


# --- the sentence of a mistake


def test_the_sentence_is_that_of_the_mistake_which_the_answer_makes():
    assert double().verdict(lambda x: x * x).endswith("expected 6, got 9. This is the square")
    assert double().verdict(lambda x: x * 1).endswith("This is the number itself")
    assert (
        double().verdict(lambda x: 3 * x).endswith("expected 6, got 9")
    )  # 3 * 3 is no square of 2


def test_a_mistake_that_is_made_in_some_cases_only_keeps_its_sentence():
    said = double().verdict(lambda x: 2 * x if np.ndim(x) else x**2)
    assert said.endswith("This is the square")


def test_each_part_is_judged_by_itself():
    exercise = Exercise("both(x)", "x and twice x", [(1.0,), (3.0,)], parts=("one", "two"))
    exercise.reference(lambda x: (x, 2 * x))
    exercise.mistake("two is the square", lambda x: (0.0, x * x))
    assert exercise.verdict(lambda x: (x, x * x)).endswith("two is the square")
    assert "return 2 things, one, two, in this order" in exercise.verdict(lambda x: x)
    assert "one of both for x = 1 is off" in exercise.verdict(lambda x: (5.0, x * x))


def test_errors_that_are_asked_for():
    exercise = Exercise("root(x)", "its root, or ValueError", [(4.0,), (-1.0,)])

    @exercise.reference
    def root(x):
        if x < 0:
            raise ValueError
        return x**0.5

    assert exercise.verdict(root) is None
    assert "should raise ValueError, but returned" in exercise.verdict(lambda x: abs(x) ** 0.5)
    raised = exercise.verdict(lambda x: x**0.5 if x > 0 else 1 / 0)
    assert "should raise ValueError, but it stopped with ZeroDivisionError" in raised
    returned = exercise.verdict(lambda x: x**0.5 if x > 0 else ValueError())
    assert "returned the error: `raise` it instead" in returned


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2, 2.0), ([1, 2], np.array([1.0, 2.0])), ((1, 2), [1, 2]), (np.float32(0.1), 0.1),
        ([np.ones(2), 3], [np.ones(2), 3]), ("a", "a"), (None, None), (True, True),
        (np.inf, np.inf),
    ],
)  # fmt: skip
def test_equal_things_do_not_differ(value, expected):
    assert difference(value, expected, "it") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.0001, 2.0), ([1, 2, 3], np.array([1.0, 2.0])), (np.ones(2), [np.ones(2), 3]), ("a", "b"),
        (0, None), ([[1], [2, 3]], np.ones((2, 2))), (1j, 1.0), (np.nan, 1.0), (np.inf, -np.inf),
    ],
)  # fmt: skip
def test_unequal_things_differ_in_words(value, expected):
    assert difference(value, expected, "it").startswith("it ")


# --- examining


def test_an_exercise_that_is_not_sound_is_told_what_is_wrong():
    exercise = double()
    exercise.right(lambda x: 3 * x)
    exercise.mistake("This is right", lambda x: 2 * x)
    exercise.mistake("This is the square too", lambda x: x * x)
    found = "\n".join(examine(exercise))
    for words in ("right answer 1 is refused", "mistake 2 passes", "mistakes 0 and 3 do the same"):
        assert words in found
    assert examine(double()) == []

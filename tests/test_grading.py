"""`grade`: the verdict of an exercise on an answer that is watched while it runs."""

import contextlib
import doctest
import functools
import importlib
import inspect
import pkgutil
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import nnlib.checks
from nnlib import SGD, ActivationFunction, Dense, activations, datasets, layers
from nnlib.checks import (
    Exercise,
    by_loops,
    families,
    grade,
    grading,
    ownership,
    problem_sets,
    supervision,
)
from nnlib.checks.pages.activations import check_elu
from nnlib.checks.problem_sets.ps1 import check_hard_tanh


def asked(signature, cases, right, **options):
    exercise = Exercise(signature, "what the tests need", cases, **options)
    exercise.reference(right)
    return exercise


def half(x):
    return x / 2


check_double = asked("double(x, half)", [(3.0, half)], lambda x, half: x + x)
check_relu = asked("relu(Z)", [(np.array([2.0, -1.0]),)], lambda Z: np.where(Z > 0, Z, 0))


def double(x, half):
    return 4 * half(x)


def refused(answer, check=check_double, **options):
    with pytest.raises(AssertionError) as caught:
        grade(check, answer, **options)
    return str(caught.value)


def test_a_right_answer_passes_and_a_wrong_one_is_told_why(capsys):
    grade(check_double, double)
    assert capsys.readouterr().out == "double: passed\n"
    assert refused(lambda x, half: x).startswith("double: double for x = 3 is off by 3")


def test_whatever_stops_an_answer_is_told_in_words():
    def unfinished(x, half):
        raise NotImplementedError

    def in_a_helper(x, half):
        return np.zeros(3)[5]

    assert refused(unfinished) == "double: not attempted yet"
    assert "stopped with TypeError: " in refused(lambda x: x)
    told = refused(in_a_helper)
    assert "IndexError: index 5 is out of bounds" in told and "`return np.zeros(3)[5]`" in told
    assert "SystemExit" in refused(lambda x, half: sys.exit())


def test_words_of_a_library_are_no_words_of_the_answer():
    """A mistake's `raise` is alike whatever it says; two errors of NumPy are not."""

    def raises(words):
        raise ValueError(words)

    own, numpys = "Do not raise anything here", "Three numbers make no two rows"
    check = asked("double(x)", [(3.0,)], lambda x: x + x)
    check.mistake(own, lambda x: raises("one"))
    check.mistake(numpys, lambda x: np.zeros(3).reshape(2, 3))
    assert own in refused(lambda x: raises("another"), check)
    for size, is_alike in ((3, True), (5, False)):
        said = refused(lambda x, size=size: np.zeros(size).reshape(2, 3), check)
        assert (numpys in said) == is_alike and own not in said


def test_what_an_answer_prints_and_warns_is_not_shown(capsys):
    def loud(x, half):
        print("noise", file=sys.stderr)
        np.log(np.zeros(2))
        return 2 * x

    grade(check_double, loud)
    assert capsys.readouterr() == ("double: passed\n", "")


# --- calls into nnlib


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (lambda x, half: activations.relu(2 * x), "nnlib.activations.relu"),
        (lambda x, half: np.vectorize(activations.relu)(2 * x), "nnlib.activations.relu"),
        (lambda x, half: 2 * x + 0 * Dense(1).units, "nnlib.layers.Dense.__init__"),
        (lambda x, half: sys._getframe(1) and 2 * x, "sys._getframe"),
        (lambda x, half: inspect.currentframe() and 2 * x, "inspect.currentframe"),
        (lambda x, half: sys.setprofile(None) or activations.relu(2 * x), "sys.setprofile"),
    ],
)
def test_calls_into_nnlib_are_seen(answer, named):
    assert f"your function calls {named}" in refused(answer)


def test_a_function_of_nnlib_is_no_answer():
    class Called:
        __call__ = staticmethod(activations.relu)

    for answer in (activations.relu, Called(), functools.partial(activations.relu)):
        assert "calls nnlib.activations.relu" in refused(answer, check_relu)


def test_every_function_of_a_record_and_a_tuple_is_watched():
    record = ActivationFunction(
        "elu",
        lambda Z: np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0))),
        lambda Z: np.exp(np.minimum(Z, 0)) + 0 * activations.relu_derivative(Z),
    )
    for one in (record, SimpleNamespace(function=record.function, derivative=record.derivative)):
        assert "calls nnlib.activations.relu_derivative" in refused(one, check_elu)
        grade(check_elu, one, may_use=("relu_derivative",))

    check_both = asked(
        "both(pair)", [(1.0,)], (abs, np.abs), takes=(),
        observe=lambda pair, x: [function(x) for function in pair],
    )  # fmt: skip
    grade(check_both, (abs, lambda x: x))
    assert "calls nnlib.activations.relu" in refused((abs, activations.relu), check_both)


class Descent:
    """An optimizer whose methods call each other, as a student's may."""

    def update(self, parameters, gradients):
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= self.step(gradient)

    def step(self, gradient):
        return 0.1 * gradient


def test_every_method_of_a_class_is_watched():
    class Borrowed(Descent):
        def update(self, parameters, gradients):
            SGD(0.1).apply(gradients, parameters)

    def observe(kind):
        parameter = np.ones(2)
        kind().update([parameter], [np.ones(2)])
        return [parameter, issubclass(kind, Descent)]

    check_optimizer = asked("optimizer()", [()], Descent, observe=observe)
    grade(check_optimizer, type("Mine", (Descent,), dict(vars(Descent))))
    assert "calls nnlib.optimizers." in refused(Borrowed, check_optimizer)


def test_a_generator_is_watched_while_it_runs():
    def right():
        yield from (1.0, 2.0)

    def numbers():
        yield 1.0
        yield activations.relu(2.0)

    check_numbers = asked("numbers()", [()], right, observe=lambda answer: [*answer()])
    assert "calls nnlib.activations.relu" in refused(numbers, check_numbers)
    grade(check_numbers, numbers, may_use=("relu",))


def test_what_the_task_allows_may_call_the_rest_of_nnlib():
    check_slope = asked("slope(z)", [(0.0,)], lambda z: 0.25)
    grade(
        check_slope,
        lambda z: activations.sigmoid_derivative(z),  # which calls sigmoid
        may_use=("sigmoid_derivative",),
    )
    grade(check_slope, lambda z: len(datasets.load_iris().class_names) / 12, may_use=("datasets",))

    def layer_and_more(z):
        layers.dense_forward(np.ones((1, 1)), np.ones((1, 1)), np.ones(1))
        return activations.sigmoid(z) ** 2

    told = refused(layer_and_more, check_slope, may_use=("dense_forward",))
    assert "calls nnlib.activations.sigmoid" in told


def test_a_forbidden_tool_is_named_rightly_where_nnlib_is_forbidden_too():
    check = asked("log(x)", [(2.0,)], lambda x: 0.6931471805599453, forbidden=("numpy.log",))
    assert "your function calls np.log" in refused(lambda x: np.log(x), check)
    grade(check, lambda x: np.log1p(x - 1))


def test_the_watch_ends_with_the_answer():
    def profiler(frame, event, argument):
        pass

    sys.setprofile(profiler)
    try:
        grade(check_double, double)
        refused(lambda x, half: x.missing)
        assert sys.getprofile() is profiler
    finally:
        sys.setprofile(None)


# --- right answers that nnlib keeps

MODULES = [
    importlib.import_module(f"{problem_sets.__name__}.{module.name}")
    for module in pkgutil.iter_modules(problem_sets.__path__)
]
SETS = [e for module in MODULES for e in vars(module).values() if isinstance(e, Exercise)]
KEPT = [e for e in {id(e): e for e in SETS}.values() if inspect.isfunction(e.answer)]


@pytest.mark.parametrize("exercise", KEPT, ids=lambda exercise: exercise.__name__)
def test_a_kept_right_answer_is_no_answer(exercise):
    kept = [exercise.answer, *filter(inspect.isfunction, exercise.rights[:1])]

    class Called:
        __call__ = staticmethod(kept[0])

    def wrapper(*case):
        return exercise.answer(*case)

    ways = (*kept, functools.partial(kept[0]), Called(), wrapper, families.each(kept[0]))
    for answer in ways if exercise.seconds <= 15 else ways[:1]:
        refused(answer, exercise)


def test_a_kept_answer_is_seen_behind_a_function_that_may_be_used():
    def lent(Z):
        return ActivationFunction("mine", check_hard_tanh.answer, abs)(Z)

    said = refused(lent, check_hard_tanh, may_use=("activations",))
    assert "your function calls nnlib.checks." in said


def takes(helper, case):
    with contextlib.suppress(TypeError):
        return bool(inspect.signature(helper).bind(*case))


def test_nothing_that_a_cell_can_import_is_an_answer():
    """Neither what the references are made of nor an exercise itself."""
    modules = [by_loops, families, *MODULES]
    helpers = [f for m in modules for f in vars(m).values() if inspect.isfunction(f)]
    own = {f for f in helpers if f.__code__.co_filename.startswith(ownership.CHECKS)}
    own -= {exercise.observe for exercise in SETS}  # they run what they are given
    for exercise in (e for e in KEPT if not e.observe):
        fitting = [helper for helper in own if takes(helper, exercise.cases[0])]
        assert fitting
        for answer in (*fitting, exercise, exercise.verdict):
            with contextlib.suppress(AssertionError):
                grade(exercise, answer)
                pytest.fail(f"{exercise} takes {answer} for an answer", pytrace=False)


# --- an exercise of one's own

README = Path(__file__).parents[1] / "notebooks" / "assignments" / "README.md"


def test_the_exercise_in_the_readme_works_as_it_says(tmp_path, monkeypatch, capsys):
    text = README.read_text(encoding="utf-8").split("## An exercise of your own")[1]
    code, session = re.findall(r"```(?:python)?\n(.*?)```", text, re.DOTALL)
    (tmp_path / "ps6.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(problem_sets, "__path__", [*problem_sets.__path__, str(tmp_path)])
    try:
        check = importlib.import_module("nnlib.checks.problem_sets.ps6").check_scale
        example = doctest.DocTestParser().get_doctest(session, {}, "README.md", None, 0)
        failed, tried = doctest.DocTestRunner().run(example)
    finally:
        sys.modules.pop("nnlib.checks.problem_sets.ps6", None)
    assert not failed and tried == 6, capsys.readouterr().out
    assert len(check.mistakes) == 2 and len(check.rights) == 1
    for mistake in check.mistakes:
        assert mistake.says in refused(mistake.answer, check)
    grade(check, check.rights[0])


# --- a supervised session


def test_a_replaced_part_of_nnlib_is_noticed(monkeypatch):
    kept = supervision._parts()
    assert supervision.changes(kept) == []
    for part, replacement in {
        "nnlib.checks.differences.difference": lambda *rest: None,
        "nnlib.checks.differences.SMALLEST": 1e9,
        "nnlib.checks.pages.activations.check_elu": check_double,
        "nnlib.layers.Dense.forward": None,
        "math.exp": lambda x: 0.0,
    }.items():
        with monkeypatch.context() as patch:
            patch.setattr(part, replacement)
            assert part in supervision.changes(kept)
    with monkeypatch.context() as patch:
        patch.setattr(nnlib.checks.differences.difference, "__code__", (lambda *_: None).__code__)
        assert "nnlib.checks.differences.difference's code" in supervision.changes(kept)
    with monkeypatch.context() as patch:
        patch.setattr(nnlib.checks.differences.difference, "__defaults__", (1e9,))
        assert "nnlib.checks.differences.difference's defaults" in supervision.changes(kept)
    assert supervision.changes(kept) == []


def test_an_exercise_that_a_cell_changes_or_makes_gains_nothing(monkeypatch):
    supervised = grading._make_grade(supervision.trusting(kept={}))
    monkeypatch.setattr(check_elu, "verdict", lambda *rest, **named: None)
    monkeypatch.setattr(check_elu, "answer", check_double.answer)
    monkeypatch.setitem(vars(check_elu), "cases", [])
    grade(check_elu, abs)
    with pytest.raises(AssertionError, match="functions"):
        supervised(check_elu, abs)
    with pytest.raises(AssertionError, match="is no exercise of nnlib"):
        supervised(check_double, double)


def test_a_receipt_belongs_to_a_key_and_an_exercise(capsys):
    signed = {supervision.sign(key, name) for key in (b"1", b"2") for name in ("a", "b")}
    assert len(signed) == 4
    signing = grading._make_grade(receipt=lambda name: f" [{name}]")
    signing(check_double, double)
    assert capsys.readouterr().out == "double: passed [check_double]\n"


def test_without_a_grader_nothing_is_closed(monkeypatch):
    monkeypatch.delenv(supervision.VARIABLE, raising=False)
    before = sys.stdout
    supervision.begin()
    assert sys.stdout is before and grading.grade is grade

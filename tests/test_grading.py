"""`grade`: the verdict of a checker on an answer that is watched while it runs."""

import inspect
import sys

import numpy as np
import pytest

from nnlib import SGD, ActivationFunction, Dense, activations, datasets, layers
from nnlib.checks import _grading, _supervision, check_elu, grade


def check_double(function):
    """Check double(x), and hand over a function that the answer may call."""

    def half(x):
        return x / 2

    assert function(3.0, half) == 6, "double(3) should be 6"


def double(x, half):
    return 4 * half(x)


def refused(answer, check=check_double, **options):
    with pytest.raises(AssertionError) as caught:
        grade(check, answer, **options)
    return str(caught.value)


def test_a_right_answer_passes_and_a_wrong_one_is_told_why(capsys):
    grade(check_double, double)
    assert capsys.readouterr().out == "double: passed\n"
    assert refused(lambda x, half: x).startswith("double: double(3) should be 6")


def test_whatever_stops_an_answer_is_told_in_words():
    def unfinished(x, half):
        raise NotImplementedError

    def in_a_helper(x, half):
        return np.zeros(3)[5]

    assert refused(unfinished) == "double: not attempted yet"
    assert refused(lambda x: x).startswith("double: your function stopped with TypeError: ")
    told = refused(in_a_helper)
    assert "IndexError: index 5 is out of bounds" in told and "`return np.zeros(3)[5]`" in told
    assert "SystemExit" in refused(lambda x, half: sys.exit())


def test_what_an_answer_prints_and_warns_is_not_shown(capsys):
    def loud(x, half):
        print("noise", file=sys.stderr)
        np.log(np.zeros(2))
        return 2 * x

    grade(check_double, loud)
    assert capsys.readouterr() == ("double: passed\n", "")


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
    def check_relu(function):
        assert function(np.array([2.0]))[0] == 2

    class Called:
        __call__ = staticmethod(activations.relu)

    for answer in (activations.relu, Called()):
        assert "calls nnlib.activations.relu" in refused(answer, check_relu)


def test_every_function_of_a_record_a_tuple_and_a_class_is_watched():
    record = ActivationFunction(
        "elu",
        lambda Z: np.where(Z > 0, Z, np.expm1(np.minimum(Z, 0))),
        lambda Z: np.exp(np.minimum(Z, 0)) + 0 * activations.relu_derivative(Z),
    )
    assert "calls nnlib.activations.relu_derivative" in refused(record, check_elu)
    grade(check_elu, record, may_use=("relu_derivative",))

    def check_both(pair):
        assert [function(1.0) for function in pair] == [1, 1]

    assert "calls nnlib.activations.relu" in refused((abs, activations.relu), check_both)

    class Optimizer:
        def update(self, parameters, gradients):
            SGD(0.1).update(parameters, gradients)

    def check_optimizer(kind):
        parameter = np.ones(2)
        kind().update([parameter], [np.ones(2)])
        assert isinstance(kind(), Optimizer)

    assert "calls nnlib.optimizers." in refused(Optimizer, check_optimizer)


def test_a_generator_is_watched_while_it_runs():
    def check_numbers(function):
        assert list(function()) == [1.0, 2.0]

    def numbers():
        yield 1.0
        yield activations.relu(2.0)

    assert "calls nnlib.activations.relu" in refused(numbers, check_numbers)
    grade(check_numbers, numbers, may_use=("relu",))


def test_what_the_task_allows_may_call_the_rest_of_nnlib():
    def check_slope(function):
        assert function(0.0) == 0.25

    grade(
        check_slope,
        lambda z: activations.sigmoid_derivative(z),  # which calls sigmoid
        may_use=("sigmoid_derivative",),
    )
    grade(check_slope, lambda z: len(datasets.load_iris().class_names) / 12, may_use=("datasets",))
    forward = ("dense_forward",)
    assert "calls nnlib.activations.sigmoid" in refused(
        lambda z: (
            layers.dense_forward(np.ones((1, 1)), np.ones((1, 1)), np.ones(1))
            and activations.sigmoid(z)
        ),
        check_slope,
        may_use=forward,
    )


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


def test_a_replaced_part_of_nnlib_is_noticed(monkeypatch):
    kept = _supervision._parts()

    def changed():
        now = _supervision._parts()
        return [where for where, part in kept.items() if now.get(where) is not part]

    assert changed() == []
    monkeypatch.setattr("nnlib.checks.activations._expect_array", lambda *rest: None)
    assert changed()[0] == "nnlib.checks.activations._expect_array"
    monkeypatch.undo()
    monkeypatch.setattr(layers.Dense, "forward", None)
    assert "nnlib.layers.Dense.forward" in changed()
    monkeypatch.undo()
    monkeypatch.setattr(check_elu, "__code__", (lambda record: None).__code__)
    assert "nnlib.checks.check_elu's code" in changed()
    monkeypatch.undo()
    monkeypatch.setattr("math.exp", lambda x: 0.0)
    assert changed()[0] == "math.exp"


def test_a_receipt_belongs_to_a_key_and_a_checker(capsys):
    signed = {_supervision.sign(key, name) for key in (b"1", b"2") for name in ("a", "b")}
    assert len(signed) == 4
    signing = _grading._make_grade(receipt=lambda name: f" [{name}]")
    signing(check_double, double)
    assert capsys.readouterr().out == "double: passed [check_double]\n"


def test_without_a_grader_nothing_is_closed(monkeypatch):
    monkeypatch.delenv(_supervision.VARIABLE, raising=False)
    before = sys.stdout
    _supervision.begin()
    assert sys.stdout is before and _grading.grade is grade

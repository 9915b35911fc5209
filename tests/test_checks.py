"""Every exercise of pages and problem sets, examined from what it holds itself.

The right answers pass, each known mistake is refused with its own sentence, no two mistakes are the
same, what is no answer is met in words (`examine`). The folded solutions of the pages pass in
test_notebooks.py; the engine behind the verdicts is tested in test_exercises.py.
"""

import importlib
import pkgutil

import numpy as np
import pytest

from nnlib import checks
from nnlib.checks import Exercise, examine, pages, problem_sets, running

MODULES = [
    importlib.import_module(f"{package.__name__}.{info.name}")
    for package in (pages, problem_sets)
    for info in pkgutil.iter_modules(package.__path__)
]
EXERCISES = {
    exercise.name: exercise
    for module in MODULES
    for exercise in vars(module).values()
    if isinstance(exercise, Exercise)
}
DEAREST = ("digit_reader", "good_reader")  # train for seconds: examined in the tests marked slow

every_exercise = pytest.mark.parametrize(
    "exercise",
    [
        pytest.param(e, id=name, marks=pytest.mark.slow if name in DEAREST else ())
        for name, e in EXERCISES.items()
    ],
)


@every_exercise
def test_exercise_is_sound(exercise):
    assert examine(exercise) == []


@every_exercise
def test_exercise_knows_enough(exercise):
    says = [mistake.says for mistake in exercise.mistakes]
    assert len(says) >= 5 and len(set(says)) >= 3
    assert exercise.rights, "no unusual right answer is known"
    assert exercise.asks and all(8 <= len(words) < 300 for words in says)


CORE = tuple(
    f"nnlib.{name}" for name in ("activations", "layers", "losses", "optimizers", "initializers")
)


@every_exercise
def test_the_reference_owes_nothing_to_nnlib(exercise):
    """A verdict may not come from the code that a page redefines or that an answer calls."""
    outcomes = running.run(exercise, exercise.answer, () if makes_models(exercise) else CORE)
    assert [outcome.misuse for outcome in outcomes if outcome.misuse] == []


def makes_models(exercise):
    """Whether a network of nnlib is what is asked."""
    return exercise.name in ("small_network", *DEAREST)


def test_every_check_of_a_page_is_exported():
    names = {f"check_{name}" for name, e in EXERCISES.items() if is_of_pages(e)}
    assert names == {name for name in checks.__all__ if name.startswith("check_")}
    assert all(getattr(checks, name).__name__ == name for name in names)


def is_of_pages(exercise):
    owners = [m for m in MODULES if any(value is exercise for value in vars(m).values())]
    return any(module.__name__.startswith(pages.__name__) for module in owners)


def test_nothing_that_a_page_redefines_changes_a_verdict(monkeypatch):
    exercises = [e for e in EXERCISES.values() if e.observe is None and e.takes is None]
    for exercise in exercises:
        assert exercise.cases and exercise.verdict(lambda *case: 0.0)
    for name in "allclose all abs asarray isfinite max sum where sqrt exp log sign zeros".split():
        monkeypatch.setattr(np, name, lambda *arguments, **named: True)
    for exercise in exercises:
        vars(exercise).pop("expected")
        assert exercise.verdict(exercise.answer) is None
        assert exercise.verdict(lambda *case: 0.0)
        vars(exercise).pop("expected")

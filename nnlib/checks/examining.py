"""Examining an exercise itself: is its right answer right, does each mistake get its sentence?"""

import numpy as np

from nnlib.checks.comparing import alike_everywhere

__all__ = ["examine"]


def examine(exercise):
    """What is wrong with an exercise, a list of sentences; an empty one if nothing is.

    The reference and the unusual right answers pass. Each mistake is refused with its own sentence,
    no two mistakes do the same in every case, and what is no answer at all is met in words.

    Parameters
    ----------
    exercise : Exercise

    Returns
    -------
    list of str
    """
    problems = []
    for i, right in enumerate([exercise.answer, *exercise.rights]):
        said = exercise.verdict(right)
        if said:
            name = f"right answer {i}" if i else "the reference"
            problems.append(f"{name} is refused: {said}")
    for i, (mistake, outcomes) in enumerate(exercise.mistaken):
        said = exercise.verdict(mistake.answer)
        if said is None:
            problems.append(f"mistake {i} passes: {mistake.says}")
        elif mistake.says not in said:
            problems.append(f"mistake {i} ({mistake.says}) is told: {said}")
        for j, (_, others) in enumerate(exercise.mistaken[:i]):
            if alike_everywhere(exercise, outcomes, others):
                problems.append(f"mistakes {j} and {i} do the same in every case")
    return problems + _no_answers(exercise)


def _raises(*arguments):
    raise KeyError("missing")


NO_ANSWERS = (None, 3, "text", {}, _raises, lambda: None, lambda *arguments: {"a": 1},
              lambda *arguments: None, lambda *arguments: np.array([object()]))  # fmt: skip


def _no_answers(exercise):
    """Whatever else is handed in is refused in words, with no error of the checker's own."""
    problems = []
    try:
        exercise.verdict(...)
        problems.append("... is not taken for an exercise that nobody has attempted")
    except NotImplementedError:
        pass
    for answer in NO_ANSWERS:
        try:
            said = exercise.verdict(answer)
        except Exception as error:
            problems.append(f"{answer!r} stops the checker with {type(error).__name__}: {error}")
        else:
            if not said:
                problems.append(f"{answer!r} passes")
    return problems

"""What students hand in: assembled from the exercises' own mistakes, and as text in a module a set.

A submission of text is the reference solution with some cells changed. Cells are named by their
grade_id. Every graded cell that `lost` does not name must get its full points.
"""

import ast
import importlib
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

ASSIGNMENTS = Path(__file__).resolve().parents[2] / "notebooks" / "assignments"
SOURCES = {path.stem: path for path in sorted((ASSIGNMENTS / "source").glob("*/*.ipynb"))}
ALL = "every graded cell"


@dataclass
class Submission:
    """What one student hands in, and what the grader should say.

    cells : the new source of cells, the solution's or any other
    edits : pieces of the reference solution, each with what stands in its place, by cell
    lost : graded cells that score 0, each with a piece of what the student is told; or ALL
    delete : cells that are gone
    first : code in a cell before all others
    text : what the file holds instead of a notebook
    whole : must not run in the process of the tests: it ends or hangs it, floods it with output, or
        changes NumPy or nnlib; it runs through nbgrader alone
    """

    name: str
    cells: dict = field(default_factory=dict)
    edits: dict = field(default_factory=dict)
    lost: dict | str = field(default_factory=dict)
    delete: tuple = ()
    first: str = ""
    text: str | None = None
    whole: bool = False


@dataclass
class Assembled:
    """Answers that the exercises keep, handed in together, each in the place of a solution.

    answers : for each graded cell, the names that it hands to `grade`, with what they mean
    lost : as in a Submission
    """

    name: str
    answers: dict = field(default_factory=dict)
    lost: dict = field(default_factory=dict)


def assembled(name):
    """One submission with the first mistake of every exercise, one with the second, and so on.

    Then the same with the unusual right answers; as long as any exercise has one.
    """
    found = {}
    for cell_id, (exercise, names, is_tuple) in asked(name).items():
        kept = [(f"mistake {i}", m.answer, m.says) for i, m in enumerate(exercise.mistakes)]
        kept += [(f"right answer {i}", right, None) for i, right in enumerate(exercise.rights)]
        for title, answer, says in kept:
            one = found.setdefault(title, Assembled(title))
            one.answers[cell_id] = dict(zip(names, answer if is_tuple else [answer], strict=True))
            if says:
                one.lost[cell_id] = says
    return list(found.values())


def asked(name):
    """Of each graded cell the exercise, the names that are handed in, whether as a tuple."""
    module = importlib.import_module(f"nnlib.checks.problem_sets.{name}")
    found = {}
    for cell in nbformat.read(SOURCES[name], as_version=4).cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            statement = ast.parse(cell.source).body[-1]
            check, answer = statement.value.args
            names = [node.id for node in ast.walk(answer) if isinstance(node, ast.Name)]
            found[cell.id] = getattr(module, check.id), names, isinstance(answer, ast.Tuple)
    return found


def released(name):
    """The student version of a problem set."""
    source = SOURCES[name]
    path = ASSIGNMENTS / "release" / source.parent.name / source.name
    return nbformat.read(path, as_version=4)


def hand_in(name, submission):
    """The student version, filled with the reference solution and then changed."""
    solved = {cell.id: cell.source for cell in nbformat.read(SOURCES[name], as_version=4).cells}
    notebook = released(name)
    known = {cell.id for cell in notebook.cells}
    unknown = {*submission.cells, *submission.edits, *submission.delete} - known
    assert not unknown, f"{submission.name}: no cell {unknown}"
    notebook.cells = [cell for cell in notebook.cells if cell.id not in submission.delete]
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solved[cell.id]
        for old, new in submission.edits.get(cell.id, {}).items():
            assert old in cell.source, f"{submission.name}: {old!r} is not in {cell.id}"
            cell.source = cell.source.replace(old, new)
        cell.source = submission.cells.get(cell.id, cell.source)
    if submission.first:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(submission.first, id="first"))
    return notebook


def points(name):
    """Points of each cell that is graded by running it."""
    return {
        cell.id: cell.metadata.nbgrader.points
        for cell in released(name).cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }

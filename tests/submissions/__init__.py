"""Typical wrong submissions of each problem set, as data: one module a set, with SUBMISSIONS.

A submission is the reference solution with some cells replaced. Cells are named by their grade_id.
Every graded cell that `lost` does not name must get its full points.
"""

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
    lost : graded cells that score 0, each with a piece of what the student is told; or ALL
    delete : cells that are gone
    first : code in a cell before all others
    text : what the file holds instead of a notebook
    whole : must not run in the process of the tests: it ends or hangs it, floods it with output, or
        changes NumPy or nnlib; it runs through nbgrader alone
    """

    name: str
    cells: dict = field(default_factory=dict)
    lost: dict | str = field(default_factory=dict)
    delete: tuple = ()
    first: str = ""
    text: str | None = None
    whole: bool = False


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
    unknown = {*submission.cells, *submission.delete} - known
    assert not unknown, f"{submission.name}: no cell {unknown}"
    notebook.cells = [cell for cell in notebook.cells if cell.id not in submission.delete]
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = solved[cell.id]
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

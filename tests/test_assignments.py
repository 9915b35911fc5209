"""Problem sets: student versions follow from their sources, and every submission gets its score.

Wrong and unusual right answers are those that the exercises keep: the graded cells run on them in
the process of the tests. What is no wrong function stands as text in tests/submissions; all of it
goes through nbgrader, with the reference solutions and untouched student versions, and runs here
too, unless it might end or hang the tests.
"""

import contextlib
import csv
import importlib
import importlib.util
import io
import re
import subprocess
import sys
import warnings

import nbformat
import pytest
from submissions import ALL, ASSIGNMENTS, SOURCES, Submission, assembled, hand_in, points, released

from nnlib.checks import watching

CELL_SECONDS = "8"  # a loop that never ends is stopped after that in these tests
SUBMISSIONS = {name: importlib.import_module(f"submissions.{name}").SUBMISSIONS for name in SOURCES}
EVERY = [(name, submission) for name, found in SUBMISSIONS.items() for submission in found]
REFERENCE, UNTOUCHED = Submission("reference"), Submission("untouched", lost=ALL)

needs_nbgrader = pytest.mark.skipif(
    importlib.util.find_spec("nbgrader") is None, reason="no nbgrader here: install extra `course`"
)
every_set = pytest.mark.parametrize("name", SOURCES)


def each(pairs):
    cases = [pytest.param(*pair, id=f"{pair[0]}-{pair[1].name}") for pair in pairs]
    return pytest.mark.parametrize(("name", "submission"), cases)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_graded(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def verdicts(name, notebook):
    """Run a notebook here; what each graded cell says, None if it passes."""
    hidden = {cell.id: cell.source for cell in nbformat.read(SOURCES[name], as_version=4).cells}
    cells = {cell.id: cell.source for cell in code_cells(notebook)}
    cells |= {cell_id: hidden[cell_id] for cell_id in points(name)}  # as nbgrader restores them
    said = run(cells)
    return {cell_id: said[cell_id] for cell_id in points(name)}


def run(cells, answers=None):
    """What stopped each cell, or None; `answers` holds names that are set before a cell runs."""
    namespace, said = {}, {}
    for cell_id, source in cells.items():
        namespace |= (answers or {}).get(cell_id, {})
        said[cell_id] = None
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec(source, namespace)
            except (Exception, SystemExit) as error:
                said[cell_id] = str(error)
    return said


def expect(said, submission):
    """Compare what was said of each graded cell with the submission's `lost`."""
    failed = {cell_id for cell_id, words in said.items() if words is not None}
    assert failed == set(said if submission.lost == ALL else submission.lost)
    if submission.lost != ALL:
        for cell_id, piece in submission.lost.items():
            assert piece in said[cell_id]


# --- the sources and what follows from them


@every_set
def test_source_keeps_the_conventions(name):
    notebook = nbformat.read(SOURCES[name], as_version=4)
    title = notebook.cells[0].source
    assert title.startswith(f"# Problem set {name[2:]}: ")
    for heading in ("will practise.**", "**What you need.**", "**How long.**", "**Handing in.**"):
        assert heading in title
    total = sum(cell.metadata.nbgrader.points for cell in notebook.cells if is_graded(cell))
    said, own = re.search(
        r"\*\*Points:\*\* (\d+), of which (\d+) are for functions that no page shows",
        " ".join(title.split()),
    ).groups()
    assert int(said) == total == 20 and 2 * int(own) >= total
    checks = {cell.id for cell in code_cells(notebook) if "try_check(" in cell.source}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader")
        assert nbgrader is None or nbgrader.grade_id == cell.id
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
            if is_graded(cell):
                points_said = int(re.match(r"# Graded, (\d+) points?: ", cell.source)[1])
                assert points_said == nbgrader.points and nbgrader.locked
                assert cell.id.replace("-graded", "-check") in checks, "no self-check"


@every_set
def test_readme_for_lecturers_lists_the_set(name):
    title = nbformat.read(SOURCES[name], as_version=4).cells[0].source
    words = title.splitlines()[0].split(": ", 1)[1]
    minutes = re.search(r"About (\d+) minutes", title)[1]
    readme = (ASSIGNMENTS / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {name} {words}[^|]* \| \d\d \| {minutes} \|$", readme, re.M)


@every_set
def test_links_of_a_problem_set_resolve(name):
    for cell in released(name).cells:
        for target in re.findall(r"\]\(([^)#\s]+)", cell.source):
            folder = ASSIGNMENTS / "release" / SOURCES[name].parent.name
            assert target.startswith("http") or (folder / target).exists(), target


@needs_nbgrader
def test_student_versions_are_those_that_the_sources_give(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ASSIGNMENTS)
    course = importlib.import_module("course")
    monkeypatch.setenv("PATH", course.path_with_alembic())
    course.generate(tmp_path)
    made, kept = (
        {file.relative_to(root): file.read_text(encoding="utf-8") for file in root.rglob("*.ipynb")}
        for root in (tmp_path / "release", ASSIGNMENTS / "release")
    )
    assert made.keys() == kept.keys()
    for file in made:
        assert made[file] == kept[file], f"{file}: run `make assignments`"


@every_set
def test_student_version_runs_from_top_to_bottom_as_it_is(name, capsys):
    """With the base installation: no cell stops, every self-check says that nothing was tried."""
    namespace, tried = {}, 0
    for cell in code_cells(released(name)):
        assert "SOLUTION" not in cell.source and "HIDDEN" not in cell.source
        exec(cell.source, namespace)
        tried += cell.source.count("try_check(")
    assert capsys.readouterr().out.count("not attempted yet") == tried > 0
    assert "nbgrader" not in {name.split(".")[0] for name in namespace}


# --- submissions, in this process


@each([(name, one) for name in SOURCES for one in assembled(name)])
def test_what_the_exercises_keep_is_judged(name, submission, monkeypatch):
    """A mistake loses its points and is told its sentence, a right answer loses nothing."""
    monkeypatch.setattr(watching, "_enters_nnlib", lambda code, caller: False)  # they are nnlib's
    notebook = nbformat.read(SOURCES[name], as_version=4)
    cells = {
        cell.id: cell.source
        for cell in code_cells(notebook)
        if cell.id in submission.answers or not (is_graded(cell) or cell.id.endswith("-check"))
    }
    said = run(cells, submission.answers)
    expect({cell_id: said[cell_id] for cell_id in submission.answers}, submission)


HARMLESS = [(name, one) for name, one in EVERY if not one.whole and one.text is None]


@each([*((name, REFERENCE) for name in SOURCES), *HARMLESS])
def test_submission_is_judged(name, submission):
    expect(verdicts(name, hand_in(name, submission)), submission)


@every_set
def test_untouched_version_scores_nothing(name):
    said = verdicts(name, released(name))
    assert set(said.values()) == {f"{words}: not attempted yet" for words in names_of(said, name)}


def names_of(said, name):
    source = nbformat.read(SOURCES[name], as_version=4)
    texts = [cell.source for cell in source.cells if cell.id in said]
    return {re.search(r"^grade\(check_(\w+)", text, re.M)[1] for text in texts}


# --- submissions, through nbgrader

GRADED = [*((name, REFERENCE) for name in SOURCES), ("ps1", UNTOUCHED), ("ps5", UNTOUCHED), *EVERY]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every submission handed in and graded by the command that a lecturer uses."""
    folder, out = tmp_path_factory.mktemp("students"), tmp_path_factory.mktemp("graded")
    (folder / "nothing handed in").mkdir()
    for name, submission in GRADED:
        student = folder / submission.name
        inner = student if submission is UNTOUCHED else student / SOURCES[name].parent.name
        inner.mkdir(parents=True, exist_ok=True)
        notebook = released(name) if submission is UNTOUCHED else hand_in(name, submission)
        text = nbformat.writes(notebook) if submission.text is None else submission.text
        (inner / f"{name}.ipynb").write_text(text, encoding="utf-8")
    command = [sys.executable, ASSIGNMENTS / "grade.py", folder, "--out", out, "--jobs", "3"]
    command += ["--seconds", CELL_SECONDS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert f"{len(GRADED)} graded" in done.stdout or "no grade: " in done.stdout
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["set"], row["student"]): row for row in csv.DictReader(file)}
    assert len(rows) == len(GRADED) + 1
    return out, rows


@needs_nbgrader
@each(GRADED)
def test_submission_is_graded(name, submission, graded):
    out, rows = graded
    row = rows[name, submission.name]
    page = out / submission.name / f"{name}.html"
    if submission.text is not None:
        assert row["score"] == "" and row["remarks"]
        return
    lost = points(name) if submission.lost == ALL else submission.lost
    assert float(row["max_score"]) == sum(points(name).values()) + written(name)
    full = sum(points(name).values()) - sum(points(name)[cell_id] for cell_id in lost)
    assert float(row["score"]) == full
    assert float(row["by_hand"]) == (0 if submission is UNTOUCHED else written(name))
    if submission.lost != ALL:
        for piece in submission.lost.values():
            assert piece in row["remarks"]
    text = page.read_text(encoding="utf-8")
    assert len(text) < 2_000_000 and "receipt" not in text


def written(name):
    """Points for what is read by a person."""
    cells = released(name).cells
    return sum(c.metadata.nbgrader.points for c in cells if is_graded(c) and c.cell_type != "code")


@needs_nbgrader
def test_who_handed_in_nothing_stands_in_the_table(graded):
    assert graded[1]["", "nothing handed in"]["remarks"] == "no notebook of a problem set found"

"""A submission, graded by nbgrader in a course of its own, with this folder's settings."""

import json
import logging
import os
import re
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import PyFileConfigLoader

HERE = Path(__file__).resolve().parent
SETS = {path.stem: path.parent.name for path in sorted((HERE / "source").glob("*/*.ipynb"))}
STUDENT = "student"  # the one student of each course that is made for a submission
STYLE = """<style>
.output_area pre { white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; }
summary { display: list-item; cursor: pointer; }
</style>"""


@dataclass
class Grade:
    """A row of the table of grades. No score means: not graded, look at the remarks."""

    student: str
    set: str
    score: float | None = None
    max_score: float | None = None
    by_hand: float = 0.0  # points that wait for a person
    remarks: list = field(default_factory=list)


@dataclass
class Submission:
    student: str
    set: str
    path: Path


@dataclass
class Batch:
    """What all submissions of one call share."""

    folder: Path  # of students
    out: Path
    scratch: Path  # holds a gradebook that knows the problem sets, and each submission's course
    seconds: int | None  # for a cell


def path_with_alembic():
    """PATH with this environment's programs: nbgrader calls one of them by its name."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def api_for(root, batch=None):
    """nbgrader with this folder's settings, on a course in another folder."""
    config = PyFileConfigLoader("nbgrader_config.py", str(HERE)).load_config()
    config.CourseDirectory.root = str(root)
    config.Exchange.root = str(root)  # not used, but looked for
    if batch:
        config.ExecuteSubmission.closed = [str(batch.folder), str(batch.out), str(batch.scratch)]
        if batch.seconds:
            config.ExecuteSubmission.timeout = batch.seconds
    log = logging.Logger("nbgrader", logging.ERROR)  # kept; shown if something fails
    return NbGraderAPI(config=config, log=log)


def told(done):
    """What nbgrader had to say: its log, or the last line of a traceback."""
    return done.get("log") or done.get("error", "").strip().splitlines()[-1]


def generate(root, names=SETS):
    """Make the student versions of problem sets in a course, and enter them in its gradebook."""
    for name in names:
        shutil.copytree(HERE / "source" / SETS[name], root / "source" / SETS[name])
        done = api_for(root).generate_assignment(SETS[name])
        if not done["success"]:
            raise RuntimeError(f"nbgrader could not generate {name}:\n{told(done)}")


def grade_one(submission, batch):
    """Grade in a course of its own, and write the result beside the feedback page.

    To be run as a process: it closes its standard output, which a submission's kernel inherits.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    out = batch.out / submission.student
    row = Grade(submission.student, submission.set)
    with tempfile.TemporaryDirectory(dir=batch.scratch) as course:
        try:
            page = _grade_in(Path(course), submission, batch, row)
            (out / f"{row.set}.html").write_text(readable(page), encoding="utf-8")
        except Exception as error:
            row.remarks.append(f"{type(error).__name__}: {error}")
    (out / f"{row.set}.json").write_text(json.dumps(asdict(row)), encoding="utf-8")


def _grade_in(course, submission, batch, row):
    """Fill in the row; the feedback page."""
    assignment = SETS[row.set]
    submitted = course / "submitted" / STUDENT / assignment
    submitted.mkdir(parents=True)
    notebook = nbformat.read(submission.path, as_version=4)  # an error here is one in words
    nbformat.write(notebook, submitted / f"{row.set}.ipynb")
    shutil.copy(batch.scratch / "gradebook.db", course)
    api = api_for(course, batch)
    done = api.autograde(assignment, STUDENT)
    if not done["success"]:
        raise RuntimeError(told(done))
    read_scores(course, row)
    done = api.generate_feedback(assignment, STUDENT)
    if not done["success"]:
        raise RuntimeError("graded, but without a feedback page: " + told(done))
    return course / "feedback" / STUDENT / assignment / f"{row.set}.html"


def readable(page):
    """A feedback page in which lines wrap, hints unfold, and exercises have their names.

    nbgrader lists each of them as "Test cell".
    """
    text = page.read_text(encoding="utf-8")
    text = text.replace("</head>", f"{STYLE}</head>", 1)
    return re.sub(r'(<a href="#([\w-]+)-graded">)Test cell', r"\1\2", text)


def read_scores(course, row):
    """Fill in a row from a course's gradebook, the remarks from the graded notebook."""
    assignment = SETS[row.set]
    graded = course / "autograded" / STUDENT / assignment / f"{row.set}.ipynb"
    cells = {
        cell.metadata.nbgrader.grade_id: cell
        for cell in nbformat.read(graded, as_version=4).cells
        if utils.is_grade(cell)
    }
    row.score = row.max_score = 0.0
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for grade in book.find_submission_notebook(row.set, assignment, STUDENT).grades:
            row.max_score += grade.max_score
            if grade.auto_score is None:
                row.by_hand += grade.max_score
                continue
            row.score += grade.auto_score
            for output in cells[grade.name].get("outputs", []):
                if output.output_type == "error":
                    row.remarks.append(remark(grade.name.removesuffix("-graded"), output))
    row.remarks.sort()


def remark(exercise, output):
    words = output.evalue or output.ename
    return words if words.startswith(f"{exercise}: ") else f"{exercise}: {words}"

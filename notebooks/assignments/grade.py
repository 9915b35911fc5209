"""Generate the student versions, and grade a folder of submissions.

python notebooks/assignments/grade.py --release            source/ to release/
python notebooks/assignments/grade.py DIR                  grade DIR/STUDENT/psN-…/psN.ipynb
                                                           (or DIR/STUDENT/psN.ipynb)
"""

import argparse
import csv
import json
import logging
import multiprocessing
import os
import shutil
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import nbformat
import psutil
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from tqdm import tqdm
from traitlets.config import PyFileConfigLoader

HERE = Path(__file__).resolve().parent
SETS = {path.stem: path.parent.name for path in sorted((HERE / "source").glob("*/*.ipynb"))}
MINUTES = 10  # for one submission, whatever its cells do
STUDENT = "student"  # the one student of each course that is made for a submission


@dataclass
class Grade:
    """A row of the table of grades. No score means: not graded, look at the remarks."""

    student: str
    set: str
    score: float | None = None
    max_score: float | None = None
    by_hand: float = 0.0  # points that wait for a person
    remarks: list = field(default_factory=list)
    cells: dict = field(default_factory=dict)  # graded cell: score


@dataclass
class Submission:
    student: str
    set: str
    path: Path


def path_with_alembic():
    """PATH with this environment's programs: nbgrader calls one of them by its name."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def api_for(root, seconds=None):
    """nbgrader with this folder's settings, on a course in another folder."""
    config = PyFileConfigLoader("nbgrader_config.py", str(HERE)).load_config()
    if seconds:
        config.ExecuteSubmission.timeout = seconds
    config.CourseDirectory.root = str(root)
    config.Exchange.root = str(root)  # not used, but looked for
    log = logging.Logger("nbgrader", logging.WARNING)  # kept; shown if something fails
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


def release():
    """Write release/ anew from source/."""
    with tempfile.TemporaryDirectory() as folder:
        for name in tqdm(SETS, desc="student versions", unit="set", disable=None):
            generate(Path(folder), [name])
            target = HERE / "release" / SETS[name]
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(folder) / "release" / SETS[name] / f"{name}.ipynb", target)
            print(f"{target.relative_to(HERE)}/{name}.ipynb")


def find(folder):
    """The submissions in a folder of students, and a row for each student without any."""
    found, rows = [], []
    for student in sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] not in "._"):
        here = [
            Submission(student.name, name, path)
            for name, long_name in SETS.items()
            for path in [student / long_name / f"{name}.ipynb", student / f"{name}.ipynb"]
            if path.is_file()
        ]
        found += here
        if not here:
            rows.append(Grade(student.name, "", remarks=["no notebook of a problem set found"]))
    return found, rows


def grade_one(submission, gradebook, out, seconds):
    """Grade in a course of its own, and write the result beside the feedback page; a process."""
    warnings.simplefilter("ignore")  # of nbgrader's own about its database
    folder = out / submission.student
    row = Grade(submission.student, submission.set)
    with tempfile.TemporaryDirectory(prefix="nnlib-grade-") as course:
        try:
            _grade_in(Path(course), submission, gradebook, row, seconds)
            page = Path(course) / "feedback" / STUDENT / SETS[row.set] / f"{row.set}.html"
            shutil.copy(page, folder)
        except Exception as error:
            row.remarks.append(f"{type(error).__name__}: {error}")
    result = folder / f"{row.set}.json"
    result.write_text(json.dumps(asdict(row)), encoding="utf-8")


def _grade_in(course, submission, gradebook, row, seconds):
    assignment = SETS[row.set]
    submitted = course / "submitted" / STUDENT / assignment
    submitted.mkdir(parents=True)
    notebook = nbformat.read(submission.path, as_version=4)  # an error here is one in words
    nbformat.write(notebook, submitted / f"{row.set}.ipynb")
    shutil.copy(gradebook, course / "gradebook.db")
    api = api_for(course, seconds)
    done = api.autograde(assignment, STUDENT)
    if not done["success"]:
        raise RuntimeError(told(done))
    read_scores(course, row)
    done = api.generate_feedback(assignment, STUDENT)
    if not done["success"]:
        raise RuntimeError("graded, but without a feedback page: " + told(done))


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
            row.cells[grade.name] = grade.auto_score
            for output in cells[grade.name].get("outputs", []):
                if output.output_type == "error":
                    row.remarks.append(remark(grade.name.removesuffix("-graded"), output))
    row.remarks.sort()


def remark(exercise, output):
    words = output.evalue or output.ename
    return words if words.startswith(f"{exercise}: ") else f"{exercise}: {words}"


def supervise(submission, context, *rest):
    """Run one submission in a process of its own, which ends after MINUTES in any case."""
    _, out, _ = rest
    result = out / submission.student / f"{submission.set}.json"
    result.parent.mkdir(parents=True, exist_ok=True)
    process = context.Process(target=grade_one, args=(submission, *rest))
    process.start()
    process.join(60 * MINUTES)
    if process.is_alive():
        reason = f"cut off after {MINUTES} minutes"
        family = psutil.Process(process.pid)
        for member in [*family.children(recursive=True), family]:
            member.kill()
    else:
        reason = f"the grader's process ended with exit code {process.exitcode}"
    if not result.exists():
        return Grade(submission.student, submission.set, remarks=[f"not graded: {reason}"])
    row = Grade(**json.loads(result.read_text(encoding="utf-8")))
    result.unlink()
    return row


def write_table(rows, path):
    """One row for each submission; written anew after each, so that none is ever lost."""
    columns = [column.name for column in fields(Grade) if column.name != "cells"]
    draft = path.with_suffix(".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        for row in sorted(rows, key=lambda row: (row.set, row.student)):
            writer.writerow(asdict(row) | {"remarks": " | ".join(row.remarks)})
    os.replace(draft, path)


def grade(folder, out, jobs, seconds=None):
    """Grade every submission in a folder; the rows of the table."""
    found, rows = find(folder)
    out.mkdir(parents=True, exist_ok=True)
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload([__name__])
    with tempfile.TemporaryDirectory() as course, ThreadPoolExecutor(jobs) as pool:
        generate(Path(course), sorted({submission.set for submission in found}))
        gradebook = Path(course) / "gradebook.db"
        waiting = [pool.submit(supervise, one, context, gradebook, out, seconds) for one in found]
        for done in tqdm(as_completed(waiting), "grading", len(waiting), unit="notebook"):
            rows.append(done.result())
            write_table(rows, out / "grades.csv")
    write_table(rows, out / "grades.csv")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of students")
    parser.add_argument("--release", action="store_true", help="write the student versions")
    parser.add_argument("--out", type=Path, help="for grades.csv and the pages: DIR-graded if none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time")
    parser.add_argument("--seconds", type=int, help="for a cell that does not ask for more")
    arguments = parser.parse_args()
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this environment's kernel, not the user's
    os.environ["PATH"] = path_with_alembic()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if arguments.release:
        release()
        return
    if not arguments.folder:
        parser.error("name a folder of students: make grade SUBMISSIONS=DIR")
    folder = arguments.folder.expanduser().resolve()
    if not folder.is_dir():
        parser.error(f"{folder} is no folder")
    out = arguments.out or folder.with_name(f"{folder.name}-graded")
    rows = grade(folder, out, arguments.jobs, arguments.seconds)
    without = [row for row in rows if row.score is None]
    print(f"{len(rows) - len(without)} graded: {out / 'grades.csv'}, and a page for each beside it")
    for row in without:
        print(f"no grade: {row.student} {row.set}: {'; '.join(row.remarks)}")


if __name__ == "__main__":
    main()

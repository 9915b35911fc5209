"""Generate the student versions, and grade a folder of submissions.

python notebooks/assignments/grade.py --release            source/ to release/
python notebooks/assignments/grade.py DIR                  grade DIR/STUDENT/psN-…/psN.ipynb
                                                           (or DIR/STUDENT/psN.ipynb)
"""

import argparse
import contextlib
import csv
import json
import multiprocessing
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, fields
from pathlib import Path

import course
import psutil
from course import HERE, SETS, Batch, Grade, Submission
from tqdm import tqdm

MINUTES = 10  # for one submission, whatever its cells do


def release():
    """Write release/ anew from source/."""
    with tempfile.TemporaryDirectory() as folder:
        for name in tqdm(SETS, desc="student versions", unit="set", disable=None):
            course.generate(Path(folder), [name])
            target = HERE / "release" / SETS[name]
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(folder) / "release" / SETS[name] / f"{name}.ipynb", target)
            print(f"{target.relative_to(HERE)}/{name}.ipynb")


def find(folder):
    """The submissions in a folder of students, and a row for each student without any."""
    found, rows = [], []
    for student in sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] not in "._"):
        before = len(found)
        for name, long_name in SETS.items():
            places = student / long_name / f"{name}.ipynb", student / f"{name}.ipynb"
            paths = [path for path in places if path.is_file()]
            found += [Submission(student.name, name, path) for path in paths[:1]]
        if len(found) == before:
            rows.append(Grade(student.name, "", remarks=["no notebook of a problem set found"]))
    return found, rows


def supervise(submission, batch, context):
    """Run one submission in a process of its own, which ends after MINUTES in any case."""
    out = batch.out / submission.student
    out.mkdir(parents=True, exist_ok=True)
    result, page = (out / f"{submission.set}{suffix}" for suffix in (".json", ".html"))
    for left_over in (result, page):
        left_over.unlink(missing_ok=True)
    process = context.Process(target=course.grade_one, args=(submission, batch))
    process.start()
    process.join(60 * MINUTES)
    if process.is_alive():
        reason = f"cut off after {MINUTES} minutes"
        end(process.pid)
    else:
        reason = f"the grader's process ended with exit code {process.exitcode}"
    if not result.exists():
        return Grade(submission.student, submission.set, remarks=[f"not graded: {reason}"])
    row = Grade(**json.loads(result.read_text(encoding="utf-8")))
    result.unlink()
    return row


def end(pid):
    """End a process and those it has started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(pid)
        for member in [*family.children(recursive=True), family]:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()


def write_table(rows, path):
    """One row for each submission; written anew after each, so that none is ever lost."""
    columns = [column.name for column in fields(Grade)]
    draft = path.with_suffix(".draft")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for row in sorted(rows, key=lambda row: (row.set, row.student)):
            writer.writerow(asdict(row) | {"remarks": " | ".join(row.remarks)})
    os.replace(draft, path)


def grade(folder, out, jobs, seconds=None):
    """Grade every submission in a folder; the rows of the table."""
    found, rows = find(folder)
    out.mkdir(parents=True, exist_ok=True)
    write_table(rows, out / "grades.csv")
    if not found:
        return rows
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["course", "preprocessors"])
    with tempfile.TemporaryDirectory(prefix="nnlib-grade-") as scratch:
        batch = Batch(folder, out, Path(scratch), seconds)
        with tempfile.TemporaryDirectory() as template:
            course.generate(Path(template), sorted({submission.set for submission in found}))
            shutil.copy(Path(template) / "gradebook.db", scratch)
        with ThreadPoolExecutor(jobs) as pool:
            waiting = [pool.submit(supervise, one, batch, context) for one in found]
            for done in tqdm(as_completed(waiting), "grading", len(waiting), unit="notebook"):
                rows.append(done.result())
                write_table(rows, out / "grades.csv")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of students")
    parser.add_argument("--release", action="store_true", help="write the student versions")
    parser.add_argument("--out", type=Path, help="for grades.csv and the pages: DIR-graded if none")
    jobs = os.cpu_count() + 1  # each waits for its kernel half of the time
    parser.add_argument("--jobs", type=int, default=jobs, help="how many at a time")
    parser.add_argument("--seconds", type=int, help="for a cell that does not ask for more")
    arguments = parser.parse_args()
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this environment's kernel, not the user's
    os.environ["PATH"] = course.path_with_alembic()
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
    out = (arguments.out or folder.with_name(f"{folder.name}-graded")).resolve()
    rows = grade(folder, out, arguments.jobs, arguments.seconds)
    without = [row for row in rows if row.score is None]
    print(f"{len(rows) - len(without)} graded: {out / 'grades.csv'}, and a page for each beside it")
    for row in without:
        print(f"no grade: {row.student} {row.set}: {'; '.join(row.remarks)}")


if __name__ == "__main__":
    main()

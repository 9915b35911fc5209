"""What nbgrader does here beyond its own: restore what is gone, count only signed verdicts."""

import json
import re
import secrets
import tempfile
import textwrap
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Bool, Dict, Integer, List, default

from nnlib.checks import supervision

HERE = Path(__file__).resolve().parent
MOST_SECONDS = 300  # that a cell may ask for in its metadata
MOST_SIZE = 500_000  # characters of a picture or another output


class RestoreCells(NbGraderPreprocessor):
    """Put back what a submission lacks: nbgrader's metadata of its cells, and its graded cells.

    nbgrader adds a missing cell after the one before it, and stops if that is missing too, or if a
    cell was copied; here missing cells go to the end, where every name of the submission is known.
    """

    def preprocess(self, nb, resources):
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(names["notebook"], names["assignment"])
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            answers = {cell.name for cell in notebook.solution_cells}
            official = {
                cell.name: (cell, _metadata(cell, points.get(cell.name), cell.name in answers))
                for cell in notebook.source_cells
            }
            present = set()
            for cell in reversed(nb.cells):  # of copies of a cell the last one counts
                claimed = cell.metadata.pop("nbgrader", None)
                name = claimed.get("grade_id") if isinstance(claimed, dict) else None
                if isinstance(name, str) and name in official.keys() - present:
                    cell.metadata["nbgrader"] = official[name][1]
                    present.add(name)
            for name in [name for name in points if name not in present]:
                source, metadata = official[name]
                new_cell = new_code_cell if source.cell_type == "code" else new_markdown_cell
                nb.cells.append(new_cell(source.source, metadata={"nbgrader": metadata}))
        return nb, resources


def _metadata(cell, points, is_answer):
    graded = {} if points is None else {"points": points}
    return {
        "grade": points is not None,
        "grade_id": cell.name,
        "locked": cell.locked,
        "checksum": cell.checksum,
        "cell_type": cell.cell_type,
        "schema_version": 3,
        "solution": is_answer,
        "task": False,
        **graded,
    }


class ExecuteSubmission(Execute):
    """Run a submission in a supervised kernel; a graded cell without a receipt has not passed.

    When the kernel dies, or hangs and cannot be interrupted, the cells after that are not run.
    """

    timeout = Integer(20, help="seconds for a cell whose metadata do not say").tag(config=True)
    closed = List(help="more folders that a submission may not open files in").tag(config=True)
    raise_on_iopub_timeout = Bool(False)
    error_on_timeout = Dict(
        {"ename": "CellTimeoutError", "evalue": "stopped for lack of time", "traceback": []}
    )
    extra_arguments = List(
        [
            "--HistoryManager.hist_file=:memory:",
            "--IPKernelApp.log_level=40",  # errors only
            "--IPKernelApp.exec_lines=from nnlib.checks import supervision",
            "--IPKernelApp.exec_lines=supervision.begin()",
            "--IPKernelApp.exec_lines=del supervision",
        ]
    )

    @default("timeout_func")
    def _from_metadata(self):
        return self.seconds_for

    def seconds_for(self, cell):
        """The time a cell gets: `{"nnlib": {"seconds": 60}}` in its metadata, or the usual."""
        wish = cell.metadata.get("nnlib")
        seconds = wish.get("seconds") if isinstance(wish, dict) else None
        asked = isinstance(seconds, int) and seconds > 0
        return min(seconds, MOST_SECONDS) if asked else self.timeout

    def preprocess(self, nb, resources, **named):
        self.key, self.ended_in = secrets.token_bytes(32), None
        database = resources["nbgrader"]["db_url"].removeprefix("sqlite:///")
        checkers = Path(supervision.__file__).parent
        order = {
            "key": self.key.hex(),
            "closed": [str(HERE), str(checkers), str(Path(database).parent), *self.closed],
            "open": resources["metadata"]["path"],
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "order.json"
            file.write_text(json.dumps(order), encoding="utf-8")
            with utils.setenv(**{supervision.VARIABLE: str(file)}):
                return super().preprocess(nb, resources, **named)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code":
            self._run(cell, resources, index)
            if utils.is_grade(cell):
                self._judge(cell)
        return cell, resources

    def _run(self, cell, resources, index):
        name = cell.get("id") or f"number {index + 1}"
        if self.ended_in:
            cell.outputs = [_error(f"not run: Python ended or hung in cell {self.ended_in}")]
            return
        try:
            super().preprocess_cell(cell, resources, index)
        except (DeadKernelError, CellTimeoutError):
            self.ended_in = name
            cell.outputs.append(_error("Python ended or hung in this cell"))
        cell.outputs = [output for output in cell.outputs if len(str(output)) < MOST_SIZE]
        if any(output.get("ename") == "CellTimeoutError" for output in cell.outputs):
            seconds = self.seconds_for(cell)
            cell.outputs = [_error(f"stopped after {seconds} s: does a loop never end?")]
            self._look_alive(name)

    def _look_alive(self, name):
        """After an interrupt: end the kernel if it does not listen."""
        try:
            run_sync(self.kc.wait_for_ready)(timeout=5)
        except (RuntimeError, DeadKernelError):
            self.ended_in = name
            run_sync(self.km.shutdown_kernel)(now=True)

    def _judge(self, cell):
        """A verdict in words alone, and none that the grader did not sign."""
        errors = [output for output in cell.outputs if output.output_type == "error"]
        for output in errors:
            if output.ename == "AssertionError":
                output.traceback = textwrap.wrap(output.evalue, 90)
        printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
        checks = re.findall(r"^grade\((\w+)", cell.source, re.M)
        signed = all(f"[receipt {supervision.sign(self.key, name)}]" in printed for name in checks)
        if not errors and not signed:
            cell.outputs = [_error("this verdict does not come from nnlib's checkers: no points")]
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = re.sub(r" \[receipt \w+\]", "", output.text)


def _error(message):
    return new_output("error", ename="NotGraded", evalue=message, traceback=[message])

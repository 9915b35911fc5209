"""nbgrader's settings for this course; they hold for `make grade` and for a JupyterHub alike."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from nbgrader import preprocessors as theirs  # noqa: E402
from preprocessors import ExecuteSubmission, RestoreCells  # noqa: E402

c = get_config()  # noqa: F821
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.course_id = "nnlib"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.ClearSolutions.text_stub = "Write your answer here."
c.Autograde.sanitize_preprocessors = [
    RestoreCells,
    theirs.ClearOutput,
    theirs.OverwriteKernelspec,
    theirs.OverwriteCells,
    theirs.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    ExecuteSubmission,
    theirs.LimitOutput,
    theirs.SaveAutoGrades,
    theirs.AssignLatePenalties,
    theirs.CheckCellMetadata,
]

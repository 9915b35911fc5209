"""Being rebuilt: the exercises of the pages are imported here at the end."""

from nnlib.checks.examining import examine
from nnlib.checks.exercise import Exercise
from nnlib.checks.grading import grade, try_check

__all__ = ["Exercise", "examine", "grade", "try_check"]

"""The doors of the package: what comes in is checked, and what is wrong is named with its fix.

`expects` stands at the door of a pure function, so that the function itself can be mathematics
alone; `unguarded` is the way round it, for what has been checked already. The others check one
thing each, for classes.
"""

from nnlib._guards.arrays import as_numbers, written
from nnlib._guards.expectations import expects, unguarded
from nnlib._guards.names import look_up
from nnlib._guards.values import (
    check,
    check_function,
    is_whole,
    positive,
    real_number,
    share,
    whole_number,
)

__all__ = [
    "as_numbers",
    "check",
    "check_function",
    "expects",
    "is_whole",
    "look_up",
    "positive",
    "real_number",
    "share",
    "unguarded",
    "whole_number",
    "written",
]

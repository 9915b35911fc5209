"""Whose code is it: a person's who answers, nnlib's, a library's, or an answer that nnlib keeps?"""

import inspect
import os
import sys

import numpy

__all__ = [
    "ANSWERS",
    "CHECKS",
    "GUARDS",
    "KEPT",
    "LIBRARIES",
    "PACKAGE",
    "is_own",
    "is_watched",
    "keep",
]

PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
CHECKS = os.path.dirname(__file__) + os.sep
ANSWERS = tuple(CHECKS + folder + os.sep for folder in ("pages", "problem_sets"))
GUARDS = os.path.join(PACKAGE, "_guards")  # its wrappers pass calls on
LIBRARIES = (
    sys.prefix + os.sep,
    sys.base_prefix + os.sep,
    os.path.dirname(numpy.__file__) + os.sep,
)
KEPT = set()  # the code of every right answer that an exercise keeps


def keep(answer):
    """Remember the functions of a right answer, so that nobody can hand them in."""
    functions = vars(answer).values() if hasattr(answer, "__dict__") else ()
    KEPT.update(f.__code__ for f in (answer, *functions) if inspect.isfunction(f))
    return answer


def is_own(code):
    """Whether code was written by a person who answers: not by nnlib or a library."""
    return not code.co_filename.startswith((PACKAGE, *LIBRARIES))


def is_watched(code):
    """Whether code may be an answer: a person's own, or one that an exercise keeps."""
    return code.co_filename.startswith(ANSWERS) or is_own(code)

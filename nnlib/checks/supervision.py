"""What a kernel does while a submission is graded in it, and never else.

The grader (notebooks/assignments) has the kernel call `begin` before the first cell of a
submission: whatever a cell replaces afterwards comes too late. NNLIB_SUPERVISION names a file with
the key that signs receipts, the folders to close and the one in them that stays open; it is read
once and removed.
"""

import builtins
import copy
import hmac
import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path

import nnlib.checks as checks
from nnlib.checks import grading, pages, problem_sets
from nnlib.checks.exercise import Exercise

VARIABLE = "NNLIB_SUPERVISION"
MOST_OUTPUT = 20_000  # characters that a cell may print
STARTS = ("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "subprocess.Popen")
BUILTINS = (
    *("abs", "all", "any", "callable", "enumerate", "float", "getattr", "int", "isinstance"),
    *("len", "list", "map", "max", "min", "next", "range", "set", "sorted", "sum", "tuple", "zip"),
)


def begin():
    """Load every exercise, remember nnlib as it is, close the grader's files, limit the output."""
    file = Path(os.environ.pop(VARIABLE, ""))
    if not file.is_file():
        return
    order = json.loads(file.read_text(encoding="utf-8"))
    file.unlink()
    key, kept = bytes.fromhex(order["key"]), {}
    # the key lies in a closure, where nobody comes across it by looking through nnlib
    grade = grading._make_grade(trusting(kept), lambda name: f" [receipt {sign(key, name)}]")
    checks.grade = grading.grade = grade
    kept.update(_parts())
    sys.stdout, sys.stderr = _Limited(sys.stdout), _Limited(sys.stderr)
    _close(order["closed"], order["open"])


def trusting(kept):
    """A function that gives, for an exercise of nnlib, a copy of it that no cell can change.

    It raises an AssertionError if a part of nnlib on which a verdict rests is not as it was kept.
    """
    modules = [
        importlib.import_module(module.name)
        for package in (pages, problem_sets)
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    exercises = [e for m in modules for e in vars(m).values() if isinstance(e, Exercise)]
    copies = {id(exercise): copy.deepcopy(exercise) for exercise in exercises}

    def trusted(check):
        changed = changes(kept)
        assert not changed, f"{changed[0]} was replaced in this notebook: nothing can be graded"
        assert id(check) in copies, f"{check!r} is no exercise of nnlib"
        return copies[id(check)]

    return trusted


def changes(kept):
    """The names of what is no longer as it was kept."""
    now = _parts()
    return [where for where, part in kept.items() if now.get(where) is not part]


def sign(key, name):
    """The receipt that only a grader with the key can write for a checker."""
    return hmac.digest(key, name.encode(), "sha256").hex()[:16]


def _parts():
    """What a verdict rests on, by name: functions, classes, methods, code, constants of checks."""
    modules = [name for name in sys.modules if name == "math" or name.split(".")[0] == "nnlib"]
    parts = {f"builtins.{name}": getattr(builtins, name, None) for name in BUILTINS}
    for module in modules:
        constant = module.startswith(checks.__name__)
        members = {
            k: value
            for k, value in vars(sys.modules[module]).items()
            if callable(value) or (constant and not k.startswith("__"))
        }
        for k, value in list(members.items()):
            if isinstance(value, type) and value.__module__.startswith("nnlib."):
                members |= {f"{k}.{method}": code for method, code in vars(value).items()}
        parts |= {f"{module}.{k}": value for k, value in members.items()}
    for word in ("code", "defaults"):
        found = {where: getattr(part, f"__{word}__", None) for where, part in parts.items()}
        parts |= {f"{where}'s {word}": value for where, value in found.items() if value is not None}
    return parts


def _close(closed, kept_open):
    """Refuse to open files in folders and to start programs; Python cannot undo this."""
    closed = tuple(os.path.realpath(folder) + os.sep for folder in closed)
    kept_open = os.path.realpath(kept_open) + os.sep

    def audit(event, arguments):
        if event in STARTS:
            raise PermissionError("no program may be started while a submission is graded")
        if event in ("open", "sqlite3.connect") and isinstance(arguments[0], str | bytes):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            if path.startswith(closed) and not path.startswith(kept_open):
                raise PermissionError("the grader's files are closed while it grades")

    sys.addaudithook(audit)


class _Limited:
    """A stream that lets MOST_OUTPUT characters of a cell through."""

    def __init__(self, stream):
        self.stream, self.left = stream, MOST_OUTPUT
        from IPython import get_ipython

        get_ipython().events.register("pre_run_cell", self.refill)

    def refill(self, info=None):
        self.left = MOST_OUTPUT

    def write(self, text):
        if self.left > 0:
            cut = "" if len(text) <= self.left else "\n… the rest of the output was cut off\n"
            self.stream.write(text[: self.left] + cut)
        self.left -= len(text)
        return len(text)

    def __getattr__(self, name):
        return getattr(self.stream, name)

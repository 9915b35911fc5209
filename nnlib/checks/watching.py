"""Watching an answer while it runs: which forbidden tool does it use, by whatever name?

No source is read for names. Functions of NumPy are replaced during the call, in NumPy itself and
wherever the answer keeps them under another name; calls into nnlib, methods of arrays and builtins
are seen by a profile function, the operator @ by the line on which it stands.
"""

import contextlib
import dataclasses
import dis
import functools
import inspect
import sys
import types
from pathlib import Path

import numpy

from nnlib.checks.ownership import CHECKS, GUARDS, KEPT, PACKAGE, is_watched
from nnlib.checks.stand_ins import stand_ins

__all__ = ["Watch"]

OUR_OWN = {  # files that stand between an answer and what it calls
    __file__, is_watched.__code__.co_filename, inspect.unwrap(stand_ins).__code__.co_filename
}  # fmt: skip
SWITCHES = (sys.setprofile, sys.settrace, sys._getframe)  # to end the watch, or to look past it
LOOKS = {inspect.currentframe.__code__, inspect.stack.__code__}


class Watch:
    """Wraps an answer so that the first forbidden tool that it uses is noted in `misuse`.

    Parameters
    ----------
    forbidden : tuple of str
        "@"; ".T"; "numpy.dot" and the like; "ndarray.sum", a method of arrays; "builtins.sum";
        "nnlib", or a module or function of it, as "nnlib.losses" or "nnlib.layers.dense_backward".
    may_use : tuple of str
        What of nnlib is allowed all the same, by function ("relu", "Dense.forward") or module
        ("datasets").
    """

    def __init__(self, forbidden, may_use=()):
        self.forbidden, self.may_use = forbidden, set(may_use)
        self.misuse = ""
        self.of_nnlib = tuple(tool for tool in forbidden if tool.split(".")[0] == "nnlib")
        self.of_numpy = [tool for tool in forbidden if tool.startswith("numpy.")]
        self.handed_over = set()

    def note(self, tool):
        self.misuse = self.misuse or tool

    def wrap(self, answer):
        """The answer with each of its functions watched; a record, tuple, dict or class too."""
        if isinstance(answer, type):
            methods = {k: self.wrap(v) for k, v in vars(answer).items() if inspect.isfunction(v)}
            return type(answer.__name__, (answer,), methods)
        if dataclasses.is_dataclass(answer):
            names = [field.name for field in dataclasses.fields(answer)]
            return dataclasses.replace(answer, **{k: self.wrap(getattr(answer, k)) for k in names})
        if isinstance(answer, list | tuple):
            return type(answer)(self.wrap(value) for value in answer)
        if isinstance(answer, dict):
            return {k: self.wrap(value) for k, value in answer.items()}
        if isinstance(answer, types.SimpleNamespace):
            return types.SimpleNamespace(**self.wrap(vars(answer)))
        if not callable(answer) or type(answer).__module__.startswith("nnlib."):  # a model
            return answer
        return self._wrap_function(answer)

    def _wrap_function(self, function):
        @functools.wraps(function)
        def call(*arguments, **named):
            handed = [*arguments, *named.values()]
            self.handed_over = {getattr(value, "__code__", None) for value in handed}
            result = self._run(function, functools.partial(function, *arguments, **named))
            if inspect.isgenerator(result):
                return self._watch_generator(function, result)
            # a function that was returned is the answer's own work too: a schedule, for instance
            own = inspect.isfunction(result) and all(result is not value for value in handed)
            return self._wrap_function(result) if own else result

        return call

    def _watch_generator(self, function, generator):
        with contextlib.suppress(StopIteration):
            while True:
                yield self._run(function, generator.__next__)

    def _run(self, function, call):
        profile, trace = sys.getprofile(), sys.gettrace()
        function = _inside_partial(function)
        if inspect.isbuiltin(function):
            self._look_at_builtin(function)
        with stand_ins(self.of_numpy, function, self.note):
            if not {"@", ".T"}.isdisjoint(self.forbidden):
                sys.settrace(self._trace)
            sys.setprofile(self._profile)
            try:
                return call()
            finally:
                sys.setprofile(profile)
                sys.settrace(trace)

    def _trace(self, frame, event, argument):
        """Follow the lines of a person's own functions that hold the operator @, or .T."""
        lines = _lines_of_operators(frame.f_code) if is_watched(frame.f_code) else {}
        if not lines:
            return None

        def follow(frame, event, argument):
            tool = lines.get(frame.f_lineno) if event == "line" else None
            if tool in self.forbidden:
                self.note(tool)
            return follow

        return follow

    def _profile(self, frame, event, argument):
        """Note calls of a person's own functions into nnlib, to methods of arrays, to builtins."""
        code = frame.f_code
        if event == "c_call" and is_watched(code):
            self._look_at_builtin(argument)
        elif event == "call" and code in LOOKS and is_watched(frame.f_back.f_code):
            self.note(f"inspect.{code.co_name}")
        elif event == "call" and _enters_nnlib(code, _caller(frame)):
            self._look_at_call_into_nnlib(frame)

    def _look_at_builtin(self, function):
        if function in SWITCHES:
            self.note(f"sys.{function.__name__}")
            return
        owner = getattr(function, "__self__", None)
        kinds = {numpy.ndarray: "ndarray", types.ModuleType: getattr(owner, "__name__", "")}
        kind = next((name for type_, name in kinds.items() if isinstance(owner, type_)), "")
        if isinstance(owner, numpy.ufunc):
            kind = f"numpy.{owner.__name__}"
        name = f"{kind}.{function.__name__}"
        if name in self.forbidden or (isinstance(owner, numpy.ufunc) and kind in self.forbidden):
            self.note(name)
        if name == "_operator.matmul" and "@" in self.forbidden:
            self.note("operator.matmul")

    def _look_at_call_into_nnlib(self, frame):
        code = frame.f_code
        module = Path(code.co_filename).relative_to(PACKAGE).with_suffix("")
        name = _name(frame)
        allowed = {code.co_name, name, *module.parts} & self.may_use
        rooms = module.parts if module.parts[0] == "checks" else module.parts[:1]
        full = ".".join(["nnlib", *rooms, name])  # as it is imported: nnlib.layers.dense_forward
        hit = any(full == tool or full.startswith(f"{tool}.") for tool in self.of_nnlib)
        if hit and code not in self.handed_over and not allowed:
            self.note(full)


def _inside_partial(function):
    while isinstance(function, functools.partial):
        function = function.func
    return function


@functools.cache
def _lines_of_operators(code):
    """The lines of a function on which @ stands, or the method behind it, or .T."""
    lines, line = {}, code.co_firstlineno
    for step in dis.get_instructions(code):
        line = step.positions.lineno if hasattr(step, "positions") else step.starts_line or line
        is_operator = "MATRIX_MULTIPLY" in step.opname or step.argrepr in ("@", "@=")
        if is_operator or step.argval in ("__matmul__", "__rmatmul__", "__imatmul__"):
            lines[line] = "@"
        elif step.opname == "LOAD_ATTR" and step.argval == "T":
            lines.setdefault(line, ".T")
    return lines


def _name(frame):
    """What a running function is called, a method with its class."""
    code = frame.f_code
    is_method = code.co_varnames[:1] == ("self",)
    owner = f"{type(frame.f_locals['self']).__name__}." if is_method else ""
    return owner + code.co_name


def _enters_nnlib(code, caller):
    """Whether a call leads from outside into nnlib, or to an answer that nnlib itself keeps."""
    name, before = code.co_filename, caller.co_filename
    if not name.startswith(PACKAGE) or name in OUR_OWN or name.startswith(GUARDS):
        return False
    if name.startswith(CHECKS):  # the caller is this module where such a function is the answer
        return code in KEPT or before in OUR_OWN or not before.startswith(PACKAGE)
    return before.startswith(CHECKS) or not before.startswith(PACKAGE)


def _caller(frame):
    frame = frame.f_back
    while frame.f_code.co_filename.startswith(GUARDS):
        frame = frame.f_back
    return frame.f_code

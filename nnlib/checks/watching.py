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
import os
import sys
import types
from pathlib import Path

import numpy

__all__ = ["Watch", "is_own", "is_watched", "keep"]

PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
CHECKS = os.path.dirname(__file__) + os.sep
ANSWERS = tuple(CHECKS + folder + os.sep for folder in ("pages", "problem_sets"))
GUARDS = os.path.join(PACKAGE, "_guards")  # its wrappers pass calls on
LIBRARIES = (
    sys.prefix + os.sep,
    sys.base_prefix + os.sep,
    os.path.dirname(numpy.__file__) + os.sep,
)
SWITCHES = (sys.setprofile, sys.settrace, sys._getframe)  # to end the watch, or to look past it
KEPT = set()  # the code of every right answer that an exercise keeps
LOOKS = {inspect.currentframe.__code__, inspect.stack.__code__}


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
        with _replaced(self.of_numpy, function, self.note):
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


class _Forbidden:
    """Stands in the place of a function of NumPy; only a person's own code is kept from it."""

    def __init__(self, original, name, note):
        self.original, self.name, self.note = original, name, note

    def __call__(self, *arguments, **named):
        if is_watched(sys._getframe(1).f_code):
            self.note(self.name)
        return self.original(*arguments, **named)

    def __getattr__(self, attribute):  # as np.logaddexp.reduce
        if is_watched(sys._getframe(1).f_code):
            self.note(self.name)
        return getattr(self.original, attribute)


@contextlib.contextmanager
def _replaced(names, answer, note):
    """Put stand-ins for functions of NumPy into NumPy, and wherever the answer keeps them."""
    stand_ins, undo = {}, []
    for name in names:
        module, attribute = _module_of(name)
        original = getattr(module, attribute)
        stand_ins[id(original)] = _Forbidden(original, name, note)
        undo.append((functools.partial(setattr, module, attribute), original))
        setattr(module, attribute, stand_ins[id(original)])
    if id(answer) in stand_ins:
        note(stand_ins[id(answer)].name)
    try:
        _replace_in(answer, stand_ins, undo, seen=set())
        yield
    finally:
        for put_back, original in reversed(undo):
            put_back(original)


def _inside_partial(function):
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _module_of(name):
    path = name.split(".")
    module = numpy
    for part in path[1:-1]:
        module = getattr(module, part)
    return module, path[-1]


def _replace_in(thing, stand_ins, undo, seen):
    """Follow what a person's own code can reach from a function: names, cells, containers."""
    if not stand_ins or id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, functools.partial):
        _replace_in((thing.func, *thing.args), stand_ins, undo, seen)
    elif inspect.isfunction(thing) and is_watched(thing.__code__):
        _replace_in(getattr(thing, "__wrapped__", None), stand_ins, undo, seen)
        _replace_entries(thing.__globals__, stand_ins, undo, seen)
        for cell in thing.__closure__ or ():
            with contextlib.suppress(ValueError):  # an empty cell
                held = cell.cell_contents
                if id(held) in stand_ins:
                    undo.append((functools.partial(setattr, cell, "cell_contents"), held))
                    cell.cell_contents = stand_ins[id(held)]
                _replace_in(held, stand_ins, undo, seen)
        _replace_defaults(thing, stand_ins, undo)
    elif isinstance(thing, dict):
        _replace_entries(thing, stand_ins, undo, seen)
    elif isinstance(thing, list):
        for i, value in enumerate(thing):
            if id(value) in stand_ins:
                undo.append((functools.partial(thing.__setitem__, i), value))
                thing[i] = stand_ins[id(value)]
            _replace_in(value, stand_ins, undo, seen)
    elif isinstance(thing, tuple | types.SimpleNamespace):
        for value in vars(thing).values() if hasattr(thing, "__dict__") else thing:
            _replace_in(value, stand_ins, undo, seen)
    elif _is_persons_own(thing):
        for name, kept in list(vars(thing).items()):
            value = kept.__func__ if isinstance(kept, staticmethod | classmethod) else kept
            if id(value) in stand_ins:
                undo.append((functools.partial(setattr, thing, name), kept))
                setattr(thing, name, stand_ins[id(value)])
            _replace_in(value, stand_ins, undo, seen)


def _is_persons_own(thing):
    """Whether a class, or the class of an object, was defined in a notebook or a script."""
    kind = thing if isinstance(thing, type) else type(thing)
    file = getattr(sys.modules.get(kind.__module__), "__file__", None) or ""
    known = kind.__module__ in sys.builtin_module_names or file.startswith((PACKAGE, *LIBRARIES))
    return hasattr(thing, "__dict__") and not known


def _replace_entries(mapping, stand_ins, undo, seen):
    for name, value in list(mapping.items()):
        if id(value) in stand_ins:
            undo.append((functools.partial(mapping.__setitem__, name), value))
            mapping[name] = stand_ins[id(value)]
        if not isinstance(value, types.ModuleType) and not str(name).startswith("__"):
            _replace_in(value, stand_ins, undo, seen)


def _replace_defaults(function, stand_ins, undo):
    defaults = function.__defaults__ or ()
    if any(id(value) in stand_ins for value in defaults):
        undo.append((functools.partial(setattr, function, "__defaults__"), defaults))
        function.__defaults__ = tuple(stand_ins.get(id(value), value) for value in defaults)


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
    if not name.startswith(PACKAGE) or name.startswith((GUARDS, __file__)):
        return False
    if name.startswith(CHECKS):  # the caller is this module where such a function is the answer
        return code in KEPT or before == __file__ or not before.startswith(PACKAGE)
    return before.startswith(CHECKS) or not before.startswith(PACKAGE)


def _caller(frame):
    frame = frame.f_back
    while frame.f_code.co_filename.startswith(GUARDS):
        frame = frame.f_back
    return frame.f_code

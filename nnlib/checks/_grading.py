"""`grade`: a checker as it is run on what a student hands in."""

import contextlib
import dataclasses
import functools
import inspect
import linecache
import os
import sys
import warnings
from pathlib import Path

PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
GUARDS = PACKAGE + "_guards"  # its wrappers pass calls on
LIBRARIES = (sys.prefix + os.sep, sys.base_prefix + os.sep)
SWITCHES = (sys.setprofile, sys.settrace, sys._getframe)  # to end the watch, or to look past it
LOOKS = {inspect.currentframe.__code__, inspect.stack.__code__}


def _make_grade(verify=lambda: None, receipt=lambda name: ""):
    """`grade`, with what a supervised session adds to it (see _supervision)."""

    def grade(check, answer, *, may_use=()):
        """Run a checker on an answer, watch what it calls, and raise what is wrong in words.

        Parameters
        ----------
        check : callable
            A checker of nnlib.checks.
        answer : object
            What the checker takes: a function, a record of functions, several in a tuple, a class.
        may_use : tuple of str
            What the answer may call in nnlib, by function ("relu", "Dense.forward") or module
            ("datasets").

        Raises
        ------
        AssertionError
            If the checker refuses the answer, if the answer stops with an error, or if it calls
            nnlib.
        """
        __tracebackhide__ = True
        verify()
        calls = []
        problem = _problem(check, _watched(answer, may_use, calls))
        if calls:
            problem = f"your function calls {calls[0]}: the task is to write it yourself"
        name = check.__name__.removeprefix("check_")
        if problem:
            raise AssertionError(f"{name}: {problem}")
        print(f"{name}: passed{receipt(check.__name__)}")

    return grade


grade = _make_grade()


def _problem(check, answer):
    try:
        with _silence():
            check(answer)
    except NotImplementedError:
        return "not attempted yet"
    except AssertionError as error:
        return str(error) or "an `assert` failed"
    except (Exception, SystemExit) as error:
        return f"your function stopped with {type(error).__name__}: {error}{_place(error)}"
    return None


class _Nowhere:
    """Takes what a function prints."""

    def write(self, text):
        return len(text)

    def flush(self):
        pass


@contextlib.contextmanager
def _silence():
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(_Nowhere()),
        contextlib.redirect_stderr(_Nowhere()),
    ):
        warnings.simplefilter("ignore")
        yield


def _place(error):
    """The last line of the notebook on the way to an error, in words."""
    place, traceback = "", error.__traceback__
    while traceback:
        code, line = traceback.tb_frame.f_code, traceback.tb_lineno
        text = linecache.getline(code.co_filename, line).strip()
        if text and _is_own(code):
            place = f" (line {line}: `{text}`)"
        traceback = traceback.tb_next
    return place


def _watched(answer, may_use, calls):
    """The answer with each of its functions wrapped, so that `calls` collects calls into nnlib."""
    wrap = functools.partial(_watched, may_use=may_use, calls=calls)
    if isinstance(answer, type):
        methods = {k: wrap(value) for k, value in vars(answer).items() if inspect.isfunction(value)}
        return type(answer.__name__, (answer,), methods)
    if dataclasses.is_dataclass(answer):
        fields = [field.name for field in dataclasses.fields(answer)]
        return dataclasses.replace(answer, **{k: wrap(getattr(answer, k)) for k in fields})
    if isinstance(answer, list | tuple):
        return type(answer)(wrap(value) for value in answer)
    if isinstance(answer, dict):
        return {k: wrap(value) for k, value in answer.items()}
    if not callable(answer) or type(answer).__module__.startswith("nnlib."):  # a model
        return answer
    return _watched_function(answer, may_use, calls)


def _watched_function(function, may_use, calls):
    @functools.wraps(function)
    def call(*arguments, **named):
        handed_over = {getattr(value, "__code__", None) for value in [*arguments, *named.values()]}
        hook = _hook(handed_over, may_use, calls)
        result = _profiled(hook, functools.partial(function, *arguments, **named))
        return _watched_generator(result, hook) if inspect.isgenerator(result) else result

    return call


def _watched_generator(generator, hook):
    with contextlib.suppress(StopIteration):
        while True:
            yield _profiled(hook, generator.__next__)


def _profiled(hook, call):
    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        return call()
    finally:
        sys.setprofile(before)


def _hook(handed_over, may_use, calls):
    """A profiler that notes calls from outside nnlib into it, but of nothing handed over."""

    def hook(frame, event, argument):
        code = frame.f_code
        if event == "c_call" and argument in SWITCHES and _is_own(code):
            calls.append(f"sys.{argument.__name__}")
        elif event == "call" and code in LOOKS and _is_own(frame.f_back.f_code):
            calls.append(f"inspect.{code.co_name}")
        elif event == "call" and _inside(code) and not _inside(_caller(frame)):
            module = Path(code.co_filename).relative_to(PACKAGE).with_suffix("")
            name = _name(frame)
            allowed = {code.co_name, name, *module.parts} & set(may_use)
            if code not in handed_over and not allowed:
                calls.append(".".join(["nnlib", module.parts[0], name]))

    return hook


def _name(frame):
    """What a running function is called, a method with its class."""
    code = frame.f_code
    is_method = code.co_varnames[:1] == ("self",)
    owner = f"{type(frame.f_locals['self']).__name__}." if is_method else ""
    return owner + code.co_name


def _is_own(code):
    """Whether code is of the notebook, not of nnlib or a library."""
    return not code.co_filename.startswith((PACKAGE, *LIBRARIES))


def _inside(code):
    """Whether code belongs to nnlib; this module, which calls the answer, stands outside."""
    file = code.co_filename
    return file.startswith(PACKAGE) and file != __file__ and not file.startswith(GUARDS)


def _caller(frame):
    frame = frame.f_back
    while frame.f_code.co_filename.startswith(GUARDS):
        frame = frame.f_back
    return frame.f_code

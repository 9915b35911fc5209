"""Running an answer on the cases of an exercise. What comes of it is plain data.

Nothing here says whether an answer is right: that is `comparing`, which never calls an answer.
"""

import contextlib
import copy
import dis
import inspect
import linecache
import signal
import threading
from dataclasses import dataclass
from itertools import islice
from traceback import walk_tb

from numpy import array_equal, errstate, ndarray

from nnlib.checks.ownership import is_own, is_watched
from nnlib.checks.watching import Watch

__all__ = ["Outcome", "form_problem", "items", "run"]


@dataclass
class Outcome:
    """What an answer did with one case.

    value : what it returned, or what `observe` made of it
    error : the name of the error that stopped it, or ""
    said : the error's message
    kinds : the error's name, and those of the classes that it belongs to
    raised : whether a `raise` in the answer raised it, in words of somebody's own
    place : the line of the answer that raised it, in words, or ""
    changed : the names of arguments that it changed
    misuse : a forbidden tool that it used, in words, or ""
    seen : what `comparing` makes of all this
    """

    value: object = None
    error: str = ""
    said: str = ""
    kinds: tuple = ()
    raised: bool = False
    place: str = ""
    changed: tuple = ()
    misuse: str = ""
    seen: object = None


class TooLong(BaseException):
    """Raised into an answer whose time is over; no `except Exception` stops it."""


class TooMany(Exception):
    """Raised where an answer yields without end."""


def form_problem(exercise, answer):
    """What is wrong with an answer before it is run, in words, or None."""
    if answer is ...:
        raise NotImplementedError
    takes = exercise.takes
    if takes is None and not callable(answer):
        return (
            f"hand over the function itself, `{exercise.name}`, got {_short(answer)}"
            f"{': was it called, with brackets behind its name?' if answer is not None else ''}"
        )
    missing = [field for field in takes or () if not callable(getattr(answer, field, None))]
    if missing:
        return f"hand over a record whose {' and '.join(takes)} are functions, got {_short(answer)}"
    return None


def run(exercise, answer, forbidden=(), may_use=()):
    """The outcomes of an answer, one for each case, or for those that it had time for."""
    watch = Watch(forbidden, may_use)
    answer = watch.wrap(answer) if forbidden else answer
    outcomes = []
    try:
        with _limit(exercise.seconds):
            for case in exercise.cases:
                outcomes.append(_outcome(exercise, answer, case, watch, first=not outcomes))
    except TooLong:
        said = f"it ran for {exercise.seconds} s: does a loop never end?"
        outcomes.append(Outcome(error="TooLong", said=said))
    return outcomes


def _outcome(exercise, answer, case, watch, first):
    copies = copy.deepcopy(case)
    observe = exercise.observe or (_call_field if exercise.takes else _call)
    strict = "raise" if exercise.strict_floats else None
    outcome = Outcome()
    try:
        with errstate(over=strict, invalid=strict, divide=strict):
            outcome.value = observe(answer, *copies)
    except NotImplementedError as error:
        if first and not _raised_below(error):
            raise
        below = "a function that yours calls is not attempted yet"
        outcome.error = "NotImplementedError"
        outcome.said = below if _raised_below(error) else "this part is not attempted yet"
    except (Exception, SystemExit) as error:
        outcome.error, outcome.said = type(error).__name__, str(error).strip()
        outcome.kinds = tuple(kind.__name__ for kind in type(error).__mro__)
        outcome.place, outcome.raised = _place(error), _by_raise(error)
    names = exercise.arguments if observe is _call or exercise.keeps else ()
    if exercise.changes:
        after = [
            kept for name, kept in zip(names, copies, strict=False) if name in exercise.changes
        ]
        outcome.value = outcome.value, after
    outcome.changed = tuple(
        name
        for name, before, after in zip(names, case, copies, strict=False)
        if name not in exercise.changes and not _equal(before, after)
    )
    outcome.misuse = watch.misuse
    return outcome


def _call(answer, *case):
    """What an answer returns; it is copied, since an argument may be part of it."""
    value = answer(*case)
    return copy.deepcopy(value) if isinstance(value, ndarray | list | tuple | dict) else value


def _call_field(record, field, *case):
    return _call(getattr(record, field), *case)


def items(iterable, most):
    """The items of what an answer returned, at most so many, or an error in words."""
    found = list(islice(iterable, most + 1))
    if len(found) > most:
        raise TooMany(f"more than {most} items came, and no end: does the loop that yields stop?")
    return found


@contextlib.contextmanager
def _limit(seconds):
    """Raise TooLong in the block when its time is over, where the system can do that.

    The time is the processor's, so that a busy machine does not decide; who sleeps gets four times
    as much.
    """
    can = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not can:
        yield
        return

    def stop(number, frame):
        raise TooLong

    timers = {
        (signal.ITIMER_PROF, signal.SIGPROF): seconds,
        (signal.ITIMER_REAL, signal.SIGALRM): 4 * seconds,
    }
    before = {number: signal.signal(number, stop) for _, number in timers}
    for (timer, _), most in timers.items():
        signal.setitimer(timer, most, 0.5)  # again, if the answer caught the first one
    try:
        yield
    finally:
        for timer, number in timers:
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def _raised_below(error):
    """Whether a function that the answer calls raised the error, not the answer itself."""
    return sum(is_own(frame.f_code) for frame, _ in walk_tb(error.__traceback__)) > 1


def _by_raise(error):
    """Whether a `raise` in an answer raised an error, in words of its own."""
    last = error.__traceback__
    while last.tb_next:
        last = last.tb_next
    code = last.tb_frame.f_code
    return code.co_code[last.tb_lasti] == dis.opmap["RAISE_VARARGS"] and is_watched(code)


def _place(error):
    """The last line of a person's own code on the way to an error, in words."""
    place = ""
    for frame, line in walk_tb(error.__traceback__):
        text = linecache.getline(frame.f_code.co_filename, line).strip()
        if text and is_own(frame.f_code):
            place = f" (line {line}: `{text}`)"
    return place


def _equal(before, after):
    if isinstance(before, ndarray):
        return isinstance(after, ndarray) and array_equal(before, after, equal_nan=_floats(before))
    if isinstance(before, list | tuple):
        same = isinstance(after, list | tuple) and len(before) == len(after)
        return same and all(map(_equal, before, after))
    return callable(before) or not isinstance(before, int | float | str) or before == after


def _floats(array):
    return array.dtype.kind in "fc"


def _short(value):
    text = "a function" if inspect.isroutine(value) else repr(value)
    return text if len(text) < 60 else f"{text[:56]} …"

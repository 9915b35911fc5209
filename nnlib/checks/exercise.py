"""`Exercise`: what is asked of a reader, how answers are tried, and what is known to go wrong."""

import contextlib
import io
import linecache
import math
import re
import textwrap
import warnings
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

import numpy
from numpy.random import default_rng

from nnlib.checks import comparing, ownership, running

__all__ = ["Exercise", "Mistake"]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and the sentence that helps whoever gives it."""

    says: str
    answer: object


class _NumPyAsImported(SimpleNamespace):
    """NumPy as it is now: what a page redefines later does not reach the answers kept here."""

    def __getattr__(self, name):  # what NumPy itself loads only when it is asked for
        return getattr(numpy, name)


NUMPY = _NumPyAsImported(**vars(numpy))


def compiled(source, names):
    """The last function of some source code, which is kept so that errors can quote it."""
    file = f"{ownership.ANSWERS[0]}{len(linecache.cache)}"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    namespace = {"__name__": "answer", "np": NUMPY, "math": math, **names}
    before = set(namespace)
    exec(compile(source, file, "exec"), namespace)
    return [f for name, f in namespace.items() if name not in before and callable(f)][-1]


def _changed(source, change):
    """Source code with some pieces replaced, each of which must be there."""
    if isinstance(change, str):
        head = source[: source.index(":\n") + 2]
        return head + textwrap.indent(textwrap.dedent(change).strip("\n"), "    ")
    for old, new in zip(change[::2], change[1::2], strict=True):
        if old not in source:
            raise ValueError(f"{old!r} does not stand in the source")
        source = source.replace(old, new)
    return source


class Exercise:
    """A task with its right answer, its cases, and its known mistakes, each with a sentence.

    An answer is run on every case. It passes if all that it gives agrees with the reference. If it
    does not, the message says where, and if it does there what a known mistake does, it adds the
    sentence of that mistake.

    Parameters
    ----------
    signature : str
        The function that is asked, as "dense(X, W, b)"; verdicts begin with its name.
    asks : str
        What is asked, in a sentence.
    cases : list of tuple, or callable
        The arguments of each call: cases worked by hand first, then drawn ones, odd shapes, whole
        numbers. A callable (rng) -> list is called once, when the cases are needed.
    parts : tuple of str, optional
        The names of what a right answer returns, in order, if that is more than one thing.
    changes : tuple of str, optional
        The names of the arguments that are to be changed in place. What they hold afterwards is
        compared, and nothing may be returned.
    keeps : bool
        Whether an answer that changes its other arguments is refused: where the task says so.
    forbidden : tuple of str
        Tools that may not do the work, as `watching.Watch` names them.
    takes : tuple of str, optional
        The fields of a record of functions, where one is asked instead of a function; the first
        entry of a case is then the field that it calls. () takes anything.
    observe : callable (answer, *case), optional
        Runs an answer on a case and returns plain data; calls it with the case unless given.
    read : callable (observed, *case), optional
        What of that is compared. It raises an AssertionError with a sentence if the form is wrong.
    tolerance : float
        The relative difference that is still equal.
    strict_floats : bool
        Whether an overflow, a division by 0 or an invalid value refuses an answer, wherever it
        happens.
    seconds : float
        Of processor time, for all cases together: then a loop is taken to be endless.

    Attributes
    ----------
    mistakes : list of Mistake
    rights : list
        Unusual right answers: they have to pass.
    """

    def __init__(
        self, signature, asks, cases, *, parts=None, changes=(), keeps=False, forbidden=(),
        takes=None, observe=None, read=None, tolerance=1e-5, strict_floats=False, seconds=10,
    ):  # fmt: skip
        self.name, *self.arguments = re.findall(r"\w+", signature)
        self.asks = asks
        self.__name__, self.__doc__ = f"check_{self.name}", f"Check {signature}: {asks}"
        self._given_cases = cases
        self.parts, self.changes, self.keeps = parts or changes or None, changes, keeps
        self.forbidden, self.takes = forbidden, takes
        self.observe, self.read = observe, read
        self.tolerance, self.strict_floats, self.seconds = tolerance, strict_floats, seconds
        self.answer, self.mistakes, self.rights = None, [], []

    def __repr__(self):
        return f"<Exercise {self.name}>"

    def reference(self, answer):
        """Make an answer the right one: loops or worked numbers, no function of nnlib."""
        self.answer = answer
        return ownership.keep(answer)

    def right(self, answer):
        """Keep an unusual right answer, which has to pass too."""
        self.rights.append(answer)
        return ownership.keep(answer)

    def mistake(self, says, answer=None, **fields):
        """Keep a wrong answer with what to say to whoever gives it; also as a decorator.

        Of a record only the wrong fields need be given: the others are those of the reference.
        """
        if fields:
            answer = SimpleNamespace(**vars(self.answer) | fields)
        if answer is None:
            return lambda answer: self.mistake(says, answer)
        self.mistakes.append(Mistake(says, answer))
        return answer

    def knows(self, mistakes, field=None):
        """Keep several mistakes: {sentence: answer}, or {sentence: [answer, answer]}.

        With `field` each is that field of a record whose other fields are right.
        """
        for says, answers in mistakes.items():
            for answer in answers if isinstance(answers, list) else [answers]:
                self.mistake(says, **{field: answer}) if field else self.mistake(says, answer)

    def slips(self, source, slips, **names):
        """Keep the source of a right answer, and the mistakes that a small change makes of it.

        Parameters
        ----------
        source : str
            A function as somebody would hand it in; `np` and `math` are imported.
        slips : dict
            {sentence: (old, new)}, or (old, new, old, new, …): pieces of the source, and what
            stands in their place. {sentence: text} replaces the body of the function, and a list
            holds several changes that deserve one sentence.
        **names : object
            What else the source may use.
        """
        self.right(compiled(source, names))
        for says, changes in slips.items():
            for change in changes if isinstance(changes, list) else [changes]:
                self.mistake(says, compiled(_changed(source, change), names))

    @cached_property
    def cases(self):
        given = self._given_cases
        return list(given(default_rng(0)) if callable(given) else given)

    @cached_property
    def expected(self):
        """What the reference gives, case by case."""
        return self._run_kept(self.answer)

    @cached_property
    def mistaken(self):
        """What each mistake gives, case by case."""
        return [(mistake, self._run_kept(mistake.answer)) for mistake in self.mistakes]

    def _run_kept(self, answer):
        """Run an answer that is kept here: what it says and warns of is not for the reader."""
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return running.run(self, answer)

    def verdict(self, answer, *, forbidden=(), may_use=()):
        """What is wrong with an answer, in words, or None if nothing is.

        Parameters
        ----------
        answer : object
        forbidden, may_use : tuple of str
            Tools that are refused besides the exercise's own, and what of them is allowed.

        Raises
        ------
        NotImplementedError
            If nobody has attempted it.
        """
        problem = running.form_problem(self, answer)
        if problem:
            return problem
        forbidden = (*self.forbidden, *forbidden)
        return comparing.judge(self, running.run(self, answer, forbidden, may_use))

    def __call__(self, answer):
        """Raise an AssertionError that says what is wrong, or return None if all is right."""
        problem = self.verdict(answer)
        if problem:
            raise AssertionError(problem)

"""`Exercise`: what is asked of a reader, how answers are tried, and what is known to go wrong."""

import re
import warnings
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

from numpy.random import default_rng

from nnlib.checks import comparing, running, watching

__all__ = ["Exercise", "Mistake"]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people give, and the sentence that helps whoever gives it."""

    says: str
    answer: object


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
        For all cases together: then a loop is taken to be endless.

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
        return watching.keep(answer)

    def right(self, answer):
        """Keep an unusual right answer, which has to pass too."""
        self.rights.append(answer)
        return watching.keep(answer)

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
        """Run an answer that is kept here: what it warns of is not for the reader's eyes."""
        with warnings.catch_warnings():
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

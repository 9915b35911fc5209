"""`try_check` prints a verdict on a page; `grade` gives it to what a student hands in."""

import contextlib
import os
import warnings

__all__ = ["grade", "try_check"]


def try_check(check, answer):
    """Run a checker on an answer and print the verdict, so that no exercise stops a page.

    Parameters
    ----------
    check : Exercise
        A checker of this package, or one of your own.
    answer : object
        What the checker takes, mostly the reader's function.
    """
    try:
        said = check.verdict(answer)
    except NotImplementedError:
        print(f"{check.name}: not attempted yet")
    else:
        print(f"{check.name}: not right yet. {said}" if said else f"{check.name}: passed")


def _make_grade(trusted=lambda check: check, receipt=lambda name: ""):
    """`grade`, with what a supervised session adds to it (see supervision).

    `trusted` gives the exercise that is asked in the place of the one that a cell names.
    """

    def grade(check, answer, *, may_use=()):
        """Run a checker on an answer, watch what it calls, and raise what is wrong in words.

        Parameters
        ----------
        check : Exercise
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
        check = trusted(check)
        try:
            with _silence():
                problem = check.verdict(answer, forbidden=("nnlib",), may_use=may_use)
        except NotImplementedError:
            problem = "not attempted yet"
        if problem:
            raise AssertionError(f"{check.name}: {problem}")
        print(f"{check.name}: passed{receipt(check.__name__)}")

    return grade


grade = _make_grade()


@contextlib.contextmanager
def _silence():
    """Nothing of what an answer prints or warns of is shown.

    A file takes it, no object of this package: a `print` is no call into nnlib.
    """
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield

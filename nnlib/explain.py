"""Show a function of this package on a page, as it stands in the package, and the shapes in it.

The drawings are tensor-sensor's. The table below each says the same in words, and stands there
without tensor-sensor too.
"""

import ast
import contextlib
import copy
import inspect
import sys
import textwrap
from types import SimpleNamespace

import numpy as np
from IPython.display import Image, Markdown, display

from nnlib import _drawing, _statements
from nnlib._progress import person_watches, progress

__all__ = [
    "explain_function",
    "person_watches",
    "progress",
    "shape_table",
    "show_source",
    "tsensor",
]


def show_source(*functions):
    """Source of functions or methods as Markdown, each docstring cut to its first two paragraphs.

    What a page shows is read from the package when the page runs, so the two cannot differ.

    Parameters
    ----------
    *functions : functions or methods of nnlib
        Classes are shown by method: `show_source(Dense.forward)`.

    Returns
    -------
    IPython.display.Markdown

    Raises
    ------
    TypeError
        If one of them is no function.
    """
    return Markdown("\n\n".join(f"```python\n{_short_source(f)}\n```" for f in functions))


def _short_source(function):
    if not inspect.isfunction(function):
        raise TypeError(
            f"show_source shows functions and methods, got {function!r}: "
            "show a class by its methods, as show_source(Dense.forward)"
        )
    source = textwrap.dedent(inspect.getsource(function)).rstrip()
    source = source.replace("  # fmt: skip", "")  # a word to the formatter, not to a reader
    node = ast.parse(source).body[0]
    docstring = ast.get_docstring(node)
    if docstring is None:
        return source
    lines = source.splitlines()
    quoted = node.body[0]
    indent = " " * quoted.col_offset
    kept = textwrap.indent(f'"""{_first_paragraphs(docstring)}', indent).splitlines()
    kept[-1:] = [kept[-1] + '"""'] if len(kept) == 1 else [kept[-1], indent + '"""']
    return "\n".join(lines[: quoted.lineno - 1] + kept + lines[quoted.end_lineno :])


def _first_paragraphs(docstring):
    """The sentence and the equation: at most two paragraphs, before any section."""
    paragraphs = []
    for paragraph in docstring.split("\n\n")[:2]:
        if "\n---" in paragraph:  # the underline of a section such as Parameters
            break
        paragraphs.append(paragraph)
    return "\n\n".join(paragraphs)


def shape_table(line, /, **values):
    """What a line of code takes and what it gives, with shapes, as text.

    Parameters
    ----------
    line : str
        An assignment, a return or an expression; `np` in it is NumPy.
    **values : the names that the line uses
        It runs on copies of them.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is another kind of line.

    Examples
    --------
    >>> print(shape_table("Z = X @ W + b", X=np.ones((5, 2)), W=np.ones((2, 1)), b=np.ones(1)))
    Z = X @ W + b
        takes  X  (5, 2) float64
        takes  W  (2, 1) float64
        takes  b  (1,) float64
        gives  Z  (5, 1) float64
    """
    line = line.strip()
    nodes = ast.parse(line).body
    if len(nodes) != 1 or not isinstance(nodes[0], _statements.KINDS) or not nodes[0].value:
        raise ValueError(f"shape_table takes one assignment, return or expression, got {line!r}")
    names = {"np": np, **copy.deepcopy(values)}
    statement = _statements.Statement(nodes[0], line, names)
    return statement.table(names, statement.run(names))


def explain_function(f, /, *args, **kwargs):
    """Run a function line by line, show each with its drawing and shape table, return its value.

    The lines are read from the function's own source and run on copies of the arguments. A ternary
    (`a if c else b`) is shown as the branch that is taken. Each assignment that uses arrays is
    drawn, and a return that computes; a line that is a call and nothing else runs without being
    shown; where tensor-sensor cannot read a line, its table says so.

    Parameters
    ----------
    f : function of straight lines: assignments, then a return
    *args, **kwargs : as in `f(*args, **kwargs)`

    Returns
    -------
    What `f(*args, **kwargs)` returns.

    Raises
    ------
    TypeError
        If f is no function, or the arguments do not fit it.
    ValueError
        If f holds a loop, a condition or another block.
    """
    f = inspect.unwrap(f)  # behind the guard at its door
    nodes, source = _statements.straight_lines(f)
    bound = inspect.signature(f).bind(*args, **kwargs)
    bound.apply_defaults()
    copies = copy.deepcopy(bound.arguments)
    names = {**f.__globals__, **inspect.getclosurevars(f).nonlocals, **copies}
    value = None
    _say_if_missing()
    with tsensor.clarify():
        for node in nodes:
            statement = _statements.Statement(node, source, names)
            if _statements.is_plain_call(node):
                statement.run(names, f.__code__.co_filename)
                continue
            drawing = _draw(statement, names)
            value = statement.run(names, f.__code__.co_filename)
            _show(statement, drawing, names, value)
    return value


class _Explain:
    """Draw the lines of the `with` body, each with its shape table, as they run.

    A line is shown at its first run, and evaluated once more for it, on copies. Functions that it
    calls are not entered; a line that is a call and nothing else, as print(…), is not shown.
    `with tsensor.explain() as explained:` leaves the lines that were drawn in `explained.drawn`.
    """

    def __enter__(self):
        _say_if_missing()
        self.drawn, self._seen, self._running = [], set(), None
        self._frame = sys._getframe(1)
        self._found = sys.gettrace(), self._frame.f_trace
        sys.settrace(lambda *event: None)
        self._frame.f_trace = self._on_event
        return self

    def __exit__(self, kind, error, traceback):
        outer, self._frame.f_trace = self._found
        sys.settrace(outer)
        if error is None:
            self._finish()
        else:
            _name_the_cause(error, traceback)
        self._frame = self._running = None

    def _on_event(self, frame, event, argument):
        if event == "exception":  # the line that runs gives nothing
            self._running = None
        elif event == "line":
            node, source = _statements.statement_at(frame, frame.f_lineno)
            if not (node and self._running and self._running[0].lineno == node.lineno):
                self._finish()
                if node and node.lineno not in self._seen:
                    self._seen.add(node.lineno)
                    self._start(node, source)
        return self._on_event

    def _start(self, node, source):
        if isinstance(node, ast.Return) or _statements.is_plain_call(node):
            return
        names = _statements.names_in(self._frame)
        statement = _statements.Statement(node, source, names)
        drawing = _draw(statement, names)
        value = _statements.aside(node.value, names)[0] if isinstance(node, ast.Expr) else None
        self._running = node, statement, drawing, value

    def _finish(self):
        if self._running:
            _, statement, drawing, value = self._running
            self._running = None
            _show(statement, drawing, _statements.names_in(self._frame), value)
            if drawing:
                self.drawn.append(statement.text)


@contextlib.contextmanager
def _clarify():
    """Say of a shape error in the `with` body which operation failed, and on which shapes.

    NumPy's own message stays first. The failing line may stand in the body itself, or in a function
    that it calls; it is drawn.
    """
    try:
        yield
    except Exception as error:
        _name_the_cause(error, error.__traceback__)
        raise


# tensor-sensor's two context managers, spelled as in its own tutorials: `with tsensor.explain():`.
# They draw with tensor-sensor, but as PNG and without its warnings, each line with its table; say
# so where it is missing; leave the trace function as it was; and know the lines of the cell itself.
tsensor = SimpleNamespace(explain=_Explain, clarify=_clarify)


def _name_the_cause(error, traceback):
    is_text = len(error.args) == 1 and isinstance(error.args[0], str)
    if type(error) not in (ValueError, IndexError) or not is_text or "\nCause: " in error.args[0]:
        return
    statement, names = _statements.failed_statement(traceback)
    cause = statement and _statements.cause_of(error, statement, names)
    if cause:
        error.args = (f"{error.args[0]}\n{cause}",)
        _show_png(_draw(statement, names), statement)


def _say_if_missing():
    if _drawing.tensor_sensor() is None:
        print("tensor-sensor is not installed (pip install tensor-sensor): tables, but no drawings")


def _draw(statement, names):
    return _drawing.draw(statement.text, names) if statement.is_drawable else None


def _show(statement, drawing, names, value):
    _show_png(drawing, statement)
    print(statement.table(names, value))
    if statement.is_drawable and not drawing and _drawing.tensor_sensor():
        print("    not drawn: tensor-sensor cannot read this line")
    print()


def _show_png(drawing, statement):
    if drawing:
        alt = f"{statement.text}: a box for each array, with the shape that the table gives"
        display(Image(drawing, format="png", retina=True, alt=alt))

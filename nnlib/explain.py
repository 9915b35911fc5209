"""Show a function of this package on a page, as it stands in the package."""

import ast
import inspect
import textwrap

from IPython.display import Markdown

__all__ = ["show_source"]


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

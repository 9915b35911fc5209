"""tensor-sensor's drawing of one line, as PNG bytes that are the same on every run.

tensor-sensor (T. Parr, 2021) draws SVG, in fonts that few machines have. Here it is imported
quietly, when something is to be drawn, and asked for PNG in the fonts that matplotlib brings.
"""

import ast
import contextlib
import importlib
import io
import token
from types import SimpleNamespace
from unittest import mock

from nnlib import _statements

FONTS = {"fontname": "DejaVu Sans Mono", "dimfontname": "DejaVu Sans"}
DPI = 200  # what its layout is made for; the pictures are shown at half their size


def tensor_sensor():
    """The library, or None where it is not installed."""
    try:
        with _statements.silence():  # its source makes Python 3.12 warn
            return importlib.import_module("tsensor")
    except ImportError:
        return None


def draw(text, names):
    """PNG of the drawing of a line that sees `names`, or None where there is none."""
    library = tensor_sensor()
    if library is None:
        return None
    names = _statements.copies(ast.parse(text), names)
    frame = SimpleNamespace(f_globals=names, f_locals=names)
    png = io.BytesIO()
    with _statements.silence(), _mended(library), _figure() as figure:
        try:
            if library.parse(text)[0] is None:
                return None
            axes = figure.add_axes((0, 0, 1, 1))
            library.pyviz(text, frame, ax=axes, dpi=DPI, **FONTS)
            fit = {"bbox_inches": "tight", "pad_inches": 0.05}
            figure.savefig(png, dpi=DPI, metadata={"Software": None}, **fit)
        except Exception:  # whatever else it cannot draw is shown by its table alone
            return None
    return png.getvalue()


@contextlib.contextmanager
def _figure():
    import matplotlib.pyplot as plt

    with plt.style.context("default"):
        figure = plt.figure(dpi=DPI)
        try:
            yield figure
        finally:
            plt.close(figure)


@contextlib.contextmanager
def _mended(library):
    """tensor-sensor 1.0 with three gaps closed, for as long as one drawing takes."""
    shape, value = library.analysis._shape, library.ast.Assign.eval

    def evaluate(node, frame):
        result = value(node, frame)
        if str(node.op) != "=":  # in Z += b, Z keeps its own shape
            node.lhs.eval(frame)
        return result

    with (
        mock.patch.object(library.ast.Assign, "eval", evaluate),
        # A number has no box to draw, and -Z or axis=-1 can be read.
        mock.patch.object(library.analysis, "_shape", lambda array: shape(array) or None),
        mock.patch.object(library.parsing, "UNARYOP", {token.TILDE, token.MINUS}),
    ):
        yield

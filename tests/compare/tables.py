"""Page 10's tables, read from the page and run as their readers would run them.

A library's column sees what its imports on the page name, the arrays X, W and b, the labels y of
k classes, and the results of the rows above to which the page gives a name ("`Z`: dense layer").
"""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np
import pytest

PAGE = Path(__file__).resolve().parents[2] / "notebooks" / "10_crosswalk.ipynb"
CELLS = {cell.id: cell.source for cell in nbformat.read(PAGE, as_version=4).cells}
LIBRARIES = ["nnlib", "Keras", "PyTorch", "scikit-learn"]
PACKAGES = {"Keras": "keras", "PyTorch": "torch"}  # of the extra `compare`
ARITHMETIC, PARTS, USES = "names-arithmetic", "names-objects", "names-methods"
DEFAULTS = "names-defaults"
CASES = {  # the number of classes, and labels
    "three classes": (3, [0, 1, 2] * 8),
    "two classes": (2, [0, 1] * 12),
    "no class 2": (3, [0, 1, 0] * 8),
    "no class 1": (3, [2, 0, 2] * 8),
}


@dataclass(frozen=True)
class Row:
    """A line of a table: its words, the name of its result if it has one, a library's entry."""

    words: str
    name: str
    entries: dict


def table(cell):
    """The rows of a table, by their words."""
    found = {}
    for line in CELLS[cell].splitlines():
        label, *entries = (entry.strip() for entry in line.strip("|").split("|"))
        if not line.startswith("| ") or entries == LIBRARIES:  # prose, rules, the head
            continue
        name, _, words = label.rpartition(": ")
        found[words] = Row(words, name.strip("`"), dict(zip(LIBRARIES, entries, strict=True)))
    return found


def fenced(cell):
    """The pieces of code in a cell's text."""
    return re.findall(r"```python\n(.*?)```", CELLS[cell], re.S)


def imports(library):
    (code,) = (code for code in fenced("names-imports") if code.startswith(f"# {library}"))
    return code


def need(library):
    """Skip a test whose library is not installed."""
    if library in PACKAGES:
        reason = "needs Keras and PyTorch: pip install -e '.[compare]'"
        pytest.importorskip(PACKAGES[library], reason=reason, exc_type=ImportError)


def arrays(case):
    """What a reader has before the first row: NumPy's arrays, of NumPy's own type."""
    k, y = CASES[case]
    draw = np.random.default_rng(0)
    W, b = draw.normal(size=(4, k)), draw.normal(size=k)
    return {"X": draw.normal(size=(24, 4)), "W": W, "b": b, "y": np.array(y), "k": k}


class Column:
    """A reader of one library: a namespace after the imports, in which rows are run in turn."""

    def __init__(self, library, case):
        need(library)
        self.library, self.space = library, arrays(case)
        exec(imports(library), self.space)

    def run(self, row):
        """The value of a row, kept for the rows below if the page gives it a name."""
        value = self.evaluate(row.entries[self.library])
        if row.name:
            self.space[row.name] = value
        return value

    def evaluate(self, entry):
        if entry == "—":
            return None
        if entry == "the loop below":
            (loop,) = fenced(USES)
            return exec(loop, self.space)
        (expression,) = re.fullmatch("`(.+)`", entry).groups()
        return eval(expression, self.space)

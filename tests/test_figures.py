"""Every figure that a file recomputes stands on its page, the page names the file, and it holds."""

import importlib
import pkgutil
from pathlib import Path

import figures
import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
for found in pkgutil.iter_modules(figures.__path__, "figures."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)

each = pytest.mark.parametrize(
    "figure", figures.FIGURES, ids=lambda figure: f"{figure.page}-{figure.function.__name__}"
)


def prose(page):
    cells = nbformat.read(ROOT / "notebooks" / f"{page}.ipynb", as_version=4).cells
    return " ".join("\n".join(c.source for c in cells if c.cell_type == "markdown").split())


@each
def test_figure_stands_on_its_page_which_names_the_file(figure):
    text = prose(figure.page)
    assert " ".join(figure.text.split()) in text
    assert f"tests/{figure.function.__module__.replace('.', '/')}.py" in text


@pytest.mark.parametrize(
    "figure",
    [figure for figure in figures.FIGURES if figure.quick],
    ids=lambda figure: f"{figure.page}-{figure.function.__name__}",
)
def test_quick_figure_holds(figure, real_data):
    assert figures.problem(figure) is None


def test_numbers_are_found_with_their_last_digit():
    assert figures.numbers("from 0.85 to 1,034 and −3e-4, page 05") == [
        (0.85, 0.01), (1034.0, 1.0), (-3e-4, 1e-4), (5.0, 1.0),
    ]  # fmt: skip
    one = figures.Figure("p", "0.85 of 3", lambda: (0.859, 3), False)
    assert figures.problem(one) is None
    assert "0.85 in the text" in figures.problem(figures.Figure("p", "0.85", lambda: 0.8702, False))

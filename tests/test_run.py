"""The runner behind `make run`, on small notebooks made here."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

RUN = Path(__file__).resolve().parents[1] / "notebooks" / "run.py"


def write_notebook(path, *sources):
    cells = [nbformat.v4.new_markdown_cell(f"# {path.stem} Title & more\n\n$x^2$")]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    cells.append(nbformat.v4.new_markdown_cell("[next](02_fine.ipynb)"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, path)


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"


@pytest.fixture
def series(tmp_path):
    """A folder with the runner, a notebook that fails in its second code cell, and a good one."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "run.py").write_text(RUN.read_text(encoding="utf-8"), encoding="utf-8")
    write_notebook(folder / "01_fails.ipynb", "print('first')", "1 / 0", "print('never')")
    write_notebook(
        folder / "02_fine.ipynb",
        PLOT,
        "from nnlib.datasets import load_iris\niris = load_iris()\nprint(iris.source)",
    )
    book = nbformat.read(folder / "02_fine.ipynb", as_version=4)
    book.cells[0].source += "\n\n5 seconds of computing; 1 MB of memory"
    book.cells[1].metadata["alt"] = 'A line that "rises"'
    nbformat.write(book, folder / "02_fine.ipynb")
    return folder


def run(series, *arguments):
    return subprocess.run(
        [sys.executable, series / "run.py", *arguments], capture_output=True, text=True, check=False
    )


def test_a_failure_is_named_and_the_others_still_run(series):
    done = run(series)
    assert done.returncode == 1
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if "ok" in line.split()[-1:]}
    assert "iris, 150 flowers" in rows["02_fine"]
    assert float(rows["02_fine"].split()[2]) > 30, "peak memory in MB"
    budget = re.findall(r"^(\w+) took (\d+) (\w+); its page states (\d+)$", done.stdout, re.M)
    assert ("02_fine", rows["02_fine"].split()[2], "MB", "1") in budget
    assert {name for name, *_ in budget} == {"02_fine"}, "the other states none"
    failure = done.stdout[done.stdout.index("01_fails FAILED in") :]
    assert "cell 3, `1 / 0`" in failure and "ZeroDivisionError: division by zero" in failure

    site = series.parent / "build" / "html"
    page = (site / "02_fine.html").read_text(encoding="utf-8")
    assert BeautifulSoup(page, "html.parser").img["alt"] == 'A line that "rises"'
    assert 'href="02_fine.html"' in page
    assert 'src="http' not in page and 'import("http' not in page, "needs no network"
    assert "first" in (site / "01_fails.html").read_text(encoding="utf-8")
    index = (site / "index.html").read_text(encoding="utf-8")
    assert "02_fine Title &amp; more" in index and "01_fails.html" in index
    assert (site / "mathjax" / "MathJax.js").exists()


def test_one_notebook_by_name_and_a_wrong_name(series):
    done = run(series, "02_fine")
    assert done.returncode == 0 and "01_fails" not in done.stdout
    done = run(series, "03_nothing")
    assert done.returncode == 1
    assert "no notebook named 03_nothing; there are: 01_fails, 02_fine" in done.stderr


def test_outputs_in_place_are_the_same_every_time(series):
    path = series / "02_fine.ipynb"
    assert run(series, "--in-place", "02_fine").returncode == 0
    once = path.read_bytes()
    assert run(series, "--in-place", "02_fine").returncode == 0
    assert path.read_bytes() == once
    book = nbformat.read(path, as_version=4)
    assert [cell.get("execution_count") for cell in book.cells] == [None, 1, 2, None]
    assert "version" not in book.metadata.get("language_info", {})
    assert all("execution" not in cell.metadata for cell in book.cells)


def test_a_failing_notebook_is_not_stored(series):
    path = series / "01_fails.ipynb"
    before = path.read_bytes()
    assert run(series, "--in-place", "01_fails").returncode == 1
    assert path.read_bytes() == before


def test_a_dead_kernel_and_a_slow_cell_are_told_apart():
    spec = importlib.util.spec_from_file_location("run", RUN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cell = nbformat.v4.new_code_cell("spin()\nmore()")
    assert module.describe_failure(4, cell, module.DeadKernelError()) == (
        "cell 5, `spin()`\n    the kernel died: out of memory?"
    )
    slow = module.CellTimeoutError.error_from_timeout_and_cell("", 600, cell)
    assert "took longer than 600 s" in module.describe_failure(4, cell, slow)

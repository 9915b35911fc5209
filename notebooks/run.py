"""Run the notebooks top to bottom, write them as HTML pages, and say how each fared.

python notebooks/run.py              all of them, to build/html
python notebooks/run.py 06_iris      one of them
python notebooks/run.py --in-place   store the outputs in the notebooks instead (real data only)
"""

import argparse
import html
import json
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import jupyter_server_mathjax
import nbformat
import psutil
from jinja2 import DictLoader
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from tqdm import tqdm

from nnlib import _store

NOTEBOOKS = Path(__file__).resolve().parent
SITE = NOTEBOOKS.parent / "build" / "html"
CELL_TIMEOUT = 600  # seconds
LEEWAY = 1.25  # times what a page states of its seconds and MB before it is worth a word

# Run after the last cell, and not kept: which data did this page use?
ASK_FOR_SOURCES = """
import json
print(json.dumps(sorted({value.source for value in list(globals().values())
                         if type(value).__name__ == "Dataset" and hasattr(value, "source")})))
"""

# nbconvert's page, with each picture's text alternative taken from its own metadata or its cell's,
# and with what loads from elsewhere left out, so that a page reads the same without a network.
PAGE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js -%}{%- endblock html_head_js -%}
{%- block html_head_js_mermaidjs -%}{%- endblock html_head_js_mermaidjs -%}
{%- block html_head_css -%}
<style>
.jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere }
.jp-RenderedMarkdown .highlight pre { margin-bottom: 1em }
.jp-RenderedMarkdown .highlight pre, .jp-RenderedMarkdown .highlight pre * {
  font-family: monospace; font-style: normal;
}
</style>
{%- endblock html_head_css -%}
{%- block html_head_js_mathjax -%}
<script type="text/x-mathjax-config">
MathJax.Hub.Config({"HTML-CSS": {
  availableFonts: [], preferredFont: null, webFont: "STIX-Web", imageFont: null  // those it has
}});
</script>
{{ super() }}
{%- endblock html_head_js_mathjax -%}
{%- block data_png scoped -%}
{%- set alt = (output | get_metadata('alt', 'image/png')) or cell.metadata.get('alt', '') -%}
{{ super() | replace('<img ', '<img alt="' ~ (alt | escape_html) ~ '" ', 1) }}
{%- endblock data_png -%}
"""

INDEX = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Neural networks from scratch</title>
<style>
body {{ font: 18px/1.6 sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em }}
</style>
<h1>Neural networks from scratch</h1>
<p>A series of notebooks with the package <code>nnlib</code>, run on this machine.</p>
<ul>
{items}
</ul>
</html>
"""


@dataclass
class Result:
    """How one notebook fared."""

    name: str
    seconds: float
    megabytes: float
    sources: list
    failure: str | None = None

    def row(self):
        return (
            self.name,
            f"{self.seconds:.1f}",
            f"{self.megabytes:.0f}",
            "; ".join(self.sources) or "-",
            "FAILED" if self.failure else "ok",
        )


def print_table(results):
    """A line for each notebook, columns aligned."""
    rows = [("notebook", "seconds", "peak MB", "data", "result")]
    rows += [result.row() for result in results]
    name, seconds, memory, data, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    for row in rows:
        line = "{:<{}}  {:>{}}  {:>{}}  {:<{}}  {}"
        print(line.format(row[0], name, row[1], seconds, row[2], memory, row[3], data, row[4]))


def over_budget(result, notebook):
    """What a page took beyond what its first cell states, in words; a line for each."""
    for measured, unit in ((result.seconds, "seconds"), (result.megabytes, "MB")):
        stated = re.search(rf"(\d+) {unit}", notebook.cells[0].source)
        if stated and measured > LEEWAY * int(stated[1]):
            yield f"{result.name} took {measured:.0f} {unit}; its page states {stated[1]}"


def find_notebooks(names):
    """Paths of the notebooks of these names, in order; of all of them if there are no names."""
    paths = {path.stem: path for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))}
    names = [Path(name).stem for name in names]
    if unknown := [name for name in names if name not in paths]:
        sys.exit(f"no notebook named {', '.join(unknown)}; there are: {', '.join(paths)}")
    return [paths[name] for name in paths if not names or name in names]


def execute(path):
    """Run one notebook in a kernel of its own; the notebook with its outputs, and a Result."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        extra_arguments=["--IPKernelApp.log_level=40"],  # errors only
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    result = Result(path.stem, 0.0, 0.0, [])
    start = time.perf_counter()
    with client.setup_kernel():
        bar = tqdm(notebook.cells, desc=path.stem, unit="cell", leave=False, disable=None)
        for index, cell in enumerate(bar):
            try:
                client.execute_cell(cell, index)
                join_streams(cell)
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                result.failure = describe_failure(index, cell, error)
                break
        result.seconds = time.perf_counter() - start
        result.megabytes = peak_megabytes(client.km.provisioner.pid)
        result.sources = ask_for_sources(client)
    # the exact Python version would change with every machine
    notebook.metadata.get("language_info", {}).pop("version", None)
    return notebook, result


def join_streams(cell):
    """Join neighbouring pieces of what a cell printed; a busy machine sends more of them."""
    joined = []
    for output in cell.get("outputs", []):
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last.text += output.text
        else:
            joined.append(output)
    if joined:
        cell.outputs = joined


def describe_failure(index, cell, error):
    if isinstance(error, CellExecutionError):
        reason = f"{error.ename}: {error.evalue}"
    elif isinstance(error, DeadKernelError):
        reason = "the kernel died: out of memory?"
    else:
        reason = f"took longer than {CELL_TIMEOUT} s"
    first_line = cell.source.strip().splitlines()[0]
    return f"cell {index + 1}, `{first_line}`\n    {reason}"


def peak_megabytes(pid):
    """Most memory a process has held (on macOS, which does not tell, what it holds now)."""
    status = Path(f"/proc/{pid}/status")
    try:
        if status.exists():
            return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024
        memory = psutil.Process(pid).memory_info()
        return getattr(memory, "peak_wset", memory.rss) / 1024**2
    except (OSError, TypeError, psutil.Error):  # it died
        return 0.0


def ask_for_sources(client):
    cell = nbformat.v4.new_code_cell(ASK_FOR_SOURCES)
    client.nb.cells.append(cell)
    try:
        client.execute_cell(cell, len(client.nb.cells) - 1)
        return json.loads(cell.outputs[0].text)
    except (CellExecutionError, CellTimeoutError, DeadKernelError):
        return []
    finally:
        client.nb.cells.pop()


def write_page(notebook, path):
    """Write one notebook as an HTML page; links to other notebooks become links to their pages."""
    exporter = HTMLExporter(
        extra_loaders=[DictLoader({"page.html.j2": PAGE})],
        template_file="page.html.j2",
        mathjax_url="mathjax/MathJax.js?config=TeX-AMS-MML_HTMLorMML-full,Safe",
    )
    notebook.metadata["title"] = title_of(path)
    body, _ = exporter.from_notebook_node(notebook)
    body = re.sub(r'href="([0-9]{2}_\w+)\.ipynb', r'href="\1.html', body)
    SITE.mkdir(parents=True, exist_ok=True)
    (SITE / f"{path.stem}.html").write_text(body, encoding="utf-8")


def title_of(path):
    """A notebook's first heading."""
    first = nbformat.read(path, as_version=4).cells[0].source
    return re.search(r"^# (.+)$", first, flags=re.M)[1]


def write_index():
    """Write the page that lists the pages there are, and put MathJax beside it."""
    mathjax = Path(jupyter_server_mathjax.__file__).parent / "static"
    shutil.copytree(mathjax, SITE / "mathjax", dirs_exist_ok=True)
    items = "\n".join(
        f'<li><a href="{path.stem}.html">{html.escape(title_of(path))}</a></li>'
        for path in find_notebooks([])
        if (SITE / f"{path.stem}.html").exists()
    )
    (SITE / "index.html").write_text(INDEX.format(items=items), encoding="utf-8")


def no_real_data():
    """Whether nothing but the samples can be had; asked once, so that no page waits for it."""
    if os.environ.get("NNLIB_DATA") or os.environ.get("NNLIB_DATA_DIR"):
        return False
    return not _store.cache_leftovers() and not _store.network_reachable()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="notebooks to run, as 06_iris; all if none")
    parser.add_argument("--in-place", action="store_true", help="store the outputs; no HTML")
    arguments = parser.parse_args()
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this environment's kernel, not the user's
    for name in ("JPY_SESSION_NAME", "VSCODE_PID"):  # nobody watches the kernels: no sliders
        os.environ.pop(name, None)
    # On matrices as small as these, more threads cost more than they bring.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    if arguments.in_place:
        os.environ["NNLIB_DATA"] = "real"
    elif no_real_data():
        os.environ["NNLIB_DATA"] = "sample"
        print("no data folder, no cache and no network: the pages use the bundled samples")
    results, remarks = [], []
    for path in find_notebooks(arguments.names):
        print(f"{path.stem} …", flush=True)
        notebook, result = execute(path)
        results.append(result)
        remarks += over_budget(result, notebook)
        if arguments.in_place:
            if not result.failure:
                nbformat.write(notebook, path)
        else:
            write_page(notebook, path)
    if not arguments.in_place:
        write_index()
    print()
    print_table(results)
    if remarks:
        print("", *remarks, sep="\n")
    failures = [result for result in results if result.failure]
    for result in failures:
        print(f"\n{result.name} FAILED in {result.failure}")
    if not arguments.in_place:
        print(f"\npages: {SITE / 'index.html'}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

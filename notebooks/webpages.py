"""What the site adds to the notebooks: text alternatives, and links to the reference and back.

A Sphinx extension, loaded by conf.py.
"""

import ast
import functools
import importlib
import importlib.resources
import pkgutil
import re
import shutil
from collections import defaultdict
from pathlib import Path

import nbformat

import nnlib

NOTEBOOKS = Path(__file__).resolve().parent
PAGES = [path.stem for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))]
CODE = re.compile(r"(`[^`]*`|>>> .*)")
MARKUP = re.compile(r"\||(?<=\w)_(?!\w)")  # |z| and loss_ mean something else to Sphinx


def setup(app):
    app.connect("autodoc-process-docstring", keep_signs, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", link_back)
    app.connect("build-finished", add_mathjax)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read_notebook(text):
    """A stored notebook as the site shows it."""
    notebook = nbformat.reads(text, as_version=4)
    cells = []
    for cell in notebook.cells:
        shown = shown_names(cell)
        cells += split_at_pictures(cell)
        if shown:
            cells.append(reference_cell("In the reference", shown))
    if introduced := introduced_names(notebook):
        cells.insert(-1, reference_cell("First met on this page", introduced))
    notebook.cells = cells
    return notebook


def split_at_pictures(cell):
    """A cell for each picture, the first with the source, so that each can have its own words."""
    if cell.cell_type != "code":
        return [cell]
    groups = [[]]
    for output in cell.outputs:
        if is_picture(output) and any(map(is_picture, groups[-1])):
            groups.append([])
        groups[-1].append(output)
    words = cell.metadata.get("alt", "")
    cell.outputs = groups[0]
    cells = [cell]
    for outputs in groups[1:]:
        cells.append(nbformat.v4.new_code_cell("...", outputs=outputs))  # never shown
        cells[-1].metadata.tags = ["remove-input"]
    for part in cells:
        for output in filter(is_picture, part.outputs):
            own_words = output.metadata.get("image/png", {}).get("alt")
            part.metadata.mystnb = {"image": {"alt": own_words or words}}
    return cells


def is_picture(output):
    return "image/png" in output.get("data", {})


def reference_cell(words, names):
    links = ", ".join(f"{{py:obj}}`{name} <{full_name(name)}>`" for name in names)
    return nbformat.v4.new_markdown_cell(f"*{words}:* {links}")


def introduced_names(notebook):
    return notebook.metadata.get("nnlib", {}).get("introduces", [])


def shown_names(cell):
    """What a cell shows with `show_source` and the reference lists, as the cell spells it."""
    if cell.cell_type != "code" or "show_source(" not in cell.source:
        return []
    calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
    shown = [call.args for call in calls if ast.unparse(call.func) == "show_source"]
    names = [ast.unparse(argument) for arguments in shown for argument in arguments]
    return [name for name in names if full_name(name)]


@functools.cache
def public_names():
    """Every public name of the package, with the module that the reference has it under."""
    names = {}
    for info in pkgutil.walk_packages(nnlib.__path__, "nnlib."):  # a package before its modules
        if "._" in info.name or info.name.startswith("nnlib.checks"):
            continue
        module = importlib.import_module(info.name)
        for name in module.__all__:
            if getattr(getattr(module, name), "__module__", "").startswith(info.name):
                names.setdefault(name, info.name)
    return names


def full_name(name):
    """`Dense.forward` as nnlib.layers.Dense.forward; None for what the reference leaves out."""
    parts = name.split(".")
    while parts and parts[0] not in public_names():  # a module's name, as in losses.one_hot
        del parts[0]
    is_private = any(part.startswith("_") and not part.endswith("__") for part in parts)
    return None if is_private or not parts else ".".join([public_names()[parts[0]], *parts])


@functools.cache
def places():
    """For each full name the pages that speak of it, and what they do with it, in words."""
    found = defaultdict(lambda: defaultdict(list))
    for page in PAGES:
        notebook = nbformat.read(NOTEBOOKS / f"{page}.ipynb", as_version=4)
        for name in introduced_names(notebook):
            found[full_name(name)][page].append("introduced")
        for name in {full_name(name) for cell in notebook.cells for name in shown_names(cell)}:
            found[name][page].append("source shown")
    return found


def keep_signs(app, what, name, thing, options, lines):
    """Have |z| and loss_ in a docstring shown as they stand there."""
    for i, line in enumerate(lines):
        parts = CODE.split(line)
        parts[::2] = [MARKUP.sub(r"\\\g<0>", part) for part in parts[::2]]
        lines[i] = "".join(parts)


def link_back(app, what, name, thing, options, lines):
    """Below a docstring: the pages that introduce the name or show its source."""
    if name in places():
        pages = [f":doc:`/{page}` ({', '.join(does)})" for page, does in places()[name].items()]
        lines += ["", ".. rubric:: In the series", "", ", ".join(pages), ""]


def add_mathjax(app, exception):
    """Put MathJax beside the pages, so that they need no network."""
    if exception is None and app.builder.format == "html":
        static = importlib.resources.files("mathjax") / "static" / "mathjax" / "es5"
        shutil.copy(static / app.config.mathjax_path, Path(app.outdir) / "_static")

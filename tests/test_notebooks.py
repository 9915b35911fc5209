"""What must be true of every page, read from the stored notebooks without running them.

nbval runs them; these tests are about order, wording, pictures and links.
"""

import ast
import importlib
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in PAGES}
START = "00_start_here"

CORE_MODULES = [
    "activations",
    "initializers",
    "layers",
    "losses",
    "gradient_check",
    "optimizers",
    "optimizers.schedules",
    "metrics",
    "callbacks",
    "models",
    "diagnostics",
    "datasets",
]

every_page = pytest.mark.parametrize("page", NOTEBOOKS)


def cells(page, kind):
    return [cell for cell in NOTEBOOKS[page].cells if cell.cell_type == kind]


def prose(page):
    return "\n\n".join(cell.source for cell in cells(page, "markdown"))


def tags(cell):
    return cell.metadata.get("tags", [])


def title(page):
    return cells(page, "markdown")[0].source.splitlines()[0].removeprefix("# ")


def core_names():
    """Public names of the core modules; `get` and the module `schedules` are plumbing."""
    names = set()
    for module in CORE_MODULES:
        names |= set(importlib.import_module(f"nnlib.{module}").__all__)
    return names - {"get", "schedules"}


def introduced():
    """Every core name's page, from the notebooks' metadata."""
    return {page: book.metadata["nnlib"]["introduces"] for page, book in NOTEBOOKS.items()}


def used_names(source):
    """Names that a cell uses: bare ones, and attributes of nnlib's modules."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nnlib"):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in {"nnlib", *CORE_MODULES}:
                names.add(node.attr)
    return names


def defined_names(source):
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import):
            names |= {alias.asname for alias in node.names if alias.asname}
    return names


def test_every_core_name_is_introduced_exactly_once():
    listed = [name for names in introduced().values() for name in names]
    assert len(listed) == len(set(listed)), "a name is introduced twice"
    assert set(listed) == core_names()


@every_page
def test_introduced_names_are_shown_or_described(page):
    code = set().union(*(used_names(cell.source) for cell in cells(page, "code")))
    described = set(re.findall(r"`(?:\w+\.)*(\w+)", prose(page)))
    missing = set(introduced()[page]) - code - described
    assert not missing


@every_page
def test_nothing_is_used_before_it_is_introduced(page):
    later = {name for other, names in introduced().items() if other > page for name in names}
    for cell in cells(page, "code"):
        assert not used_names(cell.source) & later, cell.source


@every_page
def test_no_cell_defines_what_nnlib_exports(page):
    for cell in cells(page, "code"):
        if "redefines" not in tags(cell):
            assert not defined_names(cell.source) & core_names(), cell.source


@every_page
def test_names_of_nnlib_in_prose_exist(page):
    for name in re.findall(r"`(nnlib(?:\.\w+)+)", prose(page)):
        parts = name.split(".")
        found = importlib.import_module(".".join(parts[:2]))
        for part in parts[2:]:
            found = getattr(found, part)


@every_page
def test_every_figure_has_words_before_after_and_instead(page):
    book = NOTEBOOKS[page].cells
    for i, cell in enumerate(book):
        pictures = [
            output
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {}) or "image/svg+xml" in output.get("data", {})
        ]
        if not pictures:
            continue
        assert all("image/png" in picture.data for picture in pictures), "PNG, not SVG"
        assert len(cell.metadata.get("alt", "")) > 40, f"no text alternative in {cell.id}"
        assert book[i - 1].cell_type == "markdown", f"no sentence before the figure of {cell.id}"
        assert book[i + 1].cell_type == "markdown", f"no sentence after the figure of {cell.id}"
        assert not book[i + 1].source.startswith("#"), f"no sentence after the figure of {cell.id}"


@every_page
def test_stored_state_is_that_of_one_run_from_top_to_bottom(page):
    code = cells(page, "code")
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        assert not errors or "raises-exception" in tags(cell), cell.source
        shows_something = isinstance(ast.parse(cell.source).body[-1], ast.Expr)
        assert cell.outputs or not shows_something, f"{cell.id} has no stored output"


@every_page
def test_nothing_of_the_machine_is_stored(page):
    text = NOTEBOOKS[page]
    assert not re.search(r"(?<![\w.:/])/(?:home|root|tmp|work|Users|usr)/\w|[A-Z]:\\\\", str(text))
    assert "widgets" not in text.metadata
    assert set(text.metadata.language_info) <= {
        "codemirror_mode",
        "file_extension",
        "mimetype",
        "name",
        "nbconvert_exporter",
        "pygments_lexer",
    }
    for cell in text.cells:
        assert "execution" not in cell.metadata, "timings in the metadata"
        assert not re.fullmatch(r"[0-9a-f-]{8,36}", cell.id), f"give cell {cell.id} a telling id"


@every_page
def test_page_has_the_frame_of_the_series(page):
    first = cells(page, "markdown")[0].source
    assert title(page).startswith(page[:2] + " ")
    for heading in ("**What you will build.**", "**What you need.**", "**How long.**"):
        assert heading in first
    sections = re.split(r"^## ", prose(page), flags=re.M)[1:]
    names = [section.splitlines()[0] for section in sections]
    assert names[-2:] == ["Exercises", "What to take along"]
    for name, section in zip(names[:-2], sections[:-2], strict=True):
        assert page.startswith("00") or "**Predict before you run.**" in section, name


def navigation(page):
    """The line that ends a page: links to the page before and the page after."""
    names = list(NOTEBOOKS)
    i = names.index(page)
    links = []
    if i > 0:
        links.append(f"← [{title(names[i - 1])}]({names[i - 1]}.ipynb)")
    if i + 1 < len(names):
        links.append(f"[{title(names[i + 1])}]({names[i + 1]}.ipynb) →")
    return " · ".join(links)


@every_page
def test_page_ends_with_links_to_its_neighbours(page):
    assert cells(page, "markdown")[-1].source.endswith(navigation(page))


@every_page
def test_links_to_other_pages_resolve(page):
    for target in re.findall(r"\]\(([^)#\s]+)", prose(page)):
        assert target.startswith("http") or (ROOT / "notebooks" / target).exists(), target


def how_long(page):
    """Minutes, seconds and MB, as the first cell of a page states them."""
    line = re.search(r"\*\*How long\.\*\*(.+?)(?:\n\n|$)", cells(page, "markdown")[0].source, re.S)[
        1
    ]
    return [re.search(rf"(\d+) {unit}", line)[1] for unit in ("minutes", "seconds", "MB")]


def test_readme_maps_the_series():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    row = r"^\| \[([^\]]+)\]\(notebooks/(\d\d_\w+)\.ipynb\) \|.+\| (\d+) min \| (\d+) s \|$"
    found = {name: [text, *times] for text, name, *times in re.findall(row, readme, re.M)}
    assert found == {page: [title(page), *how_long(page)[:2]] for page in NOTEBOOKS}


def test_start_page_maps_the_series():
    row = r"^\| \[([^\]]+)\]\((\d\d_\w+)\.ipynb\) \|.+\| (\d+) min \| (\d+) s \| (\d+) MB \|$"
    found = {name: [text, *times] for text, name, *times in re.findall(row, prose(START), re.M)}
    assert found == {page: [title(page), *how_long(page)] for page in NOTEBOOKS if page != START}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    goals = re.findall(r"^\| \[.+\]\(\d\d_\w+\.ipynb\) \| ([^|]+) \|", prose(START), re.M)
    assert len(goals) == len(found) and all(f"| {goal} |" in readme for goal in goals)


def exercises(page):
    """Pairs of checker and answer name, and the code of the solution folded below each."""
    book = NOTEBOOKS[page].cells
    for i, cell in enumerate(book):
        if cell.cell_type == "code":
            for check, answer in re.findall(r"^try_check\((\w+), (\w+)\)", cell.source, re.M):
                following = next(c for c in book[i + 1 :] if "<details>" in c.source)
                yield check, answer, re.search(r"```python\n(.+?)```", following.source, re.S)[1]


@every_page
def test_page_has_three_exercises(page):
    assert len(list(exercises(page))) >= 3


@pytest.mark.parametrize(
    ("page", "check", "answer", "solution"),
    [(page, *exercise) for page in NOTEBOOKS for exercise in exercises(page)],
    ids=lambda value: value if "\n" not in value else "",
)
def test_folded_solutions_pass_their_checks(page, check, answer, solution):
    namespace = {}
    for cell in cells(page, "code"):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                exec(ast.unparse(node), namespace)
    exec(solution, namespace)
    namespace[check](namespace[answer])


def test_keras_script_differs_from_ours_in_the_import_alone():
    (theirs,) = re.findall(r"```python\nimport keras\n(.+?)```", prose("06_iris"), re.S)
    (ours,) = [
        cell.source.removeprefix("import nnlib as keras\n")
        for cell in cells("06_iris", "code")
        if cell.source.startswith("import nnlib as keras\n")
    ]
    assert ours.startswith(theirs.rstrip())

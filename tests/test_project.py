"""The house itself: one list of dependencies, light imports, a gate that calls the tests."""

import ast
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import nnlib

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normalised(requirements):
    return sorted(re.sub("[-_.]+", "-", requirement) for requirement in requirements)


def test_the_conda_environment_is_the_same_set():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, *names = conda["dependencies"]
    assert (python, pip) == ("python=3.12", "pip")  # Binder knows an exact version only
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    assert normalised(names) == normalised(declared)


def test_binder_has_the_same_environment():
    ours, binders = ROOT / "environment.yml", ROOT / "binder" / "environment.yml"
    assert yaml.safe_load(ours.read_bytes()) == yaml.safe_load(binders.read_bytes())
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK)


def test_dependencies_have_lower_bounds_and_no_upper_pins():
    extras = PROJECT["optional-dependencies"].values()
    for requirement in sum(extras, PROJECT["dependencies"]):
        assert re.fullmatch(r"[\w.-]+>=[\d.]+", requirement)


def imported_by(statement):
    """Top-level packages in memory after a statement, in a Python of its own."""
    code = (
        f"{statement}; import sys; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_nnlib_brings_nothing_heavy():
    heavy = {"matplotlib", "IPython", "sklearn", "datasets", "tsensor", "PIL", "tqdm", "pandas"}
    assert not imported_by("import nnlib") & heavy
    assert not imported_by("import nnlib.datasets") & heavy


def test_explain_is_found_when_asked_for():
    assert nnlib.show_source is nnlib.explain.show_source
    assert nnlib.explain_function is nnlib.explain.explain_function
    with pytest.raises(AttributeError, match="has no attribute 'explane'"):
        nnlib.explane  # noqa: B018


ROOMS = {  # of the core, and what each may import: from those above it
    "_files": set(),
    "_guards": set(),
    "_progress": set(),
    "activations": {"_guards"},
    "initializers": {"_guards"},
    "layers": {"_guards", "activations", "initializers"},
    "losses": {"_guards", "activations"},
    "gradient_check": {"_guards"},
    "diagnostics": {"_guards"},
    "optimizers": {"_guards"},
    "metrics": {"_guards"},
    "callbacks": {"_guards"},
    "saving": {"_files", "_guards"},
    "summary": set(),
    "training": {"_guards", "_progress", "callbacks", "optimizers"},
    "models": {
        "_guards",
        "callbacks",
        "layers",
        "losses",
        "metrics",
        "optimizers",
        "saving",
        "summary",
        "training",
    },
}


def files_of(room):
    folder = ROOT / "nnlib" / room
    return sorted(folder.glob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def functions_in(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def length_of_body(function):
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_imports_go_one_way():
    """activations, initializers ← layers ← models; losses, optimizers … ← training ← models."""
    rooms = list(ROOMS)
    for room, allowed in ROOMS.items():
        assert all(rooms.index(other) < rooms.index(room) for other in allowed)
        found = set()
        for file in files_of(room):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if not isinstance(node, ast.ImportFrom) or node.module.split(".")[0] != "nnlib":
                    continue
                assert node in tree.body, f"{file.name} imports in the middle of things"
                path = node.module.split(".")[1:2]
                found |= set(path or (alias.name for alias in node.names))
        assert found - {room} == allowed, room


def test_the_core_is_read_in_small_pieces():
    """A file fits a sitting, 300 lines, and a function a screen, 40."""
    for room in ROOMS:
        for file in files_of(room):
            text = file.read_text(encoding="utf-8")
            assert text.count("\n") <= 300, file
            for function in functions_in(ast.parse(text)):
                assert length_of_body(function) <= 40, f"{file.name}: {function.name}"


MATHEMATICS = "activations", "initializers", "losses", "gradient_check", "diagnostics"


def test_a_function_fits_a_page():
    """At most 20 lines of body for what the pages show."""
    for room in (*MATHEMATICS, "optimizers"):
        for file in files_of(room):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    assert length_of_body(node) <= 20, f"{file.name}: {node.name}"


def public_functions():
    for module in (*MATHEMATICS, "layers"):
        loaded = importlib.import_module(f"nnlib.{module}")
        yield from ((f"{module}.{name}", getattr(loaded, name)) for name in loaded.__all__)


@pytest.mark.parametrize(("name", "thing"), list(public_functions()))
def test_docstrings_have_a_sentence_an_equation_and_sections(name, thing):
    paragraphs = thing.__doc__.split("\n\n")
    assert paragraphs[0].strip().endswith(".") and "\n" not in paragraphs[0].strip()
    assert "Parameters\n" in thing.__doc__
    if not name.endswith((".get", "ActivationFunction", "Loss", "Input")):
        assert re.search("[=~∈≈‖]", paragraphs[1]), f"{name} shows no equation"


def test_the_package_is_declared_and_the_licence_stands():
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["requires-python"] == ">=3.10"


def test_the_gate_runs_the_documented_command():
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert gate.count("make test") >= 2
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_only_the_folders_of_the_plan_stand_at_the_top():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not tracked:
        pytest.skip("not a git checkout")
    folders = {name.split("/")[0] for name in tracked if "/" in name}
    assert folders <= {"notebooks", "nnlib", "tests", "binder", ".ci", ".github"}

"""Break the core on purpose, one small change at a time, and count what the tests let through.

    python tests/mutants.py [MODULE …]          (make mutants)

mutmut makes the changes and runs the tests that see them; `[tool.mutmut]` in pyproject.toml says
which modules and which tests. All of it happens on a copy, build/mutants. Code outside functions
(tables of names, class attributes) is not changed.
"""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "build" / "mutants"
MUTMUT = Path(sys.executable).with_name("mutmut")
LEAST = 0.95
CAUGHT = {"killed", "timeout", "segfault"}


def copy_project():
    shutil.rmtree(COPY, ignore_errors=True)
    for folder in ("nnlib", "tests"):
        shutil.copytree(ROOT / folder, COPY / folder)
    for file in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / file, COPY)


def undecorated(source):
    """The same module with `f = decorator(f)` below a function in place of `@decorator` above it.

    mutmut leaves decorated functions alone.
    """
    lines = source.splitlines()
    for node in reversed(list(ast.walk(ast.parse(source)))):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            call = node.name
            for decorator in reversed(node.decorator_list):
                call = f"{ast.unparse(decorator)}({call})"
            first = node.decorator_list[0].lineno - 1
            lines.insert(node.end_lineno, f"{' ' * node.col_offset}{node.name} = {call}")
            del lines[first : node.lineno - 1]
    return "\n".join(lines) + "\n"


def mutmut(*arguments, **settings):
    return subprocess.run([MUTMUT, *arguments], cwd=COPY, text=True, **settings)


def outcomes():
    """Name of every mutant that was tried, and what became of it."""
    text = mutmut("results", "--all", "true", capture_output=True, check=True).stdout
    found = re.findall(r"^\s*(nnlib\.\S+): (.+)$", text, re.M)
    return {name: outcome for name, outcome in found if outcome != "not checked"}


def report(found):
    """Print a line per module and the change of every survivor; give the share that was caught."""
    module = {name: name.split(".")[1] for name in found}
    tried, caught = Counter(module.values()), Counter()
    for name, outcome in found.items():
        caught[module[name]] += outcome in CAUGHT
    for name, outcome in found.items():
        if outcome not in CAUGHT:
            print(f"\n{outcome}: {name}")
            print(mutmut("show", name, capture_output=True, check=True).stdout)
    print(f"{'module':<16}{'mutants':>8}{'caught':>8}")
    for name, count in sorted(tried.items()):
        print(f"{name:<16}{count:>8}{caught[name]:>8}{caught[name] / count:>8.1%}")
    share = caught.total() / tried.total()
    print(f"{'together':<16}{tried.total():>8}{caught.total():>8}{share:>8.1%}")
    return share


def main(modules):
    copy_project()
    for path in (COPY / "nnlib").rglob("*.py"):
        path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")
    log = COPY / "log.txt"
    with log.open("w") as file:
        output = None if sys.stdout.isatty() else file  # a spinner is for people
        patterns = [f"nnlib.{module}.*" for module in modules]
        mutmut("run", "--max-children", "2", *patterns, stdout=output)
    found = outcomes()
    if not found:
        sys.exit(f"no mutant was tried; the end of {log}:\n{log.read_text()[-2000:]}")
    if report(found) < LEAST:
        sys.exit(f"less than {LEAST:.0%} were caught")


if __name__ == "__main__":
    main(sys.argv[1:])

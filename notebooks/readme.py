"""Bring README.md up to date: its picture, and the badges of the repository it stands in.

python notebooks/readme.py                       the picture, from the stored output of page 06
python notebooks/readme.py --badges owner/name   the badges too (make badges REPO=owner/name)
"""

import argparse
import base64
import re
import sys
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parent
README = NOTEBOOKS.parent / "README.md"
PICTURE = NOTEBOOKS / "_static" / "borders.png"
BADGES = re.compile(r"(<!-- badges -->\n).*?(?=<!-- end of badges -->)", re.DOTALL)


def stored_picture(page="06_iris", cell_id="plot-borders"):
    """The PNG that a cell of a page has as its output."""
    notebook = nbformat.read(NOTEBOOKS / f"{page}.ipynb", as_version=4)
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    (picture,) = (
        output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})
    )
    return base64.b64decode(picture)


def badges(repository):
    """Markdown of the badges: tests, the site, and Binder with JupyterLab on the first page."""
    owner, name = repository.split("/")
    github = f"https://github.com/{repository}"
    start = "HEAD?urlpath=lab/tree/notebooks/00_start_here.ipynb"
    return (
        f"[![tests]({github}/actions/workflows/ci.yml/badge.svg)]({github}/actions/workflows/ci.yml)\n"
        f"[![site]({github}/actions/workflows/site.yml/badge.svg)](https://{owner}.github.io/{name}/)\n"
        "[![open in Binder](https://mybinder.org/badge_logo.svg)]"
        f"(https://mybinder.org/v2/gh/{repository}/{start})\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--badges", metavar="OWNER/NAME", help="the repository on GitHub")
    repository = parser.parse_args().badges
    if repository is not None and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        sys.exit(f"--badges takes owner/name, got {repository!r}")
    PICTURE.write_bytes(stored_picture())
    print(f"{PICTURE}: the picture of page 06")
    if repository is None:
        return
    text = README.read_text(encoding="utf-8")
    text, found = BADGES.subn(lambda match: match[1] + badges(repository), text)
    if not found:
        sys.exit("README.md has no lines <!-- badges --> and <!-- end of badges -->")
    README.write_text(text, encoding="utf-8")
    print(f"{README}: the badges of {repository}")


if __name__ == "__main__":
    main()

"""Sphinx's settings for the site of the series: `make site` builds it into build/site.

The pages are shown with their stored outputs; nothing runs, and no reader's browser loads anything
from elsewhere. Where GitHub builds the site, each page has a button that opens it in Binder.
"""

import os
import sys
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent
sys.path[:0] = [str(NOTEBOOKS), str(NOTEBOOKS.parent)]

project = "Neural networks from scratch"
author = "the authors of nnlib"
project_copyright = "the authors of nnlib, MIT licence"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "webpages",
]
exclude_patterns = [
    "_static",
    "**.ipynb_checkpoints",
    "assignments/README.md",
    "assignments/source",
]

nb_execution_mode = "off"
nb_custom_formats = {".ipynb": ["webpages.read_notebook", {}]}
nb_render_markdown_format = "commonmark"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 2

default_role = "literal"  # docstrings write `X` for code
autodoc_default_options = {"members": True, "special-members": "__call__"}
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system has it
html_theme_options = {
    "navbar_persistent": [],  # the search field of the side bar is enough
    "show_toc_level": 2,
    "use_fullscreen_button": False,
}
html_show_sphinx = False

if repository := os.environ.get("GITHUB_REPOSITORY"):  # owner/name, set by GitHub's own machines
    html_theme_options |= {
        "repository_url": f"https://github.com/{repository}",
        "repository_branch": "HEAD",
        "path_to_docs": "notebooks",
        "use_repository_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        },
    }

# MathJax as one file beside the pages, which draws without fonts
mathjax_path = "tex-svg.js"
mathjax3_config = {"svg": {"mtextInheritFont": True}}

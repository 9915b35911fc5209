"""The site of `make site`: links lead somewhere, nothing loads from elsewhere, all reads well.

Needs the extra `site` (pip install -e ".[site]"); the tests in a browser also need Chromium or
Chrome. Without them the tests are skipped.
"""

import functools
import importlib
import importlib.util
import itertools
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image

import nnlib

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
PAGES = [path.stem for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))]
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None
)

for needed in ("sphinx", "myst_nb", "sphinx_book_theme", "mathjax"):
    if importlib.util.find_spec(needed) is None:
        pytest.skip('needs the extra: pip install -e ".[site]"', allow_module_level=True)


def build(folder, **environment):
    command = [sys.executable, "-m", "sphinx", "-q", "--fail-on-warning", "--keep-going"]
    environment = {k: v for k, v in os.environ.items() if k != "GITHUB_REPOSITORY"} | environment
    done = subprocess.run(
        [*command, NOTEBOOKS, folder], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder


@functools.cache
def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def all_pages(site):
    return [page for page in sorted(site.rglob("*.html")) if "_static" not in page.parts]


def test_every_page_is_there_with_the_next_and_the_one_before(site):
    for page in PAGES:
        assert soup(site / f"{page}.html").h1.text.startswith(page[:2])
    for page, following in itertools.pairwise(PAGES):
        assert soup(site / f"{page}.html").select_one("a.right-next")["href"] == f"{following}.html"
        assert soup(site / f"{following}.html").select_one("a.left-prev")["href"] == f"{page}.html"
    for path in NOTEBOOKS.glob("assignments/release/*/*.ipynb"):
        assert (site / path.relative_to(NOTEBOOKS)).with_suffix(".html").exists()
    assert not (site / "assignments" / "source").exists(), "solutions"


def test_every_link_leads_somewhere(site):
    for page in all_pages(site):
        for link in soup(page).select("a[href]"):
            target = urlsplit(link["href"])
            if target.scheme or target.netloc or link["href"] in ("", "#"):
                continue
            file = (page.parent / unquote(target.path)).resolve() if target.path else page
            assert file.exists(), f"{page.name}: {link['href']}"
            if target.fragment and file.suffix == ".html":
                found = soup(file).find(id=unquote(target.fragment))
                assert found is not None, f"{page.name}: {link['href']}"


def test_no_page_loads_anything_from_elsewhere(site):
    for page in all_pages(site):
        html = soup(page)
        loaded = [tag["src"] for tag in html.select("[src]")]
        loaded += [tag["href"] for tag in html.select("link[href]")]
        assert not [url for url in loaded if re.match("(https?:)?//", url)], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_every_figure_has_its_alternative(site):
    for page in PAGES:
        notebook = nbformat.read(NOTEBOOKS / f"{page}.ipynb", as_version=4)
        expected = [
            output.metadata.get("image/png", {}).get("alt") or cell.metadata.alt
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        images = soup(site / f"{page}.html").select("main .cell_output img")
        assert [" ".join(image["alt"].split()) for image in images] == [
            " ".join(words.split()) for words in expected
        ]


def test_pages_and_reference_lead_to_each_other(site):
    reference = soup(site / "reference.html")
    links = {link["href"] for link in soup(site / "01_activations.html").select("main a[href]")}
    assert "reference.html#nnlib.activations.softmax" in links
    softmax = reference.find(id="nnlib.activations.softmax").find_parent("dl")
    back = {link["href"] for link in softmax.select("a[href]")}
    assert {"01_activations.html", "06_iris.html"} <= back
    for page in PAGES:
        notebook = nbformat.read(NOTEBOOKS / f"{page}.ipynb", as_version=4)
        links = {link["href"] for link in soup(site / f"{page}.html").select("main a[href]")}
        for name in notebook.metadata.nnlib.introduces:
            assert any(re.search(rf"^reference\.html#.*\.{name}$", link) for link in links), name


def test_the_reference_lists_the_whole_package(site):
    reference = soup(site / "reference.html")
    for info in pkgutil.iter_modules(nnlib.__path__, "nnlib."):
        if info.name.startswith("nnlib._"):
            continue
        assert reference.find(id=f"module-{info.name}"), info.name
        if info.name != "nnlib.checks":  # one for each exercise; the pages say what they check
            for name, thing in vars(importlib.import_module(info.name)).items():
                public = name in sys.modules[info.name].__all__ and callable(thing)
                assert not public or reference.find(id=f"{info.name}.{name}"), name


def test_the_glossary_is_in_order(site):
    terms = [
        term.find(string=True) for term in soup(site / "glossary.html").select("dl.glossary dt")
    ]
    assert len(terms) > 40 and terms == sorted(terms, key=str.lower)


def test_launch_buttons_where_the_address_is_known_and_none_where_not(site, tmp_path):
    assert not soup(site / "06_iris.html").select("a[href*=mybinder]")
    build(tmp_path, GITHUB_REPOSITORY="owner/name")
    (button,) = soup(tmp_path / "06_iris.html").select("a[href*=mybinder]")
    assert button["href"] == (
        "https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/notebooks/06_iris.ipynb"
    )


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    if BROWSER is None:
        assert "CI" not in os.environ, "the workflow counts on a browser"
        pytest.skip("no Chromium or Chrome on the path")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(site):
    """Where a server on this machine serves the site."""
    handler = functools.partial(SilentHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def open_page(browser, url, width=1280, scheme="light"):
    """A page in a tab of its own, with what it complained about and what it asked others for."""
    home = url.rpartition("/")[0].split("/assignments")[0]
    tab = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    ).new_page()
    complaints = []
    tab.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    tab.on(
        "request",
        lambda request: (
            request.url.startswith((home, "data:", "blob:"))
            or complaints.append(f"asked for {request.url}")
        ),
    )
    tab.goto(url)
    if tab.query_selector(".math"):
        tab.wait_for_selector("mjx-container svg", state="attached")  # may be folded away
        tab.evaluate("MathJax.startup.promise")
    return tab, complaints


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_every_page_opens_without_a_complaint_and_fits_a_telephone(site, browser, address):
    for page in all_pages(site):
        if "_modules" in page.parts:
            continue
        url = f"{address}/{page.relative_to(site).as_posix()}"
        tab, complaints = open_page(browser, url, width=375)
        assert not complaints, page.name
        assert not tab.query_selector(".math mjx-merror, .math [data-mjx-error]"), page.name
        assert tab.evaluate(SIDEWAYS) == 0, page.name
        tab.context.close()


def test_the_search_finds_softmax(browser, address):
    tab, complaints = open_page(browser, f"{address}/index.html")
    tab.keyboard.press("Control+k")
    tab.keyboard.type("softmax")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li a")
    tab.wait_for_timeout(1000)
    found = tab.locator("#search-results li a").evaluate_all("links => links.map(a => a.href)")
    assert any("01_activations.html" in link for link in found)
    assert any("reference.html" in link for link in found)
    assert not complaints


def test_figures_stay_on_paper_in_the_dark(site, browser, address):
    for picture in (site / "_images").glob("*.png"):
        paper = Image.open(picture).convert("RGBA")
        assert paper.getchannel("A").getextrema() == (255, 255), "opaque"
    for page in PAGES:
        tab, _ = open_page(browser, f"{address}/{page}.html", scheme="dark")
        dark = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", dark)[:3])) < 60
        for look, width in tab.locator("main img").evaluate_all(
            "images => images.map(i => [getComputedStyle(i).filter, i.naturalWidth])"
        ):
            assert "invert" not in look and width > 0
        tab.context.close()

"""README.md: its picture is page 06's, its links lead somewhere, a command writes its badges."""

import importlib.util
import io
import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
TEXT = re.sub(  # as it is before a repository writes its badges
    r"(?<=<!-- badges -->\n).*?(?=<!-- end of badges -->)",
    "",
    (ROOT / "README.md").read_text(encoding="utf-8"),
    flags=re.S,
)


@pytest.fixture
def readme():
    spec = importlib.util.spec_from_file_location("readme", ROOT / "notebooks" / "readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_the_one_that_page_06_stores(readme):
    stored = readme.stored_picture()
    assert readme.PICTURE.read_bytes() == stored, "make notebooks copies it"
    assert len(stored) < 150_000
    paper = Image.open(io.BytesIO(stored)).convert("RGBA").getchannel("A")
    assert paper.getextrema() == (255, 255), "opaque"
    assert len(re.search(r"!\[(.+)\]\(notebooks/_static/borders\.png\)", TEXT)[1]) > 40


def heading_ids(text):
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in heading_ids(TEXT), target
        elif not target.startswith("http"):
            assert (ROOT / target).exists(), target


def test_every_make_target_that_is_named_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:[A-Z_]+=\w+ )?make ([a-z]+)", TEXT)) | set(
        re.findall(r"^make ([a-z]+)", TEXT, re.M)
    )
    assert {"run", "lab", "test", "site", "notebooks"} <= named
    assert all(re.search(rf"^{name}:.*##", makefile, re.M) for name in named)


def test_no_address_is_invented():
    assert "<!-- badges -->\n<!-- end of badges -->" in TEXT
    assert "github.com" not in TEXT and "mybinder.org" not in TEXT


def test_badges_of_a_repository(readme, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(readme, "README", tmp_path / "README.md")
    monkeypatch.setattr(readme, "PICTURE", tmp_path / "borders.png")
    readme.README.write_text(TEXT, encoding="utf-8")
    for repository in ("other/one", "owner/name", "owner/name"):
        monkeypatch.setattr("sys.argv", ["readme.py", "--badges", repository])
        readme.main()
    written = readme.README.read_text(encoding="utf-8")
    assert "other/one" not in written and written.count("badge.svg") == 2
    launch = (
        "https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/notebooks/00_start_here.ipynb"
    )
    assert written.count(launch) == 1
    for workflow in re.findall(r"owner/name/actions/workflows/(\w+\.yml)\)", written):
        assert (ROOT / ".github" / "workflows" / workflow).exists()
    assert written.replace(readme.badges("owner/name"), "") == TEXT
    monkeypatch.setattr("sys.argv", ["readme.py", "--badges", "no slash"])
    with pytest.raises(SystemExit, match="owner/name, got 'no slash'"):
        readme.main()
    capsys.readouterr()

"""The check of the installation: silent about versions when all is well, exact when it is not."""

import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

from nnlib import installation
from nnlib.installation import check_installation

ROOT = Path(__file__).resolve().parents[1]


class FakeNnlib:
    """A distribution as an installer leaves it, in a folder of this Python unless told."""

    requires = ("numpy>=2.0", "tqdm>=4.66", 'ruff>=0.11; extra == "dev"')

    def __init__(self, folder=None, python=">=3.10", record="nnlib/__init__.py,,"):
        self.folder = folder or installation.sysconfig.get_path("purelib")
        self.metadata = {"Requires-Python": python}
        self.record = record

    def read_text(self, name):
        return self.record if name == "RECORD" else None

    def locate_file(self, name):
        return Path(self.folder) / name


@pytest.fixture
def report(monkeypatch, capsys):
    """What is printed for a fake nnlib and fake versions of the packages, as a list of lines."""

    def run(*distributions, **versions):
        def version(name):
            try:
                return versions[name]
            except KeyError:
                raise metadata.PackageNotFoundError(name) from None

        found = distributions or (FakeNnlib(),)
        monkeypatch.setattr(metadata, "distributions", lambda name: iter(found))
        monkeypatch.setattr(metadata, "version", version)
        check_installation()
        return capsys.readouterr().out.splitlines()

    return run


def test_right_installation_shows_no_version_and_no_path(report):
    lines = report(numpy="2.3.1", tqdm="5.0rc1")
    assert lines == [
        "nnlib: ok",
        "kernel: ok",
        "Python: ok",
        "numpy: ok",
        "tqdm: ok",
        "Everything is there.",
    ]


def test_missing_package_comes_with_its_command(report):
    lines = report(numpy="2.0")
    assert lines[4] == 'tqdm: missing: %pip install "tqdm>=4.66"'
    assert lines[5].startswith("1 of 5 not ok")


def test_package_whose_removal_stopped_half_way_is_missing(report):
    assert 'tqdm: missing: %pip install "tqdm>=4.66"' in report(numpy="2.0", tqdm=None)


def test_too_old_package_comes_with_its_command(report):
    lines = report(numpy="1.26.4", tqdm="4.66")
    assert lines[3] == 'numpy: 1.26.4 is too old: %pip install "numpy>=2.0"'
    assert lines[4] == "tqdm: ok"


def test_what_only_developers_need_is_not_asked_for(report):
    assert not any(line.startswith("ruff") for line in report(numpy="2.0", tqdm="5"))


def test_nnlib_that_was_only_found_by_its_path(report):
    lines = report(FakeNnlib(record=None), numpy="2.0", tqdm="5")  # an egg-info beside the source
    assert "found by its path, but not installed" in lines[0]
    assert lines[0].endswith("%pip install -e ..")
    assert lines[1].startswith("1 of 1 not ok")


def test_installed_nnlib_counts_wherever_its_egg_info_lies(report):
    assert report(FakeNnlib(record=None), FakeNnlib(), numpy="2.0", tqdm="5")[0] == "nnlib: ok"


def test_kernel_of_another_python(report, tmp_path):
    lines = report(FakeNnlib(folder=tmp_path), numpy="2.0", tqdm="5")
    assert lines[1].startswith("kernel: this Python is not the one")
    assert str(tmp_path) not in "".join(lines)


def test_python_that_is_too_old(report):
    lines = report(FakeNnlib(python=">=99"), numpy="2.0", tqdm="5")
    assert lines[2].startswith("Python: ") and ">=99 is asked" in lines[2]


def test_packaging_itself_may_be_missing(report, monkeypatch):
    monkeypatch.setitem(sys.modules, "packaging.requirements", None)
    assert "packaging: missing: %pip install packaging" in report(numpy="2.0", tqdm="5")


def test_every_dependency_in_pyproject_is_looked_at(capsys):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = re.findall(
        r'"([\w-]+)>=', re.search(r"^dependencies = \[(.+?)^\]", text, re.S | re.M)[1]
    )
    check_installation()
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{name}: ok" for name in ("nnlib", "kernel", "Python", *declared)] + [
        "Everything is there."
    ]

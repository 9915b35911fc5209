"""Progress bars: there while a person watches, gone afterwards, absent otherwise."""

import pytest

from nnlib._progress import person_watches, progress


@pytest.fixture
def unwatched(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("VSCODE_PID", raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    return monkeypatch


def test_nobody_watches_a_plain_run(unwatched):
    assert not person_watches()
    numbers = range(3)
    assert progress(numbers, "counting") is numbers


@pytest.mark.parametrize("name", ["JPY_SESSION_NAME", "VSCODE_PID"])
def test_a_live_notebook_is_watched(unwatched, name):
    unwatched.setenv(name, "1")
    assert person_watches()


def test_a_terminal_is_watched(unwatched):
    unwatched.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert person_watches()


def test_the_bar_counts_and_vanishes(unwatched, capsys):
    unwatched.setenv("JPY_SESSION_NAME", "1")
    assert list(progress(range(3), "counting")) == [0, 1, 2]
    shown = capsys.readouterr().err
    assert "counting" in shown
    assert shown.split("\r")[-1].strip() == ""  # wiped when done

"""Long work says how far it is, how fast it goes and how long it will still take, on standard error."""

from __future__ import annotations

import pytest

from intake.progress import Progress


def at(monkeypatch: pytest.MonkeyPatch, *moments: float) -> None:
    """A clock that shows these moments, the last one for ever."""
    left = list(moments)
    monkeypatch.setattr("intake.progress.time.monotonic", lambda: left.pop(0) if len(left) > 1 else left[0])


def test_a_line_says_how_many_how_fast_and_how_long_still(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    at(monkeypatch, 100.0, 120.0)
    with Progress("Reprocessing", 4200) as shown:
        shown.step("a.eml")
    assert capsys.readouterr().err == "Reprocessing: 1 of 4200, 0.1 a second, 23 h 20 min left a.eml\n"


def test_work_of_unknown_length_has_a_rate_and_no_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    at(monkeypatch, 100.0, 120.0)
    with Progress("Deciding", None) as shown:
        shown.step()
    assert capsys.readouterr().err.strip() == "Deciding: 1, 0.1 a second"


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("Reading", 2) as shown:
        shown.step("a.eml")
        assert shown.left.endswith(" s left")
        shown.step("b.eml")
        assert shown.left == ""
    assert capsys.readouterr() == ("", "")

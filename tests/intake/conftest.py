"""What the tests of the service share: an installation in a folder of its own, and a reader without a sandbox where reading is not the point."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from intake.programme import load_programme
from tests.intake.builders import Installation, ReaderInProcess

loaded_once = cache(load_programme)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation whose files are read in this process."""
    reader = type("ReaderOfThisTest", (ReaderInProcess,), {})
    monkeypatch.setattr("intake.workshop.Reader", reader)
    monkeypatch.setattr("intake.workshop.load_programme", loaded_once)
    return Installation(tmp_path)

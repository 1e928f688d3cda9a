"""What the tests of the service share: an installation in a folder of its own, and a reader without a sandbox where reading is not the point."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.builders import Installation, ReaderInProcess


@pytest.fixture()
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation whose files are read in this process."""
    reader = type("ReaderOfThisTest", (ReaderInProcess,), {})
    monkeypatch.setattr("intake.workshop.Reader", reader)
    return Installation(tmp_path)

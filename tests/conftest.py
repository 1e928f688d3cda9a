"""What holds for the whole suite."""

from __future__ import annotations

import pytest

from parsers.temporary_folders import remove_abandoned


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Services that the tests killed for good leave folders that no later start removes."""
    remove_abandoned()

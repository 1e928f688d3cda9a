"""A hundred kills at random moments, seen from the mail servers; `python -m tests.chaos.kills` does a thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.kills import chaos


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    assert chaos(100, seed=20261122, folder=tmp_path, longest_s=0.5) == []

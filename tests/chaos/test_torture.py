"""Every mail of a folder made to hurt ends in a recorded state while the service lives, and the next ordinary mail is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.torture import torture


@pytest.mark.slow
def test_every_hostile_mail_ends_on_record_and_the_next_ordinary_one_is_answered(tmp_path: Path) -> None:
    ended = torture(tmp_path)
    assert ended.left == ()
    assert ended.alive
    assert ended.answered
    assert ended.parent_mb < 300

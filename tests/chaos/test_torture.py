"""Every mail of a folder made to hurt ends in a recorded state while the service lives, and the next ordinary mail is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.real_mails import handled
from tests.chaos.torture import torture


@pytest.mark.slow
def test_every_hostile_mail_ends_on_record_and_the_next_ordinary_one_is_answered(tmp_path: Path) -> None:
    ended = torture(tmp_path)
    assert ended.left == ()
    assert ended.alive
    assert ended.answered
    assert ended.parent_mb < 300


@pytest.mark.slow
def test_bounces_absence_notes_lists_sealed_and_odd_mails_end_on_record_and_nobody_gets_a_wrong_letter(tmp_path: Path) -> None:
    code, mails = handled(tmp_path)
    assert code == 0
    assert [(one.mail.name, one.state, one.letter) for one in mails if one.is_wrong] == []
    answered = {one.mail.name for one in mails if one.letter}
    assert {"smime-signed", "pgp-clear-signed", "reply-to-another", "byte-order-mark-first"} <= answered, (
        "a person's question was left without a receipt"
    )
    assert not any("bank.example" in one.to for one in mails)
    assert not any("2099" in one.reference for one in mails), "the clock of a stranger's machine gives no reference its year"

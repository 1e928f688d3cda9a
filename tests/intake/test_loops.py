"""Two offices that answer each other by machine, and robots that answer us, come to an end; staff see why."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from storage.arrivals import record_arrival
from storage.values import LetterState
from tests.intake.builders import OUR_ADDRESS, Installation, enquiry
from tests.intake.test_never_answered import BOUNCES

pytestmark = pytest.mark.slow  # whole services, mail by mail

THEIR_ADDRESS = "grants@office.example"


def delivered(file: Path, *, strip: tuple[str, ...] = (), sender: str = "", number: int = 0) -> bytes:
    """A letter as the other side's mailbox gets it; ``strip``: headers that a careless relay loses on the way."""
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.SMTP)
    assert isinstance(mail, EmailMessage)
    for name in strip:
        del mail[name]
    if sender:
        del mail["From"]
        mail["From"] = sender
    mail["Received"] = f"from a by b with ESMTP id {number}; Tue, 5 Mar 2024 10:00:00 +0800"
    return mail.as_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    "strip",
    [
        (),
        ("Auto-Submitted", "X-Auto-Response-Suppress"),
        ("Auto-Submitted", "X-Auto-Response-Suppress", "In-Reply-To", "References", "Message-ID"),
    ],
    ids=["as sent", "marks lost", "marks and thread lost"],
)
def test_two_of_us_answering_each_other_come_to_an_end(house: Installation, tmp_path: Path, strip: tuple[str, ...]) -> None:
    theirs = Installation(tmp_path / "theirs", {"outgoing": {"from_address": THEIR_ADDRESS}})
    theirs.changes["outgoing"]["url"] = f"folder:{theirs.outbox}"
    house.deliver(enquiry(1, sender=THEIR_ADDRESS))
    seen: set[Path] = set()
    for turn in range(8):
        house.run()
        theirs.run()
        for writer, reader in ((house, theirs), (theirs, house)):
            for file in [each for each in writer.outbox_files() if each not in seen]:
                seen.add(file)
                reader.deliver(delivered(file, strip=strip, number=turn))
    assert len(house.outbox_files()) <= 3
    assert len(theirs.outbox_files()) <= 3
    assert all(letter.state in (LetterState.ACCEPTED, LetterState.HELD) for letter in (*house.letters(), *theirs.letters()))


def test_a_robot_under_many_names_gets_two_letters_in_a_thread_and_the_third_waits(house: Installation) -> None:
    house.deliver(enquiry(1, sender="robot1@vendor.example"))
    house.run()
    for number in range(2, 6):
        last = house.letters()[-1]
        house.deliver(enquiry(number, sender=f"robot{number}@vendor{number}.example", subject=f"Re: {last.reply.subject}"))
        house.run()
    states = [letter.state for letter in house.letters()]
    assert states == [LetterState.ACCEPTED, LetterState.ACCEPTED, *[LetterState.HELD] * (len(states) - 2)]
    assert "2 automatic letters in this thread without a new paper" in house.letters()[-1].reason
    assert len(house.outbox_files()) == 2


def test_an_answer_of_a_machine_is_kept_with_the_case_whose_letter_it_answers(house: Installation) -> None:
    house.deliver(enquiry(1))
    house.run()
    letter = house.letters()[0]
    house.deliver(enquiry(2, sender=letter.to, headers={"In-Reply-To": letter.message_id, "Auto-Submitted": "auto-generated"}))
    house.run()
    shown = house.command("show", letter.reference)
    assert shown.returncode == 0, shown.stderr
    assert "<- auto_reply decided no reply: Auto-Submitted: auto-generated; mail of class auto_reply gets no letter" in " ".join(shown.stdout.split())
    assert len(house.outbox_files()) == 1


@pytest.mark.parametrize("name", ["163", "qq", "exim", "token-folded-and-quoted"])
def test_a_bounce_that_names_our_letter_anywhere_marks_it_undelivered(house: Installation, name: str) -> None:
    house.deliver(enquiry(1))
    house.run()
    letter = house.letters()[0]
    house.deliver(a_bounce(BOUNCES[name], letter.message_id, letter.reference, letter.to))
    house.run()
    assert [letter.state for letter in house.letters()] == [LetterState.FAILED]
    assert "letter_failed" in house.attention()
    assert house.arrivals()[-1].case_id == letter.case_id
    assert len(house.outbox_files()) == 1


def test_a_bounce_that_proves_nothing_marks_nothing_and_is_shown_to_staff(house: Installation) -> None:
    house.deliver(enquiry(1))
    house.run()
    letter = house.letters()[0]
    left, _, domain = letter.message_id.partition("@")
    house.deliver(a_bounce(BOUNCES["163"], f"{left[:-24]}{'0' * 24}@{domain}", letter.reference, letter.to))
    house.run()
    assert [letter.state for letter in house.letters()] == [LetterState.ACCEPTED]
    assert "suggestion" in house.attention()


@pytest.mark.parametrize(("days", "silent"), [(8, True), (6, False)])
def test_mail_that_lay_in_an_imap_mailbox_for_more_than_a_week_is_for_staff(house: Installation, days: int, silent: bool) -> None:
    now = datetime.now(UTC)
    mail = enquiry(1)
    with house.service() as service:
        with service.database.transaction() as tx:
            arrival, _ = record_arrival(
                tx, mailbox="imap://office/INBOX", uidvalidity=1, uid=1, sha256=service.blobs.keep(mail), size=len(mail),
                internal_date=now - timedelta(days=days), seen_at=now,
            )  # fmt: skip
        service.handler.handle(arrival)
    assert ("seven days" in str(house.arrivals()[0].no_reply)) is silent
    assert (house.letters() == ()) is silent
    assert "enquiry" in house.attention()


def a_bounce(file: Path, token: str, reference: str, to: str) -> bytes:
    at = token.index("@")
    text = file.read_text(encoding="utf-8").replace("{folded}", f"{token[:at]}\n> {token[at:]}")
    for name, value in {"{token}": token, "{bare}": token.strip("<>"), "{reference}": reference, "{to}": to}.items():
        text = text.replace(name, value)
    assert OUR_ADDRESS in text
    return text.encode()

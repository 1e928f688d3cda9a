"""`intake run --once`: what is there is handled as far as it goes, and the exit code says whether something was left undone."""

from __future__ import annotations

import pytest

from intake.failures import Failure
from intake.mailboxes import MailboxError
from intake.service import serve
from storage.values import LetterState
from tests.intake.builders import Installation, enquiry
from tests.servers.ports import free_port
from tests.servers.rough_smtp import rough_server


@pytest.fixture(autouse=True)
def no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.day_and_night.stop_on_signals", lambda _: None)


def test_a_mail_server_that_is_away_is_a_failure_and_its_letters_go_out_the_next_time(house: Installation) -> None:
    house.deliver(enquiry(1))
    house.changes = {"outgoing": {"url": f"smtp://127.0.0.1:{free_port()}", "retry_seconds": 0.01}}
    with pytest.raises(Failure, match=r"letters wait for the mail server \(connect: .*\); everything else is done"):
        serve(house.settings, once=True)
    assert [letter.state for letter in house.letters()] == [LetterState.DEFERRED]
    with rough_server() as server:
        house.changes = {"outgoing": {"url": f"smtp://127.0.0.1:{server.port}"}}
        assert serve(house.settings, once=True) == 0
        assert len(server.taken) == 1
        assert serve(house.settings, once=True) == 0
        assert len(server.taken) == 1


def test_a_letter_that_is_refused_or_put_off_is_a_result_and_no_failure(house: Installation) -> None:
    house.deliver(enquiry(1))
    with rough_server(answers={"rcpt": "550 nobody here"}) as server:
        house.changes = {"outgoing": {"url": f"smtp://127.0.0.1:{server.port}"}}
        assert serve(house.settings, once=True) == 0
        server.answers = {"rcpt": "450 greylisted"}
        house.deliver(enquiry(2))
        assert serve(house.settings, once=True) == 0
    assert [letter.state for letter in house.letters()] == [LetterState.FAILED, LetterState.DEFERRED]


def test_a_mailbox_that_is_away_is_a_failure_and_what_is_due_goes_out(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    house.deliver(enquiry(1))
    with monkeypatch.context() as trouble:
        trouble.setattr("intake.sending.Sender.send_all_due", lambda *_: 0)
        assert serve(house.settings, once=True) == 0
    assert not house.outbox_files()

    def gone(*_: object) -> None:
        raise MailboxError("the mailbox does not answer")

    monkeypatch.setattr("intake.maildir.Maildir._look", gone)
    with pytest.raises(MailboxError, match="does not answer"):
        serve(house.settings, once=True)
    assert len(house.outbox_files()) == 1


def test_a_mail_that_cannot_be_read_is_a_result(house: Installation) -> None:
    house.deliver(b"\x00\xff" * 100, b"")
    assert serve(house.settings, once=True) == 0
    assert len(house.arrivals()) == 2
    assert house.attention() == ["mail", "mail"]

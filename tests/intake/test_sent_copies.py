"""Copies of our letters in a real sent folder: one each, filed once the server is back, and proof of what was doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.imap import ImapMailbox
from intake.mailboxes import MailboxError
from intake.sending import Sender, mail_of
from intake.sent_copies import SentCopies
from intake.settings import Outgoing
from parsers.mail import read_message
from parsers.values import MessageClass
from storage import outbox
from storage.arrivals import record_message
from storage.database import Database, open_database
from storage.values import Letter, LetterState
from tests.intake.builders import enquiry
from tests.replies.builders import OUR_ADDRESS, letter
from tests.replies.smtp_servers import Script, scripted
from tests.servers.dovecot import Dovecot
from tests.servers.mailboxes import mailbox_of
from tests.servers.proxy import proxy_to
from tests.servers.smtp import Postbox, postbox
from tests.storage.build import arrive, open_case

pytestmark = pytest.mark.slow
SENT = "Sent"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'intake.sqlite3'}")
    yield opened
    opened.close()


def send_one(database: Database, url: str) -> Letter:
    with database.transaction() as tx:
        outbox.queue(
            tx, case_id=open_case(tx).id, reply=letter(None, message_class=MessageClass.ENQUIRY),
            message_id="<1.ours@secretariat.example>", at=datetime.now(UTC),
        )  # fmt: skip
    Sender(database, outgoing(url), copies=True).send_all_due()
    with database.reading() as tx:
        return outbox.letters_in(tx, *LetterState)[0]


def outgoing(url: str = "folder:unused") -> Outgoing:
    return Outgoing(url=url, from_address=OUR_ADDRESS)


def copies(database: Database, mailbox: ImapMailbox, folder: str = SENT) -> SentCopies:
    return SentCopies(database, outgoing(), mailbox, folder, look_s=0)


def in_sent(server: Dovecot) -> list[bytes]:
    with server.client() as person:
        if not person.folder_exists(SENT):
            return []
        person.select_folder(SENT, readonly=True)
        found = person.fetch(person.search("ALL"), ["BODY.PEEK[]"])
    return [answer[b"BODY[]"] for answer in found.values()]


def state(database: Database) -> LetterState:
    with database.reading() as tx:
        return outbox.letters_in(tx, *LetterState)[0].state


def doubtful(database: Database) -> Letter:
    with scripted(Script.of(dot="close")) as port:
        sent = send_one(database, f"smtp://127.0.0.1:{port}")
    assert sent.state is LetterState.UNKNOWN
    return sent


def test_an_accepted_letter_lies_in_the_sent_folder_once(database: Database, server: Dovecot) -> None:
    with postbox() as out:
        sent = send_one(database, out.url)
        assert len(out.taken) == 1
    mailbox = mailbox_of(server, sent_folder=SENT)
    filing = copies(database, mailbox)
    assert filing.file_due() == 1
    assert filing.file_due() == 0
    assert in_sent(server) == [mail_of(sent, outgoing())]
    mailbox.close()


def test_a_copy_that_was_filed_before_a_crash_is_not_filed_again(database: Database, server: Dovecot) -> None:
    with postbox() as out:
        sent = send_one(database, out.url)
    mailbox = mailbox_of(server, sent_folder=SENT)
    mailbox.append_sent(mail_of(sent, outgoing()), sent.message_id)
    assert copies(database, mailbox).file_due() == 1
    assert len(in_sent(server)) == 1
    mailbox.close()


def test_a_copy_waits_while_the_mailbox_is_out_of_reach(database: Database, server: Dovecot, out: Postbox) -> None:
    send_one(database, out.url)
    with proxy_to(server.port) as proxy:
        mailbox = mailbox_of(server, through=proxy, sent_folder=SENT)
    with pytest.raises(MailboxError):
        copies(database, mailbox).file_due()
    assert in_sent(server) == []
    again = mailbox_of(server, sent_folder=SENT)
    assert copies(database, again).file_due() == 1
    assert len(in_sent(server)) == 1
    again.close()


def test_where_the_provider_files_the_copies_we_file_none(database: Database, server: Dovecot, out: Postbox) -> None:
    send_one(database, out.url)
    mailbox = mailbox_of(server, sent_folder=SENT)
    provider = outgoing().model_copy(update={"sent_copy": "provider"})
    assert SentCopies(database, provider, mailbox, SENT).file_due() == 0
    assert in_sent(server) == []
    mailbox.close()


def test_a_doubtful_letter_that_lies_in_the_sent_folder_was_accepted(database: Database, server: Dovecot) -> None:
    sent = doubtful(database)
    mailbox = mailbox_of(server, sent_folder=SENT)
    filing = copies(database, mailbox)
    assert filing.settle_unknown() == 0
    assert state(database) is LetterState.UNKNOWN, "that nothing is found proves nothing"
    mailbox.append_sent(mail_of(sent, outgoing()), sent.message_id)
    assert filing.settle_unknown() == 1
    assert state(database) is LetterState.ACCEPTED
    mailbox.close()


def test_a_doubtful_letter_that_somebody_answers_was_accepted(database: Database, server: Dovecot) -> None:
    sent = doubtful(database)
    answer = read_message(enquiry(1, headers={"In-Reply-To": sent.message_id}))
    with database.transaction() as tx:
        record_message(tx, arrive(tx).id, answer)
    mailbox = mailbox_of(server)
    assert copies(database, mailbox, folder="").settle_unknown() == 1
    assert state(database) is LetterState.ACCEPTED
    mailbox.close()


@pytest.fixture
def out() -> Iterator[Postbox]:
    with postbox() as box:
        yield box

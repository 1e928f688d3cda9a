"""Marking mails handled on a real server: moved where a folder is set, else flagged; again and again without harm; nothing of others is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake.mailboxes import MailboxError, SentMailbox
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.mailboxes import mail, mailbox_of, poll
from tests.servers.proxy import proxy_to

pytestmark = pytest.mark.slow
KINDS = {
    "with MOVE": "IMAP4rev1 IDLE NAMESPACE UIDPLUS MOVE",
    "with UIDPLUS": "IMAP4rev1 NAMESPACE UIDPLUS",
    "with neither": "IMAP4rev1",
}


@pytest.fixture(scope="module", params=KINDS)
def any_server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    with dovecot(capability=KINDS[request.param]) as server:
        yield server


@pytest.fixture
def server(any_server: Dovecot, request: pytest.FixtureRequest) -> Dovecot:
    return any_server.account(request.node.originalname[-30:])


@pytest.fixture(scope="module")
def plain() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


def flags_of(server: Dovecot, uid: int) -> set[str]:
    with server.client() as person:
        person.select_folder("INBOX", readonly=True)
        answer = person.fetch([uid], ["FLAGS"]).get(uid, {})
    return {flag.decode() for flag in answer.get(b"FLAGS", ())} - {"\\Recent"}


def test_handled_mail_is_moved_to_its_folder_once(server: Dovecot) -> None:
    server.deliver([mail(1), mail(2), mail(3)])
    mailbox = mailbox_of(server, processed_folder="Done/2024", review_folder="審核")
    poll(mailbox, set())
    for _ in range(2):
        mailbox.acknowledge(1, needs_person=False)
        mailbox.acknowledge(2, needs_person=True)
    mailbox.close()
    assert server.folder_contents("Done/2024") == [mail(1)]
    assert server.folder_contents("審核") == [mail(2)]
    with server.client() as person:
        person.select_folder("INBOX")
        assert person.search("UNDELETED") == [3]
        assert {name for _, _, name in person.list_sub_folders()} == {"Done/2024", "審核"}


def test_mails_that_others_marked_deleted_are_never_expunged(server: Dovecot) -> None:
    server.deliver([mail(1), mail(2)])
    with server.client() as person:
        person.select_folder("INBOX")
        person.delete_messages([2])
    mailbox = mailbox_of(server, processed_folder="Done")
    mailbox.identity()
    mailbox.acknowledge(1, needs_person=False)
    mailbox.close()
    with server.client() as person:
        person.select_folder("INBOX", readonly=True)
        assert 2 in person.search("ALL")


def test_a_mail_that_is_gone_is_no_trouble(server: Dovecot) -> None:
    server.deliver([mail(1)])
    with server.client() as person:
        person.select_folder("INBOX")
        person.delete_messages([1])
        person.expunge()
    mailbox = mailbox_of(server, processed_folder="Done")
    mailbox.identity()
    mailbox.acknowledge(1, needs_person=False)
    mailbox.close()


def test_a_mail_that_a_person_marked_deleted_is_kept_as_handled(plain: Dovecot) -> None:
    with dovecot(capability="IMAP4rev1 UIDPLUS") as server:
        server.deliver([mail(1)])
        with server.client() as person:
            person.select_folder("INBOX")
            person.delete_messages([1])
        mailbox = mailbox_of(server, processed_folder="Done")
        mailbox.identity()
        mailbox.acknowledge(1, needs_person=False)
        mailbox.close()
        with server.client() as person:
            person.select_folder("Done")
            assert len(person.search("UNDELETED")) == 1


def test_without_a_folder_the_mail_stays_and_gets_the_keyword(plain: Dovecot) -> None:
    server = plain.account("keyword")
    server.deliver([mail(1)])
    mailbox = mailbox_of(server)
    mailbox.identity()
    for _ in range(2):
        mailbox.acknowledge(1, needs_person=True)
    mailbox.close()
    assert flags_of(server, 1) == {"IntakeHandled"}


def test_a_server_that_keeps_no_keywords_gets_the_mail_marked_seen(plain: Dovecot) -> None:
    server = plain.account("seen")
    server.deliver([mail(1)])
    with proxy_to(server.port) as proxy:
        proxy.rewrite = lambda data: data.replace(b"\\Draft \\*)]", b"\\Draft)]")
        mailbox = mailbox_of(server, through=proxy)
        mailbox.identity()
        mailbox.acknowledge(1, needs_person=False)
        mailbox.close()
    assert flags_of(server, 1) == {"\\Seen"}


def test_a_mail_that_the_server_will_not_move_is_marked_where_it_is(plain: Dovecot, caplog: pytest.LogCaptureFixture) -> None:
    server = plain.account("unmovable")
    server.deliver([mail(1)])
    mailbox = mailbox_of(server, processed_folder="a" * 300)
    mailbox.identity()
    mailbox.acknowledge(1, needs_person=False)
    mailbox.close()
    assert flags_of(server, 1) == {"IntakeHandled"}
    assert "stays where it is" in caplog.text


def test_folders_are_named_in_the_servers_own_way() -> None:
    with dovecot(separator=".", prefix="INBOX.") as server:
        server.deliver([mail(1)])
        mailbox = mailbox_of(server, processed_folder="Done/2024")
        poll(mailbox, set())
        mailbox.acknowledge(1, needs_person=False)
        mailbox.close()
        assert server.folder_contents("INBOX.Done.2024") == [mail(1)]


def test_a_folder_to_read_that_is_missing_is_said(plain: Dovecot) -> None:
    mailbox = mailbox_of(plain.account("missing"), folder="Applications")
    with pytest.raises(MailboxError, match="opening folder Applications"):
        mailbox.identity()
    mailbox.close()


def test_two_services_and_a_person_at_one_mailbox_do_not_disturb_each_other(plain: Dovecot) -> None:
    server = plain.account("two")
    server.deliver([mail(1), mail(2)])
    first, second = mailbox_of(server, processed_folder="Done"), mailbox_of(server, processed_folder="Done")
    assert len(poll(first, set())) == len(poll(second, set())) == 2
    for uid in (1, 2):
        first.acknowledge(uid, needs_person=False)
        second.acknowledge(uid, needs_person=False)
    assert poll(first, set()) == poll(second, set()) == []
    first.close()
    second.close()
    assert server.folder_contents("Done") == [mail(1), mail(2)]


MESSAGE_ID = "<cppp-2024-00001-x.0123456789abcdef0123.0123456789abcdef01234567@secretariat.example>"


def test_a_copy_of_a_letter_lies_in_the_sent_folder_once_and_is_found(plain: Dovecot) -> None:
    server = plain.account("sent")
    letter = f"From: a@b.example\r\nMessage-ID: {MESSAGE_ID}\r\nSubject: x\r\n\r\nText\r\n".encode()
    mailbox = mailbox_of(server, sent_folder="Sent")
    sent: SentMailbox = mailbox
    mailbox.identity()
    assert not sent.find_message_id("Sent", MESSAGE_ID)
    for _ in range(2):
        sent.append_sent(letter, MESSAGE_ID)
    assert sent.find_message_id("Sent", MESSAGE_ID)
    assert not sent.find_message_id("Sent", MESSAGE_ID.replace("<cppp-2024", "<24"))
    assert not sent.find_message_id("INBOX", MESSAGE_ID)
    server.deliver([mail(1)])
    assert len(poll(mailbox, set())) == 1
    mailbox.close()
    assert server.folder_contents("Sent") == [letter]


@pytest.mark.parametrize("hostile", ['<a@b> "', "<a@b>\r\nX DELETE INBOX", "<埗@b.example>", "a@b", "<a b@c>", '<"a"@b>', "<a\\@b>"])
def test_only_ids_of_the_strict_form_are_searched_for(plain: Dovecot, hostile: str) -> None:
    with proxy_to(plain.port) as proxy:
        mailbox = mailbox_of(plain, through=proxy, sent_folder="Sent")
        with pytest.raises(ValueError, match="strict form"):
            mailbox.find_message_id("Sent", hostile)
        assert not any("HEADER" in command for command in proxy.commands)
        mailbox.close()

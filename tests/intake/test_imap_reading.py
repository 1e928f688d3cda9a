"""Reading an IMAP mailbox on a real server: what is new comes once and whole, whatever happens on the way."""

from __future__ import annotations

import contextlib
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Timer

import pytest

from intake.imap_session import Limits
from intake.mailboxes import FetchedMail, MailboxError, UnfetchedMail
from tests.servers.dovecot import Dovecot, dovecot
from tests.servers.mailboxes import mail, mailbox_of, poll, whole
from tests.servers.proxy import Proxy, proxy_to

pytestmark = pytest.mark.slow


@pytest.fixture
def own_server() -> Iterator[Dovecot]:
    """A server that the test may stop and start."""
    with dovecot() as server:
        yield server


@pytest.fixture
def proxy(server: Dovecot) -> Iterator[Proxy]:
    with proxy_to(server.port) as between:
        yield between


def test_mails_come_once_oldest_first_byte_for_byte_and_stay_unread(server: Dovecot) -> None:
    mails = [mail(number) for number in range(5)]
    server.deliver(mails)
    mailbox, known = mailbox_of(server), set[int]()
    first = poll(mailbox, known)
    assert whole(first) == mails
    assert all(isinstance(one, FetchedMail) and one.internal_date is not None and one.internal_date.tzinfo for one in first)
    assert poll(mailbox, known) == []
    server.deliver([mail(9)])
    assert whole(poll(mailbox, known)) == [mail(9)]
    with server.client() as person:
        person.select_folder("INBOX", readonly=True)
        assert person.search("SEEN") == []
    mailbox.close()


def test_mails_read_by_a_person_before_us_are_taken_all_the_same(server: Dovecot) -> None:
    server.deliver([mail(1)])
    with server.client() as person:
        person.select_folder("INBOX")
        person.add_flags([1], ["\\Seen"])
    mailbox = mailbox_of(server)
    assert whole(poll(mailbox, set())) == [mail(1)]
    mailbox.close()


def test_the_identity_names_account_folder_and_numbering(server: Dovecot) -> None:
    mailbox = mailbox_of(server)
    identity = mailbox.identity()
    assert identity.mailbox == f"imap:{server.user}@127.0.0.1:{server.port}/INBOX"
    assert identity.uidvalidity > 0
    mailbox.close()


def test_a_poll_without_news_among_5000_old_mails_costs_one_round_trip_and_little(server: Dovecot, proxy: Proxy) -> None:
    new = server.maildir / "new"
    server.deliver([mail(0)])
    for number in range(1, 5000):
        (new / f"{1_700_000_000 + number}.M{number}.host").write_bytes(b"Subject: old\n\nold\n")
        (new / f"{1_700_000_000 + number}.M{number}.host").chmod(0o644)
    mailbox = mailbox_of(server, through=proxy, limits=Limits(read_s=20))
    known = set(range(1, 5001))
    assert poll(mailbox, known) == []
    connecting = proxy.received
    proxy.reset()
    assert poll(mailbox, known) == []
    commands, octets = proxy.commands, proxy.sent + proxy.received
    mailbox.close()
    assert commands == ["NOOP"]
    assert octets < 200  # also where the server counts its mails again beside its answer
    assert connecting < 40_000
    assert proxy.connections == 0


def test_two_hundred_mails_come_in_four_batches(server: Dovecot, proxy: Proxy) -> None:
    mails = [mail(number, 200) for number in range(200)]
    server.deliver(mails)
    mailbox, known = mailbox_of(server, through=proxy, limits=Limits(read_s=20)), set[int]()
    proxy.reset()
    assert whole(poll(mailbox, known)) == mails
    assert sum("BODY.PEEK[]" in command for command in proxy.commands) == 4
    mailbox.close()


def test_a_mail_above_the_limit_is_reported_with_its_size_and_never_fetched(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1), mail(2, 400_000), mail(3)])
    mailbox, known = mailbox_of(server, through=proxy, max_message_mb=0.1), set[int]()
    proxy.reset()
    found = poll(mailbox, known)
    assert whole(found) == [mail(1), mail(3)]
    (large,) = (one for one in found if isinstance(one, UnfetchedMail))
    assert large.size == len(mail(2, 400_000))
    assert "max_message_mb" in large.error
    assert large.heading.startswith("from ")
    assert "subject: " in large.heading
    assert proxy.received < 10_000
    mailbox.close()


def test_a_connection_cut_in_the_middle_of_a_mail_blames_that_mail_alone(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1), mail(2, 200_000), mail(3)])
    proxy.cut_after = 100_000
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    found = poll(mailbox, known)
    assert whole(found) == [mail(1), mail(3)]
    assert [one.uid for one in found if isinstance(one, UnfetchedMail)] == [2]
    proxy.cut_after = None
    assert whole(poll(mailbox, known)) == [mail(2, 200_000)]
    mailbox.close()


def test_an_outage_in_the_middle_of_a_mail_blames_no_mail(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1), mail(2)])
    mailbox = mailbox_of(server, through=proxy)
    mailbox.identity()
    proxy.cut_when = re.compile(rb"BODY\.PEEK")
    with pytest.raises(MailboxError, match="the connection broke while fetching"):
        list(mailbox.unseen(set()))
    proxy.cut_when = None
    assert whole(poll(mailbox, set())) == [mail(1), mail(2)]
    mailbox.close()


def test_a_single_mail_that_breaks_every_connection_is_counted(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1, 200_000)])
    proxy.cut_after = 100_000
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    assert [one.uid for one in poll(mailbox, known) if isinstance(one, UnfetchedMail)] == [1]
    mailbox.close()


def test_an_answer_without_the_mail_is_reported_and_the_mail_tried_again(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1), mail(2)])
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    mailbox.identity()
    proxy.rewrite = lambda data: re.sub(rb"\* 2 FETCH \(UID 2 BODY\[\] \{\d+\}\r\n.*\)\r\n", rb"* 2 FETCH (UID 2 BODY[] NIL)\r\n", data, flags=re.S)
    found = poll(mailbox, known)
    assert whole(found) == [mail(1)]
    assert [one.uid for one in found if isinstance(one, UnfetchedMail)] == [2]
    proxy.rewrite = None
    assert whole(poll(mailbox, known)) == [mail(2)]
    mailbox.close()


@pytest.mark.parametrize("item", [b"RFC822.SIZE", b"BODY.PEEK"])
def test_a_mail_that_the_server_refuses_to_give_keeps_no_other_back(server: Dovecot, proxy: Proxy, item: bytes) -> None:
    mails = [mail(number) for number in range(1, 8)]
    server.deliver(mails)
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    mailbox.identity()

    def refuses(data: bytes) -> bytes:
        asked = proxy.words[-1]
        if item not in asked or not re.search(rb"FETCH (?:\d+,)*3[ ,]", asked):
            return data
        tag = asked.split()[0]
        return tag + b" NO [SERVERBUG] Internal error\r\n" if tag + b" OK" in data else b""

    proxy.rewrite = refuses
    found = poll(mailbox, known)
    assert sorted(whole(found)) == [*mails[:2], *mails[3:]]
    assert [one.uid for one in found if isinstance(one, UnfetchedMail)] == [3]
    proxy.rewrite = None
    assert whole(poll(mailbox, known)) == [mails[2]]
    mailbox.close()


def test_an_answer_cut_short_is_compared_with_the_size(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1)])
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    mailbox.identity()
    short = len(mail(1)) - 10

    def shortened(data: bytes) -> bytes:
        literal = b"BODY[] {%d}\r\n" % len(mail(1))
        start = data.find(literal)
        return data if start < 0 else data[:start] + b"BODY[] {%d}\r\n" % short + mail(1)[:short] + data[start + len(literal) + len(mail(1)) :]

    proxy.rewrite = shortened
    found = poll(mailbox, known)
    assert [type(one) for one in found] == [UnfetchedMail]
    proxy.rewrite = None
    assert whole(poll(mailbox, known)) == [mail(1)]
    mailbox.close()


def test_a_size_that_the_server_only_estimates_does_not_keep_a_whole_mail_out(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1), mail(2)])
    mailbox = mailbox_of(server, through=proxy)
    proxy.rewrite = lambda data: re.sub(rb"RFC822\.SIZE (\d+)", lambda size: b"RFC822.SIZE %d" % (int(size[1]) + 40), data)
    assert whole(poll(mailbox, set())) == [mail(1), mail(2)]
    mailbox.close()


def test_a_mail_that_somebody_deletes_between_search_and_fetch_is_passed_over(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1), mail(2), mail(3)])
    mailbox = mailbox_of(server, through=proxy)
    mailbox.identity()

    def deletes(data: bytes) -> bytes:
        if b"SEARCH" in data:
            proxy.rewrite = None
            with server.client() as person:
                person.select_folder("INBOX")
                person.delete_messages([2])
                person.expunge()
        return data

    proxy.rewrite = deletes
    found = list(mailbox.unseen(set()))
    assert whole(found) == [mail(1), mail(3)]
    assert len(found) == 2
    mailbox.close()


def test_a_folder_that_is_made_anew_is_read_from_its_start(server: Dovecot, proxy: Proxy) -> None:
    with server.client() as person:
        person.create_folder("Intake")
    server.deliver([mail(1), mail(2)], "Intake")
    mailbox, known = mailbox_of(server, through=proxy, folder="Intake"), set[int]()
    before = mailbox.identity()
    assert len(poll(mailbox, known)) == 2
    with server.client() as person:
        person.delete_folder("Intake")
        person.create_folder("Intake")
        number = person.folder_status("Intake", ["UIDVALIDITY"])[b"UIDVALIDITY"]
    server.deliver([mail(3)], "Intake")
    assert number != before.uidvalidity
    proxy.hang_up()
    with pytest.raises(MailboxError, match="numbered anew"):
        list(mailbox.unseen(known))
    with pytest.raises(MailboxError, match="numbered anew"):
        mailbox.acknowledge(1, needs_person=False)
    assert mailbox.identity().uidvalidity == number
    assert whole(list(mailbox.unseen(set()))) == [mail(3)]
    mailbox.close()


def test_a_folder_that_is_made_anew_behind_a_kept_connection_is_noticed_at_the_next_poll(server: Dovecot) -> None:
    with server.client() as person:
        person.create_folder("Intake")
    server.deliver([mail(1), mail(2)], "Intake")
    mailbox, known = mailbox_of(server, folder="Intake"), set[int]()
    before = mailbox.identity()
    assert len(poll(mailbox, known)) == 2
    with server.client() as person:
        person.delete_folder("Intake")
        person.create_folder("Intake")
    server.deliver([mail(3)], "Intake")
    with contextlib.suppress(MailboxError):  # where the server ended the connection the pass says so
        assert whole(poll(mailbox, known)) == []
        assert mailbox.wait(30, Event()), "a mailbox that was numbered anew is read again at once"
    assert mailbox.identity().uidvalidity != before.uidvalidity
    assert whole(list(mailbox.unseen(set()))) == [mail(3)]
    mailbox.close()


def test_the_service_outlives_a_server_that_is_started_anew(own_server: Dovecot) -> None:
    own_server.deliver([mail(1)])
    mailbox, known = mailbox_of(own_server), set[int]()
    assert len(poll(mailbox, known)) == 1
    own_server.stop()
    with pytest.raises(MailboxError, match="no connection"):
        poll(mailbox, known)
    with pytest.raises(MailboxError, match="next attempt in"):
        poll(mailbox, known)
    own_server.start()
    Event().wait(1.1)
    own_server.deliver([mail(2)])
    assert whole(poll(mailbox, known)) == [mail(2)]
    mailbox.close()


def test_a_kept_connection_that_the_server_ended_is_replaced_without_a_word(own_server: Dovecot) -> None:
    own_server.deliver([mail(1)])
    mailbox, known = mailbox_of(own_server), set[int]()
    poll(mailbox, known)
    own_server.stop()
    own_server.start()
    own_server.deliver([mail(2)])
    assert whole(poll(mailbox, known)) == [mail(2)]
    mailbox.close()


def test_a_server_that_falls_silent_is_given_up_within_seconds(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1)])
    mailbox = mailbox_of(server, through=proxy)
    mailbox.identity()
    proxy.silent = True
    with pytest.raises(MailboxError, match=r"no answer in time|no connection"):
        list(mailbox.unseen(set()))
    proxy.silent = False
    mailbox.close()


def test_a_server_that_drips_for_ever_is_given_up(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1)])
    mailbox = mailbox_of(server, through=proxy, limits=Limits(connect_s=2, read_s=1, exchange_s=1.5))
    mailbox.identity()
    proxy.drip = b"* OK still here\r\n"
    began = time.monotonic()
    with pytest.raises(MailboxError, match=r"not done after"):
        list(mailbox.unseen(set()))
    assert time.monotonic() - began < 8
    mailbox.close()


def test_news_end_the_wait_and_a_stop_ends_it_too(server: Dovecot) -> None:
    mailbox, known = mailbox_of(server, limits=Limits(read_s=20)), set[int]()
    poll(mailbox, known)
    stopping = Event()
    Timer(0.3, server.deliver, ([mail(1)],)).start()
    assert mailbox.wait(30, stopping)
    assert len(poll(mailbox, known)) == 1
    assert not mailbox.wait(0.7, stopping)
    stopping.set()
    assert not mailbox.wait(30, stopping)
    assert poll(mailbox, known) == []
    mailbox.close()


def test_the_wait_never_raises_when_the_server_goes_away(own_server: Dovecot) -> None:
    mailbox = mailbox_of(own_server)
    poll(mailbox, set())
    Timer(0.3, own_server.stop).start()
    assert not mailbox.wait(1.5, Event())
    own_server.stop()
    own_server.start()
    mailbox.identity()
    mailbox.close()


def test_without_idle_the_wait_is_a_wait() -> None:
    with dovecot(capability="IMAP4rev1 UIDPLUS") as server:
        mailbox = mailbox_of(server)
        poll(mailbox, set())
        assert not mailbox.wait(0.2, Event())
        mailbox.close()


def test_how_many_mails_wait_is_told_without_fetching_any(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1, 100_000), mail(2)])
    mailbox = mailbox_of(server, through=proxy)
    assert mailbox.waiting() == 2
    assert not any("FETCH" in command for command in proxy.commands)
    mailbox.close()


def test_no_text_of_a_mail_enters_a_command(server: Dovecot, proxy: Proxy, tmp_path: Path) -> None:
    hostile = b"From: a@b.example\r\nSubject: x\r\n DELETE INBOX\r\nMessage-ID: <a@b>\r\n\tEVIL DELETE INBOX\r\n\r\nEVIL LOGOUT\r\n"
    server.deliver([hostile])
    mailbox = mailbox_of(server, through=proxy, processed_folder="Processed")
    (found,) = poll(mailbox, set())
    mailbox.acknowledge(found.uid, needs_person=False)
    plain = r"(?:CAPABILITY|AUTHENTICATE PLAIN|NAMESPACE|LOGOUT|NOOP)?"
    on_folders = r"(?:SELECT|CREATE|SUBSCRIBE|LIST \"\") \"?[A-Za-z]+\"?"
    on_uids = r"UID [A-Z]+ [A-Za-z0-9:*. ()\[\]\"]+"
    allowed = f"{plain}|{on_folders}|{on_uids}"
    assert not [line for line in proxy.commands if not re.fullmatch(allowed, line)]
    mailbox.close()


def test_mails_that_the_search_does_not_name_are_found_all_the_same(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1), mail(2)])
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    proxy.rewrite = lambda data: re.sub(rb"\* SEARCH[ 0-9]*\r\n", b"* SEARCH\r\n", data)
    assert whole(poll(mailbox, known)) == [mail(1), mail(2)]
    server.deliver([mail(3)])
    assert whole(poll(mailbox, known)) == [mail(3)]
    mailbox.close()


def test_mails_that_only_the_search_knows_are_put_before_staff_and_stop_no_other(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1)])
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    proxy.rewrite = lambda data: re.sub(rb"\* SEARCH[ 0-9]*\r\n", b"* SEARCH 1 7 4294967295\r\n", data)
    found = poll(mailbox, known)
    assert whole(found) == [mail(1)]
    assert {one.uid for one in found if isinstance(one, UnfetchedMail)} <= {7, 4294967295}
    mailbox.close()


def test_a_claim_of_endless_bytes_ends_with_the_exchange_and_keeps_memory(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1)])
    mailbox = mailbox_of(server, through=proxy)
    mailbox.identity()
    proxy.rewrite = lambda data: re.sub(rb"BODY\[\] \{\d+\}", b"BODY[] {4000000000}", data)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    found = poll(mailbox, set())
    assert [one.uid for one in found if isinstance(one, UnfetchedMail)] == [1]
    assert time.monotonic() - started < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kilobytes"
    proxy.rewrite = None
    assert whole(poll(mailbox, set())) == [mail(1)]
    mailbox.close()


def test_a_server_that_complains_at_every_poll_is_read_all_the_same(server: Dovecot, proxy: Proxy) -> None:
    server.deliver([mail(1)])
    mailbox, known = mailbox_of(server, through=proxy), set[int]()
    assert whole(poll(mailbox, known)) == [mail(1)]
    proxy.rewrite = lambda data: b"* NO [ALERT] the disk is nearly full\r\n" + data if b"NOOP completed" in data else data
    server.deliver([mail(2)])
    found = whole(poll(mailbox, known)) + whole(poll(mailbox, known))
    assert found == [mail(2)]
    assert not mailbox.wait(0.1, Event())
    mailbox.close()

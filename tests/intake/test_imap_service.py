"""The whole way with real servers: a mail in the IMAP mailbox, one letter at the mail server, the mail moved; and again nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest

from intake.mailboxes import MailboxError
from intake.service import open_service
from storage.values import ArrivalState, LetterState
from tests.intake.builders import OUR_ADDRESS, Installation, enquiry
from tests.intake.test_day_and_night import at_work, wait_for
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.mailboxes import QUICK
from tests.servers.proxy import Proxy, proxy_to
from tests.servers.smtp import Postbox, postbox

pytestmark = pytest.mark.slow


@pytest.fixture
def out() -> Iterator[Postbox]:
    with postbox() as box:
        yield box


@pytest.fixture
def proxy(server: Dovecot) -> Iterator[Proxy]:
    with proxy_to(server.port) as between:
        yield between


@pytest.fixture
def office(house: Installation, server: Dovecot, proxy: Proxy, out: Postbox) -> Installation:
    """An installation that reads the IMAP server, through the proxy, and sends to the SMTP server."""
    house.changes = {
        "mailbox": {
            "url": f"imap://127.0.0.1:{proxy.port}", "username": server.user, "password": PASSWORD,
            "processed_folder": "Done", "review_folder": "Review", "addresses": (OUR_ADDRESS,),
        },
        "outgoing": {"url": out.url},
    }  # fmt: skip
    return house


def folders(server: Dovecot) -> dict[str, int]:
    with server.client() as person:
        return {name: person.folder_status(name, ["MESSAGES"])[b"MESSAGES"] for _, _, name in person.list_folders()}


def test_one_mail_one_letter_and_the_mail_is_moved(office: Installation, server: Dovecot, proxy: Proxy, out: Postbox) -> None:
    mail = enquiry(1)
    server.deliver([mail])
    with office.service() as service:
        assert service.once() == 1
        assert [receivers for _, receivers, _ in out.taken] == [["person1@asking1.example"]]
        assert folders(server)["INBOX"] == 0
        proxy.reset()
        assert service.once() == 0
        assert "UID SEARCH UID 2:*" in proxy.commands[:2], "our own moving of the mail is news"
        proxy.reset()
        assert service.once() == 0
        assert proxy.commands == ["NOOP"]
    assert office.run() == 0
    assert len(out.taken) == 1
    (arrival,) = office.arrivals()
    assert arrival.state is ArrivalState.DECIDED
    with office.service() as service:
        assert service.blobs.get(arrival.sha256 or "") == mail.replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")
    assert len(office.letters(LetterState.ACCEPTED)) == 1


def test_a_mail_that_never_comes_whole_is_put_before_staff_after_three_polls_and_the_others_go_on(
    office: Installation, server: Dovecot, proxy: Proxy, out: Postbox
) -> None:
    server.deliver([enquiry(1), enquiry(2), enquiry(3)])
    proxy.rewrite = lambda data: re.sub(
        rb"\* 2 FETCH \(UID 2 BODY\[\] \{\d+\}\r\n.*?\r\n\)\r\n", b"* 2 FETCH (UID 2 BODY[] NIL)\r\n", data, flags=re.S
    )
    with office.service() as service:
        assert service.once() == 2
        service.mailbox.acknowledge = lambda *_, **__: None  # type: ignore[method-assign]
        assert [arrival.state for arrival in office.arrivals()].count(ArrivalState.UNFETCHED) == 1
        proxy.rewrite = lambda data: re.sub(rb"UID 2 BODY\[\] \{\d+\}\r\n.*?\r\n\)\r\n", b"UID 2 BODY[] NIL)\r\n", data, flags=re.S)
        service.once()
        service.once()
        proxy.reset()
        service.once()
        assert not any("FETCH" in line for line in proxy.commands)
    assert "quarantined" in {arrival.state.value for arrival in office.arrivals()}
    assert len(out.taken) == 2
    assert office.attention()


def test_a_mail_above_the_limit_ends_before_staff_without_its_bytes(office: Installation, server: Dovecot, proxy: Proxy, out: Postbox) -> None:
    office.changes["extraction"] = {"max_message_mb": 0.05}
    server.deliver([enquiry(1, files={"large.bin": b"x" * 90_000}), enquiry(2)])
    with office.service() as service:
        for _ in range(4):
            service.once()
    assert proxy.received < 60_000
    assert {arrival.state for arrival in office.arrivals()} == {ArrivalState.DECIDED, ArrivalState.QUARANTINED}
    assert sum(len(mail) > 90_000 for mail in server.folder_contents("Review")) == 1
    (shown,) = [entry["message"] for entry in office.status()["attention"] if entry["kind"] == "quarantined"]
    assert "max_message_mb" in shown
    assert "; from " in shown, "staff see who wrote, and about what"
    assert len(out.taken) == 1


def test_a_new_numbering_of_the_mailbox_answers_nobody_twice(office: Installation, server: Dovecot, out: Postbox) -> None:
    office.changes["mailbox"] |= {"folder": "Intake"}
    with server.client() as person:
        person.create_folder("Intake")
    server.deliver([enquiry(1)], "Intake")
    assert office.run() == 1
    with server.client() as person:
        person.delete_folder("Intake")
        person.create_folder("Intake")
    server.deliver([enquiry(1), enquiry(2)], "Intake")
    office.run()
    assert len(out.taken) == 2
    assert [arrival.state for arrival in office.arrivals()].count(ArrivalState.REPEATED) == 1


@pytest.mark.parametrize("word", [rb"UID MOVE", rb"BODY\.PEEK", rb"SEARCH"])
def test_a_connection_that_breaks_anywhere_loses_nothing_and_answers_once(
    office: Installation, server: Dovecot, proxy: Proxy, out: Postbox, word: bytes
) -> None:
    server.deliver([enquiry(1), enquiry(2), enquiry(3)])
    proxy.cut_when = re.compile(word)
    with pytest.raises(MailboxError):
        office.run()
    proxy.cut_when = None
    office.run()
    assert folders(server)["INBOX"] == 0
    assert len(out.taken) == len(set(out.message_ids)) == 3
    assert [arrival.state for arrival in office.arrivals()] == [ArrivalState.DECIDED] * 3


def test_a_power_cut_after_the_first_mail_was_moved_loses_nothing_and_answers_once(office: Installation, server: Dovecot, out: Postbox) -> None:
    server.deliver([enquiry(1), enquiry(2)])
    assert _command(office, crash_at="after-acknowledge").returncode == -signal.SIGKILL
    office.run()
    assert folders(server)["INBOX"] == 0
    assert len(out.taken) == 2
    assert len(office.arrivals()) == 2


def test_a_mail_that_comes_ends_the_wait_and_is_answered(office: Installation, server: Dovecot, out: Postbox) -> None:
    office.changes["mailbox"] |= {"poll_seconds": 30}
    stopping, seen = threading.Event(), threading.Event()
    with open_service(office.settings, stopping) as service:
        service.once()
        threading.Timer(0.4, server.deliver, ([enquiry(1)],)).start()
        if service.mailbox.wait(20, stopping):
            seen.set()
        assert service.once() == 1
    assert seen.is_set()
    assert len(out.taken) == 1


def _command(office: Installation, *, crash_at: str) -> subprocess.CompletedProcess[str]:
    environment = {"INTAKE_CRASH_AT": crash_at}
    for section, keys in office.changes.items():
        for key, value in keys.items():
            environment[f"INTAKE_{section}__{key}".upper()] = ",".join(value) if isinstance(value, tuple) else str(value)
    return office.command("run", "--once", environment=environment)


def test_day_and_night_a_mail_is_answered_at_once_and_moved_although_the_poll_is_a_minute_away(
    office: Installation, server: Dovecot, proxy: Proxy, out: Postbox
) -> None:
    office.changes["mailbox"] |= {"poll_seconds": 60}
    with at_work(office) as service:
        wait_for(lambda: service.hearts.last_poll is not None)
        wait_for(lambda: "IDLE" in proxy.commands)
        started = time.monotonic()
        server.deliver([enquiry(1)])
        wait_for(lambda: len(out.taken) == 1)
        print(f"answered {time.monotonic() - started:.2f} s after the mail arrived")
        wait_for(lambda: folders(server)["INBOX"] == 0)
    assert office.arrivals()[0].acknowledged_at is not None


def test_day_and_night_a_server_that_falls_silent_is_said_and_read_again_when_it_speaks(
    office: Installation, server: Dovecot, proxy: Proxy, out: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.imap.Limits", lambda: QUICK)
    office.changes["mailbox"] |= {"poll_seconds": 0.5}
    proxy.silent = True
    with at_work(office) as service:
        wait_for(lambda: any(outage.tries >= 2 for outage in service.dependencies.outages), seconds=40)
        (said,) = office.status()["out_of_reach"]
        assert said["name"] == "mailbox"
        server.deliver([enquiry(1)])
        proxy.silent = False
        proxy.hang_up()
        wait_for(lambda: len(out.taken) == 1, seconds=60)
        wait_for(lambda: office.status()["out_of_reach"] == [])


def test_day_and_night_one_mail_that_the_server_will_not_move_keeps_no_other(
    office: Installation, server: Dovecot, proxy: Proxy, out: Postbox
) -> None:
    server.deliver([enquiry(1), enquiry(2), enquiry(3)])
    office.changes["mailbox"] |= {"poll_seconds": 0.5}

    def refuses(data: bytes) -> bytes:
        asked = proxy.words[-1] if proxy.words else b""
        return asked.split()[0] + b" NO [INUSE] locked\r\n" if b"UID MOVE 1 " in asked else data

    proxy.rewrite = refuses
    with at_work(office) as service:
        wait_for(lambda: len(out.taken) == 3)
        wait_for(lambda: [one.acknowledged_at is None for one in office.arrivals()] == [True, False, False])
        assert [outage.name for outage in service.dependencies.outages] in (["mailbox"], [])
        proxy.rewrite = None
        wait_for(lambda: all(one.acknowledged_at is not None for one in office.arrivals()), seconds=60)

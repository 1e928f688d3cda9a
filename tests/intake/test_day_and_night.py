"""The service day and night: what it needs may be away, a mail may be slow or poison; the rest goes on, and nothing begun is left half done."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from intake.day_and_night import DayAndNight
from intake.dependencies import MAILBOX, Dependency
from intake.mailboxes import MailboxError
from intake.maildir import Maildir
from storage.blobs import BlobError, BlobStore
from storage.database import open_database
from storage.errors import StorageError
from storage.values import ArrivalState, LetterState
from tests.intake.builders import Installation, ReaderInProcess, enquiry
from tests.servers.ports import free_port

pytestmark = pytest.mark.slow


@contextmanager
def at_work(house: Installation) -> Iterator[DayAndNight]:
    """The service at work in a thread of its own; stopped at the end, and expected to end well."""
    service = DayAndNight(house.settings, threading.Event())
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(service.work()))
    thread.start()
    try:
        yield service
    finally:
        service.stopping.set()
        thread.join(40)
    assert ended == [0]


def wait_for(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.03)


def decided(house: Installation) -> list[int]:
    return [arrival.id for arrival in sorted(house.arrivals(), key=lambda one: one.id) if arrival.state is ArrivalState.DECIDED]


@pytest.mark.parametrize(
    ("place", "trouble", "name"),
    [
        ("intake.maildir.Maildir.unseen", MailboxError("the mailbox does not answer"), "mailbox"),
        ("storage.blobs.BlobStore.keep_all", BlobError("the disk is full", temporary=True), "disk"),
        ("intake.service.known_uids", StorageError("the database cannot be reached", temporary=True), "database"),
        ("intake.day_and_night.open_database", StorageError("the database cannot be reached", temporary=True), "database"),
    ],
)
def test_an_outage_even_at_the_start_is_on_record_and_ends_without_a_person(
    house: Installation, monkeypatch: pytest.MonkeyPatch, place: str, trouble: Exception, name: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise trouble

    house.deliver(enquiry(1))
    with monkeypatch.context() as broken:
        broken.setattr(place, fail)
        with at_work(house) as service:
            wait_for(lambda: any(outage.tries >= 3 for outage in service.dependencies.outages))
            (outage,) = service.dependencies.outages
            assert (outage.name, outage.trouble) == (name, str(trouble))
            if "open_database" not in place:
                wait_for(lambda: [one["name"] for one in house.status()["out_of_reach"]] == [name])
            assert not house.outbox_files()
            broken.undo()
            wait_for(lambda: len(house.outbox_files()) == 1)
            wait_for(lambda: not house.status()["out_of_reach"])


def test_an_outage_says_itself_a_few_times_and_not_at_every_try(caplog: pytest.LogCaptureFixture) -> None:
    dependency = Dependency(MAILBOX, first_s=0.0)
    for _ in range(1000):
        dependency.failed(MailboxError("no answer"))
    assert len(caplog.records) <= 11
    assert dependency.outage is not None
    assert dependency.outage.tries == 1000


def test_waits_grow_to_a_minute_with_jitter_and_never_undercut_what_the_mailbox_asks_for() -> None:
    dependency = Dependency(MAILBOX)
    waits = []
    for _ in range(12):
        waits.append(dependency.failed(MailboxError("no answer")))
        dependency._next_try = 0.0
    assert waits[0] <= 1.2
    assert 48 <= waits[-1] <= 72
    assert len(set(waits[8:])) > 1
    assert Dependency(MAILBOX).failed(MailboxError("locked out"), not_before_s=480) == 480


def test_a_mail_server_that_is_away_holds_up_neither_reading_nor_deciding(house: Installation) -> None:
    house.changes = {"outgoing": {"url": f"smtp://127.0.0.1:{free_port()}", "retry_seconds": 0.2}}
    with at_work(house):
        house.deliver(enquiry(1))
        wait_for(lambda: [one["name"] for one in house.status()["out_of_reach"]] == ["mail server"])
        house.deliver(enquiry(2))
        wait_for(lambda: len(decided(house)) == 2)
        assert len(house.letters()) == 2


class SlowReader(ReaderInProcess):
    """Holds back the files of slow mails until it is let go."""

    go_on = threading.Event()
    slow = b"a page that takes long"

    def read(self, data, kind):  # type: ignore[no-untyped-def]
        if self.slow in data:
            self.go_on.wait(30)
        return super().read(data, kind)


@pytest.fixture
def slowly(house: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    go_on = threading.Event()
    monkeypatch.setattr("intake.workshop.Reader", type("SlowReaderOfThisTest", (SlowReader,), {"go_on": go_on}))
    yield go_on
    go_on.set()


SLOW = {"scan.pdf": b"%PDF-1.7\n" + SlowReader.slow}


def test_a_slow_mail_holds_up_only_its_kin_which_keep_their_order(house: Installation, slowly: threading.Event) -> None:
    kin = [enquiry(1, sender="a@slow.example", files=SLOW), enquiry(2, sender="a@slow.example")]
    answer = enquiry(3, sender="b@other.example", headers={"In-Reply-To": "<1.asks@asking.example>"})
    house.deliver(*kin, answer, *(enquiry(number) for number in range(4, 9)))
    with at_work(house):
        wait_for(lambda: decided(house) == [4, 5, 6, 7, 8])
        wait_for(lambda: len(house.outbox_files()) == 5)
        slowly.set()
        wait_for(lambda: len(decided(house)) == 8)
    late = [letter.to for letter in house.letters()][5:]
    assert late == ["a@slow.example", "a@slow.example", "b@other.example"]


def test_several_slow_mails_leave_places_for_the_others(house: Installation, slowly: threading.Event) -> None:
    house.deliver(*(enquiry(number, files=SLOW) for number in (1, 2, 3)), enquiry(4), enquiry(5))
    with at_work(house):
        wait_for(lambda: decided(house) == [4, 5])
        slowly.set()
        wait_for(lambda: len(decided(house)) == 5)


def test_a_stop_puts_back_what_cannot_be_finished_and_begins_nothing_new(house: Installation, slowly: threading.Event) -> None:
    house.deliver(enquiry(1, files=SLOW), enquiry(2, sender="person1@asking1.example"))
    with house.service() as service:
        service.fetch()
        pass_ = threading.Thread(target=service.decide_pending, kwargs={"drain_s": 0.3})
        pass_.start()
        wait_for(lambda: house.arrivals()[0].attempts == 1)
        service.stopping.set()
        pass_.join(10)
        assert not pass_.is_alive()
        assert [(one.state, one.attempts) for one in house.arrivals()] == [(ArrivalState.STORED, 0)] * 2
        slowly.set()
    house.run()
    assert {one.state for one in house.arrivals()} == {ArrivalState.DECIDED}


def test_a_stop_lets_the_mail_in_hand_be_finished(house: Installation, slowly: threading.Event) -> None:
    house.deliver(enquiry(1, files=SLOW), *(enquiry(number) for number in range(2, 4)))
    with at_work(house) as service:
        wait_for(lambda: decided(house) == [2, 3])
        house.deliver(enquiry(4))
        service.stopping.set()
        slowly.set()
    assert decided(house)[:3] == [1, 2, 3]


def test_a_mail_that_the_process_did_not_survive_is_read_with_nothing_beside_it(house: Installation, slowly: threading.Event) -> None:
    """Else three crashes would quarantine every mail that was being read beside the one at fault."""
    from storage.arrivals import begin_attempt

    house.deliver(enquiry(1, files=SLOW), enquiry(2), enquiry(3))
    with house.service() as service:
        service.fetch()
        with service.database.transaction() as tx:
            begin_attempt(tx, 1)
    with at_work(house):
        wait_for(lambda: house.arrivals()[0].attempts == 2)
        time.sleep(0.5)
        assert [one.attempts for one in house.arrivals()] == [2, 0, 0]
        slowly.set()
        wait_for(lambda: len(decided(house)) == 3)


def test_poison_is_quarantined_the_others_go_on_and_it_can_be_sent_round_again(
    house: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from intake.failures import Failure
    from intake.quarantine import retry_quarantined

    monkeypatch.setattr(ReaderInProcess, "poison", b"poison")
    house.deliver(enquiry(1, files={"poison.pdf": b"%PDF-1.7\npoison"}), enquiry(2))
    with at_work(house):
        wait_for(lambda: "quarantined" in house.attention() and decided(house) == [2])
        assert house.arrivals()[0].attempts == 3
        monkeypatch.setattr(ReaderInProcess, "poison", None)
        with pytest.raises(Failure, match="not quarantined but decided"):
            retry_quarantined(house.settings, "2")
        with pytest.raises(Failure, match="there is no mail 99"):
            retry_quarantined(house.settings, "99")
        assert retry_quarantined(house.settings, "all") == 0
        wait_for(lambda: decided(house) == [1, 2])
    assert "1 sent round again" in capsys.readouterr().out


def test_a_turn_that_nobody_foresaw_breaking_ends_no_shift(
    house: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.deliver(enquiry(1))
    with monkeypatch.context() as broken:
        broken.setattr(Maildir, "unseen", lambda *_: 1 / 0)
        with at_work(house):
            wait_for(lambda: "ZeroDivisionError" in caplog.text)
            broken.undo()
            wait_for(lambda: len(house.outbox_files()) == 1)


def test_a_clock_that_jumps_changes_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    dependency = Dependency(MAILBOX, first_s=50)
    dependency.failed(MailboxError("no answer"))
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert 30 < dependency.left_s <= 60


def test_health_readiness_and_figures_are_told_on_this_machine(house: Installation) -> None:
    port = free_port()
    house.changes = {"metrics": {"listen": f"127.0.0.1:{port}"}}
    house.deliver(enquiry(1))

    def asked(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    with at_work(house) as service:
        wait_for(lambda: len(house.outbox_files()) == 1)
        assert asked("/healthz")[0] == 200
        wait_for(lambda: asked("/readyz")[0] == 200)
        time.sleep(2.1)
        figures = asked("/metrics")[1]
        for line in (
            'intake_arrivals{class="enquiry"} 1.0',
            'intake_letters{state="accepted"} 1.0',
            'intake_stage_seconds_count{stage="decide"} 1.0',
        ):
            assert line in figures
        assert "intake_resident_bytes" in figures
        assert asked("/nothing")[0] == 404
        service.hearts.beats["deciding"] = -1e9
        hanging = asked("/healthz")
        assert (hanging[0], json.loads(hanging[1])["hanging"]) in [(503, ["deciding"]), (200, [])]
        service.hearts.last_poll = time.monotonic() - 1e4
        status, told = asked("/readyz")
        assert status in (200, 503)
        assert json.loads(told)["record"]


def test_bytes_that_a_batch_could_not_keep_are_fetched_again(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    mails = [enquiry(number) for number in range(1, 6)]
    house.deliver(*mails)
    keep_all = BlobStore.keep_all

    def once_full(store: BlobStore, many):  # type: ignore[no-untyped-def]
        monkeypatch.setattr(BlobStore, "keep_all", keep_all)
        keep_all(store, many[:2])
        raise BlobError("the disk is full", temporary=True)

    monkeypatch.setattr(BlobStore, "keep_all", once_full)
    with at_work(house):
        wait_for(lambda: len(house.letters(LetterState.ACCEPTED)) == 5)


def test_the_record_alone_is_asked_for_the_status_of_a_stopped_service(house: Installation) -> None:
    with at_work(house):
        wait_for(lambda: house.status()["last_poll"] is not None)
    status = house.status()
    assert status["last_poll_age_s"] < 60
    assert status["out_of_reach"] == []
    open_database(house.settings.storage.database).close()

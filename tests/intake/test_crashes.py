"""Whatever moment the power fails: no mail is lost, none is decided twice, no letter goes out twice."""

from __future__ import annotations

import email
import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from intake.crash_points import POINTS, VARIABLE
from intake.sending import Sender
from parsers.read_limits import ReadLimits
from parsers.values import FileKind
from storage.blobs import BlobStore
from storage.values import ArrivalState, LetterState
from tests.intake.builders import Installation, ReaderInProcess, enquiry
from tests.servers.smtp import postbox

pytestmark = pytest.mark.slow

FORKED = multiprocessing.get_context("fork")


def tiny_mails() -> list[bytes]:
    """Enquiries, one of them with a paper, a list's mail, one that is nothing, and a copy."""
    paper = enquiry(7, text="Could you tell me whether this is enough?", files={"paper.pdf": a_page()})
    return [enquiry(1), enquiry(2), enquiry(3, headers={"List-Id": "<news.example>"}), b"", paper, enquiry(2)]


@cache
def a_page() -> bytes:
    """A PDF of one page, read once beforehand so that it costs the tests nothing."""
    data = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(data)
    ReaderInProcess(1, ReadLimits()).read(data.getvalue(), FileKind.PDF)
    return data.getvalue()


def one_pass(house: Installation, crash_at: str) -> None:
    os.environ[VARIABLE] = crash_at
    house.run()


def pass_in_a_process(house: Installation, crash_at: str = "") -> multiprocessing.process.BaseProcess:
    process = FORKED.Process(target=one_pass, args=(house, crash_at))
    process.start()
    return process


def assert_nothing_lost_and_nothing_twice(house: Installation, mails: list[bytes]) -> None:
    arrivals = house.arrivals()
    blobs = BlobStore(Path(house.settings.storage.blobs))
    assert sorted(blobs.get(arrival.sha256 or "") for arrival in arrivals) == sorted(mails)
    ends = Counter(arrival.state for arrival in arrivals)
    assert set(ends) <= {ArrivalState.DECIDED, ArrivalState.REPEATED, ArrivalState.QUARANTINED}
    letters = house.letters()
    assert {letter.state for letter in letters} == {LetterState.ACCEPTED}
    assert max(Counter((letter.case_id, letter.template, letter.cause) for letter in letters).values()) == 1
    assert len({letter.cause for letter in letters}) == len(letters), "one mail was answered twice"
    assert len({letter.reference for letter in letters}) == len(letters)
    sent = [email.message_from_bytes(file.read_bytes())["Message-ID"] for file in house.outbox_files()]
    assert sorted(sent) == sorted(letter.message_id for letter in letters)
    assert not list((house.maildir / "new").iterdir())
    assert len(list((house.maildir / "cur").iterdir())) == len(mails)


@pytest.mark.parametrize("point", POINTS)
def test_after_a_crash_at_any_point_a_restart_finishes_the_work(house: Installation, point: str) -> None:
    mails = tiny_mails()
    house.deliver(*mails)
    crashed = pass_in_a_process(house, point)
    crashed.join(60)
    assert crashed.exitcode == -signal.SIGKILL, f"the service never came to {point}"
    restarted = pass_in_a_process(house)
    restarted.join(60)
    assert restarted.exitcode == 0
    assert_nothing_lost_and_nothing_twice(house, mails)
    assert len(house.letters()) == 3


def test_a_crash_at_every_point_in_turn_loses_nothing(house: Installation) -> None:
    """Each crash costs a mail one of its three attempts at most once a stage, so two mails come between."""
    mails = tiny_mails()
    for point in POINTS:
        if len(list((house.maildir).rglob("*.test*"))) < len(mails):
            house.deliver(mails[len(list(house.maildir.rglob("*.test*")))])
        pass_in_a_process(house, point).join(60)
    house.deliver(*mails[len(list(house.maildir.rglob("*.test*"))) :])
    house.run()
    assert_nothing_lost_and_nothing_twice(house, mails)


def test_kills_at_random_moments_lose_nothing(house: Installation) -> None:
    """The moments lie within the time that a pass takes on this machine; each round has new mails to work on."""
    dice = random.Random(20240305)
    mails = tiny_mails()
    house.deliver(*mails)
    began = time.monotonic()
    pass_in_a_process(house).join(60)
    a_pass = time.monotonic() - began
    house.changes = {"outgoing": {"per_hour": 1000}}
    killed = 0
    for number in range(20, 60, 2):
        more = [enquiry(number), enquiry(number + 1)]
        house.deliver(*more)
        mails += more
        process = pass_in_a_process(house)
        process.join(dice.uniform(0.1, 0.6) * a_pass)
        if process.is_alive():
            process.kill()
            killed += 1
        process.join(60)
    assert killed > 4
    house.run()
    assert_nothing_lost_and_nothing_twice(house, mails)


def test_two_services_on_one_maildir_write_no_letter_twice(house: Installation) -> None:
    mails = tiny_mails()
    house.deliver(*mails)
    both = [pass_in_a_process(house), pass_in_a_process(house)]
    for process in both:
        process.join(60)
    assert 0 in {process.exitcode for process in both}
    assert_nothing_lost_and_nothing_twice(house, mails)


def test_a_letter_that_a_crash_cut_off_is_written_at_once_after_the_restart(house: Installation) -> None:
    house.deliver(enquiry(1))
    pass_in_a_process(house, "after-claim").join(60)
    assert [letter.state for letter in house.letters()] == [LetterState.SENDING]
    house.run()
    assert [letter.state for letter in house.letters()] == [LetterState.ACCEPTED]


def test_a_letter_that_a_crash_cut_off_before_the_dot_goes_out_once_after_the_restart(house: Installation) -> None:
    """The server takes nothing over before the dot, and the record says that it was not sent."""
    house.deliver(enquiry(1))
    with postbox() as server:
        house.changes = {"outgoing": {"url": server.url}}
        pass_in_a_process(house, "after-claim").join(60)
        assert [letter.state for letter in house.letters()] == [LetterState.SENDING]
        house.run()
        assert len(server.taken) == 1
    assert [letter.state for letter in house.letters()] == [LetterState.ACCEPTED]


def test_an_answer_that_was_heard_counts_even_where_the_record_never_got_it(house: Installation) -> None:
    house.deliver(enquiry(1))
    with postbox() as server:
        house.changes = {"outgoing": {"url": server.url}}
        pass_in_a_process(house, "after-send").join(60)
        assert [letter.state for letter in house.letters()] == [LetterState.SENDING]
        house.run()
        assert len(server.taken) == 1
    assert [letter.state for letter in house.letters()] == [LetterState.ACCEPTED]
    assert (house.path / "data" / "intake.sqlite3.heard").read_bytes() == b""


@pytest.mark.parametrize(("point", "taken"), [("at-the-dot", 0), ("after-send", 1)])
def test_a_letter_that_a_crash_cut_off_at_the_dot_is_for_staff(house: Installation, point: str, taken: int) -> None:
    """Nobody knows whether the server has it: it is never sent again by itself. A note that was cut short says nothing."""
    house.deliver(enquiry(1))
    with postbox() as server:
        house.changes = {"outgoing": {"url": server.url}}
        pass_in_a_process(house, point).join(60)
        heard = house.path / "data" / "intake.sqlite3.heard"
        heard.write_bytes(heard.read_bytes()[:40] if heard.exists() else b"")
        house.run()
        assert len(server.taken) == taken
    assert [letter.state for letter in house.letters()] == [LetterState.UNKNOWN]
    assert "letter_unknown" in house.attention()


def test_a_letter_that_another_service_took_up_is_not_handed_over(house: Installation) -> None:
    """A service that slept through the loss of its lease wakes in the middle of a letter that the next one has sent."""
    house.deliver(enquiry(1))
    with postbox() as server:
        house.changes = {"outgoing": {"url": server.url}}
        pass_in_a_process(house, "after-claim").join(60)
        (slept_over,) = house.letters()
        house.run()
        with house.database() as database:
            sender = Sender(database, house.settings.outgoing)
            with sender._mail_server() as line:
                assert sender._attempt(slept_over, line).outcome == "deferred"
        assert len(server.taken) == 1
    assert [letter.state for letter in house.letters()] == [LetterState.ACCEPTED]


def test_stopping_finishes_the_mail_in_hand_and_leaves_the_rest(house: Installation) -> None:
    house.deliver(enquiry(1), enquiry(2), enquiry(3))
    with house.service() as service:
        service.fetch()
        service.stopping.set()
        service.once()
    states = [arrival.state for arrival in house.arrivals()]
    assert set(states) <= {ArrivalState.DECIDED, ArrivalState.STORED}
    assert ArrivalState.STORED in states
    house.run()
    assert {arrival.state for arrival in house.arrivals()} == {ArrivalState.DECIDED}


@pytest.mark.slow
def test_the_command_drains_at_sigterm_and_ends_well(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    house.deliver(enquiry(1))
    with house.started("run", environment={"INTAKE_MAILBOX__POLL_SECONDS": "0.2"}) as process:
        wait_until(lambda: bool(house.outbox_files()))
        house.deliver(enquiry(2))
        wait_until(lambda: len(house.outbox_files()) == 2)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert {arrival.state for arrival in house.arrivals()} == {ArrivalState.DECIDED}


@pytest.mark.slow
def test_a_second_command_on_the_same_record_ends_with_a_clear_line(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    with house.started("run"):
        wait_until(lambda: (house.path / "data" / "intake.sqlite3.service").exists())
        second = house.command("run", "--once")
    assert second.returncode == 1
    assert "another intake run is at work" in second.stderr
    assert len([line for line in second.stderr.splitlines() if line.startswith("intake:")]) == 1


def wait_until(condition: object, *, seconds: float = 40) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.05)

"""What the mail server may do at every step of a conversation, and what becomes of the letters: while it lasts, and once it is mended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import update

from intake.sending import Sender
from intake.settings import Outgoing
from parsers.values import MessageClass
from replies.smtp import Timeouts
from storage import outbox
from storage.attention import attention
from storage.database import Database, open_database
from storage.rows import LetterRow
from storage.values import Letter, LetterState
from tests.replies.builders import OUR_ADDRESS, letter
from tests.servers.rough_smtp import RoughServer, rough_server
from tests.storage.build import open_case

pytestmark = pytest.mark.slow
QUICK = Timeouts(connect_s=0.8, command_s=0.8, answer_s=0.8, total_s=20)
LETTERS = 3
OURS = [  # the server refuses us: no letter is touched, staff are asked, everything goes out once it is mended
    ("greeting", "554 blocked"), ("ehlo", "502 not here"), ("auth", "535 5.7.8 wrong"), ("mail", "550 5.7.1 not you"), ("mail", "530 5.7.0 log in"),
]  # fmt: skip
AWAY = [  # it is not well: the same, and nobody is asked before long
    ("greeting", "421 busy"), ("greeting", "close"), ("greeting", "silence"), ("ehlo", "close"), ("auth", "454 4.7.0 later"), ("auth", "close"),
    ("mail", "451 4.3.0 later"), ("mail", "421 bye"), ("mail", "close"), ("mail", "silence"),
]  # fmt: skip
LATER = [  # each letter is put off by itself
    ("rcpt", "450 4.2.0 greylisted"), ("rcpt", "421 bye"), ("rcpt", "close"), ("rcpt", "silence"), ("data", "451 later"), ("data", "close"),
    ("data", "silence"), ("dot", "451 later"), ("dot", "421 bye"),
]  # fmt: skip
SETTLED = [
    ("rcpt", "550 5.1.1 nobody here", "failed"), ("data", "554 no", "failed"), ("dot", "552 too big", "failed"), ("dot", "554 spam", "failed"),
    ("dot", "close", "unknown"), ("dot", "silence", "unknown"), ("quit", "421 bye", "accepted"), ("quit", "close", "accepted"),
]  # fmt: skip


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'intake.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def server() -> Iterator[RoughServer]:
    with rough_server(wants_login=True, silent_s=1.2) as started:
        yield started


def sender(database: Database, server: RoughServer, **keys: Any) -> Sender:
    reply = letter(None, message_class=MessageClass.ENQUIRY)
    with database.transaction() as tx:
        for number in range(LETTERS):
            outbox.queue(tx, case_id=open_case(tx).id, reply=reply, message_id=f"<{number}.ours@secretariat.example>", at=datetime.now(UTC))
    given = {"per_address_day": 100, "per_domain_hour": 100, "retry_seconds": 0.1, "username": "office", "password": "right", **keys}
    return Sender(database, Outgoing.model_validate({"url": f"smtp://127.0.0.1:{server.port}", "from_address": OUR_ADDRESS, **given}), timeouts=QUICK)


def letters(database: Database) -> list[Letter]:
    with database.reading() as tx:
        return list(outbox.letters_in(tx, *LetterState))


def states(database: Database) -> list[str]:
    return [one.state.value for one in letters(database)]


def make_due(database: Database) -> None:
    """As if the time to try again had come."""
    with database.transaction() as tx:
        tx.execute(update(LetterRow).values(next_at=datetime.now(UTC)))


def send_until_settled(database: Database, sending: Sender) -> None:
    deadline = time.monotonic() + 15
    while not {"queued", "deferred"}.isdisjoint(states(database)):
        assert time.monotonic() < deadline, states(database)
        sending.send_all_due()
        threading.Event().wait(0.05)


@pytest.mark.parametrize(("step", "answer"), [*OURS, *AWAY])
def test_a_server_that_will_not_have_us_touches_no_letter_and_gets_each_once_when_it_is_well(
    database: Database, server: RoughServer, step: str, answer: str
) -> None:
    sending = sender(database, server)
    server.answers = {step: answer}
    for _ in range(2):
        assert sending.send_all_due() == 0
        threading.Event().wait(0.15)
    assert "failed" not in states(database)
    assert sum(one.attempts for one in letters(database)) <= 2, "only one letter at a time finds out how the server is"
    assert sending.server.refuses == ((step, answer) in OURS)
    assert step in sending.server.trouble or step in {"greeting", "auth", "ehlo"}
    server.answers = {}
    send_until_settled(database, sending)
    assert states(database) == ["accepted"] * LETTERS
    assert sorted(server.message_ids) == sorted(one.message_id for one in letters(database))


@pytest.mark.parametrize(("step", "answer"), LATER)
def test_a_letter_that_is_put_off_goes_out_once_when_the_server_takes_it(database: Database, server: RoughServer, step: str, answer: str) -> None:
    sending = sender(database, server, retry_seconds=30)
    server.answers = {step: answer}
    assert sending.send_all_due() == 0
    assert states(database) == ["deferred"] * LETTERS
    assert sending.server.failures == 0, "the server itself is well"
    server.answers = {}
    make_due(database)
    send_until_settled(database, sending)
    assert states(database) == ["accepted"] * LETTERS
    assert len(server.message_ids) == len(set(server.message_ids)) == LETTERS


@pytest.mark.parametrize(("step", "answer", "outcome"), SETTLED)
def test_what_is_settled_stays_so_and_a_person_sees_what_needs_one(
    database: Database, server: RoughServer, step: str, answer: str, outcome: str
) -> None:
    sending = sender(database, server)
    server.answers = {step: answer}
    sending.send_all_due()
    assert states(database) == [outcome] * LETTERS
    server.answers = {}
    assert sending.send_all_due() == 0
    again = Sender(database, sending.outgoing, timeouts=QUICK)
    again.settle_cut_off()
    assert again.send_all_due() == 0
    assert len(server.message_ids) == len(set(server.message_ids)) == (0 if outcome == "failed" else LETTERS)
    with database.reading() as tx:
        asked = [(one.kind, one.message) for one in attention(tx) if one.kind.startswith("letter_")]
    assert [kind for kind, _ in asked] == [] if outcome == "accepted" else [f"letter_{outcome}"] * LETTERS
    if answer[:3].isdigit() and outcome == "failed":
        assert all(f"{step}: {answer}" in message for _, message in asked)


def test_hours_of_greylisting_cost_no_letter_and_after_a_day_a_person_hears_of_it(database: Database, server: RoughServer) -> None:
    sending = sender(database, server, retry_seconds=30)
    server.answers = {"rcpt": "451 4.7.1 greylisted, come again"}
    for _ in range(12):
        sending.send_all_due()
        make_due(database)
    assert [one.attempts for one in letters(database)] == [12] * LETTERS
    assert states(database) == ["deferred"] * LETTERS
    with database.transaction() as tx:
        assert not [one for one in attention(tx) if one.kind == "letter_delayed"]
        tx.execute(update(LetterRow).values(queued_at=datetime.now(UTC) - timedelta(hours=25)))
        delayed = [one.message for one in attention(tx) if one.kind == "letter_delayed"]
    assert len(delayed) == LETTERS
    assert "rcpt: 451 4.7.1 greylisted, come again" in delayed[0]
    server.answers = {}
    send_until_settled(database, sending)
    assert states(database) == ["accepted"] * LETTERS
    with database.reading() as tx:
        assert not [one for one in attention(tx) if one.kind == "letter_delayed"]


def test_a_slow_server_gets_its_time_and_every_letter_once(database: Database, server: RoughServer) -> None:
    server.slow_s = 0.2
    sending = sender(database, server)
    assert sending.send_all_due() == LETTERS
    assert len(set(server.message_ids)) == LETTERS

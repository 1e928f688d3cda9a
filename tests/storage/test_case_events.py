"""The record itself notes what happens to a case, in the transaction in which it happens, and tells it once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from checks.values import Verdict
from parsers.values import MessageClass
from replies.values import Template
from storage import arrivals, outbox
from storage.case_events import EventType, events_after, events_not_taken, events_taken
from storage.cases import close_case, record_run
from storage.database import Database, Transaction
from storage.erasure import erase_case
from storage.staff import correct
from storage.values import CaseState, LetterState, RunCause
from tests.storage.build import NOW, application, arrive, decision, open_case, reply, sha


def types(tx: Transaction) -> list[str]:
    return [event.type for event in events_not_taken(tx)]


def test_everything_that_happens_to_a_case_is_noted_in_order(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        mail = arrive(tx)
        arrivals.mark_decided(tx, mail.id, message_class=MessageClass.APPLICATION, case_id=case.id, at=NOW, no_reply=None)
        record_run(tx, case.id, application(), decision(Verdict.REVIEW), at=NOW, cause=RunCause.RUN, reader_version="1")
        correct(tx, case.id, "contact.phone", "+85227885588", actor="chan", at=NOW)
        record_run(tx, case.id, application(), decision(Verdict.COMPLETE), at=NOW, cause=RunCause.RECHECK, reader_version="1")
        letter = outbox.queue(tx, case_id=case.id, reply=reply(), message_id="<1@x.example>", at=NOW, held="every letter waits")
        assert letter is not None
        outbox.release(tx, letter.id, at=NOW, actor="chan")
        assert outbox.claim(tx, NOW) is not None
        outbox.settle(tx, letter.id, LetterState.ACCEPTED, at=NOW)
        outbox.mark_undelivered(tx, "<1@x.example>", at=NOW, reason="bounced")
        close_case(tx, case.id, state=CaseState.WITHDRAWN)
        close_case(tx, case.id, state=CaseState.OPEN)
        close_case(tx, case.id, state=CaseState.CLOSED)
        erase_case(tx, case.id)
    with database.reading() as tx:
        events = events_not_taken(tx)
    assert [event.type for event in events] == [
        "case.received", "mail.received", "case.decided", "case.flagged", "case.corrected", "case.decided", "letter.held", "letter.queued",
        "letter.sent", "letter.undelivered", "case.withdrawn", "case.reopened", "case.closed", "case.erased",
    ]  # fmt: skip
    assert {event.type for event in events} <= set(EventType)
    assert {event.reference for event in events} == {case.reference}
    assert [(event.state, event.cause) for event in events if event.type == "case.decided"] == [("review", "run"), ("complete", "recheck")]
    assert {event.letter_id for event in events if event.type.startswith("letter")} == {letter.id}


def test_a_letter_that_nobody_sent_was_withdrawn_and_not_undelivered(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        letter = outbox.queue(
            tx, case_id=case.id, reply=reply(template=Template.RECEIPT, cause=sha("c")), message_id="<2@x.example>", at=NOW, held="h"
        )
        assert letter is not None
        outbox.resolve(tx, letter.id, LetterState.FAILED, at=NOW, actor="chan")
        assert types(tx)[-1] == "letter.withdrawn"


def test_what_was_undone_was_never_noted(database: Database) -> None:
    with database.reading() as tx:
        open_case(tx)
        assert types(tx) == ["case.received"]
    with database.reading() as tx:
        assert types(tx) == []


def test_events_are_passed_on_once_and_kept_for_a_month(database: Database) -> None:
    with database.transaction() as tx:
        open_case(tx)
        (event,) = events_not_taken(tx)
        events_taken(tx, [event.id], event.at)
        assert events_not_taken(tx) == ()
        assert [one.id for one in events_after(tx, 0)] == [event.id]
        assert events_after(tx, 0, settled_before=event.at - timedelta(seconds=1)) == ()
        events_taken(tx, [], event.at + timedelta(days=31))
        assert events_after(tx, 0) == ()


def test_the_moment_of_an_event_is_now_and_in_utc(database: Database) -> None:
    from datetime import UTC, datetime

    with database.transaction() as tx:
        open_case(tx)
        (event,) = events_not_taken(tx)
    assert abs((datetime.now(UTC) - event.at).total_seconds()) < 60


def test_no_migration_that_came_later_dropped_what_notes_events(database: Database) -> None:
    asked = "SELECT tgname FROM pg_trigger" if not database.is_sqlite else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with database.reading() as tx:
        names = {name for (name,) in tx.execute(text(asked)) if name.startswith("event_")}
    assert len(names) == 10

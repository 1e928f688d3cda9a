"""Every mail that a mailbox showed is on record once, and how far it got."""

from __future__ import annotations

import pytest

from parsers.values import Mailbox, Message, MessageClass
from storage import arrivals
from storage.database import Database
from storage.errors import StorageError
from storage.values import ArrivalState
from tests.storage.build import NOW, arrive, later, open_case, sha


def test_recording_an_arrival_twice_changes_nothing(database: Database) -> None:
    with database.transaction() as tx:
        first = arrive(tx)
        again, new = arrivals.record_arrival(
            tx, mailbox="INBOX", uidvalidity=1, uid=1, sha256=sha("a"), size=1000, internal_date=NOW, seen_at=later(hours=1)
        )
    assert not new
    assert again == first
    assert first.state is ArrivalState.STORED


def test_the_same_bytes_under_another_uid_are_on_record_but_not_decided_again(database: Database) -> None:
    with database.transaction() as tx:
        first = arrive(tx, 1)
        copy = arrive(tx, 7, uidvalidity=2)
        assert copy.state is ArrivalState.REPEATED
        assert copy.first_id == first.id
        assert [one.id for one in arrivals.pending(tx)] == [first.id]
        assert [one.id for one in arrivals.arrivals_with_bytes(tx, sha("a"))] == [first.id, copy.id]


def test_a_uidvalidity_beyond_31_bits_is_kept(database: Database) -> None:
    with database.transaction() as tx:
        assert arrive(tx, 4_294_967_295, uidvalidity=4_294_967_294).uid == 4_294_967_295
        assert set(arrivals.known_uids(tx, "INBOX", 4_294_967_294)) == {4_294_967_295}


def test_a_decided_arrival_is_no_longer_pending_and_keeps_why_it_got_no_reply(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        one = arrive(tx)
        arrivals.mark_decided(tx, one.id, message_class=MessageClass.ENQUIRY, case_id=case.id, at=NOW, no_reply="no reply: List-Id")
    with database.reading() as tx:
        assert arrivals.pending(tx) == ()
        kept = arrivals.arrival(tx, one.id)
    assert (kept.state, kept.message_class, kept.case_id, kept.no_reply) == (
        ArrivalState.DECIDED,
        MessageClass.ENQUIRY,
        case.id,
        "no reply: List-Id",
    )


def test_a_mail_that_breaks_us_is_quarantined_and_can_be_sent_round_again(database: Database) -> None:
    with database.transaction() as tx:
        one = arrive(tx)
        assert arrivals.begin_attempt(tx, one.id) == 1
        assert arrivals.begin_attempt(tx, one.id) == 2
        arrivals.mark_quarantined(tx, one.id, error="Traceback:\0 boom \ud800", at=NOW)
        assert arrivals.arrival(tx, one.id).error == "Traceback: boom ?"
        assert arrivals.pending(tx) == ()
        arrivals.retry(tx, one.id)
        assert [(waiting.id, waiting.attempts) for waiting in arrivals.pending(tx)] == [(one.id, 0)]


def test_a_mail_that_cannot_be_fetched_is_tried_three_times_and_then_left_to_staff(database: Database) -> None:
    def fail() -> ArrivalState:
        return arrivals.record_unfetched(tx, mailbox="INBOX", uidvalidity=1, uid=9, size=50, internal_date=None, seen_at=NOW, error="cut short").state

    with database.transaction() as tx:
        assert [fail(), fail()] == [ArrivalState.UNFETCHED, ArrivalState.UNFETCHED]
        assert set(arrivals.known_uids(tx, "INBOX", 1)) == frozenset()
        assert fail() is ArrivalState.QUARANTINED
        assert set(arrivals.known_uids(tx, "INBOX", 1)) == {9}


def test_bytes_that_come_at_last_make_an_ordinary_arrival(database: Database) -> None:
    with database.transaction() as tx:
        arrivals.record_unfetched(tx, mailbox="INBOX", uidvalidity=1, uid=1, size=50, internal_date=None, seen_at=NOW, error="cut short")
        one, new = arrivals.record_arrival(tx, mailbox="INBOX", uidvalidity=1, uid=1, sha256=sha("a"), size=50, internal_date=NOW, seen_at=NOW)
    assert new
    assert (one.state, one.error, one.attempts) == (ArrivalState.STORED, None, 0)


def test_what_is_done_is_acknowledged_on_the_server_once(database: Database) -> None:
    with database.transaction() as tx:
        one, copy, waiting = arrive(tx, 1), arrive(tx, 2), arrive(tx, 3, sha256=sha("b"))
        arrivals.mark_decided(tx, one.id, message_class=MessageClass.SPAM, case_id=None, at=NOW)
        assert [each.id for each in arrivals.unacknowledged(tx, "INBOX", 1)] == [one.id, copy.id]
        arrivals.mark_acknowledged(tx, one.id, NOW)
        assert [each.id for each in arrivals.unacknowledged(tx, "INBOX", 1)] == [copy.id]
        assert waiting.state is ArrivalState.STORED


def test_headers_are_kept_for_finding_the_case_of_later_mails(database: Database) -> None:
    message = Message(
        sha256=sha("a"), size=9, message_id="<1@bright.example>", sender=Mailbox(name="Wong\0", address="wong@bright.example"), subject="申請"
    )
    with database.transaction() as tx:
        one = arrive(tx)
        arrivals.record_message(tx, one.id, message)
        arrivals.record_message(tx, one.id, message.model_copy(update={"subject": "申請 2"}))
        assert [each.id for each in arrivals.arrivals_with_message_id(tx, "<1@bright.example>")] == [one.id]


def test_the_last_good_poll_is_on_record(database: Database) -> None:
    with database.transaction() as tx:
        assert arrivals.last_poll(tx) is None
        arrivals.note_poll(tx, "INBOX", 1, NOW)
        arrivals.note_poll(tx, "INBOX", 2, later(minutes=1))
        assert arrivals.last_poll(tx, "INBOX") == (2, later(minutes=1))


def test_an_attempt_that_we_broke_off_is_not_counted_against_the_mail(database: Database) -> None:
    with database.transaction() as tx:
        one = arrive(tx)
        arrivals.begin_attempt(tx, one.id)
        arrivals.put_back(tx, one.id)
        arrivals.put_back(tx, one.id)
        assert arrivals.arrival(tx, one.id).attempts == 0
        arrivals.begin_attempt(tx, one.id)
        arrivals.mark_decided(tx, one.id, message_class=MessageClass.SPAM, case_id=None, at=NOW)
        arrivals.put_back(tx, one.id)
        assert arrivals.arrival(tx, one.id).attempts == 1


def test_only_quarantined_mail_is_sent_round_again(database: Database) -> None:
    with database.transaction() as tx:
        one, other = arrive(tx, 1), arrive(tx, 2, sha256=sha("b"))
        arrivals.mark_quarantined(tx, one.id, error="boom", at=NOW)
        arrivals.mark_decided(tx, other.id, message_class=MessageClass.SPAM, case_id=None, at=NOW)
        assert [each.id for each in arrivals.quarantined(tx)] == [one.id]
        arrivals.retry(tx, one.id)
        with pytest.raises(StorageError, match="only quarantined mail"):
            arrivals.retry(tx, other.id)
        assert arrivals.arrival(tx, other.id).state is ArrivalState.DECIDED


def test_a_batch_is_recorded_as_its_mails_would_be_one_by_one(database: Database) -> None:
    with database.transaction() as tx:
        arrive(tx, 1)
        unfetched = arrivals.record_unfetched(
            tx, mailbox="INBOX", uidvalidity=1, uid=2, size=900, internal_date=NOW, seen_at=NOW, error="the answer was cut short"
        )
        batch = [arrivals.Kept(uid, sha(letter), 1000, NOW) for uid, letter in ((1, "a"), (2, "b"), (3, "c"), (4, "c"), (5, "a"), (6, "d"))]
        arrivals.record_arrivals(tx, batch, mailbox="INBOX", uidvalidity=1, seen_at=NOW)
        arrivals.record_arrivals(tx, batch, mailbox="INBOX", uidvalidity=1, seen_at=later(hours=1))
        found = {one.uid: one for one in arrivals.all_arrivals(tx, "INBOX")}
    assert sorted(found) == [1, 2, 3, 4, 5, 6]
    assert found[2].id == unfetched.id
    assert {uid for uid, one in found.items() if one.state is ArrivalState.STORED} == {1, 2, 3, 6}
    assert {uid: one.first_id for uid, one in found.items() if one.state is ArrivalState.REPEATED} == {4: found[3].id, 5: found[1].id}
    assert found[6].seen_at == NOW

"""Personal data can be found, and are gone for good once erased."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from checks.values import Verdict
from parsers.corrections import PaperTold
from parsers.values import FileKind, FileRead, Mailbox, Message, MessageClass
from storage import arrivals, audit, cases, erasure, outbox, reads, staff, suggestions
from storage.database import Database, Transaction, open_database
from storage.errors import StorageError
from storage.register import case_record, register, status
from storage.search import catch_up, search
from storage.values import ArrivalState, Case, CaseState
from tests.storage.build import NOW, application, arrive, decision, later, open_case, read, reply, run, sha


def whole_case(tx: Transaction, uid: int = 1, letter: str = "a") -> Case:
    case = open_case(tx)
    one = arrive(tx, uid, sha256=sha(letter))
    sender = Mailbox(name="Wong Siu Ming", address="wong@bright.example")
    arrivals.record_message(tx, one.id, Message(sha256=sha(letter), size=1, message_id=f"<{uid}@bright.example>", sender=sender, subject="Secret"))
    arrivals.mark_decided(tx, one.id, message_class=MessageClass.APPLICATION, case_id=case.id, at=NOW)
    run(tx, case)
    outbox.queue(tx, case_id=case.id, reply=reply(cause=sha(letter)), message_id=f"<r{uid}@office.example>", at=NOW, arrival_id=one.id)
    suggestions.suggest(tx, arrival_id=one.id, case_id=case.id, reason="r", at=NOW)
    staff.correct(tx, case.id, "contact.phone", "+85227885588", actor="chan", at=NOW)
    staff.lay_out(tx, case.id, sha("f"), [PaperTold(first_page=1, last_page=1, kind="other")], actor="chan", at=NOW, reason="of Bright Dyeing")
    staff.overrule(tx, case.id, "mail.trusted", "f", actor="chan", at=NOW, reason="telephoned Bright Dyeing")
    audit.note(tx, at=NOW, actor="chan", action="looked", reference=case.reference)
    reads.remember_read(tx, FileRead(sha256=sha("f"), kind=FileKind.PDF, outcome="read"), "r1", NOW)
    return case


def test_of_an_erased_case_the_reference_alone_remains(database: Database) -> None:
    with database.transaction() as tx:
        case = whole_case(tx)
        arrive(tx, 5)  # a copy of the same mail
    with database.transaction() as tx:
        erased = erasure.erase_case(tx, case.id)
    assert (erased.reference, erased.blobs) == (case.reference, (sha("a"),))
    with database.transaction() as tx:
        left = case_record(tx, case.reference)
        assert left is not None
        assert (left.case.state, left.case.applicant, left.case.email, left.current, left.runs) == (CaseState.ERASED, None, None, None, ())
        assert [entry.action for entry in left.history] == ["looked"]
        assert set(arrivals.known_uids(tx, "INBOX", 1)) == {1, 5}  # neither is fetched again
        assert arrivals.pending(tx) == ()
        assert arrive(tx, 1, uidvalidity=2).state is ArrivalState.ERASED  # nor answered again
        arrivals.mark_quarantined(tx, 1, error="boom", at=NOW)
        assert arrivals.arrival(tx, 1).state is ArrivalState.ERASED
        assert reads.remembered_read(tx, sha("f"), "r1") is None
        assert register(tx) == ()
        assert status(tx)["attention"] == []
        catch_up(tx)
        assert search(tx, "Bright Dyeing") == ()
        assert erasure.erase_case(tx, case.id) == erased
        assert open_case(tx).reference != case.reference


def test_the_words_of_an_erased_case_are_gone_from_the_disk(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    with database.transaction() as tx:
        case = whole_case(tx)
    with database.transaction() as tx:
        erasure.erase_case(tx, case.id)
    database.empty_log()
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    database.close()
    assert case.reference.encode() in on_disk
    assert b"Bright Dyeing" not in on_disk
    assert b"wong@bright.example" not in on_disk


def test_nothing_is_recorded_about_an_erased_case_any_more(database: Database) -> None:
    with database.transaction() as tx:
        case = whole_case(tx)
        erasure.erase_case(tx, case.id)
        with pytest.raises(StorageError, match="was erased"):
            run(tx, case)


def test_what_another_case_needs_is_not_erased(database: Database) -> None:
    with database.transaction() as tx:
        first, second = whole_case(tx, 1, "a"), whole_case(tx, 2, "b")
        assert erasure.erase_case(tx, first.id).blobs == (sha("a"),)
        kept = case_record(tx, second.reference)
        assert kept is not None
        assert kept.current is not None
        assert reads.remembered_read(tx, sha("f"), "r1") is not None


def test_mail_that_led_to_no_case_is_erased_after_its_time(database: Database) -> None:
    with database.transaction() as tx:
        whole_case(tx)
        spam, waiting = arrive(tx, 2, sha256=sha("2")), arrive(tx, 3, sha256=sha("3"))
        arrivals.mark_decided(tx, spam.id, message_class=MessageClass.SPAM, case_id=None, at=NOW)
        assert erasure.erase_mail_without_case(tx, NOW).blobs == ()
        assert erasure.erase_mail_without_case(tx, later(days=1)).blobs == (sha("2"),)
        assert arrivals.arrival(tx, spam.id).state is ArrivalState.ERASED
        assert arrivals.arrival(tx, waiting.id).state is ArrivalState.STORED
        assert erasure.unreferenced(tx, [sha("a"), sha("2"), sha("9")]) == (sha("2"), sha("9"))


def test_only_closed_cases_are_past_their_retention(database: Database) -> None:
    with database.transaction() as tx:
        old, still_open, young = (open_case(tx, received_on=day) for day in (date(2018, 1, 1), date(2018, 1, 1), date(2026, 1, 1)))
        for case in (old, young):
            run(tx, case, decision(Verdict.COMPLETE))
            cases.close_case(tx, case.id)
        found = erasure.cases_past_retention(tx, received_before=date(2020, 1, 1), verdict=Verdict.COMPLETE)
        assert [case.id for case in found] == [old.id]
        assert still_open.id not in {case.id for case in found}
        assert erasure.cases_past_retention(tx, received_before=date(2020, 1, 1), verdict=Verdict.REVIEW) == ()


def test_cases_are_found_by_name_in_any_script_by_number_sender_and_reference(database: Database) -> None:
    with database.transaction() as tx:
        case = whole_case(tx)
        run(tx, open_case(tx), form=application(read("applicant.name_en", "Another 100% Company")))
        catch_up(tx)
        for words in ("东莞光明", "東莞", "光明", "bright  DYEING", "1234 5678", "wong@bright.example", "wong siu", f"re: {case.reference.lower()}"):
            assert [found.reference for found in search(tx, words)] == [case.reference], words
        assert search(tx, "%") == ()
        assert search(tx, "nobody") == ()

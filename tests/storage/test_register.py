"""What status, show and export say is what is on record."""

from __future__ import annotations

import json
from datetime import date

from checks.values import Verdict
from parsers.values import FileKind, FileRead, Mailbox, Message, MessageClass, Page, Word
from storage import arrivals, audit, cases, outbox, reads, suggestions
from storage.database import Database
from storage.register import case_record, register, status
from storage.values import CaseKind, LetterState, RunCause
from tests.storage.build import NOW, application, arrive, decision, later, open_case, read, reply, run, sha


def test_an_empty_record_has_every_count_and_nothing_to_attend_to(database: Database) -> None:
    with database.reading() as tx:
        found = status(tx)
    assert found == {
        "last_poll": None,
        "last_poll_age_s": None,
        "out_of_reach": [],
        "arrivals": {},
        "cases": {"complete": 0, "incomplete": 0, "review": 0},
        "outbox": {"queued": 0, "sending": 0, "deferred": 0, "accepted": 0, "failed": 0, "unknown": 0, "held": 0},
        "attention": [],
    }


def test_everything_that_needs_a_person_stands_under_attention_once(database: Database) -> None:
    with database.transaction() as tx:
        flagged, fine, enquiry = open_case(tx), open_case(tx), open_case(tx, CaseKind.ENQUIRY)
        run(tx, flagged, decision(Verdict.REVIEW, staff="look"))
        run(tx, fine)
        for number, state in enumerate((LetterState.FAILED, LetterState.UNKNOWN, LetterState.ACCEPTED)):
            letter = outbox.queue(tx, case_id=fine.id, reply=reply(cause=str(number)), message_id=f"<{number}@office.example>", at=NOW)
            outbox.claim(tx, NOW)
            assert letter is not None
            outbox.settle(tx, letter.id, state, at=NOW, code=550, reason="no such user")
        outbox.queue(tx, case_id=fine.id, reply=reply(cause="h"), message_id="<h@office.example>", at=NOW, held="approve every letter")
        broken, loose, odd, spam = (arrive(tx, uid, sha256=sha(str(uid))) for uid in (1, 2, 3, 4))
        for mail, message_class in ((odd, MessageClass.UNREADABLE), (spam, MessageClass.SPAM)):
            arrivals.mark_decided(tx, mail.id, message_class=message_class, case_id=None, at=NOW)
        arrivals.mark_quarantined(tx, broken.id, error="Traceback\nValueError: boom", at=NOW)
        suggestions.suggest(tx, arrival_id=loose.id, case_id=fine.id, reason="quotes the reference", at=NOW)
        arrivals.note_poll(tx, "INBOX", 1, NOW)
        found = status(tx)
    assert [(entry["kind"], entry["reference"]) for entry in found["attention"]] == [
        ("letter_failed", fine.reference),
        ("letter_unknown", fine.reference),
        ("letter_held", fine.reference),
        ("quarantined", None),
        ("mail", None),
        ("suggestion", fine.reference),
        ("review", flagged.reference),
        ("enquiry", enquiry.reference),
    ]
    assert "ValueError: boom" in found["attention"][3]["message"]
    assert found["last_poll"] == NOW.isoformat()
    assert found["cases"] == {"complete": 0, "incomplete": 1, "review": 1}
    assert found["arrivals"] == {"quarantined": 1, "spam": 1, "stored": 1, "unreadable": 1}
    assert json.loads(json.dumps(found)) == found


def test_what_a_person_attended_to_is_no_longer_asked_for(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case, decision(Verdict.REVIEW, staff="look"))
        held = outbox.queue(tx, case_id=case.id, reply=reply(), message_id="<1@office.example>", at=NOW, held="approve")
        assert held is not None
        loose, odd, broken = arrive(tx), arrive(tx, 2, sha256=sha("2")), arrive(tx, 3, sha256=sha("3"))
        suggestions.suggest(tx, arrival_id=loose.id, case_id=case.id, reason="quotes the reference", at=NOW)
        arrivals.mark_decided(tx, odd.id, message_class=MessageClass.OTHER, case_id=None, at=NOW)
        arrivals.mark_quarantined(tx, broken.id, error="boom", at=NOW)
        for mail in (odd, broken):
            arrivals.mark_attended(tx, mail.id)
        outbox.resolve(tx, held.id, LetterState.FAILED, at=NOW, actor="chan", reason="answered by telephone")
        [suggestion] = suggestions.open_suggestions(tx)
        suggestions.answer(tx, suggestion.id, accepted=True)
        cases.close_case(tx, case.id)
        assert status(tx)["attention"] == []
        assert arrivals.arrival(tx, loose.id).case_id == case.id


def test_a_case_is_shown_with_its_run_its_letters_and_its_history(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        one = arrive(tx)
        sender = Mailbox(name="Wong", address="wong@bright.example")
        arrivals.record_message(tx, one.id, Message(sha256=sha("a"), size=1, message_id="<m@bright.example>", sender=sender))
        arrivals.mark_decided(tx, one.id, message_class=MessageClass.APPLICATION, case_id=case.id, at=NOW)
        run(tx, case)
        run(tx, case, decision(Verdict.COMPLETE), cause=RunCause.SUPPLEMENT)
        outbox.queue(tx, case_id=case.id, reply=reply(), message_id="<r@office.example>", at=later(seconds=2))
        audit.note(tx, at=NOW, actor="service", action="opened", reference=case.reference)
        shown = case_record(tx, case.reference)
        assert case_record(tx, "CPPP-2026-99999-X") is None
    assert shown is not None
    assert shown.current is not None
    assert shown.current.application == application()
    assert [(one_run.verdict, one_run.current) for one_run in shown.runs] == [(Verdict.INCOMPLETE, False), (Verdict.COMPLETE, True)]
    assert [(mail.direction, mail.message_id, mail.message_class, mail.template, mail.state) for mail in shown.correspondence] == [
        ("in", "<m@bright.example>", "application", None, "decided"),
        ("out", "<r@office.example>", None, "receipt", "queued"),
    ]
    assert [entry.action for entry in shown.history] == ["opened"]


def test_the_register_holds_the_fields_of_the_current_run_in_their_types(database: Database) -> None:
    with database.transaction() as tx:
        case, enquiry = open_case(tx), open_case(tx, CaseKind.ENQUIRY)
        run(tx, case, form=application(read("project.total_cost", 1)))
        run(tx, case, cause=RunCause.REPROCESS)
        [entry] = register(tx)
        everything = register(tx, kind=None)
    assert (entry.reference, entry.verdict, entry.received_on) == (case.reference, Verdict.INCOMPLETE, date(2026, 3, 5))
    assert entry.fields == {
        "applicant.name_en": "Bright Dyeing Limited",
        "applicant.br_number": "12345678",
        "contact.email": "wong@bright.example",
        "factory.name": "東莞光明染廠有限公司",
        "factory.uscc": "91441900MA4W12345X",
        "project.total_cost": 880000,
        "connection.hk_shareholding": 50.01,
        "declaration.signature": True,
    }
    assert [one.reference for one in everything] == [case.reference, enquiry.reference]


def test_the_register_since_a_day_leaves_out_older_cases(database: Database) -> None:
    with database.transaction() as tx:
        old, new = open_case(tx, received_on=date(2025, 5, 1)), open_case(tx)
        for case in (old, new):
            run(tx, case)
        assert [one.reference for one in register(tx, since=date(2026, 1, 1))] == [new.reference]
        assert all(one.fields for one in register(tx, since=date(2026, 3, 5)))


def test_identity_card_numbers_are_masked_everywhere_but_in_the_record_itself(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case, form=application(read("project.title", "Study by Mr Chan A123456(3)")))
        [entry] = register(tx)
        kept = cases.current_run(tx, case.id)
    assert entry.fields["project.title"] == "Study by Mr Chan A123***(*)"
    assert kept is not None
    assert "A123456(3)" in kept.application.model_dump_json()


def test_what_came_out_of_a_file_is_remembered_for_one_version_of_the_reader(database: Database) -> None:
    page = Page(number=1, width=595, height=842, words=(Word(text="商業登記證", box=(1, 2, 3, 4)),), source="ocr")
    file = FileRead(sha256=sha("a"), kind=FileKind.PDF, outcome="read", pages=(page,), page_count=1)
    with database.transaction() as tx:
        reads.remember_read(tx, file, "r1", NOW)
        reads.remember_read(tx, file, "r1", NOW)
    with database.transaction() as tx:
        assert reads.remembered_read(tx, sha("a"), "r1") == file
        assert reads.remembered_read(tx, sha("a"), "r2") is None
        reads.forget_read(tx, sha("a"))
        assert reads.remembered_read(tx, sha("a"), "r1") is None

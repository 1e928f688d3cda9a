"""Cases under their references, with every run kept."""

from __future__ import annotations

from datetime import date

import pytest

from checks.values import Verdict
from parsers.values import Mailbox, Message, MessageClass
from storage import arrivals, cases, outbox
from storage.database import Database
from storage.errors import StorageError
from storage.references import next_reference
from storage.values import CaseKind, RunCause
from tests.storage.build import NOW, TODAY, application, arrive, decision, later, open_case, read, reply, run, sha


def test_references_run_by_the_year_of_receipt(database: Database) -> None:
    with database.transaction() as tx:
        references = [open_case(tx).reference, open_case(tx, CaseKind.ENQUIRY).reference, open_case(tx, received_on=date(2025, 12, 31)).reference]
        assert open_case(tx, received_on=None).reference.startswith("CPPP-2026-00003-")
    assert [reference[:15] for reference in references] == ["CPPP-2026-00001", "CPPP-2026-00002", "CPPP-2025-00001"]


def test_a_reference_given_in_a_transaction_that_is_undone_is_given_again(database: Database) -> None:
    first = ""

    def crash() -> None:
        nonlocal first
        with database.transaction() as tx:
            first = next_reference(tx, 2026)
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError, match="crash"):
        crash()
    with database.transaction() as tx:
        assert next_reference(tx, 2026) == first


def test_a_run_is_kept_whole_and_read_back_the_same(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        recorded = run(tx, case)
    with database.reading() as tx:
        kept = cases.current_run(tx, case.id)
        case = cases.case_by_id(tx, case.id)
    assert kept is not None
    assert (kept.id, kept.application, kept.decision, kept.current) == (recorded.run_id, application(), decision(), True)
    assert (case.verdict, case.br_number, case.applicant, case.email) == (
        Verdict.INCOMPLETE,
        "12345678",
        "Bright Dyeing Limited",
        "wong@bright.example",
    )


def test_reprocessing_adds_a_run_and_keeps_the_older(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        again = run(tx, case, decision(Verdict.REVIEW, programme_hash="p2", staff="look"), cause=RunCause.REPROCESS)
        runs = cases.all_runs(tx, case.id)
    assert (again.new, again.before, again.after) == (True, Verdict.INCOMPLETE, Verdict.REVIEW)
    assert [(one.decision.verdict, one.cause, one.current) for one in runs] == [
        (Verdict.INCOMPLETE, RunCause.RUN, False),
        (Verdict.REVIEW, RunCause.REPROCESS, True),
    ]


def test_reprocessing_unchanged_mail_changes_nothing(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        first = run(tx, case)
        again = run(tx, case, cause=RunCause.REPROCESS)
        assert (again.new, again.run_id) == (False, first.run_id)
        assert len(cases.all_runs(tx, case.id)) == 1


def test_text_that_no_database_takes_does_not_lose_the_run(database: Database) -> None:
    broken = application(read("project.title", "abc\0def \ud800"), read("applicant.br_number", "12345678"))
    with database.transaction() as tx:
        case = open_case(tx)
        assert run(tx, case, form=broken).new
        kept = cases.current_run(tx, case.id)
    assert kept is not None
    assert kept.application.fields["applicant.br_number"] == broken.fields["applicant.br_number"]


def test_a_case_is_complete_on_the_day_when_the_last_missing_item_arrived(database: Database) -> None:
    done = decision(Verdict.COMPLETE)
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        assert cases.case_by_id(tx, case.id).completed_on is None
        for day in (date(2026, 3, 20), date(2026, 4, 1)):
            cases.record_run(tx, case.id, application(), done, at=NOW, cause=RunCause.SUPPLEMENT, reader_version="r1", completed_on=day)
        case = cases.case_by_id(tx, case.id)
    assert (case.received_on, case.completed_on) == (TODAY, date(2026, 3, 20))


def test_earlier_applications_of_the_applicant_or_factory_are_found_in_any_script(database: Database) -> None:
    def found(br_number: str | None = None, uscc: str | None = None, factory_name: str | None = None) -> list[str]:
        earlier = cases.earlier_cases(tx, br_number=br_number, uscc=uscc, factory_name=factory_name, before=date(2026, 6, 1))
        return [one.reference for one in earlier]

    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        assert found(br_number="12345678") == [case.reference]
        assert found(uscc="91441900MA4W12345X") == [case.reference]
        assert found(factory_name="东莞光明染厂 有限公司") == [case.reference]
        assert found(br_number="87654321", factory_name="Another Factory") == []
        assert found() == []
        assert cases.earlier_cases(tx, br_number="12345678", uscc=None, factory_name=None, before=date(2026, 3, 4)) == ()


def test_of_two_applications_of_one_day_the_second_is_the_repeat(database: Database) -> None:
    with database.transaction() as tx:
        first, second = open_case(tx), open_case(tx)
        run(tx, first)
        run(tx, second)

        def earlier(case_id: int) -> list[str]:
            found = cases.earlier_cases(tx, br_number="12345678", uscc=None, factory_name=None, before=TODAY, besides=case_id)
            return [one.reference for one in found]

        assert earlier(first.id) == []
        assert earlier(second.id) == [first.reference]


def test_the_same_form_file_is_a_copy(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        found = cases.earlier_cases(tx, br_number=None, uscc=None, factory_name=None, before=TODAY, form_sha256s=[sha("f")])
    assert [(one.reference, one.same_bytes) for one in found] == [(case.reference, True)]


def test_a_mail_finds_its_case_by_the_message_id_of_our_letter(database: Database) -> None:
    with database.transaction() as tx:
        case, other = open_case(tx), open_case(tx)
        outbox.queue(tx, case_id=case.id, reply=reply(), message_id="<a@office.example>", at=NOW)
        outbox.queue(tx, case_id=other.id, reply=reply(), message_id="<b@office.example>", at=NOW)
        assert cases.case_of_letters(tx, ["<a@office.example>", "<x@bright.example>"]) == case
        assert cases.case_of_letters(tx, ["<x@bright.example>"]) is None
        assert cases.case_of_letters(tx, ["<a@office.example>", "<b@office.example>"]) is None
        assert cases.case_by_reference(tx, case.reference) == case
        assert cases.case_by_reference(tx, "CPPP-2026-99999-X") is None


def test_who_belongs_to_a_case_is_on_its_form_or_wrote_a_mail_that_is_in_it(database: Database) -> None:
    with database.transaction() as tx:
        case = open_case(tx)
        run(tx, case)
        for uid, address, belongs in ((1, "Agent@consult.example", True), (2, "stranger@else.example", False)):
            one = arrive(tx, uid, sha256=sha(str(uid)))
            arrivals.record_message(tx, one.id, Message(sha256=sha(str(uid)), size=1, sender=Mailbox(name="", address=address)))
            arrivals.mark_decided(tx, one.id, message_class=MessageClass.SUPPLEMENT, case_id=case.id if belongs else None, at=later(hours=1))
        assert cases.addresses_of(tx, case.id) == {"wong@bright.example", "agent@consult.example"}
        assert cases.arrivals_of(tx, case.id) == (sha("1"),)
        assert [one.id for one in cases.cases_with_br_number(tx, "12345678")] == [case.id]


def test_a_case_that_does_not_exist_is_said(database: Database) -> None:
    with database.reading() as tx, pytest.raises(StorageError, match="no case 99"):
        cases.case_by_id(tx, 99)

"""What staff say of a case holds at every decision on it, and the letter that follows waits for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

import pytest

from checks.overruling import fingerprint_of_missing_document
from intake.failures import Failure
from intake.rechecking import Rechecked, preview, recheck
from intake.reprocessing import reprocess
from parsers.corrections import PaperTold
from storage import staff
from storage.cases import case_by_reference, current_run
from storage.database import Transaction
from storage.values import Case, LetterState, Run
from tests.intake.builders import Installation, an_application, enquiry

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
NAME = "applicant.name_en"


def incomplete(house: Installation) -> str:
    """An application without its provider's proposal, asked for by letter."""
    house.deliver(an_application().mail(without="provider_proposal"))
    house.run()
    return house.letters()[0].reference


@contextmanager
def the_case(house: Installation, reference: str) -> Iterator[tuple[Transaction, Case]]:
    with house.database() as database, database.transaction() as tx:
        case = case_by_reference(tx, reference)
        assert case is not None
        yield tx, case


def now(house: Installation, reference: str) -> Run:
    with the_case(house, reference) as (tx, case):
        run = current_run(tx, case.id)
    assert run is not None
    return run


def checked_again(house: Installation, reference: str, letter: Literal["none", "held", "queued"] = "held") -> Rechecked:
    with house.service() as service:
        return recheck(service.handler, reference, actor="chan", at=NOON, letter=letter)


def waived(house: Installation, reference: str) -> None:
    (missing,) = now(house, reference).decision.missing_documents
    with the_case(house, reference) as (tx, case):
        mark = fingerprint_of_missing_document(missing)
        staff.overrule(tx, case.id, "missing.document", mark, actor="chan", at=NOON, reason="seen at the counter")


@pytest.mark.slow
def test_a_paper_that_staff_waive_completes_the_case_and_the_letter_waits_for_them(house: Installation) -> None:
    reference = incomplete(house)
    waived(house, reference)
    done = checked_again(house, reference)
    assert done.run.after == "complete"
    assert done.letter is not None
    assert (done.letter.template, done.letter.state, done.letter.to) == ("acknowledgement", LetterState.HELD, an_application().email)
    house.run()
    assert len(house.outbox_files()) == 1, "nothing goes out before a person releases it"


@pytest.mark.slow
def test_the_letter_goes_out_where_staff_want_it(house: Installation) -> None:
    reference = incomplete(house)
    waived(house, reference)
    checked_again(house, reference, "queued")
    house.run()
    assert [letter.state for letter in house.letters()] == [LetterState.ACCEPTED, LetterState.ACCEPTED]


def test_nothing_is_written_twice_with_the_same_words(house: Installation) -> None:
    reference = incomplete(house)
    again = checked_again(house, reference)
    assert (again.run.new, again.letter) == (False, None)
    assert again.no_letter == "a letter with the same words went out already"
    assert len(house.letters()) == 1


def test_a_letter_that_was_not_sent_is_withdrawn_when_its_words_are_no_longer_so(house: Installation) -> None:
    house.changes = {"outgoing": {"mode": "approve"}}
    reference = incomplete(house)
    waived(house, reference)
    checked_again(house, reference)
    assert [(letter.template, letter.state) for letter in house.letters()] == [
        ("missing_items", LetterState.FAILED),
        ("acknowledgement", LetterState.HELD),
    ]
    assert house.attention() == ["letter_held"]


def test_a_second_letter_of_a_kind_has_a_cause_of_its_own(house: Installation) -> None:
    reference = incomplete(house)
    with the_case(house, reference) as (tx, case):
        staff.correct(tx, case.id, "contact.phone", None, actor="chan", at=NOON)
    done = checked_again(house, reference)
    first, second = house.letters()
    assert (first.template, second.template) == ("missing_items", "missing_items")
    assert done.letter == second
    assert first.cause != second.cause
    assert "Telephone" in second.reply.text


@pytest.mark.slow
def test_a_corrected_value_survives_a_supplement_and_a_reprocess(house: Installation) -> None:
    reference = incomplete(house)
    with the_case(house, reference) as (tx, case):
        staff.correct(tx, case.id, "contact.phone", "+85227009999", actor="chan", at=NOON, reason="telephoned")
    checked_again(house, reference, "none")
    token = {"In-Reply-To": house.letters()[0].message_id}
    supplement = enquiry(
        2, sender=an_application().email, text="Here it is.", files={"p.pdf": an_application().papers["provider_proposal"]}, headers=token
    )
    house.deliver(supplement)
    house.run()
    assert now(house, reference).application.fields["contact.phone"].value == "+85227009999"  # type: ignore[union-attr]
    assert now(house, reference).decision.verdict == "complete"
    archive = house.path / "supplement.eml"
    archive.write_bytes(supplement)
    report = house.path / "report.jsonl"
    assert reprocess([archive], settings=house.settings, since=None, report=report, send_replies=False) == 0
    assert json.loads(report.read_text())["outcome"] == "unchanged"
    assert now(house, reference).application.fields["contact.phone"].value == "+85227009999"  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_paper_of_another_kind_counts_as_what_staff_say_it_is(house: Installation) -> None:
    reference = incomplete(house)
    run = now(house, reference)
    other = next(document for document in run.application.documents if document.kind == "annual_return")
    told = [PaperTold(first_page=1, last_page=1, kind="provider_proposal"), PaperTold(first_page=2, last_page=other.last_page + 1, kind="other")]
    with the_case(house, reference) as (tx, case):
        staff.lay_out(tx, case.id, other.sha256, told, actor="chan", at=NOON)
    done = checked_again(house, reference, "none")
    assert done.considered.decision is not None
    assert [missing.code for missing in done.considered.decision.missing_documents] == ["annual_return"]
    kinds = [(document.kind, document.first_page) for document in done.considered.application.documents if document.sha256 == other.sha256]  # type: ignore[union-attr]
    assert kinds == [("provider_proposal", 1), ("other", 2)]
    with the_case(house, reference) as (tx, case):
        staff.lay_out(tx, case.id, other.sha256, [], actor="chan", at=NOON)
    back = checked_again(house, reference, "none").considered.decision
    assert back is not None
    assert [missing.code for missing in back.missing_documents] == ["provider_proposal"]


@pytest.mark.slow
def test_a_preview_records_nothing(house: Installation) -> None:
    reference = incomplete(house)
    waived(house, reference)
    with house.service() as service:
        seen = preview(service.handler, reference)
    assert seen.decision is not None
    assert seen.decision.verdict == "complete"
    assert now(house, reference).decision.verdict == "incomplete"


def test_a_case_that_is_not_there_is_said(house: Installation) -> None:
    with pytest.raises(Failure, match="there is no case"):
        checked_again(house, "CPPP-2026-00042-O")


def test_an_enquiry_is_never_decided_on_nor_given_an_applications_letter(house: Installation) -> None:
    house.deliver(enquiry(files={"notes.pdf": an_application().papers["br_certificate"]}))
    house.run()
    (letter,) = house.letters()
    with pytest.raises(Failure, match="is no application"):
        checked_again(house, letter.reference)
    with house.service() as service, pytest.raises(Failure, match="is no application"):
        preview(service.handler, letter.reference)
    assert house.letters() == (letter,)

"""Supplements: who may add papers to a case, what they replace, and what everybody else learns."""

from __future__ import annotations

from typing import Any

import pytest

from storage.cases import all_runs, case_by_reference, current_run
from storage.register import case_record
from storage.suggestions import open_suggestions
from storage.values import Case, CaseRecord
from tests.intake.builders import Installation, an_application, enquiry

pytestmark = pytest.mark.slow  # whole services, mail by mail

AUTHSERV = "mx.secretariat.example"
STRANGER = "eve@elsewhere.example"


def vouched(sender: str, result: str = "dmarc=pass") -> dict[str, str]:
    """What our own mail server writes about a sender."""
    return {"Authentication-Results": f"{AUTHSERV}; {result} header.from={sender.rpartition('@')[2]}"}


def started(house: Installation, *, without: str = "provider_proposal", trusted: bool = True, **more: Any) -> str:
    """An application that lacks a paper, and its reference."""
    if trusted:
        house.changes = {**house.changes, "mailbox": {"trusted_authserv": AUTHSERV}}
    house.deliver(an_application().mail(without=without, **more))
    house.run()
    return house.letters()[0].reference


def the_case(house: Installation, reference: str) -> Case:
    with house.database() as database, database.reading() as tx:
        case = case_by_reference(tx, reference)
    assert case is not None
    return case


def the_record(house: Installation, reference: str) -> CaseRecord:
    with house.database() as database, database.reading() as tx:
        record = case_record(tx, reference)
    assert record is not None
    return record


def send_proposal(house: Installation, *, sender: str = "", **more: Any) -> None:
    files = {"proposal.pdf": an_application().papers["provider_proposal"]}
    given = {"subject": "Further papers", "text": "Here it is.", "files": files, **more}
    house.deliver(enquiry(2, sender=sender or an_application().email, **given))
    house.run()


def suggested(house: Installation) -> list[str]:
    with house.database() as database, database.reading() as tx:
        return [suggestion.reference for suggestion in open_suggestions(tx)]


def test_a_reference_and_a_proven_sender_who_belongs_complete_the_case(house: Installation) -> None:
    reference = started(house)
    sender = an_application().email
    send_proposal(house, subject=f"Fwd: {reference}", headers=vouched(sender))
    assert the_case(house, reference).verdict == "complete"
    assert [(letter.template, letter.to) for letter in house.letters()] == [("missing_items", sender), ("acknowledgement", sender)]
    assert house.arrivals()[-1].trust == "passed: dmarc=pass"
    assert any("it quotes" in entry.detail for entry in the_record(house, reference).history)


def test_a_reference_alone_joins_nothing_where_no_server_is_trusted(house: Installation) -> None:
    reference = started(house, trusted=False)
    send_proposal(house, subject=f"Fwd: {reference}", headers=vouched(an_application().email))
    assert the_case(house, reference).verdict == "incomplete"
    assert suggested(house) == [reference]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authentication-Results": f"{AUTHSERV}.evil.example; dmarc=pass"},
        {"X-Note": "x", "ARC-Authentication-Results": f"i=1; {AUTHSERV}; dmarc=pass"},
        {"Authentication-Results": f"{AUTHSERV}; spf=none; dkim=none"},
    ],
)
def test_an_unproven_sender_who_quotes_a_reference_is_a_newcomer(house: Installation, headers: dict[str, str]) -> None:
    reference = started(house)
    send_proposal(house, subject=f"Fwd: {reference}", headers=headers)
    assert the_case(house, reference).verdict == "incomplete"
    assert suggested(house) == [reference]
    assert [letter.template for letter in house.letters()] == ["missing_items", "receipt"]
    assert house.letters()[1].reference != reference


def test_a_forged_sender_is_neither_answered_nor_believed_even_with_the_token(house: Installation) -> None:
    reference = started(house)
    token = {"In-Reply-To": house.letters()[0].message_id}
    send_proposal(house, headers=token | vouched(an_application().email, "dmarc=fail"))
    assert the_case(house, reference).verdict == "incomplete"
    assert len(house.letters()) == 1
    assert house.arrivals()[-1].no_reply == "no reply: the sender's authentication failed (dmarc=fail)"
    assert suggested(house) == [reference]


def test_a_forged_application_is_taken_in_flagged_and_not_answered(house: Installation) -> None:
    house.changes = {"mailbox": {"trusted_authserv": AUTHSERV}}
    house.deliver(an_application().mail(headers=vouched(an_application().email, "dmarc=fail")))
    house.run()
    assert house.letters() == ()
    assert house.status()["cases"]["review"] == 1


def test_the_token_suffices_where_the_trusted_server_says_nothing(house: Installation) -> None:
    reference = started(house)
    send_proposal(house, headers={"In-Reply-To": house.letters()[0].message_id})
    assert the_case(house, reference).verdict == "complete"


def test_a_proven_stranger_joins_nothing_and_learns_nothing(house: Installation) -> None:
    reference = started(house)
    headers = vouched(STRANGER) | {"In-Reply-To": house.letters()[0].message_id}
    send_proposal(house, sender=STRANGER, subject=f"Re: {reference}", headers=headers)
    assert the_case(house, reference).verdict == "incomplete"
    assert suggested(house) == [reference]
    (answer,) = [letter for letter in house.letters() if letter.to == STRANGER]
    assert answer.template == "receipt"
    for secret in (reference, str(an_application().applicant.values["applicant.name_en"]), an_application().email):
        assert secret not in answer.reply.text + answer.reply.subject


def test_a_consultant_who_sent_the_application_may_complete_it_and_the_applicant_hears(house: Installation) -> None:
    agent = "agent@consultants.example"
    reference = started(house, sender=agent)
    send_proposal(house, sender=agent, subject=reference, headers=vouched(agent))
    assert the_case(house, reference).verdict == "complete"
    assert {letter.to for letter in house.letters()} == {an_application().email}


def test_the_br_number_and_a_proven_sender_complete_the_case_that_lacks_something(house: Installation) -> None:
    reference = started(house, without="br_certificate")
    sender = an_application().email
    files = {"br.pdf": an_application().papers["br_certificate"]}
    house.deliver(enquiry(2, sender=sender, subject="Our papers", text="Please find the paper attached.", files=files, headers=vouched(sender)))
    house.run()
    assert the_case(house, reference).verdict == "complete"


@pytest.mark.slow
def test_the_br_number_of_an_unproven_sender_is_a_hint_for_staff(house: Installation) -> None:
    reference = started(house, without="br_certificate")
    files = {"br.pdf": an_application().papers["br_certificate"]}
    house.deliver(enquiry(2, sender=an_application().email, subject="Our papers", text="Please find the paper attached.", files=files))
    house.run()
    assert the_case(house, reference).verdict == "incomplete"
    assert suggested(house) == [reference]


@pytest.mark.slow
def test_a_new_project_in_the_thread_of_a_complete_case_is_a_new_application(house: Installation) -> None:
    house.deliver(an_application().mail())
    house.run()
    reference = house.letters()[0].reference
    other = an_application(8, **{"project.title": "Solar panels on the roof of the second workshop"})
    token = {"In-Reply-To": house.letters()[0].message_id}
    house.deliver(an_application().mail(2, form=other.form, headers=token))
    house.run()
    first, second = house.arrivals()
    assert first.case_id != second.case_id
    assert suggested(house) == [reference]
    assert len(the_record(house, reference).runs) == 1


@pytest.mark.slow
def test_a_consultants_next_client_does_not_land_in_the_last_ones_case(house: Installation) -> None:
    agent = "agent@consultants.example"
    reference = started(house, sender=agent)
    house.deliver(an_application(9).mail(2, sender=agent, headers=vouched(agent) | {"In-Reply-To": house.letters()[0].message_id}))
    house.run()
    first, second = house.arrivals()
    assert first.case_id != second.case_id
    assert suggested(house) == [reference]
    assert len(the_record(house, reference).runs) == 1


def test_both_clocks_are_right_and_the_whole_case_is_told(house: Installation) -> None:
    reference = started(house)
    before = the_case(house, reference)
    assert before.completed_on is None
    send_proposal(house, day=an_application().applicant.received_on.replace(day=28), headers={"In-Reply-To": house.letters()[0].message_id})
    case = the_case(house, reference)
    assert case.received_on == before.received_on == an_application().applicant.received_on
    assert case.completed_on == an_application().applicant.received_on.replace(day=28)
    record = the_record(house, reference)
    assert [run.cause.value for run in record.runs] == ["run", "supplement"]
    assert [mail.direction for mail in record.correspondence] == ["in", "out", "in", "out"]


@pytest.mark.slow
def test_a_later_paper_takes_the_earlier_ones_place_and_both_are_kept(house: Installation) -> None:
    reference = started(house, without="quotation")
    other = an_application(8, **{"project.title": "Another title"}).papers["provider_proposal"] + b"\n%again\n"
    token = {"In-Reply-To": house.letters()[0].message_id}
    house.deliver(enquiry(2, sender=an_application().email, text="Here it is.", files={"new.pdf": other}, headers=token))
    house.run()
    with house.database() as database, database.reading() as tx:
        run = current_run(tx, the_case(house, reference).id)
    assert run is not None
    proposals = [document for document in run.application.documents if document.kind == "provider_proposal"]
    assert [(document.name, document.superseded_by) for document in proposals] == [("provider_proposal.pdf", "2:2"), ("new.pdf", None)]


@pytest.mark.slow
def test_a_second_form_that_names_another_applicant_is_for_staff(house: Installation) -> None:
    reference = started(house)
    token = {"In-Reply-To": house.letters()[0].message_id}
    other = an_application(8, **{"applicant.br_number": "87654321"})
    house.deliver(enquiry(2, sender=an_application().email, text="The corrected form.", files={"form.pdf": other.form}, headers=token))
    house.run()
    case = the_case(house, reference)
    assert case.verdict == "review"
    assert case.br_number == "87654321"
    with house.database() as database, database.reading() as tx:
        *_, last = all_runs(tx, case.id)
    assert "applicant.br_number" in last.application.conflicts


@pytest.mark.slow
def test_a_second_form_that_corrects_a_telephone_number_simply_wins(house: Installation) -> None:
    reference = started(house)
    token = {"In-Reply-To": house.letters()[0].message_id}
    other = an_application(8, **{"contact.phone": "+85227001234"})
    files = {"form.pdf": other.form, "proposal.pdf": an_application().papers["provider_proposal"]}
    house.deliver(enquiry(2, sender=an_application().email, text="The corrected form.", files=files, headers=token))
    house.run()
    case = the_case(house, reference)
    with house.database() as database, database.reading() as tx:
        run = current_run(tx, case.id)
    assert run is not None
    assert run.application.fields["contact.phone"].value == "+85227001234"  # type: ignore[union-attr]
    assert case.verdict == "complete", [finding.check for finding in run.decision.findings if finding.outcome.value != "pass"]


def test_staff_see_the_notes_of_every_mail_of_a_case(house: Installation) -> None:
    applying = an_application()
    broken = applying.mail(without="provider_proposal").replace(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: x-odd")
    house.deliver(broken)
    house.run()
    letters = house.letters()
    assert house.status()["cases"]["review"] == 1
    send_proposal(house, headers={"In-Reply-To": letters[0].message_id})
    record = the_record(house, letters[0].reference)
    assert len(record.runs) == 2
    assert record.current is not None
    assert "mail.readable" in [finding.check for finding in record.current.decision.findings if finding.outcome.value != "pass"]


def test_a_mail_that_was_cut_off_on_its_way_asks_for_nothing(house: Installation) -> None:
    whole = an_application().mail()
    house.deliver(whole[: whole.rindex(b"Content-Transfer-Encoding") + 400])
    house.run()
    assert house.status()["cases"]["review"] == 1
    assert [letter.template for letter in house.letters()] == ["receipt"]


def test_a_link_instead_of_the_paper_is_answered_with_what_is_still_missing(house: Installation) -> None:
    reference = started(house)
    words = "Here is the paper: https://drive.google.com/file/d/abc123/view"
    headers = {"In-Reply-To": house.letters()[0].message_id}
    house.deliver(enquiry(2, sender=an_application().email, text=words, headers=headers))
    house.run()
    assert the_case(house, reference).verdict == "incomplete"
    assert [letter.template for letter in house.letters()] == ["missing_items", "missing_items"]
    assert {letter.reference for letter in house.letters()} == {reference}

"""Earlier applications, duplicates, two forms, and mails that cannot be trusted: all for staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks.values import EarlierCase, Finding, Needs, Outcome, Verdict
from tests.checks.builders import FAILS_FOR_STAFF, PASSES, UNSURE_FOR_STAFF, answer, demonstration, finding, onsite, open_checks, organisation

RECEIVED = date(2024, 3, 5)


def earlier(**changed: object) -> EarlierCase:
    said: dict[str, object] = {"reference": "CPPP-2020-00001-X", "received_on": date(2020, 6, 1), "initiative": "onsite_assessment"}
    return EarlierCase.model_validate(said | changed)


@pytest.mark.parametrize(
    ("received_on", "expected"),
    [
        (date(2019, 3, 4), UNSURE_FOR_STAFF),
        (date(2019, 3, 5), UNSURE_FOR_STAFF),
        (date(2019, 3, 6), FAILS_FOR_STAFF),
        (date(2024, 3, 5), FAILS_FOR_STAFF),
    ],
)
def test_another_assessment_of_the_same_factory_needs_five_years(received_on: date, expected: object) -> None:
    decision = onsite().judged(RECEIVED, earlier=[earlier(received_on=received_on, uscc="91441900MA4RQHCG4U")])
    assert answer(decision, "record.repeat") == expected
    assert "CPPP-2020-00001-X" in finding(decision, "record.repeat").message.en
    assert decision.verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    "matching",
    [{"br_number": "12345678"}, {"uscc": "91441900MA4RQHCG4U"}, {"factory_name": "東莞榮業金屬製品有限公司"}],
    ids=["same applicant", "same code", "same factory name"],
)
def test_an_earlier_application_of_the_same_applicant_or_factory_is_flagged(matching: dict[str, str]) -> None:
    assert answer(demonstration().judged(earlier=[earlier(**matching)]), "record.repeat") == UNSURE_FOR_STAFF


def test_applications_of_others_are_no_repeat() -> None:
    others = [earlier(br_number="87654321", uscc="91440703MA5CR2GCXG", factory_name="江门别人有限公司"), earlier()]
    assert answer(onsite().judged(earlier=others), "record.repeat") == PASSES


def test_a_later_application_does_not_make_an_earlier_one_a_repeat() -> None:
    assert answer(onsite().judged(RECEIVED, earlier=[earlier(received_on=date(2024, 3, 6), br_number="12345678")]), "record.repeat") == PASSES


def test_an_organisation_is_known_by_its_number() -> None:
    assert answer(organisation().judged(earlier=[earlier(br_number="12345678")]), "record.repeat") == UNSURE_FOR_STAFF


def test_the_same_bytes_again_are_a_possible_duplicate() -> None:
    decision = onsite().judged(earlier=[earlier(same_bytes=True, br_number="12345678")])
    assert open_checks(decision) == {"record.duplicate": Needs.STAFF}


def test_two_forms_that_disagree_are_for_staff_who_are_told_on_what() -> None:
    decision = replace(onsite(), conflicts=("project.total_cost", "contact.phone")).judged()
    assert answer(decision, "form.single") == FAILS_FOR_STAFF
    assert [reference.field for reference in finding(decision, "form.single").evidence] == ["project.total_cost", "contact.phone"]


def test_an_initiative_of_another_form_is_for_staff() -> None:
    assert answer(replace(onsite(), initiative="demonstration_i").judged(), "form.initiative_fits") == FAILS_FOR_STAFF
    assert answer(demonstration("demonstration_ii").judged(), "form.initiative_fits") == PASSES


def test_a_mail_that_cannot_be_trusted_is_for_staff() -> None:
    decision = onsite().judged(trusted=False)
    assert open_checks(decision) == {"mail.trusted": Needs.STAFF}
    assert decision.verdict is Verdict.REVIEW


def test_what_the_mailroom_noted_counts_like_any_finding() -> None:
    note: Finding = finding(onsite().judged(trusted=False), "mail.trusted")
    decision = onsite().judged(notes=[note])
    assert note in decision.findings
    assert decision.verdict is Verdict.REVIEW
    harmless = note.model_copy(update={"outcome": Outcome.PASS, "needs": None})
    assert onsite().judged(notes=[harmless]).verdict is Verdict.COMPLETE

"""An application is judged by the edition in force on the day on which it was received."""

from __future__ import annotations

from datetime import date

import pytest

from checks.values import Verdict
from parsers.values import Missing
from tests.checks.builders import (
    FAILS_FOR_STAFF,
    PASSES,
    UNSURE_FOR_STAFF,
    Draft,
    answer,
    br_certificate,
    demonstration,
    finding,
    onsite,
    organisation,
    the_policy,
)


def on_the_day(draft: Draft, day: date) -> Draft:
    """With a certificate and a project that fit the day."""
    next_year = str(day.year + 1)
    draft = draft.swapped(br_certificate(expires_on=f"{next_year}-12-31"))
    return draft.saying(project__start_on=f"{next_year}-06-01", project__end_on=f"{next_year}-08-31")


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2008, 4, 1), None),
        (date(2013, 3, 31), None),
        (date(2013, 4, 1), "2013"),
        (date(2015, 3, 31), "2013"),
        (date(2015, 4, 1), None),
        (date(2015, 6, 14), None),
        (date(2015, 6, 15), "2015"),
        (date(2020, 3, 31), "2015"),
        (date(2020, 4, 1), "2020"),
        (date(2035, 1, 1), "2020"),
    ],
)
def test_the_day_of_receipt_tells_the_edition(day: date, code: str | None) -> None:
    decision = on_the_day(onsite(), day).judged(day)
    assert decision.edition == code
    assert answer(decision, "edition.in_force") == (PASSES if code else FAILS_FOR_STAFF)
    assert (decision.funding.limit is None) == (code is None)


@pytest.mark.parametrize(
    ("day", "initiative", "ceiling"),
    [
        (date(2014, 1, 1), "onsite_assessment", 25_000),
        (date(2014, 1, 1), "demonstration_i", 300_000),
        (date(2014, 1, 1), "demonstration_ii", 300_000),
        (date(2016, 1, 1), "onsite_assessment", 28_000),
        (date(2016, 1, 1), "demonstration_i", 330_000),
        (date(2016, 1, 1), "demonstration_ii", 330_000),
        (date(2024, 1, 1), "onsite_assessment", 45_000),
        (date(2024, 1, 1), "demonstration_i", 450_000),
        (date(2024, 1, 1), "demonstration_ii", 650_000),
    ],
)
def test_each_edition_has_its_ceilings_and_one_stream_judges_both_demonstration_codes(day: date, initiative: str, ceiling: int) -> None:
    draft = onsite() if initiative == "onsite_assessment" else demonstration(initiative)
    decision = on_the_day(draft, day).saying(project__total_cost=5_000_000, project__funding_requested=ceiling).judged(day)
    assert decision.initiative == initiative
    assert decision.funding.limit == ceiling
    assert answer(decision, "funding.within_limit") == PASSES


def test_a_mail_of_a_gap_between_phases_is_for_staff_and_has_no_limit() -> None:
    day = date(2015, 5, 1)
    decision = on_the_day(onsite(), day).judged(day)
    assert (decision.verdict, decision.edition, decision.funding.limit) == (Verdict.REVIEW, None, None)
    assert "funding.within_limit" not in {each.check for each in decision.findings}


def test_organisation_support_before_2020_is_for_staff() -> None:
    day = date(2019, 12, 31)
    decision = organisation().swapped(br_certificate("Hong Kong Tinsmiths Association", expires_on="2020-12-31")).judged(day)
    assert answer(decision, "edition.initiative") == FAILS_FOR_STAFF
    assert decision.funding.limit is None
    assert decision.verdict is Verdict.REVIEW


def test_a_mail_whose_day_is_not_known_is_for_staff() -> None:
    decision = onsite().judged(None)
    assert answer(decision, "edition.in_force") == UNSURE_FOR_STAFF
    assert decision.verdict is Verdict.REVIEW


def test_the_2013_terms_have_the_same_duration() -> None:
    day = date(2014, 1, 2)
    draft = on_the_day(onsite(), day)
    assert answer(draft.judged(day), "project.duration") == PASSES
    assert finding(draft.saying(project__end_on="2015-09-01").judged(day), "project.duration").outcome.value == "fail"


@pytest.mark.parametrize(("day", "required"), [(date(2017, 12, 31), False), (date(2018, 1, 1), True)])
def test_the_social_credit_code_is_required_of_mails_received_from_2018_on(day: date, required: bool) -> None:
    decision = on_the_day(onsite(), day).having(Missing(key="factory.uscc")).judged(day)
    assert ("factory.uscc" in decision.missing_fields) is required


def test_editions_follow_each_other_without_overlap() -> None:
    covered = [
        edition.code for day in (date(2014, 1, 1), date(2019, 1, 1), date(2030, 1, 1)) for edition in the_policy().editions if edition.covers(day)
    ]
    assert covered == ["2013", "2015", "2020"]

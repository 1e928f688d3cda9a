"""The grant limit and the project's period, at their boundaries."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.money_and_time import grant_limit, last_day
from checks.policy import Stream
from parsers.values import Method
from tests.checks.builders import (
    ASKS_APPLICANT,
    PASSES,
    UNSURE_FOR_STAFF,
    WAITS,
    Draft,
    answer,
    demonstration,
    finding,
    onsite,
    organisation,
    read,
    unreadable,
)


def asking(draft: Draft, cost: float, requested: float) -> Draft:
    return draft.having(read("project.total_cost", cost), read("project.funding_requested", requested))


@pytest.mark.parametrize(
    ("draft", "cost", "at_the_limit", "above"),
    [
        (onsite(), 80_000, 40_000, 40_001),
        (onsite(), 80_000, 40_000, 40_000.01),
        (onsite(), 89_999.99, 45_000, 45_000.01),
        (onsite(), 500_000, 45_000, 45_001),
        (onsite(), 68_501, 34_250.5, 34_250.51),
        (onsite(), 68_500.99, 34_250.5, 34_250.51),
        (demonstration(), 900_000, 450_000, 450_001),
        (demonstration(), 899_998, 449_999, 450_000),
        (demonstration("demonstration_ii"), 1_300_000, 650_000, 650_001),
        (organisation(), 380_000, 342_000, 342_001),
        (organisation(), 9_000_000, 8_100_000, 8_100_001),
    ],
)
def test_the_limit_is_the_rate_times_the_cost_up_to_the_ceiling(draft: Draft, cost: float, at_the_limit: float, above: float) -> None:
    assert answer(asking(draft, cost, at_the_limit).judged(), "funding.within_limit") == PASSES
    too_much = asking(draft, cost, above).judged()
    assert answer(too_much, "funding.within_limit") == ASKS_APPLICANT
    assert too_much.missing_fields == ()


def test_amounts_in_whole_dollars_are_whole_numbers() -> None:
    funding = asking(onsite(), 84_000.0, 42_000.0).judged().funding
    assert (funding.total_cost, funding.requested, funding.limit) == (84_000, 42_000, 42_000)
    assert {type(funding.total_cost), type(funding.requested), type(funding.limit)} == {int}


def test_cents_are_kept() -> None:
    assert asking(onsite(), 68_501, 34_000).judged().funding.limit == 34_250.5


def test_the_applicant_is_told_both_amounts() -> None:
    message = finding(asking(onsite(), 80_000, 45_000).judged(), "funding.within_limit").message
    assert "HK$45,000" in message.en
    assert "HK$40,000" in message.en
    assert "40,000港元" in message.zh_hant


def test_an_amount_read_without_confidence_accuses_nobody() -> None:
    doubtful = read("project.funding_requested", 45_000, method=Method.OCR, confidence=0.4)
    assert answer(onsite().having(doubtful).judged(), "funding.within_limit") == UNSURE_FOR_STAFF


def test_without_a_cost_the_limit_waits_for_the_applicant() -> None:
    decision = onsite().blank("project.total_cost").judged()
    assert answer(decision, "funding.within_limit") == WAITS
    assert decision.funding.limit is None
    assert decision.missing_fields == ("project.total_cost",)
    assert decision.verdict.value == "incomplete"


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2024, 3, 1), 3, date(2024, 5, 31)),
        (date(2024, 1, 1), 12, date(2024, 12, 31)),
        (date(2024, 3, 15), 3, date(2024, 6, 14)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2022, 11, 30), 3, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 5, 31), 3, date(2024, 8, 30)),
        (date(2024, 12, 1), 3, date(2025, 2, 28)),
    ],
)
def test_a_period_of_months_ends_the_day_before_the_same_day(start: date, months: int, last: date) -> None:
    assert last_day(start, months) == last


@pytest.mark.parametrize(
    ("draft", "last", "day_after"),
    [
        (onsite(), "2024-05-31", "2024-06-01"),
        (demonstration(), "2025-02-28", "2025-03-01"),
        (demonstration("demonstration_ii"), "2025-02-28", "2025-03-01"),
        (organisation(), "2025-02-28", "2025-03-01"),
    ],
)
def test_a_project_that_starts_on_1_march_ends_in_time_on_the_last_day_and_too_late_on_the_next(draft: Draft, last: str, day_after: str) -> None:
    begun = draft.saying(project__start_on="2024-03-01")
    assert answer(begun.saying(project__end_on=last).judged(), "project.duration") == PASSES
    assert answer(begun.saying(project__end_on=day_after).judged(), "project.duration") == ASKS_APPLICANT


def test_a_project_may_end_on_the_day_it_starts_but_not_before() -> None:
    begun = onsite().saying(project__start_on="2024-06-01")
    assert answer(begun.saying(project__end_on="2024-06-01").judged(), "project.ends_after_start") == PASSES
    decision = begun.saying(project__end_on="2024-05-31").judged()
    assert answer(decision, "project.ends_after_start") == ASKS_APPLICANT
    assert "project.duration" not in {each.check for each in decision.findings}


def test_a_date_that_nobody_can_read_leaves_the_period_to_staff() -> None:
    decision = onsite().having(unreadable("project.end_on", "3?/8/2024", "illegible")).judged()
    assert answer(decision, "project.ends_after_start") == UNSURE_FOR_STAFF


@given(cost=st.decimals(min_value=0, max_value=10_000_000, places=2).map(float), rate=st.integers(1, 100), ceiling=st.integers(1, 1_000_000))
def test_the_limit_never_exceeds_ceiling_or_cost(cost: float, rate: int, ceiling: int) -> None:
    limit = grant_limit(Stream(initiatives=("x",), rate_percent=rate, ceiling_hkd=ceiling, months=1), cost)
    assert limit <= ceiling
    assert float(limit) <= cost + 0.005

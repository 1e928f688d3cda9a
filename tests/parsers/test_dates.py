"""Dates in the writings of Hong Kong and Mainland offices."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.dates import find_dates, read_date
from parsers.normal_values import Malformed, Normal


@pytest.mark.parametrize(
    "text",
    [
        "5 March 2024",
        "Mar. 5, 2024",
        "5th day of March, 2024",
        "05-MAR-2024",
        "05/03/2024",
        "5.3.2024",
        "5-3-24",
        "2024-03-05",
        "2024/3/5",
        "2024.03.05",
        "20240305",
        "05032024",
        "2024年3月5日",
        "2024 年 03 月 05 日",
        "二〇二四年三月五日",
        "二零二四年三月五日",
        "贰零贰肆年叁月零伍日",
        "２０２４年３月５日",
        "0 5 0 3 2 0 2 4",
        "0 5 / 0 3 / 2 0 2 4",
        "05 日 03 月 2024 年",
        "Day 5 Month 3 Year 2024",
        "5 March 2024 (Tuesday)",
        "2024-03-05T10:30:00",
        "DD/MM/YYYY 05/03/2024",
        "日期：2024年3月5日",
    ],
)
def test_one_day_in_its_many_writings(text: str) -> None:
    outcome = read_date(text)
    assert isinstance(outcome, Normal)
    assert outcome.value == "2024-03-05"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("一九九六年五月二日", "1996-05-02"),
        ("2024年十二月廿五日", "2024-12-25"),
        ("二零二四年十月三十一日", "2024-10-31"),
        ("2023年元月一日", "2023-01-01"),
    ],
)
def test_chinese_figures(text: str, iso: str) -> None:
    assert [found.iso for found in find_dates(text)] == [iso]


@pytest.mark.parametrize("text", ["03/15/2024", "31/02/2024", "29/2/2023", "2024年13月1日", "2024-00-10"])
def test_a_day_that_does_not_exist_is_malformed(text: str) -> None:
    assert read_date(text) == Malformed(reason="no such day in the calendar")
    assert find_dates(text) == ()


@pytest.mark.parametrize("text", ["March 2024", "next Tuesday", "民國113年3月5日", "12345678-000-01-24-1"])
def test_what_is_no_whole_date_is_malformed(text: str) -> None:
    assert isinstance(read_date(text), Malformed)


def test_two_dates_where_one_is_asked_are_for_a_person() -> None:
    assert read_date("1/3/2024 - 31/5/2024") == Malformed(reason="more than one date", doubtful=True)


def test_a_rule_that_had_to_choose_lowers_the_certainty() -> None:
    certain = {
        text: outcome.certainty
        for text in ("5 March 2024", "5/3/2024", "5/3/24", "050324", "MM/DD/YYYY 05/03/2024")
        if isinstance(outcome := read_date(text), Normal)
    }
    assert certain["5 March 2024"] == 1.0
    assert certain["5 March 2024"] > certain["5/3/2024"] > certain["5/3/24"] > certain["050324"]
    assert certain["MM/DD/YYYY 05/03/2024"] <= 0.5


def test_two_digit_years_fall_by_a_window() -> None:
    assert [found.iso for found in find_dates("5/3/49, 5/3/50")] == ["2049-03-05", "1950-03-05"]


def test_dates_in_running_text_keep_their_places() -> None:
    text = "自２０２４年３月５日起至 31 May 2024 止，電話 2012 0512，編號 12345678-000-01-24-1"
    assert [(text[found.start : found.end], found.iso) for found in find_dates(text)] == [
        ("２０２４年３月５日", "2024-03-05"),
        ("31 May 2024", "2024-05-31"),
    ]


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2049, 12, 31)))
def test_every_day_is_read_back_from_every_usual_writing(day: date) -> None:
    for writing in ("%d/%m/%Y", "%Y-%m-%d", "%Y年%m月%d日", "%d %B %Y", "%b %d, %Y", "%d.%m.%Y", "%Y%m%d", "%d%m%Y", "%d-%m-%y"):
        outcome = read_date(day.strftime(writing))
        assert isinstance(outcome, Normal)
        assert outcome.value == day.isoformat()


@given(st.text(alphabet="0123456789/-. 年月日二〇十MarchＡ１", max_size=60))
def test_found_dates_stand_where_they_say_and_do_not_overlap(text: str) -> None:
    found = find_dates(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))

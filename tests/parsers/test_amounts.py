"""Amounts of money, shares and head counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.amounts import find_amounts, read_integer, read_money, read_percent
from parsers.normal_values import Malformed, Normal


@pytest.mark.parametrize(
    "text",
    [
        "HK$ 880,000.00",
        "HKD880000",
        "HK$880,000",
        "$880,000",
        "880,000.00",
        "880000",
        "港幣88萬元",
        "港币 88 万元",
        "88万",
        "捌拾捌万元整",
        "八十八萬元正",
        "880 000",
        "880,000元",
        "880,000.-",
        "880,000/-",
        "880,000 HKD",
        "0.88 million",
        "880K",
        "HK$880,000.00 (港幣捌拾捌萬元正)",
        "880 , 000 . 00",
        "8 8 0 0 0 0",
        "８８０，０００",
        "HK$880,000 (50%)",
        "一、顧問費 880,000",
    ],
)
def test_one_amount_in_its_many_writings(text: str) -> None:
    outcome = read_money(text)
    assert isinstance(outcome, Normal)
    assert (outcome.value, type(outcome.value)) == (880000, int)
    assert outcome.certainty >= 0.9


@pytest.mark.parametrize(
    ("text", "value"), [("72,000.50", 72000.5), ("港幣肆拾肆萬元伍角", 440000.5), ("八十八萬五千", 885000), ("1.2 million", 1200000), ("$0.00", 0)]
)
def test_cents_and_mixed_units(text: str, value: float) -> None:
    outcome = read_money(text)
    assert isinstance(outcome, Normal)
    assert outcome.value == value


@pytest.mark.parametrize("text", ["HK$880.000", "1,2345", "880,00", "RMB 880,000", "US$5,000", "$50,000 - $60,000", "HK$880,000 (港幣捌拾萬元正)"])
def test_an_amount_that_can_be_read_two_ways_is_never_certain(text: str) -> None:
    outcome = read_money(text)
    assert isinstance(outcome, Normal)
    assert outcome.certainty <= 0.5
    assert outcome.note


@pytest.mark.parametrize("text", ["HK$", "to be confirmed", "待定", "-5,000"])
def test_what_is_no_amount_is_malformed(text: str) -> None:
    assert isinstance(read_money(text), Malformed)


def test_amounts_in_running_text_keep_their_places_and_currency() -> None:
    text = "總計：HK$123,456.78；另付人民幣 1,000 元，三百二十元，電話 2788-5588，2024-03-05，參考 AB-12,345，共 3 件"
    assert [(text[one.start : one.end], one.value, one.currency) for one in find_amounts(text)] == [
        ("HK$123,456.78", 123456.78, "HKD"),
        ("人民幣 1,000 元", 1000, "CNY"),
        ("三百二十元", 320, None),
    ]


@given(st.integers(min_value=0, max_value=10**9 * 100))
def test_every_amount_of_cents_is_read_back(cents: int) -> None:
    for text in (f"HK${cents / 100:,.2f}", f"{cents / 100:.2f}"):
        outcome = read_money(text)
        assert isinstance(outcome, Normal)
        assert outcome.value == pytest.approx(cents / 100, abs=1e-9)
        assert outcome.certainty == 1.0


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("50.01 %", 50.01),
        ("50.00", 50),
        ("29.99%", 29.99),
        ("百分之五十", 50),
        ("百分之五十点零一", 50.01),
        ("５１％", 51),
        ("五成半", 55),
        ("100%", 100),
        ("51 per cent", 51),
    ],
)
def test_shares_are_exact(text: str, share: float) -> None:
    assert read_percent(text) == Normal(value=share)


def test_a_share_outside_0_to_100_or_two_shares_are_malformed() -> None:
    assert isinstance(read_percent("101"), Malformed)
    assert isinstance(read_percent("-3%"), Malformed)
    assert read_percent("50%-60%") == Malformed(reason="more than one percentage", doubtful=True)


@pytest.mark.parametrize(
    ("text", "count"), [("433", 433), ("約 300 人", 300), ("1,200", 1200), ("三百", 300), ("一百二十名", 120), ("approx. 250 employees", 250)]
)
def test_head_counts(text: str, count: int) -> None:
    assert read_integer(text) == Normal(value=count)


def test_head_counts_that_are_none() -> None:
    assert read_integer("300-350") == Malformed(reason="more than one number", doubtful=True)
    assert isinstance(read_integer("3.5"), Malformed)
    assert isinstance(read_integer("many"), Malformed)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Hong Kong Dollars Eight Hundred Thousand Only", 800_000),
        ("HONG KONG DOLLARS EIGHT HUNDRED AND EIGHTY THOUSAND ONLY", 880_000),
        ("Sixty-four thousand dollars", 64_000),
        ("One million two hundred thirty-four thousand five hundred and sixty-seven dollars and fifty cents", 1_234_567.5),
        ("HK Dollars Nineteen Thousand and cents Five Only", 19_000.05),
    ],
)
def test_amounts_in_english_words_are_read(written: str, value: float) -> None:
    amount = read_money(written)
    assert isinstance(amount, Normal)
    assert amount.value == value


@pytest.mark.parametrize(
    "written", ["US Dollars Eight Hundred", "Hong Kong Dollars Only", "thousand million dollars", "twenty thirty dollars", "see quotation one"]
)
def test_words_that_make_no_amount_in_hong_kong_dollars_are_none(written: str) -> None:
    assert isinstance(read_money(written), Malformed)


@pytest.mark.parametrize("written", ["RMB 880,000", "人民幣88萬元", "¥880,000", "US$ 880,000", "88万元人民币"])
def test_an_amount_in_another_currency_is_never_sure(written: str) -> None:
    amount = read_money(written)
    assert isinstance(amount, Normal)
    assert amount.certainty <= 0.3


@pytest.mark.parametrize("written", ["港幣88萬元", "88萬元", "港币捌拾捌万元", "HK$0.88 million"])
def test_units_of_ten_thousand_are_read(written: str) -> None:
    amount = read_money(written)
    assert isinstance(amount, Normal)
    assert amount.value == 880_000

"""What stands in a field becomes its normal form, or a reason why it cannot; a guess is never silent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.catalogue import Choice, FieldType
from parsers.normal_forms import Malformed, Normal, read_value
from parsers.values import Words

INITIATIVES = (
    Choice(code="onsite_assessment", words=Words(en="On-site Improvement Assessment", zh_hant="實地評估", zh_hans="实地评估")),
    Choice(code="demonstration_i", words=Words(en="Demonstration Project (i)", zh_hant="示範項目(i)", zh_hans="示范项目(i)")),
    Choice(code="demonstration_ii", words=Words(en="Demonstration Project (ii)", zh_hant="示範項目(ii)", zh_hans="示范项目(ii)")),
)
SECTORS = (
    Choice(code="metal_products", words=Words(en="Metal and Metal Products", zh_hant="金屬和金屬製品業", zh_hans="金属和金属制品业")),
    Choice(code="textiles", words=Words(en="Textiles", zh_hant="紡織業", zh_hans="纺织业")),
    Choice(code="other", words=Words(en="Others", zh_hant="其他", zh_hans="其他")),
)


def value_of(text: str, type: FieldType, **more: object) -> object:
    outcome = read_value(text, type, **more)  # type: ignore[arg-type]
    return outcome.value if isinstance(outcome, Normal) else outcome


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("demonstration_ii", "demonstration_ii"),
        ("Demonstration Project (ii)", "demonstration_ii"),
        ("DEMONSTRATION  PROJECT (I)", "demonstration_i"),
        ("示範項目（ｉｉ）", "demonstration_ii"),
        ("示范项目(i)", "demonstration_i"),
        ("Demonstration Project (i) innovative coating", "demonstration_i"),
        ("On-site Improvment Assessment", "onsite_assessment"),
        ("B. 實地評估", "onsite_assessment"),
    ],
)
def test_an_answer_is_known_by_its_code_its_words_in_any_language_or_words_nearly_the_same(text: str, code: str) -> None:
    assert value_of(text, FieldType.CHOICE, choices=INITIATIVES) == code


def test_an_answer_that_fits_two_choices_is_no_answer() -> None:
    outcome = read_value("Demonstraton Projct (1)", FieldType.CHOICE, choices=INITIATIVES)
    assert isinstance(outcome, Malformed)
    assert outcome.doubtful
    assert read_value("Textiles, Others", FieldType.CHOICE, choices=SECTORS) == Malformed(reason="more than one of the answers", doubtful=True)


def test_an_answer_that_is_not_offered_is_malformed() -> None:
    assert read_value("Shipping", FieldType.CHOICE, choices=SECTORS) == Malformed(reason="none of the answers")


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Yes", True), ("是", True), ("有", True), ("✓", True), ("no", False), ("否", False), ("沒有", False), ("☑ Yes ☐ No", True), ("□是 ☑否", False)],
)
def test_yes_and_no_in_words_and_ticks(text: str, answer: bool) -> None:
    assert value_of(text, FieldType.FLAG) is answer


def test_two_ticks_are_no_answer() -> None:
    assert isinstance(read_value("☑ Yes ☑ No", FieldType.FLAG), Malformed)
    assert isinstance(read_value("perhaps", FieldType.FLAG), Malformed)


def test_names_and_addresses_come_as_printed_with_white_space_collapsed() -> None:
    assert value_of("  Bright\u3000Dyeing \n (Holdings)  Limited ", FieldType.NAME) == "Bright Dyeing (Holdings) Limited"
    assert value_of("廣東省東莞市\n長安鎮（上沙）", FieldType.ADDRESS) == "廣東省東莞市長安鎮（上沙）"
    assert value_of("㆗山市⻑安路", FieldType.ADDRESS) == "中山市長安路"


def test_an_empty_place_says_that_nothing_is_written() -> None:
    for type in FieldType:
        assert read_value(" \u3000\u200b\0\n", type, choices=SECTORS) == Malformed(reason="nothing is written")


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=60) | st.text(alphabet="0123456789 /-.,()年月日萬元%@$HK一二十百零\0", max_size=40), type=st.sampled_from(list(FieldType))
)
def test_reading_never_raises_on_any_text(text: str, type: FieldType) -> None:
    outcome = read_value(text, type, choices=SECTORS)
    assert isinstance(outcome, Malformed) or 0 < outcome.certainty <= 1

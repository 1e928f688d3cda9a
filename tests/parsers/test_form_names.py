"""One line for the applicant's name is told apart by its language, whatever stands in it."""

from __future__ import annotations

import pytest

from parsers.form_names import tell_names_apart
from parsers.values import Evidence, Field, Method, Read


def told(text: str) -> dict[str, object]:
    evidence = Evidence(document="form.pdf", part="2", page=1, box=None, quote=text, method=Method.TEXT, confidence=0.99)
    fields: dict[str, Field] = {"applicant.name_en": Read(key="applicant.name_en", value=text, text=text, evidence=evidence)}
    tell_names_apart(fields)
    return {key: field.value for key, field in fields.items() if isinstance(field, Read)}


def test_both_names_on_one_line_are_two_and_a_chinese_one_alone_is_the_chinese_one() -> None:
    both = told("Green Harvest Limited 綠豐有限公司")
    assert both == {"applicant.name_en": "Green Harvest Limited", "applicant.name_zh": "綠豐有限公司"}
    assert told("綠豐(香港)有限公司") == {"applicant.name_zh": "綠豐(香港)有限公司"}


@pytest.mark.parametrize("text", ["Green Harvest 廠 Limited", "A (廠) () Ltd", "廠", "Green Harvest Limited"])
def test_a_single_character_among_english_words_makes_no_chinese_name(text: str) -> None:
    assert told(text) == {"applicant.name_en": text}

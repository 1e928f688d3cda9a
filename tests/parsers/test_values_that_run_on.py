"""Forms whose values stand right behind their labels, with nothing but a space between, and labels in brackets under their lines."""

from __future__ import annotations

import pytest

from parsers.values import Read, Unreadable
from tests.parsers.form_pages import fields, form_page

TITLE = "Application Form B - Demonstration Project"


@pytest.mark.parametrize(
    ("row", "key", "value"),
    [
        ("16. Project Heading Variable Speed Drives for Air Compressors", "project.title", "Variable Speed Drives for Air Compressors"),
        ("1. Name of Enterprise (Eng) Ho Hop Sing Paper Company Limited", "applicant.name_en", "Ho Hop Sing Paper Company Limited"),
        ("19. Overall Cost HK$71,600.00", "project.total_cost", 71600),
        ("22. Name of Declarant Yip Siu Fan", "declaration.name", "Yip Siu Fan"),
    ],
)
def test_a_label_ends_where_its_words_end_on_a_numbered_row(row: str, key: str, value: object) -> None:
    field = fields(form_page(TITLE, row))[key]
    assert isinstance(field, Read)
    assert str(field.value) == str(value)


@pytest.mark.parametrize(
    ("row", "key", "words"),
    [
        ("3. Company Name in English Hong Kong Dyers Limited", "applicant.name_en", "Hong Kong Dyers Limited"),
        ("9. Factory Full Name General Metal Works", "factory.name", "General Metal Works"),
    ],
)
def test_words_that_may_be_of_the_label_or_of_the_value_are_for_staff(row: str, key: str, words: str) -> None:
    field = fields(form_page(TITLE, row))[key]
    assert isinstance(field, Unreadable)
    assert (field.text, field.reason) == (words, "illegible")


def test_a_name_made_of_labels_words_behind_a_chinese_label_is_no_empty_place() -> None:
    field = fields(form_page(TITLE, "2. 申請機構中文名稱 香港傢具業協會"))["applicant.name_zh"]
    assert isinstance(field, Read | Unreadable)
    assert field.text == "香港傢具業協會"


def test_a_numbered_row_is_no_part_of_the_value_above_it() -> None:
    page = form_page(
        TITLE, "5. Correspondence Address Unit 13, 21/F, Golden Gate Building, 33 Hung To Road, Kwun Tong, Kowloon", "6. Xyzzy Cheung Suk Yee"
    )
    field = fields(page)["applicant.address"]
    assert isinstance(field, Read)
    assert str(field.value).endswith("Kowloon")


def test_labels_in_brackets_under_their_lines_ask_for_what_stands_above_them() -> None:
    page = form_page(
        TITLE,
        "Keung Wai Ming Glass Company Limited",
        "(Company Name in English)",
        "強偉明玻璃有限公司",
        "(公司中文全名)",
        "53167544",
        "(商業登記編號)",
        "Telephone 27885588",
    )
    found = fields(page)
    assert [getattr(found[key], "value", None) for key in ("applicant.name_en", "applicant.name_zh", "applicant.br_number")] == [
        "Keung Wai Ming Glass Company Limited",
        "強偉明玻璃有限公司",
        "53167544",
    ]

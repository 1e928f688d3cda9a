"""Labels that stand in the line of a frame, whose ends readers of pictures take for dashes."""

from __future__ import annotations

from parsers.line_ends import without_line_ends
from parsers.values import Page
from tests.parsers.form_pages import form_page, values

CARDS = (
    "- Registered Name in English-",
    "Wing Fung Dyers Limited",
    "— Applicant Company Name (Chinese) —",
    "永豐染廠有限公司",
    "-Business Registration Number",
    "12345678",
    "- Date of Incorporation-",
    "21/11/1990",
)


def _scanned(*rows: str) -> Page:
    return form_page(*rows, confidence=0.98).model_copy(update={"source": "ocr"})


def test_the_line_of_a_frame_around_a_label_is_no_part_of_it() -> None:
    found = values(_scanned(*CARDS))
    assert found["applicant.name_en"] == "Wing Fung Dyers Limited"
    assert found["applicant.name_zh"] == "永豐染廠有限公司"
    assert found["applicant.br_number"] == "12345678"
    assert found["applicant.established_on"] == "1990-11-21"


def test_dashes_within_values_stay() -> None:
    page = _scanned(*CARDS, "- Telephone -", "(852) 2788-5588", "Wing-Fung - Dyeing -")
    text = [word.text for word in without_line_ends(page).words]
    assert "2788-5588" in text
    assert text[-4:] == ["Wing-Fung", "-", "Dyeing", "-"]


def test_a_page_with_few_dashes_is_left_as_it_is() -> None:
    page = _scanned("- Telephone", "2788 5588", "E-mail")
    assert without_line_ends(page) is page


def test_a_page_that_is_no_picture_is_left_as_it_is() -> None:
    page = form_page(*CARDS)
    assert without_line_ends(page) is page

"""Labels are found where they are labels, and not where their words stand in a sentence, a heading or a value."""

from __future__ import annotations

import pytest

from intake.programme import load_programme
from parsers.form_layout import sheet_of
from parsers.form_stream import streams_of
from parsers.labels import label_book
from parsers.values import Box, Page, Word

CATALOGUE = load_programme().catalogue
BOOK = label_book(CATALOGUE)


def page(*lines: str, cells: tuple[Box, ...] = ()) -> Page:
    """Lines 20 points apart; words five points a letter (ten a Chinese one); a tab is a wide gap."""
    words = []
    for row, line in enumerate(lines):
        x, top = 50.0, 100.0 + 20 * row
        for piece in line.replace("\t", " \t ").split(" "):
            if piece == "\t":
                x += 60
                continue
            width = sum(10.0 if ord(letter) > 0x2E7F else 5.0 for letter in piece)
            words.append(Word(text=piece, box=(x, top, x + width, top + 10), line=row))
            x += width + 3
    return Page(number=1, width=595, height=842, words=tuple(words), cells=cells, source="text")


def labels_on(sheet: Page, *, forgiving: bool = False) -> list[str]:
    found = sheet_of(streams_of(sheet), BOOK, forgiving=forgiving, page_width=595).labels
    return [hit.keys[0] for hit in found if hit.keys and not hit.heading]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("BR No. 12345678", "applicant.br_number"),
        ("B.R. Number: 12345678", "applicant.br_number"),
        ("商業登記證號碼 12345678", "applicant.br_number"),
        ("Tel: 2788 5588", "contact.phone"),
        ("Contact No.\t2788 5588", "contact.phone"),
        ("電話 2788 5588", "contact.phone"),
        ("聯絡人 陳大文", "contact.name"),
        ("Company Name (Eng)\tHarbour Tools Limited", "applicant.name_en"),
        ("公司名称(中文)：海港工具有限公司", "applicant.name_zh"),
        ("Email office@harbour.example", "contact.email"),
        ("项目总预算：880,000", "project.total_cost"),
    ],
)
def test_offices_words_for_a_field_are_its_label(line: str, key: str) -> None:
    assert labels_on(page(line)) == [key]


@pytest.mark.parametrize(
    "line",
    [
        "Factory in Hong Kong owned and operated by the applicant",
        "Please send the form by e-mail with all supporting documents",
        "The name of company and the address are those of the certificate",
    ],
)
def test_words_of_a_sentence_are_no_label(line: str) -> None:
    assert labels_on(page(line)) == []


@pytest.mark.parametrize("line", ["2. Contact 聯絡資料", "3. Factory 工廠資料"])
def test_a_word_of_a_heading_is_no_label(line: str) -> None:
    assert labels_on(page(line)) == []


def test_the_longer_of_two_labels_wins() -> None:
    assert labels_on(page("Name of Applicant (Chinese): 海港工具有限公司")) == ["applicant.name_zh"]


def test_a_label_misread_by_some_letters_is_known_on_a_picture_only() -> None:
    line = page("Narne cf Applicaut (English): Harbour Tools Limited")
    assert labels_on(line, forgiving=True) == ["applicant.name_en"]
    assert labels_on(line) == []


def test_the_section_tells_whose_address_it_is() -> None:
    sheet = page("1. Applicant", "Address:\t8 Harbour Road", "2. Factory", "Address:\t5 Mill Lane", "3. Declaration", "Date:\t1 March 2024")
    assert labels_on(sheet) == ["applicant.address", "factory.address", "declaration.signed_on"]


def test_the_second_line_of_a_value_is_no_label() -> None:
    cells = ((45.0, 95.0, 160.0, 135.0), (160.0, 95.0, 400.0, 135.0))
    words = [*page("Company Name (Eng)").words]
    for row, line in enumerate(("Hong Kong Chemical", "Industry Association")):
        x = 165.0
        for piece in line.split():
            words.append(Word(text=piece, box=(x, 100.0 + 14 * row, x + 5 * len(piece), 110.0 + 14 * row), line=row))
            x += 5 * len(piece) + 3
    sheet = Page(number=1, width=595, height=842, words=tuple(words), cells=cells, source="text")
    assert labels_on(sheet) == ["applicant.name_en"]

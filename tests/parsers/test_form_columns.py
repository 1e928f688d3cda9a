"""Forms in two columns: each column is read by itself, and what runs over both stays whole."""

from __future__ import annotations

from parsers.values import Page, Word
from tests.parsers.form_pages import form_page, values

TITLE = "Application Form B - Demonstration Project"
LEFT, RIGHT = 50.0, 320.0


def _page(*placed: tuple[float, float, str]) -> Page:
    """A digital page with a title and texts at (left, top), 10 points high."""
    words, page = [], form_page(TITLE)
    for line, (x, y, text) in enumerate(placed, 5):
        at = x
        for piece in text.split():
            wide = sum(10.0 if c > "\u2e7f" else 5.5 for c in piece)
            words.append(Word(text=piece, box=(at, y, at + wide, y + 10), line=line))
            at += wide + 3
    return page.model_copy(update={"words": (*page.words, *words)})


def test_two_columns_of_labels_above_their_values_do_not_mix_though_their_rows_are_not_level() -> None:
    page = _page(
        (LEFT, 100, "Contact Person"), (LEFT, 112, "Chan Mei Ling"), (LEFT, 134, "Position"), (LEFT, 146, "Works Manager"),
        (LEFT, 168, "E-mail"), (LEFT, 180, "office@wingfung.example"),
        (RIGHT, 106, "Date of Establishment"), (RIGHT, 118, "5 March 2004"), (RIGHT, 141, "Total Project Cost (HK$)"), (RIGHT, 153, "880,000"),
        (RIGHT, 175, "Tel"), (RIGHT, 187, "2345 6789"),
    )  # fmt: skip
    read = values(page)
    assert (read["contact.name"], read["contact.title"], read["contact.email"]) == ("Chan Mei Ling", "Works Manager", "office@wingfung.example")
    assert (read["applicant.established_on"], read["project.total_cost"], read["contact.phone"]) == ("2004-03-05", 880000, "+85223456789")


def test_a_label_that_goes_on_below_in_its_own_column_is_one_label() -> None:
    page = _page(
        (LEFT, 100, "Business Registration"), (LEFT, 112, "Certificate Number"), (LEFT, 124, "12345678"), (LEFT, 150, "E-mail"),
        (LEFT, 162, "office@wingfung.example"), (RIGHT, 103, "Contact Person"), (RIGHT, 115, "Chan Mei Ling"), (RIGHT, 145, "Position"),
        (RIGHT, 157, "Works Manager"),
    )  # fmt: skip
    read = values(page)
    assert (read["applicant.br_number"], read["contact.name"]) == ("12345678", "Chan Mei Ling")


def test_an_empty_place_in_one_column_takes_nothing_from_the_other() -> None:
    page = _page(
        (LEFT, 100, "Contact Person"), (LEFT, 134, "Position"), (LEFT, 146, "Works Manager"),
        (RIGHT, 100, "Project Title"), (RIGHT, 112, "Heat recovery"), (RIGHT, 134, "Tel"), (RIGHT, 146, "2345 6789"),
    )  # fmt: skip
    assert "contact.name" not in values(page)


def test_a_value_over_both_columns_stays_whole() -> None:
    page = _page(
        (LEFT, 100, "Contact Person"), (LEFT, 112, "Chan Mei Ling"), (RIGHT, 100, "Tel"), (RIGHT, 112, "2345 6789"),
        (LEFT, 134, "Position"), (LEFT, 146, "Works Manager"), (RIGHT, 134, "E-mail"), (RIGHT, 146, "office@wingfung.example"),
        (LEFT, 168, "Business Address in Hong Kong"),
        (LEFT, 180, "Unit 10, 11/F, Golden Gate Industrial Building, 16 Au Pui Wan Street, Fo Tan, New Territories,"), (LEFT, 193, "Hong Kong"),
    )  # fmt: skip
    read = values(page)
    assert read["applicant.address"] == "Unit 10, 11/F, Golden Gate Industrial Building, 16 Au Pui Wan Street, Fo Tan, New Territories, Hong Kong"
    assert read["contact.email"] == "office@wingfung.example"


def test_values_that_begin_left_of_the_labels_over_them_belong_to_their_column() -> None:
    page = _page(
        (LEFT + 6, 100, "Business Registration Number"), (LEFT, 112, "12345678"),
        (RIGHT + 6, 100, "Date of Establishment"), (RIGHT, 112, "5 March 2004"),
        (LEFT + 6, 134, "Contact Person"), (LEFT, 146, "Chan Mei Ling"), (RIGHT + 6, 134, "Tel"), (RIGHT, 146, "2345 6789"),
    )  # fmt: skip
    read = values(page)
    assert (read["applicant.br_number"], read["applicant.established_on"]) == ("12345678", "2004-03-05")
    assert (read["contact.name"], read["contact.phone"]) == ("Chan Mei Ling", "+85223456789")

"""Values in unusual places by their labels: in the cell left of the label, in a box under a strip of labels; labels with raised marks."""

from __future__ import annotations

from parsers.values import Missing
from tests.parsers.form_pages import fields, form_page, values

TITLE = "Application Form B - Demonstration Project"
PAIRS = (
    ("12345678", "BR No."),
    ("2345 6789", "Tel"),
    ("office@wingfung.example", "E-mail"),
    ("Works Manager", "Position"),
    ("Chan Mei Ling", "Contact Person"),
)


def test_a_table_with_its_labels_on_the_right_is_read_from_the_cells_on_their_left() -> None:
    found = values(form_page(TITLE, *PAIRS))
    assert (found["applicant.br_number"], found["contact.phone"], found["contact.name"]) == ("12345678", "+85223456789", "Chan Mei Ling")


def test_an_empty_cell_left_of_its_label_is_missing_and_the_next_label_is_not_taken_for_its_value() -> None:
    found = fields(form_page(TITLE, *PAIRS[:4], ("", "Contact Person"), ("8 Hung To Road, Kwun Tong", "Business Address in Hong Kong")))
    assert isinstance(found["contact.name"], Missing)


def test_numbers_in_the_cells_before_the_labels_are_no_values() -> None:
    rows = [(str(at), label, value) for at, (value, label) in enumerate(PAIRS, 1)]
    found = values(form_page(TITLE, *rows))
    assert (found["applicant.br_number"], found["contact.name"]) == ("12345678", "Chan Mei Ling")


def test_a_raised_mark_behind_a_chinese_label_is_no_part_of_its_value() -> None:
    assert (
        values(form_page(TITLE, "公司名稱(英文)1: Wing Fung Dyeing Limited", "電話2: 2345 6789"))["applicant.name_en"] == "Wing Fung Dyeing Limited"
    )

"""The rectangular chop of Hong Kong as a reader of pictures sees it: rows of print that are a stamp's."""

from __future__ import annotations

from parsers.form_reading import read_form
from parsers.values import Page, Read
from tests.parsers.form_pages import catalogue, form_page

STAMP = ("For and on behalf of", "HARBOUR DYERS LIMITED", "Authorized Signature(s)")


def _page(*stamp: str, name: str = "Harbour Dyers Limited", scanned: bool = True) -> Page:
    rows = [
        "Application Form B - Demonstration Project",
        f"Company Name (Eng): {name}",
        "Authorised Signature:",
        "",
        "",
        "",
        "",
        "Company Chop:",
        *stamp,
    ]
    return form_page(*rows, confidence=0.98 if scanned else 1.0)


def _chop(page: Page) -> object:
    field = read_form([page], catalogue(), document="form.pdf", part="2").fields["declaration.chop"]
    return field.value if isinstance(field, Read) else None


def test_a_stamp_of_three_rows_with_the_applicants_name_is_a_chop() -> None:
    assert _chop(_page(*STAMP)) is True


def test_another_companys_stamp_or_a_part_of_one_is_for_staff() -> None:
    assert _chop(_page(*STAMP, name="Island Tools Limited")) is not True
    assert _chop(_page(*STAMP[1:])) is not True
    assert _chop(_page(*STAMP[:2])) is not True


def test_such_words_typed_on_a_digital_form_are_no_chop() -> None:
    assert _chop(_page(*STAMP, scanned=False)) is not True


def test_the_last_row_of_a_stamp_is_no_signed_place() -> None:
    field = read_form([_page(*STAMP)], catalogue(), document="form.pdf", part="2").fields["declaration.signature"]
    assert not (isinstance(field, Read) and field.value is True)

"""Small printed help on a digital form: it is no value, and no part of a value that a letter may rest on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from parsers.values import Field, Missing, Page, Read, Word
from tests.parsers.form_pages import fields

TYPE, SMALL = 10.0, 7.0
LABELS = (
    ("Company Name (Eng)", "as it stands on the registration", "Wing Fung Dyeing Company Limited"),
    ("BR No.", "first eight digits only", "28381688"),
    ("Address", "in Hong Kong", "12 Harbour Row, Kwun Tong"),
    ("Contact Person", "", "Chan Siu Ming"),
    ("Position", "", "Manager"),
    ("Project Title", "in plain words", "Heat Recovery"),
)


def _words(text: str, x: float, top: float, size: float | None, line: int) -> Iterator[Word]:
    high = size or SMALL
    for piece in text.split():
        wide = 0.5 * high * len(piece)
        yield Word(text=piece, box=(x, top, x + wide, top + high), line=line, size=size)
        x += wide + 0.28 * high


def _page(rows: list[tuple[str, str, str]], *, help_size: float | None = SMALL, under_value: bool = False, value_size: float = TYPE) -> Page:
    """Labels at the left with help under them, values at the right; ``under_value``: the help stands under the value instead."""
    words = list(_words("Application Form B - Demonstration Project", 150, 40, 14, 0))
    top = 100.0
    for line, (label, told, value) in enumerate(rows):
        words += [*_words(label, 44, top, TYPE, 3 * line + 1), *_words(value, 250, top, value_size, 3 * line + 1)]
        words += _words(told, 250 if under_value else 44, top + 11, help_size, 3 * line + 2)
        top += 30
    return Page(number=1, width=595, height=842, source="text", words=tuple(words))


def _confidence(field: Field) -> float:
    assert field.evidence is not None
    return field.evidence.confidence


def test_help_under_labels_is_no_value_where_the_form_has_the_habit() -> None:
    rows = [(label, told, "" if label == "Address" else value) for label, told, value in LABELS]
    read = fields(_page(rows))
    assert isinstance(read["applicant.address"], Missing), "the help alone is no address"
    name = read["applicant.name_en"]
    assert isinstance(name, Read)
    assert name.value == "Wing Fung Dyeing Company Limited"
    assert _confidence(name) > 0.8
    number = read["applicant.br_number"]
    assert isinstance(number, Read)
    assert number.value == "28381688"


def test_one_small_line_under_a_label_without_a_value_is_left_to_staff() -> None:
    rows = [(label, told if label == "Project Title" else "", "" if label == "Project Title" else value) for label, told, value in LABELS]
    read = fields(_page(rows))
    assert not isinstance(read["project.title"], Missing)
    assert _confidence(read["project.title"]) <= 0.5
    assert _confidence(read["applicant.name_en"]) > 0.8


def test_values_in_small_type_under_their_labels_are_values() -> None:
    rows = [(label, value, "") for label, _, value in LABELS]
    read = fields(_page(rows))
    name, number = read["applicant.name_en"], read["applicant.br_number"]
    assert isinstance(name, Read)
    assert isinstance(number, Read)
    assert (name.value, number.value) == ("Wing Fung Dyeing Company Limited", "28381688")
    assert min(_confidence(name), _confidence(number)) > 0.8


@pytest.mark.parametrize("help_size", [6.0, 7.0, 8.4])
def test_smaller_words_that_joined_a_value_leave_it_to_staff(help_size: float) -> None:
    assert _confidence(fields(_page(list(LABELS), help_size=help_size, under_value=True))["applicant.name_en"]) < 0.6


@pytest.mark.parametrize("help_size", [TYPE, 9.0, None])
def test_a_value_that_goes_on_in_its_own_size_is_as_certain_as_before(help_size: float | None) -> None:
    field = fields(_page([("Company Name (Eng)", "and Sons", "Wing Fung Dyeing Company Limited")], help_size=help_size, under_value=True))
    assert _confidence(field["applicant.name_en"]) > 0.8

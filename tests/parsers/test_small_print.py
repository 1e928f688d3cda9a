"""Small printed help beside the values of a digital form: it is never part of a value that a letter may rest on."""

from __future__ import annotations

import pytest

from parsers.values import Page, Read, Word
from tests.parsers.form_pages import fields

TITLE = (Word(text="Application Form B - Demonstration Project", box=(150, 40, 450, 54), line=1),)


def _page(help_size: float) -> Page:
    """A label at the left, its value at the right, and a line under the label that overlaps the value's row."""
    return Page(
        number=1,
        width=595,
        height=842,
        source="text",
        words=(
            *TITLE,
            Word(text="Company Name (Eng)", box=(44, 111, 140, 120.5), line=2),
            Word(text="Wing Fung Dyeing Company Limited", box=(250, 111, 420, 120.5), line=2),
            Word(text="as registered here", box=(250, 122, 330, 122 + help_size), line=3),
        ),
    )


@pytest.mark.parametrize("help_size", [6.0, 7.0, 7.8])
def test_smaller_words_that_joined_a_value_leave_it_to_staff(help_size: float) -> None:
    field = fields(_page(help_size))["applicant.name_en"]
    assert field.evidence is not None
    assert field.evidence.confidence < 0.6


def test_a_value_that_goes_on_in_its_own_size_is_as_certain_as_before() -> None:
    field = fields(_page(9.5))["applicant.name_en"]
    assert isinstance(field, Read)
    assert field.evidence is not None
    assert field.evidence.confidence > 0.8

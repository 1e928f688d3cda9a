"""Interactive forms: widgets known by name or tooltip, and those that only their place on the page tells."""

from __future__ import annotations

from typing import Literal

from parsers.values import Box, Missing, Read, Unreadable, Widget
from tests.parsers.form_pages import ROW, TOP, fields, form_page, values

TITLE = "Application Form B - Demonstration Project"


def _text(name: str, value: str | None, *, row: int = 1, x: float = 250.0, shown: str | None = None, label: str | None = None) -> Widget:
    top = TOP + ROW * row - 4
    return Widget(name=name, kind="text", page=1, box=(x, top, x + 250, top + 18), value=value, shown=shown, label=label)


def _box(name: str, *, on: bool, row: int, kind: Literal["checkbox", "radio"] = "checkbox") -> Widget:
    top = TOP + ROW * row
    box: Box = (52.0, top, 62.0, top + 10)
    return Widget(name=name, kind=kind, page=1, box=box, on=on, option="Yes")


def test_the_official_form_is_known_by_the_names_of_its_fields() -> None:
    page = form_page(TITLE, widgets=(_text("BR_No", "12345678"), _text("Contact_Tel", "2345 6789", row=2), _box("Sector_textiles", on=True, row=5)))
    assert values(page) == {"applicant.br_number": "12345678", "contact.phone": "+85223456789", "factory.sector": "textiles"}


def test_an_empty_field_of_the_official_form_is_missing_for_certain() -> None:
    field = fields(form_page(TITLE, widgets=(_text("BR_No", ""),)))["applicant.br_number"]
    assert isinstance(field, Missing)
    assert field.evidence is not None
    assert field.evidence.confidence >= 0.95


def test_a_tooltip_tells_what_a_nameless_field_is_for() -> None:
    assert values(form_page(TITLE, widgets=(_text("Text7", "2345 6789", label="Telephone"),)))["contact.phone"] == "+85223456789"


def test_a_nameless_field_belongs_to_the_label_beside_it() -> None:
    page = form_page(TITLE, "Contact Person", "Tel", widgets=(_text("Text1", "Chan Mei Ling", row=1), _text("Text2", "2345 6789", row=2)))
    read = values(page)
    assert (read["contact.name"], read["contact.phone"]) == ("Chan Mei Ling", "+85223456789")


def test_an_empty_nameless_field_is_missing_and_takes_nothing_from_its_neighbour() -> None:
    page = form_page(TITLE, "Contact Person", "Tel", widgets=(_text("Text1", None, row=1), _text("Text2", "2345 6789", row=2)))
    found = fields(page)
    assert isinstance(found["contact.name"], Missing)
    assert isinstance(found["contact.phone"], Read)


def test_nameless_tick_boxes_stand_for_the_words_beside_them() -> None:
    page = form_page(
        TITLE, "Industry Sector", "|Furniture", "|Textiles", widgets=(_box("Check Box1", on=False, row=2), _box("Check Box2", on=True, row=3))
    )
    moved = [word.model_copy(update={"box": (word.box[0] + 16, word.box[1], word.box[2] + 16, word.box[3])}) for word in page.words]
    assert values(page.model_copy(update={"words": tuple(moved)}))["factory.sector"] == "textiles"


def test_what_is_shown_differs_from_what_is_stored_and_is_read_without_confidence() -> None:
    field = fields(form_page(TITLE, widgets=(_text("BR_No", "12345678", shown="87654321"),)))["applicant.br_number"]
    assert isinstance(field, Read)
    assert field.value == "87654321"
    assert field.evidence.confidence < 0.7


def test_two_ticks_of_one_question_are_contradictory() -> None:
    page = form_page(TITLE, widgets=(_box("Sector_textiles", on=True, row=4), _box("Sector_furniture", on=True, row=5)))
    field = fields(page)["factory.sector"]
    assert isinstance(field, Unreadable)
    assert field.reason == "contradictory"

"""Words beside a label that may be a label nobody knows leave the label's own place untold: it is not asked for."""

from __future__ import annotations

from dataclasses import replace

from parsers.form_layout import place_of
from parsers.form_sheet import Sheet, sheet_of
from parsers.form_stream import streams_of
from parsers.labels import LabelHit, label_book
from tests.parsers.form_pages import catalogue, form_page


def declaration() -> tuple[Sheet, LabelHit, int]:
    """A declaration with the signatory's name in the cell beside its label, that label, and the number of the name's cell."""
    page = form_page("申請人聲明", ("簽署人姓名：", "李嘉欣"), ("簽署日期：", "2025年2月3日"))
    sheet = sheet_of(streams_of(page), label_book(catalogue()), forgiving=False, page_width=page.width)
    hit = next(hit for hit in sheet.labels if hit.keys == ("declaration.name",))
    return sheet, hit, next(at for at, stream in enumerate(sheet.streams) if "".join(atom.text for atom in stream.atoms) == "李嘉欣")


def test_the_cell_beside_a_label_holds_its_value() -> None:
    sheet, hit, _ = declaration()
    place = place_of(sheet, hit)
    assert place is not None
    assert place.text == "李嘉欣"


def test_no_place_is_called_empty_beside_words_that_may_be_a_label() -> None:
    sheet, hit, beside = declaration()
    strange = replace(hit, keys=(), stream=beside, start=0, end=1, certainty=0.8)
    assert place_of(replace(sheet, labels=(*sheet.labels, strange)), hit) is None

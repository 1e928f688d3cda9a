"""A file whose map of letters says something else than its print shows is read by its print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pikepdf
import pytest

from parsers.glyph_shapes import misshapen
from parsers.layer_check import Doubts, are_confirmed
from parsers.pdf_words import Glyph, LayerWord
from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.scan_reading import PictureReaders
from parsers.values import Box, FileKind, Page
from tests.parsers.built_files import form_pdf, letter_map, lying_page, one_page_pdf, text_pdf, with_pikepdf

GLYPH = Glyph("4", (10.0, 10.0, 15.0, 20.0), 12.0, True, True)
PERMUTED = dict(zip("0123456789", "1234567890", strict=True))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many words were read as pictures, in place of reading them: they are not what the layer tells. Pages read as pictures come back empty."""
    counts: list[int] = []

    def read(self: PictureReaders, picture: np.ndarray, boxes: Sequence[tuple[Box, int]], width: float) -> list[str]:
        counts.append(len(boxes))
        return [""] * len(boxes)

    monkeypatch.setattr(PictureReaders, "words_in", read)
    monkeypatch.setattr("parsers.ocr.read_picture", lambda picture, **given: Page(number=1, width=595, height=842, source="ocr"))
    return counts


def page_of(data: bytes) -> Page:
    return read_file(data, FileKind.PDF, ReadLimits()).pages[0]


@pytest.mark.parametrize("font", ["Helvetica", "Times-Roman", "Courier", "Times-Italic"])
def test_honest_print_is_believed_without_reading_it_as_a_picture(asked: list[int], font: str) -> None:
    page = page_of(text_pdf("Total cost HK$ 1,234,567.89 BR No. 90876543-000-01-24-1", "Kwong Fat Metal Works Limited", font=font, size=10))
    assert page.source == "text"
    assert page.notes == ()
    assert asked == []


@pytest.mark.parametrize(("shown", "told"), [("880000", "440000"), ("3", "8"), ("1", "7"), ("450000", "490000"), ("12345678", "12345679")])
def test_a_number_that_the_map_tells_otherwise_is_not_believed(asked: list[int], shown: str, told: str) -> None:
    page = page_of(lying_page(f"Total cost {shown}", f"Total cost {told}"))
    assert page.words == ()
    assert page.source == "ocr"
    assert {"text_layer_rejected", "layer_disagrees"} <= set(page.notes)


def test_a_permuted_map_of_all_digits_is_not_believed(asked: list[int]) -> None:
    shown = "BR 12345678 cost 880000 funding 440000"
    assert page_of(lying_page(shown, "".join(PERMUTED.get(char, char) for char in shown))).source == "ocr"


def test_a_name_that_the_map_tells_otherwise_is_not_believed(asked: list[int]) -> None:
    assert page_of(lying_page("WING FAT METAL", "KING HAT METAL")).source == "ocr"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_wrong_map_is_found_on_turned_pages(asked: list[int], turn: int) -> None:
    assert page_of(lying_page("Total 880000", "Total 440000", turn=turn)).source == "ocr"
    assert page_of(lying_page("Total 880000", "Total 880000", turn=turn)).source == "text"


def test_a_tick_of_a_symbol_font_is_no_letter_and_spoils_nothing(asked: list[int]) -> None:
    """Many programs draw a tick as a letter of a symbol font and say that it is that letter."""

    def add_font(pdf: pikepdf.Pdf) -> None:
        tick = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.ZapfDingbats)
        tick.ToUnicode = pdf.make_stream(letter_map({"4": "4"}))
        pdf.pages[0].Resources.Font.Z = tick

    content = b"BT /F 12 Tf 50 700 Td (On-site Improvement Assessment) Tj ET BT /Z 12 Tf 300 700 Td (4) Tj ET "
    page = page_of(with_pikepdf(one_page_pdf(content=content), add_font))
    assert [word.text for word in page.words] == ["On-site", "Improvement", "Assessment"]
    assert page.notes == ()
    assert asked == []


def test_words_in_doubt_are_believed_where_their_picture_is_read_alike() -> None:
    word = LayerWord("450000", (10.0, 10.0, 60.0, 20.0), 12.0, True, 0, ())
    other = LayerWord("甲乙有限公司", (10.0, 30.0, 60.0, 40.0), 12.0, True, 0, ())
    doubts = Doubts(((word._replace(glyphs=(GLYPH,)), frozenset("4")), (other._replace(glyphs=(GLYPH,)), frozenset("甲"))))
    assert are_confirmed(doubts, lambda boxes: ["HK450000", "甲乙有限公司"])
    assert not are_confirmed(doubts, lambda boxes: ["490000", "甲乙有限公司"])
    assert not are_confirmed(doubts, lambda boxes: ["450000", "丙乙有限公司"])
    assert not are_confirmed(doubts, lambda boxes: None)


def test_a_character_without_ink_is_not_judged() -> None:
    assert misshapen("7", [np.zeros((0, 0), np.uint8)]) == [False]


def test_a_field_whose_appearance_shows_other_letters_than_it_tells_is_in_doubt(asked: list[int]) -> None:
    """The appearance is printed 880000 and says 440000, as the stored value does."""

    def lie(pdf: pikepdf.Pdf) -> None:
        field = next(one for one in pdf.pages[0].Annots if str(one.get("/T", "")) == "Name")
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        font.ToUnicode = pdf.make_stream(letter_map({"8": "4", "0": "0"}))
        look = pdf.make_stream(b"/Tx BMC BT /F 12 Tf 2 5 Td (880000) Tj ET EMC", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        look.BBox, look.Resources = [0, 0, 250, 20], pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        field.AP = pikepdf.Dictionary(N=look)

    page = page_of(with_pikepdf(form_pdf("440000"), lie))
    widget = next(widget for widget in page.widgets if widget.name == "Name")
    assert widget.value == "440000"
    assert widget.contradictory


@pytest.mark.slow
def test_a_number_is_read_from_its_print_where_the_map_lies() -> None:
    def swap(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Resources.Font.F.ToUnicode = pdf.make_stream(letter_map({"8": "4", "4": "8"}))

    content = b"BT /F 12 Tf 50 700 Td (Total cost 880000) Tj 0 -30 Td (Requested 440000) Tj ET"
    page = page_of(with_pikepdf(one_page_pdf(content=content), swap))
    assert [word.text for word in page.words] == ["Total", "cost", "880000", "Requested", "440000"]


@pytest.mark.slow
def test_an_honest_face_of_odd_shapes_is_believed_after_a_second_look() -> None:
    page = page_of(text_pdf("Total cost HK$ 1,234,567.89 BR No. 90876543", font="Helvetica-BoldOblique", size=10))
    assert page.source == "text"
    assert page.notes == ()


@pytest.mark.slow
def test_doubts_about_a_face_nobody_compared_are_settled_by_reading_it() -> None:
    """A font of symbols, named as digits by its map: what is printed are no digits."""
    page = page_of(lying_page("4567 4567", "4567 4567", base="ZapfDingbats"))
    assert "layer_disagrees" in page.notes
    assert not any("4567" in word.text for word in page.words)

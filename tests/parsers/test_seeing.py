from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from reportlab.lib.colors import HexColor

from parsers.ruling import find_cells
from parsers.seeing import Seen, is_blank, see_page
from parsers.values import Box, Word
from tests.corpus import degrade
from tests.corpus.sheet import FACES, Sheet

Picture = np.ndarray[Any, np.dtype[np.uint8]]
STYLES = ("check", "cross", "filled", "slash")


def _level_scan(picture: Picture) -> Picture:
    return degrade.scanned(picture, random.Random(5), skew=0)


def _level_fax(picture: Picture) -> Picture:
    grey = cv2.cvtColor(degrade.scanned(picture, random.Random(5), skew=0, noise=8), cv2.COLOR_RGB2GRAY)
    return np.repeat(((grey > 165) * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def _poor_jpeg(picture: Picture) -> Picture:
    blurred = cv2.GaussianBlur(picture, (0, 0), 0.7)
    _, packed = cv2.imencode(".jpg", blurred, [cv2.IMWRITE_JPEG_QUALITY, 40])
    poor: Picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return poor


def _shadowed(picture: Picture) -> Picture:
    shade = np.linspace(0.55, 1.0, picture.shape[1], dtype=np.float32)[None, :, None]
    shadowed: Picture = np.clip(picture * shade, 0, 255).astype(np.uint8)
    return shadowed


MEDIA: dict[str, tuple[Callable[[Picture], Picture], int]] = {
    "clean at 150 dpi": (lambda picture: picture, 150),
    "scan at 200 dpi": (_level_scan, 200),
    "scan at 100 dpi": (_level_scan, 100),
    "fax at 200 dpi": (_level_fax, 200),
    "JPEG of quality 40 at 150 dpi": (_poor_jpeg, 150),
    "photo in a shadow at 150 dpi": (_shadowed, 150),
}


def seen(sheet: Sheet, medium: str, words: tuple[Word, ...] = ()) -> Seen:
    spoil, dpi = MEDIA[medium]
    return see_page(spoil(degrade.pictures_of(sheet.pdf(), dpi)[0]), dpi=dpi, words=words)


def _tick_sheet() -> tuple[Sheet, list[tuple[Box, bool]]]:
    """Boxes of three sizes in two columns, each style ticked and unticked."""
    sheet = Sheet(FACES[0])
    boxes: list[tuple[Box, bool]] = []
    for row in range(16):
        for column, x in enumerate((60.0, 300.0)):
            size = (8.0, 9.0, 11.0)[row % 3]
            y, on, style = 60 + 26 * row, (row + column) % 2 == 0, STYLES[row % 4]
            sheet.tick_box(x, y, on=on, style=style, size=size)
            if on and style == "slash":
                sheet.line(x - 1, y + size + 1, x + size + 1, y - 1, 1.2)
            boxes.append(((x, y, x + size, y + size), on))
    return sheet, boxes


@pytest.mark.parametrize("medium", MEDIA)
def test_every_tick_box_is_found_and_right(medium: str) -> None:
    sheet, boxes = _tick_sheet()
    marks = seen(sheet, medium).marks
    assert len(marks) == len(boxes)
    for box, on in boxes:
        mark = next(mark for mark in marks if abs(mark.box[0] - box[0]) < 2.5 and abs(mark.box[1] - box[1]) < 2.5)
        assert mark.on is on, (box, mark)


def _word(sheet: Sheet, x: float, y: float, text: str, read: str, confidence: float = 1.0) -> Word:
    right = sheet.text(x, y, text, 11)
    return Word(text=read, box=(x, y, right, y + 12), confidence=confidence)


def test_square_letters_are_no_tick_boxes() -> None:
    sheet = Sheet(FACES[0])
    words = tuple(_word(sheet, 60, 60 + 22 * n, text, text) for n, text in enumerate(("回收口岸", "日期", "國家田", "Office of D", "BODY")))
    assert seen(sheet, "clean at 150 dpi", words).marks == ()


def test_a_box_that_was_read_as_a_letter_is_a_tick_box() -> None:
    sheet = Sheet(FACES[0])
    sheet.tick_box(60, 60, on=True, style="cross")
    option = _word(sheet, 74, 59, "Textiles", "Textiles")
    marks = seen(sheet, "clean at 150 dpi", (Word(text="X", box=(59, 59, 70, 70), confidence=0.99), option)).marks
    assert [mark.on for mark in marks] == [True]


def test_a_box_filled_in_that_was_read_as_a_block_before_its_words_is_a_ticked_box() -> None:
    sheet = Sheet(FACES[0])
    sheet.tick_box(60, 60, on=True, style="filled")
    glued = _word(sheet, 72, 60, "食品和飲品業", "█食品和飲品業")
    block = glued.model_copy(update={"box": (59.0, *glued.box[1:]), "confidence": 0.68})
    assert [mark.on for mark in seen(sheet, "clean at 150 dpi", (block,)).marks] == [True]


@pytest.mark.parametrize("read_as", ["\u5188", "\u0219Paper products"], ids=["a letter by itself", "a letter before its words"])
def test_a_crossed_box_among_others_is_a_tick_box_whatever_letter_it_was_read_as(read_as: str) -> None:
    sheet = Sheet(FACES[0])
    for row in range(4):
        sheet.tick_box(60, 60 + 15 * row, on=row == 2, style="cross")
    width = 12 if len(read_as) == 1 else 90
    word = Word(text=read_as, box=(58.5, 88, 58.5 + width, 101), confidence=0.77)
    assert [mark.on for mark in seen(sheet, "scan at 200 dpi", (word,)).marks] == [False, False, True, False]


def test_a_square_letter_under_a_column_of_boxes_but_within_a_word_is_no_tick_box() -> None:
    sheet = Sheet(FACES[0])
    for row in range(3):
        sheet.tick_box(60, 60 + 15 * row, on=False, style="cross")
    label = _word(sheet, 51, 105, "\u672c\u56de\u6536\u9879\u76ee", "\u672c\u56de\u6536\u9879\u76ee")
    assert len(seen(sheet, "clean at 150 dpi", (label,)).marks) == 3


def test_boxes_beside_words_are_kept_where_the_lettering_of_a_chop_looks_like_smaller_ones() -> None:
    sheet = Sheet(FACES[0])
    options = []
    for row in range(3):
        sheet.tick_box(60, 60 + 20 * row, on=row == 1, style="cross", size=9.5)
        options.append(_word(sheet, 76, 59 + 20 * row, "Textiles", "Textiles"))
    for column in range(9):
        sheet.rect(200 + 20 * column, 300 + 20 * (column % 2), 6, 6)
    marks = seen(sheet, "clean at 150 dpi", tuple(options)).marks
    assert [mark.on for mark in marks if mark.box[0] < 100] == [False, True, False]


def test_a_table_of_squares_holds_no_tick_boxes() -> None:
    sheet = Sheet(FACES[0])
    for row in range(5):
        for column in range(8):
            sheet.rect(60 + 14 * column, 60 + 14 * row, 14, 14)
    assert seen(sheet, "scan at 200 dpi").marks == ()


@pytest.mark.parametrize("medium", [medium for medium in MEDIA if "fax" not in medium])
def test_cells_with_pale_lines_are_found(medium: str) -> None:
    sheet = Sheet(FACES[0])
    sheet.canvas.setLineWidth(0.7)
    sheet.canvas.setStrokeColor(HexColor("#b8b8b8"))
    for row in range(6):
        for column in range(2):
            sheet.canvas.rect(60 + 220 * column, sheet.height - 100 - 24 * row, 220, 24)
    cells = seen(sheet, medium).cells
    assert len(cells) == 12
    assert cells[0] == pytest.approx((60, 76, 280, 100), abs=2)


def test_a_page_without_lines_has_no_cells() -> None:
    assert find_cells(np.zeros((400, 300), np.uint8), 150) == ()


def _seal_sheet(*, signed: bool, chop: str | None, oval: bool = False) -> Sheet:
    sheet = Sheet(FACES[0])
    for x in (45, 300):
        sheet.rect(x, 100, 255, 90)
    if signed:
        sheet.signature(70, 152, random.Random(3))
    if chop:
        sheet.chop(420, 150, "金門漂染有限公司", random.Random(4), oval=oval, colour=chop)
    return sheet


def _inks_in(page: Seen, left: float, right: float) -> list[Any]:
    return [ink for ink in page.inks if left < (ink.box[0] + ink.box[2]) / 2 < right]


@pytest.mark.parametrize("medium", MEDIA)
def test_a_signature_is_seen_where_it_is_and_nowhere_else(medium: str) -> None:
    page = seen(_seal_sheet(signed=True, chop=None), medium)
    assert _inks_in(page, 45, 300)
    assert not _inks_in(page, 300, 555)


@pytest.mark.parametrize("medium", MEDIA)
def test_an_unsigned_and_unchopped_form_holds_no_ink(medium: str) -> None:
    assert seen(_seal_sheet(signed=False, chop=None), medium).inks == ()


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize(("colour", "oval"), [("#b02020", False), ("#2030a0", True)])
def test_a_chop_is_one_round_piece_of_ink(medium: str, oval: bool, colour: str) -> None:
    inks = _inks_in(seen(_seal_sheet(signed=False, chop=colour, oval=oval), medium), 300, 555)
    assert len(inks) == 1
    assert inks[0].roundness >= 0.72
    assert inks[0].box == pytest.approx((380, 128, 460, 172) if oval else (393, 123, 447, 177), abs=7)


def test_a_chop_keeps_its_colour_on_a_colour_scan() -> None:
    for colour, name in (("#b02020", "red"), ("#2030a0", "blue"), ("#202020", "black")):
        (ink,) = seen(_seal_sheet(signed=False, chop=colour), "JPEG of quality 40 at 150 dpi").inks
        assert ink.colour == name


def test_an_empty_page_is_blank_and_one_with_a_line_of_text_is_not() -> None:
    empty, written = Sheet(FACES[0]), Sheet(FACES[0])
    written.text(60, 300, "Application for funding support", 11)
    assert is_blank(_level_scan(degrade.pictures_of(empty.pdf(), 150)[0]))
    assert not is_blank(_level_scan(degrade.pictures_of(written.pdf(), 150)[0]))

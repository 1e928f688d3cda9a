"""The words of a PDF page with their boxes, as the text layer gives them: what can be seen, what is hidden, what has no letter."""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from parsers.folding import compatible
from parsers.page_frame import Frame, rounded, union
from parsers.values import Box

MOST_LEANING = 8.0  # degrees
INVISIBLE = 3  # text rendering mode (ISO 32000-1, 9.3.6)
_WHITE = frozenset(" \t\r\n\u00a0\u3000\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u0000\ufffe\u0002\u200b\u00ad")
# Code points that stand in text layers for the ordinary character beside them: radicals, Kanbun (㆗), compatibility ideographs, ligatures.
_STAND_INS = ((0x2E80, 0x2FDF), (0x3190, 0x319F), (0xF900, 0xFAFF), (0xFB00, 0xFB06), (0x2F800, 0x2FA1F))
_SPACE_OF_WORDS = 0.12  # of a character's width; the space of a common typeface is a quarter


class Glyph(NamedTuple):
    """One character: its text, tight box and height of its font as displayed, whether it is painted, whether its letter is known.

    ``em``: the size of its type in points as displayed; 0: not known.

    ``text_object`` and ``font`` are pdfium's addresses of the drawing that shows it and of its font, valid while the page is open; 0: not known.
    ``turn``: clockwise degrees by which it stands turned on the displayed page, 0, 90, 180 or 270; None: askew.
    """

    text: str
    box: Box
    size: float
    painted: bool
    known: bool
    text_object: int = 0
    font: int = 0
    turn: int | None = 0
    em: float = 0.0


class _Drawing(NamedTuple):
    """What all characters of one text object share."""

    address: int
    painted: bool
    font: int
    turn: int | None
    em: float


class LayerWord(NamedTuple):
    """A word of the text layer. ``unknown`` counts the characters whose letter the file does not tell. ``em``: the size of its largest type."""

    text: str
    box: Box
    size: float
    painted: bool
    unknown: int
    glyphs: tuple[Glyph, ...] = ()
    em: float = 0.0
    struck: bool = False
    ringed: bool = False

    @property
    def askew(self) -> bool:
        """Whether most of it leans, or goes round in an arc: lettering of a chop or a watermark, never a line of a form or a paper."""
        return 2 * sum(glyph.turn is None for glyph in self.glyphs) > len(self.glyphs)


def layer_words(page: Any, frame: Frame, *, max_glyphs: int) -> tuple[list[LayerWord], bool]:
    """Words of a pdfium page in the order of its content, and whether there were more glyphs than ``max_glyphs`` (the rest is left out).

    Raises PdfiumError where the page's text cannot be loaded.
    """
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        words = [word_of(glyphs) for glyphs in _runs(_glyphs(text_page, min(count, max_glyphs), frame))]
        return words, count > max_glyphs
    finally:
        text_page.close()


def ordinary(text: str) -> str:
    """The text with the stand-ins of older text layers replaced by their characters (㆗ by 中); everything else as printed."""
    return "".join(compatible(c) if any(low <= ord(c) <= high for low, high in _STAND_INS) else c for c in text)


def is_cjk(char: str) -> bool:
    code = ord(char)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF


def _glyphs(text_page: Any, count: int, frame: Frame) -> Iterator[Glyph | None]:
    """The glyphs in order; None where words part."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = pdfium_c.FS_RECTF()
    drawings: dict[int, _Drawing] = {}
    high = 0
    for i in range(count):
        code = pdfium_c.FPDFText_GetUnicode(text_page, i)
        if 0xD800 <= code <= 0xDBFF:
            high = code
            continue
        if 0xDC00 <= code <= 0xDFFF and high:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00)
        high = 0
        char = chr(code) if code <= 0x10FFFF else "\ufffd"
        unmapped = bool(pdfium_c.FPDFText_HasUnicodeMapError(text_page, i)) or code == 0
        if char in _WHITE and not unmapped:
            if char in "\r\n" and pdfium_c.FPDFText_IsGenerated(text_page, i) and _within_word(text_page, i, count):
                continue
            if not (char == " " and pdfium_c.FPDFText_IsGenerated(text_page, i)) or not _between_cjk(text_page, i, count):
                yield None
            continue
        pdfium_c.FPDFText_GetCharBox(text_page, i, left, right, bottom, top)
        pdfium_c.FPDFText_GetLooseCharBox(text_page, i, loose)
        whole = frame.displayed(loose.left, loose.bottom, loose.right, loose.top)
        tight = frame.displayed(left.value, bottom.value, right.value, top.value)
        if tight[2] - tight[0] <= 0 or tight[3] - tight[1] <= 0:
            tight = whole
        drawing = _drawing(text_page, i, frame, drawings)
        known = not unmapped and _has_letter(char)
        yield Glyph(char, tight, _size(whole), drawing.painted, known, drawing.address, drawing.font, drawing.turn, drawing.em)


def _between_cjk(text_page: Any, i: int, count: int) -> bool:
    """Whether a space that pdfium made up stands between two Chinese characters of one word: less than half a character apart, and less than
    a space where whole words of two characters or more, set close, stand on both sides (聯絡人 曾志豪, but not 姓 名)."""
    if not (_cjk_at(text_page, i - 1, count) and _cjk_at(text_page, i + 1, count)):
        return False
    one, other = pdfium_c.FS_RECTF(), pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(text_page, i - 1, one)
    pdfium_c.FPDFText_GetLooseCharBox(text_page, i + 1, other)
    between_words = _cjk_at(text_page, i - 2, count) and _cjk_at(text_page, i + 2, count)
    return bool(0 <= other.left - one.right < (_SPACE_OF_WORDS if between_words else 0.5) * (one.right - one.left))


def _within_word(text_page: Any, i: int, count: int) -> bool:
    """Whether a line break that pdfium made up stands between two letters that follow each other on one line: of a page with little but the
    lettering of a turned chop it takes every line for an upright one."""
    before = next((at for at in range(i - 1, max(-1, i - 4), -1) if not _is_break(text_page, at)), None)
    after = next((at for at in range(i + 1, min(count, i + 4)) if not _is_break(text_page, at)), None)
    if before is None or after is None:
        return False
    one, other = pdfium_c.FS_RECTF(), pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(text_page, before, one)
    pdfium_c.FPDFText_GetLooseCharBox(text_page, after, other)
    high = min(one.top - one.bottom, other.top - other.bottom)
    level = min(one.top, other.top) - max(one.bottom, other.bottom) > 0.8 * high
    return bool(high > 0 and level and abs(other.left - one.right) < _SPACE_OF_WORDS * high)


def _is_break(text_page: Any, i: int) -> bool:
    return pdfium_c.FPDFText_GetUnicode(text_page, i) in (0x0D, 0x0A)


def _cjk_at(text_page: Any, i: int, count: int) -> bool:
    code = pdfium_c.FPDFText_GetUnicode(text_page, i) if 0 <= i < count else 0
    return 0 < code <= 0x10FFFF and is_cjk(chr(code))


def _drawing(text_page: Any, i: int, frame: Frame, met: dict[int, _Drawing]) -> _Drawing:
    """The text object that shows a character; one without an address where pdfium made the character up."""
    text_object = pdfium_c.FPDFText_GetTextObject(text_page, i)
    if not text_object:
        return _Drawing(0, True, 0, 0, 0.0)
    address = ctypes.addressof(text_object.contents)
    if address not in met:
        font = pdfium_c.FPDFTextObj_GetFont(text_object)
        painted = pdfium_c.FPDFTextObj_GetTextRenderMode(text_object) != INVISIBLE
        turn, em = _set(text_page, i, frame)
        met[address] = _Drawing(address, painted, ctypes.addressof(font.contents) if font else 0, turn, em)
    return met[address]


def _set(text_page: Any, i: int, frame: Frame) -> tuple[int | None, float]:
    """Clockwise quarter turns, in degrees, of a character as displayed, and the size of its type in points (0: not known); no turn where it leans
    more than a slant scan would."""
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFText_GetMatrix(text_page, i, matrix):
        return 0, 0.0
    em = abs(pdfium_c.FPDFText_GetFontSize(text_page, i)) * math.hypot(matrix.c, matrix.d)
    turned = frame.rotation - math.degrees(math.atan2(matrix.b, matrix.a))
    quarter = round(turned / 90) * 90
    return quarter % 360 if abs(turned - quarter) <= MOST_LEANING else None, em


def _size(box: Box) -> float:
    return max(box[3] - box[1], 0.1)


def _has_letter(char: str) -> bool:
    return char != "\ufffd" and unicodedata.category(char) not in ("Cc", "Cn", "Cs")


def _runs(glyphs: Iterator[Glyph | None]) -> Iterator[list[Glyph]]:
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and (glyph is None or _apart(run[-1], glyph)):
            yield run
            run = []
        if glyph is not None:
            run.append(glyph)
    if run:
        yield run


def _apart(one: Glyph, other: Glyph) -> bool:
    """Whether two glyphs that follow each other without a space stand too far from each other to be one word."""
    reach = 1.2 * max(one.size, other.size)
    across = max(other.box[0] - one.box[2], one.box[0] - other.box[2])
    down = abs((other.box[1] + other.box[3]) - (one.box[1] + one.box[3])) / 2
    return one.painted != other.painted or across > reach or down > reach


def word_of(glyphs: Sequence[Glyph]) -> LayerWord:
    """One word of its glyphs; the box is at least half as high as the font, so that a dash is no thread."""
    left, top, right, bottom = union(glyph.box for glyph in glyphs)
    size = max(glyph.size for glyph in glyphs)
    lack = 0.5 * size - (bottom - top)
    if lack > 0 and right - left > 0:
        top, bottom = top - lack / 2, bottom + lack / 2
    text = ordinary("".join(glyph.text if glyph.text.isprintable() else "\ufffd" for glyph in glyphs))
    unknown = sum(not glyph.known for glyph in glyphs)
    return LayerWord(text, rounded((left, top, right, bottom)), size, glyphs[0].painted, unknown, tuple(glyphs), max(glyph.em for glyph in glyphs))


def page_frame(page: Any) -> Frame:
    """The displayed rectangle of a pdfium page (CropBox within MediaBox) and its turn."""
    x0, y0, x1, y1 = page.get_bbox()
    return Frame(float(x0), float(y0), float(x1), float(y1), int(page.get_rotation()) % 360)


PdfiumError = pdfium.PdfiumError

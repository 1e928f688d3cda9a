"""Judging a page's text layer before it is trusted: which of its words a person can see, and whether it tells all that stands on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.page_frame import area, covered, in_lines, inside_centre
from parsers.pdf_words import LayerWord, is_cjk
from parsers.scan_reading import real_long_side
from parsers.values import Box, Word

Picture = NDArray[np.uint8]

UNKNOWN_SHARE = 0.04  # of the visible characters; above, the layer is not believed
LEAST_CONTRAST = 24  # grey levels within a word's box; less is invisible to a person
LEAST_SIZE = 2.5  # points: smaller print is hidden from a person
UNREAD_SPECKS = 60  # letter-like pieces of ink outside all known words before a page is read as a picture, too


class Layer(NamedTuple):
    """A judged text layer: the words to believe, in lines; whether the page must be read as a picture too; what was noticed."""

    words: tuple[Word, ...]
    read_picture: bool
    notes: tuple[str, ...]


def judge_layer(
    found: Sequence[LayerWord],
    picture: Picture,
    *,
    width: float,
    height: float,
    images: Sequence[Box] = (),
    elsewhere: Sequence[Box] = (),
) -> Layer:
    """What to believe of the words ``found``, against ``picture``, the page as displayed (RGB, any resolution).

    ``width`` and ``height`` are the page's in points, ``images`` the boxes of its pictures, ``elsewhere`` boxes whose content is known
    otherwise (form fields). A layer with too many unknown letters is dropped whole: the page is then read as a picture.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    scale = picture.shape[1] / width
    enlarged = max(width, height) / real_long_side(max(width, height))
    seen = [word for word in found if word.painted and _visible(word, grey, scale, (width, height), LEAST_SIZE * enlarged)]
    notes = _hidden_notes(found, seen, images, width * height)
    if _unbelievable(seen):
        return Layer((), True, (*notes, "text_layer_rejected"))
    words = in_lines([Word(text=word.text, box=word.box) for word in seen])
    known = [*(word.box for word in seen), *elsewhere]
    letters = sum(len(word.text) for word in seen)
    specks = unread_specks(grey, scale, known, enlarged=enlarged)
    unread = specks >= UNREAD_SPECKS and specks > 0.25 * letters
    pictured = any(covered((0, 0, width, height), image) > 0.25 for image in images)
    little = pictured and (letters == 0 or (letters < 40 and specks >= 8))
    return Layer(words, unread or little, notes)


def _hidden_notes(found: Sequence[LayerWord], seen: Sequence[LayerWord], images: Sequence[Box], page_area: float) -> tuple[str, ...]:
    """``ocr_layer`` where unpainted words lie on a picture (a scanner's own reading, not believed), ``words_hidden`` for any others."""
    shown = set(map(id, seen))
    hidden = [word for word in found if id(word) not in shown]
    pictures = [image for image in images if area(image) > 0.05 * page_area]
    layer = [word for word in hidden if not word.painted and any(inside_centre(word.box, image) for image in pictures)]
    notes = ["ocr_layer"] if layer else []
    if len(hidden) > len(layer):
        notes.append("words_hidden")
    return tuple(notes)


def _visible(word: LayerWord, grey: Picture, scale: float, page: tuple[float, float], least_size: float) -> bool:
    """Whether a person would see something in the word's place: on the page, not too small, of another grey than its ground."""
    x0, top, x1, bottom = word.box
    width, height = page
    middle_x, middle_y = (x0 + x1) / 2, (top + bottom) / 2
    if not (0 <= middle_x <= width and 0 <= middle_y <= height) or word.size < least_size:
        return False
    left, right = int(max(0, x0) * scale), int(np.ceil(min(width, x1) * scale)) + 1
    upper, lower = int(max(0, top) * scale), int(np.ceil(min(height, bottom) * scale)) + 1
    patch = grey[upper:lower, left:right]
    return bool(patch.size) and int(patch.max()) - int(patch.min()) >= LEAST_CONTRAST


def _unbelievable(words: Sequence[LayerWord]) -> bool:
    """Whether too many of the characters have no letter, or letters of scripts in which no paper of this programme is written.

    Symbols that stand alone (bullets and ticks of symbol fonts) are no evidence against a layer.
    """
    texts = [word for word in words if len(word.text) > 1 or not _private(word.text)]
    total = sum(len(word.text) for word in texts)
    if not total:
        return False
    strange = sum(max(word.unknown, sum(_strange(c) for c in word.text)) for word in texts)
    strange += sum(5 * word.text.count("(cid:") for word in texts)
    foreign = sum(_foreign(c) for word in texts for c in word.text)
    return (strange > UNKNOWN_SHARE * total and strange >= 2) or foreign > 0.2 * total


def _private(char: str) -> bool:
    return any(0xE000 <= ord(c) <= 0xF8FF or ord(c) >= 0xF0000 for c in char)


def _strange(char: str) -> bool:
    return char == "\ufffd" or _private(char)


def _foreign(char: str) -> bool:
    """Whether a letter belongs to neither Latin, Greek (units, formulas) nor Chinese writing."""
    return char.isalpha() and not is_cjk(char) and ord(char) > 0x3FF and not 0x1E00 <= ord(char) <= 0x2BFF and not 0xFB00 <= ord(char) <= 0xFFEF


def unread_specks(grey: Picture, scale: float, known: Iterable[Box], *, enlarged: float = 1.0) -> int:
    """Number of letter-like pieces of ink outside the boxes ``known`` (points); ``scale`` is pixels per point.

    ``enlarged`` tells how many points of the page stand for one of the real sheet.
    """
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
    for x0, top, x1, bottom in known:
        left, upper = int((x0 - 1) * scale), int((top - 1) * scale)
        ink[max(0, upper) : int((bottom + 1) * scale) + 1, max(0, left) : int((x1 + 1) * scale) + 1] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    wide, high = stats[1:, cv2.CC_STAT_WIDTH] / (scale * enlarged), stats[1:, cv2.CC_STAT_HEIGHT] / (scale * enlarged)
    letters = (high >= 2.5) & (high <= 30) & (wide >= 0.7) & (wide <= 40) & (np.maximum(wide, high) / np.maximum(np.minimum(wide, high), 0.1) <= 12)
    return int(letters.sum())

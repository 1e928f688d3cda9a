"""Tick boxes: small squares, empty or with something in them; and the signs that stand for them in printed text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from parsers.values import Box, Mark, Word

Mask = np.ndarray[Any, np.dtype[Any]]

_SIDE_PT = (5.0, 16.0)
_SHORTEST_PT = 4.2  # a side is at least this long unbroken
_SIDE_COVER = 0.62  # share of each side that must be drawn
_ON_FILL = 0.085  # inked share of the inside from which something is in the box
_SURE_OFF, _SURE_ON = 0.03, 0.16
_INSET = 0.22
OFF_SIGNS = frozenset("☐□○〇◯")
ON_SIGNS = frozenset("☑☒■✓✔✗✘●◉√")
_LIKE_A_BOX = frozenset("口日田曰囗回区凶vV0oODUu[]|")  # what a reader of letters makes of a tick box


def find_marks(ink: Mask, dpi: float, words: Sequence[Word]) -> tuple[Mark, ...]:
    """Every tick box, in points. Squares inside a word (口, 日, a digit) are letters."""
    unit = dpi / 72
    length = max(4, round(_SHORTEST_PT * unit))
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((2, 2), np.uint8))
    across = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    sides = cv2.dilate(cv2.bitwise_or(across, down), np.ones((2, 2), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(sides)
    marks = []
    for label in range(1, count):
        x, y, width, height, _ = (int(n) for n in stats[label])
        if not _is_square(width / unit, height / unit):
            continue
        if _cover(sides[y : y + height, x : x + width]) < _SIDE_COVER and not _is_filled(ink, x, y, width, height):
            continue
        box = (x / unit, y / unit, (x + width) / unit, (y + height) / unit)
        if _is_letter(box, words):
            continue
        fill = _fill(ink, x, y, width, height)
        marks.append(Mark(box=box, on=fill >= _ON_FILL, fill=round(fill, 3), confidence=_sureness(fill)))
    return _of_one_size(marks)


def glyph_marks(words: Sequence[Word], marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Marks for words that are, or begin with, a printed box or tick, where no drawn box was found."""
    found = []
    for word in words:
        sign = word.text[:1]
        if sign not in OFF_SIGNS and sign not in ON_SIGNS:
            continue
        x0, top, x1, bottom = word.box
        box = (x0, top, x0 + min(x1 - x0, bottom - top), bottom)
        if not any(_overlap(box, mark.box) for mark in marks):
            found.append(Mark(box=box, on=sign in ON_SIGNS, fill=1.0 if sign in ON_SIGNS else 0.0, confidence=min(0.95, word.confidence)))
    return tuple(found)


def _is_square(width_pt: float, height_pt: float) -> bool:
    low, high = _SIDE_PT
    return low <= width_pt <= high and low <= height_pt <= high and 0.75 <= width_pt / height_pt <= 1.33


def _cover(sides: Mask) -> float:
    """How much of the least drawn of the four sides is there."""
    height, width = sides.shape
    edge = max(2, round(min(height, width) * 0.22))
    near = max(2, round(min(height, width) * 0.14))
    corners = (sides[:near, :near], sides[:near, -near:], sides[-near:, :near], sides[-near:, -near:])
    if sum(bool(corner.any()) for corner in corners) < 3:  # a round letter has no corners
        return 0.0
    strips = (sides[:edge].max(axis=0), sides[-edge:].max(axis=0), sides[:, :edge].max(axis=1), sides[:, -edge:].max(axis=1))
    return min(float((strip > 0).mean()) for strip in strips)


def _is_filled(ink: Mask, x: int, y: int, width: int, height: int) -> bool:
    return float((ink[y : y + height, x : x + width] > 0).mean()) > 0.9


def _fill(ink: Mask, x: int, y: int, width: int, height: int) -> float:
    dx, dy = max(2, round(width * _INSET)), max(2, round(height * _INSET))
    inside = ink[y + dy : y + height - dy, x + dx : x + width - dx]
    return float((inside > 0).mean()) if inside.size else 0.0


def _sureness(fill: float) -> float:
    if fill <= _SURE_OFF or fill >= _SURE_ON:
        return 0.98
    return 0.7 + 0.2 * abs(fill - _ON_FILL) / (_SURE_ON - _ON_FILL)


def _is_letter(box: Box, words: Sequence[Word]) -> bool:
    """Whether the square is part of a word's letters. A reader may take the box itself for the first letter of the option's words: that is none."""
    side = box[2] - box[0]
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for word in words:
        left, top, right, bottom = word.box
        if not (left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1):
            continue
        alone = right - left < 1.5 * side
        if alone and len(word.text) == 1:  # no letter has four straight sides with corners
            return False
        first = word.text[:1]
        stands_for_box = first in OFF_SIGNS | ON_SIGNS or first in _LIKE_A_BOX
        if not stands_for_box or (not alone and x - left > side):
            return not (alone and word.confidence < 0.6)
    return False


def _of_one_size(marks: list[Mark]) -> tuple[Mark, ...]:
    """Boxes of a form are alike: where there are many, those far from the usual size are something else."""
    if len(marks) < 5:
        return tuple(marks)
    usual = float(np.median([mark.box[2] - mark.box[0] for mark in marks]))
    return tuple(mark for mark in marks if 0.6 * usual <= mark.box[2] - mark.box[0] <= 1.6 * usual)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

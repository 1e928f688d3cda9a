"""Tick boxes: small squares, empty or with something in them; and the signs that stand for them in printed text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from parsers.box_strokes import ENOUGH as _ENOUGH
from parsers.box_strokes import RULED as _RULED
from parsers.box_strokes import Levels, Places, Strokes
from parsers.values import Box, Mark, Word

Mask = np.ndarray[Any, np.dtype[Any]]

_SIDE_PT = (6.0, 15.0)
_GAP_PT = 1.7
_QUIET = 0.4  # share of a parallel outside a side, at most, that is drawn
_MOST_STUBS = 3
_INSET = 0.24
_COLUMN_REACH, _COLUMN_LEAST = 8.0, 2  # in sides: how far above or below; how many boxes make a column
_OVERHANG = 0.75  # of its side that a word may begin before a box that was read as its first letter
_ON_FILL = 0.10  # inked share of the inside from which something is in the box
_SURE_OFF, _SURE_ON = 0.04, 0.18
OFF_SIGNS = frozenset("☐□○〇◯")
ON_SIGNS = frozenset("☑☒■█▇▉◼⬛✓✔✗✘●◉√")
_BOX_SIGNS = OFF_SIGNS | ON_SIGNS | frozenset("口囗")  # a word that begins with one of these begins with a box
_LIKE_A_BOX = _BOX_SIGNS | frozenset("日田曰回区凶図图圆團团因国vV0oODUu[]|")  # what a reader of letters makes of a tick box that stands by itself
_DOUBTFULLY = frozenset("QCGBEZNMWXx78")  # or of one with something in it, before words and after none


def find_marks(contrast: Mask, dpi: float, words: Sequence[Word]) -> tuple[Mark, ...]:
    """Every tick box, in points. ``contrast``: how much darker than the paper each pixel is. Squares inside a word (口, 日, a digit) are letters."""
    unit = dpi / 72
    found = [((x / unit, y / unit, (x + side) / unit, (y + side) / unit), _fill(contrast, x, y, side)) for x, y, side in _squares(contrast, unit)]
    plain = [box for box, _ in found if not _is_letter(box, words)]
    marks = [
        Mark(box=box, on=fill >= _ON_FILL, fill=round(fill, 3), confidence=_sureness(fill))
        for box, fill in found
        if box in plain or (_in_column(box, plain) and _begins_words(box, words))
    ]
    return _of_one_size(marks, words)


def _squares(contrast: Mask, unit: float) -> list[tuple[int, int, int]]:
    """(left, top, side) in pixels of every square with four drawn sides that stands by itself, the best of those that overlap."""
    left, top, part = _inhabited(contrast, unit)
    drawn = _outlines(np.minimum(part, _ENOUGH), unit)
    strokes = Strokes(cv2.dilate(drawn, np.ones((3, 1), np.uint8)), cv2.dilate(drawn, np.ones((1, 3), np.uint8)))  # a side may wander by a pixel
    smallest, largest = (round(side * unit) for side in _SIDE_PT)
    found: list[tuple[float, int, int, int]] = []
    for half in range(smallest // 2, largest // 2 + 1):
        xs, ys = strokes.places(half)
        if not len(xs):
            continue
        for side in (2 * half, 2 * half + 1):
            if smallest <= side <= largest:
                found += _squares_at(strokes, xs, ys, side, unit)
    return _best_of([(score, left + x, top + y, side) for score, x, y, side in found])


def _inhabited(contrast: Mask, unit: float) -> tuple[int, int, Mask]:
    """The part of the page that is not bare paper, with room around it for the company of a box, and its left and top."""
    x, y, wide, high = cv2.boundingRect(cv2.inRange(contrast, _ENOUGH // 6, 255))
    room = round((2 * _SIDE_PT[1] + _GAP_PT) * unit) + 4
    left, top = max(0, x - room), max(0, y - room)
    return left, top, contrast[top : y + high + room, left : x + wide + room]


def _outlines(drawn: Mask, unit: float) -> Mask:
    """What is drawn without the inside of large dark areas (photographs, bands): their rims are kept, and no box lies in them."""
    rim = _gap(unit) + 5
    inside = cv2.erode(cv2.inRange(drawn, _ENOUGH // 2, _ENOUGH), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8))
    drawn[inside > 0] = 0
    return drawn


def _gap(unit: float) -> int:
    """Pixels from a side within which a box that stands by itself has no company."""
    return max(3, round(_GAP_PT * unit))


def _squares_at(strokes: Strokes, xs: Places, ys: Places, side: int, unit: float) -> list[tuple[float, int, int, int]]:
    """(how well drawn, left, top, side) of the squares of that side among the places of their top left corners."""
    fits = (xs < strokes.width - side) & (ys < strokes.height - side)
    xs, ys = xs[fits], ys[fits]
    for beside, below, are_drawn in (
        (0, 0, strokes.are_drawn_across),
        (0, side, strokes.are_drawn_across),
        (0, 0, strokes.are_drawn_down),
        (side, 0, strokes.are_drawn_down),
    ):
        drawn = are_drawn(xs + beside, ys + below, side)
        xs, ys = xs[drawn], ys[drawn]
    level = np.minimum(strokes.across(xs, ys, side), strokes.across(xs, ys + side, side))
    upright = np.minimum(strokes.down(xs, ys, side), strokes.down(xs + side, ys, side))
    xs, ys, least = strokes.peaks(xs, ys, np.minimum(level, upright))
    alone = _stand_alone(strokes, xs, ys, side, unit)
    xs, ys, least = xs[alone], ys[alone], least[alone]
    ended = strokes.going_on(xs, ys, side, _gap(unit)) <= _MOST_STUBS
    xs, ys, least = xs[ended], ys[ended], least[ended]
    sharp = least - _inner_lines(strokes, xs, ys, side)
    return [(float(s + 0.25 * d), int(x), int(y), side) for s, d, x, y in zip(least, sharp, xs, ys, strict=True)]


def _stand_alone(strokes: Strokes, xs: Places, ys: Places, side: int, unit: float) -> Mask:
    """Which squares have quiet strips just outside, but for one ruling line that runs on: a table's cell or a letter has more company."""
    gap = _gap(unit)
    edge = gap + side
    inner: Mask = (xs >= edge) & (ys >= edge) & (xs + side + edge < strokes.width) & (ys + side + edge < strokes.height)
    x, y = np.where(inner, xs, edge), np.where(inner, ys, edge)
    loud = np.zeros(len(xs), np.int32)
    if not inner.any():
        return inner
    for offset in (-gap, side + gap):
        rows = [strokes.across(x + along, y + offset, side) for along in (-side, 0, side)]
        columns = [strokes.down(x + offset, y + along, side) for along in (-side, 0, side)]
        for before, beside, after in (rows, columns):
            ruled = np.minimum(np.minimum(before, beside), after) >= _RULED * _ENOUGH
            loud += (beside >= _QUIET * _ENOUGH) * np.where(ruled, 1, 2)
    alone: Mask = inner & (loud < 2)
    return alone


def _inner_lines(strokes: Strokes, xs: Places, ys: Places, side: int) -> Levels:
    """How drawn the inside of each square is along its four sides: much less than the sides in a box that is not filled."""
    inset = max(3, side // 5)
    rows = strokes.across(xs, ys + inset, side) + strokes.across(xs, ys + side - inset, side)
    return (rows + strokes.down(xs + inset, ys, side) + strokes.down(xs + side - inset, ys, side)) / 4


def _best_of(found: list[tuple[float, int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    for _, x, y, side in sorted(found, reverse=True):
        if not any(x < other_x + other and other_x < x + side and y < other_y + other and other_y < y + side for other_x, other_y, other in kept):
            kept.append((x, y, side))
    return sorted(kept, key=lambda square: (square[1], square[0]))


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


def _fill(contrast: Mask, x: int, y: int, side: int) -> float:
    """Share of the inside that is inked: clearly darker than the paper, and not much paler than the box's own lines."""
    inset = max(3, round(side * _INSET))
    inside = contrast[y + inset : y + side - inset + 1, x + inset : x + side - inset + 1]
    lines = np.concatenate([contrast[y, x : x + side], contrast[y + side, x : x + side], contrast[y : y + side, x], contrast[y : y + side, x + side]])
    return float((inside > max(34.0, 0.45 * float(np.median(lines)))).mean()) if inside.size else 0.0


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
        first = word.text[:1]
        if first in _BOX_SIGNS and x - left <= side:
            continue
        narrow = right - left < (2.2 if len(word.text) == 1 else 1.6) * side
        if narrow and (word.confidence < 0.6 or set(word.text) <= _LIKE_A_BOX or (word.text in _DOUBTFULLY and _leads(word, words, side))):
            continue
        glued = first.isascii() and first in _LIKE_A_BOX and x - left <= side and right - left > 3 * side
        if not glued or not (word.text[1:2].isupper() or word.text[1:2] > "\u2e7f"):
            return True
    return False


def _in_column(box: Box, others: Sequence[Box]) -> bool:
    """Whether boxes of the same size stand close above or below in one column: among them a square is a box too, whatever letter it was read as."""
    side = box[2] - box[0]
    near = [other for other in others if abs(other[0] - box[0]) <= 0.35 * side and abs(other[1] - box[1]) <= _COLUMN_REACH * side]
    return sum(abs(other[2] - other[0] - side) <= 0.15 * side for other in near) >= _COLUMN_LEAST


def _begins_words(box: Box, words: Sequence[Word]) -> bool:
    """Whether a square stands at the very beginning of every word whose letters it could be."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    holding = [word.box for word in words if word.box[0] <= x <= word.box[2] and word.box[1] <= y <= word.box[3]]
    return all(box[0] - left <= _OVERHANG * (box[2] - box[0]) for left, _, _, _ in holding)


def _leads(word: Word, words: Sequence[Word], side: float) -> bool:
    """Whether words follow close on its row, and none stands close before it: so stands a tick box, a letter seldom."""
    _, top, right, bottom = word.box
    row = [other for other in words if other is not word and other.box[1] < (top + bottom) / 2 < other.box[3]]
    follows = any(-1 <= other.box[0] - right <= 1.8 * side for other in row)
    return follows and not any(-1 <= word.box[0] - other.box[2] <= 1.3 * side for other in row)


def _of_one_size(marks: list[Mark], words: Sequence[Word]) -> tuple[Mark, ...]:
    """Boxes of a form are alike: where there are many, those far from the usual size are something else. The usual size is that of squares with
    words beside them, where there are some: the lettering of a chop has none."""
    if len(marks) < 5:
        return tuple(marks)
    told = [mark for mark in marks if _has_words_beside(mark.box, words)]
    usual = float(np.median([mark.box[2] - mark.box[0] for mark in told or marks]))
    return tuple(mark for mark in marks if 0.7 * usual <= mark.box[2] - mark.box[0] <= 1.45 * usual)


def _has_words_beside(box: Box, words: Sequence[Word]) -> bool:
    """Whether a word begins close behind a square, on its height."""
    side, middle = box[2] - box[0], (box[1] + box[3]) / 2
    return any(-0.2 * side <= word.box[0] - box[2] <= 2.2 * side and word.box[1] < middle < word.box[3] for word in words)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

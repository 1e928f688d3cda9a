"""Words that somebody crossed out or put a ring around: a digital page is drawn without its text, and what is left there is no letter; on a
picture a line through a word is longer than any stroke of its letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from parsers.page_frame import covered
from parsers.pdf_print import LEAST_CONTRAST
from parsers.pdf_words import LayerWord
from parsers.values import Box

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_BAND = (0.2, 0.8)  # of a word's height: where a line must run to cross it out, neither under nor over it
_CROSSED = 0.9  # of a word's width that the line runs over
_MOST_INKED = 0.55  # of that band: more is a bar or a picture behind the word
_DARKER = 40  # levels below the paper from which something is drawn
_LEAST_RING_PT, _MOST_RING_PT, _WIDEST_RING_PT = 7.0, 45.0, 420.0  # least side, most height and width of a ring
_RING_INKED = 0.4  # of its box, at most
_AROUND, _BESIDE = 0.85, 0.6  # share of the words' columns with ring above and below, and of their rows with ring left and right
_WITHIN = 0.8  # of a word's box that lies in the ring's
_MIDDLE = (0.3, 0.7)  # of a word's height on a picture, whose box is higher than its letters: underlines run below
_STROKE = 1.2  # heights of a word's box: no letter has a stroke so long
_NARROW, _MOST_OF_NARROW = 1.3, 0.75  # heights that a word judged by itself is wide; of its width that the line then needs
_AS_DARK = 0.6  # of the darkest ink in a word's place that a line through it is at least
_PADDING = 0.5  # heights of its box that a word may be narrower than it
_LEAST_CROSSED = 0.65
_CROSSED_ON_PICTURE, _MOST_BAND = 0.8, 0.5  # of a word's width that the line runs over; of the middle of its box that it fills at most
_ALIKE_HIGH = 0.25  # of the ring's height, at least, that its words fill: else it is a box that happens to hold them


class Crossed(NamedTuple):
    """Places of words in the sequence given: those with a line through them, and those with a ring of their own around them."""

    struck: frozenset[int]
    ringed: frozenset[int]


def crossed(words: Sequence[LayerWord], bare: Picture, scale: float) -> Crossed:
    """Which words are crossed out or ringed on ``bare``, the page drawn without them (RGB, ``scale`` pixels per point)."""
    grey = np.asarray(cv2.cvtColor(bare, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    struck = frozenset(at for at in _with_something_inside(words, grey, scale) if _is_struck(words[at].box, bare, scale))
    return Crossed(struck, ringed([word.box for word in words], grey, scale))


def _with_something_inside(words: Sequence[LayerWord], grey: Picture, scale: float) -> list[int]:
    """Words in whose place anything is drawn beside the text; nearly none on most pages."""
    if not words:
        return []
    down = np.abs(np.diff(grey.astype(np.int16), axis=0, prepend=grey[:1].astype(np.int16))) >= LEAST_CONTRAST
    sums = cv2.integral(down.astype(np.uint8))
    high, wide = grey.shape
    boxes = np.array([word.box for word in words]) * scale
    left, right = np.clip(np.floor(boxes[:, 0]), 0, wide).astype(int), np.clip(np.ceil(boxes[:, 2]), 0, wide).astype(int)
    top, bottom = np.clip(np.floor(boxes[:, 1]), 0, high).astype(int), np.clip(np.ceil(boxes[:, 3]), 0, high).astype(int)
    edges = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return [int(at) for at in np.flatnonzero(edges >= 0.7 * np.maximum(1, right - left))]


def _is_struck(box: Box, bare: Picture, scale: float) -> bool:
    """Whether a line runs over nearly all of a word's width between its upper and its lower fifth, on a ground that shows."""
    x0, top, x1, bottom = box
    high = bottom - top
    upper, lower = int((top + _BAND[0] * high) * scale), int(np.ceil((top + _BAND[1] * high) * scale))
    band = bare[max(0, upper) : max(0, lower), max(0, int(x0 * scale)) : max(0, int(np.ceil(x1 * scale)))]
    if band.shape[0] < 3 or band.shape[1] < 3:
        return False
    ground = np.median(band.reshape(-1, 3), axis=0)
    drawn = np.abs(band.astype(np.int16) - ground.astype(np.int16)).max(axis=2) >= LEAST_CONTRAST
    return bool(drawn.any(axis=0).mean() >= _CROSSED and drawn.mean() <= _MOST_INKED)


def crossed_on_picture(words: Sequence[Box], grey: Picture, scale: float) -> frozenset[int]:
    """The places, in the sequence given, of words (boxes in points) with a line through them on a level picture, ``scale`` pixels per point.

    A word too narrow to tell a line from its own strokes is crossed out where the line comes from beyond it.
    """
    paper = int(np.median(grey))
    return frozenset(at for at, box in enumerate(words) if _is_crossed_on_picture(box, grey, paper, scale))


def _is_crossed_on_picture(box: Box, grey: Picture, paper: int, scale: float) -> bool:
    high, wide = (box[3] - box[1]) * scale, (box[2] - box[0]) * scale
    top, bottom = max(0, int(box[1] * scale)), int(np.ceil(box[3] * scale))
    left, beyond = max(0, int(box[0] * scale)), int(_STROKE * high)
    length = int(_STROKE * high if wide < _NARROW * high else min(_STROKE * high, _MOST_OF_NARROW * wide))
    around = grey[top:bottom, max(0, left - beyond) : left + int(wide) + beyond]
    if around.shape[0] < 5 or around.shape[1] < length or length < 5:
        return False
    darkest = int(np.percentile(around, 2))  # what lies between letters of a coarse picture is half as dark
    around = (around < paper - max(_DARKER, _AS_DARK * (paper - darkest))).astype(np.uint8)
    lines = cv2.morphologyEx(cv2.dilate(around, np.ones((2, 1), np.uint8)), cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    at = min(left, beyond)
    middle = lines[int(_MIDDLE[0] * high) : int(np.ceil(_MIDDLE[1] * high)), at : at + int(wide)]
    least = _CROSSED_ON_PICTURE if wide < _NARROW * high else max(_LEAST_CROSSED, min(_CROSSED_ON_PICTURE, 1 - _PADDING * high / wide))
    return bool(middle.size and middle.any(axis=0).mean() >= least and middle.mean() <= _MOST_BAND)


def ringed(words: Sequence[Box], grey: Picture, scale: float) -> frozenset[int]:
    """The places, in the sequence given, of words (boxes in points) that a ring or a frame of their own runs around; on ``grey``, with or without
    the words themselves, ``scale`` pixels per point."""
    drawn = (grey < int(np.median(grey)) - _DARKER).astype(np.uint8)
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(drawn, connectivity=8)
    stats = np.asarray(boxes, dtype=np.int32)
    found: set[int] = set()
    for number in _of_a_rings_size(stats, scale):
        x, y, wide, high, _ = (int(value) for value in stats[number])
        ring = (x / scale, y / scale, (x + wide) / scale, (y + high) / scale)
        inside = [at for at, word in enumerate(words) if covered(word, ring) >= _WITHIN]
        if inside and _goes_around(labels[y : y + high, x : x + wide] == number, [words[at] for at in inside], ring, scale):
            found.update(inside)
    return frozenset(found)


def _of_a_rings_size(stats: NDArray[np.int32], scale: float) -> list[int]:
    """The connected pieces (by their number, from 1 on) that are neither letters nor lines nor whole tables, and hollow."""
    wide, high, area = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    sized = (np.minimum(wide, high) >= _LEAST_RING_PT * scale) & (high <= _MOST_RING_PT * scale) & (wide <= _WIDEST_RING_PT * scale)
    return [int(number) for number in np.flatnonzero(sized & (area <= _RING_INKED * wide * high)) if number]


def _goes_around(ring: Mask, boxes: Sequence[Box], box: Box, scale: float) -> bool:
    """Whether the ring, given by its pixels within its box, runs above and below all that it holds, and at its left or its right: a ring drawn by
    hand may stay open, or run off the page."""
    left, right = min(each[0] for each in boxes) - box[0], max(each[2] for each in boxes) - box[0]
    top, bottom = min(each[1] for each in boxes) - box[1], max(each[3] for each in boxes) - box[1]
    if bottom - top < _ALIKE_HIGH * (box[3] - box[1]):
        return False
    middle, centre = int((top + bottom) / 2 * scale), int((left + right) / 2 * scale)
    columns, rows = ring[:, max(0, int(left * scale)) : int(right * scale) + 1], ring[max(0, int(top * scale)) : int(bottom * scale) + 1]
    if not columns.size or not rows.size:
        return False
    above, below = columns[:middle].any(axis=0).mean(), columns[middle:].any(axis=0).mean()
    before, behind = rows[:, :centre].any(axis=1).mean(), rows[:, centre:].any(axis=1).mean()
    return bool(min(above, below) >= _AROUND and max(before, behind) >= _BESIDE)

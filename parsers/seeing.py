"""What stands on a page besides its words: cells of tables and forms, tick boxes, ink (signatures, chops), codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from parsers.codes import codes_on
from parsers.inks import find_inks
from parsers.ruling import find_cells, find_rules
from parsers.tick_boxes import find_marks, glyph_marks
from parsers.values import Box, Ink, Mark, Value, Word

Picture = np.ndarray[Any, np.dtype[Any]]
Mask = np.ndarray[Any, np.dtype[Any]]

SEEING_DPI = 150  # ruling lines, boxes and strokes are all plain at this resolution
_BACKGROUND_PT = 18.0  # over this distance paper is even: shadows go, strokes stay
_INK_CONTRAST = 38  # of 255, darker than the paper around
_RULE_CONTRAST = 20  # ruling lines are known by their length: they may be paler
_THIN_PT = 2.2
_STAMP_ROUND = 0.72
_BLANK_SHARE = 0.0004  # inked share of a page below which nobody wrote on it


class Seen(Value):
    """Boxes in points from the top left of the picture."""

    cells: tuple[Box, ...] = ()
    marks: tuple[Mark, ...] = ()
    inks: tuple[Ink, ...] = ()
    codes: tuple[str, ...] = ()


def load_models() -> None:
    """Loads the readers' models, once a process."""
    from parsers.ocr import load_models as load

    load()


def see_page(picture: Picture, *, dpi: float, words: Sequence[Word]) -> Seen:
    """Looks at a page (uint8 RGB). ``words``: what was read on it, boxes in points; they keep letters from being taken for boxes or ink."""
    scale = SEEING_DPI / dpi
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = picture if abs(scale - 1) < 0.05 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)
    dpi = SEEING_DPI if small is not picture else dpi
    contrast = contrast_of(small, dpi)
    ink = _dark(contrast)
    rules = cv2.bitwise_or(find_rules(ink, dpi), find_rules(_faint_lines(contrast, dpi), dpi))
    cells = find_cells(rules, dpi)
    marks = find_marks(contrast, dpi, words)
    inks = find_inks(small, ink, rules, dpi, words=words, marks=marks)
    marks = tuple(mark for mark in marks if not any(_in_stamp(mark.box, piece) for piece in inks))
    return Seen(cells=cells, marks=(*marks, *glyph_marks(words, marks)), inks=inks, codes=codes_on(picture))


def _in_stamp(box: Box, ink: Ink) -> bool:
    """Whether a square is lettering of a round stamp around it."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    x0, top, x1, bottom = ink.box
    return ink.roundness >= _STAMP_ROUND and bottom - top > 2.5 * (box[3] - box[1]) and x0 < x < x1 and top < y < bottom


def inked(picture: Picture, dpi: float) -> Mask:
    """255 where there is ink: darker than the paper around it, or coloured. Shadows and yellow paper are not ink."""
    return _dark(contrast_of(picture, dpi))


def contrast_of(picture: Picture, dpi: float) -> Mask:
    """How much darker, or more coloured, than the paper around it each pixel is, 0 to 255."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    channel = cv2.addWeighted(cv2.min(cv2.min(picture[:, :, 0], picture[:, :, 1]), picture[:, :, 2]), 0.5, grey, 0.5, 0)
    size = int(_BACKGROUND_PT * dpi / 72) | 1
    small = cv2.resize(channel, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((max(3, size // 6) | 1,) * 2, np.uint8)), min(31, max(3, size // 4) | 1))
    paper = cv2.resize(paper, (channel.shape[1], channel.shape[0]), interpolation=cv2.INTER_LINEAR)
    contrast: Mask = cv2.subtract(paper, channel)
    return contrast


def _dark(contrast: Mask) -> Mask:
    threshold = max(_INK_CONTRAST, float(np.percentile(contrast[::4, ::4], 50)) + _INK_CONTRAST)
    mask: Mask = ((contrast > threshold) * 255).astype(np.uint8)
    return mask


def _faint_lines(contrast: Mask, dpi: float) -> Mask:
    """255 on what is thin and darker than both its sides, shaded bands left out."""
    thin = cv2.subtract(contrast, cv2.morphologyEx(contrast, cv2.MORPH_OPEN, np.ones((max(3, round(_THIN_PT * dpi / 72)),) * 2, np.uint8)))
    grain = float(np.percentile(thin[::4, ::4], 60))
    mask: Mask = ((thin > max(_RULE_CONTRAST, 2.5 * grain)) * 255).astype(np.uint8)
    return mask


def is_blank(picture: Picture) -> bool:
    """Whether nobody wrote on the page: specks, noise, fold lines and paper colour are not writing."""
    scale = min(1.0, 1240 / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    small = cv2.GaussianBlur(small, (3, 3), 0)
    ink = inked(small, 108)
    edge = max(4, min(ink.shape) // 40)
    middle = cv2.morphologyEx(ink[edge:-edge, edge:-edge], cv2.MORPH_CLOSE, np.ones((3, 7), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(middle)
    written = sum(int(area) for _, _, w, h, area in stats[1:] if area >= 25 and max(w, h) >= 7 and min(w, h) < 400)
    return written < _BLANK_SHARE * middle.size and int(sum(1 for _, _, w, h, area in stats[1:] if area >= 40 and max(w, h) >= 9)) < 3

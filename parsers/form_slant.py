"""Forms scanned askew: how their lines slant, told by their words or by the cells of their tables, and the page as if its lines were level."""

from __future__ import annotations

from statistics import median

from parsers.paper_slant import LEVEL, Slant, slant_of
from parsers.values import Box, Page

_PAIRS = 6  # neighbouring cells needed to tell the slant of a table
_TOUCH_PT = 4.0
_LEAST, _MOST = 0.004, 0.12


def slant_of_form(page: Page) -> Slant:
    """The slant of a page read as a picture. A table with a word in each cell has no long lines: then its cells tell."""
    told = slant_of(page)
    if told != LEVEL or page.source != "ocr":
        return told
    slopes = [_slope(left, right) for left in page.cells for right in page.cells if _is_neighbour(left, right)]
    slope = median(slopes) if len(slopes) >= _PAIRS else 0.0
    return Slant(slope) if _LEAST < abs(slope) < _MOST else LEVEL


def _is_neighbour(left: Box, right: Box) -> bool:
    """Whether two cells stand side by side in one row of a table: they touch, and are of one height."""
    shared = min(left[3], right[3]) - max(left[1], right[1])
    high, low = max(left[3] - left[1], right[3] - right[1]), min(left[3] - left[1], right[3] - right[1])
    return abs(right[0] - left[2]) <= _TOUCH_PT and shared > 0.5 * low and high < 1.4 * low


def _slope(left: Box, right: Box) -> float:
    return ((right[1] + right[3]) - (left[1] + left[3])) / ((right[0] + right[2]) - (left[0] + left[2]))


def level_page(page: Page, slant: Slant) -> Page:
    """The page with everything on it as it would stand if its lines were level: cells of a slanted scan overlap their neighbours."""
    if slant == LEVEL:
        return page
    return page.model_copy(
        update={
            "words": tuple(word.model_copy(update={"box": slant.levelled(word.box)}) for word in page.words),
            "cells": tuple(slant.levelled(cell) for cell in page.cells),
            "marks": tuple(mark.model_copy(update={"box": slant.levelled(mark.box)}) for mark in page.marks),
            "inks": tuple(ink.model_copy(update={"box": _moved(ink.box, slant)}) for ink in page.inks),
        }
    )


def _moved(box: Box, slant: Slant) -> Box:
    """A box of ink where its line is level; as high as it is, for ink has no line of its own."""
    level = slant.levelled(box)
    middle, half = (level[1] + level[3]) / 2, (box[3] - box[1]) / 2
    return (box[0], middle - half, box[2], middle + half)

"""Ruling lines of forms and tables, and the cells that they enclose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from parsers.values import Box

Mask = np.ndarray[Any, np.dtype[Any]]

_ACROSS_PT = 22.0  # shortest stretch that is a line across and no stroke of a letter
_DOWN_PT = 13.0
_LONG_PT, _LINE_PT, _WHITE_PT = 60.0, 11.5, 2.2  # longer lines are none of letters; less than a line's stretch; white between letters
_STRETCH = 0.6  # share of that length that must be unbroken
_BREAK_PT = 3.0  # breaks of faint or faxed lines that are bridged
_LEAST_PT = (14.0, 9.0)  # narrower or lower cells are tick boxes or gaps of a double line
_FULLNESS = 0.82  # share of its bounding box that a cell fills
_PAGE_SHARE = 0.85  # an enclosure as large as this is the page's frame


def find_rules(ink: Mask, dpi: float) -> Mask:
    """255 on ruling lines, across and down; tolerant of skew of a degree or two and of small breaks."""
    unit = dpi / 72
    across = _lines(ink, _ACROSS_PT * unit, _BREAK_PT * unit, across=True)
    down = _without_strokes_of_letters(_lines(ink, _DOWN_PT * unit, _BREAK_PT * unit, across=False), ink, unit)
    rules: Mask = cv2.bitwise_or(_thin_only(across, unit, across=True), _thin_only(down, unit, across=False))
    return rules


def _without_strokes_of_letters(down: Mask, ink: Mask, unit: float) -> Mask:
    """Lines down a page without short ones that are strokes of letters over one another: white lies between these, and none is as long as a line."""
    thick = _widened(ink, 3, across=True)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(down)
    for label in range(1, count):
        x, y, wide, high, _ = (int(n) for n in stats[label])
        if high >= _LONG_PT * unit:
            continue
        own = labels[y : y + high, x : x + wide] == label
        for top, bottom in _without_wide_breaks((own & (thick[y : y + high, x : x + wide] > 0)).any(axis=1), _WHITE_PT * unit):
            if bottom - top >= _LINE_PT * unit:
                own[top:bottom] = False
        down[y : y + high, x : x + wide][own] = 0
    return down


def _without_wide_breaks(drawn: Mask, most_px: float) -> list[tuple[int, int]]:
    """Begin and end of the stretches that are drawn, those joined that lie no farther apart than that."""
    at = np.flatnonzero(drawn)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) > most_px + 1)
    return [(int(run[0]), int(run[-1]) + 1) for run in np.split(at, breaks + 1)]


def _lines(ink: Mask, length_px: float, break_px: float, *, across: bool) -> Mask:
    """Stretches of nearly the full length, breaks bridged, then only what is long: letters never have a straight stroke of half a line's length."""
    thick = _widened(ink, 2, across=not across)  # a skewed line steps from row to row
    straight = _opened(thick, round(length_px * _STRETCH), across=across)
    bridge = round(break_px) + round(length_px * 0.3)
    bridged = _narrowed(_widened(straight, bridge, across=across), bridge, across=across)
    return _opened(bridged, round(length_px), across=across)


def _thin_only(lines: Mask, unit: float, *, across: bool) -> Mask:
    """Without filled bands and pictures: a ruling line is at most about four points thick."""
    thick = _opened(lines, max(3, round(4 * unit)), across=not across)
    result: Mask = cv2.subtract(lines, cv2.dilate(thick, np.ones((3, 3), np.uint8)))
    return result


def _opened(mask: Mask, length_px: int, *, across: bool) -> Mask:
    """What is left of a mask (0 or 255) once every stretch shorter than that is gone."""
    return _widened(_narrowed(mask, length_px, across=across), length_px, across=across)


def _narrowed(mask: Mask, length_px: int, *, across: bool) -> Mask:
    """255 where a whole bar of that length is; beyond the borders counts as drawn."""
    return _along_bar(mask, length_px, cv2.bitwise_and, outside=255, across=across)


def _widened(mask: Mask, length_px: int, *, across: bool) -> Mask:
    """255 where any of a bar of that length is."""
    return _along_bar(mask, length_px, cv2.bitwise_or, outside=0, across=across)


def _along_bar(mask: Mask, length_px: int, join: Callable[[Mask, Mask], Any], *, outside: int, across: bool) -> Mask:
    """What OpenCV's erosion and dilation by a bar of ones make of a mask of 0 and 255, in steps that double: a bar of fifty costs six, not fifty."""
    length = max(1, length_px)
    before, after = length // 2, length - 1 - length // 2
    rim = (0, 0, before, after) if across else (before, after, 0, 0)
    joined: Mask = cv2.copyMakeBorder(mask, *rim, cv2.BORDER_CONSTANT, value=outside)
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        joined = join(joined[:, :-step], joined[:, step:]) if across else join(joined[:-step], joined[step:])
        reach += step
    return joined


def find_cells(rules: Mask, dpi: float) -> tuple[Box, ...]:
    """The smallest rectangles that ruling lines enclose, in points, top to bottom and left to right. The page's frame is none."""
    unit = dpi / 72
    walls = cv2.dilate(rules, np.ones((3, 3), np.uint8))
    walls = cv2.copyMakeBorder(walls, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.bitwise_not(walls), connectivity=4)
    outside = {int(labels[0, 0])}
    page_area = rules.shape[0] * rules.shape[1]
    cells: list[Box] = []
    for label in range(1, count):
        x, y, width, height, area = (int(n) for n in stats[label])
        if label in outside or width < _LEAST_PT[0] * unit or height < _LEAST_PT[1] * unit or width * height > _PAGE_SHARE * page_area:
            continue
        if area < _FULLNESS * width * height:
            continue
        cells.append(((x - 3) / unit, (y - 3) / unit, (x + width - 1) / unit, (y + height - 1) / unit))
    return tuple(sorted(cells, key=lambda cell: (round(cell[1]), cell[0])))

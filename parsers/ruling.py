"""Ruling lines of forms and tables, and the cells that they enclose."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from parsers.values import Box

Mask = np.ndarray[Any, np.dtype[Any]]

_ACROSS_PT = 22.0  # shortest stretch that is a line across and no stroke of a letter
_DOWN_PT = 13.0
_STRETCH = 0.6  # share of that length that must be unbroken
_BREAK_PT = 3.0  # breaks of faint or faxed lines that are bridged
_LEAST_PT = (14.0, 9.0)  # narrower or lower cells are tick boxes or gaps of a double line
_FULLNESS = 0.82  # share of its bounding box that a cell fills
_PAGE_SHARE = 0.85  # an enclosure as large as this is the page's frame


def find_rules(ink: Mask, dpi: float) -> Mask:
    """255 on ruling lines, across and down; tolerant of skew of a degree or two and of small breaks."""
    unit = dpi / 72
    across = _lines(ink, _ACROSS_PT * unit, _BREAK_PT * unit, across=True)
    down = _lines(ink, _DOWN_PT * unit, _BREAK_PT * unit, across=False)
    rules: Mask = cv2.bitwise_or(_thin_only(across, unit, across=True), _thin_only(down, unit, across=False))
    return rules


def _lines(ink: Mask, length_px: float, break_px: float, *, across: bool) -> Mask:
    """Stretches of nearly the full length, breaks bridged, then only what is long: letters never have a straight stroke of half a line's length."""
    thick = cv2.dilate(ink, _bar(2, across=not across))  # a skewed line steps from row to row
    straight = cv2.morphologyEx(thick, cv2.MORPH_OPEN, _bar(round(length_px * _STRETCH), across=across))
    bridged = cv2.morphologyEx(straight, cv2.MORPH_CLOSE, _bar(round(break_px) + round(length_px * 0.3), across=across))
    lines: Mask = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, _bar(round(length_px), across=across))
    return lines


def _bar(length_px: int, *, across: bool) -> Mask:
    return np.ones((1, max(1, length_px)) if across else (max(1, length_px), 1), np.uint8)


def _thin_only(lines: Mask, unit: float, *, across: bool) -> Mask:
    """Without filled bands and pictures: a ruling line is at most about four points thick."""
    thick = cv2.morphologyEx(lines, cv2.MORPH_OPEN, _bar(max(3, round(4 * unit)), across=not across))
    result: Mask = cv2.subtract(lines, cv2.dilate(thick, np.ones((3, 3), np.uint8)))
    return result


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

"""Pages held upright for whoever reads them by place, and the places of what was read put back onto the page as displayed.

Rows of a sideways, slanting or photographed page are rows again only once the page is held upright; evidence is always told as displayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from parsers.values import Box, Evidence, Field, Page, Upright

_A4_LONG_SIDE = 842.0
_A4_SHORT_SIDE = 595.0
_LONG = 2.2  # times as high as wide: no sheet is
_SHEET = (500.0, 1250.0)  # longest sides, in points, of pages that are taken for sheets of paper as they are (A5 to A3)
_SINGULAR = 0.2  # determinant below which a box around a turned box no longer tells the box (turned by nearly 45 degrees)


def held_upright(page: Page) -> Page:
    """The page with every box where it stands when the page is held upright, at the size of a sheet of paper: a photograph that states 72 dots per
    inch is a page of two metres, and letters of half a metre are nobody's. A page that stands upright at such a size is returned as it is."""
    if page.upright is None:
        return _resized(page, sheet_scale(page))
    onward = np.array(page.upright.matrix, np.float64).reshape(3, 3)

    def box(displayed: Box) -> Box:
        return _held(displayed, onward)

    turned = page.model_copy(update={"upright": None, "width": page.upright.width, "height": page.upright.height, **_moved(page, box)})
    return _resized(turned, sheet_scale(page))


def sheet_scale(page: Page) -> float:
    """What the sides of a page are multiplied with to make it as large as a sheet of A4; 1.0 for pages of about a sheet's size.
    A page far longer than any sheet becomes as wide as one."""
    size = page.upright or page
    longest, shortest = max(size.width, size.height), min(size.width, size.height)
    if size.height > _LONG * size.width > 0:  # a long screenshot: pages below one another, each as wide as it
        return _A4_SHORT_SIDE / shortest
    return 1.0 if not longest or _SHEET[0] <= longest <= _SHEET[1] else _A4_LONG_SIDE / longest


def _resized(page: Page, scale: float) -> Page:
    if scale == 1.0:
        return page

    def box(old: Box) -> Box:
        return (old[0] * scale, old[1] * scale, old[2] * scale, old[3] * scale)

    return page.model_copy(update={"width": page.width * scale, "height": page.height * scale, **_moved(page, box)})


def _moved(page: Page, box: Callable[[Box], Box]) -> dict[str, Any]:
    """Everything on the page that has a place, moved."""
    return {
        "words": tuple(word.model_copy(update={"box": box(word.box)}) for word in page.words),
        "cells": tuple(box(cell) for cell in page.cells),
        "marks": tuple(mark.model_copy(update={"box": box(mark.box)}) for mark in page.marks),
        "inks": tuple(ink.model_copy(update={"box": box(ink.box)}) for ink in page.inks),
        "widgets": tuple(widget.model_copy(update={"box": box(widget.box)}) for widget in page.widgets),
    }


def displayed_box(box: Box, upright: Upright | None) -> Box:
    """The box around a box of the upright page, in points of the page as displayed."""
    if upright is None:
        return box
    back = np.linalg.inv(np.array(upright.matrix, np.float64).reshape(3, 3))
    x0, top, x1, bottom = box
    corners = np.array([_mapped(back, x, y) for x, y in ((x0, top), (x1, top), (x1, bottom), (x0, bottom))])
    (left, upper), (right, lower) = corners.min(axis=0), corners.max(axis=0)
    return (round(float(left), 2), round(float(upper), 2), round(float(right), 2), round(float(lower), 2))


def fields_as_displayed(fields: Mapping[str, Field], pages: Sequence[Page]) -> dict[str, Field]:
    """Fields read from pages that were held upright, their evidence told where a person sees it. ``pages``: as displayed."""
    by_number = {page.number: page for page in pages}
    return {key: _as_displayed(field, by_number) for key, field in fields.items()}


def _as_displayed(field: Field, pages: Mapping[int, Page]) -> Field:
    evidence = field.evidence
    page = pages.get(evidence.page) if evidence is not None else None
    if evidence is None or evidence.box is None or page is None:
        return field
    scale = sheet_scale(page)
    if page.upright is None and scale == 1.0:
        return field
    x0, top, x1, bottom = (side / scale for side in evidence.box)
    moved: Evidence = evidence.model_copy(update={"box": displayed_box((x0, top, x1, bottom), page.upright)})
    return field.model_copy(update={"evidence": moved})


def _held(box: Box, onward: Any) -> Box:
    """The box whose surrounding box on the displayed page is this one: its middle moved, its sides told from the two that surround it."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    width, height = box[2] - box[0], box[3] - box[1]
    middle = _mapped(onward, x, y)
    turn = np.abs(np.linalg.inv(_slopes(onward, x, y)))  # how much of the upright width and height each displayed side shows
    if abs(np.linalg.det(turn)) > _SINGULAR * float((turn**2).sum()) / 2:
        width, height = np.linalg.solve(turn, np.array([width, height]))
    width, height = max(0.5, float(width)), max(0.5, float(height))
    return (middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)


def _mapped(matrix: Any, x: float, y: float) -> tuple[float, float]:
    u, v, w = matrix @ np.array([x, y, 1.0])
    return float(u / w), float(v / w)


def _slopes(matrix: Any, x: float, y: float) -> Any:
    """The derivative of the map at a point: two rows of two."""
    u, v, w = matrix @ np.array([x, y, 1.0])
    return np.array([[matrix[0, k] * w - u * matrix[2, k] for k in (0, 1)], [matrix[1, k] * w - v * matrix[2, k] for k in (0, 1)]]) / w**2

"""Pages held upright for whoever reads them by place, and the places of what was read put back onto the page as displayed.

Rows of a sideways, slanting or photographed page are rows again only once the page is held upright; evidence is always told as displayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parsers.values import Box, Evidence, Field, Page, Upright

_SINGULAR = 0.2  # determinant below which a box around a turned box no longer tells the box (turned by nearly 45 degrees)


def held_upright(page: Page) -> Page:
    """The page with every box where it stands when the page is held upright. A page that stands upright is returned as it is."""
    if page.upright is None:
        return page
    onward = np.array(page.upright.matrix, np.float64).reshape(3, 3)

    def box(displayed: Box) -> Box:
        return _held(displayed, onward)

    return page.model_copy(
        update={
            "upright": None,
            "width": page.upright.width,
            "height": page.upright.height,
            "words": tuple(word.model_copy(update={"box": box(word.box)}) for word in page.words),
            "cells": tuple(box(cell) for cell in page.cells),
            "marks": tuple(mark.model_copy(update={"box": box(mark.box)}) for mark in page.marks),
            "inks": tuple(ink.model_copy(update={"box": box(ink.box)}) for ink in page.inks),
            "widgets": tuple(widget.model_copy(update={"box": box(widget.box)}) for widget in page.widgets),
        }
    )


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
    uprights = {page.number: page.upright for page in pages if page.upright is not None}
    return {key: _as_displayed(field, uprights) for key, field in fields.items()}


def _as_displayed(field: Field, uprights: Mapping[int, Upright]) -> Field:
    evidence = field.evidence
    if evidence is None or evidence.box is None or evidence.page not in uprights:
        return field
    moved: Evidence = evidence.model_copy(update={"box": displayed_box(evidence.box, uprights[evidence.page])})
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

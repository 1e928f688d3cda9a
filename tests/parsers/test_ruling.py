from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from parsers.ruling import _narrowed, _opened, _widened, find_cells, find_rules


@pytest.mark.parametrize("length", [1, 2, 3, 8, 13, 20, 27, 46])
@pytest.mark.parametrize("across", [True, False])
def test_stretches_are_found_as_by_a_bar_of_ones_at_the_borders_too(length: int, across: bool) -> None:
    dice = np.random.default_rng(length)
    bar = np.ones((1, length) if across else (length, 1), np.uint8)
    for share in (0.02, 0.5, 0.98):
        mask = ((dice.random((70, 90)) < share) * 255).astype(np.uint8)
        mask[30] = mask[:, 40] = 255
        assert (_narrowed(mask, length, across=across) == cv2.erode(mask, bar)).all()
        assert (_widened(mask, length, across=across) == cv2.dilate(mask, bar)).all()
        assert (_opened(mask, length, across=across) == cv2.morphologyEx(mask, cv2.MORPH_OPEN, bar)).all()


def test_a_bar_longer_than_the_page_leaves_nothing_that_is_not_drawn_through() -> None:
    mask = np.full((20, 30), 255, np.uint8)
    mask[5, 3] = 0
    assert (_opened(mask, 200, across=True) == cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, 200), np.uint8))).all()


def _frame(*, letters: list[tuple[float, float, float]], breaks: tuple[float, ...] = ()) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A frame of 250 by 27 points at 150 dpi with upright strokes in it (left, top, bottom, in points), its left side broken at these heights."""
    unit = 150 / 72
    ink = np.zeros((120, 620), np.uint8)
    cv2.rectangle(ink, (40, 30), (40 + round(250 * unit), 30 + round(27 * unit)), 255, 2)
    for left, top, bottom in letters:
        x = 40 + round(left * unit)
        ink[30 + round(top * unit) : 30 + round(bottom * unit), x : x + 2] = 255
    for top in breaks:
        ink[30 + round(top * unit) : 30 + round((top + 1.4) * unit), 38:43] = 0
    return ink


def test_strokes_of_letters_over_one_another_part_no_frame() -> None:
    ink = _frame(letters=[(28, 1.5, 11.5), (28, 14.5, 25), (120, 1, 11), (120, 14, 26)])
    assert len(find_cells(find_rules(ink, 150), 150)) == 1


def test_a_line_within_a_frame_parts_it_and_a_broken_one_closes_it() -> None:
    assert len(find_cells(find_rules(_frame(letters=[(28, 0, 27)]), 150), 150)) == 2
    assert len(find_cells(find_rules(_frame(letters=[], breaks=(12,)), 150), 150)) == 1

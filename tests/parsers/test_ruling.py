from __future__ import annotations

import cv2
import numpy as np
import pytest

from parsers.ruling import _narrowed, _opened, _widened


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

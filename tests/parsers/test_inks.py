"""Ink on drawn pages: the lines of shaded cells are ruling, a square chop on white paper is a chop."""

from __future__ import annotations

import cv2
import numpy as np

from parsers.inks import find_inks
from parsers.ruling import find_rules
from parsers.values import Ink

DPI = 150
UNIT = DPI / 72


def inks_on(picture: np.ndarray) -> tuple[Ink, ...]:
    """What is found on a drawn page of 150 dpi, ink told from paper by its darkness."""
    ink = ((cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) < 150) * 255).astype(np.uint8)
    return find_inks(picture, ink, find_rules(ink, DPI), DPI, words=(), marks=())


def paper(shade: tuple[int, int, int] = (255, 255, 255)) -> np.ndarray:
    return np.full((600, 1000, 3), shade, np.uint8)


def box(picture: np.ndarray, corners: tuple[float, float, float, float], colour: tuple[int, int, int], *, thick: int) -> None:
    x0, top, x1, bottom = (round(n * UNIT) for n in corners)
    cv2.rectangle(picture, (x0, top), (x1, bottom), colour, thick)


def test_the_tinted_lines_of_a_shaded_cell_are_no_ink() -> None:
    picture = paper()
    box(picture, (80, 60, 150, 140), (175, 190, 215), thick=-1)
    box(picture, (80, 60, 150, 140), (40, 50, 95), thick=2)
    assert inks_on(picture) == ()


def test_the_same_holds_on_paper_of_warm_light() -> None:
    picture = paper((235, 225, 205))
    box(picture, (80, 60, 150, 140), (235, 195, 165), thick=-1)
    box(picture, (80, 60, 150, 140), (95, 50, 30), thick=2)
    assert inks_on(picture) == ()


def test_a_square_red_chop_on_white_and_on_warm_paper_is_ink_of_its_size() -> None:
    for shade in ((255, 255, 255), (235, 225, 205)):
        picture = paper(shade)
        box(picture, (80, 60, 130, 110), (200, 30, 40), thick=4)
        cv2.putText(picture, "XY", (round(88 * UNIT), round(96 * UNIT)), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (200, 30, 40), 4)
        (found,) = inks_on(picture)
        assert found.colour == "red"
        assert abs(found.box[0] - 80) < 4
        assert abs(found.box[2] - 130) < 4

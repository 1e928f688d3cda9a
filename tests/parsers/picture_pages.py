"""Pages drawn by the corpus and turned into pictures in ways that a test needs."""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from parsers.ruling import find_rules
from tests.corpus import degrade, forms, people

Picture = np.ndarray[Any, np.dtype[np.uint8]]


@lru_cache(maxsize=8)
def form_pages(seed: int, dpi: float, *, form: str = "A", language: str = "en") -> tuple[Picture, ...]:
    """The pages of a filled and printed official form as pictures."""
    dice = random.Random(seed)
    applicant = people.invent(dice, form=form, connection=None if form == "C" else "gd_joint_venture", language=language)
    return tuple(degrade.pictures_of(forms.printed_official(applicant, dice)[0], dpi))


def turning(picture: Picture, degrees: float) -> tuple[Any, tuple[int, int]]:
    """The map that turns a picture clockwise about its middle onto a sheet that holds all of it, and that sheet's size."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -degrees, 1)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    size = (round(height * sine + width * cosine), round(height * cosine + width * sine))
    turn[:, 2] += (size[0] / 2 - width / 2, size[1] / 2 - height / 2)
    return turn, size


def turned(picture: Picture, degrees: float) -> Picture:
    """The picture turned clockwise on a larger white sheet; quarter turns lose nothing."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(picture, -int(degrees) // 90))
    turn, size = turning(picture, degrees)
    result: Picture = cv2.warpAffine(picture, turn, size, borderValue=(250, 250, 250)).astype(np.uint8)
    return result


def lines_of(picture: Picture, dpi: float, *, turned_by: float = 0.0) -> list[Any]:
    """Corners of the lines of a straight page, found by their shape alone and turned with it: what a reader's detector would give."""
    dark: Any = (cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) < 128).astype(np.uint8) * 255
    letters = cv2.subtract(dark, cv2.dilate(find_rules(dark, dpi), np.ones((3, 3), np.uint8)))
    joined = cv2.morphologyEx(letters, cv2.MORPH_CLOSE, np.ones((3, 15), np.uint8))
    turn, _ = turning(picture, turned_by)
    found = []
    for outline in cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, width, height = cv2.boundingRect(outline)
        if width > 20 and 5 <= height <= 25:
            corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
            found.append(cv2.transform(corners[None], turn)[0].astype(np.float32))
    return found

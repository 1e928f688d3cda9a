"""Turning a displayed page upright: quarter turns, skew and perspective told by its lines and its edges, and the way back for every box.

Nothing is done without evidence: a page that stands straight is read as it is, pixel for pixel. Coordinates are pixels, x right and y down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from parsers.sheet_edges import sheet_corners
from parsers.values import Box

Picture = np.ndarray[Any, np.dtype[Any]]
Matrix = np.ndarray[Any, np.dtype[Any]]
Quad = np.ndarray[Any, np.dtype[np.float32]]
Certainty = Callable[[Sequence[Quad]], float]  # how surely these lines can be read as their corners stand, 0 to 1

_LONG = 4.0  # a line this many times longer than high tells a direction well
_ELONGATED = 2.5  # one this many times longer than high has a direction at all
_LEAST_LINES = 4
_LEAST_SKEW_DEG, _MOST_SKEW_DEG = 0.2, 30.0
_AGREE_DEG = 0.8  # lines within this of the usual direction agree with it
_AGREEING = 0.6  # share of the lines' length that must
_REFINING_PX = 1000  # long side of the picture on which skew is refined
_REFINED_DEG, _REFINED_STEP_DEG = 0.6, 0.1
_SHARPER = 1.02  # times as uneven as without any turn, at least
_SIDEWAYS = 1.5  # times as much line length down the page as across it
_SAMPLE = 5  # lines read to tell which way is up
_READS = 0.9  # lines read this surely stand upright
_CLEARLY = 0.12  # by how much the other way must read better
_A4 = math.sqrt(2)
_LIKE_A4 = 0.07
_ENLARGED = 1.3  # at most, so that the sheet fills the picture as its resolution presumes


@dataclass(frozen=True)
class Uprighting:
    """An upright picture, the quarter turn that made it (clockwise degrees), and the way there and back."""

    picture: Picture
    rotation: int
    to_displayed: Matrix  # 3 x 3, from pixels of the upright picture to pixels of the displayed one

    @property
    def unchanged(self) -> bool:
        return bool(np.array_equal(self.to_displayed, np.eye(3)))

    def back(self, box: Box) -> Box:
        """The box around this box, in pixels of the displayed picture."""
        x0, top, x1, bottom = box
        there = _moved(np.array([[x0, top], [x1, top], [x1, bottom], [x0, bottom]]), self.to_displayed)
        return (float(there[:, 0].min()), float(there[:, 1].min()), float(there[:, 0].max()), float(there[:, 1].max()))

    def there(self, lines: Sequence[Quad]) -> list[Quad]:
        """Lines found on the displayed picture, on the upright one."""
        if self.unchanged:
            return list(lines)
        onward = np.linalg.inv(self.to_displayed)
        return [along_reading(_moved(line, onward)) for line in lines]


def made_upright(picture: Picture, lines: Sequence[Quad], certainty: Certainty) -> Uprighting:
    """The picture as it is to be read. ``lines``: corners of the lines of text found on it, in pixels and clockwise.

    ``certainty`` is asked for a handful of lines, twice at most.
    """
    size = (picture.shape[1], picture.shape[0])
    onward = np.eye(3)
    corners = sheet_corners(picture, lines)
    if corners is not None:
        onward, size = _flattened(corners, max(size))
    turn = _quarter_turn(lines, certainty)
    if turn:
        onward, size = _turned(size, turn) @ onward, (size if turn == 180 else size[::-1])
    skew = _skew(picture, [along_reading(_moved(line, onward)) for line in lines], onward, size)
    if abs(skew) >= _LEAST_SKEW_DEG:
        levelling, size = _levelled(size, skew)
        onward = levelling @ onward
    elif corners is None:
        return Uprighting(np.ascontiguousarray(np.rot90(picture, -turn // 90)) if turn else picture, turn, np.linalg.inv(onward))
    return Uprighting(_warped(picture, onward, size), turn, np.linalg.inv(onward))


def along_reading(quad: Quad) -> Quad:
    """A line's corners clockwise from where reading begins: the first edge of a long line runs to the right or, on a line down the page, upwards."""
    width, height = _sides(quad)
    if max(width, height) < _ELONGATED * max(1.0, min(width, height)):
        return np.roll(quad, -int(np.argmin(quad.sum(axis=1))), axis=0).astype(np.float32)
    across = width >= height
    along = quad[1] + quad[2] - quad[0] - quad[3] if across else quad[2] + quad[3] - quad[0] - quad[1]
    backwards = along[0] < 0 if abs(along[0]) >= abs(along[1]) else along[1] > 0
    return np.roll(quad, (0 if across else -1) + 2 * int(backwards), axis=0).astype(np.float32)


def skew_of(lines: Sequence[Quad]) -> float:
    """Degrees by which lines fall to the right (positive: the page was turned clockwise); 0 where they are few or do not agree."""
    angles, weights = [], []
    for line in filter(_is_long, lines):
        along = (line[1] + line[2] - line[0] - line[3]) / 2
        angles.append(math.degrees(math.atan2(along[1], along[0])))
        weights.append(float(np.hypot(*along)))
    if len(angles) < _LEAST_LINES:
        return 0.0
    usual = _weighted_median(angles, weights)
    near = [(angle, weight) for angle, weight in zip(angles, weights, strict=True) if abs(angle - usual) <= _AGREE_DEG]
    if sum(weight for _, weight in near) < _AGREEING * sum(weights) or abs(usual) > _MOST_SKEW_DEG:
        return 0.0
    return _weighted_median([angle for angle, _ in near], [weight**2 for _, weight in near])


def _skew(picture: Picture, lines: Sequence[Quad], onward: Matrix, size: tuple[int, int]) -> float:
    """Degrees by which the page is still turned clockwise: told by its lines, then refined by how print and rulings pile up in rows."""
    rough = skew_of(lines)
    if not any(map(_is_long, lines)):
        return 0.0
    scale = min(1.0, _REFINING_PX / max(size))
    small = cv2.cvtColor(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    shrink = np.diag([scale, scale, 1.0])
    upright = _warped(small, shrink @ onward @ np.linalg.inv(shrink), (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    dark = cv2.morphologyEx(upright, cv2.MORPH_BLACKHAT, np.ones((9, 9), np.uint8)).astype(np.float32)
    trials = rough + np.arange(-_REFINED_DEG, _REFINED_DEG + 1e-6, _REFINED_STEP_DEG)
    sharpness = [_row_sharpness(dark, float(trial)) for trial in trials]
    best = int(np.argmax(sharpness))
    if not 0 < best < len(trials) - 1 or sharpness[best] < _SHARPER * _row_sharpness(dark, 0.0):
        return rough
    before, peak, after = sharpness[best - 1 : best + 2]
    bend = before - 2 * peak + after
    return float(trials[best] + (_REFINED_STEP_DEG * (before - after) / (2 * bend) if bend < 0 else 0.0))


def _row_sharpness(dark: Picture, skew_deg: float) -> float:
    """How unevenly ink is spread over the rows once the picture is turned back by so much; greatest where lines are level."""
    height, width = dark.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1)
    rows = cv2.warpAffine(dark, turn, (width, height), flags=cv2.INTER_LINEAR).sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


def _is_long(line: Quad) -> bool:
    length, height = _sides(line)
    return length >= _LONG * max(1.0, height)


def _quarter_turn(lines: Sequence[Quad], certainty: Certainty) -> int:
    """Clockwise degrees to turn the page by: 0, 90, 180 or 270."""
    measured = [(line, *_sides(line)) for line in map(along_reading, lines)]
    long = [(line, length / max(1.0, height)) for line, length, height in measured if length >= _ELONGATED * height]
    across = [entry for entry in long if _runs_across(entry[0])]
    down = [entry for entry in long if not _runs_across(entry[0])]
    if len(down) >= _LEAST_LINES and sum(_sides(line)[0] for line, _ in down) > _SIDEWAYS * sum(_sides(line)[0] for line, _ in across):
        return _better(_sample(down), certainty, 90, 270)
    return _better(_sample(across), certainty, 0, 180) if len(across) >= 2 else 0


def _runs_across(line: Quad) -> bool:
    along = line[1] - line[0]
    return bool(abs(along[0]) >= abs(along[1]))


def _better(sample: Sequence[Quad], certainty: Certainty, one: int, other: int) -> int:
    """Of two turns that under which the lines can be read, as they stand or from the other end; the first where it is no worse."""
    forward = certainty(sample)
    if forward >= _READS:
        return one
    return other if certainty([np.roll(line, 2, axis=0) for line in sample]) > forward + _CLEARLY else one


def _sample(lines: Sequence[tuple[Quad, float]]) -> list[Quad]:
    """Lines of middling length, by preference: long ones cost time, short ones tell little."""
    return [line for line, _ in sorted(lines, key=lambda line: abs(math.log(line[1] / 7)))[:_SAMPLE]]


def _flattened(corners: Quad, long_side: int) -> tuple[Matrix, tuple[int, int]]:
    """The sheet's corners onto a straight sheet that is as long as the picture, within bounds."""
    width, height = _sides(corners)
    if abs(max(width, height) / min(width, height) / _A4 - 1) < _LIKE_A4:
        width, height = (width, width * _A4) if height > width else (height * _A4, height)
    scale = min(_ENLARGED, long_side / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    return cv2.getPerspectiveTransform(corners.astype(np.float32), target), size


def _turned(size: tuple[int, int], turn: int) -> Matrix:
    """Pixels before to pixels after a clockwise quarter turn of a picture of that width and height."""
    width, height = size
    rows = {
        90: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        180: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        270: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    return np.array(rows[turn], np.float64)


def _levelled(size: tuple[int, int], skew_deg: float) -> tuple[Matrix, tuple[int, int]]:
    """A turn against the skew, on a picture large enough to lose no corner."""
    width, height = size
    sine, cosine = math.sin(math.radians(skew_deg)), math.cos(math.radians(skew_deg))
    new = (math.ceil(width * cosine + height * abs(sine)), math.ceil(width * abs(sine) + height * cosine))
    turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]], np.float64)
    middle = _moved(np.array([[width / 2, height / 2]]), turn)[0]
    turn[0, 2], turn[1, 2] = new[0] / 2 - middle[0], new[1] / 2 - middle[1]
    return turn, new


def _warped(picture: Picture, onward: Matrix, size: tuple[int, int]) -> Picture:
    """The picture carried over by a map; what lay outside has the colour of the paper."""
    paper = np.median(picture[::16, ::16].reshape(-1, picture.shape[2] if picture.ndim == 3 else 1), axis=0)
    fill = tuple(float(n) for n in paper)
    warped: Picture = cv2.warpPerspective(picture, onward, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    return warped


def _sides(quad: Quad) -> tuple[float, float]:
    """Mean width and height of four corners."""
    width = (np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
    height = (np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    return float(width), float(height)


def _moved(points: Any, by: Matrix) -> Any:
    return cv2.perspectiveTransform(np.asarray(points, np.float64)[None], by)[0]


def _weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    order = np.argsort(values)
    passed = np.cumsum(np.asarray(weights)[order])
    return float(np.asarray(values)[order][int(np.searchsorted(passed, passed[-1] / 2))])

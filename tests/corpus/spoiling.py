"""What befalls a page on its way: each step makes the next picture, and remembers where every point of the page went."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Matrix = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Shot:
    """A picture (RGB), and the map (3 x 3) from points of the page drawn to its pixels."""

    picture: Picture
    moved: Matrix

    def then(self, picture: Any, move: Any = None) -> Shot:
        return Shot(np.ascontiguousarray(picture, dtype=np.uint8), self.moved if move is None else np.asarray(move, float) @ self.moved)


def scaled(shot: Shot, across: float, down: float) -> Shot:
    """Larger or smaller, across and down apart: pixels need not be square."""
    size = (round(shot.picture.shape[1] * across), round(shot.picture.shape[0] * down))
    how = cv2.INTER_AREA if across * down < 1 else cv2.INTER_CUBIC
    return shot.then(cv2.resize(shot.picture, size, interpolation=how), np.diag([across, down, 1.0]))


def skewed(shot: Shot, degrees: float, *, paper: tuple[int, int, int] = (246, 246, 246)) -> Shot:
    """Turned clockwise by a few degrees on a sheet of the same size, or a larger one where corners would be lost."""
    height, width = shot.picture.shape[:2]
    turn = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1), [0, 0, 1]])
    sine, cosine = abs(math.sin(math.radians(degrees))), math.cos(math.radians(degrees))
    size = (math.ceil(width * cosine + height * sine), math.ceil(width * sine + height * cosine))
    turn = np.array([[1, 0, size[0] / 2 - width / 2], [0, 1, size[1] / 2 - height / 2], [0, 0, 1]]) @ turn
    return shot.then(cv2.warpPerspective(shot.picture, turn, size, borderValue=paper), turn)


def turned(shot: Shot, quarter: int) -> Shot:
    """Turned clockwise by 0, 90, 180 or 270 degrees."""
    height, width = shot.picture.shape[:2]
    moves = {
        0: np.eye(3),
        90: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        180: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        270: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    return shot.then(np.rot90(shot.picture, -quarter // 90), moves[quarter])


def mirrored(shot: Shot) -> Shot:
    return shot.then(shot.picture[:, ::-1], [[-1, 0, shot.picture.shape[1]], [0, 1, 0], [0, 0, 1]])


def inverted(shot: Shot) -> Shot:
    return shot.then(255 - shot.picture)


def noisy(shot: Shot, dice: random.Random, noise: float) -> Shot:
    """Grey paper and the grain of a sensor."""
    grain = np.random.default_rng(dice.randrange(10**6)).normal(0, noise, shot.picture.shape[:2])
    rough = shot.picture.astype(np.float32) * dice.uniform(0.93, 1.0) + grain[:, :, None]
    return shot.then(np.clip(cv2.GaussianBlur(rough, (0, 0), dice.uniform(0.3, 0.7)), 0, 255))


def bilevel(shot: Shot, dice: random.Random) -> Shot:
    """Black and white alone, with the flecks of a fax line."""
    grey = cv2.cvtColor(noisy(shot, dice, 8).picture, cv2.COLOR_RGB2GRAY)
    black = np.where(grey > dice.randrange(150, 185), 255, 0).astype(np.uint8)
    flecks = np.random.default_rng(dice.randrange(10**6)).random(black.shape)
    black[flecks < 0.0004] = 0
    return shot.then(np.repeat(black[:, :, None], 3, axis=2))


def blurred(shot: Shot, sigma: float) -> Shot:
    """Out of focus: ``sigma`` in pixels."""
    return shot.then(cv2.GaussianBlur(shot.picture, (0, 0), sigma))


def tilted(shot: Shot, dice: random.Random, by: float, *, desk: tuple[int, int, int] = (250, 250, 250), close: bool = False) -> Shot:
    """Seen aslant: each corner of the sheet moved by up to ``by`` of its side. ``close``: the sheet is larger than the frame, so that no edge is seen;
    what stood within a margin of the frame is cut off, and the print is not."""
    height, width = shot.picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inward = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)], np.float32)
    shift = np.array([[dice.uniform(0.2, 1) * by * width, dice.uniform(0.2, 1) * by * height] for _ in range(4)], np.float32)
    target = corners + inward * shift
    if close:  # the frame is drawn round the print, a little outside it
        dark = np.argwhere(cv2.cvtColor(shot.picture, cv2.COLOR_RGB2GRAY) < 128)
        (top, left), (bottom, right) = dark.min(axis=0) - 8, dark.max(axis=0) + 8
        move = cv2.getPerspectiveTransform(corners, target)
        box = cv2.perspectiveTransform(np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float32), move)[0]
        (x0, y0), (x1, y1) = box.min(axis=0), box.max(axis=0)
        grow = min(width / (x1 - x0), height / (y1 - y0))
        move = np.array([[grow, 0, -grow * x0], [0, grow, -grow * y0], [0, 0, 1]]) @ move
    else:
        move = cv2.getPerspectiveTransform(corners, target)
    border = cv2.BORDER_REPLICATE if close else cv2.BORDER_CONSTANT
    return shot.then(cv2.warpPerspective(shot.picture, move, (width, height), borderMode=border, borderValue=desk), move)


def shaded(shot: Shot, dice: random.Random, darkest: float) -> Shot:
    """Light from one side, and the soft shadow of a hand; ``darkest``: share of the light that is left there."""
    height, width = shot.picture.shape[:2]
    turn = dice.uniform(0, 2 * math.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    ramp = (x / width - 0.5) * math.cos(turn) + (y / height - 0.5) * math.sin(turn)
    light = 1 - (1 - darkest) * np.clip(ramp + 0.5, 0, 1)
    middle = (dice.uniform(0.1, 0.9) * width, dice.uniform(0.5, 1.0) * height)
    hand = np.exp(-((((x - middle[0]) / (0.22 * width)) ** 2 + ((y - middle[1]) / (0.16 * height)) ** 2) ** 2))
    light *= 1 - 0.35 * (1 - darkest) * hand
    grain = np.random.default_rng(dice.randrange(10**6)).normal(0, 3, shot.picture.shape[:2])
    return shot.then(np.clip(shot.picture * light[:, :, None] + grain[:, :, None], 0, 255))


def moired(shot: Shot, dice: random.Random) -> Shot:
    """A photograph of a screen: coloured waves and the screen's lines."""
    height, width = shot.picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    turn, length = dice.uniform(0.1, 0.6), dice.uniform(5, 9)
    wave = np.sin(2 * math.pi * (x * math.cos(turn) + y * math.sin(turn)) / length + 4 * np.sin(y / 130))
    slow = np.sin(2 * math.pi * (x * math.sin(turn) - y * math.cos(turn)) / (length * 9))
    colour = np.stack([1 + 0.07 * wave + 0.05 * slow, 1 - 0.05 * wave + 0.05 * slow, 1 + 0.06 * np.roll(wave, 3, axis=1)], axis=2)
    return shot.then(np.clip(shot.picture * 0.94 * colour, 0, 255))


def chopped(shot: Shot, dice: random.Random) -> Shot:
    """A round red chop pressed over print."""
    height, width = shot.picture.shape[:2]
    radius = round(0.1 * width)
    ink = np.full_like(shot.picture, 255)
    for _ in range(2):
        middle = (round(dice.uniform(0.35, 0.8) * width), round(dice.uniform(0.2, 0.75) * height))
        cv2.circle(ink, middle, radius, (215, 40, 50), max(2, radius // 14))
        cv2.circle(ink, middle, round(0.72 * radius), (215, 40, 50), max(1, radius // 40))
        cv2.putText(
            ink, "HARBOUR", (middle[0] - round(0.6 * radius), middle[1]), cv2.FONT_HERSHEY_DUPLEX, radius / 110, (215, 40, 50), max(1, radius // 40)
        )
    pressed = np.minimum(shot.picture, np.clip(ink.astype(np.int16) + dice.randrange(0, 30), 0, 255))
    return shot.then(pressed)


def punched(shot: Shot, dice: random.Random) -> Shot:
    """Two punch holes and the shadow of a staple at the left."""
    picture = shot.picture.copy()
    height, width = picture.shape[:2]
    for share in (0.36, 0.64):
        cv2.circle(picture, (round(0.032 * width), round(share * height)), round(0.013 * width), (25, 25, 28), -1)
    at = (round(dice.uniform(0.03, 0.05) * width), round(0.03 * height))
    cv2.line(picture, at, (at[0] + round(0.04 * width), at[1] + round(0.012 * height)), (70, 70, 70), max(2, width // 500))
    cv2.line(
        picture, (at[0] + 4, at[1] + 6), (at[0] + round(0.04 * width) + 4, at[1] + round(0.012 * height) + 6), (190, 190, 190), max(3, width // 300)
    )
    return shot.then(picture)


def edged(shot: Shot, dice: random.Random) -> Shot:
    """The dark edges of a scanner whose lid stood open."""
    width = shot.picture.shape[1]
    left, right, top, bottom = (round(dice.uniform(0.01, 0.035) * width) for _ in range(4))
    framed = cv2.copyMakeBorder(shot.picture, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(22, 22, 24))
    return shot.then(framed, [[1, 0, left], [0, 1, top], [0, 0, 1]])

"""Whether printed characters look like what a file says they are: its map of letters may be wrong by accident or on purpose.

Each character's ink is compared with that of the same character in the plain type that comes with OpenCV, and with that of those it could be
mistaken for: a digit with the other digits, a letter with letters and digits of other shapes, a Chinese character with the others of its page.
Measured on 44 faces at the size of ten points: a digit mistaken for another is found wherever the face's own digits are known (42 faces of 44;
the others' digits are doubted), a wrong letter in 99%, a wrong Chinese character in 93% of cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float32]
Features = NDArray[np.float32]

_DIGITS = "0123456789"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ALIKE = ("cC", "oO0QD", "sS5", "vVyY", "wW", "xX", "zZ2", "kK", "pP", "uU", "iIl1tfJrTjLd", "mM", "B8", "gq9", "eE", "aA", "bh6n", "Gg6", "rR")
_FACES = (("sans", 300), ("sans", 400), ("sans", 700), ("italic", 400), ("uni", 400))
_HAN_FACES = (("uni", 400),)
_TILE, _INNER = 32, 20  # pixels of the square that a character's ink is laid in, and of the ink
_TURNS = 8
_INKED = 0.35  # of the strongest ink: the borders of a character
# How much less than another character one may resemble its own: 0 for digits, which decide letters; more where types differ more.
_SLACK_DIGIT, _SLACK_LETTER, _SLACK_HAN = 0.0, 0.08, 0.08


def is_compared(char: str) -> bool:
    """Whether there is something to compare the character with: digits, plain Latin letters, Chinese characters."""
    return char in _DIGITS or char in _LETTERS or "\u4e00" <= char <= "\u9fff"


def learn(chars: str) -> None:
    """Draws the shapes of these characters ahead, so that processes forked from this one find them drawn."""
    for char in sorted(set(chars + _LETTERS + _DIGITS)):
        if is_compared(char):
            _templates(char)


def misshapen(chars: Sequence[str], inks: Sequence[NDArray[np.uint8]]) -> list[bool]:
    """For each character with its ink (any size, 0 to 255): whether it looks more like another than like itself."""
    doubted = [False] * len(chars)
    for wanted, slack in ((_DIGITS, _SLACK_DIGIT), (_LETTERS, _SLACK_LETTER), ("", _SLACK_HAN)):
        places = [at for at, char in enumerate(chars) if (char in wanted if wanted else "\u4e00" <= char <= "\u9fff") and inks[at].size]
        if not places:
            continue
        rivals = wanted if wanted == _DIGITS else _LETTERS + _DIGITS if wanted else "".join(dict.fromkeys(chars[at] for at in places))
        likeness = _likeness(_features([_trimmed(inks[at]) for at in places]), rivals)
        for row, at in zip(likeness, places, strict=True):
            own = float(row[rivals.index(chars[at])])
            others = np.where(_alike(chars[at], rivals), -1.0, row)
            doubted[at] = own < float(others.max()) - slack
    return doubted


@lru_cache(maxsize=8192)
def _alike(char: str, rivals: str) -> NDArray[np.bool_]:
    """Which of the rivals no shape tells from the character."""
    if rivals == _DIGITS or not char.isascii():
        return np.array([rival == char for rival in rivals])
    like = {char}.union(*(group for group in _ALIKE if char in group))
    return np.array([rival in like for rival in rivals])


def _likeness(features: Features, rivals: str) -> Features:
    """How much each shape resembles each rival in the face in which it does most; one row a shape."""
    best: Features = np.zeros((len(features), len(rivals)), np.float32)
    for column, rival in enumerate(rivals):
        best[:, column] = (features @ _templates(rival).T).max(axis=1)
    return best


@lru_cache(maxsize=4096)
def _templates(char: str) -> Features:
    inks = []
    for name, weight in _FACES if char.isascii() else _HAN_FACES:
        canvas = np.zeros((64, 64), np.uint8)
        cv2.putText(canvas, char, (10, 46), 255, _face(name), 32, weight)
        inks.append(_trimmed(canvas))
    return _features(inks)


@lru_cache(maxsize=4)
def _face(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)


def _trimmed(ink: NDArray[np.uint8]) -> Ink:
    """The ink within its own borders, 0 to 1; one empty pixel where there is none."""
    most = int(ink.max()) if ink.size else 0
    if most == 0:
        return np.zeros((1, 1), np.float32)
    x, y, wide, high = cv2.boundingRect((ink > _INKED * most).astype(np.uint8))
    return np.asarray(ink[y : y + high, x : x + wide] / most, dtype=np.float32)


def _laid(ink: Ink) -> Ink:
    """The ink in the middle of a tile, its proportions halved: type may be narrow or wide."""
    height, width = ink.shape
    longest = max(height, width)
    across, down = (max(1, round(_INNER * (side / longest) ** 0.5)) for side in (width, height))
    how = cv2.INTER_AREA if longest > _INNER else cv2.INTER_CUBIC
    tile = np.zeros((_TILE, _TILE), np.float32)
    x, y = (_TILE - across) // 2, (_TILE - down) // 2
    tile[y : y + down, x : x + across] = cv2.resize(ink, (across, down), interpolation=how)
    return tile


def _features(inks: Sequence[Ink]) -> Features:
    """A row of numbers for each shape: where its strokes run which way, and where its ink lies. All shapes are worked on in one strip."""
    strip = np.concatenate([_laid(ink) for ink in inks], axis=1)
    slope_x, slope_y = cv2.Sobel(strip, cv2.CV_32F, 1, 0), cv2.Sobel(strip, cv2.CV_32F, 0, 1)
    strength, turn = cv2.cartToPolar(slope_x, slope_y)
    turn *= _TURNS / (2 * np.pi)
    parts = []
    for number in range(_TURNS):
        apart = np.abs(turn - number)
        near = strength * np.clip(1 - np.minimum(apart, _TURNS - apart), 0, 1)
        parts.append(_cells(np.asarray(cv2.GaussianBlur(near, (0, 0), 1.8), np.float32), len(inks)))
    strokes = _evened(np.sqrt(_normal(np.concatenate(parts, axis=1))))
    ink = _evened(_cells(np.asarray(cv2.GaussianBlur(strip, (0, 0), 1.2), np.float32), len(inks)))
    return _normal(np.concatenate([0.6 * ink, strokes], axis=1))


def _cells(strip: Ink, count: int) -> Features:
    small = cv2.resize(strip, (8 * count, 8), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small.reshape(8, count, 8).transpose(1, 0, 2).reshape(count, 64), dtype=np.float32)


def _evened(rows: Features) -> Features:
    return _normal(rows - rows.mean(axis=1, keepdims=True))


def _normal(rows: Features) -> Features:
    return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6), dtype=np.float32)

"""A picture put right before it is read: pixels made square, white print on black turned round, long screenshots cut between lines of print.

Whatever is done to the picture is undone for the boxes: they stand on the page as displayed. Coordinates are pixels or points, x right and y down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

from parsers.page_frame import rounded
from parsers.values import Box, Page, Upright, Word

Picture = np.ndarray[Any, np.dtype[np.uint8]]
Matrix = np.ndarray[Any, np.dtype[Any]]

LONG = 2.2  # times as high as wide: no sheet is, two sheets below one another are
_SQUARE = 0.03  # pixels whose sides differ by less are square
_PIECE = (1.15, 1.65)  # heights of a piece, in widths: that of a sheet, and room to find a place without print
_SEEN_PX = 400  # long side on which a picture is judged as a whole
_DARK, _LIGHTER = 100, 70  # of 255: a negative's paper, and how much lighter its print is
_LARGE_LIGHT = 0.12  # share of a negative that may be light in patches too large for print
_FAX_WIDTHS = (1728, 2048, 2432)  # dots of a fax line on A4, B4 and A3 (ITU-T T.4); standard resolution has half as many lines
_COARSE_FAX = (0.55, 0.8)  # height of such a page in dots, in widths


class Righted(NamedTuple):
    """A picture as it is to be read, how much it was widened and heightened, and whether it had been a negative."""

    picture: Picture
    across: float = 1.0
    down: float = 1.0
    negative: bool = False


def put_right(picture: Picture, *, width: float, height: float) -> Righted:
    """The picture (RGB, displayed on ``width`` by ``height`` points) with square pixels, dark on light."""
    across, down = _stretch(picture, width, height)
    if (across, down) != (1.0, 1.0):
        size = (max(1, round(picture.shape[1] * across)), max(1, round(picture.shape[0] * down)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    if is_negative(picture):
        return Righted(np.asarray(cv2.bitwise_not(picture), dtype=np.uint8), across, down, negative=True)
    return Righted(picture, across, down)


def _stretch(picture: Picture, width: float, height: float) -> tuple[float, float]:
    """By how much the picture is too narrow or too low for square pixels: told by its page, or by a fax machine's standard resolution."""
    high, wide = picture.shape[:2]
    x, y = wide / width, high / height
    if abs(x / y - 1) <= _SQUARE:
        coarse = wide in _FAX_WIDTHS and _COARSE_FAX[0] < high / wide < _COARSE_FAX[1] and _two_tones(picture)
        return (1.0, 2.0) if coarse else (1.0, 1.0)
    return (1.0, x / y) if x > y else (y / x, 1.0)


def _two_tones(picture: Picture) -> bool:
    some = picture[::7, ::7]
    return bool(np.isin(some, (0, 255)).all())


def is_negative(picture: Picture) -> bool:
    """Whether print is white on black: dark all over, light only in strokes. A sheet on a dark desk is light in one large patch."""
    scale = _SEEN_PX / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    paper = float(np.median(grey))
    if paper > _DARK or float(np.percentile(grey, 99)) < paper + _LIGHTER:
        return False
    light = (grey > paper + _LIGHTER / 2).astype(np.uint8)
    patches = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))
    return float(patches.mean()) < _LARGE_LIGHT


def cut_places(picture: Picture) -> list[int]:
    """Rows between which a long picture is read piece by piece, first and last included: where there is least to see. Two for a sheet."""
    high, wide = picture.shape[:2]
    if high <= LONG * wide:
        return [0, high]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    edges = np.abs(np.diff(grey.astype(np.int16), axis=1)).sum(axis=1).astype(np.float32)
    busy = cv2.blur(edges[:, None], (1, max(3, wide // 90)))[:, 0]
    places = [0]
    while high - places[-1] > LONG * wide * 0.8:
        start, end = (places[-1] + round(share * wide) for share in _PIECE)
        quiet = start + int(np.argmin(busy[start : min(end, high - 1)]))
        places.append(quiet)
    return [*places, high]


def carried(page: Page, move: Matrix, *, width: float, height: float) -> Page:
    """The page with every box moved by a map (3 x 3, along the axes: shift, stretch, mirror) onto a page of that size; held upright it stays."""

    def box(old: Box) -> Box:
        (x0, y0, _), (x1, y1, _) = (move @ (old[0], old[1], 1.0)).tolist(), (move @ (old[2], old[3], 1.0)).tolist()
        return rounded((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))

    before = page.upright
    onward = np.array(before.matrix if before else np.eye(3).ravel(), np.float64).reshape(3, 3) @ np.linalg.inv(move)
    a, b, c, d, e, f, g, h, i = (float(n) for n in (onward / onward[2, 2]).ravel())
    size = (before.width, before.height) if before else (page.width, page.height)
    upright = Upright(matrix=(a, b, c, d, e, f, g, h, i), width=size[0], height=size[1])
    return page.model_copy(update={"width": width, "height": height, "upright": upright, **_boxes(page, box)})


def _boxes(page: Page, box: Callable[[Box], Box]) -> dict[str, Any]:
    return {
        "words": tuple(word.model_copy(update={"box": box(word.box)}) for word in page.words),
        "cells": tuple(box(cell) for cell in page.cells),
        "marks": tuple(mark.model_copy(update={"box": box(mark.box)}) for mark in page.marks),
        "inks": tuple(ink.model_copy(update={"box": box(ink.box)}) for ink in page.inks),
    }


def joined(pieces: Sequence[Page], tops: Sequence[float], *, width: float, height: float) -> Page:
    """One page of pieces read one by one, each ``tops`` points below the page's top; words keep their order and their lines."""
    moved = [_moved_down(piece, top) for piece, top in zip(pieces, tops, strict=True)]
    words: list[Word] = []
    for piece in moved:
        lines = max((word.line for word in words), default=-1) + 1
        words += [word.model_copy(update={"line": word.line + lines}) for word in piece.words]
    first = pieces[0]
    return first.model_copy(
        update={
            "width": width,
            "height": height,
            "words": tuple(words),
            "cells": tuple(cell for piece in moved for cell in piece.cells),
            "marks": tuple(mark for piece in moved for mark in piece.marks),
            "inks": tuple(ink for piece in moved for ink in piece.inks),
            "codes": tuple(dict.fromkeys(code for piece in pieces for code in piece.codes)),
            "rotation": 0,
            "upright": None,
            "confidence": round(sum(word.confidence for word in words) / len(words), 4) if words else 0.0,
            "notes": tuple(dict.fromkeys(note for piece in pieces for note in piece.notes)),
        }
    )


def _moved_down(page: Page, by: float) -> Page:
    return page.model_copy(update=_boxes(page, lambda box: rounded((box[0], box[1] + by, box[2], box[3] + by))))

"""Ink that is neither text nor ruling nor tick box: signatures, chops, drawings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import cv2
import numpy as np

from parsers.values import Box, Ink, Mark, Word

Picture = np.ndarray[Any, np.dtype[Any]]
Mask = np.ndarray[Any, np.dtype[Any]]

_NEAR_PT = 7.0  # strokes this near belong to one hand
_LEAST_PT = 14.0  # smaller things are specks
_LEAST_AREA_PT2 = 14.0  # inked area of a signature, at least
_RULE_PT = 46.0  # a shorter line that meets no other may be part of a stamp
_CHOP_PT = (24.0, 190.0)
_FRAME_PT = 110.0  # longest side of a square chop
_ROUND = 0.80
_WRITTEN_ROUND, _DRAWN_SHARE = 0.6, 0.33  # roundness of writing, at most; share of a ring's outline from which strokes may be one, broken or not
_RING_SHARE = 0.42  # share of an ellipse's outline that is inked in a chop
_COLOURED = 60  # saturation, of 255
_SHADED = 14  # of 255: more saturation than the paper of the page has
_SHADED_PT = 5.0  # colour wider than this on paper without ink is shading; the seam of colour around a stamp's strokes is narrower


def find_inks(picture: Picture, ink: Mask, rules: Mask, dpi: float, *, words: Sequence[Word], marks: Sequence[Mark]) -> tuple[Ink, ...]:
    """Ink on a page, boxes in points. Chops are found even where their inner text was read as words; recognised words alone are no ink."""
    unit = dpi / 72
    saturation = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)[:, :, 1]
    colour = ((saturation > _COLOURED) * 255).astype(np.uint8)
    frames = _coloured_frames(cv2.bitwise_and(cv2.subtract(ink, _shading(saturation, ink, unit)), colour), unit)
    ruled = cv2.subtract(cv2.dilate(_ruled(rules, unit), np.ones((3, 3), np.uint8)), frames)
    strokes = cv2.subtract(ink, ruled)
    chops = list(_chops(picture, strokes, cv2.bitwise_and(strokes, colour), unit))
    rest = strokes.copy()
    for word in words:
        if word.confidence >= 0.6:
            _clear(rest, word.box, unit, margin=1.0)
    for mark in marks:
        _clear(rest, mark.box, unit, margin=3.0)
    return _joined(chops, list(_strokes(picture, rest, unit)))


def _ruled(rules: Mask, unit: float) -> Mask:
    """Ruling lines without short ones that meet no other: the flat top and bottom of an oval chop look like these."""
    kept: Mask = np.zeros_like(rules)
    x, y, width, height = _inhabited(rules, margin=2)
    rules = rules[y : y + height, x : x + width]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    long = np.zeros(count, np.uint8)
    long[1:] = (stats[1:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1) >= _RULE_PT * unit) * 255
    kept[y : y + height, x : x + width] = cv2.bitwise_and(rules, long[labels])
    return kept


def _inhabited(mask: Mask, *, margin: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of all that is not 0, with a margin as far as the page goes; one pixel at least."""
    x, y, width, height = cv2.boundingRect(mask)
    left, top = max(0, x - margin) & ~1, max(0, y - margin) & ~1  # even: pieces of ink keep the order that they have on the whole page
    return left, top, max(1, min(mask.shape[1], x + width + margin) - left), max(1, min(mask.shape[0], y + height + margin) - top)


def _shading(saturation: Mask, ink: Mask, unit: float) -> Mask:
    """255 on and around paper of more colour than the rest: the lines of a shaded cell take its colour on, and are no sides of a chop."""
    bare = cv2.dilate(ink, np.ones((3, 3), np.uint8)) == 0
    usual = float(np.median(saturation[bare])) if bare.any() else 0.0
    shaded = ((saturation > usual + _SHADED) & bare).astype(np.uint8)
    solid = cv2.morphologyEx(shaded, cv2.MORPH_OPEN, np.ones((max(3, round(_SHADED_PT * unit)),) * 2, np.uint8))
    near: Mask = cv2.dilate(solid, np.ones((2 * round(_SHADED_PT * unit) + 1,) * 2, np.uint8)) * 255
    return near


def _coloured_frames(coloured: Mask, unit: float) -> Mask:
    """255 on coloured ink that hangs together within a stamp's size: the straight sides of a square chop are no ruling lines."""
    if not coloured.any():
        return coloured
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(coloured, np.ones((3, 3), np.uint8)))
    sides = stats[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1]
    stamp = np.zeros(count, np.uint8)
    stamp[1:] = ((sides.min(axis=1) >= _CHOP_PT[0] * unit) & (sides.max(axis=1) <= _FRAME_PT * unit))[1:] * 255
    kept: Mask = stamp[labels]
    return kept


def _joined(chops: list[Ink], strokes: list[Ink]) -> tuple[Ink, ...]:
    """Strokes that lie around or across a ring belong to that chop: its outer ring, its lettering."""
    found = []
    for chop in chops:
        parts = [stroke for stroke in strokes if _share(stroke.box, chop.box) > 0.15 or _share(chop.box, stroke.box) > 0.5]
        parts = [part for part in parts if _span(part.box) <= 2.6 * _span(chop.box)]
        strokes = [stroke for stroke in strokes if stroke not in parts]
        box = chop.box
        for part in parts:
            box = (min(box[0], part.box[0]), min(box[1], part.box[1]), max(box[2], part.box[2]), max(box[3], part.box[3]))
        found.append(chop.model_copy(update={"box": box}))
    return (*found, *strokes)


def _span(box: Box) -> float:
    return max(box[2] - box[0], box[3] - box[1])


def _strokes(picture: Picture, rest: Mask, unit: float) -> Iterator[Ink]:
    near = max(3, round(_NEAR_PT * unit))
    left, upper, across, down = _inhabited(rest, margin=near + 1)
    rest = rest[upper : upper + down, left : left + across]
    grouped = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((near, near), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(grouped)
    for label in range(1, count):
        x, y, width, height, _ = (int(n) for n in stats[label])
        if max(width, height) < _LEAST_PT * unit or min(width, height) < 3 * unit:
            continue
        region = (labels[y : y + height, x : x + width] == label) & (rest[y : y + height, x : x + width] > 0)
        if region.sum() < _LEAST_AREA_PT2 * unit * unit:
            continue
        yield _ink(picture, region, left + x, upper + y, unit, roundness=_outline_roundness(region.astype(np.uint8), unit))


def _chops(picture: Picture, strokes: Mask, coloured: Mask, unit: float) -> Iterator[Ink]:
    """Round and oval outlines of a chop's size, most of whose ellipse is inked. Red and blue ones stand out by their colour."""
    taken: list[Box] = []
    for layer in (coloured, strokes):
        closed = cv2.morphologyEx(layer, cv2.MORPH_CLOSE, np.ones((max(2, round(1.6 * unit)),) * 2, np.uint8))
        contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            x, y, width, height = cv2.boundingRect(contour)
            low, high = (limit * unit for limit in _CHOP_PT)
            if not (low <= width <= high and low * 0.6 <= height <= high and 0.4 <= width / height <= 2.6) or len(contour) < 20:
                continue
            box = (x / unit, y / unit, (x + width) / unit, (y + height) / unit)
            if any(_share(box, other) > 0.5 for other in taken):
                continue
            hull = cv2.convexHull(contour)
            roundness = _hull_roundness(hull)
            if roundness >= _ROUND and _ring_share(layer, hull, unit) >= _RING_SHARE:
                taken.append(box)
                region = layer[y : y + height, x : x + width] > 0
                yield _ink(picture, region, x, y, unit, roundness=roundness)


def _hull_roundness(hull: Any) -> float:
    """Area of the hull over that of the ellipse fitted to it; 1 for a full circle or ellipse."""
    if len(hull) < 5:
        return 0.0
    (_, _), (major, minor), _ = cv2.fitEllipse(hull)
    ellipse = math.pi * major * minor / 4
    area = float(cv2.contourArea(hull))
    rectangle = cv2.minAreaRect(hull)
    fullness = area / max(1.0, rectangle[1][0] * rectangle[1][1])
    if ellipse <= 0 or fullness > 0.9:  # a rectangle fills its own bounding box; an ellipse pi/4 of it
        return 0.0
    return max(0.0, 1 - abs(1 - area / ellipse)) * min(1.0, fullness / (math.pi / 4))


def _ring_share(layer: Mask, hull: Any, unit: float) -> float:
    outline = np.zeros_like(layer)
    (cx, cy), (a, b), angle = cv2.fitEllipse(hull)
    thickness = max(2, round(3 * unit))
    shrunk = ((cx, cy), (max(1.0, a - thickness), max(1.0, b - thickness)), angle)
    cv2.ellipse(outline, shrunk, 255, thickness)
    angles = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    hits = 0
    turn = math.radians(angle)
    for theta in angles:
        ex, ey = (a - thickness) / 2 * math.cos(theta), (b - thickness) / 2 * math.sin(theta)
        px, py = cx + ex * math.cos(turn) - ey * math.sin(turn), cy + ex * math.sin(turn) + ey * math.cos(turn)
        x, y = int(px), int(py)
        patch = layer[max(0, y - thickness) : y + thickness + 1, max(0, x - thickness) : x + thickness + 1]
        hits += bool(patch.size and patch.max())
    return hits / len(angles)


def _outline_roundness(region: Mask, unit: float) -> float:
    """How round strokes are as a whole; what is round only as its hull goes, with hardly anything drawn along it, is no stamp but writing."""
    roundness = _roundness(region, unit)
    if roundness <= _WRITTEN_ROUND:
        return roundness
    contours, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    drawn = _ring_share(region * 255, cv2.convexHull(np.vstack(contours)), unit)
    return roundness if drawn >= _DRAWN_SHARE else _WRITTEN_ROUND


def _roundness(region: Mask, unit: float) -> float:
    """How round a group of strokes is as a whole; below a chop's size or far longer than high it is never called round."""
    contours, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    roundness = _hull_roundness(cv2.convexHull(np.vstack(contours))) if contours else 0.0
    height, width = region.shape
    could_be_chop = min(height, width) >= _CHOP_PT[0] * unit and 0.45 <= width / height <= 2.2
    return roundness if could_be_chop else min(_WRITTEN_ROUND, roundness)


def _ink(picture: Picture, region: Any, x: int, y: int, unit: float, *, roundness: float) -> Ink:
    rows, columns = np.nonzero(region)
    box = ((x + columns.min()) / unit, (y + rows.min()) / unit, (x + columns.max() + 1) / unit, (y + rows.max() + 1) / unit)
    inside = picture[y : y + region.shape[0], x : x + region.shape[1]][region > 0]
    area = (columns.max() - columns.min() + 1) * (rows.max() - rows.min() + 1)
    return Ink(
        box=tuple(float(n) for n in box),
        colour=_colour(inside),
        roundness=round(float(roundness), 3),
        density=round(float(len(rows) / area), 3),
    )


def _colour(pixels: Any) -> Literal["black", "red", "blue", "other"]:
    hsv = cv2.cvtColor(pixels.reshape(-1, 1, 3), cv2.COLOR_RGB2HSV).reshape(-1, 3)
    strong = hsv[hsv[:, 1] > _COLOURED]
    if len(strong) < 0.25 * len(hsv):
        return "black"
    hue = strong[:, 0].astype(int)
    red = ((hue < 12) | (hue > 165)).mean()
    blue = ((hue > 95) & (hue < 145)).mean()
    return "red" if red > 0.5 else "blue" if blue > 0.5 else "other"


def _clear(mask: Mask, box: Box, unit: float, *, margin: float) -> None:
    x0, top, x1, bottom = (round(n * unit) for n in (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin))
    mask[max(0, top) : max(0, bottom), max(0, x0) : max(0, x1)] = 0


def _share(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height) / max(1e-6, (a[2] - a[0]) * (a[3] - a[1]))

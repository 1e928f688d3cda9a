"""The edges of a sheet of paper in a photograph: a light sheet on a darker desk, told only where all four are clear."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

Picture = np.ndarray[Any, np.dtype[Any]]
Corners = np.ndarray[Any, np.dtype[np.float32]]  # clockwise from the top left

_SIDE_PX = 640  # long side on which the sheet is looked for
_SHEET_SHARE = (0.35, 0.985)  # of the picture
_FILLED = 0.94  # share of the four-sided figure that is lighter than the desk
_DARKER = 35  # of 255: the desk, than the sheet beside it
_ASKEW = 0.008  # of the long side: corners nearer to an upright rectangle need no flattening
_LINES_INSIDE = 0.97


def sheet_corners(picture: Picture, lines: Sequence[Corners]) -> Corners | None:
    """Corners of the sheet in pixels; None where it fills the picture, stands straight, is not clear, or leaves lines of text outside."""
    scale = _SIDE_PX / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    light = cv2.GaussianBlur(small.max(axis=2), (5, 5), 0)
    _, mask = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    sheet = max(contours, key=cv2.contourArea)
    share = cv2.contourArea(sheet) / mask.size
    corners = _four_corners(sheet) if _SHEET_SHARE[0] <= share <= _SHEET_SHARE[1] else None
    if corners is None or not _is_clear(light, mask, corners) or not _askew(corners):
        return None
    corners = (corners / scale).astype(np.float32)
    return corners if _holds(corners, lines) else None


def _four_corners(contour: Any) -> Corners | None:
    """Where the four sides cross, each fitted to the contour between its corners; None where the outline is not four-sided."""
    hull = cv2.convexHull(contour)
    length = cv2.arcLength(hull, True)
    rough = next((poly for poly in (cv2.approxPolyDP(hull, share * length, True) for share in (0.01, 0.02, 0.03, 0.05)) if len(poly) <= 4), None)
    if rough is None or len(rough) != 4 or not cv2.isContourConvex(rough):
        return None
    points = contour[:, 0].astype(np.float32)
    corners = rough[:, 0].astype(np.float32)
    sides = [_side(points, start, end) for start, end in pairwise([*corners, corners[0]])]
    if any(side is None for side in sides):
        return None
    crossings = [_crossing(before, after) for before, after in pairwise([sides[-1], *sides])]
    if any(crossing is None for crossing in crossings):
        return None
    fitted = np.array(crossings, np.float32)
    if cv2.contourArea(fitted, oriented=True) < 0:
        fitted = fitted[::-1]
    return np.roll(fitted, -int(np.argmin(fitted.sum(axis=1))), axis=0)


def _side(points: Any, start: Any, end: Any) -> Any | None:
    """A line (direction and point) through the middle of the outline between two corners; None where the outline is no straight line."""
    along = end - start
    length = float(np.linalg.norm(along))
    if length < 30:
        return None
    along = along / length
    offset = points - start
    run, aside = offset @ along, np.abs(offset @ np.array([-along[1], along[0]]))
    near = points[(run > 0.08 * length) & (run < 0.92 * length) & (aside < 0.02 * length + 3)]
    if len(near) < 0.6 * length:
        return None
    vx, vy, x, y = cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    spread = np.abs((near - (x, y)) @ np.array([-vy, vx]))
    return (vx, vy, x, y) if float(np.percentile(spread, 90)) < 2.5 else None


def _crossing(one: Any, other: Any) -> tuple[float, float] | None:
    matrix = np.array([[one[0], -other[0]], [one[1], -other[1]]], np.float64)
    if abs(np.linalg.det(matrix)) < 0.3:
        return None
    along = np.linalg.solve(matrix, np.array([other[2] - one[2], other[3] - one[3]], np.float64))[0]
    return float(one[2] + along * one[0]), float(one[3] + along * one[1])


def _is_clear(light: Picture, mask: Picture, corners: Corners) -> bool:
    """Whether the sheet is light all over, and the desk darker beside every edge that does not run along the picture's."""
    inside = np.zeros_like(mask)
    cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), 255)
    if float((mask[inside > 0] > 0).mean()) < _FILLED:
        return False
    centre = corners.mean(axis=0)
    height, width = light.shape
    for start, end in pairwise([*corners, corners[0]]):
        outward = (start + end) / 2 - centre
        outward = outward / max(1.0, float(np.linalg.norm(outward)))
        contrasts = []
        for share in np.linspace(0.1, 0.9, 17):
            edge = start + (end - start) * share
            near, far = edge - 6 * outward, edge + 6 * outward
            if 0 <= far[0] < width and 0 <= far[1] < height and 0 <= near[0] < width and 0 <= near[1] < height:
                contrasts.append(float(light[int(near[1]), int(near[0])]) - float(light[int(far[1]), int(far[0])]))
        if contrasts and float(np.percentile(contrasts, 20)) < _DARKER:
            return False
    return True


def _askew(corners: Corners) -> bool:
    """Whether the sheet differs from an upright rectangle."""
    left, right = corners[[0, 3], 0], corners[[1, 2], 0]
    top, bottom = corners[[0, 1], 1], corners[[2, 3], 1]
    return max(float(np.ptp(side)) for side in (left, right, top, bottom)) > _ASKEW * _SIDE_PX


def _holds(corners: Corners, lines: Sequence[Corners]) -> bool:
    inside = sum(cv2.pointPolygonTest(corners.reshape(-1, 1, 2), tuple(float(n) for n in line.mean(axis=0)), False) >= 0 for line in lines)
    return bool(inside >= _LINES_INSIDE * len(lines))

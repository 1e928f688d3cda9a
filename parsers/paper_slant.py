"""How the lines of a photographed page slant, and the page with its lines level: for reading by place; evidence stays where it was seen."""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

from parsers.values import Box, Page

_LONG = 60.0  # points that two words of a line must stand apart to tell its slant
_ENOUGH = 4  # lines needed to tell the slant of a page
_LEVEL = 0.004  # slants below this (two points over a page's width) are left alone


class Slant(NamedTuple):
    """Fall of the lines in points down per point to the right: ``at_top`` of the page, and how it ``grows`` per point down (perspective)."""

    at_top: float = 0.0
    grows: float = 0.0

    def levelled(self, box: Box) -> Box:
        """The box as it would stand if its line were level; as wide, and as high as its print."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        slope = self.at_top + self.grows * y
        high = box[3] - box[1]
        half = max(0.4 * high, high - abs(slope) * (box[2] - box[0])) / 2
        return (box[0], y - slope * x - half, box[2], y - slope * x + half)

    def as_seen(self, box: Box) -> Box:
        """Where a levelled box stands on the page as displayed."""
        if self == LEVEL:
            return box
        corners = [(y + self.at_top * x) / max(0.2, 1 - self.grows * x) for x in (box[0], box[2]) for y in (box[1], box[3])]
        return (box[0], min(corners), box[2], max(corners))


LEVEL = Slant()


def slant_of(page: Page) -> Slant:
    """The slant of a page that was read as a picture, told by the words of its longer lines; level where too few tell it."""
    if page.source != "ocr":
        return LEVEL
    slopes = sorted(_slopes(page))
    if len(slopes) < _ENOUGH:
        return LEVEL
    half = max(2, len(slopes) // 2)
    (y0, s0), (y1, s1) = _middle(slopes[:half]), _middle(slopes[-half:])
    grows = (s1 - s0) / (y1 - y0) if y1 - y0 > 0.2 * page.height and len(slopes) >= 2 * _ENOUGH else 0.0
    at_top = (s0 + s1) / 2 - grows * (y0 + y1) / 2
    steepest = max(abs(at_top), abs(at_top + grows * page.height))
    return Slant(at_top, grows) if _LEVEL < steepest < 0.3 else LEVEL


def levelled(page: Page, slant: Slant) -> Page:
    if slant == LEVEL:
        return page
    return page.model_copy(update={"words": tuple(word.model_copy(update={"box": slant.levelled(word.box)}) for word in page.words)})


def _slopes(page: Page) -> list[tuple[float, float]]:
    """(height on the page, slope) of every line whose first and last word stand far enough apart."""
    ends: dict[int, tuple[Box, Box]] = {}
    for word in page.words:
        first, last = ends.get(word.line, (word.box, word.box))
        ends[word.line] = (min(first, word.box), max(last, word.box))
    found = []
    for first, last in ends.values():
        run = (last[0] + last[2] - first[0] - first[2]) / 2
        if run >= _LONG:
            rise = (last[1] + last[3] - first[1] - first[3]) / 2
            found.append(((first[1] + last[3]) / 2, rise / run))
    return found


def _middle(slopes: list[tuple[float, float]]) -> tuple[float, float]:
    return median(y for y, _ in slopes), median(slope for _, slope in slopes)

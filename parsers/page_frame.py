"""Where a point of a PDF page lands on the page as displayed: /CropBox cut out, /Rotate applied, origin at the top left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from parsers.values import Box, Word


class Frame(NamedTuple):
    """The visible rectangle of a page in PDF user space, and its clockwise turn (0, 90, 180 or 270 degrees)."""

    x0: float
    y0: float
    x1: float
    y1: float
    rotation: int

    @property
    def width(self) -> float:
        return self.y1 - self.y0 if self.rotation in (90, 270) else self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.x1 - self.x0 if self.rotation in (90, 270) else self.y1 - self.y0

    def displayed(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of user space as a box of the displayed page, in points from its top left corner, corners in order."""
        ax, ay = self._point(left, bottom)
        bx, by = self._point(right, top)
        return (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        if self.rotation == 90:
            return y - self.y0, x - self.x0
        if self.rotation == 180:
            return self.x1 - x, y - self.y0
        if self.rotation == 270:
            return self.y1 - y, self.x1 - x
        return x - self.x0, self.y1 - y


def rounded(box: Box) -> Box:
    """The box to a hundredth of a point, which is finer than any eye and shorter in storage."""
    return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))


def scaled(box: Box, by: float) -> Box:
    return (box[0] * by, box[1] * by, box[2] * by, box[3] * by)


def area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all; there must be one at least."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def shared_area(one: Box, other: Box) -> float:
    return area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))


def covered(box: Box, by: Box) -> float:
    """Share of ``box`` that lies in ``by``, 0 to 1; 0 for a box without area."""
    whole = area(box)
    return shared_area(box, by) / whole if whole > 0 else 0.0


def inside_centre(box: Box, of: Box) -> bool:
    """Whether the middle of ``box`` lies in ``of``."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return of[0] <= x <= of[2] and of[1] <= y <= of[3]


def in_lines(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words numbered by the line that they stand in, lines from the top, words from the left.

    Two words share a line when their middles differ by less than half the height of the lower one. Columns side by side share lines.
    """
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.box[1] + w.box[3]):
        line = next((line for line in lines[-6:][::-1] if _same_line(line[0], word)), None)
        if line is None:
            lines.append([word])
        else:
            line.append(word)
    lines.sort(key=lambda line: min(w.box[1] + w.box[3] for w in line))
    return tuple(
        word.model_copy(update={"line": number}) for number, line in enumerate(lines) for word in sorted(line, key=lambda w: (w.box[0], w.box[1]))
    )


def _same_line(one: Word, other: Word) -> bool:
    lower = min(one.box[3] - one.box[1], other.box[3] - other.box[1])
    return abs((one.box[1] + one.box[3]) - (other.box[1] + other.box[3])) / 2 < 0.5 * lower

"""Where a signature or a chop may stand: in the box beside, around or under its label, or on the open paper below it, or on a line above it.

Boxes are in PDF points from the top left of the page as displayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from parsers.form_sheet import Sheet
from parsers.labels import LabelHit
from parsers.values import Box, Page

_BELOW_PT, _ABOVE_PT = 105.0, 88.0  # how far from its label a signature may stand where no cell bounds it
_ROOM_PT = 26.0  # a place to sign is at least so high
_MARGIN_PT = 4.0
_TOUCH_PT = 8.0
_BORDER_PT = 4.0
_NARROW = 0.2  # of an area: what lies at its border is no wider


def places_of_seal(hit: LabelHit, sheet: Sheet, page: Page) -> tuple[Box, ...]:
    """The places, the likeliest first; at least one."""
    cell = sheet.streams[hit.stream].cell
    others = [label for label in sheet.labels if label.page == hit.page and label is not hit and label.keys != hit.keys]
    if cell is None:
        return (*_open_places(hit, others, page),)
    beside = _unlabelled(sheet, hit, lambda box: _is_right_of(box, cell))
    below = _unlabelled(sheet, hit, lambda box: _is_under(box, cell))
    own = _own_part(hit, cell, others)
    if beside is not None:
        return (beside, own) if cell[3] - cell[1] >= _ROOM_PT else (beside,)
    if cell[3] - cell[1] < _ROOM_PT and below is not None:
        return (below,)
    over, under = hit.box[1] - cell[1], cell[3] - hit.box[3]
    if cell[3] - cell[1] >= 2 * _ROOM_PT and over < _ROOM_PT and under >= max(_ROOM_PT, 1.5 * over):
        return (own,)  # a box with its label on top
    return (own, *_right_without_cell(hit, cell, others, sheet, page))


def _own_part(hit: LabelHit, cell: Box, others: Sequence[LabelHit]) -> Box:
    """The cell of the label, up to another label that stands in it beside this one."""
    beside = [other.box[0] - _MARGIN_PT for other in others if hit.box[2] < other.box[0] < cell[2] and abs(other.box[1] - hit.box[1]) < 20]
    return (cell[0] + 1, cell[1] + 1, min([cell[2] - 1, *beside]), cell[3] - 1)


def _unlabelled(sheet: Sheet, hit: LabelHit, fits: Callable[[Box], bool]) -> Box | None:
    labelled = {label.stream for label in sheet.labels if label.keys}
    for index, stream in enumerate(sheet.streams):
        if stream.cell is not None and stream.page == hit.page and index not in labelled and fits(stream.cell):
            return stream.cell
    return None


def _is_right_of(box: Box, cell: Box) -> bool:
    shared = min(box[3], cell[3]) - max(box[1], cell[1])
    return (
        abs(box[0] - cell[2]) < _TOUCH_PT and shared > 0.7 * min(box[3] - box[1], cell[3] - cell[1]) and box[3] - box[1] > 0.7 * (cell[3] - cell[1])
    )


def _is_under(box: Box, cell: Box) -> bool:
    return abs(box[1] - cell[3]) < _TOUCH_PT and min(box[2], cell[2]) - max(box[0], cell[0]) > 0.7 * (cell[2] - cell[0])


def _right_without_cell(hit: LabelHit, cell: Box, others: Sequence[LabelHit], sheet: Sheet, page: Page) -> Iterator[Box]:
    """The paper right of a label's cell where the box beside it was not seen as one: a stamp that crosses its lines opens it."""
    for stream in sheet.streams:
        box = stream.cell
        if box is not None and stream.page == hit.page and abs(box[0] - cell[2]) < _TOUCH_PT and box[1] < (cell[1] + cell[3]) / 2 < box[3]:
            return
    cells = [stream.cell for stream in sheet.streams if stream.cell is not None and stream.page == hit.page and not _like_a_stamp(stream.cell)]
    after = [box[0] for box in (*cells, *(label.box for label in others)) if box[0] > cell[2] and box[1] < cell[3] and box[3] > cell[1]]
    right = min(after, default=page.width - 20)
    if right - cell[2] > _ROOM_PT:
        yield (cell[2], cell[1], right, cell[3])


def _like_a_stamp(cell: Box) -> bool:
    """Whether what was seen as a cell has the size and shape of a square chop."""
    wide, high = cell[2] - cell[0], cell[3] - cell[1]
    return min(wide, high) >= _ROOM_PT and max(wide, high) <= 110.0 and 0.6 < wide / high < 1.6


def stamps_like_cells(area: Box, cells: Sequence[Box]) -> list[Box]:
    """Small squares that stand by themselves within an area: the frames of square chops, where no colour tells them from a form's lines."""
    most = 0.6 * (area[2] - area[0]) * (area[3] - area[1])
    return [cell for cell in cells if _like_a_stamp(cell) and _holds(area, cell) and (cell[2] - cell[0]) * (cell[3] - cell[1]) < most]


def framed_lettering(cells: Sequence[Box], lettering: Sequence[Box], labels: Sequence[Box]) -> list[Box]:
    """Small squares that stand apart from all other cells, hold lettering and no label: square chops wherever they were set."""
    found = []
    for cell in cells:
        alone = all(other is cell or gap_between(cell, other) > _TOUCH_PT or _is_within(other, cell) for other in cells)
        if _like_a_stamp(cell) and alone and any(_holds(cell, box) for box in lettering) and not any(_holds(cell, box) for box in labels):
            found.append(cell)
    return found


def at_border(box: Box, area: Box) -> bool:
    """Whether a small piece of ink lies at the left or right border of an area, as the edge of a stamp set beside it does, or in a corner along both
    borders, as what is left of a shaded cell's frame does."""
    left, right = box[0] < area[0] + 2 * _BORDER_PT, box[2] > area[2] - 2 * _BORDER_PT
    level = box[1] < area[1] + _BORDER_PT or box[3] > area[3] - _BORDER_PT
    width, height = (box[2] - box[0]) / (area[2] - area[0]), (box[3] - box[1]) / (area[3] - area[1])
    return (left or right) and (width < _NARROW or (level and width < 2 * _NARROW and height < 2.5 * _NARROW))


def gap_between(one: Box, other: Box) -> float:
    """The distance between two boxes across or down the page, whichever is more; 0 or less where they meet."""
    return max(one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])


def _is_within(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and inner[2] <= outer[2] and outer[1] <= inner[1] and inner[3] <= outer[3]


def _holds(area: Box, box: Box) -> bool:
    across = area[0] - _MARGIN_PT <= box[0] and box[2] <= area[2] + _MARGIN_PT
    return across and area[1] - _MARGIN_PT <= box[1] and box[3] <= area[3] + _MARGIN_PT


def _open_places(hit: LabelHit, others: Sequence[LabelHit], page: Page) -> Iterator[Box]:
    """Below the label as far as the next one; and above it, where the label stands under the line to sign on."""
    row = [label.box for label in others if abs(label.box[1] - hit.box[1]) < 20]
    beside = [box[0] for box in row if box[0] > hit.box[2]]
    before = [box[2] for box in row if box[2] < hit.box[0]]
    right = min(beside, default=page.width - 20) - _MARGIN_PT
    under = [label.box[1] for label in others if label.box[1] > hit.box[3] + 12 and label.box[0] < right and label.box[2] > hit.box[0]]
    yield (hit.box[0] - 25, hit.box[1] - 22, right, min([hit.box[3] + _BELOW_PT, page.height, *under]))
    left = (max(before) + hit.box[0]) / 2 if before else max(0.0, hit.box[0] - 160)
    far = (min(beside) + hit.box[2]) / 2 if beside else page.width
    over = [label.box[3] for label in others if label.box[3] < hit.box[1] - 4 and label.box[0] < far and label.box[2] > left]
    top = max([hit.box[1] - _ABOVE_PT, 0.0, *over])
    if hit.box[1] - top >= _ROOM_PT:
        yield (left, top, far, hit.box[1] + 2)

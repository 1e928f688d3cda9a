"""Values left of their labels: tables whose labels stand in the last column, so that the cell before a label holds its value."""

from __future__ import annotations

from parsers.form_sheet import Sheet, after_in_cell, right_of
from parsers.form_stream import Stream, key_of
from parsers.labels import NUMBERING
from parsers.values import Box

_TOUCH_PT = 6.0  # neighbouring cells share a line, give or take this
_VOTES, _TIMES = 4, 4  # labels with a filled cell on their left and none on their right, at least; times those with one on their right


def pages_with_values_left(sheet: Sheet) -> frozenset[int]:
    """The pages on which the cells of labels have nothing to write in on their right, but a filled cell that is no label on their left."""
    return frozenset(page for page in {hit.page for hit in sheet.labels} if _is_leftward(sheet, page))


def left_of(sheet: Sheet, cell: Box, page: int) -> Stream | None:
    """The cell that ends where a label's cell begins and holds no label, where nothing to write in stands on the label's right."""
    labelled = {label.stream for label in sheet.labels}
    right = right_of(sheet, cell, page)
    if right is not None and right[0] not in labelled:
        return None
    for index, stream in enumerate(sheet.streams):
        other = stream.cell
        if other is None or stream.page != page or index in labelled or abs(cell[0] - other[2]) > _TOUCH_PT:
            continue
        if min(cell[3], other[3]) - max(cell[1], other[1]) > 0.6 * min(cell[3] - cell[1], other[3] - other[1]):
            return stream
    return None


def _is_leftward(sheet: Sheet, page: int) -> bool:
    labelled = {label.stream for label in sheet.labels}
    left = right = 0
    for hit in sheet.labels:
        stream = sheet.streams[hit.stream]
        if hit.page != page or not hit.keys or stream.cell is None or after_in_cell(sheet, hit, stream):
            continue
        beside = right_of(sheet, stream.cell, page)
        before = left_of(sheet, stream.cell, page)
        right += beside is not None and beside[0] not in labelled
        left += before is not None and _holds_words(before)
    return left >= _VOTES and left >= _TIMES * right


def _holds_words(stream: Stream) -> bool:
    """Whether there is more in a cell than numbering."""
    return bool(key_of(stream.atoms)) and NUMBERING.match("".join(atom.text for atom in stream.atoms).casefold()) is None

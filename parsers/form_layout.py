"""Where the value of a label stands on a form: after it, in the cell beside or below it, on the rest of its row, under it or above it."""

from __future__ import annotations

from parsers.form_above import above
from parsers.form_boxes import HIGHER, STRIP_PT, box_beside
from parsers.form_left import left_of
from parsers.form_rows import below, on_row
from parsers.form_sheet import Place, Sheet, after_in_cell, right_of
from parsers.form_stream import Stream, bare, box_of, key_of
from parsers.labels import LabelHit
from parsers.values import Box

_TOUCH_PT = 6.0  # neighbouring cells share a line, give or take this
_LEFT, _UNDER_STRIP = 0.9, 0.88  # certainty of a value left of its label, and under the strip that its label stands in
_GAP_PT = 60.0  # a cell whose left line was not seen begins within this


def place_of(sheet: Sheet, hit: LabelHit) -> Place | None:
    """Where the value of a label stands; None where no place can be told."""
    stream = sheet.streams[hit.stream]
    if stream.cell is not None:
        return _in_cells(sheet, hit, stream, stream.cell)
    boxed = box_beside(sheet.streams, sheet.labels, hit)
    place = Place(boxed.atoms, box_of(boxed.atoms) if boxed.atoms else boxed.box, stream.page, boxed.certainty) if boxed is not None else None
    if place is not None and place.atoms:
        return place
    if hit in sheet.above and on_row(sheet, hit, stream) is None:
        return above(sheet, hit, stream) or place
    written = on_row(sheet, hit, stream) or (None if place is not None or hit.heading else below(sheet, hit, stream))
    return written or place


# ------------------------------------------------------------------ cells


def _in_cells(sheet: Sheet, hit: LabelHit, stream: Stream, cell: Box) -> Place | None:
    """After the label in its own cell; else in the cell to its right; else in the cell below."""
    own = after_in_cell(sheet, hit, stream)
    if own:
        return Place(tuple(own), box_of(own), stream.page, 0.97)
    if hit.page in sheet.leftward and (before := left_of(sheet, cell, stream.page)) is not None:
        written = tuple(bare(before.atoms))
        return Place(written, box_of(written) if written else before.cell, stream.page, _LEFT)
    under = None if hit.heading else _under(sheet, cell, stream.page)
    if under is not None and _is_strip_over(cell, under[1], right_of(sheet, cell, stream.page)) and not _labelled(sheet, under[0]):
        atoms = tuple(bare(under[1].atoms))
        return Place(atoms, box_of(atoms), stream.page, _UNDER_STRIP)
    for beside, certainty in ((right_of(sheet, cell, stream.page), 1.0), (under, 0.95)):
        if beside is None:
            continue
        index, neighbour = beside
        if _labelled(sheet, index):
            continue
        atoms = tuple(bare(neighbour.atoms))
        return Place(atoms, box_of(atoms) if atoms else neighbour.cell, stream.page, certainty)
    beyond = _beyond_unseen_line(sheet, cell, stream.page)
    if beyond is not None:
        return beyond
    if (beside := right_of(sheet, cell, stream.page)) is not None and _is_strange(sheet, beside[0]):
        return None  # words that may be a label nobody knows, or the value: not to be asked for
    if sum(label.stream == hit.stream for label in sheet.labels) > 1 or _is_wide(cell, hit):
        below = _open_cell_value(sheet, hit, stream)
        return below or Place((), cell, stream.page, 0.9)
    return None


def _labelled(sheet: Sheet, index: int) -> bool:
    return any(label.stream == index for label in sheet.labels)


def _is_strange(sheet: Sheet, index: int) -> bool:
    """Whether a cell holds a label only as far as its place tells: none of a known field, no heading."""
    labels = [label for label in sheet.labels if label.stream == index]
    return bool(labels) and not any(label.keys or label.heading for label in labels)


def _is_strip_over(cell: Box, under: Stream, right: tuple[int, Stream] | None) -> bool:
    """Whether a label's cell is part of a low strip over a higher box with words in it that reaches on under the empty cell beside the label."""
    if right is None or right[1].atoms or right[1].cell is None or under.cell is None or not any(key_of([atom]) for atom in under.atoms):
        return False
    higher = under.cell[3] - under.cell[1] > HIGHER * (cell[3] - cell[1])
    return higher and under.cell[2] >= right[1].cell[2] - _TOUCH_PT and cell[3] - cell[1] < STRIP_PT


def _beyond_unseen_line(sheet: Sheet, cell: Box, page: int) -> Place | None:
    """The value right of a label's cell where the lines around it were not seen: in the next cell after a gap, or outside all cells."""
    labelled = {label.stream for label in sheet.labels}
    band = [(index, stream) for index, stream in enumerate(sheet.streams) if stream.page == page and stream.cell and _in_band(stream.cell, cell)]
    index, after = min(band, key=lambda entry: (entry[1].cell or cell)[0], default=(-1, None))
    left = after.cell[0] if after is not None and after.cell else float("inf")
    left = min([left, *(hit.box[0] for hit in sheet.labels if hit.page == page and _in_band(hit.box, cell))])
    if after is not None and index not in labelled and after.atoms and left - cell[2] <= _GAP_PT:
        return Place(after.atoms, box_of(after.atoms), page, 0.88)
    outside = [atom for stream in sheet.streams if stream.page == page and stream.cell is None for atom in stream.atoms]
    atoms = [atom for atom in outside if cell[2] - _TOUCH_PT <= atom.box[0] < left and cell[1] < (atom.box[1] + atom.box[3]) / 2 < cell[3]]
    return Place(tuple(atoms), box_of(atoms), page, 0.85) if any(key_of([atom]) for atom in atoms) else None


def _in_band(box: Box, cell: Box) -> bool:
    """Whether a box stands right of a cell, on its height."""
    return box[0] >= cell[2] - _TOUCH_PT and min(box[3], cell[3]) - max(box[1], cell[1]) > 0.6 * min(box[3] - box[1], cell[3] - cell[1])


def _open_cell_value(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    return on_row(sheet, hit, stream) or below(sheet, hit, stream)


def _is_wide(cell: Box, hit: LabelHit) -> bool:
    """Whether a cell leaves room for the value beside or under the label."""
    return cell[2] - hit.box[2] > 60 or cell[3] - hit.box[3] > 14


def _under(sheet: Sheet, cell: Box, page: int) -> tuple[int, Stream] | None:
    for index, stream in enumerate(sheet.streams):
        other = stream.cell
        if other is None or stream.page != page or not -_TOUCH_PT <= other[1] - cell[3] <= _TOUCH_PT:
            continue
        shared = min(cell[2], other[2]) - max(cell[0], other[0])
        if shared > 0.8 * min(cell[2] - cell[0], other[2] - other[0]) and abs(other[0] - cell[0]) < 12:
            return index, stream
    return None

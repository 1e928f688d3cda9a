"""Where the value of a label stands on a form: after it, in the cell beside or below it, on the rest of its row, or under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.form_boxes import box_beside
from parsers.form_stream import Atom, Stream, box_of, key_of, text_of
from parsers.label_units import with_worded_labels
from parsers.labels import LabelBook, LabelHit, find_labels, heading_of
from parsers.values import Box

_TOUCH_PT = 6.0  # neighbouring cells share a line, give or take this
_GAP_PT = 60.0  # a cell whose left line was not seen begins within this
_LINES = 8  # a value has at most as many
_FAR = 0.85  # a value that follows its label on an open row stands within this share of the page's width


@dataclass(frozen=True)
class Place:
    """Where a label's value stands: its atoms (none: the place is there and empty) and the box of the place. ``certainty`` of the place, 0 to 1."""

    atoms: tuple[Atom, ...]
    box: Box | None
    page: int
    certainty: float

    @property
    def text(self) -> str:
        return text_of(self.atoms)


@dataclass(frozen=True)
class Sheet:
    """The streams of a form's pages with the labels found in them, each with the section that it stands in."""

    streams: tuple[Stream, ...]
    labels: tuple[LabelHit, ...]
    page_width: float

    def taken(self, stream: int) -> frozenset[int]:
        """Positions in a stream that labels occupy."""
        return frozenset(at for hit in self.labels if hit.stream == stream for at in range(hit.start, hit.end))


def sheet_of(streams: Sequence[Stream], book: LabelBook, *, forgiving: bool, page_width: float) -> Sheet:
    """Finds the labels, tells those that several fields share by their section, and joins the languages of one label into one."""
    headings = _headings(streams, book)
    found = with_worded_labels(streams, find_labels(streams, book, forgiving=forgiving), book, forgiving=forgiving)
    hits = _apart_from_headings(found, streams, {(index, row) for index, row, _ in headings})
    sections = sorted((streams[index].page, _top_of(streams[index], row), section) for index, row, section in headings)
    placed = [replace(hit, section=_section_at(hit, sections)) for hit in hits]
    resolved = [chosen for hit in placed if (chosen := _resolved(hit)) is not None]
    return _without_words_of_values(Sheet(tuple(streams), tuple(_joined(resolved)), page_width))


def _headings(streams: Sequence[Stream], book: LabelBook) -> list[tuple[int, int, str]]:
    """(stream, row, section) of every heading."""
    found = []
    for index, stream in enumerate(streams):
        rows: dict[int, list[Atom]] = {}
        for atom in stream.atoms:
            rows.setdefault(atom.row, []).append(atom)
        found += [(index, number, section) for number, row in rows.items() if (section := heading_of(stream, row, book))]
    return found


def _top_of(stream: Stream, row: int) -> float:
    return next(atom.box[1] for atom in stream.atoms if atom.row == row)


def _apart_from_headings(hits: Sequence[LabelHit], streams: Sequence[Stream], headings: set[tuple[int, int]]) -> list[LabelHit]:
    """The labels without those that are one word of a heading ('2. Contact 聯絡資料'); one that is all of its heading is marked."""
    kept = []
    for hit in hits:
        atoms = streams[hit.stream].atoms
        row = atoms[hit.start].row
        if (hit.stream, row) not in headings:
            kept.append(hit)
            continue
        rest = [atom for at, atom in enumerate(atoms) if atom.row == row and not hit.start <= at < hit.end]
        if not key_of(rest).strip("0123456789"):
            kept.append(replace(hit, heading=True))
    return kept


def _section_at(hit: LabelHit, sections: Sequence[tuple[int, float, str]]) -> str:
    above = [section for page, top, section in sections if (page, top) <= (hit.page, hit.box[1] + 2)]
    return above[-1] if above else ""


def _resolved(hit: LabelHit) -> LabelHit | None:
    """The one field of a shared label: that of its section; None where the section does not tell."""
    if not hit.keys or (not hit.generic and (len(hit.keys) == 1 or set(hit.keys) == {"declaration.signature", "declaration.chop"})):
        return hit
    fitting = [key for key in hit.keys if hit.section and key.startswith(hit.section + ".")]
    if len(fitting) == 1:
        return replace(hit, keys=(fitting[0],), certainty=hit.certainty * 0.97)
    return None if hit.generic or not fitting else replace(hit, keys=(fitting[0],), certainty=hit.certainty * 0.9)


def _without_words_of_values(sheet: Sheet) -> Sheet:
    """The sheet without 'labels' that are words of a value ('Hong Kong Chemical / Industry Association'): without a colon, in the cell right of one
    that holds a label alone, on its later rows, or as one word before another."""
    owned = {
        found[0]
        for hit in sheet.labels
        if (cell := sheet.streams[hit.stream].cell) is not None and hit.keys and not _after_in_cell(sheet, hit, sheet.streams[hit.stream])
        if (found := _right_of(sheet, cell, hit.page)) is not None
    }
    return replace(
        sheet, labels=tuple(hit for hit in sheet.labels if hit.stream not in owned or not _is_word_of_value(hit, sheet.streams[hit.stream]))
    )


def _is_word_of_value(hit: LabelHit, stream: Stream) -> bool:
    atoms = stream.atoms
    if any(atom.is_colon for atom in atoms[hit.start : hit.end]):
        return False
    after = atoms[hit.end] if hit.end < len(atoms) else None
    if after is not None and after.row == atoms[hit.end - 1].row and (after.gap or "@" in after.text or after.text[:1].isdigit()):
        return False
    if atoms[hit.start].row > atoms[0].row:
        return True
    return after is not None and hit.end - hit.start == 1 and after.row == atoms[hit.start].row and after.text[:1].isalpha()


def _joined(hits: Sequence[LabelHit]) -> list[LabelHit]:
    """Labels of one field that follow one another in a stream, or stand right below one another, are one label in two languages."""
    joined: list[LabelHit] = []
    for hit in hits:
        before = next((old for old in reversed(joined) if old.keys == hit.keys and old.stream == hit.stream), None)
        if before is not None and (hit.start == before.end or _stacked(before.box, hit.box)):
            box = (min(before.box[0], hit.box[0]), before.box[1], max(before.box[2], hit.box[2]), max(before.box[3], hit.box[3]))
            joined[joined.index(before)] = (
                replace(before, end=hit.end, box=box, certainty=max(before.certainty, hit.certainty))
                if (hit.start == before.end)
                else replace(before, box=box)
            )
            if hit.start != before.end:
                joined.append(replace(hit, keys=()))  # still a label: nobody's value, but no value either
            continue
        joined.append(hit)
    return joined


def _stacked(upper: Box, lower: Box) -> bool:
    height = upper[3] - upper[1]
    return abs(lower[0] - upper[0]) < max(6.0, height) and -0.3 * height < lower[1] - upper[3] < 1.0 * height


def place_of(sheet: Sheet, hit: LabelHit) -> Place | None:
    """Where the value of a label stands; None where no place can be told."""
    stream = sheet.streams[hit.stream]
    if stream.cell is not None:
        return _in_cells(sheet, hit, stream, stream.cell)
    boxed = box_beside(sheet.streams, sheet.labels, hit)
    place = Place(boxed.atoms, box_of(boxed.atoms) if boxed.atoms else boxed.box, stream.page, boxed.certainty) if boxed is not None else None
    if place is not None and place.atoms:
        return place
    written = _on_row(sheet, hit, stream) or (None if place is not None or hit.heading else _below(sheet, hit, stream))
    return written or place


# ------------------------------------------------------------------ cells


def _in_cells(sheet: Sheet, hit: LabelHit, stream: Stream, cell: Box) -> Place | None:
    """After the label in its own cell; else in the cell to its right; else in the cell below."""
    own = _after_in_cell(sheet, hit, stream)
    if own:
        return Place(tuple(own), box_of(own), stream.page, 0.97)
    under = None if hit.heading else _under(sheet, cell, stream.page)
    for beside, certainty in ((_right_of(sheet, cell, stream.page), 1.0), (under, 0.95)):
        if beside is None:
            continue
        index, neighbour = beside
        if any(label.stream == index for label in sheet.labels):
            continue
        atoms = tuple(atom for atom in neighbour.atoms if not atom.is_colon)
        return Place(atoms, box_of(atoms) if atoms else neighbour.cell, stream.page, certainty)
    beyond = _beyond_unseen_line(sheet, cell, stream.page)
    if beyond is not None:
        return beyond
    if sum(label.stream == hit.stream for label in sheet.labels) > 1 or _is_wide(cell, hit):
        below = _open_cell_value(sheet, hit, stream)
        return below or Place((), cell, stream.page, 0.9)
    return None


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


def _after_in_cell(sheet: Sheet, hit: LabelHit, stream: Stream) -> list[Atom]:
    """What follows the label in its cell up to the next label: on its row, else on the rows below it within its column."""
    taken = sheet.taken(hit.stream)
    following = sorted(label.start for label in sheet.labels if label.stream == hit.stream and label.start >= hit.end)
    end = following[0] if following else len(stream.atoms)
    free = [stream.atoms[at] for at in range(hit.end, end) if at not in taken]
    free = [atom for atom in free if not atom.is_colon]
    return free if any(key_of([atom]) for atom in free) else []


def _open_cell_value(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    return _on_row(sheet, hit, stream) or _below(sheet, hit, stream)


def _is_wide(cell: Box, hit: LabelHit) -> bool:
    """Whether a cell leaves room for the value beside or under the label."""
    return cell[2] - hit.box[2] > 60 or cell[3] - hit.box[3] > 14


def _right_of(sheet: Sheet, cell: Box, page: int) -> tuple[int, Stream] | None:
    best = None
    for index, stream in enumerate(sheet.streams):
        other = stream.cell
        if other is None or stream.page != page or not -_TOUCH_PT <= other[0] - cell[2] <= _TOUCH_PT:
            continue
        shared = min(cell[3], other[3]) - max(cell[1], other[1])
        if shared > 0.6 * min(cell[3] - cell[1], other[3] - other[1]) and (best is None or shared > best[0]):
            best = (shared, index, stream)
    return (best[1], best[2]) if best else None


def _under(sheet: Sheet, cell: Box, page: int) -> tuple[int, Stream] | None:
    for index, stream in enumerate(sheet.streams):
        other = stream.cell
        if other is None or stream.page != page or not -_TOUCH_PT <= other[1] - cell[3] <= _TOUCH_PT:
            continue
        shared = min(cell[2], other[2]) - max(cell[0], other[0])
        if shared > 0.8 * min(cell[2] - cell[0], other[2] - other[0]) and abs(other[0] - cell[0]) < 12:
            return index, stream
    return None


# ------------------------------------------------------------------ open rows


def _on_row(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    """The rest of the label's row up to the next label, with the rows that go on below it."""
    taken = sheet.taken(hit.stream)
    middle = (hit.box[1] + hit.box[3]) / 2
    limit = min((label.box[0] for label in sheet.labels if label.stream == hit.stream and _beside(hit.box, label.box)), default=float("inf"))
    first = [
        atom
        for at, atom in enumerate(stream.atoms)
        if at not in taken and not atom.is_colon and hit.box[2] - 3 <= atom.box[0] < limit and _on_rows_of(hit, atom, middle)
    ]
    if not any(key_of([atom]) for atom in first):
        return None
    if first[0].box[0] - hit.box[2] > _FAR * sheet.page_width:
        return None
    atoms = [*first, *_going_on(sheet, hit, stream, first, taken, limit)]
    return Place(tuple(atoms), box_of(atoms), stream.page, 0.94 if first[0].box[0] - hit.box[2] < 150 else 0.88)


def _beside(box: Box, other: Box) -> bool:
    return other[0] > box[2] and min(box[3], other[3]) - max(box[1], other[1]) > 0.3 * min(box[3] - box[1], other[3] - other[1])


def _on_rows_of(hit: LabelHit, atom: Atom, middle: float) -> bool:
    """On the label's row; a label of two stacked rows has its value on either, or between them."""
    centre = (atom.box[1] + atom.box[3]) / 2
    half = (hit.box[3] - hit.box[1]) / 2
    return abs(centre - middle) <= max(half, (atom.box[3] - atom.box[1]) * 0.6)


def _going_on(sheet: Sheet, hit: LabelHit, stream: Stream, first: Sequence[Atom], taken: frozenset[int], limit: float) -> list[Atom]:
    """Rows below that begin where the value began (or where its label did) and hold no label: the value goes on."""
    left, height = first[0].box[0], max(5.0, first[0].box[3] - first[0].box[1])
    bottom, last_row = max(atom.box[3] for atom in first), max(atom.row for atom in first)
    reach = max(atom.box[2] for atom in first)
    found: list[Atom] = []
    rows: dict[int, list[tuple[int, Atom]]] = {}
    for at, atom in enumerate(stream.atoms):
        if atom.row > last_row and atom.box[0] < limit:
            rows.setdefault(atom.row, []).append((at, atom))
    for row in sorted(rows)[:_LINES]:
        atoms = [atom for _, atom in rows[row] if atom.box[0] >= left - height or atom.box[0] >= hit.box[0] - height]
        top = min(atom.box[1] for atom in atoms) if atoms else float("inf")
        if not atoms or top - bottom > 0.75 * height:
            break
        if any(at in taken for at, _ in rows[row]):
            break
        starts = min(atom.box[0] for atom in atoms)
        full = reach > 0.72 * min(limit, sheet.page_width)
        if abs(starts - left) > 1.5 * height and not (full and abs(starts - hit.box[0]) < height):
            break
        found += atoms
        bottom, reach = max(atom.box[3] for atom in atoms), max(atom.box[2] for atom in atoms)
    return found


def _below(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    """The rows right under a label, within its column, down to the next label there."""
    taken = sheet.taken(hit.stream)
    height = max(5.0, min(hit.box[3] - hit.box[1], 16.0))
    limit = min((label.box[0] - 2 for label in sheet.labels if label.stream == hit.stream and _beside(hit.box, label.box)), default=float("inf"))
    bottom, found = hit.box[3], list[Atom]()
    rows: dict[int, list[tuple[int, Atom]]] = {}
    for at, atom in enumerate(stream.atoms):
        if atom.box[1] > hit.box[3] - 0.4 * height and hit.box[0] - height <= atom.box[0] < limit:
            rows.setdefault(atom.row, []).append((at, atom))
    for row in sorted(rows)[:_LINES]:
        atoms = [atom for _, atom in rows[row] if not atom.is_colon]
        if not atoms or any(at in taken for at, _ in rows[row]) or _goes_on_from_left(stream, rows[row][0][0]):
            break
        top = min(atom.box[1] for atom in atoms)
        if top - bottom > (1.6 if not found else 0.75) * height or (not found and abs(atoms[0].box[0] - hit.box[0]) > 3 * height):
            break
        found += atoms
        bottom = max(atom.box[3] for atom in atoms)
    if not any(key_of([atom]) for atom in found):
        return None
    return Place(tuple(found), box_of(found), stream.page, 0.9)


def _goes_on_from_left(stream: Stream, at: int) -> bool:
    """Whether a piece stands close behind another on its row: the tail of a line that began left of the label's column."""
    return at > 0 and stream.atoms[at - 1].row == stream.atoms[at].row and not stream.atoms[at].gap

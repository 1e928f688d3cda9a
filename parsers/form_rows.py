"""Values on open paper, outside all cells: on the rest of the label's row, under it, or above it where a form's labels stand below their lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.form_sheet import Place, Sheet
from parsers.form_stream import Atom, Stream, bare, box_of, key_of
from parsers.labels import NUMBERING, LabelHit
from parsers.values import Box

MOST_LINES = 8  # a value has at most as many
_FAR = 0.85  # a value that follows its label on an open row stands within this share of the page's width
_WIDE_LEADING = 1.3  # of a line's height: space between lines of widely set text, where a line filled its room
_NEXT_LABELS_PT = 40.0  # labels so far below one may have a value that begins higher than they do


def on_row(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    """The rest of the label's row up to the next label, with the rows that go on below it."""
    taken = sheet.taken(hit.stream)
    middle = (hit.box[1] + hit.box[3]) / 2
    limit = min((label.box[0] for label in sheet.labels if label.stream == hit.stream and _beside(hit.box, label.box)), default=float("inf"))
    last_row = stream.atoms[hit.end - 1].row  # of a label of two rows, on which the value may begin under the end of the longer one
    behind = [
        (atom.row == last_row and at >= hit.end) or (hit.box[2] - 3 <= atom.box[0] and _on_rows_of(hit, atom, middle))
        for at, atom in enumerate(stream.atoms)
    ]
    first = bare([atom for at, atom in enumerate(stream.atoms) if behind[at] and at not in taken and atom.box[0] < limit])
    around = _around_row(sheet, hit, stream, limit)
    if around is not None:
        return around
    if not any(key_of([atom]) for atom in first):
        return None
    if first[0].box[0] - hit.box[2] > _FAR * sheet.page_width:
        return None
    atoms = [*first, *_going_on(sheet, hit, stream, first, taken, limit)]
    return Place(tuple(atoms), box_of(atoms), stream.page, 0.94 if first[0].box[0] - hit.box[2] < 150 else 0.88)


def _around_row(sheet: Sheet, hit: LabelHit, stream: Stream, limit: float) -> Place | None:
    """A value of several rows that stands right of its label with the label at half its height: rows above and below it that hold no label."""
    taken = sheet.taken(hit.stream)
    height, middle = max(5.0, min(hit.box[3] - hit.box[1], 16.0)), (hit.box[1] + hit.box[3]) / 2
    if hit.box[3] - hit.box[1] > 1.8 * height:
        return None
    rows = [_right_of(stream, row, hit, taken, limit) for row in _rows_near(stream, middle, 4 * height)]
    at = next((index for index, (top, bottom, _) in enumerate(rows) if (top + bottom) / 2 > middle), len(rows))
    above, below = _linked(rows[:at][::-1], height, up=True), _linked(rows[at:], height, up=False)
    block = [*above[::-1], *below]
    if not above or not below or len(block) < 2:
        return None
    if below[0][0] - above[0][1] > 0.9 * height or len({round(row[2][0].box[0] / 4) for row in block}) > 2:
        return None
    centre = (block[0][0] + block[-1][1]) / 2
    if abs(centre - middle) > 0.45 * height or abs(len(above) - len(below)) > 1:
        return None
    inner = max(under[0] - over[1] for over, under in pairwise(block))
    if any(0 <= block[0][0] - bottom + 1 <= 1 + inner + 0.15 * height for _, bottom, _ in rows):  # rows of one spacing: of the label above?
        return None
    atoms = [atom for _, _, row in block for atom in row]
    return Place(tuple(atoms), box_of(atoms), stream.page, 0.92)


_Piece = tuple[float, float, list[Atom]]  # top, bottom and atoms of what stands right of a label on one row; no atoms where it is a label's row


def _rows_near(stream: Stream, middle: float, reach: float) -> list[list[tuple[int, Atom]]]:
    rows: dict[int, list[tuple[int, Atom]]] = {}
    for at, atom in enumerate(stream.atoms):
        if abs((atom.box[1] + atom.box[3]) / 2 - middle) < reach:
            rows.setdefault(atom.row, []).append((at, atom))
    return [rows[row] for row in sorted(rows)]


def _right_of(stream: Stream, row: Sequence[tuple[int, Atom]], hit: LabelHit, taken: frozenset[int], limit: float) -> _Piece:
    top, bottom = min(atom.box[1] for _, atom in row), max(atom.box[3] for _, atom in row)
    own = range(hit.start, hit.end)
    free = bare([atom for at, atom in row if at not in own and hit.box[2] <= atom.box[0] < limit])
    foreign = any(at not in own and (at in taken or atom.box[0] < hit.box[2]) for at, atom in row)
    return (top, bottom, [] if foreign else free)


def _linked(rows: Sequence[_Piece], height: float, *, up: bool) -> list[_Piece]:
    """The rows next to a label's middle that follow one another closely; the label's own row, with nothing beside it, is passed over."""
    found: list[_Piece] = []
    for row in rows:
        if not row[2]:
            if found or row[0] > row[1]:
                break
            continue
        apart = (found[-1][0] - row[1] if up else row[0] - found[-1][1]) if found else 0.0
        if apart > 0.75 * height:
            break
        found.append(row)
    return found


def _claimed_below(sheet: Sheet, hit: LabelHit, stream: Stream) -> frozenset[int]:
    """Atoms of values that stand around the labels right below one."""
    found: set[int] = set()
    for other in sheet.labels:
        if other.stream == hit.stream and other is not hit and 0 < other.box[1] - hit.box[1] < _NEXT_LABELS_PT:
            limit = min(
                (label.box[0] for label in sheet.labels if label.stream == hit.stream and _beside(other.box, label.box)), default=float("inf")
            )
            around = _around_row(sheet, other, stream, limit)
            found |= {id(atom) for atom in around.atoms} if around is not None else set()
    return frozenset(found)


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
    claimed = _claimed_below(sheet, hit, stream)
    before = stream.atoms[hit.start - 1] if hit.start else None
    numbered = before is not None and before.row == stream.atoms[hit.start].row and NUMBERING.match(before.text.casefold()) is not None
    for row in sorted(rows)[:MOST_LINES]:
        atoms = [atom for _, atom in rows[row] if atom.box[0] >= left - height or atom.box[0] >= hit.box[0] - height]
        if any(id(atom) in claimed for atom in atoms) or _is_heading(atoms, sheet):
            break
        top = min(atom.box[1] for atom in atoms) if atoms else float("inf")
        full = reach > 0.72 * min(limit, sheet.page_width)
        if not atoms or top - bottom > (_WIDE_LEADING if full else 0.75) * height:
            break
        if any(at in taken for at, _ in rows[row]):
            break
        if numbered and NUMBERING.match(rows[row][0][1].text.casefold()):
            break
        starts = min(atom.box[0] for atom in atoms)
        if abs(starts - left) > 1.5 * height and not (full and abs(starts - hit.box[0]) < height):
            break
        found += atoms
        bottom, reach = max(atom.box[3] for atom in atoms), max(atom.box[2] for atom in atoms)
    return found


def _is_heading(atoms: Sequence[Atom], sheet: Sheet) -> bool:
    """Whether the words of a row within a column, numbered or not, are the heading of a section."""
    return key_of(atoms).lstrip("0123456789") in sheet.headings


def below(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    """The rows right under a label, within its column, down to the next label there."""
    taken = sheet.taken(hit.stream)
    height = max(5.0, min(hit.box[3] - hit.box[1], 16.0))
    limit = min((label.box[0] - 2 for label in sheet.labels if label.stream == hit.stream and _beside(hit.box, label.box)), default=float("inf"))
    bottom, found = hit.box[3], list[Atom]()
    rows: dict[int, list[tuple[int, Atom]]] = {}
    for at, atom in enumerate(stream.atoms):
        if atom.box[1] > hit.box[3] - 0.4 * height and hit.box[0] - height <= atom.box[0] < limit:
            rows.setdefault(atom.row, []).append((at, atom))
    for row in sorted(rows)[:MOST_LINES]:
        atoms = bare([atom for _, atom in rows[row]])
        if not atoms or any(at in taken for at, _ in rows[row]) or _goes_on_from_left(stream, rows[row][0][0]) or _is_heading(atoms, sheet):
            break
        top = min(atom.box[1] for atom in atoms)
        height = max(height, min(16.0, max(atom.box[3] - atom.box[1] for atom in atoms)))
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

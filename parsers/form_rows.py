"""Values on open paper, outside all cells: on the rest of the label's row, under it, or above it where a form's labels stand below their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from parsers.form_sheet import Place, Sheet
from parsers.form_stream import Atom, Stream, box_of, key_of
from parsers.labels import LabelHit
from parsers.values import Box

_LINES = 8  # a value has at most as many
_FAR = 0.85  # a value that follows its label on an open row stands within this share of the page's width
_WIDE_LEADING = 1.3  # of a line's height: space between lines of widely set text, where a line filled its room
_NEIGHBOUR_PT = 40.0  # labels of the next column stand so much higher or lower at most
_VOTES = 4  # labels that must tell whether values stand above or below


def on_row(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
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
        full = reach > 0.72 * min(limit, sheet.page_width)
        if not atoms or top - bottom > (_WIDE_LEADING if full else 0.75) * height:
            break
        if any(at in taken for at, _ in rows[row]):
            break
        starts = min(atom.box[0] for atom in atoms)
        if abs(starts - left) > 1.5 * height and not (full and abs(starts - hit.box[0]) < height):
            break
        found += atoms
        bottom, reach = max(atom.box[3] for atom in atoms), max(atom.box[2] for atom in atoms)
    return found


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


# ------------------------------------------------------------------ labels below their lines


def stand_above(sheet: Sheet, page: int) -> bool:
    """Whether the values of a page stand above their labels: nearer to the label below them than to the one above."""
    gaps = [gap for hit in sheet.labels if hit.page == page and hit.keys and sheet.streams[hit.stream].cell is None and (gap := _gaps(sheet, hit))]
    return len(gaps) >= _VOTES and median(over - under for over, under in gaps) < -1.0


def _gaps(sheet: Sheet, hit: LabelHit) -> tuple[float, float] | None:
    """How far the nearest words that are no label stand above and below a label, in points; None where its value stands on its row."""
    stream, taken = sheet.streams[hit.stream], sheet.taken(hit.stream)
    if on_row(sheet, hit, stream) is not None:
        return None
    near = [atom.box for at, atom in enumerate(stream.atoms) if at not in taken and atom.box[0] < hit.box[2] and atom.box[2] > hit.box[0]]
    over = min((hit.box[1] - box[3] for box in near if box[3] <= hit.box[1] + 3), default=None)
    under = min((box[1] - hit.box[3] for box in near if box[1] >= hit.box[3] - 3), default=None)
    return (over, under) if over is not None and under is not None else None


def above(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    """The rows right above a label, within its column, up to the next label there."""
    taken = sheet.taken(hit.stream)
    near = [label.box for label in sheet.labels if label.stream == hit.stream and abs(label.box[1] - hit.box[1]) < _NEIGHBOUR_PT]
    limit = min((box[0] - 2 for box in near if box[0] > hit.box[2]), default=float("inf"))
    height = max(5.0, min(hit.box[3] - hit.box[1], 16.0))
    found, top = list[Atom](), hit.box[1]
    for row in _rows_above(stream, hit, limit, height):
        atoms = [atom for _, atom in row if not atom.is_colon]
        if not atoms or any(at in taken for at, _ in row) or top - max(atom.box[3] for atom in atoms) > (1.6 if not found else 0.75) * height:
            break
        found = [*atoms, *found]
        top = min(atom.box[1] for atom in atoms)
    return Place(tuple(found), box_of(found), stream.page, 0.9) if any(key_of([atom]) for atom in found) else None


def _rows_above(stream: Stream, hit: LabelHit, limit: float, height: float) -> Iterator[list[tuple[int, Atom]]]:
    """Pieces of the label's column by rows, the nearest row above it first."""
    rows: dict[int, list[tuple[int, Atom]]] = {}
    for at, atom in enumerate(stream.atoms):
        if atom.box[3] < hit.box[1] + 0.4 * height and hit.box[0] - height <= atom.box[0] < limit:
            rows.setdefault(atom.row, []).append((at, atom))
    for row in sorted(rows, reverse=True)[:_LINES]:
        yield rows[row]

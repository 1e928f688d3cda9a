"""Values on open paper, outside all cells: on the rest of the label's row, under it, or above it where a form's labels stand below their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from parsers.form_sheet import Place, Sheet
from parsers.form_stream import Atom, Stream, bare, box_of, key_of
from parsers.labels import NUMBERING, LabelHit
from parsers.values import Box

_LINES = 8  # a value has at most as many
_FAR = 0.85  # a value that follows its label on an open row stands within this share of the page's width
_WIDE_LEADING = 1.3  # of a line's height: space between lines of widely set text, where a line filled its room
_NEXT_LABELS_PT = 40.0  # labels so far below one may have a value that begins higher than they do
_CLOSE_PT = 18.0  # a value stands no farther above or below its label
_LEVEL_PT = 14.0  # labels under one row of values stand so much higher or lower at most
_NEARER = 0.85  # the room between a value and the label under it, by the room below that label
_OPENING = ("(", "（", "[")
_MANY = 3  # labels in brackets by themselves
_VOTES = 4  # labels that must tell whether values stand above or below


def on_row(sheet: Sheet, hit: LabelHit, stream: Stream) -> Place | None:
    """The rest of the label's row up to the next label, with the rows that go on below it."""
    taken = sheet.taken(hit.stream)
    middle = (hit.box[1] + hit.box[3]) / 2
    limit = min((label.box[0] for label in sheet.labels if label.stream == hit.stream and _beside(hit.box, label.box)), default=float("inf"))
    first = bare(
        [atom for at, atom in enumerate(stream.atoms) if at not in taken and hit.box[2] - 3 <= atom.box[0] < limit and _on_rows_of(hit, atom, middle)]
    )
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
    for row in sorted(rows)[:_LINES]:
        atoms = [atom for _, atom in rows[row] if atom.box[0] >= left - height or atom.box[0] >= hit.box[0] - height]
        if any(id(atom) in claimed for atom in atoms):
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
        atoms = bare([atom for _, atom in rows[row]])
        if not atoms or any(at in taken for at, _ in rows[row]) or _goes_on_from_left(stream, rows[row][0][0]):
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


# ------------------------------------------------------------------ labels below their lines


def labels_below_values(sheet: Sheet, pages: Sequence[int], fits: Callable[[str, str], bool]) -> frozenset[LabelHit]:
    """The labels whose values stand above them: all of a page on which words stand nearer to the label below them than to the one above.

    A page of few labels goes with the rest. Where more labels of a page have their values on their rows, only those in brackets, as they stand
    under the lines to write on of a letter; those too where there are several. ``fits``: whether a text is a value of the field of that key, which
    its type alone can tell; where such values stand says more than the room between.
    """
    gaps = {page: _gaps_on(sheet, page) for page in pages}
    nearer = {page for page in pages if len(gaps[page]) >= _VOTES and median(gaps[page]) < _NEARER and _fit_above(sheet, page, fits) >= 0}
    mixed = {page for page in nearer if _on_their_rows(sheet, page) > len(gaps[page])}
    above = nearer - mixed
    others = any(len(gaps[page]) >= _VOTES for page in set(pages) - above)
    if above and not others:
        above |= {page for page in pages if not _on_their_rows(sheet, page) and (not gaps[page] or median(gaps[page]) < 1)}
    in_brackets = [hit for hit in sheet.labels if hit.keys and _in_brackets(hit, sheet)]
    many = mixed | {page for page in pages if sum(hit.page == page for hit in in_brackets) >= _MANY}
    return frozenset(hit for hit in sheet.labels if hit.page in above or (hit.page in many and hit in in_brackets))


def _in_brackets(hit: LabelHit, sheet: Sheet) -> bool:
    """Whether a label on open paper stands in brackets by itself: '(Name of Applicant)'."""
    stream = sheet.streams[hit.stream]
    atoms, at = stream.atoms, hit.start
    if at > 0 and atoms[at - 1].row == atoms[at].row and not atoms[at].gap and atoms[at - 1].text in _OPENING:
        at -= 1
    first = at == 0 or atoms[at].gap or atoms[at - 1].row != atoms[at].row
    return stream.cell is None and first and atoms[at].text.startswith(_OPENING)


def _fit_above(sheet: Sheet, page: int, fits: Callable[[str, str], bool]) -> int:
    """How many more labels of a page have a value of their type above them than below."""
    more = 0
    for hit in sheet.labels:
        stream = sheet.streams[hit.stream]
        if hit.page == page and len(hit.keys) == 1 and stream.cell is None and on_row(sheet, hit, stream) is None:
            over, under = above(sheet, hit, stream), below(sheet, hit, stream)
            more += (over is not None and fits(hit.keys[0], over.text)) - (under is not None and fits(hit.keys[0], under.text))
    return more


def _on_their_rows(sheet: Sheet, page: int) -> int:
    """How many labels of a page have words behind them on their rows."""
    hits = [hit for hit in sheet.labels if hit.page == page and hit.keys and sheet.streams[hit.stream].cell is None]
    return sum(on_row(sheet, hit, sheet.streams[hit.stream]) is not None for hit in hits)


def _gaps_on(sheet: Sheet, page: int) -> list[float]:
    """Of each label without words on its row: the room above it by the room below it."""
    gaps = (_gaps(sheet, hit) for hit in sheet.labels if hit.page == page and hit.keys and sheet.streams[hit.stream].cell is None)
    return [max(gap[0], 0.1) / max(gap[1], 0.1) for gap in gaps if gap and min(gap) < _CLOSE_PT]


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
    near = [label.box for label in sheet.labels if label.stream == hit.stream and label is not hit and abs(label.box[1] - hit.box[1]) < _LEVEL_PT]
    height = max(5.0, min(hit.box[3] - hit.box[1], 16.0))
    found, top = list[Atom](), hit.box[1]
    for row in _rows_above(stream, hit, near, height):
        atoms = bare([atom for _, atom in row])
        if not atoms or any(at in taken for at, _ in row) or top - max(atom.box[3] for atom in atoms) > (1.6 if not found else 0.75) * height:
            break
        found = [*atoms, *found]
        top = min(atom.box[1] for atom in atoms)
    return Place(tuple(found), box_of(found), stream.page, 0.9) if any(key_of([atom]) for atom in found) else None


def _rows_above(stream: Stream, hit: LabelHit, near: Sequence[Box], height: float) -> Iterator[list[tuple[int, Atom]]]:
    """Pieces over a label by rows, the nearest row above it first. A piece belongs to the label that it stands over, or else nearest to."""
    rows: dict[int, list[tuple[int, Atom]]] = {}
    for at, atom in enumerate(stream.atoms):
        if atom.box[3] < hit.box[1] + 0.4 * height:
            rows.setdefault(atom.row, []).append((at, atom))
    for row in sorted(rows, reverse=True)[:_LINES]:
        yield [entry for piece in _pieces(rows[row]) if _stands_over(piece, hit.box, near, height) for entry in piece]


def _pieces(row: Sequence[tuple[int, Atom]]) -> Iterator[list[tuple[int, Atom]]]:
    """The entries of a row, parted at wide spaces."""
    piece: list[tuple[int, Atom]] = []
    for entry in row:
        if piece and entry[1].gap:
            yield piece
            piece = []
        piece.append(entry)
    if piece:
        yield piece


def _stands_over(piece: Sequence[tuple[int, Atom]], label: Box, others: Sequence[Box], height: float) -> bool:
    box = box_of(atom for _, atom in piece)
    own = _shared(box, label)
    return own > -4 * height and all(own >= _shared(box, other) for other in others)


def _shared(one: Box, other: Box) -> float:
    """How far two boxes overlap across the page, in points; less than 0: how far they stand apart."""
    return min(one[2], other[2]) - max(one[0], other[0])

"""Values above their labels: where a form's labels stand under the lines to write on, and what stands right above such a label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from parsers.form_boxes import RIGHT, box_beside
from parsers.form_rows import MOST_LINES, below, on_row
from parsers.form_sheet import Place, Sheet
from parsers.form_stream import Atom, Stream, bare, box_of, key_of
from parsers.labels import LabelHit
from parsers.values import Box

_CLOSE_PT = 18.0  # a value stands no farther above or below its label
_LEVEL_PT = 14.0  # labels under one row of values stand so much higher or lower at most
_NEARER = 0.85  # the room between a value and the label under it, by the room below that label
_OPENING = ("(", "（", "[")
_MANY = 3  # labels in brackets by themselves
_VOTES = 4  # labels that must tell whether values stand above or below


def labels_below_values(sheet: Sheet, pages: Sequence[int], fits: Callable[[str, str], bool]) -> frozenset[LabelHit]:
    """The labels whose values stand above them: all of a page on which words stand nearer to the label below them than to the one above.

    A page of few labels goes with the rest. Where more labels of a page have their values on their rows, only those in brackets, as they stand
    under the lines to write on of a letter; those on all pages where one has several. ``fits``: whether a text is a value of the field of that
    key, which its type alone can tell; where such values stand says more than the room between.
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
    many = set(pages) if many else many  # the habit of the form
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


def _has_box_beside(sheet: Sheet, hit: LabelHit) -> bool:
    """Whether a frame to write in stands right of a label: its value, or the lack of one, is there."""
    boxed = box_beside(sheet.streams, sheet.labels, hit)
    return boxed is not None and boxed.certainty >= RIGHT


def _gaps(sheet: Sheet, hit: LabelHit) -> tuple[float, float] | None:
    """How far the nearest words that are no label stand above and below a label, in points; None where its value stands on its row."""
    stream, taken = sheet.streams[hit.stream], sheet.taken(hit.stream)
    if on_row(sheet, hit, stream) is not None or _has_box_beside(sheet, hit):
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
    for row in sorted(rows, reverse=True)[:MOST_LINES]:
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

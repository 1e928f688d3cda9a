"""A form's labels where they stand: each with its section, the languages of one label joined into one, words of values left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.form_stream import Atom, Stream, bare, key_of, text_of
from parsers.label_places import with_placed_labels
from parsers.label_units import with_worded_labels
from parsers.labels import LabelBook, LabelHit, find_labels, heading_rows
from parsers.small_print import SMALLER
from parsers.values import Box

_TOUCH_PT = 6.0  # neighbouring cells share a line, give or take this


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

    @property
    def in_two_types(self) -> bool:
        """Whether its words are set in type of two ranks: small printed help may have joined a value. Of files that tell their type only."""
        sizes = [atom.word.size for atom in self.atoms if atom.word.size is not None and any(char.isalnum() for char in atom.text)]
        return len(sizes) > 1 and min(sizes) < SMALLER * max(sizes)


@dataclass(frozen=True)
class Sheet:
    """The streams of a form's pages with the labels found in them, each with the section that it stands in."""

    streams: tuple[Stream, ...]
    labels: tuple[LabelHit, ...]
    page_width: float
    above: frozenset[LabelHit] = frozenset()  # labels whose values stand above them
    leftward: frozenset[int] = frozenset()  # pages whose labels stand in cells right of their values
    headings: frozenset[str] = frozenset()  # folded words of the headings of sections: no value goes on over one

    def taken(self, stream: int) -> frozenset[int]:
        """Positions in a stream that labels occupy."""
        return frozenset(at for hit in self.labels if hit.stream == stream for at in range(hit.start, hit.end))


def sheet_of(streams: Sequence[Stream], book: LabelBook, *, forgiving: bool, page_width: float) -> Sheet:
    """Finds the labels, tells those that several fields share by their section, and joins the languages of one label into one."""
    headings = headings_on(streams, book)
    found = with_worded_labels(streams, find_labels(streams, book, forgiving=forgiving), book, forgiving=forgiving)
    if not forgiving:
        found = with_placed_labels(streams, found, book)
    hits = _apart_from_headings(found, streams, {(index, row) for index, row, _ in headings})
    sections = _in_reading_order(streams, headings)
    placed = [_in_section(hit, streams, sections) for hit in hits]
    placed = [replace(hit, keys=()) if _ends_label(hit, streams[hit.stream], book) else hit for hit in placed]
    resolved = [chosen for hit in placed if (chosen := _resolved(hit)) is not None]
    met = {key_of([atom for atom in streams[index].atoms if atom.row == row]).lstrip("0123456789") for index, row, _ in headings}
    return _without_words_of_values(Sheet(tuple(streams), tuple(_joined(resolved)), page_width, headings=frozenset(book.headings) | met))


def headings_on(streams: Sequence[Stream], book: LabelBook) -> list[tuple[int, int, str]]:
    """(stream, row, section) of every heading."""
    return [(index, row, section) for index, stream in enumerate(streams) for row, section in heading_rows(stream, book).items()]


def _top_of(stream: Stream, row: int) -> float:
    """Where the rule of a heading begins: at the top of its cell, which may stand beside the cells that it is for."""
    return stream.cell[1] - 3 if stream.cell is not None else next(atom.box[1] for atom in stream.atoms if atom.row == row)


def _apart_from_headings(hits: Sequence[LabelHit], streams: Sequence[Stream], headings: set[tuple[int, int]]) -> list[LabelHit]:
    """The labels without those that are one word of a heading ('2. Contact 聯絡資料'); one that is all of its heading is marked."""
    kept = []
    for hit in hits:
        atoms = streams[hit.stream].atoms
        row = atoms[hit.start].row
        if (hit.stream, row) not in headings:
            kept.append(hit)
            continue
        rows = {number for index, number in headings if index == hit.stream}
        rest = [atom for at, atom in enumerate(atoms) if atom.row in rows and abs(atom.row - row) <= 1 and not hit.start <= at < hit.end]
        if not key_of(rest).strip("0123456789"):
            kept.append(replace(hit, heading=True))
    return kept


def _ends_label(hit: LabelHit, stream: Stream, book: LabelBook) -> bool:
    """Whether a word that is a heading by itself ('factory') is only the last row of a longer label: words stand closely over it."""
    if key_of(stream.atoms[hit.start : hit.end]) not in book.headings:
        return False
    height = max(5.0, hit.box[3] - hit.box[1])
    row = stream.atoms[hit.start].row
    over = [atom for atom in stream.atoms if atom.row < row and abs(atom.box[0] - hit.box[0]) < _TOUCH_PT]
    return any(-0.3 * height < hit.box[1] - atom.box[3] < 0.5 * height and not atom.is_colon for atom in over)


_Order = tuple[int, float, float, float]  # page, top of the columns that it stands in, left edge of its column, top


def _in_reading_order(streams: Sequence[Stream], headings: Sequence[tuple[int, int, str]]) -> list[tuple[_Order, str]]:
    """The headings as they are read, one column after the other."""
    found = []
    for index, row, section in headings:
        stream = streams[index]
        left = stream.cell[0] if stream.cell is not None else next(atom.box[0] for atom in stream.atoms if atom.row == row)
        found.append((_order(streams, stream, left, _top_of(stream, row)), section))
    return sorted(found)


def _order(streams: Sequence[Stream], stream: Stream, left: float, top: float) -> _Order:
    column = stream.column
    if stream.cell is not None:
        areas = [other.column for other in streams if other.column is not None and other.page == stream.page]
        column = next((area for area in areas if area[0] <= left < area[2] and area[1] <= top <= area[3]), None)
    return (stream.page, column[1], column[0], top) if column is not None else (stream.page, top, 0.0, top)


def _in_section(hit: LabelHit, streams: Sequence[Stream], sections: Sequence[tuple[_Order, str]]) -> LabelHit:
    """The label with the section that it stands in; words that could be the section's heading are no second one right after it."""
    here = _order(streams, streams[hit.stream], hit.box[0], hit.box[1] + 2)
    above = [section for order, section in sections if order <= here]
    again = hit.heading and len(above) > 1 and above[-1] == above[-2]
    return replace(hit, section=above[-1] if above else "", heading=hit.heading and not again)


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
        if (cell := sheet.streams[hit.stream].cell) is not None and hit.keys and not after_in_cell(sheet, hit, sheet.streams[hit.stream])
        if (found := right_of(sheet, cell, hit.page)) is not None
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


def right_of(sheet: Sheet, cell: Box, page: int) -> tuple[int, Stream] | None:
    best = None
    for index, stream in enumerate(sheet.streams):
        other = stream.cell
        if other is None or stream.page != page or not -_TOUCH_PT <= other[0] - cell[2] <= _TOUCH_PT:
            continue
        shared = min(cell[3], other[3]) - max(cell[1], other[1])
        if shared > 0.6 * min(cell[3] - cell[1], other[3] - other[1]) and (best is None or shared > best[0]):
            best = (shared, index, stream)
    return (best[1], best[2]) if best else None


def after_in_cell(sheet: Sheet, hit: LabelHit, stream: Stream) -> list[Atom]:
    """What follows the label in its cell up to the next label: on its row, else on the rows below it within its column."""
    taken = sheet.taken(hit.stream)
    following = sorted(label.start for label in sheet.labels if label.stream == hit.stream and label.start >= hit.end)
    end = following[0] if following else len(stream.atoms)
    free = [stream.atoms[at] for at in range(hit.end, end) if at not in taken]
    free = bare(free)
    return free if any(key_of([atom]) for atom in free) else []

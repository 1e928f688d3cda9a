"""Columns of a form that stand side by side on open paper: each is read by itself from its top to its foot, as a person reads it.

A column begins where labels stand under one another and no word runs across their left edge. Boxes are in PDF points from the top left of the page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from parsers.form_stream import Atom, Stream, box_of, key_of, stream_of_words
from parsers.labels import NUMBERING, LabelHit
from parsers.values import Box, Page

_ALIGNED_PT = 5.0  # labels of one column begin within this
_INDENTED_PT = 10.0  # labels may stand so much farther right than the values under them: in the line of a frame
_LEAST_APART_PT = 60.0  # the left edges of two columns
_LEAST_LABELS = 2  # of a column, and of what stands left of it


class _Line(NamedTuple):
    """The atoms of one row of a stream, and the left edges of the labels that begin on it."""

    atoms: tuple[Atom, ...]
    starts: tuple[float, ...]
    heading: bool


def in_columns(
    streams: Sequence[Stream], labels: Sequence[LabelHit], headings: Collection[tuple[int, int]], pages: dict[int, Page]
) -> tuple[Stream, ...]:
    """The streams with the open paper of each page parted into its columns; what runs over all columns stays as it is.

    ``headings``: (stream, row) of the headings of sections.
    """
    found: list[Stream] = []
    for index, stream in enumerate(streams):
        own = [hit for hit in labels if hit.stream == index]
        if stream.cell is not None or len(own) < 2 * _LEAST_LABELS:
            found.append(stream)
            continue
        rows = {row for number, row in headings if number == index}
        found += _parted(stream, _lines(stream, own, rows), pages[stream.page])
    return tuple(found)


def _lines(stream: Stream, labels: Sequence[LabelHit], headings: Collection[int]) -> list[_Line]:
    rows: dict[int, list[Atom]] = {}
    for atom in stream.atoms:
        rows.setdefault(atom.row, []).append(atom)
    starts: dict[int, list[float]] = {}
    for hit in labels:
        starts.setdefault(stream.atoms[hit.start].row, []).append(stream.atoms[_with_numbering(stream.atoms, hit.start)].box[0])
    return [_Line(tuple(rows[row]), tuple(starts.get(row, ())), row in headings) for row in sorted(rows)]


def _with_numbering(atoms: Sequence[Atom], at: int) -> int:
    """Where the label begins with the numbering before it."""
    while at > 0 and not atoms[at].gap and atoms[at - 1].row == atoms[at].row and NUMBERING.match(atoms[at - 1].text.casefold()):
        at -= 1
    return at


def _parted(stream: Stream, lines: Sequence[_Line], page: Page) -> list[Stream]:
    """A stream in its columns, or as it is."""
    for edge in _edges(lines):
        regions = [region for region in _regions(lines, edge) if _has_labels_on_both_sides(region, edge)]
        if not regions:
            continue
        inside = {id(line) for region in regions for line in region}
        columns: list[Stream] = []
        for region in regions:
            box = box_of(atom for line in region for atom in line.atoms)
            area = stream.column or (0.0, 0.0, page.width, page.height)
            for x0, x1 in ((area[0], edge), (edge, area[2])):
                side = [_on_side(line, x0, x1) for line in region]
                columns += _parted(_stream(stream, side, (x0, box[1] - 1, x1, box[3] + 1), page), [line for line in side if line.atoms], page)
        rest = [line for line in lines if id(line) not in inside]
        return [*([_stream(stream, rest, stream.column, page)] if rest else []), *columns]
    return [stream]


def _stream(of: Stream, lines: Sequence[_Line], column: Box | None, page: Page) -> Stream:
    words = list(dict.fromkeys(atom.word for line in lines for atom in line.atoms))
    return replace(stream_of_words(page, words), column=column)


def _on_side(line: _Line, x0: float, x1: float) -> _Line:
    atoms = tuple(atom for atom in line.atoms if x0 - 2 <= atom.box[0] < x1 - 2)
    return _Line(atoms, tuple(start for start in line.starts if x0 - 2 <= start < x1 - 2), line.heading and bool(atoms))


def _edges(lines: Sequence[_Line]) -> Iterator[float]:
    """Left edges at which labels begin under one another, from the left; the leftmost is no border between columns."""
    starts = sorted(start for line in lines for start in line.starts)
    groups: list[list[float]] = []
    for start in starts:
        if groups and start - groups[-1][0] <= _ALIGNED_PT:
            groups[-1].append(start)
        else:
            groups.append([start])
    if not groups:
        return
    for group in groups[1:]:
        if len(group) >= _LEAST_LABELS and group[0] - groups[0][0] >= _LEAST_APART_PT:
            values = (atom.box[0] for line in lines for atom in line.atoms if atom.gap and 0 <= group[0] - atom.box[0] <= _INDENTED_PT)
            yield min([group[0], *values]) - 1.0


def _regions(lines: Sequence[_Line], edge: float) -> Iterator[list[_Line]]:
    """Runs of rows of which none reaches across the edge. A heading that stands alone on its row ends one, unless some stand beside text."""
    alone = all(not line.heading or not _has_both(line, edge) for line in lines)
    right = any(line.heading and line.atoms[0].box[0] >= edge - 2 for line in lines)
    region: list[_Line] = []
    for line in lines:
        if _crosses(line, edge) or (line.heading and alone and not right):
            while region and all(atom.box[0] < edge - 2 for atom in region[-1].atoms):
                region.pop()  # a label whose value runs over both columns
            yield region
            region = []
        elif region or line.starts or _has_both(line, edge):  # what stands left alone before the first label ends a value over both columns
            region.append(line)
    yield region


def _has_both(line: _Line, edge: float) -> bool:
    return any(atom.box[0] < edge - 2 for atom in line.atoms) and any(atom.box[0] >= edge - 2 for atom in line.atoms)


def _crosses(line: _Line, edge: float) -> bool:
    """Whether words run over the edge, or the words on both sides of it follow one another closely."""
    if any(atom.box[0] < edge - 2 and atom.box[2] > edge + 2 for atom in line.atoms):
        return True
    beyond = next((at for at, atom in enumerate(line.atoms) if atom.box[0] >= edge - 2), 0)
    return beyond > 0 and not line.atoms[beyond].gap


def _has_labels_on_both_sides(region: Sequence[_Line], edge: float) -> bool:
    left = sum(start < edge - 2 for line in region for start in line.starts)
    right = sum(abs(start - edge) <= _ALIGNED_PT + 2 for line in region for start in line.starts)
    filled = any(key_of(line.atoms) for line in region)
    return filled and left >= _LEAST_LABELS and right >= _LEAST_LABELS

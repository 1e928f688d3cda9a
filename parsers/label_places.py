"""Labels told by where they stand: what begins under the labels of a form and sets off a value as they do is one of them, in whatever words.

Such a label ends the value before it; what it asks for is told by those of its words that are known, and less surely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parsers.form_stream import Atom, Stream, box_of, key_of, text_of
from parsers.label_units import is_sentence
from parsers.label_wording import asked_by
from parsers.labels import NUMBERING, LabelBook, LabelHit, heading_rows, hints_after
from parsers.values import Box

_ALIGNED_PT = 4.0
_LEAST = 3  # labels that must stand under one another
_PAIRS = 3  # rows whose label stands in two languages, the second at the same place
_WORDY = 10  # words of a label at most
_LETTERS = 60
_SET_OFF, _ALONE = 0.45, 0.8  # share of its letters to be understood: with a value behind it, without
_LIKELY = 0.8
_ROWS_OF_LABEL = 4
_COMPLETE, _MOSTLY = 5, 0.8  # labels that reach to the end of what stands together, and their share
_REST, _EXTENDED = 4, 0.85  # pieces of a label behind the part that is known, and how sure it is then


@dataclass(frozen=True)
class _Run:
    """A run of atoms where a label may stand: positions in its stream, where it begins on the page, and whether something follows on its row.

    ``beyond``: where on the page that begins; None behind a colon, and where nothing follows.
    """

    stream: int
    start: int
    end: int
    left: float
    set_off: bool
    beyond: float | None = None


def with_placed_labels(streams: Sequence[Stream], hits: Sequence[LabelHit], book: LabelBook) -> tuple[LabelHit, ...]:
    """The labels with those that only their place tells."""
    beside = _pages_with_labels_beside(streams, hits)
    runs = [run for index, stream in enumerate(streams) if stream.cell is None or stream.page in beside for run in _runs(index, stream, book)]
    hits = _to_their_ends(hits, runs, streams, book)
    by_start = {(hit.stream, hit.start): hit for hit in hits}
    met = {key for hit in hits for key in hit.keys}
    found: list[LabelHit] = list(hits)
    values = [run.beyond for run in runs if run.beyond is not None and (run.stream, run.start) in by_start]
    seconds = _second_places(hits, streams)
    for run in runs:
        if _overlaps(run, hits):
            continue
        if sum(abs(run.left - left) <= _ALIGNED_PT for left in seconds) >= _PAIRS and _behind_label(run, found, streams):
            found.append(_unknown(run, streams[run.stream], book))
            continue
        if not _stands_as_label(run, runs, by_start, streams):
            continue
        hit = _label(run, streams[run.stream], book, met, aligned=_is_aligned(run, values))
        if hit is not None:
            found.append(hit)
    found.sort(key=lambda hit: (hit.stream, hit.start))
    return tuple(_with_second_language(found, streams))


def _to_their_ends(hits: Sequence[LabelHit], runs: Sequence[_Run], streams: Sequence[Stream], book: LabelBook) -> list[LabelHit]:
    """The labels with the words behind a known one that belong to it ('Name of Factory Concerned'), where the others fill their runs."""
    inside = {(hit.stream, hit.start): run for hit in hits for run in runs if run.stream == hit.stream and run.start <= hit.start < run.end}
    last = {(run.stream, run.end): hit for hit in hits if (run := inside.get((hit.stream, hit.start))) is not None}
    complete = sum(hit.end >= run.end for (_, _), hit in last.items() if (run := inside[hit.stream, hit.start]))
    if complete < _COMPLETE or complete < _MOSTLY * len(last):
        return list(hits)
    found = []
    for hit in hits:
        run = inside.get((hit.stream, hit.start))
        if (
            run is None
            or last[run.stream, run.end] is not hit
            or not _may_end_label(streams[hit.stream].atoms, hit.end, run.end)
            or not (run.set_off or _over_value(run, streams[run.stream], runs, hits))
        ):
            found.append(hit)
            continue
        atoms = streams[hit.stream].atoms
        end = hints_after(atoms, run.end, book.hints)
        found.append(replace(hit, end=end, box=box_of(atoms[hit.start : run.end]), certainty=hit.certainty * _EXTENDED))
    return found


def _over_value(run: _Run, stream: Stream, runs: Sequence[_Run], hits: Sequence[LabelHit]) -> bool:
    """Whether words that are no label begin right under a run: its value, which is no part of it."""
    box = box_of(stream.atoms[run.start : run.end])
    height = max(5.0, min(box[3] - box[1], 16.0))
    labels = {(hit.stream, hit.start) for hit in hits}
    for other in runs:
        if other.stream != run.stream or (other.stream, other.start) in labels:
            continue
        under = stream.atoms[other.start].box
        if abs(other.left - run.left) <= 2 * _ALIGNED_PT and -2 <= under[1] - box[3] <= 1.4 * height:
            return True
    return False


def _may_end_label(atoms: Sequence[Atom], start: int, end: int) -> bool:
    """Whether atoms behind a label may be the rest of it: a few words on its row, no digits, nothing of a mailbox."""
    rest = atoms[start:end]
    if not rest or rest[0].row != atoms[start - 1].row or len({atom.row for atom in rest}) > 1 or not key_of(rest):
        return False
    text = text_of(rest)
    return len(rest) <= _REST and not any(map(str.isdigit, text)) and "@" not in text and not atoms[start - 1].is_colon


def _pages_with_labels_beside(streams: Sequence[Stream], hits: Sequence[LabelHit]) -> frozenset[int]:
    """Pages whose cells hold the labels beside the values, not over them: mostly no label stands in the next cell."""
    labelled = {hit.stream for hit in hits}
    found = set()
    for page in {stream.page for stream in streams}:
        boxes = [(index, stream) for index, stream in enumerate(streams) if stream.page == page and stream.cell is not None]
        right = under = 0
        for index, stream in boxes:
            if index in labelled and stream.cell is not None:
                right += any(other not in labelled and there.atoms and _next_to(stream.cell, there.cell) for other, there in boxes)
                under += any(other not in labelled and there.atoms and _right_under(stream.cell, there.cell) for other, there in boxes)
        if right > 2 * under:
            found.add(page)
    return frozenset(found)


def _next_to(cell: Box, other: Box | None) -> bool:
    return other is not None and abs(other[0] - cell[2]) < 6 and min(cell[3], other[3]) - max(cell[1], other[1]) > 0.6 * (cell[3] - cell[1])


def _right_under(cell: Box, other: Box | None) -> bool:
    return other is not None and abs(other[1] - cell[3]) < 6 and min(cell[2], other[2]) - max(cell[0], other[0]) > 0.8 * (cell[2] - cell[0])


def _runs(index: int, stream: Stream, book: LabelBook) -> Iterator[_Run]:
    """Where labels may stand: at the beginning of a row or behind a wide space; a small cell as a whole."""
    atoms = stream.atoms
    if stream.cell is not None:
        rows = {atom.row for atom in atoms}
        if atoms and len(rows) <= _ROWS_OF_LABEL:
            start = _past_numbering(atoms, 0, len(atoms))
            yield _Run(index, start, len(atoms), stream.cell[0], set_off=True)
        return
    headings = heading_rows(stream, book)
    at = 0
    while at < len(atoms):
        end = at + 1
        while end < len(atoms) and atoms[end].row == atoms[at].row and not atoms[end].gap and not (atoms[end].is_colon and not atoms[end].is_dash):
            end += 1
        if atoms[at].row not in headings:
            follows = end < len(atoms) and atoms[end].row == atoms[at].row
            beyond = atoms[end].box[0] if follows and not atoms[end].is_colon else None
            yield _Run(index, _past_numbering(atoms, at, end), end, atoms[at].box[0], set_off=follows, beyond=beyond)
        at = end
        while at < len(atoms) and not atoms[at].gap and atoms[at].row == atoms[at - 1].row:  # behind a colon a value stands
            at += 1


def _past_numbering(atoms: Sequence[Atom], start: int, end: int) -> int:
    while start < end - 1 and (NUMBERING.match(atoms[start].text.casefold()) or not key_of([atoms[start]])):
        start += 1
    return start


def _overlaps(run: _Run, hits: Sequence[LabelHit]) -> bool:
    return any(hit.stream == run.stream and hit.start < run.end and run.start < hit.end for hit in hits)


def _stands_as_label(run: _Run, runs: Sequence[_Run], by_start: dict[tuple[int, int], LabelHit], streams: Sequence[Stream]) -> bool:
    """Whether most runs that begin at the same distance from the page's edge are labels."""
    own = streams[run.stream]
    alike = [
        other
        for other in runs
        if other is not run and abs(other.left - run.left) <= _ALIGNED_PT and (streams[other.stream].cell is None) == (own.cell is None)
    ]
    labels = sum((other.stream, other.start) in by_start for other in alike)
    return labels >= _LEAST and labels > len(alike) - labels


def _is_aligned(run: _Run, values: Sequence[float]) -> bool:
    """Whether what follows a run begins where values do behind other labels; a colon alone sets a label off."""
    return run.beyond is None or sum(abs(run.beyond - left) <= _ALIGNED_PT for left in values) >= _LEAST - 1


def _second_places(hits: Sequence[LabelHit], streams: Sequence[Stream]) -> list[float]:
    """Where labels begin that repeat the one before them on their row in another language."""
    pairs = pairwise(hits)
    return [other.box[0] for one, other in pairs if one.keys and one.keys == other.keys and _side_by_side(one, other, streams)]


def _behind_label(run: _Run, hits: Sequence[LabelHit], streams: Sequence[Stream]) -> bool:
    atoms = streams[run.stream].atoms
    return any(hit.stream == run.stream and hit.end == run.start and atoms[hit.start].row == atoms[run.start].row for hit in hits)


def _unknown(run: _Run, stream: Stream, book: LabelBook) -> LabelHit:
    end = hints_after(stream.atoms, run.end, book.hints)
    return LabelHit((), run.stream, run.start, end, box_of(stream.atoms[run.start : run.end]), stream.page, _LIKELY, False)


def _label(run: _Run, stream: Stream, book: LabelBook, met: set[str], *, aligned: bool) -> LabelHit | None:
    """The label that a run is; None where its words may be a value."""
    window = stream.atoms[run.start : run.end]
    text = text_of(window)
    if (
        not key_of(window)
        or len(text) > _LETTERS
        or text.endswith((",", "，", "、"))
        or sum(not atom.glued for atom in window) > _WORDY
        or "@" in text
        or is_sentence(window)
    ):
        return None
    asked = asked_by(text, book.wording, forgiving=False) if not any(map(str.isdigit, text)) else None
    told = asked is not None and asked.understood >= (_SET_OFF if run.set_off else _ALONE)
    if not told and (not run.set_off or not aligned or any(map(str.isdigit, text))):
        return None
    keys = asked.keys if asked is not None and told else ()
    keys = keys if not set(keys) & met else ()
    end = hints_after(stream.atoms, run.end, book.hints)
    return LabelHit(keys, run.stream, run.start, end, box_of(window), stream.page, _LIKELY, False)


def _with_second_language(hits: Sequence[LabelHit], streams: Sequence[Stream]) -> list[LabelHit]:
    """Labels that nobody understands, beside the same label in the other language: of the field of the one that is understood."""
    pairs = [(one, other) for one, other in pairwise(hits) if _side_by_side(one, other, streams)]
    seconds = _second_places(hits, streams)
    named: dict[tuple[int, int], tuple[str, ...]] = {}
    for one, other in pairs:
        if sum(abs(left - other.box[0]) <= _ALIGNED_PT for left in seconds) < _PAIRS or bool(one.keys) == bool(other.keys):
            continue
        unknown, known = (other, one) if one.keys else (one, other)
        named[unknown.stream, unknown.start] = known.keys
    return [replace(hit, keys=named[hit.stream, hit.start]) if (hit.stream, hit.start) in named else hit for hit in hits]


def _side_by_side(one: LabelHit, other: LabelHit, streams: Sequence[Stream]) -> bool:
    if one.stream != other.stream or one.end != other.start:
        return False
    atoms = streams[one.stream].atoms
    return atoms[one.start].row == atoms[other.start].row and _apart(one.box, other.box)


def _apart(one: Box, other: Box) -> bool:
    return other[0] > one[2] + 8

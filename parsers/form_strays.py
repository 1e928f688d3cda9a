"""Words near a label that no label of the form has taken: where a value was not found, they may be it, so that nobody is told that it is missing."""

from __future__ import annotations

from parsers.form_layout import place_of
from parsers.form_rows import on_row
from parsers.form_sheet import Place, Sheet
from parsers.form_stream import Atom, box_of, key_of
from parsers.labels import NUMBERING, LabelBook, LabelHit, heading_rows
from parsers.values import Box, Page

_RIGHT_PT = 260.0  # a value stands no farther right of its label
_BESIDE, _MOST_BESIDE = 5, 0.6  # labels of a page with their values behind them, and their share of its labels, before an empty line says anything
_REACH_PT = 7.0  # so far into a place a word belongs to it
_ROOM_PT = 50.0  # a line to write on is longer
_ROWS = 2.6  # heights of its line that a value stands below or above its label at most


def stray_near(sheet: Sheet, hit: LabelHit, book: LabelBook) -> Place | None:
    """Words right of a label, below or above it that belong to no label; None where the paper around it is empty or spoken for."""
    height = max(6.0, min(hit.box[3] - hit.box[1], 16.0))
    owned = _owned(sheet, hit.page)
    found: list[Atom] = []
    for index, stream in enumerate(sheet.streams):
        if stream.page != hit.page:
            continue
        taken, headings = sheet.taken(index), heading_rows(stream, book)
        found += [
            atom
            for at, atom in enumerate(stream.atoms)
            if at not in taken and atom.row not in headings and id(atom.word) not in owned and _may_say(atom) and _near(hit.box, atom.box, height)
        ]
    return Place(tuple(found), box_of(found), hit.page, 0.5) if found else None


def reaches_into(sheet: Sheet, box: Box, page: int) -> Place | None:
    """Words of no label that reach into a place that seems empty, as their middles lie in a neighbour's: the place may be theirs."""
    found: list[Atom] = []
    for index, stream in enumerate(sheet.streams):
        if stream.page == page:
            taken = sheet.taken(index)
            found += [atom for at, atom in enumerate(stream.atoms) if at not in taken and _may_say(atom) and _reaches(atom.word.box, box)]
    return Place(tuple(found), box_of(found), page, 0.5) if found else None


def _reaches(word: Box, box: Box) -> bool:
    across = min(word[2], box[2]) - max(word[0], box[0])
    return box[1] < (word[1] + word[3]) / 2 < box[3] and across >= min(_REACH_PT, word[2] - word[0], box[2] - box[0])


def is_empty_line(sheet: Sheet, hit: LabelHit, page: Page) -> bool:
    """Whether a picture shows plainly that nothing is written behind a label of open paper: other labels of the page have their values behind them,
    and neither words nor any ink stand on its line, or right under it, as far as the next label or the edge of the paper."""
    if sheet.streams[hit.stream].cell is not None or not page.words:
        return False
    others = [other for other in sheet.labels if other.page == hit.page and other.keys and sheet.streams[other.stream].cell is None]
    beside = sum(on_row(sheet, other, sheet.streams[other.stream]) is not None for other in others)
    if beside < _BESIDE or beside < _MOST_BESIDE * len(others):
        return False
    height = max(6.0, min(hit.box[3] - hit.box[1], 16.0))
    labels = [other.box for other in sheet.labels if other.page == hit.page and other is not hit]
    right = min((box[0] for box in labels if box[0] > hit.box[2] and _level(box, hit.box)), default=max(word.box[2] for word in page.words))
    if right - hit.box[2] < _ROOM_PT:
        return False
    line = (hit.box[2] - 2, hit.box[1] - 0.4 * height, right - 1, hit.box[3] + 0.4 * height)
    under = (hit.box[0], hit.box[3] - 0.2 * height, right - 1, hit.box[3] + height)
    words = [word.box for word in page.words if not any(_inside(word.box, box) for box in (hit.box, *labels))]
    inked = [*(ink.box for ink in page.inks), *(mark.box for mark in page.marks)]
    below = [box for box in words if not _is_of_next(box, hit.box, sheet)]
    return not any(_meet(box, line) for box in (*words, *inked)) and not any(_meet(box, under) for box in (*below, *inked))


def _level(one: Box, other: Box) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.4 * min(one[3] - one[1], other[3] - other[1])


def _inside(box: Box, area: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _meet(one: Box, other: Box) -> bool:
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])


def _is_of_next(box: Box, label: Box, sheet: Sheet) -> bool:
    """Whether words stand on the line of another label below."""
    return any(other.box[1] > label[1] and _level(other.box, box) for other in sheet.labels)


def _may_say(atom: Atom) -> bool:
    """Whether an atom may be part of a value: letters or digits that are no numbering."""
    return bool(key_of([atom])) and not (NUMBERING.match(atom.text.casefold()) and not atom.text.isdigit())


def _near(label: Box, word: Box, height: float) -> bool:
    shared = min(label[3], word[3]) - max(label[1], word[1])
    if shared > 0.3 * min(label[3] - label[1], word[3] - word[1]) and 0 <= word[0] - label[2] + 3 <= _RIGHT_PT:
        return True
    over = word[0] < max(label[2], label[0] + 60) and word[2] > label[0] - height
    return over and (-2 <= word[1] - label[3] <= _ROWS * height or -2 <= label[1] - word[3] <= 1.2 * height)


def _owned(sheet: Sheet, page: int) -> frozenset[int]:
    """Words that stand in the place of some label."""
    places = [place_of(sheet, hit) for hit in sheet.labels if hit.page == page and hit.keys]
    return frozenset(id(atom.word) for place in places if place is not None for atom in place.atoms)

"""Words near a label that no label of the form has taken: where a value was not found, they may be it, so that nobody is told that it is missing."""

from __future__ import annotations

from parsers.form_layout import place_of
from parsers.form_sheet import Place, Sheet
from parsers.form_stream import Atom, box_of, key_of
from parsers.labels import NUMBERING, LabelBook, LabelHit, heading_rows
from parsers.values import Box

_RIGHT_PT = 260.0  # a value stands no farther right of its label
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

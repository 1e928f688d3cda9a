"""Values in boxes of their own beside or under an unboxed label: a frame to write in, a widget, a row of small boxes with one character each.

Boxes are in PDF points from the top left of the page as displayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from parsers.form_stream import Atom, Stream, bare
from parsers.labels import LabelHit
from parsers.values import Box

_LEAST = (8.0, 8.0)  # a box to write in is at least so wide and high
_ROOM_PT = 30.0  # narrower boxes hold one character each, or are tick boxes
_COMB = 4  # so many narrow boxes side by side are one place
_TOUCH_PT = 6.0
_FAR_PT = 300.0
STRIP_PT, HIGHER = 16.0, 1.3  # the height of a strip of labels at most; the box under it by that height
RIGHT = 0.97  # certainty of a box right of its label
_NUMBERING = 4.5  # room that numbering before a label takes at most, in heights of its line


class Boxed(NamedTuple):
    """A box that belongs to a label: what is written in it (nothing: it is empty), and how sure it is that it is this label's, 0 to 1."""

    atoms: tuple[Atom, ...]
    box: Box
    certainty: float


def box_beside(streams: Sequence[Stream], labels: Sequence[LabelHit], hit: LabelHit) -> Boxed | None:
    """The nearest box right of a label on its row; else the box right under it. None where other words or labels stand between."""
    labelled = {label.stream for label in labels}
    column = streams[hit.stream].column
    free = [stream for index, stream in enumerate(streams) if index not in labelled and stream.page == hit.page and _to_write_in(stream.cell)]
    free = [stream for stream in free if column is None or column[0] - _TOUCH_PT <= _of(stream)[0] < column[2]]
    right = min((stream for stream in free if _is_right_of(stream.cell, hit.box)), key=lambda stream: _of(stream)[0], default=None)
    under = min((stream for stream in free if _is_under(stream.cell, hit.box)), key=lambda stream: _of(stream)[1], default=None)
    strip = right is not None and under is not None and not hit.heading and _is_strip(right, under)
    if right is not None and not strip and not _something_between(streams[hit.stream], labels, hit, _of(right)[0]):
        return _comb(free, right, RIGHT)
    if hit.heading:
        return None
    if under is not None and not _words_below(streams[hit.stream], hit, _of(under)[1]):
        return _comb(free, under, 0.93)
    return None


def _to_write_in(cell: Box | None) -> bool:
    return cell is not None and cell[2] - cell[0] >= _LEAST[0] and cell[3] - cell[1] >= _LEAST[1]


def _of(stream: Stream) -> Box:
    """The stream's box; an empty one where it has none (streams outside cells are never asked)."""
    return stream.cell or (0.0, 0.0, 0.0, 0.0)


def _is_strip(right: Stream, under: Stream) -> bool:
    """Whether an empty box right of a label is the rest of a low strip that the label stands in, over a higher box with words in it."""
    low = _of(right)[3] - _of(right)[1]
    return (
        not right.atoms
        and bool(under.atoms)
        and low < STRIP_PT
        and _of(under)[3] - _of(under)[1] > HIGHER * low
        and _of(under)[1] >= _of(right)[3] - 3
    )


def _is_right_of(cell: Box | None, label: Box) -> bool:
    if cell is None or not label[2] - 3 <= cell[0] <= label[2] + _FAR_PT:
        return False
    shared = min(cell[3], label[3]) - max(cell[1], label[1])
    return shared > 0.5 * min(label[3] - label[1], cell[3] - cell[1])


def _is_under(cell: Box | None, label: Box) -> bool:
    if cell is None:
        return False
    height = max(8.0, min(label[3] - label[1], 14.0))
    return -0.3 * height < cell[1] - label[3] < 1.2 * height and -2 * height < label[0] - cell[0] < _NUMBERING * height


def _something_between(stream: Stream, labels: Sequence[LabelHit], hit: LabelHit, left: float) -> bool:
    """Whether another label, or words that are no colon, stand on the row before the box."""
    middle = (hit.box[1] + hit.box[3]) / 2
    own = {at for label in labels if label.stream == hit.stream and label.keys in (hit.keys, ()) for at in range(label.start, label.end)}
    for at, atom in enumerate(stream.atoms):
        if at not in own and atom.box[1] <= middle <= atom.box[3] and hit.box[2] - 1 <= atom.box[0] < left and atom.text.strip("_.:：… $HK*()"):
            return True
    return False


def _words_below(stream: Stream, hit: LabelHit, top: float) -> bool:
    """Whether words stand between a label and the box under it."""
    own = range(hit.start, hit.end)
    return any(
        at not in own and hit.box[3] - 2 < (atom.box[1] + atom.box[3]) / 2 < top and atom.box[0] < hit.box[2] and atom.box[2] > hit.box[0]
        for at, atom in enumerate(stream.atoms)
    )


def _comb(free: Sequence[Stream], first: Stream, certainty: float) -> Boxed | None:
    """The box with what is in it; narrow boxes side by side are one, their characters written together."""
    row = [first]
    while len(row) < 40 and _of(row[-1])[2] - _of(row[-1])[0] < _ROOM_PT:
        after = next((stream for stream in free if _continues(_of(row[-1]), _of(stream))), None)
        if after is None:
            break
        row.append(after)
    if _of(first)[2] - _of(first)[0] < _ROOM_PT and len(row) < _COMB:
        return None
    box = (_of(first)[0], _of(first)[1], _of(row[-1])[2], _of(row[-1])[3])
    atoms = [atom for stream in row for atom in stream.atoms]
    atoms = atoms if len(row) > 1 else bare(atoms)
    if len(row) > 1:
        atoms = [replace(atom, glued=at > 0, row=0) for at, atom in enumerate(atoms)]
    return Boxed(tuple(atoms), box, certainty)


def _continues(left: Box, right: Box) -> bool:
    same = abs(left[1] - right[1]) < 3 and abs(left[3] - right[3]) < 3 and abs((right[2] - right[0]) - (left[2] - left[0])) < 4
    return same and -1.5 <= right[0] - left[2] <= _TOUCH_PT

"""The cells of a form as a person sees them: where words run across a seen line, or over a gap between two, there is none, and the cells are one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parsers.values import Box, Word

_ACROSS_PT = 7.0  # a word that reaches so far into both cells crosses their border
_SAME_PT = 3.0
_TOUCH_PT = 3.0


def whole_cells(cells: Sequence[Box], words: Sequence[Word]) -> tuple[Box, ...]:
    """The cells, neighbours of one height joined where a word crosses from one into the other."""
    whole = list(cells)
    for word in words:
        if word.box[2] - word.box[0] < 2 * _ACROSS_PT:
            continue
        crossed = [cell for cell in whole if _reaches_into(word.box, cell)]
        if len(crossed) < 2 or not _side_by_side(crossed, word.box):
            continue
        joined = (min(c[0] for c in crossed), min(c[1] for c in crossed), max(c[2] for c in crossed), max(c[3] for c in crossed))
        whole = [cell for cell in whole if cell not in crossed]
        whole.append(joined)
    return tuple(whole)


def _reaches_into(word: Box, cell: Box) -> bool:
    middle = (word[1] + word[3]) / 2
    return cell[1] <= middle <= cell[3] and min(word[2], cell[2]) - max(word[0], cell[0]) >= min(_ACROSS_PT, cell[2] - cell[0])


def _side_by_side(cells: Sequence[Box], word: Box) -> bool:
    """Whether cells of one height follow one another, or stand apart by no more than the word fills."""
    row = sorted(cells)
    level = all(abs(a[1] - b[1]) <= _SAME_PT and abs(a[3] - b[3]) <= _SAME_PT for a, b in pairwise(row))
    return level and all(abs(b[0] - a[2]) <= _TOUCH_PT or (word[0] < a[2] < b[0] < word[2]) for a, b in pairwise(row))

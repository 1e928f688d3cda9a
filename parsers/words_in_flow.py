"""Boxes set among running words, '[ ] Paper [x] Printing and [ ] Textiles', whose answers go on over the ends of rows.

Each box's words are those up to the next box, as a person reads on.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.paper_lines import Row
from parsers.values import Box, Mark, Word
from parsers.words_beside import is_box

_NEAR_PT = 60.0  # boxes of one question on open paper stand no farther apart, down the page
_INDENT_PT = 6.0  # rows of running words begin no farther left of the first box
_LEADING = 1.2  # of a row's height between two rows of one text, at most
_MOST_WORDS = 40


def words_in_flow(mark: Mark, rows: Sequence[Row], marks: Sequence[Mark], cells: Sequence[Box]) -> list[Word]:
    """The words behind a box up to the next one, over the ends of rows within the cell that the box stands in, or on open paper."""
    area = _cell_around(mark.box, cells) or _open_area(mark.box, marks)
    found: list[Word] = []
    begun, floor = False, 0.0
    for row in rows:
        words = [word for word in row.words if _is_within(word.box, area)]
        if not words or row.box[3] < mark.box[1] - 1:
            continue
        height = max(4.0, words[0].box[3] - words[0].box[1])
        if begun and words[0].box[1] - floor > _LEADING * height:
            break
        items: list[Word | Mark] = [*words, *_on_row(words, marks, area)]
        for item in sorted(items, key=lambda item: item.box[0]):
            if item is mark:
                begun = True
            elif begun and isinstance(item, Mark):
                return found
            elif begun and isinstance(item, Word) and not is_box(item, mark):
                found.append(item)
        floor = max(word.box[3] for word in words)
        if len(found) > _MOST_WORDS:
            break
    return found


def _on_row(words: Sequence[Word], marks: Sequence[Mark], area: Box) -> list[Mark]:
    top, bottom = min(word.box[1] for word in words), max(word.box[3] for word in words)
    return [mark for mark in marks if top - 2 <= (mark.box[1] + mark.box[3]) / 2 <= bottom + 2 and _is_within(mark.box, area)]


def _cell_around(box: Box, cells: Sequence[Box]) -> Box | None:
    holding = [cell for cell in cells if _is_within(box, cell)]
    return min(holding, key=lambda cell: (cell[2] - cell[0]) * (cell[3] - cell[1]), default=None)


def _open_area(box: Box, marks: Sequence[Mark]) -> Box:
    """All that stands no farther left than the boxes above and below."""
    left = min(mark.box[0] for mark in marks if abs(mark.box[1] - box[1]) < _NEAR_PT)
    return (left - _INDENT_PT, 0.0, float("inf"), float("inf"))


def _is_within(box: Box, area: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]

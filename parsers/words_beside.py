"""The printed words beside a tick box: on the row that stands nearest to it and is no other box's, and on the rows that go on below."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.folding import fold_key
from parsers.paper_lines import Row
from parsers.values import Box, Mark, Word

_REACH_PT = 34.0  # how far right of its box an answer begins at most
_OVERHANG_PT = 5.5  # a reader may take the box itself for the first letter of its words
_COLUMN_PT = 40.0  # boxes of one column begin within this
_LEVEL_PT = 3.0  # a row so much farther from the box's middle than the nearest is as near: the box may stand beside two rows
_ALIGNED_PT = 4.0  # rows of one answer begin within this
_MOST_WORDS = 60
BOX_LIKE = "☐☑☒□■█▇▉◼⬛✓✔√口日田囗回Vv"


def words_beside(mark: Mark, rows: Sequence[Row], marks: Sequence[Mark]) -> list[list[Word]]:
    """The words right of a box up to the next box of that row, and those that go on below before the next box.

    The likeliest first: from the row nearest to the box; then from the row above it, where a box may stand at half the height of several rows.
    Empty where nothing stands near.
    """
    x0, top, x1, bottom = mark.box
    middle = (top + bottom) / 2
    right = min((other.box[0] for other in marks if other.box[0] > x1 and other.box[1] < bottom and other.box[3] > top), default=float("inf"))
    lines: list[tuple[Row, list[Word]]] = []
    for row in rows:
        words = [word for word in row.words if word.box[2] > x1 + 1 and x0 - _OVERHANG_PT <= word.box[0] < right - _OVERHANG_PT]
        words = [word for word in words if not is_box(word, mark)]
        if words and row.box[3] > top - 2:
            lines.append((row, words))
    near = [at for at, (_, words) in enumerate(lines) if _is_near(words, mark) and not _is_others(words, mark, marks)]
    if not near:
        return []
    least = min(abs(_middle(lines[at][1][0].box) - middle) for at in near)
    first = next(at for at in near if abs(_middle(lines[at][1][0].box) - middle) <= least + _LEVEL_PT)
    above = first - 1 if first and _goes_on(lines[first - 1][1], lines[first][1]) and not _is_others(lines[first - 1][1], mark, marks) else first
    return [_with_rows_below(lines[at:], mark, marks) for at in dict.fromkeys((first, above))]


def words_before(mark: Mark, rows: Sequence[Row], marks: Sequence[Mark]) -> list[Word]:
    """The words left of a box, on the row nearest to it, back to the box before it."""
    x0, top, _, bottom = mark.box
    middle = (top + bottom) / 2
    left = max((other.box[2] for other in marks if other.box[2] < x0 and other.box[1] < bottom and other.box[3] > top), default=float("-inf"))
    found: list[list[Word]] = []
    for row in rows:
        words = [word for word in row.words if left - _OVERHANG_PT < word.box[0] and word.box[2] < x0 + _OVERHANG_PT and not is_box(word, mark)]
        if words and abs(_middle(words[-1].box) - middle) <= 7.0 and x0 - words[-1].box[2] <= _REACH_PT:
            found.append(words)
    return min(found, key=lambda words: abs(_middle(words[-1].box) - middle), default=[])


def key_of_words(words: Sequence[Word]) -> str:
    """The words as folded to be compared, without a box that was read as a letter before them."""
    return fold_key("".join(word.text for word in words)).lstrip("口日田囗回") if words else ""


def is_box(word: Word, mark: Mark) -> bool:
    """Whether a word is only the box itself, read as a letter."""
    if len(word.text) > 1:
        return False
    x, y = (mark.box[0] + mark.box[2]) / 2, _middle(mark.box)
    over = word.box[0] < x < word.box[2] and word.box[1] < y < word.box[3]  # whatever letter it was read as
    return over or (word.text in BOX_LIKE and word.box[0] < mark.box[2] + 2 and word.box[2] > mark.box[0] - 2)


def _is_near(words: Sequence[Word], mark: Mark) -> bool:
    height = max(4.0, words[0].box[3] - words[0].box[1])
    return abs(_middle(words[0].box) - _middle(mark.box)) <= max(0.8 * height, 7.0) and words[0].box[0] - mark.box[2] <= _REACH_PT


def _goes_on(upper: Sequence[Word], lower: Sequence[Word]) -> bool:
    """Whether two rows are set as one text: close, and begun at the same place."""
    height = max(4.0, upper[0].box[3] - upper[0].box[1])
    return lower[0].box[1] < upper[-1].box[3] + 0.9 * height and abs(lower[0].box[0] - upper[0].box[0]) < _ALIGNED_PT


def _is_others(words: Sequence[Word], mark: Mark, marks: Sequence[Mark]) -> bool:
    """Whether a row stands nearer to another box of the same column."""
    place = _middle(words[0].box)
    own = abs(_middle(mark.box) - place)
    return any(other is not mark and abs(other.box[0] - mark.box[0]) < _COLUMN_PT and abs(_middle(other.box) - place) + 1 < own for other in marks)


def _with_rows_below(lines: Sequence[tuple[Row, list[Word]]], mark: Mark, marks: Sequence[Mark]) -> list[Word]:
    """The words of the first row, and of those that go on right below it before the next box."""
    x0, bottom = mark.box[0], mark.box[3]
    floor = min((other.box[1] for other in marks if other.box[1] > bottom and abs(other.box[0] - x0) < _COLUMN_PT), default=float("inf"))
    found = list(lines[0][1])
    for row, words in lines[1:]:
        first = words[0].box
        height = max(4.0, first[3] - first[1])
        if (
            _middle(first) >= floor
            or first[1] >= found[-1].box[3] + 0.9 * height
            or first[0] >= found[0].box[0] + 2 * height
            or _ends_another(words[0], row, height)
        ):
            break
        found += words
        if len(found) > _MOST_WORDS:
            break
    return found


def _ends_another(word: Word, row: Row, height: float) -> bool:
    """Whether a word follows another closely on its row: the end of a line that began elsewhere, and no second line of an answer."""
    before = max((other.box[2] for other in row.words if other.box[2] <= word.box[0] + 1), default=float("-inf"))
    return word.box[0] - before < 0.7 * height


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2

"""Dashes that readers of pictures make of the lines beside words: where the words of a label stand in the line of a frame ('— Job Position —')."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from parsers.paper_lines import rows_of
from parsers.values import Page, Word

_DASHES = "-–—―－_＿"
_ONE = "一"  # as a dash is read that stands before Chinese
_WIDE_GAP = 1.3  # of a line's height: words farther apart belong to different things
_LEAST = 3  # pieces of a page that end or begin so, before they are lines of its frames and not somebody's dashes


def without_line_ends(page: Page, is_label: Callable[[str], bool] = lambda text: False) -> Page:
    """The page of a picture without the dashes before and behind its pieces of text, where several pieces have them; other pages as they are.

    ``is_label`` tells whether a text is a label of the form: before one a Chinese 'one' is a dash, too.
    """
    if page.source != "ocr":
        return page
    pieces = [piece for row in rows_of(page) for piece in _pieces(row.words)]
    framed = [piece for piece in pieces if _begins(piece, is_label) and any(char.isalpha() for word in piece for char in word.text)]
    if len(framed) < _LEAST:
        return page
    changed: dict[int, Word | None] = {}
    for piece in framed:
        _strip(piece, changed)
    words = tuple(kept for word in page.words if (kept := changed.get(id(word), word)) is not None)
    return page.model_copy(update={"words": words})


def _pieces(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words of a row, parted at wide spaces."""
    piece: list[Word] = []
    for word in words:
        if piece and word.box[0] - piece[-1].box[2] > _WIDE_GAP * max(4.0, word.box[3] - word.box[1]):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _begins(piece: Sequence[Word], is_label: Callable[[str], bool]) -> bool:
    """Whether a piece of text begins with a dash, by itself or run together with a letter: a value may, a label never does."""
    first = piece[0].text
    if first[0] == _ONE and is_label("".join(word.text for word in piece)[1:]):
        return True
    rest = first.lstrip(_DASHES) or (piece[1].text if len(piece) > 1 else "")
    return first[0] in _DASHES and rest[:1].isalpha()


def _strip(piece: Sequence[Word], changed: dict[int, Word | None]) -> None:
    first, last = piece[0], piece[-1]
    changed[id(first)] = _cut(first, len(first.text) - len(first.text.lstrip(_DASHES + _ONE)), 0)
    tail = changed.get(id(last), last)
    if tail is not None:
        changed[id(last)] = _cut(tail, 0, len(tail.text) - len(tail.text.rstrip(_DASHES)))


def _cut(word: Word, before: int, behind: int) -> Word | None:
    """The word without so many letters at its ends; None where nothing remains."""
    count = len(word.text)
    if before + behind >= count:
        return None
    x0, top, x1, bottom = word.box
    wide = (x1 - x0) / count
    return word.model_copy(update={"text": word.text[before : count - behind], "box": (x0 + wide * before, top, x1 - wide * behind, bottom)})

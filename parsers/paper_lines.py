"""The rows of a page and the pieces of text that stand apart on them, as an eye finds them: whatever order the reader gave the words in.

Boxes are in PDF points from the top left of the page as displayed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import NamedTuple

from parsers.folding import fold_key
from parsers.normal_values import as_printed
from parsers.values import Box, Page, Word

_GAP = 1.1  # of the height: words farther apart than this stand in different pieces
_SPACED_GAP = 3.2  # between single Chinese characters, as titles are spaced out (報 價 單)


class Piece(NamedTuple):
    """Words of one row that stand together: their text as printed, folded key, box, mean confidence, page number in the file."""

    text: str
    key: str
    box: Box
    height: float
    confidence: float
    page: int
    words: tuple[Word, ...]


class Row(NamedTuple):
    """All words of one height on a page, from left to right, and the pieces that they form."""

    words: tuple[Word, ...]
    pieces: tuple[Piece, ...]
    box: Box
    page: int


_MEMORY = 48  # pages whose rows are remembered: each page of a mail is asked for its rows several times
_remembered: OrderedDict[int, tuple[Page, tuple[Row, ...]]] = OrderedDict()
_remembering = Lock()


def rows_of(page: Page) -> tuple[Row, ...]:
    """The rows of a page from top to bottom; slanted rows of a photograph are followed from left to right."""
    with _remembering:
        known = _remembered.get(id(page))
    if known is not None and known[0] is page:
        return known[1]
    rows = _rows_of(page)
    with _remembering:
        _remembered[id(page)] = (page, rows)
        if len(_remembered) > _MEMORY:
            _remembered.popitem(last=False)
    return rows


def _rows_of(page: Page) -> tuple[Row, ...]:
    chains: list[list[Word]] = []
    for word in sorted((word for word in page.words if word.text.strip()), key=lambda word: (word.box[0], word.box[1])):
        _, top, _, bottom = word.box
        best, most = None, 0.5
        for chain in chains:
            _, upper, _, lower = chain[-1].box
            if upper < bottom and lower > top:
                shared = (min(lower, bottom) - max(upper, top)) / max(0.1, min(lower - upper, bottom - top))
                if shared > most:
                    best, most = chain, shared
        if best is not None:
            best.append(word)
        else:
            chains.append([word])
    rows = [Row(tuple(chain), tuple(_pieces(chain, page.number)), around(word.box for word in chain), page.number) for chain in chains]
    return tuple(sorted(rows, key=lambda row: (row.box[1] + row.box[3], row.box[0])))


def text_of(words: Sequence[Word]) -> str:
    """Words joined as printed: a space between them, none between two Chinese characters."""
    joined = ""
    for word in words:
        if joined and not (_is_cjk(joined[-1]) and _is_cjk(word.text[0])):
            joined += " "
        joined += word.text
    return as_printed(joined)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them."""
    every = list(boxes)
    return (min(b[0] for b in every), min(b[1] for b in every), max(b[2] for b in every), max(b[3] for b in every))


def piece_of(words: Sequence[Word], page: int) -> Piece:
    """One piece of the words given, in their order. There must be at least one."""
    text = text_of(words)
    box = around(word.box for word in words)
    letters = sum(len(word.text) for word in words) or 1
    confidence = sum(word.confidence * len(word.text) for word in words) / letters
    height = max(word.box[3] - word.box[1] for word in words)
    return Piece(text, fold_key(text), box, height, confidence, page, tuple(words))


def _pieces(chain: Sequence[Word], page: int) -> Iterable[Piece]:
    run: list[Word] = []
    for word in chain:
        if run and _apart(run[-1], word):
            yield piece_of(run, page)
            run = []
        run.append(word)
    yield piece_of(run, page)


def _apart(left: Word, right: Word) -> bool:
    height = max(1.0, min(left.box[3] - left.box[1], right.box[3] - right.box[1]))
    single = len(left.text) == 1 and len(right.text) == 1 and _is_cjk(left.text) and _is_cjk(right.text)
    return right.box[0] - left.box[2] > height * (_SPACED_GAP if single else _GAP)


def _is_cjk(text: str) -> bool:
    return (bool(text) and "\u2e80" <= text[0] <= "\u9fff") or text[:1] in "、。《》「」\uff0c\uff1b\uff1a\uff08\uff09"

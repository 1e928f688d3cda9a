"""The rows of a page and the pieces of text that stand apart on them, as an eye finds them: whatever order the reader gave the words in.

Boxes are in PDF points from the top left of the page as displayed.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import NamedTuple

from parsers.folding import fold_key
from parsers.normal_values import as_printed
from parsers.values import Box, Page, Word

_GAP = 1.1  # of the height: words farther apart than this stand in different pieces
_SPACED_GAP = 3.2  # between single Chinese characters, as titles are spaced out (報 價 單)


_RUN_TOGETHER = re.compile(
    r"(?P<latin>[A-Za-z().,&-]*(?:limited|ltd\.?|company|corporation|association|federation|council|institute)(?=[\u3400-\u9fff]{2}))|"
    r"(?P<chinese>[\u3400-\u9fff()]*(?:公司|協會|协会|商會|商会|總會|总会)(?=[A-Za-z]{3}))|(?P<label>(?-i:of|to|Name|Date)(?=(?-i:[A-Z]{3})))",
    re.IGNORECASE,
)


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
    words = [part for word in page.words if word.text.strip() for part in (_parted(word) if page.source == "ocr" else (word,))]
    for word in sorted(words, key=lambda word: (word.box[0], word.box[1])):
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


def _parted(word: Word) -> tuple[Word, ...]:
    """A word of a picture cut where the reader missed a space: 'Limited' before Chinese, '公司' before English, 'of' before capitals."""
    match = _RUN_TOGETHER.match(word.text)
    if match is None:
        return (word,)
    at = next(match.end(name) for name in ("latin", "chinese", "label") if match[name])
    wide = [2 if "\u2e80" <= c <= "\u9fff" else 1 for c in word.text]
    x0, top, x1, bottom = word.box
    middle = x0 + (x1 - x0) * sum(wide[:at]) / sum(wide)
    return (
        word.model_copy(update={"text": word.text[:at], "box": (x0, top, middle, bottom)}),
        word.model_copy(update={"text": word.text[at:], "box": (middle, top, x1, bottom)}),
    )


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

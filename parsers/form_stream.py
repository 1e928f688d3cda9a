"""A form's page as streams of small pieces of text in reading order, one for each cell and one for what stands outside all cells.

Words are cut where a label may end: at colons and where the script changes. Boxes are in PDF points from the top left of the page as displayed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from parsers.folding import fold_key
from parsers.form_cells import whole_cells
from parsers.paper_lines import around, rows_of
from parsers.values import Box, Page, Word

_DOTS = r"[.…·‥⋯]{4,}|[_＿]{3,}"  # dots and lines to write on, run together with a word
_PIECES = re.compile(_DOTS + r"|[:：]+|[\u2e80-\u9fff\uf900-\ufaff（）《》、]+|(?:(?!" + _DOTS + r")[^\u2e80-\u9fff\uf900-\ufaff:：（）《》、])+")
_COLON = re.compile(r"^(?:[:：]+|[-–—―－])$")  # a dash that stands by itself sets a label off as a colon does
_DASHES = frozenset("-–—―－")
_LEADER = re.compile(r"^(?:[_＿]{2,}|[.…·‥⋯\-—]{3,})$")  # dots and lines to write on
_WIDE_GAP = 1.3  # of a line's height: pieces farther apart belong to different things
_WIDE_GAP_OF_PRINT, _TIMES_USUAL = 0.65, 2.2  # where the places of words are those of the file itself
_LEAST_SPACES, _LEAST_OWN = 6, 3  # of the page and of the row, to tell the usual space by


@dataclass(frozen=True)
class Atom:
    """A piece of a word. ``glued``: it follows the one before without a space. ``gap``: there is a wide space, or a new row, before it."""

    text: str
    box: Box
    confidence: float
    row: int
    glued: bool
    gap: bool
    word: Word

    @property
    def is_colon(self) -> bool:
        return _COLON.match(self.text) is not None

    @property
    def is_dash(self) -> bool:
        """A dash by itself: it may set a label off, or stand within one, or within a value."""
        return self.text in _DASHES


@dataclass(frozen=True)
class Stream:
    """Atoms of one cell, or of the page outside the cells (``cell`` None), row by row. ``column``: the column of the open paper that they fill."""

    page: int
    cell: Box | None
    atoms: tuple[Atom, ...]
    column: Box | None = None


def streams_of(page: Page) -> tuple[Stream, ...]:
    """The streams of a page: its cells from top to bottom, empty ones too, then the rest."""
    cells = whole_cells(_smallest(page.cells), page.words)
    inside: dict[int, list[Word]] = {index: [] for index in range(len(cells))}
    outside: list[Word] = []
    for word in page.words:
        if _LEADER.match(word.text):
            continue
        index = _cell_of(word.box, cells)
        (outside if index is None else inside[index]).append(word)
    found = [Stream(page.number, cells[index], tuple(_atoms(page, words))) for index, words in inside.items()]
    return (*found, Stream(page.number, None, tuple(_atoms(page, outside))))


def stream_of_words(page: Page, words: Sequence[Word]) -> Stream:
    """The stream of some words of the open paper, their rows made anew."""
    return Stream(page.number, None, tuple(_atoms(page, words)))


def text_of(atoms: Sequence[Atom]) -> str:
    """The text as printed: spaces where there were any; a new row is a space in Latin text and nothing in Chinese."""
    joined = ""
    for atom in atoms:
        if joined and not atom.glued and not (_is_han(joined[-1]) and _is_han(atom.text[:1])):
            joined += " "
        joined += atom.text
    return " ".join(joined.split())


def bare(atoms: Sequence[Atom]) -> list[Atom]:
    """The atoms without the colons and dashes before and behind them."""
    kept = list(atoms)
    while kept and kept[0].is_colon:
        kept.pop(0)
    while kept and kept[-1].is_colon:
        kept.pop()
    return kept


def key_of(atoms: Sequence[Atom]) -> str:
    return fold_key("".join(atom.text for atom in atoms))


def box_of(atoms: Iterable[Atom]) -> Box:
    return around(atom.box for atom in atoms)


def _atoms(page: Page, words: Sequence[Word]) -> Iterable[Atom]:
    if not words:
        return
    lines = rows_of(page.model_copy(update={"words": tuple(words)}))
    spaces = [space for line in rows_of(page) for space in _spaces(line.words)]
    for row, line in enumerate(lines):
        wide = _wide_gap(page, spaces, _spaces(line.words))
        right: float | None = None
        dotted = False
        for word in line.words:
            height = max(4.0, word.box[3] - word.box[1])
            gap = right is None or word.box[0] - right > wide * height
            close = right is not None and word.box[0] - right < 0.12 * height
            for index, (text, box) in enumerate(_cut(word)):
                if _LEADER.match(text):
                    dotted = True
                    continue
                yield Atom(text, box, word.confidence, row, glued=(index > 0 or close) and not dotted, gap=dotted or (gap and index == 0), word=word)
                dotted = False
            right = max(word.box[2], right or word.box[2])


def _spaces(words: Sequence[Word]) -> list[float]:
    """The spaces between the words of a row in heights of its line, those that are no wide gap for sure; Chinese has none between its words."""
    pairs = [(a, b) for a, b in pairwise(words) if not _is_han(a.text[-1:]) and not _is_han(b.text[:1])]
    found = [(b.box[0] - a.box[2]) / max(4.0, b.box[3] - b.box[1]) for a, b in pairs]
    return [space for space in found if 0.12 < space < _WIDE_GAP]


def _wide_gap(page: Page, spaces: Sequence[float], own: Sequence[float]) -> float:
    """From how many heights on a space is wide: more than twice the usual one where the places of words are those of the file itself."""
    if page.source != "text":
        return _WIDE_GAP
    if len(spaces) < _LEAST_SPACES:
        return _WIDE_GAP_OF_PRINT
    usual = max(median(spaces), median(own) if len(own) >= _LEAST_OWN else 0.0)
    return min(_WIDE_GAP, max(_WIDE_GAP_OF_PRINT, _TIMES_USUAL * usual))


def _cut(word: Word) -> Iterable[tuple[str, Box]]:
    """The word's pieces with boxes in proportion to the width of their letters."""
    pieces = _PIECES.findall(word.text) or [word.text]
    if len(pieces) == 1:
        return [(word.text, word.box)]
    x0, top, x1, bottom = word.box
    total = sum(_breadth(piece) for piece in pieces) or 1
    found, at = [], x0
    for piece in pieces:
        width = (x1 - x0) * _breadth(piece) / total
        found.append((piece, (at, top, at + width, bottom)))
        at += width
    return found


def _breadth(text: str) -> float:
    return sum(2.0 if unicodedata.east_asian_width(c) in "WF" else 1.0 for c in text)


def _cell_of(box: Box, cells: Sequence[Box]) -> int | None:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    holding = [index for index, cell in enumerate(cells) if cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3]]
    return min(holding, key=lambda index: _area(cells[index]), default=None)


def _smallest(cells: Sequence[Box]) -> tuple[Box, ...]:
    """Cells that hold no other cell, each once."""
    kept: list[Box] = []
    for cell in sorted(set(cells), key=_area):
        if not any(_holds(cell, other) for other in kept):
            kept.append(cell)
    return tuple(sorted(kept, key=lambda cell: (round(cell[1]), cell[0])))


def _holds(outer: Box, inner: Box) -> bool:
    return outer[0] - 1 <= inner[0] and outer[1] - 1 <= inner[1] and outer[2] + 1 >= inner[2] and outer[3] + 1 >= inner[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _is_han(text: str) -> bool:
    return (bool(text) and "\u2e80" <= text[0] <= "\u9fff") or text[:1] in "，。、；（）《》「」"

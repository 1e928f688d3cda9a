"""Laying out papers that have no pages of their own (Word, Excel, text): lines under one another, table rows as bands of cells.

The places are made up, but keep what a reader goes by: a label stands left of its value or above it, a cell encloses its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from parsers.pdf_words import is_cjk
from parsers.values import Box, Ink, Mark, Page, Word

WIDTH, HEIGHT = 595.0, 842.0  # points, A4
MARGIN = 50.0
SIZE, LEADING = 10.0, 16.0  # points: height of the type, and from line to line
PADDING = 3.0
_TAB = 72.0
_LATIN = 0.55  # width of a Latin letter, as a share of its height
STRUCK = "\uf5f0"  # of the private use area: stands before a word that is crossed out
BOXES = {"☐": False, "□": False, "❏": False, "☑": True, "☒": True, "🗹": True, "🗷": True}
MOST_WORDS = 20_000  # of one paper
MOST_NESTED = 6  # tables in tables


class Paragraph(NamedTuple):
    """Lines of text; a tick box is its character (☐ ☑ ☒), a tab a tab."""

    text: str


class PictureBlock(NamedTuple):
    """A picture in the text, with the size in points that it is shown at."""

    data: bytes
    width: float
    height: float


class Cell(NamedTuple):
    """A cell of a table row: its blocks, and how many columns it spans."""

    blocks: tuple[Block, ...]
    span: int = 1


class Table(NamedTuple):
    """Rows of cells."""

    rows: tuple[tuple[Cell, ...], ...]


class PageBreak(NamedTuple):
    """A new page begins here."""


Block = Paragraph | PictureBlock | Table | PageBreak


class _Laid(NamedTuple):
    words: list[Word]
    cells: list[Box]
    marks: list[Mark]
    inks: list[Ink]


class Typesetter:
    """Places blocks on pages from the top; ``pages`` are those finished. ``picture`` blocks become pieces of ink of kind image."""

    def __init__(self, source: Literal["docx", "text"]) -> None:
        self._source = source
        self._pages: list[Page] = []
        self._total = 0
        self._line = 0
        self._begin()

    def _begin(self) -> None:
        self._laid = _Laid([], [], [], [])
        self._y = MARGIN
        self._line = 0

    def place(self, blocks: Sequence[Block]) -> None:
        """Place blocks below what stands already; a full page is followed by the next, between blocks and rows only."""
        for block in blocks:
            if self._total > MOST_WORDS:
                return
            if isinstance(block, PageBreak):
                self.end_page()
            elif isinstance(block, Table):
                for row in block.rows:
                    self._make_room()
                    self._y = self._row(row, _columns(block), MARGIN, WIDTH - MARGIN, self._y, 1)
                self._y += LEADING / 2
            else:
                self._make_room()
                self._y = self._block(block, MARGIN, WIDTH - MARGIN, self._y, 0)

    def _make_room(self) -> None:
        if self._y > HEIGHT - MARGIN:
            self.end_page()

    def end_page(self) -> None:
        """Finish the page where anything stands on it."""
        laid = self._laid
        if any(laid):
            page = Page(
                number=len(self._pages) + 1,
                width=WIDTH,
                height=round(max(HEIGHT, self._y + MARGIN), 2),
                words=tuple(laid.words),
                cells=tuple(laid.cells),
                marks=tuple(laid.marks),
                inks=tuple(laid.inks),
                source=self._source,
            )
            self._pages.append(page)
        self._begin()

    def insert_page(self, page: Page) -> None:
        """Put a page that is not typeset (a scan in a Word file) after what stands so far."""
        self.end_page()
        self._pages.append(page.model_copy(update={"number": len(self._pages) + 1}))

    @property
    def page_count(self) -> int:
        """Number of finished pages."""
        return len(self._pages)

    def finish(self) -> tuple[tuple[Page, ...], bool]:
        """All pages, and whether something was left out because there was too much."""
        self.end_page()
        return tuple(self._pages), self._total > MOST_WORDS

    def _block(self, block: Block, x0: float, x1: float, y: float, depth: int) -> float:
        if isinstance(block, Paragraph):
            return self._paragraph(block.text, x0, x1, y)
        if isinstance(block, Table):
            for row in block.rows if depth < MOST_NESTED else ():
                y = self._row(row, _columns(block), x0, x1, y, depth + 1)
            return y
        if isinstance(block, PictureBlock):
            factor = min(1.0, (x1 - x0) / max(block.width, 1.0))
            box = (x0, y, x0 + block.width * factor, y + block.height * factor)
            self._laid.inks.append(Ink(box=box, colour="other", roundness=0.0, density=1.0, kind="image"))
            return box[3] + PADDING
        return y

    def _row(self, row: Sequence[Cell], columns: int, x0: float, x1: float, y: float, depth: int) -> float:
        """One band of cells, as high as its highest; cells hold no other cells, so those with tables in them are left out."""
        bottoms, edges, x = [y + LEADING], [], x0
        first_line = self._line
        last_line = self._line
        for cell in row:
            right = min(x1, x + (x1 - x0) * cell.span / columns)
            self._line = first_line
            below = y + PADDING
            for block in cell.blocks:
                below = self._block(block, x + PADDING, right - PADDING, below, depth)
            last_line = max(last_line, self._line)
            bottoms.append(below + PADDING)
            edges.append((x, right, any(isinstance(block, Table) for block in cell.blocks)))
            x = right
        self._line = last_line
        bottom = max(bottoms)
        self._laid.cells.extend((left, y, right, bottom) for left, right, nested in edges if right - left > 1 and not nested)
        return bottom

    def _paragraph(self, text: str, x0: float, x1: float, y: float) -> float:
        """The text in lines as wide as there is room; the next free place below. An empty one keeps a line's room."""
        for line in text.split("\n"):
            y = self._text_line(line, x0, x1, y)
        return y

    def _text_line(self, line: str, x0: float, x1: float, y: float) -> float:
        x = x0
        for n, piece in enumerate(line.split("\t")):
            if n:
                x = x0 + ((x - x0) // _TAB + 1) * _TAB
            for run in _runs(piece):
                wide = _wide(run)
                if x > x0 and x + wide > x1:
                    x, y = x0, y + LEADING
                    self._line += 1
                box = (round(x, 2), round(y, 2), round(x + wide, 2), round(y + SIZE, 2))
                self._put(run, box)
                x += wide + _LATIN * SIZE / 2
        self._line += 1
        return y + LEADING

    def _put(self, run: str, box: Box) -> None:
        self._total += 1
        if self._total > MOST_WORDS:
            return
        if run in BOXES:
            self._laid.marks.append(Mark(box=box, on=BOXES[run], fill=0.5 if BOXES[run] else 0.0))
        else:
            self._laid.words.append(Word(text=run.replace(STRUCK, "") or run, box=box, line=self._line, struck=STRUCK in run))


def _columns(table: Table) -> int:
    return max((sum(cell.span for cell in row) for row in table.rows), default=1) or 1


def _runs(text: str) -> list[str]:
    """Words and tick boxes of a line; words longer than a line of Chinese (40 characters) are cut."""
    for box in BOXES:
        text = text.replace(box, f" {box} ")
    return [word[i : i + 40] for word in text.split() for i in range(0, len(word), 40)]


def _wide(text: str) -> float:
    return sum(0.0 if c == STRUCK else SIZE if is_cjk(c) or 0xFF00 <= ord(c) <= 0xFFEF else _LATIN * SIZE for c in text)

"""Printed help in small type under the labels of a digital form ('First eight digits only'): taken out before values are looked for.

A file tells the size of its type. Help stands in smaller type right under a label, at the label's left edge, while the value stands right of both.
One such place proves nothing (labels may stand over values in smaller type); a form that has it twice has the habit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from parsers.catalogue import Catalogue
from parsers.folding import fold_key
from parsers.form_doubts import fits, is_print, is_worded_as_label
from parsers.labels import NUMBERING, LabelBook
from parsers.paper_lines import around, rows_of, text_of
from parsers.values import Box, Page, Word

SMALLER = 0.87  # of the size of the type beside it, and below: type of another rank
_HABIT = 2  # labels of a page with help under them and a value at their right
_EDGE_PT = 4.0  # help begins where its label begins, give or take
_LINE_SPACE = 0.9  # of the label's type, at most, between it and the help under it
_WIDE_GAP = 1.3  # of the type: words farther apart belong to different things
_UNSURE = 0.5  # confidence of words that are a value or help: for staff
_MANY_BESIDE = 3  # labels with their values at the right, before a form is of that make


@dataclass(frozen=True)
class _Piece:
    """Words of one row in one size of type."""

    words: tuple[Word, ...]
    box: Box
    size: float

    @property
    def text(self) -> str:
        return text_of(self.words)


@dataclass(frozen=True)
class _Under:
    """A label, the lines of small type under it, and what stands right of them."""

    label: _Piece
    help: tuple[_Piece, ...]
    beside: _Piece | None


def without_small_print(page: Page, catalogue: Catalogue, book: LabelBook) -> Page:
    """The page without the help under its labels. Small words under a label that may be help, or the value, get a confidence for staff to look.

    Pages whose words have no known size (pictures, Word files) stay as they are.
    """
    if page.source != "text":
        return page
    pieces = [piece for row in rows_of(page) for piece in _pieces(row.words)]
    found = [under for piece in pieces if (under := _under(piece, pieces, book)) is not None]
    if not found:
        return page
    if any(_is_value(under, catalogue, book) for under in found):
        return page
    proved = [under for under in found if under.beside is not None]
    if len(proved) >= _HABIT:
        gone = {id(word) for under in found for piece in under.help for word in piece.words}
        return page.model_copy(update={"words": tuple(word for word in page.words if id(word) not in gone)})
    if sum(_has_value_beside(piece, pieces, book) for piece in pieces) < _MANY_BESIDE:
        return page
    unsure = {id(word) for under in found for piece in under.help for word in piece.words}
    marked = (word.model_copy(update={"confidence": min(word.confidence, _UNSURE)}) if id(word) in unsure else word for word in page.words)
    return page.model_copy(update={"words": tuple(marked)})


def _pieces(words: Sequence[Word]) -> Iterator[_Piece]:
    """The words of a row, parted at wide spaces and where the size of the type changes; words of unknown size are left out."""
    run: list[Word] = []
    for word in words:
        if run and (word.size is None or _apart(run[-1], word)):
            yield _piece(run)
            run = []
        if word.size is not None:
            run.append(word)
    if run:
        yield _piece(run)


def _apart(one: Word, other: Word) -> bool:
    sizes = sorted((one.size or 1.0, other.size or 1.0))
    return sizes[0] < SMALLER * sizes[1] or other.box[0] - one.box[2] > _WIDE_GAP * sizes[1]


def _piece(words: Sequence[Word]) -> _Piece:
    return _Piece(tuple(words), around(word.box for word in words), max(word.size or 0.0 for word in words))


def _under(label: _Piece, pieces: Sequence[_Piece], book: LabelBook) -> _Under | None:
    """The label with the small type right under it; None where there is none, or the piece is no label."""
    lines: list[_Piece] = []
    while (below := next(filter(partial(_follows, lines[-1] if lines else label, label), pieces), None)) is not None and below not in lines:
        lines.append(below)
    if not lines or not _is_label(label, book) or any(_is_label(line, book) for line in lines):
        return None
    beside = [piece for piece in pieces if piece.size * SMALLER >= lines[0].size and _is_beside(label, lines, piece)]
    values = [piece for piece in beside if not _is_label(piece, book) and not any(_follows(piece, piece, other) for other in pieces)]
    return _Under(label, tuple(lines), min(values, key=lambda piece: piece.box[0], default=None))


def _follows(upper: _Piece, label: _Piece, piece: _Piece) -> bool:
    """Whether a piece in smaller type than the label stands right under another, at its left edge."""
    space = piece.box[1] - upper.box[3]
    return (
        piece.size <= SMALLER * label.size
        and abs(piece.box[0] - label.box[0]) <= _EDGE_PT
        and -0.3 * label.size <= space <= _LINE_SPACE * label.size
        and piece.box[1] > upper.box[1]
    )


def _is_beside(label: _Piece, lines: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether a piece stands right of a label and of all that is under it, level with any of it."""
    right = max(part.box[2] for part in (label, *lines))
    return piece.box[0] > right and piece.box[1] < lines[-1].box[3] and piece.box[3] > label.box[1]


def _is_label(piece: _Piece, book: LabelBook) -> bool:
    return _label_key(piece, book) != "" or is_print(piece.text, book) or is_worded_as_label(piece.text, book)


def _label_key(piece: _Piece, book: LabelBook) -> str:
    """The folded words of a label that the programme lists, without their numbering; empty for anything else."""
    words = piece.text.rstrip(":： ").split()
    while len(words) > 1 and NUMBERING.match(words[0].casefold()):
        words = words[1:]
    key = fold_key("".join(words))
    return key if key in book.labels else ""


def _is_value(under: _Under, catalogue: Catalogue, book: LabelBook) -> bool:
    """Whether the small type is plainly the value that its label asks for: then small type is what the form is filled in with."""
    keys = book.labels.get(_label_key(under.label, book), ())
    text = " ".join(piece.text for piece in under.help)
    return any(fits(text, catalogue.field(key).type) for key in keys)


def _has_value_beside(piece: _Piece, pieces: Sequence[_Piece], book: LabelBook) -> bool:
    """Whether a piece is a label that has something other than a label at its right."""
    if not _label_key(piece, book):
        return False
    level = [other for other in pieces if other.box[0] > piece.box[2] and other.box[1] < piece.box[3] and other.box[3] > piece.box[1]]
    nearest = min(level, key=lambda other: other.box[0], default=None)
    return nearest is not None and not _is_label(nearest, book)

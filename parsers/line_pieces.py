"""The pieces of a line that are to be read again, and the line put together of what stood and what was read again.

A strip is cut only in the white between two words, or between Latin and Chinese print, so that no character is cut through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from parsers.line_gaps import Strip, inked_columns, is_wide, widest_white
from parsers.recogniser import Reading

_WHITE = 0.12  # of the strip's height: white in which a strip may be cut
_MOST = 0.75  # of the strip's width: beyond that it is read again as a whole
_RIM = 0.25  # of the strip's height, kept beside a piece of it


@dataclass(frozen=True, eq=False)
class Piece:
    """Characters ``first`` to ``end`` (exclusive) of a reading, and the columns of the strip between which they stand, in pixels."""

    first: int
    end: int
    left: int
    right: int


def pieces_to_read(strip: Strip, reading: Reading, stand: Sequence[bool]) -> list[Piece] | None:
    """The pieces of a strip that hold characters that do not stand, none where all do; None where the whole strip is to be read."""
    if not reading[0].strip():
        return None
    if all(stand):
        return []
    width = strip.shape[1]
    words = _words(inked_columns(strip), reading, strip.shape[0], width)
    runs = [list(run) for again, run in groupby(words, lambda word: not all(stand[word.first : word.end])) if again]
    rim = round(_RIM * strip.shape[0])
    pieces = [Piece(run[0].first, run[-1].end, max(0, run[0].left - rim), min(width, run[-1].right + rim)) for run in runs]
    return pieces if sum(piece.right - piece.left for piece in pieces) <= _MOST * width else None


def _words(inked: NDArray[np.bool_], reading: Reading, height: int, width: int) -> list[Piece]:
    """The reading in words with the signs behind them: parted where white stands, at a space or between Latin and Chinese print."""
    text, _, spans = reading
    letters = [at for at, letter in enumerate(text) if not letter.isspace()]
    middles = {at: (spans[at][0] + spans[at][1]) / 2 * width for at in letters}
    words, first, left = [], letters[0], 0
    for at, after in pairwise(letters):
        if not text[after].isalnum() or (after == at + 1 and is_wide(text[at]) == is_wide(text[after])):
            continue  # a sign goes with the word before it: by itself it is read as nothing
        start, end = widest_white(inked, middles[at], middles[after])
        if end - start >= _WHITE * height:
            words.append(Piece(first, at + 1, left, start))
            first, left = after, end
    return [*words, Piece(first, letters[-1] + 1, left, width)]


def put_together(reading: Reading, again: Sequence[tuple[Piece, Reading]], width: int) -> Reading:
    """The line with each piece as it was read again; ``width`` of the strip in pixels. A piece in which nothing was read again is left out."""
    text, certainties, spans = reading
    letters: list[str] = []
    sure: list[float] = []
    places: list[tuple[float, float]] = []
    at = 0
    for piece, (new, how_sure, where) in again:
        letters += [*text[at : piece.first], *new]
        sure += [*certainties[at : piece.first], *how_sure]
        share = (piece.right - piece.left) / width
        places += [*spans[at : piece.first], *((piece.left / width + start * share, piece.left / width + end * share) for start, end in where)]
        at = piece.end
    return "".join([*letters, *text[at:]]), (*sure, *certainties[at:]), (*places, *spans[at:])

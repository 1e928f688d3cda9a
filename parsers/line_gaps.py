"""White between two characters of a recognised line that its reader took for none: the words that it parts are set apart.

A recogniser drops spaces where a line to write on runs under them ("Post HeldProject Manager"), and a label then runs into its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

Strip = NDArray[np.uint8]
Span = tuple[float, float]

_SPACE = 0.17  # of the strip's height: white no narrower than the space of a common typeface
_TIMES_USUAL = 2.4  # ... and than the white between the line's letters
_APART = 1.3  # times the usual way from one letter's middle to the next: letters of one width for all have white beside their narrow ones
_RULE = 1.6  # of the strip's height: ink that runs on for so long is a line, no letter
_WIDE_OF_HAN = 0.6  # of the strip's height: between Chinese characters, which stand apart by themselves
_SPECK = 2  # dark pixels of a column that are no dust
_FEWEST = 4  # letters by which the usual white is told


def with_gaps(
    strip: Strip, text: str, certainties: Sequence[float], middles: Sequence[float], spans: Sequence[Span]
) -> tuple[str, tuple[float, ...], tuple[Span, ...]]:
    """A line's text, certainties and spans with a space where the strip shows one that was not read.

    ``strip``: the line laid flat, height by width by 3; ``middles`` and ``spans`` of its letters in shares of the strip's width.
    """
    missed = _missed(strip, text, [middle * strip.shape[1] for middle in middles])
    letters, sure, places = [], [], []
    for at, (letter, certainty, (start, end)) in enumerate(zip(text, certainties, spans, strict=True)):
        start = max(start, missed[at - 1][1]) if at - 1 in missed else start
        end = min(end, missed[at][0]) if at in missed else end
        letters.append(letter)
        sure.append(certainty)
        places.append((start, max(start, end)))
        if at in missed:
            letters.append(" ")
            sure.append(1.0)
            places.append(missed[at])
    return "".join(letters), tuple(sure), tuple(places)


def _missed(strip: Strip, text: str, middles: Sequence[float]) -> dict[int, Span]:
    """Position of a letter -> the white after it, in shares of the strip's width, that ought to have been read as a space."""
    pairs = [at for at in range(len(text) - 1) if not text[at].isspace() and not text[at + 1].isspace()]
    if len(pairs) < _FEWEST:
        return {}
    usual_way = median(middles[at + 1] - middles[at] for at in pairs)
    far = [at for at in pairs if middles[at + 1] - middles[at] >= _APART * usual_way]
    if not far:
        return {}
    height, width = strip.shape[:2]
    inked = inked_columns(strip)
    whites = {at: widest_white(inked, middles[at], middles[at + 1]) for at in pairs}
    usual = median(end - start for start, end in whites.values())
    found = {}
    for at in far:
        start, end = whites[at]
        least = _WIDE_OF_HAN if is_wide(text[at]) and is_wide(text[at + 1]) else _SPACE
        if end - start >= max(least * height, _TIMES_USUAL * usual):
            found[at] = (start / width, end / width)
    return found


def inked_columns(strip: Strip) -> NDArray[np.bool_]:
    """Of each column of a strip, whether it has ink, lines to write on left out."""
    grey = cv2.min(cv2.min(strip[:, :, 0], strip[:, :, 1]), strip[:, :, 2])
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(_RULE * strip.shape[0])), np.uint8))
    ink[cv2.dilate(rules, np.ones((5, 3), np.uint8)) > 0] = 0
    return np.asarray((ink > 0).sum(axis=0) >= _SPECK, np.bool_)


def widest_white(inked: NDArray[np.bool_], left: float, right: float) -> tuple[int, int]:
    """The widest white between two places of a strip, in pixels."""
    start, end = max(0, round(left)), min(len(inked), round(right))
    bounds = [start - 1, *(start + int(at) for at in np.flatnonzero(inked[start:end])), end]
    before, after = max(pairwise(bounds), key=lambda pair: pair[1] - pair[0])
    return before + 1, max(before + 1, after)


def is_wide(letter: str) -> bool:
    """A Chinese character or its punctuation."""
    return ord(letter) > 0x2E7F

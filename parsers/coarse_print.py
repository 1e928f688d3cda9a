"""Doubt about small print on faxes: black and white alone, few pixels to a letter, and a reader that is sure of digits that are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from parsers.values import Page, Word

Picture = np.ndarray[Any, np.dtype[Any]]

COARSE_LINE_PX = 20.0  # a line with its margins; ten-point print at 100 dpi
DOUBTFUL = 0.75  # below what letters and verdicts rest on
TOO_COARSE_PX = 14.0  # half the lines of a page lower than this: of drawn forms at 50 dpi a sixth of the values was read, at 75 dpi nearly all
UNREADABLE = 0.3  # confidence of what stands on such a page, at most: it counts as unreadable
_BETWEEN = (24, 231)  # greys that are neither ink nor paper
_GREY_SHARE = 3.3  # greys for each dark pixel: faxes have none, rendered from a PDF up to 2.7; smooth print has 4.3 and more, grey scans dozens


def doubted(words: Sequence[Word], picture: Picture, *, px: float = 1.0) -> tuple[Word, ...]:
    """The words, boxes in units of ``px`` pixels of the picture; none is surer than ``DOUBTFUL`` that holds a digit and is coarse print on a fax.

    Measured on 242 values of drawn faxes and grey scans of 75 to 120 dpi: on faxes one value in twenty of such lines was read wrong at a certainty
    above 0.9, of taller lines and on grey scans none. A coarse fax that a PDF holds is rendered finer than it is, and is not told here.
    """
    if not any(_is_coarse_number(word, px) for word in words) or not is_bilevel(picture):
        return tuple(words)
    return tuple(_no_surer(word) if _is_coarse_number(word, px) else word for word in words)


def judged_for_size(page: Page, px: float) -> Page:
    """The page (boxes in units of ``px`` pixels of its picture); one whose print is too coarse to be read says so and is sure of nothing."""
    if not page.words or float(np.median([word.box[3] - word.box[1] for word in page.words])) * px >= TOO_COARSE_PX:
        return page
    words = tuple(word.model_copy(update={"confidence": min(word.confidence, UNREADABLE)}) for word in page.words)
    return page.model_copy(update={"words": words, "confidence": min(page.confidence, UNREADABLE), "notes": (*page.notes, "too_coarse")})


def is_bilevel(picture: Picture) -> bool:
    """Whether a picture (RGB) is black and white alone, as a fax or a scanner's text mode gives it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    dark = int((grey < _BETWEEN[0]).sum())
    between = int(((grey >= _BETWEEN[0]) & (grey <= _BETWEEN[1])).sum())
    return dark > 0 and between < _GREY_SHARE * dark


def _is_coarse_number(word: Word, px: float) -> bool:
    return (word.box[3] - word.box[1]) * px < COARSE_LINE_PX and any(character.isdigit() for character in word.text)


def _no_surer(word: Word) -> Word:
    return word if word.confidence <= DOUBTFUL else word.model_copy(update={"confidence": DOUBTFUL})

"""Which characters need no second look once the quick model has read them: those of which it is sure, in print that it knows.

The quick model knows Latin print and Simplified characters, and of the Traditional ones about half: the others it takes, surely at times, for their
Simplified twins (項 for 项) or for what looks like them (總 for 德). So Chinese stands only where it shows itself that it is Simplified.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import opencc

from parsers.line_models import quick_characters
from parsers.recogniser import Reading
from parsers.scripts import is_simplified_only, is_traditional_only

SURE = 0.9  # of each character
_NARROW, _SURE_OF_NARROW = frozenset("fijlrtI1|!"), 0.96  # two of these side by side are read as one, less surely
_VALUE = re.compile(r"\S*(?:@|(?:\d\D?){4})\S*")  # numbers, dates, amounts and e-mail addresses decide letters: they are read by both models
_HAN = re.compile(r"[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff]+")
_TWINS = re.compile(r"[(（][ivx]+[)）]?|[ivx]+[)）]", re.IGNORECASE)  # (i) and (ii): narrow letters side by side run into one another
_SIMPLIFIED_PAGE = 6  # characters that are Simplified for certain, from which a page may be ...
_FEW = 0.1  # ... where those that are Traditional are so few beside them
_to_traditional = opencc.OpenCC("s2t")


def standing(readings: Sequence[Reading]) -> list[list[bool]]:
    """Of each line of a page, as the quick model read it, which characters stand so; spaces always do."""
    stand = [
        [letter.isspace() or certainty >= _needed(letter) for letter, certainty in zip(text, certainties, strict=True)]
        for text, certainties, _ in readings
    ]
    sure = [letter for (text, _, _), line in zip(readings, stand, strict=True) for letter, stands in zip(text, line, strict=True) if stands]
    simplified, traditional = sum(map(_shows_simplified, sure)), sum(map(is_traditional_only, sure))
    of_simplified = simplified >= _SIMPLIFIED_PAGE and traditional <= _FEW * simplified
    for (text, _, _), line in zip(readings, stand, strict=True):
        doubted = [found for found in _HAN.finditer(text) if not (of_simplified and _is_simplified(found[0]))]
        for found in (*doubted, *_TWINS.finditer(text), *_VALUE.finditer(text)):
            line[found.start() : found.end()] = [False] * (found.end() - found.start())
    return stand


def _needed(letter: str) -> float:
    return _SURE_OF_NARROW if letter in _NARROW else SURE


def _is_simplified(run: str) -> bool:
    """Whether a run of Chinese characters on a Simplified page is read as it is printed: it shows its script, or nothing in it could be a twin."""
    if any(map(is_traditional_only, run)):
        return False
    return any(map(_shows_simplified, run)) or not any(map(is_simplified_only, run))


@lru_cache(maxsize=32768)
def _shows_simplified(character: str) -> bool:
    """Whether the quick model, reading this, chose between both forms of a character: it knows the Traditional one too."""
    return is_simplified_only(character) and str(_to_traditional.convert(character)) in _known()


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(quick_characters())

"""Whether a phrase of the catalogue stands in a text: Chinese by characters, English by whole words, both forgiving what OCR does to them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.folding import fold, fold_key

_NOT_WORD = re.compile(r"[\W_]+")
_LATIN_JOINED = 9  # letters from which an English phrase is recognised without its spaces (OCR drops them)


class Phrase(NamedTuple):
    """A phrase ready for finding. ``chinese`` ones are compared by characters only."""

    key: str
    words: str
    chinese: bool


class Said(NamedTuple):
    """A text ready to be searched: its folded key, and its folded words between single spaces."""

    key: str
    words: str


@lru_cache(maxsize=4096)
def phrase(text: str) -> Phrase:
    key = fold_key(text)
    return Phrase(key, f" {_NOT_WORD.sub(' ', fold(text)).strip()} ", any("\u2e80" <= c <= "\u9fff" for c in key))


@lru_cache(maxsize=16384)
def said(text: str) -> Said:
    return Said(fold_key(text), f" {_NOT_WORD.sub(' ', fold(text)).strip()} ")


def stands_in(wanted: Phrase, text: Said) -> bool:
    """Whether the phrase stands in the text, exactly up to folding."""
    if wanted.chinese or len(wanted.key) >= _LATIN_JOINED:
        return wanted.key in text.key
    return wanted.words in text.words or wanted.key == text.key


def nearly_stands_in(wanted: Phrase, text: Said) -> bool:
    """As ``stands_in``, forgiving one wrong character in about six, as OCR makes them; short phrases are never forgiven."""
    if stands_in(wanted, text):
        return True
    size = len(wanted.key)
    if size < (4 if wanted.chinese else 8) or len(text.key) < size - 1:
        return False
    allowed = 75.0 if wanted.chinese and size == 4 else 80.0 if wanted.chinese else 84.0 if size >= 10 else 87.0
    if len(text.key) < size and fuzz.ratio(wanted.key, text.key) < allowed:
        return False  # the end of a short text is no phrase of which the rest is missing: 'IV. Project' is no 'Project plan'
    if not fuzz.partial_ratio(wanted.key, text.key, score_cutoff=allowed):
        return False
    return wanted.chinese or _in_whole_words(wanted, text, allowed)


def _in_whole_words(wanted: Phrase, text: Said, allowed: float) -> bool:
    """Whether whole words of the text, read together or apart, come near the phrase: 'Project leader' is no misread 'Project plan'."""
    words, size = text.words.split(), len(wanted.words.split())
    runs = ("".join(words[start : start + count]) for count in range(1, size + 2) for start in range(len(words) - count + 1))
    return any(abs(len(run) - len(wanted.key)) <= 2 and fuzz.ratio(wanted.key, run) >= allowed for run in runs)


def share_of(wanted: tuple[Phrase, ...], text: Said) -> float:
    """The share (0 to 1) of the text that the phrases found in it make up, longest first, each character counted once."""
    rest = text.key
    covered = 0
    for each in wanted:
        if stands_in(each, text) and each.key in rest:
            covered += len(each.key) * rest.count(each.key)
            rest = rest.replace(each.key, "\n")
    return min(1.0, covered / len(text.key)) if covered else 0.0

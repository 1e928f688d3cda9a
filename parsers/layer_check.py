"""Testing a text layer that may name its letters wrongly: the words in doubt are read as pictures, and the layer is believed where both agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parsers.folding import fold_key
from parsers.glyph_shapes import is_compared, misshapen
from parsers.pdf_print import Printed
from parsers.pdf_words import Glyph, LayerWord
from parsers.values import Box

Picture = NDArray[np.uint8]
ReadWords = Callable[[Sequence[tuple[Box, int]]], list[str] | None]
"""Reads what stands in boxes of the page (points), turned clockwise by so many degrees: one text a box; None where there is no such reader."""

_SAMPLES = 2  # of each letter of each font that are compared, the largest; digits are compared wherever they stand
_LEAST_SIZE = 5.0  # points: the shape of smaller print tells nothing at the resolution that pages are looked at
_MOST_READ = 24  # words in doubt that are read as pictures
_WORDS_EACH = 3  # for each character in doubt
_AGREEING = 0.6  # of a doubted character's words that must be read as the layer tells them
_SAME = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1"})


class Doubts(NamedTuple):
    """Words with characters that do not look like themselves, those characters; and words that are signs of a symbol font, not letters."""

    words: tuple[tuple[LayerWord, frozenset[str]], ...] = ()
    signs: tuple[LayerWord, ...] = ()


def doubts_of(words: Sequence[LayerWord], printed: Printed) -> Doubts:
    """Which words a person may see otherwise than the layer tells them, by the shapes of their characters."""
    chosen = list(_chosen(words))
    inks = [np.rot90(printed.ink_of(glyph), (glyph.turn or 0) // 90) for _, glyph in chosen]
    odd: dict[int, set[str]] = defaultdict(set)
    for (word, glyph), doubted in zip(chosen, misshapen([glyph.text for _, glyph in chosen], inks), strict=True):
        if doubted:
            odd[id(word)].add(glyph.text)
    if not odd:
        return Doubts()
    symbol_fonts = _symbol_fonts(words)
    signs = [word for word in words if id(word) in odd and word.glyphs[0].font in symbol_fonts]
    is_sign = set(map(id, signs))
    return Doubts(tuple((word, frozenset(odd[id(word)])) for word in words if id(word) in odd and id(word) not in is_sign), tuple(signs))


def lasting_doubts(words: Sequence[LayerWord], printed: Printed, again: Callable[[], Printed | None]) -> Doubts:
    """The doubts that a second look leaves: ``again`` gives the same print at a finer resolution, and is asked only where there are any."""
    doubts = doubts_of(words, printed)
    finer = again() if doubts.words else None
    if finer is None:
        return doubts
    still = {id(word): odd for word, odd in doubts_of(words, finer).words}
    left = ((word, odd & still.get(id(word), frozenset())) for word, odd in doubts.words)
    return Doubts(tuple((word, odd) for word, odd in left if odd), doubts.signs)


def are_confirmed(doubts: Doubts, read: ReadWords) -> bool:
    """Whether the words in doubt are read as the layer tells them; False, too, where nobody can read them."""
    sample = _sample(doubts)
    if not sample:
        return True
    texts = read([(_with_room(word.box), word.glyphs[0].turn or 0) for word, _ in sample])
    if texts is None:
        return False
    agreed, asked = Counter[str](), Counter[str]()
    for (word, odd), text in zip(sample, texts, strict=True):
        for char in odd:
            asked[char] += 1
            agreed[char] += _agrees(word.text, text, char)
    return all(agreed[char] >= _AGREEING * count for char, count in asked.items())


def _chosen(words: Sequence[LayerWord]) -> list[tuple[LayerWord, Glyph]]:
    """Characters to be compared: every digit, and of each other character of each font the largest few."""
    chosen: list[tuple[LayerWord, Glyph]] = []
    others: dict[tuple[int, str], list[tuple[LayerWord, Glyph]]] = defaultdict(list)
    for word in words:
        for glyph in word.glyphs if not word.askew else ():
            if glyph.text_object and glyph.turn is not None and glyph.size >= _LEAST_SIZE and is_compared(glyph.text):
                (chosen if glyph.text.isdigit() else others[glyph.font, glyph.text]).append((word, glyph))
    for found in others.values():
        chosen += sorted(found, key=lambda pair: -pair[1].size)[:_SAMPLES]
    return chosen


def _symbol_fonts(words: Sequence[LayerWord]) -> set[int]:
    """Fonts that draw nothing on the page but single signs, two kinds at most: ticks, bullets."""
    signs: dict[int, set[str]] = defaultdict(set)
    for word in words:
        for glyph in word.glyphs:
            signs[glyph.font] |= {glyph.text} if len(word.text) == 1 else {"", "1", "2"}
    return {font for font, texts in signs.items() if len(texts) <= 2}


def _sample(doubts: Doubts) -> list[tuple[LayerWord, frozenset[str]]]:
    """A few words for each character in doubt, long words before short ones."""
    asked: Counter[str] = Counter()
    sample: list[tuple[LayerWord, frozenset[str]]] = []
    for word, odd in sorted(doubts.words, key=lambda pair: -len(pair[0].text)):
        if any(asked[char] < _WORDS_EACH for char in odd) and len(sample) < _MOST_READ:
            sample.append((word, odd))
            asked.update(odd)
    return sample


def _with_room(box: Box) -> Box:
    x0, top, x1, bottom = box
    room = 0.2 * min(bottom - top, x1 - x0)
    return (x0 - room, top - room, x1 + room, bottom + room)


def _agrees(told: str, read: str, char: str) -> bool:
    """Whether a word as read holds what the layer tells: all its digits where a digit is in doubt, else the character as often."""
    one, other = (fold_key(text).translate(_SAME) for text in (told, read))
    if char.isdigit():
        return [c for c in one if c.isdigit()] == [c for c in other if c.isdigit()]
    wanted = fold_key(char).translate(_SAME)
    return one == other or (bool(wanted) and other.count(wanted) == one.count(wanted))

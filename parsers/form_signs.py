"""Tick boxes that are typed, not drawn: ☐ ☑, ( ) (X), [ ] [x]; and letters that only look like a box, told apart by the words that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from parsers.paper_lines import around, rows_of
from parsers.tick_boxes import OFF_SIGNS, ON_SIGNS
from parsers.values import Box, Mark, Page, Word

_BRACKETED = re.compile(r"[\[(（［【〔]\s*([xXvV✓✔√✗✘×Ｘ]?)\s*[\])）］】〕]")
_CLOSE_PT = 16.0  # the two brackets of one box stand no farther apart
_LETTER_SHARE = 0.3  # of a mark's area that lies on a word of digital text
_TICKS = frozenset("xXvVＸ×/")
_TYPED_SURE = 0.97
_ROUND_SIGNS = frozenset("○〇●")  # may be a zero or a bullet: only a drawn mark makes them a box


class _Sign(NamedTuple):
    box: Box
    on: bool
    confidence: float


def with_typed_boxes(page: Page) -> Page:
    """The page with its typed boxes as marks instead of words; where words are digital, without marks that are part of a letter (日 of 是)."""
    signs: list[_Sign] = []
    words: list[Word] = []
    for row in rows_of(page):
        for item in _row_without_signs(row.words):
            if isinstance(item, _Sign):
                signs.append(item)
            else:
                words.append(item)
    digital = page.source in ("text", "docx")
    marks = [mark for mark in page.marks if not (digital and _is_part_of_letter(mark, page.words))]
    met = bool(signs)
    if not signs and len(marks) == len(page.marks):
        return page
    if digital:
        marks = [mark for mark in marks if not any(_overlap(mark.box, sign.box) for sign in signs)]
    else:  # of a picture the box that was seen says more than the letter that it was read as
        signs = [sign for sign in signs if not any(_overlap(mark.box, sign.box) for mark in marks)]
    marks += [Mark(box=sign.box, on=sign.on, fill=float(sign.on), confidence=sign.confidence) for sign in signs]
    return page.model_copy(update={"words": tuple(words) if met else page.words, "marks": tuple(marks)})


def _row_without_signs(words: Sequence[Word]) -> Iterator[Word | _Sign]:
    at = 0
    while at < len(words):
        length, sign, rest = _sign_at(words, at)
        if sign is None:
            yield words[at]
            at += 1
            continue
        yield sign
        if rest is not None:
            yield rest
        at += length


def _sign_at(words: Sequence[Word], at: int) -> tuple[int, _Sign | None, Word | None]:
    """How many words a typed box takes, the box, and what follows it in its last word; (0, None, None) where there is none."""
    first = words[at]
    if first.text[0] in (OFF_SIGNS | ON_SIGNS) - _ROUND_SIGNS:
        rest = _after(first, 1)
        return 1, _Sign(_first_part(first, 1), first.text[0] in ON_SIGNS, min(_TYPED_SURE, first.confidence)), rest
    if first.text[0] not in "[(（［【〔":
        return 0, None, None
    for length in (1, 2, 3):
        run = words[at : at + length]
        if len(run) < length or any(b.box[0] - a.box[2] > _CLOSE_PT for a, b in pairwise(run)):
            break
        found = _BRACKETED.match("".join(word.text for word in run))
        if found is None:
            continue
        beyond = found.end() - sum(len(word.text) for word in run[:-1])
        boxes = [*(word.box for word in run[:-1]), _first_part(run[-1], beyond)]
        sure = min(_TYPED_SURE, *(word.confidence for word in run))
        return length, _Sign(around(boxes), bool(found[1]), sure), _after(run[-1], beyond)
    return 0, None, None


def _first_part(word: Word, letters: int) -> Box:
    x0, top, x1, bottom = word.box
    return (x0, top, x0 + (x1 - x0) * letters / len(word.text), bottom)


def _after(word: Word, letters: int) -> Word | None:
    if letters >= len(word.text):
        return None
    x0, top, x1, bottom = word.box
    return word.model_copy(update={"text": word.text[letters:], "box": (x0 + (x1 - x0) * letters / len(word.text), top, x1, bottom)})


def _is_part_of_letter(mark: Mark, words: Iterable[Word]) -> bool:
    """Whether a mark shares its place with a word that is neither a sign nor a tick typed into a box: then it is a piece of that word's letters."""
    size = (mark.box[2] - mark.box[0]) * (mark.box[3] - mark.box[1])
    for word in words:
        if word.text[0] in OFF_SIGNS | ON_SIGNS or (len(word.text) == 1 and word.text in _TICKS and _holds(mark.box, word.box)):
            continue
        width = min(mark.box[2], word.box[2]) - max(mark.box[0], word.box[0])
        height = min(mark.box[3], word.box[3]) - max(mark.box[1], word.box[1])
        if width > 0 and height > 0 and width * height > _LETTER_SHARE * size:
            return True
    return False


def _holds(outer: Box, inner: Box) -> bool:
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3] and inner[2] - inner[0] < outer[2] - outer[0]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]

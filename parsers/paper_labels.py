"""The values beside or below the printed labels of a certificate or licence: left or above, stacked in two languages, spaced out, in columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.catalogue import DocumentSpec
from parsers.folding import fold_key
from parsers.paper_lines import Piece, Row, around, piece_of
from parsers.paper_wrapped import announced, label_key, wrapped_labels
from parsers.values import Box, Word

ASIDE = ""
_LONGEST = 9  # words of a label
_COLON = re.compile(r"[:\uff1a]")
_NUMBERING = re.compile(r"^[\W\d]*$|^[A-Za-z0-9一二三四五六七八九十]{1,2}[.、)\uff09]$")


class Label(NamedTuple):
    """A printed label found on a page, or a stack of them in two languages: whose value it announces (``ASIDE``: nobody's) and where it stands."""

    key: str
    box: Box
    rows: tuple[int, ...]
    exact: bool
    lines: tuple[Box, ...] = ()  # of its several lines, where it has several


class Labelled(NamedTuple):
    """A page's rows, cut so that labels and values are apart, with the labels found."""

    rows: tuple[tuple[Word, ...], ...]
    labels: tuple[Label, ...]
    free: frozenset[int]  # ids of the words that belong to no label
    page: int


class ValueLines(NamedTuple):
    """The lines of a value from top to bottom, and whether they stand beside their label or below it."""

    lines: tuple[Piece, ...]
    beside: bool


def labelled(rows: Sequence[Row], spec: DocumentSpec, *, forgiving: bool) -> Labelled:
    """Finds the labels of a kind of paper on the rows of one page."""
    known = _known_labels(spec)
    cut = tuple(tuple(part for word in row.words for part in _cut(word, known)) for row in rows)
    hits: list[tuple[Label, tuple[Word, ...]]] = [
        (Label(found.key, around(word.box for word in found.words), found.rows, found.exact, tuple(word.box for word in found.words)), found.words)
        for found in wrapped_labels(cut, known, forgiving=forgiving)
    ]
    broken = {id(word) for _, words in hits for word in words}
    for index, words in enumerate(cut):
        for run in _runs_without(words, broken):
            hits.extend(_hits(run, index, known, forgiving=forgiving))
    hits.sort(key=lambda hit: (hit[0].rows[0], hit[0].box[0]))
    taken = {id(word) for _, words in hits for word in words}
    free = frozenset(id(word) for words in cut for word in words if id(word) not in taken)
    return Labelled(cut, tuple(_stacked([label for label, _ in hits])), free, rows[0].page if rows else 1)


def values_beside(sheet: Labelled, label: Label) -> ValueLines | None:
    """The value to the right of a label, with the lines that go on below it in the same column."""
    height = _line_height(sheet, label)
    first = []
    for index in range(max(0, label.rows[0] - 1), min(len(sheet.rows), label.rows[-1] + 2)):
        words = _right_of(sheet, label, sheet.rows[index], height)
        if words:
            first.append((index, words))
    if not first:
        return None
    lines = [piece_of(_together(words, height), sheet.page) for _, words in first]
    lines.extend(_going_on(sheet, lines, first[-1][0], height))
    return ValueLines(tuple(lines), beside=True)


def values_below(sheet: Labelled, label: Label, *, reach: int = 4) -> ValueLines | None:
    """The lines under a label within its column, down to the next label of that column."""
    height = _line_height(sheet, label)
    right = min((other.box[0] for other in sheet.labels if other.box[0] > label.box[2] and _same_rows(other.box, label.box)), default=float("inf"))
    lines: list[Piece] = []
    bottom = label.box[3]
    for words in sheet.rows[label.rows[-1] + 1 :]:
        column = [word for word in words if label.box[0] - 1.5 * height <= word.box[0] < right - 0.5 * height]
        if not column:
            continue
        if any(id(word) not in sheet.free for word in column) or around(w.box for w in column)[1] - bottom > reach * height or len(lines) >= reach:
            break
        piece = piece_of(_together(column, height * 1.5), sheet.page)
        lines.append(piece)
        bottom = piece.box[3]
    return ValueLines(tuple(lines), beside=False) if lines else None


def _known_labels(spec: DocumentSpec) -> dict[str, str]:
    return _known(spec.asides, tuple((field.key, field.labels) for field in spec.fields))


@lru_cache(maxsize=64)
def _known(asides: tuple[str, ...], fields: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    known = {fold_key(text): ASIDE for text in asides}
    for key, labels in reversed(fields):
        known.update({fold_key(text): key for text in labels})
    return known


def _runs_without(words: Sequence[Word], taken: set[int]) -> Iterator[Sequence[Word]]:
    """The words of a row between those that belong to a label broken over several rows."""
    run: list[Word] = []
    for word in words:
        if id(word) in taken:
            yield run
            run = []
        else:
            run.append(word)
    yield run


def _cut(word: Word, known: dict[str, str]) -> Iterator[Word]:
    """A word cut after its colon where a label stands before it, so that label and value are two words; boxes by share of characters."""
    colon = _COLON.search(word.text)
    if colon is None or colon.end() == len(word.text) or fold_key(word.text[: colon.start()]) not in known:
        yield word
        return
    x0, top, x1, bottom = word.box
    at = x0 + (x1 - x0) * colon.end() / len(word.text)
    yield word.model_copy(update={"text": word.text[: colon.end()], "box": (x0, top, at, bottom)})
    yield word.model_copy(update={"text": word.text[colon.end() :], "box": (at, top, x1, bottom)})


def _hits(words: Sequence[Word], row: int, known: dict[str, str], *, forgiving: bool) -> Iterator[tuple[Label, tuple[Word, ...]]]:
    start, follows = 0, True
    while start < len(words):
        opens = follows or _gap_before(words, start)
        found = _longest(words, start, known, forgiving=forgiving)
        if found and (opens or _COLON.search(words[found[0] - 1].text)):
            end, key, exact = found
            yield Label(key, around(word.box for word in words[start:end]), (row,), exact), tuple(words[start:end])
            start, follows = end, True
        else:
            follows = bool(_NUMBERING.match(words[start].text))
            start += 1


def _longest(words: Sequence[Word], start: int, known: dict[str, str], *, forgiving: bool) -> tuple[int, str, bool] | None:
    best, text = None, ""
    for end in range(start + 1, min(len(words), start + _LONGEST) + 1):
        text += words[end - 1].text
        of = announced(label_key(text), known)
        if of is not None:
            best = (end, of, True)
        if _COLON.search(words[end - 1].text):
            break
    if best is None and forgiving and known:
        return _nearly(words, start, known)
    return best


def _nearly(words: Sequence[Word], start: int, known: dict[str, str]) -> tuple[int, str, bool] | None:
    """A label with a character or two misread: only among long ones, by one word or up to four."""
    text = ""
    for end in range(start + 1, min(len(words), start + 4) + 1):
        text += words[end - 1].text
        key = fold_key(text)
        if 4 <= len(key) <= 40:
            least = 75.0 if len(key) <= 5 else 80.0
            near = max(known, key=lambda other: fuzz.ratio(key, other, score_cutoff=least))
            if len(near) >= 4 and fuzz.ratio(key, near) >= least:
                return end, known[near], False
    return None


def _gap_before(words: Sequence[Word], index: int) -> bool:
    height = min(words[index].box[3] - words[index].box[1], words[index - 1].box[3] - words[index - 1].box[1])
    return index == 0 or words[index].box[0] - words[index - 1].box[2] > 0.8 * max(1.0, height)


def _stacked(labels: Iterable[Label]) -> list[Label]:
    """Labels of one field that touch (English over Chinese, or side by side) are one."""
    merged: list[Label] = []
    for label in labels:
        for place, other in enumerate(merged):
            if label.key == other.key and label.key != ASIDE and label.rows[0] - other.rows[-1] <= 2 and _touch(other.box, label.box):
                merged[place] = Label(
                    other.key, around((other.box, label.box)), tuple(sorted({*other.rows, *label.rows})), other.exact or label.exact,
                    (*(other.lines or (other.box,)), *(label.lines or (label.box,))),
                )  # fmt: skip
                break
        else:
            merged.append(label)
    return merged


def _touch(one: Box, other: Box) -> bool:
    height = max(1.0, min(one[3] - one[1], other[3] - other[1]))
    across = max(other[0] - one[2], one[0] - other[2])
    down = max(other[1] - one[3], one[1] - other[3])
    return across < 2.0 * height and down < 0.9 * height and (across < 0 or down < 0)


def _line_height(sheet: Labelled, label: Label) -> float:
    return max(1.0, (label.box[3] - label.box[1]) / max(1, len(label.rows)))


def _same_rows(one: Box, other: Box) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.3 * min(one[3] - one[1], other[3] - other[1])


def _right_of(sheet: Labelled, label: Label, words: Sequence[Word], height: float) -> list[Word]:
    """Free words of a row that stand right of the label, level with it, and left of the next label."""
    level = [word for word in words if label.box[1] - 0.45 * height <= (word.box[1] + word.box[3]) / 2 <= label.box[3] + 0.45 * height]
    right = [word for word in level if word.box[0] >= _end_beside(label, word.box) - 0.3 * height]
    found: list[Word] = []
    for word in right:
        if id(word) not in sheet.free:
            break
        found.append(word)
    if found and any(
        other is not label
        and other.box[0] > label.box[2] - 1
        and other.box[2] <= found[0].box[0] + 1
        and (_same_rows(other.box, label.box) or _same_rows(other.box, found[0].box))
        for other in sheet.labels
    ):
        return []
    return found


def _end_beside(label: Label, box: Box) -> float:
    """Where the label ends on the line that a word stands on: a short line of a label leaves room beside it that a long one takes."""
    return max((line[2] for line in label.lines if _same_rows(line, box)), default=label.box[2])


def _together(words: Sequence[Word], height: float) -> list[Word]:
    """The words up to the first wide gap."""
    kept = [words[0]]
    for word in words[1:]:
        if word.box[0] - kept[-1].box[2] > 4.0 * max(height, kept[-1].box[3] - kept[-1].box[1]):
            break
        kept.append(word)
    return kept


def _going_on(sheet: Labelled, lines: Sequence[Piece], after: int, height: float) -> Iterator[Piece]:
    last = lines[-1]
    for words in sheet.rows[after + 1 : after + 5]:
        column = [word for word in words if abs(word.box[0] - lines[0].box[0]) < 1.2 * last.height or word.box[0] > lines[0].box[0]]
        if not column or any(id(word) not in sheet.free for word in words if word.box[0] <= lines[0].box[0] + last.height):
            return
        if abs(column[0].box[0] - lines[0].box[0]) > 1.5 * last.height or column[0].box[1] - last.box[3] > 0.9 * last.height:
            return
        free = [word for word in column if id(word) in sheet.free]
        last = piece_of(_together(free, height), sheet.page)
        yield last

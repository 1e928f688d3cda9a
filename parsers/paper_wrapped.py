"""Labels that a narrow column broke over two to four lines, in one language or two: '業務/法團所用 / 名稱 Name of / Business/ / Corporation'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.folding import fold_key
from parsers.paper_lines import around
from parsers.values import Word

_MOST_LINES = 5
_ASKED = re.compile(r"[(\uff08][^)\uff09]{0,40}(?:[)\uff09]|$)")  # "(if any)", whole or as far as it was read
_NUMBER_BEFORE = re.compile(r"^[\W\d]{1,4}(?=[^\W\d])")  # "2商業名稱": readers drop the space after a number
_TWO_LANGUAGES = re.compile(r"^([\u3400-\u9fff]+(?=[a-z])|[a-z]+(?=[\u3400-\u9fff]))([\u3400-\u9fffa-z]+)$")
_LIKE = 84.0  # from which a broken label is taken for one that was read with a slip
_LONG = 8  # letters from which a broken label may be misread
_NUMBERED = re.compile(r"^\W*\d{0,2}[A-Za-z]?\W*$")


class Wrapped(NamedTuple):
    """A label over several lines: the key whose value it announces, its words, the rows they stand in, and whether it was read without a slip."""

    key: str
    words: tuple[Word, ...]
    rows: tuple[int, ...]
    exact: bool


Rows = Sequence[Sequence[Word]]


def label_key(text: str) -> str:
    """The folded key of a label without its number and what it asks in brackets: '2 Business Name (if any)' is 'businessname'."""
    plain = _NUMBER_BEFORE.sub("", _ASKED.sub("", text))
    return fold_key(plain if plain.strip() else text)


def announced(key: str, known: Mapping[str, str]) -> str | None:
    """Whose value a label announces, where its two languages are read as one word too; None where it is no label."""
    if key in known:
        return known[key]
    both = _TWO_LANGUAGES.match(key)
    if both and both[1] in known and both[2] in known and known[both[1]] == known[both[2]]:
        return known[both[1]]
    return None


def wrapped_labels(rows: Rows, known: Mapping[str, str], *, forgiving: bool) -> Iterator[Wrapped]:
    """All labels broken over rows, each of one field or aside. ``known``: the key announced by each folded label."""
    grouped = _by_key(tuple(sorted(known.items())))
    taken: set[int] = set()
    for index, words in enumerate(rows):
        for start, word in enumerate(words):
            if (
                id(word) in taken
                or _NUMBERED.match(word.text)
                or (start and _close(words[start - 1], word) and not _NUMBERED.match(words[start - 1].text))
            ):
                continue
            found = _at(rows, index, start, grouped, forgiving=forgiving)
            if found:
                taken.update(id(each) for each in found.words)
                yield found


def _at(rows: Rows, index: int, start: int, grouped: tuple[tuple[str, tuple[str, ...]], ...], *, forgiving: bool) -> Wrapped | None:
    """The label that begins here: the longest without a slip, else one read with a slip; None where no line of it is broken."""
    exact = [(key, lines) for key, labels in grouped if (lines := _down(rows, index, start, "", labels, _MOST_LINES)) and _broken(lines, labels)]
    if exact:
        key, lines = max(exact, key=lambda each: sum(map(len, each[1])))
        return _wrapped(key, lines, index, exact=True)
    if forgiving:
        near = [(hit[0], key, hit[1]) for key, labels in grouped if (hit := _nearly(rows, index, start, labels))]
        if near:
            _, key, lines = max(near, key=lambda each: each[0])
            return _wrapped(key, lines, index, exact=False)
    return None


def _wrapped(key: str, lines: list[Sequence[Word]], index: int, *, exact: bool) -> Wrapped:
    return Wrapped(key, tuple(word for line in lines for word in line), tuple(range(index, index + len(lines))), exact)


def _broken(lines: list[Sequence[Word]], labels: tuple[str, ...]) -> bool:
    """Whether some line is no label by itself: lines that all are labels are a stack, or a column of labels."""
    return len(lines) > 1 and any("" not in _rests(label_key("".join(word.text for word in line)), labels) for line in lines)


@lru_cache(maxsize=32)
def _by_key(known: tuple[tuple[str, str], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((key, tuple(label for label, of in known if of == key)) for key in dict.fromkeys(of for _, of in known))


def _down(rows: Rows, index: int, start: int, before: str, labels: tuple[str, ...], left: int) -> list[Sequence[Word]] | None:
    words, text, best = rows[index], before, None
    for end in range(start + 1, len(words) + 1):
        if end > start + 1 and _far(words[end - 2], words[end - 1]):
            break
        text += words[end - 1].text
        key = label_key(text)
        open_ends = _rests(key, labels)
        if not open_ends:
            break
        line = words[start:end]
        if end < len(words) and _one_space(words[end - 1], words[end]):
            continue
        below = _start_below(rows, index, line) if left > 1 else None
        more = _down(rows, index + 1, below, text, labels, left - 1) if below is not None else None
        whole = [line, *more] if more else [line] if "" in open_ends else None
        if whole and (best is None or sum(map(len, whole)) > sum(map(len, best))):
            best = whole
    return best


@lru_cache(maxsize=65536)
def _rests(key: str, labels: tuple[str, ...]) -> frozenset[str]:
    """What may be left of a text when labels are taken off its front: "" for a whole number of labels, else the beginning of another."""
    rests: set[str] = set()
    for label in labels:
        if key == label:
            rests.add("")
        elif label.startswith(key):
            rests.add(key)
        elif len(label) > 1 and key.startswith(label):
            rests |= _rests(key[len(label) :], labels)
    return frozenset(rests)


def _nearly(rows: Rows, index: int, start: int, labels: tuple[str, ...]) -> tuple[float, list[Sequence[Word]]] | None:
    """As ``_down`` for what was read with a slip: whole pieces only, long labels only; with the likeness, 0 to 100."""
    lines = [_piece(rows[index], start)]
    best: tuple[float, list[Sequence[Word]]] | None = None
    for place in range(index + 1, min(len(rows), index + _MOST_LINES)):
        below = _start_below(rows, place - 1, lines[-1])
        if below is None:
            break
        lines.append(_piece(rows[place], below))
        likeness = _likeness(lines, labels)
        fewer = max(_likeness(lines[:-1], labels), _likeness(lines[1:], labels))
        if likeness >= _LIKE and likeness > fewer and (best is None or likeness > best[0]):
            best = (likeness, list(lines))
    return best


def _likeness(lines: Sequence[Sequence[Word]], labels: tuple[str, ...]) -> float:
    """How much the lines together are like one label, 0 to 100; 100 for lines that are labels as they stand, 0 for short ones."""
    key = label_key("".join(word.text for line in lines for word in line))
    if "" in _rests(key, labels):
        return 100.0
    if len(key) < _LONG:
        return 0.0
    return max((fuzz.ratio(key, label) for label in _joint(labels)), default=0.0)


@lru_cache(maxsize=256)
def _joint(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The long labels of one field, and each Chinese one joined to each English one, either first."""
    chinese, english = [label for label in labels if not label.isascii()], [label for label in labels if label.isascii()]
    pairs = [pair for one in chinese for other in english for pair in (one + other, other + one)]
    return tuple(dict.fromkeys([*(label for label in labels if len(label) >= _LONG), *pairs]))


def _piece(words: Sequence[Word], start: int) -> Sequence[Word]:
    end = start + 1
    while end < len(words) and _close(words[end - 1], words[end]):
        end += 1
    return words[start:end]


def _start_below(rows: Rows, index: int, line: Sequence[Word]) -> int | None:
    """Where on the next row a line begins just below this one, in the same column and the same size of print."""
    if index + 1 >= len(rows):
        return None
    box, height = around(word.box for word in line), max(word.box[3] - word.box[1] for word in line)
    for place, word in enumerate(rows[index + 1]):
        size = word.box[3] - word.box[1]
        if abs(word.box[0] - box[0]) < 0.7 * height and word.box[1] - box[3] < 0.9 * height and 0.55 < size / max(0.1, height) < 1.8:
            return place
    return None


def _close(left: Word, right: Word) -> bool:
    height = max(1.0, min(left.box[3] - left.box[1], right.box[3] - right.box[1]))
    return right.box[0] - left.box[2] <= 0.8 * height


def _one_space(left: Word, right: Word) -> bool:
    """Whether the next word goes on in the same line of print."""
    height = max(1.0, min(left.box[3] - left.box[1], right.box[3] - right.box[1]))
    return right.box[0] - left.box[2] < 0.45 * height


def _far(left: Word, right: Word) -> bool:
    height = max(1.0, min(left.box[3] - left.box[1], right.box[3] - right.box[1]))
    return right.box[0] - left.box[2] > 2.5 * height

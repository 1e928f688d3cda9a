"""Names at their labels, whole or not at all: a fragment, or words of the printed form, is never told as somebody's name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from parsers.catalogue import DocumentSpec
from parsers.folding import fold_key
from parsers.paper_labels import Label, Labelled, ValueLines
from parsers.paper_lines import Piece, piece_of
from parsers.paper_values import Found, PaperText, candidates, is_chinese, name_in
from parsers.paper_wrapped import announced, label_key
from parsers.values import Word

_FORM_OF_COMPANY = re.compile(r"(?:\b(?:co|company|limited|ltd|corporation|corp|inc|hk|hong\s*kong|the|of|and|n/?a|nil)\b|[\W\d_])+", re.IGNORECASE)
_UNENDED = re.compile(r"(?:\band|&|\bof|\bthe|\(|,|-)\s*$", re.IGNORECASE)
_ENDING = re.compile(r"^\W*(?:(?:company|co\.?|\(h\.?k\.?\)|\(hong\s*kong\)|hong\s*kong)\W*)?(?:limited|ltd)\W*$", re.IGNORECASE)
_FORM_IN_CHINESE = ("有限公司", "公司", "限公司", "股份有限公司")
_LEAST_LATIN, _LEAST_CHINESE = 4, 2


def name_at(paper: PaperText, key: str) -> dict[str, Found]:
    """A name at a field's labels: the English lines as ``key``, the Chinese as ``key``_zh; the Chinese alone as ``key``.

    Where only a fragment stands at every label, that fragment with ``whole`` False.
    """
    doubtful: dict[str, Found] = {}
    for sheet, label in paper.labels(key):
        for lines in candidates(sheet, label):
            kept = list(_lines_of_name(sheet, paper.spec, label, lines))
            names = {each: _past_label(found, paper.spec) for each, found in name_in(key, kept).items()}
            if names and all(_is_whole(found, paper.spec) for found in names.values()) and not _cut_short(sheet, kept, paper.spec):
                return names
            if names and not doubtful and not _all_label_words(names.values(), paper.spec):
                doubtful = {each: found._replace(whole=False) for each, found in names.items()}
    return doubtful


def doubted(names: dict[str, Found], spec: DocumentSpec) -> dict[str, Found]:
    """The names, those that are fragments marked as such."""
    return {key: found if _is_whole(found, spec) else found._replace(whole=False) for key, found in names.items()}


def _lines_of_name(sheet: Labelled, spec: DocumentSpec, label: Label, lines: ValueLines) -> Iterator[Piece]:
    """The lines of a value up to words of the printed form, and the 'Limited' that stands alone on the next line."""
    last: Piece | None = None
    for line in lines.lines:
        words = _before_label(line.words, spec)
        if not words:
            break
        last = piece_of(words, line.page)
        yield last
        if len(words) < len(line.words):
            return
    if last is not None and not is_chinese(last.text) and not re.search(r"(?:limited|ltd)\W*$", last.text, re.IGNORECASE):
        ending = _ending_below(sheet, label, last)
        if ending:
            yield ending


def _ending_below(sheet: Labelled, label: Label, line: Piece) -> Piece | None:
    """'LIMITED' or 'COMPANY LIMITED' alone on the line just below, in the value's column."""
    for words in sheet.rows:
        column = [word for word in words if word.box[0] > line.box[0] - 2.0 * line.height and id(word) in sheet.free]
        if not column or not line.box[1] + 0.5 * line.height < column[0].box[1] < line.box[3] + 1.2 * line.height:
            continue
        piece = piece_of(column, sheet.page)
        if _ENDING.match(piece.text) and abs(piece.box[0] - line.box[0]) < max(60.0, line.box[2] - line.box[0]):
            return piece
    return None


def _before_label(words: Sequence[Word], spec: DocumentSpec) -> tuple[Word, ...]:
    """The words up to a label of the form: two English words or four Chinese characters of it, whole."""
    known = dict.fromkeys(_printed(spec), "")
    for start in range(len(words)):
        text = ""
        for end in range(start, min(len(words), start + 9)):
            text += words[end].text
            key = label_key(text)
            if announced(key, known) is not None and (len(key) >= 4 if is_chinese(key) else end > start and len(key) > 7):
                return tuple(words[:start])
    return tuple(words)


def _printed(spec: DocumentSpec) -> frozenset[str]:
    return frozenset(label_key(text) for text in (*spec.asides, *(label for field in spec.fields for label in field.labels)))


def _is_whole(found: Found, spec: DocumentSpec) -> bool:
    """Whether a text can be a name: letters enough, more than the form of a company, no mere words of the form, not broken off."""
    text = str(found.value)
    key = fold_key(text)
    if is_chinese(text):
        return len(key) >= _LEAST_CHINESE and key not in _FORM_IN_CHINESE and not _label_words(key, spec)
    return not (len(key) < _LEAST_LATIN or _FORM_OF_COMPANY.fullmatch(text) or _UNENDED.search(text) or _label_words(key, spec))


def _past_label(found: Found, spec: DocumentSpec) -> Found:
    """An English name without the words of a label's first line that stand before it ('Name of', with 'Business/Corporation' below)."""
    words = str(found.value).split()
    starts = 0
    for count in range(2, len(words)):
        key = fold_key("".join(words[:count]))
        if any(label.startswith(key) for label in _printed(spec)):
            starts = count
    if not starts or is_chinese(str(found.value)):
        return found
    rest = " ".join(words[starts:])
    return found._replace(value=rest, text=rest)


def _label_words(key: str, spec: DocumentSpec) -> bool:
    return len(key) > 2 and any(key in label for label in _printed(spec))


def _all_label_words(names: Iterable[Found], spec: DocumentSpec) -> bool:
    return all(_label_words(fold_key(str(found.value)), spec) for found in names)


def _cut_short(sheet: Labelled, lines: Sequence[Piece], spec: DocumentSpec) -> bool:
    """Whether a line of the name begins in the middle of a printed line: the word just before it belongs to no label."""
    firsts = {id(line.words[0]) for line in lines}
    for words in sheet.rows:
        for left, word in itertools.pairwise(words):
            if id(word) in firsts and id(left) in sheet.free and word.box[0] - left.box[2] < 0.8 * max(1.0, word.box[3] - word.box[1]):
                return bool(re.search(r"[^\W\d_]", left.text)) and not _label_words(fold_key(left.text), spec)
    return False

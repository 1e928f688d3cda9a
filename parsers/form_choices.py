"""The answers of tick-box questions: which words each box stands beside, and which boxes are ticked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.catalogue import Catalogue, Choice, FieldSpec, FieldType
from parsers.choice_signs import told_by_signs
from parsers.folding import fold_key
from parsers.paper_lines import Row, rows_of
from parsers.paper_lines import text_of as words_text
from parsers.values import Box, Mark, Page, Word
from parsers.words_beside import BOX_LIKE, key_of_words, words_before, words_beside
from parsers.words_in_flow import words_in_flow

_ALIKE, _WHOLE, _BY_SIGNS = 86.0, 96.0, 90.0
_WORD_SPACE_PT = 6.0
_AMONG_PT = 14.0  # a box belongs to a question's others where it stands no farther above or below them
_ONE_STROKE, _BY_WIDTH = 0.015, 0.9  # of its words' width that (ii) is wider than (i); likeness of answers told apart so
_NUMBER = re.compile(r"[(（]\s?[iIl1]{0,2}\s?[)）]")  # (i) and (ii) as readers of pictures give them


@dataclass(frozen=True)
class Answer:
    """One box with the answer that it stands for."""

    key: str
    code: str  # empty: its words are those of another box, so that nobody can tell what it stands for
    mark: Mark
    page: int
    words: str
    box: Box
    likeness: float  # 0 to 1
    said: tuple[Word, ...] = ()  # its printed words, as far as they are the answer's


def answers_on(page: Page, catalogue: Catalogue) -> tuple[Answer, ...]:
    """Every tick box of a page whose words are an answer of the catalogue.

    The words stand right of the box, or run on from it over the ends of rows where that makes more whole answers of a question; or left of it, where
    that makes more and nothing behind the last box is one.
    """
    options, rows = _options(catalogue), rows_of(page)
    drawn = page.source != "ocr"  # of a file: no letter is taken for a box
    marks = [mark for mark in page.marks if drawn or not _is_letter_of_answer(mark, rows, page.marks, options)]
    right = _answers(page, [(mark, words_beside(mark, rows, marks)) for mark in marks], options)
    left = _answers(page, [(mark, [words_before(mark, rows, marks)]) for mark in marks], options)
    flow = _answers(page, [(mark, [words_in_flow(mark, rows, marks, page.cells)]) for mark in marks], options)
    found: list[Answer] = []
    for key in dict.fromkeys(answer.key for answer in (*right, *left, *flow)):
        chosen = _best_told([[answer for answer in read if answer.key == key] for read in (right, flow, left)], options)
        spec = next(spec for spec in catalogue.fields if spec.key == key)
        found += _without_lone_numbers(_numbered_in_order(chosen, [choice.code for choice in spec.choices]), spec) if page.source == "ocr" else chosen
    return tuple(sorted(found, key=lambda answer: (answer.mark.box[1], answer.mark.box[0])))


def _best_told(readings: Sequence[Sequence[Answer]], options: list[tuple[FieldSpec, str, tuple[str, ...]]]) -> list[Answer]:
    """Of the answers to one question, by the words right of its boxes, running on from them, or left of them: the most, most whole."""
    right, flow, left = readings
    ahead = _weight(left, options)
    behind = max(right, flow, key=lambda read: _weight(read, options))
    boxes = [answer.mark.box for answer in (*right, *flow, *left)]
    lowest = max(boxes, key=lambda box: box[1])
    last = max((box for box in boxes if box[3] > (lowest[1] + lowest[3]) / 2), key=lambda box: box[0])
    closed = any(answer.code and answer.mark.box == last for answer in behind)
    return list(left if not closed and len({answer.code for answer in left}) > len({answer.code for answer in behind}) and ahead[0] else behind)


def _weight(answers: Sequence[Answer], options: list[tuple[FieldSpec, str, tuple[str, ...]]]) -> tuple[int, int]:
    """How many answers were told, and of how many the words are the answer's and no more."""
    known = {(spec.key, code): variants for spec, code, variants in options}
    told = [answer for answer in answers if answer.code]
    whole = sum(any(fuzz.ratio(variant, fold_key(answer.words)) >= _WHOLE for variant in known[answer.key, answer.code]) for answer in told)
    return len(told), whole


def _answers(page: Page, beside: Iterable[tuple[Mark, list[list[Word]]]], options: list[tuple[FieldSpec, str, tuple[str, ...]]]) -> list[Answer]:
    """The answers that the words beside the boxes are. Two boxes never stand for the same answer: where a misread letter
    makes them look so, the one that fits less well gets the next likely answer."""
    found = []
    for mark, runs in beside:
        tried = [(words, fits) for words in runs if (fits := _fits_of(words, mark, options))]
        if tried:
            words, fits = max(tried, key=lambda entry: entry[1][0].score)
            found.append((mark, words, fits))
    taken: set[tuple[str, str]] = set()
    answers: list[Answer] = []
    for mark, words, either in sorted(found, key=lambda entry: (_is_tie(entry[2]), -entry[2][0].score)):
        fits = _of_nearest_question(either, mark, answers) if _is_tie(either) else either
        if not fits:  # of one question two answers are as likely: a number that tells them apart was not read
            if len({fit.key for fit in either if fit.score == either[0].score}) == 1:
                answers.append(Answer(either[0].key, "", mark, page.number, words_text(words), _around(mark.box, words), 0.0))
            continue
        fit = next((fit for fit in fits if (fit.key, fit.code) not in taken), None)
        if fit is None or (fit is not fits[0] and fit.key != fits[0].key):
            answers.append(Answer(fits[0].key, "", mark, page.number, words_text(words), _around(mark.box, words), 0.0))
            continue
        taken.add((fit.key, fit.code))
        likeness = min(1.0, fit.score / 100) - (0.0 if fit is fits[0] else 0.1)
        said = _said(words, [variants for spec, code, variants in options if (spec.key, code) == (fit.key, fit.code)])
        answers.append(Answer(fit.key, fit.code, mark, page.number, words_text(words), _around(mark.box, words), likeness, said))
    return answers


def _is_letter_of_answer(mark: Mark, rows: Sequence[Row], marks: Sequence[Mark], options: list[tuple[FieldSpec, str, tuple[str, ...]]]) -> bool:
    """Whether what looks like a box is a letter within an answer: the words close before it are the beginning of the answer behind it."""
    before = words_before(mark, rows, marks)
    if not before or mark.box[0] - before[-1].box[2] > _WORD_SPACE_PT:
        return False
    behind = next(iter(words_beside(mark, rows, marks)), [])
    told, alone = _fits(key_of_words([*before, *behind]), options), _fits_of(behind, mark, options)
    return bool(told and alone) and told[0].key == alone[0].key and told[0].code == alone[0].code


def _fits_of(words: Sequence[Word], mark: Mark, options: list[tuple[FieldSpec, str, tuple[str, ...]]]) -> list[_Fit]:
    key = key_of_words(words)
    return _fits(key, options) or (_fits(key[1:], options) if _begins_over(mark, words) else [])


def _said(words: Sequence[Word], known: Sequence[tuple[str, ...]]) -> tuple[Word, ...]:
    """The first words beside a box, as many as the answer's own."""
    key = key_of_words(words)
    best = max((variant for variants in known for variant in variants), key=lambda variant: (fuzz.ratio(variant, key[: len(variant)]), len(variant)))
    count, length = 0, 0
    while count < len(words) and length < len(best):
        length += len(fold_key(words[count].text))
        count += 1
    return tuple(words[:count])


def _numbered_in_order(answers: Sequence[Answer], codes: Sequence[str]) -> list[Answer]:
    """Answers whose words differ on a picture by no more than a number that readers confuse, (i) and (ii): in the order in which forms print them,
    sure where the second is printed wider than the first, as two strokes are, else unsure; nobody can tell where only one was recognised."""
    kept = list(answers)
    for place, later in combinations(range(len(kept)), 2):
        one, other = kept[place], kept[later]
        if one.code == other.code or not _same_but_for_number(one.words, other.words):
            continue
        upper, lower = (place, later) if _comes_first(one.mark.box, other.mark.box) else (later, place)
        pair = _pair_of(one, other, codes)
        wider = _wide(kept[lower]) - _wide(kept[upper]) > _ONE_STROKE * _wide(kept[upper])
        if pair is None or not ((one.code and other.code) or wider):
            kept[place], kept[later] = replace(one, code="", likeness=0.0), replace(other, code="", likeness=0.0)
            continue
        sure = _BY_WIDTH if wider else 0.0
        kept[upper], kept[lower] = replace(kept[upper], code=pair[0], likeness=sure), replace(kept[lower], code=pair[1], likeness=sure)
    return kept


def _comes_first(one: Box, other: Box) -> bool:
    """Whether a box is read before another: left of it on one row, else above it."""
    same_row = abs(one[1] - other[1]) < 0.8 * min(one[3] - one[1], other[3] - other[1])
    return one[0] < other[0] if same_row else one[1] < other[1]


def _pair_of(one: Answer, other: Answer, codes: Sequence[str]) -> tuple[str, str] | None:
    """The codes of two answers alike but for their numbers, in the order of the catalogue; None where they cannot be told."""
    if one.code and other.code:
        first, second = sorted((one.code, other.code), key=codes.index)
        return first, second
    known = one.code or other.code
    alike = [code for code in codes if known and _stem(code) == _stem(known)]
    return (alike[0], alike[1]) if len(alike) == 2 else None


def _stem(code: str) -> str:
    """A code without its number: demonstration of demonstration_ii."""
    return code.rpartition("_")[0]


def _wide(answer: Answer) -> float:
    """How wide the words of an answer's first row are, in points."""
    return answer.box[2] - answer.mark.box[2]


def _without_lone_numbers(answers: Sequence[Answer], spec: FieldSpec) -> list[Answer]:
    """Of answers that differ by a number alone, one without the other stands for either: its number may be misread."""
    met = {answer.code for answer in answers}
    lone = {code for code in met if any(other not in met for other in _like_but_for_number(spec, code))}
    return [replace(answer, code="", likeness=0.0) if answer.code in lone else answer for answer in answers]


def _like_but_for_number(spec: FieldSpec, code: str) -> list[str]:
    """The codes of answers that differ from one by no more than a bracketed number of strokes."""
    heads = {choice.code: _head(choice.words.en) for choice in spec.choices}
    own = heads.get(code)
    return [other for other, head in heads.items() if own is not None and other != code and head is not None and head[1] == own[1]]


def _same_but_for_number(one: str, other: str) -> bool:
    """Whether both hold a bracketed number of as many strokes, or one without any that were read, after the same words."""
    heads = [head for head in map(_head, (one, other)) if head is not None]
    return len(heads) == 2 and heads[0][1] == heads[1][1] and (heads[0][0] == heads[1][0] or not min(heads)[0])


def _head(text: str) -> tuple[int, str] | None:
    """How many strokes a bracketed number has, and the words before it; None where there is none."""
    match = _NUMBER.search(text)
    return (sum(map(str.isalnum, match[0])), fold_key(text[: match.start()]).lstrip(BOX_LIKE)) if match else None


def _is_tie(fits: Sequence[_Fit]) -> bool:
    return len(fits) > 1 and fits[0].score == fits[1].score


def _of_nearest_question(fits: Sequence[_Fit], mark: Mark, answers: Sequence[Answer]) -> list[_Fit]:
    """Of words that answer two questions ('Others'), the answer of the one whose other boxes stand nearest; nothing where none does."""
    tied = {fit.key: fit for fit in fits if fit.score == fits[0].score}
    near = [answer for answer in answers if answer.key in tied]
    if not near or len(tied) < 2:
        return []
    nearest = min(near, key=lambda answer: abs(answer.mark.box[1] - mark.box[1]) + abs(answer.mark.box[0] - mark.box[0]) / 3)
    return [tied[nearest.key]]


def ticked_among(page: Page, answers: Sequence[Answer], others: Sequence[Answer]) -> Mark | None:
    """A ticked box that stands among the boxes of a question but beside words that nobody understood: it may be the answer."""
    understood = {id(answer.mark) for answer in others if answer.code}
    boxes = [answer.mark.box for answer in answers if answer.page == page.number]
    if not boxes:
        return None
    top, bottom = min(box[1] for box in boxes) - _AMONG_PT, max(box[3] for box in boxes) + _AMONG_PT
    return next((mark for mark in page.marks if mark.on and id(mark) not in understood and top < mark.box[1] and mark.box[3] < bottom), None)


def yes_or_no(page: Page, label: Box) -> tuple[Mark, bool] | tuple[None, None] | tuple[Mark, None]:
    """The ticked box of a yes/no question, by its label: (mark, answer); (mark, None) where none or both are ticked; (None, None): no boxes."""
    rows = rows_of(page)
    asked: list[tuple[Mark, bool]] = []
    top, bottom = _beside(label, page)
    for mark in page.marks:
        if not top <= mark.box[1] <= bottom or _is_answer_itself(mark, page.words):
            continue
        right = next(iter(words_beside(mark, rows, page.marks)), [])
        for words in (right[:3], words_before(mark, rows, page.marks)[-1:]):
            key = _yes_or_no_key(words, mark)
            if key:
                asked.append((mark, key.startswith(("yes", "是"))))
                break
    if not asked:
        return None, None
    ticked = [entry for entry in asked if entry[0].on]
    if not ticked and len({answer for _, answer in asked}) < 2:  # the other box was not seen
        return None, None
    return ticked[0] if len(ticked) == 1 else (asked[0][0], None)


def _beside(label: Box, page: Page) -> tuple[float, float]:
    """Between which heights the boxes of a question begin: from its label on down, or within the row of cells that the label stands in."""
    x, y = (label[0] + label[2]) / 2, (label[1] + label[3]) / 2
    around = [cell for cell in page.cells if cell[0] <= x <= cell[2] and cell[1] <= y <= cell[3]]
    cell = min(around, key=lambda cell: (cell[2] - cell[0]) * (cell[3] - cell[1]), default=None)
    if cell is None or any(other[1] < cell[1] - 2 or other[3] > cell[3] + 2 for other in page.cells if _level(cell, other)):
        return label[1] - 6, label[3] + 40
    return min(cell[1], label[1] - 6), max(cell[3], label[3])


def _level(cell: Box, other: Box) -> bool:
    """Whether a cell stands right beside another at its right, level with some of it."""
    return abs(other[0] - cell[2]) < 4 and other[1] < cell[3] - 2 and other[3] > cell[1] + 2


def _begins_over(mark: Mark, words: Sequence[Word]) -> bool:
    """Whether the first word begins over the box, so that its first letter may be the box itself."""
    return bool(words) and words[0].box[0] < (mark.box[0] + mark.box[2]) / 2


def _yes_or_no_key(words: Sequence[Word], mark: Mark) -> str:
    """Words as folded that begin with yes or no; a box that was read as a letter before them is left out. Empty where they say neither."""
    key = key_of_words(words)
    tried = (key, key[1:]) if _begins_over(mark, words) else (key,)
    return next((each for each in tried if each.startswith(("yes", "是", "no", "否"))), "")


def _is_answer_itself(mark: Mark, words: Sequence[Word]) -> bool:
    """Whether what looks like a box is the answer's own letter (the upper half of 是)."""
    x, y = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
    return any(word.text[:1] in "是否" and word.box[0] <= x <= word.box[2] and word.box[1] <= y <= word.box[3] for word in words)


def _options(catalogue: Catalogue) -> list[tuple[FieldSpec, str, tuple[str, ...]]]:
    return [
        (spec, choice.code, tuple(fold_key(text) for text in (*_printed(choice), *choice.aliases)))
        for spec in catalogue.fields
        if spec.type is FieldType.CHOICE
        for choice in spec.choices
    ]


def _printed(choice: Choice) -> tuple[str, ...]:
    """The words of an answer in each language, and in English with Chinese behind, as the official forms print them."""
    words = choice.words
    return (words.en, words.zh_hant, words.zh_hans, words.en + words.zh_hant, words.zh_hant + words.en)


class _Fit(NamedTuple):
    score: float  # 0 to 100, with up to one more for longer words
    key: str
    code: str


def _fits(key: str, options: Sequence[tuple[FieldSpec, str, tuple[str, ...]]]) -> list[_Fit]:
    """The answers whose words the text begins with, or is alike, the best first; the longer words win where two fit equally well."""
    best: dict[tuple[str, str], float] = {}
    for spec, code, variants in options:
        for variant in variants:
            if len(variant) < 2 or len(key) < 2:
                continue
            score = 100.0 if key.startswith(variant) else fuzz.ratio(variant, key[: len(variant)]) if len(variant) >= 5 else 0.0
            if len(variant) > 30 and 14 <= len(key) < len(variant):  # a narrow column shows only the beginning of long words
                score = max(score, fuzz.ratio(variant[: len(key)], key) - 2)
            if score >= _ALIKE:
                weighed = score + min(len(variant), 99) / 100 + (0.5 if key == variant else 0.0)
                best[spec.key, code] = max(best.get((spec.key, code), 0.0), weighed)
    if not best:
        specs = {spec.key: spec for spec, _, _ in options}.values()
        best = {(spec.key, code): _BY_SIGNS for spec in specs if (code := told_by_signs(key, spec.choices))}
    return sorted((_Fit(score, *where) for where, score in best.items()), reverse=True)


def _around(box: Box, words: Sequence[Word]) -> Box:
    first_row = [word for word in words if word.box[1] < words[0].box[3]]
    boxes = [box, *(word.box for word in first_row)]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))

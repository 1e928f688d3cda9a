"""Questions without boxes: the answer that somebody put a ring around, or the only one that was not crossed out ('delete as appropriate')."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from parsers.catalogue import Choice, FieldSpec
from parsers.choice_signs import told_by_signs
from parsers.folding import fold_key
from parsers.labels import NUMBERING
from parsers.paper_lines import Row, around, rows_of, text_of
from parsers.values import Box, Page, Word

_EDGE_PT = 8.0  # further rows of an answer begin within this distance of where it begins
_SPACE = 0.8  # of their height: words farther apart are none of one answer
_MOST_ROWS = 4  # of one answer
_LEAST = 2  # letters of an answer's words, and answers of a question, before what is crossed out says anything
_ALIKE, _STRUCK_ALIKE = 90.0, 72.0  # rapidfuzz ratio on a picture: of an answer that is left, and of one that a line runs through
_APART = 4.0  # by which it is more like that answer than like any other
_LEFT_SHARE = 0.5  # of a question's answers that must be found on a picture before the one that is left says anything
_INITIATIVE = "project.initiative"  # forms for one initiative print one answer
_YES_OR_NO = {"yes": ("yes", "是"), "no": ("no", "否", "不是", "非")}
_ABOVE_PT, _BELOW_PT = 6.0, 40.0  # of a question's label, within which its yes and no stand


@dataclass(frozen=True)
class MarkedAnswer:
    """The answer that the marks tell; ``code`` empty where they tell none, or more than one: a person must look."""

    code: str
    words: str
    page: int
    box: Box


@dataclass(frozen=True)
class _Answer:
    code: str
    words: tuple[Word, ...]
    page: int
    signed: bool = False  # told by its signs alone, which other words of a form may hold
    unsure: bool = False  # of a picture, where others of its question may not have been seen: that it is left says nothing

    @property
    def struck(self) -> bool | None:
        """Whether it is crossed out; None where only a part of it is."""
        told = {word.struck for word in self.words if _says(word)}
        return told.pop() if len(told) == 1 else None

    @property
    def ringed(self) -> bool:
        return any(word.ringed for word in self.words)


def marked_answer(spec: FieldSpec, pages: Sequence[Page]) -> MarkedAnswer | None:
    """The answer to a question of the catalogue that is ringed, or left when the others are crossed out; None where nothing is marked so."""
    variants = {}
    for choice in spec.choices:
        words = choice.words
        printed = (
            words.en,
            words.zh_hant,
            words.zh_hans,
            words.en + words.zh_hant,
            words.zh_hant + words.en,
            words.en + words.zh_hans,
            *choice.aliases,
        )
        variants[choice.code] = tuple(dict.fromkeys(key for text in printed if len(key := fold_key(text)) >= _LEAST))
    found = [answer for page in pages for answer in _answers_on(page, rows_of(page), variants, spec.choices)]
    found = _near_the_marked(found)
    if len({answer.code for answer in found}) < _LEAST and spec.key != _INITIATIVE:
        return None  # one answer's words in a frame of their own may be the value of something else
    if any(page.source == "ocr" for page in pages) and len({answer.code for answer in found}) < _LEFT_SHARE * len(spec.choices):
        found = [replace(answer, unsure=True) for answer in found]
    return _told(found, pages)


def _near_the_marked(found: Sequence[_Answer]) -> list[_Answer]:
    """The answers without those that only their signs tell and that stand away from all that is ringed or crossed out: words of something else."""
    tops = [(answer.page, answer.words[0].box[1]) for answer in found if answer.ringed or answer.struck is not False]
    return [answer for answer in found if not answer.signed or any(_near(answer, page, top) for page, top in tops)]


def _near(answer: _Answer, page: int, top: float) -> bool:
    return answer.page == page and abs(answer.words[0].box[1] - top) <= _BELOW_PT


def marked_yes_or_no(label: Box, page: Page) -> MarkedAnswer | None:
    """Yes or no, ringed or left, beside or right under a question's label (``code`` is yes or no); None where neither is marked."""
    rows = [row for row in rows_of(page) if label[1] - _ABOVE_PT <= row.box[1] and row.box[3] <= label[3] + _BELOW_PT]
    found: dict[str, _Answer] = {}
    for answer in _answers_on(page, rows, _YES_OR_NO):
        if answer.words[0].box[0] >= label[0] - _EDGE_PT:
            if answer.code in found:  # of the next question
                break
            found[answer.code] = answer
    return _told(list(found.values()), [page])


def _told(found: Sequence[_Answer], pages: Sequence[Page]) -> MarkedAnswer | None:
    if not any(answer.ringed or answer.struck is not False for answer in found):
        return None
    ringed = [answer for answer in found if answer.ringed]
    left = [answer for answer in found if answer.struck is False]
    clear = all(answer.struck is not None for answer in found)
    chosen = None
    if clear and len(ringed) == 1 and (left == ringed or (ringed[0] in left and len(left) == len(found))):
        chosen = ringed[0]
    elif clear and not ringed and len(left) == 1 and not left[0].unsure and _all_others_struck(found, pages):
        chosen = left[0]
    shown = chosen or next(answer for answer in found if answer.ringed or answer.struck is not False)
    words = text_of(shown.words)
    return MarkedAnswer(chosen.code if chosen else "", words, shown.page, around(word.box for word in shown.words))


def _all_others_struck(found: Sequence[_Answer], pages: Sequence[Page]) -> bool:
    """Whether each answer was found once, two or more of them, and nothing else stands among them that is not crossed out."""
    return len(found) == len({answer.code for answer in found}) >= _LEAST and not _others_left(found, pages)


def _others_left(found: Sequence[_Answer], pages: Sequence[Page]) -> bool:
    """Whether between the answers stands anything that is not crossed out and that nobody understood: it may be the one that was left."""
    known = {id(word) for answer in found for word in answer.words}
    for page in pages:
        own = [answer for answer in found if answer.page == page.number]
        if not own:
            continue
        boxes = [word.box for answer in own for word in answer.words]
        x0, top, x1, bottom = around(boxes)
        for word in page.words:
            middle = (word.box[1] + word.box[3]) / 2
            if top < middle < bottom and x0 - _EDGE_PT <= word.box[0] <= x1 and id(word) not in known and _says(word) and not word.struck:
                return True
    return False


def _answers_on(page: Page, rows: Sequence[Row], variants: dict[str, tuple[str, ...]], choices: Sequence[Choice] = ()) -> Iterator[_Answer]:
    """Every place where the words of an answer stand, word for word, on one row or on several under one another."""
    longest_first = sorted(((key, code) for code, keys in variants.items() for key in keys), key=lambda entry: -len(entry[0]))
    taken: set[int] = set()
    for number, row in enumerate(rows):
        for at, word in enumerate(row.words):
            if id(word) in taken or not _says(word) or (at and id(row.words[at - 1]) not in taken and not _apart(row.words[at - 1], word)):
                continue
            words = next((words for key, code in longest_first if (words := _said(rows, number, at, key))), ())
            told = fold_key("".join(each.text for each in words))
            code = next((code for key, code in longest_first if key == told), "")
            signed = False
            if not words:
                words, code, signed = _nearly_said(rows, number, at, longest_first if page.source == "ocr" else (), choices)
            if words:
                taken.update(map(id, words))
                yield _Answer(code, words, page.number, signed)


def _said(rows: Sequence[Row], number: int, at: int, key: str) -> tuple[Word, ...]:
    """The words from a place on that say the key, no more and no less; further rows go on under the first word."""
    words: list[Word] = []
    left = rows[number].words[at].box[0]
    said = ""
    for row in rows[number : number + _MOST_ROWS]:
        for word in row.words[at:] if row is rows[number] else _from(row.words, left):
            said += fold_key(word.text)
            if not key.startswith(said):
                return ()
            words.append(word)
            if said == key:
                behind = next((other for other in row.words if other.box[0] >= word.box[2] - 1 and other is not word), None)
                return tuple(words) if behind is None or _apart(word, behind) else ()
    return ()


def _nearly_said(
    rows: Sequence[Row], number: int, at: int, variants: Sequence[tuple[str, str]], choices: Sequence[Choice]
) -> tuple[tuple[Word, ...], str, bool]:
    """The words from a place on that are an answer as a reader of pictures gives it, and its code: misread a little, or more under a line through it;
    or an answer that only its signs tell (then also True)."""
    words: list[Word] = []
    left = rows[number].words[at].box[0]
    best: tuple[float, tuple[Word, ...], str, bool] = (0.0, (), "", False)
    for row in rows[number : number + _MOST_ROWS]:
        begun = row.words[at:] if row is rows[number] else _from(row.words, left)
        whole = next((end for end in range(1, len(begun)) if _apart(begun[end - 1], begun[end])), len(begun))
        if not begun:
            break
        words += begun[:whole]
        said = fold_key("".join(word.text for word in words))
        score, code = _likest(said, variants)
        by_signs = told_by_signs(said, choices) if score < _ALIKE and row is rows[number] else ""
        score, code = (_ALIKE, by_signs) if by_signs else (score, code)
        if score > best[0]:
            best = (score, tuple(words), code, bool(by_signs))
        if whole < len(begun):
            break
    least = _STRUCK_ALIKE if best[1] and all(word.struck for word in best[1] if _says(word)) else _ALIKE
    return best[1:] if best[0] >= least else ((), "", False)


def _likest(said: str, variants: Sequence[tuple[str, str]]) -> tuple[float, str]:
    """How alike the likest answer is, 0 to 100, and its code; nothing where another is nearly as like."""
    scores: dict[str, float] = {}
    for key, code in variants:
        scores[code] = max(scores.get(code, 0.0), fuzz.ratio(said, key))
    ranked = sorted(scores.items(), key=lambda entry: -entry[1])
    clear = bool(ranked) and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= _APART)
    return (ranked[0][1], ranked[0][0]) if clear else (0.0, "")


def _apart(one: Word, other: Word) -> bool:
    """Whether two neighbours on a row are no parts of one saying: a wide space lies between them, or one of them is a sign ('/')."""
    return not _says(one) or not _says(other) or other.box[0] - one.box[2] > _SPACE * min(one.box[3] - one.box[1], other.box[3] - other.box[1])


def _from(words: Iterable[Word], left: float) -> list[Word]:
    """The words of a row from the one that begins under the first of an answer; none where none does."""
    kept = [word for word in words if word.box[0] >= left - _EDGE_PT]
    return kept if kept and kept[0].box[0] <= left + _EDGE_PT else []


def _says(word: Word) -> bool:
    return any(char.isalnum() for char in word.text) and not (NUMBERING.match(word.text.casefold()) and not word.text.isdigit())

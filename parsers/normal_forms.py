"""What a field holds, in its normal form: one door for every type of value that the forms and papers ask for (vocabulary.toml)."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from parsers.amounts import read_integer, read_money, read_percent
from parsers.catalogue import Choice, FieldType
from parsers.choice_signs import told_by_signs
from parsers.dates import read_date
from parsers.folding import fold, fold_key
from parsers.identifiers import Region, read_br_number, read_email, read_phone, read_uscc
from parsers.normal_values import Malformed, Normal, as_printed, plain

__all__ = ["Malformed", "Normal", "read_choice", "read_flag", "read_value"]

_READERS = {
    FieldType.BR_NUMBER: read_br_number,
    FieldType.USCC: read_uscc,
    FieldType.DATE: read_date,
    FieldType.MONEY: read_money,
    FieldType.PERCENT: read_percent,
    FieldType.INTEGER: read_integer,
    FieldType.EMAIL: read_email,
}
_YES = frozenset(("yes", "y", "true", "on", "1", "是", "有", "对", "√", "✓", "✔", "☑", "☒", "■", "x", "×", "✗", "✘"))
_NO = frozenset(("no", "n", "false", "off", "0", "nil", "none", "否", "不是", "没有", "无", "没", "非", "☐", "□", "〇"))
_TICKED = "☑☒■✓✔√✗✘"
_EMPTY_BOX = "☐□"
_ANSWER = re.compile(rf"([{_TICKED}{_EMPTY_BOX}])\s*([^\s{_TICKED}{_EMPTY_BOX}/]+)")
_ITEM_MARK = re.compile(rf"^[\s{_TICKED}]*(?:[(]?(?:[0-9]{{1,2}}|[a-h])[).、]\s*)?")
_ALIKE = 90  # rapidfuzz ratio of folded words
_APART = 10  # by how much the best must beat the second: (i) and (ii) are never told apart by likeness


def read_value(text: str, type: FieldType, *, choices: tuple[Choice, ...] = (), region: Region = "HK") -> Normal | Malformed:
    """The normal form of what is written in a field of that type. Never raises, whatever the text; empty text is malformed ('nothing is written').

    Names, addresses and texts come as printed, white space collapsed. ``region`` is where a telephone number without a country code belongs.
    """
    if not plain(text):
        return Malformed(reason="nothing is written")
    if type is FieldType.CHOICE:
        return read_choice(text, choices)
    if type is FieldType.FLAG:
        return read_flag(text)
    if type is FieldType.PHONE:
        return read_phone(text, region=region)
    reader = _READERS.get(type)
    return reader(text) if reader else Normal(value=as_printed(text))


def read_choice(text: str, choices: tuple[Choice, ...]) -> Normal | Malformed:
    """The code of the one answer that a text names: its code or words exactly, its words within the text, or words 90% alike; never a tie."""
    written = _ITEM_MARK.sub("", fold(text.replace("\0", " ")))
    if not fold_key(written):
        return Malformed(reason="none of the answers")
    for certainty, codes in (
        (1.0, {choice.code for choice in choices if fold_key(written) in {fold_key(word) for word in _words(choice)}}),
        (0.9, _named_within(written, choices)),
        (0.85, _alike(written, choices)),
        (0.9, {code} if (code := told_by_signs(fold_key(written), choices)) else set()),
    ):
        if len(codes) == 1:
            return Normal(value=next(iter(codes)), certainty=certainty, note="" if certainty == 1.0 else "words alike, not the same")
        if len(codes) > 1:
            return Malformed(reason="more than one of the answers", doubtful=True)
    return Malformed(reason="none of the answers")


def read_flag(text: str) -> Normal | Malformed:
    """Yes or no, in words or by a tick; of '☑ Yes ☐ No' the ticked one."""
    written = fold(text)
    answers = _ANSWER.findall(written)
    ticked = [word for mark, word in answers if mark in _TICKED]
    if len(answers) > 1:
        if len(ticked) != 1:
            return Malformed(reason="no single answer is ticked", doubtful=True)
        written = ticked[0]
    elif answers:
        mark, word = answers[0]
        if mark in _EMPTY_BOX:
            return Normal(value=False, certainty=0.8, note="the box is empty")
        written = word if fold_key(word) in _YES | _NO else mark
    word = written.strip(" .,。:;()[]{}'\"")
    if word in _YES or word in _NO:
        return Normal(value=word in _YES, certainty=0.8 if word in "x×✗✘0〇" else 1.0)
    return Malformed(reason="neither yes nor no")


def _words(choice: Choice) -> tuple[str, ...]:
    return (choice.code, choice.code.replace("_", " "), choice.words.en, choice.words.zh_hant, choice.words.zh_hans, *choice.aliases)


def _named_within(written: str, choices: tuple[Choice, ...]) -> set[str]:
    """Codes whose words stand in the text as words of their own; words that are only part of another answer's words found there do not count."""
    places = [
        (found.start(), found.end(), choice.code)
        for choice in choices
        for word in _words(choice)
        if len(folded := fold(word)) > 1
        for found in re.finditer(rf"(?<![a-z0-9]){re.escape(folded)}(?![a-z0-9])", written)
    ]
    return {code for start, end, code in places if not any(s <= start and end <= e and (e - s) > (end - start) for s, e, _ in places)}


def _alike(written: str, choices: tuple[Choice, ...]) -> set[str]:
    """The code whose words are nearly those written, with every other choice nearly as like."""
    scores = {choice.code: max(fuzz.ratio(fold_key(word), fold_key(written)) for word in _words(choice)) for choice in choices}
    best = max(scores.values(), default=0.0)
    return {code for code, score in scores.items() if best >= _ALIKE and score > best - _APART}

"""Values that cannot be what their field asks for: a name that is a telephone number, an address without a street, a title that is a day.

They are read rightly and stand in the wrong place: the label was taken for another's. Where several stand on one form, its other values are
doubtful too.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from parsers.catalogue import Catalogue, FieldType
from parsers.dates import read_date
from parsers.folding import compatible, fold, fold_key
from parsers.normal_values import Normal

_SHORTEST = {FieldType.NAME: 2, FieldType.ADDRESS: 5, FieldType.TEXT: 2}  # letters and digits, Chinese characters counted twice
_SHORTEST_CHINESE = 4  # of a name: two characters
_LONGEST_DATE = 30
_WORD = re.compile(r"[a-z]+")
_LONGEST_POSITION = 6  # Chinese characters
_NUMBERISH = re.compile(r"[\d\s()+\-/.,:$%年月日號号]+")
_MAIL_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_DATED = re.compile(r"\d{1,4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,4}")


class FormWords(NamedTuple):
    """What forms print, folded: whole labels, the English words that labels are made of, and words of people's positions."""

    labels: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    positions: frozenset[str] = frozenset()


NO_WORDS = FormWords()


def words_of_forms(catalogue: Catalogue) -> FormWords:
    """The words of every label, alias and answer of the catalogue's fields."""
    printed = [
        word for spec in catalogue.fields for label in (spec.label, *spec.label_on.values()) for word in (label.en, label.zh_hant, label.zh_hans)
    ]
    printed += [words for spec in catalogue.fields for each in spec.choices for words in (each.words.en, each.words.zh_hant, each.words.zh_hans)]
    printed += [alias for spec in catalogue.fields for alias in (*spec.aliases, *spec.generic)]
    return FormWords(
        labels=frozenset(fold_key(text) for text in printed),
        words=frozenset(word for text in printed for word in _WORD.findall(fold(text))),
        positions=frozenset(fold(word) for word in catalogue.calibration.positions),
    )


def is_odd(value: object, type_: FieldType, key: str, forms: FormWords = NO_WORDS) -> bool:
    """Whether a text that was read for a name, an address or other words is plainly something else. Values of other types have forms of their own."""
    least = _SHORTEST.get(type_)
    if least is None or not isinstance(value, str):
        return False
    text = compatible(value).strip()
    chinese = any(c > "\u2e7f" for c in text)
    if sum(2 if c > "\u2e7f" else 1 for c in text if c.isalnum()) < (_SHORTEST_CHINESE if chinese and type_ is FieldType.NAME else least):
        return True
    if (key.endswith("name_en") and not _WORD.search(fold(text))) or (key.endswith("name_zh") and not chinese):
        return True
    if _NUMBERISH.fullmatch(text) or _MAIL_ADDRESS.fullmatch(text):
        return key != "company_number"
    if _DATED.search(text) and isinstance(read_date(text), Normal) and len(text) < _LONGEST_DATE:
        return True
    if _of_labels(fold(text), type_, forms):
        return True
    return not (key.endswith("title") and not key.startswith("project.")) and _is_position(fold(text), forms.positions)


def _of_labels(text: str, type_: FieldType, forms: FormWords) -> bool:
    """A label itself; for a name or an address also two or more words that labels are made of, and no other: 'Company (in Chinese)'."""
    if fold_key(text) in forms.labels:
        return True
    words = _WORD.findall(text)
    return (
        type_ is not FieldType.TEXT
        and text.isascii()
        and len(words) > 1
        and not re.search(r"\d", text)
        and all(word in forms.words for word in words)
    )


def _is_position(text: str, positions: frozenset[str]) -> bool:
    """'General Manager' is made of such words alone; a short Chinese text that ends in one is a position too."""
    words = text.split()
    if text.isascii():
        return bool(words) and all(word in positions for word in words)
    return len(text) <= _LONGEST_POSITION and any(not word.isascii() and text.endswith(word) for word in positions)

"""Values that cannot be what their field asks for: a name that is a telephone number, an address without a street, a title that is a day.

They are read rightly and stand in the wrong place: the label was taken for another's. Where several stand on one form, its other values are
doubtful too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.catalogue import FieldType
from parsers.dates import read_date
from parsers.folding import compatible, fold, fold_key
from parsers.normal_values import Normal

_SHORTEST = {FieldType.NAME: 2, FieldType.ADDRESS: 5, FieldType.TEXT: 2}  # letters and digits, Chinese characters counted twice
_LONGEST_POSITION = 6  # Chinese characters
_NUMBERISH = re.compile(r"[\d\s()+\-/.,:$%年月日號号]+")
_MAIL_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_DATED = re.compile(r"\d{1,4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,4}")


def is_odd(value: object, type_: FieldType, key: str, printed: frozenset[str] = frozenset(), positions: Sequence[str] = ()) -> bool:
    """Whether a text that was read for a name, an address or other words is plainly something else. Values of other types have forms of their own.

    ``printed``: folded words of the form's own labels, which are nobody's answer; ``positions``: words of which people's positions are made.
    """
    least = _SHORTEST.get(type_)
    if least is None or not isinstance(value, str):
        return False
    text = compatible(value).strip()
    if sum(2 if ord(c) > 0x2E7F else 1 for c in text if c.isalnum()) < (4 if type_ is FieldType.NAME and ord(text[:1] or "a") > 0x2E7F else least):
        return True
    if fold_key(text) in printed:
        return True
    if _NUMBERISH.fullmatch(text) or _MAIL_ADDRESS.fullmatch(text):
        return key != "company_number"
    if _DATED.search(text) and isinstance(read_date(text), Normal) and len(text) < 30:
        return True
    if key.endswith("title") and not key.startswith("project."):
        return False
    return _is_position(fold(text), positions)


def _is_position(text: str, positions: Sequence[str]) -> bool:
    """'General Manager' is made of such words alone; a short Chinese text that ends in one is a position too."""
    words = text.split()
    if text.isascii():
        return bool(words) and all(word in positions for word in words)
    return len(text) <= _LONGEST_POSITION and any(not word.isascii() and text.endswith(fold(word)) for word in positions)

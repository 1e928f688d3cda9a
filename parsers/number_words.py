"""Amounts that people write in English words: 'Hong Kong Dollars Eight Hundred Thousand and Fifty Only' to 800050."""

from __future__ import annotations

import re
from decimal import Decimal

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = dict(zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True))
_SMALL = {word: number for number, word in enumerate(_ONES)} | _TENS
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_WORD = re.compile(r"[a-z]+")
_LINKS = frozenset(("and", "only", "dollars", "dollar", "hong", "kong", "hk", "hkd", "say", "total", "sum", "of", "the", "a", "cents", "cent"))


def amount_in_words(text: str) -> Decimal | None:
    """The amount that the words name, cents included; None where any word is neither a number nor of money, or the words make no number."""
    words = _WORD.findall(text.lower())
    if re.search(r"[0-9]", text) or not any(word in _SMALL for word in words) or any(word not in _LINKS and not _is_number(word) for word in words):
        return None
    whole, cents = _parted([word for word in words if _is_number(word) or word in ("dollars", "dollar", "cents", "cent", "and")])
    total, coins = _number(whole), _number(cents) if cents else 0
    if total is None or coins is None or coins > 99:
        return None
    return Decimal(total) + Decimal(coins) / 100


def _is_number(word: str) -> bool:
    return word in _SMALL or word in _SCALES or word == "hundred"


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """The words of the dollars, and those of the cents: what stands between 'and' (or 'dollars') and 'cents', or after 'cents'."""
    place = next((at for at, word in enumerate(words) if word in ("cents", "cent")), None)
    if place is None:
        return words, []
    before, after = words[:place], [word for word in words[place + 1 :] if _is_number(word)]
    if after:
        return before, after
    cut = max((at for at, word in enumerate(before) if not _is_number(word)), default=-1)
    return before[:cut], before[cut + 1 :] if cut >= 0 else []


def _number(words: list[str]) -> int | None:
    """The whole number that the words name in their order; None where they name none (two tens in a row, a scale that rises)."""
    total, part, last_scale, last = 0, 0, 10**12, "start"
    for word in (word for word in words if _is_number(word)):
        if word in _SCALES:
            if part == 0 or _SCALES[word] >= last_scale:
                return None
            total, part, last_scale, last = total + part * _SCALES[word], 0, _SCALES[word], "scale"
        elif word == "hundred":
            if not 0 < part < 10 or last == "hundred":
                return None
            part, last = part * 100, "hundred"
        else:
            number = _SMALL[word]
            follows_tens = last == "tens" and 0 < number < 10
            if last in ("ones", "tens") and not follows_tens:
                return None
            part, last = part + number, "tens" if number >= 20 else "ones"
    return total + part if last != "start" else None

"""Dates spelled out in words as older English certificates print them: 'this Second day of May One Thousand Nine Hundred and Ninety-six'."""

from __future__ import annotations

import re
from datetime import date

_UNITS = (
    "",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_ORDINALS = (
    "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty first", "twenty second",
    "twenty third", "twenty fourth", "twenty fifth", "twenty sixth", "twenty seventh", "twenty eighth", "twenty ninth", "thirtieth", "thirty first",
)  # fmt: skip
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_DAY_OF = re.compile(
    rf"(?P<day>(?:twenty |thirty )?[a-z]+|\d{{1,2}} ?(?:st|nd|rd|th)?) day of (?P<month>{'|'.join(_MONTHS)}) "
    r"(?P<year>(?:in the year )?[a-z0-9 ]{4,80})"
)


def spelled_date(text: str) -> str | None:
    """YYYY-MM-DD of the first date spelled out in a folded text; None where there is none or it is no day of the calendar."""
    match = _DAY_OF.search(re.sub(r"[^a-z0-9]+", " ", text))
    if not match:
        return None
    day = (
        int(re.sub(r"\D", "", match["day"])) if re.search(r"\d", match["day"]) else _ORDINALS.index(match["day"]) if match["day"] in _ORDINALS else 0
    )
    year = _year(match["year"].removeprefix("in the year ").split())
    try:
        return date(year, _MONTHS.index(match["month"]) + 1, day).isoformat() if 1850 <= year <= 2100 else None
    except ValueError:
        return None


def _year(words: list[str]) -> int:
    if words and words[0].isdigit():
        return int(words[0])
    total, current = 0, 0
    for word in words:
        if word in _UNITS[1:]:
            current += _UNITS.index(word)
        elif word in _TENS:
            current += _TENS[word]
        elif word == "hundred":
            current *= 100
        elif word == "thousand":
            total, current = total + current * 1000, 0
        elif word != "and":
            break
    return total + current

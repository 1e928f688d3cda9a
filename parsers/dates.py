"""Dates as offices in Hong Kong and the Mainland write them, brought to YYYY-MM-DD. Day before month by rule; no clock is asked.

A two-digit year up to 49 is of this century, later ones of the last. Years run from 1850 to 2100. Republican (民國) years are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from parsers.normal_values import Malformed, Normal, Plain, plain, plain_with_places
from parsers.values import Value

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CHINESE_DIGITS = {
    **dict.fromkeys("〇零○", 0),
    **dict.fromkeys("一壹弌", 1),
    **dict.fromkeys("二貳贰弍貮", 2),
    **dict.fromkeys("三叁參叄", 3),
    **dict.fromkeys("四肆", 4),
    **dict.fromkeys("五伍", 5),
    **dict.fromkeys("六陸陆", 6),
    **dict.fromkeys("七柒", 7),
    **dict.fromkeys("八捌", 8),
    **dict.fromkeys("九玖", 9),
}
_C = "".join(_CHINESE_DIGITS)
_TENS = "十拾廿卅"
_BEFORE = r"(?<![0-9])(?<![0-9][-/.])"
_AFTER = r"(?![0-9])(?![-/.][0-9])"

_GAP = r"\s{0,3}"
_D, _M, _Y = r"(?P<d>[0-9]{1,2})", r"(?P<m>[0-9]{1,2})", r"(?P<y>[0-9]{4})"
_ANY_Y = r"(?P<y>[0-9]{4}|[0-9]{2})"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(_GAP.join(pieces), re.IGNORECASE))
    for kind, pieces in (
        (
            "chinese",
            (
                rf"(?<![0-9民國国])(?P<y>[0-9]{{4}}|[{_C}0-9]{{4}})",
                "年",
                rf"(?P<m>[0-9]{{1,2}}|[{_C}{_TENS}元]{{1,3}})",
                "月",
                rf"(?P<d>[0-9]{{1,2}}|[{_C}{_TENS}]{{1,3}})",
                "[日號号]",
            ),
        ),
        ("labelled", (_BEFORE + _D, r"(?:日|\(日\))", _M, r"(?:月|\(月\))", _Y, r"(?:年|\(年\))")),
        ("year_first", (_BEFORE + _Y, "(?P<s>[-/.年])", _M, "(?:(?P=s)|月)", rf"(?P<d>[0-9]{{1,2}})(?:{_AFTER}|(?=T[0-9]))")),
        ("day_first", (_BEFORE + _D, "(?P<s>[-/.])", _M, "(?P=s)", _ANY_Y + _AFTER)),
        (
            "named_month",
            (r"(?<![0-9])" + _D, r"(?:st|nd|rd|th)?", r"(?:day\s{1,2})?(?:of\s{1,2})?[-/.,]?", _MONTH + r"[-/.,\s']{0,4}" + _ANY_Y + r"(?![0-9])"),
        ),
        ("month_named_first", (r"(?<![a-z])" + _MONTH + r"[-/.]?", _D, r"(?:st|nd|rd|th)?[-/.,\s]{1,4}" + _Y + r"(?![0-9])")),
    )
)
_LOOSE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("year_first", re.compile(r"(?<![0-9])(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?![0-9])")),
    ("day_first_run", re.compile(r"(?<![0-9])(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{4})(?![0-9])")),
    ("year_first", re.compile(r"(?<![0-9])(?P<y>[0-9]{4})\s{1,4}(?P<m>[0-9]{1,2})\s{1,4}(?P<d>[0-9]{1,2})(?![0-9])")),
    ("day_first", re.compile(r"(?<![0-9])(?P<d>[0-9]{1,2})\s{1,4}(?P<m>[0-9]{1,2})\s{1,4}(?P<y>[0-9]{4})(?![0-9])")),
    ("spelled_out", re.compile(r"(?<![0-9])(?P<d>[0-9]{1,2})[^0-9]{1,12}(?P<m>[0-9]{1,2})[^0-9]{1,12}(?P<y>[0-9]{4})(?![0-9])")),
    ("spelled_out", re.compile(r"(?<![0-9])(?P<y>[0-9]{4})[^0-9]{1,12}(?P<m>[0-9]{1,2})[^0-9]{1,12}(?P<d>[0-9]{1,2})(?![0-9])")),
    ("short_run", re.compile(r"^\D{0,6}(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{2})\D{0,6}$")),
)
_DIGIT_BOXES = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_CLOCK_OR_WEEKDAY = re.compile(
    r"T?\s?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?Z?|[dmy]{1,4}\s?[-/.]\s?[dmy]{1,4}\s?[-/.]\s?[dmy]{1,4}|(?:星期|周|週)[一二三四五六日天]",
    re.IGNORECASE,
)


_MONTH_FIRST_HINT = re.compile(r"mm\s?[-/.]\s?dd", re.IGNORECASE)
_UNSURE = {"short_run": (0.5, "six digits without marks"), "spelled_out": (0.6, "figures among other words")}


class FoundDate(Value):
    """A date inside a longer text: ``text[start:end]`` is its writing, ``iso`` its normal form, ``certainty`` as in ``Normal``."""

    start: int
    end: int
    iso: str
    certainty: float = 1.0


class _Hit(NamedTuple):
    start: int
    end: int
    iso: str | None  # None: written as a date, but no such day exists
    certainty: float
    note: str


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """Every date in a text, in order, with the places of its writing. Bare digit runs (20240305) are not dates here; impossible ones are left out."""
    source = plain_with_places(text)
    return tuple(
        FoundDate(start=source.places[hit.start], end=_end_place(source, hit.end), iso=hit.iso, certainty=hit.certainty)
        for hit in _hits(source.text, _PATTERNS)
        if hit.iso is not None
    )


def read_date(text: str) -> Normal | Malformed:
    """The one date that a date field holds. Two different dates, or a date amid other figures, are not settled by guessing."""
    written = _close_digit_boxes(plain(text))
    hits = list(_hits(written, _PATTERNS)) or list(_hits(written, _LOOSE))
    possible = [hit for hit in hits if hit.iso is not None]
    if not possible:
        return Malformed(reason="no such day in the calendar" if hits else "not a date")
    if len({hit.iso for hit in possible}) > 1:
        return Malformed(reason="more than one date", doubtful=True)
    hit = possible[0]
    if _MONTH_FIRST_HINT.search(written) and hit.note == "day before month":
        return Normal(value=hit.iso or "", certainty=0.5, note="the paper asks for the month first")
    rest = _CLOCK_OR_WEEKDAY.sub(" ", written[: hit.start] + " " + written[hit.end :]) if len(possible) == 1 else ""
    if any(character.isdigit() for character in rest):
        return Normal(value=hit.iso or "", certainty=min(hit.certainty, 0.6), note="other figures stand beside the date")
    return Normal(value=hit.iso or "", certainty=hit.certainty, note=hit.note)


def _end_place(source: Plain, end: int) -> int:
    return source.places[end - 1] + 1 if end else 0


def _hits(text: str, patterns: tuple[tuple[str, re.Pattern[str]], ...]) -> Iterator[_Hit]:
    """Hits in order of place; where two patterns claim the same characters, the earlier pattern has them (possible days before others)."""
    found = [_judge(kind, match) for kind, pattern in patterns for match in pattern.finditer(text)]
    taken: list[_Hit] = []
    for hit in sorted(found, key=lambda hit: hit.iso is None):
        if all(hit.end <= other.start or hit.start >= other.end for other in taken):
            taken.append(hit)
    yield from sorted(taken)


def _judge(kind: str, match: re.Match[str]) -> _Hit:
    parts = match.groupdict()
    name = parts.get("name")
    day = _number(parts["d"])
    month = _MONTHS.index(name[:3].lower()) + 1 if name else _number(parts["m"])
    year = _year(parts["y"])
    iso = _iso(year, month, day)
    certainty, note = 1.0, ""
    short = len(parts["y"]) == 2
    if kind == "day_first" and not short and day != month and day <= 12 and iso:
        certainty, note = 0.97, "day before month"
    if short:
        certainty, note = (0.85, "two-digit year") if name or parts.get("s") == "/" else (0.7, "two-digit year")
        if iso is None and kind == "day_first" and day > 31:
            iso, certainty = _iso(_year(parts["d"]), month, int(parts["y"])), 0.6
    if kind in _UNSURE:
        certainty, note = _UNSURE[kind]
    return _Hit(match.start(), match.end(), iso, certainty, note)


def _year(text: str) -> int:
    year = int("".join(str(_CHINESE_DIGITS.get(c, c)) for c in text))
    if len(text) == 2:
        return year + (2000 if year <= 49 else 1900)
    return year


def _number(text: str) -> int:
    """Day or month in Western or Chinese figures: 5, 05, 五, 十五, 廿五, 二十五, 一五, 元."""
    if text.isascii():
        return int(text)
    if text == "元":
        return 1
    if not any(c in _TENS for c in text):
        return int("".join(str(_CHINESE_DIGITS.get(c, 0)) for c in text))
    total, pending = 0, None
    for c in text.replace("零", "").replace("〇", ""):
        if c in _CHINESE_DIGITS:
            pending = _CHINESE_DIGITS[c]
        elif c in "十拾":
            total, pending = (1 if pending is None else pending) * 10, None
        else:
            total, pending = {"廿": 20, "卅": 30}.get(c, 0), None
    return total + (pending or 0)


def _iso(year: int, month: int, day: int) -> str | None:
    if not 1850 <= year <= 2100:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _close_digit_boxes(text: str) -> str:
    """'0 2 / 0 5 / 2 0 2 4' as '02 / 05 / 2024': one digit a box, spaces between them mean nothing."""
    figures = re.findall(r"[0-9]+", text)
    if len(figures) >= 6 and all(len(figure) == 1 for figure in figures):
        return _DIGIT_BOXES.sub("", text)
    return text

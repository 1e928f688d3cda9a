"""What the drawings of all papers share: a paper with what stands on it, labels wrapped in columns, dates as offices write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.corpus.people import Applicant
from tests.corpus.sheet import WIDTH, Sheet

DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Paper:
    """One paper: its kind, a file name as offices give them, the PDF and what should be read in it."""

    kind: str
    name: str
    pdf: bytes
    pages: int = 1
    fields: dict[str, Any] = field(default_factory=dict)
    alternatives: dict[str, list[str]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    page_range: tuple[int, int] | None = None  # in a file that holds several


@dataclass(frozen=True)
class Bundle:
    """One file and the papers in it, in the order of their pages."""

    name: str
    pdf: bytes
    papers: tuple[Paper, ...]


def day_in(day: date, style: str) -> str:
    """A date as offices write it: en, dmy, dashes, iso, zh, hanzi (Chinese numerals)."""
    numbers = {
        "en": f"{day.day} {day:%B} {day.year}",
        "dmy": f"{day:%d/%m/%Y}",
        "dashes": f"{day:%d-%m-%Y}",
        "iso": f"{day:%Y-%m-%d}",
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "zh0": f"{day.year}年{day:%m}月{day:%d}日",
        "hanzi": f"{''.join(DIGITS[int(d)] for d in str(day.year))}年{_tens(day.month)}月{_tens(day.day)}日",
    }
    return numbers[style]


def _tens(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones else "")


def labelled(
    sheet: Sheet, y: float, label: str, value: str | Sequence[str], *, x: float = 60, value_x: float = 200, size: float = 10,
    latin: str | None = None, gap: float = 8,
) -> float:  # fmt: skip
    """A label wrapped in its column, and its value (or the lines of it) beside; returns the y below both."""
    below = sheet.wrapped(x, y, label, value_x - x - 6, size * 0.85)
    after = y
    for line in [value] if isinstance(value, str) else value:
        after = sheet.wrapped(value_x, after, line, WIDTH - value_x - 50, size, latin=latin)
    return max(below, after) + gap


def lines_labelled(
    sheet: Sheet,
    y: float,
    labels: Sequence[str],
    values: Sequence[str],
    *,
    x: float = 56,
    value_x: float = 200,
    size: float = 10,
    latin: str | None = None,
) -> float:
    """A label of several printed lines, with the value's lines beside them, each line at its own height."""
    for number in range(max(len(labels), len(values))):
        if number < len(labels):
            sheet.text(x, y + number * size * 1.35, labels[number], size * 0.85)
        if number < len(values):
            sheet.text(value_x, y + number * size * 1.35, values[number], size, latin=latin)
    return y + max(len(labels), len(values)) * size * 1.35 + 7


def table(
    sheet: Sheet,
    x: float,
    y: float,
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    *,
    height: float = 22,
    size: float = 10,
    ruled: bool = True,
) -> float:
    """Rows of cells; figures stand at the right of theirs. Returns the y below."""
    for row in rows:
        place = x
        for width, cell in zip(widths, row, strict=True):
            if ruled:
                sheet.rect(place, y, width, height)
            right = cell[-1:].isdigit() and len(cell) > 3
            sheet.text(place + width - 5 - sheet.width_of(cell, size) if right else place + 5, y + (height - size) / 2, cell, size)
            place += width
        y += height
    return y


def names_of(a: Applicant) -> tuple[str, ...]:
    """The applicant's names as registries print them: English in capitals, Chinese below."""
    return a.values["applicant.name_en"].upper(), a.values["applicant.name_zh"]

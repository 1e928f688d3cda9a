"""Where an address is: in Guangdong, in Hong Kong, elsewhere in China, or not to be told. The names are the programme's data."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from checks.policy import PlaceNames, Places
from parsers.folding import fold

Place = Literal["guangdong", "hong_kong", "elsewhere"]


def place_of(address: str, places: Places) -> Place | None:
    """The place that an address names; None where it names none.

    The biggest unit decides: it stands first in a Chinese address and last in an English one. A street named after a place (中山路, Canton Road) is
    no place. An address with any Chinese place name is read as Chinese.
    """
    folded = fold(address)
    chinese = _hits(folded, places, latin=False)
    if chinese:
        return min(chinese)[1]
    latin = _hits(folded, places, latin=True)
    return max(latin)[1] if latin else None


def _hits(folded: str, places: Places, *, latin: bool) -> list[tuple[int, Place]]:
    hits: list[tuple[int, Place]] = []
    kinds: tuple[tuple[Place, PlaceNames], ...] = (
        ("guangdong", places.guangdong),
        ("hong_kong", places.hong_kong),
        ("elsewhere", places.elsewhere),
    )
    for place, names in kinds:
        pattern = _pattern(names.latin if latin else names.chinese, places.streets.latin if latin else places.streets.chinese, latin)
        hits += [(match.start(), place) for match in pattern.finditer(folded)]
    return hits


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...], streets: tuple[str, ...], latin: bool) -> re.Pattern[str]:
    """Any of the names, longest first, not followed by a word for street. Pinyin may be written in syllables: Dong Guan, Shen-zhen."""
    ordered = sorted({fold(name) for name in names}, key=len, reverse=True)
    gap = r"[\s\-'’]?" if latin else ""
    alternatives = "|".join(gap.join(re.escape(character) for character in name if character != " ") for name in ordered)
    after = "|".join(re.escape(fold(street)) for street in streets)
    if latin:
        return re.compile(rf"(?<![a-z])(?:{alternatives})(?![a-z])(?!\s+(?:(?:east|west|north|south|central)\s+)?(?:{after})\b)")
    return re.compile(rf"(?:{alternatives})(?!市?[东西南北中一二三]?(?:{after}))")

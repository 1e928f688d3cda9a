"""The outcome of bringing one written value into its normal form: the value with how sure we are, or why no value can be made of it."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from parsers.folding import compatible
from parsers.values import Value


class Normal(Value):
    """A value in normal form (vocabulary.toml). ``certainty`` is 1.0 where the writing leaves no choice, lower where a rule had to choose; ``note``
    then names the choice."""

    value: bool | int | float | str
    certainty: float = 1.0
    note: str = ""


class Malformed(Value):
    """No value of the type can be made of the writing. ``doubtful`` where the writing allows several answers: a person must look, and the
    applicant is not to be told that it is wrong."""

    reason: str
    doubtful: bool = False


class Plain(NamedTuple):
    """Text with compatibility characters replaced, and for each of its characters the place in the original (one more for the end)."""

    text: str
    places: tuple[int, ...]


_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD))
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63), "-")
_BREAK = re.compile(r"(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])[ \t]*[\r\n]+\s*(?=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])")
_ARTEFACTS = re.compile(r"[\u2e80-\u2fdf\u3190-\u319f\uf900-\ufaff]")


def plain_with_places(text: str) -> Plain:
    """Compatibility characters replaced one by one, dashes made hyphens, invisible characters dropped, so that places can be traced back."""
    if text.isascii():
        return Plain(text, tuple(range(len(text) + 1)))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        replaced = character if character.isascii() else compatible(character.translate(_UNSEEN)).translate(_DASHES)
        characters.append(replaced)
        places.extend([place] * len(replaced))
    return Plain("".join(characters), (*places, len(text)))


def plain(text: str) -> str:
    """Compatibility characters replaced, dashes made hyphens, control and invisible characters made spaces or dropped, white space collapsed."""
    return " ".join(_without_controls(compatible(text.translate(_UNSEEN)).translate(_DASHES)).split())


def as_printed(text: str) -> str:
    """Text as a person sees it: control characters gone, white space collapsed, a line break inside Chinese closed up; full-width forms stay.

    Compatibility ideographs and radicals (marks of older PDF text layers, programme.md) become the characters that they show.
    """
    shown = _ARTEFACTS.sub(lambda found: compatible(found.group()), text.translate(_UNSEEN))
    return " ".join(_without_controls(_BREAK.sub("", shown)).split())


def _without_controls(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Cn", "Zl", "Zp") else c for c in text)


def whole_or_float(number: float) -> int | float:
    """A number as results carry it: whole ones as int."""
    return int(number) if float(number).is_integer() else float(number)

"""One letter laid out: the pieces of its text in each language, before the layouts make plain text and HTML of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One numbered thing to supply or correct. ``title_is_label``: the title is a name (of a field, a paper) and not a whole sentence."""

    number: int
    title: str
    reason: str = ""
    send: str = ""
    title_is_label: bool = True


@dataclass(frozen=True)
class Group:
    """One part of the list under its heading; the numbers run on from part to part."""

    heading: str
    entries: tuple[Item, ...]


@dataclass(frozen=True)
class LetterPart:
    """A letter in one language, finished words all of it. ``facts`` and ``contact`` are pairs of label and value."""

    lang: str
    programme: str
    notice: str
    salutation: str
    facts: tuple[tuple[str, str], ...]
    opening: tuple[str, ...]
    groups: tuple[Group, ...]
    closing: tuple[str, ...]
    sign_off: tuple[str, ...]
    contact: tuple[tuple[str, str], ...]
    automatic: str
    privacy_heading: str
    privacy: tuple[str, ...]
    colon: str
    reason: str
    send: str


SAMPLE = LetterPart(
    lang="en",
    programme="P",
    notice="N",
    salutation="S",
    facts=(("L", "V"),),
    opening=("O",),
    groups=(Group("H", (Item(1, "T", "R", "S"),)),),
    closing=("C",),
    sign_off=("Y",),
    contact=(("L", "V"),),
    automatic="A",
    privacy_heading="H",
    privacy=("P",),
    colon=": ",
    reason="R",
    send="S",
)

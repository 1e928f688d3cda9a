"""The rectangular company chop of Hong Kong, seen by its lettering: 'For and on behalf of', the company's name, 'Authorized Signature(s)'.

A reader of pictures takes such a stamp for print, and its last row for the form's own place to sign. Boxes are in PDF points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.folding import fold_key
from parsers.labels import LabelHit
from parsers.paper_lines import around
from parsers.values import Box, Page, Word

_BEHALF, _SIGNS = "forandonbehalfof", ("authorizedsignatures", "authorizedsignature", "authorisedsignatures", "authorisedsignature")
_ALIKE = 84.0  # rapidfuzz ratio
_HIGH_PT, _WIDE_PT = 80.0, 260.0  # of such a stamp, at most
_LEVEL_PT = 6.0  # turned rows may reach so far above one another
_NAME_ALIKE = 88.0
_ASIDE_PT, _OVER_PT, _UNDER_PT = 130.0, 90.0, 90.0  # how far from its label a stamp may stand


class _Line(NamedTuple):
    key: str
    box: Box


def stamp_with_name(page: Page, label: Box, names: Iterable[str]) -> Box | None:
    """The box of a stamp near the label of a place for the chop that has three parts: whom it is for, one of the names, the place to sign."""
    lines = [line for line in _lines(page) if _near(line.box, label)]
    for behalf in (line for line in lines if fuzz.partial_ratio(_BEHALF, line.key) >= _ALIKE and len(line.key) >= len(_BEHALF) - 3):
        block = [line for line in lines if _under(behalf.box, line.box)]
        signs = [line for line in block if _is_place_to_sign(line)]
        between = "".join(line.key for line in block if line not in signs)
        whole = between + behalf.key
        named = any(len(name) >= 4 and fuzz.partial_ratio(name, whole) >= _NAME_ALIKE for name in names if len(name) <= len(whole))
        if signs and named:
            return around(line.box for line in (behalf, *block))
    return None


def own_places_to_sign(hits: Sequence[LabelHit], page: Page) -> list[LabelHit]:
    """The labels of a form's places to sign without those that are the last row of such a stamp; all where none would be left."""
    behalf = [line for line in _lines(page) if fuzz.partial_ratio(_BEHALF, line.key) >= _ALIKE and len(line.key) >= len(_BEHALF) - 3]
    own = [hit for hit in hits if not any(_under(line.box, hit.box) for line in behalf)]
    return own or list(hits)


def _lines(page: Page) -> list[_Line]:
    """What a reader of pictures read as one line each."""
    rows: dict[int, list[Word]] = {}
    for word in page.words:
        rows.setdefault(word.line, []).append(word)
    return [_Line(fold_key("".join(word.text for word in words)), around(word.box for word in words)) for words in rows.values()]


def _is_place_to_sign(line: _Line) -> bool:
    return any(fuzz.ratio(sign, line.key) >= _ALIKE for sign in _SIGNS)


def _under(upper: Box, lower: Box) -> bool:
    """Whether a line stands below another within one stamp."""
    return (
        lower[3] - upper[3] + 6 > 0 and lower[1] - upper[1] <= _HIGH_PT and lower[0] < upper[2] + _WIDE_PT / 4 and lower[2] > upper[0] - _WIDE_PT / 4
    )


def _near(box: Box, label: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return label[0] - _ASIDE_PT <= x <= label[2] + _ASIDE_PT and label[1] - _OVER_PT <= y <= label[3] + _UNDER_PT

"""Lettering of the applicant's name around the place for a chop: a chop whose frame was not seen as one. Boxes are in PDF points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from parsers.folding import fold_key
from parsers.form_seals import CHOP, SIGNATURE
from parsers.labels import LabelHit
from parsers.values import Box, Field, Page, Read, Unreadable

_ASIDE_PT, _OVER_PT, _UNDER_PT = 120.0, 110.0, 60.0  # how far from its label the lettering of a chop may stand
_LEAST_HAN, _LEAST_LATIN = 4, 10  # characters of the name that are no chance
_SHORTEST = 2  # characters of a word of it


def without_unseen_chop(fields: Mapping[str, Field], labels: Sequence[LabelHit], pages: Mapping[int, Page]) -> dict[str, Field]:
    """The fields, a chop that is said to be absent turned into one that cannot be told where pieces of the applicant's name stand
    around its label."""
    chop = fields.get(CHOP)
    names = [fold_key(str(field.value)) for key in ("applicant.name_zh", "applicant.name_en") if isinstance(field := fields.get(key), Read)]
    if not isinstance(chop, Read) or chop.value is not False or not names:
        return dict(fields)
    for hit in (hit for hit in labels if CHOP in hit.keys):
        own_print = [label.box for label in labels if label.page == hit.page]
        own_print += [box for field in fields.values() if (box := _read_at(field, hit.page)) is not None]
        letters = "".join(dict.fromkeys(_pieces_of_name(pages[hit.page], hit.box, names, own_print)))
        if len(letters) >= (_LEAST_LATIN if letters.isascii() else _LEAST_HAN):
            evidence = chop.evidence.model_copy(update={"quote": "lettering of a stamp", "confidence": 0.5})
            return {**fields, CHOP: Unreadable(key=CHOP, text="lettering of a stamp", reason="illegible", evidence=evidence)}
    return dict(fields)


def _read_at(field: Field, page: int) -> Box | None:
    """Where the value of a field stands on a page: it is no lettering of a chop."""
    return field.evidence.box if isinstance(field, Read) and field.key not in (SIGNATURE, CHOP) and field.evidence.page == page else None


def _pieces_of_name(page: Page, label: Box, names: Sequence[str], own_print: Sequence[Box]) -> Iterable[str]:
    """Words near a label that stand in one of the names; words of the form's own labels ('Company Chop') and of its values are none."""
    for word in page.words:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        near = label[0] - _ASIDE_PT <= x <= label[2] + _ASIDE_PT and label[1] - _OVER_PT <= y <= label[3] + _UNDER_PT
        printed = any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in own_print)
        key = fold_key(word.text) if near and not printed else ""
        if len(key) >= _SHORTEST and any(key in name for name in names):
            yield key

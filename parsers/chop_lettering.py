"""Lettering of the applicant's name around the place for a chop: a chop whose frame was not seen as one. Boxes are in PDF points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from parsers.folding import fold_key
from parsers.form_seals import CHOP, NO_STAMP, SIGNATURE
from parsers.labels import LabelHit
from parsers.paper_lines import around
from parsers.seal_places import gap_between
from parsers.stamp_blocks import own_places_to_sign, stamp_with_name
from parsers.values import Box, Field, Page, Read, Unreadable, Word

_ASIDE_PT, _OVER_PT, _UNDER_PT = 120.0, 110.0, 60.0  # how far from its label the lettering of a chop may stand
_LEAST_HAN, _LEAST_LATIN = 4, 10  # characters of the name that are no chance
_LARGER, _ROWS = 1.35, 2  # height of a chop's rows by that of print, and how many there are at least
_BESIDE_PT = 40.0
_BLOCK = "for and on behalf of the applicant"
_FRAMED, _FRAMED_CERTAINTY = "lettering of the name in a frame", 0.93
_SHORTEST = 2  # characters of a word of it


def without_unseen_chop(fields: Mapping[str, Field], labels: Sequence[LabelHit], pages: Mapping[int, Page]) -> dict[str, Field]:
    """The fields, a chop that is said to be absent turned into one that cannot be told where pieces of the applicant's name stand
    around its label."""
    chop = fields.get(CHOP)
    if (stamped := _in_a_block(fields, chop, labels, pages)) is not None:
        return {**fields, CHOP: stamped}
    if isinstance(chop, Unreadable) and chop.text == NO_STAMP:
        return _with_frame_in_pieces(fields, chop, labels, pages)
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


def _in_a_block(fields: Mapping[str, Field], chop: Field | None, labels: Sequence[LabelHit], pages: Mapping[int, Page]) -> Read | None:
    """The chop as the lettering of a stamp of three rows tells it, on a picture whose form has a place to sign besides; None where it does not."""
    if chop is None or chop.evidence is None or (isinstance(chop, Read) and chop.value is True):
        return None
    names = [fold_key(str(field.value)) for key in ("applicant.name_zh", "applicant.name_en") if isinstance(field := fields.get(key), Read)]
    for hit in (hit for hit in labels if CHOP in hit.keys and pages[hit.page].source == "ocr"):
        page = pages[hit.page]
        signs = [label for label in labels if label.page == hit.page and SIGNATURE in label.keys]
        block = stamp_with_name(page, hit.box, names)
        if block is not None and any(_reaches_beyond(label.box, block) for label in own_places_to_sign(signs, page)):
            seen = {"box": block, "page": hit.page, "quote": _BLOCK, "confidence": _FRAMED_CERTAINTY}
            return Read(key=CHOP, value=True, text=_BLOCK, evidence=chop.evidence.model_copy(update=seen))
    return None


def _reaches_beyond(label: Box, block: Box) -> bool:
    """Whether a place to sign is announced outside a stamp, or beside it too."""
    return gap_between(label, block) > 0 or label[0] < block[0] - _BESIDE_PT or label[2] > block[2] + _BESIDE_PT


def _with_frame_in_pieces(fields: Mapping[str, Field], chop: Unreadable, labels: Sequence[LabelHit], pages: Mapping[int, Page]) -> dict[str, Field]:
    """The fields with a chop of which a picture's reader saw the lettering and pieces of its frame: the applicant's Chinese name, whole, in rows one
    over the other that are larger than print, or turned."""
    name = fields.get("applicant.name_zh")
    wanted = fold_key(str(name.value)) if isinstance(name, Read) else ""
    for hit in (hit for hit in labels if CHOP in hit.keys and len(wanted) >= _LEAST_HAN):
        page = pages[hit.page]
        rows = [
            word for word in page.words if _is_near(word.box, hit.box) and len(fold_key(word.text)) >= _SHORTEST and fold_key(word.text) in wanted
        ]
        usual = median([word.box[3] - word.box[1] for word in page.words if word not in rows] or [hit.box[3] - hit.box[1]])
        rows = sorted((word for word in rows if word.box[3] - word.box[1] >= _LARGER * usual), key=lambda word: word.box[1])
        if len(rows) < _ROWS or fold_key("".join(word.text for word in rows)) != wanted or not all(map(_is_under, rows, rows[1:])):
            continue
        box = around(word.box for word in rows)
        return {**fields, CHOP: Read(key=CHOP, value=True, text=_FRAMED, evidence=chop.evidence.model_copy(update=_seen(box, hit.page)))}
    return dict(fields)


def _seen(box: Box, page: int) -> dict[str, object]:
    return {"box": box, "page": page, "quote": _FRAMED, "confidence": _FRAMED_CERTAINTY}


def _is_under(upper: Word, lower: Word) -> bool:
    """Whether a word stands right below another, under most of it."""
    wide = min(upper.box[2], lower.box[2]) - max(upper.box[0], lower.box[0])
    return wide > 0.5 * min(upper.box[2] - upper.box[0], lower.box[2] - lower.box[0]) and lower.box[1] - upper.box[3] < 0.5 * (
        upper.box[3] - upper.box[1]
    )


def _is_near(box: Box, label: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return label[0] - _ASIDE_PT <= x <= label[2] + _ASIDE_PT and label[1] - _OVER_PT <= y <= label[3] + _UNDER_PT


def _read_at(field: Field, page: int) -> Box | None:
    """Where the value of a field stands on a page: it is no lettering of a chop."""
    return field.evidence.box if isinstance(field, Read) and field.key not in (SIGNATURE, CHOP) and field.evidence.page == page else None


def _pieces_of_name(page: Page, label: Box, names: Sequence[str], own_print: Sequence[Box]) -> Iterable[str]:
    """Words near a label that stand in one of the names; words of the form's own labels ('Company Chop') and of its values are none."""
    for word in page.words:
        x, y = (word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2
        near = _is_near(word.box, label)
        printed = any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for box in own_print)
        key = fold_key(word.text) if near and not printed else ""
        if len(key) >= _SHORTEST and any(key in name for name in names):
            yield key

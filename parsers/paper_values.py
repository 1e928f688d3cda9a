"""What a paper says in its own fields: the text of one paper, and values found in it turned into fields with their evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from parsers.catalogue import DocumentSpec
from parsers.dates import find_dates, read_date
from parsers.normal_values import Malformed
from parsers.paper_kinds import PageView
from parsers.paper_labels import Label, Labelled, ValueLines, labelled, values_below, values_beside
from parsers.paper_lines import Piece, Row, around, piece_of
from parsers.paper_name_ends import ended, pieces_until
from parsers.values import Evidence, Method, Read, Unreadable

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]")
_NOTHING = re.compile(r"^[\W_]*$")
_COMPANY = re.compile(r"\b(?:limited|ltd|company|co|inc|corporation|llc|llp|association|institute|council|federation|society)\b\.?", re.IGNORECASE)


class PaperText(NamedTuple):
    """One paper to be read: its pages in order, the kind's labels found on each, and what the file is called."""

    views: tuple[PageView, ...]
    sheets: tuple[Labelled, ...]
    spec: DocumentSpec
    document: str | None
    part: str

    def rows(self) -> Iterator[Row]:
        for view in self.views:
            yield from view.rows

    def pieces(self) -> Iterator[Piece]:
        for row in self.rows():
            yield from row.pieces

    def labels(self, key: str) -> Iterator[tuple[Labelled, Label]]:
        for sheet in self.sheets:
            for label in sheet.labels:
                if label.key == key:
                    yield sheet, label


class Found(NamedTuple):
    """A value found on a paper: normal form, the pieces that it was read from, and how sure the reading of them is (0 to 1)."""

    value: bool | int | float | str
    pieces: tuple[Piece, ...]
    certainty: float = 1.0
    text: str | None = None
    method: Method | None = None
    whole: bool = True  # False: plainly a fragment, or label words; not to be told as a value


def paper_text(views: Sequence[PageView], spec: DocumentSpec, *, document: str | None, part: str) -> PaperText:
    sheets = tuple(labelled(view.rows, spec, forgiving=view.page.source == "ocr") for view in views)
    return PaperText(tuple(views), sheets, spec, document, part)


def as_read(paper: PaperText, key: str, found: Found) -> Read:
    text = found.text if found.text is not None else _joined(found.pieces)
    return Read(key=key, value=found.value, text=text, evidence=_evidence(paper, found, text))


def as_unreadable(paper: PaperText, key: str, pieces: Sequence[Piece], *, reason: Literal["illegible", "malformed"] | None = None) -> Unreadable:
    """Something stands where the value should, but no value can be made of it: in a scan illegible, in digital text malformed, unless told."""
    found = Found("", tuple(pieces), 0.3)
    evidence = _evidence(paper, found, _joined(pieces))
    by_source: Literal["illegible", "malformed"] = "illegible" if evidence.method is Method.OCR else "malformed"
    return Unreadable(key=key, text=evidence.quote, reason=reason or by_source, evidence=evidence)


def dates_at(paper: PaperText, key: str) -> tuple[Found | None, tuple[Piece, ...]]:
    """The date at a field's labels: beside them or below; and, where none can be read, what stands there instead."""
    instead: tuple[Piece, ...] = ()
    for sheet, label in paper.labels(key):
        for lines in candidates(sheet, label):
            for piece in lines.lines[:3]:
                found = date_in(piece)
                if found is not None:
                    return found._replace(certainty=found.certainty * (1.0 if label.exact else 0.9)), ()
                if re.search(r"\d", piece.text) and not instead:
                    instead = (piece,)
    return None, instead


def date_in(piece: Piece) -> Found | None:
    """The one date of a piece; of a longer text, the first."""
    outcome = read_date(piece.text)
    if not isinstance(outcome, Malformed) and outcome.certainty >= 0.6:
        return Found(str(outcome.value), (piece,), outcome.certainty)
    dates = find_dates(piece.text)
    return Found(dates[0].iso, (piece,), 0.9 * dates[0].certainty, piece.text[dates[0].start : dates[0].end]) if dates else None


def candidates(sheet: Labelled, label: Label) -> Iterator[ValueLines]:
    for lines in (values_beside(sheet, label), values_below(sheet, label)):
        if lines is not None:
            yield lines


def name_in(key: str, lines: Sequence[Piece]) -> dict[str, Found]:
    """English lines joined, Chinese lines joined; lines of stars, dashes and 'N/A' are nobody's name. A line in both scripts is cut in two."""
    parts = [part for line in lines if not _NOTHING.match(line.text) for part in by_script(line)]
    english = [part for part in parts if not _CJK.search(part.text)]
    chinese = [part for part in parts if _CJK.search(part.text)]
    while len(english) > 1 and not _LATIN.search(english[-1].text):
        english.pop()
    names: dict[str, Found] = {}
    if english and len(_joined(english)) > 1 and _LATIN.search(_joined(english)):
        names[key] = _name_of(_joined(english), english)
    if chinese:
        names[key if not names else f"{key}_zh"] = _name_of("".join(part.text for part in chinese), chinese)
    return names


def _name_of(text: str, pieces: Sequence[Piece]) -> Found:
    """A name up to where it ends, with the pieces that it stands on."""
    name = ended(text)
    return Found(name, pieces_until(pieces, name) if name != text else tuple(pieces), text=name)


def by_script(piece: Piece) -> Iterator[Piece]:
    """A piece cut where English words and Chinese words meet; a Chinese name with Latin letters in it stays whole."""
    chinese = [bool(_CJK.search(word.text)) for word in piece.words]
    if all(chinese) or not any(chinese):
        yield piece
        return
    first = chinese.index(True)
    last = len(chinese) - chinese[::-1].index(True)
    head, middle, tail = piece.words[:first], piece.words[first:last], piece.words[last:]
    if sum(len(word.text) for word in head) >= 3 and any(_LATIN.search(word.text) for word in head):
        yield piece_of(head, piece.page)
        head = ()
    yield piece_of((*head, *middle), piece.page)
    if tail and any(_LATIN.search(word.text) for word in tail):
        yield piece_of(tail, piece.page)


def is_company(text: str) -> bool:
    """Whether a line reads as the name of a company or body."""
    return bool(_COMPANY.search(text) or re.search(r"(?:公司|商行|工程行|廠|厂|事務所|事务所|中心|學會|協會|商會|總會|局)(?:[\s(\uff08].*)?$", text))


def is_chinese(text: str) -> bool:
    return bool(_CJK.search(text))


def _joined(pieces: Sequence[Piece]) -> str:
    text = ""
    for piece in pieces:
        text += piece.text if not text or (_CJK.match(text[-1]) and _CJK.match(piece.text)) else f" {piece.text}"
    return text.strip()


def _evidence(paper: PaperText, found: Found, quote: str) -> Evidence:
    pages = {piece.page for piece in found.pieces}
    page = min(pages) if pages else paper.views[0].page.number
    here = [piece for piece in found.pieces if piece.page == page]
    view = next((view for view in paper.views if view.page.number == page), paper.views[0])
    source = view.page.source
    method = found.method or {"ocr": Method.OCR, "docx": Method.DOCX}.get(source, Method.TEXT)
    seen = min((piece.confidence for piece in found.pieces), default=1.0)
    box = view.slant.as_seen(around(piece.box for piece in here)) if here else None
    return Evidence(
        document=paper.document,
        part=paper.part,
        page=page,
        box=box,
        quote=quote,
        method=method,
        confidence=round(max(0.0, min(1.0, seen * found.certainty)), 3),
    )

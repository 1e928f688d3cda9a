"""What staff say of an application, laid over what was read: values that they confirmed or corrected, and which papers a file holds.

A person's word stands through every later reading of the same papers. Only a newer paper of the applicant's that says otherwise stands before
it, and then a person is told (``Told.outdated``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field as PydanticField

from parsers.values import Application, Document, Evidence, Field, Method, Missing, Read, Unreadable, Value

Said = bool | int | float | str
_PAPER = "paper:"
_INITIATIVE = "project.initiative"


class FieldCorrection(Value):
    """A value in normal form that a person confirmed or corrected (None: there is none). ``key``: of the form, or of ``paper_field_key``.

    ``last_mail``: SHA-256 of the newest mail that the case had then; what came after it may say otherwise. None: all mails were known.
    ``stands`` False takes the earlier word on the field back: what was read counts again.
    """

    key: str
    value: Said | None
    actor: str
    at: datetime
    reason: str = ""
    last_mail: str | None = None
    stands: bool = True


class PaperTold(Value):
    """One paper within a file, as a person says: its pages (from 1, both included) and its kind (a code of the catalogue)."""

    first_page: int = PydanticField(ge=1)
    last_page: int = PydanticField(ge=1)
    kind: str


class PaperLayout(Value):
    """Which papers a person says a file holds: split, merged or of another kind. It holds for those bytes wherever they come again."""

    sha256: str
    papers: tuple[PaperTold, ...]
    actor: str
    at: datetime
    reason: str = ""


class Told(Value):
    """An application with staff's word laid over it; ``outdated``: fields on which a newer paper says otherwise, and stands."""

    application: Application
    outdated: tuple[str, ...] = ()


def paper_field_key(document: Document, key: str) -> str:
    """Under which key a person corrects a paper's own field: by the file's content and the paper's first page."""
    return f"{_PAPER}{document.sha256}:{document.first_page}:{key}"


def layouts_by_file(layouts: Sequence[PaperLayout]) -> Mapping[str, tuple[PaperTold, ...]]:
    """The papers told of each file; of one file the last word counts. An empty layout takes the word back."""
    last = {layout.sha256: layout.papers for layout in layouts}
    return {sha256: papers for sha256, papers in last.items() if papers}


def standing_words(corrections: Sequence[FieldCorrection]) -> dict[str, FieldCorrection]:
    """The last word on each field, where it was not taken back."""
    last = {correction.key: correction for correction in corrections}
    return {key: correction for key, correction in last.items() if correction.stands}


def fields_as_told(joined: Application, mails: Sequence[tuple[str, Application]], corrections: Sequence[FieldCorrection]) -> Told:
    """Lays the last word on each field over the application of a case. ``mails``: each mail's SHA-256 with what it alone held, oldest first."""
    last = standing_words(corrections)
    fields, outdated = dict(joined.fields), []
    for key, correction in last.items():
        if key.startswith(_PAPER):
            continue
        if _says_otherwise_later(correction, mails):
            outdated.append(key)
        else:
            fields[key] = _as_told(correction, fields.get(key))
    settled = {key for key in last if key not in outdated}
    chosen = fields.get(_INITIATIVE)
    return Told(
        application=joined.model_copy(
            update={
                "fields": fields,
                "documents": tuple(_paper_as_told(document, last) for document in joined.documents),
                "conflicts": tuple(key for key in joined.conflicts if key not in settled),
                "initiative": str(chosen.value) if _INITIATIVE in settled and isinstance(chosen, Read) else joined.initiative,
            }
        ),
        outdated=tuple(sorted(outdated)),
    )


def _says_otherwise_later(correction: FieldCorrection, mails: Sequence[tuple[str, Application]]) -> bool:
    """Whether a mail that came after the person's word fills the field with something that neither the person nor an earlier mail said."""
    known = [sha256 for sha256, _ in mails]
    if correction.last_mail is None or correction.last_mail not in known:
        return False
    at = known.index(correction.last_mail) + 1
    before = {_content(application.fields.get(correction.key)) for _, application in mails[:at]}
    later = [_content(application.fields.get(correction.key)) for _, application in mails[at:]]
    return any(content is not None and content not in before and content != repr(correction.value) for content in later)


def _content(field: Field | None) -> str | None:
    if isinstance(field, Read):
        return repr(field.value)
    return f"unreadable {field.text}" if isinstance(field, Unreadable) else None


def _as_told(correction: FieldCorrection, read: Field | None) -> Field:
    """The field as the person says, at the place where it was read."""
    key = read.key if read is not None else correction.key
    there = read.evidence if read is not None else None
    quote = there.quote if there is not None else ""
    evidence = (there or Evidence(document=None, part="", page=1, box=None, quote="", method=Method.DERIVED, confidence=1.0)).model_copy(
        update={"method": Method.DERIVED, "confidence": 1.0, "quote": quote}
    )
    if correction.value is None:
        return Missing(key=key, evidence=evidence)
    text = read.text if isinstance(read, Read) and read.value == correction.value else str(correction.value)
    return Read(key=key, value=correction.value, text=text, evidence=evidence)


def _paper_as_told(document: Document, last: Mapping[str, FieldCorrection]) -> Document:
    start = paper_field_key(document, "")
    told = {key.removeprefix(start): correction for key, correction in last.items() if key.startswith(start)}
    if not told:
        return document
    fields = dict(document.fields)
    for key, correction in told.items():
        before = fields.get(key) or Missing(key=key)
        fields[key] = _as_told(correction, before)
    return document.model_copy(update={"fields": fields})

"""From the papers of a mail to one application: the form's fields, the supporting papers, and where two forms of one mail disagree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parsers.catalogue import Catalogue, FieldType, FormCode
from parsers.folding import fold_key
from parsers.form_reading import FormReading, read_form
from parsers.papers import papers_of
from parsers.values import Application, Document, Evidence, Field, FileRead, Method, Missing, Part, PartRole, Problem, Read, Unreadable, Value

FORM = "application_form"
# What two people may fill differently in two copies of one form without contradicting each other.
_NEVER_IN_CONFLICT = ("declaration.signature", "declaration.chop", "declaration.signed_on")


class PartRead(Value):
    """A part of the mail with what came out of reading its file."""

    part: Part
    file: FileRead


def read_application(reads: Sequence[PartRead], catalogue: Catalogue, *, links: Sequence[str] = ()) -> Application:
    """Reads one application from all papers of a mail (or of a case: then every mail's papers, the oldest first).

    Two forms that hold the same field with different values end in ``conflicts`` (programme.md: staff). Copies of the same bytes count once.
    A cloud link stands for a paper that was not attached and becomes a Document with ``link_only``.
    """
    documents: list[Document] = []
    readings: list[FormReading] = []
    first_of: dict[str, str] = {}
    for item in reads:
        if item.part.role is not PartRole.PAPER:
            continue
        papers = papers_of(item.part, item.file, catalogue)
        copy_of = first_of.setdefault(item.part.sha256, item.part.path)
        if copy_of != item.part.path:
            documents.extend(paper.model_copy(update={"duplicate_of": copy_of}) for paper in papers)
            continue
        documents.extend(papers)
        readings.extend(_forms_in(item, papers, catalogue))
    documents.extend(_linked(link) for link in links)
    form, initiative, fields, conflicts = _merged(readings, catalogue)
    return Application(
        form=form,
        initiative=initiative,
        fields=fields,
        documents=tuple(documents),
        conflicts=conflicts,
        form_pages_unread=any(reading.unread for reading in readings),
    )


def _forms_in(item: PartRead, papers: Iterable[Document], catalogue: Catalogue) -> list[FormReading]:
    readings = []
    for paper in papers:
        if paper.kind == FORM and not paper.problems:
            pages = [page for page in item.file.pages if paper.first_page <= page.number <= paper.last_page]
            readings.append(read_form(pages, catalogue, document=item.part.name, part=item.part.path))
    return readings


def _linked(link: str) -> Document:
    """A paper that the mail only links to: nothing was opened, nothing was fetched."""
    evidence = Evidence(document=None, part="1", page=1, box=None, quote=link, method=Method.TEXT, confidence=1.0)
    return Document(
        name=None,
        part="1",
        sha256="",
        kind="other",
        confidence=1.0,
        first_page=1,
        last_page=1,
        text_source="none",
        problems=(Problem.LINK_ONLY,),
        fields={"link": Read(key="link", value=link, text=link, evidence=evidence)},
    )


def _merged(readings: Sequence[FormReading], catalogue: Catalogue) -> tuple[FormCode | None, str | None, dict[str, Field], tuple[str, ...]]:
    """One form out of several readings: pages that came as separate files, or the same form sent twice."""
    ranked = sorted(readings, key=lambda reading: -sum(isinstance(field, Read) for field in reading.fields.values()))
    forms = {reading.form for reading in ranked if reading.form}
    form = next((reading.form for reading in ranked if reading.form), None)
    fields: dict[str, Field] = {}
    conflicts: list[str] = ["project.initiative"] if len(forms) > 1 else []
    wanted = {spec.key for spec in catalogue.fields_of(form)} if form else {spec.key for spec in catalogue.fields}
    for reading in ranked:
        for key, field in reading.fields.items():
            if key not in wanted:
                continue
            known = fields.get(key)
            if known is not None and _contradicts(key, known, field, catalogue) and key not in conflicts:
                conflicts.append(key)
            fields[key] = field if known is None else _better(known, field)
    chosen = fields.get("project.initiative")
    initiative = str(chosen.value) if isinstance(chosen, Read) else next((reading.initiative for reading in ranked if reading.initiative), None)
    return form, initiative, fields, tuple(conflicts)


def _rank(field: Field) -> tuple[int, float]:
    if isinstance(field, Read):
        return (3 + (field.value is True), field.evidence.confidence)
    if isinstance(field, Unreadable):
        return (2, field.evidence.confidence)
    return (1 if field.evidence else 0, 0.0)


def _better(known: Field, other: Field) -> Field:
    return other if _rank(other) > _rank(known) else known


def _contradicts(key: str, known: Field, other: Field, catalogue: Catalogue) -> bool:
    if key in _NEVER_IN_CONFLICT or isinstance(known, Missing) or isinstance(other, Missing):
        return False
    if not (isinstance(known, Read) and isinstance(other, Read)):
        return False
    if catalogue.field(key).type in (FieldType.NAME, FieldType.TEXT, FieldType.ADDRESS):
        return fold_key(str(known.value)) != fold_key(str(other.value))
    return known.value != other.value

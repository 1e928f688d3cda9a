"""From the papers of a mail to one application: the form's fields, the supporting papers, and where two forms of one mail disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from rapidfuzz import fuzz

from parsers.catalogue import Catalogue, FieldType, FormCode
from parsers.corrections import PaperTold
from parsers.folding import fold_key
from parsers.form_reading import FormReading, is_unread, read_form
from parsers.paper_kinds import view_page
from parsers.papers import meant_by_name, papers_as_told, papers_of
from parsers.spreads import laid_apart, with_pages
from parsers.upright import fields_as_displayed, held_upright
from parsers.values import Application, Document, Evidence, Field, FileRead, Method, Missing, Part, PartRole, Problem, Read, Unreadable, Value
from parsers.weighing import weighed

FORM, OTHER = "application_form", "other"
_SEALS = ("declaration.signature", "declaration.chop")
# What two people may fill differently in two copies of one form without contradicting each other.
_NEVER_IN_CONFLICT = (*_SEALS, "declaration.signed_on")
_LEAST_OF_A_PAGE = 2  # fields that a page without a title must hold to be a page of the form
_PLACES_OF_A_PAGE = 3  # a form whose page is lost lacks the places of at least so many fields
_WHOLE_TITLE = 0.98  # strength of a heading at the top that is a kind's title and nothing else
_SURE = 0.93  # a scanned value read with less says nothing against the same value in a digital copy
_ALIKE = 90.0  # rapidfuzz ratio of folded texts, one of them read from a picture, that are taken for the same


class PartRead(Value):
    """A part of the mail with what came out of reading its file."""

    part: Part
    file: FileRead


def read_application(
    reads: Sequence[PartRead], catalogue: Catalogue, *, links: Sequence[str] = (), layouts: Mapping[str, Sequence[PaperTold]] = MappingProxyType({})
) -> Application:
    """Reads one application from all papers of a mail. ``layouts``: what a person says a file holds, by its SHA-256.

    Two forms that hold the same field with different values end in ``conflicts`` (programme.md: staff). Copies of the same bytes count once.
    A cloud link stands for a paper that was not attached and becomes a Document with ``link_only``. Confidence is what the catalogue's calibration
    makes of it, all papers considered.
    """
    documents: list[Document] = []
    readings: list[FormReading] = []
    first_of: dict[str, str] = {}
    found: list[tuple[PartRead, Document]] = []
    lost = False  # something that may have been a page of the form could not be read
    for item in reads:
        if item.part.role is not PartRole.PAPER:
            continue
        papers = _papers_in(item, catalogue, layouts.get(item.part.sha256))
        copy_of = first_of.setdefault(item.part.sha256, item.part.path)
        if copy_of != item.part.path:
            documents.extend(paper.model_copy(update={"duplicate_of": copy_of}) for paper in papers)
            continue
        documents.extend(papers)
        found.extend((item, paper) for paper in papers)
        readings.extend(_forms_in(item, papers, catalogue))
        lost = lost or _may_hide_form_page(item, papers)
    if readings:
        for paper, reading in _later_pages(found, readings, catalogue, told=layouts.keys()):
            documents[documents.index(paper)] = paper.model_copy(update={"kind": FORM, "confidence": 0.7})
            readings.append(reading)
    documents.extend(_linked(link) for link in links)
    form, initiative, fields, conflicts = _merged(readings, catalogue)
    application = Application(
        form=form,
        initiative=initiative,
        fields=fields,
        documents=tuple(documents),
        conflicts=conflicts,
        form_pages_unread=any(reading.unread for reading in readings) or (bool(readings) and lost and _lacks_a_page(fields)),
    )
    return weighed(application, catalogue)


def _may_hide_form_page(item: PartRead, papers: Sequence[Document]) -> bool:
    """Whether part of the file could not be read, and neither its name nor its other pages tell that it is no form."""
    if any(paper.kind == FORM and paper.problems for paper in papers):
        return True
    if all(paper.meant not in (None, FORM) for paper in papers):
        return False
    whole = item.file.outcome == "read" and len(item.file.pages) >= item.file.page_count
    return not whole or any(is_unread(page) for page in item.file.pages)


def _lacks_a_page(fields: Mapping[str, Field]) -> bool:
    """Whether so many places were not found on the form that a page of it may be lost."""
    return sum(isinstance(field, Missing) and field.evidence is None for field in fields.values()) >= _PLACES_OF_A_PAGE


def _forms_in(item: PartRead, papers: Iterable[Document], catalogue: Catalogue) -> list[FormReading]:
    return [_reading_of(item, paper, catalogue) for paper in papers if paper.kind == FORM and not paper.problems]


def _papers_in(item: PartRead, catalogue: Catalogue, told: Sequence[PaperTold] | None) -> tuple[Document, ...]:
    """The papers of a file, read with its pages held upright and spreads laid apart; evidence stands where a person sees it."""
    held = item.file.model_copy(update={"pages": tuple(held_upright(page) for page in item.file.pages)})
    spread = laid_apart(held.pages) if told is None else None
    if told is not None:
        papers = papers_as_told(item.part, held, catalogue, told)
    elif spread is not None:
        papers = tuple(spread.document(paper) for paper in papers_of(item.part, with_pages(held, spread), catalogue))
    else:
        papers = papers_of(item.part, held, catalogue)
    return tuple(paper.model_copy(update={"fields": fields_as_displayed(paper.fields, item.file.pages)}) for paper in papers)


def _reading_of(item: PartRead, paper: Document, catalogue: Catalogue) -> FormReading:
    """One form read with its pages held upright and spreads laid apart; evidence stands where a person sees it."""
    pages = [held_upright(page) for page in item.file.pages if paper.first_page <= page.number <= paper.last_page]
    spread = laid_apart(pages)
    reading = read_form(spread.pages if spread else pages, catalogue, document=item.part.name, part=item.part.path)
    fields = spread.put_back(reading.fields) if spread else reading.fields
    return reading.model_copy(update={"fields": fields_as_displayed(fields, item.file.pages)})


def _later_pages(
    found: Sequence[tuple[PartRead, Document]], readings: Sequence[FormReading], catalogue: Catalogue, *, told: Collection[str]
) -> Iterator[tuple[Document, FormReading]]:
    """Papers that go on with the form: they stand next to a page of it, and every field on them is one that it lacks. A paper that was taken for
    one of another kind, by a word at its head, must ask what only a form asks; what a person told of a file (``told``: SHA-256) stands."""
    known = list(readings)
    forms = {at for at, (_, paper) in enumerate(found) if paper.kind == FORM}
    for at, (item, paper) in enumerate(found):
        beside = {at - 1, at + 1} & forms
        if paper.kind == FORM or paper.problems or paper.meant not in (None, FORM) or not beside:
            continue
        of_its_own = paper.kind != OTHER
        if of_its_own and item.part.sha256 in told:
            continue
        if of_its_own and (_clearly_titled(item, paper, catalogue) or not any(_goes_on(item, found[other][0], catalogue) for other in beside)):
            continue
        reading = _reading_of(item, paper, catalogue)
        lacking = {key for key, field in _merged(known, catalogue)[2].items() if isinstance(field, Missing) and field.evidence is None}
        here = {key for key, field in reading.fields.items() if not (isinstance(field, Missing) and field.evidence is None)}
        if len(here) >= _LEAST_OF_A_PAGE and here <= lacking and (not of_its_own or _asks_as_a_form(here)):
            known.append(reading)
            forms.add(at)
            yield paper, reading


def _clearly_titled(item: PartRead, paper: Document, catalogue: Catalogue) -> bool:
    """Whether the paper's first page is headed by nothing but the title of its kind."""
    page = next((page for page in item.file.pages if page.number == paper.first_page), None)
    return page is None or view_page(held_upright(page), catalogue).like(paper.kind).title >= _WHOLE_TITLE


def _goes_on(item: PartRead, form: PartRead, catalogue: Catalogue) -> bool:
    """Whether a file may go on where a form ends: the same file, or one whose name tells no other paper."""
    return item.part.path == form.part.path or meant_by_name(item.part.name, catalogue) in (None, FORM)


def _asks_as_a_form(keys: set[str]) -> bool:
    """Whether no other paper asks for all this: places to sign beside particulars, or a factory with its trade or its connection."""
    declared = {key for key in keys if key.startswith("declaration.")}
    if len(declared) >= _LEAST_OF_A_PAGE and len(keys - declared) >= _LEAST_OF_A_PAGE:
        return True
    return len(keys) >= 2 * _LEAST_OF_A_PAGE and bool(keys & {"connection.type", "factory.sector"})


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
    forms = {reading.form for reading in ranked if reading.form and reading.told}
    form = next((reading.form for reading in sorted(ranked, key=lambda reading: not reading.told) if reading.form), None)
    fields: dict[str, Field] = {}
    conflicts: list[str] = ["project.initiative"] if len(forms) > 1 else []
    wanted = {spec.key for spec in catalogue.fields_of(form)} if form else {spec.key for spec in catalogue.fields}
    for reading in ranked:
        for key, field in reading.fields.items():
            if key not in wanted:
                continue
            known = fields.get(key)
            if known is not None and contradicts(key, known, field, catalogue) and key not in conflicts:
                conflicts.append(key)
            fields[key] = field if known is None else better(known, field)
    chosen = fields.get("project.initiative")
    initiative = str(chosen.value) if isinstance(chosen, Read) else next((reading.initiative for reading in ranked if reading.initiative), None)
    return form, initiative, fields, tuple(conflicts)


def _rank(field: Field) -> tuple[int, float]:
    """A value before something unreadable before an empty place; but 'not signed' counts only where no copy leaves a doubt."""
    if isinstance(field, Read):
        level = 4 if field.value is True else 1 if field.key in _SEALS else 3
        return (level, field.evidence.confidence)
    if isinstance(field, Unreadable):
        return (2, field.evidence.confidence)
    return (0, 1.0 if field.evidence else 0.0)


def better(known: Field, other: Field) -> Field:
    """The one of two readings of the same field that says more, and more surely."""
    return other if _rank(other) > _rank(known) else known


def contradicts(key: str, known: Field, other: Field, catalogue: Catalogue) -> bool:
    """Whether two forms say different things, beyond what a reading of a picture may get wrong."""
    if key in _NEVER_IN_CONFLICT or isinstance(known, Missing) or isinstance(other, Missing):
        return False
    if not (isinstance(known, Read) and isinstance(other, Read)):
        return False
    methods = {known.evidence.method, other.evidence.method}
    from_picture = Method.OCR in methods
    if catalogue.field(key).type in (FieldType.NAME, FieldType.TEXT, FieldType.ADDRESS):
        one, two = fold_key(str(known.value)), fold_key(str(other.value))
        return one != two and not (from_picture and fuzz.ratio(one, two) >= _ALIKE)
    doubtful = len(methods) > 1 and any(field.evidence.method is Method.OCR and field.evidence.confidence < _SURE for field in (known, other))
    return known.value != other.value and not doubtful

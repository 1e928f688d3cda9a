"""From the mails of a case to one application: what came later stands before what came earlier, and everything is kept.

A later form's answer replaces the earlier one's; a later paper takes the place of the earlier one of its kind (programme.md, 'Two clocks': a
supplement completes the earlier application). Two forms that disagree in who applies, or in whom to write to, are for staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from parsers.application import FORM, OTHER, better, contradicts
from parsers.catalogue import Catalogue
from parsers.folding import fold_key
from parsers.values import Application, Document, Field, Missing, Problem, Read

# Who applies, and to whom the letters of the case go: a second form that changes either is looked at before anything is written.
WHO_APPLIES = ("applicant.name_en", "applicant.name_zh", "applicant.br_number", "contact.email")
_INITIATIVE = "project.initiative"
_SEALS = ("declaration.signature", "declaration.chop")
_SIGNED_ON = "declaration.signed_on"
_DAYS = ("expires_on", "made_up_to", "dated")  # of two papers of one kind the one with the earlier day does not replace the other
_LOST_PLACES = 3  # a form that lacks the places of so many fields is not whole


def application_of_case(applications: Sequence[Application], catalogue: Catalogue) -> Application:
    """One application out of what each mail of a case held, the oldest first. ValueError for a case without mails.

    Parts of later mails get their mail's number before them ("2:3!br.pdf"), so that every paper of the case has a name of its own.
    """
    if not applications:
        raise ValueError("a case has at least one mail")
    known = applications[0]
    for number, later in enumerate(applications[1:], start=2):
        known = _joined(known, _of_mail(later, number), catalogue)
    return known


def standing(application: Application) -> Application:
    """The application without the papers whose place a later one took: what the rules judge."""
    kept = tuple(document for document in application.documents if document.superseded_by is None)
    return application if len(kept) == len(application.documents) else application.model_copy(update={"documents": kept})


def mail_and_part(part: str) -> tuple[int, str]:
    """The number of the mail within its case (from 1) and the part within that mail, of a paper's or an evidence's ``part``."""
    number, colon, path = part.partition(":")
    return (int(number), path) if colon and number.isdigit() else (1, part)


def _joined(known: Application, later: Application, catalogue: Catalogue) -> Application:
    fields = dict(known.fields)
    conflicts = [key for key in known.conflicts if key in (*WHO_APPLIES, _INITIATIVE) or not _tells(later.fields.get(key))]
    conflicts += [key for key in later.conflicts if key not in conflicts]
    for key, field in later.fields.items():
        before = fields.get(key)
        fields[key], disagrees = (field, False) if before is None else _later_word(key, before, field, catalogue)
        if disagrees and key not in conflicts:
            conflicts.append(key)
    if known.form and later.form and known.form != later.form and _INITIATIVE not in conflicts:
        conflicts.append(_INITIATIVE)
    return Application(
        form=later.form or known.form,
        initiative=later.initiative or known.initiative,
        fields=fields,
        documents=(*_superseded(known.documents, later.documents, catalogue), *_copies_marked(known.documents, later.documents)),
        conflicts=tuple(conflicts),
        form_pages_unread=later.form_pages_unread or _may_be_its_page(known, later) or (known.form_pages_unread and not _is_whole(later)),
    )


def _later_word(key: str, before: Field, later: Field, catalogue: Catalogue) -> tuple[Field, bool]:
    """What stands after a second form, and whether a person must look: the two name different applicants, or a signature has gone."""
    if isinstance(later, Missing):
        return (later if isinstance(before, Missing) and later.evidence is not None else before), False
    if not (isinstance(before, Read) and isinstance(later, Read)):
        return later, False
    if key in _SEALS:
        return (before, True) if before.value is True and later.value is not True else (later, False)
    if key == _SIGNED_ON:
        return later, False
    if not contradicts(key, before, later, catalogue):
        return better(before, later), False
    return later, key in WHO_APPLIES or key == _INITIATIVE


def _tells(field: Field | None) -> bool:
    return field is not None and not isinstance(field, Missing)


def _is_whole(application: Application) -> bool:
    """Whether a mail held a form of its own of which no page seems lost."""
    return application.form is not None and _unseen_places(application) < _LOST_PLACES


def _may_be_its_page(known: Application, later: Application) -> bool:
    """Whether a paper of no kind may be the page that the form on record lacks: then a person looks, before anybody is asked for what was sent."""
    pages = [paper for paper in later.documents if paper.kind == OTHER and not paper.problems and paper.meant in (None, FORM)]
    return bool(pages) and known.form is not None and later.form is None and _unseen_places(known) >= _LOST_PLACES


def _unseen_places(application: Application) -> int:
    return sum(isinstance(field, Missing) and field.evidence is None for field in application.fields.values())


def _superseded(known: Sequence[Document], later: Sequence[Document], catalogue: Catalogue) -> Iterable[Document]:
    """The earlier papers, those marked whose place a later one takes. A link stands for papers that now came."""
    brought = [paper for paper in later if not paper.problems]
    several = {spec.code for spec in catalogue.documents if spec.several}
    for paper in known:
        if paper.superseded_by is not None:
            yield paper
            continue
        successor = next((each for each in brought if _replaces(each, paper, several)), None)
        if successor is None and Problem.LINK_ONLY in paper.problems:
            successor = next(iter(brought), None)
        yield paper if successor is None else paper.model_copy(update={"superseded_by": successor.part})


def _replaces(later: Document, paper: Document, several: set[str]) -> bool:
    """Whether a later paper takes an earlier one's place: of the same kind, or what the earlier was meant to be and could not be read."""
    if later.sha256 == paper.sha256 or later.kind == OTHER:
        return False
    if paper.problems and later.kind in (paper.meant, paper.kind):
        return True
    if later.kind == FORM or later.kind != paper.kind or _is_older(later, paper):
        return False
    supplier = _value(later, "supplier")
    return later.kind not in several or (bool(supplier) and fold_key(str(supplier)) == fold_key(str(_value(paper, "supplier") or "")))


def _is_older(later: Document, paper: Document) -> bool:
    days = ((_value(later, key), _value(paper, key)) for key in _DAYS)
    return any(one is not None and other is not None and str(one) < str(other) for one, other in days)


def _value(paper: Document, key: str) -> object:
    field = paper.fields.get(key)
    return field.value if isinstance(field, Read) else None


def _copies_marked(known: Sequence[Document], later: Sequence[Document]) -> Iterable[Document]:
    """The later papers, those marked whose very bytes and pages an earlier mail brought. A paper sent again stands again."""
    seen = {(paper.sha256, paper.first_page, paper.last_page): paper for paper in known if paper.sha256 and paper.duplicate_of is None}
    for paper in later:
        earlier = seen.get((paper.sha256, paper.first_page, paper.last_page))
        copied = earlier is not None and earlier.superseded_by is None and paper.duplicate_of is None
        yield paper.model_copy(update={"duplicate_of": earlier.part}) if copied and earlier is not None else paper


def _of_mail(application: Application, number: int) -> Application:
    """The same application with its mail's number before every part."""
    return application.model_copy(
        update={
            "fields": _numbered(application.fields, number),
            "documents": tuple(
                document.model_copy(
                    update={
                        "part": f"{number}:{document.part}",
                        "duplicate_of": f"{number}:{document.duplicate_of}" if document.duplicate_of else None,
                        "fields": _numbered(document.fields, number),
                    }
                )
                for document in application.documents
            ),
        }
    )


def _numbered(fields: Mapping[str, Field], number: int) -> dict[str, Field]:
    return {
        key: field
        if field.evidence is None
        else field.model_copy(update={"evidence": field.evidence.model_copy(update={"part": f"{number}:{field.evidence.part}"})})
        for key, field in fields.items()
    }

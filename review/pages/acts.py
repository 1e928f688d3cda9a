"""What staff do with a case: confirm, correct, overrule, check again, release. An act is refused where somebody was there first."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from parsers.catalogue import FieldSpec, FieldType
from parsers.normal_forms import Normal, read_value
from replies.values import Reply
from review.desk import WorkError
from review.visit import Acting, Looking, Visit
from storage.audit import note, trail
from storage.cases import case_by_reference, close_case
from storage.database import Transaction
from storage.outbox import letter as letter_by_id
from storage.outbox import letters_of_case, resolve
from storage.site import LOOKS, revision_of
from storage.staff import correct, overrule
from storage.values import Case, CaseState, LetterState

router = APIRouter()


@router.post("/cases/{reference}/fields")
def say_value(
    visit: Acting,
    reference: str,
    key: Annotated[str, Form()],
    act: Annotated[str, Form()] = "say",
    value: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    revision: Annotated[str, Form()] = "",
) -> Response:
    """Confirms or corrects one value, and checks the case again at once."""
    spec = _spec(visit, key)
    said = None if act == "empty" else _normal(visit, value, spec)
    with visit.desk.database.transaction() as tx:
        case = _unchanged(visit, tx, reference, revision)
        now = visit.desk.clock()
        correct(tx, case.id, key, said, actor=visit.person.name, at=now, reason=reason)
        note(tx, at=now, actor=visit.person.name, action="value corrected", reference=reference, detail=key)
    visit.desk.work.recheck(reference, actor=visit.person.name)
    return _back(reference, key)


@router.post("/cases/{reference}/findings")
def overrule_finding(
    visit: Acting,
    reference: str,
    check: Annotated[str, Form()],
    fingerprint: Annotated[str, Form()],
    reason: Annotated[str, Form()],
    revision: Annotated[str, Form()] = "",
    stands: Annotated[bool, Form()] = True,
) -> Response:
    """Overrules a finding with a reason, or takes that back, and checks the case again at once."""
    with visit.desk.database.transaction() as tx:
        case = _unchanged(visit, tx, reference, revision)
        now = visit.desk.clock()
        overrule(tx, case.id, check, fingerprint, actor=visit.person.name, at=now, reason=reason, stands=stands)
        note(tx, at=now, actor=visit.person.name, action="finding overruled" if stands else "finding restored", reference=reference, detail=check)
    visit.desk.work.recheck(reference, actor=visit.person.name)
    return _back(reference)


@router.post("/cases/{reference}/recheck")
def check_again(visit: Acting, reference: str, revision: Annotated[str, Form()] = "") -> Response:
    """Decides the case again from what was read and what staff said."""
    with visit.desk.database.transaction() as tx:
        _unchanged(visit, tx, reference, revision)
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="checked again", reference=reference)
    visit.desk.work.recheck(reference, actor=visit.person.name)
    return _back(reference)


@router.post("/cases/{reference}/state")
def change_state(visit: Acting, reference: str, state: Annotated[CaseState, Form()], revision: Annotated[str, Form()] = "") -> Response:
    """Staff are done with a case, or open it again."""
    if state is CaseState.ERASED:
        raise WorkError("a case is erased by the command `intake erase`, and not here")
    with visit.desk.database.transaction() as tx:
        case = _unchanged(visit, tx, reference, revision)
        close_case(tx, case.id, state=state)
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action=f"case {state.value}", reference=reference)
    return _back(reference)


@router.get("/cases/{reference}/letter")
def letter_page(visit: Looking, reference: str) -> Response:
    """The letter that the decision leads to, as the applicant would get it, and those that were written before."""
    with visit.desk.database.reading() as tx:
        case = _case(tx, reference)
        letters = letters_of_case(tx, case.id)
        revision = revision_of(tx, case.id, reference)
    answer = visit.desk.work.answer(reference)
    due = answer if isinstance(answer, Reply) else None
    return visit.page(
        "letter.html.j2", case=case, letters=letters, due=due, reason="" if isinstance(answer, Reply) else answer.reason, revision=revision
    )


@router.post("/cases/{reference}/letter")
def release_letter(
    visit: Acting, reference: str, text: Annotated[str, Form()] = "", subject: Annotated[str, Form()] = "", revision: Annotated[str, Form()] = ""
) -> Response:
    """Releases the letter, with the words that staff gave it."""
    with visit.desk.database.transaction() as tx:
        _unchanged(visit, tx, reference, revision)
    answer = visit.desk.work.answer(reference)
    if not isinstance(answer, Reply):
        raise WorkError(answer.reason)
    visit.desk.work.release(reference, actor=visit.person.name, reply=answer, subject=subject or answer.subject, text=text or answer.text)
    return RedirectResponse(f"/cases/{reference}/letter", status_code=303)


@router.post("/letters/{letter_id}")
def change_letter(visit: Acting, letter_id: int, state: Annotated[LetterState, Form()], reason: Annotated[str, Form()] = "") -> Response:
    """Releases a held letter, holds one that waits, or says what became of a doubtful one."""
    now = visit.desk.clock()
    with visit.desk.database.transaction() as tx:
        letter = letter_by_id(tx, letter_id)
        resolve(tx, letter_id, state, at=now, actor=visit.person.name, reason=reason)
        note(tx, at=now, actor=visit.person.name, action=f"letter {state.value}", reference=letter.reference, detail=f"letter {letter_id}")
    return RedirectResponse(f"/cases/{letter.reference}/letter", status_code=303)


def _unchanged(visit: Visit, tx: Transaction, reference: str, revision: str) -> Case:
    """The case, where nobody did anything to it since the page was made. Raises WorkError that names who did."""
    case = _case(tx, reference)
    if revision_of(tx, case.id, reference) != revision:
        acts = [entry for entry in trail(tx, reference=reference) if entry.action not in LOOKS]
        who = acts[-1].actor if acts else "service"
        raise WorkError(visit.t("problem.changed", name=who))
    return case


def _case(tx: Transaction, reference: str) -> Case:
    case = case_by_reference(tx, reference)
    if case is None:
        raise HTTPException(404)
    return case


def _spec(visit: Visit, key: str) -> FieldSpec | FieldType:
    """What kind of value a field of the form, or of a paper, holds."""
    catalogue = visit.desk.catalogue
    found = next((spec for spec in catalogue.fields if spec.key == key), None)
    if found is not None:
        return found
    own = key.rpartition(":")[2]
    types = [field.type for document in catalogue.documents for field in document.fields if field.key == own]
    return types[0] if types else FieldType.TEXT


def _normal(visit: Visit, value: str, spec: FieldSpec | FieldType) -> bool | int | float | str:
    """The value's normal form. Raises WorkError, in plain words, where it has none."""
    type_, choices = (spec.type, spec.choices) if isinstance(spec, FieldSpec) else (spec, ())
    read = read_value(value, type_, choices=choices, region="HK")
    if not isinstance(read, Normal) and type_ is FieldType.PHONE:
        read = read_value(value, type_, choices=choices, region="CN")
    if not isinstance(read, Normal):
        raise WorkError(visit.t("problem.no_value", value=value[:80], reason=read.reason))
    return read.value


def _back(reference: str, focus: str = "") -> Response:
    there = f"/cases/{reference}?focus={quote(focus)}" if focus else f"/cases/{reference}"
    return RedirectResponse(there, status_code=303)

"""The forms by which staff act on a case: each leads back to the case, or says in words why nothing changed."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from replies.values import Reply
from review.visit import Acting, Looking
from storage.audit import note
from storage.cases import case_by_reference
from storage.outbox import letters_of_case
from storage.site import revision_of
from storage.values import CaseState, LetterState

router = APIRouter()
Given = Annotated[str, Form()]


@router.post("/cases/{reference}/fields")
def say_value(visit: Acting, reference: str, key: Given, act: Given = "say", value: Given = "", reason: Given = "", revision: Given = "") -> Response:
    visit.acts.say_value(reference, key=key, text=None if act == "empty" else value, reason=reason, revision=revision)
    return _back(reference, key)


@router.post("/cases/{reference}/findings")
def overrule_finding(
    visit: Acting, reference: str, check: Given, fingerprint: Given, reason: Given, revision: Given = "", stands: Annotated[bool, Form()] = True
) -> Response:
    visit.acts.overrule(reference, check=check, fingerprint=fingerprint, reason=reason, stands=stands, revision=revision)
    return _back(reference)


@router.post("/cases/{reference}/recheck")
def check_again(visit: Acting, reference: str, revision: Given = "") -> Response:
    visit.acts.recheck(reference, revision=revision)
    return _back(reference)


@router.post("/cases/{reference}/state")
def change_state(visit: Acting, reference: str, state: Annotated[CaseState, Form()], revision: Given = "") -> Response:
    visit.acts.change_state(reference, state, revision=revision)
    return _back(reference)


@router.get("/cases/{reference}/letter")
def letter_page(visit: Looking, reference: str) -> Response:
    """The letter that the decision leads to, as the applicant would get it, and those that were written before."""
    with visit.desk.database.transaction() as tx:
        case = case_by_reference(tx, reference)
        if case is None:
            raise HTTPException(404)
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="letter shown", reference=reference)
        letters = letters_of_case(tx, case.id)
        revision = revision_of(tx, case.id, reference)
    answer = visit.acts.letter_due(reference)
    due, reason = (answer, "") if isinstance(answer, Reply) else (None, answer.reason)
    return visit.page("letter.html.j2", case=case, letters=letters, due=due, reason=reason, revision=revision)


@router.post("/cases/{reference}/letter")
def release_letter(visit: Acting, reference: str, text: Given = "", subject: Given = "", revision: Given = "") -> Response:
    visit.acts.release(reference, subject=subject, text=text, revision=revision)
    return RedirectResponse(f"/cases/{reference}/letter", status_code=303)


@router.post("/letters/{letter_id}")
def change_letter(visit: Acting, letter_id: int, state: Annotated[LetterState, Form()], reason: Given = "") -> Response:
    letter = visit.acts.change_letter(letter_id, state, reason=reason)
    return RedirectResponse(f"/cases/{letter.reference}/letter", status_code=303)


def _back(reference: str, focus: str = "") -> Response:
    there = f"/cases/{reference}?focus={quote(focus)}" if focus else f"/cases/{reference}"
    return RedirectResponse(there, status_code=303)

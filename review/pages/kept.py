"""Test cases: what staff put right, kept with its personal data masked, so that no later version reads it wrongly again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from review.desk import WorkError
from review.keeping import keep, kept_cases
from review.masked_files import CannotMask
from review.pages.acts import refusal
from review.pages.cases import show_case
from review.pages.queues import terms_of
from review.visit import Acting, Looking
from storage.audit import note
from storage.cases import arrivals_of
from storage.queues import queue_counts
from storage.register import case_record

router = APIRouter()


@router.get("/test-cases")
def kept_page(visit: Looking) -> Response:
    """What was kept. No personal data stands on this page."""
    with visit.desk.database.reading() as tx:
        counts = queue_counts(tx, terms_of(visit))
    return visit.page("kept.html.j2", kept=kept_cases(visit.desk.kept), folder=str(visit.desk.kept or ""), counts=counts, queue=None)


@router.post("/cases/{reference}/keep")
def keep_case(visit: Acting, reference: str, why: Annotated[str, Form()] = "") -> Response:
    """Keeps the case as it stands now; where that cannot be done without personal data, says why."""
    with visit.desk.database.reading() as tx:
        record = case_record(tx, reference)
        if record is None:
            raise HTTPException(404)
        mails = arrivals_of(tx, record.case.id)

    def doing() -> None:
        if not (record.corrections or record.overrulings or record.layouts):
            raise WorkError(visit.t("kept.nothing_said"))
        try:
            made = keep(visit.desk, record, mails, actor=visit.person.name, why=why.strip()[:500])
        except CannotMask as error:
            raise WorkError(visit.t(f"kept.why_{error.code}", name=error.name)) from error
        with visit.desk.database.transaction() as tx:
            note(tx, at=visit.desk.clock(), actor=visit.person.name, action="test case kept", reference=reference, detail=made.file)

    refused = refusal(visit, doing, form="keep", typed={"why": why})
    return show_case(visit, reference, refused=refused) if refused else RedirectResponse("/test-cases", status_code=303)

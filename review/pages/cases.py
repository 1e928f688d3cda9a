"""One case on one screen: what was read, from where, what was found, what was written."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from review.visit import Looking
from storage.audit import note
from storage.register import case_record
from storage.site import be_present, others_present, revision_of

router = APIRouter()
_PRESENT = timedelta(minutes=2)


@router.get("/cases/{reference}")
def case_page(visit: Looking, reference: str) -> Response:
    desk, now = visit.desk, visit.desk.clock()
    with desk.database.transaction() as tx:
        record = case_record(tx, reference)
        if record is None:
            raise HTTPException(404)
        note(tx, at=now, actor=visit.person.name, action="case shown", reference=reference)
        be_present(tx, record.case.id, visit.person.name, now)
        others = others_present(tx, record.case.id, besides=visit.person.name, since=now - _PRESENT)
        revision = revision_of(tx, record.case.id, reference)
    return visit.page("case.html.j2", record=record, others=others, revision=revision, now=now)

"""What other systems may look at: cases, letters, queues, mails, events. Every look at personal data is in the audit trail."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from checks.values import Verdict
from parsers.identifiers import mask_hkid
from parsers.values import Part
from replies.values import NoReply
from review.acts import as_shown
from review.api.callers import Caller, Looking
from review.api.problems import Refusal, described
from review.api.schemas import (
    CaseOut,
    Cases,
    Event,
    Events,
    HistoryEntry,
    LetterDue,
    LetterOut,
    MailOut,
    QueueCount,
    WaitingOut,
    WaitingPage,
)
from review.api.views import case_of, letter_of, mail_of, summary_of
from review.originals import Originals
from review.security import SANDBOXED
from storage.audit import trail
from storage.case_events import events_after
from storage.case_list import CaseQuestion, cases
from storage.cases import arrivals_of, case_by_reference
from storage.database import Transaction
from storage.mails import MailOnRecord, mail_on_record
from storage.outbox import letters_of_case
from storage.queues import Queue, Terms, queue_counts, waiting_in
from storage.register import case_record
from storage.site import revision_of
from storage.values import Case, CaseKind, CaseState

router = APIRouter(prefix="/v1")


def _iso_day(given: object) -> object:
    """A day as 2024-03-05 and in no other way: a bare number is no day. Raises ValueError."""
    if isinstance(given, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
        raise ValueError("a day is written as 2024-03-05")
    return given


LARGEST = 2**31 - 1
SETTLED = timedelta(seconds=5)  # after so long a transaction that was noting an event has ended
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[int, Query(ge=0, le=LARGEST, description="Taken from `next` of the page before.")]
Day = Annotated[date, BeforeValidator(_iso_day)]
BASE = "/api/v1"


@router.get("/cases", tags=["cases"], responses=described(401, 422, 429))
def list_cases(
    caller: Looking,
    kind: CaseKind | None = None,
    state: CaseState | None = None,
    verdict: Verdict | None = None,
    initiative: Annotated[str | None, Query(max_length=40)] = None,
    br_number: Annotated[str | None, Query(max_length=40)] = None,
    received_since: Day | None = None,
    received_until: Day | None = None,
    limit: Limit = 50,
    after: After = 0,
) -> Cases:
    """Cases by what they are, in the order in which they were opened."""
    question = CaseQuestion(
        kind=kind, state=state, verdict=verdict, initiative=initiative, br_number=br_number, since=received_since, until=received_until
    )  # fmt: skip
    with caller.desk.database.transaction() as tx:
        found = cases(tx, question, after=after, limit=limit + 1)
        caller.note(tx, "cases listed", detail=f"{min(len(found), limit)} from {found[0].reference if found else 'none'}")
    given = {
        "kind": kind, "state": state, "verdict": verdict, "initiative": initiative, "br_number": br_number,
        "received_since": received_since, "received_until": received_until, "limit": limit,
    }  # fmt: skip
    further = _next("cases", given, found[limit - 1].id) if len(found) > limit else None
    return Cases(items=[summary_of(case) for case in found[:limit]], next=further)


@router.get("/cases/{reference}", tags=["cases"], response_model=CaseOut, responses=described(401, 404, 429))
def show_case(caller: Looking, request: Request, reference: str) -> Response:
    """Everything read, judged and written in one case. Its ETag is what an act on it sends back in If-Match."""
    with caller.desk.database.transaction() as tx:
        case = the_case(tx, caller, reference)
        record = case_record(tx, case.reference)
        caller.note(tx, "case shown", case.reference)
        revision = revision_of(tx, case.id, case.reference)
    assert record is not None  # noqa: S101
    etag = f'"{revision}"'
    if etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers={"ETag": etag})
    return JSONResponse(case_of(record, revision).model_dump(mode="json", by_alias=True), headers={"ETag": etag})


@router.get("/cases/{reference}/history", tags=["cases"], responses=described(401, 404, 429))
def show_history(caller: Looking, reference: str) -> list[HistoryEntry]:
    """Who did or looked at what, oldest first; the last thousand entries."""
    with caller.desk.database.transaction() as tx:
        case = the_case(tx, caller, reference)
        caller.note(tx, "history shown", case.reference)
        return [HistoryEntry(at=one.at, actor=one.actor, action=one.action, detail=one.detail) for one in trail(tx, reference=case.reference)]


@router.get("/cases/{reference}/letter", tags=["letters"], responses=described(401, 404, 409, 429))
def show_letter_due(caller: Looking, reference: str) -> LetterDue:
    """The letter that the case's decision leads to, or why there is none. Nothing is queued by it."""
    with caller.desk.database.transaction() as tx:
        caller.note(tx, "letter shown", the_case(tx, caller, reference).reference)
    due = caller.acts.letter_due(reference)
    if isinstance(due, NoReply):
        return LetterDue(template=None, reason=due.reason)
    return LetterDue(
        template=due.template.value, to=list(due.to), subject=due.subject, text=mask_hkid(due.text), language=due.language, shown=as_shown(due)
    )  # fmt: skip


@router.get("/cases/{reference}/letters", tags=["letters"], responses=described(401, 404, 429))
def show_letters(caller: Looking, reference: str) -> list[LetterOut]:
    """Every letter of the case, in the order in which they were queued."""
    with caller.desk.database.transaction() as tx:
        case = the_case(tx, caller, reference)
        caller.note(tx, "letter shown", case.reference)
        return [letter_of(letter) for letter in letters_of_case(tx, case.id)]


@router.get(
    "/cases/{reference}/files/{sha256}", tags=["cases"], response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}, **described(401, 404, 429)},
)  # fmt: skip
def show_file(caller: Looking, request: Request, reference: str, sha256: str) -> Response:
    """A file of the case as it came: to be saved, and never run or shown by a browser."""
    with caller.desk.database.reading() as tx:
        case = the_case(tx, caller, reference)
        mails = arrivals_of(tx, case.id)
    part = _file(request, mails, sha256)
    if part is None:
        raise _nothing(caller)
    with caller.desk.database.transaction() as tx:
        caller.note(tx, "original shown", case.reference, sha256[:12])
    headers = {"Content-Disposition": f'attachment; filename="{case.reference}-{part.sha256[:12]}.bin"', "Content-Security-Policy": SANDBOXED}
    return Response(part.data, media_type="application/octet-stream", headers=headers)


@router.get("/queues", tags=["queues"], responses=described(401, 429))
def list_queues(caller: Looking) -> list[QueueCount]:
    """How much waits in each queue."""
    with caller.desk.database.reading() as tx:
        return [QueueCount(queue=queue.value, count=count) for queue, count in queue_counts(tx, _terms(caller)).items()]


@router.get("/queues/{queue}", tags=["queues"], responses=described(401, 404, 422, 429))
def show_queue(caller: Looking, queue: Queue, limit: Limit = 50, after: Annotated[int, Query(ge=0, le=1_000_000)] = 0) -> WaitingPage:
    """What waits in one queue, oldest first. ``after``: so many of them are passed over."""
    with caller.desk.database.transaction() as tx:
        found = waiting_in(tx, queue, _terms(caller), limit=limit + 1, after=after)
        caller.note(tx, "queue shown", detail=queue.value)
    items = [
        WaitingOut(
            queue=one.queue.value, since=one.since, reference=one.reference, arrival_id=one.arrival_id, letter_id=one.letter_id,
            reasons=[words.model_dump() for words in one.reasons], said=one.said, days_left=one.days_left,
        )
        for one in found[:limit]
    ]  # fmt: skip
    return WaitingPage(items=items, next=_next(f"queues/{queue.value}", {"limit": limit}, after + limit) if len(found) > limit else None)


@router.get("/mails/{mail_id}", tags=["mails"], response_model=MailOut, responses=described(401, 404, 429))
def show_mail(caller: Looking, mail_id: int) -> Response:
    """What is on record of one mail. Its ETag is what an act on it sends back in If-Match."""
    with caller.desk.database.transaction() as tx:
        mail = the_mail(tx, caller, mail_id)
        caller.note(tx, "mail shown", mail.case.reference if mail.case else None, f"mail {mail_id}")
    shown = mail_of(mail)
    return JSONResponse(shown.model_dump(mode="json", by_alias=True), headers={"ETag": f'"{shown.revision}"'})


@router.get("/events", tags=["events"], responses=described(401, 422, 429))
def list_events(caller: Looking, limit: Limit = 100, after: After = 0) -> Events:
    """What happened to cases within the last thirty days: ids and states, nothing personal. Ask again from `next` for what comes later."""
    with caller.desk.database.reading() as tx:
        found = events_after(tx, after, limit=limit, settled_before=caller.desk.clock() - SETTLED)
    last = found[-1].id if found else after
    return Events(items=[Event(**one.model_dump(exclude={"kind"})) for one in found], next=_next("events", {"limit": limit}, last))


def the_case(tx: Transaction, caller: Caller, reference: str) -> Case:
    """The case of that reference. Raises Refusal 404."""
    case = case_by_reference(tx, reference[:40])
    if case is None:
        raise _nothing(caller)
    return case


def the_mail(tx: Transaction, caller: Caller, mail_id: int) -> MailOnRecord:
    """The mail of that number. Raises Refusal 404."""
    mail = mail_on_record(tx, mail_id) if 0 < mail_id <= LARGEST else None
    if mail is None:
        raise _nothing(caller)
    return mail


def _nothing(caller: Caller) -> Refusal:
    return Refusal(404, "not-there", caller.t("problem.not_there"))


def _file(request: Request, mails: tuple[str, ...], sha256: str) -> Part | None:
    originals = request.app.state.originals
    assert isinstance(originals, Originals)  # noqa: S101
    return originals.file(mails, sha256)


def _terms(caller: Caller) -> Terms:
    return Terms(now=caller.desk.clock(), reminder_days=caller.desk.reminder_days)


def _next(path: str, given: dict[str, Any], after: int) -> str:
    plain = {name: getattr(value, "value", value) for name, value in given.items() if value is not None}
    return f"{BASE}/{path}?{urlencode({**plain, 'after': after})}"

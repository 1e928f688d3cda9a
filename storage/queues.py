"""What waits for a person, by what must be done, oldest first: the queues of the review site."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy
from sqlalchemy import func
from sqlmodel import col, select

from checks.values import Verdict
from parsers.values import MessageClass, Value, Words
from storage.database import Transaction
from storage.rows import ArrivalRow, CaseRow, LetterRow, MessageRow, RunRow, SuggestionRow
from storage.values import ArrivalState, CaseKind, CaseState, LetterState, SuggestionState


class Queue(StrEnum):
    """What must be done."""

    FLAGGED = "flagged"
    TO_RELEASE = "to_release"
    UNKNOWN_SENDER = "unknown_sender"
    QUARANTINED = "quarantined"
    UNDELIVERED = "undelivered"
    ENQUIRIES = "enquiries"
    DATA_REQUESTS = "data_requests"
    WITHDRAWALS = "withdrawals"
    OTHER_MAIL = "other_mail"


class Waiting(Value):
    """One thing that waits. ``reasons``: what staff must look at, in the programme's words; ``said``: a reason of the service, in English."""

    queue: Queue
    since: datetime
    reference: str | None = None
    arrival_id: int | None = None
    letter_id: int | None = None
    title: str = ""
    reasons: tuple[Words, ...] = ()
    said: str = ""


def queue_counts(tx: Transaction) -> dict[Queue, int]:
    """How much waits in each queue."""
    return {queue: int(tx.session.exec(select(func.count()).select_from(_statement(queue).subquery())).one()) for queue in Queue}


def waiting_in(tx: Transaction, queue: Queue, *, limit: int = 50, after: int = 0) -> tuple[Waiting, ...]:
    """What waits in one queue, oldest first, ``after`` so many."""
    rows = tx.execute(_statement(queue).order_by("since", "id").offset(after).limit(limit)).mappings().all()
    return tuple(_MAKERS[queue](tx, queue, row) for row in rows)


def _statement(queue: Queue) -> Any:
    if queue in _KINDS:
        return _cases(col(CaseRow.kind) == _KINDS[queue].value)
    if queue is Queue.FLAGGED:
        return _cases(col(CaseRow.kind) == CaseKind.APPLICATION.value, col(CaseRow.verdict) == Verdict.REVIEW.value)
    if queue is Queue.TO_RELEASE:
        return _letters(LetterState.HELD)
    if queue is Queue.UNDELIVERED:
        return _letters(LetterState.FAILED, LetterState.UNKNOWN)
    if queue is Queue.UNKNOWN_SENDER:
        statement: Any = sqlalchemy.select(
            col(SuggestionRow.id).label("id"), col(SuggestionRow.at).label("since"), col(CaseRow.reference).label("reference"),
            col(SuggestionRow.arrival_id).label("arrival_id"), col(SuggestionRow.reason).label("said"),
        )  # fmt: skip
        return statement.join(CaseRow, col(CaseRow.id) == col(SuggestionRow.case_id)).where(col(SuggestionRow.state) == SuggestionState.OPEN.value)
    if queue is Queue.QUARANTINED:
        return _arrivals(ArrivalRow.state == ArrivalState.QUARANTINED.value)
    unplaced = col(ArrivalRow.message_class).in_((MessageClass.OTHER.value, MessageClass.UNREADABLE.value))
    return _arrivals(ArrivalRow.state == ArrivalState.DECIDED.value, unplaced, col(ArrivalRow.case_id).is_(None))


_KINDS = {Queue.ENQUIRIES: CaseKind.ENQUIRY, Queue.DATA_REQUESTS: CaseKind.DATA_REQUEST, Queue.WITHDRAWALS: CaseKind.WITHDRAWAL}


def _cases(*conditions: Any) -> Any:
    statement: Any = sqlalchemy.select(
        col(CaseRow.id).label("id"), col(CaseRow.opened_at).label("since"), col(CaseRow.reference).label("reference"),
        func.coalesce(CaseRow.applicant, "").label("title"),
    )  # fmt: skip
    return statement.where(CaseRow.state == CaseState.OPEN.value, *conditions)


def _letters(*states: LetterState) -> Any:
    statement: Any = sqlalchemy.select(
        col(LetterRow.id).label("id"), col(LetterRow.queued_at).label("since"), col(CaseRow.reference).label("reference"),
        func.coalesce(CaseRow.applicant, "").label("title"), col(LetterRow.reason).label("said"),
    ).join(CaseRow, col(CaseRow.id) == col(LetterRow.case_id))  # fmt: skip
    return statement.where(col(LetterRow.state).in_([state.value for state in states]), col(LetterRow.attended).is_(False))


def _arrivals(*conditions: Any) -> Any:
    statement: Any = sqlalchemy.select(
        col(ArrivalRow.id).label("id"), col(ArrivalRow.seen_at).label("since"), func.coalesce(MessageRow.subject, "").label("title"),
        func.coalesce(ArrivalRow.error, ArrivalRow.no_reply, "").label("said"),
    ).join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id), isouter=True)  # fmt: skip
    return statement.where(*conditions, col(ArrivalRow.attended).is_(False))


def _case(tx: Transaction, queue: Queue, row: Any) -> Waiting:
    reasons = _reasons(tx, row["id"]) if queue is Queue.FLAGGED else ()
    return Waiting(queue=queue, since=row["since"], reference=row["reference"], title=row["title"], reasons=reasons)


def _letter(_tx: Transaction, queue: Queue, row: Any) -> Waiting:
    return Waiting(queue=queue, since=row["since"], reference=row["reference"], letter_id=row["id"], title=row["title"], said=row["said"])


def _suggestion(_tx: Transaction, queue: Queue, row: Any) -> Waiting:
    return Waiting(queue=queue, since=row["since"], reference=row["reference"], arrival_id=row["arrival_id"], said=row["said"])


def _arrival(_tx: Transaction, queue: Queue, row: Any) -> Waiting:
    last = str(row["said"]).strip().splitlines()
    return Waiting(queue=queue, since=row["since"], arrival_id=row["id"], title=row["title"], said=last[-1][:300] if last else "")


_MAKERS: dict[Queue, Callable[[Transaction, Queue, Any], Waiting]] = {
    **dict.fromkeys((Queue.FLAGGED, *_KINDS), _case),
    **dict.fromkeys((Queue.TO_RELEASE, Queue.UNDELIVERED), _letter),
    **dict.fromkeys((Queue.QUARANTINED, Queue.OTHER_MAIL), _arrival),
    Queue.UNKNOWN_SENDER: _suggestion,
}


def _reasons(tx: Transaction, case_id: int) -> tuple[Words, ...]:
    """What staff must look at, of the current decision; read straight from its JSON, for a page of the queue holds fifty."""
    decision = tx.session.exec(select(RunRow.decision).where(RunRow.case_id == case_id, col(RunRow.current))).first()
    findings = json.loads(decision)["findings"] if decision else []
    return tuple(Words.model_validate(one["message"]) for one in findings if one["needs"] == "staff" and one["outcome"] != "pass")

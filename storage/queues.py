"""What waits for a person, by what must be done, oldest first: the queues of the review site."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy
from sqlalchemy import func, literal, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from checks.values import Verdict
from parsers.identifiers import mask_hkid
from parsers.values import MessageClass, Value, Words
from replies.values import Template
from storage.columns import Moment
from storage.database import Transaction
from storage.rows import ArrivalRow, CaseRow, LetterRow, MessageRow, RunRow, SuggestionRow
from storage.values import ArrivalState, Case, CaseKind, CaseState, LetterState, SuggestionState

_HONG_KONG = ZoneInfo("Asia/Hong_Kong")


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
    REMINDERS = "reminders"
    OTHER_MAIL = "other_mail"


DATA_REQUEST_DAYS = 40  # Personal Data (Privacy) Ordinance (Cap. 486), section 19(1): days in which a data access request must be met


class Terms(Value):
    """By when what must be done. ``reminder_days``: after so many days a missing-items letter that nobody answered is due for a reminder."""

    now: datetime
    reminder_days: int = 14


class Waiting(Value):
    """One thing that waits. ``reasons``: what staff must look at, in the programme's words; ``said``: a reason of the service, in English.

    ``days_left``: of those that the law gives; negative where they are over. ``who``: an address: whom the letter is for, who sent the mail;
    ``template``: which letter it is.
    """

    queue: Queue
    since: datetime
    reference: str | None = None
    arrival_id: int | None = None
    letter_id: int | None = None
    title: str = ""
    who: str = ""
    template: Template | None = None
    reasons: tuple[Words, ...] = ()
    said: str = ""
    days_left: int | None = None


def queue_counts(tx: Transaction, terms: Terms) -> dict[Queue, int]:
    """How much waits in each queue."""
    return {queue: int(tx.session.exec(select(func.count()).select_from(waiting(queue, terms).subquery())).one()) for queue in Queue}


def waiting_in(tx: Transaction, queue: Queue, terms: Terms, *, limit: int = 50, after: int = 0) -> tuple[Waiting, ...]:
    """What waits in one queue, oldest first, ``after`` so many."""
    rows = tx.execute(waiting(queue, terms).order_by("since", "id").offset(after).limit(limit)).mappings().all()
    found = tuple(_MAKERS[queue](tx, queue, row) for row in rows)
    if queue is not Queue.DATA_REQUESTS:
        return found
    return tuple(one.model_copy(update={"days_left": _days_left(row, terms.now)}) for one, row in zip(found, rows, strict=True))


def _days_left(row: Any, now: datetime) -> int:
    """Of the days that the law gives from receipt: the day the mail came to the office, which may be before the service saw it."""
    came: date = row["received_on"] or row["since"].astimezone(_HONG_KONG).date()
    return DATA_REQUEST_DAYS - (now.astimezone(_HONG_KONG).date() - came).days


def next_flagged(tx: Transaction, case: Case) -> str | None:
    """The reference of the flagged application that waits longest after that case; after the last one the first. None where no other waits."""
    flagged = waiting(Queue.FLAGGED, Terms(now=case.opened_at)).where(col(CaseRow.id) != case.id).order_by("since", "id").limit(1)
    later = tuple_(col(CaseRow.opened_at), col(CaseRow.id)) > tuple_(literal(case.opened_at, Moment()), literal(case.id))
    row = tx.execute(flagged.where(later)).mappings().first() or tx.execute(flagged).mappings().first()
    return str(row["reference"]) if row else None


def reminder_is_due(tx: Transaction, case_id: int, terms: Terms) -> bool:
    """Whether a case is in the queue of reminders."""
    return tx.execute(waiting(Queue.REMINDERS, terms).where(col(CaseRow.id) == case_id)).first() is not None


def waiting(queue: Queue, terms: Terms) -> Any:
    """What waits in a queue, as a statement: ``id`` (of the case, letter, suggestion or mail), ``since``, and where it has one ``reference``."""
    if queue is Queue.REMINDERS:
        return _unanswered(terms.now - timedelta(days=terms.reminder_days))
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
            func.coalesce(MessageRow.subject, "").label("title"), func.coalesce(MessageRow.sender, "").label("who"),
        ).join(CaseRow, col(CaseRow.id) == col(SuggestionRow.case_id))  # fmt: skip
        statement = statement.join(MessageRow, col(MessageRow.arrival_id) == col(SuggestionRow.arrival_id), isouter=True)
        return statement.where(col(SuggestionRow.state) == SuggestionState.OPEN.value)
    if queue is Queue.QUARANTINED:
        return _arrivals(ArrivalRow.state == ArrivalState.QUARANTINED.value)
    unplaced = col(ArrivalRow.message_class).in_((MessageClass.OTHER.value, MessageClass.UNREADABLE.value))
    return _arrivals(ArrivalRow.state == ArrivalState.DECIDED.value, unplaced, col(ArrivalRow.case_id).is_(None))


_KINDS = {Queue.ENQUIRIES: CaseKind.ENQUIRY, Queue.DATA_REQUESTS: CaseKind.DATA_REQUEST, Queue.WITHDRAWALS: CaseKind.WITHDRAWAL}


def _cases(*conditions: Any) -> Any:
    statement: Any = sqlalchemy.select(
        col(CaseRow.id).label("id"), col(CaseRow.opened_at).label("since"), col(CaseRow.reference).label("reference"),
        func.coalesce(CaseRow.applicant, "").label("title"), col(CaseRow.received_on).label("received_on"),
    )  # fmt: skip
    return statement.where(CaseRow.state == CaseState.OPEN.value, *conditions)


def _unanswered(before: datetime) -> Any:
    """Open incomplete cases whose last letter asked for what is missing, went out before that moment, and was answered by no mail since."""
    any_letter = aliased(LetterRow)
    of_case = select(func.max(any_letter.id)).where(any_letter.case_id == col(CaseRow.id), any_letter.state != LetterState.FAILED.value)
    last = of_case.correlate(CaseRow).scalar_subquery()  # a letter that was withdrawn is none; one that is held has its own queue
    heard = select(ArrivalRow.id).where(col(ArrivalRow.case_id) == col(CaseRow.id), col(ArrivalRow.seen_at) > col(LetterRow.settled_at), _BY_PEOPLE)
    statement: Any = sqlalchemy.select(
        col(CaseRow.id).label("id"), col(LetterRow.settled_at).label("since"), col(CaseRow.reference).label("reference"),
        func.coalesce(CaseRow.applicant, "").label("title"),
    ).join(LetterRow, col(LetterRow.id) == last)  # fmt: skip
    return statement.where(
        CaseRow.state == CaseState.OPEN.value, CaseRow.kind == CaseKind.APPLICATION.value, CaseRow.verdict == Verdict.INCOMPLETE.value,
        LetterRow.template == Template.MISSING_ITEMS.value, LetterRow.state == LetterState.ACCEPTED.value, col(LetterRow.settled_at) < before,
        ~heard.exists(),
    )  # fmt: skip


_BY_PEOPLE = sqlalchemy.or_(
    col(ArrivalRow.message_class).is_(None),
    col(ArrivalRow.message_class).not_in((MessageClass.AUTO_REPLY.value, MessageClass.BOUNCE.value, MessageClass.LIST.value)),
)


def _letters(*states: LetterState) -> Any:
    statement: Any = sqlalchemy.select(
        col(LetterRow.id).label("id"), col(LetterRow.queued_at).label("since"), col(CaseRow.reference).label("reference"),
        func.coalesce(CaseRow.applicant, "").label("title"), col(LetterRow.reason).label("said"),
        col(LetterRow.to_address).label("who"), col(LetterRow.template).label("template"), col(CaseRow.id).label("case_id"),
    ).join(CaseRow, col(CaseRow.id) == col(LetterRow.case_id))  # fmt: skip
    return statement.where(col(LetterRow.state).in_([state.value for state in states]), waits_for_a_person())


def waits_for_a_person() -> Any:
    """Of letters: one that is held waits whoever looked at it; one that failed, until somebody did."""
    return sqlalchemy.or_(col(LetterRow.attended).is_(False), col(LetterRow.state) == LetterState.HELD.value)


def _arrivals(*conditions: Any) -> Any:
    statement: Any = sqlalchemy.select(
        col(ArrivalRow.id).label("id"), col(ArrivalRow.seen_at).label("since"), func.coalesce(MessageRow.subject, "").label("title"),
        func.coalesce(ArrivalRow.error, ArrivalRow.no_reply, "").label("said"), func.coalesce(MessageRow.sender, "").label("who"),
    ).join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id), isouter=True)  # fmt: skip
    return statement.where(*conditions, col(ArrivalRow.attended).is_(False))


def _case(tx: Transaction, queue: Queue, row: Any) -> Waiting:
    reasons = _reasons(tx, row["id"]) if queue is Queue.FLAGGED else ()
    title = row["title"] or _subject_and_sender(tx, row["id"])
    return Waiting(queue=queue, since=row["since"], reference=row["reference"], title=title, reasons=reasons)


def _subject_and_sender(tx: Transaction, case_id: int) -> str:
    """Of the mail that opened a case on which no applicant is known."""
    statement = select(MessageRow.subject, MessageRow.sender).join(ArrivalRow, col(ArrivalRow.id) == col(MessageRow.arrival_id))
    first = tx.session.exec(statement.where(ArrivalRow.case_id == case_id).order_by(col(ArrivalRow.id)).limit(1)).first()
    return mask_hkid(" · ".join(part for part in first if part)) if first else ""


def _letter(tx: Transaction, queue: Queue, row: Any) -> Waiting:
    return Waiting(
        queue=queue, since=row["since"], reference=row["reference"], letter_id=row["id"], said=row["said"],
        title=mask_hkid(row["title"]) or _subject_and_sender(tx, row["case_id"]), who=row["who"], template=Template(row["template"]),
    )  # fmt: skip


def _suggestion(_tx: Transaction, queue: Queue, row: Any) -> Waiting:
    return Waiting(
        queue=queue, since=row["since"], reference=row["reference"], arrival_id=row["arrival_id"], title=mask_hkid(row["title"]), said=row["said"],
        who=mask_hkid(row["who"]),
    )  # fmt: skip


def _arrival(_tx: Transaction, queue: Queue, row: Any) -> Waiting:
    last = str(row["said"]).strip().splitlines()
    said = last[-1][:300] if last else ""
    return Waiting(queue=queue, since=row["since"], arrival_id=row["id"], title=mask_hkid(row["title"]), said=said, who=mask_hkid(row["who"]))


_MAKERS: dict[Queue, Callable[[Transaction, Queue, Any], Waiting]] = {
    **dict.fromkeys((Queue.FLAGGED, Queue.REMINDERS, *_KINDS), _case),
    **dict.fromkeys((Queue.TO_RELEASE, Queue.UNDELIVERED), _letter),
    **dict.fromkeys((Queue.QUARANTINED, Queue.OTHER_MAIL), _arrival),
    Queue.UNKNOWN_SENDER: _suggestion,
}


def _reasons(tx: Transaction, case_id: int) -> tuple[Words, ...]:
    """What staff must look at, of the current decision; read straight from its JSON, for a page of the queue holds fifty."""
    decision = tx.session.exec(select(RunRow.decision).where(RunRow.case_id == case_id, col(RunRow.current))).first()
    findings = json.loads(decision)["findings"] if decision else []
    return tuple(Words.model_validate(one["message"]) for one in findings if one["needs"] == "staff" and one["outcome"] != "pass")

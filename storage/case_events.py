"""What happened to cases, in the order in which the record noted it: for other systems that ask, and for those that are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import col, delete, select, update

from parsers.values import Value
from storage.database import Transaction
from storage.other_rows import CaseEventRow
from storage.rows import CaseRow

KEPT = timedelta(days=30)


class EventType(StrEnum):
    """Written by the triggers of migration 0006."""

    CASE_RECEIVED = "case.received"
    MAIL_RECEIVED = "mail.received"  # a mail came to belong to a case: its first, a supplement, one that staff put there
    CASE_DECIDED = "case.decided"
    CASE_FLAGGED = "case.flagged"
    CASE_CORRECTED = "case.corrected"
    CASE_WITHDRAWN = "case.withdrawn"
    CASE_CLOSED = "case.closed"
    CASE_REOPENED = "case.reopened"
    CASE_ERASED = "case.erased"
    LETTER_QUEUED = "letter.queued"
    LETTER_HELD = "letter.held"
    LETTER_SENT = "letter.sent"
    LETTER_UNDELIVERED = "letter.undelivered"
    LETTER_WITHDRAWN = "letter.withdrawn"


class CaseEvent(Value):
    """One event: ids and states, nothing personal. ``state``: of the case, decision or letter then; ``cause``: of a decision."""

    id: int
    type: str
    at: datetime
    reference: str
    kind: str
    state: str | None = None
    cause: str | None = None
    letter_id: int | None = None


def events_after(tx: Transaction, after: int, *, limit: int = 100, settled_before: datetime | None = None) -> tuple[CaseEvent, ...]:
    """Events after that id. ``settled_before``: only older ones, so that none that another transaction writes meanwhile is passed over."""
    condition: Any = col(CaseEventRow.id) > after
    if settled_before is not None:
        condition = condition & (col(CaseEventRow.at) < settled_before)
    return _events(tx, condition, limit)


def events_not_taken(tx: Transaction, limit: int = 200) -> tuple[CaseEvent, ...]:
    """Events that nobody has passed on yet, oldest first."""
    return _events(tx, ~col(CaseEventRow.taken), limit)


def events_taken(tx: Transaction, ids: Iterable[int], now: datetime) -> None:
    """These were passed on; old ones are forgotten."""
    tx.execute(update(CaseEventRow).where(col(CaseEventRow.id).in_(list(ids))).values(taken=True))
    tx.execute(delete(CaseEventRow).where(col(CaseEventRow.taken), col(CaseEventRow.at) < now - KEPT))


def _events(tx: Transaction, condition: Any, limit: int) -> tuple[CaseEvent, ...]:
    statement = select(CaseEventRow, CaseRow.reference, CaseRow.kind).join(CaseRow, col(CaseRow.id) == col(CaseEventRow.case_id)).where(condition)
    rows = tx.session.exec(statement.order_by(col(CaseEventRow.id)).limit(limit).execution_options(populate_existing=True))
    return tuple(
        CaseEvent(id=row.id or 0, type=row.type, at=row.at, reference=reference, kind=kind, state=row.state, cause=row.cause, letter_id=row.letter_id)
        for row, reference, kind in rows
    )

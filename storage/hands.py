"""In whose hands applications lay, and for how long: ours or the applicant's; counted by the database, so that many cases cost little."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import col

from parsers.values import Value
from replies.values import Template
from storage.columns import Moment
from storage.database import Transaction
from storage.rows import ArrivalRow, CaseRow, LetterRow
from storage.values import CaseKind, CaseState, LetterState

OURS, APPLICANT, NOBODY = "ours", "applicant", "done"
_THEN = {Template.MISSING_ITEMS.value: APPLICANT, Template.ACKNOWLEDGEMENT.value: NOBODY}  # who holds a case after such a letter; else we do


class Hands(Value):
    """Days that applications spent waiting for us and for the applicant, on average, over ``cases`` of them.

    ``oldest``: open applications that wait for us now, by reference with the full days of waiting, the longest first.
    """

    cases: int
    ours: float
    applicants: float
    oldest: tuple[tuple[str, int], ...] = ()


def days_in_hands(tx: Transaction, now: datetime, days: int = 365, oldest: int = 8) -> Hands:
    """Of applications that came in the last so many days. The applicant holds a case from a missing-items letter until the next mail."""
    since = now - timedelta(days=days)
    turns = _turns(since)
    until = func.coalesce(turns.c.until, sa.case((turns.c.open, sa.literal(now, Moment())), else_=turns.c.at))
    held = tx.execute(sa.select(turns.c.holder, func.sum(_seconds(tx, turns.c.at, until))).group_by(turns.c.holder)).all()
    seconds = {holder: float(took or 0) for holder, took in held}
    last = sa.select(turns.c.reference, turns.c.at).where(turns.c.open, turns.c.until.is_(None), turns.c.holder == OURS)
    waiting = tx.execute(last.order_by(turns.c.at, turns.c.id).limit(oldest)).all()
    number = int(tx.execute(sa.select(func.count()).where(*_applications(since))).scalar_one())
    shared = max(number, 1) * 86_400
    return Hands(
        cases=number, ours=seconds.get(OURS, 0.0) / shared, applicants=seconds.get(APPLICANT, 0.0) / shared,
        oldest=tuple((reference, max(0, (now - at).days)) for reference, at in waiting),
    )  # fmt: skip


def _applications(since: datetime) -> tuple[Any, ...]:
    return (col(CaseRow.kind) == CaseKind.APPLICATION.value, col(CaseRow.state) != CaseState.ERASED.value, col(CaseRow.opened_at) >= since)


def _turns(since: datetime) -> Any:
    """Each stretch of each case: who holds it from when until when; ``until`` is empty for the last one."""
    opened = _events(since, col(CaseRow.opened_at), sa.literal(OURS), 0)
    mails = _events(since, col(ArrivalRow.seen_at), sa.literal(OURS), 1).join(ArrivalRow, col(ArrivalRow.case_id) == col(CaseRow.id))
    then = sa.case(_THEN, value=col(LetterRow.template), else_=OURS)
    letters = _events(since, col(LetterRow.settled_at), then, 2).join(LetterRow, col(LetterRow.case_id) == col(CaseRow.id))
    accepted = letters.where(col(LetterRow.state) == LetterState.ACCEPTED.value, col(LetterRow.settled_at).is_not(None))
    events = sa.union_all(opened, mails, accepted).subquery("events")
    clamped = sa.case((events.c.at < events.c.opened_at, events.c.opened_at), else_=events.c.at)  # a mail is seen before its case is opened
    at = sa.type_coerce(clamped, Moment())
    until = func.lead(at).over(partition_by=events.c.id, order_by=[at, events.c.rank])
    whole = (events.c.id, events.c.reference, events.c.open, at.label("at"), events.c.holder, sa.type_coerce(until, Moment()).label("until"))
    return sa.select(*whole).cte("turns")


def _events(since: datetime, at: Any, holder: Any, rank: int) -> Any:
    """After which moments of a case who holds it; ``rank`` puts those of one moment in order."""
    is_open = (col(CaseRow.state) == CaseState.OPEN.value).label("open")
    columns = (col(CaseRow.id), col(CaseRow.reference), col(CaseRow.opened_at), is_open)
    return (
        sa.select(*columns, at.label("at"), holder.label("holder"), sa.literal(rank).label("rank")).select_from(CaseRow).where(*_applications(since))
    )


def _seconds(tx: Transaction, start: Any, end: Any) -> Any:
    if tx.session.get_bind().dialect.name == "sqlite":
        return (func.julianday(end) - func.julianday(start)) * 86_400
    return sa.extract("epoch", end - start)

"""Suggestions: papers that may belong to a case, though nothing proves it; a person accepts or declines."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select, update

from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import ArrivalRow, CaseRow, SuggestionRow
from storage.text import storable
from storage.upsert import insert_once
from storage.values import CaseState, Suggestion, SuggestionState


def suggest(tx: Transaction, *, arrival_id: int, case_id: int, reason: str, at: datetime) -> bool:
    """Suggests that an arrival belongs to a case. Whether that was new."""
    values = {"arrival_id": arrival_id, "case_id": case_id, "reason": storable(reason), "state": SuggestionState.OPEN.value, "at": at}
    return insert_once(tx, SuggestionRow, values, unique=("arrival_id", "case_id"))


def open_suggestions(tx: Transaction, *, case_id: int | None = None) -> tuple[Suggestion, ...]:
    """Suggestions that wait for a person, oldest first."""
    statement = select(SuggestionRow, CaseRow.reference).join(CaseRow, col(CaseRow.id) == col(SuggestionRow.case_id))
    statement = statement.where(SuggestionRow.state == SuggestionState.OPEN.value).order_by(col(SuggestionRow.id))
    rows = tx.session.exec(statement if case_id is None else statement.where(SuggestionRow.case_id == case_id))
    return tuple(
        Suggestion(
            id=row.id or 0,
            arrival_id=row.arrival_id,
            case_id=row.case_id,
            reference=reference,
            reason=row.reason,
            state=SuggestionState(row.state),
            at=row.at,
        )
        for row, reference in rows
    )


def answer(tx: Transaction, suggestion_id: int, *, accepted: bool) -> None:
    """A person's answer. An accepted arrival belongs to the case from then on (the caller decides the case anew)."""
    row = tx.session.get(SuggestionRow, suggestion_id, populate_existing=True)
    if row is None or row.state != SuggestionState.OPEN.value:
        raise StorageError(f"there is no open suggestion {suggestion_id}")
    state = SuggestionState.ACCEPTED if accepted else SuggestionState.DECLINED
    tx.execute(update(SuggestionRow).where(col(SuggestionRow.id) == suggestion_id).values(state=state.value))
    if accepted:
        move_mail(tx, row.arrival_id, row.case_id)


def move_mail(tx: Transaction, arrival_id: int, case_id: int) -> None:
    """A person says to which case a mail belongs (the caller decides both cases anew). A case that no mail is left in is closed.

    The mail's sender does not belong to the case for that: what he sends next is asked about again. Raises StorageError where there is no such mail.
    """
    arrival = tx.session.get(ArrivalRow, arrival_id, populate_existing=True)
    if arrival is None:
        raise StorageError(f"there is no mail {arrival_id}")
    before = arrival.case_id
    tx.execute(update(ArrivalRow).where(col(ArrivalRow.id) == arrival_id).values(case_id=case_id))
    left = tx.execute(select(ArrivalRow.id).where(ArrivalRow.case_id == before).limit(1)).first() if before else None
    if before and before != case_id and left is None:
        tx.execute(update(CaseRow).where(col(CaseRow.id) == before).values(state=CaseState.CLOSED.value))

"""Looking through the audit trail: by person, action, case and day, newest first, a page at a time."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from parsers.values import Value
from storage.database import Transaction
from storage.rows import AuditRow
from storage.values import AuditEntry


class AuditQuestion(Value):
    """What is looked for; empty: anything. ``before``: only entries older than that number, for the next page."""

    actor: str = ""
    action: str = ""
    reference: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def entries(tx: Transaction, question: AuditQuestion, *, limit: int = 100) -> tuple[tuple[int, AuditEntry], ...]:
    """Entries with their numbers, newest first."""
    statement = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
    if question.actor:
        statement = statement.where(AuditRow.actor == question.actor)
    if question.action:
        statement = statement.where(col(AuditRow.action).contains(question.action, autoescape=True))
    if question.reference:
        statement = statement.where(AuditRow.reference == question.reference)
    if question.since is not None:
        statement = statement.where(col(AuditRow.at) >= question.since)
    if question.until is not None:
        statement = statement.where(col(AuditRow.at) < question.until)
    if question.before is not None:
        statement = statement.where(col(AuditRow.id) < question.before)
    found = tx.session.exec(statement).all()
    return tuple((row.id or 0, AuditEntry.model_validate(row, from_attributes=True)) for row in found)

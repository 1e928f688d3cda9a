"""The audit trail: who did or looked at what, and when. Append only; it holds ids and codes, never contents."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, insert, select

from storage.database import Transaction
from storage.rows import AuditRow
from storage.text import storable
from storage.values import AuditEntry


def note(tx: Transaction, *, at: datetime, actor: str, action: str, reference: str | None = None, detail: str = "") -> None:
    """Adds an entry. ``actor`` is a staff login, or 'service'."""
    tx.execute(insert(AuditRow).values(at=at, actor=storable(actor), action=action, reference=reference, detail=storable(detail)))


def trail(tx: Transaction, *, reference: str | None = None, limit: int = 1000) -> tuple[AuditEntry, ...]:
    """The newest entries, oldest first; of one case where its reference is given."""
    statement = select(AuditRow).order_by(col(AuditRow.id).desc()).limit(limit)
    rows = tx.session.exec(statement if reference is None else statement.where(AuditRow.reference == reference)).all()
    return tuple(AuditEntry(at=row.at, actor=row.actor, action=row.action, reference=row.reference, detail=row.detail) for row in reversed(rows))

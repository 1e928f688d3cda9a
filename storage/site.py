"""Sessions of the review site, logins that failed, and who has which case open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, delete, insert, or_, select, update

from storage.database import Transaction
from storage.rows import AuditRow, RunRow
from storage.site_rows import FailedLoginRow, PresenceRow, SessionRow

LOOKS = ("case shown", "letter shown", "page shown", "original shown", "mail shown")
"""Actions of the audit trail that change nothing: two people may look at once."""


def end_session(tx: Transaction, token_hash: str) -> None:
    tx.execute(delete(SessionRow).where(col(SessionRow.token_hash) == token_hash))


def end_sessions_of(tx: Transaction, user: str) -> None:
    """Logs a person out everywhere: a new password, a changed role, a closed login."""
    tx.execute(delete(SessionRow).where(col(SessionRow.user) == user))


def forget_old(tx: Transaction, *, sessions_before: datetime, failures_before: datetime) -> None:
    """Removes sessions and failed logins that mean nothing any more."""
    tx.execute(delete(SessionRow).where(col(SessionRow.opened_at) < sessions_before))
    tx.execute(delete(FailedLoginRow).where(col(FailedLoginRow.at) < failures_before))


def be_present(tx: Transaction, case_id: int, user: str, at: datetime) -> None:
    """Notes that a person has a case open."""
    changed = tx.execute(update(PresenceRow).where(col(PresenceRow.case_id) == case_id, col(PresenceRow.user) == user).values(at=at))
    if changed.rowcount == 0:
        tx.execute(insert(PresenceRow).values(case_id=case_id, user=user, at=at))


def others_present(tx: Transaction, case_id: int, *, besides: str, since: datetime) -> tuple[str, ...]:
    """Who else has a case open, by name."""
    statement = select(PresenceRow.user).where(PresenceRow.case_id == case_id, PresenceRow.user != besides, col(PresenceRow.at) > since)
    return tuple(tx.session.exec(statement.order_by(col(PresenceRow.user))))


def revision_of(tx: Transaction, case_id: int, reference: str) -> str:
    """Changes whenever anybody does something to a case, or the service decides it anew: what two people who work on one case are told apart by."""
    acts = or_(col(AuditRow.action).not_in(LOOKS), col(AuditRow.action).is_(None))
    last_act = tx.session.exec(select(func.max(AuditRow.id)).where(AuditRow.reference == reference, acts)).one()
    run = tx.session.exec(select(func.max(RunRow.id)).where(RunRow.case_id == case_id)).one()
    return f"{last_act or 0}-{run or 0}"

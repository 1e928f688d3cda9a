"""Sessions of the review site, logins that failed, and who has which case open."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, delete, insert, or_, select, update

from storage.database import Transaction
from storage.rows import AuditRow, RunRow
from storage.site_rows import FailedLoginRow, PresenceRow, SessionRow
from storage.staff import login
from storage.text import storable
from storage.values import StaffLogin

LOOKS = ("case shown", "letter shown", "page shown", "original shown", "mail shown")
"""Actions of the audit trail that change nothing: two people may look at once."""


def open_session(tx: Transaction, *, user: str, token_hash: str, at: datetime) -> None:
    """Keeps a login under the SHA-256 of its token."""
    tx.execute(insert(SessionRow).values(token_hash=token_hash, user=user, opened_at=at, seen_at=at))


def session_login(tx: Transaction, token_hash: str, *, now: datetime, longest: timedelta) -> StaffLogin | None:
    """Who is logged in with that token: None where there is no such session, it is older than ``longest``, or its login was closed."""
    row = tx.session.exec(select(SessionRow).where(SessionRow.token_hash == token_hash)).first()
    if row is None or now - row.opened_at > longest:
        return None
    found = login(tx, row.user)
    return found if found is not None and found.active else None


def end_session(tx: Transaction, token_hash: str) -> None:
    tx.execute(delete(SessionRow).where(col(SessionRow.token_hash) == token_hash))


def end_sessions_of(tx: Transaction, user: str) -> None:
    """Logs a person out everywhere: a new password, a changed role, a closed login."""
    tx.execute(delete(SessionRow).where(col(SessionRow.user) == user))


def forget_old(tx: Transaction, *, sessions_before: datetime, failures_before: datetime) -> None:
    """Removes sessions and failed logins that mean nothing any more."""
    tx.execute(delete(SessionRow).where(col(SessionRow.opened_at) < sessions_before))
    tx.execute(delete(FailedLoginRow).where(col(FailedLoginRow.at) < failures_before))


def note_failed_login(tx: Transaction, *, name: str, address: str, at: datetime) -> None:
    tx.execute(insert(FailedLoginRow).values(at=at, name=storable(name[:200]), address=address))


def failed_logins(tx: Transaction, *, since: datetime, name: str, address: str) -> int:
    """How many logins failed since then for that name, or from that address, whichever is more."""
    counted = [
        tx.session.exec(select(func.count()).where(col(FailedLoginRow.at) > since, condition)).one()
        for condition in (col(FailedLoginRow.name) == name[:200], col(FailedLoginRow.address) == address)
    ]
    return max(counted)


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

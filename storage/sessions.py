"""Logins that have not ended: whose they are, from where, when last used; and what an administrator changes of a login."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, delete, insert, select, update

from parsers.values import Value
from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import UserRow
from storage.site import end_sessions_of
from storage.site_rows import SessionRow
from storage.staff import login
from storage.text import storable
from storage.values import StaffLogin, StaffRole

MARK = 16  # so much of a session's hash names it on the page of sessions: enough to tell it apart, of no use to anybody else


class OpenSession(Value):
    """One login that has not ended. ``mark``: names it, and opens nothing."""

    mark: str
    user: str
    opened_at: datetime
    seen_at: datetime
    address: str


def begin_session(tx: Transaction, *, user: str, token_hash: str, at: datetime, address: str) -> None:
    """Keeps a login under the SHA-256 of its token."""
    tx.execute(insert(SessionRow).values(token_hash=token_hash, user=user, opened_at=at, seen_at=at, address=storable(address[:100])))


def session_of(tx: Transaction, token_hash: str, *, now: datetime, longest: timedelta, idle: timedelta) -> tuple[StaffLogin, datetime] | None:
    """Who is logged in with that token, and when it was last used: None where it is older than ``longest``, was not used for ``idle``,
    or its login was closed."""
    row = tx.session.exec(select(SessionRow).where(SessionRow.token_hash == token_hash)).first()
    if row is None or now - row.opened_at > longest or now - row.seen_at > idle:
        return None
    found = login(tx, row.user)
    return (found, row.seen_at) if found is not None and found.active else None


def session_used(tx: Transaction, token_hash: str, at: datetime) -> None:
    tx.execute(update(SessionRow).where(col(SessionRow.token_hash) == token_hash).values(seen_at=at))


def open_sessions(tx: Transaction, *, now: datetime, longest: timedelta, idle: timedelta) -> tuple[OpenSession, ...]:
    """Every login that would be heard now, the last used first."""
    rows = tx.session.exec(
        select(SessionRow)
        .where(col(SessionRow.opened_at) >= now - longest, col(SessionRow.seen_at) >= now - idle)
        .order_by(col(SessionRow.seen_at).desc())
    )
    return tuple(
        OpenSession(mark=row.token_hash[:MARK], user=row.user, opened_at=row.opened_at, seen_at=row.seen_at, address=row.address) for row in rows
    )


def end_session_marked(tx: Transaction, mark: str) -> str | None:
    """Ends the login of that mark. Whose it was; None where it has ended already."""
    row = tx.session.exec(select(SessionRow).where(func.substr(SessionRow.token_hash, 1, MARK) == mark)).first()
    if row is None or len(mark) != MARK:
        return None
    tx.execute(delete(SessionRow).where(col(SessionRow.token_hash) == row.token_hash))
    return row.user


def end_other_sessions(tx: Transaction, user: str, besides: str) -> int:
    """Ends every login of a person but the one with that hash. How many."""
    gone = tx.execute(delete(SessionRow).where(col(SessionRow.user) == user, col(SessionRow.token_hash) != besides))
    return int(gone.rowcount)


def set_password(tx: Transaction, name: str, password_hash: str, *, due: bool = False) -> None:
    """Gives a login another password. ``due``: somebody else chose it, so that the person must choose another.

    Raises StorageError for no such login.
    """
    _change(tx, name, password_hash=password_hash, password_due=due)


def set_role(tx: Transaction, name: str, role: StaffRole) -> None:
    """Gives a login another role and ends its sessions. Raises StorageError for no such login, and where nobody would be left to administer."""
    administered = _has_administrator(tx)
    _change(tx, name, role=role.value)
    _assert_still(tx, administered)
    end_sessions_of(tx, name)


def set_active(tx: Transaction, name: str, *, active: bool) -> None:
    """Closes a login, which ends its sessions, or opens it again. Raises StorageError as ``set_role`` does."""
    administered = _has_administrator(tx)
    _change(tx, name, active=active)
    _assert_still(tx, administered)
    end_sessions_of(tx, name)


def _change(tx: Transaction, name: str, **values: object) -> None:
    if tx.execute(update(UserRow).where(col(UserRow.name) == name).values(**values)).rowcount != 1:
        raise StorageError(f"there is no login {name[:60]!r}")


def _has_administrator(tx: Transaction) -> bool:
    return tx.session.exec(select(func.count()).where(UserRow.role == StaffRole.ADMIN.value, col(UserRow.active))).one() > 0


def _assert_still(tx: Transaction, administered: bool) -> None:
    if administered and not _has_administrator(tx):
        raise StorageError("nobody would be left to administer: give another login that role first")

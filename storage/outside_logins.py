"""Logins through an OpenID provider: which of its people is which of ours."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from storage.database import Transaction
from storage.errors import StorageError
from storage.other_rows import OutsideLoginRow
from storage.staff import login
from storage.text import storable
from storage.upsert import insert_once
from storage.values import StaffLogin


def bound_login(tx: Transaction, issuer: str, subject: str) -> StaffLogin | None:
    """The login, active or not, to which that person of the provider is bound."""
    row = tx.session.exec(select(OutsideLoginRow).where(OutsideLoginRow.issuer == issuer, OutsideLoginRow.subject == subject)).first()
    return login(tx, row.user) if row is not None else None


def is_bound(tx: Transaction, user: str) -> bool:
    """Whether anybody of any provider is bound to that login."""
    return tx.session.exec(select(OutsideLoginRow.user).where(col(OutsideLoginRow.user) == user).limit(1)).first() is not None


def bind(tx: Transaction, issuer: str, subject: str, user: str, at: datetime) -> None:
    """From now on that person of the provider is this login. Raises StorageError where the person is another's, or there is no such login."""
    if login(tx, user) is None:
        raise StorageError(f"there is no login {user[:60]!r}")
    values = {"issuer": issuer, "subject": storable(subject), "user": user, "bound_at": at}
    if not insert_once(tx, OutsideLoginRow, values, unique=("issuer", "subject")):
        raise StorageError("that person of the provider is bound to a login already")

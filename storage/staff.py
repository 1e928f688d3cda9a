"""Staff: their logins, and the values that they confirmed or corrected."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import col, insert, select, update

from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import CorrectionRow, UserRow
from storage.text import storable
from storage.upsert import insert_once
from storage.values import Correction, StaffLogin, StaffRole


def add_login(tx: Transaction, name: str, password_hash: str, *, at: datetime, role: StaffRole = StaffRole.OFFICER) -> bool:
    """Adds a login, or gives an existing one a new password and role (and lets it in again). Whether it is new. Never takes a password itself."""
    values = {"name": name, "password_hash": password_hash, "role": role.value, "active": True, "created_at": at}
    if insert_once(tx, UserRow, values, unique=("name",)):
        return True
    tx.execute(update(UserRow).where(col(UserRow.name) == name).values(password_hash=password_hash, role=role.value, active=True))
    return False


def login(tx: Transaction, name: str) -> StaffLogin | None:
    """The login of that name, active or not."""
    row = tx.session.exec(select(UserRow).where(UserRow.name == name).execution_options(populate_existing=True)).first()
    return StaffLogin.model_validate(row, from_attributes=True) if row else None


def logins(tx: Transaction) -> tuple[StaffLogin, ...]:
    """Every login, by name."""
    rows = tx.session.exec(select(UserRow).order_by(col(UserRow.name)).execution_options(populate_existing=True))
    return tuple(StaffLogin.model_validate(row, from_attributes=True) for row in rows)


def close_login(tx: Transaction, name: str) -> None:
    """Shuts a login out; its name stays in the audit trail."""
    if tx.execute(update(UserRow).where(col(UserRow.name) == name).values(active=False)).rowcount != 1:
        raise StorageError(f"there is no login {name!r}")


def correct(tx: Transaction, case_id: int, key: str, value: bool | int | float | str | None, *, actor: str, at: datetime, reason: str = "") -> None:
    """Keeps what a person says a field's value is (its normal form; None: there is none). Earlier corrections stay on record."""
    text = None if value is None else storable(json.dumps(value, ensure_ascii=False))
    tx.execute(insert(CorrectionRow).values(case_id=case_id, key=key, value=text, actor=actor, at=at, reason=storable(reason)))


def corrections(tx: Transaction, case_id: int) -> tuple[Correction, ...]:
    """Every correction of a case, oldest first: of one key the last one counts."""
    rows = tx.session.exec(select(CorrectionRow).where(CorrectionRow.case_id == case_id).order_by(col(CorrectionRow.id)))
    return tuple(
        Correction(key=row.key, value=None if row.value is None else json.loads(row.value), actor=row.actor, at=row.at, reason=row.reason)
        for row in rows
    )

"""Tokens of other systems: kept as hashes, for a role and a time, revocable; and what their acts were answered, so that none is done twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, delete, select, update

from parsers.values import Value
from storage.database import Transaction
from storage.errors import StorageError
from storage.other_rows import AnsweredRow, ApiTokenRow
from storage.text import storable
from storage.upsert import insert_once
from storage.values import StaffRole

ACTOR = "token:"
"""Begins the name under which the acts of a token stand in the audit trail."""
ANSWERS_KEPT = timedelta(days=2)


class ApiToken(Value):
    """One token, without the token."""

    id: int
    name: str
    role: StaffRole
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None
    used_from: str = ""

    def counts(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and now < self.expires_at


class Answered(Value):
    """What was answered before under an idempotency key. ``asked``: a hash of the request; ``status`` None: not known (yet)."""

    asked: str
    at: datetime
    status: int | None
    answer: str


def add_token(tx: Transaction, name: str, token_hash: str, *, role: StaffRole, expires_at: datetime, actor: str, at: datetime) -> ApiToken:
    """Keeps a token under its SHA-256. Raises StorageError where one of that name was there before: names are not used again."""
    values = {"name": name, "token_hash": token_hash, "role": role.value, "created_at": at, "created_by": actor, "expires_at": expires_at}
    if not insert_once(tx, ApiTokenRow, {**values, "used_from": ""}, unique=("name",)):
        raise StorageError(f"there is a token {name!r} already: choose another name")
    return next(token for token in tokens(tx) if token.name == name)


def tokens(tx: Transaction) -> tuple[ApiToken, ...]:
    """Every token that there ever was, by name."""
    rows = tx.session.exec(select(ApiTokenRow).order_by(col(ApiTokenRow.name)).execution_options(populate_existing=True))
    return tuple(ApiToken.model_validate(row, from_attributes=True) for row in rows)


def token_of(tx: Transaction, token_hash: str, now: datetime) -> ApiToken | None:
    """The token of that hash; None where there is none, or it counts no more."""
    row = tx.session.exec(select(ApiTokenRow).where(ApiTokenRow.token_hash == token_hash)).first()
    found = ApiToken.model_validate(row, from_attributes=True) if row is not None else None
    return found if found is not None and found.counts(now) else None


def token_used(tx: Transaction, token_id: int, *, at: datetime, address: str) -> None:
    tx.execute(update(ApiTokenRow).where(col(ApiTokenRow.id) == token_id).values(used_at=at, used_from=storable(address[:100])))


def revoke_token(tx: Transaction, name: str, at: datetime) -> None:
    """Ends a token for good; its name stays. Raises StorageError where there is none."""
    changed = tx.execute(update(ApiTokenRow).where(col(ApiTokenRow.name) == name, col(ApiTokenRow.revoked_at).is_(None)).values(revoked_at=at))
    if changed.rowcount != 1:
        raise StorageError(f"there is no token {name[:60]!r} that could be revoked")


def begin_answer(tx: Transaction, *, actor: str, key: str, asked: str, at: datetime) -> Answered | None:
    """Takes an idempotency key for a request; what was answered before where it was taken already."""
    tx.execute(delete(AnsweredRow).where(col(AnsweredRow.at) < at - ANSWERS_KEPT))
    if insert_once(tx, AnsweredRow, {"actor": actor, "key": key, "asked": asked, "at": at, "answer": ""}, unique=("actor", "key")):
        return None
    row = tx.session.exec(select(AnsweredRow).where(AnsweredRow.actor == actor, AnsweredRow.key == key)).one()
    return Answered.model_validate(row, from_attributes=True)


def end_answer(tx: Transaction, *, actor: str, key: str, status: int, answer: str) -> None:
    """Keeps what was answered. It holds ids and states, and nothing personal."""
    mine = (col(AnsweredRow.actor) == actor, col(AnsweredRow.key) == key)
    tx.execute(update(AnsweredRow).where(*mine).values(status=status, answer=answer))


def forget_answer(tx: Transaction, *, actor: str, key: str) -> None:
    """Nothing was done: the key may be used again."""
    tx.execute(delete(AnsweredRow).where(col(AnsweredRow.actor) == actor, col(AnsweredRow.key) == key, col(AnsweredRow.status).is_(None)))

"""Making a token for another system: shown once, kept as a hash."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from review.logins import hash_of
from storage.audit import note
from storage.database import Transaction
from storage.tokens import ApiToken, add_token
from storage.values import StaffRole

PREFIX = "intake_"  # by which scanners of source code know one that was published by mistake
LONGEST = timedelta(days=730)
LONGEST_NAME = 60


class CannotMake(Exception):
    """A token that cannot be made so; the text says why."""


def made(tx: Transaction, name: str, *, role: StaffRole, lasts: timedelta, actor: str, at: datetime) -> tuple[str, ApiToken]:
    """A new token, and what is kept of it. Raises CannotMake, or StorageError where the name was used before."""
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise CannotMake(f"a token's name has 1 to {LONGEST_NAME} printable characters")
    if not timedelta() < lasts <= LONGEST:
        raise CannotMake(f"a token lasts 1 to {LONGEST.days} days")
    token = PREFIX + secrets.token_urlsafe(32)
    kept = add_token(tx, plain, hash_of(token), role=role, expires_at=at + lasts, actor=actor, at=at)
    note(tx, at=at, actor=actor, action="token made", detail=f"{plain} ({role.value}) until {kept.expires_at:%Y-%m-%d}")
    return token, kept

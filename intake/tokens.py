"""`intake token`: tokens of other systems for the API. A token is shown once, when it is made; the record keeps its hash."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from intake.failures import Failure, WrongUse
from intake.record import opened
from intake.settings import Settings
from review.tokens import CannotMake, made
from storage.audit import note
from storage.errors import StorageError
from storage.tokens import revoke_token, tokens
from storage.values import StaffRole

COMMAND_LINE = "command line"


def add(settings: Settings, *, name: str, role: str, days: int) -> int:
    """Makes a token and prints it, alone on a line of standard output. Raises Failure with the way out."""
    if role not in {one.value for one in StaffRole}:
        raise WrongUse(f"there is no role {role!r}: use {', '.join(one.value for one in StaffRole)}")
    now = datetime.now(UTC)
    try:
        with opened(settings) as database, database.transaction() as tx:
            token, kept = made(tx, name, role=StaffRole(role), lasts=timedelta(days=days), actor=COMMAND_LINE, at=now)
    except (CannotMake, StorageError) as error:
        raise Failure(str(error)) from error
    print(token)
    print(f"{kept.name} may call the API as {role} until {kept.expires_at:%Y-%m-%d}. The token is not shown again.", file=sys.stderr)
    return 0


def show(settings: Settings) -> int:
    """One line a token."""
    with opened(settings) as database, database.reading() as tx:
        found = tokens(tx)
    now = datetime.now(UTC)
    for token in found:
        state = "revoked" if token.revoked_at else "ended" if now >= token.expires_at else "counts"
        used = f"last used {token.used_at:%Y-%m-%d %H:%M} UTC from {token.used_from}" if token.used_at else "never used"
        print(f"{token.name}\t{token.role.value}\t{state}\tuntil {token.expires_at:%Y-%m-%d}\t{used}")
    return 0


def revoke(settings: Settings, *, name: str) -> int:
    """Ends a token for good. Raises Failure where there is none of that name."""
    now = datetime.now(UTC)
    try:
        with opened(settings) as database, database.transaction() as tx:
            revoke_token(tx, name, now)
            note(tx, at=now, actor=COMMAND_LINE, action="token revoked", detail=name)
    except StorageError as error:
        raise Failure(str(error)) from error
    print(f"{name} opens nothing any more.")
    return 0

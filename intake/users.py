"""`intake user`: logins of the review site. Passwords are asked for twice, or read from standard input, and never stand in a command."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime

from intake.failures import Failure, WrongUse
from intake.record import opened
from intake.settings import Settings
from review.logins import hash_password
from storage.audit import note
from storage.errors import StorageError
from storage.outside_logins import bind
from storage.sessions import set_password
from storage.site import end_sessions_of
from storage.staff import add_login
from storage.values import StaffRole

_LONGEST_NAME = 60


def add(settings: Settings, *, name: str, role: str, from_input: bool) -> int:
    """Adds a login, or gives a known one a new password and role and ends its sessions. Raises Failure with the way out."""
    plain = name.strip()
    if not plain or len(plain) > _LONGEST_NAME or not plain.isprintable():
        raise Failure(f"a login's name has 1 to {_LONGEST_NAME} printable characters")
    if role not in {one.value for one in StaffRole}:
        raise WrongUse(f"there is no role {role!r}: use {', '.join(one.value for one in StaffRole)}")
    try:
        hashed = hash_password(_password(from_input))
    except ValueError as error:
        raise Failure(str(error)) from error
    now = datetime.now(UTC)
    with opened(settings) as database, database.transaction() as tx:
        new = add_login(tx, plain, hashed, at=now, role=StaffRole(role))
        set_password(tx, plain, hashed)
        end_sessions_of(tx, plain)
        note(tx, at=now, actor="command line", action="login added" if new else "login changed", detail=f"{plain} ({role})")
    print(f"{plain} can log in as {role}." if new else f"{plain} has a new password and is {role}; earlier sessions are ended.")
    return 0


def bind_subject(settings: Settings, *, name: str, subject: str) -> int:
    """Lets a person of the OpenID provider in as a login that there is. Raises Failure with the way out."""
    issuer = settings.openid.issuer
    if not issuer:
        raise Failure("the settings name no provider: set [openid] issuer")
    now = datetime.now(UTC)
    try:
        with opened(settings) as database, database.transaction() as tx:
            bind(tx, issuer, subject, name, now)
            note(tx, at=now, actor="command line", action="login bound", detail=f"{name} to {issuer}")
    except StorageError as error:
        raise Failure(str(error)) from error
    print(f"{subject} of {issuer} comes in as {name}.")
    return 0


def _password(from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Failure("no terminal to ask for the password: use --password-stdin")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise Failure("the two passwords differ")
    return first

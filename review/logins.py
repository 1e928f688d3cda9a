"""Who may come in: passwords under Argon2, attempts counted, a session token that only the browser and its hash know."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from pwdlib import PasswordHash

from review.desk import Desk
from storage.audit import note
from storage.site import end_session, failed_logins, forget_old, note_failed_login, open_session, session_login
from storage.staff import login
from storage.values import StaffLogin, StaffRole

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
MOST_FAILURES = 5
WITHIN = timedelta(minutes=15)
_RANKS = {StaffRole.READER: 0, StaffRole.OFFICER: 1, StaffRole.ADMIN: 2}


@dataclass(frozen=True)
class Entered:
    """A login that was let in, with the token of its session."""

    person: StaffLogin
    token: str


@dataclass(frozen=True)
class Refused:
    """A login that was not let in. ``too_many``: attempts are refused unlooked for a while."""

    too_many: bool = False


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The Argon2id hash of a password. ValueError, with the way out, for one that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValueError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return _hasher().hash(password)


def enter(desk: Desk, name: str, password: str, *, address: str) -> Entered | Refused:
    """Lets a person in whose name and password are right; after five failures in a quarter of an hour nobody of that name or address is heard.

    A name that does not exist takes as long as one that does.
    """
    now = desk.clock()
    with desk.database.reading() as tx:
        if failed_logins(tx, since=now - WITHIN, name=name, address=address) >= MOST_FAILURES:
            return Refused(too_many=True)
        known = login(tx, name)
    right = _hasher().verify(password[:LONGEST_PASSWORD], known.password_hash if known else _nobodys())
    if known is None or not right or not known.active:
        with desk.database.transaction() as tx:
            note_failed_login(tx, name=name, address=address, at=now)
            note(tx, at=now, actor="site", action="login refused", detail=f"from {address}")
        return Refused()
    token = secrets.token_urlsafe(32)
    with desk.database.transaction() as tx:
        forget_old(tx, sessions_before=now - desk.session_length, failures_before=now - timedelta(days=1))
        open_session(tx, user=known.name, token_hash=hash_of(token), at=now)
        note(tx, at=now, actor=known.name, action="logged in")
    return Entered(known, token)


def person_of(desk: Desk, token: str) -> StaffLogin | None:
    """Whose session that token is; None where it has ended."""
    with desk.database.reading() as tx:
        return session_login(tx, hash_of(token), now=desk.clock(), longest=desk.session_length)


def leave(desk: Desk, token: str, name: str) -> None:
    """Ends the session."""
    with desk.database.transaction() as tx:
        end_session(tx, hash_of(token))
        note(tx, at=desk.clock(), actor=name, action="logged out")


def csrf_of(desk: Desk, token: str) -> str:
    """What every form of this session carries: proof that the form came from us."""
    return hmac.new(desk.secret, b"csrf:" + token.encode(), hashlib.sha256).hexdigest()


def may(person: StaffLogin, role: StaffRole) -> bool:
    """Whether a person's role allows what that role may do."""
    return _RANKS[person.role] >= _RANKS[role]


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

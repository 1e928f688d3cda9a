"""Who may come in: passwords under Argon2, attempts counted before they are looked at, a session token that only the browser and its hash know."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

from review.desk import Desk
from review.rules import Rules, source_of
from storage.audit import note
from storage.login_attempts import KNOWN, Allowed, attempt_succeeded, begin_attempt
from storage.sessions import begin_session, end_other_sessions, session_of, session_used, set_password
from storage.site import end_session, forget_old
from storage.staff import login
from storage.text import storable
from storage.values import StaffLogin, StaffRole

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
ALLOWED = Allowed()
NO_PASSWORD = "!"  # noqa: S105 (of a login that comes in through an OpenID provider alone)
_USED_EVERY = timedelta(minutes=1)
_RANKS = {StaffRole.READER: 0, StaffRole.OFFICER: 1, StaffRole.ADMIN: 2}
_HASHING = threading.BoundedSemaphore(2)  # Argon2 takes 64 MB a time: many attempts at once must not take the machine


@dataclass(frozen=True)
class Entered:
    """A login that was let in, with the token of its session. ``browser``: by which this browser is known to that name from now on."""

    person: StaffLogin
    token: str
    browser: str


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
    with _HASHING:
        return _hasher().hash(_storable(password))


def enter(desk: Desk, name: str, password: str, *, address: str, browser: str = "") -> Entered | Refused:
    """Lets a person in whose name and password are right. After a few failures from one place no more are looked at for a quarter of an hour.

    A browser in which that name logged in before (``browser``) has attempts of its own, so that strangers who try a name keep nobody out of it.
    A name that does not exist, or was closed, takes as long as one that does, and is answered the same.
    """
    now = desk.clock()
    name = storable(name)
    with desk.database.transaction() as tx:
        attempt = begin_attempt(tx, name=name, source=_source(desk, name, address, browser), now=now, allowed=ALLOWED)
        known = login(tx, name) if attempt is not None else None
    if attempt is None:
        return Refused(too_many=True)
    right = is_right(password, known.password_hash if known else _nobodys())
    with desk.database.transaction() as tx:
        if known is None or not right or not known.active:
            note(tx, at=now, actor="site", action="login refused", detail=f"from {address}")
            return Refused()
        attempt_succeeded(tx, attempt)
    return come_in(desk, known, address=address)


def come_in(desk: Desk, person: StaffLogin, *, address: str, how: str = "") -> Entered:
    """Opens a session for a person who proved who it is. ``how``: by which means, for the audit trail."""
    now, token = desk.clock(), secrets.token_urlsafe(32)
    with desk.database.transaction() as tx:
        forget_old(tx, sessions_before=now - desk.session_length, failures_before=now - timedelta(days=1))
        begin_session(tx, user=person.name, token_hash=hash_of(token), at=now, address=address)
        note(tx, at=now, actor=person.name, action="logged in", detail=how)
    return Entered(person, token, browser_of(desk, person.name))


def person_of(desk: Desk, token: str, rules: Rules, *, working: bool = True) -> StaffLogin | None:
    """Whose session that token is; None where it has ended. ``working`` False: a page asked by itself, and the person may be away."""
    now, hashed = desk.clock(), hash_of(token)
    with desk.database.reading() as tx:
        found = session_of(tx, hashed, now=now, longest=desk.session_length, idle=rules.idle)
    if found is None:
        return None
    person, seen = found
    if working and now - seen > _USED_EVERY:
        with desk.database.transaction() as tx:
            session_used(tx, hashed, now)
    return person


def leave(desk: Desk, token: str, name: str) -> None:
    """Ends the session."""
    with desk.database.transaction() as tx:
        end_session(tx, hash_of(token))
        note(tx, at=desk.clock(), actor=name, action="logged out")


def change_password(desk: Desk, person: StaffLogin, *, now: str, new: str, token: str) -> bool:
    """Gives a person the password that it chose, and ends its other sessions. False where the password now is wrong.

    ValueError as ``hash_password``.
    """
    if not is_right(now, person.password_hash):
        with desk.database.transaction() as tx:
            note(tx, at=desk.clock(), actor=person.name, action="password not changed", detail="the password now was wrong")
        return False
    hashed = hash_password(new)
    with desk.database.transaction() as tx:
        set_password(tx, person.name, hashed)
        ended = end_other_sessions(tx, person.name, hash_of(token))
        note(tx, at=desk.clock(), actor=person.name, action="password changed", detail=f"{ended} other sessions ended")
    return True


def is_right(password: str, password_hash: str) -> bool:
    """Whether that is the password. Whatever the hash, it takes as long."""
    with _HASHING:
        try:
            return _hasher().verify(_storable(password[:LONGEST_PASSWORD]), password_hash)
        except UnknownHashError:
            _hasher().verify(_storable(password[:LONGEST_PASSWORD]), _nobodys())
            return False


def csrf_of(desk: Desk, token: str) -> str:
    """What every form of this session carries: proof that the form came from us."""
    return hmac.new(desk.secret, b"csrf:" + token.encode(), hashlib.sha256).hexdigest()


def browser_of(desk: Desk, name: str) -> str:
    """What a browser keeps by which it is known to a name that logged in there: a number of its own, signed for that name."""
    number = secrets.token_hex(16)
    return f"{number}.{_signed(desk, name, number)}"


def may(person: StaffLogin, role: StaffRole) -> bool:
    """Whether a person's role allows what that role may do."""
    return _RANKS[person.role] >= _RANKS[role]


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _source(desk: Desk, name: str, address: str, browser: str) -> str:
    number, _, signature = browser.partition(".")
    if number and hmac.compare_digest(_signed(desk, name, number).encode(), signature.encode()):
        return KNOWN + number
    return source_of(address)


def _signed(desk: Desk, name: str, number: str) -> str:
    return hmac.new(desk.secret, f"browser:{name}:{number}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _storable(password: str) -> bytes:
    return password.encode("utf-8", "replace")

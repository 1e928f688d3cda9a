"""Words typed at a session that ended: sealed into the login page, and handed back to be sent once the person is in again.

Nothing is done by itself: the person sees the words and sends them with a form of the session that is there now. The seal is good for a day, and
says nothing to whoever finds the login page open. Only what our own pages sent is sealed, and never a password.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from pydantic import ValidationError
from starlette.requests import Request

from parsers.values import Value
from review.desk import Desk
from review.logins import csrf_of, hash_of
from storage.sessions import session_of

KEPT_FOR = timedelta(days=1)
_WHERE = ("/cases/", "/mails/", "/letters/", "/learning/")  # forms of work; those of accounts hold passwords
_NEVER = frozenset({"csrf", "password", "kept"})
_EVER = timedelta(days=36_500)


class Typed(Value):
    """A form that was sent and not done. ``path``: where to; ``fields``: names with their values, in order; ``person``: whose, if that is known."""

    path: str
    fields: tuple[tuple[str, str], ...]
    person: str = ""


def comes_from_us(request: Request) -> bool:
    """Whether the browser itself says that one of our own pages sent this. A browser that says nothing proves nothing."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        return False
    return site == "same-origin" or (site is None and origin is not None)


def may_be_kept(request: Request) -> bool:
    """Whether what a request carries is the work of a person at one of our forms."""
    return request.method == "POST" and request.url.path.startswith(_WHERE) and comes_from_us(request)


def typed_in(desk: Desk, path: str, fields: Iterable[tuple[str, object]], token: str) -> Typed:
    """What a form carried; ``token``: of the session that ended, which tells whose words they are."""
    given = [(name, value) for name, value in fields if isinstance(value, str)]
    person = ""
    csrf = dict(given).get("csrf", "")
    if token and hmac.compare_digest(csrf.encode("utf-8", "replace"), csrf_of(desk, token).encode()):
        with desk.database.reading() as tx:
            found = session_of(tx, hash_of(token), now=desk.clock(), longest=_EVER, idle=_EVER)
        person = found[0].name if found else ""
    return Typed(path=path, fields=tuple((name, value) for name, value in given if name not in _NEVER), person=person)


def seal(desk: Desk, typed: Typed) -> str:
    """The words, readable for this site alone."""
    return _fernet(desk).encrypt_at_time(typed.model_dump_json().encode("utf-8", "replace"), int(desk.clock().timestamp())).decode("ascii")


def unseal(desk: Desk, sealed: str) -> Typed | None:
    """What this site sealed within a day; None for anything else."""
    if not sealed:
        return None
    try:
        plain = _fernet(desk).decrypt_at_time(sealed.encode("utf-8", "replace"), int(KEPT_FOR.total_seconds()), int(desk.clock().timestamp()))
        return Typed.model_validate(json.loads(plain))
    except (InvalidToken, ValidationError, ValueError):
        return None


def _fernet(desk: Desk) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.new(desk.secret, b"typed words", sha256).digest()))

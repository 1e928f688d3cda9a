"""Who calls: another system by its token, or a person by the site's own session; how often; and in which language refusals are said."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Header
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from review.acts import Acts
from review.api.problems import Refusal
from review.desk import Desk
from review.logins import csrf_of, hash_of, person_of
from review.mail_acts import MailActs
from review.pages.access import address_of
from review.rules import source_of
from review.security import Forbidden, assert_own_form
from review.visit import COOKIE, cookie_of, desk_of, rules_of, words_of
from review.words import SiteWords
from storage.audit import note
from storage.database import Transaction
from storage.tokens import ACTOR, token_of, token_used
from storage.values import StaffRole

A_MINUTE, WRONG_A_MINUTE = 240, 20
_USED_EVERY = timedelta(minutes=1)
_RANKS = {StaffRole.READER: 0, StaffRole.OFFICER: 1, StaffRole.ADMIN: 2}
_SAFE = ("GET", "HEAD")
bearer = HTTPBearer(
    auto_error=False, scheme_name="token", description="A token made by an administrator: on the page of tokens, or by `intake token add`."
)


@dataclass
class Pace:
    """How many calls each caller has left: so many a minute, filled up steadily. In memory; thread-safe."""

    a_minute: int
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, who: str) -> float:
        """Counts a call. Seconds to wait where it is one too many, else 0."""
        with self._lock:
            now = time.monotonic()
            left, at = self._left.pop(who, (float(self.a_minute), now))
            left = min(float(self.a_minute), left + (now - at) * self.a_minute / 60)
            over = left < 1
            self._left[who] = (left if over else left - 1, now)
            while len(self._left) > 10_000:
                self._left.popitem(last=False)
            return (1 - left) * 60 / self.a_minute if over else 0.0

    def is_out(self, who: str) -> bool:
        """Whether a caller has none left, without counting."""
        with self._lock:
            left, at = self._left.get(who, (float(self.a_minute), time.monotonic()))
            return left + (time.monotonic() - at) * self.a_minute / 60 < 1


@dataclass(frozen=True)
class Caller:
    """Who calls. ``name`` stands in the audit trail for everything that the call looks at or does."""

    desk: Desk
    name: str
    role: StaffRole
    t: SiteWords

    @property
    def acts(self) -> Acts:
        return Acts(self.desk, self.name, self.t)

    @property
    def mail_acts(self) -> MailActs:
        return MailActs(self.desk, self.name, self.t)

    def note(self, tx: Transaction, action: str, reference: str | None = None, detail: str = "") -> None:
        note(tx, at=self.desk.clock(), actor=self.name, action=action, reference=reference, detail=detail)


def calling(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    x_csrf_token: Annotated[str, Header(include_in_schema=False)] = "",
) -> Caller:
    """The caller. Raises Refusal: 401 for nobody, 429 for too often."""
    caller = _by_token(request, credentials.credentials) if credentials is not None else _by_session(request, x_csrf_token)
    wait_s = request.app.state.pace.take(caller.name)
    if wait_s:
        raise Refusal(429, "too-many", f"more than {A_MINUTE} calls in a minute", headers={"Retry-After": str(int(wait_s) + 1)})
    return caller


def acting(caller: Annotated[Caller, Depends(calling)]) -> Caller:
    """A caller whose role may act. Raises Refusal 403."""
    if _RANKS[caller.role] < _RANKS[StaffRole.OFFICER]:
        raise Refusal(403, "role", "this token or login may look, and not act")
    return caller


Looking = Annotated[Caller, Depends(calling)]
Acting = Annotated[Caller, Depends(acting)]


def _by_token(request: Request, token: str) -> Caller:
    desk, address = desk_of(request), address_of(request)
    now, wrong = desk.clock(), request.app.state.wrong
    if wrong.is_out(source_of(address)):
        raise Refusal(429, "too-many", "too many calls with tokens that are not known", headers={"Retry-After": "60"})
    with desk.database.reading() as tx:
        found = token_of(tx, hash_of(token), now)
    if found is None:
        wrong.take(source_of(address))
        raise _nobody('Bearer error="invalid_token"', "this token is not known, has ended or was revoked")
    if found.used_at is None or now - found.used_at > _USED_EVERY:
        with desk.database.transaction() as tx:
            token_used(tx, found.id, at=now, address=address)
    return Caller(desk, ACTOR + found.name, found.role, words_of(request))


def _by_session(request: Request, csrf: str) -> Caller:
    desk, token = desk_of(request), cookie_of(request, COOKIE)
    person = person_of(desk, token, rules_of(request)) if token else None
    if person is None:
        raise _nobody("Bearer", "a token is needed: an administrator makes one")
    if person.password_due:
        raise Refusal(403, "password-due", "the password must be changed first")
    if request.method not in _SAFE:
        try:
            assert_own_form(request, csrf, csrf_of(desk, token))
        except Forbidden as error:
            raise Refusal(403, "origin", str(error)) from error
    return Caller(desk, person.name, person.role, words_of(request))


def _nobody(challenge: str, detail: str) -> Refusal:
    return Refusal(401, "token", detail, headers={"WWW-Authenticate": challenge})

"""Coming in through an OpenID provider: the way there, and the way back."""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from hashlib import sha256
from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.desk import Desk
from review.logins import ALLOWED, NO_PASSWORD, come_in
from review.openid import Errand, NotTold, Provider, Told
from review.pages.access import address_of, let_in, login_page_saying, own_path
from review.rules import source_of
from review.visit import cookie_of, desk_of, rules_of, set_cookie, words_of
from storage.audit import note
from storage.database import Transaction
from storage.login_attempts import attempt_succeeded, begin_attempt
from storage.outside_logins import bind, bound_login, is_bound
from storage.sessions import set_role
from storage.staff import add_login, login
from storage.values import StaffLogin, StaffRole

router = APIRouter(prefix="/login/outside")
ERRAND_COOKIE, ERRAND_S = "intake_errand", 600
EVERYBODY = "(through a provider)"
log = logging.getLogger("review")


@router.get("")
def go(request: Request, then: str = "/") -> Response:
    """To the provider, with an errand that only this browser can bring back."""
    provider, desk = _provider(request), desk_of(request)
    errand = Errand.new()
    try:
        answer = RedirectResponse(provider.way_there(errand, _back(request)), status_code=303)
    except NotTold as error:
        return _refused(request, error, then)
    signed = _sealed(desk, {"s": errand.state, "n": errand.nonce, "v": errand.verifier, "t": own_path(then), "at": desk.clock().timestamp()})
    set_cookie(request, answer, ERRAND_COOKIE, signed, ERRAND_S)
    return answer


@router.get("/back")
def come_back(request: Request, state: str = "", code: str = "", iss: str = "", error: str = "") -> Response:
    """From the provider: whom it confirms is let in where the office knows the person."""
    provider, desk = _provider(request), desk_of(request)
    carried = _opened(desk, cookie_of(request, ERRAND_COOKIE))
    then = str(carried.get("t", "/")) if carried else "/"
    try:
        if carried is None or not hmac.compare_digest(str(carried["s"]).encode(), state.encode("utf-8", "replace")):
            raise NotTold("the answer belongs to no errand of this browser")
        if error or not code or (iss and iss != provider.issuer):
            raise NotTold(f"the provider answered {error[:40]!r}" if error else "the answer has no code, or is another provider's")
        with desk.database.transaction() as tx:
            attempt = begin_attempt(tx, name=EVERYBODY, source=source_of(address_of(request)), now=desk.clock(), allowed=ALLOWED)
        if attempt is None:
            return login_page_saying(request, then, words_of(request)("login.too_many"), 429)
        told = provider.who(Errand(str(carried["s"]), str(carried["n"]), str(carried["v"])), code, _back(request))
    except NotTold as trouble:
        return _refused(request, trouble, then)
    with desk.database.transaction() as tx:
        person = known_person(tx, desk, provider, told)
        attempt_succeeded(tx, attempt)
    if person is None:
        return login_page_saying(request, then, words_of(request)("login.not_known", provider=provider.name), 403)
    answer = let_in(request, come_in(desk, person, address=address_of(request), how=f"through {provider.name}"), then)
    set_cookie(request, answer, ERRAND_COOKIE, "", 0)
    return answer


def known_person(tx: Transaction, desk: Desk, provider: Provider, told: Told) -> StaffLogin | None:
    """Whose login that is. Somebody whose verified address is listed gets one at the first visit; a list that changed changes the role, and who
    is listed no more comes in no more. A login that has a password is never taken over: an administrator binds it."""
    now, role = desk.clock(), provider.roles.get(told.email or "")
    person = bound_login(tx, told.issuer, told.subject)
    if person is None and role is not None and told.email is not None:
        person = _first_visit(tx, told.email, role, desk)
        if person is not None:
            bind(tx, told.issuer, told.subject, person.name, now)
            note(tx, at=now, actor="site", action="login bound", detail=f"{person.name} to {provider.name}")
    elif person is not None and person.password_hash == NO_PASSWORD and role is not person.role:
        person = _role_now(tx, person, role, desk)
    if person is None or not person.active:
        note(tx, at=now, actor="site", action="login refused", detail=f"through {provider.name}")
        return None
    return person


def _first_visit(tx: Transaction, email: str, role: StaffRole, desk: Desk) -> StaffLogin | None:
    there = login(tx, email)
    if there is None:
        add_login(tx, email, NO_PASSWORD, at=desk.clock(), role=role)
        note(tx, at=desk.clock(), actor="site", action="login added", detail=f"{email} ({role.value})")
    elif there.password_hash != NO_PASSWORD or is_bound(tx, email):
        return None
    return login(tx, email)


def _role_now(tx: Transaction, person: StaffLogin, role: StaffRole | None, desk: Desk) -> StaffLogin | None:
    if role is None:
        return None
    set_role(tx, person.name, role)
    note(tx, at=desk.clock(), actor="site", action="role changed", detail=f"{person.name}: {person.role.value} to {role.value}")
    return login(tx, person.name)


def _provider(request: Request) -> Provider:
    provider = request.app.state.provider
    if not isinstance(provider, Provider):
        raise HTTPException(404)
    return provider


def _back(request: Request) -> str:
    base = rules_of(request).public_url or f"{request.url.scheme}://{request.headers['host']}"
    return f"{base}/login/outside/back"


def _refused(request: Request, error: NotTold, then: str) -> Response:
    log.warning("a login through the provider failed: %s", error)
    return login_page_saying(request, then, words_of(request)("login.not_told", provider=_provider(request).name), 401)


def _sealed(desk: Desk, carried: dict[str, Any]) -> str:
    plain = json.dumps(carried).encode().hex()
    return f"{plain}.{_signature(desk, plain)}"


def _opened(desk: Desk, sealed: str) -> dict[str, Any] | None:
    """What this site sealed, within its time; None for anything else."""
    plain, _, signature = sealed.partition(".")
    if not plain or not secrets.compare_digest(_signature(desk, plain).encode(), signature.encode("utf-8", "replace")):
        return None
    carried: dict[str, Any] = json.loads(bytes.fromhex(plain))
    return carried if 0 <= desk.clock().timestamp() - float(carried["at"]) <= ERRAND_S else None


def _signature(desk: Desk, plain: str) -> str:
    return hmac.new(desk.secret, b"errand:" + plain.encode("utf-8", "replace"), sha256).hexdigest()

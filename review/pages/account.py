"""A person's own account: who one is here, and another password."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from review.logins import ALLOWED, LONGEST_PASSWORD, NO_PASSWORD, SHORTEST_PASSWORD, change_password
from review.pages.access import Given
from review.security import assert_own_form
from review.visit import Looking, Visit, provider_name
from storage.login_attempts import begin_attempt

router = APIRouter()


@router.get("/account")
def account_page(visit: Looking, done: bool = False) -> Response:
    return _page(visit, visit.t("account.changed") if done else "", good=done)


@router.post("/account")
def choose_password(visit: Looking, now: Given = "", new: Given = "", again: Given = "", csrf: Given = "") -> Response:
    """Another password; every other login of the person ends. Guesses of the password now are counted as at the login."""
    assert_own_form(visit.request, csrf, visit.csrf)
    said = _why_not(visit, now, new, again)
    if said:
        return _page(visit, said, 422)
    with visit.desk.database.transaction() as tx:
        attempt = begin_attempt(tx, name=visit.person.name, source="account", now=visit.desk.clock(), allowed=ALLOWED)
    if attempt is None:
        return _page(visit, visit.t("login.too_many"), 429)
    if not change_password(visit.desk, visit.person, now=now, new=new, token=visit.token):
        return _page(visit, visit.t("account.wrong"), 422)
    return RedirectResponse("/account?done=1", status_code=303)


def _why_not(visit: Visit, now: str, new: str, again: str) -> str:
    if visit.person.password_hash == NO_PASSWORD:
        return visit.t("account.outside", provider=provider_name(visit.request) or "OpenID")
    if new != again:
        return visit.t("account.differ")
    if new == now:
        return visit.t("account.same")
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        return visit.t("account.length", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    return ""


def _page(visit: Visit, said: str, status: int = 200, *, good: bool = False) -> Response:
    outside = visit.person.password_hash == NO_PASSWORD
    provider = provider_name(visit.request) or "OpenID"
    return visit.page("account.html.j2", status, said=said, good=good, least=SHORTEST_PASSWORD, outside=outside, provider=provider)

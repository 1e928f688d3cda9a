"""Coming in and going out, and the language of the site."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.logins import Entered, enter, leave
from review.security import assert_own_form
from review.visit import (
    BROWSER_COOKIE,
    COOKIE,
    FORM_COOKIE,
    LANGUAGE_COOKIE,
    Looking,
    cookie_of,
    desk_of,
    form_token_of,
    provider_name,
    rendered,
    set_cookie,
    words_of,
)
from review.words import LANGUAGES

router = APIRouter()
Given = Annotated[str, Form()]
NOTHING = secrets.token_hex(32)  # what no form carries
_YEAR_S = 365 * 24 * 3600


@router.get("/login")
def login_page(request: Request, then: str = "/") -> Response:
    return login_page_saying(request, then, "")


@router.post("/login")
def log_in(request: Request, name: Given = "", password: Given = "", then: Given = "/", csrf: Given = "") -> Response:
    assert_own_form(request, csrf, form_token_of(request, cookie_of(request, FORM_COOKIE)) if cookie_of(request, FORM_COOKIE) else NOTHING)
    desk = desk_of(request)
    outcome = enter(desk, name.strip(), password, address=address_of(request), browser=cookie_of(request, BROWSER_COOKIE))
    if not isinstance(outcome, Entered):
        t = words_of(request)
        said = t("login.too_many") if outcome.too_many else t("login.refused")
        return login_page_saying(request, then, said, 429 if outcome.too_many else 401)
    return let_in(request, outcome, then)


def let_in(request: Request, entered: Entered, then: str) -> Response:
    """Leads a person on who was let in, with the session's cookie."""
    answer = RedirectResponse("/account" if entered.person.password_due else own_path(then), status_code=303)
    set_cookie(request, answer, COOKIE, entered.token, int(desk_of(request).session_length.total_seconds()))
    set_cookie(request, answer, BROWSER_COOKIE, entered.browser, _YEAR_S)
    return answer


@router.post("/logout")
def log_out(visit: Looking, csrf: Given = "") -> Response:
    assert_own_form(visit.request, csrf, visit.csrf)
    leave(visit.desk, visit.token, visit.person.name)
    answer = RedirectResponse("/login", status_code=303)
    set_cookie(visit.request, answer, COOKIE, "", 0)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.post("/language")
def choose_language(request: Request, language: Given = "en", then: Given = "/") -> Response:
    assert_own_form(request, "", "")  # nothing of anybody's changes by it; the browser still tells where the form came from
    answer = RedirectResponse(own_path(then), status_code=303)
    if language in LANGUAGES:
        set_cookie(request, answer, LANGUAGE_COOKIE, language, _YEAR_S)
    return answer


def address_of(request: Request) -> str:
    """Where a visitor comes from, as far as the proxies that are trusted tell."""
    return request.client.host if request.client else ""


def own_path(then: str) -> str:
    """A path on this site, and nowhere else."""
    good = then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable() and len(then) < 2000
    return quote(then, safe="/?&=#%:@+,;~") if good else "/"


def login_page_saying(request: Request, then: str, said: str, status: int = 200) -> Response:
    """The login, with what must be said to the visitor."""
    return rendered(request, "login.html.j2", status, then=own_path(then), said=said, provider=provider_name(request))

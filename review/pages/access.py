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
from review.typed_words import Typed, unseal
from review.visit import (
    BROWSER_COOKIE,
    COOKIE,
    FORM_COOKIE,
    LANGUAGE_COOKIE,
    LoginNeeded,
    Looking,
    Visit,
    cookie_of,
    desk_of,
    form_token_of,
    provider_name,
    rendered,
    set_cookie,
    visiting,
    words_of,
)
from review.words import LANGUAGES
from storage.audit import note

router = APIRouter()
Given = Annotated[str, Form()]
NOTHING = secrets.token_hex(32)  # what no form carries
_YEAR_S = 365 * 24 * 3600


@router.get("/login")
def login_page(request: Request, then: str = "/") -> Response:
    return login_page_saying(request, then, "")


@router.post("/login")
def log_in(request: Request, name: Given = "", password: Given = "", then: Given = "/", csrf: Given = "", kept: Given = "") -> Response:
    _assert_of_this_browser(request, csrf)
    desk = desk_of(request)
    outcome = enter(desk, name.strip(), password, address=address_of(request), browser=cookie_of(request, BROWSER_COOKIE))
    if not isinstance(outcome, Entered):
        t = words_of(request)
        said = t("login.too_many") if outcome.too_many else t("login.refused")
        return login_page_saying(request, then, said, 429 if outcome.too_many else 401, kept=kept)
    answer = let_in(request, outcome, then)
    typed = unseal(desk, kept)
    if typed is None or outcome.person.password_due or typed.person not in ("", outcome.person.name):
        return answer
    page = words_again(Visit(request, desk, outcome.person, outcome.token), typed)
    page.raw_headers.extend(header for header in answer.raw_headers if header[0] == b"set-cookie")
    return page


@router.post("/again")
def go_on(request: Request, csrf: Given = "", kept: Given = "") -> Response:
    """To one's words, for whoever came in meanwhile in another window."""
    _assert_of_this_browser(request, csrf)
    typed = unseal(desk_of(request), kept)
    try:
        visit = visiting(request)
    except LoginNeeded:
        return login_page_saying(request, "/", words_of(request)("login.kept"), 401, kept=kept)
    if typed is None or typed.person not in ("", visit.person.name):
        return RedirectResponse("/", status_code=303)
    return words_again(visit, typed)


def words_again(visit: Visit, typed: Typed) -> Response:
    """What a person typed at a session that ended, to be sent by the one that is there now."""
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="page shown", detail=f"own words to be sent again to {typed.path}"[:200])
    return visit.page("again.html.j2", typed=typed)


def _assert_of_this_browser(request: Request, csrf: str) -> None:
    number = cookie_of(request, FORM_COOKIE)
    assert_own_form(request, csrf, form_token_of(request, number) if number else NOTHING)


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


def login_page_saying(request: Request, then: str, said: str, status: int = 200, *, kept: str = "") -> Response:
    """The login, with what must be said to the visitor. ``kept``: sealed words that are to be given back."""
    return rendered(request, "login.html.j2", status, then=own_path(then), said=said, provider=provider_name(request), kept=kept)

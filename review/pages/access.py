"""Coming in and going out, and the language of the site."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from review.logins import Entered, enter, leave
from review.security import assert_own_form
from review.visit import COOKIE, LANGUAGE_COOKIE, Looking, desk_of, rendered, words_of
from review.words import LANGUAGES

router = APIRouter()
_YEAR_S = 365 * 24 * 3600


@router.get("/login")
def login_page(request: Request, then: str = "/") -> Response:
    return rendered(request, "login.html.j2", then=_own_path(then), said="")


@router.post("/login")
def log_in(
    request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "", then: Annotated[str, Form()] = "/"
) -> Response:
    assert_own_form(request, "", "")  # there is no session to protect yet; the browser still tells where the form came from
    desk = desk_of(request)
    outcome = enter(desk, name.strip(), password, address=request.client.host if request.client else "")
    if not isinstance(outcome, Entered):
        t = words_of(request)
        said = t("login.too_many") if outcome.too_many else t("login.refused")
        return rendered(request, "login.html.j2", 429 if outcome.too_many else 401, then=_own_path(then), said=said)
    answer = RedirectResponse(_own_path(then), status_code=303)
    _set(request, answer, COOKIE, outcome.token, int(desk.session_length.total_seconds()))
    return answer


@router.post("/logout")
def log_out(visit: Looking, csrf: Annotated[str, Form()] = "") -> Response:
    assert_own_form(visit.request, csrf, visit.csrf)
    leave(visit.desk, visit.token, visit.person.name)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/language")
def choose_language(request: Request, language: Annotated[str, Form()] = "en", then: Annotated[str, Form()] = "/") -> Response:
    assert_own_form(request, "", "")
    answer = RedirectResponse(_own_path(then), status_code=303)
    if language in LANGUAGES:
        _set(request, answer, LANGUAGE_COOKIE, language, _YEAR_S)
    return answer


def _set(request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/")


def _own_path(then: str) -> str:
    """A path on this site, and nowhere else."""
    return then if then.startswith("/") and not then.startswith(("//", "/\\")) and "\n" not in then and "\r" not in then else "/"

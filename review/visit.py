"""One visit: whose request it is, in which language, and how a page is made for it."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Header
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from review.acts import Acts
from review.desk import Desk
from review.logins import csrf_of, may, person_of
from review.rules import Rules
from review.security import Forbidden, assert_own_form, is_secure
from review.words import SiteWords, in_its_language, language_of, words_in
from storage.values import StaffLogin, StaffRole

COOKIE, LANGUAGE_COOKIE, FORM_COOKIE, BROWSER_COOKIE = "intake_session", "intake_language", "intake_form", "intake_browser"
ASKED_BY_ITSELF = "/presence"  # ends the path of what an open page asks every few seconds
AT_HOME = ("/account", "/logout")  # where a person may be who must choose a password first
_HONG_KONG = ZoneInfo("Asia/Hong_Kong")
_TURNING = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
TEMPLATES = Path(__file__).parent / "templates"


class LoginNeeded(Exception):
    """The visitor is not logged in, or no longer."""


class PasswordDue(Exception):
    """The visitor must choose a password before anything else."""


class Visit:
    """A logged-in person's request. ``t`` gives the site's words in the person's language."""

    def __init__(self, request: Request, desk: Desk, person: StaffLogin, token: str) -> None:
        self.request = request
        self.desk = desk
        self.person = person
        self.token = token
        self.t = words_of(request)

    @property
    def csrf(self) -> str:
        return csrf_of(self.desk, self.token)

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a piece of a page, and not the browser for a whole one."""
        return self.request.headers.get("hx-request") == "true" and self.request.headers.get("hx-boosted") != "true"

    @property
    def acts(self) -> Acts:
        return Acts(self.desk, self.person.name, self.t)

    def may_act(self) -> bool:
        return may(self.person, StaffRole.OFFICER)

    def may_administer(self) -> bool:
        return may(self.person, StaffRole.ADMIN)

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of the site around these values."""
        return rendered(self.request, template, status, visit=self, **values)


def desk_of(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)  # noqa: S101
    return desk


def words_of(request: Request) -> SiteWords:
    return words_in(language_of(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", "")))


def rules_of(request: Request) -> Rules:
    rules = request.app.state.rules
    assert isinstance(rules, Rules)  # noqa: S101
    return rules


def provider_name(request: Request) -> str:
    """What the OpenID provider is called through which staff may come in; empty where there is none."""
    provider = getattr(request.app.state, "provider", None)
    return str(provider.name) if provider is not None else ""


def cookie_of(request: Request, name: str) -> str:
    """The value of a cookie of ours; empty where there is none."""
    return request.cookies.get(cookie_name(request, name), "")


def cookie_name(request: Request, name: str) -> str:
    """Over TLS with the prefix that keeps other sites of the same domain from setting it (RFC 6265bis, section 4.1.3.2)."""
    return f"__Host-{name}" if is_secure(request) else name


def set_cookie(request: Request, answer: Response, name: str, value: str, seconds: int | None) -> None:
    """A cookie that no script reads and no other site's form brings along. ``seconds`` None: until the browser is closed; 0: gone."""
    answer.set_cookie(
        cookie_name(request, name), value, max_age=seconds, httponly=True, samesite="lax", secure=is_secure(request), path="/"
    )  # fmt: skip


def visiting(request: Request) -> Visit:
    """The visit of a logged-in person. Raises LoginNeeded, or PasswordDue."""
    token = cookie_of(request, COOKIE)
    desk = desk_of(request)
    working = not request.url.path.endswith(ASKED_BY_ITSELF)
    person = person_of(desk, token, rules_of(request), working=working) if token else None
    if person is None:
        raise LoginNeeded
    if person.password_due and request.url.path not in AT_HOME:
        raise PasswordDue
    return Visit(request, desk, person, token)


def acting(
    visit: Annotated[Visit, Depends(visiting)],
    csrf: Annotated[str, Form()] = "",
    x_csrf_token: Annotated[str, Header()] = "",
) -> Visit:
    """The visit of an officer whose form is our own. Raises LoginNeeded or Forbidden."""
    assert_own_form(visit.request, csrf or x_csrf_token, visit.csrf)
    if not visit.may_act():
        raise Forbidden("this login may look, and not act: ask an administrator")
    return visit


def administering(visit: Annotated[Visit, Depends(visiting)]) -> Visit:
    """The visit of an administrator who looks. Raises LoginNeeded or Forbidden."""
    if not visit.may_administer():
        raise Forbidden(visit.t("admin.only_admin"))
    return visit


def administering_act(visit: Annotated[Visit, Depends(acting)]) -> Visit:
    """The visit of an administrator whose form is our own. Raises LoginNeeded or Forbidden."""
    return administering(visit)


Looking = Annotated[Visit, Depends(visiting)]
Acting = Annotated[Visit, Depends(acting)]
Administering = Annotated[Visit, Depends(administering)]
AdministeringAct = Annotated[Visit, Depends(administering_act)]


def rendered(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page as HTML: every value escaped, every name known, or it is an error of ours."""
    t = words_of(request)
    visit = values.get("visit")
    number = "" if visit else cookie_of(request, FORM_COOKIE) or secrets.token_urlsafe(24)
    form_token = visit.csrf if visit else form_token_of(request, number)
    html = _environment().get_template(template).render(t=t, request=request, **{"visit": None, "form_token": form_token, **values})
    answer = HTMLResponse(html, status_code=status)
    if number and number != cookie_of(request, FORM_COOKIE):
        set_cookie(request, answer, FORM_COOKIE, number, None)
    return answer


def form_token_of(request: Request, number: str) -> str:
    """What the forms carry that are shown before a login: proof that they came from us to this browser, which has the number in a cookie."""
    return hmac.new(desk_of(request).secret, b"form:" + number.encode("utf-8", "replace"), sha256).hexdigest()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=in_order
    )
    made.filters["hong_kong"] = in_hong_kong
    made.filters["in_its_language"] = in_its_language
    return made


def in_order(shown: Any) -> Any:
    """What a template shows, without the characters that turn the order of letters round (Unicode, Annex 9): they would reach into our own words."""
    return shown.translate(_TURNING) if isinstance(shown, str) and not shown.isascii() else shown


def in_hong_kong(moment: datetime | None) -> str:
    """A moment as the clock on the office's wall shows it; a dash where there is none."""
    return moment.astimezone(_HONG_KONG).strftime("%Y-%m-%d %H:%M") if moment else "–"

"""One visit: whose request it is, in which language, and how a page is made for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Form, Header
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from review.acts import Acts
from review.desk import Desk
from review.logins import csrf_of, may, person_of
from review.security import Forbidden, assert_own_form
from review.words import SiteWords, language_of, words_in
from storage.values import StaffLogin, StaffRole

COOKIE, LANGUAGE_COOKIE = "intake_session", "intake_language"
TEMPLATES = Path(__file__).parent / "templates"


class LoginNeeded(Exception):
    """The visitor is not logged in, or no longer."""


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

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page of the site around these values."""
        return rendered(self.request, template, status, visit=self, **values)


def desk_of(request: Request) -> Desk:
    desk = request.app.state.desk
    assert isinstance(desk, Desk)  # noqa: S101
    return desk


def words_of(request: Request) -> SiteWords:
    return words_in(language_of(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", "")))


def visiting(request: Request) -> Visit:
    """The visit of a logged-in person. Raises LoginNeeded."""
    token = request.cookies.get(COOKIE, "")
    desk = desk_of(request)
    person = person_of(desk, token) if token else None
    if person is None:
        raise LoginNeeded
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


Looking = Annotated[Visit, Depends(visiting)]
Acting = Annotated[Visit, Depends(acting)]


def rendered(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page as HTML: every value escaped, every name known, or it is an error of ours."""
    t = words_of(request)
    html = _environment().get_template(template).render(t=t, request=request, **{"visit": None, **values})
    return HTMLResponse(html, status_code=status)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)

"""The site as one application: its pages, its files, and what it says when something cannot be done."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from review.acts import NoCase
from review.api.application import make_api, refusal_of
from review.desk import Desk, WorkError
from review.gate import Gate
from review.openid import Provider
from review.originals import Originals
from review.pages import (
    access,
    account,
    acts,
    administration,
    api_guide,
    cases,
    dashboard,
    kept,
    learning,
    letters,
    mails,
    outside,
    queues,
    tokens,
    webhooks,
)
from review.pages.access import login_page_saying, words_again
from review.plain_reasons import plain_reason
from review.refusals import is_away
from review.rules import Rules
from review.security import Forbidden, OutOfDate, SafeHeaders, safe_headers
from review.typed_words import may_be_kept, seal, typed_in
from review.visit import COOKIE, LoginNeeded, PasswordDue, cookie_of, desk_of, rendered, visiting, words_of
from storage.blobs import BlobError
from storage.errors import StorageError

log = logging.getLogger("review")
STATIC = Path(__file__).parent / "static"


def make_site(desk: Desk, rules: Rules | None = None, provider: Provider | None = None) -> FastAPI:
    """The site for this desk; to be served by any ASGI server. ``rules``: under which names it is reached; by default on this machine alone;
    ``provider``: through which staff may log in besides."""
    rules = rules or Rules()
    site = FastAPI(title="Secretariat review", docs_url=None, redoc_url=None, openapi_url=None)
    site.state.desk = desk
    site.state.originals = Originals(desk.work)
    site.state.rules = rules
    site.state.provider = provider
    site.add_middleware(Gate, rules=rules, refusing=_refused)
    site.add_middleware(SafeHeaders)
    if rules.proxies:
        site.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(rules.proxies))
    site.mount("/static", StaticFiles(directory=STATIC), name="static")
    for part in (
        access,
        outside,
        account,
        administration,
        tokens,
        api_guide,
        webhooks,
        queues,
        mails,
        dashboard,
        learning,
        kept,
        cases,
        acts,
        letters,
    ):
        site.include_router(part.router)
    site.mount("/api", make_api(site.state), name="api")
    site.add_exception_handler(LoginNeeded, _to_login)
    site.add_exception_handler(Forbidden, _forbidden)
    site.add_exception_handler(OutOfDate, _out_of_date)
    site.add_exception_handler(HTTPException, _not_there)
    site.add_exception_handler(NoCase, _no_case)
    site.add_exception_handler(RequestValidationError, _wrong_use)
    site.add_exception_handler(PasswordDue, _to_account)
    site.add_exception_handler(OverflowError, _no_case)  # a number in an address that no record can hold
    site.add_exception_handler(Exception, _ours)
    for trouble in (WorkError, StorageError, BlobError):
        site.add_exception_handler(trouble, _cannot)
    return site


async def _to_login(request: Request, _error: Exception) -> Response:
    """To the login, and from there back; a form that was sent brings its words along."""
    if request.headers.get("hx-request") == "true":
        shown = urlsplit(request.headers.get("hx-current-url", ""))
        return Response(status_code=204, headers={"HX-Redirect": f"/login?then={quote(_place(shown.path or '/', shown.query), safe='')}"})
    if may_be_kept(request):
        desk, form = desk_of(request), await request.form()
        typed = await run_in_threadpool(typed_in, desk, request.url.path, form.multi_items(), cookie_of(request, COOKIE))
        return login_page_saying(request, "/", words_of(request)("login.kept"), 401, kept=seal(desk, typed))
    there = _place(request.url.path, request.url.query) if request.method == "GET" else "/"
    return RedirectResponse(f"/login?then={quote(there, safe='')}", status_code=303)


def _place(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


async def _out_of_date(request: Request, error: Exception) -> Response:
    """A form of an older session, sent by our own page while another session is there: its words are shown, to be sent by that one."""
    if not may_be_kept(request):
        return _forbidden(request, error)
    form = await request.form()
    visit = await run_in_threadpool(visiting, request)
    typed = await run_in_threadpool(typed_in, visit.desk, request.url.path, form.multi_items(), "")
    return words_again(visit, typed)


def _to_account(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/account", status_code=303)


def _forbidden(request: Request, error: Exception) -> Response:
    return _problem(request, 403, plain_reason(str(error), words_of(request).code))


def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return _problem(request, error.status_code, words_of(request)("problem.not_there") if error.status_code == 404 else str(error.detail))


def _no_case(request: Request, _error: Exception) -> Response:
    return _problem(request, 404, words_of(request)("problem.not_there"))


def _wrong_use(request: Request, _error: Exception) -> Response:
    return _problem(request, 422, words_of(request)("problem.wrong_use"))


def _cannot(request: Request, error: Exception) -> Response:
    """What cannot be done says why; where the database or the disk is in trouble, no more than that."""
    if is_away(error):
        log.error("the record is in trouble", exc_info=error)
        return _problem(request, 503, words_of(request)("problem.away"))
    return _problem(request, 409, plain_reason(str(error), words_of(request).code))


def _ours(request: Request, _error: Exception) -> Response:
    """An error of ours: on record in the log of the server, and no word of it to the visitor."""
    answer = _problem(request, 500, words_of(request)("problem.ours"))
    for name, value in safe_headers(request.scope).items():
        answer.headers[name.decode()] = value.decode()
    return answer


def _refused(request: Request, status: int, key: str) -> Response:
    if request.url.path.startswith("/api/"):
        return refusal_of(request, status, key)
    return _problem(request, status, words_of(request)(key))


def _problem(request: Request, status: int, message: str) -> Response:
    t = words_of(request)
    heading = t(f"problem.title_{status}") if t.has(f"problem.title_{status}") else t("problem.title")
    return rendered(request, "problem.html.j2", status, message=message, heading=heading)

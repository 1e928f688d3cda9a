"""The site as one application: its pages, its files, and what it says when something cannot be done."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
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
from review.pages import access, account, acts, administration, cases, dashboard, kept, learning, letters, mails, outside, queues, tokens, webhooks
from review.rules import Rules
from review.security import Forbidden, SafeHeaders, safe_headers
from review.visit import LoginNeeded, PasswordDue, rendered, words_of
from storage.blobs import BlobError
from storage.errors import StorageError

log = logging.getLogger("review")
_TROUBLE = (SQLAlchemyError, OSError, sqlite3.Error)
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
    for part in (access, outside, account, administration, tokens, webhooks, queues, mails, dashboard, learning, kept, cases, acts, letters):
        site.include_router(part.router)
    site.mount("/api", make_api(site.state), name="api")
    site.add_exception_handler(LoginNeeded, _to_login)
    site.add_exception_handler(Forbidden, _forbidden)
    site.add_exception_handler(HTTPException, _not_there)
    site.add_exception_handler(NoCase, _no_case)
    site.add_exception_handler(RequestValidationError, _wrong_use)
    site.add_exception_handler(PasswordDue, _to_account)
    site.add_exception_handler(OverflowError, _no_case)  # a number in an address that no record can hold
    site.add_exception_handler(Exception, _ours)
    for trouble in (WorkError, StorageError, BlobError):
        site.add_exception_handler(trouble, _cannot)
    return site


def _to_login(request: Request, _error: Exception) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": "/login"})
    there = quote(request.url.path) if request.method == "GET" else "/"
    return RedirectResponse(f"/login?then={there}", status_code=303)


def _to_account(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/account", status_code=303)


def _forbidden(request: Request, error: Exception) -> Response:
    return _problem(request, 403, str(error))


def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    return _problem(request, error.status_code, words_of(request)("problem.not_there") if error.status_code == 404 else str(error.detail))


def _no_case(request: Request, _error: Exception) -> Response:
    return _problem(request, 404, words_of(request)("problem.not_there"))


def _wrong_use(request: Request, _error: Exception) -> Response:
    return _problem(request, 422, words_of(request)("problem.wrong_use"))


def _cannot(request: Request, error: Exception) -> Response:
    """What cannot be done says why; where the database or the disk is in trouble, no more than that."""
    if isinstance(error, BlobError) or (isinstance(error, StorageError) and (error.temporary or isinstance(error.__cause__, _TROUBLE))):
        log.error("the record is in trouble", exc_info=error)
        return _problem(request, 503, words_of(request)("problem.away"))
    return _problem(request, 409, str(error))


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
    return rendered(request, "problem.html.j2", status, message=message)

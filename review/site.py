"""The site as one application: its pages, its files, and what it says when something cannot be done."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from review.acts import NoCase
from review.desk import Desk, WorkError
from review.originals import Originals
from review.pages import access, acts, cases, dashboard, learning, letters, mails, queues
from review.security import Forbidden, SafeHeaders
from review.visit import LoginNeeded, rendered, words_of
from storage.blobs import BlobError
from storage.errors import StorageError

STATIC = Path(__file__).parent / "static"


def make_site(desk: Desk) -> FastAPI:
    """The site for this desk; to be served by any ASGI server."""
    site = FastAPI(title="Secretariat review", docs_url=None, redoc_url=None, openapi_url=None)
    site.state.desk = desk
    site.state.originals = Originals(desk.work)
    site.add_middleware(SafeHeaders)
    site.mount("/static", StaticFiles(directory=STATIC), name="static")
    for part in (access, queues, mails, dashboard, learning, cases, acts, letters):
        site.include_router(part.router)
    site.add_exception_handler(LoginNeeded, _to_login)
    site.add_exception_handler(Forbidden, _forbidden)
    site.add_exception_handler(HTTPException, _not_there)
    site.add_exception_handler(NoCase, _no_case)
    site.add_exception_handler(RequestValidationError, _wrong_use)
    for trouble in (WorkError, StorageError, BlobError):
        site.add_exception_handler(trouble, _cannot)
    return site


def _to_login(request: Request, _error: Exception) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": "/login"})
    there = quote(request.url.path) if request.method == "GET" else "/"
    return RedirectResponse(f"/login?then={there}", status_code=303)


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
    return _problem(request, 409 if isinstance(error, WorkError) else 503, str(error))


def _problem(request: Request, status: int, message: str) -> Response:
    return rendered(request, "problem.html.j2", status, message=message)

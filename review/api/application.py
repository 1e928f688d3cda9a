"""The API as one application, mounted beside the pages: its routes, its description, and how everything that goes wrong is said."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from review.acts import NoCase
from review.api import acts, looks
from review.api.callers import A_MINUTE, WRONG_A_MINUTE, Looking, Pace
from review.api.problems import Fault, Problem, Refusal
from review.desk import WorkError
from review.mail_acts import NoMail
from review.plain_reasons import plain_reason
from review.refusals import is_away
from review.visit import words_of
from storage.blobs import BlobError
from storage.errors import StorageError

VERSION = "1.0"
_ABOUT = """Cases, letters, mails and events of the Secretariat's intake. Names and codes are those of `intake process --json`.

An act sends `If-Match` with the ETag of what was looked at; where it changed since, the answer is 412 and nothing is done.
Refusals are problem documents (RFC 9457)."""


def make_api(state: Any) -> FastAPI:
    """The API over the site's state."""
    api = FastAPI(
        title="Secretariat intake",
        version=VERSION,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        servers=[{"url": "/api"}],
        redirect_slashes=False,  # a path that is none is not found: the description knows no redirection
    )
    for name in ("desk", "originals", "rules", "provider"):
        setattr(api.state, name, getattr(state, name))
    api.state.pace, api.state.wrong = Pace(A_MINUTE), Pace(WRONG_A_MINUTE)
    api.include_router(looks.router)
    api.include_router(acts.router)

    @api.get("/v1/openapi.json", include_in_schema=False)
    def description(caller: Looking) -> dict[str, Any]:
        return described(api)

    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _wrong_use)
    api.add_exception_handler(Exception, _ours)
    for kind in (NoCase, NoMail, OverflowError):
        api.add_exception_handler(kind, _not_there)
    for trouble in (WorkError, StorageError, BlobError):
        api.add_exception_handler(trouble, _cannot)
    return api


def described(api: FastAPI) -> dict[str, Any]:
    """The description (OpenAPI 3.1), with the problem document that every refusal is."""
    made = api.openapi()
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    if "Problem" not in schemas:
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update({**problem.pop("$defs", {}), "Problem": problem})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for operation in (operation for path in made["paths"].values() for operation in path.values()):
            refused = operation["responses"].get("422")
            if refused is not None and "application/json" in refused.get("content", {}):
                operation["responses"]["422"] = {"description": "Unprocessable", "content": _PROBLEM}
            operation["responses"] |= {code: {"description": words, "content": _PROBLEM} for code, words in _ANYWHERE.items()}
            for given in operation.get("parameters", []):
                _never_null(given)
                if given["name"] == "If-Match":
                    given |= {"required": True, "schema": {"type": "string", "pattern": _ETAG}}
    return made


_ETAG = '^(W/)?"[^"]+"$'
_ANYWHERE = {
    "400": "The host is not this site's, or the request holds a character that no record can hold",
    "408": "The request took too long to arrive",
    "413": "The request is too large",
    "500": "An error of ours: it is on record",
    "503": "The record cannot be reached just now: try again after `Retry-After`",
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _never_null(given: dict[str, Any]) -> None:
    """What stands in an address or a header is text: one that may be left out is left out, and never null."""
    kinds = [kind for kind in given["schema"].pop("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        given["schema"] |= kinds[0]
    elif kinds:
        given["schema"]["anyOf"] = kinds


def refusal_of(request: Request, status: int, key: str) -> Response:
    """The refusal of the gate, as a problem document."""
    return Refusal(status, key.rpartition(".")[2].replace("_", "-"), words_of(request)(key)).answer()


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101
    error.detail = _in_their_words(request, error.detail)
    return error.answer()


def _in_their_words(request: Request, detail: str) -> str:
    """In Chinese for who asks for it; in English as it was written."""
    code = words_of(request).code
    return detail if code == "en" else plain_reason(detail, code)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    codes = {404: "not-there", 405: "method"}
    words = words_of(request)("problem.not_there") if error.status_code == 404 else str(error.detail)
    headers = dict(error.headers or {})
    return Refusal(error.status_code, codes.get(error.status_code, "http"), words, headers=headers).answer()


def _wrong_use(request: Request, error: Exception) -> Response:
    """Every fault with its place; what was sent is not repeated, for it may be personal."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [Fault(pointer="/".join(str(part) for part in one["loc"])[:200], detail=str(one["msg"])[:300]) for one in error.errors()]
    return Refusal(422, "invalid", _in_their_words(request, "the request is not as described"), faults=faults[:50]).answer()


def _not_there(request: Request, _error: Exception) -> Response:
    return Refusal(404, "not-there", words_of(request)("problem.not_there")).answer()


def _cannot(request: Request, error: Exception) -> Response:
    if is_away(error):
        return Refusal(503, "away", words_of(request)("problem.away"), headers={"Retry-After": "5"}).answer()
    return Refusal(409, "cannot", _in_their_words(request, str(error))).answer()


def _ours(request: Request, _error: Exception) -> JSONResponse:
    return Refusal(500, "ours", words_of(request)("problem.ours")).answer()

"""What went wrong, as a problem document (RFC 9457): a type that programs can tell apart, and words for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
TYPES = "urn:intake:problem:"


class Fault(BaseModel):
    """One thing that is wrong with a request. ``pointer``: where, as body/key or query/limit."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """RFC 9457, section 3. ``type`` is stable; ``detail`` is written for people, in the language asked for."""

    type: str = Field(examples=[f"{TYPES}changed"])
    title: str
    status: int
    detail: str
    faults: list[Fault] = []


class Refusal(Exception):
    """A request that is not done. ``code`` ends the problem's type."""

    def __init__(self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, faults: list[Fault] | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers, self.faults = status, code, detail, headers or {}, faults or []

    def answer(self) -> JSONResponse:
        problem = Problem(type=TYPES + self.code, title=HTTPStatus(self.status).phrase, status=self.status, detail=self.detail, faults=self.faults)
        return JSONResponse(problem.model_dump(), self.status, self.headers, MEDIA_TYPE)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an operation for its description."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses}

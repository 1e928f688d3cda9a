"""The guide to the API for who writes another system: drawn on the server, so that it is read without scripts and without the internet."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from review.api.application import described
from review.api.guide import guide_of
from review.visit import Looking

router = APIRouter()


@router.get("/api-guide")
def api_guide(visit: Looking) -> Response:
    """Every operation of the API and every object that it takes or gives."""
    api = next(route.app for route in visit.request.app.routes if getattr(route, "name", "") == "api")
    assert isinstance(api, FastAPI)  # noqa: S101
    return visit.page("api_guide.html.j2", guide=guide_of(described(api)))

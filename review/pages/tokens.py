"""The tokens of other systems: made, looked at and revoked by an administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from review.desk import WorkError
from review.pages.access import Given
from review.tokens import CannotMake, made
from review.visit import Administering, AdministeringAct, Visit
from storage.audit import note
from storage.errors import StorageError
from storage.tokens import revoke_token, tokens
from storage.values import StaffRole

router = APIRouter(prefix="/admin/tokens")


@router.get("")
def tokens_page(visit: Administering) -> Response:
    return _page(visit)


@router.post("")
def make_token(visit: AdministeringAct, name: Given, role: Annotated[StaffRole, Form()], days: Annotated[int, Form(ge=1, le=730)] = 365) -> Response:
    """A new token, shown on this one page and never again."""
    desk = visit.desk
    try:
        with desk.database.transaction() as tx:
            token, kept = made(tx, name, role=role, lasts=timedelta(days=days), actor=visit.person.name, at=desk.clock())
    except CannotMake as error:
        raise WorkError(visit.t("admin.name_rule")) from error
    except StorageError as error:
        raise WorkError(visit.t("token.used_name")) from error
    return _page(visit, shown=(kept.name, token))


@router.post("/revoke")
def revoke(visit: AdministeringAct, name: Given) -> Response:
    with visit.desk.database.transaction() as tx:
        revoke_token(tx, name, visit.desk.clock())
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="token revoked", detail=name[:60])
    return RedirectResponse("/admin/tokens", status_code=303)


def _page(visit: Visit, shown: tuple[str, str] | None = None) -> Response:
    with visit.desk.database.reading() as tx:
        found = tokens(tx)
    return visit.page("tokens.html.j2", tokens=found, shown=shown, roles=tuple(StaffRole), now=visit.desk.clock(), here="tokens")

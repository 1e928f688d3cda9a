"""Which other systems are told of events, and what became of each delivery: for administrators."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from review.desk import WorkError
from review.pages.access import Given
from review.visit import Administering, AdministeringAct, Visit, rules_of
from storage.audit import note
from storage.case_events import EventType
from storage.database import Transaction
from storage.errors import StorageError
from storage.sealing import webhook_key
from storage.webhooks import (
    ALL,
    DeliveryState,
    add_receiver,
    deliveries,
    delivery_counts,
    put_test_on_its_way,
    receiver,
    receivers,
    remove_receiver,
    retry_delivery,
    rotate_secret,
    set_receiver_active,
)

router = APIRouter(prefix="/admin/webhooks")
LARGEST = 2**31 - 1


@router.get("")
def webhooks_page(visit: Administering) -> Response:
    return _page(visit)


@router.post("")
def add(visit: AdministeringAct, url: Given, events: Annotated[list[str], Form()] = []) -> Response:  # noqa: B006 (FastAPI copies it)
    """A receiver; its secret stands on this one page and never again. Whether its address is public is looked at each time it is told."""
    if not _good(url.strip(), plain=rules_of(visit.request).plain_webhooks):
        raise WorkError(visit.t("webhook.bad_url"))
    key = webhook_key(visit.desk.secret)
    with visit.desk.database.transaction() as tx:
        made = add_receiver(tx, url.strip(), tuple(dict.fromkeys(events)) or (ALL,), actor=visit.person.name, at=visit.desk.clock(), key=key)
        _note(tx, visit, "webhook added", made.id)
    return _page(visit, shown=(made.url, made.secret))


@router.post("/{number}/rotate")
def rotate(visit: AdministeringAct, number: int) -> Response:
    with visit.desk.database.transaction() as tx:
        secret = rotate_secret(tx, _bounded(number), visit.desk.clock(), key=webhook_key(visit.desk.secret))
        url = receiver(tx, number).url
        _note(tx, visit, "webhook secret changed", number)
    return _page(visit, shown=(url, secret))


@router.post("/{number}/test")
def send_test(visit: AdministeringAct, number: int) -> Response:
    """The running service sends it at its next look."""
    with visit.desk.database.transaction() as tx:
        put_test_on_its_way(tx, _bounded(number), visit.desk.clock())
        _note(tx, visit, "webhook tested", number)
    return _back()


@router.post("/{number}/state")
def change_state(visit: AdministeringAct, number: int, active: Annotated[bool, Form()]) -> Response:
    with visit.desk.database.transaction() as tx:
        set_receiver_active(tx, _bounded(number), active=active)
        _note(tx, visit, "webhook started" if active else "webhook stopped", number)
    return _back()


@router.post("/{number}/remove")
def remove(visit: AdministeringAct, number: int) -> Response:
    with visit.desk.database.transaction() as tx:
        remove_receiver(tx, _bounded(number))
        _note(tx, visit, "webhook removed", number)
    return _back()


@router.post("/deliveries/{number}")
def send_again(visit: AdministeringAct, number: int) -> Response:
    with visit.desk.database.transaction() as tx:
        retry_delivery(tx, _bounded(number), visit.desk.clock())
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="delivery sent again", detail=f"delivery {number}")
    return _back()


def _page(visit: Visit, shown: tuple[str, str] | None = None) -> Response:
    with visit.desk.database.reading() as tx:
        found, counts, newest = receivers(tx), delivery_counts(tx), deliveries(tx)
    names = {one.id: one.url for one in found}
    figures = {one.id: {state.value: counts.get((one.id, state.value), 0) for state in DeliveryState} for one in found}
    return visit.page(
        "webhooks.html.j2", receivers=found, figures=figures, deliveries=newest, names=names, shown=shown, types=tuple(EventType),
        now=visit.desk.clock(), here="webhooks",
    )  # fmt: skip


def _good(url: str, *, plain: bool) -> bool:
    try:
        parts = urlsplit(url)
        return bool(
            parts.scheme in (("https", "http") if plain else ("https",)) and parts.hostname and parts.username is None and not parts.fragment
            and parts.port != 0 and url.isascii() and url.isprintable() and " " not in url and len(url) < 1000
        )  # fmt: skip
    except ValueError:
        return False


def _bounded(number: int) -> int:
    if not 0 < number <= LARGEST:
        raise StorageError(f"there is no receiver {str(number)[:12]}")
    return number


def _note(tx: Transaction, visit: Visit, action: str, number: int) -> None:
    note(tx, at=visit.desk.clock(), actor=visit.person.name, action=action, detail=f"receiver {number}")


def _back() -> Response:
    return RedirectResponse("/admin/webhooks", status_code=303)

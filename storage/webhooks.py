"""Receivers of events, and each event's way to each of them: claimed by one sender at a time, kept until it is told or given up."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func
from sqlmodel import col, delete, insert, or_, select, update

from parsers.values import Value
from storage.case_events import CaseEvent, EventType, events_not_taken, events_taken
from storage.database import Transaction
from storage.errors import StorageError
from storage.other_rows import WebhookDeliveryRow, WebhookReceiverRow
from storage.sealing import is_sealed, seal, unseal
from storage.text import storable
from storage.upsert import insert_once

ALL = "*"
TEST = "test.ping"
ROTATION = timedelta(hours=24)
"""So long after a rotation the old secret signs beside the new one."""
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400))
"""Waits between the attempts of one delivery; after the last of them it is given up, and waits for a person."""
OPEN_AFTER = 5  # failures of a receiver in a row: then it is left alone for a while, and asked with one delivery first
CIRCUIT = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
CLAIM = timedelta(minutes=5)  # a delivery in hand whose sender died is taken up again after so long
KEPT = timedelta(days=30)


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Receiver(Value):
    """Another system that is told of events. ``events``: their types, or ALL. ``secret``: as it is kept, sealed."""

    id: int
    url: str
    events: tuple[str, ...]
    secret: str
    old_secret: str | None = None
    rotated_at: datetime | None = None
    active: bool
    created_at: datetime
    created_by: str
    failures: int
    not_before: datetime | None = None

    def signs_with(self, now: datetime, key: bytes | None = None) -> tuple[str, ...]:
        """The secrets by which a delivery is signed: the present one first, the one before it for a day after a rotation. Raises StorageError
        where ``key`` does not open them."""
        if self.old_secret is not None and self.rotated_at is not None and now - self.rotated_at < ROTATION:
            return unseal(self.secret, key), unseal(self.old_secret, key)
        return (unseal(self.secret, key),)

    def wants(self, type_: str) -> bool:
        return ALL in self.events or type_ in self.events


class Delivery(Value):
    """One event on its way to one receiver. ``message_id`` is the same at every attempt: by it a receiver knows what it had already."""

    id: int
    receiver_id: int
    type: str
    message_id: str
    body: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    next_at: datetime
    settled_at: datetime | None = None
    status: int | None = None
    error: str = ""


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: 32 random bytes in base64 after its prefix."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def add_receiver(tx: Transaction, url: str, events: tuple[str, ...], *, actor: str, at: datetime, key: bytes | None = None) -> Receiver:
    """A receiver of events from now on, with its secret as it is told to it; ``key`` seals what is kept.

    Raises StorageError for an unknown event, and where that address is told already.
    """
    unknown = [type_ for type_ in events if type_ != ALL and type_ not in set(EventType)]
    if unknown or not events:
        raise StorageError(f"there is no event {unknown[0][:40]!r}" if unknown else "name at least one event")
    secret = new_secret()
    kept = seal(secret, key)
    values = {"url": url, "events": " ".join(events), "secret": kept, "active": True, "created_at": at, "created_by": actor, "failures": 0}
    if not insert_once(tx, WebhookReceiverRow, values, unique=("url",)):
        raise StorageError("that address is told of events already")
    return next(receiver for receiver in receivers(tx) if receiver.url == url).model_copy(update={"secret": secret})


def receivers(tx: Transaction) -> tuple[Receiver, ...]:
    """Every receiver, the oldest first."""
    rows = tx.session.exec(select(WebhookReceiverRow).order_by(col(WebhookReceiverRow.id)).execution_options(populate_existing=True))
    return tuple(Receiver.model_validate({**row.model_dump(), "events": tuple(row.events.split())}) for row in rows)


def receiver(tx: Transaction, receiver_id: int) -> Receiver:
    """Raises StorageError where there is none of that number."""
    found = next((one for one in receivers(tx) if one.id == receiver_id), None)
    if found is None:
        raise StorageError(f"there is no receiver {receiver_id}")
    return found


def has_open_secrets(tx: Transaction) -> bool:
    """Whether a secret stands in the record as it is told: made before secrets were sealed."""
    return any(not is_sealed(kept) for one in receivers(tx) for kept in (one.secret, one.old_secret) if kept)


def seal_open_secrets(tx: Transaction, key: bytes) -> None:
    """Seals every secret that stands open."""
    for one in receivers(tx):
        kept = {name: seal(value, key) for name in ("secret", "old_secret") if (value := getattr(one, name)) and not is_sealed(value)}
        if kept:
            tx.execute(update(WebhookReceiverRow).where(col(WebhookReceiverRow.id) == one.id).values(**kept))


def rotate_secret(tx: Transaction, receiver_id: int, at: datetime, *, key: bytes | None = None) -> str:
    """Another secret for a receiver; the old one signs beside it for a day. Raises StorageError as ``receiver``."""
    now = receiver(tx, receiver_id)
    fresh = new_secret()
    values = {"secret": seal(fresh, key), "old_secret": now.secret, "rotated_at": at}
    tx.execute(update(WebhookReceiverRow).where(col(WebhookReceiverRow.id) == receiver_id).values(**values))
    return fresh


def set_receiver_active(tx: Transaction, receiver_id: int, *, active: bool) -> None:
    """Stops telling a receiver, or tells it again: of what happens from then on, and of what waited. Raises StorageError as ``receiver``."""
    receiver(tx, receiver_id)
    values = {"active": active, "failures": 0, "not_before": None}
    tx.execute(update(WebhookReceiverRow).where(col(WebhookReceiverRow.id) == receiver_id).values(**values))


def remove_receiver(tx: Transaction, receiver_id: int) -> str:
    """Forgets a receiver with its secret and its deliveries. Its address. Raises StorageError as ``receiver``."""
    url = receiver(tx, receiver_id).url
    tx.execute(delete(WebhookDeliveryRow).where(col(WebhookDeliveryRow.receiver_id) == receiver_id))
    tx.execute(delete(WebhookReceiverRow).where(col(WebhookReceiverRow.id) == receiver_id))
    return url


def pass_on_events(tx: Transaction, now: datetime, *, limit: int = 200) -> int:
    """Puts events that nobody passed on yet on their way to every receiver that wants them. How many events there were."""
    events = events_not_taken(tx, limit)
    wanted = [one for one in receivers(tx) if one.active] if events else []
    for event in events:
        for one in wanted:
            if one.wants(event.type):
                _put_on_its_way(tx, one.id, event.type, _body(event), now, event_id=event.id)
    if events:
        events_taken(tx, [event.id for event in events], now)
        settled = (DeliveryState.DELIVERED.value, DeliveryState.GIVEN_UP.value)
        tx.execute(delete(WebhookDeliveryRow).where(col(WebhookDeliveryRow.state).in_(settled), col(WebhookDeliveryRow.created_at) < now - KEPT))
    return len(events)


def put_test_on_its_way(tx: Transaction, receiver_id: int, now: datetime) -> str:
    """A delivery that says nothing but that it is a test. Its message id. Raises StorageError as ``receiver``."""
    receiver(tx, receiver_id)
    body = json.dumps({"type": TEST, "timestamp": _stamp(now), "data": {}})
    return _put_on_its_way(tx, receiver_id, TEST, body, now)


def has_work(tx: Transaction, now: datetime) -> bool:
    """Whether an event is to be passed on, or a delivery is due."""
    return bool(events_not_taken(tx, 1)) or tx.session.exec(_due(now).limit(1)).first() is not None


def claim_delivery(tx: Transaction, now: datetime, *, besides: frozenset[int] = frozenset(), only: str = "") -> Delivery | None:
    """Takes the delivery that has been due longest; None where none is. ``besides``: receivers that somebody is just talking to.

    Commit before the first word to the receiver. Whoever claims has it for a few minutes; a sender that dies over it loses nothing.
    """
    statement = _due(now).order_by(col(WebhookDeliveryRow.next_at), col(WebhookDeliveryRow.id)).limit(20)
    if besides:
        statement = statement.where(col(WebhookDeliveryRow.receiver_id).not_in(besides))
    if only:
        statement = statement.where(col(WebhookDeliveryRow.message_id) == only)
    for row in tx.session.exec(statement.execution_options(populate_existing=True)):
        mine = (col(WebhookDeliveryRow.id) == row.id, col(WebhookDeliveryRow.attempts) == row.attempts, col(WebhookDeliveryRow.state) == row.state)
        values = {"attempts": row.attempts + 1, "next_at": now + CLAIM}
        if tx.execute(update(WebhookDeliveryRow).where(*mine).values(**values)).rowcount == 1:
            return Delivery.model_validate({**row.model_dump(exclude={"event_id"}), **values})
    return None


def told(tx: Transaction, delivery: Delivery, *, status: int, at: datetime) -> None:
    """The receiver took it."""
    values = {"state": DeliveryState.DELIVERED.value, "status": status, "error": "", "settled_at": at}
    tx.execute(update(WebhookDeliveryRow).where(col(WebhookDeliveryRow.id) == delivery.id).values(**values))
    mine = col(WebhookReceiverRow.id) == delivery.receiver_id
    tx.execute(update(WebhookReceiverRow).where(mine).values(failures=0, not_before=None))


def not_told(tx: Transaction, delivery: Delivery, *, status: int | None, error: str, at: datetime, gone: bool = False) -> None:
    """The receiver did not take it: tried again later, or given up. ``gone``: it never wants to be told again (410)."""
    over = gone or delivery.attempts > len(BACK_OFF)
    values: dict[str, Any] = {"status": status, "error": storable(error[:500]), "settled_at": at if over else None}
    values["state"] = (DeliveryState.GIVEN_UP if over else DeliveryState.WAITING).value
    if not over:
        values["next_at"] = at + BACK_OFF[delivery.attempts - 1]
    tx.execute(update(WebhookDeliveryRow).where(col(WebhookDeliveryRow.id) == delivery.id).values(**values))
    failures = receiver(tx, delivery.receiver_id).failures + 1
    steps = failures - OPEN_AFTER
    not_before = at + CIRCUIT[min(steps, len(CIRCUIT) - 1)] if steps >= 0 else None
    mine = col(WebhookReceiverRow.id) == delivery.receiver_id
    tx.execute(update(WebhookReceiverRow).where(mine).values(failures=failures, not_before=not_before, **({"active": False} if gone else {})))


def retry_delivery(tx: Transaction, delivery_id: int, now: datetime) -> None:
    """A person has one sent again, whatever became of it. Raises StorageError where there is none of that number."""
    values = {"state": DeliveryState.WAITING.value, "attempts": 0, "next_at": now, "settled_at": None}
    if tx.execute(update(WebhookDeliveryRow).where(col(WebhookDeliveryRow.id) == delivery_id).values(**values)).rowcount != 1:
        raise StorageError(f"there is no delivery {delivery_id}")
    whose = select(WebhookDeliveryRow.receiver_id).where(WebhookDeliveryRow.id == delivery_id).scalar_subquery()
    tx.execute(update(WebhookReceiverRow).where(col(WebhookReceiverRow.id) == whose).values(not_before=None))


def deliveries(tx: Transaction, *, state: DeliveryState | None = None, limit: int = 100) -> tuple[Delivery, ...]:
    """The newest deliveries."""
    statement = select(WebhookDeliveryRow).order_by(col(WebhookDeliveryRow.id).desc()).limit(limit)
    if state is not None:
        statement = statement.where(WebhookDeliveryRow.state == state.value)
    rows = tx.session.exec(statement.execution_options(populate_existing=True))
    return tuple(Delivery.model_validate(row, from_attributes=True) for row in rows)


def delivery_counts(tx: Transaction) -> dict[tuple[int, str], int]:
    """How many deliveries of each receiver are in each state."""
    statement = select(WebhookDeliveryRow.receiver_id, WebhookDeliveryRow.state, func.count())
    rows = tx.session.exec(statement.group_by(col(WebhookDeliveryRow.receiver_id), col(WebhookDeliveryRow.state)))
    return {(receiver_id, state): count for receiver_id, state, count in rows}


def _due(now: datetime) -> Any:
    heard = or_(col(WebhookReceiverRow.not_before).is_(None), col(WebhookReceiverRow.not_before) <= now)
    statement = select(WebhookDeliveryRow).join(WebhookReceiverRow, col(WebhookReceiverRow.id) == col(WebhookDeliveryRow.receiver_id))
    waits = (col(WebhookDeliveryRow.state) == DeliveryState.WAITING.value, col(WebhookDeliveryRow.next_at) <= now)
    return statement.where(*waits, col(WebhookReceiverRow.active), heard)


def _put_on_its_way(tx: Transaction, receiver_id: int, type_: str, body: str, now: datetime, *, event_id: int | None = None) -> str:
    message_id = f"msg_{secrets.token_hex(16)}"
    values = {
        "receiver_id": receiver_id, "event_id": event_id, "type": type_, "message_id": message_id, "body": body,
        "state": DeliveryState.WAITING.value, "attempts": 0, "created_at": now, "next_at": now, "error": "",
    }  # fmt: skip
    if event_id is None:
        tx.execute(insert(WebhookDeliveryRow).values(**values))
    else:
        insert_once(tx, WebhookDeliveryRow, values, unique=("receiver_id", "event_id"))
    return message_id


def _body(event: CaseEvent) -> str:
    """Ids and states, nothing personal: who wants more asks the API."""
    data = {
        "id": event.id,
        "reference": event.reference,
        "kind": event.kind,
        "state": event.state,
        "cause": event.cause,
        "letter_id": event.letter_id,
    }
    return json.dumps({"type": event.type, "timestamp": _stamp(event.at), "data": data})


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

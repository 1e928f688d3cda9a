"""Telling other systems of events: each delivery signed (Standard Webhooks 1.0), at least once, and later again where it was not taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from intake.logs import logger
from intake.outside import CannotAsk, Reach, ask
from intake.secrets_file import secret_for
from intake.settings import Settings
from storage.database import Database
from storage.errors import StorageError
from storage.sealing import webhook_key
from storage.webhooks import (
    Delivery,
    Receiver,
    claim_delivery,
    has_open_secrets,
    has_work,
    not_told,
    pass_on_events,
    receiver,
    seal_open_secrets,
    told,
)

log = logger("intake")
AT_ONCE = 4  # receivers that are talked to side by side: one that hangs keeps no other waiting
IN_A_ROW = 50
_GONE = 410


def reach_of(settings: Settings) -> Reach:
    """Whom the settings allow to be told."""
    webhooks = settings.webhooks
    return Reach(networks=webhooks.private_networks, plain=webhooks.allow_http, timeout_s=webhooks.timeout_seconds, most_bytes=4_096)


def key_of(settings: Settings) -> bytes:
    """The key under which the secrets of receivers are sealed. Raises SettingsError where the secret file cannot be used."""
    return webhook_key(secret_for("review", settings.review.secret_file))


def signature(secrets: tuple[str, ...], message_id: str, timestamp: int, body: str) -> str:
    """The `webhook-signature` header (Standard Webhooks, 'Signature scheme'): v1 is HMAC-SHA256 over id, time and body, one for each secret."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    keys = (base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode('ascii')}" for key in keys)


@dataclass
class Teller:
    """Passes events on, and delivers what is due."""

    database: Database
    reach: Reach
    stopping: threading.Event = field(default_factory=threading.Event)
    key: bytes | None = field(default=None, repr=False)  # opens the receivers' secrets
    _busy: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell_all_due(self) -> int:
        """Everything that is due now. How many deliveries were tried. Raises StorageError."""
        now = datetime.now(UTC)
        with self.database.reading() as tx:
            work, is_open = has_work(tx, now), self.key is not None and has_open_secrets(tx)
        if is_open and self.key is not None:
            with self.database.transaction() as tx:
                seal_open_secrets(tx, self.key)
        if not work:
            return 0
        while not self.stopping.is_set():
            with self.database.transaction() as tx:
                if not pass_on_events(tx, datetime.now(UTC)):
                    break
        with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="telling") as pool:
            return sum(pool.map(lambda _: self._one_receiver_after_another(), range(AT_ONCE)))

    def tell(self, message_id: str) -> tuple[int | None, str]:
        """That delivery at once: the status it was answered with, and what went wrong."""
        with self.database.transaction() as tx:
            delivery = claim_delivery(tx, datetime.now(UTC), only=message_id)
        return self._try(delivery) if delivery is not None else (None, "the receiver is not told at present, or another process is at it")

    def _one_receiver_after_another(self) -> int:
        tried = 0
        while not self.stopping.is_set() and tried < IN_A_ROW:
            delivery = self._next()
            if delivery is None:
                break
            try:
                self._try(delivery)
            finally:
                with self._lock:
                    self._busy.discard(delivery.receiver_id)
            tried += 1
        return tried

    def _next(self) -> Delivery | None:
        """A delivery whose receiver nobody talks to just now."""
        with self._lock:
            with self.database.transaction() as tx:
                delivery = claim_delivery(tx, datetime.now(UTC), besides=frozenset(self._busy))
            if delivery is not None:
                self._busy.add(delivery.receiver_id)
            return delivery

    def _try(self, delivery: Delivery) -> tuple[int | None, str]:
        with self.database.reading() as tx:
            whom = receiver(tx, delivery.receiver_id)
        status, error = self._said(whom, delivery)
        now = datetime.now(UTC)
        with self.database.transaction() as tx:
            if error:
                not_told(tx, delivery, status=status, error=error, at=now, gone=status == _GONE)
            else:
                told(tx, delivery, status=status or 200, at=now)
        if error:
            log.warning("a receiver was not told", receiver=whom.id, delivery=delivery.id, attempt=delivery.attempts, status=status, trouble=error)
        return status, error

    def _said(self, whom: Receiver, delivery: Delivery) -> tuple[int | None, str]:
        now = datetime.now(UTC)
        timestamp = int(now.timestamp())
        headers = {
            "Content-Type": "application/json",
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(timestamp),
        }
        try:
            headers["webhook-signature"] = signature(whom.signs_with(now, self.key), delivery.message_id, timestamp, delivery.body)
            answer = ask(whom.url, self.reach, method="POST", headers=headers, body=delivery.body.encode())
        except (CannotAsk, StorageError) as error:  # StorageError: the secret does not open
            return None, str(error)
        if 200 <= answer.status < 300:
            return answer.status, ""
        return answer.status, "it redirects, and redirects are not followed" if 300 <= answer.status < 400 else f"it answered {answer.status}"

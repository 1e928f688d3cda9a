"""`intake webhook`: which other systems are told of events. A secret is shown once, when it is made or changed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from intake.failures import Failure
from intake.outside import CannotAsk, assert_askable
from intake.record import opened
from intake.settings import Settings
from intake.webhooks import Teller, key_of, reach_of
from storage.audit import note
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.webhooks import (
    ALL,
    DeliveryState,
    add_receiver,
    delivery_counts,
    put_test_on_its_way,
    receivers,
    remove_receiver,
    rotate_secret,
)

COMMAND_LINE = "command line"


def add(settings: Settings, *, url: str, events: list[str]) -> int:
    """Adds a receiver and prints its secret, alone on a line of standard output. Raises Failure with the way out."""
    try:
        assert_askable(url, reach_of(settings))
        with opened(settings) as database, database.transaction() as tx:
            made = add_receiver(tx, url, tuple(events) or (ALL,), actor=COMMAND_LINE, at=datetime.now(UTC), key=key_of(settings))
            _note(tx, "webhook added", made.id)
    except (CannotAsk, StorageError) as error:
        raise Failure(str(error)) from error
    print(made.secret)
    print(f"Receiver {made.id} is told of {' '.join(made.events)}. The secret is not shown again.", file=sys.stderr)
    return 0


def show(settings: Settings) -> int:
    """One line a receiver."""
    with opened(settings) as database, database.reading() as tx:
        found, counts = receivers(tx), delivery_counts(tx)
    for one in found:
        state = "stopped" if not one.active else f"failing since {one.failures} attempts" if one.failures else "well"
        figures = " ".join(f"{counts.get((one.id, each.value), 0)} {each.value}" for each in DeliveryState)
        print(f"{one.id}\t{one.url}\t{' '.join(one.events)}\t{state}\t{figures}")
    return 0


def try_out(settings: Settings, *, number: int) -> int:
    """Sends a receiver a delivery that says nothing, now. Exit code 1 where it is not taken."""
    with opened(settings) as database:
        with _acting(database) as tx:
            message_id = put_test_on_its_way(tx, number, datetime.now(UTC))
        status, error = Teller(database, reach_of(settings), key=key_of(settings)).tell(message_id)
    if error:
        raise Failure(f"receiver {number} did not take it: {error}")
    print(f"Receiver {number} took it and answered {status}.")
    return 0


def rotate(settings: Settings, *, number: int) -> int:
    """Another secret; the old one signs beside it for a day."""
    with opened(settings) as database, _acting(database) as tx:
        secret = rotate_secret(tx, number, datetime.now(UTC), key=key_of(settings))
        _note(tx, "webhook secret changed", number)
    print(secret)
    print("For a day deliveries are signed with the old secret too. This one is not shown again.", file=sys.stderr)
    return 0


def remove(settings: Settings, *, number: int) -> int:
    """Forgets a receiver with its secret and its deliveries."""
    with opened(settings) as database, _acting(database) as tx:
        url = remove_receiver(tx, number)
        _note(tx, "webhook removed", number)
    print(f"{url} is told of nothing any more.")
    return 0


@contextmanager
def _acting(database: Database) -> Iterator[Transaction]:
    """A transaction whose refusals are said in one line."""
    try:
        with database.transaction() as tx:
            yield tx
    except StorageError as error:
        raise Failure(str(error)) from error


def _note(tx: Transaction, action: str, number: int) -> None:
    note(tx, at=datetime.now(UTC), actor=COMMAND_LINE, action=action, detail=f"receiver {number}")

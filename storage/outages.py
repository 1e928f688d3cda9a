"""What the service depends on and cannot reach just now: one row each while it lasts, so that `intake status` can say so from another process."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete, select, update

from parsers.values import Value
from storage.database import Transaction
from storage.rows import OutageRow
from storage.text import storable
from storage.upsert import insert_once

_DISK = "disk"
_LONG = timedelta(minutes=15)


class Outage(Value):
    """A dependency out of reach: ``since`` when, after how many ``tries`` in a row, when the next is due, and the trouble in one line.

    ``refuses``: it is there and does not let us in (login, sender, certificate)."""

    name: str
    since: datetime
    tries: int
    next_at: datetime
    trouble: str
    refuses: bool = False

    def words(self, now: datetime) -> str:
        """The outage in one line for a person."""
        wait_s = max(0, round((self.next_at - now).total_seconds()))
        tries = "1 try" if self.tries == 1 else f"{self.tries} tries"
        next_try = f"next in {wait_s} s" if wait_s else "next at any moment"
        how = "refuses us" if self.refuses else "out of reach"
        return f"{self.name} {how} since {self.since:%Y-%m-%d %H:%M} UTC, {tries}, {next_try}: {self.trouble}"

    def needs_person(self, now: datetime) -> bool:
        """A full disk does not empty itself, and no server changes its mind about a password; one that is away mostly comes back, but not after a
        quarter of an hour."""
        return self.name == _DISK or self.refuses or now - self.since >= _LONG


def note_outage(tx: Transaction, outage: Outage) -> None:
    """Records an outage, or that it lasts."""
    values: dict[str, Any] = outage.model_dump() | {"trouble": storable(outage.trouble)}
    if not insert_once(tx, OutageRow, values, unique=("name",)):
        tx.execute(update(OutageRow).where(col(OutageRow.name) == outage.name).values(values))


def end_outage(tx: Transaction, name: str | None = None) -> None:
    """The dependency is in reach again; without a name: all of them (a service that starts knows of none yet)."""
    tx.execute(delete(OutageRow) if name is None else delete(OutageRow).where(col(OutageRow.name) == name))


def outages(tx: Transaction) -> tuple[Outage, ...]:
    """What is out of reach, longest first."""
    rows = tx.session.exec(select(OutageRow).order_by(col(OutageRow.since)))
    return tuple(Outage.model_validate({name: getattr(row, name) for name in Outage.model_fields}) for row in rows)

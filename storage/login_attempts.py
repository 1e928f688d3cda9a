"""Attempts to log in, counted before the password is looked at, so that many at once cannot try more than a few."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, text
from sqlmodel import col, delete, insert, select

from parsers.values import Value
from storage.database import Transaction
from storage.site_rows import FailedLoginRow
from storage.text import storable

_LOCK = 0x4C4F4749  # "LOGI": on PostgreSQL attempts are counted one after another


class Allowed(Value):
    """How many attempts may fail within a while. ``a_name``: from everywhere together, but for the browsers known to that name."""

    within: timedelta = timedelta(minutes=15)
    a_source: int = 5
    an_address: int = 30
    a_name: int = 60


KNOWN = "browser "
"""Begins the source of an attempt from a browser in which that name logged in before: strangers cannot use up its attempts."""


def begin_attempt(tx: Transaction, *, name: str, source: str, now: datetime, allowed: Allowed) -> int | None:
    """Counts an attempt as failed until it is said to have succeeded. Its number; None where it is one too many, and then it is not looked at.

    ``source``: the address that it comes from, or KNOWN and a name for the browser. What is refused here is not counted: whoever keeps trying
    holds nobody out for longer than ``within`` after he stopped.
    """
    if tx.session.get_bind().dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    name, source = storable(name[:200]), storable(source[:200])
    tx.execute(delete(FailedLoginRow).where(col(FailedLoginRow.at) < now - timedelta(days=1)))
    recent = col(FailedLoginRow.at) > now - allowed.within
    of_name, of_source = col(FailedLoginRow.name) == name, col(FailedLoginRow.address) == source
    strangers = col(FailedLoginRow.address).not_like(f"{KNOWN}%")
    limits = [(of_name & of_source, allowed.a_source), (of_source, allowed.an_address)]
    if not source.startswith(KNOWN):
        limits.append((of_name & strangers, allowed.a_name))
    if any(tx.session.exec(select(func.count()).where(recent, condition)).one() >= most for condition, most in limits):
        return None
    made = tx.execute(insert(FailedLoginRow).values(at=now, name=name, address=source).returning(col(FailedLoginRow.id)))
    return int(made.scalar_one())


def attempt_succeeded(tx: Transaction, attempt: int) -> None:
    """The password was right: this attempt and the failed ones before it from the same source do not count any more."""
    row = tx.session.exec(select(FailedLoginRow).where(FailedLoginRow.id == attempt)).first()
    if row is not None:
        tx.execute(delete(FailedLoginRow).where(col(FailedLoginRow.name) == row.name, col(FailedLoginRow.address) == row.address))

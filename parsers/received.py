"""When a mail was received: the day in Hong Kong on which our own server took it, by its topmost Received field, else by its Date."""

from __future__ import annotations

import email.utils
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from parsers.header_reader import HeaderView
from parsers.mime_parts import RawField

HONG_KONG = timezone(timedelta(hours=8), "HKT")
_YEARS = range(1990, 2100)


def _plausible(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and moment.year in _YEARS else None


def _parsed(raw: bytes) -> datetime | None:
    """The standard library's reading, for forms that mail-parser refuses: a zone by name (HKT) is Hong Kong's, no zone is taken as Hong Kong's."""
    text = raw.decode("latin-1").replace("\r", " ").replace("\n", " ")[-200:]
    try:
        parts = email.utils.parsedate_tz(text)
        if parts is None:
            return None
        offset = parts[9] if parts[9] is not None else 8 * 3600
        zone = HONG_KONG if "HKT" in text and "+" not in text else timezone(timedelta(seconds=offset))
        return datetime(*parts[:6], tzinfo=zone)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def received_moment(fields: Sequence[RawField], view: HeaderView) -> datetime | None:
    """The moment in the topmost Received field; None where there is none or its date is impossible."""
    top = next((field.value for field in fields if field.name.lower() == "received"), None)
    if top is None or b";" not in top:
        return None
    by_library = view.received[0] if view.received else None
    own = _plausible(_parsed(top.rpartition(b";")[2]))
    return own or (_plausible(by_library) if len(view.received) == sum(f.name.lower() == "received" for f in fields) else None)


def dated(fields: Sequence[RawField], view: HeaderView) -> datetime | None:
    """The Date field, aware; None where it is absent or impossible."""
    raw = next((field.value for field in fields if field.name.lower() == "date"), None)
    return _plausible(view.dated) or (_plausible(_parsed(raw)) if raw is not None else None)


def received_on(fields: Sequence[RawField], view: HeaderView) -> date | None:
    """Day of receipt in Hong Kong's calendar (contract.md, received_on); None where neither field tells a possible day."""
    moment = received_moment(fields, view) or dated(fields, view)
    return moment.astimezone(HONG_KONG).date() if moment is not None else None

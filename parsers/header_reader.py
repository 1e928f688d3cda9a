"""mail-parser's view of a mail's headers: addresses, dates, the Received trace and their defects.

It is given the identifying fields alone, capped and without a body: on whole mails it loses parts, and hostile fields cost it seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import mailparser
from mailparser.exceptions import MailParserError

from parsers.mime_parts import RawField

# mail-parser raises these on real mails (a bare AttributeError on five of 1,157 fixtures).
_ITS_ERRORS = (MailParserError, AttributeError, ValueError, TypeError, LookupError, RecursionError, OverflowError, AssertionError)
_WANTED = {"from": 20, "to": 20, "cc": 20, "date": 5, "received": 100}
Address = tuple[str, str]


@dataclass(frozen=True, slots=True)
class HeaderView:
    """What mail-parser reads: (name, address) pairs, the Date, the dates of Received fields from the top (None where it cannot tell), defects."""

    from_: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    dated: datetime | None = None
    received: tuple[datetime | None, ...] = ()
    defects: tuple[str, ...] = ()


def _chosen(fields: Sequence[RawField]) -> bytes:
    left = dict(_WANTED)
    lines = []
    for field in fields:
        name = field.name.lower()
        if left.get(name, 0) > 0:
            left[name] -= 1
            lines.append(name.encode() + b":" + field.value.rstrip() + b"\r\n")
    return b"".join(lines) + b"\r\n"


def _utc(text: object) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def header_view(fields: Sequence[RawField]) -> HeaderView:
    """mail-parser's reading of the fields; empty where it breaks on them."""
    try:
        mail = mailparser.parse_from_bytes(_chosen(fields))
        hops = sorted(mail.received, key=lambda hop: -int(hop.get("hop", 0)))
        dated = mail.date
        return HeaderView(
            from_=tuple((str(name), str(address)) for name, address in mail.from_ or ()),
            to=tuple((str(name), str(address)) for name, address in mail.to or ()),
            cc=tuple((str(name), str(address)) for name, address in mail.cc or ()),
            dated=dated if dated is None or dated.tzinfo else dated.replace(tzinfo=UTC),
            received=tuple(_utc(hop.get("date_utc")) for hop in hops),
            defects=tuple(sorted(str(category) for category in mail.defects_categories)),
        )
    except _ITS_ERRORS:
        return HeaderView(defects=("headers mail-parser cannot read",))

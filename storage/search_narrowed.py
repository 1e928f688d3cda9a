"""Among what a search looks: cases of one verdict, kind or queue, received on certain days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlmodel import col

from checks.values import Verdict
from parsers.values import Value
from storage.queues import Queue, Terms
from storage.rows import CaseRow
from storage.values import CaseKind


class Narrowed(Value):
    """Among what is searched: cases of that verdict, of that kind, received on these days, in that queue. Empty: among everything."""

    verdict: Verdict | None = None
    kind: CaseKind | None = None
    since: date | None = None
    until: date | None = None
    queue: Queue | None = None
    terms: Terms | None = None  # by when what must be done, for the queue

    def __bool__(self) -> bool:
        return any((self.verdict, self.kind, self.since, self.until, self.queue))


EVERYTHING = Narrowed()


def conditions(among: Narrowed) -> Iterator[Any]:
    """What a case must be, but for its queue."""
    if among.verdict:
        yield col(CaseRow.verdict) == among.verdict.value
    if among.kind:
        yield col(CaseRow.kind) == among.kind.value
    if among.since:
        yield col(CaseRow.received_on) >= among.since
    if among.until:
        yield col(CaseRow.received_on) <= among.until

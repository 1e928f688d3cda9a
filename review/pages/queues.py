"""The queues: what waits, by what must be done, oldest first, with the reason in plain words; and searching everything on record."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from checks.values import Verdict
from review.plain_reasons import plain_reason
from review.visit import Looking, Visit
from storage.audit import note
from storage.errors import StorageError
from storage.queues import Queue, Terms, queue_counts, waiting_in
from storage.search import Hit, catch_up, is_behind, search
from storage.search_narrowed import Narrowed
from storage.values import CaseKind

router = APIRouter()
Chosen = TypeVar("Chosen", bound=StrEnum)
PAGE = 50
AT_ONCE, ROUNDS = 500, 4  # how much a search takes up before it answers: half a second's work at most


@router.get("/")
def home(visit: Looking) -> Response:
    """The first queue in which something waits."""
    with visit.desk.database.reading() as tx:
        counts = queue_counts(tx, terms_of(visit))
    first = next((queue for queue, count in counts.items() if count), Queue.FLAGGED)
    return RedirectResponse(f"/queues/{first.value}", status_code=303)


@router.get("/queues/{queue}")
def queue_page(visit: Looking, queue: Queue, after: int = 0) -> Response:
    after = min(max(0, after), 1_000_000)
    with visit.desk.database.reading() as tx:
        terms = terms_of(visit)
        counts = queue_counts(tx, terms)
        waiting = waiting_in(tx, queue, terms, limit=PAGE, after=after)
    with visit.desk.database.transaction() as tx:
        note(tx, at=visit.desk.clock(), actor=visit.person.name, action="queue shown", detail=queue.value)
    return visit.page(
        "queue.html.j2", queue=queue, counts=counts, waiting=waiting, after=after, page_size=PAGE, now=visit.desk.clock(), terms=terms,
        plain=lambda said: plain_reason(said, visit.t.code),
    )  # fmt: skip


@router.get("/search")
def search_page(visit: Looking, q: str = "", verdict: str = "", kind: str = "", since: str = "", until: str = "", queue: str = "") -> Response:
    """What holds these words, among the cases of that verdict, kind, queue and those days; a choice that is none counts as not made."""
    q = q[:200]
    among = Narrowed(
        verdict=_one_of(Verdict, verdict), kind=_one_of(CaseKind, kind), since=_day(since), until=_day(until), queue=_one_of(Queue, queue),
        terms=terms_of(visit),
    )  # fmt: skip
    found: tuple[Hit, ...] = ()
    behind = False
    if q.strip() or among:
        behind = not _take_up(visit)
        with visit.desk.database.reading() as tx:
            found = search(tx, q, among=among)
        with visit.desk.database.transaction() as tx:
            note(tx, at=visit.desk.clock(), actor=visit.person.name, action="searched", detail=f"{len(found)} found")
    with visit.desk.database.reading() as tx:
        counts = queue_counts(tx, terms_of(visit))
    return visit.page(
        "search.html.j2", q=q, found=found, behind=behind, counts=counts, queue=None, among=among, verdicts=tuple(Verdict), kinds=tuple(CaseKind)
    )


def _one_of(values: type[Chosen], said: str) -> Chosen | None:
    return next((each for each in values if each.value == said), None)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if len(said) == 10 else None
    except ValueError:
        return None


def terms_of(visit: Visit) -> Terms:
    """By when what must be done, now."""
    return Terms(now=visit.desk.clock(), reminder_days=visit.desk.reminder_days)


def _take_up(visit: Visit) -> bool:
    """What came since the last search; whether that is all. Where the record is busy the search answers from what it has, and says so."""
    try:
        for _ in range(ROUNDS):
            with visit.desk.database.reading() as tx:
                if not is_behind(tx):
                    return True
            with visit.desk.database.transaction() as tx:
                catch_up(tx, AT_ONCE)
    except StorageError as error:
        if not error.temporary:
            raise
    return False

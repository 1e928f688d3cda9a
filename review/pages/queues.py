"""The queues: what waits, by what must be done, oldest first, with the reason in plain words."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from review.visit import Looking
from storage.queues import Queue, queue_counts, waiting_in
from storage.search import find_cases

router = APIRouter()
PAGE = 50


@router.get("/")
def home(visit: Looking) -> Response:
    """The first queue in which something waits."""
    with visit.desk.database.reading() as tx:
        counts = queue_counts(tx)
    first = next((queue for queue, count in counts.items() if count), Queue.FLAGGED)
    return RedirectResponse(f"/queues/{first.value}", status_code=303)


@router.get("/queues/{queue}")
def queue_page(visit: Looking, queue: Queue, after: int = 0) -> Response:
    with visit.desk.database.reading() as tx:
        counts = queue_counts(tx)
        waiting = waiting_in(tx, queue, limit=PAGE, after=max(0, after))
    return visit.page("queue.html.j2", queue=queue, counts=counts, waiting=waiting, after=max(0, after), page_size=PAGE, now=visit.desk.clock())


@router.get("/search")
def search_page(visit: Looking, q: str = "") -> Response:
    with visit.desk.database.reading() as tx:
        counts = queue_counts(tx)
        found = find_cases(tx, q) if q.strip() else ()
    return visit.page("search.html.j2", q=q, found=found, counts=counts, queue=None)

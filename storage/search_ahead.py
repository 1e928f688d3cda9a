"""Papers made ready for searching ahead of the transaction that takes them up: reading and folding them holds up nobody who writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from storage.database import Transaction
from storage.search import CASE, take_up
from storage.search_papers import make_room, papers
from storage.search_rows import SearchTextRow


def papers_to_take_up(tx: Transaction, limit: int) -> tuple[dict[str, Any], ...]:
    """What can be searched of the papers of so many cases that are not taken up yet; for ``take_up_papers``."""
    return tuple(papers(tx, limit))


def take_up_papers(tx: Transaction, ready: Iterable[dict[str, Any]]) -> None:
    """Takes up what was made ready, but for cases that were erased or decided anew meanwhile."""
    make_room(tx)
    for row in ready:
        same = (col(SearchTextRow.kind) == CASE, col(SearchTextRow.source) == row["source"], col(SearchTextRow.version) == row["version"])
        if tx.execute(sa.select(col(SearchTextRow.id)).where(*same)).first() is not None:
            take_up(tx, row)

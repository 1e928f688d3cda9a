"""What the record holds in a few numbers, for machines that watch over the service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from checks.values import Verdict
from storage import outbox
from storage.database import Transaction
from storage.rows import ArrivalRow, CaseRow
from storage.values import ArrivalState


@dataclass(frozen=True)
class Counts:
    """``arrivals`` by class (by state while undecided), ``verdicts`` and ``letters`` by state; since when the oldest mail waits to be decided, and
    the oldest letter is due."""

    arrivals: dict[str, int]
    verdicts: dict[str, int]
    letters: dict[str, int]
    oldest_waiting: datetime | None
    oldest_due: datetime | None


def counts_of(tx: Transaction) -> Counts:
    """The counts of this moment."""
    by_class = func.coalesce(ArrivalRow.message_class, ArrivalRow.state)
    arrivals = tx.session.exec(select(by_class, func.count()).group_by(by_class)).all()
    verdicts = tx.session.exec(select(CaseRow.verdict, func.count()).where(col(CaseRow.verdict).is_not(None)).group_by(col(CaseRow.verdict))).all()
    undecided = (ArrivalState.STORED.value, ArrivalState.UNFETCHED.value)
    waiting = select(ArrivalRow.seen_at).where(col(ArrivalRow.state).in_(undecided), ~col(ArrivalRow.mailbox).startswith("archive:"))
    return Counts(
        arrivals=dict(sorted(arrivals)),
        verdicts={verdict.value: 0 for verdict in Verdict} | {str(verdict): count for verdict, count in verdicts},
        letters=outbox.counts(tx),
        oldest_waiting=tx.session.exec(waiting.order_by(col(ArrivalRow.seen_at)).limit(1)).first(),
        oldest_due=outbox.next_due(tx),
    )

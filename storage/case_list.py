"""Cases in a list, oldest first, a page at a time, by what they are."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, select

from checks.values import Verdict
from parsers.values import Value
from storage.cases import case_by_id
from storage.database import Transaction
from storage.rows import CaseRow
from storage.values import Case, CaseKind, CaseState


class CaseQuestion(Value):
    """Which cases; None: any. ``since`` and ``until``: days of receipt, both included."""

    kind: CaseKind | None = None
    state: CaseState | None = None
    verdict: Verdict | None = None
    initiative: str | None = None
    br_number: str | None = None
    since: date | None = None
    until: date | None = None


def cases(tx: Transaction, question: CaseQuestion, *, after: int = 0, limit: int = 50) -> tuple[Case, ...]:
    """Cases after that id, in the order in which they were opened."""
    statement = select(CaseRow.id).where(col(CaseRow.id) > after).order_by(col(CaseRow.id)).limit(limit)
    for name in ("kind", "state", "verdict", "initiative", "br_number"):
        wanted = getattr(question, name)
        if wanted is not None:
            statement = statement.where(getattr(CaseRow, name) == (wanted.value if hasattr(wanted, "value") else wanted))
    if question.since is not None:
        statement = statement.where(col(CaseRow.received_on) >= question.since)
    if question.until is not None:
        statement = statement.where(col(CaseRow.received_on) <= question.until)
    return tuple(case_by_id(tx, case_id) for case_id in tx.session.exec(statement) if case_id is not None)

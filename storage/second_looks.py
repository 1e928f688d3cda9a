"""Second looks: automatic decisions drawn at random for a person to look at again, with what the person found."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import col, insert, select, update

from checks.values import Verdict
from parsers.values import Value
from storage.database import Transaction
from storage.errors import StorageError
from storage.insight import untouched
from storage.rows import CaseRow, RunRow
from storage.search_rows import SecondLookRow
from storage.text import storable


class SecondLook(Value):
    """An automatic decision for a person to look at again. ``right`` None: nobody looked yet."""

    id: int
    reference: str
    applicant: str
    verdict: Verdict
    drawn_at: datetime
    looked_at: datetime | None
    right: bool | None
    actor: str | None
    reason: str


def draw_second_looks(tx: Transaction, number: int, at: datetime) -> int:
    """Draws automatic decisions at random that were not drawn before. How many there were to draw."""
    known = sa.select(col(SecondLookRow.run_id))
    rows = tx.execute(untouched().where(col(RunRow.id).not_in(known)).order_by(func.random()).limit(number)).all()
    for case_id, run_id in rows:
        tx.execute(insert(SecondLookRow).values(case_id=case_id, run_id=run_id, drawn_at=at, reason=""))
    return len(rows)


def second_looks(tx: Transaction, *, waiting: bool, limit: int = 50) -> tuple[SecondLook, ...]:
    """Those that wait for a look, oldest first; or those looked at, newest first."""
    statement = (
        select(SecondLookRow, CaseRow.reference, CaseRow.applicant, RunRow.verdict)
        .join(CaseRow, col(CaseRow.id) == col(SecondLookRow.case_id))
        .join(RunRow, col(RunRow.id) == col(SecondLookRow.run_id))
        .where(col(SecondLookRow.looked_at).is_(None) if waiting else col(SecondLookRow.looked_at).is_not(None))
        .order_by(col(SecondLookRow.id) if waiting else col(SecondLookRow.looked_at).desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return tuple(
        SecondLook(id=row.id or 0, reference=reference, applicant=applicant or "", verdict=Verdict(verdict), drawn_at=row.drawn_at,
                   looked_at=row.looked_at, right=row.right, actor=row.actor, reason=row.reason)
        for row, reference, applicant, verdict in tx.session.exec(statement)
    )  # fmt: skip


def second_looks_found_right(tx: Transaction) -> tuple[int, int]:
    """Of all second looks that were taken: how many found the decision right, and how many there were."""
    right = func.coalesce(func.sum(sa.case((col(SecondLookRow.looked_at).is_not(None) & (SecondLookRow.right == sa.true()), 1), else_=0)), 0)
    found = tx.execute(sa.select(right, func.count()).where(col(SecondLookRow.looked_at).is_not(None))).one()
    return int(found[0]), int(found[1])


def answer_second_look(tx: Transaction, look_id: int, *, right: bool, reason: str, actor: str, at: datetime) -> None:
    """A person looked. Raises StorageError where somebody looked already, or a wrong one has no reason."""
    if not right and not reason.strip():
        raise StorageError("say what is wrong")
    values = {"looked_at": at, "actor": actor, "right": right, "reason": storable(reason.strip()[:2000])}
    statement = update(SecondLookRow).where(col(SecondLookRow.id) == look_id, col(SecondLookRow.looked_at).is_(None)).values(values)
    if tx.execute(statement).rowcount != 1:
        raise StorageError("somebody looked at that decision already")

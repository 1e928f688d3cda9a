"""What the record says of the work itself: how much came, how it was decided, what applications lack, and how many needed no person."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import col

from checks.values import Verdict
from parsers.values import Value
from storage.database import Transaction
from storage.rows import ArrivalRow, CaseRow, CorrectionRow, LetterRow, OverrulingRow, RunRow
from storage.values import CaseKind, CaseState, LetterState

_NEWEST = 2000  # open applications over which is counted what they lack


class StraightThrough(Value):
    """Applications on record, and those of them that were decided and answered without a person."""

    applications: int
    untouched: int


def arrivals_by_week(tx: Transaction, now: datetime, weeks: int = 12) -> tuple[tuple[str, int], ...]:
    """Mails of the last weeks, those without any named too."""
    monday = (now - timedelta(days=now.weekday())).date()
    starts = [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    day = func.date(col(ArrivalRow.seen_at))
    seen = tx.execute(sa.select(day, func.count()).where(col(ArrivalRow.seen_at) >= now - timedelta(weeks=weeks + 1)).group_by(day))
    counted: Counter[str] = Counter()
    for on, count in seen:
        date = datetime.fromisoformat(str(on)).date()
        counted[(date - timedelta(days=date.weekday())).isoformat()] += count
    return tuple((start.isoformat(), counted[start.isoformat()]) for start in starts)


def verdicts(tx: Transaction) -> dict[Verdict, int]:
    """Applications by the verdict of their current run, erased ones left out."""
    rows = tx.execute(
        sa.select(col(CaseRow.verdict), func.count()).where(col(CaseRow.verdict).is_not(None), _ON_RECORD).group_by(col(CaseRow.verdict))
    )
    return dict.fromkeys(Verdict, 0) | {Verdict(verdict): count for verdict, count in rows}


def reasons_for_incompleteness(tx: Transaction, limit: int = 10) -> tuple[tuple[str, int], ...]:
    """What open incomplete applications lack most: codes of papers and keys of fields, each with the number of applications; the newest 2,000."""
    open_ones = sa.select(col(CaseRow.id)).where(
        col(CaseRow.kind) == CaseKind.APPLICATION.value, col(CaseRow.verdict) == Verdict.INCOMPLETE.value, col(CaseRow.state) == CaseState.OPEN.value
    )
    open_ones = open_ones.order_by(col(CaseRow.id).desc()).limit(_NEWEST)
    runs = sa.select(col(RunRow.id), col(RunRow.decision)).where(col(RunRow.current), col(RunRow.case_id).in_(open_ones)).cte("runs_of_them")
    if tx.session.get_bind().dialect.name == "sqlite":
        fields = func.json_each(runs.c.decision, "$.missing_fields").table_valued("value")
        papers = func.json_each(runs.c.decision, "$.missing_documents").table_valued("value")
        code = func.json_extract(papers.c.value, "$.code")
    else:
        decision = sa.cast(runs.c.decision, sa.dialects.postgresql.JSONB)
        fields = func.jsonb_array_elements_text(decision["missing_fields"]).table_valued("value")
        papers = func.jsonb_array_elements(decision["missing_documents"]).table_valued(sa.column("value", sa.dialects.postgresql.JSONB))
        code = papers.c.value["code"].astext
    lacks = sa.union(
        sa.select(runs.c.id, fields.c.value.label("what")).select_from(runs.join(fields, sa.true())),
        sa.select(runs.c.id, code).select_from(runs.join(papers, sa.true())),
    ).subquery()
    rows = tx.execute(
        sa.select(lacks.c.what, func.count().label("count")).group_by(lacks.c.what).order_by(sa.desc("count"), lacks.c.what).limit(limit)
    )
    return tuple((str(what), int(count)) for what, count in rows)


def straight_through(tx: Transaction) -> StraightThrough:
    """How many applications were decided and answered without a person's hand."""
    of_all = sa.select(func.count()).select_from(CaseRow).where(col(CaseRow.kind) == CaseKind.APPLICATION.value, _ON_RECORD)
    free = sa.select(func.count()).select_from(untouched().subquery())
    return StraightThrough(applications=tx.execute(of_all).scalar_one(), untouched=tx.execute(free).scalar_one())


_ON_RECORD = col(CaseRow.state) != CaseState.ERASED.value


def untouched() -> sa.Select[tuple[int, int]]:
    """Case and run of applications that no person had a hand in: no word on a value or finding, no release, and a letter that went out by itself."""
    mine, sent = col(CaseRow.id), col(LetterRow.case_id)
    by_itself = sa.select(sent).where(col(LetterRow.state) == LetterState.ACCEPTED.value, col(LetterRow.released_by).is_(None))
    by_hand = sa.select(sent).where(col(LetterRow.released_by).is_not(None))
    said = [sa.select(table.case_id) for table in (CorrectionRow, OverrulingRow)]  # type: ignore[call-overload]
    statement = sa.select(mine, col(RunRow.id)).join(RunRow, sa.and_(col(RunRow.case_id) == mine, col(RunRow.current)))
    decided = col(CaseRow.verdict).in_((Verdict.COMPLETE.value, Verdict.INCOMPLETE.value))
    return statement.where(  # type: ignore[return-value]
        col(CaseRow.kind) == CaseKind.APPLICATION.value, _ON_RECORD, decided, mine.in_(by_itself), mine.not_in(by_hand),
        *(mine.not_in(one) for one in said), col(RunRow.cause) != "recheck",
    )  # fmt: skip

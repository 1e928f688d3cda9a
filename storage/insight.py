"""What the record says of the work itself: how much came, how it was decided, how long each case lay in whose hands, and how well it was read."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import col, insert, select, update

from checks.values import Verdict
from parsers.values import Method, Value
from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import ArrivalRow, CaseRow, CorrectionRow, FieldRow, LetterRow, OverrulingRow, RunRow
from storage.search_rows import SecondLookRow
from storage.text import storable
from storage.values import CaseKind, CaseState, LetterState


class Hands(Value):
    """Days that applications spent waiting for us and for the applicant, on average, over ``cases`` of them; the longest wait for us now."""

    cases: int
    ours: float
    applicants: float
    oldest_reference: str | None
    oldest_days: int


class Accuracy(Value):
    """Of values that staff confirmed or corrected: how many had been read right. ``key``: a field, or how it was read."""

    key: str
    right: int
    looked_at: int

    @property
    def share(self) -> float:
        return self.right / self.looked_at if self.looked_at else 0.0


class StraightThrough(Value):
    """Applications on record, and those of them that were decided and answered without a person."""

    applications: int
    untouched: int


class SecondLook(Value):
    """An automatic decision for a person to look at again. ``right`` None: nobody looked yet."""

    id: int
    reference: str
    applicant: str
    verdict: Verdict
    drawn_at: datetime
    right: bool | None
    actor: str | None
    reason: str


def arrivals_by_week(tx: Transaction, now: datetime, weeks: int = 12) -> tuple[tuple[str, int], ...]:
    """Mails of the last weeks, those without any named too."""
    monday = (now - timedelta(days=now.weekday())).date()
    starts = [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    seen = tx.execute(sa.select(col(ArrivalRow.seen_at)).where(col(ArrivalRow.seen_at) >= now - timedelta(weeks=weeks + 1))).scalars()
    counted = Counter((at - timedelta(days=at.weekday())).date() for at in seen)
    return tuple((start.isoformat(), counted[start]) for start in starts)


def verdicts(tx: Transaction) -> dict[Verdict, int]:
    """Applications by the verdict of their current run, erased ones left out."""
    rows = tx.execute(
        sa.select(col(CaseRow.verdict), func.count()).where(col(CaseRow.verdict).is_not(None), _ON_RECORD).group_by(col(CaseRow.verdict))
    )
    return dict.fromkeys(Verdict, 0) | {Verdict(verdict): count for verdict, count in rows}


def reasons_for_incompleteness(tx: Transaction, limit: int = 10) -> tuple[tuple[str, int], ...]:
    """What open incomplete applications lack most: codes of papers, keys of fields, codes of checks, each with the number of applications."""
    rows = tx.execute(
        sa.select(col(RunRow.decision))
        .join(CaseRow, col(CaseRow.id) == col(RunRow.case_id))
        .where(col(RunRow.current), col(CaseRow.verdict) == Verdict.INCOMPLETE.value, col(CaseRow.state) == CaseState.OPEN.value)
        .order_by(col(RunRow.id).desc())
        .limit(2000)
    )
    counted: Counter[str] = Counter()
    for (text,) in rows:
        decision = json.loads(text)
        counted.update({*decision["missing_fields"], *(one["code"] for one in decision["missing_documents"])})
    return tuple(counted.most_common(limit))


def days_in_hands(tx: Transaction, now: datetime, days: int = 365) -> Hands:
    """Of applications that came in the last so many days. The applicant holds a case from a missing-items letter until the next mail."""
    since = now - timedelta(days=days)
    where = (col(CaseRow.kind) == CaseKind.APPLICATION.value, _ON_RECORD, col(CaseRow.opened_at) >= since)
    cases = {
        row[0]: row[1:]
        for row in tx.execute(
            sa.select(col(CaseRow.id), col(CaseRow.reference), col(CaseRow.opened_at), col(CaseRow.state), col(CaseRow.verdict)).where(*where)
        )
    }
    ends: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    mails = sa.select(col(ArrivalRow.case_id), col(ArrivalRow.seen_at)).where(col(ArrivalRow.seen_at) >= since, col(ArrivalRow.case_id).is_not(None))
    letters = sa.select(col(LetterRow.case_id), col(LetterRow.settled_at), col(LetterRow.template)).where(
        col(LetterRow.state) == LetterState.ACCEPTED.value, col(LetterRow.settled_at) >= since
    )
    for case_id, at in tx.execute(mails):
        ends[case_id].append((at, "ours"))
    for case_id, at, template in tx.execute(letters):
        ends[case_id].append((at, "applicant" if template == "missing_items" else "done" if template == "acknowledgement" else "ours"))
    total: Counter[str] = Counter()
    oldest: tuple[float, str | None] = (-1.0, None)
    for case_id, (reference, opened_at, state, _verdict) in cases.items():
        holder, at = "ours", opened_at
        for moment, then in sorted(ends[case_id]):
            total[holder] += (max(moment, at) - at).total_seconds()
            holder, at = then, max(moment, at)
        if state == CaseState.OPEN.value:
            waited = (now - at).total_seconds()
            total[holder] += waited
            if holder == "ours":
                oldest = max(oldest, (waited, reference), key=lambda one: one[0])
    shared = max(len(cases), 1) * 86_400
    return Hands(
        cases=len(cases), ours=total["ours"] / shared, applicants=total["applicant"] / shared,
        oldest_reference=oldest[1], oldest_days=max(0, int(oldest[0] // 86_400)),
    )  # fmt: skip


def accuracy(tx: Transaction) -> tuple[tuple[Accuracy, ...], tuple[Accuracy, ...]]:
    """By field and by method, from what staff confirmed and corrected: their first word on each field, against the newest reading before it.

    Only what staff looked at is known, and they look at what is doubtful: of all values more are right than these figures say.
    """
    by_field: dict[str, list[bool]] = defaultdict(list)
    by_method: dict[str, list[bool]] = defaultdict(list)
    seen: set[tuple[int, str]] = set()
    words = sa.select(col(CorrectionRow.case_id), col(CorrectionRow.key), col(CorrectionRow.value), col(CorrectionRow.at))
    for case_id, key, value, at in tx.execute(words.where(col(CorrectionRow.stands)).order_by(col(CorrectionRow.id))).all():
        if (case_id, key) in seen:
            continue
        seen.add((case_id, key))
        read = tx.execute(
            sa.select(col(FieldRow.state), col(FieldRow.value), col(FieldRow.method))
            .join(RunRow, col(RunRow.id) == col(FieldRow.run_id))
            .where(col(FieldRow.case_id) == case_id, col(FieldRow.key) == key, col(RunRow.at) <= at)
            .order_by(col(RunRow.id).desc())
            .limit(1)
        ).first()
        if read is None:
            continue
        state, before, method = read
        right = state == "missing" if value is None else state == "read" and _same(before, json.loads(value))
        by_field[key].append(right)
        by_method[method or Method.DERIVED.value].append(right)
    return _accuracies(by_field), _accuracies(by_method)


def overrulings_by_check(tx: Transaction) -> tuple[tuple[str, int], ...]:
    """How often staff overruled each check, the most often overruled first."""
    rows = tx.execute(sa.select(col(OverrulingRow.check_code), func.count()).where(col(OverrulingRow.stands)).group_by(col(OverrulingRow.check_code)))
    return tuple(sorted(((check, count) for check, count in rows), key=lambda one: (-one[1], one[0])))


def straight_through(tx: Transaction) -> StraightThrough:
    """How many applications were decided and answered without a person's hand."""
    of_all = sa.select(func.count()).select_from(CaseRow).where(col(CaseRow.kind) == CaseKind.APPLICATION.value, _ON_RECORD)
    untouched = sa.select(func.count()).select_from(_untouched().subquery())
    return StraightThrough(applications=tx.execute(of_all).scalar_one(), untouched=tx.execute(untouched).scalar_one())


def draw_second_looks(tx: Transaction, number: int, at: datetime) -> int:
    """Draws automatic decisions at random that were not drawn before. How many there were to draw."""
    known = sa.select(col(SecondLookRow.run_id))
    rows = tx.execute(_untouched().where(col(RunRow.id).not_in(known)).order_by(func.random()).limit(number)).all()
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
        SecondLook(id=row.id or 0, reference=reference, applicant=applicant or "", verdict=Verdict(verdict), drawn_at=row.drawn_at, right=row.right,
                   actor=row.actor, reason=row.reason)
        for row, reference, applicant, verdict in tx.session.exec(statement)
    )  # fmt: skip


def answer_second_look(tx: Transaction, look_id: int, *, right: bool, reason: str, actor: str, at: datetime) -> None:
    """A person looked. Raises StorageError where somebody looked already, or a wrong one has no reason."""
    if not right and not reason.strip():
        raise StorageError("say what is wrong")
    values = {"looked_at": at, "actor": actor, "right": right, "reason": storable(reason.strip()[:2000])}
    statement = update(SecondLookRow).where(col(SecondLookRow.id) == look_id, col(SecondLookRow.looked_at).is_(None)).values(values)
    if tx.execute(statement).rowcount != 1:
        raise StorageError("somebody looked at that decision already")


_ON_RECORD = col(CaseRow.state) != CaseState.ERASED.value


def _untouched() -> sa.Select[tuple[int, int]]:
    """Case and run of applications that no person had a hand in: no word on a value or finding, no release, and a letter that went out by itself."""
    mine = col(CaseRow.id)
    by_itself = sa.select(col(LetterRow.id)).where(
        col(LetterRow.case_id) == mine, col(LetterRow.state) == LetterState.ACCEPTED.value, col(LetterRow.released_by).is_(None)
    )
    by_hand = sa.select(col(LetterRow.id)).where(col(LetterRow.case_id) == mine, col(LetterRow.released_by).is_not(None))
    said = [sa.select(table.id).where(table.case_id == mine) for table in (CorrectionRow, OverrulingRow)]  # type: ignore[call-overload]
    statement = sa.select(mine, col(RunRow.id)).join(RunRow, sa.and_(col(RunRow.case_id) == mine, col(RunRow.current)))
    decided = col(CaseRow.verdict).in_((Verdict.COMPLETE.value, Verdict.INCOMPLETE.value))
    return statement.where(  # type: ignore[return-value]
        col(CaseRow.kind) == CaseKind.APPLICATION.value, _ON_RECORD, decided, by_itself.exists(), ~by_hand.exists(),
        *(~one.exists() for one in said), col(RunRow.cause) != "recheck",
    )  # fmt: skip


def _accuracies(found: dict[str, list[bool]]) -> tuple[Accuracy, ...]:
    made = [Accuracy(key=key, right=sum(each), looked_at=len(each)) for key, each in found.items()]
    return tuple(sorted(made, key=lambda one: (one.share, -one.looked_at, one.key)))


def _same(before: str | None, value: object) -> bool:
    if before is None:
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(before) == float(value)
        except ValueError:
            return False
    return before == str(value)

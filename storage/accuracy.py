"""How well papers are read, as staff's own words on values tell: by field and by way of reading, with what chance alone may have done."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from math import sqrt

import sqlalchemy as sa
from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col

from parsers.values import Method, Value
from storage.database import Transaction
from storage.rows import CaseRow, CorrectionRow, FieldRow, OverrulingRow, RunRow
from storage.values import CaseKind, CaseState

NEWEST = 1000  # applications over which "no person touched it" is counted
_Z = 1.96  # 95%


def wilson(right: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies with 95% confidence (Wilson's score interval); 0 to 1 where nothing was looked at."""
    if not of:
        return 0.0, 1.0
    share, spread = right / of, _Z * _Z / of
    middle = share + spread / 2
    around = _Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, (middle - around) / (1 + spread)), min(1.0, (middle + around) / (1 + spread))


class Share(Value):
    """So many of so many. ``key``: a field, a way of reading, or what else is counted."""

    key: str
    right: int
    looked_at: int

    @property
    def share(self) -> float:
        return self.right / self.looked_at if self.looked_at else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.right, self.looked_at)


def accuracy(tx: Transaction) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    """By field and by method, from what staff confirmed and corrected: their first word on each field, against the newest reading before it.

    The decision that follows a word holds that word as a value of its own (derived, certain), and may bear an earlier moment: it is no reading.
    Only what staff looked at is known, and they look at what is doubtful: of all values more are right than these figures say.
    """
    by_field: dict[str, list[bool]] = defaultdict(list)
    by_method: dict[str, list[bool]] = defaultdict(list)
    firsts = sa.select(func.min(col(CorrectionRow.id))).where(col(CorrectionRow.stands)).group_by(col(CorrectionRow.case_id), col(CorrectionRow.key))
    before, was_read = aliased(RunRow), aliased(FieldRow)
    newest = (
        sa.select(func.max(before.id))
        .join(was_read, sa.and_(col(was_read.run_id) == before.id, col(was_read.key) == col(CorrectionRow.key)))
        .where(col(before.case_id) == col(CorrectionRow.case_id), col(before.at) <= col(CorrectionRow.at))
        .where(sa.or_(col(was_read.method).is_(None), col(was_read.method) != Method.DERIVED.value, col(was_read.confidence) < 1))
    )
    read = sa.and_(col(FieldRow.run_id) == newest.correlate(CorrectionRow).scalar_subquery(), col(FieldRow.key) == col(CorrectionRow.key))
    words = sa.select(col(CorrectionRow.key), col(CorrectionRow.value), col(FieldRow.state), col(FieldRow.value), col(FieldRow.method))
    for key, value, state, was, method in tx.execute(words.join(FieldRow, read).where(col(CorrectionRow.id).in_(firsts))):
        right = state == "missing" if value is None else state == "read" and _same(was, json.loads(value))
        by_field[key].append(right)
        by_method[method or Method.DERIVED.value].append(right)
    return _shares(by_field), _shares(by_method)


def untouched_values(tx: Transaction) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    """By field and by method: values of the newest applications that no person said anything of (``right``), of all that were read."""
    cases = sa.select(col(CaseRow.id)).where(col(CaseRow.kind) == CaseKind.APPLICATION.value, col(CaseRow.state) != CaseState.ERASED.value)
    cases = cases.order_by(col(CaseRow.id).desc()).limit(NEWEST)
    first = sa.select(func.min(col(RunRow.id))).where(col(RunRow.case_id).in_(cases)).group_by(col(RunRow.case_id)).cte("first_runs")
    said = sa.select(col(CorrectionRow.case_id), col(CorrectionRow.key)).where(col(CorrectionRow.stands)).distinct().subquery()
    touched = sa.and_(said.c.case_id == col(FieldRow.case_id), said.c.key == col(FieldRow.key))
    rows = tx.execute(
        sa.select(col(FieldRow.key), col(FieldRow.method), func.count(), func.count(said.c.key))
        .join(said, touched, isouter=True)
        .where(col(FieldRow.run_id).in_(sa.select(first)), col(FieldRow.state) != "missing")
        .group_by(col(FieldRow.key), col(FieldRow.method))
    )
    by_field: dict[str, Counter[str]] = defaultdict(Counter)
    by_method: dict[str, Counter[str]] = defaultdict(Counter)
    for key, method, count, looked in rows:
        for counted in (by_field[key], by_method[method or Method.DERIVED.value]):
            counted.update({"all": count, "free": count - looked})
    made = [
        sorted((Share(key=key, right=one["free"], looked_at=one["all"]) for key, one in each.items()), key=lambda one: (one.share, one.key))
        for each in (by_field, by_method)
    ]
    return tuple(made[0]), tuple(made[1])


def overrulings_by_check(tx: Transaction) -> tuple[tuple[str, int], ...]:
    """How often staff overruled each check, the most often overruled first."""
    rows = tx.execute(sa.select(col(OverrulingRow.check_code), func.count()).where(col(OverrulingRow.stands)).group_by(col(OverrulingRow.check_code)))
    return tuple(sorted(((check, count) for check, count in rows), key=lambda one: (-one[1], one[0])))


def _shares(found: dict[str, list[bool]]) -> tuple[Share, ...]:
    made = [Share(key=key, right=sum(each), looked_at=len(each)) for key, each in found.items()]
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

"""The register: what status, show and export say (contract.md), read from the record in one consistent view."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import sqlalchemy
from sqlalchemy import func
from sqlmodel import col, select

from checks.values import Verdict
from storage import outbox
from storage.arrivals import last_poll
from storage.attention import attention
from storage.audit import trail
from storage.cases import case_by_reference, current_run
from storage.database import Transaction
from storage.outages import outages
from storage.rows import ArrivalRow, CaseRow, FieldRow, LetterRow, MessageRow, RunRow
from storage.run_details import value_of
from storage.staff import what_staff_say
from storage.values import CaseKind, CaseRecord, CaseState, Correspondence, Register, RunSummary

_HONG_KONG = ZoneInfo("Asia/Hong_Kong")


class Status(TypedDict):
    """`intake status --json`, key for key (contract.md, 'Other results')."""

    last_poll: str | None
    last_poll_age_s: float | None
    out_of_reach: list[dict[str, Any]]
    arrivals: dict[str, int]
    cases: dict[str, int]
    outbox: dict[str, int]
    attention: list[dict[str, Any]]


def status(tx: Transaction) -> Status:
    """Queues, counts, last poll, and one entry for each thing that needs a person. Arrivals not decided yet are counted by their state."""
    poll = last_poll(tx)
    by_class = func.coalesce(ArrivalRow.message_class, ArrivalRow.state)
    arrivals = tx.session.exec(select(by_class, func.count()).group_by(by_class)).all()
    cases = tx.session.exec(select(CaseRow.verdict, func.count()).where(col(CaseRow.verdict).is_not(None)).group_by(col(CaseRow.verdict))).all()
    return {
        "last_poll": poll[1].isoformat() if poll and poll[1] else None,
        "last_poll_age_s": round(max(0.0, (datetime.now(UTC) - poll[1]).total_seconds()), 1) if poll and poll[1] else None,
        "out_of_reach": [outage.model_dump(mode="json") for outage in outages(tx)],
        "arrivals": dict(sorted(arrivals)),
        "cases": {verdict.value: 0 for verdict in Verdict} | {str(verdict): count for verdict, count in cases},
        "outbox": outbox.counts(tx),
        "attention": [entry.model_dump(mode="json") for entry in attention(tx)],
    }


def case_record(tx: Transaction, reference: str) -> CaseRecord | None:
    """Everything on record about one case; None where there is none of that reference."""
    case = case_by_reference(tx, reference)
    if case is None:
        return None
    said = what_staff_say(tx, case.id)
    return CaseRecord(
        case=case,
        current=current_run(tx, case.id),
        runs=_runs(tx, case.id),
        correspondence=correspondence(tx, case.id),
        history=trail(tx, reference=reference),
        corrections=said.fields,
        layouts=said.layouts,
        overrulings=said.overrulings,
    )


def correspondence(tx: Transaction, case_id: int) -> tuple[Correspondence, ...]:
    """The mails to and from a case, in order of time: arrivals when first seen, letters when settled (else claimed, else queued).

    The cause of a letter is the mail that it answers; of a mail that got none, the reason; of any other mail, its own hash.
    """
    received = select(ArrivalRow, MessageRow).join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id), isouter=True)
    mails = [
        Correspondence(
            direction="in",
            at=row.seen_at,
            message_id=message.message_id if message else None,
            message_class=row.message_class,
            state=row.state,
            cause=row.no_reply or row.sha256,
            sha256=row.sha256,
            reason=row.no_reply,
            sender=message.sender if message else None,
        )
        for row, message in tx.session.exec(received.where(ArrivalRow.case_id == case_id).order_by(col(ArrivalRow.id)))
    ]
    letters = [
        Correspondence(
            direction="out",
            at=row.settled_at or row.claimed_at or row.queued_at,
            message_id=row.message_id,
            template=row.template,
            state=row.state,
            cause=row.cause,
            reason=row.reason or None,
        )
        for row in tx.session.exec(select(LetterRow).where(LetterRow.case_id == case_id).order_by(col(LetterRow.id)))
    ]
    return tuple(sorted((*mails, *letters), key=lambda entry: entry.at))


def register(tx: Transaction, *, kind: CaseKind | None = CaseKind.APPLICATION, since: date | None = None) -> tuple[Register, ...]:
    """One entry a case, by reference: applications by default, every kind with None; ``since`` the day of receipt (of opening, where unknown)."""
    statement = select(CaseRow).order_by(col(CaseRow.year), col(CaseRow.number))
    statement = statement.where(CaseRow.state != CaseState.ERASED.value)
    if kind is not None:
        statement = statement.where(CaseRow.kind == kind.value)
    cases = [row for row in tx.session.exec(statement) if since is None or _day_of(row) >= since]
    fields = _current_fields(tx, since=since)
    return tuple(
        Register(
            reference=row.reference,
            kind=CaseKind(row.kind),
            received_on=row.received_on,
            completed_on=row.completed_on,
            verdict=Verdict(row.verdict) if row.verdict else None,
            state=CaseState(row.state),
            fields=fields.get(row.id or 0, {}),
        )
        for row in cases
    )


def _current_fields(tx: Transaction, *, since: date | None) -> dict[int, dict[str, bool | int | float | str]]:
    statement = select(FieldRow.case_id, FieldRow.key, FieldRow.type, FieldRow.value).join(RunRow, col(RunRow.id) == col(FieldRow.run_id))
    statement = statement.where(col(RunRow.current), col(FieldRow.value).is_not(None))
    if since is not None:
        opened = datetime.combine(since, time(), tzinfo=_HONG_KONG)
        recent = select(CaseRow.id).where((col(CaseRow.received_on) >= since) | (col(CaseRow.opened_at) >= opened))
        statement = statement.where(col(FieldRow.case_id).in_(recent))
    found: dict[int, dict[str, bool | int | float | str]] = defaultdict(dict)
    for case_id, key, type, text in tx.session.exec(statement):
        value = value_of(type, text)
        if value is not None:
            found[case_id][key] = value
    return found


def _day_of(row: CaseRow) -> date:
    return row.received_on or row.opened_at.astimezone(_HONG_KONG).date()


def _runs(tx: Transaction, case_id: int) -> tuple[RunSummary, ...]:
    names = tuple(RunSummary.model_fields)
    statement = sqlalchemy.select(*(getattr(RunRow, name) for name in names)).where(col(RunRow.case_id) == case_id).order_by(col(RunRow.id))
    return tuple(RunSummary.model_validate(dict(zip(names, row, strict=True))) for row in tx.execute(statement))

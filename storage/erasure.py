"""Privacy: erasing one case for good, and finding what is past its retention (programme.md, 'Languages and privacy').

Erased rows are overwritten on disk (SQLite: ``secure_delete``); of a case its reference remains, of a mail its UID and hash
(so that it is neither fetched nor answered again), of the audit trail all.
The bytes lie in the blob store: erase the case, commit, then remove the blobs that ``Erased`` names; ``unreferenced`` finds those that a crash left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import SQLModel, col, delete, or_, select, update

from checks.values import Verdict
from parsers.values import Value
from storage.cases import case_by_id
from storage.database import Transaction
from storage.extracts import forget_extracts
from storage.rows import (
    ArrivalRow,
    CaseRow,
    CorrectionRow,
    DocumentRow,
    FieldRow,
    FileReadRow,
    FindingRow,
    LetterRow,
    MessageRow,
    OverrulingRow,
    PaperLayoutRow,
    RunRow,
    SuggestionRow,
)
from storage.search import forget_case, forget_mails
from storage.search_rows import SecondLookRow
from storage.values import ArrivalState, Case, CaseKind, CaseState

_Owned = FieldRow | DocumentRow | FindingRow | RunRow | LetterRow | CorrectionRow | SuggestionRow | PaperLayoutRow | OverrulingRow | SecondLookRow
_OF_A_CASE: tuple[type[_Owned], ...] = (
    FieldRow, DocumentRow, FindingRow, RunRow, LetterRow, CorrectionRow, SuggestionRow, PaperLayoutRow, OverrulingRow, SecondLookRow,
)  # fmt: skip
_NOTHING = dict.fromkeys(
    ("language", "received_on", "completed_on", "verdict", "initiative", "br_number", "uscc", "factory_name", "factory_key", "applicant", "email")
)


class Erased(Value):
    """What was erased: the hashes whose bytes nobody else needs, for the blob store to remove."""

    reference: str | None
    blobs: tuple[str, ...]
    mails: int = 0


_DONE_WITH = (CaseState.CLOSED.value, CaseState.WITHDRAWN.value)


def erase_case(tx: Transaction, case_id: int) -> Erased:
    """Erases everything on record about a case but its reference, its mails' UIDs and the audit trail. Doing it again names the same blobs."""
    reference = case_by_id(tx, case_id).reference
    papers = frozenset(tx.session.exec(select(DocumentRow.sha256).where(DocumentRow.case_id == case_id)))
    mails = [row.id for row in tx.session.exec(select(ArrivalRow).where(ArrivalRow.case_id == case_id))]
    forget_case(tx, case_id)
    for table in _OF_A_CASE:
        tx.execute(delete(table).where(col(table.case_id) == case_id))
    tx.execute(update(CaseRow).where(col(CaseRow.id) == case_id).values(state=CaseState.ERASED.value, **_NOTHING))
    blobs = _erase_arrivals(tx, [mail for mail in mails if mail is not None])
    _forget_reads(tx, papers)
    return Erased(reference=reference, blobs=blobs)


def erase_mail_without_case(tx: Transaction, before: datetime) -> Erased:
    """Erases mails that led to no case (lists, spam, bounces, automatic mail) and came before that moment; at most 5,000 at a time."""
    mails = tx.session.exec(_without_case(before).limit(5000)).all()
    return Erased(reference=None, blobs=_erase_arrivals(tx, [mail for mail in mails if mail is not None]), mails=len(mails))


def mail_without_case(tx: Transaction, before: datetime) -> int:
    """How many mails ``erase_mail_without_case`` would erase in the end."""
    return int(tx.session.exec(select(func.count()).select_from(_without_case(before).subquery())).one())


def _without_case(before: datetime) -> Any:
    decided = (ArrivalState.DECIDED.value, ArrivalState.REPEATED.value)
    statement = select(ArrivalRow.id).where(col(ArrivalRow.case_id).is_(None), col(ArrivalRow.state).in_(decided), ArrivalRow.seen_at < before)
    of_a_case = select(ArrivalRow.sha256).where(col(ArrivalRow.case_id).is_not(None), col(ArrivalRow.sha256).is_not(None))
    return statement.where(col(ArrivalRow.sha256).not_in(of_a_case))


def cases_past_retention(tx: Transaction, *, received_before: date, verdict: Verdict | None = None, kind: CaseKind | None = None) -> tuple[Case, ...]:
    """Closed and withdrawn cases received before that day, of a verdict or kind: what the retention policy names. Open cases are never past it."""
    statement = select(CaseRow).where(col(CaseRow.state).in_(_DONE_WITH), col(CaseRow.received_on) < received_before)
    if verdict is not None:
        statement = statement.where(CaseRow.verdict == verdict.value)
    if kind is not None:
        statement = statement.where(CaseRow.kind == kind.value)
    return tuple(case_by_id(tx, row.id or 0) for row in tx.session.exec(statement.order_by(col(CaseRow.id))).all())


def open_past(tx: Transaction, *, received_before: date) -> int:
    """How many cases are open that were received before that day: nobody closed them, and so no retention applies."""
    statement = select(func.count()).where(CaseRow.state == CaseState.OPEN.value, col(CaseRow.received_on) < received_before)
    return int(tx.session.exec(statement).one())


def mailbox_places(tx: Transaction, case_id: int) -> tuple[str, ...]:
    """Where a case's mails lie outside the record, copies of the same bytes included, in words for a person: mailbox, UID, day seen."""
    hashes = select(ArrivalRow.sha256).where(ArrivalRow.case_id == case_id, col(ArrivalRow.sha256).is_not(None))
    statement = select(ArrivalRow).where(or_(ArrivalRow.case_id == case_id, col(ArrivalRow.sha256).in_(hashes))).order_by(col(ArrivalRow.id))
    return tuple(
        "the archive that it was taken from"
        if row.mailbox.startswith("archive:")
        else f"{row.mailbox} (UID {row.uid}, seen {row.seen_at:%Y-%m-%d %H:%M})"
        for row in tx.session.exec(statement)
    )


def unreferenced(tx: Transaction, blobs: Iterable[str]) -> tuple[str, ...]:
    """Those of these hashes that no mail on record has. Ask only about blobs of yesterday or older: bytes are kept before their arrival."""
    wanted = list(blobs)
    known: set[str | None] = set()
    for start in range(0, len(wanted), 500):
        on_record = select(ArrivalRow.sha256).where(col(ArrivalRow.sha256).in_(wanted[start : start + 500]))
        known.update(row[0] for row in tx.execute(on_record.where(ArrivalRow.state != ArrivalState.ERASED.value)))
    return tuple(sha256 for sha256 in wanted if sha256 not in known)


def _erase_arrivals(tx: Transaction, ids: list[int]) -> tuple[str, ...]:
    """Strips mails, and copies of the same bytes that are in no other case. Returns the hashes that nobody needs any more."""
    rows = tx.session.exec(select(ArrivalRow).where(col(ArrivalRow.id).in_(ids)))
    hashes = {row.sha256 for row in rows if row.sha256}
    copies = select(ArrivalRow.id).where(col(ArrivalRow.sha256).in_(hashes), ArrivalRow.state == ArrivalState.REPEATED.value)
    every: set[int] = {*ids, *(one for one in tx.session.exec(copies.where(col(ArrivalRow.case_id).is_(None))) if one is not None)}
    forget_mails(tx, every)
    _delete(tx, MessageRow, "arrival_id", every)
    _delete(tx, SuggestionRow, "arrival_id", every)
    tx.execute(update(LetterRow).where(col(LetterRow.arrival_id).in_(every)).values(arrival_id=None))
    stripped = {"state": ArrivalState.ERASED.value, "error": None, "no_reply": None, "trust": None}
    tx.execute(update(ArrivalRow).where(col(ArrivalRow.id).in_(every)).values(**stripped))
    nobodys = unreferenced(tx, sorted(hashes))
    _forget_reads(tx, forget_extracts(tx, nobodys))
    return nobodys


def _forget_reads(tx: Transaction, papers: frozenset[str]) -> None:
    elsewhere = frozenset(tx.session.exec(select(DocumentRow.sha256).where(col(DocumentRow.sha256).in_(papers))))
    _delete(tx, FileReadRow, "sha256", papers - elsewhere)


def _delete(tx: Transaction, table: type[SQLModel], column: str, values: Iterable[int | str]) -> None:
    tx.execute(delete(table).where(col(getattr(table, column)).in_(list(values))))

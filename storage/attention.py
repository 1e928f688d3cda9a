"""What needs a person: lasting outages, refused, doubtful, held and delayed letters, quarantined mail, suggestions, flagged cases, other mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlmodel import col, or_, select

from checks.values import Verdict
from parsers.values import MessageClass
from storage.database import Transaction
from storage.outages import outages
from storage.queues import waits_for_a_person
from storage.rows import ArrivalRow, CaseRow, LetterRow
from storage.suggestions import open_suggestions
from storage.values import ArrivalState, Attention, CaseKind, CaseState, LetterState

_LETTERS = {
    LetterState.FAILED.value: ("letter_failed", "was refused"),
    LetterState.UNKNOWN.value: ("letter_unknown", "may or may not have been delivered"),
    LetterState.HELD.value: ("letter_held", "waits to be released"),
}
_DELAYED = ("letter_delayed", "was put off by the mail server for more than a day, and is tried again")
_LONG_ON_ITS_WAY = timedelta(days=1)


def attention(tx: Transaction) -> tuple[Attention, ...]:
    """One entry for each thing that needs a person, the most pressing kinds first. Ids and reasons only, no contents."""
    return (*_outages(tx), *_letters(tx), *_quarantined(tx), *_unplaced(tx), *_suggested(tx), *_cases(tx))


def _outages(tx: Transaction) -> Iterator[Attention]:
    now = datetime.now(UTC)
    for outage in outages(tx):
        if outage.needs_person(now):
            yield Attention(kind="out_of_reach", reference=None, message=outage.words(now))


def _letters(tx: Transaction) -> Iterator[Attention]:
    statement = select(LetterRow, CaseRow.reference).join(CaseRow, col(CaseRow.id) == col(LetterRow.case_id))
    delayed = (col(LetterRow.state) == LetterState.DEFERRED.value) & (col(LetterRow.queued_at) < datetime.now(UTC) - _LONG_ON_ITS_WAY)
    statement = statement.where(or_(col(LetterRow.state).in_(list(_LETTERS)), delayed), waits_for_a_person())
    for row, reference in tx.session.exec(statement.order_by(col(LetterRow.id))):
        kind, what = _LETTERS.get(row.state, _DELAYED)
        reason = f": {row.reason}" if row.reason else ""
        yield Attention(kind=kind, reference=reference, message=f"letter {row.id} ({row.template}) {what}{reason}")


def _quarantined(tx: Transaction) -> Iterator[Attention]:
    statement = select(ArrivalRow).where(ArrivalRow.state == ArrivalState.QUARANTINED.value, col(ArrivalRow.attended).is_(False))
    statement = statement.order_by(col(ArrivalRow.id))
    for row in tx.session.exec(statement):
        last = (row.error or "").strip().splitlines()
        message = f"mail {row.id} (UID {row.uid} of {row.mailbox}) could not be handled: {last[-1][:600] if last else 'no reason is on record'}"
        yield Attention(kind="quarantined", reference=None, message=message)


def _unplaced(tx: Transaction) -> Iterator[Attention]:
    """Mail that is in no case and of no class that needs nobody: unreadable, or about something else."""
    classes = (MessageClass.OTHER.value, MessageClass.UNREADABLE.value)
    statement = select(ArrivalRow).where(ArrivalRow.state == ArrivalState.DECIDED.value, col(ArrivalRow.message_class).in_(classes))
    for row in tx.session.exec(statement.where(col(ArrivalRow.case_id).is_(None), col(ArrivalRow.attended).is_(False)).order_by(col(ArrivalRow.id))):
        what = "cannot be read" if row.message_class == MessageClass.UNREADABLE.value else "is about something else"
        yield Attention(kind="mail", reference=None, message=f"mail {row.id} (UID {row.uid} of {row.mailbox}) {what}")


def _suggested(tx: Transaction) -> Iterator[Attention]:
    for suggestion in open_suggestions(tx):
        message = f"mail {suggestion.arrival_id} may belong to this case: {suggestion.reason}"
        yield Attention(kind="suggestion", reference=suggestion.reference, message=message)


def _cases(tx: Transaction) -> Iterator[Attention]:
    """Flagged applications, and every open case that only a person can answer."""
    flagged = or_(CaseRow.verdict == Verdict.REVIEW.value, CaseRow.kind != CaseKind.APPLICATION.value)
    statement = select(CaseRow).where(CaseRow.state == CaseState.OPEN.value, flagged).order_by(col(CaseRow.id))
    for row in tx.session.exec(statement):
        if row.kind == CaseKind.APPLICATION.value:
            yield Attention(kind="review", reference=row.reference, message="the application needs a decision by staff")
        else:
            yield Attention(kind=row.kind, reference=row.reference, message=f"{row.kind.replace('_', ' ')}: to be answered by staff")

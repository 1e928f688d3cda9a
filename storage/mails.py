"""One mail as a person looks at it: what is on record of it, what it may belong to, and what a person does with it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, func, select, update

from parsers.values import Message, Value
from storage.arrivals import arrival, mark_attended
from storage.cases import case_by_id, open_case
from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import ArrivalRow, CaseRow, DocumentRow, MessageRow, SuggestionRow
from storage.suggestions import move_mail
from storage.values import Arrival, ArrivalState, Case, CaseKind, CaseState, SuggestionState


class SenderKnown(Value):
    """What is on record of who sent a mail: how many mails came from that address, and in which cases."""

    mails: int
    references: tuple[str, ...]


class MailOnRecord(Value):
    """A mail's record, its case, and the cases that it was suggested for with the service's reason."""

    arrival: Arrival
    case: Case | None
    suggested: tuple[tuple[str, str], ...]
    sender: SenderKnown


class MailOfCase(Value):
    """One mail of a case in a line. ``id``: of its arrival."""

    id: int
    seen_at: datetime
    sender: str
    subject: str
    message_class: str | None
    state: ArrivalState
    no_reply: str | None


def mails_of_case(tx: Transaction, case_id: int) -> tuple[MailOfCase, ...]:
    """Every mail of a case, in order of arrival."""
    statement = select(ArrivalRow, MessageRow).join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id), isouter=True)
    rows = tx.session.exec(statement.where(ArrivalRow.case_id == case_id).order_by(col(ArrivalRow.id)))
    return tuple(
        MailOfCase(
            id=row.id or 0,
            seen_at=row.seen_at,
            sender=(message.sender if message else None) or "",
            subject=message.subject if message else "",
            message_class=row.message_class,
            state=ArrivalState(row.state),
            no_reply=row.no_reply,
        )
        for row, message in rows
    )


def mail_on_record(tx: Transaction, arrival_id: int) -> MailOnRecord | None:
    """The mail of that number; None where there is none, or it was erased."""
    if tx.session.get(ArrivalRow, arrival_id) is None:
        return None
    mail = arrival(tx, arrival_id)
    if mail.state is ArrivalState.ERASED:
        return None
    statement = select(CaseRow.reference, SuggestionRow.reason).join(CaseRow, col(CaseRow.id) == col(SuggestionRow.case_id))
    suggested = tx.session.exec(statement.where(SuggestionRow.arrival_id == arrival_id, SuggestionRow.state == SuggestionState.OPEN.value)).all()
    row = tx.session.get(MessageRow, arrival_id)
    case = case_by_id(tx, mail.case_id) if mail.case_id else None
    return MailOnRecord(arrival=mail, case=case, suggested=tuple(suggested), sender=sender_known(tx, row.sender if row else None, arrival_id))


def sender_known(tx: Transaction, address: str | None, besides: int) -> SenderKnown:
    """What is on record of an address, besides that mail."""
    if not address:
        return SenderKnown(mails=0, references=())
    of_sender = (col(MessageRow.sender) == address, col(MessageRow.arrival_id) != besides)
    mails = tx.session.exec(select(MessageRow.arrival_id).where(*of_sender)).all()
    statement = select(CaseRow.reference).join(ArrivalRow, col(ArrivalRow.case_id) == col(CaseRow.id))
    statement = statement.join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id)).where(*of_sender).distinct()
    references = tx.session.exec(statement.where(CaseRow.state != CaseState.ERASED.value).order_by(col(CaseRow.reference).desc()).limit(10)).all()
    return SenderKnown(mails=len(mails), references=tuple(references))


def pages_known(tx: Transaction, sha256: str) -> int | None:
    """How many pages the papers of a file reach over, of whichever case it is; None where no run holds it."""
    last = tx.session.exec(select(func.max(DocumentRow.last_page)).where(DocumentRow.sha256 == sha256)).one()
    return int(last) if last else None


def join_to_case(tx: Transaction, arrival_id: int, case: Case) -> Case | None:
    """A person says to which case a mail belongs; what was suggested for it is answered thereby. The case that it was in before, to be decided anew.

    Raises StorageError where it is in that case already, or the case was erased.
    """
    before = arrival(tx, arrival_id)
    if before.case_id == case.id:
        raise StorageError(f"the mail is in {case.reference} already")
    if case.state is CaseState.ERASED:
        raise StorageError(f"there is no case {case.reference}")
    move_mail(tx, arrival_id, case.id)
    mark_attended(tx, arrival_id)
    mine = (col(SuggestionRow.arrival_id) == arrival_id, col(SuggestionRow.state) == SuggestionState.OPEN.value)
    tx.execute(update(SuggestionRow).where(*mine, col(SuggestionRow.case_id) == case.id).values(state=SuggestionState.ACCEPTED.value))
    tx.execute(update(SuggestionRow).where(*mine).values(state=SuggestionState.DECLINED.value))
    return case_by_id(tx, before.case_id) if before.case_id else None


def open_case_of(tx: Transaction, arrival_id: int, kind: CaseKind, message: Message | None, at: datetime) -> Case:
    """A person opens a case of a mail that led to none. Raises StorageError where it is in a case."""
    before = arrival(tx, arrival_id)
    if before.case_id is not None:
        raise StorageError(f"the mail is in {case_by_id(tx, before.case_id).reference} already")
    received_on = (message.received_on if message else None) or before.seen_at.date()
    case = open_case(tx, kind=kind, received_on=received_on, opened_at=at, language=message.language if message else None)
    join_to_case(tx, arrival_id, case)
    return case

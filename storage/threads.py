"""Threads of mails over several cases: how many letters went out in one, and which papers it holds."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import col, or_, select

from storage.database import Transaction
from storage.rows import ArrivalRow, CaseRow, DocumentRow, LetterRow
from storage.values import LetterState

_ON_THEIR_WAY = (
    LetterState.QUEUED.value, LetterState.SENDING.value, LetterState.DEFERRED.value, LetterState.ACCEPTED.value, LetterState.UNKNOWN.value,
)  # fmt: skip


def letters_since_last_paper(tx: Transaction, thread_id: int) -> int:
    """Letters that went out, or are on their way, in a thread since its last mail with a new paper, whatever address they went to.

    The answer to that mail itself does not count: it answers a paper.
    """
    cases = select(CaseRow.id).where(or_(CaseRow.id == thread_id, CaseRow.thread_id == thread_id))
    last = select(func.coalesce(func.max(ArrivalRow.id), 0)).where(col(ArrivalRow.case_id).in_(cases), col(ArrivalRow.new_paper)).scalar_subquery()
    statement = select(func.count()).where(
        col(LetterRow.case_id).in_(cases), col(LetterRow.arrival_id) > last, col(LetterRow.state).in_(_ON_THEIR_WAY)
    )
    return int(tx.session.exec(statement).one())


def papers_of_thread(tx: Transaction, thread_id: int) -> frozenset[str]:
    """The SHA-256 of every file that the cases of a thread hold as a paper."""
    cases = select(CaseRow.id).where(or_(CaseRow.id == thread_id, CaseRow.thread_id == thread_id))
    return frozenset(tx.session.exec(select(DocumentRow.sha256).where(col(DocumentRow.case_id).in_(cases))))

"""Finding the cases of a person or company, in any script: by reference, by what their forms say, by who wrote."""

from __future__ import annotations

from sqlmodel import col, or_, select

from parsers.folding import fold_key
from storage.cases import case_by_id
from storage.database import Transaction
from storage.references import find_references
from storage.rows import ArrivalRow, CaseRow, FieldRow, MessageRow, RunRow
from storage.values import Case, CaseState


def find_cases(tx: Transaction, text: str, limit: int = 100) -> tuple[Case, ...]:
    """Cases whose current form holds these words in any field (folded: script, case, spaces and punctuation do not matter), that a sender of that
    address or name wrote in, or that bear that reference; newest first."""
    key = fold_key(text)
    if not key:
        return ()
    within = f"%{key}%"  # folded text holds letters and digits alone: no wildcard of LIKE
    by_field = (
        select(FieldRow.case_id).join(RunRow, col(RunRow.id) == col(FieldRow.run_id)).where(col(RunRow.current), col(FieldRow.folded).like(within))
    )
    written = "".join(character for character in text.strip().lower() if character not in "%_\0")
    sender = or_(col(MessageRow.sender) == written, col(MessageRow.sender_name).ilike(f"%{written}%"))
    by_sender = select(ArrivalRow.case_id).join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id)).where(sender)
    matches = or_(col(CaseRow.reference).in_(find_references(text)), col(CaseRow.id).in_(by_field), col(CaseRow.id).in_(by_sender))
    statement = select(CaseRow.id).where(CaseRow.state != CaseState.ERASED.value, matches).order_by(col(CaseRow.id).desc()).limit(limit)
    return tuple(case_by_id(tx, found) for found in tx.session.exec(statement).all() if found is not None)

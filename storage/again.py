"""What a reprocess asks of the record about a mail before it decides it anew: one question, for an archive asks it thousands of times."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col

from storage.database import Transaction
from storage.rows import ArrivalRow, CaseRow, CorrectionRow, OverrulingRow, PaperLayoutRow, RunRow
from storage.values import ArrivalState, Case


@dataclass(frozen=True)
class OnRecord:
    """One arrival of some bytes, and its case. ``mails``: how many the case has; ``staff_say``: whether staff said anything of it; ``digest``: of
    its current run (``storage.cases.written_run``), None where it has none."""

    state: ArrivalState
    mailbox: str
    message_class: str | None
    case: Case | None
    mails: int
    staff_say: bool
    digest: str | None


def on_record(tx: Transaction, sha256: str) -> tuple[OnRecord, ...]:
    """Every arrival of these bytes, first one first."""
    rows = tx.execute(_QUESTION, {"sha256": sha256}).mappings()
    return tuple(
        OnRecord(
            state=ArrivalState(row["arrival_state"]),
            mailbox=row["mailbox"],
            message_class=row["message_class"],
            case=Case.model_validate({name: row[f"case_{name}"] for name in Case.model_fields}) if row["case_id"] is not None else None,
            mails=row["mails"],
            staff_say=bool(row["staff_say"]),
            digest=row["digest"],
        )
        for row in rows
    )


def _question() -> sa.Select[tuple[object, ...]]:
    others = sa.orm.aliased(ArrivalRow)
    case = {name: getattr(CaseRow, name) for name in Case.model_fields}
    said = sa.or_(*(sa.exists().where(col(table.case_id) == col(CaseRow.id)) for table in (CorrectionRow, PaperLayoutRow, OverrulingRow)))
    mails = sa.select(sa.func.count()).where(col(others.case_id) == col(CaseRow.id)).scalar_subquery()
    columns = [
        col(ArrivalRow.state).label("arrival_state"), col(ArrivalRow.mailbox), col(ArrivalRow.message_class), mails.label("mails"),
        said.label("staff_say"), col(RunRow.digest).label("digest"), *(col(column).label(f"case_{name}") for name, column in case.items()),
    ]  # fmt: skip
    statement = sa.select(*columns).select_from(ArrivalRow).join(CaseRow, col(CaseRow.id) == col(ArrivalRow.case_id), isouter=True)
    statement = statement.join(RunRow, sa.and_(col(RunRow.case_id) == col(CaseRow.id), col(RunRow.current)), isouter=True)
    return statement.where(col(ArrivalRow.sha256) == sa.bindparam("sha256")).order_by(col(ArrivalRow.id))


_QUESTION = _question()

"""Questions about cases that an archive asks for each of its mails: the statements are put together once."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlmodel import col, update

from storage.rows import CaseRow, DocumentRow, RunRow
from storage.values import Case, CaseKind

NO_CASE = -1
OF_SAME_FORM = sa.select(col(DocumentRow.case_id)).where(
    col(DocumentRow.kind) == "application_form", col(DocumentRow.sha256).in_(sa.bindparam("sha256s", expanding=True))
)
ALIKE = (  # what is not known equals nothing (NULL)
    sa.select(
        col(CaseRow.id), col(CaseRow.reference), col(CaseRow.received_on), col(CaseRow.initiative), col(CaseRow.br_number), col(CaseRow.uscc),
        col(CaseRow.factory_name),
    )
    .where(
        col(CaseRow.kind) == CaseKind.APPLICATION.value,
        col(CaseRow.received_on) <= sa.bindparam("before"),
        sa.or_(
            col(CaseRow.br_number) == sa.bindparam("br_number"), col(CaseRow.uscc) == sa.bindparam("uscc"),
            col(CaseRow.factory_key) == sa.bindparam("key"), col(CaseRow.id).in_(sa.bindparam("copies", expanding=True)),
        ),
    )
    .order_by(col(CaseRow.received_on), col(CaseRow.id))
)  # fmt: skip
AS_IT_STANDS: Any = (
    sa.select(
        *(col(getattr(CaseRow, name)).label(name) for name in Case.model_fields),
        col(RunRow.id).label("run_id"), col(RunRow.digest).label("run_digest"), col(RunRow.verdict).label("run_verdict"),
    )
    .select_from(CaseRow)
    .join(RunRow, sa.and_(col(RunRow.case_id) == col(CaseRow.id), col(RunRow.current)), isouter=True)
    .where(col(CaseRow.id) == sa.bindparam("id"))
)  # fmt: skip
CURRENT_RUN: Any = sa.select(
    *(col(getattr(RunRow, name)) for name in ("id", "case_id", "at", "cause", "reader_version", "current", "application", "decision"))
).where(col(RunRow.case_id) == sa.bindparam("of_case"), col(RunRow.current))
NO_LONGER_CURRENT = update(RunRow).where(col(RunRow.case_id) == sa.bindparam("of_case"), col(RunRow.current)).values(current=False)
NEW_RUN = sa.insert(RunRow).returning(col(RunRow.id))
SUMMARISED = (
    "verdict", "initiative", "br_number", "uscc", "factory_name", "factory_key", "applicant", "email", "received_on", "completed_on", "language",
)  # fmt: skip
SUMMARISE = update(CaseRow).where(col(CaseRow.id) == sa.bindparam("of_case")).values({name: sa.bindparam(name) for name in SUMMARISED})

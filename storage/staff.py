"""Staff: their logins, and what they say of a case: values confirmed or corrected, papers told apart, findings overruled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlmodel import col, insert, select, update

from checks.overruling import Corrections, Overruling
from parsers.corrections import PaperLayout, PaperTold, Said
from storage.database import Transaction
from storage.errors import StorageError
from storage.rows import ArrivalRow, CorrectionRow, OverrulingRow, PaperLayoutRow, UserRow
from storage.text import storable
from storage.upsert import insert_once
from storage.values import Correction, StaffLogin, StaffRole


def add_login(tx: Transaction, name: str, password_hash: str, *, at: datetime, role: StaffRole = StaffRole.OFFICER) -> bool:
    """Adds a login, or gives an existing one a new password and role (and lets it in again). Whether it is new. Never takes a password itself."""
    values = {"name": name, "password_hash": password_hash, "role": role.value, "active": True, "created_at": at}
    if insert_once(tx, UserRow, values, unique=("name",)):
        return True
    tx.execute(update(UserRow).where(col(UserRow.name) == name).values(password_hash=password_hash, role=role.value, active=True))
    return False


def login(tx: Transaction, name: str) -> StaffLogin | None:
    """The login of that name, active or not."""
    row = tx.session.exec(select(UserRow).where(UserRow.name == name).execution_options(populate_existing=True)).first()
    return StaffLogin.model_validate(row, from_attributes=True) if row else None


def logins(tx: Transaction) -> tuple[StaffLogin, ...]:
    """Every login, by name."""
    rows = tx.session.exec(select(UserRow).order_by(col(UserRow.name)).execution_options(populate_existing=True))
    return tuple(StaffLogin.model_validate(row, from_attributes=True) for row in rows)


def close_login(tx: Transaction, name: str) -> None:
    """Shuts a login out; its name stays in the audit trail."""
    if tx.execute(update(UserRow).where(col(UserRow.name) == name).values(active=False)).rowcount != 1:
        raise StorageError(f"there is no login {name!r}")


def correct(tx: Transaction, case_id: int, key: str, value: Said | None, *, actor: str, at: datetime, reason: str = "", stands: bool = True) -> None:
    """Keeps what a person says a field's value is (its normal form; None: there is none), confirmed or corrected. Earlier words stay on record.

    ``key``: of the form, or ``parsers.corrections.paper_field_key`` for a paper's own field. It holds against every mail that the case has now.
    ``stands`` False takes what was said of the field back.
    """
    text = None if value is None else storable(json.dumps(value, ensure_ascii=False))
    values = {"case_id": case_id, "key": key, "value": text, "actor": actor, "at": at, "reason": storable(reason), "stands": stands}
    tx.execute(insert(CorrectionRow).values(**values, last_mail=_last_mail(tx, case_id)))


def corrections(tx: Transaction, case_id: int) -> tuple[Correction, ...]:
    """Every correction of a case, oldest first: of one key the last one counts."""
    rows = tx.session.exec(select(CorrectionRow).where(CorrectionRow.case_id == case_id).order_by(col(CorrectionRow.id)))
    return tuple(
        Correction(
            key=row.key,
            value=None if row.value is None else json.loads(row.value),
            actor=row.actor,
            at=row.at,
            reason=row.reason,
            last_mail=row.last_mail,
            stands=row.stands,
        )
        for row in rows
    )


def lay_out(tx: Transaction, case_id: int, sha256: str, papers: Sequence[PaperTold], *, actor: str, at: datetime, reason: str = "") -> None:
    """Keeps which papers a person says a file holds (split, merged, of another kind); none: the word is taken back.

    Raises StorageError where two papers share a page, or one ends before it begins.
    """
    ordered = sorted(papers, key=lambda paper: paper.first_page)
    overlaps = any(one.last_page >= other.first_page for one, other in pairwise(ordered))
    if overlaps or any(paper.last_page < paper.first_page for paper in ordered):
        raise StorageError("two papers of a file cannot share a page, and none ends before it begins")
    text = json.dumps([paper.model_dump() for paper in ordered])
    tx.execute(insert(PaperLayoutRow).values(case_id=case_id, sha256=sha256, papers=text, actor=actor, at=at, reason=storable(reason)))


def layouts(tx: Transaction, case_id: int) -> tuple[PaperLayout, ...]:
    """Every word on the papers of a case's files, oldest first: of one file the last one counts."""
    rows = tx.session.exec(select(PaperLayoutRow).where(PaperLayoutRow.case_id == case_id).order_by(col(PaperLayoutRow.id)))
    return tuple(
        PaperLayout.model_validate({"sha256": row.sha256, "papers": json.loads(row.papers), "actor": row.actor, "at": row.at, "reason": row.reason})
        for row in rows
    )


def overrule(tx: Transaction, case_id: int, check: str, fingerprint: str, *, actor: str, at: datetime, reason: str, stands: bool = True) -> None:
    """Keeps that a person overrules a finding (``checks.overruling.fingerprint_of``), or, with ``stands`` False, no longer does.

    Raises StorageError without a reason.
    """
    if not reason.strip():
        raise StorageError("say why the finding is overruled")
    values = {"check_code": check, "fingerprint": fingerprint, "stands": stands, "actor": actor, "at": at, "reason": storable(reason)}
    tx.execute(insert(OverrulingRow).values(case_id=case_id, **values))


def overrulings(tx: Transaction, case_id: int) -> tuple[Overruling, ...]:
    """Every word on the findings of a case, oldest first: of one fingerprint the last one counts."""
    rows = tx.session.exec(select(OverrulingRow).where(OverrulingRow.case_id == case_id).order_by(col(OverrulingRow.id)))
    return tuple(
        Overruling(check=row.check_code, fingerprint=row.fingerprint, actor=row.actor, at=row.at, reason=row.reason, stands=row.stands)
        for row in rows
    )


def what_staff_say(tx: Transaction, case_id: int) -> Corrections:
    """Everything that staff say of a case, for every decision on it."""
    return Corrections(fields=corrections(tx, case_id), layouts=layouts(tx, case_id), overrulings=overrulings(tx, case_id))


def _last_mail(tx: Transaction, case_id: int) -> str | None:
    statement = select(ArrivalRow.sha256).where(ArrivalRow.case_id == case_id, col(ArrivalRow.sha256).is_not(None))
    return tx.session.exec(statement.order_by(col(ArrivalRow.id).desc()).limit(1)).first()

"""What an administrator does: people and their roles, open logins, and a look through the audit trail."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from review.desk import WorkError
from review.details import detail_in_words
from review.logins import NO_PASSWORD, hash_of, hash_password
from review.pages.access import Given
from review.visit import Administering, AdministeringAct, Visit, rules_of
from storage.audit import note
from storage.audit_search import AuditQuestion, entries
from storage.database import Transaction
from storage.sessions import MARK, end_session_marked, open_sessions, set_active, set_password, set_role
from storage.site import end_sessions_of
from storage.staff import add_login, login, logins
from storage.values import StaffLogin, StaffRole

router = APIRouter(prefix="/admin")
PAGE = 100
LONGEST_NAME = 60
_HONG_KONG = ZoneInfo("Asia/Hong_Kong")
Name = Annotated[str, Form()]


@router.get("")
def people_page(visit: Administering) -> Response:
    return _people(visit)


@router.post("/people")
def add_person(visit: AdministeringAct, name: Name, role: Annotated[StaffRole, Form()]) -> Response:
    """A new login, with a password that is shown once and must be changed at the first login."""
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise WorkError(visit.t("admin.name_rule"))
    password = secrets.token_urlsafe(12)
    hashed, now = hash_password(password), visit.desk.clock()
    with visit.desk.database.transaction() as tx:
        if login(tx, plain) is not None:
            raise WorkError(visit.t("admin.exists"))
        add_login(tx, plain, hashed, at=now, role=role)
        set_password(tx, plain, hashed, due=True)
        _note(tx, visit, "login added", f"{plain} ({role.value})")
    return _people(visit, shown=(plain, password))


@router.post("/people/reset")
def reset_password(visit: AdministeringAct, name: Name) -> Response:
    """Another password, shown once; the person's sessions end, and the person must choose one of his own."""
    password = secrets.token_urlsafe(12)
    hashed = hash_password(password)
    with visit.desk.database.transaction() as tx:
        person = _person(tx, visit, name)
        if person.password_hash == NO_PASSWORD:
            raise WorkError(visit.t("admin.no_password"))
        set_password(tx, person.name, hashed, due=True)
        end_sessions_of(tx, person.name)
        _note(tx, visit, "password reset", person.name)
    return _people(visit, shown=(person.name, password))


@router.post("/people/role")
def change_role(visit: AdministeringAct, name: Name, role: Annotated[StaffRole, Form()]) -> Response:
    with visit.desk.database.transaction() as tx:
        person = _person(tx, visit, name)
        set_role(tx, person.name, role)
        _note(tx, visit, "role changed", f"{person.name}: {person.role.value} to {role.value}")
    return _to_people()


@router.post("/people/state")
def change_state(visit: AdministeringAct, name: Name, active: Annotated[bool, Form()]) -> Response:
    with visit.desk.database.transaction() as tx:
        person = _person(tx, visit, name)
        set_active(tx, person.name, active=active)
        _note(tx, visit, "login opened" if active else "login closed", person.name)
    return _to_people()


@router.post("/sessions/end")
def end_session(visit: AdministeringAct, mark: Given = "") -> Response:
    with visit.desk.database.transaction() as tx:
        whose = end_session_marked(tx, mark)
        if whose is not None:
            _note(tx, visit, "session ended", whose)
    return _to_people()


@router.get("/audit")
def audit_page(
    visit: Administering, actor: str = "", action: str = "", reference: str = "", since: str = "", until: str = "", before: int | None = None
) -> Response:
    """The audit trail, newest first. Days are of Hong Kong; the look itself is on record too."""
    question = AuditQuestion(
        actor=actor.strip()[:100], action=action.strip()[:100], reference=reference.strip().upper()[:40],
        since=_day(since), until=_day(until, after=True), before=before if before is not None and 0 < before < 2**31 else None,
    )  # fmt: skip
    with visit.desk.database.transaction() as tx:
        found = entries(tx, question, limit=PAGE)
        _note(tx, visit, "audit trail searched", " ".join(filter(None, (question.actor, question.action, question.reference))))
    return visit.page(
        "audit.html.j2", detail=partial(detail_in_words, visit),
        found=found, actor=actor[:100], action=action[:100], reference=reference[:40], since=since[:10], until=until[:10],
        older=found[-1][0] if len(found) == PAGE else None, here="audit",
    )  # fmt: skip


def _people(visit: Visit, shown: tuple[str, str] | None = None) -> Response:
    desk = visit.desk
    with desk.database.transaction() as tx:
        people = logins(tx)
        sessions = open_sessions(tx, now=desk.clock(), longest=desk.session_length, idle=rules_of(visit.request).idle)
        _note(tx, visit, "logins shown", "")
    own = hash_of(visit.token)[:MARK]
    return visit.page("admin.html.j2", people=people, sessions=sessions, shown=shown, own=own, roles=tuple(StaffRole), here="people")


def _person(tx: Transaction, visit: Visit, name: str) -> StaffLogin:
    person = login(tx, name)
    if person is None:
        raise WorkError(visit.t("problem.not_there"))
    return person


def _note(tx: Transaction, visit: Visit, action: str, detail: str) -> None:
    note(tx, at=visit.desk.clock(), actor=visit.person.name, action=action, detail=detail)


def _day(text: str, *, after: bool = False) -> datetime | None:
    """The beginning of that day in Hong Kong, or of the one after it; None for what is no day."""
    try:
        day = date.fromisoformat(text.strip()) + timedelta(days=1 if after else 0)
        return datetime.combine(day, time(), tzinfo=_HONG_KONG).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _to_people() -> Response:
    return RedirectResponse("/admin", status_code=303)

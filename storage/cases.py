"""Cases and their runs: every run is kept, none overwritten, one is current."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError
from sqlalchemy import func
from sqlmodel import col, or_, select, update

from checks.values import Decision, EarlierCase, Needs, Outcome, Verdict
from parsers.folding import fold_key
from parsers.values import Application, Language, MessageClass, Read
from storage.case_statements import ALIKE, AS_IT_STANDS, CURRENT_RUN, NEW_RUN, NO_CASE, NO_LONGER_CURRENT, OF_SAME_FORM, SUMMARISE
from storage.database import Transaction
from storage.errors import StorageError
from storage.references import next_number, reference_of
from storage.rows import ArrivalRow, CaseRow, FieldRow, LetterRow, MessageRow, RunRow
from storage.run_details import record_details
from storage.text import storable
from storage.values import Case, CaseKind, CaseState, Run, RunCause, RunRecorded


class WrittenRun(NamedTuple):
    """A run as it stands in its row: put into words once, for its digest and for its row."""

    application: str
    decision: str
    digest: str


_BY_MACHINES = (MessageClass.AUTO_REPLY.value, MessageClass.BOUNCE.value, MessageClass.LIST.value)


def open_case(
    tx: Transaction,
    *,
    kind: CaseKind,
    received_on: date | None,
    opened_at: datetime,
    language: Language | None = None,
    thread_id: int | None = None,
) -> Case:
    """Opens a case under the next reference of its year of receipt (of opening, where the day of receipt is not known).

    ``thread_id``: the case that began the thread of mails which this one goes on with.
    """
    year = (received_on or opened_at.date()).year
    number = next_number(tx, year)
    row = CaseRow(
        reference=reference_of(year, number),
        year=year,
        number=number,
        kind=kind.value,
        state=CaseState.OPEN.value,
        language=language.value if language else None,
        opened_at=opened_at,
        received_on=received_on,
        thread_id=thread_id,
    )
    tx.session.add(row)
    tx.session.flush()
    return _case(row)


def case_by_reference(tx: Transaction, reference: str) -> Case | None:
    """The case of that reference; None where there is none."""
    return _one(tx, select(CaseRow).where(CaseRow.reference == reference))


def case_by_id(tx: Transaction, case_id: int) -> Case:
    """The case of that id. Raises StorageError where there is none."""
    case = _one(tx, select(CaseRow).where(CaseRow.id == case_id))
    if case is None:
        raise StorageError(f"there is no case {case_id}")
    return case


def case_of_letters(tx: Transaction, message_ids: Iterable[str]) -> Case | None:
    """The one case whose letters bore these Message-IDs (signed tokens: only who got our letter knows them); None for none or several."""
    statement = select(LetterRow.case_id).where(col(LetterRow.message_id).in_(list(message_ids))).distinct()
    found = tx.session.exec(statement).all()
    return case_by_id(tx, found[0]) if len(found) == 1 else None


def cases_with_br_number(tx: Transaction, br_number: str) -> tuple[Case, ...]:
    """Applications of that BR number, newest first."""
    statement = select(CaseRow).where(CaseRow.br_number == br_number, CaseRow.kind == CaseKind.APPLICATION.value)
    return tuple(_case(row) for row in tx.session.exec(statement.order_by(col(CaseRow.id).desc())))


def addresses_of(tx: Transaction, case_id: int) -> frozenset[str]:
    """Who belongs to a case: the sender of the application, and the addresses on its forms. Lower case.

    Whoever else wrote in the case (a stranger whose paper staff took over) does not belong to it.
    """
    first = select(func.min(ArrivalRow.id)).where(ArrivalRow.case_id == case_id, _of_papers()).scalar_subquery()
    senders = tx.session.exec(select(MessageRow.sender).where(col(MessageRow.arrival_id) == first)).all()
    on_forms = tx.session.exec(select(FieldRow.value).where(FieldRow.case_id == case_id, FieldRow.key == "contact.email")).all()
    now = tx.session.exec(select(CaseRow.email).where(CaseRow.id == case_id)).all()
    return frozenset(address.lower() for address in (*senders, *on_forms, *now) if address)


def open_cases_of_address(tx: Transaction, address: str) -> tuple[Case, ...]:
    """Open applications to which an address (lower case) belongs, newest first, of those among the last twenty that name it."""
    sent = select(ArrivalRow.case_id).join(MessageRow, col(MessageRow.arrival_id) == col(ArrivalRow.id)).where(MessageRow.sender == address)
    named = or_(col(CaseRow.id).in_(sent), CaseRow.email == address)
    statement = select(CaseRow).where(CaseRow.kind == CaseKind.APPLICATION.value, CaseRow.state == CaseState.OPEN.value, named)
    found = tx.session.exec(statement.order_by(col(CaseRow.id).desc()).limit(20)).all()
    return tuple(_case(row) for row in found if address in addresses_of(tx, row.id or 0))


def arrivals_of(tx: Transaction, case_id: int) -> tuple[str, ...]:
    """The SHA-256 of every mail of a case that may bring papers, in order of arrival: what a case is read again from."""
    statement = select(ArrivalRow.sha256).where(ArrivalRow.case_id == case_id, _of_papers()).order_by(col(ArrivalRow.id))
    return tuple(dict.fromkeys(sha256 for sha256 in tx.session.exec(statement) if sha256))


def _of_papers() -> Any:
    """Mails by people: answers of machines may belong to a case, but bring it nothing."""
    return or_(col(ArrivalRow.message_class).is_(None), col(ArrivalRow.message_class).not_in(_BY_MACHINES))


def close_case(tx: Transaction, case_id: int, *, state: CaseState = CaseState.CLOSED) -> None:
    """Staff are done with a case, or open it again."""
    _change(tx, case_id, {"state": state.value})


def record_run(
    tx: Transaction,
    case_id: int,
    application: Application,
    decision: Decision,
    *,
    at: datetime,
    cause: RunCause,
    reader_version: str,
    language: Language | None = None,
    completed_on: date | None = None,
    as_written: WrittenRun | None = None,
) -> RunRecorded:
    """Adds a run and makes it current, unless it is the same as the current one: then nothing is written. Raises StorageError for an erased case.

    ``completed_on`` is the day of receipt of the mail that caused the run; it counts once nothing is left for the applicant to do. ``as_written``:
    what ``written_run`` made of the run, where it is at hand.
    """
    written = as_written or written_run(application, decision, reader_version)
    state = tx.execute(AS_IT_STANDS, {"id": case_id}).mappings().first()
    if state is None:
        raise StorageError(f"there is no case {case_id}")
    case = Case.model_validate({name: state[name] for name in Case.model_fields})
    if case.state is CaseState.ERASED:
        raise StorageError(f"case {case_id} was erased: nothing is recorded about it any more")
    before = Verdict(state["run_verdict"]) if state["run_id"] else None
    if before is not None and state["run_digest"] == written.digest:
        return RunRecorded(run_id=state["run_id"], new=False, before=before, after=decision.verdict)
    if before is not None:
        tx.execute(NO_LONGER_CURRENT, {"of_case": case_id})
    run = {
        "case_id": case_id, "at": at, "cause": cause.value, "programme_hash": decision.programme_hash, "reader_version": reader_version,
        "edition": decision.edition, "verdict": decision.verdict.value, "digest": written.digest, "current": True,
        "application": written.application, "decision": written.decision,
    }  # fmt: skip
    run_id = int(tx.execute(NEW_RUN, run).scalar_one())
    record_details(tx, case_id, run_id, application, decision)
    _summarise(tx, case, application, decision, language=language, completed_on=completed_on)
    return RunRecorded(run_id=run_id, new=True, before=before, after=decision.verdict)


def written_run(application: Application, decision: Decision, reader_version: str) -> WrittenRun:
    """A run as it is written down, with the digest by which it is known: one that says just what the current one says is not recorded."""
    said = _json(application), _json(decision)
    return WrittenRun(*said, _digest(*said, reader_version))


def current_run(tx: Transaction, case_id: int, *, known: tuple[str, Application] | None = None) -> Run | None:
    """The latest run of a case; None where it has none (an enquiry). ``known``: an application as written, and itself: where the run was made of
    the same, it is not taken out of its row again."""
    row = tx.execute(CURRENT_RUN, {"of_case": case_id}).first()
    return _run(row, known) if row else None


def all_runs(tx: Transaction, case_id: int) -> tuple[Run, ...]:
    """Every run of a case, oldest first."""
    return tuple(_run(row) for row in tx.session.exec(select(RunRow).where(RunRow.case_id == case_id).order_by(col(RunRow.id))))


def earlier_cases(
    tx: Transaction,
    *,
    br_number: str | None,
    uscc: str | None,
    factory_name: str | None,
    before: date,
    besides: int | None = None,
    form_sha256s: Iterable[str] = (),
) -> tuple[EarlierCase, ...]:
    """Applications on record of the same applicant or factory (BR number, USCC, folded factory name), or from the same form file, oldest first.

    Earlier means received before that day, or on it under a lower number than the case ``besides``; the order of reading changes nothing.
    """
    key = fold_key(factory_name) if factory_name else ""
    forms = list(form_sha256s)
    copies = frozenset(row[0] for row in tx.execute(OF_SAME_FORM, {"sha256s": forms})) if forms else frozenset()
    alike = {"br_number": br_number or None, "uscc": uscc or None, "key": key or None, "copies": list(copies) or [NO_CASE]}
    return tuple(
        EarlierCase(
            reference=reference,
            received_on=received_on,
            initiative=initiative,
            br_number=its_br_number,
            uscc=its_uscc,
            factory_name=its_factory,
            same_bytes=case_id in copies,
        )
        for case_id, reference, received_on, initiative, its_br_number, its_uscc, its_factory in tx.execute(ALIKE, {"before": before, **alike})
        if besides is None or (received_on, case_id) < (before, besides)
    )


def _summarise(
    tx: Transaction, case: Case, application: Application, decision: Decision, *, language: Language | None, completed_on: date | None
) -> None:
    """Writes what lists and searches need onto the case."""
    done = case.completed_on or completed_on or decision.received_on
    values = {
        "verdict": decision.verdict.value,
        "initiative": decision.initiative,
        "br_number": _text(application, "applicant.br_number"),
        "uscc": _text(application, "factory.uscc"),
        "factory_name": _text(application, "factory.name"),
        "factory_key": fold_key(_text(application, "factory.name") or "") or None,
        "applicant": _text(application, "applicant.name_en") or _text(application, "applicant.name_zh"),
        "email": _text(application, "contact.email"),
        "received_on": case.received_on or decision.received_on,
        "completed_on": None if _lacks_something(decision) else done,
        "language": language.value if language else case.language.value if case.language else None,
    }
    if tx.execute(SUMMARISE, {"of_case": case.id, **values}).rowcount != 1:
        raise StorageError(f"there is no case {case.id}")


def _lacks_something(decision: Decision) -> bool:
    asked = any(finding.needs is Needs.APPLICANT and finding.outcome is not Outcome.PASS for finding in decision.findings)
    return bool(decision.missing_fields or decision.missing_documents or asked)


def _text(application: Application, key: str) -> str | None:
    field = application.fields.get(key)
    return storable(str(field.value)) if isinstance(field, Read) else None


def _digest(*said: str) -> str:
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


def _json(value: BaseModel) -> str:
    try:
        return value.model_dump_json()
    except PydanticSerializationError:  # a lone surrogate from a broken text layer
        return storable(json.dumps(value.model_dump(mode="python"), ensure_ascii=False, default=str))


def _change(tx: Transaction, case_id: int, values: dict[str, Any]) -> None:
    if tx.execute(update(CaseRow).where(col(CaseRow.id) == case_id).values(values)).rowcount != 1:
        raise StorageError(f"there is no case {case_id}")


def _one(tx: Transaction, statement: Any) -> Case | None:
    row = tx.session.exec(statement.execution_options(populate_existing=True)).first()
    return _case(row) if row else None


def _case(row: CaseRow) -> Case:
    return Case.model_validate({name: getattr(row, name) for name in Case.model_fields})


def _run(row: Any, known: tuple[str, Application] | None = None) -> Run:
    return Run(
        id=row.id or 0,
        case_id=row.case_id,
        at=row.at,
        cause=RunCause(row.cause),
        reader_version=row.reader_version,
        current=row.current,
        application=known[1] if known and row.application == known[0] else Application.model_validate_json(row.application),
        decision=Decision.model_validate_json(row.decision),
    )

"""`intake reprocess`: archived mail into the record, each mail judged by the edition of its day; resumable; nothing sent; what changed is said."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from checks.values import Decision
from intake.boundary import Broken, attempt
from intake.handling import ARCHIVE, Handler
from intake.pipeline import Considered, consider_case, consider_mail
from intake.progress import Progress
from intake.remembering import RememberingReader
from intake.result import JsonObject
from intake.service import ours_from
from intake.settings import Settings
from intake.sources import SourceError, SourceMail, mails_in
from intake.workshop import in_order, open_workshop
from parsers.mail import read_message
from parsers.read_limits import READER_VERSION
from parsers.values import Application, MessageClass, Read
from storage.arrivals import arrivals_with_bytes, mark_quarantined, record_arrival
from storage.blobs import BlobError, BlobStore
from storage.cases import arrivals_of, case_by_id, current_run, record_run
from storage.database import Database, Transaction, open_database
from storage.staff import what_staff_say
from storage.values import Arrival, ArrivalState, Case, Run, RunCause

_UID_BYTES = 7
_HEADER_BYTES = 300_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TROUBLES = ("unreadable file", "quarantined", "put off")
_ENDS = (b"\r\n\r\n", b"\n\n")


@dataclass(frozen=True)
class Reprocessor:
    """Brings archived mails into the record or decides them anew, one at a time, oldest first."""

    handler: Handler

    @property
    def database(self) -> Database:
        return self.handler.database

    def reprocess(self, source: str, data: bytes) -> JsonObject:
        """Decides one mail, known by its content, and says what changed against the record."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self.is_erased(sha256):
            return _line(source, sha256, "erased", detail="erased earlier: neither kept nor read again")
        self.handler.blobs.keep(data)
        with self.database.transaction() as tx:
            known = arrivals_with_bytes(tx, sha256)
            arrival = known[0] if known else self._new_arrival(tx, sha256, data)
        if arrival.state is ArrivalState.STORED and not arrival.mailbox.startswith(ARCHIVE):
            return _line(source, sha256, "waiting", detail="it lies in the mailbox: the service decides and answers it")
        if arrival.state is ArrivalState.DECIDED and arrival.case_id is not None:
            return self._decided_anew(source, arrival)
        if arrival.state is ArrivalState.DECIDED and not self._is_application_now(data):
            return _line(source, sha256, "unchanged", message_class=arrival.message_class)
        return self._decided_first(source, arrival)

    def is_erased(self, sha256: str) -> bool:
        """Whether these bytes were erased on somebody's request, or past their retention."""
        with self.database.reading() as tx:
            return any(arrival.state is ArrivalState.ERASED for arrival in arrivals_with_bytes(tx, sha256))

    def _decided_first(self, source: str, arrival: Arrival) -> JsonObject:
        outcome = attempt(partial(self.handler.handle, arrival))
        sha256 = arrival.sha256 or ""
        if isinstance(outcome, Broken) and outcome.passing:
            return _line(source, sha256, "put off", detail=f"{outcome.said}; run the same command again")
        if isinstance(outcome, Broken):
            with self.database.transaction() as tx:
                mark_quarantined(tx, arrival.id, error=outcome.trace, at=datetime.now(UTC))
            return _line(source, sha256, "quarantined", detail=outcome.in_words)
        if outcome is None:
            return _line(source, sha256, "unchanged", detail="another process decided it meanwhile")
        run = outcome.run
        return _line(
            source,
            sha256,
            "new",
            reference=outcome.reference,
            message_class=outcome.considered.classified.message_class,
            after=run.after.value if run else None,
        )

    def _decided_anew(self, source: str, arrival: Arrival) -> JsonObject:
        with self.database.reading() as tx:
            case = case_by_id(tx, arrival.case_id or 0)
            before = current_run(tx, case.id)
            mails = arrivals_of(tx, case.id)
        sha256 = arrival.sha256 or ""
        if before is None or sha256 != mails[-1]:  # an enquiry; or a mail that a later one of the same case completes: decided with that one
            return _line(source, sha256, "unchanged", reference=case.reference, message_class=arrival.message_class)
        considered = self._consider(case, mails)
        if considered.application is None or considered.decision is None:
            return _line(source, sha256, "unchanged", reference=case.reference, detail="no application is found in it any more: staff")
        with self.database.transaction() as tx:
            recorded = record_run(
                tx, case.id, considered.application, considered.decision,
                at=datetime.now(UTC), cause=RunCause.REPROCESS, reader_version=READER_VERSION, completed_on=case.completed_on,
            )  # fmt: skip
        changes = changes_between(before, considered.application, considered.decision)
        return _line(
            source,
            sha256,
            "changed" if recorded.new and changes else "unchanged",
            reference=case.reference,
            message_class=arrival.message_class,
            before=before.decision.verdict.value,
            after=considered.decision.verdict.value,
            changes=changes,
        )

    def _consider(self, case: Case, mails: tuple[str, ...]) -> Considered:
        read = tuple(self.handler.workshop.read(self.handler.blobs.get(sha256)) for sha256 in mails)
        given = replace(self.handler.workshop.circumstances(reference=case.reference), received_on=case.received_on)
        consider = partial(consider_case, read) if len(read) > 1 else partial(consider_mail, read[0])
        with self.database.reading() as tx:
            given = replace(given, corrections=what_staff_say(tx, case.id))
        first = consider(given)
        with self.database.reading() as tx:
            given = replace(given, earlier=self.handler.earlier(tx, first.application, case))
        return consider(given)

    def _is_application_now(self, data: bytes) -> bool:
        mail = self.handler.workshop.read(data)
        return consider_mail(mail, self.handler.workshop.circumstances()).classified.message_class is MessageClass.APPLICATION

    def _new_arrival(self, tx: Transaction, sha256: str, data: bytes) -> Arrival:
        now = datetime.now(UTC)
        uid = int.from_bytes(bytes.fromhex(sha256)[:_UID_BYTES])
        arrival, _ = record_arrival(
            tx, mailbox=f"{ARCHIVE}{sha256}", uidvalidity=1, uid=uid, sha256=sha256, size=len(data), internal_date=None, seen_at=now
        )
        return arrival


def changes_between(before: Run, application: Application, decision: Decision) -> list[str]:
    """What differs between the run on record and the new one, in one line each; personal values are not repeated."""
    changes = []
    old = before.decision
    for name, was, now in (
        ("verdict", old.verdict.value, decision.verdict.value),
        ("edition", old.edition, decision.edition),
        ("initiative", old.initiative, decision.initiative),
        ("limit", old.funding.limit, decision.funding.limit),
    ):
        if was != now:
            changes.append(f"{name}: {was} -> {now}")
    changes += _set_changes("missing field", set(old.missing_fields), set(decision.missing_fields))
    was_missing = {f"{m.code} ({m.reason.value} {m.have}/{m.need})" for m in old.missing_documents}
    now_missing = {f"{m.code} ({m.reason.value} {m.have}/{m.need})" for m in decision.missing_documents}
    changes += _set_changes("missing paper", was_missing, now_missing)
    changes += _set_changes("finding", _open_findings(old), _open_findings(decision))
    keys = before.application.fields.keys() | application.fields.keys()
    changes += [f"field read differently: {key}" for key in sorted(keys) if _value(before.application, key) != _value(application, key)]
    return changes


def reprocess(paths: list[Path], *, settings: Settings, since: date | None, report: Path | None, send_replies: bool) -> int:
    """Reprocesses every mail of the paths, oldest first. Exit code 0 unless something was quarantined or could not be read."""
    database = open_database(settings.storage.database)
    outcomes: Counter[str] = Counter()
    try:
        with (
            open_workshop(settings, ours=ours_from(settings), wrap=lambda reader: RememberingReader(reader, database), database=database) as workshop,
            _opened(report) as file,
        ):
            blobs = BlobStore(Path(settings.storage.blobs))
            handler = Handler(
                workshop, database, blobs, cause=RunCause.REPROCESS, send_letters=send_replies, approve=settings.outgoing.mode == "approve"
            )
            mails = by_day(paths, since, besides=own_places(settings))
            with Progress("Reprocessing", len(mails)) as progress:
                for line in _lines(mails, Reprocessor(handler), at_once=workshop.workers):
                    outcomes[line["outcome"]] += 1
                    _say(line, file)
                    progress.step(Path(line["source"]).name)
    finally:
        database.close()
    print(f"{sum(outcomes.values())} mails: " + (", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())) or "none"))
    return 1 if any(outcomes[trouble] for trouble in _TROUBLES) else 0


@contextmanager
def _opened(report: Path | None) -> Iterator[TextIO | None]:
    if report is None:
        yield None
        return
    try:
        file = report.open("w", encoding="utf-8", errors="replace")
    except OSError as error:
        raise SourceError(f"the report {report} cannot be written: {error.strerror}") from error
    with file:
        yield file


def own_places(settings: Settings) -> tuple[Path, ...]:
    """Where our own record lies: never part of an archive, even where it stands in the archive's folder."""
    database = settings.storage.database
    file = Path(database.removeprefix("sqlite:///")) if database.startswith("sqlite:///") else None
    outbox = settings.outgoing.url.removeprefix("folder:") if settings.outgoing.url.startswith("folder:") else ""
    places = (file, Path(settings.storage.blobs), settings.review.secret_file, Path(outbox) if outbox else None)
    return tuple(place for place in places if place is not None)


def by_day(paths: list[Path], since: date | None, *, besides: tuple[Path, ...] = ()) -> list[SourceMail]:
    """The mails oldest first, so that an earlier application is on record before a later one of the same applicant is judged.

    Within a day by the Date header, then by content: the order and names of the files change nothing. ``since`` leaves out mails of unknown day.
    """
    dated: list[tuple[tuple[date, float, str], SourceMail]] = []
    for mail in mails_in(paths, besides=besides):
        place = _place_in_time(mail)
        if since is None or since <= place[0] < date.max:
            dated.append((place, mail))
    return [mail for _, mail in sorted(dated, key=lambda entry: entry[0])]


def _place_in_time(mail: SourceMail) -> tuple[date, float, str]:
    try:
        data = mail.data()
    except SourceError:
        return date.max, 0.0, ""
    ends = [end for end in (data.find(mark) for mark in _ENDS) if end >= 0]
    head = read_message(data[: min(ends, default=_HEADER_BYTES)] + b"\r\n\r\n")
    return head.received_on or date.max, _seconds(head.dated), hashlib.sha256(data).hexdigest()


def _seconds(moment: datetime | None) -> float:
    """Seconds since 1970 of a moment with a zone; 0 where there is none, or none that can be counted."""
    return (moment - _EPOCH).total_seconds() if moment is not None and moment.tzinfo is not None else 0.0


def _lines(mails: list[SourceMail], reprocessor: Reprocessor, *, at_once: int) -> Iterator[JsonObject]:
    """One line a mail, in order. Reading runs ahead side by side and warms the memory; deciding goes one by one, oldest first."""

    def read_ahead(mail: SourceMail) -> bytes | str:
        try:
            data = mail.data()
        except SourceError as error:
            return str(error)
        if not reprocessor.is_erased(hashlib.sha256(data).hexdigest()):
            attempt(lambda: reprocessor.handler.workshop.read(data))
        return data

    for mail, data in in_order(read_ahead, mails, at_once=at_once):
        if isinstance(data, str):
            yield _line(mail.source, "", "unreadable file", detail=data)
            continue
        try:
            yield reprocessor.reprocess(mail.source, data)
        except BlobError as error:
            yield _line(mail.source, hashlib.sha256(data).hexdigest(), "unreadable file", detail=str(error))


def _line(source: str, sha256: str, outcome: str, **more: object) -> JsonObject:
    return {"source": source, "sha256": sha256, "outcome": outcome, **{key: value for key, value in more.items() if value not in (None, "")}}


def _say(line: JsonObject, file: TextIO | None) -> None:
    if file is not None:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
    if line["outcome"] in ("changed", *_TROUBLES):
        what = "; ".join(line.get("changes", [])) or line.get("detail", "")
        print(f"{line['source']}: {line['outcome']} {line.get('reference', '')}: {what}", file=sys.stderr)


def _set_changes(what: str, was: set[str], now: set[str]) -> list[str]:
    return [f"no longer: {what} {item}" for item in sorted(was - now)] + [f"now: {what} {item}" for item in sorted(now - was)]


def _open_findings(decision: Decision) -> set[str]:
    return {f"{finding.check} ({finding.outcome.value})" for finding in decision.findings if finding.outcome.value != "pass"}


def _value(application: Application, key: str) -> object:
    field = application.fields.get(key)
    return field.value if isinstance(field, Read) else None

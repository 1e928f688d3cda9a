"""`intake reprocess`: archived mail into the record, each mail judged by the edition of its day; resumable; nothing sent; what changed is said."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

from checks.overruling import NOTHING_SAID, Corrections
from checks.values import Decision
from intake.archive_order import ArchivedMail, by_day, own_places
from intake.boundary import Broken, attempt
from intake.changes import changes_between
from intake.handling import ARCHIVE, Handler
from intake.mail_reading import MailRead
from intake.pipeline import Considered, application_now, consider_case, consider_mail
from intake.progress import Progress
from intake.reading_crew import read_ahead
from intake.remembering import RememberingReader
from intake.result import JsonObject
from intake.service_tools import ours_from
from intake.settings import Settings
from intake.sources import SourceError, count_of
from intake.workshop import open_workshop, read_limits
from parsers.read_limits import READER_VERSION
from parsers.values import Application, MessageClass
from storage.again import OnRecord, on_record
from storage.arrivals import arrivals_with_bytes, mark_quarantined, record_arrival
from storage.blobs import open_blobs
from storage.cases import WrittenRun, arrivals_of, current_run, record_run, written_run
from storage.database import Database, Transaction, open_database
from storage.staff import what_staff_say
from storage.values import Arrival, ArrivalState, Case, CaseKind, RunCause

_UID_BYTES = 7
_TROUBLES = ("unreadable file", "quarantined", "put off", "broken")
_HELD = 1000  # mails of a run whose papers ran out of time, or broke their reader: each is read once in the run


@dataclass(frozen=True)
class Reprocessor:
    """Brings archived mails into the record or decides them anew, one at a time, oldest first.

    ``coming``: how often each content is still to come in this run; a case is decided once, with the last of its mails.
    """

    handler: Handler
    coming: Counter[str] = field(default_factory=Counter)

    @property
    def database(self) -> Database:
        return self.handler.database

    def reprocess(self, mail: ArchivedMail, broken: Broken | None = None) -> JsonObject:
        """Decides one mail, known by its content, and says what changed against the record. ``broken``: its reading ended the reader's process."""
        self.coming[mail.sha256] -= 1
        outcome = attempt(lambda: self._reprocessed(mail, broken))
        if not isinstance(outcome, Broken):
            return outcome
        if outcome.passing:
            return _line(mail, "put off", detail=f"{outcome.said}; run the same command again")
        if outcome.kind in ("BlobError", "SourceError"):
            return _line(mail, "unreadable file", detail=outcome.trace.strip().rpartition("\n")[2].partition(": ")[2])
        return _line(mail, "broken", detail=f"{outcome.in_words}; what is on record stands", trace=outcome.trace)

    def _reprocessed(self, mail: ArchivedMail, broken: Broken | None) -> JsonObject:
        with self.database.reading() as tx:
            known = on_record(tx, mail.sha256)
        if any(one.state is ArrivalState.ERASED for one in known):
            return _line(mail, "erased", detail="erased earlier: neither kept nor read again")
        if not known or not self.handler.blobs.holds(mail.sha256, mail.file.size):
            self.handler.blobs.keep(mail.data())
        first = known[0] if known else None
        if first is not None and first.state is ArrivalState.STORED and not first.mailbox.startswith(ARCHIVE):
            return _line(mail, "waiting", detail="it lies in the mailbox: the service decides and answers it")
        if first is not None and first.state is ArrivalState.DECIDED:
            if broken is not None:
                return _line(mail, "broken", detail=f"{broken.in_words}; what is on record stands", trace=broken.trace)
            if first.case is not None:
                return self._decided_anew(mail, first, first.case)
            if not self._is_application_now(mail.sha256):
                return _line(mail, "unchanged", message_class=first.message_class)
        return self._decided_first(mail, broken)

    def _decided_first(self, mail: ArchivedMail, broken: Broken | None) -> JsonObject:
        arrival = self._arrival(mail)
        outcome = attempt(partial(self.handler.handle, arrival)) if broken is None else broken
        if isinstance(outcome, Broken) and outcome.passing:
            return _line(mail, "put off", detail=f"{outcome.said}; run the same command again")
        if isinstance(outcome, Broken):
            with self.database.transaction() as tx:
                mark_quarantined(tx, arrival.id, error=outcome.trace, at=datetime.now(UTC))
            return _line(mail, "quarantined", detail=outcome.in_words)
        if outcome is None:
            return _line(mail, "unchanged", detail="another process decided it meanwhile")
        after = outcome.run.after.value if outcome.run else None
        return _line(mail, "new", reference=outcome.reference, message_class=outcome.considered.classified.message_class, after=after)

    def _decided_anew(self, mail: ArchivedMail, known: OnRecord, case: Case) -> JsonObject:
        unchanged = partial(_line, mail, "unchanged", reference=case.reference, message_class=known.message_class)
        if case.kind is not CaseKind.APPLICATION:
            return unchanged()
        with self.database.reading() as tx:
            mails = arrivals_of(tx, case.id) if known.mails > 1 else (mail.sha256,)
            said = what_staff_say(tx, case.id) if known.staff_say else NOTHING_SAID
            if mail.sha256 not in mails:
                return unchanged()
            if any(self.coming[sha256] > 0 for sha256 in mails if sha256 != mail.sha256):
                return unchanged(detail="decided with a later mail of its case")
            recalled = [self.handler.workshop.recalled(sha256, partial(self.handler.blobs.get, sha256), tx) for sha256 in mails]
            read = [one for one in recalled if one is not None]
            considered = self._considered(tx, case, read, said) if len(read) == len(mails) else None
        if considered is None:  # what must be read may take minutes, and no view of the record is held so long
            read = [self._read(sha256) for sha256 in mails]
            with self.database.reading() as tx:
                considered = self._considered(tx, case, read, said)
        application, decision = considered.application, considered.decision
        if application is None or decision is None:
            return unchanged(detail="no application is found in it any more: staff")
        written = written_run(application, decision, READER_VERSION)
        if known.digest == written.digest:
            return unchanged(before=decision.verdict.value, after=decision.verdict.value)
        return self._recorded(mail, known, case, application, decision, written)

    def _considered(self, tx: Transaction, case: Case, read: list[MailRead], said: Corrections) -> Considered:
        """The case as it would be decided now."""
        given = replace(
            self.handler.workshop.circumstances(reference=case.reference), received_on=case.received_on, corrections=said, answering=False
        )
        given = replace(given, earlier=self.handler.earlier(tx, application_now(read, given), case))
        return consider_case(read, given) if len(read) > 1 else consider_mail(read[0], given)

    def _recorded(
        self, mail: ArchivedMail, known: OnRecord, case: Case, application: Application, decision: Decision, written: WrittenRun
    ) -> JsonObject:
        with self.database.transaction() as tx:
            before = current_run(tx, case.id, known=(written.application, application))
            recorded = record_run(
                tx, case.id, application, decision,
                at=datetime.now(UTC), cause=RunCause.REPROCESS, reader_version=READER_VERSION, completed_on=case.completed_on,
                as_written=written,
            )  # fmt: skip
        changes = changes_between(before, application, decision) if before else ["decided for the first time"]
        return _line(
            mail,
            "changed" if recorded.new and changes else "unchanged",
            reference=case.reference,
            message_class=known.message_class,
            before=before.decision.verdict.value if before else None,
            after=decision.verdict.value,
            changes=changes,
        )

    def _read(self, sha256: str) -> MailRead:
        return self.handler.workshop.read_kept(sha256, partial(self.handler.blobs.get, sha256))

    def _is_application_now(self, sha256: str) -> bool:
        considered = consider_mail(self._read(sha256), replace(self.handler.workshop.circumstances(), answering=False))
        return considered.classified.message_class is MessageClass.APPLICATION

    def _arrival(self, mail: ArchivedMail) -> Arrival:
        """The mail's arrival, recorded where there is none."""
        sha256, now = mail.sha256, datetime.now(UTC)
        uid = int.from_bytes(bytes.fromhex(sha256)[:_UID_BYTES])
        with self.database.transaction() as tx:
            if known := arrivals_with_bytes(tx, sha256):
                return known[0]
            mailbox, size = f"{ARCHIVE}{sha256}", mail.file.size
            return record_arrival(tx, mailbox=mailbox, uidvalidity=1, uid=uid, sha256=sha256, size=size, internal_date=None, seen_at=now)[0]


def reprocess(paths: list[Path], *, settings: Settings, since: date | None, report: Path | None, send_replies: bool) -> int:
    """Reprocesses every mail of the paths, oldest first. Exit code 0 unless something was quarantined or could not be read."""
    outcomes: Counter[str] = Counter()
    with opened(settings, send_letters=send_replies) as handler, _opened(report) as file:
        workers = handler.workshop.workers
        with Progress("Ordering", count_of(paths)) as progress:
            places = own_places(settings)
            mails = by_day(paths, since, database=handler.database, besides=places, at_once=workers, progress=progress)
        with Progress("Reprocessing", len(mails)) as progress:
            for line in lines(mails, handler):
                outcomes[line["outcome"]] += 1
                _say(line, file)
                progress.step(Path(line["source"]).name)
    print(f"{sum(outcomes.values())} mails: " + (", ".join(f"{count} {name}" for name, count in sorted(outcomes.items())) or "none"))
    return 1 if any(outcomes[trouble] for trouble in _TROUBLES) else 0


@contextmanager
def opened(settings: Settings, *, send_letters: bool = False) -> Iterator[Handler]:
    """What reprocessing needs, closed at the end."""
    database = open_database(settings.storage.database)
    limits = read_limits(settings)
    try:
        with open_workshop(
            settings,
            ours=ours_from(settings),
            wrap=lambda reader: RememberingReader(reader, database, limits),
            database=database,
            holds=_HELD,
        ) as workshop:
            blobs, approve = open_blobs(settings.storage.blobs), settings.outgoing.mode == "approve"
            yield Handler(workshop, database, blobs, cause=RunCause.REPROCESS, send_letters=send_letters, approve=approve)
    finally:
        database.close()


def lines(mails: list[ArchivedMail], handler: Handler) -> Iterator[JsonObject]:
    """One line a mail, in order. Reading runs ahead in processes of its own and fills the memory; deciding goes one by one, oldest first."""
    workshop = handler.workshop
    readable = [mail.sha256 for mail in mails if not mail.trouble]
    reprocessor = Reprocessor(handler, Counter(readable))
    lacking = workshop.memory.lacking(readable) if workshop.memory else frozenset()
    for mail, broken in read_ahead(mails, lacking=lacking, settings=workshop.settings, memory=workshop.memory):
        if mail.trouble:
            yield _line(mail, "unreadable file", detail=mail.trouble)
        else:
            yield reprocessor.reprocess(mail, broken)


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


def _line(mail: ArchivedMail, outcome: str, **more: object) -> JsonObject:
    said = {key: value for key, value in more.items() if value not in (None, "")}
    return {"source": mail.source, "sha256": mail.sha256, "outcome": outcome, **said}


def _say(line: JsonObject, file: TextIO | None) -> None:
    if file is not None:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
    if line["outcome"] in ("changed", *_TROUBLES):
        what = "; ".join(line.get("changes", [])) or line.get("detail", "")
        print(f"{line['source']}: {line['outcome']} {line.get('reference', '')}: {what}", file=sys.stderr)

"""The service: keep what arrived, decide it, acknowledge it to the mailbox, send what is due; in this order, and nothing twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from intake.backlog import Backlog
from intake.boundary import Broken, attempt
from intake.crash_points import crash_point
from intake.failures import Failure
from intake.handling import ARCHIVE, ATTEMPTS, DEATHS, Handled, Handler
from intake.heard import heard_beside
from intake.imap import ImapMailbox, imap_mailbox
from intake.logs import logger
from intake.mailboxes import Mailbox, MailboxError
from intake.maildir import Maildir
from intake.one_instance import Lease, alone
from intake.own_memory import keep_few_heaps
from intake.progress import Progress
from intake.reading_ahead import HeldReader, ReadingAhead
from intake.sending import Sender
from intake.sent_copies import AT_ONCE, SentCopies
from intake.service_tools import Tools, open_tools
from intake.settings import Settings
from intake.storing import Store, is_full
from intake.webhooks import Teller, key_of, reach_of
from storage.arrivals import known_uids, mark_acknowledged, mark_quarantined, note_failure, note_poll, pending, put_back, unacknowledged
from storage.blobs import BlobError, Blobs, open_blobs
from storage.cases import current_run
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.outages import end_outage
from storage.values import Arrival, RunCause

log = logger("intake")
MAILDIR = "maildir:"
DRAIN_S = 20.0  # how long a mail in hand may take to be finished once we are asked to stop
_ASK_AGAIN_S = 0.5
_PUT_OFF_S, _LONGEST_PUT_OFF_S = 5.0, 600.0
_OUTAGE_PUT_OFF_S = 60.0  # where something that many mails need is away: trying costs nothing, and it may be back
_ACKNOWLEDGED_AT_ONCE = 50
_REFUSALS = 5


def _nothing() -> None:
    """What is called where nobody listens."""


@dataclass(frozen=True)
class Service:
    """The steps over mailbox, arrivals and outbox. ``decided`` and ``queued`` are called after a mail was decided, and a letter queued;
    ``stage`` measures a step by its name."""

    mailbox: Mailbox
    database: Database
    blobs: Blobs
    handler: Handler
    sender: Sender
    held: HeldReader
    lease: Lease
    stopping: threading.Event
    copies: SentCopies | None = None
    decided: Callable[[], None] = _nothing
    queued: Callable[[], None] = _nothing
    stage: Callable[[str], AbstractContextManager[object]] = nullcontext
    shows_progress: bool = True
    turning: Callable[[], None] = _nothing
    arrived: threading.Event = field(default_factory=threading.Event)
    backlog: Backlog = field(default_factory=Backlog)
    _put_off: dict[int, tuple[int, float]] = field(default_factory=dict)  # how often, and until when (time.monotonic())
    _refused: Counter[int] = field(default_factory=Counter)

    def once(self) -> int:
        """Handles what is there. Returns how many mails were decided. A mailbox that is out of reach keeps nothing else waiting: what is on
        record is decided and what is due is sent, and only then its MailboxError is raised."""
        trouble = _trouble_of(self.fetch)
        decided = self.decide_pending()
        trouble = trouble or _trouble_of(self.acknowledge)
        self.sender.send_all_due(self.stopping)
        trouble = trouble or _trouble_of(self.file_copies)
        if trouble is not None:
            raise trouble
        return decided

    def fetch(self) -> int:
        """Keeps every mail that the mailbox shows and we do not know: bytes first, then the arrival, then nothing more. How many were new."""
        self.lease.hold()
        identity = self.mailbox.identity()
        with self.database.reading() as tx:
            known = known_uids(tx, identity.mailbox, identity.uidvalidity)
        store, fetched = Store(self.database, self.blobs), 0
        try:
            for batch in store.batches(self.mailbox.unseen(known)):
                with self.stage("store"):
                    fetched += store.keep(identity, batch)
                self.arrived.set()
                self.lease.hold()
                if self.stopping.is_set():
                    return fetched
                if is_full(batch):
                    self.backlog.grows()
        finally:
            self.backlog.is_kept()
        with self.database.transaction() as tx:
            note_poll(tx, identity.mailbox, identity.uidvalidity, datetime.now(UTC))
        return fetched

    def decide_pending(self, *, drain_s: float = DRAIN_S) -> int:
        """Decides every stored arrival, whichever is read first, kin in order; one that breaks us is tried again, then quarantined, and the
        others go on. Once ``stopping`` is set nothing new is begun, and what is in hand is finished within ``drain_s`` or put back."""
        decided, stop_by, asked = 0, 0.0, 0.0
        workshop = self.handler.workshop
        ahead = ReadingAhead(workshop, self.database, self.blobs, self.held, workshop.ours, self.stopping, self.backlog)
        with Progress("Deciding", None) if self.shows_progress else nullcontext() as progress, ahead:
            while True:
                self.turning()
                if self.stopping.is_set():
                    stop_by = stop_by or time.monotonic() + drain_s
                    if not ahead.is_reading or time.monotonic() > stop_by:
                        ahead.put_back_begun()
                        return decided
                elif ahead.is_empty or self.arrived.is_set() or time.monotonic() - asked > _ASK_AGAIN_S:
                    self.arrived.clear()
                    ahead.take(self._waiting(ahead))
                    asked = time.monotonic()
                    if ahead.is_empty:
                        return decided
                arrival = ahead.next_read(_ASK_AGAIN_S)
                if arrival is None:
                    continue
                decided += self.decide(arrival, begun=ahead.was_begun(arrival)) is not None
                ahead.done(arrival)
                if progress is not None:
                    progress.step()

    def _waiting(self, ahead: ReadingAhead) -> list[Arrival]:
        """Arrivals to be decided that are not in the window yet, oldest first, as many as there is room for."""
        found: list[Arrival] = []
        last, now = 0, time.monotonic()
        with self.database.reading() as tx:
            while len(found) < ahead.room:
                batch = pending(tx, after=last)
                if not batch:
                    break
                last = batch[-1].id
                found += [
                    arrival
                    for arrival in batch
                    if not arrival.mailbox.startswith(ARCHIVE)  # of a reprocessing that was cut off: it goes on there, and nobody is written to
                    and arrival not in ahead
                    and self._put_off.get(arrival.id, (0, 0.0))[1] <= now
                ]
        return found[: ahead.room]

    def decide(self, arrival: Arrival, *, begun: bool = False) -> Handled | None:
        """Decides one arrival, whose attempt is counted already where it was ``begun``; None where it broke us."""
        if arrival.attempts >= DEATHS:
            self._quarantine(arrival, f"tried {arrival.attempts} times; the process did not survive it")
            return None
        with self.stage("decide"):
            outcome: Handled | Broken | None = attempt(partial(self.handler.handle, arrival, begun=begun))
        for _ in range(1, ATTEMPTS):
            if not isinstance(outcome, Broken) or outcome.passing:
                break
            outcome = attempt(partial(self.handler.handle, arrival))
        self._put_off.pop(arrival.id, None) if not isinstance(outcome, Broken) else None
        if outcome is None:
            log.info("decided by another process", arrival=arrival.id)
        elif isinstance(outcome, Handled):
            self._say_decided(arrival, outcome)
        elif outcome.passing:
            self._put_off_for_now(arrival, outcome)
        else:
            log.error("broke the reader", arrival=arrival.id, error=outcome.kind)
            self._quarantine(arrival, outcome.trace)
        return outcome if isinstance(outcome, Handled) else None

    def acknowledge(self) -> None:
        """Moves or flags on the server what is in an end state in the record; repeating it is harmless. One mail that the server refuses keeps no
        other waiting. Raises the first MailboxError that there was."""
        identity = self.mailbox.identity()
        trouble: MailboxError | None = None
        refusals = 0
        while True:
            self.lease.hold()
            with self.database.reading() as tx:
                waiting = unacknowledged(tx, identity.mailbox, identity.uidvalidity)
            batch = sorted((one for one in waiting if refusals == 0 or not self._refused[one.id]), key=lambda one: self._refused[one.id])
            done: list[int] = []
            for arrival in batch[:_ACKNOWLEDGED_AT_ONCE]:
                crash_point("before-acknowledge")
                try:
                    self.mailbox.acknowledge(arrival.uid, needs_person=needs_person(self.database, arrival))
                except MailboxError as error:
                    self._refused[arrival.id] += 1
                    trouble, refusals = trouble or error, refusals + 1
                    if refusals >= _REFUSALS:
                        break
                    continue
                crash_point("after-acknowledge")
                done.append(arrival.id)
            with self.database.transaction() as tx:
                for number in done:
                    mark_acknowledged(tx, number, datetime.now(UTC))
                    del self._refused[number]
            if refusals >= _REFUSALS or len(batch) <= len(done):
                break
        if trouble is not None:
            raise trouble

    def file_copies(self) -> bool:
        """Puts accepted letters into the sent folder, and looks there for those of which nobody knows whether they were accepted; a few at a time.
        Whether there are more."""
        if self.copies is None:
            return False
        self.copies.settle_unknown()
        return self.copies.file_due() >= AT_ONCE

    def _say_decided(self, arrival: Arrival, handled: Handled) -> None:
        log.info("decided", arrival=arrival.id, message_class=handled.considered.classified.message_class.value, case=handled.reference)
        self.decided()
        if handled.letter_queued:
            self.queued()

    def _put_off_for_now(self, arrival: Arrival, broken: Broken) -> None:
        """This machine's trouble is not counted against the mail: it stays stored, and is tried again after a while that grows."""
        times = self._put_off.get(arrival.id, (0, 0.0))[0] + 1
        longest_s = _OUTAGE_PUT_OFF_S if broken.kind in (StorageError.__name__, BlobError.__name__) else _LONGEST_PUT_OFF_S
        self._put_off[arrival.id] = (times, time.monotonic() + min(longest_s, _PUT_OFF_S * 2.0 ** min(times - 1, 10)))
        if times & (times - 1) == 0:
            log.error("put off", arrival=arrival.id, times=times, trouble=broken.said)
        with self.database.transaction() as tx:
            put_back(tx, arrival.id)
            note_failure(tx, arrival.id, error=broken.trace)

    def _quarantine(self, arrival: Arrival, error: str) -> None:
        with self.database.transaction() as tx:
            mark_quarantined(tx, arrival.id, error=error, at=datetime.now(UTC))
        self.decided()


def _trouble_of(step: Callable[[], object]) -> MailboxError | None:
    try:
        step()
    except MailboxError as error:
        return error
    return None


def needs_person(database: Database, arrival: Arrival) -> bool:
    """Whether the mail belongs into the review folder: flagged, of no case although a person wrote it, or quarantined."""
    if arrival.case_id is None:
        return arrival.state.value == "quarantined" or str(arrival.message_class) in {"other", "unreadable"}
    with database.reading() as tx:
        run = current_run(tx, arrival.case_id)
    return run is None or run.decision.verdict.value == "review"


def open_mailbox(settings: Settings) -> Mailbox:
    """The mailbox of the settings. Raises SettingsError where they lack something."""
    box = settings.mailbox
    if box.url.startswith(MAILDIR):
        return Maildir(Path(box.url.removeprefix(MAILDIR)), processed_folder=box.processed_folder, review_folder=box.review_folder)
    return imap_mailbox(settings)


def copies_of(settings: Settings, database: Database, mailbox: Mailbox) -> SentCopies | None:
    """The sent folder of an IMAP mailbox whose letters go to a mail server; None where there is none."""
    if not isinstance(mailbox, ImapMailbox) or settings.outgoing.url.startswith("folder:"):
        return None
    return SentCopies(database, settings.outgoing, mailbox, settings.mailbox.sent_folder)


def service_of(
    settings: Settings, *, tools: Tools, database: Database, mailbox: Mailbox, lease: Lease, stopping: threading.Event, **listeners: Any
) -> Service:
    """The service of these settings, put together of its parts."""
    blobs = open_blobs(settings.storage.blobs)
    handler = Handler(tools.workshop, database, blobs, cause=RunCause.RUN, approve=settings.outgoing.mode == "approve")
    copies = copies_of(settings, database, mailbox)
    sender = Sender(database, settings.outgoing, copies=copies is not None and copies.files, heard=heard_beside(settings.storage.database))
    return Service(mailbox, database, blobs, handler, sender, tools.held, lease, stopping, copies, **listeners)


@contextmanager
def open_service(settings: Settings, stopping: threading.Event) -> Iterator[Service]:
    """The service with everything it needs, closed at the end."""
    database = open_database(settings.storage.database)
    mailbox = open_mailbox(settings)
    try:
        with alone(database) as lease, open_tools(settings, database) as tools:
            service = service_of(settings, tools=tools, database=database, mailbox=mailbox, lease=lease, stopping=stopping)
            with database.transaction() as tx:
                end_outage(tx)  # of a service that was stopped while something was away: what is away now is met again
            service.sender.settle_cut_off()
            yield service
    finally:
        mailbox.close()
        database.close()


def serve(settings: Settings, *, once: bool) -> int:
    """Runs until stopped: SIGTERM and SIGINT let the mail in hand be finished, a second one ends at once. Exit code 0."""
    from intake.day_and_night import DayAndNight, stop_on_signals
    from intake.logs import begin_logging

    begin_logging()
    keep_few_heaps()
    stopping = threading.Event()
    stop_on_signals(stopping)
    if once:
        with open_service(settings, stopping) as service:
            service.once()
            waiting = service.sender.server.trouble
            Teller(service.database, reach_of(settings), stopping, key=key_of(settings)).tell_all_due()
        if waiting:
            raise Failure(f"letters wait for the mail server ({waiting}); everything else is done")
        return 0
    return DayAndNight(settings, stopping).work()

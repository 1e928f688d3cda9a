"""The service: keep what arrived, decide it, acknowledge it to the mailbox, send what is due; in this order, and nothing twice."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from intake.boundary import Broken, attempt
from intake.crash_points import crash_point
from intake.handling import ARCHIVE, ATTEMPTS, Handled, Handler
from intake.imap import ImapMailbox, imap_mailbox
from intake.mailboxes import Mailbox, MailboxError, MailboxIdentity, UnfetchedMail
from intake.maildir import Maildir
from intake.one_instance import alone
from intake.progress import Progress
from intake.remembering import RememberingReader
from intake.secrets_file import secret_for
from intake.sending import Sender
from intake.sent_copies import SentCopies
from intake.settings import Settings
from intake.workshop import open_workshop
from replies.policy import Ours, ours_of
from storage.arrivals import (
    known_uids,
    mark_acknowledged,
    mark_quarantined,
    note_failure,
    note_poll,
    pending,
    record_arrival,
    record_unfetched,
    retry,
    unacknowledged,
)
from storage.blobs import BlobError, BlobStore
from storage.cases import current_run
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.values import Arrival, RunCause

log = logging.getLogger("intake")
MAILDIR = "maildir:"
LETTERS = "letters"


@dataclass(frozen=True)
class Service:
    """One pass after another over mailbox, arrivals and outbox."""

    mailbox: Mailbox
    database: Database
    blobs: BlobStore
    handler: Handler
    sender: Sender
    stopping: threading.Event
    copies: SentCopies | None = None

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
        identity = self.mailbox.identity()
        with self.database.reading() as tx:
            known = known_uids(tx, identity.mailbox, identity.uidvalidity)
        fetched = 0
        for mail in self.mailbox.unseen(known):
            if isinstance(mail, UnfetchedMail):
                self._record_unfetched(identity, mail)
                continue
            sha256 = self.blobs.keep(mail.data)
            crash_point("after-bytes")
            with self.database.transaction() as tx:
                record_arrival(
                    tx, mailbox=identity.mailbox, uidvalidity=identity.uidvalidity, uid=mail.uid, sha256=sha256, size=len(mail.data),
                    internal_date=mail.internal_date, seen_at=datetime.now(UTC),
                )  # fmt: skip
            crash_point("after-arrival")
            fetched += 1
            if self.stopping.is_set():
                return fetched
        with self.database.transaction() as tx:
            note_poll(tx, identity.mailbox, identity.uidvalidity, datetime.now(UTC))
        return fetched

    def decide_pending(self) -> int:
        """Decides every stored arrival, oldest first; one that breaks us is tried again, then quarantined, and the others go on."""
        decided, last = 0, 0
        with Progress("Deciding", None) as progress:
            while not self.stopping.is_set():
                with self.database.reading() as tx:
                    batch = pending(tx, after=last)
                if not batch:
                    return decided
                for arrival in batch:
                    last = arrival.id
                    if arrival.mailbox.startswith(ARCHIVE):
                        continue  # a reprocessing that was cut off: it goes on there, and nobody is written to
                    decided += self.decide(arrival) is not None
                    progress.step()
                    if self.stopping.is_set():
                        return decided
        return decided

    def decide(self, arrival: Arrival) -> Handled | None:
        """Decides one arrival; None where it broke us."""
        if arrival.attempts >= ATTEMPTS:
            self._quarantine(arrival, f"tried {arrival.attempts} times; the process did not survive it")
            return None
        outcome: Handled | Broken | None = attempt(partial(self.handler.handle, arrival))
        for _ in range(arrival.attempts + 1, ATTEMPTS):
            if not isinstance(outcome, Broken) or outcome.passing:
                break
            outcome = attempt(partial(self.handler.handle, arrival))
        if outcome is None:
            log.info("arrival=%s was decided by another process", arrival.id)
        elif isinstance(outcome, Handled):
            log.info("decided arrival=%s class=%s case=%s", arrival.id, outcome.considered.classified.message_class, outcome.reference)
        elif outcome.passing:
            log.error("arrival=%s waits: %s", arrival.id, outcome.said)
            with self.database.transaction() as tx:
                retry(tx, arrival.id)  # this machine's trouble is not counted against the mail
                note_failure(tx, arrival.id, error=outcome.trace)
        else:
            log.error("arrival=%s broke the reader: %s", arrival.id, outcome.kind)
            self._quarantine(arrival, outcome.trace)
        return outcome if isinstance(outcome, Handled) else None

    def acknowledge(self) -> None:
        """Moves or flags on the server what is in an end state in the record; repeating it is harmless."""
        identity = self.mailbox.identity()
        while True:
            with self.database.reading() as tx:
                waiting = unacknowledged(tx, identity.mailbox, identity.uidvalidity)
            if not waiting:
                return
            for arrival in waiting:
                crash_point("before-acknowledge")
                self.mailbox.acknowledge(arrival.uid, needs_person=needs_person(self.database, arrival))
                crash_point("after-acknowledge")
                with self.database.transaction() as tx:
                    mark_acknowledged(tx, arrival.id, datetime.now(UTC))

    def file_copies(self) -> None:
        """Puts accepted letters into the sent folder, and looks there for those of which nobody knows whether they were accepted."""
        if self.copies is not None:
            self.copies.settle_unknown()
            self.copies.file_due()

    def _record_unfetched(self, identity: MailboxIdentity, mail: UnfetchedMail) -> None:
        log.warning("mail uid=%s was not fetched: %s", mail.uid, mail.error)
        with self.database.transaction() as tx:
            record_unfetched(
                tx, mailbox=identity.mailbox, uidvalidity=identity.uidvalidity, uid=mail.uid, size=mail.size,
                internal_date=mail.internal_date, seen_at=datetime.now(UTC), error=mail.error,
            )  # fmt: skip

    def _quarantine(self, arrival: Arrival, error: str) -> None:
        with self.database.transaction() as tx:
            mark_quarantined(tx, arrival.id, error=error, at=datetime.now(UTC))


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


def ours_from(settings: Settings) -> Ours:
    """Who we are by the settings, with the secret that signs our letters."""
    domain = settings.outgoing.from_address.rpartition("@")[2].lower()
    return ours_of(settings.our_addresses, secret=secret_for(LETTERS, settings.review.secret_file), message_id_domain=domain)


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


@contextmanager
def open_service(settings: Settings, stopping: threading.Event) -> Iterator[Service]:
    """The service with everything it needs, closed at the end."""
    database = open_database(settings.storage.database)
    mailbox = open_mailbox(settings)
    blobs = BlobStore(Path(settings.storage.blobs))
    try:
        with (
            alone(database),
            open_workshop(settings, ours=ours_from(settings), wrap=lambda reader: RememberingReader(reader, database)) as workshop,
        ):
            handler = Handler(workshop, database, blobs, cause=RunCause.RUN, approve=settings.outgoing.mode == "approve")
            copies = copies_of(settings, database, mailbox)
            sender = Sender(database, settings.outgoing, copies=copies is not None and copies.files)
            sender.settle_cut_off()
            yield Service(mailbox, database, blobs, handler, sender, stopping, copies)
    finally:
        mailbox.close()
        database.close()


def serve(settings: Settings, *, once: bool) -> int:
    """Runs until stopped: SIGTERM and SIGINT let the mail in hand be finished, a second one ends at once."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    stopping = threading.Event()
    _stop_on_signals(stopping)
    if once:
        with open_service(settings, stopping) as service:
            service.once()
        return 0
    wait_s = settings.mailbox.poll_seconds
    while not stopping.is_set():
        try:
            with open_service(settings, stopping) as service:
                while not stopping.is_set():
                    if not service.once():  # what came while others were read is looked for at once
                        service.mailbox.wait(wait_s, stopping)
        except (MailboxError, StorageError, BlobError) as error:
            log.error("%s; trying again in %s s", error, wait_s)
            stopping.wait(wait_s)
    return 0


def _stop_on_signals(stopping: threading.Event) -> None:
    def stop(number: int, _frame: object) -> None:
        if stopping.is_set():
            raise SystemExit(128 + number)
        log.info("stopping: the mail in hand is finished first")
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)

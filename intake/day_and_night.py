"""`intake run` day and night: a thread at the mailbox, one that decides, one that sends, one that tells other systems; each goes on while what
the others need is away."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from intake.boundary import Broken, attempt
from intake.dependencies import BUCKET, DATABASE, DISK, LEASE, MAIL_SERVER, MAILBOX, Dependencies, Dependency
from intake.figures import Figures
from intake.health import Hearts, Listener, SystemdNotices
from intake.logs import logger
from intake.mailboxes import MailboxError
from intake.one_instance import Lease, Occupied, lease_on
from intake.own_memory import give_back
from intake.sending import Sender
from intake.service import Service, open_mailbox, service_of
from intake.service_tools import open_tools
from intake.settings import Settings
from intake.webhooks import Teller, key_of, reach_of
from storage.blobs import BlobError, folder_of
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.outages import Outage, end_outage
from storage.outbox import next_due

DRAIN_S, AT_LAST_S = 22.0, 29.0  # SIGTERM drains within thirty seconds
_BREAK_OFF_S = 3.0
_TICK_S = 1.0
_LEASE_LOOK_S = 3.0
_TIDY_S = 60.0
_LONGEST_WAIT_S = 300.0  # at the mailbox in one turn, however seldom it is polled: the turn's heart beats between
_QUIET_S = 2.0  # between two looks at the record for work that nobody told us of
_LETTERS_LOOK_S = 1.0

T = TypeVar("T")
log = logger("intake")


@dataclass
class DayAndNight:
    """The running service. ``work`` returns once it was asked to stop and what was in hand is finished or put back."""

    settings: Settings
    stopping: threading.Event
    dependencies: Dependencies = field(default_factory=Dependencies)
    hearts: Hearts = field(default_factory=Hearts)
    _mailbox_news: threading.Event = field(default_factory=threading.Event)
    _letters: threading.Event = field(default_factory=threading.Event)
    _poll_due: float = 0.0
    _webhook_key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._webhook_key = key_of(self.settings)  # now: a secret that cannot be read later ends no running service
        poll_s = self.settings.mailbox.poll_seconds
        for name in (MAILBOX, DATABASE, self._originals, LEASE):
            self.dependencies.of(name, first_s=min(1.0, poll_s))

    @property
    def _originals(self) -> str:
        """What original bytes depend on."""
        return DISK if folder_of(self.settings.storage.blobs) else BUCKET

    @property
    def _fresh_s(self) -> float:
        """How old the last good poll may be: three polls, and the time that a slow one takes."""
        return 3 * self.settings.mailbox.poll_seconds + 60.0

    def work(self) -> int:
        """Runs until ``stopping``. Exit code 0."""
        figures = Figures(self.dependencies, self.hearts)
        notices = SystemdNotices()
        with ExitStack() as open_things:
            if self.settings.metrics.listen:
                listener = Listener(self.settings.metrics.listen, self._fresh_s, self.hearts, self.dependencies, figures)
                open_things.enter_context(listener)
            mailbox = open_mailbox(self.settings)
            database = self._until_it_works(DATABASE, lambda: open_database(self.settings.storage.database))
            if database is None:
                return 0
            open_things.callback(database.close)
            figures.watch(database)
            lease = lease_on(database)
            open_things.callback(lease.release)
            tools = open_things.enter_context(open_tools(self.settings, database, figures.count_file))
            service = service_of(
                self.settings, tools=tools, database=database, mailbox=mailbox, lease=lease, stopping=self.stopping,
                decided=self._mailbox_news.set, queued=self._letters.set, stage=figures.stage, shows_progress=False,
                turning=lambda: self.hearts.beat("deciding"),
            )  # fmt: skip
            threading.Thread(target=tools.warm, name="warming", daemon=True).start()
            notices.ready()
            if not self._at_work(service, notices):
                open_things.pop_all()  # a reader closed under a mail in hand would have it decided as unreadable: the process just ends
        return 0

    def _at_work(self, service: Service, notices: SystemdNotices) -> bool:
        """Lets the three shifts run, and looks after them; then gives them a while to finish; False where the mail in hand was not."""
        if not self._begin(service):
            return True
        turns = {"mailbox": self._mailbox_turn, "deciding": self._deciding_turn, "sending": self._sending_turn, "telling": self._telling_turn}
        shifts = {name: threading.Thread(target=self._shift, args=(name, turn, service), name=name, daemon=True) for name, turn in turns.items()}
        for shift in shifts.values():
            shift.start()
        looked = tidied = time.monotonic()
        while not self.stopping.wait(_TICK_S):
            self.dependencies.record(service.database)
            if self.hearts.late() == ():
                notices.alive()
            if time.monotonic() - tidied >= _TIDY_S:
                tidied = time.monotonic()
                give_back()
            if time.monotonic() - looked >= _LEASE_LOOK_S:
                looked = time.monotonic()
                self._holds(service.lease)
        notices.stopping()
        for event in (self._mailbox_news, self._letters, service.arrived):
            event.set()
        until = time.monotonic() + DRAIN_S
        for name in ("deciding", "sending"):
            shifts[name].join(max(0.0, until - time.monotonic()))
        if shifts["sending"].is_alive():
            self._break_off(service.sender, shifts["sending"])
        for name in ("mailbox", "telling"):
            shifts[name].join(max(0.0, until - time.monotonic()))
        if not shifts["mailbox"].is_alive():
            service.mailbox.close()
        unfinished = [name for name, shift in shifts.items() if shift.is_alive()]
        log.info("stopped", unfinished=unfinished)
        return "deciding" not in unfinished

    def _break_off(self, sender: Sender, shift: threading.Thread) -> None:
        """The mail server is too slow for us to wait: what it has not taken over is sent after the restart."""
        sender.break_off()
        shift.join(_BREAK_OFF_S)
        if shift.is_alive():
            with suppress(StorageError):
                sender.put_back()

    def _begin(self, service: Service) -> bool:
        """Before anything else: the lease, and the letters that a crash cut off. False where we are asked to stop before."""

        def first() -> bool:
            service.lease.hold()
            self.dependencies.of(LEASE).well()
            with service.database.transaction() as tx:
                end_outage(tx)
            service.sender.settle_cut_off()
            return True

        return self._until_it_works(DATABASE, first, service.database) is not None

    def _until_it_works(self, name: str, step: Callable[[], T], database: Database | None = None) -> T | None:
        """The step's result, however long that takes; None where we are asked to stop before."""
        while not self.stopping.is_set():
            self.hearts.beat("start")
            try:
                made = step()
            except (StorageError, MailboxError, BlobError) as error:
                wait_s = self._failed(LEASE if isinstance(error, MailboxError) else name, error)
                if database is not None:
                    self.dependencies.record(database)
                self.stopping.wait(wait_s)
            else:
                self.dependencies.of(name).well()
                self.hearts.rest("start")
                return made
        return None

    def _shift(self, name: str, turn: Callable[[Service], None], service: Service) -> None:
        """Turn after turn. What nobody foresaw ends a turn and no more than that: it is logged, and the shift goes on after a while."""
        unforeseen = Dependency(name)
        while not self.stopping.is_set():
            self.hearts.beat(name)
            outcome = attempt(lambda: turn(service))
            if isinstance(outcome, Broken):
                log.error("a turn broke off", shift=name, kind=outcome.kind, place=outcome.trace.strip().splitlines()[-2][:200])
                self.stopping.wait(unforeseen.failed(RuntimeError(outcome.kind)))
            else:
                unforeseen.outage = None
        self.hearts.rest(name)

    def _mailbox_turn(self, service: Service) -> None:
        """Polls where it is time, acknowledges what was decided, files copies; then waits for news."""
        self._mailbox_news.clear()
        poll_s = self.settings.mailbox.poll_seconds
        try:
            if not self._holds(service.lease):
                self.stopping.wait(self.dependencies.of(LEASE).left_s or _TICK_S)
                return
            if time.monotonic() >= self._poll_due:
                service.fetch()
                self._poll_due = time.monotonic() + poll_s
                self.hearts.polled()
            service.acknowledge()
            more_copies = service.file_copies()
        except (MailboxError, StorageError, BlobError) as error:
            self._poll_due = 0.0
            self.stopping.wait(self._failed(self._whose(error), error))
            return
        for name in (MAILBOX, DATABASE, self._originals):
            self.dependencies.of(name).well()
        if more_copies:
            return
        if service.mailbox.wait(min(_LONGEST_WAIT_S, max(0.0, self._poll_due - time.monotonic())), self._mailbox_news):
            self._poll_due = 0.0

    def _deciding_turn(self, service: Service) -> None:
        if not service.lease.is_held:
            self.stopping.wait(_TICK_S)
            return
        try:
            service.decide_pending()
        except (StorageError, BlobError) as error:
            self.stopping.wait(self._failed(self._whose(error), error))
            return
        service.arrived.wait(_QUIET_S)

    def _sending_turn(self, service: Service) -> None:
        self._letters.clear()
        sender = service.sender
        try:
            if service.lease.is_held and self._is_due(service):
                with service.stage("send"):
                    sender.send_all_due(_Asked(self.stopping, lambda: self.hearts.beat("sending")))
        except StorageError as error:
            self.stopping.wait(self._failed(DATABASE, error))
        self._note_mail_server(service)
        self._letters.wait(_LETTERS_LOOK_S)

    def _telling_turn(self, service: Service) -> None:
        """Other systems that are to be told of events. What ails them is theirs, and stands on the page of webhooks."""
        try:
            if service.lease.is_held:
                Teller(service.database, reach_of(self.settings), self.stopping, key=self._webhook_key).tell_all_due()
        except StorageError as error:
            self.stopping.wait(self._failed(DATABASE, error))
        self.stopping.wait(_QUIET_S)

    def _is_due(self, service: Service) -> bool:
        with service.database.reading() as tx:
            due = next_due(tx, datetime.now(UTC))
        return (due is not None and due <= datetime.now(UTC)) or service.sender.owes

    def _note_mail_server(self, service: Service) -> None:
        state, dependency = service.sender.server, self.dependencies.of(MAIL_SERVER)
        tries = dependency.outage.tries if dependency.outage else 0
        if state.failures == tries:
            return
        if not state.failures:
            dependency.outage = None
            return
        now = datetime.now(UTC)
        next_at = now + timedelta(seconds=max(0.0, state.not_before - time.monotonic()))
        dependency.outage = Outage(
            name=MAIL_SERVER, since=state.since or now, tries=state.failures, next_at=next_at, trouble=state.trouble, refuses=state.refuses
        )

    def _holds(self, lease: Lease) -> bool:
        """Whether the lease is ours; one that was lost is taken again where nobody else has it."""
        dependency = self.dependencies.of(LEASE)
        if dependency.left_s > 0:
            return lease.is_held
        try:
            lease.hold()
        except (MailboxError, StorageError) as error:
            self._failed(LEASE if isinstance(error, MailboxError) else DATABASE, error)
            return False
        dependency.well()
        return True

    def _whose(self, error: Exception) -> str:
        """Which dependency an error speaks of."""
        if isinstance(error, Occupied):
            return LEASE
        return DATABASE if isinstance(error, StorageError) else self._originals if isinstance(error, BlobError) else MAILBOX

    def _failed(self, name: str, error: Exception) -> float:
        return self.dependencies.of(name).failed(error, not_before_s=float(getattr(error, "retry_in_s", 0.0)))


class _Asked(threading.Event):
    """The event of another, whose beholder is alive: it asks before every letter."""

    def __init__(self, event: threading.Event, asked: Callable[[], None]) -> None:
        super().__init__()
        self._event, self._asked = event, asked

    def is_set(self) -> bool:
        self._asked()
        return self._event.is_set()


def stop_on_signals(stopping: threading.Event) -> None:
    """SIGTERM and SIGINT set ``stopping``, and end the process for certain within thirty seconds; a second one ends it at once."""

    def stop(number: int, _frame: object) -> None:
        if stopping.is_set():
            _end(128 + number)
        stopping.set()
        at_last = threading.Timer(AT_LAST_S, _end, (0,))
        at_last.daemon = True
        at_last.start()
        log.info("stopping: what is in hand is finished or put back")

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _end(code: int) -> None:
    """Ends here and now, as a crash would: nothing is lost by it, and the reading processes end with us."""
    sys.stderr.flush()
    os._exit(code)

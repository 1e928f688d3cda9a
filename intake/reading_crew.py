"""Processes that read an archive's mails ahead of the one that decides them: extraction holds a core for itself, so two cores want two processes.

They put what they made into the record's memory, so that nothing is lost where the run ends early. They end with the process that started them.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType

from intake.archive_order import ArchivedMail
from intake.boundary import Broken, attempt
from intake.remembering import MailMemory, RememberingReader
from intake.settings import Settings
from intake.workshop import Workshop, open_workshop, read_limits
from replies.policy import Ours
from storage.database import open_database

WINDOW = 200  # mails that are read before the first of them is decided: one of a hundred scans shall not stop the others
_IN_HAND = 2  # mails that a process has: one that it reads, and the next
_PR_SET_PDEATHSIG = 1
_END_S = 5.0
ENDED = "ReadingEnded"

Outcome = str | Broken | None  # what the mail says where the record may not remember it; what broke; None: it is in the record


@dataclass
class _Hand:
    """One process of the crew, with the mails that it was given and has not answered."""

    process: BaseProcess
    connection: Connection
    given: deque[ArchivedMail] = field(default_factory=deque)


class Crew:
    """Up to ``workers`` processes; a context manager. To be used by the thread that made it: they end with that thread."""

    def __init__(self, settings: Settings, workers: int) -> None:
        self._settings = settings.model_copy(update={"extraction": settings.extraction.model_copy(update={"workers": 1})})
        self._workers = workers
        self._hands: list[_Hand] = []
        self._queue: deque[ArchivedMail] = deque()
        self._asked: set[str] = set()
        self._outcomes: dict[str, Outcome] = {}

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for hand in self._hands:
            hand.connection.close()  # it ends when it finds nobody to answer
            if kind is not None or hand.given:
                hand.process.terminate()
        for hand in self._hands:
            hand.process.join(_END_S)
            if hand.process.is_alive():
                hand.process.kill()
                hand.process.join()

    def ask(self, mail: ArchivedMail) -> None:
        """Has a mail read, each content once."""
        if mail.sha256 not in self._asked:
            self._asked.add(mail.sha256)
            self._queue.append(mail)
            self._hand_out()

    def outcome(self, sha256: str) -> Outcome:
        """What came of reading a mail that was asked for, once: waits for it."""
        while sha256 in self._asked and sha256 not in self._outcomes:
            self._collect(timeout_s=None)
        self._asked.discard(sha256)
        self._collect(timeout_s=0)
        return self._outcomes.pop(sha256, None)

    def _hand_out(self) -> None:
        while self._queue:
            hand = min(self._hands, key=lambda hand: len(hand.given), default=None)
            if (hand is None or hand.given) and len(self._hands) < self._workers:
                hand = self._start()
            if hand is None or len(hand.given) >= _IN_HAND:
                return
            mail = self._queue.popleft()
            hand.given.append(mail)
            try:
                hand.connection.send(mail)
            except OSError:
                self._bury(hand)

    def _collect(self, timeout_s: float | None) -> None:
        for ready in wait([hand.connection for hand in self._hands], timeout_s):
            hand = next(hand for hand in self._hands if hand.connection is ready)
            try:
                outcome: Outcome = hand.connection.recv()
            except (EOFError, OSError):
                self._bury(hand)
            else:
                self._outcomes[hand.given.popleft().sha256] = outcome
        self._hand_out()

    def _start(self) -> _Hand:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_read_for, args=(theirs, self._settings), daemon=True)
        process.start()
        theirs.close()
        self._hands.append(_Hand(process, ours))
        return self._hands[-1]

    def _bury(self, hand: _Hand) -> None:
        """A process ended by itself: the mail that it was reading is to blame, the next one goes back."""
        self._hands.remove(hand)
        hand.connection.close()
        hand.process.join(_END_S)
        if hand.given:
            blamed = hand.given.popleft()
            self._outcomes[blamed.sha256] = Broken(ENDED, f"the process that read this mail ended with {hand.process.exitcode}")
        self._queue.extendleft(reversed(hand.given))


def read_ahead(
    mails: Sequence[ArchivedMail], *, lacking: frozenset[str], settings: Settings, memory: MailMemory | None
) -> Iterator[tuple[ArchivedMail, Broken | None]]:
    """The mails in their order, each when it was read if it was among those ``lacking`` from the memory, and what broke its reader's process."""
    workers = settings.extraction.worker_count
    if workers < 2 or len(lacking) <= workers:
        yield from ((mail, None) for mail in mails)
        return
    with Crew(settings, workers) as crew:
        ahead: deque[ArchivedMail] = deque()
        coming = iter(mails)
        while True:
            while len(ahead) < WINDOW and (mail := next(coming, None)) is not None:
                ahead.append(mail)
                if mail.sha256 in lacking:
                    crew.ask(mail)
            if not ahead:
                return
            mail = ahead.popleft()
            outcome = crew.outcome(mail.sha256) if mail.sha256 in lacking else None
            if isinstance(outcome, str) and memory is not None:
                memory.hold(mail.sha256, outcome)
            yield mail, outcome if isinstance(outcome, Broken) and outcome.kind == ENDED else None


def _read_for(connection: Connection, settings: Settings) -> None:
    """The life of one process: mails come, are read and remembered, until nobody asks any more."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    database = open_database(settings.storage.database)
    limits = read_limits(settings)
    with open_workshop(
        settings, ours=Ours(), wrap=lambda reader: RememberingReader(reader, database, limits), database=database, holds=1
    ) as workshop:
        while True:
            try:
                mail: ArchivedMail = connection.recv()
                connection.send(_read(workshop, mail))
            except (EOFError, OSError):
                break
    database.close()


def _read(workshop: Workshop, mail: ArchivedMail) -> Outcome:
    """Reads one mail. What broke is tried again, and told, by the process that decides."""
    outcome = attempt(lambda: workshop.read_kept(mail.sha256, mail.data))
    if isinstance(outcome, Broken) or workshop.memory is None:
        return outcome if isinstance(outcome, Broken) else None
    return workshop.memory.take(mail.sha256)

"""Reading ahead: the papers of several mails are read side by side while the service decides, and whichever is read first is decided first.

Kin (one sender, one thread, one case) keep the order of their arrival. A mail that was in hand when the process ended, which may be its doing or
not, is from then on read with nothing beside it, so that the others are not counted out with it; after three such ends only when all others are read.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType

from intake.backlog import Backlog
from intake.boundary import Broken, attempt
from intake.crash_points import crash_point
from intake.handling import ATTEMPTS, DEATHS
from intake.kinship import kinship_of
from intake.pipeline import FileReader
from intake.workshop import Workshop
from parsers.values import FileKind, FileRead
from replies.policy import Ours
from storage.arrivals import begin_attempt, put_back
from storage.blobs import Blobs
from storage.database import Database
from storage.values import Arrival

_MAY_BE_CHANCE = ("timeout", "crashed", "too_complex")
WINDOW = 100  # mails that are looked at for the next one to decide
_SPARE = 3  # beyond one a reading process: a mail of a hundred scans holds one of these places, and the others go past it
_MOST_BYTES = 50_000_000  # of mails that are read at once; a larger one is read with nothing beside it


class HeldReader:
    """Before another reader: holds what came of a file while its mail waits to be decided, so that a file whose outcome may be chance (a time
    limit, a crash) and is remembered nowhere is not read again at once."""

    def __init__(self, reader: FileReader) -> None:
        self._reader = reader
        self._held: dict[str, dict[tuple[str, FileKind], FileRead]] = {}

    def hold(self, mail: str) -> None:
        """Until ``let_go`` outcomes that may be chance are held for that mail (its SHA-256)."""
        self._held.setdefault(mail, {})

    def let_go(self, mail: str) -> None:
        self._held.pop(mail, None)

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        if not self._held:
            return self._reader.read(data, kind)
        key = (hashlib.sha256(data).hexdigest(), kind)
        for held in list(self._held.values()):
            if (known := held.get(key)) is not None:
                return known
        made = self._reader.read(data, kind)
        if made.outcome in _MAY_BE_CHANCE:
            for held in list(self._held.values()):  # whose file it is does not matter: it came of these bytes
                held[key] = made
        return made


@dataclass
class _Waiting:
    arrival: Arrival
    kin: frozenset[str]
    reading: Future[object] | None = None

    @property
    def is_read(self) -> bool:
        return self.reading is not None and self.reading.done()

    @property
    def is_alone(self) -> bool:
        return self.arrival.attempts > 0 or self.arrival.size > _MOST_BYTES

    @property
    def is_last(self) -> bool:
        return self.arrival.attempts >= ATTEMPTS


@dataclass
class ReadingAhead:
    """A window over the mails that wait to be decided. ``take`` fills it, ``next_read`` gives the next to decide, ``done`` lets its kin follow.

    To be used by one thread, except ``look_up``, which wakes it.
    """

    workshop: Workshop
    database: Database
    blobs: Blobs
    held: HeldReader
    ours: Ours
    stopping: threading.Event
    backlog: Backlog = field(default_factory=Backlog)
    _waiting: dict[int, _Waiting] = field(default_factory=dict)
    _begun: set[int] = field(default_factory=set)
    _pool: ThreadPoolExecutor | None = None
    _news: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> ReadingAhead:
        self._pool = ThreadPoolExecutor(self._places, thread_name_prefix="reading")
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """What is not decided goes back as it was; readings under way come to their end by themselves."""
        waiting, self._waiting = self._waiting, {}
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        for one in waiting.values():
            self.held.let_go(one.arrival.sha256 or "")

    def put_back_begun(self) -> None:
        """Attempts that were begun and will not be decided now are not counted. Raises StorageError."""
        with self.database.transaction() as tx:
            for number in tuple(self._begun & self._waiting.keys()):
                put_back(tx, number)
                self._begun.discard(number)

    @property
    def room(self) -> int:
        """How many more mails the window takes."""
        return max(0, WINDOW - len(self._waiting))

    def __contains__(self, arrival: Arrival) -> bool:
        return arrival.id in self._waiting

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    @property
    def is_reading(self) -> bool:
        """Whether anything is begun and not decided yet."""
        return not self._begun.isdisjoint(self._waiting)

    def take(self, arrivals: Sequence[Arrival]) -> None:
        """Adds mails, in the order of their arrival."""
        for arrival in arrivals:
            head = attempt(lambda sha256=arrival.sha256 or "": self.blobs.get(sha256))  # type: ignore[misc]
            kin = frozenset[str]() if isinstance(head, Broken) else kinship_of(head, self.ours)
            self._waiting[arrival.id] = _Waiting(arrival, kin)
        self._begin()

    def next_read(self, wait_s: float) -> Arrival | None:
        """The oldest mail that is read and none of whose kin waits before it; None where there is none after that long."""
        self._news.clear()
        found = self._ready()
        if found is None and not self.is_empty and self._news.wait(wait_s):
            found = self._ready()
        return found

    def done(self, arrival: Arrival) -> None:
        """The mail was decided, put off or put before staff."""
        self._waiting.pop(arrival.id, None)
        self._begun.discard(arrival.id)
        self.held.let_go(arrival.sha256 or "")
        self._begin()

    def look_up(self) -> None:
        """There is news: ``next_read`` returns."""
        self._news.set()

    @property
    def _places(self) -> int:
        return self.workshop.workers + _SPARE

    def _ready(self) -> Arrival | None:
        before: set[str] = set()
        for one in self._waiting.values():
            may_be_decided = not self.stopping.is_set() or one.arrival.id in self._begun
            if one.is_read and may_be_decided and before.isdisjoint(one.kin):
                return one.arrival
            before |= one.kin
        return None

    def _begin(self) -> None:
        """Begins as many readings as there are places, oldest first. One that is to be read alone begins when nothing else is being read, and
        nothing begins before it is decided; mails behind it wait, so that it is not put off for ever."""
        if self.stopping.is_set() or self._pool is None or self.backlog.goes_first:
            return
        going = [one for one in self._waiting.values() if one.reading is not None and (one.is_alone or not one.is_read)]
        for one in sorted(self._waiting.values(), key=lambda one: one.is_last):
            if one.reading is not None:
                continue
            if one.arrival.attempts >= DEATHS:  # to be quarantined unread
                one.reading = Future()
                one.reading.set_result(None)
                continue
            if going and (one.is_alone or any(other.is_alone for other in going)):
                return
            if len(going) >= self._places or (going and sum(other.arrival.size for other in going) + one.arrival.size > _MOST_BYTES):
                return
            one.reading = self._pool.submit(attempt, self._reading_of(one.arrival))
            one.reading.add_done_callback(lambda _: self._news.set())
            going.append(one)

    def _reading_of(self, arrival: Arrival) -> Callable[[], None]:
        def read() -> None:
            if self.stopping.is_set():
                return
            with self.database.transaction() as tx:
                begin_attempt(tx, arrival.id)
            self._begun.add(arrival.id)
            crash_point("before-reading")
            self.held.hold(arrival.sha256 or "")
            self.workshop.read(self.blobs.get(arrival.sha256 or ""))

        return read

    def was_begun(self, arrival: Arrival) -> bool:
        """Whether the attempt at this mail is counted already."""
        return arrival.id in self._begun

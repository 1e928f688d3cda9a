"""What every command needs to consider mail: the programme, the sandboxed reader, our identity. Opened once, closed at the end."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from intake.mail_reading import FileReader, MailRead, extracted, extraction_key, read_mail
from intake.pipeline import Circumstances, Considered, consider_mail
from intake.programme import SHIPPED, Programme, load_programme
from intake.remembering import MailMemory
from intake.settings import Settings
from parsers.mail import MailLimits
from parsers.read_limits import ReadLimits
from parsers.sandbox import Reader
from replies.policy import Ours
from replies.values import Office

if TYPE_CHECKING:
    from storage.database import Database, Transaction

PLACEHOLDER_REFERENCE = "CPPP-0000-00000-0"
MEGABYTE = 1_000_000
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Workshop:
    """The tools of one run of a command."""

    settings: Settings
    programme: Programme
    reader: FileReader
    office: Office
    ours: Ours
    memory: MailMemory | None = None

    @property
    def workers(self) -> int:
        return self.settings.extraction.worker_count

    @property
    def mail_limits(self) -> MailLimits:
        return MailLimits(message_bytes=int(self.settings.extraction.max_message_mb * MEGABYTE))

    def read(self, data: bytes) -> MailRead:
        """The mail decoded, its papers read, its application extracted: remembered, where there is a memory and it holds it."""
        return self.read_kept(hashlib.sha256(data).hexdigest(), lambda: data)

    def read_kept(self, sha256: str, load: Callable[[], bytes]) -> MailRead:
        """``read`` for bytes that are fetched only where they are needed."""
        known = self.recalled(sha256, load)
        if known is not None:
            return known
        mail = extracted(self._read(load()), self.programme)
        if self.memory is not None:
            self.memory.keep(sha256, mail, self.programme.mail_words)
        return mail

    def recalled(self, sha256: str, load: Callable[[], bytes], tx: Transaction | None = None) -> MailRead | None:
        """The mail as remembered, looked up within ``tx``; None where it must be read."""
        known = self.memory.recall(sha256, self.programme.mail_words, tx) if self.memory else None
        return MailRead(known.message, lambda: self._read(load()).reads, known.application, known.classified) if known is not None else None

    def _read(self, data: bytes) -> MailRead:
        return read_mail(data, self.reader, self.programme, limits=self.mail_limits, at_once=self.workers)

    def circumstances(self, *, reference: str = PLACEHOLDER_REFERENCE, received_on: date | None = None) -> Circumstances:
        return Circumstances(
            programme=self.programme,
            office=self.office,
            ours=self.ours,
            reference=reference,
            received_on=received_on,
            min_confidence=self.settings.extraction.min_confidence,
            authserv=self.settings.mailbox.trusted_authserv,
        )

    def consider(self, data: bytes, *, received_on: date | None = None) -> Considered:
        """Reads and considers one mail as a dry run does: nothing stored, a placeholder for the reference."""
        return consider_mail(self.read(data), self.circumstances(received_on=received_on))


@contextmanager
def open_workshop(
    settings: Settings,
    *,
    ours: Ours,
    wrap: Callable[[FileReader], FileReader] = lambda reader: reader,
    database: Database | None = None,
    holds: int = 0,
) -> Iterator[Workshop]:
    """The tools under these settings.

    ``wrap`` may put a memory of earlier readings before the reader; ``database``: where what mails say is remembered; ``holds``: of how many mails
    what may be chance, and is not remembered there, is held until the end.
    """
    programme = load_programme(settings.programme.path)
    office = Office(from_name=settings.outgoing.from_name, from_address=settings.outgoing.from_address)
    with Reader(settings.extraction.worker_count, read_limits(settings)) as reader:
        workshop = Workshop(settings, programme, wrap(reader), office, ours)
        if database is not None:
            key = extraction_key(programme, read_limits(settings), workshop.mail_limits)
            workshop = replace(workshop, memory=MailMemory(database, key, holds=holds))
        yield workshop


def read_limits(settings: Settings) -> ReadLimits:
    extraction = settings.extraction
    programme = settings.programme.path or next((each for each in SHIPPED if each.is_dir()), SHIPPED[0])
    return ReadLimits(
        page_seconds=extraction.page_seconds,
        max_pages=extraction.max_pages,
        languages=extraction.languages,
        known_forms=tuple(
            (str(blank), hashlib.sha256(blank.read_bytes()).hexdigest()) for blank in sorted((programme / "blank_forms").glob("*.pdf"))
        ),
    )


def in_order(work: Callable[[A], B], items: Iterable[A], *, at_once: int) -> Iterator[tuple[A, B]]:
    """Works on a few items side by side and yields (item, result) in the order given; at most ``at_once`` + 1 are held."""
    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        waiting: deque[tuple[A, Future[B]]] = deque()
        for item in items:
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) > at_once:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()

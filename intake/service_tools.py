"""What the service reads with: the workshop whose reader asks the record first, counts what was read, and is warmed before the first mail comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from intake.boundary import attempt
from intake.pipeline import FileReader
from intake.reading_ahead import HeldReader
from intake.remembering import RememberingReader
from intake.secrets_file import secret_for
from intake.settings import Settings
from intake.working import shared
from intake.workshop import Workshop, open_workshop, read_limits
from parsers.sandbox import Reader
from parsers.values import FileKind, FileRead
from replies.policy import Ours, ours_of
from storage.database import Database

LETTERS = "letters"
_BLANK_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def ours_from(settings: Settings) -> Ours:
    """Who we are by the settings, with the secret that signs our letters."""
    domain = settings.outgoing.from_address.rpartition("@")[2].lower()
    return ours_of(settings.our_addresses, secret=secret_for(LETTERS, settings.review.secret_file), message_id_domain=domain)


@dataclass(frozen=True)
class CountingReader:
    """Before the reader itself: tells what came of each file."""

    reader: FileReader
    count: Callable[[FileRead], None]

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        made = self.reader.read(data, kind)
        self.count(made)
        return made


@dataclass(frozen=True)
class Tools:
    """The workshop of the service, and what it holds of readings that are remembered nowhere."""

    workshop: Workshop
    held: HeldReader
    reader: FileReader

    def warm(self) -> None:
        """Starts the reading processes and loads their models, which takes them seconds, before the first mail needs them."""
        if isinstance(self.reader, Reader):
            self.reader.want_models()
        with ThreadPoolExecutor(self.workshop.workers) as readers:
            list(readers.map(lambda _: attempt(partial(self.reader.read, _BLANK_PAGE, FileKind.PDF)), range(self.workshop.workers)))


@contextmanager
def open_tools(settings: Settings, database: Database, count: Callable[[FileRead], None] = lambda _: None) -> Iterator[Tools]:
    """The workshop with a reader that asks the record first. ``count`` is told of every file that was really read."""
    held: list[HeldReader] = []
    bare: list[FileReader] = []

    def remember(reader: FileReader) -> FileReader:
        bare.append(reader)
        held.append(HeldReader(RememberingReader(CountingReader(shared(settings, reader, database), count), database, read_limits(settings))))
        return held[0]

    with open_workshop(settings, ours=ours_from(settings), wrap=remember, database=database) as workshop:
        yield Tools(workshop, held[0], bare[0])

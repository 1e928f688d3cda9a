"""What the site works with: the record, the originals, the programme's words, and the service's own hands behind a port."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from parsers.catalogue import Catalogue
from parsers.values import FileKind, FileRead, Language, Message, Words
from replies.values import NoReply, Reply
from storage.blobs import Blobs
from storage.database import Database, Transaction


class WorkError(Exception):
    """Something that staff asked for cannot be done; the text says why and what to do instead."""


@dataclass(frozen=True)
class PagePicture:
    """One page as a picture: PNG bytes with the page's size in PDF points as displayed."""

    png: bytes
    width: float
    height: float


Doing = Callable[[Transaction], Sequence[str]]
"""What a person does within a transaction; it gives the references of the cases that are to be decided anew."""


@dataclass(frozen=True)
class Draft:
    """A letter before a person wrote it. ``mail``: the SHA-256 of the mail that it answers; ``about``: that mail's subject."""

    to: str
    subject: str
    text: str
    language: Language
    mail: str
    about: str


class CaseWork(Protocol):
    """What the service does for staff. Every method may raise WorkError or StorageError; each is one transaction, or none where it only looks."""

    def message(self, sha256: str) -> Message:
        """The mail of that hash, decoded, with the bytes of its parts."""
        ...

    def picture(self, data: bytes, kind: FileKind, page: int, dpi: int) -> PagePicture:
        """A page of a file, drawn in a limited process of its own. WorkError where it cannot be drawn."""
        ...

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        """What came out of a file, from memory where it was read before."""
        ...

    def second_view(self, picture: bytes, dpi: int, *, chinese: bool) -> str:
        """What the second reader makes of a piece of a page (PNG): its words, empty where it sees none. Takes about a second."""
        ...

    def act(self, doing: Doing, *, actor: str, skip_undecidable: bool = False) -> None:
        """Does what a person asks, and decides the cases that it names anew, all in one transaction; a letter that is then due is held.

        ``doing`` may be called more than once, each time in a transaction of its own. WorkError where a case cannot be decided
        (``skip_undecidable``: it then stays as it is), and whatever ``doing`` raises: then nothing was done.
        """
        ...

    def answer(self, reference: str) -> Reply | NoReply:
        """The letter that the case's current decision leads to, or why there is none. Nothing is queued."""
        ...

    def release(self, reference: str, *, actor: str, reply: Reply, subject: str, text: str, doing: Doing) -> None:
        """Queues that letter for sending with these words; audited. ``doing``, and the check that the case still leads to that letter, stand in
        the same transaction. WorkError where it went out, or is another by now."""
        ...

    def draft(self, reference: str) -> Draft:
        """A letter to be written by a person: to whom, and its frame. WorkError where there is nobody whom it could go to."""
        ...

    def write(self, reference: str, *, draft: Draft, subject: str, text: str, doing: Doing) -> None:
        """Queues a letter in a person's words, to be sent under the caps, in one transaction with ``doing``. WorkError where it cannot be sent,
        or was written already."""
        ...

    def remind(self, reference: str, *, actor: str) -> None:
        """Queues the missing-items letter again, under a line that says it is a reminder, held for release. WorkError where none is."""
        ...


@dataclass(frozen=True)
class Desk:
    """Everything that a request needs. ``secret`` signs the site's tokens; ``session_hours``: after that a login ends.

    ``reminder_days``: after so many days a missing-items letter that nobody answered is due for a reminder.
    """

    database: Database
    blobs: Blobs
    catalogue: Catalogue
    programme: Words
    work: CaseWork
    secret: bytes = field(repr=False)
    session_hours: float = 8.0
    reminder_days: int = 14
    kept: Path | None = None  # the folder of test cases; None: none are kept
    addresses: frozenset[str] = frozenset()  # ours: they stay in a test case
    checks: Mapping[str, str] = field(default_factory=dict)  # of the rules: each check's clause
    clauses: Mapping[str, str] = field(default_factory=dict)  # of the rules: each clause as recorded, in Traditional Chinese
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def session_length(self) -> timedelta:
        return timedelta(hours=self.session_hours)

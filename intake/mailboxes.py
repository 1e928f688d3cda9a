"""The port through which the service sees a mailbox: what is there, its bytes, and the mark that a mail was handled."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol


class MailboxError(Exception):
    """The mailbox cannot be used now; the text names it and the way out. The service goes on trying, no sooner than in ``retry_in_s`` seconds.
    ``refuses``: it is there and does not let us in, which no waiting mends."""

    retry_in_s: float = 0.0
    refuses: bool = False


@dataclass(frozen=True)
class MailboxIdentity:
    """Which mailbox, and which numbering of it: a UID means something only together with both (RFC 9051, 2.3.1.1)."""

    mailbox: str
    uidvalidity: int


@dataclass(frozen=True)
class FetchedMail:
    """One mail as the mailbox gave it."""

    uid: int
    data: bytes
    internal_date: datetime | None


@dataclass(frozen=True)
class UnfetchedMail:
    """One mail that is there and whose bytes did not come this time. ``size`` in bytes as the server says, 0 where it does not; ``error``: why;
    ``heading``: who wrote it and about what, for staff alone, where its header could be had."""

    uid: int
    size: int
    internal_date: datetime | None
    error: str
    heading: str = ""


class Mailbox(Protocol):
    """A mailbox. Every method may raise MailboxError; each may be repeated without harm. To be used by one thread."""

    def identity(self) -> MailboxIdentity:
        """Which mailbox this is. UIDs given and taken by the other methods belong to the identity last returned: they raise where it has changed."""
        ...

    def unseen(self, known: Collection[int]) -> Iterator[FetchedMail | UnfetchedMail]:
        """Every mail whose UID is not among ``known``, oldest first; those whose bytes failed to come before, after the others."""
        ...

    def acknowledge(self, uid: int, *, needs_person: bool) -> None:
        """Marks a mail handled: moved to the processed or review folder where one is set, else flagged where it is. Repeatable."""
        ...

    def waiting(self) -> int:
        """How many mails lie in the folder, without fetching any."""
        ...

    def wait(self, seconds: float, stopping: Event) -> bool:
        """Waits that long, less where ``stopping`` is set or the mailbox tells of news (then True). Never raises:
        news is a hint, polling is what counts."""
        ...

    def close(self) -> None: ...


class SentMailbox(Protocol):
    """The folder with copies of our letters. Every method may raise MailboxError; each may be repeated without harm."""

    def append_sent(self, mail: bytes, message_id: str) -> None:
        """Puts a copy into the sent folder unless one with that Message-ID lies there; does nothing where no sent folder is set."""
        ...

    def find_message_id(self, folder: str, message_id: str) -> bool:
        """Whether a mail with exactly that Message-ID lies in that folder; False where there is no such folder. ValueError for an id
        that is not of the strict form in which we make them (replies.message_ids.is_strict_id)."""
        ...

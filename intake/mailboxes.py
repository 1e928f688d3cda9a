"""The port through which the service sees a mailbox: what is there, its bytes, and the mark that a mail was handled."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class MailboxError(Exception):
    """The mailbox cannot be used now; the text names it and the way out. The service goes on trying."""


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


class Mailbox(Protocol):
    """A mailbox. Every method may raise MailboxError; each may be repeated without harm."""

    def identity(self) -> MailboxIdentity: ...

    def unseen(self, known: Collection[int]) -> Iterator[FetchedMail]:
        """Every mail whose UID is not among ``known``, oldest first."""
        ...

    def acknowledge(self, uid: int, *, needs_person: bool) -> None:
        """Marks a mail handled: moved to the processed or review folder where one is set, else flagged where it is. Repeatable."""
        ...

    def close(self) -> None: ...

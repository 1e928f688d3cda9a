"""Keeping what a mailbox shows: bytes first, then the arrivals, in batches: a backlog costs one chain of syncs and one transaction a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from intake.crash_points import crash_point
from intake.logs import logger
from intake.mailboxes import FetchedMail, MailboxError, MailboxIdentity, UnfetchedMail
from storage.arrivals import Kept, record_arrivals, record_unfetched
from storage.blobs import Blobs
from storage.database import Database, Transaction

MAILS, BYTES = 100, 16_000_000  # a batch: little enough to hold in memory twice

log = logger("intake")


@dataclass(frozen=True)
class Store:
    """Where arrivals and their bytes are kept. After ``keep`` nothing can be lost (design.md, 'The order of effects')."""

    database: Database
    blobs: Blobs

    def batches(self, mails: Iterable[FetchedMail | UnfetchedMail]) -> Iterable[list[FetchedMail | UnfetchedMail]]:
        """The mails in bounded batches. Where the mailbox breaks off, what came before is given first, and the MailboxError is raised then."""
        batch: list[FetchedMail | UnfetchedMail] = []
        trouble: MailboxError | None = None
        waiting = iter(mails)
        while True:
            try:
                mail = next(waiting)
            except StopIteration:
                break
            except MailboxError as error:
                trouble = error
                break
            batch.append(mail)
            if is_full(batch):
                yield batch
                batch = []
        if batch:
            yield batch
        if trouble is not None:
            raise trouble

    def keep(self, identity: MailboxIdentity, batch: Sequence[FetchedMail | UnfetchedMail]) -> int:
        """Keeps a batch: all bytes are safe on disk before one transaction records the arrivals. How many mails came whole."""
        whole = [mail for mail in batch if isinstance(mail, FetchedMail)]
        sha256s = self.blobs.keep_all([mail.data for mail in whole])
        crash_point("after-bytes")
        with self.database.transaction() as tx:
            kept = [Kept(mail.uid, sha256, len(mail.data), mail.internal_date) for mail, sha256 in zip(whole, sha256s, strict=True)]
            record_arrivals(tx, kept, mailbox=identity.mailbox, uidvalidity=identity.uidvalidity, seen_at=datetime.now(UTC))
            for lacking in batch:
                if isinstance(lacking, UnfetchedMail):
                    self._record_lacking(tx, identity, lacking)
        if whole:
            crash_point("after-arrival")
        return len(whole)

    def _record_lacking(self, tx: Transaction, identity: MailboxIdentity, mail: UnfetchedMail) -> None:
        log.warning("not fetched", uid=mail.uid, trouble=mail.error)
        record_unfetched(
            tx, mailbox=identity.mailbox, uidvalidity=identity.uidvalidity, uid=mail.uid, size=mail.size,
            internal_date=mail.internal_date, seen_at=datetime.now(UTC),
            error=f"{mail.error}; {mail.heading}" if mail.heading else mail.error,
        )  # fmt: skip


def is_full(batch: Sequence[FetchedMail | UnfetchedMail]) -> bool:
    """Whether a batch ended because it holds enough: more may come."""
    return len(batch) >= MAILS or sum(len(mail.data) for mail in batch if isinstance(mail, FetchedMail)) >= BYTES

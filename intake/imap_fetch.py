"""Fetching mails by UID: sizes first, bodies in bounded batches, every answer compared with its size; one bad mail never stops the others."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.imap_connection import Connection
from intake.imap_session import Broken, Refused, Session
from intake.mailboxes import FetchedMail, UnfetchedMail
from parsers.identifiers import mask_hkid
from parsers.mail import read_message

log = logging.getLogger("intake.imap")
_SIZES_AT_ONCE = 500
_MEGABYTE = 1_000_000
_HEADER_BYTES = 65_536


@dataclass(frozen=True)
class Bounds:
    """Larger mails than ``message_bytes`` are not fetched. A batch ends at ``batch_mails`` or ``batch_bytes``; a pass at so many lost connections."""

    message_bytes: int
    batch_mails: int = 50
    batch_bytes: int = 8 * _MEGABYTE
    breaks: int = 10


@dataclass(frozen=True)
class Listed:
    """What the server says of a mail before its bytes are asked for."""

    uid: int
    size: int
    internal_date: datetime | None

    def unfetched(self, error: str) -> UnfetchedMail:
        return UnfetchedMail(self.uid, self.size, self.internal_date, error)


@dataclass
class FetchPass:
    """One pass over mails that are not known yet.

    A connection that breaks while one mail alone is asked for may be the mail's fault or the network's: it is held against the mail only
    if another mail could be fetched in the same pass, or there is no other.
    """

    connection: Connection
    bounds: Bounds
    suspects: list[UnfetchedMail] = field(default_factory=list)
    fetched: int = 0
    breaks: int = 0
    last_break: Broken | None = None

    def mails(self, uids: Sequence[int]) -> Iterator[FetchedMail | UnfetchedMail]:
        """The mails of these UIDs in this order. Those that are no longer there are left out. Raises Broken where nothing can be fetched."""
        try:
            for start in range(0, len(uids), _SIZES_AT_ONCE):
                listed: list[Listed] = []
                yield from self._list(uids[start : start + _SIZES_AT_ONCE], listed)
                for batch in self._batches(listed):
                    yield from self._batch(batch)
        except Broken:
            if self.fetched and self.breaks > self.bounds.breaks:
                yield from self.suspects
            raise
        if self.last_break is not None and not self.fetched and len(uids) > 1:
            raise self.last_break
        yield from self.suspects

    def _list(self, uids: Sequence[int], listed: list[Listed]) -> Iterator[UnfetchedMail]:
        """Adds what is there to ``listed``, by halves where the server will not answer for all; gives mails that the server tells nothing of."""
        try:
            answers = self.connection.once(lambda session: _sizes(session, uids))
        except (Refused, Broken) as error:
            if isinstance(error, Broken):
                if len(uids) == 1:
                    self.suspects.append(UnfetchedMail(uids[0], 0, None, str(error)))
                self._note_break(error)
            if len(uids) > 1:
                yield from self._list(uids[: len(uids) // 2], listed)
                yield from self._list(uids[len(uids) // 2 :], listed)
                return
            answers = {}
            if isinstance(error, Broken):
                return
        listed += [answers[uid] for uid in uids if uid in answers]
        for uid in uids:
            if uid not in answers and self._is_there(uid):
                yield UnfetchedMail(uid, 0, None, "the server does not tell the mail's size")

    def _is_there(self, uid: int) -> bool:
        return bool(self.connection.does(lambda session: session.uids_between(uid, uid)))

    def _is_too_large(self, mail: Listed) -> bool:
        return mail.size > self.bounds.message_bytes

    def _too_large(self, mail: Listed) -> str:
        return (
            f"the mail has {mail.size / _MEGABYTE:.1f} MB, more than extraction.max_message_mb ({self.bounds.message_bytes / _MEGABYTE:g}): "
            "it stays on the mail server, open it there"
        )

    def _heading(self, mail: Listed) -> str:
        """Sender and subject by the beginning of the header block; "" where the server does not give it."""
        try:
            start = self.connection.once(lambda session: _beginning(session, mail.uid))
        except (Refused, Broken) as error:
            log.info("the header of a mail that is too large did not come: %s", error)
            return ""
        message = read_message(start)
        return "" if message.unreadable else mask_hkid(f"from {message.from_text[:200]}, subject: {message.subject[:200]}")

    def _batches(self, listed: Sequence[Listed]) -> Iterator[list[Listed]]:
        """Batches within the bounds; a mail that is too large is alone in its own."""
        batch: list[Listed] = []
        for mail in listed:
            full = len(batch) >= self.bounds.batch_mails or sum(one.size for one in batch) + mail.size > self.bounds.batch_bytes
            if batch and (full or self._is_too_large(mail)):
                yield batch
                batch = []
            batch.append(mail)
            if self._is_too_large(mail):
                yield batch
                batch = []
        if batch:
            yield batch

    def _batch(self, batch: Sequence[Listed]) -> Iterator[FetchedMail | UnfetchedMail]:
        """A batch in one exchange; one by one where that fails, so that the mail at fault is known."""
        if self._is_too_large(batch[0]):
            yield replace(batch[0].unfetched(self._too_large(batch[0])), heading=self._heading(batch[0]))
            return
        bodies: dict[int, bytes] = {}
        if len(batch) > 1:
            try:
                bodies = self.connection.once(lambda session: _bodies(session, batch))
            except Refused as error:
                log.info("a batch of %s mails is fetched one by one: %s", len(batch), error)
            except Broken as error:
                self._note_break(error)
        for mail in batch:
            body = bodies.pop(mail.uid, None)
            outcome = FetchedMail(mail.uid, body, mail.internal_date) if body is not None else self._alone(mail)
            self.fetched += isinstance(outcome, FetchedMail)
            if outcome is not None:
                yield outcome

    def _alone(self, mail: Listed) -> FetchedMail | UnfetchedMail | None:
        """One mail by itself; None where it is gone, or only suspected of having broken the connection."""
        error = "the server's answer lacked the mail, or a part of it"
        try:
            body = self.connection.once(lambda session: _bodies(session, [mail])).get(mail.uid)
            if body is not None:
                return FetchedMail(mail.uid, body, mail.internal_date)
        except Refused as refused:
            error = str(refused)
        except Broken as broken:
            self.suspects.append(mail.unfetched(str(broken)))
            self._note_break(broken)
            return None
        return mail.unfetched(error) if self._is_there(mail.uid) else None

    def _note_break(self, error: Broken) -> None:
        self.breaks += 1
        self.last_break = error
        if self.breaks > self.bounds.breaks:
            raise error
        self.connection.does(Session.noop)  # raises where the server is gone: then no mail is to blame


def _sizes(session: Session, uids: Sequence[int]) -> dict[int, Listed]:
    """Size and date of each mail that is there. A mail whose size is not told counts as empty: any body then is more than that."""
    with session.exchange("asking for sizes") as client:
        answers = client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
    found = {}
    for uid, answer in answers.items():
        size, dated = answer.get(b"RFC822.SIZE"), answer.get(b"INTERNALDATE")
        found[uid] = Listed(uid, size if isinstance(size, int) else 0, dated if isinstance(dated, datetime) and dated.tzinfo else None)
    return found


def _beginning(session: Session, uid: int) -> bytes:
    """The beginning of a mail's header block. ``\\Seen`` is not set."""
    with session.exchange("fetching a header") as client:
        answer = client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>"]).get(uid, {})
    return next((value for key, value in answer.items() if key.startswith(b"BODY[HEADER]") and isinstance(value, bytes)), b"")


def _bodies(session: Session, mails: Sequence[Listed]) -> dict[int, bytes]:
    """The bytes of those mails that came whole. ``\\Seen`` is not set."""
    with session.exchange("fetching mails") as client:
        answers = client.fetch([mail.uid for mail in mails], ["BODY.PEEK[]"])
    bodies = {}
    for mail in mails:
        body = answers.get(mail.uid, {}).get(b"BODY[]")
        if isinstance(body, bytes) and (len(body) >= mail.size or _ends_there(session, mail.uid, len(body))):
            bodies[mail.uid] = body
    return bodies


def _ends_there(session: Session, uid: int, length: int) -> bool:
    """Whether a mail shorter than its RFC822.SIZE is whole all the same: Exchange estimates sizes unless told not to, so its end is asked for."""
    if not length:
        return False
    with session.exchange("asking for the end of a mail") as client:
        answer = client.fetch([uid], [f"BODY.PEEK[]<{length}.1>"]).get(uid, {})
    rest = [value for key, value in answer.items() if key.startswith(b"BODY[]")]
    return bool(rest) and not any(rest)

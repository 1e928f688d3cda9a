"""An IMAP folder as mailbox: one connection kept open, mails known by UID alone, nothing fetched twice (reliability.md, 'Mailbox')."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from threading import Event

from intake.imap_acknowledge import flag, move
from intake.imap_connection import Connection
from intake.imap_fetch import Bounds, FetchPass
from intake.imap_idle import idles
from intake.imap_login import login_of
from intake.imap_sent import append_sent, holds_message_id
from intake.imap_session import Limits, Selection, Server, Session, server_of
from intake.mailboxes import FetchedMail, MailboxError, MailboxIdentity, UnfetchedMail
from intake.settings import Settings

log = logging.getLogger("intake.imap")
_MEGABYTE = 1_000_000  # as extraction.max_message_mb counts
_STANDARD_PORTS = (143, 993)
_RECONCILE_S = 600.0  # in case that a server ever forgets to tell of a mail
_UIDS_AT_ONCE = 100_000  # an answer's line must stay below the library's limit of a million bytes


@dataclass(frozen=True)
class Folders:
    """Names from the settings; empty where unset."""

    inbox: str = "INBOX"
    processed: str = ""
    review: str = ""
    sent: str = ""


class ImapMailbox:
    """The mailbox and, on the same connection, the sent folder (Mailbox and SentMailbox)."""

    def __init__(self, connection: Connection, *, name: str, folders: Folders, bounds: Bounds, reconcile_s: float = _RECONCILE_S) -> None:
        self._connection = connection
        self._name = name
        self._folders = folders
        self._bounds = bounds
        self._reconcile_s = reconcile_s
        self._reconciled_at: float | None = None  # None: the next pass compares all UIDs
        self._selection: Selection | None = None
        self._highest = 0
        self._open: set[int] = set()  # UIDs that the folder showed and the record did not know
        self._failures: dict[int, int] = {}

    def identity(self) -> MailboxIdentity:
        """From time to time the folder is opened anew, so that a new numbering or a missed mail is noticed although the connection stands."""
        due = self._reconciled_at is None or time.monotonic() - self._reconciled_at >= self._reconcile_s
        found = self._connection.settle(again=due)
        if due or self._selection is None or found.uidvalidity != self._selection.uidvalidity:
            self._selection, self._reconciled_at = found, None
        return MailboxIdentity(self._name, found.uidvalidity)

    def unseen(self, known: Collection[int]) -> Iterator[FetchedMail | UnfetchedMail]:
        self._connection.does(self._look)
        self._open.difference_update(known)
        in_order = sorted(self._open, key=lambda uid: (self._failures.get(uid, 0), uid))
        for mail in FetchPass(self._connection, self._bounds).mails(in_order):
            if isinstance(mail, UnfetchedMail):
                self._failures[mail.uid] = self._failures.get(mail.uid, 0) + 1
            yield mail

    def acknowledge(self, uid: int, *, needs_person: bool) -> None:
        folder = (self._folders.review if needs_person else "") or self._folders.processed
        self._connection.does(lambda session: move(session, uid, folder) if folder else flag(session, uid))

    def waiting(self) -> int:
        return self._connection.settle(again=True).exists

    def wait(self, seconds: float, stopping: Event) -> bool:
        if self._selection is None:
            return True
        until = time.monotonic() + seconds
        session = self._connection.current
        try:
            if session is not None and session.offers("IDLE") and session.selected is not None:
                return idles(session, seconds, stopping)
        except MailboxError:
            pass  # the next pass connects again, and says what is wrong
        stopping.wait(max(0.0, until - time.monotonic()))
        return False

    def append_sent(self, mail: bytes, message_id: str) -> None:
        if self._folders.sent:
            self._connection.does(lambda session: append_sent(session, self._folders.sent, mail, message_id))

    def find_message_id(self, folder: str, message_id: str) -> bool:
        return self._connection.does(lambda session: holds_message_id(session, folder, message_id))

    def close(self) -> None:
        self._connection.close()

    def _look(self, session: Session) -> None:
        """Notes which UIDs are there: all of them where a reconcile is due, else those above the highest seen. Without news: one round trip."""
        if self._reconciled_at is None:
            self._compare_all(session)
            return
        news = session.news()
        if news.is_doubtful and self._is_renumbered():
            return
        if news.mails:
            new = session.uids_between(self._highest + 1) or session.listed_from(self._highest + 1)
            self._open.update(new)
            self._highest = max((self._highest, *new))

    def _is_renumbered(self) -> bool:
        """Opens the folder again; where it was numbered anew, the next pass reads it from its start."""
        found = self._connection.settle(again=True)
        if self._selection is not None and found.uidvalidity == self._selection.uidvalidity:
            self._reconciled_at = None  # opening it may have swallowed what else the server had to tell
            return False
        self._selection = None
        self._open.clear()
        return True

    def _compare_all(self, session: Session) -> None:
        self._open.clear()
        self._failures.clear()
        end = (self._selection.uidnext if self._selection else None) or 1
        for first in range(1, end, _UIDS_AT_ONCE):
            self._open.update(session.uids_between(first, min(first + _UIDS_AT_ONCE, end) - 1))
        self._open.update(session.uids_between(end))
        if self._selection is not None and len(self._open) < self._selection.exists:
            log.warning("the server's search names %s of %s mails: they are listed instead", len(self._open), self._selection.exists)
            self._open.update(session.listed_from(1))
        session.looked()
        self._highest = max((end - 1, *self._open))
        self._reconciled_at = time.monotonic()


def imap_mailbox(settings: Settings, *, limits: Limits | None = None, server: Server | None = None, reconcile_s: float = _RECONCILE_S) -> ImapMailbox:
    """The IMAP mailbox of the settings; nothing is connected to yet. SettingsError where they lack something."""
    box = settings.mailbox
    at = server or server_of(box.url)
    port = "" if at.port in _STANDARD_PORTS else f":{at.port}"
    return ImapMailbox(
        Connection(at, login_of(box), box.folder, limits or Limits()),
        name=f"imap:{box.username}@{at.host}{port}/{box.folder}",
        folders=Folders(box.folder, box.processed_folder, box.review_folder, box.sent_folder),
        bounds=Bounds(int(settings.extraction.max_message_mb * _MEGABYTE)),
        reconcile_s=reconcile_s,
    )

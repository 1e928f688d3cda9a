"""Letters leave here: one is claimed, handed over, and settled by what the server answered (reliability.md, 'Sending')."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake.crash_points import crash_point
from intake.heard import Heard
from intake.settings import Outgoing, SettingsError, password_of
from replies.folder import FolderOutbox
from replies.mail_bytes import UnsafeLetter, build_mail
from replies.smtp import MailServer, Timeouts
from replies.values import Sent
from storage.database import Database
from storage.errors import StorageError
from storage.outbox import claim, comes_to_the_dot, letters_in, resolve, settle
from storage.values import Caps, Letter, LetterState

log = logging.getLogger("intake.sending")
FOLDER = "folder:"
_LONGEST_WAIT = timedelta(hours=6)  # between attempts at a letter that the server does not take
_LONGEST_OUTAGE_WAIT = timedelta(minutes=10)  # between attempts at a server that does not talk to us
_TROUBLE_OF_THE_SERVER = ("connect", "starttls", "login", "mail")  # until RCPT it knows nothing of the letter


@dataclass
class ServerState:
    """How the mail server has fared since the start: ``failures`` in a row, the trouble in words for status, and whether it ``refuses`` us."""

    failures: int = 0
    not_before: float = 0.0  # time.monotonic()
    trouble: str = ""
    refuses: bool = False
    since: datetime | None = None
    line: MailServer | None = None
    in_hand: Letter | None = None


@dataclass(frozen=True)
class Sender:
    """Sends what the outbox holds, one letter at a time. ``timeouts``: None for those of RFC 5321; ``copies``: accepted letters are due in the
    sent folder too. To be used by one thread."""

    database: Database
    outgoing: Outgoing
    copies: bool = False
    timeouts: Timeouts | None = None
    heard: Heard = field(default_factory=Heard)
    server: ServerState = field(default_factory=ServerState)
    _unsettled: list[tuple[Letter, Sent]] = field(default_factory=list)  # what the server said while the record was out of reach

    @property
    def caps(self) -> Caps:
        return Caps(per_address_day=self.outgoing.per_address_day, per_domain_hour=self.outgoing.per_domain_hour, per_hour=self.outgoing.per_hour)

    @property
    def owes(self) -> bool:
        """Whether the record does not know yet what a server said."""
        return bool(self._unsettled)

    def send_all_due(self, stopping: threading.Event | None = None) -> int:
        """Sends every letter that is due, until ``stopping``; how many were accepted. While a server does not talk to us nothing is claimed.

        Raises StorageError where the record is out of reach: what a server said meanwhile is kept and recorded at the next call.
        """
        self._settle_what_is_known()
        accepted = 0
        with self._mail_server() as server:
            self.server.line = server
            while not (stopping is not None and stopping.is_set()) and time.monotonic() >= self.server.not_before:
                with self.database.transaction() as tx:
                    letter = claim(tx, datetime.now(UTC), self.caps)
                if letter is None:
                    break
                crash_point("after-claim")
                self.server.in_hand = letter
                sent = self._attempt(letter, server)
                self.heard.note(letter, sent)
                self.server.in_hand = None
                crash_point("after-send")
                self._note_server(sent)
                self._unsettled.append((letter, sent))
                self._settle_what_is_known()
                crash_point("after-settle")
                accepted += sent.outcome == "accepted"
        return accepted

    def break_off(self) -> None:
        """From another thread, while we are asked to stop: a letter that was not handed over yet is deferred and sent after the restart; without
        this the next start would find it cut off, and nobody would know whether it went out."""
        if self.server.line is not None:
            self.server.line.break_off()

    def put_back(self) -> None:
        """The same where the server has not even answered our call: to be called when the sending thread will do nothing more."""
        letter, line = self.server.in_hand, self.server.line
        if letter is not None and line is not None and line.is_connecting:
            self._settle(letter, Sent(outcome="deferred", phase="connect", text="no answer before the service was stopped"), wait=timedelta(0))

    def settle_cut_off(self) -> None:
        """Letters that a crash left in ``sending``. What the server was heard to answer counts. Else the outbox folder knows whether they were
        written; for a mail server, one that had not come to the dot was not handed over, and is sent again; one that had is unknown, and
        settled by looking into the sent folder (intake.sent_copies), else by a person."""
        with self.database.reading() as tx:
            cut_off = letters_in(tx, LetterState.SENDING)
        for letter in cut_off:
            heard = self.heard.of(letter)
            if heard is not None:
                sent = heard
            elif self._is_folder:
                written = self._folder().holds(letter.message_id)
                sent = Sent(outcome="accepted" if written else "deferred", phase="folder", text="found after a restart" if written else "not written")
            elif letter.dot_at is None:
                sent = Sent(outcome="deferred", phase="data", text="the service stopped before this letter was handed over")
            else:
                sent = Sent(outcome="unknown", phase="dot", text="the service stopped while this letter was being handed over")
            self._settle(letter, sent, wait=timedelta(0))
        self.heard.forget()
        self._settle_unknown()

    def _settle_unknown(self) -> None:
        if not self._is_folder:
            return
        with self.database.transaction() as tx:
            for letter in letters_in(tx, LetterState.UNKNOWN):
                if self._folder().holds(letter.message_id):
                    resolve(tx, letter.id, LetterState.ACCEPTED, at=datetime.now(UTC), actor="service", reason="found in the outbox folder")

    def _attempt(self, letter: Letter, server: MailServer) -> Sent:
        try:
            mail = mail_of(letter, self.outgoing)
            if self._is_folder:
                self._note_dot(letter)
                return self._folder().deliver(letter.message_id, mail)
            return server.send(mail, to=letter.to, by_hand=letter.reply.by_hand, before_dot=lambda: self._note_dot(letter))
        except StorageError as error:  # nothing was handed over that the record does not know of
            server.close()
            return Sent(outcome="deferred", phase="data", text=f"not handed over: {error}")
        except SettingsError as error:
            return Sent(outcome="deferred", phase="login", text=str(error), is_ours=True)
        except UnsafeLetter as error:
            return Sent(outcome="failed", phase="compose", text=f"not sent: {error}")

    def _note_dot(self, letter: Letter) -> None:
        with self.database.transaction() as tx:
            comes_to_the_dot(tx, letter, datetime.now(UTC))
        crash_point("at-the-dot")

    def _mail_server(self) -> MailServer:
        """The server of the settings; nothing is connected to before the first letter. The password is asked for when it is needed."""
        outgoing = self.outgoing
        return MailServer(
            outgoing.url,
            from_address=outgoing.from_address,
            username=outgoing.username,
            password=lambda: password_of(outgoing),
            timeouts=self.timeouts,
        )

    def _note_server(self, sent: Sent) -> None:
        """A server that does not talk, encrypt, let us in or take our address is asked again after a while that grows, whatever letter is next."""
        state = self.server
        if sent.outcome != "deferred" or sent.phase not in _TROUBLE_OF_THE_SERVER:
            if state.failures:
                log.info("the mail server talks to us again after %s attempts", state.failures)
            state.failures, state.not_before, state.trouble, state.refuses, state.since = 0, 0.0, "", False, None
            return
        state.failures += 1
        state.trouble, state.refuses, state.since = _trouble_of(sent), sent.is_ours, state.since or datetime.now(UTC)
        wait = self._outage_wait()
        state.not_before = time.monotonic() + wait.total_seconds()
        level = logging.ERROR if state.failures == 1 else logging.DEBUG if state.failures % 10 else logging.WARNING
        log.log(level, "no letter can be sent (%s); trying again in %.0f s", state.trouble, wait.total_seconds())

    def _settle_what_is_known(self) -> None:
        while self._unsettled:
            letter, sent = self._unsettled[0]
            try:
                self._settle(letter, sent)
            except StorageError as error:
                if error.temporary:
                    raise
                log.error("letter=%s: %s: it was settled by somebody else meanwhile", letter.id, error)
            self._unsettled.pop(0)
            if not self._unsettled:
                self.heard.forget()

    def _settle(self, letter: Letter, sent: Sent, *, wait: timedelta | None = None) -> None:
        now = datetime.now(UTC)
        next_at = now + (self._wait(letter, sent) if wait is None else wait) if sent.outcome == "deferred" else None
        with self.database.transaction() as tx:
            settle(
                tx, letter.id, LetterState(sent.outcome), at=now, code=sent.code, reason=_said(sent),
                next_at=next_at, copy_due=self.copies,
            )  # fmt: skip
        log.info("letter=%s case=%s %s at %s code=%s", letter.id, letter.reference, sent.outcome, sent.phase, sent.code)

    def _wait(self, letter: Letter, sent: Sent) -> timedelta:
        """retry_seconds, doubled at each attempt, six hours at most; after an outage of the server no longer than that takes to be tried again."""
        if sent.phase in _TROUBLE_OF_THE_SERVER:
            return self._outage_wait()
        return self._doubled(letter.attempts, _LONGEST_WAIT)

    def _outage_wait(self) -> timedelta:
        return self._doubled(self.server.failures, _LONGEST_OUTAGE_WAIT)

    def _doubled(self, attempts: int, longest: timedelta) -> timedelta:
        doublings = min(max(attempts - 1, 0), 20)
        return min(
            timedelta(seconds=self.outgoing.retry_seconds * float(1 << doublings)), max(longest, timedelta(seconds=self.outgoing.retry_seconds))
        )

    @property
    def _is_folder(self) -> bool:
        return self.outgoing.url.startswith(FOLDER)

    def _folder(self) -> FolderOutbox:
        return FolderOutbox(Path(self.outgoing.url.removeprefix(FOLDER)))


def _trouble_of(sent: Sent) -> str:
    """What ails the mail server, with what to look at where it is ours to mend."""
    look_at = {"login": "; check outgoing.username and password", "mail": "; check outgoing.from_address and the login"}.get(sent.phase, "")
    return _said(sent) + (look_at if sent.is_ours else "")


def _said(sent: Sent) -> str:
    """At which step, and what the server said there."""
    return f"{sent.phase}: {sent.code} {sent.text}" if sent.code else f"{sent.phase}: {sent.text}"


def mail_of(letter: Letter, outgoing: Outgoing) -> bytes:
    """The letter's bytes, the same at every attempt. Raises UnsafeLetter where they are not clean."""
    return build_mail(
        letter.reply, from_address=outgoing.from_address, from_name=outgoing.from_name, message_id=letter.message_id, date=letter.queued_at
    )

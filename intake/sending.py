"""Letters leave here: one is claimed, handed over, and settled by what the server answered (reliability.md, 'Sending')."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake.crash_points import crash_point
from intake.settings import Outgoing, SettingsError, password_of
from replies.folder import FolderOutbox
from replies.mail_bytes import UnsafeLetter, build_mail
from replies.smtp import send_mail
from replies.values import Sent
from storage.database import Database
from storage.outbox import claim, letters_in, resolve, settle
from storage.values import Caps, Letter, LetterState

FOLDER = "folder:"
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True)
class Sender:
    """Sends what the outbox holds, one letter at a time."""

    database: Database
    outgoing: Outgoing

    @property
    def caps(self) -> Caps:
        return Caps(per_address_day=self.outgoing.per_address_day, per_domain_hour=self.outgoing.per_domain_hour, per_hour=self.outgoing.per_hour)

    def send_all_due(self) -> int:
        """Sends every letter that is due; how many were accepted."""
        accepted = 0
        while True:
            with self.database.transaction() as tx:
                letter = claim(tx, datetime.now(UTC), self.caps)
            if letter is None:
                return accepted
            crash_point("after-claim")
            sent = self._attempt(letter)
            crash_point("after-send")
            self._settle(letter, sent)
            crash_point("after-settle")
            accepted += sent.outcome == "accepted"

    def settle_cut_off(self) -> None:
        """Letters that a crash left in ``sending``: the outbox folder knows whether they were written; for a mail server a person looks."""
        with self.database.reading() as tx:
            cut_off = letters_in(tx, LetterState.SENDING)
        for letter in cut_off:
            if self.outgoing.url.startswith(FOLDER):
                written = self._folder().holds(letter.message_id)
                sent = Sent(outcome="accepted" if written else "deferred", phase="folder", text="found after a restart" if written else "not written")
            else:
                sent = Sent(outcome="unknown", phase="dot", text="the service stopped while this letter was being sent")
            self._settle(letter, sent, wait=timedelta(0))
        self._settle_unknown()

    def _settle_unknown(self) -> None:
        if not self.outgoing.url.startswith(FOLDER):
            return
        with self.database.transaction() as tx:
            for letter in letters_in(tx, LetterState.UNKNOWN):
                if self._folder().holds(letter.message_id):
                    resolve(tx, letter.id, LetterState.ACCEPTED, at=datetime.now(UTC), actor="service", reason="found in the outbox folder")

    def _attempt(self, letter: Letter) -> Sent:
        outgoing = self.outgoing
        try:
            mail = build_mail(
                letter.reply, from_address=outgoing.from_address, from_name=outgoing.from_name, message_id=letter.message_id, date=letter.queued_at
            )
            if outgoing.url.startswith(FOLDER):
                return self._folder().deliver(letter.message_id, mail)
            return send_mail(
                mail,
                url=outgoing.url,
                username=outgoing.username,
                password=password_of(outgoing),
                from_address=outgoing.from_address,
                to=letter.to,
            )
        except SettingsError as error:
            return Sent(outcome="deferred", phase="login", text=str(error))
        except UnsafeLetter as error:
            return Sent(outcome="failed", phase="compose", text=f"not sent: {error}")

    def _settle(self, letter: Letter, sent: Sent, *, wait: timedelta | None = None) -> None:
        now = datetime.now(UTC)
        next_at = now + (self._wait(letter.attempts) if wait is None else wait) if sent.outcome == "deferred" else None
        with self.database.transaction() as tx:
            settle(tx, letter.id, LetterState(sent.outcome), at=now, code=sent.code, reason=f"{sent.phase}: {sent.text}", next_at=next_at)

    def _wait(self, attempts: int) -> timedelta:
        """retry_seconds, doubled at each attempt, six hours at most."""
        doublings = min(max(attempts - 1, 0), 20)
        return min(timedelta(seconds=self.outgoing.retry_seconds * float(1 << doublings)), _LONGEST_WAIT)

    def _folder(self) -> FolderOutbox:
        return FolderOutbox(Path(self.outgoing.url.removeprefix(FOLDER)))

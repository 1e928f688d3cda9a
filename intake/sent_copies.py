"""Copies of our letters: put into the sent folder once a letter was accepted, and looked for there where nobody knows whether it was.

Works on the mailbox's own connection, so it belongs to the thread that polls (contract.md, `sent_copy`; reliability.md, 'unknown').
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from intake.crash_points import crash_point
from intake.mailboxes import SentMailbox
from intake.sending import mail_of
from intake.settings import Outgoing
from storage.database import Database
from storage.outbox import came_back_to_us, copies_due, copy_filed, letters_in, resolve
from storage.values import Letter, LetterState

AT_ONCE = 20
_LOOKED_FOR = timedelta(days=2)  # a provider that has not filed its copy by then never will


@dataclass(frozen=True)
class SentCopies:
    """Files and finds copies in ``folder``; where it is empty only the record itself is asked. ``look_s``: time between two looks for a letter."""

    database: Database
    outgoing: Outgoing
    mailbox: SentMailbox
    folder: str = ""
    look_s: float = 60.0
    _looked_at: dict[int, float] = field(default_factory=dict)

    @property
    def files(self) -> bool:
        """Whether we put copies into the sent folder, and not the provider."""
        return bool(self.folder) and self.outgoing.sent_copy == "append"

    def file_due(self) -> int:
        """Puts copies that are due into the sent folder, a few at a time; how many. Raises MailboxError; repeating it makes no second copy."""
        if not self.files:
            return 0
        with self.database.reading() as tx:
            due = copies_due(tx, AT_ONCE)
        for letter in due:
            self.mailbox.append_sent(mail_of(letter, self.outgoing), letter.message_id)
            crash_point("after-copy")
            with self.database.transaction() as tx:
                copy_filed(tx, letter.id)
        return len(due)

    def settle_unknown(self) -> int:
        """Letters of which nobody knows whether the server took them over are accepted where a copy, or an answer to them, is found; how many.

        What is not found stays unknown: that a copy is missing proves nothing. Raises MailboxError.
        """
        with self.database.reading() as tx:
            doubtful = [letter for letter in letters_in(tx, LetterState.UNKNOWN) if self._is_due_for_a_look(letter)]
        found = 0
        for letter in doubtful[:AT_ONCE]:
            self._looked_at[letter.id] = time.monotonic()
            if reason := self._proof_of(letter):
                with self.database.transaction() as tx:
                    resolve(tx, letter.id, LetterState.ACCEPTED, at=datetime.now(UTC), actor="service", reason=reason)
                found += 1
        return found

    def _proof_of(self, letter: Letter) -> str:
        with self.database.reading() as tx:
            if came_back_to_us(tx, letter.message_id):
                return "a mail in the mailbox shows that it was taken over"
        if self.folder and self.mailbox.find_message_id(self.folder, letter.message_id):
            return "found in the sent folder"
        return ""

    def _is_due_for_a_look(self, letter: Letter) -> bool:
        last = self._looked_at.get(letter.id)
        if last is None:
            return True
        claimed = letter.claimed_at or letter.queued_at
        return time.monotonic() - last >= self.look_s and datetime.now(UTC) - claimed < _LOOKED_FOR

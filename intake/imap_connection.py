"""The one connection to the mailbox that is kept open, and made again after a break, no sooner than its back-off allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from intake.imap_folders import wire_name
from intake.imap_session import Broken, Limits, Login, LoginRefused, Selection, Server, Session, open_session
from intake.mailboxes import MailboxError

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_LOGIN_FACTOR = 8.0  # providers lock accounts whose login fails again and again

T = TypeVar("T")


class Connection:
    """Gives sessions with our folder open. Mails are numbered by the UIDVALIDITY that ``settle`` found: a session with another is never given."""

    def __init__(self, server: Server, login: Login, folder: str, limits: Limits) -> None:
        self._server = server
        self._login = login
        self._folder = folder
        self._limits = limits
        self._session: Session | None = None
        self._settled: int | None = None
        self._failures = 0
        self._not_before = 0.0
        self._reason = ""
        self._refuses = False

    def settle(self, *, again: bool = False) -> Selection:
        """Opens the folder where it is not open (or ``again``), and from now on means mails by the numbering found there."""

        def selection(session: Session) -> Selection:
            if again or session.selected is None:
                return self._opened(session)
            return session.selected

        found = self._with_session(selection)
        self._settled = found.uidvalidity
        return found

    def does(self, act: Callable[[Session], T]) -> T:
        """What ``act`` makes of an open session. A kept connection may have died unnoticed: then once more on a new one."""
        return self._with_session(lambda session: act(self._ours(session)))

    def once(self, act: Callable[[Session], T]) -> T:
        """The same without the second attempt."""
        return act(self._ours(self._alive()))

    @property
    def current(self) -> Session | None:
        """The session, where one is open."""
        return self._session if self._session is not None and self._session.alive else None

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _with_session(self, act: Callable[[Session], T]) -> T:
        kept = self.current is not None
        try:
            return act(self._alive())
        except Broken:
            if not kept:
                raise
        return act(self._alive())

    def _alive(self) -> Session:
        """The open session, or a new one. Raises what the last attempt raised while the back-off lasts."""
        if (current := self.current) is not None:
            return current
        now = time.monotonic()
        if now < self._not_before:
            waiting = Broken(f"{self._reason} (next attempt in {self._not_before - now:.0f} s)")
            waiting.retry_in_s, waiting.refuses = self._not_before - now, self._refuses
            raise waiting
        try:
            self._session = open_session(self._server, self._login, self._limits)
        except MailboxError as error:
            factor = _LOGIN_FACTOR if isinstance(error, LoginRefused) else 1.0
            wait_s = min(_FIRST_WAIT_S * factor * 2.0 ** min(self._failures, 10), _LONGEST_WAIT_S * factor)
            error.retry_in_s = wait_s
            self._failures, self._not_before, self._reason, self._refuses = self._failures + 1, now + wait_s, str(error), error.refuses
            raise
        self._failures = 0
        return self._session

    def _opened(self, session: Session) -> Selection:
        return session.select(wire_name(session, self._folder))

    def _ours(self, session: Session) -> Session:
        selected = session.selected or self._opened(session)
        if self._settled is not None and selected.uidvalidity != self._settled:
            raise MailboxError(
                f"{self._server}: folder {self._folder} was numbered anew (UIDVALIDITY): it is read again from its start at the next pass"
            )
        return session

"""A backlog: while more mails come than one batch holds, keeping them goes before deciding those that are kept, for what is not kept is not safe.

Reading and deciding want a whole processor; a line from the mail server, handled between them, would wait at every turn (15 mails a second instead
of 300).
"""

from __future__ import annotations

import threading
import time

_BETWEEN_S = 5.0  # between two batches; a server that is slower than this gains nothing by our waiting
_LONGEST_S = 120.0  # in one turn at the mailbox; whoever wrote first shall not wait for ever


class Backlog:
    """Whether mails are being kept that go before. Threads may share it."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._since: float | None = None
        self._until = 0.0

    @property
    def goes_first(self) -> bool:
        return time.monotonic() < self._until

    def grows(self) -> None:
        """A full batch was kept, and more are to come."""
        now = time.monotonic()
        with self._changing:
            self._since = now if self._since is None else self._since
            self._until = min(now + _BETWEEN_S, self._since + _LONGEST_S)

    def is_kept(self) -> None:
        """The turn at the mailbox is over, or broke off."""
        with self._changing:
            self._since, self._until = None, 0.0

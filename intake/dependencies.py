"""What the service depends on: how each has fared, and how long to leave it alone before the next try; said once, not at every try."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from intake.logs import logger
from storage.database import Database
from storage.errors import StorageError
from storage.outages import Outage, end_outage, note_outage

MAILBOX, DATABASE, DISK, BUCKET, MAIL_SERVER, LEASE = "mailbox", "database", "disk", "bucket", "mail server", "record"
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
_JITTER = 0.2  # services that lost the same server shall not all come back at the same moment
_MOST_DOUBLINGS = 16

log = logger("intake")


@dataclass
class Dependency:
    """One thing that we need: in reach (``outage`` None), or out of reach since a moment. Threads may share it."""

    name: str
    first_s: float = FIRST_WAIT_S
    longest_s: float = LONGEST_WAIT_S
    outage: Outage | None = None
    _next_try: float = 0.0  # time.monotonic(): a clock that is put right shortens and lengthens no wait

    def failed(self, error: Exception, *, not_before_s: float = 0.0) -> float:
        """Notes a failed try; how many seconds to wait before the next, never less than ``not_before_s``: doubled each time, with jitter."""
        if self.left_s > 0:  # another thread met the same trouble a moment ago
            return max(self.left_s, not_before_s)
        now = datetime.now(UTC)
        tries = (self.outage.tries if self.outage else 0) + 1
        doubled = min(self.longest_s, self.first_s * 2.0 ** min(tries - 1, _MOST_DOUBLINGS))
        wait_s = max(doubled * random.uniform(1 - _JITTER, 1 + _JITTER), not_before_s)  # noqa: S311 (no secret)
        since = self.outage.since if self.outage else now
        self._next_try = time.monotonic() + wait_s
        self.outage = Outage(
            name=self.name,
            since=since,
            tries=tries,
            next_at=now + timedelta(seconds=wait_s),
            trouble=str(error),
            refuses=bool(getattr(error, "refuses", False)),
        )
        if tries & (tries - 1) == 0:  # the 1st, 2nd, 4th, 8th … try
            say = log.error if tries == 1 else log.warning
            say("out of reach", dependency=self.name, tries=tries, next_in_s=round(wait_s, 1), trouble=str(error))
        return wait_s

    def well(self) -> None:
        """The dependency answered."""
        if self.outage is not None:
            lasted_s = round((datetime.now(UTC) - self.outage.since).total_seconds())
            log.info("in reach again", dependency=self.name, tries=self.outage.tries, lasted_s=lasted_s)
            self.outage = None

    @property
    def left_s(self) -> float:
        """How long it is still to be left alone; 0 where it is in reach."""
        return max(0.0, self._next_try - time.monotonic()) if self.outage is not None else 0.0


@dataclass
class Dependencies:
    """All of them, and what the record says of them for other processes."""

    all: dict[str, Dependency] = field(default_factory=dict)
    _recorded: dict[str, Outage] = field(default_factory=dict)

    def of(self, name: str, *, first_s: float = FIRST_WAIT_S) -> Dependency:
        return self.all.setdefault(name, Dependency(name, first_s))

    @property
    def outages(self) -> tuple[Outage, ...]:
        return tuple(one.outage for one in list(self.all.values()) if one.outage is not None)

    def record(self, database: Database) -> None:
        """Writes what has changed since the last time; a record that is itself out of reach is left alone."""
        now = {outage.name: outage for outage in self.outages}
        if now == self._recorded:
            return
        try:
            with database.transaction() as tx:
                for name in self._recorded.keys() - now.keys():
                    end_outage(tx, name)
                for outage in now.values():
                    note_outage(tx, outage)
        except StorageError:
            return
        self._recorded = now

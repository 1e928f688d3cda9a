"""`intake retry`: quarantined mail is sent round again, one or all of it."""

from __future__ import annotations

from datetime import UTC, datetime

from intake.failures import Failure
from intake.record import opened
from intake.settings import Settings
from storage.arrivals import arrival, quarantined, retry
from storage.audit import note
from storage.errors import StorageError
from storage.values import ArrivalState

ALL = "all"


def retry_quarantined(settings: Settings, which: str) -> int:
    """Sends mail ``which`` (its number, as `intake status` shows it, or ``all``) round again; the service takes it up at its next look."""
    with opened(settings) as database, database.transaction() as tx:
        if which == ALL:
            numbers = [one.id for one in quarantined(tx)]
        elif which.isdigit():
            numbers = [int(which)]
        else:
            raise Failure(f"{which!r} is no number of a mail: intake status names those that are quarantined; or say all")
        for number in numbers:
            try:
                one = arrival(tx, number)
            except StorageError as error:
                raise Failure(f"there is no mail {number}") from error
            if one.state is not ArrivalState.QUARANTINED:
                raise Failure(f"mail {number} is not quarantined but {one.state.value}")
            retry(tx, number)
            note(tx, actor="command line", action="mail sent round again", reference=None, detail=f"arrival {number}", at=datetime.now(UTC))
    print(f"{len(numbers)} sent round again: the running service takes them up by itself")
    return 0

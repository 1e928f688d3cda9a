"""One service at a time works on a record: a second one is told so, and waits or ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.mailboxes import MailboxError
from storage.database import Database


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Holds the record's lock for this process. It goes with the process, however that ends. Raises MailboxError where another holds it.

    On a server database there is no file to lock: arrivals and letters are claimed one by one there.
    """
    if not database.is_sqlite or not database.url.database:
        yield
        return
    file = Path(f"{database.url.database}.service")
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise MailboxError(f"{file} cannot be made: {error.strerror}; check the rights on its folder") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MailboxError(f"another intake run is at work on the record {database.url.database}") from error
        yield
    finally:
        os.close(handle)

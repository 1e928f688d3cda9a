"""One service at a time works on a record: whoever holds its lease. A second one is told so, and waits or ends.

On SQLite the lease is a lock on a file beside the record, on PostgreSQL an advisory lock that lives as long as one connection kept for nothing
else. Either goes with the process, however that ends; a connection that is lost is a lease that is lost.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from intake.mailboxes import MailboxError
from storage.database import Database
from storage.errors import explained

_ADVISORY_LOCK = 0x494E5441  # "INTA"


class Occupied(MailboxError):
    """Another service holds the lease."""


class Lease(Protocol):
    """The right to work on the record. Threads may share it."""

    @property
    def is_held(self) -> bool:
        """Whether it was ours when it was last looked at."""
        ...

    def hold(self) -> None:
        """Makes sure that it is ours, now. Raises Occupied where another service has it, StorageError where the record is out of reach."""
        ...

    def release(self) -> None: ...


def lease_on(database: Database) -> Lease:
    """The lease on a record, not held yet."""
    if database.is_sqlite and database.url.database:
        return FileLease(Path(database.url.database))
    return ServerLease(database)


@contextmanager
def alone(database: Database) -> Iterator[Lease]:
    """Holds the record's lease for this process while the block runs. Raises as ``Lease.hold``."""
    lease = lease_on(database)
    try:
        lease.hold()
        yield lease
    finally:
        lease.release()


class FileLease:
    """A lock on a file beside an SQLite record."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self._handle: int | None = None
        self._changing = threading.Lock()

    @property
    def is_held(self) -> bool:
        return self._handle is not None

    def hold(self) -> None:
        with self._changing:
            if self._handle is None:
                self._handle = self._locked()

    def release(self) -> None:
        with self._changing:
            if self._handle is not None:
                os.close(self._handle)
            self._handle = None

    def _locked(self) -> int:
        file = self._record.with_name(f"{self._record.name}.service")
        try:
            handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise MailboxError(f"{file} cannot be made: {error.strerror}; check the rights on its folder") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise Occupied(f"another intake run is at work on the record {self._record}") from error
        return handle


class ServerLease:
    """An advisory lock of a database server, on a connection of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._changing = threading.Lock()

    @property
    def is_held(self) -> bool:
        return self._connection is not None

    def hold(self) -> None:
        with self._changing:
            if self._connection is not None and not self._is_alive(self._connection):
                self._drop()
            if self._connection is None:
                self._take()

    def release(self) -> None:
        with self._changing:
            self._drop()

    def _take(self) -> None:
        url = self._database.url
        try:
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()  # never given to anybody else
            granted = connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _ADVISORY_LOCK}).scalar()
        except SQLAlchemyError as error:
            raise explained(error, url) from error
        if not granted:
            connection.close()
            raise Occupied(f"another intake run is at work on the record {url.database} on {url.host}")
        self._connection = connection

    def _is_alive(self, connection: Connection) -> bool:
        try:
            return bool(connection.execute(text("SELECT 1")).scalar() == 1)
        except SQLAlchemyError:
            return False

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.close()

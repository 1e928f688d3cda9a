"""The database: opened once, brought to the newest form, and used in transactions that the caller opens and that are all or nothing.

SQLite (reliability.md): WAL, ``synchronous=FULL``, ``foreign_keys=ON``, asserted at start; every writing transaction begins
IMMEDIATE. PostgreSQL: the same code, one advisory lock around migrations.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlmodel import Session

from storage.errors import StorageError, explained
from storage.migrations import HEAD, migrate

_MIGRATION_LOCK = 0x43505050  # "CPPP": one process migrates, the others wait


class Transaction:
    """One transaction. Repository functions take it, and never commit; ``session`` is theirs alone."""

    def __init__(self, session: Session, connection: Connection) -> None:
        """``connection``: the one on which the session works for the whole transaction; asking the session for it costs more than a small row."""
        self.session = session
        self._connection = connection

    def execute(self, statement: Any, values: Any = None) -> Any:
        """Runs a core statement on the transaction's connection (rows as tuples), without the session's bookkeeping."""
        return self._connection.execute(statement, values)

    def insert_many(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Inserts rows that all have the same columns in the same order, as the driver takes them: numbers, text and None alone. Of rows of many
        columns the library's own insert looks at each value."""
        if rows:
            place = "?" if self._connection.dialect.paramstyle == "qmark" else "%s"
            self._connection.exec_driver_sql(_insertion(table, tuple(rows[0]), place), [tuple(row.values()) for row in rows])


@cache
def _insertion(table: str, columns: tuple[str, ...], place: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([place] * len(columns))})'  # noqa: S608 (names of our own tables)


class Database:
    """An opened database at the newest form."""

    def __init__(self, engine: Engine, url: URL, *, busy_timeout_s: float = 30.0) -> None:
        self.engine = engine
        self.url = url
        self.is_read_only = False
        self._busy_timeout_s = busy_timeout_s
        self._writing = threading.Lock()
        self._file = _file_of(url)
        self._inode = self._file.stat().st_ino if self._file else None

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A writing transaction: committed at the end of the block, undone if the block raises. Raises StorageError for the database's troubles."""
        yield from self._session(writing=True)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One consistent view for reading; blocks nobody, and anything written is undone."""
        yield from self._session(writing=False)

    def empty_log(self) -> None:
        """After an erasure: nothing that was erased stays in SQLite's write-ahead log (where a reader is at work, not until the next call)."""
        if self.is_sqlite:
            with self.engine.connect().execution_options(writing=False) as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()

    def _session(self, *, writing: bool) -> Iterator[Transaction]:
        self._assert_there()
        try:
            with (
                self._turn() if writing and self.is_sqlite else nullcontext(),
                Session(self.engine, autoflush=True, expire_on_commit=False) as session,
            ):
                connection = session.connection(execution_options={"writing": writing})
                yield Transaction(session, connection)
                if writing:
                    session.commit()
                else:
                    session.rollback()
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise explained(error, self.url) from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The turn to write, among this process's threads: SQLite lets one write at a time, and has the others ask again after ever longer naps
        (up to a tenth of a second each); here they are woken. Other processes are still met at BEGIN."""
        if not self._writing.acquire(timeout=self._busy_timeout_s):
            raise explained(sqlite3.OperationalError("database is locked"), self.url)
        try:
            yield
        finally:
            self._writing.release()

    def _assert_there(self) -> None:
        """An SQLite file that was removed or replaced under us goes on taking writes that nobody will ever see: notice it."""
        if self._file is None:
            return
        try:
            inode = self._file.stat().st_ino
        except OSError as error:
            raise StorageError(f"the database {self._file} has gone: restore it from its backup, or start again", temporary=True) from error
        if inode != self._inode:
            self.engine.dispose()
            self._inode = inode


def open_database(url: str, *, busy_timeout_s: float = 30.0) -> Database:
    """Opens a database by its SQLAlchemy URL, makes it where it is missing (SQLite), and migrates it to the newest form.

    Raises StorageError with the way out: cannot be reached, locked, made by a newer version of this program.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StorageError(f"not a database URL: {url[:20]}... (sqlite:///path or postgresql+psycopg://user@host/name)") from error
    try:
        engine = _sqlite_engine(address, busy_timeout_s) if address.get_backend_name() == "sqlite" else _server_engine(address, busy_timeout_s)
    except ModuleNotFoundError as error:
        raise StorageError(f"the database driver {error.name} is not installed: install the 'postgresql' extra") from error
    except (SQLAlchemyError, OSError) as error:
        raise explained(error, address) from error
    try:
        _bring_to_newest_form(engine)
        return Database(engine, address, busy_timeout_s=busy_timeout_s)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        engine.dispose()
        raise explained(error, address) from error
    except StorageError:
        engine.dispose()
        raise


def open_to_look(url: str, *, busy_timeout_s: float = 30.0) -> Database:
    """Opens a database for who only looks: as ``open_database`` does, or, where the file may not be written, as it lies.

    What is written to one that lies so raises StorageError.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        return open_database(url)  # which says what is wrong with it
    file = _file_of(address)
    if file is None or not file.is_file() or _may_be_written(file):
        return open_database(url, busy_timeout_s=busy_timeout_s)
    engine = _looking_engine(address, file, busy_timeout_s)
    try:
        with engine.connect().execution_options(writing=False) as connection, connection.begin():
            form = _form_of(connection)
        if form != HEAD:
            raise StorageError(f"the database {file} has another form than this program's, and may not be written: open it where it may")
        database = Database(engine, address, busy_timeout_s=busy_timeout_s)
        database.is_read_only = True
        return database
    except (SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        raise explained(error, address) from error
    except StorageError:
        engine.dispose()
        raise


def _may_be_written(file: Path) -> bool:
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def _looking_engine(url: URL, file: Path, busy_timeout_s: float) -> Engine:
    """SQLite reads a log that lies beside the file where it finds one; without one nobody writes, and the file alone is read: it would make one
    otherwise, and cannot (sqlite.org/wal.html, 'Read-Only Databases')."""
    log = file.with_name(f"{file.name}-wal")
    how = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    engine = create_engine(
        url, creator=lambda: sqlite3.connect(f"{file.resolve().as_uri()}?{how}", uri=True, timeout=busy_timeout_s, check_same_thread=False)
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _file_of(url: URL) -> Path | None:
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _sqlite_engine(url: URL, busy_timeout_s: float) -> Engine:
    file = _file_of(url)
    if file is None or file.name == ":memory:":
        raise StorageError("a database in memory forgets everything: name a file, as sqlite:///data/intake.sqlite3")
    file.parent.mkdir(parents=True, exist_ok=True)
    # The connection used last is used next: its cached pages are the right ones, and those of the others do not fill up besides.
    engine = create_engine(url, pool_use_lifo=True, connect_args={"timeout": busy_timeout_s, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        _turn_on_wal(connection, busy_timeout_s)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        settings = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")}
        if settings != {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}:
            raise StorageError(f"{file} lies on a file system that cannot keep it safe ({settings}): use a local disk")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing", True) else "BEGIN")

    return engine


def _turn_on_wal(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    """Tries until the time is up: two processes that make a database at once refuse each other here without waiting, whatever the busy timeout."""
    deadline = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _server_engine(url: URL, busy_timeout_s: float) -> Engine:
    """Every wait has a limit: for a connection, a lock, an answer, a dead network."""
    limits = f"-c lock_timeout={busy_timeout_s * 1000:.0f} -c statement_timeout=300000"
    wire = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
    return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=5, connect_args={"options": limits, **wire})


def _bring_to_newest_form(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":  # looked at first without a lock: a command that only reads waits for nobody who writes
        with engine.connect().execution_options(writing=False) as connection, connection.begin():
            if _form_of(connection) == HEAD:
                return
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection = connection.execution_options(writing=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            if _form_of(connection) != HEAD:
                migrate(connection)


def _form_of(connection: Connection) -> str | None:
    if not engine_has(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def engine_has(connection: Connection, table: str) -> bool:
    """Whether the database has a table of that name."""
    return bool(connection.dialect.has_table(connection, table))

"""`intake work`: reads files for an `intake run` on this or another machine; and the reader by which `intake run` leaves the reading to such workers.

They share nothing but the PostgreSQL database: a file's bytes come with the job, and what came out of it goes back the same way.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from intake.failures import Failure
from intake.logs import logger
from intake.mail_reading import FileReader, reading_key
from intake.settings import Settings
from intake.workshop import read_limits
from parsers.read_limits import ReadLimits
from parsers.sandbox import Reader
from parsers.values import FileKind, FileRead
from storage import reading_jobs
from storage.database import Database, open_database
from storage.errors import StorageError

log = logger("intake.work")
BEAT_S, LOOK_S, LONGEST_LOOK_S = 5.0, 0.1, 1.0
_AFTER_TROUBLE_S = 5.0


@dataclass(frozen=True)
class SharedReader:
    """Leaves reading to workers while any are there, and reads by itself where none are, or none is left. Thread-safe."""

    own: FileReader
    database: Database
    key: str
    look_s: float = LOOK_S

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        """What came out of the file, whoever read it. Raises StorageError where the database is out of reach."""
        if not self._workers():
            return self.own.read(data, kind)
        sha256 = hashlib.sha256(data).hexdigest()
        with self.database.transaction() as tx:
            job = reading_jobs.ask(tx, sha256=sha256, kind=kind, key=self.key, data=data)
        wait_s = self.look_s
        while True:
            with self.database.reading() as tx:
                read, hopeless = reading_jobs.outcome_of(tx, job), reading_jobs.is_hopeless(tx, job)
            if read is None and hopeless:
                read = FileRead(sha256=sha256, kind=kind, outcome="crashed", detail="no worker survived this file")
            if read is None and self._workers():
                time.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_LOOK_S)
                continue
            with self.database.transaction() as tx:
                reading_jobs.withdraw(tx, job)
            return read or self.own.read(data, kind)

    def _workers(self) -> int:
        with self.database.reading() as tx:
            return reading_jobs.workers_there(tx, self.key)


@dataclass
class WorkerProcess:
    """One `intake work`: as many files at once as it has reading processes. ``work`` returns once it was asked to stop."""

    database: Database
    reader: FileReader
    key: str
    at_once: int
    stopping: threading.Event
    name: str = field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")
    idle_s: float = 0.3
    beat_s: float = BEAT_S

    def work(self) -> int:
        """Reads files until ``stopping``; those in hand are finished. Trouble with the database is waited out. How many were read."""
        counts = [0] * self.at_once
        readers = [threading.Thread(target=self._read_files, args=(counts, place), daemon=True) for place in range(self.at_once)]
        beating = threading.Thread(target=self._beat, args=(readers,), daemon=True)
        for thread in (*readers, beating):
            thread.start()
        for thread in readers:
            thread.join()
        with suppress(StorageError), self.database.transaction() as tx:
            reading_jobs.leave(tx, worker=self.name)
        beating.join(self.beat_s)
        return sum(counts)

    def _beat(self, readers: list[threading.Thread]) -> None:
        while any(thread.is_alive() for thread in readers):
            self._patiently(self._say_that_we_are_here)
            for _ in range(int(self.beat_s * 10)):
                if not any(thread.is_alive() for thread in readers):
                    return
                time.sleep(0.1)

    def _say_that_we_are_here(self) -> None:
        with self.database.transaction() as tx:
            reading_jobs.beat(tx, worker=self.name, key=self.key)

    def _read_files(self, counts: list[int], place: int) -> None:
        while not self.stopping.is_set():
            if self._patiently(self._read_one):
                counts[place] += 1
            else:
                self.stopping.wait(self.idle_s)

    def _read_one(self) -> bool:
        with self.database.transaction() as tx:
            job = reading_jobs.claim(tx, worker=self.name, key=self.key)
        if job is None:
            return False
        read = self.reader.read(job.data, job.kind)
        with self.database.transaction() as tx:
            kept = reading_jobs.finish(tx, job.id, worker=self.name, read=read)
        log.info("read", file=job.sha256[:12], outcome=read.outcome, pages=len(read.pages), kept=kept)
        return True

    def _patiently(self, act: Callable[[], bool | None]) -> bool:
        try:
            return bool(act())
        except StorageError as error:
            log.error("waiting", trouble=str(error))
            self.stopping.wait(_AFTER_TROUBLE_S)
            return False


def shared(settings: Settings, own: FileReader, database: Database) -> FileReader:
    """The reader of `intake run`: with workers where the database can be shared, by itself with SQLite."""
    return own if database.is_sqlite else SharedReader(own, database, key_of(read_limits(settings)))


def key_of(limits: ReadLimits) -> str:
    """What a worker reads with: version and every limit. Only a worker of the same key may read for a service."""
    return reading_key(limits, of_time=True)


def work(settings: Settings) -> int:
    """Runs one worker until it is stopped. Raises Failure with SQLite, which one machine alone can use."""
    database = open_database(settings.storage.database)
    try:
        if database.is_sqlite:
            raise Failure("intake work needs a database that several machines can use: set storage.database to postgresql+psycopg://…")
        limits, at_once = read_limits(settings), settings.extraction.worker_count
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        with Reader(at_once, limits) as reader:
            process = WorkerProcess(database, reader, key_of(limits), at_once, stopping)
            log.info("working", worker=process.name, files_at_once=at_once)
            count = process.work()
        log.info("stopped", files=count)
    finally:
        database.close()
    return 0

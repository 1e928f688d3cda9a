"""`intake work`: reading left to workers, and done by ourselves where there are none, or none is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from intake.failures import Failure
from intake.settings import Settings
from intake.working import SharedReader, WorkerProcess, work
from parsers.values import FileKind, FileRead
from storage import reading_jobs
from storage.database import Database, open_database
from tests.storage.conftest import postgresql_server

__all__ = ["postgresql_server"]
KEY = "reader-2"


class Scribe:
    """A reader that notes what it read; ``hold`` makes it wait."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.read_files: list[bytes] = []
        self.hold = threading.Event()
        self.hold.set()

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        self.read_files.append(data)
        self.hold.wait(20)
        return FileRead(sha256="0" * 64, kind=kind, outcome="empty", detail=self.name)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'intake.sqlite3'}")
    yield opened
    opened.close()


@contextmanager
def at_work(database: Database, reader: Scribe, *, at_once: int = 1) -> Iterator[WorkerProcess]:
    process = WorkerProcess(database, reader, KEY, at_once, threading.Event(), idle_s=0.02, beat_s=0.2)
    thread = threading.Thread(target=process.work)
    thread.start()
    try:
        until_there(database, 1)
        yield process
    finally:
        process.stopping.set()
        thread.join(20)
        assert not thread.is_alive()


def until_there(database: Database, count: int) -> None:
    for _ in range(200):
        with database.reading() as tx:
            if reading_jobs.workers_there(tx, KEY) == count:
                return
        time.sleep(0.02)
    raise AssertionError(f"not {count} workers")


def test_a_file_is_read_by_the_worker_that_is_there(database: Database) -> None:
    ours, theirs = Scribe("ours"), Scribe("theirs")
    with at_work(database, theirs):
        read = SharedReader(ours, database, KEY, look_s=0.02).read(b"paper", FileKind.PDF)
    assert read.detail == "theirs"
    assert (ours.read_files, theirs.read_files) == ([], [b"paper"])


def test_without_a_worker_we_read_ourselves(database: Database) -> None:
    ours = Scribe("ours")
    assert SharedReader(ours, database, KEY).read(b"paper", FileKind.PDF).detail == "ours"


def test_a_file_whose_worker_leaves_is_read_by_ourselves(database: Database) -> None:
    ours, theirs = Scribe("ours"), Scribe("theirs")
    with database.transaction() as tx:
        reading_jobs.beat(tx, worker="gone", key=KEY)
    found: list[FileRead] = []
    reading = threading.Thread(target=lambda: found.append(SharedReader(ours, database, KEY, look_s=0.02).read(b"paper", FileKind.PDF)))
    reading.start()
    time.sleep(0.2)
    with database.transaction() as tx:
        reading_jobs.leave(tx, worker="gone")
    reading.join(10)
    assert [read.detail for read in found] == ["ours"]
    assert theirs.read_files == []


def test_a_worker_that_is_stopped_finishes_what_it_has_in_hand(database: Database) -> None:
    theirs = Scribe("theirs")
    theirs.hold.clear()
    found: list[FileRead] = []
    with at_work(database, theirs) as process:
        reader = SharedReader(Scribe("ours"), database, KEY, look_s=0.02)
        reading = threading.Thread(target=lambda: found.append(reader.read(b"paper", FileKind.PDF)))
        reading.start()
        for _ in range(200):
            if theirs.read_files:
                break
            time.sleep(0.02)
        process.stopping.set()
        theirs.hold.set()
        reading.join(10)
    assert [read.detail for read in found] == ["theirs"]


def test_a_worker_needs_a_database_that_can_be_shared(tmp_path: Path) -> None:
    settings = Settings.model_validate({"storage": {"database": f"sqlite:///{tmp_path / 'intake.sqlite3'}"}})
    with pytest.raises(Failure, match="postgresql"):
        work(settings)

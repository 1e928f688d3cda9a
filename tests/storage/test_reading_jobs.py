"""Files read by workers elsewhere: each claimed by one, given to another where its worker fell silent, fetched once."""

from __future__ import annotations

import pytest
from sqlmodel import col, update

from parsers.values import FileKind, FileRead
from storage import reading_jobs
from storage.database import Database
from storage.job_rows import ReadingJobRow, ReadingWorkerRow
from tests.storage.build import NOW, sha

KEY = "reader-2"


def ask(database: Database, name: str = "a", key: str = KEY) -> int:
    with database.transaction() as tx:
        return reading_jobs.ask(tx, sha256=sha(name), kind=FileKind.PDF, key=key, data=name.encode())


def claim(database: Database, worker: str = "one", key: str = KEY) -> reading_jobs.ReadingJob | None:
    with database.transaction() as tx:
        return reading_jobs.claim(tx, worker=worker, key=key)


def fall_silent(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(update(ReadingJobRow).where(col(ReadingJobRow.state) == "taken").values(beat_at=NOW.replace(year=2020)))
        tx.execute(update(ReadingWorkerRow).values(beat_at=NOW.replace(year=2020)))


def test_a_file_is_read_once_and_its_bytes_go_when_it_is_fetched(database: Database) -> None:
    number = ask(database)
    assert ask(database) == number
    job = claim(database)
    assert job is not None
    assert (job.data, job.kind, job.attempts) == (b"a", FileKind.PDF, 1)
    assert claim(database, "two") is None
    read = FileRead(sha256=sha("a"), kind=FileKind.PDF, outcome="empty")
    with database.transaction() as tx:
        assert reading_jobs.outcome_of(tx, number) is None
        assert reading_jobs.finish(tx, number, worker="one", read=read)
        assert reading_jobs.outcome_of(tx, number) == read
        reading_jobs.withdraw(tx, number)
        assert reading_jobs.outcome_of(tx, number) is None


def test_the_file_of_a_worker_that_fell_silent_goes_to_another_and_its_late_word_does_not_count(database: Database) -> None:
    number = ask(database)
    claim(database)
    fall_silent(database)
    second = claim(database, "two")
    assert second is not None
    assert second.attempts == 2
    with database.transaction() as tx:
        assert not reading_jobs.finish(tx, number, worker="one", read=FileRead(sha256=sha("a"), kind=FileKind.PDF, outcome="empty"))


def test_a_file_that_three_workers_did_not_survive_is_hopeless(database: Database) -> None:
    number = ask(database)
    for name in ("one", "two", "three"):
        assert claim(database, name) is not None
        with database.reading() as tx:
            assert not reading_jobs.is_hopeless(tx, number)
        fall_silent(database)
    assert claim(database, "four") is None
    with database.reading() as tx:
        assert reading_jobs.is_hopeless(tx, number)


def test_a_worker_that_leaves_gives_back_what_it_has_uncounted(database: Database) -> None:
    ask(database)
    claim(database)
    with database.transaction() as tx:
        reading_jobs.beat(tx, worker="one", key=KEY)
        assert reading_jobs.workers_there(tx, KEY) == 1
        reading_jobs.leave(tx, worker="one")
        assert reading_jobs.workers_there(tx, KEY) == 0
    again = claim(database, "two")
    assert again is not None
    assert again.attempts == 1


def test_a_worker_of_another_version_reads_nothing_for_us(database: Database) -> None:
    ask(database)
    assert claim(database, key="reader-1") is None
    with database.transaction() as tx:
        reading_jobs.beat(tx, worker="old", key="reader-1")
        assert reading_jobs.workers_there(tx, KEY) == 0
        fall = reading_jobs.workers_there(tx, "reader-1")
    assert fall == 1


@pytest.mark.slow
def test_two_workers_never_get_the_same_file(postgresql_server: str, database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for name in "abcdef":
        ask(database, name)
    with ThreadPoolExecutor(6) as pool:
        jobs = list(pool.map(lambda number: claim(database, f"w{number}"), range(6)))
    taken = [job.sha256 for job in jobs if job is not None]
    assert len(taken) == len(set(taken)) == 6

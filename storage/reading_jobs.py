"""Files to be read by workers on any machine: asked for, claimed by one, given back where its worker fell silent, fetched once.

All moments are the database's, so that machines need not agree on the time.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import col, delete, or_, select, update

from parsers.values import FileKind, FileRead, Value
from storage.database import Transaction
from storage.job_rows import ReadingJobRow, ReadingWorkerRow
from storage.upsert import insert_once

SILENT = timedelta(seconds=30)  # after that a worker counts as gone, and its file goes to another
MOST_ATTEMPTS = 3
_WAITING, _TAKEN, _DONE = "waiting", "taken", "done"


class ReadingJob(Value):
    """A file claimed by a worker. ``attempts``: how many workers took it, this one included."""

    id: int
    sha256: str
    kind: FileKind
    data: bytes
    attempts: int


def ask(tx: Transaction, *, sha256: str, kind: FileKind, key: str, data: bytes) -> int:
    """Asks for a file to be read with what ``key`` says; the job's number. Asking twice is asking once."""
    values = {
        "sha256": sha256, "kind": kind.value, "key": key, "data": data, "state": _WAITING, "attempts": 0, "asked_at": _now(tx),
    }  # fmt: skip
    insert_once(tx, ReadingJobRow, values, unique=("sha256", "kind", "key"))
    statement = select(ReadingJobRow.id).where(ReadingJobRow.sha256 == sha256, ReadingJobRow.kind == kind.value, ReadingJobRow.key == key)
    return int(tx.session.exec(statement).one() or 0)


def claim(tx: Transaction, *, worker: str, key: str) -> ReadingJob | None:
    """The file that waits longest, and was asked for with the same key; those of workers that fell silent too. None where there is none."""
    silent = _now(tx) - SILENT
    free = or_(ReadingJobRow.state == _WAITING, (col(ReadingJobRow.state) == _TAKEN) & (col(ReadingJobRow.beat_at) < silent))
    statement = select(ReadingJobRow).where(free, ReadingJobRow.key == key, col(ReadingJobRow.attempts) < MOST_ATTEMPTS)
    row = tx.session.exec(statement.order_by(col(ReadingJobRow.id)).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    taken = {"state": _TAKEN, "worker": worker, "attempts": row.attempts + 1, "beat_at": _now(tx)}
    tx.execute(update(ReadingJobRow).where(col(ReadingJobRow.id) == row.id).values(taken))
    return ReadingJob(id=row.id or 0, sha256=row.sha256, kind=FileKind(row.kind), data=row.data, attempts=row.attempts + 1)


def beat(tx: Transaction, *, worker: str, key: str) -> None:
    """The worker is there, and at work on what it claimed."""
    now = _now(tx)
    if not insert_once(tx, ReadingWorkerRow, {"name": worker, "key": key, "beat_at": now}, unique=("name",)):
        tx.execute(update(ReadingWorkerRow).where(col(ReadingWorkerRow.name) == worker).values(key=key, beat_at=now))
    tx.execute(update(ReadingJobRow).where(col(ReadingJobRow.worker) == worker, col(ReadingJobRow.state) == _TAKEN).values(beat_at=now))


def leave(tx: Transaction, *, worker: str) -> None:
    """The worker goes: what it has not finished goes back uncounted."""
    mine = (col(ReadingJobRow.worker) == worker) & (col(ReadingJobRow.state) == _TAKEN)
    tx.execute(update(ReadingJobRow).where(mine).values(state=_WAITING, worker=None, beat_at=None, attempts=ReadingJobRow.attempts - 1))
    tx.execute(delete(ReadingWorkerRow).where(col(ReadingWorkerRow.name) == worker))


def finish(tx: Transaction, job_id: int, *, worker: str, read: FileRead) -> bool:
    """Keeps what came out of the file. Whether the job was still this worker's."""
    packed = zlib.compress(read.model_dump_json().encode("utf-8", "replace"), level=3)
    mine = (col(ReadingJobRow.id) == job_id) & (col(ReadingJobRow.worker) == worker) & (col(ReadingJobRow.state) == _TAKEN)
    return bool(tx.execute(update(ReadingJobRow).where(mine).values(state=_DONE, outcome=packed)).rowcount == 1)


def outcome_of(tx: Transaction, job_id: int) -> FileRead | None:
    """What came out; None while nobody is done with it."""
    packed = tx.session.exec(select(ReadingJobRow.outcome).where(ReadingJobRow.id == job_id)).first()
    return FileRead.model_validate_json(zlib.decompress(packed)) if packed else None


def is_hopeless(tx: Transaction, job_id: int) -> bool:
    """Whether as many workers as are allowed did not survive the file, the last of them silent by now."""
    silent = _now(tx) - SILENT
    statement = select(ReadingJobRow.id).where(ReadingJobRow.id == job_id, ReadingJobRow.attempts >= MOST_ATTEMPTS, ReadingJobRow.state == _TAKEN)
    return tx.session.exec(statement.where(col(ReadingJobRow.beat_at) < silent)).first() is not None


def withdraw(tx: Transaction, job_id: int) -> None:
    """Nobody waits for the file any more: its bytes go."""
    tx.execute(delete(ReadingJobRow).where(col(ReadingJobRow.id) == job_id))


def workers_there(tx: Transaction, key: str) -> int:
    """How many workers that read with this key were heard of lately."""
    statement = select(func.count()).where(ReadingWorkerRow.key == key, col(ReadingWorkerRow.beat_at) > _now(tx) - SILENT)
    return int(tx.session.exec(statement).one())


def _now(tx: Transaction) -> datetime:
    if tx.session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: Any = tx.session.exec(select(func.clock_timestamp())).one()
    return moment if isinstance(moment, datetime) else datetime.now(UTC)

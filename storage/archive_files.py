"""The memory of an archive's files: which mail lies in each and when it came, so that a file that did not change is not opened again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from parsers.values import Value
from storage.database import Transaction
from storage.memory_rows import ArchiveFileRow
from storage.upsert import insert_once

_AT_ONCE = 500


class ArchiveFile(Value):
    """One mail of an archive: its bytes' SHA-256 and size, its day of receipt, and its Date header in seconds since 1970 (0: none)."""

    sha256: str
    size: int
    received_on: date | None
    dated_s: float


def archive_files(tx: Transaction, stamps: Sequence[str]) -> dict[str, ArchiveFile]:
    """What is known of the files of these stamps."""
    known: dict[str, ArchiveFile] = {}
    row = ArchiveFileRow
    columns: list[Any] = [row.stamp, row.sha256, row.size, row.received_on, row.dated_s]
    for start in range(0, len(stamps), _AT_ONCE):
        rows = tx.execute(sa.select(*columns).where(col(ArchiveFileRow.stamp).in_(stamps[start : start + _AT_ONCE])))
        known |= {stamp: ArchiveFile(sha256=sha256, size=size, received_on=day, dated_s=dated_s) for stamp, sha256, size, day, dated_s in rows}
    return known


def remember_archive_files(tx: Transaction, files: Iterable[tuple[str, ArchiveFile]]) -> None:
    """Keeps what was found in files, by their stamps. A stamp stands for one content for ever."""
    for stamp, file in files:
        insert_once(tx, ArchiveFileRow, {"stamp": stamp, **file.model_dump()}, unique=("stamp",))

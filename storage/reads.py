"""The memory of what came out of files: a reprocess after a rule change reads nothing again."""

from __future__ import annotations

import zlib
from datetime import datetime

from sqlmodel import col, delete, select, update

from parsers.values import FileRead
from storage.database import Transaction
from storage.memory_rows import FileReadRow
from storage.search import read_anew
from storage.upsert import insert_once


def remembered_read(tx: Transaction, sha256: str, reader_version: str, *, tries: int = 0) -> FileRead | None:
    """What this version of the reader made of these bytes; None where it has not read them yet.

    ``tries`` above 0: an outcome of chance, where as many readings or more ended in one.
    """
    statement = select(FileReadRow.packed).where(FileReadRow.sha256 == sha256, FileReadRow.reader_version == reader_version)
    wanted = FileReadRow.tries >= tries if tries else FileReadRow.tries == 0
    packed = tx.session.exec(statement.where(wanted)).first()
    return None if packed is None else FileRead.model_validate_json(zlib.decompress(packed))


def remember_read(tx: Transaction, read: FileRead, reader_version: str, at: datetime) -> None:
    """Keeps what came out of a file. Outcomes of chance (a time limit, a crash) are for ``remember_chance``."""
    values = {"sha256": read.sha256, "reader_version": reader_version, "read_at": at, "packed": _packed(read), "tries": 0}
    if insert_once(tx, FileReadRow, values, unique=("sha256", "reader_version")):
        read_anew(tx, read.sha256)


def remember_chance(tx: Transaction, read: FileRead, reader_version: str, at: datetime) -> None:
    """Keeps an outcome that may be chance, and counts how many readings of these bytes ended so under these limits."""
    values = {"sha256": read.sha256, "reader_version": reader_version, "read_at": at, "packed": _packed(read), "tries": 1}
    if insert_once(tx, FileReadRow, values, unique=("sha256", "reader_version")):
        read_anew(tx, read.sha256)
    else:
        known = update(FileReadRow).where(col(FileReadRow.sha256) == read.sha256, col(FileReadRow.reader_version) == reader_version)
        tx.execute(known.values(read_at=at, packed=values["packed"], tries=col(FileReadRow.tries) + 1))


def forget_read(tx: Transaction, sha256: str) -> None:
    """Erases what came out of a file (privacy)."""
    tx.execute(delete(FileReadRow).where(col(FileReadRow.sha256) == sha256))


def _packed(read: FileRead) -> bytes:
    return zlib.compress(read.model_dump_json().encode("utf-8", "replace"), level=3)

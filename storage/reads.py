"""The cache of what came out of files: a reprocess after a rule change reads nothing again."""

from __future__ import annotations

import zlib
from datetime import datetime

from sqlmodel import col, delete, select

from parsers.values import FileRead
from storage.database import Transaction
from storage.rows import FileReadRow
from storage.upsert import insert_once


def remembered_read(tx: Transaction, sha256: str, reader_version: str) -> FileRead | None:
    """What this version of the reader made of these bytes; None where it has not read them yet."""
    statement = select(FileReadRow.packed).where(FileReadRow.sha256 == sha256, FileReadRow.reader_version == reader_version)
    packed = tx.session.exec(statement).first()
    return None if packed is None else FileRead.model_validate_json(zlib.decompress(packed))


def remember_read(tx: Transaction, read: FileRead, reader_version: str, at: datetime) -> None:
    """Keeps what came out of a file. Outcomes of chance (a time limit, a crash) are the caller's to leave out."""
    packed = zlib.compress(read.model_dump_json().encode("utf-8", "replace"), level=3)
    values = {"sha256": read.sha256, "reader_version": reader_version, "read_at": at, "packed": packed}
    insert_once(tx, FileReadRow, values, unique=("sha256", "reader_version"))


def forget_read(tx: Transaction, sha256: str) -> None:
    """Erases what came out of a file (privacy)."""
    tx.execute(delete(FileReadRow).where(col(FileReadRow.sha256) == sha256))

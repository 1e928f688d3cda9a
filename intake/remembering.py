"""A reader that remembers: the same bytes are never read twice by the same version of the reader."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from intake.pipeline import FileReader
from parsers.read_limits import READER_VERSION
from parsers.values import FileKind, FileRead
from storage.database import Database
from storage.reads import remember_read, remembered_read

# Outcomes that the bytes alone decide; a time limit or a crash may be chance, and is tried again the next time.
_CERTAIN = frozenset({"read", "empty", "encrypted", "damaged", "unsafe", "unsupported", "too_large"})


class RememberingReader:
    """Asks the record first, then the reader, and keeps what came out."""

    def __init__(self, reader: FileReader, database: Database) -> None:
        self._reader, self._database = reader, database

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        sha256 = hashlib.sha256(data).hexdigest()
        with self._database.reading() as tx:
            known = remembered_read(tx, sha256, READER_VERSION)
        if known is not None and known.kind is kind:
            return known
        made = self._reader.read(data, kind)
        if made.outcome in _CERTAIN:
            with self._database.transaction() as tx:
                remember_read(tx, made, READER_VERSION, datetime.now(UTC))
        return made

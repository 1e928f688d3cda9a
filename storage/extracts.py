"""The memory of what mails say once their papers are read: a reprocess after a rule change takes no mail apart again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, delete, select, update

from storage.database import Transaction
from storage.memory_rows import ArchiveFileRow, MailExtractRow
from storage.rows import ArrivalRow, CaseRow
from storage.upsert import insert_once
from storage.values import ArrivalState, CaseKind

_APPLICATION = CaseKind.APPLICATION.value
_AT_ONCE = 500  # hashes in one question to the database


def remembered_extract(tx: Transaction, sha256: str, key: str) -> str | None:
    """What the mail of these bytes says under that key, as JSON; None where that is not known."""
    statement = select(MailExtractRow.packed).where(MailExtractRow.sha256 == sha256, MailExtractRow.key == key)
    packed = tx.execute(statement).scalar()
    return None if packed is None else zlib.decompress(packed).decode()


def extracts_lacking(tx: Transaction, sha256s: Sequence[str], key: str) -> frozenset[str]:
    """Those of these mails of which nothing is remembered under that key."""
    known: set[str] = set()
    for start in range(0, len(sha256s), _AT_ONCE):
        some = col(MailExtractRow.sha256).in_(sha256s[start : start + _AT_ONCE])
        known.update(row[0] for row in tx.execute(select(MailExtractRow.sha256).where(some, MailExtractRow.key == key)))
    return frozenset(sha256s) - known


def needing_no_extract(tx: Transaction, sha256s: Sequence[str]) -> frozenset[str]:
    """Those of these mails that no reprocess decides anew: erased ones, and those of cases that are no applications."""
    found: set[str] = set()
    settled = sa.and_(col(ArrivalRow.state) == ArrivalState.DECIDED.value, col(CaseRow.kind) != _APPLICATION)
    erased = col(ArrivalRow.state) == ArrivalState.ERASED.value
    statement = (
        sa.select(col(ArrivalRow.sha256)).join(CaseRow, col(CaseRow.id) == col(ArrivalRow.case_id), isouter=True).where(sa.or_(settled, erased))
    )
    for start in range(0, len(sha256s), _AT_ONCE):
        found.update(row[0] for row in tx.execute(statement.where(col(ArrivalRow.sha256).in_(sha256s[start : start + _AT_ONCE]))))
    return frozenset(found)


def remember_extract(tx: Transaction, sha256: str, key: str, extract: str, at: datetime) -> bool:
    """Keeps what a mail says in place of what an older key made of it. Whether it was kept: nothing is remembered of an erased mail."""
    erased = select(ArrivalRow.id).where(ArrivalRow.sha256 == sha256, ArrivalRow.state == ArrivalState.ERASED.value)
    if tx.execute(erased.limit(1)).first() is not None:
        return False
    values = {"sha256": sha256, "key": key, "made_at": at, "packed": zlib.compress(extract.encode("utf-8", "replace"), level=3)}
    if not insert_once(tx, MailExtractRow, values, unique=("sha256",)):
        tx.execute(update(MailExtractRow).where(col(MailExtractRow.sha256) == sha256).values(values))
    return True


def forget_extracts(tx: Transaction, sha256s: Iterable[str]) -> frozenset[str]:
    """Erases what is remembered of mails: what they say, and which file of an archive held them (privacy). Returns the hashes of their parts."""
    wanted, parts = list(sha256s), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for row in tx.execute(select(MailExtractRow.packed).where(col(MailExtractRow.sha256).in_(some))):
            parts.update(part["sha256"] for part in json.loads(zlib.decompress(row[0]))["message"]["parts"])
        tx.execute(delete(MailExtractRow).where(col(MailExtractRow.sha256).in_(some)))
        tx.execute(delete(ArchiveFileRow).where(col(ArchiveFileRow.sha256).in_(some)))
    return frozenset(parts)

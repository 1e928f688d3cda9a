"""The tables of what reading made and would make again: memories that may be emptied at any time, at the price of reading anew."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, LargeBinary
from sqlmodel import Field, SQLModel

from storage.columns import Moment


class FileReadRow(SQLModel, table=True):
    """What came out of a file, by its bytes and the version of the reader: reading it again would give the same.

    ``tries`` above 0: the outcome may be chance (a time limit, a crash), and so many readings ended that way.
    """

    __tablename__ = "file_reads"
    sha256: str = Field(primary_key=True)
    reader_version: str = Field(primary_key=True)
    read_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    packed: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class MailExtractRow(SQLModel, table=True):
    """What a mail says once its papers are read, by its bytes and the key of everything else that it depends on; the newest key alone."""

    __tablename__ = "mail_extracts"
    sha256: str = Field(primary_key=True)
    key: str
    made_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    packed: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))


class ArchiveFileRow(SQLModel, table=True):
    """Which mail lies in a file of an archive, and its place in time; ``stamp`` tells path, size and times without naming them."""

    __tablename__ = "archive_files"
    stamp: str = Field(primary_key=True)
    sha256: str = Field(index=True)
    size: int = Field(sa_type=BigInteger)
    received_on: date | None = None
    dated_s: float

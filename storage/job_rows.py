"""The tables by which reading is shared among machines: files to be read, and the workers that are there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel, UniqueConstraint

from storage.columns import Moment


class ReadingJobRow(SQLModel, table=True):
    """One file that somebody waits for, with its bytes; gone as soon as its outcome was fetched."""

    __tablename__ = "reading_jobs"
    __table_args__ = (UniqueConstraint("sha256", "kind", "key", name="one_job_a_file"),)
    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(index=True)
    kind: str
    key: str
    data: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    state: str = Field(index=True)
    worker: str | None = None
    attempts: int = 0
    asked_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    beat_at: datetime | None = Field(default=None, sa_column=Column(Moment()))
    outcome: bytes | None = Field(default=None, sa_column=Column(LargeBinary()))


class ReadingWorkerRow(SQLModel, table=True):
    """One worker. ``key``: what it reads with (version and limits); ``beat_at``: when it last said that it is there."""

    __tablename__ = "reading_workers"
    name: str = Field(primary_key=True)
    key: str
    beat_at: datetime = Field(sa_column=Column(Moment(), nullable=False))

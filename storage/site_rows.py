"""The tables of the review site: sessions, failed logins, who is looking at which case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from storage.columns import Moment


class SessionRow(SQLModel, table=True):
    """One login that has not ended. The token itself is never stored, only its SHA-256."""

    __tablename__ = "site_sessions"
    token_hash: str = Field(primary_key=True)
    user: str = Field(index=True)
    opened_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    seen_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    address: str = Field(default="", sa_column_kwargs={"server_default": ""})


class FailedLoginRow(SQLModel, table=True):
    """A login that was tried and did not succeed: counted against the name and whence it came (an address, or a browser known to that name)."""

    __tablename__ = "failed_logins"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(Moment(), nullable=False, index=True))
    name: str
    address: str


class PresenceRow(SQLModel, table=True):
    """Who had a case open, and when last."""

    __tablename__ = "presence"
    case_id: int = Field(primary_key=True, foreign_key="cases.id")
    user: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(Moment(), nullable=False))

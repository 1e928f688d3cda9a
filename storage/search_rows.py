"""The tables of searching and of second looks at what was decided without a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Moment


class SearchTextRow(SQLModel, table=True):
    """What can be searched of one case, mail or letter: folded words, a space between them. ``version``: the run that a case's words come from."""

    __tablename__ = "search_texts"
    __table_args__ = (UniqueConstraint("kind", "source", name="one_text_a_source"), Index("texts_taken_up", "kind", "source", "version"))
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    source: int
    version: int = 0
    case_id: int | None = Field(default=None, index=True)
    folded: str = Field(sa_column=Column(Text(), nullable=False))


class SecondLookRow(SQLModel, table=True):
    """A decision made without a person, drawn at random for one to look at. ``right`` is empty until somebody looked."""

    __tablename__ = "second_looks"
    __table_args__ = (UniqueConstraint("run_id", name="one_look_a_run"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    run_id: int
    drawn_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    looked_at: datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    actor: str | None = None
    right: bool | None = None
    reason: str = Field(default="", sa_column=Column(Text(), nullable=False))

"""The tables of other systems that work beside staff: their tokens, what they were answered, logins from elsewhere, and what they are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint, false, text, true
from sqlmodel import Field, SQLModel

from storage.columns import Moment


class ApiTokenRow(SQLModel, table=True):
    """One token of another system. The token itself is shown once and never stored, only its SHA-256."""

    __tablename__ = "api_tokens"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    token_hash: str = Field(unique=True)
    role: str
    created_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    created_by: str
    expires_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    used_at: datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    used_from: str = ""


class AnsweredRow(SQLModel, table=True):
    """What an act was answered that carried an idempotency key: asked again, it is answered the same and not done again."""

    __tablename__ = "api_answers"
    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    asked: str
    at: datetime = Field(sa_column=Column(Moment(), nullable=False, index=True))
    status: int | None = None
    answer: str = Field(sa_column=Column(Text(), nullable=False))


class OutsideLoginRow(SQLModel, table=True):
    """A person of an OpenID provider (issuer and subject, which never change) bound to a login of ours."""

    __tablename__ = "outside_logins"
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    user: str = Field(index=True)
    bound_at: datetime = Field(sa_column=Column(Moment(), nullable=False))


class CaseEventRow(SQLModel, table=True):
    """Something that happened to a case. Written by the database itself (triggers of migration 0006) in the transaction in which it happened."""

    __tablename__ = "case_events"
    __table_args__ = (Index("events_not_taken", "id", sqlite_where=text("NOT taken"), postgresql_where=text("NOT taken")),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(Moment(), nullable=False, index=True))
    type: str
    case_id: int = Field(index=True)
    letter_id: int | None = None
    state: str | None = None
    cause: str | None = None
    taken: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class WebhookReceiverRow(SQLModel, table=True):
    """Another system that is told of events. After a rotation the old secret signs beside the new one for a while."""

    __tablename__ = "webhook_receivers"
    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(unique=True)
    events: str
    secret: str
    old_secret: str | None = None
    rotated_at: datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    created_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    created_by: str
    failures: int = 0
    not_before: datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))


class WebhookDeliveryRow(SQLModel, table=True):
    """One event on its way to one receiver; its ``message_id`` is the same at every attempt."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (UniqueConstraint("receiver_id", "event_id", name="one_delivery_a_receiver"),)
    id: int | None = Field(default=None, primary_key=True)
    receiver_id: int = Field(foreign_key="webhook_receivers.id", index=True)
    event_id: int | None = None
    type: str
    message_id: str = Field(unique=True)
    body: str = Field(sa_column=Column(Text(), nullable=False))
    state: str = Field(index=True)
    attempts: int = 0
    created_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    next_at: datetime = Field(sa_column=Column(Moment(), nullable=False, index=True))
    settled_at: datetime | None = Field(default=None, sa_column=Column(Moment(), nullable=True))
    status: int | None = None
    error: str = Field(default="", sa_column=Column(Text(), nullable=False))

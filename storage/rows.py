"""The tables of the record. Rows are not values: they check nothing, and are built only here in `storage`, from values that were checked."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint, false, text, true
from sqlmodel import Field, Session, SQLModel

from storage.columns import Moment
from storage.memory_rows import ArchiveFileRow as ArchiveFileRow
from storage.memory_rows import FileReadRow as FileReadRow
from storage.memory_rows import MailExtractRow as MailExtractRow


def _moment(*, nullable: bool = True, index: bool = False) -> Column[datetime]:
    return Column(Moment(), nullable=nullable, index=index)


def _long(*, nullable: bool = True) -> Column[str]:
    return Column(Text(), nullable=nullable)


class MailboxRow(SQLModel, table=True):
    """How far a mailbox was read."""

    __tablename__ = "mailboxes"
    mailbox: str = Field(primary_key=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    last_poll: datetime | None = Field(default=None, sa_column=_moment())


class ArrivalRow(SQLModel, table=True):
    """One mail that a mailbox showed. ``sha256`` is empty only while its bytes could not be fetched."""

    __tablename__ = "arrivals"
    __table_args__ = (UniqueConstraint("mailbox", "uidvalidity", "uid", name="one_arrival_per_uid"),)
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    sha256: str | None = Field(default=None, index=True)
    size: int = Field(sa_type=BigInteger)
    internal_date: datetime | None = Field(default=None, sa_column=_moment())
    seen_at: datetime = Field(sa_column=_moment(nullable=False))
    state: str = Field(index=True)
    attempts: int = 0
    error: str | None = Field(default=None, sa_column=_long())
    message_class: str | None = Field(default=None, index=True)
    no_reply: str | None = Field(default=None, sa_column=_long())
    case_id: int | None = Field(default=None, foreign_key="cases.id", index=True)
    first_id: int | None = Field(default=None, foreign_key="arrivals.id")
    decided_at: datetime | None = Field(default=None, sa_column=_moment())
    acknowledged_at: datetime | None = Field(default=None, sa_column=_moment())
    attended: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    trust: str | None = Field(default=None, sa_column=_long())
    new_paper: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class MessageRow(SQLModel, table=True):
    """The headers of an arrival by which mails find their case, and the words by which a person finds it."""

    __tablename__ = "messages"
    arrival_id: int = Field(primary_key=True, foreign_key="arrivals.id")
    message_id: str | None = Field(default=None, index=True)
    in_reply_to: str = Field(sa_column=_long(nullable=False))
    references: str = Field(sa_column=Column("references", Text(), nullable=False))
    sender: str | None = Field(default=None, index=True)
    sender_name: str = ""
    subject: str = Field(sa_column=_long(nullable=False))
    dated: datetime | None = Field(default=None, sa_column=_moment())
    received_on: date | None = None
    language: str | None = None
    words: str = Field(
        default="", sa_column=Column("words", Text(), nullable=False, server_default="")
    )  # of its body and its files' names, to search


class CaseRow(SQLModel, table=True):
    """One case, with what its current run says in the words that lists and searches need."""

    __tablename__ = "cases"
    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    year: int
    number: int
    kind: str = Field(index=True)
    state: str = Field(index=True)
    language: str | None = None
    opened_at: datetime = Field(sa_column=_moment(nullable=False, index=True))
    received_on: date | None = Field(default=None, index=True)
    completed_on: date | None = None
    verdict: str | None = Field(default=None, index=True)
    initiative: str | None = None
    br_number: str | None = Field(default=None, index=True)
    uscc: str | None = Field(default=None, index=True)
    factory_name: str | None = Field(default=None, sa_column=_long())
    factory_key: str | None = Field(default=None, index=True)
    applicant: str | None = Field(default=None, sa_column=_long())
    email: str | None = Field(default=None, index=True)
    thread_id: int | None = Field(default=None, index=True)


class RunRow(SQLModel, table=True):
    """One time that a case was read and decided. None is overwritten; one a case is current."""

    __tablename__ = "runs"
    __table_args__ = (Index("one_current_run_a_case", "case_id", unique=True, sqlite_where=text("current"), postgresql_where=text("current")),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    at: datetime = Field(sa_column=_moment(nullable=False))
    cause: str
    programme_hash: str
    reader_version: str
    edition: str | None = None
    verdict: str
    digest: str
    current: bool = True
    application: str = Field(sa_column=_long(nullable=False))
    decision: str = Field(sa_column=_long(nullable=False))


class FieldRow(SQLModel, table=True):
    """One field of a run's form, for lists, searches and the register. HKIDs stand in ``runs`` alone."""

    __tablename__ = "fields"
    run_id: int = Field(primary_key=True, foreign_key="runs.id")
    key: str = Field(primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    state: str
    type: str
    value: str | None = Field(default=None, sa_column=_long())
    text: str = Field(sa_column=_long(nullable=False))
    folded: str = Field(sa_column=_long(nullable=False))
    confidence: float | None = None
    method: str | None = None


class DocumentRow(SQLModel, table=True):
    """One paper of a run."""

    __tablename__ = "documents"
    run_id: int = Field(primary_key=True, foreign_key="runs.id")
    position: int = Field(primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    name: str | None = Field(default=None, sa_column=_long())
    part: str
    sha256: str = Field(index=True)
    kind: str = Field(index=True)
    confidence: float
    first_page: int
    last_page: int
    problems: str


class FindingRow(SQLModel, table=True):
    """One finding of a run."""

    __tablename__ = "findings"
    run_id: int = Field(primary_key=True, foreign_key="runs.id")
    position: int = Field(primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    check_code: str = Field(index=True)
    outcome: str
    needs: str | None = None
    message: str = Field(sa_column=_long(nullable=False))


class LetterRow(SQLModel, table=True):
    """One letter to be sent, or sent. Due once for each (case, template, cause)."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("case_id", "template", "cause", name="one_letter_per_cause"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    arrival_id: int | None = Field(default=None, foreign_key="arrivals.id")
    template: str
    cause: str
    message_id: str = Field(unique=True)
    to_address: str = Field(index=True)
    to_domain: str = Field(index=True)
    reply: str = Field(sa_column=_long(nullable=False))
    state: str = Field(index=True)
    attempts: int = 0
    queued_at: datetime = Field(sa_column=_moment(nullable=False))
    next_at: datetime = Field(sa_column=_moment(nullable=False, index=True))
    claimed_at: datetime | None = Field(default=None, sa_column=_moment(index=True))
    dot_at: datetime | None = Field(default=None, sa_column=_moment())
    settled_at: datetime | None = Field(default=None, sa_column=_moment())
    last_code: int | None = None
    reason: str = Field(default="", sa_column=_long(nullable=False))
    attended: bool = False
    released_by: str | None = None
    copy_due: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class SuggestionRow(SQLModel, table=True):
    """Papers that may belong to a case, for a person to accept or decline."""

    __tablename__ = "suggestions"
    __table_args__ = (UniqueConstraint("arrival_id", "case_id", name="one_suggestion_per_case"),)
    id: int | None = Field(default=None, primary_key=True)
    arrival_id: int = Field(foreign_key="arrivals.id", index=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    reason: str = Field(sa_column=_long(nullable=False))
    state: str = Field(index=True)
    at: datetime = Field(sa_column=_moment(nullable=False))


class AuditRow(SQLModel, table=True):
    """Who did or looked at what. Append only: the database itself refuses to change or remove a row."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=_moment(nullable=False))
    actor: str
    action: str = Field(index=True)
    reference: str | None = Field(default=None, index=True)
    detail: str = Field(sa_column=_long(nullable=False))


class CounterRow(SQLModel, table=True):
    """The last number given out under a name."""

    __tablename__ = "counters"
    name: str = Field(primary_key=True)
    last: int


class UserRow(SQLModel, table=True):
    """A staff login of the review site."""

    __tablename__ = "users"
    name: str = Field(primary_key=True)
    password_hash: str
    role: str
    active: bool = True
    created_at: datetime = Field(sa_column=_moment(nullable=False))
    password_due: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class OutageRow(SQLModel, table=True):
    """Something that the service depends on and cannot reach just now."""

    __tablename__ = "outages"
    name: str = Field(primary_key=True)
    since: datetime = Field(sa_column=_moment(nullable=False))
    tries: int
    next_at: datetime = Field(sa_column=_moment(nullable=False))
    trouble: str = Field(sa_column=_long(nullable=False))
    refuses: bool


class CorrectionRow(SQLModel, table=True):
    """A value that a person confirmed or corrected; later runs of the case keep it."""

    __tablename__ = "corrections"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    key: str
    value: str | None = Field(default=None, sa_column=_long())
    actor: str
    at: datetime = Field(sa_column=_moment(nullable=False))
    reason: str = Field(sa_column=_long(nullable=False))
    last_mail: str | None = None
    stands: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class PaperLayoutRow(SQLModel, table=True):
    """Which papers a person says a file holds: their pages and kinds; the last one of a file counts."""

    __tablename__ = "paper_layouts"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    sha256: str
    papers: str = Field(sa_column=_long(nullable=False))
    actor: str
    at: datetime = Field(sa_column=_moment(nullable=False))
    reason: str = Field(sa_column=_long(nullable=False))


class OverrulingRow(SQLModel, table=True):
    """A finding that a person overruled, by its check and the evidence it rested on; the last word on it counts."""

    __tablename__ = "overrulings"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="cases.id", index=True)
    check_code: str
    fingerprint: str
    stands: bool
    actor: str
    at: datetime = Field(sa_column=_moment(nullable=False))
    reason: str = Field(sa_column=_long(nullable=False))


def next_counter(session: Session, name: str) -> int:
    """Counts a name up by one, in one statement, so that two transactions never get the same number."""
    statement = text("INSERT INTO counters (name, last) VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last")
    return int(session.connection().execute(statement, {"name": name}).scalar_one())

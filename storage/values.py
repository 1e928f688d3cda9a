"""What the record gives back: frozen values, apart from the rows that hold them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field as PydanticField

from checks.overruling import Overruling
from checks.values import Decision, Verdict
from parsers.corrections import FieldCorrection, PaperLayout
from parsers.values import Application, Language, MessageClass, Value
from replies.values import Reply, Template


class ArrivalState(StrEnum):
    """How far an arrival got. ``stored`` waits to be decided; ``unfetched`` waits for its bytes; the others are ends."""

    UNFETCHED = "unfetched"
    STORED = "stored"
    DECIDED = "decided"
    REPEATED = "repeated"  # the same bytes arrived before, and are answered there
    QUARANTINED = "quarantined"  # broke us: before staff
    ERASED = "erased"  # gone for good but for its UID and hash, so that it is neither fetched nor answered again


class Arrival(Value):
    """Our record that a mail came, and how far it got. ``first_id`` is the arrival that brought the same bytes first."""

    id: int
    mailbox: str
    uidvalidity: int
    uid: int
    sha256: str | None
    size: int
    internal_date: datetime | None
    seen_at: datetime
    state: ArrivalState
    attempts: int = 0
    error: str | None = None
    message_class: MessageClass | None = None
    no_reply: str | None = None
    trust: str | None = None  # what a trusted server found out about the sender
    new_paper: bool = False  # whether it brought a paper that its case or thread did not have
    case_id: int | None = None
    first_id: int | None = None
    attended: bool = False
    acknowledged_at: datetime | None = None


class CaseKind(StrEnum):
    APPLICATION = "application"
    ENQUIRY = "enquiry"
    WITHDRAWAL = "withdrawal"
    DATA_REQUEST = "data_request"
    OTHER = "other"


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"  # staff need not look at it any more
    WITHDRAWN = "withdrawn"  # closed because the applicant took the application back
    ERASED = "erased"  # nothing but its reference is left


class Case(Value):
    """All messages about one application, enquiry, withdrawal or data request, under one reference."""

    id: int
    reference: str
    kind: CaseKind
    state: CaseState
    language: Language | None = None
    opened_at: datetime
    received_on: date | None = None
    completed_on: date | None = None
    verdict: Verdict | None = None
    initiative: str | None = None
    br_number: str | None = None
    uscc: str | None = None
    applicant: str | None = None
    email: str | None = None
    thread_id: int | None = None  # the case that began the thread of mails; None: this one


class RunCause(StrEnum):
    RUN = "run"
    REPROCESS = "reprocess"
    SUPPLEMENT = "supplement"
    RECHECK = "recheck"


class Run(Value):
    """One time that a case was read and decided."""

    id: int
    case_id: int
    at: datetime
    cause: RunCause
    reader_version: str
    current: bool
    application: Application
    decision: Decision


class RunRecorded(Value):
    """What recording a run did: ``new`` is False where nothing differs from the current run, and then nothing was written."""

    run_id: int
    new: bool
    before: Verdict | None  # of the run that was current
    after: Verdict


class LetterState(StrEnum):
    """Where a letter stands (contract.md, status). ``unknown``: the server may have it; never sent again by itself."""

    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"
    HELD = "held"


class Letter(Value):
    """One letter of the outbox. ``message_id`` is fixed when it is queued, and found again after a crash."""

    id: int
    case_id: int
    reference: str
    template: Template
    cause: str
    message_id: str
    to: str
    reply: Reply
    state: LetterState
    attempts: int
    queued_at: datetime
    next_at: datetime
    claimed_at: datetime | None = None
    dot_at: datetime | None = None  # when this attempt came to the dot: before, nothing was handed over; after, only the server knows
    settled_at: datetime | None = None
    last_code: int | None = None
    reason: str = ""
    attended: bool = False  # one that failed: a person looked after it


class StaffRole(StrEnum):
    READER = "reader"
    OFFICER = "officer"
    ADMIN = "admin"


class SuggestionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Suggestion(Value):
    """Papers of an arrival that may belong to a case, though nothing proves it: staff accept or decline."""

    id: int
    arrival_id: int
    case_id: int
    reference: str
    reason: str
    state: SuggestionState
    at: datetime


Correction = FieldCorrection  # a value that a person confirmed or corrected; later runs of the case keep it


class StaffLogin(Value):
    """A login of the review site. ``role``: ``officer`` works on cases, ``reader`` looks only, ``admin`` also erases and manages logins."""

    name: str
    password_hash: str = PydanticField(repr=False)
    role: StaffRole
    active: bool
    created_at: datetime
    password_due: bool = False  # an administrator chose the password: the person chooses another before anything else


class Caps(Value):
    """How many letters may go out (settings, [outgoing]): over a cap a letter is held for staff, none is dropped."""

    per_address_day: int = 3
    per_domain_hour: int = 60
    per_hour: int = 200


class Correspondence(Value):
    """One mail to or from a case, as ``show`` lists it (contract.md). ``sha256``: of a mail; ``reason``: why it got no letter, or a letter waits."""

    direction: str
    at: datetime
    message_id: str | None
    message_class: str | None = None
    template: str | None = None
    state: str | None = None
    cause: str | None = None
    sha256: str | None = None
    reason: str | None = None
    sender: str | None = None


class Attention(Value):
    """One thing that needs a person."""

    kind: str
    reference: str | None
    message: str


class AuditEntry(Value):
    """One entry of the audit trail: ids, never contents."""

    at: datetime
    actor: str
    action: str
    reference: str | None
    detail: str = ""


class Register(Value):
    """One case as the register exports it: the fields that were read, by key."""

    reference: str
    kind: CaseKind
    received_on: date | None
    completed_on: date | None
    verdict: Verdict | None
    state: CaseState
    fields: dict[str, bool | int | float | str]


class CaseRecord(Value):
    """Everything on record about one case: its current run, every run's verdict, its correspondence and history."""

    case: Case
    current: Run | None
    runs: tuple[RunSummary, ...]
    correspondence: tuple[Correspondence, ...]
    history: tuple[AuditEntry, ...]
    corrections: tuple[Correction, ...] = ()
    layouts: tuple[PaperLayout, ...] = ()
    overrulings: tuple[Overruling, ...] = ()


class RunSummary(Value):
    """One run without its contents."""

    id: int
    at: datetime
    cause: RunCause
    verdict: Verdict
    edition: str | None
    programme_hash: str
    reader_version: str
    current: bool


CaseRecord.model_rebuild()

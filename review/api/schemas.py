"""What other systems send and get: names as in the vocabulary and the results of `intake process`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from checks.values import Funding, MissingDocument, Verdict
from parsers.values import Language
from storage.values import CaseKind, CaseState, LetterState

Text = Annotated[str, Field(max_length=4_000)]
Letter64 = Annotated[str, Field(max_length=64_000)]


class Sent(BaseModel):
    """What is sent to us: unknown keys are a mistake of the sender, and said."""

    model_config = ConfigDict(extra="forbid")


class CaseSummary(BaseModel):
    reference: str = Field(examples=["CPPP-2026-00042-O"])
    kind: CaseKind
    state: CaseState
    verdict: Verdict | None
    initiative: str | None
    received_on: date | None
    completed_on: date | None
    opened_at: datetime
    language: Language | None
    applicant: str | None
    br_number: str | None


class Cases(BaseModel):
    items: list[CaseSummary]
    next: str | None = Field(description="Where the next page is; null on the last one.")


class FieldOut(BaseModel):
    value: bool | int | float | str | None
    text: str
    reason: str | None = Field(None, description="Why there is no value: malformed, illegible, contradictory.")
    confidence: float
    method: str
    document: str | None
    part: str
    page: int
    box: tuple[float, float, float, float] | None = Field(description="PDF points from the top left of the page as displayed.")
    quote: str


class DocumentOut(BaseModel):
    name: str | None
    part: str
    sha256: str
    type: str
    confidence: float
    pages: tuple[int, int]
    text_source: str
    problems: list[str]
    duplicate_of: str | None = None
    superseded_by: str | None = None
    fields: dict[str, FieldOut]


class FindingOut(BaseModel):
    check: str
    fingerprint: str = Field(description="Names this finding on this evidence: send it to overrule it.")
    outcome: Literal["pass", "fail", "unsure"]
    needs: Literal["applicant", "staff"] | None
    rule: str
    evidence: list[dict[str, Any]]
    message: dict[str, str]


class MissingOut(BaseModel):
    fields: list[str]
    documents: list[MissingDocument]


class ApplicationOut(BaseModel):
    edition: str | None
    initiative: str | None
    verdict: Verdict
    fields: dict[str, FieldOut]
    documents: list[DocumentOut]
    missing: MissingOut
    findings: list[FindingOut]
    funding: Funding


class CorrespondenceOut(BaseModel):
    direction: Literal["in", "out"]
    at: datetime
    message_id: str | None
    class_: str | None = Field(None, alias="class", serialization_alias="class")
    template: str | None = None
    state: str | None = None
    cause: str | None = None

    model_config = ConfigDict(populate_by_name=True)


class CaseOut(CaseSummary):
    revision: str = Field(description="Send it back in If-Match with an act; it is the ETag too.")
    application: ApplicationOut | None
    correspondence: list[CorrespondenceOut]


class HistoryEntry(BaseModel):
    at: datetime
    actor: str
    action: str
    detail: str


class LetterDue(BaseModel):
    template: str | None
    to: list[str] = []
    subject: str = ""
    text: str = ""
    language: Language | None = None
    shown: str = Field("", description="Names this letter: send it to release this one and no other.")
    reason: str = Field("", description="Why there is no letter, where template is null.")


class LetterOut(BaseModel):
    id: int
    template: str
    state: LetterState
    to: str
    subject: str
    text: str
    message_id: str
    queued_at: datetime
    settled_at: datetime | None
    reason: str


class QueueCount(BaseModel):
    queue: str
    count: int


class WaitingOut(BaseModel):
    queue: str
    since: datetime
    reference: str | None
    arrival_id: int | None
    letter_id: int | None
    reasons: list[dict[str, str]]
    said: str
    days_left: int | None


class WaitingPage(BaseModel):
    items: list[WaitingOut]
    next: str | None


class Event(BaseModel):
    id: int
    type: str = Field(examples=["case.decided"])
    at: datetime
    reference: str
    state: str | None
    cause: str | None
    letter_id: int | None


class Events(BaseModel):
    items: list[Event]
    next: str | None = Field(description="Ask there for what comes after these; it is given on the last page too.")


class MailOut(BaseModel):
    id: int
    state: str
    class_: str | None = Field(None, serialization_alias="class")
    reference: str | None
    received_at: datetime
    sha256: str | None
    attempts: int
    attended: bool
    no_reply: str | None
    revision: str


class Done(BaseModel):
    """What an act led to. ``revision`` is the case's new one, and the ETag."""

    reference: str
    state: CaseState
    verdict: Verdict | None
    revision: str


class MailDone(BaseModel):
    id: int
    state: str
    reference: str | None
    revision: str


class SayValue(Sent):
    key: Text = Field(examples=["applicant.br_number"])
    value: Text | None = Field(description="As a person would write it; null: nothing is given.")
    reason: Text = ""


class NameField(Sent):
    key: Text


class Overrule(Sent):
    check: Text
    fingerprint: Text
    reason: Text = ""
    stands: bool = Field(True, description="False takes the overruling back.")


class PaperIn(Sent):
    first_page: int = Field(ge=1, le=100_000)
    last_page: int = Field(ge=1, le=100_000)
    kind: Text


class TellPapers(Sent):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    papers: list[PaperIn] = Field(max_length=500, description="None: what was said of the file is taken back.")
    reason: Text = ""


class ChangeState(Sent):
    state: Literal["open", "closed", "withdrawn"]
    reason: Text = ""


class Release(Sent):
    shown: Text = Field(description="`shown` of the letter that was looked at.")
    subject: Annotated[str, Field(max_length=500)] = ""
    text: Letter64 = Field("", description="Empty: the letter as composed.")


class WriteLetter(Sent):
    subject: Annotated[str, Field(min_length=1, max_length=500)]
    text: Annotated[str, Field(min_length=1, max_length=64_000)]
    close: bool = False


class ChangeLetter(Sent):
    state: Literal["queued", "held", "accepted", "failed"]
    reason: Text = ""


class AnswerSuggestion(Sent):
    accepted: bool


class JoinMail(Sent):
    reference: Text


class OpenCase(Sent):
    kind: CaseKind

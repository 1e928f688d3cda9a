"""The values of judging: one rule's answer, what is missing, the verdict."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from parsers.values import Value, Words


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 (an outcome)
    FAIL = "fail"
    UNSURE = "unsure"


class Needs(StrEnum):
    """Who must act on a finding."""

    APPLICANT = "applicant"
    STAFF = "staff"


class Verdict(StrEnum):
    """programme.md, 'What the machine may decide'. There is no refusal."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    REVIEW = "review"


class EvidenceRef(Value):
    """What a finding rests on: a field of the form, or a page of a paper."""

    document: str | None = None
    part: str | None = None
    page: int | None = None
    field: str | None = None


class Finding(Value):
    """One check's outcome. ``check`` is a stable code ("br_certificate.in_force"), ``rule`` the clause it rests on.

    ``message`` is written for whoever must act: for the applicant it says what is wrong and what to send; for staff what to look at.
    It never holds an eligibility judgement where ``needs`` is applicant.
    """

    check: str
    outcome: Outcome
    needs: Needs | None = None
    rule: str
    evidence: tuple[EvidenceRef, ...] = ()
    message: Words


class MissingReason(StrEnum):
    ABSENT = "absent"
    TOO_FEW = "too_few"
    EXPIRED = "expired"
    UNPAID = "unpaid"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"


class MissingDocument(Value):
    code: str
    have: int
    need: int
    reason: MissingReason


class Funding(Value):
    """HKD. ``limit`` = min(rate x cost, ceiling); None where there is no edition or no cost."""

    total_cost: int | float | None
    requested: int | float | None
    limit: int | float | None


class Decision(Value):
    """Findings and edition to a verdict: made once per run, stored, and the only thing that letters are written from."""

    received_on: date | None
    edition: str | None
    initiative: str | None
    verdict: Verdict
    findings: tuple[Finding, ...]
    missing_fields: tuple[str, ...]
    missing_documents: tuple[MissingDocument, ...]
    funding: Funding
    programme_hash: str


class EarlierCase(Value):
    """What is on record of an earlier application, for finding repeats (programme.md: five years, same applicant or factory)."""

    reference: str
    received_on: date
    initiative: str | None
    br_number: str | None = None
    uscc: str | None = None
    factory_name: str | None = None
    same_bytes: bool = False

"""The decision on one application: every rule asked, what is missing listed, one verdict drawn (programme.md, 'What the machine may decide')."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from checks.agreement import check_agreement
from checks.eligibility import check_eligibility
from checks.facts import Facts
from checks.form_fields import check_form_fields, missing_fields
from checks.money_and_time import check_money_and_time, funding_of
from checks.papers import answers, check_papers, missing_documents
from checks.policy import Policy
from checks.record import check_edition, check_form, check_record, check_trust
from checks.unread_papers import check_unread_papers
from checks.values import Decision, EarlierCase, Finding, MissingDocument, Needs, Outcome, Verdict
from parsers.values import Application


def consider(
    application: Application,
    policy: Policy,
    *,
    received_on: date | None,
    earlier: Sequence[EarlierCase] = (),
    programme_hash: str,
    min_confidence: float = 0.0,
    trusted: bool = True,
    staff_notes: Sequence[Finding] = (),
) -> Decision:
    """Judges an application by the edition in force on the day of receipt. Pure; never raises on what was read.

    ``earlier``: cases on record that may be of the same applicant or factory. ``min_confidence``: a floor under the programme's thresholds for
    values read from scans. ``trusted``: whether the mail's sender may be believed. ``staff_notes``: findings of the caller, about the mail.
    """
    facts = Facts(application=application, policy=policy, received_on=received_on, earlier=earlier, min_confidence=min_confidence)
    found = answers(facts)
    findings = (
        *check_edition(facts),
        *check_form(facts, found),
        *check_form_fields(facts),
        *check_money_and_time(facts),
        *check_papers(facts, found),
        *check_unread_papers(facts, found),
        *check_eligibility(facts, found),
        *check_agreement(facts),
        *check_record(facts),
        *check_trust(facts, trusted),
        *staff_notes,
    )
    absent, wanting = missing_fields(facts), missing_documents(found)
    edition = facts.edition
    return Decision(
        received_on=received_on,
        edition=edition.code if edition else None,
        initiative=application.initiative,
        verdict=verdict_of(findings, absent, wanting),
        findings=findings,
        missing_fields=absent,
        missing_documents=wanting,
        funding=funding_of(facts),
        programme_hash=programme_hash,
    )


def verdict_of(findings: Iterable[Finding], absent: Sequence[str] = (), wanting: Sequence[MissingDocument] = ()) -> Verdict:
    """Review where anything needs staff; else incomplete where the applicant must supply or correct something; else complete.

    Complete only where every finding passes: a rule left waiting although nothing is missing is for staff. The order of findings never matters.
    """
    listed = list(findings)
    if any(finding.needs is Needs.STAFF and finding.outcome is not Outcome.PASS for finding in listed):
        return Verdict.REVIEW
    if absent or wanting or any(finding.needs is Needs.APPLICANT and finding.outcome is not Outcome.PASS for finding in listed):
        return Verdict.INCOMPLETE
    return Verdict.COMPLETE if all(finding.outcome is Outcome.PASS for finding in listed) else Verdict.REVIEW

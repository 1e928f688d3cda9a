"""A case as other systems see it: what was read, judged and written, with identity card numbers masked."""

from __future__ import annotations

from collections.abc import Mapping

from checks.overruling import fingerprint_of
from checks.values import Finding
from parsers.identifiers import mask_hkid
from parsers.values import Application, Document, Field, Missing, Read, Unreadable
from review.api.schemas import (
    ApplicationOut,
    CaseOut,
    CaseSummary,
    CorrespondenceOut,
    DocumentOut,
    FieldOut,
    FindingOut,
    LetterOut,
    MailOut,
    MissingOut,
)
from review.mail_acts import revision_of_mail
from storage.mails import MailOnRecord
from storage.values import Case, CaseRecord, Letter, Run


def summary_of(case: Case) -> CaseSummary:
    return CaseSummary.model_validate(case.model_dump(include=set(CaseSummary.model_fields)))


def case_of(record: CaseRecord, revision: str) -> CaseOut:
    mails = [
        CorrespondenceOut(
            direction="in" if mail.direction == "in" else "out", at=mail.at, message_id=mail.message_id, class_=mail.message_class,
            template=mail.template, state=mail.state, cause=mail.cause,
        )
        for mail in record.correspondence
    ]  # fmt: skip
    application = application_of(record.current) if record.current else None
    return CaseOut(**summary_of(record.case).model_dump(), revision=revision, application=application, correspondence=mails)


def application_of(run: Run) -> ApplicationOut:
    application, decision = run.application, run.decision
    return ApplicationOut(
        edition=decision.edition,
        initiative=decision.initiative,
        verdict=decision.verdict,
        fields=_fields(application.fields),
        documents=[_document(document) for document in application.documents],
        missing=MissingOut(fields=list(decision.missing_fields), documents=list(decision.missing_documents)),
        findings=[_finding(finding, application) for finding in decision.findings],
        funding=decision.funding,
    )


def letter_of(letter: Letter) -> LetterOut:
    return LetterOut(
        id=letter.id, template=letter.template.value, state=letter.state, to=letter.to, subject=letter.reply.subject,
        text=mask_hkid(letter.reply.text), message_id=letter.message_id,
        queued_at=letter.queued_at, settled_at=letter.settled_at, reason=letter.reason,
    )  # fmt: skip


def mail_of(mail: MailOnRecord) -> MailOut:
    arrival = mail.arrival
    return MailOut(
        id=arrival.id, state=arrival.state.value, class_=arrival.message_class.value if arrival.message_class else None,
        reference=mail.case.reference if mail.case else None, received_at=arrival.seen_at, sha256=arrival.sha256, attempts=arrival.attempts,
        attended=arrival.attended, no_reply=arrival.no_reply, revision=revision_of_mail(mail),
    )  # fmt: skip


def _fields(fields: Mapping[str, Field]) -> dict[str, FieldOut]:
    return {key: _field(field) for key, field in fields.items() if not isinstance(field, Missing)}


def _field(field: Read | Unreadable) -> FieldOut:
    evidence = field.evidence
    value = field.value if isinstance(field, Read) else None
    return FieldOut(
        value=mask_hkid(value) if isinstance(value, str) else value, text=mask_hkid(field.text),
        reason=field.reason if isinstance(field, Unreadable) else None, confidence=round(evidence.confidence, 4), method=evidence.method.value,
        document=evidence.document, part=evidence.part, page=evidence.page, box=evidence.box, quote=mask_hkid(evidence.quote),
    )  # fmt: skip


def _document(document: Document) -> DocumentOut:
    return DocumentOut(
        name=document.name, part=document.part, sha256=document.sha256, type=document.kind, confidence=round(document.confidence, 3),
        pages=(document.first_page, document.last_page), text_source=document.text_source, problems=[problem.value for problem in document.problems],
        duplicate_of=document.duplicate_of, superseded_by=document.superseded_by, fields=_fields(document.fields),
    )  # fmt: skip


def _finding(finding: Finding, application: Application) -> FindingOut:
    plain = finding.model_dump(mode="json")
    return FindingOut(**plain, fingerprint=fingerprint_of(finding, application))

"""One result of `intake process --json` (contract.md): what was considered, in the words that other systems read."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.values import Decision, Finding
from intake.pipeline import Considered
from parsers.values import Application, Document, Evidence, Field, Message, MessageClass, Missing, Problem, Read, Unreadable
from replies.values import NoReply, Reply

SCHEMA = 1
JsonObject = dict[str, Any]


def result_of(source: str, considered: Considered) -> JsonObject:
    """The result line of one mail."""
    message = considered.message
    return {
        "schema": SCHEMA,
        "source": source,
        "received_on": _day(considered.received_on),
        "message": message_json(message, considered.classified.message_class, considered),
        "application": application_json(considered.application, considered.decision),
        "reply": reply_json(considered.answer),
        **({"no_reply": considered.answer.reason} if isinstance(considered.answer, NoReply) else {}),
    }


def unreadable_result(source: str, reason: str) -> JsonObject:
    """The result line of something that could not even be opened."""
    return {
        "schema": SCHEMA,
        "source": source,
        "received_on": None,
        "message": {
            "message_id": None,
            "from": None,
            "subject": None,
            "class": MessageClass.UNREADABLE.value,
            "language": None,
            "reason": reason,
        },
        "application": None,
        "reply": None,
    }


def message_json(message: Message, message_class: MessageClass, considered: Considered) -> JsonObject:
    return {
        "message_id": message.message_id,
        "from": message.sender.address if message.sender else (message.from_text or None),
        "subject": message.subject or None,
        "class": message_class.value,
        "language": considered.language.value if considered.language else None,
        "reason": message.unreadable or considered.classified.reason,
        "notes": [note.model_dump() for note in message.notes],
    }


def application_json(application: Application | None, decision: Decision | None) -> JsonObject | None:
    """The application with its decision, as `process`, `show` and `export` give it."""
    if application is None or decision is None:
        return None
    return {
        "edition": decision.edition,
        "initiative": decision.initiative,
        "verdict": decision.verdict.value,
        "fields": fields_json(application.fields),
        "documents": [document_json(document) for document in documents_as_judged(application, decision)],
        "missing": {
            "fields": list(decision.missing_fields),
            "documents": [missing.model_dump(mode="json") for missing in decision.missing_documents],
        },
        "findings": [finding_json(finding) for finding in decision.findings],
        "funding": decision.funding.model_dump(mode="json"),
    }


def fields_json(fields: dict[str, Field]) -> JsonObject:
    """Fields by key: a value that was read; a malformed one with its text; one that was not found is absent."""
    return {key: field_json(field) for key, field in fields.items() if not isinstance(field, Missing)}


def field_json(field: Read | Unreadable) -> JsonObject:
    value = {"value": field.value, "text": field.text} if isinstance(field, Read) else {"value": None, "text": field.text, "reason": field.reason}
    return {**value, **_evidence_json(field.evidence)}


def document_json(document: Document) -> JsonObject:
    return {
        "name": document.name,
        "part": document.part,
        "sha256": document.sha256,
        "type": document.kind,
        "confidence": round(document.confidence, 3),
        "pages": [document.first_page, document.last_page],
        "text_source": document.text_source,
        "problems": [problem.value for problem in document.problems],
        **({"duplicate_of": document.duplicate_of} if document.duplicate_of else {}),
        **({"superseded_by": document.superseded_by} if document.superseded_by else {}),
        "fields": fields_json(document.fields),
    }


def documents_as_judged(application: Application, decision: Decision) -> list[Document]:
    """The papers with the problems that only the day of receipt shows: an expired certificate (contract.md, problems)."""
    expired = {
        (evidence.part, evidence.page)
        for finding in decision.findings
        if finding.check in EXPIRY_CHECKS and finding.outcome.value == "fail"
        for evidence in finding.evidence
    }
    return [
        document.model_copy(update={"problems": (*document.problems, Problem.EXPIRED)})
        if Problem.EXPIRED not in document.problems and _has_page_in(document, expired)
        else document
        for document in application.documents
    ]


EXPIRY_CHECKS = ("br_certificate.in_force", "processing_agreement.in_force")


def _has_page_in(document: Document, pages: set[tuple[str | None, int | None]]) -> bool:
    return any(
        part == document.part and (page is None or document.first_page <= page <= document.last_page) and _has_expiry(document)
        for part, page in pages
    )


def _has_expiry(document: Document) -> bool:
    return "expires_on" in document.fields


def finding_json(finding: Finding) -> JsonObject:
    return finding.model_dump(mode="json")


def reply_json(answer: Reply | NoReply) -> JsonObject | None:
    if isinstance(answer, NoReply):
        return None
    return {
        "template": answer.template.value,
        "to": list(answer.to),
        "subject": answer.subject,
        "text": answer.text,
        "html": answer.html,
        "language": answer.language.value,
    }


def _evidence_json(evidence: Evidence) -> JsonObject:
    return {
        "confidence": round(evidence.confidence, 4),
        "method": evidence.method.value,
        "document": evidence.document,
        "part": evidence.part,
        "page": evidence.page,
        "box": [round(number, 1) for number in evidence.box] if evidence.box else None,
        "quote": evidence.quote,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None

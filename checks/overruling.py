"""Findings that a person overruled: they stay overruled, with the reason, for as long as what they rest on is unchanged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from checks.consider import verdict_of
from checks.policy import Policy
from checks.values import Decision, EvidenceRef, Finding, MissingDocument
from checks.wording import finding as worded
from parsers.corrections import FieldCorrection, PaperLayout
from parsers.values import Application, Document, Field, Read, Unreadable, Value

MISSING_FIELD, MISSING_DOCUMENT = "missing.field", "missing.document"
_NOTHING = "-"


class Overruling(Value):
    """A person's word on one finding. ``check``: its code, or ``missing.field`` and ``missing.document`` for what the applicant would be asked for.

    ``fingerprint``: of the finding and of what it rested on (``fingerprint_of``). ``stands`` False takes the word back.
    """

    check: str
    fingerprint: str
    actor: str
    at: datetime
    reason: str
    stands: bool = True


class Corrections(Value):
    """Everything that staff say of a case against what the machine read and found."""

    fields: tuple[FieldCorrection, ...] = ()
    layouts: tuple[PaperLayout, ...] = ()
    overrulings: tuple[Overruling, ...] = ()


NOTHING_SAID = Corrections()


def fingerprint_of(found: Finding, application: Application) -> str:
    """What a finding rests on, as a hash: its check and outcome, and the values and papers that its evidence names.

    Where the evidence names no value (a note on the mail, an earlier case), the words of the finding count as well.
    """
    rests_on = [_content(reference, application) for reference in found.evidence]
    named = any(reference.field for reference in found.evidence)
    return _hash([found.check, found.outcome.value, rests_on, None if named else found.message.en])


def fingerprint_of_missing_field(key: str) -> str:
    """What a missing field rests on: that it is missing."""
    return _hash([MISSING_FIELD, key])


def fingerprint_of_missing_document(missing: MissingDocument) -> str:
    """What a missing paper rests on: which, how many, and why those sent do not count."""
    return _hash([MISSING_DOCUMENT, missing.code, missing.have, missing.need, missing.reason.value])


def overruled(decision: Decision, application: Application, overrulings: Sequence[Overruling], policy: Policy) -> Decision:
    """The decision with a person's word on its findings: what was overruled passes, says who did it and why, and the verdict is drawn anew."""
    last = {word.fingerprint: word for word in overrulings}
    standing = {fingerprint: word for fingerprint, word in last.items() if word.stands}
    if not standing:
        return decision
    findings = [_answered(found, standing.get(fingerprint_of(found, application)), policy) for found in decision.findings]
    fields, documents = [], []
    for key in decision.missing_fields:
        word = standing.get(fingerprint_of_missing_field(key))
        if word is None:
            fields.append(key)
        else:
            findings.append(_passed("form.complete", [EvidenceRef(field=key)], word, policy))
    for missing in decision.missing_documents:
        word = standing.get(fingerprint_of_missing_document(missing))
        if word is None:
            documents.append(missing)
        else:
            findings.append(_passed("document.present", [], word, policy))
    return decision.model_copy(
        update={
            "findings": tuple(findings),
            "missing_fields": tuple(fields),
            "missing_documents": tuple(documents),
            "verdict": verdict_of(findings, fields, documents),
        }
    )


def _answered(found: Finding, word: Overruling | None, policy: Policy) -> Finding:
    if word is None or found.outcome.value == "pass":
        return found
    return _passed(found.check, found.evidence, word, policy)


def _passed(check: str, evidence: Sequence[EvidenceRef], word: Overruling, policy: Policy) -> Finding:
    return worded(policy, check, "pass_overruled", evidence=evidence, who=word.actor, day=word.at.date(), reason=word.reason)


def _content(reference: EvidenceRef, application: Application) -> list[object]:
    """What an evidence names: the value of a field (of the form, or of the paper on that page), and the paper's bytes and pages."""
    papers = [
        paper
        for paper in application.documents
        if paper.part == reference.part and (reference.page is None or paper.first_page <= reference.page <= paper.last_page)
    ]
    paper = papers[0] if papers else None
    field = _field(reference, paper, application)
    return [reference.field, _value(field), [paper.sha256, paper.first_page, paper.last_page] if paper else None]


def _field(reference: EvidenceRef, paper: Document | None, application: Application) -> Field | None:
    if reference.field is None:
        return None
    if reference.field in application.fields:
        return application.fields[reference.field]
    return paper.fields.get(reference.field) if paper else None


def _value(field: Field | None) -> object:
    if isinstance(field, Read):
        return field.value
    return f"unreadable: {field.text}" if isinstance(field, Unreadable) else _NOTHING


def _hash(content: list[object]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, default=str).encode()).hexdigest()

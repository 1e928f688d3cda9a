"""What an entry of the audit trail is about, in the reader's language: the trail itself is kept in English."""

from __future__ import annotations

from review.plain_reasons import plain_reason
from review.visit import Visit
from storage.values import AuditEntry


def detail_in_words(visit: Visit, entry: AuditEntry) -> str:
    """The field or the check that a person's word was about, by its name; else the detail itself in plain words."""
    if entry.action.startswith("value "):
        return field_in_words(visit, entry.detail)
    if entry.action.startswith("finding "):
        return check_in_words(visit, entry.detail)
    if entry.action == "queue shown" and visit.t.has(f"queue.{entry.detail}"):
        return visit.t(f"queue.{entry.detail}")
    return plain_reason(entry.detail, visit.t.code)


def field_in_words(visit: Visit, key: str) -> str:
    """The label of a field of the form or of a paper; the key where it has none."""
    label = next((spec.label for spec in visit.desk.catalogue.fields if spec.key == key), None)
    if label is not None:
        return label.in_language(visit.t.language)
    own = f"paper_field.{key.rpartition(':')[2]}"
    return visit.t(own) if visit.t.has(own) else key


def check_in_words(visit: Visit, check: str) -> str:
    """The clause of the rules that a check stands for; its code where it has none."""
    own = f"check.{check.replace('.', '_')}"
    if visit.t.has(own):
        return visit.t(own)
    clause = visit.desk.checks.get(check, check)
    return visit.desk.clauses.get(clause, clause) if visit.t.code == "zh-Hant" else clause

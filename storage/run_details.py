"""A run's fields, papers and findings as rows of their own, for lists, searches and the register; identity card numbers masked."""

from __future__ import annotations

from typing import Any

from checks.values import Decision
from parsers.folding import fold_key
from parsers.identifiers import mask_hkid
from parsers.values import Application, Field, Read, Unreadable
from storage.database import Transaction
from storage.rows import DocumentRow, FieldRow, FindingRow
from storage.text import storable

_FIELDS, _DOCUMENTS, _FINDINGS = (str(table.__tablename__) for table in (FieldRow, DocumentRow, FindingRow))


def record_details(tx: Transaction, case_id: int, run_id: int, application: Application, decision: Decision) -> None:
    """Writes the rows of a run, in three statements."""
    owner = {"case_id": case_id, "run_id": run_id}
    tx.insert_many(_FIELDS, [{**owner, **_field(key, field)} for key, field in application.fields.items()])
    documents = [
        {
            "position": position,
            "name": storable(document.name),
            "part": storable(document.part),
            "sha256": document.sha256,
            "kind": document.kind,
            "confidence": document.confidence,
            "first_page": document.first_page,
            "last_page": document.last_page,
            "problems": " ".join(problem.value for problem in document.problems),
        }
        for position, document in enumerate(application.documents)
    ]
    tx.insert_many(_DOCUMENTS, [{**owner, **document} for document in documents])
    findings = [
        {
            "position": position,
            "check_code": finding.check,
            "outcome": finding.outcome.value,
            "needs": finding.needs.value if finding.needs else None,
            "message": mask_hkid(storable(finding.message.en)),
        }
        for position, finding in enumerate(decision.findings)
    ]
    tx.insert_many(_FINDINGS, [{**owner, **finding} for finding in findings])


def value_of(type: str, text: str | None) -> bool | int | float | str | None:
    """A field's value from its row; the type stands beside it."""
    if text is None:
        return None
    if type == "bool":
        return text == "True"
    return int(text) if type == "int" else float(text) if type == "float" else text


def _field(key: str, field: Field) -> dict[str, Any]:
    common: dict[str, Any] = {
        "key": key,
        "state": field.state,
        "type": "str",
        "value": None,
        "text": "",
        "folded": "",
        "confidence": None,
        "method": None,
    }
    if isinstance(field, Read | Unreadable):
        common |= {"text": mask_hkid(storable(field.text)), "confidence": field.evidence.confidence, "method": field.evidence.method.value}
    if isinstance(field, Read):
        value = mask_hkid(storable(field.value)) if isinstance(field.value, str) else str(field.value)
        common |= {"type": type(field.value).__name__, "value": value, "folded": fold_key(value)}
    return common

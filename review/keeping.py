"""Keeping a case that staff put right as a test case: the mail with personal data masked, beside what must be read from it, as a scorer takes it."""

from __future__ import annotations

import hmac
import json
import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from checks.values import Decision, Verdict
from parsers.values import Application, Message, Method, Part, PartRole, Read, Unreadable, Value
from review.desk import Desk
from review.masked_files import CannotMask, masked_mail
from review.masking import Masks
from review.masking_child import remade_apart
from storage.values import CaseRecord

TRUTH = "truth.jsonl"
_TEMPLATES = {Verdict.COMPLETE: "acknowledgement", Verdict.INCOMPLETE: "missing_items", Verdict.REVIEW: "receipt"}


class Kept(Value):
    """One test case: its file, the case that it came from, who kept it, when and why."""

    file: str
    reference: str
    actor: str
    at: datetime
    why: str
    verdict: str


def keep(desk: Desk, record: CaseRecord, mails: tuple[str, ...], *, actor: str, why: str) -> Kept:
    """Writes the mail and its line of truth. Raises CannotMask where the mail cannot be kept without personal data, and says why."""
    if desk.kept is None or record.current is None:
        raise CannotMask("no_place")
    if len(mails) != 1:
        raise CannotMask("many_mails")
    message = desk.work.message(mails[0])
    application = record.current.application
    people = [message.sender.name] if message.sender else []
    masks = Masks(application, people, _secret(desk, record.case.reference), desk.addresses)
    to = next(iter(sorted(desk.addresses)), "apply@secretariat.example")
    data = masked_mail(message, masks, desk.work.read, remade_apart, to)
    kept = Kept(
        file=f"{message.sha256[:16]}.eml", reference=record.case.reference, actor=actor, at=desk.clock(), why=masks.text(why),
        verdict=record.current.decision.verdict.value,
    )  # fmt: skip
    truth = _truth(record, message, masks) | {"file": kept.file, "kept": kept.model_dump(mode="json")}
    left = masks.left_over(json.dumps({name: each for name, each in truth.items() if name != "kept"}, ensure_ascii=False))
    if left:
        raise CannotMask("left")
    _write(desk.kept, kept.file, data, truth)
    return kept


def _secret(desk: Desk, reference: str) -> bytes:
    """By which invented data is drawn: of this case alone, and nothing of the site's own secret can be told from it."""
    return hmac.new(desk.secret, b"masks of " + reference.encode(), sha256).digest()


def kept_cases(folder: Path | None) -> tuple[Kept, ...]:
    """What was kept, the newest first."""
    return tuple(sorted((Kept.model_validate(line["kept"]) for line in _lines(folder)), key=lambda one: one.at, reverse=True))


def forget(folder: Path, reference: str) -> int:
    """Removes what was kept of a case that is erased: masked or not, it came from there. How many test cases went."""
    lines = _lines(folder)
    gone = [line for line in lines if line["kept"]["reference"] == reference]
    if gone:
        _write_truth(folder, [line for line in lines if line not in gone])
    for line in gone:
        (folder / line["file"]).unlink(missing_ok=True)
    return len(gone)


def _truth(record: CaseRecord, message: Message, masks: Masks) -> dict[str, Any]:
    run = record.current
    assert run is not None  # noqa: S101
    application, decision = run.application, run.decision
    language = record.case.language.value if record.case.language else None
    to = application.fields.get("contact.email")
    allowed = [masks.mail(str(to.value))] if isinstance(to, Read) else []
    form = next((document for document in application.documents if document.kind == "application_form"), None)
    return {
        "received_on": record.case.received_on.isoformat() if record.case.received_on else None,
        "message": {"class": "application", "language": language},
        "application": _application(application, decision, message, masks),
        "reply": {"template": _TEMPLATES[decision.verdict], "to_allowed": allowed, "language": language},
        "not_papers": [],
        "pages": sum(document.last_page - document.first_page + 1 for document in application.documents),
        "tags": {
            "scenario": "kept", "layout": "kept", "method": form.text_source if form else "text", "difficulty": "kept", "mail": "kept",
            "connection": None, "form": application.form,
        },
        "notes": "",
    }  # fmt: skip


def _application(application: Application, decision: Decision, message: Message, masks: Masks) -> dict[str, Any]:
    papers = {part.sha256: part for part in message.parts if part.role is PartRole.PAPER}
    missing = [{"code": one.code, "have": one.have, "need": one.need, "reason": one.reason.value} for one in decision.missing_documents]
    return {
        "edition": decision.edition,
        "initiative": decision.initiative,
        "verdict": decision.verdict.value,
        "fields": {key: masks.value(field.value) for key, field in application.fields.items() if isinstance(field, Read)},
        "boxes": _boxes(application, masks),
        "fields_not_scored": [key for key, field in application.fields.items() if isinstance(field, Unreadable)],
        "documents": _documents(application, papers, masks),
        "missing": {"fields": list(decision.missing_fields), "documents": missing},
        "missing_optional": {"fields": [], "documents": []},
        "findings": [{"code": one.check, "needs": one.needs.value} for one in decision.findings if one.needs and one.outcome.value != "pass"],
        "funding": decision.funding.model_dump(mode="json"),
    }


def _boxes(application: Application, masks: Masks) -> dict[str, Any]:
    """Where values stand whose boxes do not move with their words: those of form fields."""
    return {
        key: {"document": masks.text(field.evidence.document or ""), "page": field.evidence.page, "box": field.evidence.box}
        for key, field in application.fields.items()
        if isinstance(field, Read) and field.evidence.box and field.evidence.method is Method.ACROFORM
    }


def _documents(application: Application, papers: dict[str, Part], masks: Masks) -> list[dict[str, Any]]:
    return [
        {"file": masks.text((papers[one.sha256].name if one.sha256 in papers else one.name) or "") or None, "type": one.kind,
         "pages": [one.first_page, one.last_page], "problems": [problem.value for problem in one.problems],
         "fields": {key: masks.value(field.value) for key, field in one.fields.items() if isinstance(field, Read)}}
        for one in application.documents
    ]  # fmt: skip


def _lines(folder: Path | None) -> list[dict[str, Any]]:
    if folder is None or not (folder / TRUTH).is_file():
        return []
    return [json.loads(line) for line in (folder / TRUTH).read_text("utf-8").splitlines() if line.strip()]


def _write(folder: Path, name: str, data: bytes, truth: dict[str, Any]) -> None:
    """The mail first, then its line."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder / name).write_bytes(data)
    _write_truth(folder, [*(line for line in _lines(folder) if line["file"] != name), truth])


def _write_truth(folder: Path, lines: list[dict[str, Any]]) -> None:
    """All lines anew under another name, moved into place: a reader never sees half of them."""
    new = folder / f".{TRUTH}.{os.getpid()}"
    new.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    new.replace(folder / TRUTH)

"""Builders for the storage tests: whole values of which a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from checks.values import Decision, Finding, Funding, MissingDocument, MissingReason, Needs, Outcome, Verdict
from parsers.values import Application, Document, Evidence, Field, Language, Method, Missing, Read, Unreadable, Words
from replies.values import Reply, Template
from storage import arrivals, cases
from storage.database import Transaction
from storage.values import Arrival, Case, CaseKind, RunCause, RunRecorded

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 5)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def sha(letter: str) -> str:
    return letter * 64


def evidence(quote: str = "") -> Evidence:
    return Evidence(document="form.pdf", part="2", page=1, box=(70.0, 200.0, 180.0, 214.0), quote=quote, method=Method.OCR, confidence=0.97)


def read(key: str, value: bool | int | float | str, text: str | None = None) -> Read:
    return Read(key=key, value=value, text=text or str(value), evidence=evidence(str(value)))


def application(*fields: Field, form_sha: str = sha("f")) -> Application:
    given = fields or (
        read("applicant.name_en", "Bright Dyeing Limited"),
        read("applicant.br_number", "12345678"),
        read("contact.email", "wong@bright.example"),
        read("factory.name", "東莞光明染廠有限公司"),
        read("factory.uscc", "91441900MA4W12345X"),
        read("project.total_cost", 880000),
        read("connection.hk_shareholding", 50.01),
        read("declaration.signature", True),
        Missing(key="contact.phone"),
        Unreadable(key="project.end_on", text="31/02/2026", reason="malformed", evidence=evidence("31/02/2026")),
    )
    form = Document(
        name="form.pdf",
        part="2",
        sha256=form_sha,
        kind="application_form",
        confidence=0.99,
        first_page=1,
        last_page=6,
        text_source="ocr",
    )
    return Application(form="B", initiative="demonstration_i", fields={field.key: field for field in given}, documents=(form,))


def decision(verdict: Verdict = Verdict.INCOMPLETE, *, programme_hash: str = "p1", received_on: date = TODAY, staff: str = "") -> Decision:
    words = Words(en=staff or "The telephone number is missing.", zh_hant="缺電話號碼。", zh_hans="缺电话号码。")
    finding = Finding(check="required", outcome=Outcome.FAIL, needs=Needs.STAFF if staff else Needs.APPLICANT, rule="form", message=words)
    lacking = verdict is Verdict.INCOMPLETE
    return Decision(
        received_on=received_on,
        edition="2020",
        initiative="demonstration_i",
        verdict=verdict,
        findings=(finding,) if lacking or staff else (),
        missing_fields=("contact.phone",) if lacking else (),
        missing_documents=(MissingDocument(code="quotation", have=1, need=3, reason=MissingReason.TOO_FEW),) if lacking else (),
        funding=Funding(total_cost=880000, requested=440000, limit=440000),
        programme_hash=programme_hash,
    )


def arrive(tx: Transaction, uid: int = 1, *, sha256: str = sha("a"), mailbox: str = "INBOX", uidvalidity: int = 1) -> Arrival:
    found, _ = arrivals.record_arrival(
        tx, mailbox=mailbox, uidvalidity=uidvalidity, uid=uid, sha256=sha256, size=1000, internal_date=NOW, seen_at=NOW
    )
    return found


def open_case(tx: Transaction, kind: CaseKind = CaseKind.APPLICATION, *, received_on: date | None = TODAY) -> Case:
    return cases.open_case(tx, kind=kind, received_on=received_on, opened_at=NOW, language=Language.EN)


def run(
    tx: Transaction, case: Case, given: Decision | None = None, *, form: Application | None = None, cause: RunCause = RunCause.RUN
) -> RunRecorded:
    return cases.record_run(tx, case.id, form or application(), given or decision(), at=NOW, cause=cause, reader_version="r1")


def reply(to: str = "wong@bright.example", *, template: Template = Template.RECEIPT, cause: str = sha("a")) -> Reply:
    return Reply(
        template=template,
        to=(to,),
        subject="Received",
        text="We have received it.",
        html="<p>We have received it.</p>",
        language=Language.EN,
        cause=cause,
    )

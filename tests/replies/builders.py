"""Builders that show only what a test is about; everything else is an ordinary complete application of an invented company."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from checks.values import Decision, EvidenceRef, Finding, Funding, MissingDocument, MissingReason, Needs, Outcome, Verdict
from parsers.catalogue import Catalogue, Choice, DocumentSpec, FieldSpec, FieldType, FormSpec, MailWords
from parsers.values import (
    Application,
    Document,
    Evidence,
    Field,
    FileKind,
    Language,
    Mailbox,
    Message,
    MessageClass,
    Method,
    Part,
    PartRole,
    Problem,
    Read,
    Words,
)  # fmt: skip
from replies.compose import compose
from replies.letters import LetterSet, load_letters
from replies.mail_bytes import build_mail
from replies.message_ids import message_id_for
from replies.values import Office, Reply

LETTERS_FOLDER = Path(__file__).parents[2] / "programmes" / "cppp" / "letters"
LETTERS: LetterSet = load_letters(LETTERS_FOLDER)
OUR_ADDRESS = "apply@secretariat.example.com"
OFFICE = Office(from_name="CPPP Secretariat", from_address=OUR_ADDRESS, telephone="2345 6789", web="https://secretariat.example.com")
REFERENCE = "CPPP-2026-00042-O"
SECRET = b"a secret of the tests"
CAUSE = "ab" * 32
NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
WORDS = MailWords(application=(), enquiry=(), withdrawal=(), data_request=(), auto_reply_subjects=("out of office", "自動回覆"))


def words(en: str, zh_hant: str = "", zh_hans: str = "") -> Words:
    return Words(en=en, zh_hant=zh_hant or en, zh_hans=zh_hans or en)


_LABELS = {
    "applicant.name_en": words("Name of Applicant (English)", "申請機構名稱(英文)", "申请机构名称(英文)"),
    "applicant.name_zh": words("Name of Applicant (Chinese)", "申請機構名稱(中文)", "申请机构名称(中文)"),
    "applicant.br_number": words("Business Registration No.", "商業登記號碼", "商业登记号码"),
    "contact.phone": words("Telephone", "電話", "电话"),
    "contact.email": words("E-mail", "電郵地址", "电邮地址"),
    "project.title": words("Project Title", "項目名稱", "项目名称"),
    "project.end_on": words("Completion Date", "完成日期", "完成日期"),
    "project.funding_requested": words("Funding Requested (HK$)", "申請資助金額(港元)", "申请资助金额(港元)"),
    "declaration.signature": words("Authorised Signature", "授權簽署", "授权签署"),
}
_COST = words("Total Project Expenditure (HK$)", "項目總開支(港元)", "项目总开支(港元)")
_FEE = words("Consultancy Fee (HK$)", "顧問費用(港元)", "顾问费用(港元)")
_PAPERS = {
    "application_form": words("Application form", "申請表", "申请表"),
    "br_certificate": words("Business Registration Certificate", "商業登記證", "商业登记证"),
    "annual_return": words("Annual Return (Form NAR1)", "周年申報表(表格NAR1)", "周年申报表(表格NAR1)"),
    "quotation": words("Quotation", "報價單", "报价单"),
    "project_plan": words("Project plan", "項目計劃書", "项目计划书"),
}


def catalogue() -> Catalogue:
    fields = [FieldSpec(key=key, type=FieldType.TEXT, forms=("A", "B", "C"), label=label) for key, label in _LABELS.items()]
    fields.append(FieldSpec(key="project.total_cost", type=FieldType.MONEY, forms=("A", "B", "C"), label=_COST, label_on={"A": _FEE}))
    fields.append(
        FieldSpec(
            key="project.initiative", type=FieldType.CHOICE, forms=("B",), label=words("Type of application", "申請類別", "申请类别"),
            choices=(Choice(code="demonstration_i", words=words("Demonstration Project (i)")),),
        )
    )  # fmt: skip
    return Catalogue(
        forms=(FormSpec(code="B", title=words("Demonstration Project"), initiatives=("demonstration_i",)),),
        fields=tuple(fields),
        documents=tuple(DocumentSpec(code=code, label=label) for code, label in _PAPERS.items()),
        initiatives={"demonstration_i": words("Demonstration Project (i)", "示範項目(i)", "示范项目(i)")},
    )


def evidence(quote: str = "", *, confidence: float = 1.0, method: Method = Method.TEXT) -> Evidence:
    return Evidence(document="form.pdf", part="2", page=1, box=None, quote=quote, method=method, confidence=confidence)


def read(key: str, value: str, *, confidence: float = 1.0, method: Method = Method.TEXT) -> Field:
    return Read(key=key, value=value, text=value, evidence=evidence(value, confidence=confidence, method=method))


def fields(**changed: str) -> dict[str, Field]:
    """Fields of an ordinary form; ``contact_email="..."`` changes one."""
    values = {
        "applicant.name_en": "Wing Fat Metal Works Limited",
        "applicant.name_zh": "永發五金有限公司",
        "contact.email": "chan@wingfat.example",
        "project.title": "Heat recovery from furnaces",
    } | {key.replace("_", ".", 1): value for key, value in changed.items()}
    return {key: read(key, value) for key, value in values.items()}


def application(*documents: Document, **changed: str) -> Application:
    return Application(form="B", initiative="demonstration_i", fields=fields(**changed), documents=documents)


def paper(kind: str, *problems: Problem, name: str | None = None, part: str = "3", meant: str | None = None, expires_on: str = "") -> Document:
    return Document(
        name=name, part=part, sha256="cd" * 32, kind=kind, confidence=1.0, first_page=1, last_page=1, text_source="text", problems=problems,
        meant=meant, fields={"expires_on": read("expires_on", expires_on)} if expires_on else {},
    )  # fmt: skip


def finding(check: str, message: Words, *, field: str | None = None, part: str | None = None, needs: Needs | None = Needs.APPLICANT) -> Finding:
    return Finding(check=check, outcome=Outcome.FAIL, needs=needs, rule="a clause", evidence=(EvidenceRef(field=field, part=part),), message=message)


def lacking(code: str, reason: MissingReason, *, have: int = 0, need: int = 1) -> MissingDocument:
    return MissingDocument(code=code, have=have, need=need, reason=reason)


def decision(
    verdict: Verdict, *, fields: tuple[str, ...] = (), documents: tuple[MissingDocument, ...] = (), findings: tuple[Finding, ...] = ()
) -> Decision:
    return Decision(
        received_on=date(2026, 3, 5), edition="2020", initiative="demonstration_i", verdict=verdict, findings=findings, missing_fields=fields,
        missing_documents=documents, funding=Funding(total_cost=None, requested=None, limit=None), programme_hash="0",
    )  # fmt: skip


def incomplete() -> Decision:
    """Something of every kind is missing."""
    return decision(
        Verdict.INCOMPLETE,
        fields=("contact.phone", "applicant.name_en"),
        documents=(
            lacking("br_certificate", MissingReason.EXPIRED),
            lacking("quotation", MissingReason.TOO_FEW, have=1, need=3),
            lacking("annual_return", MissingReason.ENCRYPTED),
        ),
        findings=(
            finding(
                "funding.within_limit",
                words(
                    "The funding requested, HK$500,000, is above the HK$450,000 that may be requested. Please correct the amount on the form.",
                    "申請資助金額為500,000港元，超出可申請的450,000港元。請在申請表上更正金額。",
                    "申请资助金额为500,000港元，超出可申请的450,000港元。请在申请表上更正金额。",
                ),
                field="project.funding_requested",
            ),
        ),
    )


def message(*, sender: str = "chan@wingfat.example", **changed: Any) -> Message:
    values: dict[str, Any] = {
        "sha256": CAUSE,
        "size": 1000,
        "message_id": "<one@wingfat.example>",
        "sender": Mailbox(name="Chan", address=sender),
        "to": (Mailbox(name="", address=OUR_ADDRESS),),
        "subject": "Application",
        "received_on": date(2026, 3, 5),
    }
    return Message(**(values | changed))


def attached(role: PartRole = PartRole.PAPER) -> Part:
    return Part(path="2", name="a.pdf", declared_type="application/pdf", kind=FileKind.PDF, role=role, sha256="ef" * 32, size=3, data=b"%PD")


def letter(
    given: Decision | None,
    *,
    language: Language | None = Language.EN,
    message_class: MessageClass = MessageClass.APPLICATION,
    to: str = "chan@wingfat.example",
    mail: Message | None = None,
    applied: Application | None = None,
    **changed: Any,
) -> Reply:
    return compose(
        given, applied if applied is not None else application() if given else None, mail or message(), message_class=message_class,
        reference=REFERENCE, letters=LETTERS, language=language, catalogue=catalogue(), to=to, cause=CAUSE, office=OFFICE, **changed,
    )  # fmt: skip


def our_id(reference: str = REFERENCE, template: str = "receipt", cause: str = CAUSE) -> str:
    return message_id_for(reference, template, cause, secret=SECRET, domain="secretariat.example.com")


def mail_of(reply: Reply, *, message_id: str | None = None, from_name: str = "CPPP Secretariat") -> bytes:
    return build_mail(reply, from_address=OUR_ADDRESS, from_name=from_name, message_id=message_id or our_id(), date=NOON)

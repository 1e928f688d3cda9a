"""Complete applications that pass every rule, so that a test shows only the one thing that it is about. All names and numbers are invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Literal

from checks.consider import consider
from checks.policy import Policy
from checks.values import Decision, EarlierCase, Finding, MissingDocument, Needs, Outcome
from intake.programme import load_programme
from parsers.catalogue import FormCode
from parsers.values import Application, Document, Evidence, Field, Method, Missing, Problem, Read, Unreadable

RECEIVED = date(2024, 3, 5)
Value = bool | int | float | str

_EVERYWHERE: dict[str, Value] = {
    "applicant.name_en": "Wing Yip Metal Works Limited",
    "applicant.name_zh": "榮業金屬製品有限公司",
    "applicant.br_number": "12345678",
    "applicant.established_on": "2001-02-03",
    "applicant.address": "Unit 5, 7/F, Fung Lee Industrial Building, Kwun Tong, Kowloon",
    "contact.name": "Chan Siu Ming",
    "contact.phone": "+85223456789",
    "contact.email": "chan@wingyip.example",
    "project.title": "Heat recovery for a plating line",
    "project.start_on": "2024-06-01",
    "project.end_on": "2024-08-31",
    "declaration.name": "Chan Siu Ming",
    "declaration.signed_on": "2024-03-01",
    "declaration.signature": True,
    "declaration.chop": True,
}
_FACTORY: dict[str, Value] = {
    "factory.name": "东莞荣业金属制品有限公司",
    "factory.address": "广东省东莞市长安镇振安路8号",
    "factory.uscc": "91441900MA4RQHCG4U",
    "factory.sector": "metal_products",
    "connection.type": "gd_joint_venture",
}
_HONG_KONG: dict[str, Value] = {"factory.address": "Flat A, 9/F, Luen Shing Factory Building, Tsuen Wan, New Territories"}


def evidence(method: Method = Method.TEXT, confidence: float = 0.99, page: int = 1) -> Evidence:
    return Evidence(document="form.pdf", part="2", page=page, box=(10, 10, 90, 20), quote="", method=method, confidence=confidence)


def read(key: str, value: Value, *, method: Method = Method.TEXT, confidence: float = 0.99) -> Read:
    return Read(key=key, value=value, text=str(value), evidence=evidence(method, confidence))


def left_blank(key: str, *, method: Method = Method.TEXT) -> Missing:
    """Its place was found, and nothing stood there."""
    return Missing(key=key, evidence=evidence(method))


def unreadable(
    key: str, text: str, reason: Literal["malformed", "illegible", "contradictory"], *, method: Method = Method.TEXT, confidence: float = 0.99
) -> Unreadable:
    return Unreadable(key=key, text=text, reason=reason, evidence=evidence(method, confidence))


def paper(
    kind: str,
    *problems: Problem,
    name: str | None = None,
    meant: str | None = None,
    confidence: float = 0.9,
    part: str = "",
    copy_of: str | None = None,
    method: Method = Method.TEXT,
    read_with: float = 0.99,
    **values: Value,
) -> Document:
    """One paper with its own fields, in a file and a part of its own."""
    unique = part or f"{kind}-{name}-{sorted(values.items())}"
    return Document(
        name=name or f"{kind}.pdf",
        part=unique,
        sha256=unique,
        kind=kind,
        confidence=confidence,
        first_page=1,
        last_page=1,
        text_source="text",
        problems=problems,
        meant=meant,
        duplicate_of=copy_of,
        fields={key: read(key, value, method=method, confidence=read_with) for key, value in values.items()},
    )


def quotations(count: int) -> tuple[Document, ...]:
    return tuple(paper("quotation", name=f"quotation {n}.pdf", supplier=f"Supplier {n} Limited", total=10_000 + n) for n in range(count))


def br_certificate(bearing: str = "Wing Yip Metal Works Limited", /, **changed: Value) -> Document:
    said: dict[str, Value] = {"br_number": "12345678", "expires_on": "2024-12-31"}
    return _filled("br_certificate", bearing, said | changed)


def licence(bearing: str = "东莞荣业金属制品有限公司", /, **changed: Value) -> Document:
    said: dict[str, Value] = {
        "uscc": "91441900MA4RQHCG4U",
        "enterprise_type": "有限责任公司(台港澳与境内合资)",
        "address": "广东省东莞市长安镇振安路8号",
    }
    return _filled("mainland_business_licence", bearing, said | changed)


def _filled(kind: str, bearing: str, values: dict[str, Value]) -> Document:
    made = paper(kind, part=f"{kind}-{bearing}-{sorted(values.items())}")
    return made.model_copy(update={"fields": {"name": read("name", bearing)} | {key: read(key, value) for key, value in values.items()}})


def lacking(document: Document, *keys: str) -> Document:
    """The same paper, of which these fields could not be read."""
    return document.model_copy(update={"fields": {key: each for key, each in document.fields.items() if key not in keys}})


def company_papers() -> tuple[Document, ...]:
    name = "Wing Yip Metal Works Limited"
    return company_paper("certificate_of_incorporation", name), company_paper("annual_return", name)


def company_paper(kind: str, name: str, number: str = "0754321") -> Document:
    return named(paper(kind, company_number=number), name)


def named(document: Document, name: str) -> Document:
    """The same paper bearing this name."""
    return with_field(document, read("name", name))


def with_field(document: Document, changed: Field) -> Document:
    """The same paper with one field read otherwise."""
    return document.model_copy(update={"fields": {**document.fields, changed.key: changed}})


@dataclass(frozen=True)
class Draft:
    """An application in the making; every change makes another."""

    form: FormCode | None
    initiative: str | None
    fields: dict[str, Field] = field(default_factory=dict)
    papers: tuple[Document, ...] = ()
    conflicts: tuple[str, ...] = ()
    pages_unread: bool = False

    def saying(self, **values: Value) -> Draft:
        """Fields filled in; underscores twice for the dot: ``project__start_on``."""
        return self.having(*(read(key.replace("__", "."), value) for key, value in values.items()))

    def having(self, *fields: Field) -> Draft:
        """Fields in whatever state."""
        changed = {each.key: each for each in fields}
        chosen = changed.get("project.initiative")
        initiative = str(chosen.value) if isinstance(chosen, Read) else self.initiative
        return replace(self, fields=self.fields | changed, initiative=initiative)

    def blank(self, *keys: str) -> Draft:
        return self.having(*(left_blank(key) for key in keys))

    def without_place(self, *keys: str) -> Draft:
        """Fields whose place is not on the form at all."""
        return self.having(*(Missing(key=key) for key in keys))

    def scanned(self, confidence: float = 0.97) -> Draft:
        """The same form, read from a picture."""
        pictures = {
            key: each.model_copy(update={"evidence": evidence(Method.OCR, confidence)}) if isinstance(each, Read) else each
            for key, each in self.fields.items()
        }
        return replace(self, fields=pictures)

    def plus(self, *papers: Document) -> Draft:
        return replace(self, papers=(*self.papers, *papers))

    def less(self, *kinds: str) -> Draft:
        return replace(self, papers=tuple(each for each in self.papers if each.kind not in kinds))

    def swapped(self, *papers: Document) -> Draft:
        """These papers instead of those of the same kind."""
        return self.less(*(each.kind for each in papers)).plus(*papers)

    @property
    def application(self) -> Application:
        return Application(
            form=self.form,
            initiative=self.initiative,
            fields=self.fields,
            documents=self.papers,
            conflicts=self.conflicts,
            form_pages_unread=self.pages_unread,
        )

    def judged(
        self,
        on: date | None = RECEIVED,
        *,
        earlier: Sequence[EarlierCase] = (),
        trusted: bool = True,
        notes: Sequence[Finding] = (),
        min_confidence: float = 0.0,
        by: Policy | None = None,
    ) -> Decision:
        return consider(
            self.application,
            by or the_policy(),
            received_on=on,
            earlier=earlier,
            programme_hash="0" * 64,
            trusted=trusted,
            staff_notes=notes,
            min_confidence=min_confidence,
        )


@cache
def the_policy() -> Policy:
    return load_programme().policy


def _draft(form: FormCode, initiative: str, papers: Sequence[Document], *said: dict[str, Value]) -> Draft:
    values: dict[str, Value] = {"project.initiative": initiative}
    for each in said:
        values |= each
    return Draft(form, initiative, {key: read(key, value) for key, value in values.items()}, (paper("application_form", name="form.pdf"), *papers))


def onsite() -> Draft:
    """Form A, a Guangdong joint venture: 40,000 asked of a fee of 80,000."""
    said: dict[str, Value] = {"provider.name": "Clear Air Consulting Limited", "project.total_cost": 80_000, "project.funding_requested": 40_000}
    papers = (
        br_certificate(),
        *company_papers(),
        licence(),
        paper("joint_venture_agreement"),
        paper("provider_proposal"),
        *quotations(1),
    )
    return _draft("A", "onsite_assessment", papers, _EVERYWHERE, _FACTORY, said)


def demonstration(initiative: str = "demonstration_i") -> Draft:
    """Form B, a Guangdong joint venture: 100,000 asked of a cost of 200,000, three quotations."""
    said: dict[str, Value] = {"project.summary": "Heat is won back.", "project.total_cost": 200_000, "project.funding_requested": 100_000}
    papers = (br_certificate(), *company_papers(), licence(), paper("joint_venture_agreement"), paper("project_plan"), *quotations(3))
    return _draft("B", initiative, papers, _EVERYWHERE, _FACTORY, said)


def organisation() -> Draft:
    """Form C, a trade association with a BR number: 90,000 asked of 100,000, two quotations."""
    said: dict[str, Value] = {
        "applicant.name_en": "Hong Kong Tinsmiths Association",
        "applicant.name_zh": "香港錫器業協會",
        "organisation.status": "registered",
        "organisation.non_profit": True,
        "project.summary": "Seminars.",
        "project.total_cost": 100_000,
        "project.funding_requested": 90_000,
    }
    certificate = br_certificate("Hong Kong Tinsmiths Association")
    papers = (certificate, paper("project_plan"), paper("constitution"), paper("organisation_registration"), *quotations(2))
    return _draft("C", "organisation_support", papers, _EVERYWHERE, said)


def in_hong_kong(draft: Draft, connection: str = "hk_factory") -> Draft:
    """The same with a factory in Hong Kong."""
    fields = {key: each for key, each in draft.fields.items() if key != "factory.uscc"}
    changed = replace(draft, fields=fields).having(read("connection.type", connection), *(read(k, v) for k, v in _HONG_KONG.items()))
    return changed.less("mainland_business_licence", "joint_venture_agreement").plus(paper("premises_proof"))


def connected(draft: Draft, connection: str, *papers: Document) -> Draft:
    """The same with another connection to its Guangdong factory, and that connection's papers."""
    return draft.having(read("connection.type", connection)).less("joint_venture_agreement").plus(*papers)


# ------------------------------------------------------------------ looking at decisions


def finding(decision: Decision, check: str) -> Finding:
    """The only finding of that check."""
    found = [each for each in decision.findings if each.check == check]
    assert len(found) == 1, f"{check}: {len(found)} findings"
    return found[0]


def answer(decision: Decision, check: str) -> tuple[Outcome, Needs | None]:
    found = finding(decision, check)
    return found.outcome, found.needs


def open_checks(decision: Decision) -> dict[str, Needs | None]:
    """The checks that did not pass, with who must act."""
    return {each.check: each.needs for each in decision.findings if each.outcome is not Outcome.PASS}


def wanted(decision: Decision) -> dict[str, str]:
    """The papers missing, each with its reason."""
    return {each.code: each.reason.value for each in decision.missing_documents}


def one_missing(decision: Decision) -> MissingDocument:
    (only,) = decision.missing_documents
    return only


PASSES = (Outcome.PASS, None)
ASKS_APPLICANT = (Outcome.FAIL, Needs.APPLICANT)
FAILS_FOR_STAFF = (Outcome.FAIL, Needs.STAFF)
UNSURE_FOR_STAFF = (Outcome.UNSURE, Needs.STAFF)
WAITS = (Outcome.UNSURE, None)

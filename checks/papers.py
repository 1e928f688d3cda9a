"""Which papers must be there, which of those sent count, and what is missing for which reason (programme.md, 'Which documents')."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from checks.facts import Facts, on_paper, shown_name
from checks.form_fields import CONNECTION
from checks.licence_type import waives
from checks.money_and_time import COST
from checks.names import is_limited_company
from checks.policy import DocumentRequirement
from checks.values import Finding, MissingDocument, MissingReason, Needs, Outcome
from parsers.field_values import as_day
from parsers.values import Document, Missing, Problem, Read

FORM, CERTIFICATE, DEMAND_NOTE, LICENCE = "application_form", "br_certificate", "br_demand_note", "mainland_business_licence"
# Where several papers fall short in different ways, the reason that tells the applicant most comes first.
_MOST_TELLING = (
    MissingReason.UNPAID,
    MissingReason.EXPIRED,
    MissingReason.ENCRYPTED,
    MissingReason.DAMAGED,
    MissingReason.UNREADABLE,
)


@dataclass(frozen=True)
class Answer:
    """One requirement's answer: how many papers count, how many are needed, and what that means."""

    requirement: DocumentRequirement
    have: int
    need: int
    state: Literal["enough", "short", "unclear", "waived", "unclear_waiver", "waiting"]
    reason: MissingReason = MissingReason.ABSENT
    papers: tuple[Document, ...] = ()


def answers(facts: Facts) -> tuple[Answer, ...]:
    """The answer of every requirement that applies to this application. Without a form only the form is known to be required."""
    if facts.form is None:
        requirement = DocumentRequirement(code=FORM, forms=("A", "B", "C"))
        return (Answer(requirement, have=0, need=1, state="short", reason=_reason(facts, requirement)),)
    return tuple(_answer(facts, requirement) for requirement in facts.policy.required_documents if _applies(requirement, facts))


def missing_documents(found: Iterable[Answer]) -> tuple[MissingDocument, ...]:
    """The papers that the applicant is asked for."""
    return tuple(
        MissingDocument(code=answer.requirement.code, have=answer.have, need=answer.need, reason=answer.reason)
        for answer in found
        if answer.state == "short"
    )


def in_force(facts: Facts, paper: Document) -> Outcome:
    """Whether a paper with a term is in force on the day of receipt, its last day included; UNSURE where its expiry was not read."""
    expires_on, commenced_on = as_day(paper.fields.get("expires_on")), as_day(paper.fields.get("commenced_on"))
    if Problem.EXPIRED in paper.problems:
        return Outcome.FAIL
    if expires_on is None or facts.received_on is None:
        return Outcome.UNSURE
    expiry = paper.fields["expires_on"]
    if isinstance(expiry, Read) and not facts.is_certain(expiry):
        return Outcome.UNSURE
    if expires_on < facts.received_on:
        return Outcome.FAIL
    return Outcome.UNSURE if commenced_on is not None and commenced_on > facts.received_on else Outcome.PASS


def certificate(facts: Facts) -> Document | None:
    """The business registration certificate that speaks for the applicant: one in force before one undecided before an expired one."""
    order = {Outcome.PASS: 0, Outcome.UNSURE: 1, Outcome.FAIL: 2}
    held = [paper for paper in facts.papers(CERTIFICATE) if is_legible(paper)]
    return min(held, key=lambda paper: order[in_force(facts, paper)], default=None)


def is_legible(paper: Document) -> bool:
    """Whether a paper can be read; an expired one can."""
    return all(problem is Problem.EXPIRED for problem in paper.problems)


def _applies(requirement: DocumentRequirement, facts: Facts) -> bool:
    """Whether the paper is required, as far as one can tell: a condition that nobody can decide requires nothing."""
    edition = facts.edition.code if facts.edition else None
    if facts.form not in requirement.forms or (requirement.editions is not None and edition not in requirement.editions):
        return False
    if requirement.connections is not None and facts.text(CONNECTION) not in requirement.connections:
        return False
    if requirement.limited_company and not _is_limited(facts):
        return False
    return requirement.when_given is None or not isinstance(facts.field(requirement.when_given), Missing)


def _is_limited(facts: Facts) -> bool:
    names = (facts.text("applicant.name_en"), facts.text("applicant.name_zh"))
    return any(name is not None and is_limited_company(name) for name in names)


def _answer(facts: Facts, requirement: DocumentRequirement) -> Answer:
    papers = counting(facts, requirement)
    if requirement.code == FORM:
        return Answer(requirement, have=max(1, len(papers)), need=1, state="enough", papers=papers)
    surely = [paper for paper in papers if paper.confidence >= facts.policy.thresholds.paper]
    need, surely_needed = _need(facts, requirement)
    have = len(papers)
    if len(surely) >= need:
        return Answer(requirement, have, need, "enough", papers=papers)
    waiver = waives(facts, requirement.waiver) if requirement.waiver else Outcome.FAIL
    if waiver is Outcome.PASS:
        return Answer(requirement, have, need, "waived")
    if have >= need:
        return Answer(requirement, have, need, "unclear", papers=papers)
    if waiver is Outcome.UNSURE:
        licence = requirement.waiver.paper if requirement.waiver else ""
        return Answer(requirement, have, need, "unclear_waiver" if facts.papers(licence) else "waiting")
    if have >= surely_needed:
        return Answer(requirement, have, need, "waiting", papers=papers)
    return Answer(requirement, have, surely_needed, "short", reason=_reason(facts, requirement, have=have), papers=papers)


def _need(facts: Facts, requirement: DocumentRequirement) -> tuple[int, int]:
    """How many papers are needed, and how many surely: they differ where the cost that decides is not known."""
    brackets = requirement.count_by_cost
    if not brackets:
        return requirement.count, requirement.count
    cost = facts.number(COST)
    if cost is None:
        counts = [bracket.count for bracket in brackets]
        return max(counts), min(counts)
    need = next(bracket.count for bracket in brackets if bracket.holds(cost))
    return need, need


def counting(facts: Facts, requirement: DocumentRequirement) -> tuple[Document, ...]:
    """The papers that count: of the kind or an alternative, legible, paid, not a copy of another, a certificate not expired."""
    papers: list[Document] = []
    for paper in facts.papers(requirement.code, *requirement.alternatives):
        expired = paper.kind == CERTIFICATE and in_force(facts, paper) is Outcome.FAIL
        if is_legible(paper) and not expired and not any(_same_paper(paper, other) for other in papers):
            papers.append(paper)
    return tuple(papers)


def _same_paper(paper: Document, other: Document) -> bool:
    """The same bytes and pages again, or a quotation of the same supplier, amount and day: one paper in two files."""
    if (paper.sha256, paper.first_page, paper.last_page) == (other.sha256, other.first_page, other.last_page) and paper.sha256:
        return True
    keys = ("supplier", "total", "dated")
    values = [tuple(field.value if isinstance(field := p.fields.get(key), Read) else None for key in keys) for p in (paper, other)]
    return paper.kind == "quotation" and None not in values[0] and values[0] == values[1]


def _reason(facts: Facts, requirement: DocumentRequirement, have: int = 0) -> MissingReason:
    """Why the paper is missing, from those sent that fall short: by their kind, or by what their file's name says they were meant to be."""
    codes = (requirement.code, *requirement.alternatives)
    reasons: set[MissingReason] = set()
    for paper in facts.application.documents:
        if paper.kind in codes or paper.meant in codes:
            reasons |= {facts.policy.problems[problem].reason for problem in paper.problems}
            if paper.kind == CERTIFICATE and in_force(facts, paper) is Outcome.FAIL:
                reasons.add(MissingReason.EXPIRED)
        if paper.kind == DEMAND_NOTE and requirement.code == CERTIFICATE:
            reasons.add(MissingReason.UNPAID)
    told = next((reason for reason in _MOST_TELLING if reason in reasons), None)
    return told or (MissingReason.TOO_FEW if have else MissingReason.ABSENT)


def check_papers(facts: Facts, found: Sequence[Answer]) -> Iterator[Finding]:
    """Findings on the papers required: there, unclear, or waiting for something else. What is missing stands under ``missing`` and is no finding."""
    for answer in found:
        paper = facts.label(answer.requirement.code)
        have, need = answer.have, answer.need
        evidence = [on_paper(each) for each in answer.papers]
        match answer.state:
            case "enough":
                yield facts.say("document.present", "pass", evidence=evidence, paper=paper, have=have, need=need)
            case "waived":
                yield facts.say("document.present", "pass_waived", paper=paper)
            case "unclear":
                yield facts.say("document.present", "unsure", needs=Needs.STAFF, evidence=evidence, paper=paper, have=have, need=need)
            case "unclear_waiver":
                yield facts.say("document.present", "unsure_licence_type", needs=Needs.STAFF, paper=paper)
            case "waiting":
                on = answer.requirement.waiver.paper if answer.requirement.waiver else COST
                yield facts.say("document.present", "waiting", field=facts.label(on))
            case "short":
                pass
    yield from _in_force(facts)
    yield from _licences_in_force(facts)


def _in_force(facts: Facts) -> Iterator[Finding]:
    paper = certificate(facts)
    required = any(requirement.code == CERTIFICATE and _applies(requirement, facts) for requirement in facts.policy.required_documents)
    if paper is None or not required:
        return
    expires_on, commenced_on = as_day(paper.fields.get("expires_on")), as_day(paper.fields.get("commenced_on"))
    name, evidence, outcome = shown_name(paper, facts.label(CERTIFICATE)), [on_paper(paper, "expires_on")], in_force(facts, paper)
    check = "br_certificate.in_force"
    if outcome is Outcome.UNSURE and commenced_on and facts.received_on and commenced_on > facts.received_on:
        yield facts.say(
            check,
            "unsure_early",
            needs=Needs.STAFF,
            evidence=evidence,
            document=name,
            commenced_on=commenced_on,
            received_on=facts.received_on,
        )
    elif outcome is Outcome.UNSURE or expires_on is None or facts.received_on is None:
        yield facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence, document=name)
    else:
        case, needs = ("pass", None) if outcome is Outcome.PASS else ("fail", Needs.APPLICANT)
        yield facts.say(check, case, needs=needs, evidence=evidence, document=name, expires_on=expires_on, received_on=facts.received_on)


def _licences_in_force(facts: Facts) -> Iterator[Finding]:
    """A Mainland licence whose term has run out is for staff. One of 长期, or without any term, has no expiry to read and is not expired."""
    if not any(requirement.code == LICENCE and _applies(requirement, facts) for requirement in facts.policy.required_documents):
        return
    for paper in facts.papers(LICENCE):
        expires_on = as_day(paper.fields.get("expires_on"))
        if not is_legible(paper) or expires_on is None or facts.received_on is None:
            continue
        check, name, evidence = "mainland_business_licence.in_force", shown_name(paper, facts.label(LICENCE)), [on_paper(paper, "expires_on")]
        outcome = in_force(facts, paper)
        if outcome is Outcome.PASS:
            yield facts.say(check, "pass", evidence=evidence, document=name, expires_on=expires_on)
        elif outcome is Outcome.UNSURE:
            yield facts.say(check, "unsure", needs=Needs.STAFF, evidence=evidence, document=name)
        else:
            yield facts.say(check, "fail", needs=Needs.STAFF, evidence=evidence, document=name, expires_on=expires_on, received_on=facts.received_on)

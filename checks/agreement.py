"""Form and papers side by side: numbers and names that must agree (programme.md, 'What the machine may decide', 'Names, numbers, papers').

What disagrees, or cannot be compared, is for staff.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from checks.eligibility import BR_NUMBER, MAINLAND_SHARE
from checks.facts import Facts, on_form, on_paper, shown_name
from checks.form_fields import CONNECTION, USCC
from checks.names import nearly_same_name, same_name
from checks.papers import LICENCE, certificate, is_legible
from checks.three_valued import outcome_of
from checks.values import Finding, Needs, Outcome
from parsers.field_values import as_number
from parsers.values import Document, Method, Read

_COMPANY_PAPERS = ("certificate_of_incorporation", "annual_return")
_FACTORY_NAME, _SHAREHOLDING_PROOF = "factory.name", "mainland_shareholding_proof"
_NAMES = ("applicant.name_en", "applicant.name_zh")


def check_agreement(facts: Facts) -> Iterator[Finding]:
    """Findings on the papers that must say what the form says; nothing where there is no form."""
    if facts.form is None:
        return
    held = certificate(facts)
    numbers_agree = False
    if held is not None:
        answer = _same_number(facts.text(BR_NUMBER), _said(held, "br_number"))
        numbers_agree = answer is True
        if facts.text(BR_NUMBER) is not None:
            yield _compared(facts, "agreement.br_number", held, "br_number", BR_NUMBER, answer, facts.text(BR_NUMBER))
        elif undecided := facts.undecided("agreement.br_number", BR_NUMBER):
            yield undecided
        yield _applicant_name(facts, held, also=(), by_number=numbers_agree)
    also = tuple(name for key in ("name", "name_zh") if held is not None and numbers_agree and (name := _said(held, key)))
    companies = (
        [paper for paper in facts.papers(*_COMPANY_PAPERS) if is_legible(paper)] if facts.form in facts.policy.eligibility.business_forms else []
    )
    for paper in companies:
        yield _applicant_name(facts, paper, also=also, by_number=_said(paper, "company_number") == facts.text(BR_NUMBER))
    yield from _company_numbers(facts, companies)
    if facts.text(CONNECTION) in facts.policy.eligibility.guangdong_connections:
        for paper in facts.papers(LICENCE):
            if is_legible(paper):
                yield from _licence(facts, paper)
    if facts.text(CONNECTION) in facts.policy.eligibility.resident_connections:
        yield from _shareholding(facts)


def _applicant_name(facts: Facts, paper: Document, *, also: Sequence[str], by_number: bool) -> Finding:
    """The applicant's name on a paper against those on the form; ``also``: other names known to be the applicant's own.

    Where both are in different scripts, a number that agrees (``by_number``) tells that they are the same.
    """
    printed = [field for key in ("name", "name_zh") if isinstance(field := paper.fields.get(key), Read)]
    fields = [field for key in _NAMES if isinstance(field := facts.field(key), Read)]
    own = [str(field.value) for field in fields]
    answer = _any_agrees([_same_reading(facts, field, other) for field in fields for other in printed])
    if answer is None:
        answer = _any_agrees([same_name(str(other.value), name) for other in printed for name in also])
    if answer is None and printed and own and by_number and not any(_comparable(str(p.value), name) for p in printed for name in own):
        answer = True
    if not own and (undecided := facts.undecided("agreement.applicant_name", "applicant.name_en")):
        return undecided
    key = fields[0].key if fields else _NAMES[0]
    return _compared(facts, "agreement.applicant_name", paper, "name", key, answer, " / ".join(own))


def _same_reading(facts: Facts, field: Read, other: Read) -> bool | None:
    """Whether two readings are of the same name. What was read without confidence contradicts nothing, and no more does a letter or two of a scan."""
    answer = same_name(str(field.value), str(other.value))
    if answer is False:
        uncertain = not (facts.is_certain(field) and facts.is_certain(other))
        scanned = Method.OCR in (field.evidence.method, other.evidence.method)
        return None if uncertain or (scanned and nearly_same_name(str(field.value), str(other.value))) else False
    return answer


def _any_agrees(answers: Sequence[bool | None]) -> bool | None:
    """One name that disagrees is a disagreement; else one that agrees is enough; None where none can be compared."""
    if False in answers:
        return False
    return True if True in answers else None


def _comparable(a: str, b: str) -> bool:
    return any(c.isascii() and c.isalpha() for c in a) == any(c.isascii() and c.isalpha() for c in b)


def _company_numbers(facts: Facts, companies: Sequence[Document]) -> Iterator[Finding]:
    """An 8-digit company number is the BR number since 27 December 2023; a 7-digit one is older and no contradiction, but two of them must agree."""
    older: set[int] = set()
    form_number = facts.text(BR_NUMBER)
    for paper in companies:
        number = "".join(c for c in _said(paper, "company_number") or "" if c.isdigit())
        if len(number) == 8 and form_number is not None:
            yield _compared(facts, "agreement.company_number", paper, "company_number", BR_NUMBER, _same_number(form_number, number), form_number)
        elif len(number) == 7:
            agrees = not older or int(number) in older
            older.add(int(number))
            yield _compared(facts, "agreement.company_number", paper, "company_number", BR_NUMBER, agrees, form_number)


def _licence(facts: Facts, paper: Document) -> Iterator[Finding]:
    number, printed = facts.text(USCC), _said(paper, "uscc")
    numbers_agree = number is not None and number == printed
    if number is not None:
        answer = None if printed is None else numbers_agree
        yield _compared(facts, "agreement.uscc", paper, "uscc", USCC, answer, number)
    name, printed_name = facts.text(_FACTORY_NAME), _said(paper, "name")
    if name is None:
        return
    same = None if printed_name is None else same_name(name, printed_name)
    if same is None and printed_name is not None and numbers_agree and not _comparable(name, printed_name):
        same = True
    yield _compared(facts, "agreement.factory_name", paper, "name", _FACTORY_NAME, same, name)


def _shareholding(facts: Facts) -> Iterator[Finding]:
    """The resident's share on the form against the proof of shareholding, where the proof's own figure was read."""
    share = facts.number(MAINLAND_SHARE)
    for paper in facts.papers(_SHAREHOLDING_PROOF):
        printed = as_number(paper.fields.get("resident_share"))
        if share is not None and printed is not None and is_legible(paper):
            agrees = Decimal(str(share)) == Decimal(str(printed))
            yield _compared(facts, "agreement.shareholding", paper, "resident_share", MAINLAND_SHARE, agrees, f"{share:g}")


def _compared(facts: Facts, check: str, paper: Document, paper_key: str, form_key: str, answer: bool | None, on_form_text: str | None) -> Finding:
    """One comparison as a finding. A disagreement that rests on an uncertain reading cannot be told."""
    document = shown_name(paper, facts.label(paper.kind))
    evidence = [on_form(facts.field(form_key)), on_paper(paper, paper_key)]
    fields = (facts.field(form_key), paper.fields.get(paper_key))
    if answer is False and any(isinstance(field, Read) and not facts.is_certain(field) for field in fields):
        answer = None
    outcome = outcome_of(answer)
    if outcome is Outcome.FAIL:
        said = {"on_form": on_form_text or "-", "on_paper": _said(paper, paper_key) or "-"}
        return facts.say(check, "fail", needs=Needs.STAFF, evidence=evidence, document=document, **said)
    return facts.say(check, outcome.value, needs=None if outcome is Outcome.PASS else Needs.STAFF, evidence=evidence, document=document)


def _same_number(a: str | None, b: str | None) -> bool | None:
    return None if a is None or b is None else a == b


def _said(paper: Document, key: str) -> str | None:
    field = paper.fields.get(key)
    return str(field.value) if isinstance(field, Read) else None

"""Every look of every paper by its name, and files that hold several papers one after another."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO

import pikepdf

from tests.corpus import papers
from tests.corpus.business_registration import br_branch_certificate, demand_note_paid
from tests.corpus.look_alikes import LOOK_ALIKES, covering_letter
from tests.corpus.offers import draw_quotation
from tests.corpus.paper_sheet import Bundle, Paper
from tests.corpus.people import Applicant
from tests.corpus.sheet import FACES, Sheet

__all__ = ["LOOKS", "Bundle", "Paper"]


def _several(a: Applicant, dice: random.Random) -> Bundle:
    """Three to six papers in one file, in no order that anybody planned; a contract of two pages and two quotations of one supplier among them."""
    makers: list[Callable[[], Paper]] = [
        lambda: papers.br_certificate(a, dice), lambda: papers.certificate_of_incorporation(a, dice), lambda: papers.annual_return(a, dice),
        lambda: papers.business_licence(a, dice), lambda: papers.contract(a, dice, "joint_venture_agreement"), lambda: papers.quotation(a, dice, 1),
        lambda: papers.project_plan(a, dice), lambda: covering_letter(a, dice), lambda: papers.foreign_investment_approval(a, dice),
    ]  # fmt: skip
    return joined([make() for make in dice.sample(makers, dice.randrange(3, 7))])


def _quotations(a: Applicant, dice: random.Random) -> Bundle:
    """Quotations in one file: two of one supplier, and one of another."""
    return joined([papers.quotation(a, dice, number) for number in dice.choice(((1, 1), (1, 2), (0, 0, 3), (2, 3, 4)))])


def _long_quotation(a: Applicant, dice: random.Random) -> Paper:
    """A quotation whose second page carries terms, numbered at the foot."""
    sheet = Sheet(FACES[dice.choice((0, 1))])
    fields, alternatives = draw_quotation(sheet, a, dice, dice.randrange(5))
    sheet.centred(810, "Page 1 of 2", 9)
    sheet.next_page()
    sheet.text(50, 50, "Terms and conditions 條款及細則", 13, bold=True)
    for number, line in enumerate(
        ("Prices exclude site works.", "Payment by cheque.", "The supplier warrants the equipment for twelve months.", "Disputes: laws of Hong Kong.")
    ):
        sheet.text(50, 90 + 20 * number, f"{number + 1}. {line}", 10)
    sheet.centred(810, "Page 2 of 2", 9)
    return Paper("quotation", "Quotation.pdf", sheet.pdf(), pages=2, fields=fields, alternatives=alternatives)


def joined(drawn: list[Paper]) -> Bundle:
    """One file of all their pages, each paper with its range of pages."""
    out, ranged, first = pikepdf.new(), [], 1
    for paper in drawn:
        with pikepdf.open(BytesIO(paper.pdf)) as source:
            out.pages.extend(source.pages)
        last = first + paper.pages - 1
        ranged.append(Paper(paper.kind, paper.name, b"", paper.pages, paper.fields, paper.alternatives, paper.problems, (first, last)))
        first = last + 1
    data = BytesIO()
    out.save(data)
    return Bundle("papers.pdf", data.getvalue(), tuple(ranged))


LOOKS: dict[str, Callable[[Applicant, random.Random], Paper | Bundle]] = {
    "br_certificate": papers.br_certificate,
    "BR of a branch": br_branch_certificate,
    "BR lapsed": lambda a, dice: papers.br_certificate(a, dice, expired=True),
    "demand note unpaid": lambda a, dice: papers.br_certificate(a, dice, unpaid=True),
    "demand note paid": demand_note_paid,
    "certificate_of_incorporation": papers.certificate_of_incorporation,
    "change of name": lambda a, dice: papers.certificate_of_incorporation(a, dice, renamed=True),
    "annual_return": papers.annual_return,
    "mainland_business_licence": papers.business_licence,
    "joint_venture_agreement": lambda a, dice: papers.contract(a, dice, "joint_venture_agreement"),
    "processing_agreement": lambda a, dice: papers.contract(a, dice, "processing_agreement"),
    "foreign_investment_approval": papers.foreign_investment_approval,
    "resident_identity": papers.resident_identity,
    "mainland_shareholding_proof": papers.shareholding_proof,
    "premises_proof": papers.premises_proof,
    "provider_proposal": papers.proposal,
    "quotation": lambda a, dice: papers.quotation(a, dice, dice.randrange(6)),
    "quotation of two pages": _long_quotation,
    "project_plan": papers.project_plan,
    "constitution": papers.constitution,
    "organisation_registration": papers.organisation_registration,
    "several papers": _several,
    "several quotations": _quotations,
    **LOOK_ALIKES,
}

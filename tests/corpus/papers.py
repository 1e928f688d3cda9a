"""Supporting papers of invented applicants: those that the programme asks for, and the places where each kind is drawn."""

from __future__ import annotations

import random

from tests.corpus.business_registration import br_certificate
from tests.corpus.hong_kong_papers import (
    annual_return,
    certificate_of_incorporation,
    constitution,
    organisation_registration,
    premises_proof,
    resident_identity,
)
from tests.corpus.look_alikes import other
from tests.corpus.mainland_papers import business_licence, contract, foreign_investment_approval, shareholding_proof
from tests.corpus.offers import project_plan, proposal, quotation
from tests.corpus.paper_sheet import DIGITS, Bundle, Paper
from tests.corpus.people import Applicant

__all__ = [
    "DIGITS", "Bundle", "Paper", "annual_return", "br_certificate", "business_licence", "certificate_of_incorporation", "constitution", "contract",
    "foreign_investment_approval", "organisation_registration", "other", "premises_proof", "project_plan", "proposal", "quotation", "required_papers",
    "resident_identity", "shareholding_proof",
]  # fmt: skip


def required_papers(a: Applicant, dice: random.Random) -> list[Paper]:
    """All papers that the programme asks of this applicant (programme.md, 'Which documents')."""
    papers = [br_certificate(a, dice)]
    if a.form == "C":
        return [
            *papers,
            project_plan(a, dice),
            quotation(a, dice, 0),
            quotation(a, dice, 1),
            constitution(a, dice),
            organisation_registration(a, dice),
        ]
    papers += [certificate_of_incorporation(a, dice), annual_return(a, dice)]
    connection = a.values["connection.type"]
    if connection.startswith("gd_"):
        papers.append(business_licence(a, dice))
    if connection == "gd_joint_venture":
        papers.append(contract(a, dice, "joint_venture_agreement"))
    if connection == "gd_processing_agreement":
        papers.append(contract(a, dice, "processing_agreement"))
    if connection == "gd_resident_owned":
        papers += [resident_identity(a, dice), shareholding_proof(a, dice)]
    if connection.startswith("hk_"):
        papers.append(premises_proof(a, dice))
    if a.form == "A":
        return [*papers, proposal(a, dice), quotation(a, dice, 0)]
    cost = a.values["project.total_cost"]
    count = 2 if cost < 50_000 else 3 if cost <= 300_000 else 5
    return [*papers, project_plan(a, dice), *(quotation(a, dice, n) for n in range(count))]

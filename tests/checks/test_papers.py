"""Which papers are needed, which count, and under which reason the others are missing."""

from __future__ import annotations

from datetime import date

import pytest

from checks.values import Needs, Outcome, Verdict
from parsers.values import Document, Method, Problem
from tests.checks.builders import (
    ASKS_APPLICANT,
    PASSES,
    UNSURE_FOR_STAFF,
    Draft,
    answer,
    br_certificate,
    connected,
    demonstration,
    in_hong_kong,
    lacking,
    licence,
    one_missing,
    onsite,
    open_checks,
    organisation,
    paper,
    quotations,
    read,
    wanted,
    with_field,
)

WHOLLY_OWNED = connected(onsite(), "gd_wholly_owned")
RESIDENT = connected(onsite(), "gd_resident_owned", paper("resident_identity"), paper("mainland_shareholding_proof")).having(
    read("connection.mainland_shareholding", 60), read("connection.hk_shareholding", 60)
)
PROCESSING = connected(onsite(), "gd_processing_agreement", paper("processing_agreement", expires_on="2025-01-01"))


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        *((draft, code) for draft in (onsite(), demonstration()) for code in ("br_certificate", "certificate_of_incorporation", "annual_return")),
        *((draft, code) for draft in (onsite(), demonstration()) for code in ("mainland_business_licence", "joint_venture_agreement")),
        (onsite(), "provider_proposal"),
        (demonstration(), "project_plan"),
        (PROCESSING, "processing_agreement"),
        (RESIDENT, "resident_identity"),
        (RESIDENT, "mainland_shareholding_proof"),
        (in_hong_kong(onsite()), "premises_proof"),
        (in_hong_kong(demonstration()), "premises_proof"),
        (in_hong_kong(demonstration(), "hk_workshop"), "premises_proof"),
        *((organisation(), code) for code in ("br_certificate", "project_plan", "constitution", "organisation_registration")),
    ],
)
def test_a_required_paper_that_was_not_sent_is_absent(draft: Draft, code: str) -> None:
    assert draft.judged().missing_documents == ()
    decision = draft.less(code).judged()
    missing = one_missing(decision)
    assert (missing.code, missing.have, missing.need, missing.reason.value) == (code, 0, 1, "absent")
    assert decision.verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (demonstration(), "provider_proposal"),
        (onsite(), "project_plan"),
        (in_hong_kong(onsite()), "mainland_business_licence"),
        (onsite(), "premises_proof"),
        (organisation(), "certificate_of_incorporation"),
        (organisation(), "annual_return"),
        (PROCESSING, "joint_venture_agreement"),
    ],
)
def test_a_paper_that_is_not_required_is_not_asked_for(draft: Draft, code: str) -> None:
    assert draft.less(code).judged().missing_documents == ()


def test_company_papers_are_for_limited_companies_only() -> None:
    partnership = onsite().saying(applicant__name_en="Wing Yip Metal Works").blank("applicant.name_zh")
    partnership = partnership.swapped(br_certificate("Wing Yip Metal Works")).less("certificate_of_incorporation", "annual_return")
    assert partnership.judged().verdict is Verdict.COMPLETE


def test_either_name_tells_a_limited_company() -> None:
    draft = onsite().saying(applicant__name_en="Wing Yip Metal Works").less("annual_return")
    assert "annual_return" in wanted(draft.judged())


def test_an_organisation_without_a_number_needs_no_certificate() -> None:
    assert organisation().blank("applicant.br_number").less("br_certificate").judged().verdict is Verdict.COMPLETE


# ------------------------------------------------------------------ the certificate


@pytest.mark.parametrize(("expires_on", "counts"), [("2024-03-04", False), ("2024-03-05", True), ("2024-03-06", True)])
def test_a_certificate_must_be_in_force_on_the_day_of_receipt(expires_on: str, counts: bool) -> None:
    decision = onsite().swapped(br_certificate(expires_on=expires_on)).judged(date(2024, 3, 5))
    assert answer(decision, "br_certificate.in_force") == (PASSES if counts else ASKS_APPLICANT)
    assert wanted(decision) == ({} if counts else {"br_certificate": "expired"})
    assert decision.verdict is (Verdict.COMPLETE if counts else Verdict.INCOMPLETE)


def test_a_certificate_in_force_counts_beside_an_expired_one() -> None:
    assert onsite().plus(br_certificate(expires_on="2023-01-01")).judged().verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    "certificate",
    [
        lacking(br_certificate(), "expires_on"),
        with_field(br_certificate(), read("expires_on", "2023-01-01", method=Method.OCR, confidence=0.3)),
        br_certificate(commenced_on="2024-03-06"),
    ],
    ids=["expiry not read", "expiry read without confidence", "not yet begun"],
)
def test_a_certificate_whose_term_cannot_be_told_is_for_staff_and_not_asked_for_again(certificate: Document) -> None:
    decision = onsite().swapped(certificate).judged()
    assert answer(decision, "br_certificate.in_force") == UNSURE_FOR_STAFF
    assert decision.missing_documents == ()


def test_an_unpaid_demand_note_is_no_certificate() -> None:
    decision = onsite().less("br_certificate").plus(paper("br_demand_note", Problem.UNPAID)).judged()
    assert wanted(decision) == {"br_certificate": "unpaid"}
    assert decision.verdict is Verdict.INCOMPLETE


def test_a_demand_note_beside_a_certificate_harms_nothing() -> None:
    assert onsite().plus(paper("br_demand_note", Problem.UNPAID)).judged().verdict is Verdict.COMPLETE


# ------------------------------------------------------------------ the Mainland licence


@pytest.mark.parametrize(
    ("expires_on", "verdict"), [("2024-03-04", Verdict.REVIEW), ("2024-03-05", Verdict.COMPLETE), ("2034-01-01", Verdict.COMPLETE)]
)
def test_a_licence_whose_term_has_run_out_is_for_staff_and_not_asked_for_again(expires_on: str, verdict: Verdict) -> None:
    decision = onsite().swapped(licence(expires_on=expires_on)).judged(date(2024, 3, 5))
    assert decision.verdict is verdict
    assert decision.missing_documents == ()


def test_a_licence_of_no_stated_term_is_not_expired() -> None:
    assert "expires_on" not in licence().fields
    assert onsite().swapped(licence()).judged().verdict is Verdict.COMPLETE


# ------------------------------------------------------------------ quotations


@pytest.mark.parametrize(
    ("draft", "cost", "need"),
    [
        (onsite(), 80_000, 1),
        (demonstration(), 49_999.99, 2),
        (demonstration(), 50_000, 3),
        (demonstration(), 300_000, 3),
        (demonstration(), 300_000.01, 5),
        (demonstration(), 900_000, 5),
        (organisation(), 2_000_000, 2),
    ],
)
def test_the_number_of_quotations_follows_the_cost(draft: Draft, cost: float, need: int) -> None:
    asking = draft.having(read("project.total_cost", cost), read("project.funding_requested", 10_000)).less("quotation")
    assert asking.plus(*quotations(need)).judged().verdict is Verdict.COMPLETE
    short = asking.plus(*quotations(need - 1)).judged()
    missing = one_missing(short)
    assert (missing.code, missing.have, missing.need) == ("quotation", need - 1, need)
    assert missing.reason.value == ("too_few" if need > 1 else "absent")


def test_without_a_cost_only_the_smallest_number_of_quotations_is_asked_for() -> None:
    costless = demonstration().blank("project.total_cost").less("quotation")
    assert one_missing(costless.plus(*quotations(1)).judged()).need == 2
    waiting = costless.plus(*quotations(2)).judged()
    assert waiting.missing_documents == ()
    assert waiting.verdict is Verdict.INCOMPLETE


def test_copies_of_a_quotation_count_once() -> None:
    first, second = quotations(2)
    copy = second.model_copy(update={"part": "9", "duplicate_of": second.part})
    same_bytes = second.model_copy(update={"part": "10"})
    other_scan = second.model_copy(update={"part": "11", "sha256": "another", "fields": second.fields | {"dated": read("dated", "2024-01-01")}})
    dated = second.model_copy(update={"fields": second.fields | {"dated": read("dated", "2024-01-01")}})
    for again in (copy, same_bytes):
        assert one_missing(demonstration().less("quotation").plus(first, second, again).judged()).have == 2
    assert one_missing(demonstration().less("quotation").plus(first, dated, other_scan).judged()).have == 2


def test_an_encrypted_quotation_among_too_few_is_named_as_the_reason() -> None:
    locked = paper("other", Problem.ENCRYPTED, name="quotation 3.pdf", meant="quotation")
    missing = one_missing(demonstration().less("quotation").plus(*quotations(2), locked).judged())
    assert (missing.have, missing.need, missing.reason.value) == (2, 3, "encrypted")


# ------------------------------------------------------------------ the investment approval


@pytest.mark.parametrize(
    "enterprise_type",
    ["有限责任公司(台港澳法人独资)", "有限责任公司(港澳台投资、法人独资)", "有限責任公司(港澳台法人獨資)", "有限责任公司(台港澳自然人独资)"],
)
def test_a_licence_of_a_hong_kong_sole_investor_makes_the_approval_unnecessary(enterprise_type: str) -> None:
    assert WHOLLY_OWNED.swapped(licence(enterprise_type=enterprise_type)).judged().verdict is Verdict.COMPLETE


@pytest.mark.parametrize("enterprise_type", ["有限责任公司(外国法人独资)", "有限责任公司(台港澳与境内合资)", "有限责任公司(自然人投资或控股)"])
def test_any_other_licence_needs_the_approval_or_the_contract(enterprise_type: str) -> None:
    draft = WHOLLY_OWNED.swapped(licence(enterprise_type=enterprise_type))
    assert wanted(draft.judged()) == {"foreign_investment_approval": "absent"}
    assert draft.plus(paper("foreign_investment_approval")).judged().verdict is Verdict.COMPLETE
    assert draft.plus(paper("joint_venture_agreement")).judged().verdict is Verdict.COMPLETE


@pytest.mark.parametrize("enterprise_type", ["有限责任公司(港奥台法人独资)", "有限责任公司(台港澳法人独货)"])
def test_a_licence_type_that_was_perhaps_misread_is_for_staff(enterprise_type: str) -> None:
    decision = WHOLLY_OWNED.swapped(licence(enterprise_type=enterprise_type)).judged()
    assert (decision.missing_documents, decision.verdict) == ((), Verdict.REVIEW)


def test_a_licence_whose_type_was_not_read_is_for_staff() -> None:
    decision = WHOLLY_OWNED.swapped(lacking(licence(), "enterprise_type")).judged()
    assert (decision.missing_documents, decision.verdict) == ((), Verdict.REVIEW)


def test_without_a_licence_the_approval_is_not_asked_for_yet() -> None:
    decision = WHOLLY_OWNED.less("mainland_business_licence").judged()
    assert wanted(decision) == {"mainland_business_licence": "absent"}
    assert decision.verdict is Verdict.INCOMPLETE


# ------------------------------------------------------------------ papers that cannot be used


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Problem.ENCRYPTED, "encrypted"),
        (Problem.DAMAGED, "damaged"),
        (Problem.BLANK, "unreadable"),
        (Problem.LINK_ONLY, "absent"),
    ],
)
def test_a_paper_that_cannot_be_used_is_missing_under_its_reason_where_name_or_content_tells_what_it_is(problem: Problem, reason: str) -> None:
    draft = onsite().less("provider_proposal")
    by_name = draft.plus(paper("other", problem, name="proposal.pdf", meant="provider_proposal")).judged()
    by_content = draft.plus(paper("provider_proposal", problem)).judged()
    for decision in (by_name, by_content):
        assert wanted(decision) == {"provider_proposal": reason}
        assert decision.verdict is Verdict.INCOMPLETE
        assert "document.readable" not in open_checks(decision)


@pytest.mark.parametrize("problem", [Problem.UNREADABLE, Problem.TOO_LARGE])
def test_a_paper_that_only_the_machine_could_not_read_is_for_staff_before_anybody_is_asked(problem: Problem) -> None:
    draft = onsite().less("provider_proposal")
    by_name = draft.plus(paper("other", problem, name="proposal.pdf", meant="provider_proposal")).judged()
    by_content = draft.plus(paper("provider_proposal", problem)).judged()
    nameless = draft.plus(paper("other", problem, name="scan0007.pdf")).judged()
    for decision in (by_name, by_content, nameless):
        assert answer(decision, "document.readable") == UNSURE_FOR_STAFF
        assert decision.verdict is Verdict.REVIEW
    assert wanted(by_name) == wanted(by_content) == {"provider_proposal": "unreadable"}


@pytest.mark.parametrize("problem", [Problem.ENCRYPTED, Problem.DAMAGED, Problem.BLANK, Problem.LINK_ONLY])
def test_a_nameless_paper_that_cannot_be_used_is_told_to_the_applicant_beside_what_is_absent(problem: Problem) -> None:
    decision = onsite().less("provider_proposal").plus(paper("other", problem, name="scan0007.pdf")).judged()
    assert wanted(decision) == {"provider_proposal": "absent"}
    assert answer(decision, "document.readable") == ASKS_APPLICANT
    assert decision.verdict is Verdict.INCOMPLETE


def test_a_locked_file_of_unknown_content_is_for_staff_where_nothing_is_missing() -> None:
    decision = onsite().plus(paper("other", Problem.ENCRYPTED, name="scan0007.pdf")).judged()
    assert open_checks(decision) == {"document.readable": Needs.STAFF}


def test_a_blank_file_harms_nothing_where_nothing_is_missing() -> None:
    assert onsite().plus(paper("other", Problem.BLANK, name="scan0007.pdf")).judged().verdict is Verdict.COMPLETE


def test_a_locked_copy_of_a_paper_that_is_there_harms_nothing() -> None:
    locked = paper("other", Problem.ENCRYPTED, name="proposal.pdf", meant="provider_proposal")
    assert onsite().plus(locked).judged().verdict is Verdict.COMPLETE


def test_an_unsafe_file_is_always_for_staff() -> None:
    for draft in (onsite(), onsite().less("provider_proposal")):
        decision = draft.plus(paper("other", Problem.UNSAFE, name="proposal.pdf", meant="provider_proposal")).judged()
        assert decision.verdict is Verdict.REVIEW
        assert answer(decision, "document.readable") == UNSURE_FOR_STAFF


def test_a_file_that_is_damaged_and_may_be_unsafe_is_not_asked_for_again() -> None:
    damaged = paper("other", Problem.DAMAGED, Problem.UNSAFE, name="proposal.pdf", meant="provider_proposal")
    decision = onsite().less("provider_proposal").plus(damaged).judged()
    assert decision.verdict is Verdict.REVIEW
    assert answer(decision, "document.readable") == UNSURE_FOR_STAFF


def test_files_within_a_file_are_for_staff_to_open() -> None:
    portfolio = paper("other", name="all papers.pdf").model_copy(update={"doubts": ("holds_files",)})
    decision = onsite().less("provider_proposal").plus(portfolio).judged()
    assert decision.verdict is Verdict.REVIEW
    assert answer(decision, "document.readable") == UNSURE_FOR_STAFF


def test_a_form_that_was_sent_locked_is_asked_for_again() -> None:
    decision = Draft(None, None, papers=(paper("other", Problem.ENCRYPTED, name="form.pdf", meant="application_form"),)).judged()
    assert wanted(decision) == {"application_form": "encrypted"}
    assert decision.verdict is Verdict.INCOMPLETE


# ------------------------------------------------------------------ papers of doubtful kind


def test_a_paper_told_with_little_confidence_counts_for_staff_only() -> None:
    decision = onsite().swapped(paper("provider_proposal", confidence=0.2)).judged()
    assert decision.missing_documents == ()
    assert decision.verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    "stranger",
    [
        paper("other", confidence=0.2),
        paper("other", name="proposal.pdf", meant="provider_proposal"),
        paper("constitution", confidence=0.2),
    ],
    ids=["hardly known", "named like the missing one", "taken for another with little confidence"],
)
def test_where_a_paper_is_missing_one_that_may_be_it_is_for_staff(stranger: Document) -> None:
    decision = onsite().less("provider_proposal").plus(stranger).judged()
    assert answer(decision, "document.identified") == UNSURE_FOR_STAFF
    assert wanted(decision) == {"provider_proposal": "absent"}
    assert decision.verdict is Verdict.REVIEW
    assert onsite().plus(stranger).judged().verdict is Verdict.COMPLETE


def test_a_paper_surely_something_else_raises_no_doubt() -> None:
    decision = onsite().less("provider_proposal").plus(paper("other", name="company profile.pdf")).judged()
    assert decision.verdict is Verdict.INCOMPLETE


def test_each_paper_that_is_there_is_reported_as_present() -> None:
    present = [each for each in onsite().judged().findings if each.check == "document.present"]
    assert {each.outcome for each in present} == {Outcome.PASS}
    assert any("Quotation" in each.message.en for each in present)

"""Eligibility: every rule that fails or cannot be decided is for staff, and no other finding of it exists."""

from __future__ import annotations

from datetime import date

import pytest

from checks.values import Needs, Outcome, Verdict
from parsers.values import Method
from tests.checks.builders import (
    FAILS_FOR_STAFF,
    PASSES,
    UNSURE_FOR_STAFF,
    WAITS,
    Draft,
    answer,
    connected,
    demonstration,
    in_hong_kong,
    lacking,
    licence,
    onsite,
    open_checks,
    organisation,
    paper,
    read,
    unreadable,
)

RESIDENT = connected(onsite(), "gd_resident_owned", paper("resident_identity"), paper("mainland_shareholding_proof"))


def held(mainland: float, applicant: float) -> Draft:
    return RESIDENT.having(read("connection.mainland_shareholding", mainland), read("connection.hk_shareholding", applicant))


@pytest.mark.parametrize(
    ("mainland", "applicant", "passes"),
    [(50.00, 30.00, False), (50.01, 30.00, True), (50.01, 29.99, False), (50, 29.99, False), (100, 100, True), (50.001, 30, True), (0, 0, False)],
)
def test_the_resident_holds_more_than_half_of_the_factory_and_at_least_three_tenths_of_the_applicant(
    mainland: float, applicant: float, passes: bool
) -> None:
    decision = held(mainland, applicant).judged()
    assert answer(decision, "eligibility.shareholdings") == (PASSES if passes else FAILS_FOR_STAFF)
    assert decision.verdict is (Verdict.COMPLETE if passes else Verdict.REVIEW)


def test_a_shareholding_left_blank_waits_for_the_applicant() -> None:
    decision = held(60, 60).blank("connection.hk_shareholding").judged()
    assert answer(decision, "eligibility.shareholdings") == WAITS
    assert decision.verdict is Verdict.INCOMPLETE


def test_a_shareholding_that_nobody_can_read_is_for_staff() -> None:
    decision = held(60, 60).having(unreadable("connection.hk_shareholding", "3_", "illegible")).judged()
    assert answer(decision, "eligibility.shareholdings") == UNSURE_FOR_STAFF


@pytest.mark.parametrize(("connection", "initiative", "passes"), [
    ("hk_workshop", "onsite_assessment", False),
    ("hk_workshop", "demonstration_i", True),
    ("hk_workshop", "demonstration_ii", True),
    ("hk_factory", "onsite_assessment", True),
])  # fmt: skip
def test_a_workshop_is_for_demonstration_projects_only(connection: str, initiative: str, passes: bool) -> None:
    draft = onsite() if initiative == "onsite_assessment" else demonstration(initiative)
    decision = in_hong_kong(draft, connection).judged()
    assert answer(decision, "eligibility.connection") == (PASSES if passes else FAILS_FOR_STAFF)
    assert decision.verdict is (Verdict.COMPLETE if passes else Verdict.REVIEW)


# ------------------------------------------------------------------ where the factory is


def factory_at(address: str, *, uscc: str | None = None, on_licence: str | None = None) -> Draft:
    draft = onsite().saying(factory__address=address)
    printed = licence(**({"address": on_licence} if on_licence else {}), **({"uscc": uscc} if uscc else {}))
    draft = draft.swapped(printed if on_licence else lacking(printed, "address"))
    return draft.saying(factory__uscc=uscc) if uscc else draft


@pytest.mark.parametrize(
    "address",
    ["广东省惠州市博罗县石湾镇", "東莞市厚街鎮", "中山市小欖鎮工業大道", "No. 3 Industrial Road, Humen, Dongguan, Guangdong", "Foshan City, P.R.C."],
)
def test_a_factory_in_guangdong_passes(address: str) -> None:
    assert answer(factory_at(address).judged(), "eligibility.factory_in_guangdong") == PASSES


@pytest.mark.parametrize(
    ("address", "uscc"),
    [
        ("浙江省宁波市北仑区", "91330206MA2AGQ6K8R"),
        ("Kunshan, Jiangsu Province", "91320583MA1MU5QH2T"),
        ("Unit 3, Kwun Tong, Kowloon", "91330206MA2AGQ6K8R"),
    ],
)
def test_a_guangdong_connection_with_a_factory_elsewhere_fails(address: str, uscc: str) -> None:
    decision = factory_at(address, uscc=uscc).judged()
    assert answer(decision, "eligibility.factory_in_guangdong") == FAILS_FOR_STAFF
    assert decision.verdict is Verdict.REVIEW


def test_an_address_elsewhere_fails_whatever_the_number_says() -> None:
    assert answer(factory_at("浙江省宁波市").judged(), "eligibility.factory_in_guangdong") == FAILS_FOR_STAFF


def test_where_the_address_tells_nothing_the_number_decides() -> None:
    assert answer(factory_at("长安镇振安路8号").judged(), "eligibility.factory_in_guangdong") == PASSES
    assert answer(factory_at("工业区8号", uscc="91330206MA2AGQ6K8R").judged(), "eligibility.factory_in_guangdong") == FAILS_FOR_STAFF


def test_where_neither_address_nor_number_tells_staff_look() -> None:
    draft = factory_at("振安路8号").blank("factory.uscc").swapped(lacking(licence(), "address", "uscc"))
    assert answer(draft.judged(), "eligibility.factory_in_guangdong") == UNSURE_FOR_STAFF


def test_a_licence_of_another_province_contradicts_an_address_in_guangdong() -> None:
    assert answer(factory_at("广东省东莞市", on_licence="江西省赣州市").judged(), "eligibility.factory_in_guangdong") == UNSURE_FOR_STAFF
    assert answer(factory_at("广东省东莞市", uscc="91330206MA2AGQ6K8R").judged(), "eligibility.factory_in_guangdong") == UNSURE_FOR_STAFF


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("九龍深水埗福榮街141號", PASSES),
        ("Flat 8, 12 Canton Road, Tsim Sha Tsui, Kowloon", PASSES),
        ("东莞市长安镇", FAILS_FOR_STAFF),
        ("啟富工廠大廈13樓5室", UNSURE_FOR_STAFF),
    ],
)
def test_a_hong_kong_connection_needs_a_factory_in_hong_kong(address: str, expected: object) -> None:
    decision = in_hong_kong(onsite()).saying(factory__address=address).judged()
    assert answer(decision, "eligibility.factory_in_hong_kong") == expected


# ------------------------------------------------------------------ the processing agreement


@pytest.mark.parametrize(("expires_on", "expected"), [("2024-03-04", FAILS_FOR_STAFF), ("2024-03-05", PASSES), ("2030-01-01", PASSES)])
def test_a_processing_agreement_must_run_on_the_day_of_receipt(expires_on: str, expected: object) -> None:
    decision = connected(onsite(), "gd_processing_agreement", paper("processing_agreement", expires_on=expires_on)).judged(date(2024, 3, 5))
    assert answer(decision, "processing_agreement.in_force") == expected
    assert decision.missing_documents == ()


def test_an_agreement_whose_term_was_not_read_is_for_staff() -> None:
    for agreement in (paper("processing_agreement"), paper("processing_agreement", expires_on="2020-01-01", method=Method.OCR, read_with=0.2)):
        decision = connected(onsite(), "gd_processing_agreement", agreement).judged()
        assert answer(decision, "processing_agreement.in_force") == UNSURE_FOR_STAFF


def test_an_agreement_prolonged_by_a_second_one_is_in_force() -> None:
    both = (paper("processing_agreement", expires_on="2020-01-01"), paper("processing_agreement", expires_on="2026-01-01"))
    assert connected(onsite(), "gd_processing_agreement", *both).judged().verdict is Verdict.COMPLETE


def test_while_the_agreement_is_missing_the_rule_waits() -> None:
    decision = connected(onsite(), "gd_processing_agreement").judged()
    assert answer(decision, "processing_agreement.in_force") == WAITS
    assert decision.verdict is Verdict.INCOMPLETE


# ------------------------------------------------------------------ sector, number, organisation


def test_another_sector_is_flagged_and_a_target_sector_passes() -> None:
    assert open_checks(onsite().saying(factory__sector="other").judged()) == {"eligibility.sector": Needs.STAFF}
    assert answer(onsite().saying(factory__sector="textiles").judged(), "eligibility.sector") == PASSES


def test_a_business_is_registered_by_number_and_certificate() -> None:
    assert answer(onsite().judged(), "eligibility.hong_kong_business") == PASSES
    assert answer(onsite().blank("applicant.br_number").judged(), "eligibility.hong_kong_business") == WAITS
    assert answer(onsite().less("br_certificate").judged(), "eligibility.hong_kong_business") == WAITS


@pytest.mark.parametrize(("uscc", "expected"), [("91441900MA4RQHCG4U", PASSES), ("91441900MA4RQHCG4X", FAILS_FOR_STAFF)])
def test_a_social_credit_code_whose_check_character_fails_is_for_staff(uscc: str, expected: object) -> None:
    decision = onsite().saying(factory__uscc=uscc).swapped(licence(uscc=uscc)).judged()
    assert answer(decision, "factory.uscc_check_character") == expected


def test_an_organisation_of_another_status_is_for_staff() -> None:
    assert answer(organisation().saying(organisation__status="statutory").judged(), "eligibility.organisation_status") == PASSES
    assert open_checks(organisation().saying(organisation__status="other").judged()) == {"eligibility.organisation_status": Needs.STAFF}


def test_an_organisation_that_does_not_state_to_be_non_profit_is_for_staff() -> None:
    assert answer(organisation().saying(organisation__non_profit=False).judged(), "eligibility.non_profit") == FAILS_FOR_STAFF
    unanswered = organisation().blank("organisation.non_profit").judged()
    assert answer(unanswered, "eligibility.non_profit") == UNSURE_FOR_STAFF
    assert unanswered.missing_fields == ("organisation.non_profit",)


def test_eligibility_never_asks_the_applicant_for_anything() -> None:
    drafts = [onsite(), demonstration(), organisation(), held(10, 10), factory_at("上海市"), in_hong_kong(onsite(), "hk_workshop")]
    for draft in drafts:
        for emptied in (draft, draft.blank(*draft.fields), draft.less("br_certificate")):
            rules = [each for each in emptied.judged().findings if each.check.startswith("eligibility.")]
            assert rules
            assert all(each.needs is not Needs.APPLICANT for each in rules)
            assert all(each.needs is Needs.STAFF for each in rules if each.outcome is Outcome.FAIL)

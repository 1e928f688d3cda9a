"""Form and papers that must agree; what disagrees or cannot be compared is for staff."""

from __future__ import annotations

import pytest

from checks.values import Outcome, Verdict
from parsers.values import Method
from tests.checks.builders import (
    FAILS_FOR_STAFF,
    PASSES,
    UNSURE_FOR_STAFF,
    Draft,
    answer,
    br_certificate,
    company_paper,
    connected,
    finding,
    lacking,
    licence,
    named,
    onsite,
    organisation,
    paper,
    read,
    with_field,
)


def names_on_papers(draft: Draft) -> set[Outcome]:
    return {each.outcome for each in draft.judged().findings if each.check == "agreement.applicant_name"}


def test_another_number_on_the_certificate_is_for_staff_who_see_both() -> None:
    decision = onsite().swapped(br_certificate(br_number="12345687")).judged()
    assert answer(decision, "agreement.br_number") == FAILS_FOR_STAFF
    message = finding(decision, "agreement.br_number").message.en
    assert "12345678" in message
    assert "12345687" in message
    assert decision.missing_documents == ()
    assert decision.verdict is Verdict.REVIEW


def test_a_certificate_whose_number_was_not_read_cannot_be_compared() -> None:
    assert answer(onsite().swapped(lacking(br_certificate(), "br_number")).judged(), "agreement.br_number") == UNSURE_FOR_STAFF


def test_a_number_read_without_confidence_contradicts_nothing() -> None:
    smudged = with_field(br_certificate(), read("br_number", "12345687", method=Method.OCR, confidence=0.4))
    assert answer(onsite().swapped(smudged).judged(), "agreement.br_number") == UNSURE_FOR_STAFF


@pytest.mark.parametrize(
    "name",
    [
        "WING YIP METAL WORKS LTD.",
        "榮業金屬製品有限公司",
        "荣业金属制品有限公司",
        "Wing Yip Metal Works Limited 榮業金屬製品有限公司",
        "Ｗｉｎｇ Yip Metal Works Limited",
    ],
)
def test_a_name_in_another_dress_agrees(name: str) -> None:
    draft = onsite().swapped(br_certificate(name), company_paper("annual_return", name), company_paper("certificate_of_incorporation", name))
    assert draft.judged().verdict is Verdict.COMPLETE


@pytest.mark.parametrize("name", ["Wing Yip Metal Trading Limited", "榮業貿易有限公司", "Wing Yip Metal Works Limited 榮業貿易有限公司"])
@pytest.mark.parametrize("kind", ["certificate_of_incorporation", "annual_return"])
def test_another_name_on_a_company_paper_is_for_staff(name: str, kind: str) -> None:
    draft = onsite().swapped(company_paper(kind, name))
    assert names_on_papers(draft) == {Outcome.PASS, Outcome.FAIL}
    assert draft.judged().verdict is Verdict.REVIEW


def test_another_name_on_the_certificate_is_for_staff_even_with_the_same_number() -> None:
    assert onsite().swapped(br_certificate("Wing Yip Holdings Limited")).judged().verdict is Verdict.REVIEW


def test_a_name_in_the_other_script_is_known_by_the_number_or_by_the_certificate() -> None:
    english_only = onsite().blank("applicant.name_zh")
    assert english_only.swapped(br_certificate("榮業金屬製品有限公司")).judged().verdict is Verdict.COMPLETE
    through_certificate = english_only.swapped(br_certificate("榮業金屬製品有限公司"), company_paper("annual_return", "榮業金屬製品有限公司"))
    assert through_certificate.judged().verdict is Verdict.COMPLETE


def test_a_name_in_the_other_script_that_nothing_else_knows_cannot_be_compared() -> None:
    stranger = onsite().blank("applicant.name_zh").swapped(company_paper("annual_return", "榮業金屬製品有限公司"))
    assert names_on_papers(stranger) == {Outcome.PASS, Outcome.UNSURE}


def test_a_paper_whose_name_was_not_read_is_for_staff() -> None:
    assert names_on_papers(onsite().swapped(lacking(company_paper("annual_return", "X"), "name"))) == {Outcome.PASS, Outcome.UNSURE}


def test_an_organisation_s_certificate_must_bear_its_name() -> None:
    assert names_on_papers(organisation()) == {Outcome.PASS}
    assert organisation().swapped(br_certificate("Another Association")).judged().verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("on_incorporation", "on_return", "verdict"),
    [
        ("0754321", "0754321", Verdict.COMPLETE),
        ("0754321", "12345678", Verdict.COMPLETE),
        ("12345678", "12345678", Verdict.COMPLETE),
        ("0754321", "12345687", Verdict.REVIEW),
        ("0754321", "0754312", Verdict.REVIEW),
    ],
)
def test_an_old_company_number_contradicts_nothing_but_another_one_of_eight_digits_does(
    on_incorporation: str, on_return: str, verdict: Verdict
) -> None:
    name = "Wing Yip Metal Works Limited"
    draft = onsite().swapped(company_paper("certificate_of_incorporation", name, on_incorporation), company_paper("annual_return", name, on_return))
    assert draft.judged().verdict is verdict


def test_the_licence_must_bear_the_factory_s_name_and_number() -> None:
    assert answer(onsite().judged(), "agreement.factory_name") == PASSES
    assert answer(onsite().swapped(licence("东莞荣华金属制品有限公司")).judged(), "agreement.factory_name") == FAILS_FOR_STAFF
    assert answer(onsite().swapped(licence(uscc="91440703MA5CR2GCXG")).judged(), "agreement.uscc") == FAILS_FOR_STAFF
    assert answer(onsite().swapped(lacking(licence(), "name")).judged(), "agreement.factory_name") == UNSURE_FOR_STAFF
    assert answer(onsite().swapped(lacking(licence(), "uscc")).judged(), "agreement.uscc") == UNSURE_FOR_STAFF


def test_a_factory_named_in_traditional_characters_is_the_same() -> None:
    assert answer(onsite().saying(factory__name="東莞榮業金屬製品有限公司").judged(), "agreement.factory_name") == PASSES


def test_a_factory_named_in_english_is_known_by_its_number() -> None:
    english = onsite().saying(factory__name="Dongguan Wing Yip Metal Products Co., Ltd.")
    assert answer(english.judged(), "agreement.factory_name") == PASSES
    assert answer(english.swapped(lacking(licence(), "uscc")).judged(), "agreement.factory_name") == UNSURE_FOR_STAFF


def test_a_missing_name_waits_and_accuses_no_paper() -> None:
    decision = onsite().blank("applicant.name_en", "applicant.name_zh").judged()
    assert decision.verdict is Verdict.INCOMPLETE
    assert named(br_certificate(), "X").fields["name"].state == "read"


# ------------------------------------------------------------------ two names on one paper, scans


def certificate_naming(english: str, chinese: str, method: Method = Method.TEXT) -> Draft:
    both = with_field(br_certificate(), read("name", english, method=method))
    return onsite().swapped(with_field(both, read("name_zh", chinese, method=method)))


def test_both_names_of_a_paper_must_be_the_applicant_s() -> None:
    english, chinese = "Wing Yip Metal Works Limited", "榮業金屬製品有限公司"
    assert certificate_naming(english, chinese).judged().verdict is Verdict.COMPLETE
    assert certificate_naming(english, "榮華金屬製品有限公司").judged().verdict is Verdict.REVIEW
    assert certificate_naming("Wing Yip Trading Limited", chinese).judged().verdict is Verdict.REVIEW


def test_one_character_misread_on_a_scan_does_not_outweigh_the_other_name() -> None:
    misread = "榮業金屬裂品有限公司"
    assert certificate_naming("Wing Yip Metal Works Limited", misread, Method.OCR).judged().verdict is Verdict.COMPLETE
    assert certificate_naming("Wing Yip Metal Works Limited", "興隆貿易有限公司", Method.OCR).judged().verdict is Verdict.REVIEW


def test_one_character_that_differs_on_a_scan_is_for_staff_where_it_is_the_only_name() -> None:
    only = (
        onsite()
        .blank("applicant.name_en")
        .swapped(with_field(lacking(br_certificate(), "name"), read("name", "榮業金屬裂品有限公司", method=Method.OCR)))
    )
    assert only.judged().verdict is Verdict.REVIEW


@pytest.mark.parametrize(("printed", "verdict"), [(60.0, Verdict.COMPLETE), (50.0, Verdict.REVIEW)])
def test_the_resident_s_share_must_be_that_on_the_proof(printed: float, verdict: Verdict) -> None:
    proof = paper("mainland_shareholding_proof", resident_share=printed)
    draft = connected(onsite(), "gd_resident_owned", paper("resident_identity"), proof)
    draft = draft.having(read("connection.mainland_shareholding", 60), read("connection.hk_shareholding", 40))
    assert draft.judged().verdict is verdict

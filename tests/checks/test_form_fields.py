"""Required fields, malformed values, signature and chop."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.values import Needs, Outcome, Verdict
from intake.programme import load_programme
from parsers.values import Evidence, Method, Missing
from tests.checks.builders import (
    ASKS_APPLICANT,
    PASSES,
    UNSURE_FOR_STAFF,
    Draft,
    answer,
    connected,
    demonstration,
    finding,
    in_hong_kong,
    left_blank,
    onsite,
    open_checks,
    organisation,
    paper,
    read,
    unreadable,
)

ON_EVERY_FORM = (
    "applicant.established_on", "applicant.address", "contact.name", "contact.phone", "contact.email", "project.title",
    "project.start_on", "project.end_on", "project.total_cost", "project.funding_requested", "declaration.name", "declaration.signed_on",
)  # fmt: skip
OF_A_FACTORY = ("applicant.br_number", "factory.name", "factory.address", "factory.uscc", "factory.sector", "connection.type")
OF_AN_ORGANISATION = ("organisation.status", "organisation.non_profit")


@pytest.mark.parametrize(
    ("draft", "key"),
    [
        *((draft, key) for draft in (onsite(), demonstration(), organisation()) for key in ON_EVERY_FORM),
        *((draft, key) for draft in (onsite(), demonstration()) for key in OF_A_FACTORY),
        *((organisation(), key) for key in OF_AN_ORGANISATION),
        (demonstration(), "project.summary"),
        (organisation(), "project.summary"),
        (onsite(), "provider.name"),
    ],
)
def test_a_required_field_left_blank_is_missing(draft: Draft, key: str) -> None:
    assert draft.blank(key).judged().missing_fields == (key,)


@pytest.mark.parametrize(
    ("draft", "key"),
    [
        (onsite(), "contact.title"),
        (onsite(), "factory.employees"),
        (onsite(), "project.summary"),
        (demonstration(), "provider.name"),
        (organisation(), "applicant.br_number"),
        (onsite(), "connection.hk_shareholding"),
        (in_hong_kong(onsite()), "factory.uscc"),
    ],
)
def test_a_field_that_the_form_does_not_require_is_never_missing(draft: Draft, key: str) -> None:
    assert draft.blank(key).judged().missing_fields == ()


def test_one_name_of_the_applicant_is_enough_and_without_either_the_english_one_is_reported() -> None:
    assert onsite().blank("applicant.name_zh").judged().missing_fields == ()
    assert onsite().blank("applicant.name_en").judged().missing_fields == ()
    assert onsite().blank("applicant.name_en", "applicant.name_zh").judged().missing_fields == ("applicant.name_en",)


def test_shareholdings_are_required_of_a_resident_owned_factory_only() -> None:
    resident = connected(onsite(), "gd_resident_owned", paper("resident_identity"), paper("mainland_shareholding_proof"))
    resident = resident.blank("connection.mainland_shareholding", "connection.hk_shareholding")
    assert resident.judged().missing_fields == ("connection.mainland_shareholding", "connection.hk_shareholding")
    assert resident.judged().verdict is Verdict.INCOMPLETE


def test_a_missing_connection_asks_for_nothing_that_would_depend_on_it() -> None:
    decision = onsite().blank("connection.type").judged()
    assert decision.missing_fields == ("connection.type",)
    assert decision.missing_documents == ()
    assert decision.verdict is Verdict.INCOMPLETE


def test_the_initiative_need_not_be_ticked_on_a_form_that_has_only_one() -> None:
    assert onsite().blank("project.initiative").judged().missing_fields == ()
    neither = replace(demonstration().blank("project.initiative"), initiative=None).judged()
    assert neither.missing_fields == ("project.initiative",)
    assert neither.funding.limit is None


# ------------------------------------------------------------------ malformed, illegible, contradictory


@pytest.mark.parametrize(
    ("key", "text", "check"),
    [
        ("applicant.br_number", "1234567", "form.br_number"),
        ("contact.email", "chan at wingyip", "form.email"),
        ("contact.phone", "2345", "form.phone"),
        ("project.start_on", "31/02/2024", "form.field_readable"),
        ("project.total_cost", "about 80 thousand", "form.field_readable"),
    ],
)
def test_a_malformed_value_is_for_the_applicant_and_is_not_missing(key: str, text: str, check: str) -> None:
    decision = onsite().having(unreadable(key, text, "malformed")).judged()
    assert answer(decision, check) == ASKS_APPLICANT
    assert text in finding(decision, check).message.en
    assert decision.missing_fields == ()
    assert decision.verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize("key", ["applicant.br_number", "contact.email", "project.start_on"])
def test_a_malformed_value_of_a_doubtful_reading_is_for_staff(key: str) -> None:
    smudged = unreadable(key, "1234S67", "malformed", method=Method.OCR, confidence=0.4)
    assert onsite().having(smudged).judged().verdict is Verdict.REVIEW


def test_an_illegible_required_field_is_for_staff_and_is_not_missing() -> None:
    decision = onsite().having(unreadable("contact.name", "~~~", "illegible")).judged()
    assert answer(decision, "form.field_readable") == UNSURE_FOR_STAFF
    assert decision.missing_fields == ()


def test_an_illegible_optional_field_matters_to_nobody() -> None:
    assert onsite().having(unreadable("contact.title", "~~~", "illegible")).judged().verdict is Verdict.COMPLETE


def test_two_boxes_ticked_are_for_the_applicant_and_on_a_scan_for_staff() -> None:
    twice = unreadable("factory.sector", "textiles, furniture", "contradictory")
    scanned = unreadable("factory.sector", "textiles, furniture", "contradictory", method=Method.OCR)
    assert answer(onsite().having(twice).judged(), "form.field_readable") == ASKS_APPLICANT
    assert answer(onsite().having(scanned).judged(), "form.field_readable") == UNSURE_FOR_STAFF


def test_a_malformed_social_credit_code_is_for_staff() -> None:
    decision = onsite().having(unreadable("factory.uscc", "91441900MA4RQHCG", "malformed")).judged()
    assert answer(decision, "factory.uscc_check_character") == (Outcome.FAIL, Needs.STAFF)


@pytest.mark.parametrize(
    ("key", "value", "check"),
    [("applicant.br_number", "1234567", "form.br_number"), ("contact.email", "nobody", "form.email"), ("contact.phone", "+8522345678", "form.phone")],
)
def test_a_value_entered_by_hand_must_be_well_formed_too(key: str, value: str, check: str) -> None:
    assert answer(onsite().having(read(key, value)).judged(), check) == ASKS_APPLICANT


@pytest.mark.parametrize("phone", ["+85223456789", "+8613812345678", "+8675581234567", "+442079460000"])
def test_telephone_numbers_of_hong_kong_the_mainland_and_elsewhere_are_well_formed(phone: str) -> None:
    assert answer(onsite().having(read("contact.phone", phone)).judged(), "form.phone") == PASSES


# ------------------------------------------------------------------ confidence


def test_a_required_value_read_without_confidence_is_for_staff() -> None:
    decision = onsite().having(read("contact.name", "Chan", method=Method.OCR, confidence=0.3)).judged()
    assert open_checks(decision) == {"form.values_certain": Needs.STAFF}


def test_the_threshold_itself_is_enough() -> None:
    enough = load_programme().policy.sure_enough("contact.phone", Method.OCR)
    at, below = (onsite().having(read("contact.phone", "+85223456789", method=Method.OCR, confidence=c)) for c in (enough, enough - 0.01))
    assert at.judged().verdict is Verdict.COMPLETE
    assert below.judged().verdict is Verdict.REVIEW


def test_a_floor_under_the_thresholds_counts_for_scans_only() -> None:
    assert onsite().scanned(0.97).judged(min_confidence=0.98).verdict is Verdict.REVIEW
    assert onsite().judged(min_confidence=0.999).verdict is Verdict.COMPLETE


def test_of_the_applicant_s_two_names_one_read_with_confidence_is_enough() -> None:
    smudged = read("applicant.name_zh", "榮葉金屬製品有限公司", method=Method.OCR, confidence=0.2)
    assert onsite().having(smudged).judged().verdict is Verdict.COMPLETE
    assert onsite().having(smudged).blank("applicant.name_en").judged().verdict is Verdict.REVIEW
    both = onsite().having(smudged, read("applicant.name_en", "Wing Yip Metal Works Limited", method=Method.OCR, confidence=0.2))
    assert both.judged().verdict is Verdict.REVIEW


def test_an_optional_value_may_be_read_without_confidence() -> None:
    assert onsite().having(read("contact.title", "Mgr", method=Method.OCR, confidence=0.1)).judged().verdict is Verdict.COMPLETE


# ------------------------------------------------------------------ places not found, pages not read


@pytest.mark.parametrize("draft", [onsite(), onsite().scanned()], ids=["typed", "scanned"])
def test_a_place_not_found_may_have_been_missed_and_is_for_staff(draft: Draft) -> None:
    """A form that an office made itself may call it by words that are not known."""
    decision = draft.without_place("contact.phone").judged()
    assert answer(decision, "form.field_found") == UNSURE_FOR_STAFF
    assert decision.verdict is Verdict.REVIEW
    assert decision.missing_fields == ("contact.phone",)


def test_a_place_found_empty_on_a_scan_is_missing() -> None:
    decision = onsite().scanned().having(left_blank("contact.phone", method=Method.OCR)).judged()
    assert (decision.missing_fields, decision.verdict) == (("contact.phone",), Verdict.INCOMPLETE)


def test_a_place_that_only_seems_empty_on_a_scan_is_for_staff() -> None:
    seen = Evidence(document="form.pdf", part="2", page=1, box=None, quote="", method=Method.OCR, confidence=0.2)
    assert onsite().scanned().having(Missing(key="contact.phone", evidence=seen)).judged().verdict is Verdict.REVIEW


def test_words_that_may_be_less_sure_are_not_called_missing_more_easily() -> None:
    seen = Evidence(document="form.pdf", part="2", page=1, box=None, quote="", method=Method.OCR, confidence=0.5)
    decision = onsite().scanned().having(Missing(key="applicant.address", evidence=seen)).judged()
    assert answer(decision, "form.field_found") == UNSURE_FOR_STAFF
    assert decision.verdict is Verdict.REVIEW


def test_what_may_stand_on_an_unread_page_is_not_called_missing() -> None:
    decision = replace(onsite(), pages_unread=True).without_place("contact.phone").blank("contact.name").judged()
    assert answer(decision, "form.pages_read") == UNSURE_FOR_STAFF
    assert decision.missing_fields == ("contact.name",)
    assert decision.verdict is Verdict.REVIEW


# ------------------------------------------------------------------ signature and chop


@pytest.mark.parametrize(("key", "check"), [("declaration.signature", "form.signature"), ("declaration.chop", "form.chop")])
class TestDeclaration:
    def test_seen_passes(self, key: str, check: str) -> None:
        assert answer(onsite().judged(), check) == PASSES

    def test_an_empty_box_is_for_the_applicant_and_no_missing_field(self, key: str, check: str) -> None:
        for draft in (onsite().having(read(key, False)), onsite().blank(key)):
            decision = draft.judged()
            assert answer(decision, check) == ASKS_APPLICANT
            assert decision.missing_fields == ()
            assert decision.verdict is Verdict.INCOMPLETE

    def test_an_empty_box_that_was_not_surely_seen_is_for_staff(self, key: str, check: str) -> None:
        doubtful = read(key, False, method=Method.OCR, confidence=0.3)
        for draft in (
            onsite().having(doubtful),
            onsite().without_place(key),
            onsite().scanned().without_place(key),
            replace(onsite().without_place(key), pages_unread=True),
        ):
            assert answer(draft.judged(), check) == UNSURE_FOR_STAFF

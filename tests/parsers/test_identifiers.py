"""Numbers and addresses by which offices and people are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.identifiers import hkid_check_ok, mask_hkid, read_br_number, read_email, read_phone, read_uscc, uscc_check_ok, uscc_region
from parsers.normal_values import Malformed, Normal


@pytest.mark.parametrize(
    "text",
    [
        "12345678-000-01-24-1",
        "12345678",
        "1234 5678",
        "1 2 3 4 5 6 7 8",
        "BR No. 12345678",
        "12345678 - 000 - 01 - 24 - 1",
        "１２３４５６７８－０００",
        "12345678-000-10-23-A",
        "12345678000",
        "12345678/000",
    ],
)
def test_the_first_eight_digits_of_a_business_registration_number_are_kept(text: str) -> None:
    outcome = read_br_number(text)
    assert isinstance(outcome, Normal)
    assert outcome.value == "12345678"


@pytest.mark.parametrize("text", ["1234567", "123456789", "1234567-000-01-24-1", "1234567B", "O2345678", "pending"])
def test_a_business_registration_number_of_another_length_is_malformed(text: str) -> None:
    assert isinstance(read_br_number(text), Malformed)


def test_two_business_registration_numbers_are_for_a_person() -> None:
    assert read_br_number("12345678 / 87654321") == Malformed(reason="more than one number", doubtful=True)


@pytest.mark.parametrize(
    "text", ["91440300708461136T", "9144 0300 7084 6113 6T", "统一社会信用代码：91440300708461136T", "code 9144 0300 7084 6113 6t"]
)
def test_a_social_credit_code_has_eighteen_upper_case_characters(text: str) -> None:
    assert read_uscc(text) == Normal(value="91440300708461136T")


def test_the_check_character_and_region_of_a_social_credit_code() -> None:
    assert uscc_check_ok("91440300708461136T")
    assert not uscc_check_ok("91440300708461136U")
    assert not uscc_check_ok("")
    assert uscc_region("91440300708461136T") == "44"


@pytest.mark.parametrize("text", ["9144030070846113", "914403OO708461136T", "91440300708461136TT", "none"])
def test_a_code_of_another_length_or_with_letters_that_no_code_has_is_malformed(text: str) -> None:
    assert isinstance(read_uscc(text), Malformed)


def test_an_old_registration_number_is_named_as_such() -> None:
    outcome = read_uscc("440301102345678")
    assert isinstance(outcome, Malformed)
    assert "old registration number" in outcome.reason


@pytest.mark.parametrize("text", ["A123456(3)", "AB987654(3)", "A1234563", "Ａ１２３４５６（３）", "a 123456 (3)"])
def test_identity_card_numbers_with_their_check_character(text: str) -> None:
    assert hkid_check_ok(text)
    assert not hkid_check_ok(text.replace("3)", "4)").replace("３）", "４）").replace("63", "64") if "(" in text or "（" in text else "A1234564")


def test_every_identity_card_number_in_a_text_is_masked() -> None:
    text = "Mr Chan A123456(3), Ms Lee AB987654 (3), Ａ１２３４５６（３）, A1234563, wrong check A123456(9), HKID No. A1234564; invoice CR1234567"
    assert mask_hkid(text) == (
        "Mr Chan A123***(*), Ms Lee AB987*** (*), Ａ１２３***（*）, A123****, wrong check A123***(*), HKID No. A123****; invoice CR1234567"
    )


@given(st.from_regex(r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)", fullmatch=True), st.text(alphabet=" ,。xX:\n", max_size=3))
def test_no_identity_card_number_survives_masking_whatever_stands_beside_it(number: str, beside: str) -> None:
    assert number not in mask_hkid(f"{beside} {number}{beside}")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(852) 2788-5588", "+85227885588"),
        ("2788 5588", "+85227885588"),
        ("+852 9123 4661", "+85291234661"),
        ("電話：２７８８５５８８", "+85227885588"),
        ("138 0013 8000", "+8613800138000"),
        ("0755-8123 4567", "+8675581234567"),
        ("0086-755-8123 4567", "+8675581234567"),
        ("86-755-81234567", "+8675581234567"),
        ("2788 5588 ext. 12", "+85227885588"),
        ("2788 5588 內線 12", "+85227885588"),
        ("0755-81234567-801", "+8675581234567"),
        ("2 7 8 8 5 5 8 8", "+85227885588"),
    ],
)
def test_telephone_numbers_of_hong_kong_and_the_mainland(text: str, number: str) -> None:
    assert read_phone(text) == Normal(value=number)
    assert read_phone(text, region="CN") == Normal(value=number)


def test_of_two_telephone_numbers_the_first_is_taken_with_less_certainty() -> None:
    outcome = read_phone("2788 5588 / 9123 4661")
    assert isinstance(outcome, Normal)
    assert outcome.value == "+85227885588"
    assert outcome.certainty < 1


@pytest.mark.parametrize("text", ["278 5588", "1234 5678", "none", "27885588 27885589", "123"])
def test_what_is_no_telephone_number_is_malformed(text: str) -> None:
    assert isinstance(read_phone(text), Malformed)


@pytest.mark.parametrize("text", ["A.Wong@Works.Example", "mailto:a.wong@works.example", "E-mail: <a.wong@works.example>.", "ａ.wong＠works.example"])
def test_an_e_mail_address_in_lower_case(text: str) -> None:
    assert read_email(text) == Normal(value="a.wong@works.example")


@pytest.mark.parametrize("text", ["a.wong@works", "a.wong(at)works.example", "a.wong@@works.example", "a.wong@works..example", "works.example"])
def test_what_is_no_e_mail_address_is_malformed(text: str) -> None:
    assert isinstance(read_email(text), Malformed)


def test_of_two_addresses_the_first_is_taken_with_less_certainty() -> None:
    outcome = read_email("a@works.example; b@works.example")
    assert isinstance(outcome, Normal)
    assert outcome.value == "a@works.example"
    assert outcome.certainty < 1

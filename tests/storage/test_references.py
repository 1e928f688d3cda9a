"""References: CPPP-2026-00042-O."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.references import check_character, check_reference, find_references, reference_of


@pytest.mark.parametrize(("year", "number", "reference"), [(2026, 42, "CPPP-2026-00042-O"), (2024, 75, "CPPP-2024-00075-J")])
def test_known_references(year: int, number: int, reference: str) -> None:
    assert reference_of(year, number) == reference


@pytest.mark.parametrize(
    "text",
    [
        "Re: CPPP-2026-00042-O",
        "cppp-2026-00042-o",
        "（ＣＰＰＰ－２０２６－０００４２－Ｏ）",
        "CPPP 2026 00042 O",
        "CPPP202600042O",
        "編號：CPPP – 2026 – 00042 – O。",
        "CPPP-2026-\n00042-O",
    ],
)
def test_a_reference_is_known_in_its_usual_writings(text: str) -> None:
    assert check_reference(text) == "CPPP-2026-00042-O"


@pytest.mark.parametrize("text", ["CPPP-2026-00042-P", "CPPP-2026-00043-O", "XCPPP-2026-00042-O", "CPPP-2026-00042-OK", "CPPP-2026-42-O", ""])
def test_a_wrong_check_character_or_form_is_no_reference(text: str) -> None:
    assert check_reference(text) is None


def test_every_reference_of_a_text_is_found_once_in_order() -> None:
    assert find_references("CPPP-2024-00075-J, CPPP-2026-00042-O, cppp 2024 00075 j") == ("CPPP-2024-00075-J", "CPPP-2026-00042-O")


@given(st.integers(2000, 2100), st.integers(1, 9_999_999))
def test_every_reference_is_found_again_and_no_single_wrong_digit_passes(year: int, number: int) -> None:
    reference = reference_of(year, number)
    assert check_reference(f"RE: {reference}.") == reference
    digits = reference.replace("-", "")[:-1]
    wrong = digits[:-1] + str((int(digits[-1]) + 1) % 10)
    assert check_character(wrong) != reference[-1]


@given(st.text(max_size=80))
def test_looking_for_references_never_raises(text: str) -> None:
    assert isinstance(find_references(text), tuple)

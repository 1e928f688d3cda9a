"""Many UIDs in little room are a set like any other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.uids import Uids

NUMBERS = st.sets(st.integers(min_value=-(2**63), max_value=2**63 - 1), max_size=50)


@given(NUMBERS, NUMBERS)
def test_it_holds_what_was_put_in_and_nothing_else(held: set[int], others: set[int]) -> None:
    uids = Uids(sorted(held))
    assert set(uids) == held
    assert len(uids) == len(held)
    assert {number for number in held | others if number in uids} == held
    assert others.difference(uids) == others - held


def test_what_is_no_number_is_not_in_it() -> None:
    word: object = "1"
    assert word not in Uids([1])
    assert 1 not in Uids([])

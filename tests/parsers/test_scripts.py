from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.scripts import in_one_script
from parsers.values import Word


def mended(*texts: str) -> list[str]:
    return [word.text for word in in_one_script(tuple(Word(text=text, box=(0, 0, 9, 9)) for text in texts))]


def test_a_simplified_factory_named_on_a_traditional_form_stays_simplified() -> None:
    texts = ["申請機構名稱", "工廠名稱", "东莞市永丰漂染有限公司", "廣東省地址", "广东省东莞市虎门镇工业大道12号"]
    assert mended(*texts) == texts


def test_a_traditional_name_on_a_simplified_paper_stays_traditional() -> None:
    texts = ["统一社会信用代码", "法定代表人", "永豐漂染有限公司"]
    assert mended(*texts) == texts


def test_a_stray_character_of_the_other_script_is_put_back() -> None:
    assert mended("申請机構名稱", "统一社會信用代码经营") == ["申請機構名稱", "统一社会信用代码经营"]


@pytest.mark.parametrize("text", ["香港營業地址", "九龍深水埗福榮街", "太古城里", "皇后大道中", "余志強", "合和中心", "干諾道西"])
def test_ordinary_traditional_words_are_left_alone(text: str) -> None:
    assert mended(text) == [text]


def test_a_word_that_holds_as_much_of_both_is_left_as_read() -> None:
    assert mended("机構") == ["机構"]


@given(st.lists(st.text(alphabet="申請机構统社會业業AB12名", min_size=1, max_size=8), max_size=5))
def test_no_character_is_lost_or_added_and_mending_twice_changes_nothing(texts: list[str]) -> None:
    once = mended(*texts)
    assert [len(text) for text in once] == [len(text) for text in texts]
    assert mended(*once) == once

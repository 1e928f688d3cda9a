"""Whether two printed names are the same company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.names import is_limited_company, same_name

NAMES = st.text(alphabet="abc XYZ榮業金属有限公司Ltd.&()", max_size=24)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Wing Yip Metal Company Limited", "WING YIP METAL CO., LTD."),
        ("Wing Yip Metal Co Ltd", "Wing Yip Metal Company Limited"),
        ("Sun & Moon Dyeing Limited", "Sun and Moon Dyeing Ltd"),
        ("Wing Yip (H.K.) Limited", "Wing Yip (Hong Kong) Ltd."),
        ("Wing Yip (HK) Ltd", "Wing Yip (Hong Kong) Limited"),
        ("Wing Yip Mfy. Ltd", "Wing Yip Manufactory Limited"),
        ("榮業金屬有限公司", "荣业金属有限公司"),
        ("荣业金属有限责任公司", "榮業金屬有限公司"),
        ("榮業(香港)有限公司", "榮業（香港）有限公司"),
        ("清潔夥伴有限公司", "清潔伙伴有限公司"),
        ("Wing Yip Limited 榮業有限公司", "榮業有限公司"),
        ("Wing Yip Limited 榮業有限公司", "Wing Yip Limited"),
        ("ABC科技有限公司", "ＡＢＣ科技有限公司"),
        ("Al Metal Limited", "AI Metal Limited"),
    ],
)
def test_the_same_company_in_different_spellings(a: str, b: str) -> None:
    assert same_name(a, b) is True
    assert same_name(b, a) is True


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Wing Yip Metal Limited", "Wing Yip Trading Limited"),
        ("Wing Yip Metal Limited", "Wing Yip Metal (China) Limited"),
        ("榮業金屬有限公司", "榮華金屬有限公司"),
        ("東莞榮業有限公司", "深圳榮業有限公司"),
        ("Wing Yip Limited 榮業有限公司", "Wing Yip Limited 榮華有限公司"),
        ("ABC科技有限公司", "ABD科技有限公司"),
    ],
)
def test_different_companies(a: str, b: str) -> None:
    assert same_name(a, b) is False
    assert same_name(b, a) is False


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Wing Yip Limited", "榮業有限公司"),
        ("Wing Yip Metal", "Wing Yip Metal Limited"),
        ("榮業金屬", "榮業金屬有限公司"),
        ("Wing Yip 5 Limited", "Wing Yip S Limited"),
        ("科技有限公司", "ABC科技有限公司"),
        ("", "Wing Yip Limited"),
    ],
)
def test_names_of_which_one_cannot_tell(a: str, b: str) -> None:
    assert same_name(a, b) is None
    assert same_name(b, a) is None


@pytest.mark.parametrize(
    "name",
    [
        "Wing Yip Limited",
        "WING YIP LIMITED",
        "Wing Yip Co., Ltd.",
        "Wing Yip Ltd",
        "榮業有限公司",
        "荣业有限公司",
        "Wing Yip Limited 榮業有限公司",
        "Wing Yip Limited ",
    ],
)
def test_a_limited_company_says_so_at_the_end(name: str) -> None:
    assert is_limited_company(name)


@pytest.mark.parametrize(
    "name", ["Wing Yip Metal Works", "Limited Editions Printing", "Unlimited", "榮業五金廠", "有限公司榮業", "Ltd Edition Press", ""]
)
def test_other_names_do_not(name: str) -> None:
    assert not is_limited_company(name)


@given(a=NAMES, b=NAMES)
def test_comparing_is_symmetric_and_every_name_is_its_own(a: str, b: str) -> None:
    assert same_name(a, b) is same_name(b, a)
    assert same_name(a, a) in (True, None)

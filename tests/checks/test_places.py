"""Where an address is, in either script and in English."""

from __future__ import annotations

import pytest

from checks.places import place_of
from tests.checks.builders import the_policy

CITIES = [
    "广州", "深圳", "珠海", "汕头", "佛山", "韶关", "湛江", "肇庆", "江门", "茂名", "惠州", "梅州", "汕尾",
    "河源", "阳江", "清远", "东莞", "中山", "潮州", "揭阳", "云浮",
]  # fmt: skip
PINYIN = [
    "Guangzhou", "Shenzhen", "Zhuhai", "Shantou", "Foshan", "Shaoguan", "Zhanjiang", "Zhaoqing", "Jiangmen", "Maoming", "Huizhou", "Meizhou",
    "Shanwei",
    "Heyuan", "Yangjiang", "Qingyuan", "Dongguan", "Zhongshan", "Chaozhou", "Jieyang", "Yunfu",
]  # fmt: skip


@pytest.mark.parametrize("city", CITIES)
def test_all_21_cities_of_guangdong_are_known(city: str) -> None:
    assert place_of(f"{city}市工业大道8号", the_policy().places) == "guangdong"


@pytest.mark.parametrize("city", PINYIN)
def test_all_21_cities_are_known_in_pinyin(city: str) -> None:
    assert place_of(f"No. 8, Gongye Avenue, {city}", the_policy().places) == "guangdong"
    assert place_of(f"NO. 8, GONGYE AVENUE, {city.upper()} CITY, P.R. CHINA", the_policy().places) == "guangdong"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("江苏省南京市中山路1号", "elsewhere"),
        ("佛山市南海区北京路2号", "guangdong"),
        ("東莞市長安鎮", "guangdong"),
        ("No. 5, Dong Guan City, Guang Dong Province", "guangdong"),
        ("No. 1 Shanghai Road, Foshan", "guangdong"),
        ("12 Canton Road, Kowloon", "hong_kong"),
        ("香港上環干諾道中1號", "hong_kong"),
        ("Unit 16, 18/F, Wah Sing Centre, N.T.", "hong_kong"),
        ("新界葵涌葵喜街56號", "hong_kong"),
        ("Hanoi Industrial Park, Vietnam", "elsewhere"),
        ("长安镇振安路8号", None),
        ("8 Industrial Road", None),
        ("", None),
    ],
)
def test_the_biggest_place_named_decides_and_streets_tell_nothing(address: str, place: str | None) -> None:
    assert place_of(address, the_policy().places) == place

"""Invented applicants: companies, people, addresses and numbers that look real and belong to nobody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

# Each syllable of an invented company name: Cantonese spelling, Traditional, Simplified.
_SYLLABLES = [s.split("/") for s in ["Wing/永/永", "Fung/豐/丰", "Tai/泰/泰", "Lung/隆/隆", "Hop/合/合", "Sing/成/成", "Kam/金/金", "Wah/華/华", "Shun/順/顺", "Yee/怡/怡", "On/安/安", "Lee/利/利", "Chi/志/志", "Keung/強/强", "Hing/興/兴", "Mei/美/美", "Ming/明/明", "Kin/建/建", "Tat/達/达", "Wai/偉/伟", "Ho/浩/浩", "Yuen/源/源", "Bo/寶/宝", "Lok/樂/乐"]]  # fmt: skip
_TRADES = [
    ("textiles", "Dyeing", "漂染", "漂染"), ("metal_products", "Metal Products", "五金製品", "五金制品"), ("furniture", "Furniture", "傢具", "家具"),
    ("printing_and_publishing", "Printing", "印刷", "印刷"), ("chemical_products", "Chemical", "化工", "化工"), ("food_and_beverage", "Foods", "食品", "食品"),
    ("paper_products", "Paper Products", "紙品", "纸品"), ("non_metallic_mineral_products", "Glass", "玻璃", "玻璃"),
]  # fmt: skip
_SURNAMES = [
    s.split("/")
    for s in [
        "Chan/陳/陈",
        "Wong/黃/黄",
        "Lee/李/李",
        "Cheung/張/张",
        "Lau/劉/刘",
        "Ng/吳/吴",
        "Ho/何/何",
        "Leung/梁/梁",
        "Tsang/曾/曾",
        "Yip/葉/叶",
        "Kwok/郭/郭",
    ]
]
_GIVEN = [
    s.split("/")
    for s in [
        "Mei Ling/美玲/美玲",
        "Wai Man/偉文/伟文",
        "Siu Fan/小芬/小芬",
        "Chi Ho/志豪/志豪",
        "Ka Yan/嘉欣/嘉欣",
        "Kwok Wai/國威/国威",
        "Suk Yee/淑儀/淑仪",
    ]
]
_CITIES = [("东莞市", "虎门镇", "441900"), ("深圳市", "龙岗区", "440307"), ("佛山市", "顺德区", "440606"), ("惠州市", "博罗县", "441322"), ("中山市", "小榄镇", "442000"), ("广州市", "番禺区", "440113")]  # fmt: skip
_DISTRICTS = [("Kwun Tong, Kowloon", "九龍觀塘", "Hung To Road", "鴻圖道"), ("Kwai Chung, New Territories", "新界葵涌", "Kwai Hei Street", "葵喜街"), ("Tsuen Wan, New Territories", "新界荃灣", "Yeung Uk Road", "楊屋道"), ("Chai Wan, Hong Kong", "香港柴灣", "Fung Yip Street", "豐業街"), ("Fo Tan, New Territories", "新界火炭", "Au Pui Wan Street", "坳背灣街"), ("Sham Shui Po, Kowloon", "九龍深水埗", "Fuk Wing Street", "福榮街")]  # fmt: skip
_POSITIONS = [("General Manager", "總經理"), ("Engineering Manager", "工程部經理"), ("Director", "董事"), ("Project Manager", "項目經理")]
_TITLES = [("Heat Recovery for Drying Line", "烘乾線餘熱回收"), ("Low-VOC Coating Upgrade", "低揮發塗裝升級"), ("Rinse Water Recycling", "清洗水循環再用"), ("Variable Speed Drives for Air Compressors", "空壓機變頻節能改造")]  # fmt: skip
SUPPLIERS = [("Brightwater Systems Limited", "明水系統有限公司"), ("Delta Clean Air Company Limited", "三角潔淨空氣有限公司"), ("Evergreen Process Engineering Limited", "長青工程有限公司"), ("Harbour Energy Consultants Limited", "海港能源顧問有限公司"), ("Jade Filtration Limited", "翠玉過濾有限公司"), ("Kestrel Controls (HK) Limited", "隼控系統(香港)有限公司")]  # fmt: skip
# Of the same kinds, for papers kept apart: nothing that is tuned on the names above has seen these.
_KEPT_APART: dict[str, list[Any]] = {
    "_SYLLABLES": [s.split("/") for s in ["Cheong/昌/昌", "Fook/福/福", "Kwong/廣/广", "Luk/陸/陆", "Nam/南/南", "Po/保/保", "Sang/生/生", "Tung/東/东", "Yick/益/益", "Zung/宗/宗", "Ying/英/英", "Hoi/海/海", "Yau/友/友", "Ngai/藝/艺", "Chun/駿/骏", "Kei/奇/奇", "Fai/輝/辉", "Lap/立/立", "Tim/添/添", "Wo/和/和"]],
    "_SURNAMES": [s.split("/") for s in ["Mak/麥/麦", "Tse/謝/谢", "Poon/潘/潘", "Yuen/袁/袁", "Kwan/關/关", "Szeto/司徒/司徒", "Fung/馮/冯", "Lui/呂/吕", "Au Yeung/歐陽/欧阳"]],
    "_GIVEN": [s.split("/") for s in ["Hoi Yan/凱欣/凯欣", "Tsz Kit/子傑/子杰", "Lai Kuen/麗娟/丽娟", "Pui Shan/佩珊/佩珊", "Yiu Cheung/耀祥/耀祥", "Man Kit/文傑/文杰"]],
    "_CITIES": [("江门市", "新会区", "440705"), ("珠海市", "斗门区", "440403"), ("肇庆市", "高要区", "441204"), ("清远市", "清城区", "441802"), ("东莞市", "厚街镇", "441900")],
    "_DISTRICTS": [("San Po Kong, Kowloon", "九龍新蒲崗", "Tai Yau Street", "大有街"), ("Tuen Mun, New Territories", "新界屯門", "San Hop Lane", "新合里"), ("Aberdeen, Hong Kong", "香港香港仔", "Heung Yip Road", "香葉道"), ("Tai Po, New Territories", "新界大埔", "Dai Fat Street", "大發街"), ("Cheung Sha Wan, Kowloon", "九龍長沙灣", "Wing Hong Street", "永康街")],
    "_POSITIONS": [("Managing Director", "董事總經理"), ("Plant Manager", "廠長"), ("Chief Engineer", "總工程師"), ("Environmental Officer", "環保主任")],
    "_TITLES": [("Solvent Recovery System for Printing Press", "印刷機溶劑回收系統"), ("Replacement of Diesel Boiler by Heat Pump", "以熱泵取代柴油鍋爐"), ("Electroplating Sludge Reduction", "電鍍污泥減量"), ("Energy Audit and Metering", "能源審核及計量")],
}  # fmt: skip
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(stem: str) -> str:
    """A unified social credit code with its check character (GB 32100-2015)."""
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(stem))
    return stem + _USCC_ALPHABET[(31 - total % 31) % 31]


@contextmanager
def kept_apart() -> Iterator[None]:
    """While it lasts, applicants are invented from other names, places and titles than all other invented papers."""
    before = {name: globals()[name] for name in _KEPT_APART}
    globals().update(_KEPT_APART)
    try:
        yield
    finally:
        globals().update(before)


@dataclass(frozen=True)
class Applicant:
    """One invented applicant with everything that its papers say."""

    form: str
    initiative: str
    language: str
    received_on: date
    values: dict[str, Any]
    name_hans: str
    trade: tuple[str, str, str, str]
    licence_type: str = ""
    company_number: str = "0000000"  # of seven digits, as companies had them before December 2023

    def with_values(self, **changes: Any) -> Applicant:
        """The same with other values; a value of None is taken out. Keys with __ for the dot."""
        values = {**self.values, **{key.replace("__", "."): value for key, value in changes.items()}}
        return replace(self, values={key: value for key, value in values.items() if value is not None})


def _name(dice: random.Random, language: str) -> str:
    surname, given = dice.choice(_SURNAMES), dice.choice(_GIVEN)
    return f"{surname[0]} {given[0]}" if language == "en" else surname[1] + given[1]


def _round(amount: float) -> int:
    return int(amount // 100 * 100)


def invent(dice: random.Random, *, form: str, connection: str | None, language: str) -> Applicant:
    """An applicant whose application is complete and eligible in every respect."""
    syllables = dice.sample(_SYLLABLES, 3)
    trade = dice.choice(_TRADES)
    received_on = date(2021, 1, 4) + timedelta(days=dice.randrange(1700))
    english = " ".join(s[0] for s in syllables)
    district = dice.choice(_DISTRICTS)
    number, floor, unit = dice.randrange(3, 190), dice.randrange(2, 22), dice.randrange(1, 20)
    address = (
        f"Unit {unit}, {floor}/F, Golden Gate Industrial Building, {number} {district[2]}, {district[0]}"
        if language == "en"
        else f"{district[1]}{district[3]}{number}號金門工業大廈{floor}樓{unit}室"
    )
    contact = _name(dice, language)
    initiative = {"A": "onsite_assessment", "B": dice.choice(("demonstration_i", "demonstration_ii")), "C": "organisation_support"}[form]
    mailbox = english.replace(" ", "").lower()
    values: dict[str, Any] = {
        "project.initiative": initiative,
        "applicant.br_number": str(dice.randrange(20_000_000, 79_999_999)),
        "applicant.established_on": (date(1985, 1, 1) + timedelta(days=dice.randrange(11_000))).isoformat(),
        "applicant.address": address,
        "contact.name": contact,
        "contact.title": dice.choice(_POSITIONS)[language != "en"],
        "contact.phone": "+852" + str(dice.choice((2, 3, 5, 6, 9))) + str(dice.randrange(1_000_000, 9_999_999)),
        "contact.email": f"{contact.replace(' ', '.').lower() if language == 'en' else 'office'}@{mailbox}.example",
        "declaration.name": contact,
        "declaration.signed_on": (received_on - timedelta(days=dice.randrange(1, 12))).isoformat(),
        "declaration.signature": True,
        "declaration.chop": True,
    }
    values |= _project(dice, form, language, received_on)
    if form == "C":
        values |= {
            "applicant.name_en": f"Hong Kong {trade[1]} Industry Association",
            "applicant.name_zh": f"香港{trade[2]}業協會",
            "organisation.status": "registered",
            "organisation.non_profit": True,
        }
        return Applicant(form, initiative, language, received_on, values, f"香港{trade[3]}业协会", trade)
    values |= {
        "applicant.name_en": f"{english} {trade[1]} Company Limited",
        "applicant.name_zh": "".join(s[1] for s in syllables) + trade[2] + "有限公司",
        "factory.sector": trade[0],
        "connection.type": connection,
        "factory.employees": dice.randrange(20, 600),
    }
    hans = "".join(s[2] for s in syllables)
    licence_type = {
        "gd_joint_venture": "有限责任公司(台港澳与境内合资)",
        "gd_wholly_owned": "有限责任公司(港澳台法人独资)",
        "gd_resident_owned": "有限责任公司(自然人投资或控股)",
        "gd_processing_agreement": "有限责任公司(自然人独资)",
    }.get(connection or "", "")
    values |= _factory(dice, connection or "", hans, trade, values, district, english)
    return Applicant(
        form,
        initiative,
        language,
        received_on,
        values,
        hans + trade[3] + "有限公司",
        trade,
        licence_type,
        f"{dice.randrange(100_000, 2_900_000):07d}",
    )


def _factory(
    dice: random.Random,
    connection: str,
    hans: str,
    trade: tuple[str, str, str, str],
    values: dict[str, Any],
    district: tuple[str, str, str, str],
    english: str,
) -> dict[str, Any]:
    if connection.startswith("hk_"):
        kind = "Workshop" if connection == "hk_workshop" else "Factory"
        return {"factory.name": f"{english} {trade[1]} {kind}", "factory.address": values["applicant.address"]}
    city, town, region = dice.choice(_CITIES)
    serial = "".join(dice.choice(_USCC_ALPHABET) for _ in range(7))
    found: dict[str, Any] = {
        "factory.name": f"{city}{hans}{trade[3]}有限公司",
        "factory.address": f"广东省{city}{town}工业大道{dice.randrange(2, 380)}号",
        "factory.uscc": uscc(f"91{region}MA{serial}"),
    }
    if connection == "gd_resident_owned":
        found |= {"connection.mainland_shareholding": dice.choice((50.01, 51, 80, 66.67)), "connection.hk_shareholding": dice.choice((30, 45.5, 100))}
    return found


def _project(dice: random.Random, form: str, language: str, received_on: date) -> dict[str, Any]:
    start = (received_on.replace(day=1) + timedelta(days=75)).replace(day=1)
    months = 3 if form == "A" else dice.choice((6, 9, 12))
    month = start.month - 1 + months
    end = date(start.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    cost = dice.randrange(300, 900) * 100 if form == "A" else dice.randrange(600, 8000) * 100
    rate, ceiling = {"A": (0.5, 45_000), "B": (0.5, 450_000), "C": (0.9, 10**9)}[form]
    title = dice.choice(_TITLES)[language != "en"]
    summary = (
        f"The project will introduce {title.lower()} and share the measured savings with the trade. Energy use is expected to fall by {dice.randrange(8, 35)}%."
        if language == "en"
        else f"本項目將進行{title},預計節省能源{dice.randrange(8, 35)}%,並與業界分享量度成果。"
    )
    return {
        "project.title": title,
        "project.start_on": start.isoformat(),
        "project.end_on": end.isoformat(),
        "project.total_cost": cost,
        "project.funding_requested": _round(min(cost * rate, ceiling)),
        **({"provider.name": dice.choice(SUPPLIERS)[language != "en"]} if form == "A" else {}),
        **({} if form == "A" else {"project.summary": summary}),
    }

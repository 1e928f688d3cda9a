"""What papers say in their own fields is read in every layout: labels left, above, stacked in two languages, spaced out, in columns."""

from __future__ import annotations

import time

import pytest

from parsers.values import Problem, Read, Unreadable
from tests.parsers.paper_pages import Line, page, papers_in, the_paper, value

BOTH = pytest.mark.parametrize("scanned", [False, True], ids=["digital", "scan"])


def br(*lines: Line) -> list[Line]:
    return [("BUSINESS REGISTRATION CERTIFICATE 商業登記證", 14), *lines]


@BOTH
@pytest.mark.parametrize(
    "lines",
    [
        br(
            [(60, "Name of Business/"), (200, "GREEN HARVEST LIMITED")],
            [(60, "Corporation"), (200, "綠豐環保有限公司")],
            "業務/法團所用名稱",
            [(60, "Business/"), (200, "* * * * *")],
            "Branch Name",
            [(60, "Address"), (200, "FLAT 3, 5/F, WAH FAT BUILDING, KWUN TONG")],
            [(60, "Date of Commencement"), (200, "Date of Expiry"), (330, "Certificate No."), (480, "Fee and Levy")],
            [(60, "生效日期"), (200, "屆滿日期"), (330, "登記證號碼"), (480, "登記費及徵費")],
            [(60, "01/06/2024"), (200, "31/05/2025"), (330, "12345678-000-06-24-1"), (480, "$2,250")],
        ),
        br(
            "業務/法團所用名稱 Name of Business/Corporation",
            "GREEN HARVEST LIMITED",
            "綠豐環保有限公司",
            "業務/分行名稱 Business/Branch Name",
            "N/A",
            [(60, "生效日期 Date of Commencement"), (330, "屆滿日期 Date of Expiry")],
            [(60, "2024年6月1日"), (330, "2025年5月31日")],
            [(60, "登記證號碼 Certificate No."), (330, "12345678-000-06-24-1")],
        ),
        br(
            [(60, "Certificate No. 登記證號碼:"), (300, "12345678-000-06-24-1")],
            [(60, "Name of Business:"), (300, "GREEN HARVEST LIMITED 綠豐環保有限公司")],
            [(60, "Nature of Business:"), (300, "TRADING")],
            [(60, "Date of Commencement:"), (300, "1 June 2024")],
            [(60, "Date of Expiry:"), (300, "31 May 2025")],
        ),
        br(
            [(60, "商業登記號碼 Business Registration No."), (300, "12345678")],
            [(60, "法團名稱 Name of Corporation"), (300, "GREEN HARVEST LIMITED")],
            [(300, "綠豐環保有限公司")],
            [(60, "生效日期 Date of Commencement"), (300, "01-06-2024")],
            [(60, "屆滿日期 Date of Expiry"), (300, "31-05-2025")],
        ),
    ],
    ids=["columns", "labels above", "labels left", "with the business identifier"],
)
def test_a_business_registration_certificate_is_read_in_every_layout(lines: list[Line], scanned: bool) -> None:
    paper = the_paper(page(*lines, ocr=scanned))
    assert (paper.kind, value(paper, "name"), value(paper, "br_number")) == ("br_certificate", "GREEN HARVEST LIMITED", "12345678")
    assert (value(paper, "commenced_on"), value(paper, "expires_on"), value(paper, "name_zh")) == ("2024-06-01", "2025-05-31", "綠豐環保有限公司")


def test_a_three_year_certificate_runs_three_years() -> None:
    lines = br([(60, "Date of Commencement"), (250, "11/07/2022")], [(60, "Date of Expiry"), (250, "10/07/2025")])
    paper = the_paper(page(*lines))
    field = paper.fields["expires_on"]
    assert isinstance(field, Read)
    assert (field.value, field.evidence.page, field.evidence.confidence) == ("2025-07-10", 1, 1.0)
    assert field.evidence.box is not None
    assert field.evidence.box[0] == pytest.approx(250)


def test_dates_that_make_no_term_of_one_or_three_years_are_doubted() -> None:
    field = the_paper(page(*br([(60, "Date of Commencement"), (250, "01/06/2024")], [(60, "Date of Expiry"), (250, "31/03/2025")]))).fields[
        "expires_on"
    ]
    assert isinstance(field, Read)
    assert field.evidence.confidence < 0.7


def test_an_expiry_date_that_cannot_be_read_is_unreadable_and_not_missing() -> None:
    field = the_paper(
        page(*br([(60, "Date of Commencement"), (250, "01/06/2O2A")], [(60, "Date of Expiry"), (250, "3l/O5/2O2S 7")]), ocr=True)
    ).fields["expires_on"]
    assert isinstance(field, Unreadable)
    assert field.reason == "illegible"


DEMAND: list[Line] = [
    ("BUSINESS REGISTRATION FEE AND LEVY DEMAND NOTE", 13),
    ("商業登記費及徵費繳款通知書", 13),
    [(60, "Name of Business/Corporation"), (250, "GREEN HARVEST LIMITED")],
    [(60, "Business Registration No."), (250, "12345678-000-06-24-1")],
    [(60, "Due date 繳款限期"), (250, "01/07/2024")],
    "This demand note becomes a valid business registration certificate upon payment. It is not valid until the fee is paid.",
    "本繳款通知書在印上繳款印記後即成為有效的商業登記證",
    "Payment imprint 繳款印記",
]


@BOTH
def test_a_demand_note_without_a_payment_imprint_is_unpaid(scanned: bool) -> None:
    paper = the_paper(page(*DEMAND, ocr=scanned))
    assert (paper.kind, paper.problems) == ("br_demand_note", (Problem.UNPAID,))


@BOTH
@pytest.mark.parametrize(
    "imprint", ["IRD PAID 05/06/2024 $2,250.00 445652", "RECEIVED 05/06/2024 HK$2,250.00", "PAID", "已繳款 2024年6月5日", "收訖"]
)
def test_a_demand_note_with_a_payment_imprint_is_a_certificate(imprint: str, scanned: bool) -> None:
    paper = the_paper(page(*DEMAND, imprint, ocr=scanned))
    assert (paper.kind, paper.problems) == ("br_certificate", ())


def test_a_certificate_that_mentions_the_demand_note_in_its_small_print_is_a_certificate() -> None:
    lines = br(
        [(60, "Date of Expiry"), (250, "31/05/2025")],
        "Please produce this certificate and demand note intact at the time of payment.",
        "付款時請將此商業登記證及繳款通知書完整交出",
    )
    assert the_paper(page(*lines)).kind == "br_certificate"


@BOTH
@pytest.mark.parametrize(
    ("lines", "number", "day"),
    [
        (
            [
                "No. 0395006",
                "編號",
                "I hereby certify that",
                "本人謹此證明",
                "GREEN HARVEST LIMITED",
                "綠豐環保有限公司",
                "is this day incorporated in Hong Kong under the Companies Ordinance",
                "Issued on 2 May 1996.",
                "本證明書於一九九六年五月二日發出。",
            ],
            "0395006",
            "1996-05-02",
        ),
        (
            [
                "編號 No. 76543210",
                "本人謹此證明",
                "I hereby certify that",
                "GREEN HARVEST LIMITED",
                "綠豐環保有限公司",
                "於本日根據公司條例在香港成立為法團",
                "本證明書於二〇二四年一月三日發出",
                "Issued on 3 January 2024",
            ],
            "76543210",
            "2024-01-03",
        ),
        (
            [
                "Company No. 123456 7",
                "I HEREBY CERTIFY that",
                "GREEN HARVEST LIMITED",
                "綠豐環保有限公司",
                "is this day incorporated in Hong Kong under the Companies Ordinance, and that this company is limited.",
                "GIVEN under my hand this Second day of May One Thousand",
                "Nine Hundred and Ninety-six.",
            ],
            "1234567",
            "1996-05-02",
        ),
    ],
    ids=["numbered", "with the business identifier", "dated in words"],
)
def test_a_certificate_of_incorporation_is_read(lines: list[Line], number: str, day: str, scanned: bool) -> None:
    paper = the_paper(page(("CERTIFICATE OF INCORPORATION", 18), ("公司註冊證明書", 18), *lines, ocr=scanned))
    assert (paper.kind, value(paper, "name"), value(paper, "name_zh")) == (
        "certificate_of_incorporation",
        "GREEN HARVEST LIMITED",
        "綠豐環保有限公司",
    )
    assert (value(paper, "company_number"), value(paper, "incorporated_on")) == (number, day)


@BOTH
@pytest.mark.parametrize(
    "made_up_to",
    [
        ["4 本申報表的結算日期 Date to which this Return is Made Up", "日 DD 月 MM 年 YYYY", "0 2 0 5 2 0 2 4"],
        ["申報表日期 Date of Return", "02 05 2024", "日 DD 月 MM 年 YYYY"],
        [[(60, "Date to which this Return is Made Up"), (350, "02/05/2024")]],
        [[(60, "本申報表日期"), (350, "2024年5月2日")]],
    ],
    ids=["digit boxes", "three boxes", "date beside", "Chinese date"],
)
def test_an_annual_return_is_read(made_up_to: list[Line], scanned: bool) -> None:
    head: list[Line] = [
        ("周年申報表 Annual Return", 16),
        "NAR1",
        "公司編號 Company Number",
        "1 4 1 1 0 3 8",
        "1 公司名稱 Company Name",
        "GREEN HARVEST LIMITED",
        "綠豐環保有限公司",
        "2 商業名稱 Business Name",
        "不適用 N/A",
    ]
    paper = the_paper(page(*head, *made_up_to, "6 註冊辦事處地址 Address of Registered Office", ocr=scanned))
    assert (paper.kind, value(paper, "name"), value(paper, "company_number"), value(paper, "made_up_to")) == (
        "annual_return",
        "GREEN HARVEST LIMITED",
        "1411038",
        "2024-05-02",
    )


LICENCES: dict[str, list[Line]] = {
    "two columns": [
        ("营业执照", 30),
        ("(副本)", 12),
        "统一社会信用代码",
        "91441900MA4RQHCG4U",
        [(60, "名 称"), (140, "东莞市绿丰家具有限公司"), (330, "注册资本"), (410, "人民币壹仟万元")],
        [(60, "类 型"), (140, "有限责任公司(港澳台法人独资)"), (330, "成立日期"), (410, "2011年10月17日")],
        [(60, "法定代表人"), (140, "郭小明"), (330, "营业期限"), (410, "2011年10月17日至2041年10月16日")],
        [(60, "经营范围"), (140, "生产和销售家具产品;货物进出口。"), (330, "住 所"), (410, "广东省东莞市长安镇乌沙社区")],
        [(140, "依法须经批准的项目除外"), (410, "振安中路247号")],
        "登记机关",
    ],
    "one column, full-width colons": [
        ("企业法人营业执照", 26),
        "统一社会信用代码:91441900MA4RQHCG4U",
        "名称:东莞市绿丰家具有限公司",
        "住所:广东省东莞市长安镇乌沙社区振安中路247号",
        "法定代表人姓名:郭小明",
        "公司类型:有限责任公司(港澳台法人独资)",
        "经营范围:家具",
        "成立日期:二〇一一年十月十七日",
        "营业期限:自2011年10月17日至2041年10月16日",
    ],
    "labels above": [
        ("营业执照", 30),
        "统一社会信用代码",
        "91441900MA4RQHCG4U",
        "名称",
        "东莞市绿丰家具有限公司",
        "类型",
        "有限责任公司(港澳台法人独资)",
        "法定代表人",
        "郭小明",
        "成立日期",
        "2011年10月17日",
        "营业期限",
        "2011年10月17日至2041年10月16日",
        "住所",
        "广东省东莞市长安镇乌沙社区振安中路247号",
        "登记机关",
    ],
}


@BOTH
@pytest.mark.parametrize("lines", LICENCES.values(), ids=LICENCES)
def test_a_mainland_licence_is_read_in_every_layout(lines: list[Line], scanned: bool) -> None:
    paper = the_paper(page(*lines, ocr=scanned))
    read = {key: value(paper, key) for key in ("name", "uscc", "enterprise_type", "legal_representative", "established_on", "expires_on", "address")}
    assert read == {
        "name": "东莞市绿丰家具有限公司",
        "uscc": "91441900MA4RQHCG4U",
        "enterprise_type": "有限责任公司(港澳台法人独资)",
        "legal_representative": "郭小明",
        "established_on": "2011-10-17",
        "expires_on": "2041-10-16",
        "address": "广东省东莞市长安镇乌沙社区振安中路247号",
    }


@pytest.mark.parametrize("term", ["长期", "2011年10月17日至长期", "永久", ""])
def test_a_licence_without_an_end_has_no_expiry(term: str) -> None:
    paper = the_paper(
        page(("营业执照", 30), [(60, "法定代表人"), (140, "郭小明")], [(60, "营业期限"), (140, term)], [(60, "成立日期"), (140, "2011年10月17日")])
    )
    assert "expires_on" not in paper.fields


def test_a_sole_traders_licence_names_its_operator() -> None:
    paper = the_paper(
        page(
            ("个体工商户营业执照", 24),
            [(60, "经营者"), (160, "王强")],
            [(60, "经营场所"), (160, "东莞市长安镇振安路3号")],
            [(60, "组成形式"), (160, "个人经营")],
        )
    )
    assert (value(paper, "legal_representative"), value(paper, "address")) == ("王强", "东莞市长安镇振安路3号")


def test_a_social_credit_code_with_an_o_for_a_nought_is_read_by_its_check_character_and_said_to_be_less_sure() -> None:
    field = the_paper(page(("营业执照", 30), "统一社会信用代码", "914419OOMA4RQHCG4U", "法定代表人 郭小明", ocr=True)).fields["uscc"]
    assert isinstance(field, Read)
    assert field.value == "91441900MA4RQHCG4U"
    assert field.evidence.confidence < 0.95


def quote(*lines: Line, head: str = "Sun Fat Machinery Co. Ltd.", title: str = "QUOTATION") -> list[Line]:
    return [(head, 16), (title, 14), *lines]


QUOTATIONS: dict[str, tuple[list[Line], float]] = {
    "table": (
        quote(
            [(60, "To:"), (120, "Green Harvest Limited")],
            [(60, "Date:"), (120, "3 March 2024")],
            [(60, "Item"), (300, "Qty"), (360, "Unit price (HK$)"), (470, "Amount (HK$)")],
            [(60, "Spray booth"), (300, "1"), (360, "60,000.00"), (470, "60,000.00")],
            [(60, "Fan"), (300, "2"), (360, "14,000.00"), (470, "28,000.00")],
            [(360, "Total"), (470, "88,000.00")],
        ),
        88000,
    ),
    "subtotal, discount, grand total": (
        quote(
            "To: Green Harvest Limited",
            "Date: 3/3/2024",
            [(360, "Sub-total"), (470, "95,000.00")],
            [(360, "Less: discount"), (470, "7,000.00")],
            [(360, "Grand Total"), (470, "HK$88,000.00")],
            "Deposit 30% of total: HK$26,400.00",
        ),
        88000,
    ),
    "Chinese": (
        quote(
            "致:綠豐環保有限公司",
            "日期:2024年3月3日",
            "項目 數量 單價 金額",
            [(60, "小計"), (400, "90,000.00")],
            [(60, "總計(港元)"), (400, "88,000.00")],
            title="報價單",
        ),
        88000,
    ),
    "figures and words": (
        quote("致 綠豐環保有限公司", "日期 2024-03-03", [(60, "合計:港幣捌萬捌仟元正"), (400, "HK$88,000.00")], title="報 價 單"),
        88000,
    ),
    "total below its label": (quote("Attn: Mr Chan, Green Harvest Limited", "Date: 3 Mar 2024", "TOTAL AMOUNT", "HK$88,000.00"), 88000),
    "total in the sentence": (
        quote("To: Green Harvest Limited", "3 March 2024", "Total consultancy fee: HK$88,000.00 payable in two instalments"),
        88000,
    ),
    "no total, one price": (
        quote("To: Green Harvest Limited", "Date: 3 March 2024", "Our price for one spray booth delivered is HK$88,000.00"),
        88000,
    ),
}


@BOTH
@pytest.mark.parametrize(("lines", "total"), QUOTATIONS.values(), ids=QUOTATIONS)
def test_a_quotations_grand_total_supplier_and_date_are_read(lines: list[Line], total: float, scanned: bool) -> None:
    paper = the_paper(page(*lines, ocr=scanned))
    assert (paper.kind, value(paper, "supplier"), value(paper, "total"), value(paper, "dated")) == (
        "quotation",
        "Sun Fat Machinery Co. Ltd.",
        total,
        "2024-03-03",
    )
    assert "currency" not in paper.fields


@pytest.mark.parametrize(
    ("amount", "currency"), [("RMB 88,000.00", "CNY"), ("¥88,000.00", "CNY"), ("US$88,000.00", "USD"), ("人民币捌万捌仟元整 88,000.00元", "CNY")]
)
def test_a_total_in_another_currency_says_so(amount: str, currency: str) -> None:
    paper = the_paper(page(*quote("需方:绿丰环保有限公司", [(60, "总计"), (300, amount)], head="深圳新发机械有限公司", title="报价单")))
    assert (value(paper, "total"), value(paper, "currency"), value(paper, "supplier")) == (88000, currency, "深圳新发机械有限公司")


def test_the_supplier_is_never_the_addressee() -> None:
    logo_only = page(
        ("QUOTATION", 16),
        "To:",
        "Green Harvest Limited",
        "Flat 3, Kwun Tong",
        "Date: 3 March 2024",
        "Total HK$88,000.00",
        "For and on behalf of",
        "Sun Fat Machinery Co. Ltd.",
    )
    assert value(the_paper(logo_only), "supplier") == "Sun Fat Machinery Co. Ltd."
    customer_larger = page(
        ("Sun Fat Machinery Co. Ltd.", 12),
        ("QUOTATION", 16),
        [(60, "Customer:"), (130, "Green Harvest Limited")],
        "Date: 3 March 2024",
        "Total HK$88,000.00",
    )
    assert value(the_paper(customer_larger), "supplier") == "Sun Fat Machinery Co. Ltd."


def test_a_supplier_named_in_both_languages_has_both_names() -> None:
    paper = the_paper(
        page(
            ("Sun Fat Machinery Co. Ltd.", 16), ("新發機械有限公司", 12), ("QUOTATION 報價單", 14), "To: Green Harvest Limited", "Total HK$88,000.00"
        )
    )
    assert (value(paper, "supplier"), value(paper, "supplier_zh")) == ("Sun Fat Machinery Co. Ltd.", "新發機械有限公司")


def test_the_total_of_a_long_quotation_is_on_its_last_page() -> None:
    first = page(
        ("Sun Fat Machinery Co. Ltd.", 16),
        ("QUOTATION", 14),
        "Quotation No.: SF-1",
        [(60, "Sub-total carried forward"), (400, "50,000.00")],
        foot="Page 1 of 2",
    )
    second = page([(60, "Fan"), (400, "38,000.00")], [(60, "Total"), (400, "HK$88,000.00")], foot="Page 2 of 2")
    (paper,) = papers_in(first, second)
    field = paper.fields["total"]
    assert isinstance(field, Read)
    assert (field.value, field.evidence.page) == (88000, 2)


@BOTH
@pytest.mark.parametrize(
    ("clauses", "day"),
    [
        (["第六条 合同有效期:本合同自2018年3月29日起生效,有效至2023年3月28日。"], "2023-03-28"),
        (["协议有效期:从2018年3月29日至2023年3月28日止"], "2023-03-28"),
        (["本合同有效期为五年,自2018年3月29日起计算。"], "2023-03-28"),
        (["合同有效期自签订之日起伍年。", "签订日期:2018年3月29日"], "2023-03-28"),
        (["合同期限 2018.3.29 - 2023.3.28"], "2023-03-28"),
        (["This Agreement shall be valid from 29 March 2018 to 28 March 2023."], "2023-03-28"),
        (["This Agreement takes effect on 29 March 2018 and shall expire on 28 March 2023."], "2023-03-28"),
        (["The term of this Agreement shall be five (5) years commencing from 29 March 2018."], "2023-03-28"),
        (["本协议有效期限由二〇一八年三月二十九日起至二〇二三年三月", "二十八日止。"], "2023-03-28"),
    ],
    ids=[
        "until",
        "from to",
        "years from",
        "years from signing",
        "dashes",
        "English from to",
        "English expires",
        "English years",
        "broken over two lines",
    ],
)
def test_a_processing_agreements_last_day_is_read_or_reckoned(clauses: list[str], day: str, scanned: bool) -> None:
    paper = the_paper(page(("来料加工合同", 18), "甲方:东莞长安加工厂 乙方:绿丰有限公司", "加工费每月结算", *clauses, ocr=scanned))
    assert (paper.kind, value(paper, "expires_on")) == ("processing_agreement", day)


def test_an_agreement_without_a_term_has_no_last_day() -> None:
    assert "expires_on" not in the_paper(page(("来料加工合同", 18), "甲方:东莞长安加工厂", "签订日期:2018年3月29日")).fields


@BOTH
def test_an_identity_card_yields_the_name_and_never_the_whole_number(scanned: bool) -> None:
    paper = the_paper(
        page(
            ("HONG KONG PERMANENT IDENTITY CARD", 11),
            ("香港永久性居民身份證", 11),
            "郭 小 明",
            "KWOK, Siu Ming",
            "出生日期 Date of Birth 19-09-1984",
            "P779826(5)",
            ocr=scanned,
        )
    )
    assert value(paper, "name") == "KWOK, Siu Ming"
    assert value(paper, "hkid_masked") == "P******(5)"
    assert "779826" not in paper.model_dump_json()


def test_a_register_of_shareholders_names_the_resident_and_the_share() -> None:
    paper = the_paper(
        page(
            ("股 东 名 册", 18),
            [(60, "股东"), (150, "身份"), (300, "出资额"), (400, "持股比例")],
            [(60, "郭小明"), (150, "香港居民"), (300, "250.05"), (400, "50.01%")],
            [(60, "罗建平"), (150, "中国公民"), (300, "249.95"), (400, "49.99%")],
            [(60, "合计"), (300, "500.00"), (400, "100.00%")],
        )
    )
    assert (value(paper, "resident_name"), value(paper, "resident_share")) == ("郭小明", 50.01)
    assert value(paper, "holders") == "郭小明 50.01%; 罗建平 49.99%"


def test_noughts_in_digit_boxes_taken_for_characters_are_noughts_and_less_sure() -> None:
    head: list[Line] = [("周年申報表 Annual Return", 16), "NAR1", "4 本申報表的結算日期 Date to which this Return is Made Up", "日 DD 月 MM 年 YYYY"]
    field = the_paper(page(*head, [(90, "0 2"), (140, "日 5"), (200, "2 日 2 4")], ocr=True)).fields["made_up_to"]
    assert isinstance(field, Read)
    assert field.value == "2024-05-02"
    assert field.evidence.confidence < 0.9


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        ([[(360, "Sub-total"), (470, "300,000.00")], [(360, "Less discount"), (470, "-12,000.00")], [(360, "TOTAL"), (470, "288,000.00")]], 288000),
        ([[(60, "合計"), (470, "300,000.00")], [(60, "折扣"), (470, "12,000.00")], [(60, "折扣後總計"), (470, "288,000.00")]], 288000),
        ([[(60, "合计(含13%增值税)"), (470, "288,000")], "大写:人民币贰拾捌万捌仟元整"], 288000),
        (
            [[(60, "Total (A)"), (470, "200,000.00")], [(60, "Total (B)"), (470, "88,000.00")], [(60, "Grand Total (A+B)"), (470, "288,000.00")]],
            288000,
        ),
        ([[(60, "Description"), (470, "TOTAL (HKD)")], [(60, "VOC unit"), (470, "300,000")], [(360, "Total"), (470, "288,000")]], 288000),
    ],
    ids=["less discount", "after discount", "with tax", "of two parts", "total as a column head"],
)
def test_the_grand_total_is_told_from_every_other_sum(lines: list[Line], total: int) -> None:
    assert value(the_paper(page(*quote("To: Green Harvest Limited", "Date: 3 March 2024", *lines))), "total") == total


@pytest.mark.parametrize("line", ["總計 HK$ 88,000.00", "Total price: HK$88,000.00 (delivery and installation on site are included)."])
def test_a_total_with_its_currency_or_with_a_long_remark_is_read(line: str) -> None:
    assert value(the_paper(page(*quote("To: Green Harvest Limited", "Date: 3 March 2024", line))), "total") == 88000


def test_the_form_of_a_company_alone_is_no_supplier() -> None:
    paper = the_paper(
        page(
            ("Blue Kettle Engineering Limited", 12), [(60, "藍壺工程"), (160, "有限公司")], ("QUOTATION", 14), "To: Green Harvest Limited",
            "Description Qty Unit price Amount", "Total HK$88,000.00",
        )
    )  # fmt: skip
    assert value(paper, "supplier") == "Blue Kettle Engineering Limited"


def test_an_address_block_above_attn_is_the_addressee() -> None:
    letter = page(
        "Green Harvest Limited",
        "Flat 3, Kwun Tong",
        "Attn: Mr Chan",
        ("QUOTATION", 14),
        "Date: 12 April 2024",
        "Total: HK$ 88,000",
        "Bright Engineering Limited",
        "Authorised signature",
    )
    assert value(the_paper(letter), "supplier") == "Bright Engineering Limited"


@pytest.mark.parametrize("label", ["Prepared for", "ESTIMATE TO", "Quotation for"])
def test_who_stands_below_a_line_that_says_for_whom_is_the_addressee(label: str) -> None:
    sheet = page(
        [(60, "QUOTATION"), (400, "Moon Boiler Works Ltd")],
        [(60, label), (400, "Quote # Q5512")],
        [(60, "Green Harvest Company Limited")],
        "Date: 12 April 2024",
        "Total: HK$ 88,000",
    )
    assert value(the_paper(sheet), "supplier") == "Moon Boiler Works Ltd"


def test_a_name_wrapped_before_limited_is_one_name_and_limited_alone_is_none() -> None:
    wrapped = page(("Moon Boiler Works (Asia)", 16), [(60, "")], ("QUOTATION", 14), "Date: 12 April 2024", "Total: HK$ 88,000")
    assert "supplier" not in the_paper(wrapped).fields
    lines: list[Line] = [[(60, "Moon Boiler Works (Asia)")], [(60, "Limited")], ("QUOTATION", 14), "To: Green Harvest Limited", "Total: HK$ 88,000"]
    assert value(the_paper(page(*lines)), "supplier") == "Moon Boiler Works (Asia) Limited"


def test_the_signatory_of_a_letter_is_named_without_the_word_for() -> None:
    letter = page(
        ("QUOTATION", 14),
        "Green Harvest Limited",
        "Attention: Mr Chan",
        "12 April 2024",
        "Total: HK$ 88,000",
        "Yours faithfully,",
        "For Moon Boiler Works Ltd",
    )
    assert value(the_paper(letter), "supplier") == "Moon Boiler Works Ltd"


def test_a_mainland_firm_named_beside_its_customer_is_the_supplier() -> None:
    between: Line = [(60, "需方:綠豐有限公司"), (320, "供方:月華閥行")]
    head: list[Line] = [("产品报价单", 16), between, "报价日期:2024-04-12", "价税合计(人民币) ¥88,000.00"]
    assert value(the_paper(page(*head, "供方(盖章):月華閥行")), "supplier") == "月華閥行"


def test_a_quotation_is_not_dated_by_the_day_below_valid_until() -> None:
    sheet = page(
        [(60, "Moon Boiler Works Ltd"), (400, "Estimate")],
        [(60, "Estimate to"), (400, "VALID UNTIL")],
        [(60, "Green Harvest Limited"), (400, "30 June 2024")],
        [(400, "ISSUED")],
        [(400, "31 May 2024")],
        "Total: HK$ 88,000",
    )
    assert value(the_paper(sheet), "dated") == "2024-05-31"


def test_an_address_is_nobodys_name_on_a_licence() -> None:
    licence = page(
        ("营业执照", 24),
        "统一社会信用代码 91440300MA5ABCDE0X",
        [(60, "名称"), (140, "深圳市顺伟五金制品有限公司")],
        [(60, "法定代表人"), (140, "广东省深圳市龙岗区工业大道306号")],
        "成立日期 2018年6月5日 登记机关 市场监督管理局",
    )
    assert "legal_representative" not in the_paper(licence).fields


def test_a_made_up_date_that_lost_digits_is_unreadable_and_not_guessed() -> None:
    head: list[Line] = [("周年申報表 Annual Return", 16), "NAR1", "4 本申報表的結算日期 Date to which this Return is Made Up", "日 DD 月 MM 年 YYYY"]
    assert isinstance(the_paper(page(*head, [(90, "4"), (140, "日 3 2"), (214, "2 2")], ocr=True)).fields["made_up_to"], Unreadable)


@pytest.mark.parametrize(
    "hostile", ["h.k." * 200 + "x", "a" * 20_000, "a " * 5_000 + "to!", "h.k. co " * 500], ids=["form", "word", "words", "forms"]
)
def test_a_line_made_to_be_searched_for_ever_is_read_in_a_moment(hostile: str) -> None:
    began = time.process_time()
    paper = the_paper(page(("QUOTATION", 16), hostile, "To: Green Harvest Limited", "Total HK$88,000.00"))
    assert value(paper, "total") == 88000
    assert time.process_time() - began < 5

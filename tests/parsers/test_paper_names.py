"""Names on papers are read whole beside labels broken over lines, and never told as a fragment or as words of the printed form."""

from __future__ import annotations

import pytest

from parsers.values import Unreadable
from tests.parsers.paper_pages import Line, page, papers_in, the_paper, value

BOTH = pytest.mark.parametrize("scanned", [False, True], ids=["digital", "scan"])
TITLE: Line = ("BUSINESS REGISTRATION CERTIFICATE 商業登記證", 14)
TERM: list[Line] = [
    [(60, "Date of Commencement"), (250, "01/06/2024")],
    [(60, "Date of Expiry"), (250, "31/05/2025")],
    [(60, "Certificate No."), (250, "12345678-000-06-24-1")],
]


@BOTH
@pytest.mark.parametrize(
    "lines",
    [
        [[(60, "業務/法團所用名稱 Name of"), (240, "GREEN HARVEST LIMITED")], [(60, "Business/Corporation"), (240, "綠豐環保有限公司")]],
        [
            [(60, "業務/法團所用"), (240, "GREEN HARVEST LIMITED")],
            [(60, "名稱 Name of"), (240, "綠豐環保有限公司")],
            "Business/",
            "Corporation",
        ],
        [[(60, "Name of"), (240, "GREEN HARVEST LIMITED")], [(60, "Business /"), (240, "綠豐環保有限公司")], "Corporation"],
        [
            [(60, "Name of Business/"), (240, "GREEN HARVEST LIMITED")],
            [(60, "Corporation 業務/"), (240, "綠豐環保有限公司")],
            "法團所用名稱",
        ],
    ],
    ids=["two lines", "four lines", "English alone", "English first"],
)
def test_a_label_broken_over_lines_is_one_label(lines: list[Line], scanned: bool) -> None:
    paper = the_paper(page(TITLE, *lines, [(60, "地址 Address"), (240, "SHOP 3, SILVER COURT")], *TERM, ocr=scanned))
    assert (value(paper, "name"), value(paper, "name_zh")) == ("GREEN HARVEST LIMITED", "綠豐環保有限公司")
    assert (value(paper, "commenced_on"), value(paper, "expires_on")) == ("2024-06-01", "2025-05-31")


def test_a_broken_label_that_a_scan_misread_is_still_a_label() -> None:
    lines: list[Line] = [[(60, "業務/法圑所用名稱 Narne of"), (240, "GREEN HARVEST LIMITED")], "Business/Corporation"]
    assert value(the_paper(page(TITLE, *lines, *TERM, ocr=True)), "name") == "GREEN HARVEST LIMITED"


def test_a_long_line_of_a_label_leaves_the_room_beside_its_short_lines_to_the_value() -> None:
    lines: list[Line] = [[(60, "業務名稱"), (130, "MING KIN HOP LIMITED")], [(60, "Name of"), (130, "明建合有限公司")], "Business/Corporation"]
    assert value(the_paper(page(TITLE, *lines, *TERM)), "name") == "MING KIN HOP LIMITED"


@BOTH
@pytest.mark.parametrize("number", ["2 ", "2"], ids=["numbered", "number read together with the label"])
def test_the_next_label_is_no_part_of_a_companys_name(number: str, scanned: bool) -> None:
    lines: list[Line] = [
        ("周年申報表 Annual Return", 16),
        "NAR1",
        "1 公司名稱 Company Name",
        "MAN HO CHI METAL PRODUCTS MANUFACTORY LIMITED",
        "文浩志五金製品廠有限公司",
        f"{number}商業名稱(如有的話) Business Name (if any)",
        "N/A",
    ]
    paper = the_paper(page(*lines, ocr=scanned))
    assert (value(paper, "name"), value(paper, "name_zh")) == ("MAN HO CHI METAL PRODUCTS MANUFACTORY LIMITED", "文浩志五金製品廠有限公司")


def test_the_two_languages_of_a_label_read_as_one_word_are_a_label() -> None:
    lines: list[Line] = [
        ("周年申報表 Annual Return", 16), "NAR1", "公司名稱 Company Name", "MAN HO CHI METAL PRODUCTS MANUFACTORY LIMITED",
        "2 商業名稱(如有的話)Business Name (if any)", "不適用 N/A",
    ]  # fmt: skip
    paper = the_paper(page(*lines, ocr=True))
    assert (value(paper, "name"), value(paper, "name_zh")) == ("MAN HO CHI METAL PRODUCTS MANUFACTORY LIMITED", None)


def test_a_label_in_the_same_line_ends_the_name() -> None:
    lines: list[Line] = [("周年申報表 Annual Return", 16), "NAR1", "1 公司名稱 Company Name", "GREEN HARVEST LIMITED 商業名稱 Business Name N/A"]
    assert value(the_paper(page(*lines, ocr=True)), "name") == "GREEN HARVEST LIMITED"


def test_limited_alone_on_the_next_line_belongs_to_the_name() -> None:
    lines: list[Line] = [
        ("周年申報表 Annual Return", 16),
        "NAR1",
        [(60, "公司名稱 Company Name"), (250, "GREEN HARVEST ENVIRONMENTAL ENGINEERING")],
        [(280, "COMPANY LIMITED")],
    ]
    assert value(the_paper(page(*lines)), "name") == "GREEN HARVEST ENVIRONMENTAL ENGINEERING COMPANY LIMITED"


@BOTH
@pytest.mark.parametrize("fragment", ["COMPANY LIMITED", "AB", "GREEN HARVEST AND"])
def test_a_fragment_is_not_told_as_a_name(fragment: str, scanned: bool) -> None:
    paper = the_paper(page(TITLE, [(60, "Name of Business/Corporation"), (250, fragment)], *TERM, ocr=scanned))
    field = paper.fields["name"]
    assert isinstance(field, Unreadable)
    assert (field.reason, field.text) == ("illegible", fragment)


def test_a_name_that_begins_in_the_middle_of_a_line_is_not_told() -> None:
    lines: list[Line] = [[(60, "Name of Business/Corporation"), (250, "KIN HOP LIMITED")]]
    assert value(the_paper(page(TITLE, *lines, *TERM)), "name") == "KIN HOP LIMITED"
    torn: list[Line] = [[(150, "Name of Business/Corporation")], [(112, "MING"), (136, "KIN HOP LIMITED")]]
    assert value(the_paper(page(TITLE, *torn, *TERM)), "name") is None


@BOTH
@pytest.mark.parametrize(
    "change",
    [
        ["having by special resolution changed its name, is now incorporated under the name of"],
        ["having by special resolution changed its name, is now incorporated", "under the Companies Ordinance in the name of"],
        ["經通過特別決議,已更改其名稱,該公司註冊的名稱現為"],
    ],
)
def test_a_certificate_of_change_of_name_tells_the_new_name(change: list[Line], scanned: bool) -> None:
    lines: list[Line] = ["I hereby certify that", "OLD RIVER LIMITED", *change, "GREEN HARVEST LIMITED", "Issued on 2 May 2016."]
    paper = the_paper(page(("CERTIFICATE OF CHANGE OF NAME", 18), "No. 1234567", *lines, ocr=scanned))
    assert (paper.kind, value(paper, "name")) == ("certificate_of_incorporation", "GREEN HARVEST LIMITED")


def test_an_old_name_is_not_told_where_the_new_one_cannot_be_found() -> None:
    lines: list[Line] = ["I hereby certify that", "OLD RIVER LIMITED", "having by special resolution changed its name", "Issued on 2 May 2016."]
    assert value(the_paper(page(("CERTIFICATE OF CHANGE OF NAME", 18), "No. 1234567", *lines)), "name") is None


@BOTH
def test_a_certificate_of_a_management_system_registers_no_organisation(scanned: bool) -> None:
    for title in ("CERTIFICATE OF REGISTRATION", "CERTIFICATE OF APPROVAL"):
        lines: list[Line] = [
            (title, 20),
            "This is to certify that the Quality Management System of",
            ("GREEN HARVEST LIMITED", 14),
            "complies with ISO 9001:2015",
        ]
        assert the_paper(page(*lines, ocr=scanned)).kind == "other"


@BOTH
def test_a_letter_about_a_certificate_is_no_certificate(scanned: bool) -> None:
    english: list[Line] = [
        "GREEN HARVEST LIMITED",
        "Dear Sir or Madam,",
        "Re: Business Registration Certificate",
        "We enclose our Business Registration Certificate.",
        "Yours faithfully,",
    ]
    chinese: list[Line] = ["綠豐環保有限公司", "敬啟者:", "有關:商業登記證副本", "隨函附上本公司之商業登記證副本,敬請查收。", "此致"]
    assert {the_paper(page(*lines, ocr=scanned)).kind for lines in (english, chinese)} == {"other"}


def test_a_letter_behind_a_contract_is_a_paper_of_its_own() -> None:
    contract = page(("合资经营合同", 18), "甲方:东莞市绿丰有限公司", "乙方:绿丰环保有限公司", "合营期限为三十年。")
    letter = page("GREEN HARVEST LIMITED", "Dear Sirs,", "We enclose copies of our papers for your consideration.", "Yours faithfully,")
    assert [(paper.kind, paper.first_page) for paper in papers_in(contract, letter)] == [("joint_venture_agreement", 1), ("other", 2)]


def test_two_quotations_of_one_supplier_by_letter_are_two() -> None:
    def letter(title: str, total: str) -> list[Line]:
        return [
            ("Brightwater Systems Limited", 14), "3 May 2024", "Green Harvest Limited", "Dear Sirs,", (f"Quotation: {title}", 13),
            "We are pleased to quote as follows:", f"Total price: HK${total}", "This quotation is valid for 60 days. Payment terms: 30 days.",
        ]  # fmt: skip

    papers = papers_in(page(*letter("Heat pump", "72,000.00")), page(*letter("Dryer", "91,000.00")))
    assert [(paper.kind, value(paper, "total")) for paper in papers] == [("quotation", 72000), ("quotation", 91000)]


def test_one_date_is_not_both_ends_of_a_term() -> None:
    lines: list[Line] = [[(60, "Date of Commencement"), (250, "31/05/2025")], [(60, "Date of Expiry"), (250, "31/05/2025")]]
    paper = the_paper(page(TITLE, *lines))
    assert (value(paper, "commenced_on"), value(paper, "expires_on")) == (None, None)


def test_the_total_after_the_discount_is_the_total() -> None:
    lines: list[Line] = [
        ("Brightwater Systems Limited", 15), ("報價單", 16), "致:綠豐環保有限公司", [(60, "設備供應"), (400, "906,334.00")],
        [(60, "小計"), (400, "906,334.00")],
        [(60, "減:優惠折扣"), (400, "(43,150.00)")], [(60, "折後總額"), (400, "RMB863,184.00")],
    ]  # fmt: skip
    paper = the_paper(page(*lines))
    assert (value(paper, "total"), value(paper, "currency")) == (863184, "CNY")

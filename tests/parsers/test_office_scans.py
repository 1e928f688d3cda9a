"""What offices' scans do to forms and papers: words that run together, lines that are empty, frames in pieces, borders read as digits."""

from __future__ import annotations

import pytest

from parsers.form_choices import answers_on
from parsers.paper_kinds import view_page
from parsers.values import Ink, Mark, Missing, Page, Read, Unreadable, Word
from tests.parsers import paper_pages
from tests.parsers.form_pages import LEFT, ROW, SIZE, catalogue, fields, form_page, values

CARDS = ("一職務名稱", "總經理", "—項目開展日期", "1/2/2025", "一聯絡人姓名", "黃志豪", "一環保顧問公司", "隼控系統有限公司")
GLUED = (
    "清潔生產伙伴計劃申請表 示範項目",
    "1. 申請企業中文名稱華志建漂染有限公司",
    "2. 香港通訊地址香港柴灣豐業街71號16樓12室",
    "3. 經辦人姓名曾偉文",
    "4. 生產廠名稱中山市華志建漂染有限公司",
    "5. 計劃項目名稱清洗水循環再用",
    "6. 項目概述本項目將進行清洗水循環再用",
)
OPEN_LINES = (
    "Application Form B - Demonstration Project",
    "Company Name (Eng):  Harbour Dyers Limited",
    "Contact Person:  Chan Siu Ming",
    "Position:  Manager",
    "Telephone:  2788 5588",
    "E-mail:  chan@harbour.example",
    "Project Title:",
    "Commencement Date:  1 March 2024",
)


def scanned(*rows: str, inks: tuple[Ink, ...] = ()) -> Page:
    return form_page(*rows, confidence=0.98, inks=inks)


def test_unlisted_labels_that_run_into_their_values_are_cut_off_where_a_form_does_it_often() -> None:
    found = values(scanned(*GLUED))
    assert found["applicant.name_zh"] == "華志建漂染有限公司"
    assert found["applicant.address"] == "香港柴灣豐業街71號16樓12室"
    assert found["contact.name"] == "曾偉文"
    assert found["factory.name"] == "中山市華志建漂染有限公司"
    assert found["project.title"] == "清洗水循環再用"
    assert found["project.summary"] == "本項目將進行清洗水循環再用"


def test_one_line_that_could_be_a_label_with_its_value_is_not_cut() -> None:
    assert "applicant.address" not in values(scanned(GLUED[0], GLUED[2], "聯絡人：  曾偉文"))


def test_a_dash_read_as_the_chinese_one_before_labels_is_a_dash() -> None:
    found = values(scanned("清潔生產伙伴計劃申請表 實地評估", *CARDS))
    assert found["contact.title"] == "總經理"
    assert found["project.start_on"] == "2025-02-01"
    assert found["contact.name"] == "黃志豪"


def test_an_empty_line_among_filled_ones_is_surely_empty() -> None:
    title = fields(scanned(*OPEN_LINES))["project.title"]
    assert isinstance(title, Missing)
    assert title.evidence is not None
    assert title.evidence.confidence > 0.85


@pytest.mark.parametrize("across", [0.0, 120.0])
def test_a_line_with_any_ink_on_it_is_not_called_empty(across: float) -> None:
    top = 60 + 6 * ROW
    pencil = Ink(box=(LEFT + 90 + across, top - 2, LEFT + 130 + across, top + SIZE), colour="black", roundness=0.1, density=0.05)
    title = fields(scanned(*OPEN_LINES, inks=(pencil,)))["project.title"]
    assert isinstance(title, Unreadable) or (title.evidence is not None and title.evidence.confidence <= 0.5)


def test_an_empty_line_on_a_page_of_few_lines_is_for_staff() -> None:
    title = fields(scanned(OPEN_LINES[0], OPEN_LINES[1], OPEN_LINES[6], OPEN_LINES[7]))["project.title"]
    assert title.evidence is None or title.evidence.confidence <= 0.5


def _two(first: float, second: float, *, slant: float = 0.0) -> Page:
    """Two boxes with (i) and (ii), both read as (i), on one row; the words are so wide."""
    words, marks = [], []
    for at, (x, wide, on) in enumerate(((300.0, second, True), (50.0, first, False))):
        y = 200.0 - (slant if at == 0 else 0.0)
        marks.append(Mark(box=(x, y, x + 9, y + 9), on=on, fill=0.4 if on else 0.0, confidence=0.98))
        words.append(Word(text="示範項目(i)", box=(x + 12, y, x + 12 + wide, y + 10), confidence=0.95, line=at + 3))
    title = Word(text="清潔生產伙伴計劃申請表", box=(200, 40, 320, 54), confidence=0.99, line=1)
    return Page(number=1, width=595, height=842, words=(title, *words), marks=tuple(marks), source="ocr", confidence=0.97)


@pytest.mark.parametrize("slant", [0.0, 5.0, -5.0])
def test_of_two_answers_read_alike_the_second_is_the_one_printed_wider(slant: float) -> None:
    answers = {answer.code: answer for answer in answers_on(_two(53.6, 56.6, slant=slant), catalogue()) if answer.key == "project.initiative"}
    assert answers["demonstration_ii"].mark.on
    assert not answers["demonstration_i"].mark.on
    assert min(answer.likeness for answer in answers.values()) > 0.8


def test_two_answers_read_alike_and_as_wide_are_told_apart_by_nobody() -> None:
    found = [answer for answer in answers_on(_two(55.0, 55.0), catalogue()) if answer.key == "project.initiative"]
    assert {answer.likeness for answer in found} == {0.0}


def test_a_chop_whose_frame_is_in_pieces_is_told_by_its_large_lettering() -> None:
    rows = ("清潔生產伙伴計劃申請表 機構支援計劃", "機構中文名稱：  香港印刷業協會", "聯絡人：  黃志豪", "簽署：", "", "", "", "", "公司印章：")
    pieces = tuple(Ink(box=box, colour="black", roundness=0.3, density=0.3) for box in ((110, 203, 150, 212),))
    page = scanned(*rows, inks=pieces)
    high = ((115.0, 207.0, 178.0, 235.0, "香港印刷"), (120.0, 233.0, 172.0, 261.0, "業協會"))
    chop = [Word(text=text, box=(x0, y0, x1, y1), confidence=0.97, line=90 + n) for n, (x0, y0, x1, y1, text) in enumerate(high)]
    field = fields(page.model_copy(update={"words": (*page.words, *chop)}))["declaration.chop"]
    assert isinstance(field, Read)
    assert field.value is True
    small = [word.model_copy(update={"box": (word.box[0], word.box[1], word.box[2], word.box[1] + SIZE)}) for word in chop]
    assert not isinstance(fields(page.model_copy(update={"words": (*page.words, *small)}))["declaration.chop"], Read)


FORM = [
    ("Company's English Name : Wing Fung Dyeing Company Limited",),
    ("Business Registration Certificate No. : 2838 1688",),
    ("Registered Office Address : 12 Harbour Row, Kwun Tong",),
    ("Contact Person's Name : Chan Siu Ming",),
    ("Job Position : Manager",),
    ("Daytime Telephone : 2788 5588",),
    ("Company E-mail : chan@harbour.example",),
    ("Title of Proposed Project : Heat Recovery",),
    ("Proposed Start Date : 1 March 2024",),
    ("Project Completes On : 1 June 2024",),
    ("Total Amount of Project Expenditure : 64,000",),
    ("Amount of Funding Sought (HKD) : 32,000",),
]


@pytest.mark.parametrize(
    "label", ["Business Registration Certificate No. : 2838 1688", "1.3 Business Registration Certificate No. 商業登記證號碼(首8位)"]
)
@pytest.mark.parametrize("ocr", [False, True])
def test_a_form_that_names_a_paper_in_its_first_rows_is_a_form(label: str, ocr: bool) -> None:
    page = paper_pages.page("Cleaner Production Partnership Programme", "Application Form", FORM[0][0], label, *(row[0] for row in FORM[2:]), ocr=ocr)
    assert view_page(page, catalogue()).best.kind == "application_form"


ANSWERS = (
    "Guangdong factory of a wholly-owned foreign enterprise with capital from the applicant",
    "Guangdong factory of a Mainland enterprise under a subsisting processing, assembly or",
    "compensatory trade agreement with the applicant",
    "Factory in Hong Kong owned and operated by the applicant",
    "Workshop with polluting processes in Hong Kong owned and operated by the applicant",
)


def test_the_answers_of_a_form_make_no_agreement_of_its_second_page() -> None:
    page = paper_pages.page(*ANSWERS, "Authorised Signature with Company Chop")
    boxes = tuple(Mark(box=(40, 60 + 20 * n, 48, 68 + 20 * n), on=n == 1, fill=0.3) for n in range(4))
    assert view_page(page.model_copy(update={"marks": boxes}), catalogue()).best.kind == "application_form"
    assert view_page(page, catalogue()).best.title < 0.5, "the words alone are no title either"


@pytest.mark.parametrize(("dated", "number"), [("20/06/2022", None), ("20/06/2025", "07713839")])
def test_a_border_read_as_a_digit_makes_no_company_number(dated: str, number: str | None) -> None:
    rows = ("周年申報表 Annual Return", "表格 Form NAR1", "公司編號 Company Number", "07 7 1 3 8 3 9", "1 公司名稱 Company Name")
    more = ("TAI BO MEI PRINTING LIMITED", "申報表日期 Date of Return", dated, "6 註冊辦事處地址 Address of Registered Office", "Hong Kong")
    page = paper_pages.page(*rows, *more, ocr=True)
    paper = paper_pages.the_paper(page)
    assert paper.kind == "annual_return"
    assert paper_pages.value(paper, "company_number") == number


def test_the_name_on_a_licence_whose_label_was_missed_is_the_enterprises() -> None:
    def licence(name: str) -> Page:
        told = (("类型", "有限责任公司(自然人投资或控股)"), ("住所", "广东省深圳市龙岗区工业大道234号"), ("法定代表人", "罗志强"))
        rows = [[(60.0, label), (180.0, text)] for label, text in told]
        head = ("营业执照", "(正本)", "统一社会信用代码 91440307MA1R9BH3HT", [(180.0, name)])
        return paper_pages.page(*head, *rows, "登记机关", ocr=True)

    found = paper_pages.the_paper(licence("深圳市浩顺志化工有限公司"))
    assert found.kind == "mainland_business_licence"
    assert paper_pages.value(found, "name") == "深圳市浩顺志化工有限公司"
    assert paper_pages.value(paper_pages.the_paper(licence("国家市场监督管理")), "name") is None

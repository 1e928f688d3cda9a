"""Papers that look like one that counts and are none: invoices, forms of the registries, product licences, letters that enclose a certificate."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from tests.corpus.paper_sheet import Paper, day_in, labelled, table
from tests.corpus.people import SUPPLIERS, Applicant
from tests.corpus.sheet import FACES, Sheet


def _other(sheet: Sheet, name: str) -> Paper:
    return Paper("other", name, sheet.pdf())


def other(a: Applicant, dice: random.Random) -> Paper:
    """A paper that nobody asked for."""
    sheet = Sheet(FACES[0])
    title, lines = dice.choice((
        ("Company Profile", ["Founded in Hong Kong, we serve customers worldwide.", "Our products: quality and service.", "ISO 9001 certified"]),
        ("INVOICE", ["Invoice No. INV-2231", "Freight charges HK$3,200.00", "Please pay within 30 days"]),
        ("致秘書處函件", ["隨函附上本公司申請文件,敬請查收。", "此致"]),
        ("Curriculum Vitae", ["Education: BEng, Mechanical Engineering", "Experience: fifteen years in energy audits"]),
    ))  # fmt: skip
    sheet.centred(80, title, 18, bold=True)
    for i, line in enumerate(lines):
        sheet.text(70, 140 + 24 * i, line, 11)
    return _other(sheet, dice.choice(("profile.pdf", "其他.pdf", "scan_15.pdf")))


def invoice(a: Applicant, dice: random.Random) -> Paper:
    """An invoice or a delivery note with a supplier's letterhead and a table like a quotation's."""
    supplier = dice.choice(SUPPLIERS)
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.text(50, 40, supplier[0], 15, bold=True)
    sheet.text(50, 60, supplier[1], 12)
    note = dice.random() < 0.5
    sheet.centred(
        96,
        dice.choice(("DELIVERY NOTE", "送貨單 DELIVERY NOTE", "送貨單")) if note else dice.choice(("INVOICE", "發票 INVOICE", "TAX INVOICE", "發票")),
        17,
        bold=True,
    )
    y = 130.0
    day = day_in(a.received_on - timedelta(days=30), "dmy")
    for label, value in (("To:", a.values["applicant.name_en"]), ("Our ref. / Quotation No.:", f"QT-{dice.randrange(1000, 9999)}"), ("Date:", day)):
        y = labelled(sheet, y, label, value, value_x=190)
    rows = [("Item", "Description", "Qty", "Amount (HK$)"), ("1", "Pump, model P-20", "2", "12,000.00"), ("", "Total", "", "HK$12,000.00")]
    table(sheet, 50, y, (45, 255, 50, 150), rows)
    sheet.text(50, y + 100, "Goods received in good order 收貨人簽署" if note else "Payment terms: 30 days. Cheques payable to the company.", 9)
    return _other(sheet, "scan_16.pdf")


def incorporation_form(a: Applicant, dice: random.Random) -> Paper:
    """Form NNC1, which asks to be incorporated."""
    sheet = Sheet(FACES[1])
    sheet.text(52, 46, "公司註冊處 Companies Registry", 10)
    sheet.centred(60, "法團成立表格 (股份有限公司)", 14)
    sheet.centred(78, "Incorporation Form (Company Limited by Shares)", 13, bold=True)
    sheet.text(490, 46, "表格 Form NNC1", 11, bold=True)
    y = 120.0
    for label, value in (
        ("1 公司英文名稱 Intended English Company Name", a.values["applicant.name_en"].upper()), ("公司中文名稱 Intended Chinese Company Name", a.values["applicant.name_zh"]),
        ("2 公司類別 Type of Company", "Private company 私人公司"), ("3 擬設於香港的註冊辦事處地址 Proposed Address of Registered Office", "Golden Gate Industrial Building, Hong Kong"),
        ("4 股本 Share Capital", "10,000 ordinary shares, HK$10,000"), ("5 創辦成員 Founder Member", "Lo Chi Keung"),
    ):  # fmt: skip
        y = labelled(sheet, y, label, value, x=50, value_x=260)
    sheet.text(50, y + 20, "For Official Use 請勿填寫本欄", 8)
    return _other(sheet, "scan_17.pdf")


def br_application(a: Applicant, dice: random.Random) -> Paper:
    """The form that asks for a business registration, or an extract of the register."""
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.text(56, 52, "表格1(c) FORM 1(c)", 8)
    sheet.centred(66, "商業登記條例 (第310章)  BUSINESS REGISTRATION ORDINANCE (Cap. 310)", 10)
    title = dice.choice(
        (
            ("商業登記申請書 (法團)", "Application for Business Registration by Body Corporate"),
            ("商業登記冊內資料的摘錄", "Extract of Information on the Business Register"),
        )
    )
    sheet.centred(88, title[0], 14)
    sheet.centred(108, title[1], 13, bold=True)
    y = 150.0
    for label, value in (
        ("法團所用名稱 Name of Corporation", a.values["applicant.name_en"].upper()), ("業務性質 Nature of Business", "MANUFACTURING"), ("開業日期 Date of Commencement", "01/02/2020"),
        ("地址 Address", "GOLDEN GATE INDUSTRIAL BUILDING, HONG KONG"),
    ):  # fmt: skip
        y = labelled(sheet, y, label, value)
    sheet.signature(80, y + 60, dice)
    return _other(sheet, "scan_18.pdf")


def product_licence(a: Applicant, dice: random.Random) -> Paper:
    """A Mainland permit with the labels of a business licence."""
    sheet = Sheet(FACES[dice.choice((0, 2))], size=(842, 595))
    sheet.centred(60, dice.choice(("全国工业产品生产许可证", "食品生产许可证", "排污许可证", "安全生产许可证")), 30)
    y = 150.0
    for label, value in (
        ("单位名称", a.values["factory.name"]), ("统一社会信用代码", a.values["factory.uscc"]), ("法定代表人", "罗志强"), ("生产经营场所", a.values["factory.address"]),
        ("有效期限", "自2022年3月1日至2027年2月28日止"), ("发证日期", "2022年3月1日"),
    ):  # fmt: skip
        sheet.text(90, y, label, 12)
        y = sheet.wrapped(220, y, value, 480, 12) + 14
    sheet.chop(640, 480, "市场监督管理局", dice, colour="#c02020")
    return _other(sheet, "scan_19.pdf")


def quality_certificate(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[1])
    sheet.centred(90, "Harbour Certification Services", 13)
    sheet.centred(130, dice.choice(("CERTIFICATE OF REGISTRATION", "CERTIFICATE OF APPROVAL", "CERTIFICATE")), 20, bold=True)
    sheet.centred(170, "This is to certify that the Quality Management System of", 11)
    sheet.centred(200, a.values["applicant.name_en"], 14, bold=True)
    sheet.centred(230, f"has been assessed and complies with {dice.choice(('ISO 9001:2015', 'ISO 14001:2015'))}", 11)
    sheet.centred(270, "Certificate No. QMS-20115   Date of issue: 5 May 2022   Expiry date: 4 May 2025", 10)
    return _other(sheet, "scan_31.pdf")


def covering_letter(a: Applicant, dice: random.Random) -> Paper:
    """A letter that encloses a certificate and names all the others."""
    sheet = Sheet(FACES[dice.choice((0, 1))])
    english = a.language == "en"
    sheet.text(60, 40, a.values["applicant.name_en"], 13, bold=True)
    sheet.text(60, 58, a.values["applicant.name_zh"], 12)
    y = 110.0
    for line in (
        ("The Secretariat, Cleaner Production Partnership Programme", "Dear Sir or Madam,", "Re: Business Registration Certificate",
         "We enclose copies of our Business Registration Certificate, Certificate of Incorporation, Annual Return and three quotations for your consideration.",
         f"Our Business Registration No. is {a.values['applicant.br_number']}.", "Yours faithfully,")
        if english
        else ("致:清潔生產伙伴計劃秘書處", "敬啟者:", "有關:商業登記證副本", "隨函附上本公司之商業登記證、公司註冊證明書、周年申報表及報價單副本,敬請查收。", f"本公司商業登記號碼為{a.values['applicant.br_number']}。", "此致")
    ):  # fmt: skip
        y = sheet.wrapped(60, y, line, 470, 11) + 12
    sheet.signature(70, y + 30, dice)
    return _other(sheet, "scan_32.pdf")


def bank_statement(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[0])
    sheet.text(50, 44, "Golden Harbour Bank 金港銀行", 14, bold=True)
    sheet.centred(80, dice.choice(("Statement of Account", "Bank Statement 月結單", "綜合月結單")), 15, bold=True)
    sheet.text(50, 110, a.values["applicant.name_en"], 10)
    rows = [
        ("Date", "Description", "Amount", "Balance"),
        ("02/01/2024", "BALANCE B/F", "", "120,300.00"),
        ("05/01/2024", "CHEQUE", "3,400.00", "116,900.00"),
        ("", "Total", "", "116,900.00"),
    ]
    table(sheet, 50, 140, (90, 210, 90, 110), rows)
    return _other(sheet, "scan_33.pdf")


def licence_translation(a: Applicant, dice: random.Random) -> Paper:
    """An English translation of a licence: no licence itself."""
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.centred(50, "(English Translation 译文)", 11)
    sheet.centred(80, "BUSINESS LICENSE", 20, bold=True)
    y = 140.0
    for label, value in (
        ("Unified Social Credit Code", a.values["factory.uscc"]), ("Name", "Golden Gate Manufacturing Co., Ltd."), ("Type", "Limited liability company (wholly owned by Hong Kong legal person)"),
        ("Legal representative", "Luo Zhiqiang"), ("Registered capital", "HKD 5,000,000"), ("Date of establishment", "5 March 2012"), ("Business term", "Long term"), ("Registration authority", "Market Supervision Administration"),
    ):  # fmt: skip
        y = labelled(sheet, y, label, value, value_x=230)
    return _other(sheet, "scan_34.pdf")


def request_for_quotation(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[0])
    sheet.text(50, 40, a.values["applicant.name_en"], 13, bold=True)
    title, head = dice.choice(
        (
            ("Request for Quotation", "Please quote for the following items"),
            ("Comparison of Quotations", "Five suppliers were invited"),
            ("報價比較表", "供應商報價摘要"),
            ("PURCHASE ORDER", "Please supply"),
        )
    )
    sheet.centred(90, title, 16, bold=True)
    sheet.text(50, 130, head, 10)
    rows = [("Supplier", "Item", "Qty", "Amount"), *((s[0], "Equipment", "1", f"{dice.randrange(20, 90)},000.00") for s in SUPPLIERS[:3])]
    table(sheet, 50, 160, (230, 120, 50, 100), rows)
    return _other(sheet, "scan_35.pdf")


LOOK_ALIKES: dict[str, Callable[[Applicant, random.Random], Paper]] = {
    "other": other, "invoice": invoice, "NNC1": incorporation_form, "BR application": br_application, "product licence": product_licence,
    "ISO certificate": quality_certificate, "covering letter": covering_letter, "bank statement": bank_statement, "licence translation": licence_translation,
    "request for quotation": request_for_quotation,
}  # fmt: skip

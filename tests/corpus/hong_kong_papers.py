"""Papers of Hong Kong's registries and offices for invented applicants, each in the looks that offices have printed over the years."""

from __future__ import annotations

import random
from datetime import date

from tests.corpus.paper_sheet import Paper, day_in, labelled, lines_labelled, names_of
from tests.corpus.people import Applicant
from tests.corpus.sheet import FACES, Sheet

_RENAMED = (
    ("having by special resolution changed its name, is now incorporated under the name of",),
    ("having by special resolution changed its name, is now incorporated", "under the Companies Ordinance (Chapter 622) in the name of", "經通過特別決議,已更改其名稱,該公司根據《公司條例》註冊的名稱現為"),
    ("has this day changed its name to 已於本日更改名稱為",),
)  # fmt: skip


def certificate_of_incorporation(a: Applicant, dice: random.Random, *, renamed: bool = False) -> Paper:
    """The certificate in both languages, or the older one in English with its day in words; renamed: on a change of name."""
    day = date.fromisoformat(a.values["applicant.established_on"])
    number = a.company_number
    sheet = Sheet(FACES[dice.choice((0, 1))])
    english, chinese = a.values["applicant.name_en"].upper(), a.values["applicant.name_zh"]
    old = not renamed and dice.random() < 0.25
    sheet.text(
        dice.choice((60, 400)),
        60,
        f"No. {number}" if old else dice.choice((f"編號 No. {number}", f"No. {number} 編號", f"公司編號 Company No. {number}")),
        11,
    )
    if not old:
        sheet.centred(120, dice.choice(("公司條例", "公司條例 (第622章)")), 13)
    sheet.centred(140, "COMPANIES ORDINANCE" if not old else "COMPANIES ORDINANCE (CHAPTER 32)", 12)
    if not old:
        sheet.centred(190, "公司更改名稱證明書" if renamed else dice.choice(("公司註冊證書", "公司註冊證明書")), 18)
    sheet.centred(216, "CERTIFICATE OF CHANGE OF NAME" if renamed else "CERTIFICATE OF INCORPORATION", 17, bold=True)
    y = 262.0
    lead = ("I HEREBY CERTIFY that",) if old else dice.choice((("I hereby certify that 本人謹此證明",), ("本人謹此證明", "I hereby certify that")))
    former = "SILVER RIVER TRADING LIMITED" if renamed else ""
    for line in (*lead, *((former, *_RENAMED[dice.randrange(len(_RENAMED))]) if former else ())):
        sheet.centred(y, line, 11, bold=line == former and bool(former))
        y += 20
    y += 8
    for line in sheet.lines_of(english, 420, 14):
        sheet.centred(y, line, dice.choice((13, 14)), bold=dice.random() < 0.7)
        y += 19
    if not old or dice.random() < 0.5:
        sheet.centred(y, chinese, 13)
        y += 26
    if renamed:
        sheet.centred(y, "Issued by the Registrar of Companies 由公司註冊處處長發出", 10)
    else:
        sheet.centred(y, "is this day incorporated in Hong Kong under the Companies Ordinance and is a limited company.", 10)
        if not old:
            sheet.centred(y + 16, "於本日根據公司條例在香港成立為法團,此公司是一間有限公司。", 10)
    _issued(sheet, y + 70, day, dice, old=old)
    sheet.centred(560, "Registrar of Companies" if old else "Registrar of Companies 公司註冊處處長", 10)
    return Paper(
        "certificate_of_incorporation", dice.choice(("CI.pdf", "公司註冊證書.pdf", "scan_02.pdf")), sheet.pdf(),
        fields={"name": a.values["applicant.name_en"], "company_number": number, "incorporated_on": day.isoformat()},
        alternatives={"name": [a.values["applicant.name_zh"]]},
    )  # fmt: skip


_ORDINALS = [
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
    "Eleventh",
    "Twelfth",
    "Thirteenth",
    "Fourteenth",
    "Fifteenth",
    "Sixteenth",
    "Seventeenth",
    "Eighteenth",
    "Nineteenth",
    "Twentieth",
    "Twenty-first",
    "Twenty-second",
    "Twenty-third",
    "Twenty-fourth",
    "Twenty-fifth",
    "Twenty-sixth",
    "Twenty-seventh",
    "Twenty-eighth",
    "Twenty-ninth",
    "Thirtieth",
    "Thirty-first",
]
_ONES = [
    "Zero",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
    "Eleven",
    "Twelve",
    "Thirteen",
    "Fourteen",
    "Fifteen",
    "Sixteen",
    "Seventeen",
    "Eighteen",
    "Nineteen",
]
_TENS = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"]


def _in_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    return _ONES[number] if number < 20 else _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def _issued(sheet: Sheet, y: float, day: date, dice: random.Random, *, old: bool) -> None:
    if old:
        year = (
            f"One Thousand Nine Hundred and {_in_words(day.year - 1900)}"
            if day.year < 2000
            else f"Two Thousand{' and ' + _in_words(day.year - 2000) if day.year > 2000 else ''}"
        )
        sheet.centred(y, f"GIVEN under my hand this {_ORDINALS[day.day - 1]} day of {day:%B}", 11)
        sheet.centred(y + 18, f"{year}.", 11)
    elif dice.random() < 0.5:
        sheet.centred(y, f"Issued on {day_in(day, 'en')}  本證書於{day_in(day, dice.choice(('hanzi', 'zh')))}發出", 11)
    else:
        sheet.centred(y, f"本證明書於{day_in(day, dice.choice(('hanzi', 'zh')))}發出", 11)
        sheet.centred(y + 18, f"Issued on {day_in(day, 'en')}.", 11)


def annual_return(a: Applicant, dice: random.Random) -> Paper:
    """Form NAR1: the number and the day in digit boxes or plain, the name above or beside, in one or two lines."""
    day = date(a.received_on.year - 1, dice.randrange(1, 13), dice.randrange(1, 29))
    number = a.values["applicant.br_number"] if a.received_on.year >= 2024 and dice.random() < 0.7 else a.company_number
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.rect(45, 40, 120, 34)
    sheet.text(52, 46, "公司註冊處", 10)
    sheet.text(52, 60, "Companies Registry", 9)
    sheet.centred(46, "周年申報表  Annual Return", 15, bold=True)
    sheet.text(490, 46, "表格 Form NAR1", 11, bold=True)
    label = "商業登記號碼 Business Registration Number" if len(number) == 8 else "公司編號 Company Number"
    sheet.text(340, 88, label, 9)
    _boxed(sheet, 340, 102, number, boxes=dice.random() < 0.7)
    y = dice.choice((_return_above, _return_beside, _return_stacked))(sheet, a, dice)
    wording = dice.choice(("5 本申報表的結算日期 Date to which this Return is Made Up", "申報表日期 Date of Return"))
    sheet.text(50, y, wording, 9, bold=True)
    how = dice.choice(("boxes", "boxes", "plain", "columns"))
    if how == "plain":
        sheet.text(60, y + 20, day_in(day, dice.choice(("dmy", "en"))), 10, latin="mono")
    else:
        if how == "boxes":
            sheet.text(60, y + 13, "日 DD    月 MM    年 YYYY", 7)
        for i, digit in enumerate(f"{day:%d%m%Y}"):
            x = 60 + 18 * i + (14 if i > 1 else 0) + (14 if i > 3 else 0)
            sheet.rect(x, y + 23, 18, 18)
            sheet.text(x + 6, y + 27, digit, 10, latin="mono")
        if how == "columns":
            for x, unit in ((60, "日 DD"), (112, "月 MM"), (162, "年 YYYY")):
                sheet.text(x, y + 43, unit, 7)
    sheet.text(50, y + 70, "6 註冊辦事處地址 Address of Registered Office", 9, bold=True)
    sheet.text(60, y + 84, "Golden Gate Industrial Building, Hong Kong", 10, latin="mono")
    sheet.text(50, y + 110, "7 按揭及押記 Mortgages and Charges", 9, bold=True)
    sheet.text(60, y + 124, dice.choice(("NIL", "HK$0.00")), 10, latin="mono")
    return Paper(
        "annual_return", dice.choice(("NAR1.pdf", "周年申報表.pdf", "scan_03.pdf")), sheet.pdf(),
        fields={"name": a.values["applicant.name_en"], "company_number": number, "made_up_to": day.isoformat()},
        alternatives={"name": [a.values["applicant.name_zh"], a.values["applicant.name_en"] + a.values["applicant.name_zh"]]},
    )  # fmt: skip


def _boxed(sheet: Sheet, x: float, y: float, number: str, *, boxes: bool) -> None:
    if not boxes:
        sheet.text(x, y + 2, number, 11, latin="mono")
        return
    for i, digit in enumerate(number):
        sheet.rect(x + 18 * i, y, 18, 18)
        sheet.text(x + 6 + 18 * i, y + 4, digit, 10, latin="mono")


def _return_above(sheet: Sheet, a: Applicant, dice: random.Random) -> float:
    y = 140.0
    values = (
        ("公司名稱 Company Name", names_of(a)),
        (dice.choice(("商業名稱 Business Name", "商業名稱(如有的話) Business Name (if any)", "Business Name (if any)")), (dice.choice(("NIL", "N/A", "-")),)),
        ("公司類別 Type of Company", ("Private company 私人公司",)),
    )  # fmt: skip
    for n, (label, lines) in enumerate(values, 1):
        sheet.text(50, y, f"{n} {label}", 9, bold=True)
        y += 14
        for line in lines:
            y = sheet.wrapped(60, y, line, 330, 10, latin="mono") + 2
        y += 8
    return y


def _return_beside(sheet: Sheet, a: Applicant, dice: random.Random) -> float:
    """Labels on the left in a narrow column, values in framed cells, the name in two lines where it is long."""
    y = 140.0
    for label, lines in (
        ("1 公司名稱 Company Name", names_of(a)), ("2 商業名稱 Business Name (if any)", (dice.choice(("N/A", "NIL")),)),
        ("3 公司類別 Type of Company", ("私人公司 Private company",)), ("4 電郵地址 Email Address", ("office@company.example",)),
    ):  # fmt: skip
        top = y
        y = max(labelled(sheet, y + 6, label, lines, x=52, value_x=190, latin="mono"), y + 24)
        sheet.rect(46, top, 134, y - top)
        sheet.rect(180, top, 365, y - top)
    return y + 14


def _return_stacked(sheet: Sheet, a: Applicant, dice: random.Random) -> float:
    y = 140.0
    for labels, values in (
        (("1 公司名稱", "Company Name"), names_of(a)), (("2 商業名稱", "Business Name"), ("NIL",)), (("3 公司類別", "Type of Company"), ("Private company",)),
    ):  # fmt: skip
        y = lines_labelled(sheet, y, labels, values, value_x=180, latin="mono") + 6
    return y + 6


def resident_identity(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[0])
    sheet.rect(120, 100, 340, 215)
    sheet.text(180, 112, "HONG KONG PERMANENT IDENTITY CARD", 11, bold=True)
    sheet.text(190, 128, "香港永久性居民身份證", 11)
    for i, line in enumerate(
        ("羅志強", "LO, Chi Keung", "出生日期 Date of Birth", "12-03-1970", "男 M", "簽發日期 Date of Issue  (08-19)", "A123456(3)")
    ):
        sheet.text(250, 156 + 20 * i, line, 10)
    sheet.rect(140, 160, 80, 100, fill="#c8c8c8")
    return Paper("resident_identity", dice.choice(("HKID.pdf", "身份證.pdf", "scan_07.pdf")), sheet.pdf())


def premises_proof(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[dice.choice((0, 1))])
    if dice.random() < 0.3:
        return _rates(a, dice, sheet)
    sheet.centred(60, dice.choice(("TENANCY AGREEMENT 租約", "租賃合約 TENANCY AGREEMENT")), 16)
    y = 110.0
    for clause in (
        f"THIS AGREEMENT is made between Golden Gate Properties Limited (the Landlord 業主) and {a.values['applicant.name_en']} (the Tenant 租客).",
        f"Premises 物業: {a.values['factory.address']}",
        "Term 租期: three years. Rent 租金: HK$28,000.00 per month, payable in advance.",
        "The Tenant shall use the Premises as a factory and shall not assign or sublet. 租客不得轉租。",
    ):
        y = sheet.wrapped(60, y, clause, 475, 10.5) + 12
    sheet.signature(80, y + 60, dice)
    sheet.text(60, y + 80, "Landlord 業主                    Tenant 租客", 10)
    return Paper("premises_proof", dice.choice(("租約.pdf", "Tenancy.pdf", "scan_09.pdf")), sheet.pdf())


def _rates(a: Applicant, dice: random.Random, sheet: Sheet) -> Paper:
    sheet.centred(46, "差餉物業估價署 Rating and Valuation Department", 11)
    sheet.centred(66, "徵收差餉及/或地租通知書", 14)
    sheet.centred(84, "Demand for Rates and/or Government Rent", 14, bold=True)
    y = 130.0
    for label, value in (
        ("繳納人 Payer", a.values["applicant.name_en"].upper()), ("物業地址 Tenement", a.values["factory.address"]), ("估價編號 Assessment No.", "123-45678-0"),
        ("應課差餉租值 Rateable Value", "$432,000"), ("應繳總額 Total payable", "$9,720.00"), ("最後繳款日期 Last day for payment", "31/01/2024"),
    ):  # fmt: skip
        y = labelled(sheet, y, label, value)
    return Paper("premises_proof", dice.choice(("差餉.pdf", "Rates.pdf", "scan_09.pdf")), sheet.pdf())


def constitution(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[1])
    sheet.centred(60, a.values["applicant.name_en"], 13, bold=True)
    sheet.centred(84, dice.choice(("CONSTITUTION 會章", "Articles of Association 組織章程細則", "組織章程")), 16)
    y = 130.0
    for clause in (
        "1. Name of the Association 本會名稱", "2. Objects 宗旨: to promote the interests of the trade", "3. Membership 會員",
        "4. The income of the Association shall not be distributed to members. 本會收入不得分配予會員。", "5. General meetings 會員大會", "6. Dissolution 解散",
    ):  # fmt: skip
        y = sheet.wrapped(60, y, clause, 475, 11) + 12
    return Paper("constitution", dice.choice(("Constitution.pdf", "章程.pdf", "scan_13.pdf")), sheet.pdf())


def organisation_registration(a: Applicant, dice: random.Random) -> Paper:
    sheet = Sheet(FACES[1])
    union = dice.random() < 0.3
    sheet.centred(80, "職工會條例 TRADE UNIONS ORDINANCE (Cap. 332)" if union else "社團條例 SOCIETIES ORDINANCE (Cap. 151)", 12)
    sheet.centred(130, "職工會登記證明書" if union else "社團註冊證明書", 18)
    sheet.centred(156, "CERTIFICATE OF REGISTRATION OF A TRADE UNION" if union else "CERTIFICATE OF REGISTRATION OF A SOCIETY", 15, bold=True)
    sheet.centred(220, a.values["applicant.name_en"], 13)
    sheet.centred(242, a.values["applicant.name_zh"], 13)
    sheet.centred(290, f"registered on {day_in(date.fromisoformat(a.values['applicant.established_on']), 'en')}", 11)
    sheet.centred(420, "Registrar of Trade Unions 職工會登記局局長" if union else "Societies Officer 社團事務主任", 10)
    return Paper("organisation_registration", dice.choice(("Registration.pdf", "社團註冊.pdf", "scan_14.pdf")), sheet.pdf())

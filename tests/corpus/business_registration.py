"""Business registration certificates and demand notes of invented applicants, in the looks that the Inland Revenue Department has printed."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.corpus.paper_sheet import Paper, day_in, labelled, lines_labelled, names_of
from tests.corpus.people import Applicant
from tests.corpus.sheet import FACES, WIDTH, Sheet


def br_certificate(a: Applicant, dice: random.Random, *, expired: bool = False, unpaid: bool = False, number: str = "") -> Paper:
    """A business registration certificate (one or three years), or the unpaid demand note for one."""
    years = dice.choice((1, 1, 3))
    start = a.received_on - timedelta(days=365 * years + 40 if expired else dice.randrange(20, 300))
    br = number or a.values["applicant.br_number"]
    if unpaid:
        return _demand_note(a, dice, br, start, _last_day(start, years))
    if not expired and not number and dice.random() < 0.15:
        return demand_note_paid(a, dice)
    sheet = Sheet(FACES[dice.choice((0, 0, 1, 2))])
    sheet.rect(40, 40, WIDTH - 80, 560, line=2)
    sheet.text(56, 52, dice.choice(("表格 2  FORM 2", "表格2   FORM 2   [第5條]  [regulation 5]")), 8)
    sheet.centred(66, "商業登記條例 (第310章)  BUSINESS REGISTRATION ORDINANCE (Cap. 310)", 10)
    if dice.random() < 0.4:
        sheet.centred(80, "商業登記規例 BUSINESS REGISTRATION REGULATIONS", 9)
    sheet.centred(94, "商業登記證  Business Registration Certificate", 15, bold=True)
    y = dice.choice((_wide_labels, _narrow_labels, _stacked_labels, _english_above_chinese))(sheet, a, dice)
    _term_and_number(sheet, y, dice, br, start, _last_day(start, years), years)
    sheet.text(56, 560, _imprint(dice, start), 9, latin="mono")
    return _certificate(a, dice, sheet, br, start, _last_day(start, years), expired=expired)


def br_branch_certificate(a: Applicant, dice: random.Random) -> Paper:
    """A certificate whose branch has a name of its own."""
    start = a.received_on - timedelta(days=dice.randrange(20, 300))
    br = a.values["applicant.br_number"]
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.centred(66, "商業登記條例 (第310章)  BUSINESS REGISTRATION ORDINANCE (Cap. 310)", 10)
    sheet.centred(94, "商業登記證  Business Registration Certificate", 15, bold=True)
    y = lines_labelled(sheet, 140, ("業務/法團所用名稱", "Name of Business/", "Corporation"), names_of(a), latin="mono")
    y = lines_labelled(sheet, y, ("業務/分行名稱", "Business/", "Branch Name"), ("SILVER RIVER TRADING COMPANY", "銀河貿易公司"), latin="mono")
    y = lines_labelled(sheet, y, ("地址", "Address"), ("SHOP 3, G/F, SILVER COURT,", "TAI PO, N.T."), latin="mono")
    _term_and_number(sheet, y, dice, br, start, _last_day(start, 1), 1, branch="001")
    sheet.text(56, 560, _imprint(dice, start), 9, latin="mono")
    return _certificate(a, dice, sheet, br, start, _last_day(start, 1), expired=False)


def demand_note_paid(a: Applicant, dice: random.Random) -> Paper:
    """A renewal demand note with a payment imprint: a valid certificate."""
    start = a.received_on - timedelta(days=dice.randrange(20, 300))
    br, end = a.values["applicant.br_number"], _last_day(start, 1)
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.centred(50, "稅務局商業登記署  Business Registration Office, Inland Revenue Department", 10)
    sheet.centred(70, dice.choice(("商業登記費及徵費繳款通知書", "商業登記繳款通知書")), 13)
    sheet.centred(88, "BUSINESS REGISTRATION DEMAND NOTE", 13, bold=True)
    y = dice.choice((_narrow_labels, _stacked_labels))(sheet, a, dice)
    _term_and_number(sheet, y, dice, br, start, end, 1)
    sheet.wrapped(
        60,
        480,
        "本通知書在印上繳款印記後,即成為有效商業登記證。 This demand note becomes a valid business registration certificate upon payment, as shown by the imprint.",
        470,
        8.5,
    )
    sheet.text(60, 560, _imprint(dice, start), 9.5, latin="mono")
    return _certificate(a, dice, sheet, br, start, end, expired=False)


def _certificate(a: Applicant, dice: random.Random, sheet: Sheet, br: str, start: date, end: date, *, expired: bool) -> Paper:
    return Paper(
        "br_certificate", dice.choice(("BR cert.pdf", "商業登記證.pdf", "scan_01.pdf")), sheet.pdf(),
        fields={"name": a.values["applicant.name_en"], "br_number": br, "commenced_on": start.isoformat(), "expires_on": end.isoformat()},
        alternatives={"name": [a.values["applicant.name_zh"]]}, problems=("expired",) if expired else (),
    )  # fmt: skip


def _last_day(start: date, years: int) -> date:
    try:
        return start.replace(year=start.year + years) - timedelta(days=1)
    except ValueError:
        return start + timedelta(days=365 * years - 1)


def _imprint(dice: random.Random, start: date) -> str:
    day = start - timedelta(days=dice.randrange(3, 25))
    return dice.choice((
        f"已繳款 IRD PAID {day_in(day, 'dmy')} $2,200.00 {dice.randrange(100000, 999999)}",
        f"RECEIVED {day:%d-%m-%y} {dice.randrange(10**7, 10**8)} $2,200.00",
        f"{day_in(day, 'dmy')} PAID HK$2,200.00 REF {dice.randrange(10**6)}",
    ))  # fmt: skip


def _wide_labels(sheet: Sheet, a: Applicant, dice: random.Random) -> float:
    y, right = 140.0, dice.choice((180, 200, 250, 300))
    for label, value in (
        ("業務/法團所用名稱 Name of Business/Corporation", names_of(a)), ("地址 Address", ("GOLDEN GATE INDUSTRIAL BUILDING, HONG KONG",)),
        ("業務性質 Nature of Business", ("MANUFACTURING",)), ("法律地位 Status", ("BODY CORPORATE",)),
    ):  # fmt: skip
        y = labelled(sheet, y, label, value, value_x=right, latin=dice.choice(("mono", None)))
    return y


def _narrow_labels(sheet: Sheet, a: Applicant, dice: random.Random) -> float:
    """A column so narrow that the labels run over two or three lines, in either order of the languages."""
    y, width = 140.0, dice.choice((62, 72, 84, 100))
    english = dice.random() < 0.3
    for label, value in (
        ("Name of Business/ Corporation" if english else dice.choice(("業務/法團所用名稱 Name of Business/Corporation", "Name of Business/ Corporation 業務/法團所用名稱", "Name of Business / Corporation")), names_of(a)),
        ("業務/分行名稱 Business/ Branch Name", ("* * * * * *",)),
        ("Address 地址", ("GOLDEN GATE INDUSTRIAL BUILDING, HONG KONG",)), ("業務性質 Nature of Business", ("MANUFACTURING",)),
        ("Status 法律地位", ("BODY CORPORATE",)),
    ):  # fmt: skip
        y = labelled(sheet, y, label, value, x=52, value_x=52 + width, latin="mono")
    return y


def _stacked_labels(sheet: Sheet, a: Applicant, dice: random.Random) -> float:
    y = 140.0
    for labels, values in (
        (("業務/法團所用名稱", "Name of Business/", "Corporation"), names_of(a)), (("業務/分行名稱", "Business/", "Branch Name"), ("* * * *",)),
        (("地址", "Address"), ("UNIT 5, 12/F, GOLDEN GATE INDUSTRIAL BUILDING,", "KWUN TONG, KOWLOON")), (("業務性質", "Nature of Business"), ("MANUFACTURING",)),
        (("法律地位", "Status"), ("BODY CORPORATE",)),
    ):  # fmt: skip
        y = lines_labelled(sheet, y, labels, values, value_x=190, latin="mono")
    return y


def _english_above_chinese(sheet: Sheet, a: Applicant, dice: random.Random) -> float:
    """Labels above their values, over the whole width."""
    y = 140.0
    for label, values in (
        ("業務/法團所用名稱  Name of Business/Corporation", names_of(a)), ("業務/分行名稱  Business/Branch Name", ("N/A",)),
        ("地址  Address", ("GOLDEN GATE INDUSTRIAL BUILDING, HONG KONG",)), ("業務性質  Nature of Business", ("MANUFACTURING",)),
    ):  # fmt: skip
        sheet.text(56, y, label, 8.5)
        y += 13
        for value in values:
            sheet.text(66, y, value, 10, latin="mono")
            y += 14
        y += 5
    return y


def _term_and_number(sheet: Sheet, y: float, dice: random.Random, br: str, start: date, end: date, years: int, *, branch: str = "000") -> float:
    style = dice.choice(("dmy", "dmy", "en", "dashes", "zh"))
    number = f"{br}-{branch}-{start:%m-%y}-{dice.choice('0123456789A')}"
    fee = f"${years * 2000 + 150:,}"
    pairs = (
        ("Date of Commencement", "生效日期", day_in(start, style)), ("Date of Expiry", "屆滿日期", day_in(end, style)),
        ("Certificate No.", "登記證號碼", number), ("Fee and Levy", "登記費及徵費", fee),
    )  # fmt: skip
    how = dice.choice(("columns", "columns", "left", "above", "narrow"))
    if how in ("columns", "above"):
        for place, (english, chinese, value) in enumerate(pairs):
            x = (50, 172, 280, 450)[place]
            sheet.text(x, y, english if how == "columns" else chinese, 8)
            sheet.text(x, y + 11, chinese if how == "columns" else english, 8)
            sheet.text(x, y + 27, value, 9 if style == "en" else 10, latin="mono")
        return y + 60
    for english, chinese, value in pairs:
        y = labelled(sheet, y, f"{chinese} {english}", value, x=52, value_x=140 if how == "narrow" else 230, latin="mono")
    return y


def _demand_note(a: Applicant, dice: random.Random, br: str, start: date, end: date) -> Paper:
    sheet = Sheet(FACES[dice.choice((0, 1))])
    sheet.centred(50, "稅務局商業登記署", 12)
    sheet.centred(68, "BUSINESS REGISTRATION FEE AND LEVY DEMAND NOTE", 13, bold=True)
    sheet.centred(86, "商業登記費及徵費繳款通知書", 13)
    y = 130.0
    rows = [("Name 名稱", names_of(a)), ("Business Registration No. 商業登記號碼", (br,))]
    if dice.random() < 0.5:
        rows += [("生效日期 Date of Commencement", (day_in(start, "dmy"),)), ("屆滿日期 Date of Expiry", (day_in(end, "dmy"),))]
    rows += [("Due Date 繳款限期", (day_in(start, "dmy"),)), ("Amount Payable 應繳款額", ("$2,200.00",))]
    for label, value in rows:
        y = labelled(sheet, y, label, value)
    sheet.wrapped(
        60,
        y + 20,
        "This demand note will become a valid business registration certificate only upon payment as evidenced by the payment imprint below. 本通知書須印有繳款印記方為有效商業登記證。",
        470,
        9,
    )
    if dice.random() < 0.5:
        sheet.rect(330, 620, 200, 70)
        sheet.text(340, 626, "繳款印記 Payment imprint", 8)
    return Paper("br_demand_note", dice.choice(("BR.pdf", "商業登記.pdf")), sheet.pdf(), problems=("unpaid",))

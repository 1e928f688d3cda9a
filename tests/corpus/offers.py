"""What suppliers and consultants send: quotations in many looks and currencies, proposals, project plans."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.corpus.paper_sheet import Paper, day_in, labelled, table
from tests.corpus.people import SUPPLIERS, Applicant
from tests.corpus.sheet import FACES, WIDTH, Sheet

_SIGNS = {"HKD": ("HK$", "$", "港幣"), "CNY": ("RMB", "¥", "人民幣"), "USD": ("US$", "USD ", "美元")}


def quotation(a: Applicant, dice: random.Random, number: int) -> Paper:
    """A quotation: letterhead, addressee, a table with a plain total or with subtotal, discount and grand total, or a letter in prose."""
    sheet = Sheet(FACES[dice.choice((0, 1, 2))])
    fields, alternatives = draw_quotation(sheet, a, dice, number)
    name = dice.choice((f"Quotation {number + 1}.pdf", f"報價單{number + 1}.pdf", f"scan_2{number}.pdf"))
    return Paper("quotation", name, sheet.pdf(), fields=fields, alternatives=alternatives)


def draw_quotation(sheet: Sheet, a: Applicant, dice: random.Random, number: int) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Draws a quotation on the sheet's present page; gives what should be read, and other names of the supplier."""
    supplier, english = SUPPLIERS[number % len(SUPPLIERS)], a.language == "en"
    total = int(a.values["project.total_cost"] * (1 + 0.06 * number))
    day = a.received_on - timedelta(days=dice.randrange(10, 60))
    currency = dice.choice(("HKD", "HKD", "HKD", "CNY", "USD"))
    if dice.random() < 0.2:
        _letter(sheet, a, dice, supplier, total, day, currency)
    else:
        y = _letterhead(sheet, dice, supplier, english)
        y = _addressed(sheet, y, a, dice, day, english)
        y = _priced(sheet, y, dice, total, currency, english)
        _terms(sheet, y, a, dice, supplier, english)
    return {"supplier": supplier[0], "total": total, "dated": day.isoformat()}, {"supplier": [supplier[1]]}


def _letterhead(sheet: Sheet, dice: random.Random, supplier: tuple[str, str], english: bool) -> float:
    how = dice.choice(("left", "left", "centred", "one line", "small"))
    if how == "left":
        sheet.text(50, 40, supplier[0], 15, bold=True)
        sheet.text(50, 60, supplier[1], 12)
    elif how == "centred":
        sheet.centred(36, supplier[1], 16)
        sheet.centred(58, supplier[0], 12, bold=True)
    elif how == "one line":
        sheet.text(50, 44, f"{supplier[0]}  {supplier[1]}", 13, bold=True)
    else:
        sheet.text(50, 40, supplier[0], 10, bold=True)
        sheet.text(50, 53, supplier[1], 10)
    sheet.text(50, 76, "Unit 8, 15/F, Silver River Centre, 20 Sands Street, Hong Kong   Tel: 2345 6789  Fax: 2345 6780", 7.5)
    title = (
        dice.choice(("QUOTATION", "Quotation", "QUOTATION 報價單")) if english else dice.choice(("報價單", "報 價 單", "报价单", "報價單 QUOTATION"))
    )
    sheet.centred(96, title, 17, bold=True)
    return 130.0


def _addressed(sheet: Sheet, y: float, a: Applicant, dice: random.Random, day: date, english: bool) -> float:
    to = a.values["applicant.name_en"] if english else a.values["applicant.name_zh"]
    number = f"QT-{dice.randrange(1000, 9999)}"
    style = dice.choice(("en", "dmy", "dmy", "dashes")) if english else dice.choice(("zh", "dmy", "iso", "hanzi"))
    labels = (
        ("To:", "Attn:", "Quotation No.:", "Date:")
        if english
        else (dice.choice(("致:", "客戶名稱:")), "聯絡人:", "報價單編號:", dice.choice(("日期:", "報價日期:")))
    )
    values = (to, a.values["contact.name"], number, day_in(day, style))
    if dice.random() < 0.5:
        for label, value in zip(labels, values, strict=True):
            y = labelled(sheet, y, label, value, value_x=150, size=10, gap=5)
        return y + 6
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        x, row = (50, place) if place < 2 else (350, place - 2)
        sheet.text(x, y + 18 * row, label, 9.5)
        sheet.text(x + (50 if place < 2 else 84), y + 18 * row, value, 9.5)
    return y + 50


def _priced(sheet: Sheet, y: float, dice: random.Random, total: int, currency: str, english: bool) -> float:
    """The items, then the sums: a plain total; subtotal, discount and grand total; or a total with words below it."""
    sign = dice.choice(_SIGNS[currency])
    heads = (
        ("Item", "Description", "Qty", f"Amount ({_SIGNS[currency][0]})")
        if english
        else ("項目", "說明", "數量", f"金額({ {'HKD': '港元', 'CNY': '人民幣', 'USD': '美元'}[currency] })")
    )
    how = dice.choice(("plain", "plain", "discount", "discount", "deposit"))
    off = total // 20 // 10 * 10 if how == "discount" else 0
    whole = total + off
    part = whole * 2 // 5
    money = f"{sign}{total:,}.00"
    rows = [
        heads, ("1", "Equipment" if english else "設備供應", "1", f"{part:,}.00"), ("2", "Installation and commissioning" if english else "安裝及調試", "1", f"{whole - part:,}.00"),
    ]  # fmt: skip
    if how == "discount":
        rows += [
            ("", "Sub-total" if english else "小計", "", f"{whole:,}.00"),
            ("", "Less: special discount" if english else "減:優惠折扣", "", f"({off:,}.00)"),
        ]
        rows += [
            (
                "",
                dice.choice(("Grand Total", "Total after discount", "Net total")) if english else dice.choice(("總計", "折後總額", "總金額")),
                "",
                money,
            )
        ]
    else:
        label = (
            dice.choice(("Total", "TOTAL:", "Total Amount", f"Total ({_SIGNS[currency][0]})"))
            if english
            else dice.choice(("總計", "合計", "合計:", "總額"))
        )
        rows.append(("", label, "", money if dice.random() < 0.8 else f"{total:,}.00"))
    y = table(sheet, 50, y, (45, 255, 50, 150), rows, ruled=dice.random() < 0.7)
    if how == "deposit":
        y += 8
        sheet.text(
            50,
            y,
            f"Deposit 40%: {sign}{total * 2 // 5:,}.00   Balance: {sign}{total - total * 2 // 5:,}.00"
            if english
            else f"訂金40%:{sign}{total * 2 // 5:,}.00  餘款:{sign}{total - total * 2 // 5:,}.00",
            9,
        )
        y += 12
    return y


def _terms(sheet: Sheet, y: float, a: Applicant, dice: random.Random, supplier: tuple[str, str], english: bool) -> None:
    y += 14
    lines = (
        ("Validity: 60 days from the date of quotation", "Payment terms: 30 days after delivery", "Delivery: 8 weeks after order confirmation")
        if english
        else ("報價有效期:60天", "付款條件:交貨後30天", "交貨期:確認訂單後8星期")
    )
    for line in lines:
        sheet.text(50, y, line, 9)
        y += 13
    sheet.chop(160, y + 60, supplier[1], dice)
    sheet.text(50, y + 110, "Authorised signature 授權簽署", 9)
    if dice.random() < 0.5:
        sheet.text(50, y + 124, f"For and on behalf of {supplier[0]}", 9)
        sheet.text(330, y + 110, "Accepted by 客戶確認", 9)
        sheet.text(330, y + 124, a.values["applicant.name_en"], 9)


def _letter(sheet: Sheet, a: Applicant, dice: random.Random, supplier: tuple[str, str], total: int, day: date, currency: str) -> None:
    english = a.language == "en"
    sheet.text(50, 40, supplier[0], 14, bold=True)
    sheet.text(50, 58, supplier[1], 12)
    sheet.text(400, 80, day_in(day, "en" if english else "zh"), 10)
    to = a.values["applicant.name_en"] if english else a.values["applicant.name_zh"]
    y = 110.0
    money = f"{_SIGNS[currency][0]}{total:,}.00"
    for line, size in (
        ((to, 10), ("Dear Sirs,", 10), (f"Quotation: {a.values['project.title']}", 13), ("We are pleased to quote for the supply and installation of the above as follows:", 10),
         ("1. Equipment, delivered and installed at your factory", 10), (f"Total price: {money}", 10), ("This quotation is valid for 60 days. Payment terms: 30 days.", 10), ("Yours faithfully,", 10),
         (f"For and on behalf of {supplier[0]}", 10))
        if english
        else ((f"致:{to}", 10), (f"報價單:{a.values['project.title']}", 14), ("承蒙查詢,本公司謹就上述工程報價如下:", 10), ("一、設備供應、安裝及調試", 10), (f"總價:{money}", 10),
              ("報價有效期六十天。付款條件:驗收後三十天。", 10), (f"{supplier[1]} 謹啟", 10))
    ):  # fmt: skip
        y = sheet.wrapped(50, y, line, WIDTH - 110, size) + 12
    sheet.signature(60, y + 24, dice)


def proposal(a: Applicant, dice: random.Random) -> Paper:
    supplier = dice.choice(SUPPLIERS)
    english = a.language == "en"
    sheet = Sheet(FACES[0])
    sheet.text(60, 40, supplier[0] + " " + supplier[1], 12, bold=True)
    sheet.centred(80, "Proposal for On-site Improvement Assessment" if english else "實地評估服務建議書", 17, bold=True)
    y = 130.0
    to = a.values["applicant.name_en"] if english else a.values["applicant.name_zh"]
    items = ([f"Prepared for {to}", "1. Background and objectives of the assessment", "2. Scope: audit of energy, water and emissions at the factory", "3. Methodology and timetable: twelve weeks", "4. Project team of the service provider", f"5. Consultancy fee: HK${a.values['project.total_cost']:,}", "6. Deliverables: assessment report with at least six measures"]
             if english else [f"致:{to}", "一、背景及目標", "二、服務範圍:能源、用水及排放審核", "三、方法及時間表:十二週", "四、顧問團隊", f"五、顧問費用:港幣{a.values['project.total_cost']:,}元", "六、交付成果:評估報告及不少於六項改善方案"])  # fmt: skip
    for item in items:
        y = sheet.wrapped(60, y, item, 475, 11) + 14
    return Paper("provider_proposal", dice.choice(("Proposal.pdf", "建議書.pdf", "scan_10.pdf")), sheet.pdf())


def project_plan(a: Applicant, dice: random.Random) -> Paper:
    english = a.language == "en"
    sheet = Sheet(FACES[0])
    sheet.centred(60, "Project Plan" if english else dice.choice(("項目計劃書", "項目計劃")), 18, bold=True)
    sheet.centred(88, a.values["project.title"], 12)
    summary = a.values.get("project.summary", a.values["project.title"])
    items = (["1. Objectives", summary, "2. Implementation schedule: design, installation, commissioning, measurement", "3. Budget and expected benefits", "4. Project team and monitoring"]
             if english else ["一、目標", summary, "二、實施時間表:設計、安裝、調試、量度", "三、預算及預期效益", "四、項目團隊及監察"])  # fmt: skip
    y = 130.0
    for item in items:
        y = sheet.wrapped(60, y, item, 475, 11) + 12
    return Paper("project_plan", dice.choice(("Plan.pdf", "計劃書.pdf", "scan_12.pdf")), sheet.pdf())

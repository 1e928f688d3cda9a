"""Filled application forms: the official blank with form values, printed over, or retyped by an office in its own layout."""

from __future__ import annotations

import io
import random
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf

from tests.corpus.people import Applicant
from tests.corpus.sheet import FACES, HEIGHT, WIDTH, Box, Face, Sheet

ROOT = Path(__file__).parents[2]
BLANKS = {"A": "form-a-onsite-assessment.pdf", "B": "form-b-demonstration-project.pdf", "C": "form-c-organisation-support.pdf"}
# The official forms' own widget names.
WIDGETS = {
    "applicant.name_en": "Applicant_Name_EN", "applicant.name_zh": "Applicant_Name_TC", "applicant.br_number": "BR_No", "applicant.established_on": "Date_Established",
    "applicant.address": "Business_Address", "contact.name": "Contact_Person", "contact.title": "Contact_Position", "contact.phone": "Contact_Tel", "contact.email": "Contact_Email",
    "factory.name": "Factory_Name", "factory.address": "Factory_Address", "factory.uscc": "Factory_USCC", "factory.employees": "Factory_Employees",
    "connection.mainland_shareholding": "Shareholding_Mainland_pct", "connection.hk_shareholding": "Shareholding_HK_pct", "project.title": "Project_Title",
    "project.summary": "Project_Summary", "project.start_on": "Date_Commencement", "project.end_on": "Date_Completion", "project.total_cost": "Total_Cost_HKD",
    "project.funding_requested": "Funding_Requested_HKD", "provider.name": "ETSP_Name", "declaration.name": "Signatory_Name", "declaration.signed_on": "Date_Signed",
}  # fmt: skip
TICKS = {"project.initiative": "Type_", "factory.sector": "Sector_", "connection.type": "Connection_", "organisation.status": "OrgStatus_"}


def printed(key: str, value: Any, dice: random.Random | None = None) -> str:
    """A value as a person writes it."""
    if key.endswith("_on"):
        day = date.fromisoformat(value)
        styles = [
            f"{day:%d/%m/%Y}",
            f"{day.day}/{day.month}/{day.year}",
            f"{day.day} {day:%B} {day.year}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%d-%m-%Y}",
        ]
        return dice.choice(styles) if dice else styles[0]
    if key in ("project.total_cost", "project.funding_requested"):
        styles = [f"{value:,}", f"HK${value:,.2f}", f"${value:,}", f"{value}"]
        return dice.choice(styles) if dice else styles[0]
    if key == "contact.phone":
        local = value.removeprefix("+852")
        styles = [f"{local[:4]} {local[4:]}", local, f"(852) {local[:4]}-{local[4:]}", f"+852 {local}"]
        return dice.choice(styles) if dice else styles[0]
    if key.startswith("connection.") and key.endswith("shareholding"):
        return f"{value:.2f}"
    if key == "applicant.br_number" and dice:
        return dice.choice((value, f"{value}-000-03-24-7", f"{value[:4]} {value[4:]}"))
    return str(value)


def acroform(applicant: Applicant, dice: random.Random) -> bytes:
    """The official PDF form with its values filled in, signed and chopped by pictures drawn on the page."""
    with pikepdf.open(ROOT / "programmes/cppp/blank_forms" / BLANKS[applicant.form]) as pdf:
        texts = {WIDGETS[key]: printed(key, value) for key, value in applicant.values.items() if key in WIDGETS}
        ticked = {prefix + str(applicant.values[key]) for key, prefix in TICKS.items() if key in applicant.values}
        if "organisation.non_profit" in applicant.values:
            ticked.add("NonProfit_yes" if applicant.values["organisation.non_profit"] else "NonProfit_no")
        for page in pdf.pages:
            for widget in page.get("/Annots", []):
                name = str(widget.get("/T", ""))
                if name in texts:
                    widget.V = pikepdf.String(texts[name])
                elif name in ticked:
                    widget.V = widget.AS = pikepdf.Name.Yes
        pdf.Root.AcroForm.NeedAppearances = True
        _stamp(pdf, _seals(applicant, dice))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def printed_official(applicant: Applicant, dice: random.Random, face: Face | None = None) -> tuple[bytes, dict[str, tuple[int, Box]]]:
    """The official form printed with its values (no widgets left) and where each value stands: what is scanned, or sent flattened."""
    face = face or dice.choice(FACES)
    with pikepdf.open(ROOT / "programmes/cppp/blank_forms" / BLANKS[applicant.form]) as pdf:
        sheet = Sheet(face)
        for number, page in enumerate(pdf.pages):
            if number:
                sheet.next_page()
            for widget in page.get("/Annots", []):
                _print_widget(sheet, widget, applicant)
            _draw_seals(sheet, applicant, dice, number + 1)
            del page["/Annots"]
        del pdf.Root["/AcroForm"]
        _stamp(pdf, sheet.pdf())
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue(), sheet.boxes


def _print_widget(sheet: Sheet, widget: Any, applicant: Applicant) -> None:
    name = str(widget.get("/T", ""))
    x0, y0, x1, y1 = (float(number) for number in widget.Rect)
    key = next((key for key, wanted in WIDGETS.items() if wanted == name), None)
    if key and key in applicant.values:
        text = printed(key, applicant.values[key])
        tall = y1 - y0 > 25
        sheet.wrapped(x0 + 3, HEIGHT - y1 + (3 if tall else (y1 - y0 - 10) / 2), text, x1 - x0 - 6, 9, key=key)
    ticked = any(str(applicant.values.get(key)) == name.removeprefix(prefix) for key, prefix in TICKS.items() if name.startswith(prefix))
    ticked = ticked or (name == "NonProfit_yes" and applicant.values.get("organisation.non_profit") is True)
    if ticked:
        sheet.tick_box(x0, HEIGHT - y1, on=True, size=x1 - x0)


@lru_cache(maxsize=4)
def _seal_areas(form: str) -> tuple[int, float]:
    """Page and top of the signature boxes of an official form."""
    return {"A": (2, 268.0), "B": (2, 363.0), "C": (2, 139.0)}[form]


def _draw_seals(sheet: Sheet, applicant: Applicant, dice: random.Random, page: int) -> None:
    wanted, top = _seal_areas(applicant.form)
    if page != wanted:
        return
    if applicant.values["declaration.signature"]:
        sheet.signature(60, top + 38, dice)
    if applicant.values["declaration.chop"]:
        sheet.chop(400, top + 36, applicant.values.get("applicant.name_zh") or "COMPANY CHOP", dice, oval=dice.random() < 0.25)


def _seals(applicant: Applicant, dice: random.Random) -> bytes:
    sheet = Sheet(FACES[0])
    wanted, _ = _seal_areas(applicant.form)
    for page in range(1, wanted + 1):
        if page > 1:
            sheet.next_page()
        _draw_seals(sheet, applicant, dice, page)
    return sheet.pdf()


def _stamp(pdf: pikepdf.Pdf, over: bytes) -> None:
    with pikepdf.open(io.BytesIO(over)) as layer:
        for page, stamp in zip(pdf.pages, layer.pages, strict=False):
            page.add_overlay(stamp, pikepdf.Rectangle(0, 0, WIDTH, HEIGHT))


# ------------------------------------------------------------------ retyped forms

LABELS: dict[str, dict[str, list[str]]] = {
    "en": {
        "applicant.name_en": ["Company Name (Eng)", "Name of Company (English)", "Applicant's Name in English"], "applicant.name_zh": ["Company Name (Chi)", "Name of Company (Chinese)", "Applicant's Name in Chinese"],
        "applicant.br_number": ["BR No.", "Business Registration Number", "B.R. No."], "applicant.established_on": ["Date of Establishment", "Established on"], "applicant.address": ["Business Address", "Office Address in Hong Kong"],
        "contact.name": ["Contact Person", "Name of Contact Person"], "contact.title": ["Position", "Job Title"], "contact.phone": ["Tel", "Tel. No.", "Telephone No."], "contact.email": ["E-mail", "Email Address"],
        "factory.name": ["Name of Factory", "Factory Name"], "factory.address": ["Factory Address", "Address of Factory"], "factory.uscc": ["Unified Social Credit Code", "USCC"], "factory.employees": ["No. of Employees", "Number of Employees"],
        "factory.sector": ["Industry Sector", "Sector"], "connection.type": ["Connection with the Factory", "Relationship with Factory"],
        "connection.mainland_shareholding": ["Resident's Shareholding in the Mainland Enterprise (%)"], "connection.hk_shareholding": ["Resident's Shareholding in the Applicant (%)"],
        "organisation.status": ["Status of Organisation"], "organisation.non_profit": ["Non-profit-distributing"], "project.initiative": ["Type of Application"], "project.title": ["Project Title", "Title of Project"], "project.summary": ["Project Summary"],
        "project.start_on": ["Commencement Date", "Start Date"], "project.end_on": ["Completion Date", "End Date"], "project.total_cost": ["Total Project Expenditure (HK$)", "Total Project Cost (HK$)"], "project.funding_requested": ["Funding Requested (HK$)", "Grant Requested (HK$)"],
        "provider.name": ["Environmental Technology Service Provider"], "declaration.name": ["Name of Signatory"], "declaration.signed_on": ["Date of Signature", "Date Signed"], "declaration.signature": ["Authorised Signature"], "declaration.chop": ["Company Chop"],
    },
    "zh_hant": {
        "applicant.name_en": ["公司名稱(英文)", "申請公司英文名稱"], "applicant.name_zh": ["公司名稱(中文)", "申請公司中文名稱"], "applicant.br_number": ["商業登記證號碼", "商業登記號碼"], "applicant.established_on": ["成立日期"], "applicant.address": ["香港營業地址", "公司地址"],
        "contact.name": ["聯絡人", "聯絡人姓名"], "contact.title": ["職位", "職銜"], "contact.phone": ["電話", "聯絡電話"], "contact.email": ["電郵", "電郵地址"], "factory.name": ["工廠名稱"], "factory.address": ["工廠地址"], "factory.uscc": ["統一社會信用代碼"],
        "factory.employees": ["僱員人數", "員工人數"], "factory.sector": ["行業類別", "行業"], "connection.type": ["與工廠的關係"], "connection.mainland_shareholding": ["該居民持有內地企業股權(%)"], "connection.hk_shareholding": ["該居民持有申請機構股權(%)"],
        "organisation.status": ["機構性質"], "organisation.non_profit": ["不分配利潤"], "project.initiative": ["申請類別"], "project.title": ["項目名稱"], "project.summary": ["項目簡介"], "project.start_on": ["開始日期"], "project.end_on": ["完成日期"],
        "project.total_cost": ["項目總開支(港元)", "項目總預算(港元)"], "project.funding_requested": ["申請資助金額(港元)", "申請資助額(港元)"], "provider.name": ["環境技術服務供應商"], "declaration.name": ["簽署人姓名"], "declaration.signed_on": ["簽署日期"],
        "declaration.signature": ["授權簽署"], "declaration.chop": ["公司蓋章", "公司印章"],
    },
    "zh_hans": {
        "applicant.name_en": ["公司名称(英文)"], "applicant.name_zh": ["公司名称(中文)"], "applicant.br_number": ["商业登记证号码", "商业登记号码"], "applicant.established_on": ["成立日期"], "applicant.address": ["香港营业地址"],
        "contact.name": ["联系人", "联络人姓名"], "contact.title": ["职务", "职位"], "contact.phone": ["联系电话", "电话"], "contact.email": ["电子邮箱", "电邮地址"], "factory.name": ["工厂名称"], "factory.address": ["工厂地址"], "factory.uscc": ["统一社会信用代码"],
        "factory.employees": ["员工人数", "雇员人数"], "factory.sector": ["行业类别"], "connection.type": ["与工厂的关系"], "connection.mainland_shareholding": ["该居民持有内地企业股权(%)"], "connection.hk_shareholding": ["该居民持有申请机构股权(%)"],
        "organisation.status": ["机构性质"], "organisation.non_profit": ["不分配利润"], "project.initiative": ["申请类别"], "project.title": ["项目名称"], "project.summary": ["项目简介"], "project.start_on": ["开始日期"], "project.end_on": ["完成日期"],
        "project.total_cost": ["项目总开支(港元)"], "project.funding_requested": ["申请资助金额(港元)"], "provider.name": ["环境技术服务供应商"], "declaration.name": ["签署人姓名"], "declaration.signed_on": ["签署日期"], "declaration.signature": ["授权签署"], "declaration.chop": ["公司盖章"],
    },
}  # fmt: skip
HEADINGS = {
    "en": ["Cleaner Production Partnership Programme", "Application Form"],
    "zh_hant": ["清潔生產伙伴計劃", "申請表"],
    "zh_hans": ["清洁生产伙伴计划", "申请表"],
}
FORM_TITLES = {
    "A": ("On-site Improvement Assessment", "實地評估", "实地评估"),
    "B": ("Demonstration Project", "示範項目", "示范项目"),
    "C": ("Organisation Support Initiative", "機構支援計劃", "机构支援计划"),
}


@lru_cache(maxsize=1)
def _choices() -> dict[str, list[tuple[str, dict[str, str]]]]:
    data = tomllib.loads((ROOT / "programmes/cppp/fields.toml").read_text("utf-8"))
    return {spec["key"]: [(choice["code"], choice["words"]) for choice in spec.get("choices", [])] for spec in data["fields"]}


@lru_cache(maxsize=1)
def _order() -> dict[str, list[str]]:
    data = tomllib.loads((ROOT / "programmes/cppp/fields.toml").read_text("utf-8"))
    return {form: [spec["key"] for spec in data["fields"] if form in spec["forms"]] for form in "ABC"}


def retyped(applicant: Applicant, dice: random.Random, layout: str) -> tuple[bytes, dict[str, tuple[int, Box]]]:
    """The form as an office retypes it. ``layout``: table, table2 (two columns), lines (label: value), above (label above value), bare (no rules, no colons)."""
    sheet = Sheet(dice.choice(FACES))
    language = applicant.language
    index = ("en", "zh_hant", "zh_hans").index(language)
    y = 46.0
    for line in (*HEADINGS[language], FORM_TITLES[applicant.form][index]):
        sheet.centred(y, line, 14, bold=True)
        y += 20
    y += 8
    keys = [key for key in _order()[applicant.form] if key in LABELS[language] and not key.startswith("declaration.s") and key != "declaration.chop"]
    pending: list[str] = []
    for key in [*keys, "declaration.signed_on"]:
        if y > 740:
            sheet.next_page()
            y = 50
        if (key in _choices() and _choices()[key]) or key == "organisation.non_profit":
            y = _choice_rows(sheet, applicant, key, y, index, dice, layout)
        elif layout == "table2" and key not in ("applicant.address", "factory.address", "project.summary", "project.title"):
            pending.append(key)
            if len(pending) == 2:
                y = max(_row(sheet, applicant, k, y, 45 + 255 * i, 255, dice, layout) for i, k in enumerate(pending))
                pending = []
        else:
            if pending:
                y = _row(sheet, applicant, pending.pop(), y, 45, 255, dice, layout)
            y = _row(sheet, applicant, key, y, 45, 510, dice, layout)
    if pending:
        y = _row(sheet, applicant, pending.pop(), y, 45, 255, dice, layout)
    if y > 690:
        sheet.next_page()
        y = 50
    _seal_row(sheet, applicant, y + 8, dice, ruled=layout.startswith("table"))
    return sheet.pdf(), sheet.boxes


def _row(sheet: Sheet, applicant: Applicant, key: str, y: float, x: float, width: float, dice: random.Random, layout: str) -> float:
    label = dice.choice(LABELS[applicant.language][key])
    value = printed(key, applicant.values[key], dice) if key in applicant.values else ""
    if layout == "above":
        sheet.text(x, y, label, 8)
        below = sheet.wrapped(x, y + 11, value, width - 8, 10, key=key) if value else y + 22
        return below + 8
    share = 0.42
    inner = width * (1 - share) - 8
    lines = sheet.lines_of(value, inner, 10)
    height = max(20.0, 13 * len(lines) + 7)
    if layout.startswith("table"):
        height = max(height, len(sheet.lines_of(label, width * share - 6, 9)) * 12 + 6)
        sheet.rect(x, y, width * share, height)
        sheet.rect(x + width * share, y, width * (1 - share), height)
        sheet.wrapped(x + 3, y + 5, label, width * share - 6, 9)
        sheet.wrapped(x + width * share + 4, y + 5, value, inner, 10, key=key)
        return y + height
    colon = {"lines": ": ", "bare": ""}[layout]
    end = sheet.text(x, y, label + colon, 10)
    left = max(end + 6, x + width * share) if layout == "bare" else end + 4
    return max(sheet.wrapped(left, y, value, x + width - left, 10, key=key), y + 13) + 7


def _choice_rows(sheet: Sheet, applicant: Applicant, key: str, y: float, index: int, dice: random.Random, layout: str) -> float:
    language = ("en", "zh_hant", "zh_hans")[index]
    sheet.text(48, y + 4, LABELS[language][key][0], 9, bold=True)
    y += 18
    options = [(code, words[language]) for code, words in _choices()[key]]
    if key == "organisation.non_profit":
        options = [("True", ("Yes", "是", "是")[index]), ("False", ("No", "否", "否")[index])]
    if key == "project.initiative":
        wanted = {"A": ("onsite_assessment",), "B": ("demonstration_i", "demonstration_ii"), "C": ("organisation_support",)}[applicant.form]
        options = [option for option in options if option[0] in wanted]
    style = dice.choice(("check", "cross", "filled"))
    for code, words in options:
        on = str(applicant.values.get(key)) == code
        sheet.tick_box(52, y, on=on, style=style)
        y = sheet.wrapped(68, y, words, 470, 9) + 3
    return y + 4


def _seal_row(sheet: Sheet, applicant: Applicant, y: float, dice: random.Random, *, ruled: bool) -> None:
    for index, key in enumerate(("declaration.signature", "declaration.chop")):
        x = 45 + 255 * index
        if ruled:
            sheet.rect(x, y, 255, 90)
        sheet.text(x + 4, y + 4, dice.choice(LABELS[applicant.language][key]), 9)
    if applicant.values["declaration.signature"]:
        sheet.signature(70, y + 52, dice)
    if applicant.values["declaration.chop"]:
        sheet.chop(420, y + 54, applicant.values.get("applicant.name_zh") or "COMPANY CHOP", dice, oval=dice.random() < 0.3)

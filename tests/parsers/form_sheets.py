"""Application forms as offices retype them, drawn for the tests of reading: each layout shows the same invented application."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pikepdf

from tests.corpus.forms import printed
from tests.corpus.people import Applicant, invent
from tests.corpus.sheet import Face, Sheet
from tests.parsers.built_files import with_pikepdf

FACE = Face("sans", "droid")
Drawer = Callable[[Sheet, Applicant], None]

TITLES = {
    "en": {"A": "Application Form A - On-site Improvement Assessment", "B": "Application Form B - Demonstration Project"},
    "zh_hant": {"A": "申請表A - 實地評估", "B": "申請表B - 示範項目"},
    "zh_hans": {"A": "申请表A - 实地评估", "B": "申请表B - 示范项目"},
}
SECTIONS = {  # beginning of the keys -> heading in English, Traditional, Simplified
    "applicant": ("Applicant", "申請機構", "申请机构"),
    "contact": ("Contact", "聯絡資料", "联络资料"),
    "factory": ("Factory", "工廠資料", "工厂资料"),
    "connection": ("Connection with the Factory", "與工廠的關係", "与工厂的关系"),
    "project": ("Project", "項目資料", "项目资料"),
    "provider": ("", "", ""),
    "declaration": ("Declaration", "聲明", "声明"),
}
BILINGUAL = {
    "applicant.name_en": ("Company Name (Eng)", "公司名稱(英文)"),
    "applicant.name_zh": ("Company Name (Chi)", "公司名稱(中文)"),
    "applicant.br_number": ("B.R. Number", "商業登記證號碼"),
    "applicant.established_on": ("Date of Establishment (DD/MM/YYYY)", "成立日期"),
    "applicant.address": ("Address", "地址"),
    "contact.name": ("Name", "姓名"),
    "contact.title": ("Post Title", "職銜"),
    "contact.phone": ("Contact No.", "聯絡電話"),
    "contact.email": ("Email", "電郵"),
    "factory.name": ("Name", "名稱"),
    "factory.address": ("Address", "地址"),
    "factory.uscc": ("USCC", "統一社會信用代碼"),
    "factory.employees": ("No. of Staff", "員工人數"),
    "project.title": ("Title of Project", "項目名稱"),
    "project.summary": ("Brief Description", "項目簡介"),
    "project.start_on": ("Start Date", "開始日期"),
    "project.end_on": ("End Date", "完成日期"),
    "project.total_cost": ("Total Project Cost (HK$)", "項目總成本(港元)"),
    "project.funding_requested": ("Grant Requested (HK$)", "申請資助額(港元)"),
    "provider.name": ("Name of ETSP", "環境技術服務供應商"),
    "declaration.name": ("Name", "姓名"),
    "declaration.signed_on": ("Date", "日期"),
}
HANS = {
    "applicant.name_en": "公司英文名称", "applicant.name_zh": "公司中文名称", "applicant.br_number": "商业登记证号码",
    "applicant.established_on": "成立日期",
    "applicant.address": "香港营业地址", "contact.name": "联系人", "contact.title": "职务", "contact.phone": "联系电话", "contact.email": "电子邮箱",
    "factory.name": "工厂名称", "factory.address": "厂址", "factory.uscc": "统一社会信用代码", "factory.employees": "员工人数",
    "project.title": "项目名称",
    "project.summary": "项目简介", "project.start_on": "开始日期", "project.end_on": "完成日期", "project.total_cost": "项目总预算",
    "project.funding_requested": "申请资助金额", "provider.name": "服务供应商", "declaration.name": "签署人姓名", "declaration.signed_on": "签署日期",
}  # fmt: skip
CHOICES = {
    "project.initiative": {"en": "Type of application", "zh_hant": "申請類別", "zh_hans": "申请类别"},
    "factory.sector": {"en": "Industry Sector", "zh_hant": "行業類別", "zh_hans": "行业类别"},
    "connection.type": {"en": "Relationship with the Factory", "zh_hant": "與工廠關係", "zh_hans": "与工厂的关系"},
}
OPTIONS = {
    "project.initiative": [
        ("demonstration_i", "Demonstration Project (i)", "示範項目(i)", "示范项目(i)"),
        ("demonstration_ii", "Demonstration Project (ii)", "示範項目(ii)", "示范项目(ii)"),
    ],
    "factory.sector": [
        ("chemical_products", "Chemical Products", "化學製品業", "化学制品业"),
        ("food_and_beverage", "Food and Beverage", "食品和飲品業", "食品和饮品业"),
        ("furniture", "Furniture", "傢具製造業", "家具制造业"),
        ("metal_products", "Metal and Metal Products", "金屬和金屬製品業", "金属和金属制品业"),
        ("non_metallic_mineral_products", "Non-metallic Mineral Products", "非金屬礦產品業", "非金属矿产品业"),
        ("paper_products", "Paper and Paper Products", "造紙和紙品業", "造纸和纸品业"),
        ("printing_and_publishing", "Printing and Publishing", "印刷和出版業", "印刷和出版业"),
        ("textiles", "Textiles", "紡織業", "纺织业"),
        ("other", "Others", "其他", "其他"),
    ],
    "connection.type": [
        ("gd_joint_venture", "Sino-foreign equity or co-operative joint venture", "中外合資或合作企業", "中外合资或合作企业"),
        ("gd_wholly_owned", "Wholly-owned foreign enterprise", "外商獨資企業", "外商独资企业"),
        ("hk_factory", "Factory in Hong Kong owned and operated by the applicant", "申請機構在香港擁有及營運的工廠",
         "申请机构在香港拥有及营运的工厂"),
    ],
}  # fmt: skip
LEFT, RIGHT = 45.0, 550.0


def application(language: str, seed: int = 7, form: str = "B") -> Applicant:
    """An invented, complete application of a factory that the applicant wholly owns."""
    return invent(random.Random(seed), form=form, connection="gd_wholly_owned", language=language)


def drawn(layout: Drawer, applicant: Applicant) -> bytes:
    """The application in one layout, as a PDF; widgets that it left empty are filled in by their numbers."""
    sheet = Sheet(FACE)
    sheet.centred(40, TITLES[applicant.language][applicant.form], 14, bold=True)
    layout(sheet, applicant)
    pdf = sheet.pdf()
    return _filled(pdf, applicant) if layout is nameless_widgets else pdf


def _filled(data: bytes, applicant: Applicant) -> bytes:
    values = {f"Text{number}": value_of(applicant, key) for number, key in enumerate(_keys(applicant), 1)}

    def fill(pdf: pikepdf.Pdf) -> None:
        for widget in (widget for page in pdf.pages for widget in page.get("/Annots", [])):
            value = values.get(str(widget.get("/T", "")))
            if value:
                widget.V = pikepdf.String(value)
                del widget["/AP"]
        pdf.Root.AcroForm.NeedAppearances = True

    return with_pikepdf(data, fill)


def value_of(applicant: Applicant, key: str) -> str:
    return printed(key, applicant.values[key]) if key in applicant.values else ""


def _keys(applicant: Applicant) -> list[str]:
    left_out = {"project.summary"} if applicant.form == "A" else set[str]()
    return [key for key in BILINGUAL if key not in left_out]


def _index(applicant: Applicant) -> int:
    return ("en", "zh_hant", "zh_hans").index(applicant.language)


def _label(applicant: Applicant, key: str) -> str:
    return HANS[key] if applicant.language == "zh_hans" else BILINGUAL[key][_index(applicant)]


def _own_label(applicant: Applicant, key: str) -> str:
    """A label that needs no section: for layouts without headings."""
    whole = {
        "applicant.address": ("Office Address", "公司地址"),
        "contact.name": ("Contact Person", "聯絡人"),
        "factory.name": ("Factory Name", "工廠名稱"),
        "factory.address": ("Factory Address", "工廠地址"),
        "declaration.name": ("Signatory", "簽署人"),
        "declaration.signed_on": ("Date Signed", "簽署日期"),
    }
    if applicant.language == "zh_hans":
        return HANS[key]
    return whole.get(key, BILINGUAL[key])[_index(applicant)]


def _turn(sheet: Sheet, y: float, room: float = 60) -> float:
    if y + room <= sheet.height - 40:
        return y
    sheet.next_page()
    return 45.0


def _tick_rows(sheet: Sheet, applicant: Applicant, key: str, y: float, *, columns: int = 1, box_right: bool = False, both: bool = False) -> float:
    """The question with its drawn boxes; ``box_right``: behind the words; ``both``: English with Chinese behind."""
    y = _turn(sheet, y, 22 + 16 * len(OPTIONS[key]) / columns)
    question = CHOICES[key]
    sheet.text(LEFT + 3, y + 3, f"{question['en']} {question['zh_hant']}" if both else question[applicant.language], 9, bold=True)
    y += 18
    width = (RIGHT - LEFT) / columns
    for at, (code, *words) in enumerate(OPTIONS[key]):
        x, top = LEFT + 6 + width * (at % columns), y + 15 * (at // columns)
        text = f"{words[0]} {words[1]}" if both else words[_index(applicant)]
        on = applicant.values.get(key) == code
        if box_right:
            end = sheet.text(x, top, text, 8.5)
            sheet.tick_box(end + 6, top, on=on, style="cross")
        else:
            sheet.tick_box(x, top, on=on)
            sheet.text(x + 15, top, text, 8.5)
    return y + 15 * -(-len(OPTIONS[key]) // columns) + 5


def _seals(sheet: Sheet, applicant: Applicant, y: float, *, ruled: bool, words: tuple[str, str] | None = None) -> None:
    y = _turn(sheet, y, 110)
    labels = words or (("Authorised Signature", "Company Chop"), ("授權簽署", "公司蓋章"), ("授权签字", "公司公章"))[_index(applicant)]
    dice = random.Random(3)
    for at, label in enumerate(labels):
        x = LEFT + 252 * at
        if ruled:
            sheet.rect(x, y, 252, 95)
        sheet.text(x + 4, y + 4, label, 9)
    if applicant.values["declaration.signature"]:
        sheet.signature(75, y + 55, dice)
    if applicant.values["declaration.chop"]:
        sheet.chop(420, y + 57, "宏達印刷有限公司", dice, colour="#b02020")


def _questions_before(sheet: Sheet, applicant: Applicant, y: float, draw: Callable[[str, float], float], section: str) -> float:
    before = {"applicant": "project.initiative", "connection": "connection.type", "factory.end": "factory.sector"}
    return draw(before[section], y) if section in before else y


# ------------------------------------------------------------------ layouts


def stacked_bilingual_table(sheet: Sheet, applicant: Applicant) -> None:
    """Ruled table under section bars; labels in two lines (English above Chinese), short words that only the section explains."""
    y, section = 70.0, ""
    y = _tick_rows(sheet, applicant, "project.initiative", y, columns=2, both=True)
    for key in _keys(applicant):
        prefix = key.partition(".")[0]
        if prefix != section and SECTIONS[prefix][0]:
            if section == "factory":
                y = _tick_rows(sheet, applicant, "factory.sector", y, columns=3, both=True)
                y = _tick_rows(sheet, applicant, "connection.type", y, both=True)
            y = _turn(sheet, y + 4)
            sheet.rect(LEFT, y, RIGHT - LEFT, 17, fill="#dde8dd")
            sheet.text(LEFT + 4, y + 3, f"{SECTIONS[prefix][0]} {SECTIONS[prefix][1]}", 10, bold=True)
            y += 17
        section = prefix
        lines = sheet.lines_of(value_of(applicant, key), 325, 10)
        height = max(26.0, 13 * len(lines) + 8)
        y = _turn(sheet, y, height)
        sheet.rect(LEFT, y, 170, height)
        sheet.rect(LEFT + 170, y, RIGHT - LEFT - 170, height)
        sheet.text(LEFT + 3, y + 3, BILINGUAL[key][0], 8)
        sheet.text(LEFT + 3, y + 13, BILINGUAL[key][1], 8)
        sheet.wrapped(LEFT + 174, y + 5, value_of(applicant, key), 325, 10, key=key)
        y += height
    _seals(sheet, applicant, y, ruled=True, words=("Authorised Signature 授權簽署", "Company Chop 公司蓋章"))


def label_in_corner(sheet: Sheet, applicant: Applicant) -> None:
    """Boxes two to a row, the label small in the upper left corner of each, the value under it in the same box."""
    y, x = 70.0, LEFT
    for key in _keys(applicant):
        wide = key in ("applicant.address", "factory.address", "project.summary", "project.title")
        width = (RIGHT - LEFT) / (1 if wide else 2)
        if x > LEFT and wide:
            x, y = LEFT, y + 32
        lines = sheet.lines_of(value_of(applicant, key), width - 10, 10)
        height = max(32.0, 16 + 13 * len(lines))
        if x == LEFT:
            y = _turn(sheet, y, height)
        sheet.rect(x, y, width, height)
        sheet.text(x + 3, y + 2, _own_label(applicant, key), 7)
        sheet.wrapped(x + 5, y + 14, value_of(applicant, key), width - 10, 10, key=key)
        x, y = (x + width, y) if x == LEFT and not wide else (LEFT, y + height)
    y += 40
    for key in CHOICES:
        y = _tick_rows(sheet, applicant, key, y, columns=2)
    _seals(sheet, applicant, y + 4, ruled=True)


def dotted_leaders(sheet: Sheet, applicant: Applicant) -> None:
    """Unruled lines: label, colon, the value typed above a row of dots that fills the rest of the line."""
    y = 75.0
    for key in _keys(applicant):
        y = _turn(sheet, y, 40)
        end = sheet.text(LEFT, y, _own_label(applicant, key) + ": ", 10)
        value = value_of(applicant, key)
        lines = sheet.lines_of(value, RIGHT - end - 10, 10)
        for line in lines or [""]:
            stop = sheet.text(end + 3, y, line, 10, key=key if line else "")
            dots = "." * int((RIGHT - stop - 6) / 2.8)
            sheet.text(stop + 4, y, dots, 10)
            y += 14
        y += 6
    for key in CHOICES:
        y = _tick_rows(sheet, applicant, key, y, columns=1)
    _seals(sheet, applicant, y + 4, ruled=False)


def several_on_a_line(sheet: Sheet, applicant: Applicant) -> None:
    """Unruled lines with two labels each ('Tel: 2788 5588   Email: ...'), long values on lines of their own."""
    y, at = 75.0, 0
    for key in _keys(applicant):
        wide = key.endswith(("address", "title", "summary", "name_en", "name_zh")) or key == "provider.name"
        if wide and at:
            y, at = y + 19, 0
        if not at:
            y = _turn(sheet, y, 40)
        x = LEFT + 255 * at
        end = sheet.text(x, y, _own_label(applicant, key) + ": ", 10)
        below = sheet.wrapped(end + 2, y, value_of(applicant, key), (RIGHT if wide else x + 250) - end - 4, 10, key=key)
        at = 0 if wide or at else 1
        y = y if at else max(below, y + 13) + 6
    y += 20
    for key in CHOICES:
        y = _tick_rows(sheet, applicant, key, y, columns=2, box_right=True)
    _seals(sheet, applicant, y + 4, ruled=False)


def tabs_without_colons(sheet: Sheet, applicant: Applicant) -> None:
    """Two columns of plain text kept apart by white space alone, numbered labels, nothing ruled."""
    y = 75.0
    for number, key in enumerate(_keys(applicant), 1):
        lines = sheet.lines_of(value_of(applicant, key), 300, 10)
        y = _turn(sheet, y, 13 * len(lines) + 8)
        sheet.text(LEFT, y, f"{number}.", 10)
        sheet.text(LEFT + 20, y, _own_label(applicant, key), 10)
        y = max(sheet.wrapped(LEFT + 200, y, value_of(applicant, key), 300, 10, key=key), y + 13) + 6
    for key in CHOICES:
        y = _tick_rows(sheet, applicant, key, y)
    _seals(sheet, applicant, y + 4, ruled=False)


def underlined_below(sheet: Sheet, applicant: Applicant) -> None:
    """A line to write on with its label beneath no: the label above, the value on an underline below it, two columns."""
    y, x = 75.0, LEFT
    for key in _keys(applicant):
        wide = key in ("applicant.address", "factory.address", "project.summary", "project.title", "applicant.name_en")
        if wide and x > LEFT:
            x, y = LEFT, y + 36
        width = (RIGHT - LEFT) if wide else 240.0
        lines = sheet.lines_of(value_of(applicant, key), width - 8, 10)
        if x == LEFT:
            y = _turn(sheet, y, 22 + 13 * len(lines))
        sheet.text(x, y, _own_label(applicant, key), 8, bold=True)
        bottom = max(sheet.wrapped(x + 2, y + 11, value_of(applicant, key), width - 8, 10, key=key), y + 24)
        sheet.line(x, bottom + 1, x + width, bottom + 1, 0.5)
        x, y = (LEFT + 262, y) if x == LEFT and not wide else (LEFT, bottom + 12)
    y += 40
    for key in CHOICES:
        y = _tick_rows(sheet, applicant, key, y, columns=2)
    _seals(sheet, applicant, y + 4, ruled=False)


def answers_as_text(sheet: Sheet, applicant: Applicant) -> None:
    """Label, full-width colon, value; the answers typed as words instead of ticked boxes."""
    y = 75.0
    rows: list[tuple[str, str, str]] = [(key, _own_label(applicant, key), value_of(applicant, key)) for key in _keys(applicant)]
    for key, question in CHOICES.items():
        chosen = next(words for code, *words in OPTIONS[key] if code == applicant.values[key])
        rows.insert(0, (key, question[applicant.language], chosen[_index(applicant)]))
    for key, label, value in rows:
        y = _turn(sheet, y, 40)
        end = sheet.text(LEFT, y, label + "：", 10)
        y = max(sheet.wrapped(end + 2, y, value, RIGHT - end - 6, 10, key=key), y + 13) + 6
    _seals(sheet, applicant, y + 4, ruled=False)


def nameless_widgets(sheet: Sheet, applicant: Applicant) -> None:
    """An interactive form made by an office program: widgets Text1, Check2 ... that only their place tells."""
    y, number = 75.0, 0
    form = sheet.canvas.acroForm
    for key in _keys(applicant):
        number += 1
        height = 44 if key in ("project.summary", "applicant.address", "factory.address") else 18
        y = _turn(sheet, y, height + 6)
        sheet.text(LEFT, y + 3, _own_label(applicant, key), 9)
        flags: dict[str, Any] = {"fieldFlags": "multiline"} if height > 20 else {}
        form.textfield(
            name=f"Text{number}", x=LEFT + 170, y=sheet.height - y - height, width=330, height=height, borderWidth=0, fontSize=9, maxlen=999, **flags,
        )  # fmt: skip
        y += height + 6
    for key, options in OPTIONS.items():
        y = _turn(sheet, y, 22 + 16 * len(options))
        sheet.text(LEFT, y + 3, CHOICES[key][applicant.language], 9, bold=True)
        y += 18
        for code, *words in options:
            number += 1
            form.checkbox(name=f"Check{number}", x=LEFT + 6, y=sheet.height - y - 10, size=10, checked=applicant.values[key] == code)
            sheet.text(LEFT + 24, y, words[_index(applicant)], 9)
            y += 15
    _seals(sheet, applicant, y + 6, ruled=True)


LAYOUTS: dict[str, tuple[Drawer, str]] = {
    "stacked_bilingual_table": (stacked_bilingual_table, "en"),
    "stacked_bilingual_table_zh": (stacked_bilingual_table, "zh_hant"),
    "label_in_corner": (label_in_corner, "en"),
    "label_in_corner_hans": (label_in_corner, "zh_hans"),
    "dotted_leaders": (dotted_leaders, "en"),
    "dotted_leaders_zh": (dotted_leaders, "zh_hant"),
    "several_on_a_line": (several_on_a_line, "en"),
    "several_on_a_line_zh": (several_on_a_line, "zh_hant"),
    "tabs_without_colons": (tabs_without_colons, "en"),
    "tabs_without_colons_hans": (tabs_without_colons, "zh_hans"),
    "underlined_below": (underlined_below, "en"),
    "underlined_below_zh": (underlined_below, "zh_hant"),
    "answers_as_text": (answers_as_text, "zh_hans"),
    "answers_as_text_en": (answers_as_text, "en"),
    "nameless_widgets": (nameless_widgets, "en"),
}

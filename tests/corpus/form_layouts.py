"""Application forms in the layouts of many offices: what applicants retype, fill in Word and print, each showing one invented application."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.corpus.forms import FORM_TITLES, HEADINGS, LABELS, _choices, _order, printed
from tests.corpus.people import Applicant
from tests.corpus.sheet import FACES, HEIGHT, WIDTH, Box, Sheet

LANGUAGES = ("en", "zh_hant", "zh_hans")
SECTIONS = {
    "applicant": ("Applicant Information", "申請機構資料", "申请机构资料"),
    "contact": ("Contact Details", "聯絡人資料", "联系人资料"),
    "factory": ("Factory Information", "工廠資料", "工厂资料"),
    "organisation": ("Applicant Information", "申請機構資料", "申请机构资料"),
    "project": ("Project Details", "項目資料", "项目资料"),
    "declaration": ("Declaration", "聲明", "声明"),
}
GENERIC = {
    "applicant.address": ("Address", "地址", "地址"),
    "contact.name": ("Name", "姓名", "姓名"),
    "contact.phone": ("Tel", "電話", "电话"),
    "contact.email": ("Email", "電郵", "邮箱"),
    "factory.name": ("Name", "名稱", "名称"),
    "factory.address": ("Address", "地址", "地址"),
    "project.title": ("Title", "項目名稱", "项目名称"),
    "declaration.name": ("Name", "姓名", "姓名"),
    "declaration.signed_on": ("Date", "日期", "日期"),
}
DECLARATIONS = (
    "I declare that the information given in this form is true and correct, and agree that the Secretariat may verify it.",
    "本人聲明本表格所填報的資料均屬真確,並同意秘書處核實有關資料。",
    "本人声明本表格所填报的资料均属真确,并同意秘书处核实有关资料。",
)
SHORT = frozenset(
    (
        "applicant.br_number",
        "applicant.established_on",
        "contact.name",
        "contact.title",
        "contact.phone",
        "factory.uscc",
        "factory.employees",
        "project.start_on",
        "project.end_on",
        "project.total_cost",
        "project.funding_requested",
        "declaration.name",
        "declaration.signed_on",
    )
)
LEFT, RIGHT = 45.0, 550.0


@dataclass
class Pen:
    """Writes one form on a sheet, from the top down."""

    sheet: Sheet
    applicant: Applicant
    dice: random.Random
    y: float = 46.0
    generic: bool = False
    typed_name: bool = False  # a name typed where the signature belongs
    stray_chop: bool = False  # the chop stamped over the boundary of its box
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def index(self) -> int:
        return LANGUAGES.index(self.applicant.language)

    @property
    def right(self) -> float:
        return self.sheet.width - 45

    def label(self, key: str) -> str:
        if self.generic and key in GENERIC:
            return GENERIC[key][self.index]
        return self.labels.setdefault(key, self.dice.choice(LABELS[self.applicant.language][key]))

    def value(self, key: str) -> str:
        return printed(key, self.applicant.values[key], self.dice) if key in self.applicant.values else ""

    def order(self) -> list[str]:
        asked = [key for key in _order()[self.applicant.form] if key not in ("declaration.signature", "declaration.chop", "declaration.signed_on")]
        return [*asked, "declaration.signed_on"]

    def asked(self, key: str) -> bool:
        return bool(_choices().get(key)) or key == "organisation.non_profit"

    def room(self, height: float) -> None:
        if self.y + height > self.sheet.height - 45:
            self.sheet.next_page()
            self.y = 46.0

    def titles(self) -> None:
        for line in (*HEADINGS[self.applicant.language], FORM_TITLES[self.applicant.form][self.index]):
            self.sheet.centred(self.y, line, 14, bold=True)
            self.y += 20
        self.y += 8

    def options(self, key: str) -> list[tuple[str, str, bool]]:
        """(code, words, ticked) of a question's answers as this form offers them."""
        if key == "organisation.non_profit":
            pairs = [("True", ("Yes", "是", "是")[self.index]), ("False", ("No", "否", "否")[self.index])]
        else:
            pairs = [(code, words[self.applicant.language]) for code, words in _choices()[key]]
        if key == "project.initiative":
            wanted = {"A": "onsite", "B": "demonstration", "C": "organisation"}[self.applicant.form]
            pairs = [pair for pair in pairs if pair[0].startswith(wanted)]
        return [(code, words, str(self.applicant.values.get(key)) == code) for code, words in pairs]

    def question(self, key: str, *, style: str = "before", columns: int = 1, labelled: bool = True) -> None:
        """A tick-box question: boxes before or after the words, or typed signs."""
        options = self.options(key)
        self.room(20 + 14 * len(options) / columns)
        if labelled:
            self.sheet.text(LEFT + 3, self.y + 3, self.label(key), 9, bold=True)
            self.y += 18
        width, tick, x = (self.right - LEFT) / columns, self.dice.choice(("check", "cross", "filled")), LEFT + 7
        for at, (_, words, on) in enumerate(options):
            x = LEFT + 7 + width * (at % columns)
            if style == "before":
                self.sheet.tick_box(x, self.y, on=on, style=tick)
                below = self.sheet.wrapped(x + 16, self.y, words, width - 24, 9)
            elif style == "after":
                below = self.y + 13
                size = 9 if self.sheet.width_of(words, 9) < width - 40 else 6.5
                self.sheet.tick_box(self.sheet.text(x, self.y, words, size) + 6, self.y, on=on, style=tick)
            else:
                sign = {"glyph": "☐☑", "paren": ("( )", "(X)"), "bracket": ("[ ]", "[x]"), "square": "□■", "tick": "□✓"}[style][on]
                end = self.sheet.text(x, self.y, sign, 9, latin="dejavu" if ord(sign[0]) > 127 else None)
                below = self.sheet.wrapped(end + 4, self.y, words, width - 30, 9)
            if at % columns == columns - 1 or at == len(options) - 1:
                self.y = below + 3
        self.y += 4

    def answer(self, key: str) -> str:
        """The ticked answer in words, for forms that ask for it in writing."""
        return next((words for _, words, on in self.options(key) if on), "")

    def seals(self, *, ruled: bool, stacked: bool = False) -> None:
        """The boxes, or places, for signature and chop, side by side or under one another."""
        self.room(200 if stacked else 105)
        values, top = self.applicant.values, self.y
        for at, key in enumerate(("declaration.signature", "declaration.chop")):
            x, y = (LEFT, top + 95 * at) if stacked else (LEFT + 252 * at, top)
            if ruled:
                self.sheet.rect(x, y, 252, 90)
            self.sheet.text(x + 4, y + 4, self.label(key), 9)
            if key == "declaration.signature":
                if values[key]:
                    self.sheet.signature(x + 30, y + 52, self.dice)
                if self.typed_name:
                    self.sheet.text(x + 30, y + 45, str(values.get("declaration.name", "Chan")), 11)
            elif values[key]:
                shift = -105 if self.stray_chop else 0
                self.sheet.chop(x + 115 + shift, y + 54, values.get("applicant.name_zh") or "COMPANY CHOP", self.dice, oval=self.dice.random() < 0.3)
        self.y = top + (190 if stacked else 95)


def _questions(pen: Pen, key: str, *, style: str = "before", columns: int = 1) -> bool:
    if pen.asked(key):
        pen.question(key, style=style, columns=columns)
        return True
    return False


# ------------------------------------------------------------------ layouts


def one_cell(pen: Pen) -> None:
    """Ruled boxes, two short ones to a row, label and value on one line in each: 'Tel: 2345 6789'."""
    pending: list[str] = []
    for key in pen.order():
        if pen.asked(key):
            _band(pen, pending)
            pen.question(key, columns=1 if key == "connection.type" else 2)
        elif key in SHORT:
            pending.append(key)
            if len(pending) == 2:
                _band(pen, pending)
        else:
            _band(pen, pending)
            _band(pen, [key])
    _band(pen, pending)
    pen.seals(ruled=True)


def _band(pen: Pen, keys: list[str]) -> None:
    width = (RIGHT - LEFT) / max(1, len(keys))
    texts = [(key, pen.label(key) + ": ", pen.value(key)) for key in keys]
    lines = [pen.sheet.lines_of(value, width - 12 - pen.sheet.width_of(label, 9), 10) for _, label, value in texts]
    height = max([20.0, *(13 * len(each) + 8 for each in lines)]) if keys else 0
    pen.room(height)
    for at, (key, label, value) in enumerate(texts):
        x = LEFT + width * at
        pen.sheet.rect(x, pen.y, width, height)
        end = pen.sheet.text(x + 4, pen.y + 5, label, 9)
        pen.sheet.wrapped(end + 2, pen.y + 4, value, x + width - end - 8, 10, key=key)
    pen.y += height
    keys.clear()


def corner(pen: Pen) -> None:
    """Boxes with the label small in the upper left corner and the value under it in the same box."""
    for pair in _pairs(pen):
        if pen.asked(pair[0]):
            pen.question(pair[0], columns=1 if pair[0] == "connection.type" else 3)
            continue
        width = (RIGHT - LEFT) / len(pair)
        values = [pen.value(key) for key in pair]
        height = max(30.0, *(17 + 13 * len(pen.sheet.lines_of(value, width - 10, 10)) for value in values))
        pen.room(height)
        for at, (key, value) in enumerate(zip(pair, values, strict=True)):
            x = LEFT + width * at
            pen.sheet.rect(x, pen.y, width, height)
            pen.sheet.text(x + 3, pen.y + 2, pen.label(key), 7)
            pen.sheet.wrapped(x + 5, pen.y + 14, value, width - 10, 10, key=key)
        pen.y += height
    pen.y += 6
    pen.seals(ruled=True)


def _pairs(pen: Pen, most: int = 2) -> list[list[str]]:
    """Keys in rows: short fields up to ``most`` together, long ones and questions alone."""
    rows: list[list[str]] = []
    for key in pen.order():
        if key in SHORT and rows and rows[-1][0] in SHORT and len(rows[-1]) < most:
            rows[-1].append(key)
        else:
            rows.append([key])
    return rows


def header_rows(pen: Pen) -> None:
    """A table in bands: a shaded row of labels, under it the row of their values."""
    for row in _pairs(pen, 3):
        if pen.asked(row[0]):
            pen.question(row[0])
            continue
        width = (RIGHT - LEFT) / len(row)
        values = [pen.value(key) for key in row]
        height = max(20.0, *(13 * len(pen.sheet.lines_of(value, width - 10, 10)) + 7 for value in values))
        pen.room(18 + height)
        for at, (key, value) in enumerate(zip(row, values, strict=True)):
            x = LEFT + width * at
            pen.sheet.rect(x, pen.y, width, 18, fill="#e4e4ee")
            pen.sheet.text(x + 3, pen.y + 4, pen.label(key), 8)
            pen.sheet.rect(x, pen.y + 18, width, height)
            pen.sheet.wrapped(x + 5, pen.y + 22, value, width - 10, 10, key=key)
        pen.y += 18 + height
    pen.y += 8
    pen.seals(ruled=True)


def leaders(pen: Pen) -> None:
    """Typewritten lines filled with dots or underscores, the value typed among them."""
    fill = pen.dice.choice("._")
    for key in pen.order():
        if _questions(pen, key):
            continue
        pen.room(34)
        end = pen.sheet.text(LEFT, pen.y, f"{pen.label(key)}: ", 10)
        value = pen.value(key)
        for at, line in enumerate(pen.sheet.lines_of(value, RIGHT - end - 10, 10) or [""]):
            pen.y += 14 if at else 0
            stop = pen.sheet.text(end + 3, pen.y, line, 10, key=key if line else "")
            step = pen.sheet.width_of(fill, 10)
            pen.sheet.text(stop + (4 if line else 0), pen.y, fill * int((RIGHT - stop - 6) / step), 10)
        pen.y += 19
    pen.seals(ruled=False)


def sections(pen: Pen) -> None:
    """Numbered section bars over a ruled table with short labels (Name, Address, Tel) that only their section explains."""
    pen.generic = True
    section, number = "", 0
    for key in pen.order():
        prefix = key.partition(".")[0]
        if prefix in SECTIONS and SECTIONS[prefix] != SECTIONS.get(section):
            number += 1
            pen.room(60)
            pen.y += 5
            pen.sheet.rect(LEFT, pen.y, RIGHT - LEFT, 17, fill="#dde8dd")
            pen.sheet.text(LEFT + 4, pen.y + 3, f"{number}. {SECTIONS[prefix][pen.index]}", 10, bold=True)
            pen.y += 17
            section = prefix
        if not _questions(pen, key, columns=1 if key == "connection.type" else 2):
            _table_row(pen, key, pen.label(key))
    pen.seals(ruled=True)


def _table_row(pen: Pen, key: str, label: str, second: str = "") -> None:
    value, left = pen.value(key), LEFT + 175
    lines = pen.sheet.lines_of(value, pen.right - left - 8, 10)
    rows = len(pen.sheet.lines_of(label, 169, 8.5)) + (len(pen.sheet.lines_of(second, 169, 8.5)) if second else 0)
    height = max(11.5 * rows + 8, 20.0, 13 * len(lines) + 7)
    pen.room(height)
    pen.sheet.rect(LEFT, pen.y, 175, height)
    pen.sheet.rect(left, pen.y, pen.right - left, height)
    below = pen.sheet.wrapped(LEFT + 3, pen.y + 4, label, 169, 8.5)
    if second:
        pen.sheet.wrapped(LEFT + 3, below, second, 169, 8.5)
    pen.sheet.wrapped(left + 4, pen.y + 5, value, pen.right - left - 8, 10, key=key)
    pen.y += height


def bilingual(pen: Pen) -> None:
    """A ruled table whose labels stand in two lines, English above Chinese."""
    for key in pen.order():
        if _questions(pen, key):
            continue
        chinese = LABELS["zh_hans" if pen.applicant.language == "zh_hans" else "zh_hant"][key][0]
        _table_row(pen, key, LABELS["en"][key][0], chinese)
    pen.seals(ruled=True)


def several(pen: Pen) -> None:
    """Unruled lines with two or three fields on each."""
    for row in _pairs(pen, 2):
        if _questions(pen, row[0], columns=1 if row[0] == "connection.type" else 2):
            continue
        pen.room(40)
        below = pen.y + 13
        for at, key in enumerate(row):
            x = LEFT + 255 * at
            end = pen.sheet.text(x, pen.y, pen.label(key) + ("：" if pen.index else ": "), 10)
            limit = RIGHT if len(row) == 1 else x + 250
            below = max(below, pen.sheet.wrapped(end + 2, pen.y, pen.value(key), limit - end - 4, 10, key=key))
        pen.y = below + 6
    pen.seals(ruled=False)


def numbered(pen: Pen) -> None:
    """Unruled, numbered labels (1.1, 2.), values at a tab, boxes after the words."""
    style = pen.dice.choice(("{}.", "({})", "1.{}", "{}"))
    for number, key in enumerate(pen.order(), 1):
        if _questions(pen, key, style="after"):
            continue
        value = pen.value(key)
        pen.room(13 * len(pen.sheet.lines_of(value, 270, 10)) + 8)
        pen.sheet.text(LEFT, pen.y, style.format(number), 10)
        pen.sheet.text(LEFT + 26, pen.y, pen.label(key), 10)
        pen.y = max(pen.sheet.wrapped(LEFT + 235, pen.y, value, 270, 10, key=key), pen.y + 13) + 6
    pen.seals(ruled=False)


def typed_signs(pen: Pen) -> None:
    """Label: value lines, with the boxes typed as ☐ ☑, ( ) (X) or [ ] [x]."""
    style = pen.dice.choice(("glyph", "paren", "bracket", "square", "tick"))
    for key in pen.order():
        if not _questions(pen, key, style=style, columns=1 if key == "connection.type" else pen.dice.choice((1, 2))):
            _line(pen, key, pen.value(key))
    pen.seals(ruled=False)


def _line(pen: Pen, key: str, value: str) -> None:
    pen.room(40)
    end = pen.sheet.text(LEFT, pen.y, pen.label(key) + ("：" if pen.index else ": "), 10)
    pen.y = max(pen.sheet.wrapped(end + 2, pen.y, value, RIGHT - end - 6, 10, key=key), pen.y + 13) + 6


def typed_answers(pen: Pen) -> None:
    """A ruled table in which the answers stand in words, without boxes."""
    for key in pen.order():
        if not pen.asked(key):
            _table_row(pen, key, pen.label(key))
            continue
        lines = pen.sheet.lines_of(pen.answer(key), RIGHT - LEFT - 183, 10)
        height = max(20.0, 13 * len(lines) + 7)
        pen.room(height)
        pen.sheet.rect(LEFT, pen.y, 175, height)
        pen.sheet.rect(LEFT + 175, pen.y, RIGHT - LEFT - 175, height)
        pen.sheet.text(LEFT + 3, pen.y + 4, pen.label(key), 8.5)
        pen.sheet.wrapped(LEFT + 179, pen.y + 5, pen.answer(key), RIGHT - LEFT - 183, 10)
        pen.y += height
    pen.seals(ruled=True, stacked=True)


def glued(pen: Pen) -> None:
    """Label and value in one run, a single space or nothing between them."""
    for key in pen.order():
        if _questions(pen, key):
            continue
        pen.room(34)
        end = pen.sheet.text(LEFT, pen.y, pen.label(key) + (" " if pen.index == 0 else ""), 10)
        pen.y = max(pen.sheet.wrapped(end, pen.y, pen.value(key), RIGHT - end - 4, 10, key=key), pen.y + 13) + 6
    pen.seals(ruled=False)


def last_page(pen: Pen) -> None:
    """A table, and the declaration with signature and chop alone on the last page."""
    for key in pen.order():
        if key == "declaration.name":
            pen.sheet.next_page()
            pen.y = 60.0
            pen.sheet.text(LEFT, pen.y, SECTIONS["declaration"][pen.index], 12, bold=True)
            pen.y = pen.sheet.wrapped(LEFT, pen.y + 22, DECLARATIONS[pen.index], RIGHT - LEFT, 10) + 10
            pen.seals(ruled=False)
            pen.y += 8
        if not _questions(pen, key):
            if key.startswith("declaration."):
                _line(pen, key, pen.value(key))
            else:
                _table_row(pen, key, pen.label(key))


Layout = Callable[[Pen], None]
LAYOUTS: dict[str, Layout] = {
    "one_cell": one_cell,
    "corner": corner,
    "header_rows": header_rows,
    "leaders": leaders,
    "sections": sections,
    "bilingual": bilingual,
    "several": several,
    "numbered": numbered,
    "typed_signs": typed_signs,
    "typed_answers": typed_answers,
    "glued": glued,
    "last_page": last_page,
}


def laid_out(
    applicant: Applicant, dice: random.Random, layout: str, *, typed_name: bool = False, stray_chop: bool = False
) -> tuple[bytes, dict[str, tuple[int, Box]]]:
    """The form in one of ``LAYOUTS`` (or ``landscape``: the sections on paper turned sideways), as a PDF, and where its values stand."""
    size = (HEIGHT, WIDTH) if layout == "landscape" else (WIDTH, HEIGHT)
    sheet = Sheet(dice.choice(FACES), size=size)
    pen = Pen(sheet, applicant, dice, typed_name=typed_name, stray_chop=stray_chop)
    pen.titles()
    LAYOUTS["bilingual" if layout == "landscape" else layout](pen)
    return sheet.pdf(), sheet.boxes


def names() -> Sequence[str]:
    """Every layout that ``laid_out`` knows."""
    return (*LAYOUTS, "landscape")

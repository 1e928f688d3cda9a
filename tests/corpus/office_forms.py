"""Application forms as offices make them in word processors and on the web: looks drawn by a browser, each showing one invented application."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from tests.corpus.browser_print import printed_page
from tests.corpus.form_layouts import DECLARATIONS, GENERIC, LANGUAGES, SECTIONS
from tests.corpus.forms import FORM_TITLES, HEADINGS, _choices, _order, printed
from tests.corpus.office_marks import chop, mark, signature
from tests.corpus.office_words import BOTH_SEALS, WORDINGS
from tests.corpus.people import Applicant

FONTS = (
    "'Liberation Serif','Noto Serif CJK HK'",
    "'Liberation Sans','Noto Sans CJK TC'",
    "'Liberation Sans Narrow','AR PL UMing HK'",
    "'DejaVu Serif','AR PL UKai HK'",
    "'DejaVu Sans Condensed','Noto Sans CJK SC'",
)
SEALS = ("declaration.signature", "declaration.chop")
BOXES = {"applicant.br_number": 8, "contact.phone": 8}


@dataclass
class Form:
    """One application on its way into a look: its labels in one language, or in English and Chinese."""

    applicant: Applicant
    dice: random.Random
    bilingual: bool = False
    generic: bool = False
    ticks: str = "check"
    _labels: dict[str, str] = field(default_factory=dict)

    @property
    def index(self) -> int:
        return LANGUAGES.index(self.applicant.language)

    def label(self, key: str) -> str:
        """The label, always the same one on one form."""
        if self.generic and key in GENERIC:
            return GENERIC[key][self.index]
        if key not in self._labels:
            self._labels[key] = self.dice.choice(WORDINGS[key][self.index])
            if self.bilingual:
                chinese = self.dice.choice(WORDINGS[key][2 if self.index == 2 else 1])
                self._labels[key] = f"{self.dice.choice(WORDINGS[key][0])}<br>{chinese}"
        return self._labels[key]

    def value(self, key: str) -> str:
        return escape(printed(key, self.applicant.values[key], self.dice)) if key in self.applicant.values else ""

    def written(self) -> list[str]:
        """Fields that are written, in the order of the official forms."""
        return [
            key for key in _order()[self.applicant.form] if not self.asked(key) and key not in (*SEALS, "declaration.name", "declaration.signed_on")
        ]

    def questions(self) -> list[str]:
        return [key for key in _order()[self.applicant.form] if self.asked(key)]

    def asked(self, key: str) -> bool:
        return bool(_choices().get(key)) or key == "organisation.non_profit"

    def options(self, key: str) -> list[tuple[str, bool]]:
        """Words of each answer, and whether it is the one given."""
        if key == "organisation.non_profit":
            pairs = [("True", ("Yes", "是", "是")[self.index]), ("False", ("No", "否", "否")[self.index])]
        else:
            pairs = [(code, words[self.applicant.language]) for code, words in _choices()[key]]
        if key == "project.initiative":
            wanted = {"A": "onsite", "B": "demonstration", "C": "organisation"}[self.applicant.form]
            pairs = [pair for pair in pairs if pair[0].startswith(wanted)]
        return [(escape(words), str(self.applicant.values.get(key)) == code) for code, words in pairs]

    def answers(self, key: str, *, columns: int = 2, ticks: str = "") -> str:
        """The answers of a question with their boxes, in so many columns."""
        style = ticks or self.ticks
        columns = 1 if key == "connection.type" else columns
        options = self.options(key)
        if style == "struck" and not any(on for _, on in options):
            style = "plain"
        cells = "".join(f"<div class=option>{mark(words, on, style, self.dice)}</div>" for words, on in options)
        return f"<div style='columns:{columns}'>{cells}</div>"

    def title(self) -> str:
        lines = [*HEADINGS[self.applicant.language], FORM_TITLES[self.applicant.form][self.index]]
        return "<h1>" + "<br>".join(lines) + "</h1>"

    def section(self, key: str) -> str:
        return SECTIONS.get(key.partition(".")[0], ("", "", ""))[self.index]

    def declaration(self) -> str:
        return f"<p>{DECLARATIONS[self.index]}</p>"

    def drawn(self, key: str) -> str:
        """The signature, or the chop, where the applicant has one; nothing else."""
        if not self.applicant.values.get(key):
            return ""
        return signature(self.dice) if key == SEALS[0] else chop(self.applicant.values.get("applicant.name_zh") or "COMPANY CHOP", self.dice)

    def signed(self) -> str:
        """Name and date of the declaration as plain lines."""
        return "".join(f"<div class=line><b>{self.label(key)}:</b> {self.value(key)}</div>" for key in ("declaration.name", "declaration.signed_on"))

    def sealed(self, style: str) -> str:
        """Places for signature and chop: boxes, row (label beside its box), line (label under the line), both (one box for both)."""
        if style == "both":
            label = self.dice.choice(BOTH_SEALS[self.index])
            inside = "".join(f"<span style='margin:0 18pt'>{self.drawn(key)}</span>" for key in SEALS)
            return f"<table class=seal><tr><td class=l style='width:30%'>{label}</td><td style='height:82pt'>{inside}</td></tr></table>"
        if style == "line":
            cells = "".join(f"<td><div class=over>{self.drawn(key)}</div><div class=under>{self.label(key)}</div></td>" for key in SEALS)
            return f"<table class=plain><tr>{cells}</tr></table>"
        if style == "row":
            cells = "".join(
                f"<td class=l style='width:17%'>{self.label(key)}</td><td style='height:78pt;width:33%'>{self.drawn(key)}</td>" for key in SEALS
            )
            return f"<table class=seal><tr>{cells}</tr></table>"
        cells = "".join(f"<td style='height:96pt;vertical-align:top;width:50%'><div>{self.label(key)}</div>{self.drawn(key)}</td>" for key in SEALS)
        return f"<table class=seal><tr>{cells}</tr></table>"


CSS = """
@page { size: %(size)s; margin: 14mm } * { box-sizing: border-box } body { font: %(pt)spt %(font)s; margin: 0 } h1 { font-size: 14pt; text-align: center }
h2 { font-size: 11pt; margin: 8pt 0 3pt } table { border-collapse: collapse; width: 100%% } td, th { border: 0.7pt solid #000; padding: 3pt 4pt; text-align: left;
font-weight: normal; vertical-align: middle } .plain td { border: 0 } .seal { margin-top: 8pt } tr, .seal, .keep, fieldset { break-inside: avoid }
.l { background: %(shade)s } .right { text-align: right } .option { break-inside: avoid; margin: 1.5pt 0 } .line { margin: 5pt 0 }
.over { height: 74pt; border-bottom: 0.8pt solid #000; display: flex; align-items: flex-end; margin: 0 14pt } .under { text-align: center; font-size: 9pt; padding-top: 2pt }
.fill { border-bottom: 0.7pt solid #000; display: inline-block; min-height: 12pt; line-height: 1.15 } .bar { background: #333; color: #fff; padding: 2pt 4pt; margin-top: 6pt }
.comb td { width: 14pt; height: 16pt; padding: 0; text-align: center } .comb { width: auto } fieldset { border: 0.8pt solid #444; margin: 4pt 0; padding: 2pt 6pt 4pt;
min-height: 30pt } legend { font-size: 8pt } pre { font-family: 'Liberation Mono','Noto Sans Mono CJK TC','AR PL UMing HK'; white-space: pre-wrap }
"""


def _rows(form: Form, keys: list[str], cells: Callable[[str], str], across: int) -> str:
    """A table with so many label-and-value pairs in a row."""
    rows = [keys[at : at + across] for at in range(0, len(keys), across)]
    return "<table>" + "".join("<tr>" + "".join(cells(key) for key in row) + "</tr>" for row in rows) + "</table>"


def landscape_grid(form: Form) -> str:
    """Paper sideways, label and value cells alternating four times in a row, labels shaded; questions in cells beside their label."""
    body = _rows(
        form, form.written(), lambda key: f"<td class=l style='width:16%'>{form.label(key)}</td><td style='width:34%'>{form.value(key)}</td>", 2
    )
    asked = "".join(f"<tr><td class=l style='width:16%'>{form.label(key)}</td><td>{form.answers(key)}</td></tr>" for key in form.questions())
    return form.title() + body + f"<table>{asked}</table>" + form.declaration() + form.signed() + form.sealed("row")


def three_columns(form: Form) -> str:
    """Three columns of cells with the label small above its value."""
    short = [key for key in form.written() if key.split(".")[1] not in ("address", "summary", "title", "name_en")]
    long = [key for key in form.written() if key not in short]
    cell = "<div style='font-size:7.5pt'>{}</div><div style='min-height:13pt'>{}</div>"
    body = "<table>" + "".join(f"<tr><td>{cell.format(form.label(key), form.value(key))}</td></tr>" for key in long) + "</table>"
    body += _rows(form, short, lambda key: f"<td style='width:33.3%'>{cell.format(form.label(key), form.value(key))}</td>", 3)
    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key, columns=3)}</div>" for key in form.questions())
    return form.title() + body + asked + form.declaration() + form.signed() + form.sealed("boxes")


def label_below(form: Form) -> str:
    """The value on a line, its label small under the line, two to a row."""

    def cell(key: str) -> str:
        return f"<td style='width:50%;border:0'><div class=fill style='width:96%'>&nbsp;{form.value(key)}</div><div style='font-size:8pt'>{form.label(key)}</div></td>"

    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key)}</div>" for key in form.questions())
    both = ["declaration.name", "declaration.signed_on"]
    return form.title() + _rows(form, form.written(), cell, 2) + asked + form.declaration() + _rows(form, both, cell, 2) + form.sealed("line")


def numbered_sections(form: Form) -> str:
    """Lettered parts with numbered labels; the value indented on the line below its label."""
    body, part, at, last = "", "@", 0, ""
    for key in (*form.written(), *form.questions(), "declaration.name", "declaration.signed_on"):
        if form.section(key) and form.section(key) != last:
            part, at, last = chr(ord(part) + 1), 0, form.section(key)
            body += f"<h2>{part}. {last}</h2>"
        at += 1
        written = form.answers(key, columns=1) if form.asked(key) else form.value(key) or "&nbsp;"
        body += f"<div class='line keep'>{part}{at}. {form.label(key)}<div style='margin-left:22pt'>{written}</div></div>"
    return form.title() + body + form.sealed("boxes")


def char_boxes(form: Form) -> str:
    """Numbers with one character in each box, the rest in long frames right of the labels."""

    def row(key: str) -> str:
        value = form.value(key)
        if key in BOXES or key == "factory.uscc":
            digits = str(form.applicant.values.get(key, "")).removeprefix("+852")
            count = max(len(digits), BOXES.get(key, 18))
            value = "<table class=comb><tr>" + "".join(f"<td>{digits[at : at + 1]}</td>" for at in range(count)) + "</tr></table>"
        else:
            value = f"<div style='border:0.7pt solid #000;min-height:16pt;padding:2pt 4pt'>{value}</div>"
        return f"<tr><td style='border:0;width:34%'>{form.label(key)}</td><td style='border:0'>{value}</td></tr>"

    keys = [*form.written(), "declaration.name", "declaration.signed_on"]
    asked = "".join(f"<div class='line keep'>{form.label(key)}{form.answers(key)}</div>" for key in form.questions())
    return form.title() + "<table>" + "".join(row(key) for key in keys) + "</table>" + asked + form.declaration() + form.sealed("row")


def stacked_bilingual(form: Form) -> str:
    """English over Chinese in a shaded cell, right-aligned; everything in one table, the signature too."""
    keys = [*form.written(), *form.questions(), "declaration.name", "declaration.signed_on"]
    rows = "".join(
        f"<tr><td class='l right' style='width:36%'>{form.label(key)}</td><td>{form.answers(key, columns=1) if form.asked(key) else form.value(key)}</td></tr>"
        for key in keys
    )
    return form.title() + f"<table>{rows}</table>" + form.sealed("row")


def right_aligned(form: Form) -> str:
    """No lines at all: labels right-aligned to a middle axis with a colon, values beside them."""
    keys = [*form.written(), *form.questions(), "declaration.name", "declaration.signed_on"]
    rows = "".join(
        f"<tr><td class=right style='width:42%;vertical-align:top'>{form.label(key)}{'：' if form.index else ':'}</td>"
        f"<td>{form.answers(key, columns=1) if form.asked(key) else form.value(key)}</td></tr>"
        for key in keys
    )
    return form.title() + f"<table class=plain>{rows}</table>" + form.declaration() + form.sealed("line")


def dot_leaders(form: Form) -> str:
    """Label, a row of dots, and the value at its end on the right."""

    def row(key: str) -> str:
        dots = "<span style='flex:1;overflow:hidden;white-space:nowrap;direction:ltr'>" + "." * 200 + "</span>"
        return f"<div class=line style='display:flex'><span>{form.label(key)}</span>{dots}<span style='max-width:62%'>&nbsp;{form.value(key)}</span></div>"

    asked = "".join(f"<div class='line keep'>{form.label(key)}{form.answers(key)}</div>" for key in form.questions())
    keys = [*form.written(), "declaration.name", "declaration.signed_on"]
    return form.title() + "".join(row(key) for key in keys) + asked + form.declaration() + form.sealed("boxes")


def fill_in_lines(form: Form) -> str:
    """Label with a colon and the value on a line to write on, the line touching the letters; short ones two to a row."""

    def cell(key: str, width: int) -> str:
        return (
            f"<span style='display:inline-flex;width:{width}%;margin:3pt 0;align-items:baseline'><span style='white-space:nowrap'>{form.label(key)}：</span>"
            f"<span class=fill style='flex:1;margin-right:8pt'>{form.value(key)}</span></span>"
        )

    long = ("address", "summary", "title", "name_en", "name_zh", "name", "total_cost", "funding_requested", "uscc")
    body = "".join(
        cell(key, 100 if key.split(".")[1] in long or "shareholding" in key else 50)
        for key in [*form.written(), "declaration.name", "declaration.signed_on"]
    )
    asked = "".join(f"<div class='line keep'>{form.label(key)}：{form.answers(key)}</div>" for key in form.questions())
    return form.title() + f"<div>{body}</div>" + asked + form.declaration() + form.sealed("line")


def cards(form: Form) -> str:
    """Frames whose upper line is broken by the label, two to a row."""

    def card(key: str) -> str:
        return f"<fieldset style='width:100%'><legend>{form.label(key)}</legend>{form.value(key)}</fieldset>"

    asked = "".join(f"<fieldset><legend>{form.label(key)}</legend>{form.answers(key)}</fieldset>" for key in form.questions())
    keys = [*form.written(), "declaration.name", "declaration.signed_on"]
    pairs = "".join(f"<div style='display:flex;gap:8pt'>{''.join(card(key) for key in keys[at : at + 2])}</div>" for at in range(0, len(keys), 2))
    return form.title() + pairs + asked + form.declaration() + form.sealed("both")


def typewriter(form: Form) -> str:
    """Monospaced lines with the colons under one another."""
    keys = [*form.written(), "declaration.name", "declaration.signed_on"]
    wide = max(sum(2 if ord(c) > 255 else 1 for c in form.label(key)) for key in keys) + 2
    lines = "".join(
        form.label(key) + " " * (wide - sum(2 if ord(c) > 255 else 1 for c in form.label(key))) + ": " + form.value(key) + "\n" for key in keys
    )
    asked = "".join(
        f"{form.label(key)} :\n" + "".join(f"   {mark(w, on, 'bracket', form.dice)}\n" for w, on in form.options(key)) for key in form.questions()
    )
    return form.title() + f"<pre style='font-size:9pt;line-height:1.5'>{lines}\n{asked}</pre>" + form.declaration() + form.sealed("line")


def side_headings(form: Form) -> str:
    """A table whose first column holds the section's heading over all its rows; labels short where the section explains them."""
    groups: dict[str, list[str]] = {}
    for key in (*form.written(), *form.questions(), "declaration.name", "declaration.signed_on"):
        groups.setdefault(form.section(key) or "–", []).append(key)
    rows = ""
    for heading, keys in groups.items():
        for at, key in enumerate(keys):
            first = f"<td rowspan={len(keys)} class=l style='width:14%'>{heading}</td>" if at == 0 else ""
            written = form.answers(key, columns=1) if form.asked(key) else form.value(key)
            rows += f"<tr>{first}<td style='width:26%'>{form.label(key)}</td><td>{written}</td></tr>"
    return form.title() + f"<table>{rows}</table>" + form.declaration() + form.sealed("both")


Look = Callable[[Form], str]
LOOKS: dict[str, tuple[Look, str]] = {  # with the way of ticking
    "landscape_grid": (landscape_grid, "circle"),
    "three_columns": (three_columns, "big"),
    "label_below": (label_below, "ring"),
    "numbered_sections": (numbered_sections, "struck"),
    "char_boxes": (char_boxes, "filled"),
    "stacked_bilingual": (stacked_bilingual, "check"),
    "right_aligned": (right_aligned, "glyph"),
    "dot_leaders": (dot_leaders, "cross"),
    "fill_in_lines": (fill_in_lines, "big"),
    "cards": (cards, "dot"),
    "typewriter": (typewriter, "bracket"),
    "side_headings": (side_headings, "heavy"),
}


def office_form(applicant: Applicant, dice: random.Random, look: str) -> bytes:
    """The form in one of ``LOOKS``, as a PDF."""
    draw, ticks = LOOKS[look]
    form = Form(applicant, dice, bilingual=look == "stacked_bilingual", generic=look == "side_headings", ticks=ticks)
    style = CSS % {
        "size": "A4 landscape" if look == "landscape_grid" else "A4",
        "pt": dice.choice((9.5, 10, 10.5, 11)),
        "font": dice.choice(FONTS),
        "shade": dice.choice(("#e8e8e8", "#d5dfee", "#f4ecd8")),
    }
    return printed_page(f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{draw(form)}")

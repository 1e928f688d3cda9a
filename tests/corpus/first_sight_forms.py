"""Looks of application forms drawn for a first sight, set D: numbered rows, help under labels, footnotes, two languages on two lines, pen-like values."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.corpus.browser_print import printed_page
from tests.corpus.first_sight_words import FIRST_SIGHT
from tests.corpus.office_forms import CSS, FONTS, Form
from tests.corpus.people import Applicant

ENDING = ["declaration.name", "declaration.signed_on"]
HELP = {
    "applicant.name_en": ("As it stands on the registration", "須與登記相同", "须与登记相同"),
    "applicant.br_number": ("First eight digits only", "只填首八位數字", "只填首八位数字"),
    "project.total_cost": ("Include all taxes", "包括所有稅項", "包括所有税项"),
    "project.summary": ("Not more than 300 words", "不多於三百字", "不多于三百字"),
    "contact.phone": ("A number that is answered in office hours", "辦公時間有人接聽的號碼", "办公时间有人接听的号码"),
    "factory.employees": ("At the end of last month", "截至上月底", "截至上月底"),
}


class FirstSightForm(Form):
    """A form with the wordings of first sight; two languages on two lines where ``bilingual``."""

    def label(self, key: str) -> str:
        own = FIRST_SIGHT[key][self.index]
        if not self.bilingual:
            return own
        return f"{FIRST_SIGHT[key][0]}<br>{FIRST_SIGHT[key][2 if self.index == 2 else 1]}"

    def help(self, key: str) -> str:
        """Printed help to a field, if there is any."""
        return HELP.get(key, ("", "", ""))[self.index]

    def inside(self, key: str) -> str:
        return self.answers(key, columns=1) if self.asked(key) else self.value(key)

    def groups(self) -> list[tuple[str, list[str]]]:
        """The fields by their sections, in order."""
        found: list[tuple[str, list[str]]] = []
        for key in (*self.written(), *self.questions(), *ENDING):
            if not found or (self.section(key) and self.section(key) != found[-1][0]):
                found.append((self.section(key), []))
            found[-1][1].append(key)
        return found


def numbered_table(form: FirstSightForm) -> str:
    """A table of three columns: the number 1.1, the label, the value; section headings as rows over all three."""
    rows = ""
    for part, (heading, keys) in enumerate(form.groups(), 1):
        rows += f"<tr><td colspan=3 class=l><b>{part}. {heading}</b></td></tr>"
        for at, key in enumerate(keys, 1):
            rows += f"<tr><td style='width:8%'>{part}.{at}</td><td style='width:34%'>{form.label(key)}</td><td>{form.inside(key)}</td></tr>"
    return form.title() + f"<table>{rows}</table>" + form.declaration() + form.sealed("row")


def helped(form: FirstSightForm) -> str:
    """Bold labels with printed help in small italics under them, values beside them in blue, only lines between the rows."""
    rows = ""
    for key in (*form.written(), *form.questions(), *ENDING):
        told = f"<div style='font-size:7pt;font-style:italic;color:#555'>{form.help(key)}</div>" if form.help(key) else ""
        edge = "border:0;border-bottom:0.5pt solid #888"
        rows += f"<tr><td style='{edge};width:40%;vertical-align:top'><b>{form.label(key)}</b>{told}</td><td style='{edge};color:#1030a0'>{form.inside(key)}</td></tr>"
    return form.title() + f"<table>{rows}</table>" + form.declaration() + form.sealed("boxes")


def footnoted(form: FirstSightForm) -> str:
    """Labels with small raised marks that point to notes at the foot, a colon, the value in type of another kind."""
    marks = {key: at for at, key in enumerate(HELP, 1)}
    rows = ""
    for key in (*form.written(), *form.questions(), *ENDING):
        raised = f"<sup>{marks[key]}</sup>" if key in marks else "<sup>*</sup>" if key.startswith("applicant.") else ""
        rows += f"<tr><td style='width:38%;vertical-align:top'>{form.label(key)}{raised}:</td><td style=\"font-family:'Liberation Mono','AR PL UKai HK'\">{form.inside(key)}</td></tr>"
    notes = "".join(f"<div style='font-size:7pt'><sup>{at}</sup> {form.help(key)}</div>" for key, at in marks.items())
    return form.title() + f"<table class=plain>{rows}</table>" + form.declaration() + form.sealed("line") + "<hr>" + notes


def two_lines(form: FirstSightForm) -> str:
    """English over Chinese in every label, the value in a frame to the right of both lines, level with the upper one."""
    rows = ""
    for key in (*form.written(), *form.questions(), *ENDING):
        frame = "" if form.asked(key) else "border:0.6pt solid #000;min-height:14pt;padding:1pt 4pt"
        rows += f"<tr><td style='border:0;width:40%;vertical-align:top'>{form.label(key)}</td><td style='border:0;vertical-align:top'><div style='{frame}'>{form.inside(key)}</div></td></tr>"
    return form.title() + f"<table>{rows}</table>" + form.declaration() + form.sealed("row")


def narrow_labels(form: FirstSightForm) -> str:
    """A table whose label column is so narrow that labels run over two and three lines, values in pen-like letters wrapped beside them."""
    rows = "".join(
        f"<tr><td class=l style='width:17%;font-size:8.5pt'>{form.label(key)}</td><td style=\"font-family:'Liberation Serif','AR PL UKai HK';"
        f'font-style:italic;color:#203080;font-size:12pt;padding-right:45%">{form.inside(key)}</td></tr>'
        for key in (*form.written(), *form.questions(), *ENDING)
    )
    return form.title() + f"<table>{rows}</table>" + form.declaration() + form.sealed("both")


def two_sides(form: FirstSightForm) -> str:
    """Applicant and contact in columns side by side on open paper, labels bold over their values; the rest in full width with a rule under each."""

    def over(key: str) -> str:
        return f"<div style='margin:4pt 0'><b>{form.label(key)}</b><div style='min-height:13pt'>{form.value(key)}</div></div>"

    keys = [*form.written(), *ENDING]
    left, right = ("".join(over(key) for key in keys if key.startswith(part)) for part in ("applicant.", "contact."))
    rest = "".join(
        f"<div style='display:flex;border-bottom:0.5pt solid #000;padding:3pt 0'><b style='width:42%'>{form.label(key)}</b><span style='width:58%'>{form.value(key)}</span></div>"
        for key in keys
        if not key.startswith(("applicant.", "contact."))
    )
    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key)}</div>" for key in form.questions())
    both = f"<div style='display:flex;gap:24pt'><div style='width:55%'>{left}</div><div style='width:40%'>{right}</div></div>"
    return form.title() + both + rest + asked + form.declaration() + form.sealed("boxes")


def answer_left(form: FirstSightForm) -> str:
    """A table with the value in the left cell and the shaded label to its right."""
    rows = "".join(
        f"<tr><td style='width:60%'>{form.inside(key)}</td><td class=l style='width:40%'>{form.label(key)}</td></tr>"
        for key in (*form.written(), *form.questions(), *ENDING)
    )
    return form.title() + f"<table>{rows}</table>" + form.declaration() + form.sealed("row")


def boxed_above(form: FirstSightForm) -> str:
    """Lines of boxes of uneven width, the label small in a tinted strip over a box; two labels to a row where values are short."""
    long = ("address", "summary", "title", "name_en", "name_zh", "total_cost", "funding_requested", "mainland_shareholding", "hk_shareholding")
    keys, body, at = [*form.written(), *ENDING], "", 0
    while at < len(keys):
        pair = keys[at : at + 2] if all(key.split(".")[1] not in long for key in keys[at : at + 2]) else keys[at : at + 1]
        widths = (35, 65) if len(pair) == 2 else (100,)
        heads = "".join(
            f"<td class=l style='width:{w}%;font-size:7.5pt;padding:1pt 4pt'>{form.label(key)}</td>" for key, w in zip(pair, widths, strict=False)
        )
        cells = "".join(f"<td style='height:20pt'>{form.value(key)}</td>" for key in pair)
        body += f"<table style='margin-top:4pt'><tr>{heads}</tr><tr>{cells}</tr></table>"
        at += len(pair)
    asked = "".join(f"<div class='line keep'>{form.label(key)}{form.answers(key)}</div>" for key in form.questions())
    return form.title() + body + asked + form.declaration() + form.sealed("row")


LOOKS: dict[str, tuple[Callable[[FirstSightForm], str], str]] = {  # with the way of ticking
    "first_numbered": (numbered_table, "check"),
    "first_helped": (helped, "big"),
    "first_footnoted": (footnoted, "cross"),
    "first_two_lines": (two_lines, "heavy"),
    "first_narrow": (narrow_labels, "check"),
    "first_two_sides": (two_sides, "big"),
    "first_answer_left": (answer_left, "cross"),
    "first_boxed": (boxed_above, "check"),
}


def first_sight_form(applicant: Applicant, dice: random.Random, look: str) -> bytes:
    """The form in one of ``LOOKS``, as a PDF."""
    draw, ticks = LOOKS[look]
    style = CSS % {
        "size": "A4 landscape" if look == "first_boxed" else "A4",
        "pt": dice.choice((9.5, 10, 10.5)),
        "font": dice.choice(FONTS),
        "shade": dice.choice(("#dddddd", "#cfe2f3", "#fde9d9")),
    }
    form = FirstSightForm(applicant, dice, bilingual=look == "first_two_lines", ticks=ticks)
    return printed_page(f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{draw(form)}")

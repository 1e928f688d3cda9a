"""Further looks of application forms, drawn after the readers were built: for the last measurement only, never to mend by."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.corpus.browser_print import printed_page
from tests.corpus.late_words import LATE
from tests.corpus.office_forms import CSS, FONTS, Form
from tests.corpus.people import Applicant

ENDING = ["declaration.name", "declaration.signed_on"]


class LateForm(Form):
    """A form with the later wordings."""

    def label(self, key: str) -> str:
        if key not in self._labels:
            self._labels[key] = self.dice.choice(LATE[key][self.index])
        return self._labels[key]


def value_first(form: Form) -> str:
    """A table with the labels in shaded cells on the right of nothing: three pairs to a row, small type, labels bold."""
    keys = [*form.written(), *ENDING]
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td class=l style='font-size:8pt'><b>{form.label(key)}</b></td><td style='font-size:9pt'>{form.value(key)}</td>"
            for key in keys[at : at + 3]
        )
        + "</tr>"
        for at in range(0, len(keys), 3)
    )
    asked = "".join(
        f"<tr><td class=l style='width:20%'>{form.label(key)}</td><td>{form.answers(key, columns=3)}</td></tr>" for key in form.questions()
    )
    return form.title() + f"<table>{rows}</table><br><table>{asked}</table>" + form.declaration() + form.sealed("row")


def bars(form: Form) -> str:
    """Dark bars with white headings, below them two columns of label over value without lines."""
    body, last = "", ""
    for key in (*form.written(), *ENDING):
        if form.section(key) and form.section(key) != last:
            last = form.section(key)
            body += f"<div class=bar>{last}</div>"
        body += f"<div class=keep style='margin:4pt 0'><div style='font-size:8pt;color:#444'>{form.label(key)}</div><div style='min-height:14pt'>{form.value(key)}</div></div>"
    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key)}</div>" for key in form.questions())
    return form.title() + f"<div style='columns:2'>{body}</div>" + asked + form.declaration() + form.sealed("boxes")


def question_marks(form: Form) -> str:
    """Numbered questions with a full-width frame under each to write in."""
    body = ""
    for at, key in enumerate((*form.written(), *form.questions(), *ENDING), 1):
        inside = form.answers(key) if form.asked(key) else form.value(key)
        frame = "" if form.asked(key) else "border:0.7pt solid #555;"
        body += (
            f"<div class=keep style='margin:4pt 0'>Q{at}. {form.label(key)}<div style='{frame}min-height:17pt;padding:2pt 5pt'>{inside}</div></div>"
        )
    return form.title() + body + form.declaration() + form.sealed("row")


def plain_letter(form: Form) -> str:
    """A list with bullets and dashes between label and value."""
    dash = form.dice.choice((" – ", " - ", ": ", "： "))
    body = "".join(f"<li>{form.label(key)}{dash}{form.value(key)}</li>" for key in (*form.written(), *ENDING))
    asked = "".join(f"<div class='line keep'>{form.label(key)}{form.answers(key, columns=1)}</div>" for key in form.questions())
    return form.title() + f"<ul style='line-height:1.6'>{body}</ul>" + asked + form.declaration() + form.sealed("line")


def striped(form: Form) -> str:
    """Rows in two shades without lines, label left and value right, signature and chop in one box."""
    rows = "".join(
        f"<tr style='background:{('#fff', '#eef0f4')[at % 2]}'><td style='border:0;width:40%'>{form.label(key)}</td><td style='border:0'>"
        f"{form.answers(key) if form.asked(key) else form.value(key)}</td></tr>"
        for at, key in enumerate((*form.written(), *form.questions(), *ENDING))
    )
    return form.title() + f"<table>{rows}</table>" + form.declaration() + form.sealed("both")


LOOKS: dict[str, tuple[Callable[[Form], str], str]] = {
    "late_grid": (value_first, "heavy"),
    "late_bars": (bars, "big"),
    "late_questions": (question_marks, "circle"),
    "late_letter": (plain_letter, "bracket"),
    "late_striped": (striped, "check"),
}


def late_form(applicant: Applicant, dice: random.Random, look: str) -> bytes:
    """The form in one of ``LOOKS``, as a PDF."""
    draw, ticks = LOOKS[look]
    style = CSS % {"size": "A4", "pt": dice.choice((9, 10, 11)), "font": dice.choice(FONTS), "shade": "#e2ecd9"}
    return printed_page(f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{draw(LateForm(applicant, dice, ticks=ticks))}")

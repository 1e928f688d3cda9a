"""Looks of application forms that were drawn to be read at first sight: measured before anything was mended by them (docs/measurements.md)."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.corpus.browser_print import printed_page
from tests.corpus.office_forms import CSS, FONTS, Form
from tests.corpus.people import Applicant
from tests.corpus.unseen_words import LATER, UNSEEN

ENDING = ["declaration.name", "declaration.signed_on"]


class UnseenForm(Form):
    """A form with wordings of its own; ``later``: those of the looks that were drawn last."""

    later: bool = False

    def label(self, key: str) -> str:
        if key not in self._labels:
            self._labels[key] = self.dice.choice((LATER if self.later else UNSEEN)[key][self.index])
        return self._labels[key]


class LaterForm(UnseenForm):
    """A form with the wordings of the looks that were drawn last."""

    later = True


def merged_table(form: Form) -> str:
    """A word processor's table of four columns with merged cells: long values over three columns, short ones two to a row, headings over all."""
    long = ("name_en", "name_zh", "address", "summary", "title")
    body, last, waiting = "", "", ""

    def cell(key: str, span: int) -> str:
        written = form.answers(key) if form.asked(key) else form.value(key)
        return f"<td style='width:21%'><b>{form.label(key)}</b></td><td colspan={span} style='width:{29 * span}%'>{written}</td>"

    for key in (*form.written(), *form.questions(), *ENDING):
        if form.section(key) and form.section(key) != last:
            body += f"<tr>{waiting}<td colspan=2></td></tr>" if waiting else ""
            last, waiting = form.section(key), ""
            body += f"<tr><td colspan=4 class=l style='text-align:center'><b>{last}</b></td></tr>"
        wide = form.asked(key) or key.split(".")[1] in long or key == "factory.name"
        if wide:
            body += f"<tr>{waiting}<td colspan=2></td></tr>" if waiting else ""
            body, waiting = body + f"<tr>{cell(key, 3)}</tr>", ""
        elif waiting:
            body, waiting = body + f"<tr>{waiting}{cell(key, 1)}</tr>", ""
        else:
            waiting = cell(key, 1)
    body += f"<tr>{waiting}<td colspan=2></td></tr>" if waiting else ""
    return form.title() + f"<table>{body}</table>" + form.declaration() + form.sealed("both")


def in_sentences(form: Form) -> str:
    """Blanks to fill with what they ask for in brackets under them, as in a letter; the rest on underlined blanks after a label."""

    def blank(key: str, width: int) -> str:
        return (
            f"<span style='display:inline-block;width:{width}%;text-align:center;vertical-align:top;margin:3pt 1%'>"
            f"<span style='display:block;border-bottom:0.6pt solid #000;min-height:13pt'>{form.value(key)}</span>"
            f"<span style='font-size:7.5pt'>({form.label(key)})</span></span>"
        )

    keys = form.written()
    first = [key for key in keys if key.startswith("applicant.")]
    rest = [key for key in keys if key not in first]
    opening = ("We,", "我們，", "我们，")[form.index]
    letter = f"<div>{opening}{''.join(blank(key, 96 if 'address' in key else 46) for key in first)}</div>"
    lines = "".join(
        f"<p style='margin:5pt 0'>{form.label(key)} <u>&nbsp;&nbsp;{form.value(key) or '&nbsp;' * 30}&nbsp;&nbsp;</u></p>" for key in rest
    )
    asked = "".join(f"<div class='line keep'>{form.label(key)}{form.answers(key, columns=1)}</div>" for key in form.questions())
    both = "".join(blank(key, 46) for key in ENDING)
    return form.title() + letter + lines + asked + form.declaration() + f"<div>{both}</div>" + form.sealed("line")


def halves(form: Form) -> str:
    """English on the left half and Chinese on the right, numbered 1.1, 1.2, each value on a dotted line under both."""
    body, part, at, last = "", 0, 0, ""
    for key in (*form.written(), *form.questions(), *ENDING):
        if form.section(key) and form.section(key) != last:
            part, at, last = part + 1, 0, form.section(key)
            body += f"<h2>{part}&nbsp;&nbsp;{last}</h2>"
        at += 1
        english, chinese = form.dice.choice(UNSEEN[key][0]), form.dice.choice(UNSEEN[key][2 if form.index == 2 else 1])
        head = f"<div style='display:flex'><span style='width:50%'>{part}.{at} {english}</span><span style='width:50%'>{chinese}</span></div>"
        inside = form.answers(key, columns=1) if form.asked(key) else form.value(key)
        line = "" if form.asked(key) else "border-bottom:1pt dotted #444;"
        body += f"<div class=keep style='margin:4pt 0'>{head}<div style='{line}min-height:14pt;margin-left:20pt'>{inside}</div></div>"
    return form.title() + body + form.declaration() + form.sealed("boxes")


def panels(form: Form) -> str:
    """A landscape sheet with two tables side by side whose rows are not level: the applicant's affairs left, the project's right."""

    def table(keys: list[str]) -> str:
        rows = "".join(f"<tr><td class=l style='width:42%'>{form.label(key)}</td><td>{form.value(key)}</td></tr>" for key in keys)
        return f"<table style='width:49%'>{rows}</table>"

    keys = [*form.written(), *ENDING]
    left = [key for key in keys if key.startswith(("applicant.", "contact.", "factory."))]
    both = f"<div style='display:flex;gap:14pt;align-items:flex-start'>{table(left)}{table([key for key in keys if key not in left])}</div>"
    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key, columns=3)}</div>" for key in form.questions())
    return form.title() + both + asked + form.declaration() + form.sealed("both")


def stripes(form: Form) -> str:
    """Grey stripes with two or three labels each, the values under them in larger letters, no lines at all."""
    keys, body, at = [*form.written(), *ENDING], "", 0
    long = ("address", "summary", "title", "name_en", "name_zh")
    while at < len(keys):
        count = (
            1 if keys[at].split(".")[1] in long else 3 if at + 2 < len(keys) and not any(k.split(".")[1] in long for k in keys[at : at + 3]) else 1
        )
        row = keys[at : at + count]
        heads = "".join(f"<td style='border:0;background:#e4e4e4;font-size:8pt;width:{100 // count}%'>{form.label(key)}</td>" for key in row)
        cells = "".join(f"<td style='border:0;font-size:11pt;height:15pt'>{form.value(key)}</td>" for key in row)
        body += f"<table style='margin:0'><tr>{heads}</tr><tr>{cells}</tr></table>"
        at += count
    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key)}</div>" for key in form.questions())
    return form.title() + body + asked + form.declaration() + form.sealed("row")


def memo(form: Form) -> str:
    """A memorandum: labels in capitals or with a colon at a tab, values at the next tab, long ones indented under it; the answers in words."""

    def row(key: str) -> str:
        if form.asked(key):
            given = next((words for words, on in form.options(key) if on), "")
            return (
                f"<tr><td style='border:0;width:38%'>{form.label(key)}</td><td style='border:0;width:3%'>:</td><td style='border:0'>{given}</td></tr>"
            )
        return f"<tr><td style='border:0;width:38%'>{form.label(key)}</td><td style='border:0;width:3%'>:</td><td style='border:0'>{form.value(key)}</td></tr>"

    keys = [*form.questions(), *form.written(), *ENDING]
    return form.title() + f"<table class=plain>{''.join(row(key) for key in keys)}</table>" + form.declaration() + form.sealed("line")


def inline(form: Form) -> str:
    """Each label in bold with the value behind it after a single space, numbered through; nothing else sets them apart."""
    keys = [*form.written(), *ENDING]
    body = "".join(f"<p style='margin:4pt 0'>{at}. <b>{form.label(key)}</b> {form.value(key)}</p>" for at, key in enumerate(keys, 1))
    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key, columns=1)}</div>" for key in form.questions())
    return form.title() + body + asked + form.declaration() + form.sealed("line")


def columns_of_frames(form: Form) -> str:
    """Two columns of frames to write in, the label over each frame."""

    def place(key: str) -> str:
        frame = f"<div style='border:0.7pt solid #333;min-height:15pt;padding:1pt 4pt'>{form.value(key)}</div>"
        return f"<div class=keep style='margin:3pt 0'><div style='font-size:8.5pt'>{form.label(key)}</div>{frame}</div>"

    body = "".join(place(key) for key in (*form.written(), *ENDING))
    asked = "".join(f"<div class='line keep'><b>{form.label(key)}</b>{form.answers(key)}</div>" for key in form.questions())
    return form.title() + f"<div style='columns:2;column-gap:18pt'>{body}</div>" + asked + form.declaration() + form.sealed("boxes")


Look = Callable[[Form], str]
LOOKS: dict[str, tuple[Look, str]] = {  # with the way of ticking
    "unseen_merged": (merged_table, "check"),
    "unseen_sentences": (in_sentences, "big"),
    "unseen_halves": (halves, "cross"),
    "unseen_panels": (panels, "check"),
    "unseen_stripes": (stripes, "heavy"),
    "unseen_memo": (memo, "check"),
}
LOOKS |= {"unseen_inline": (inline, "check"), "unseen_frames": (columns_of_frames, "big")}
_LATER = ("unseen_inline", "unseen_frames", "unseen_panels", "unseen_stripes", "unseen_memo")


def unseen_form(applicant: Applicant, dice: random.Random, look: str) -> bytes:
    """The form in one of ``LOOKS``, as a PDF."""
    draw, ticks = LOOKS[look]
    style = CSS % {
        "size": "A4 landscape" if look == "unseen_panels" else "A4",
        "pt": dice.choice((9.5, 10, 10.5)),
        "font": dice.choice(FONTS),
        "shade": dice.choice(("#dddddd", "#cfe2f3", "#fde9d9")),
    }
    form = LaterForm(applicant, dice, ticks=ticks) if look in _LATER else UnseenForm(applicant, dice, ticks=ticks)
    return printed_page(f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{draw(form)}")

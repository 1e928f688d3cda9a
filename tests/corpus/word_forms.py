"""Filled application forms that are no printed page: Word files with tables, lines or content controls, and PDF forms made by office programs."""

from __future__ import annotations

import io
import random

import docx
import pikepdf
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from tests.corpus.form_layouts import LEFT, RIGHT, Pen
from tests.corpus.people import Applicant
from tests.corpus.sheet import FACES, Sheet

_DOT = "http://schemas.microsoft.com/office/word/2010/wordml"


def word_form(applicant: Applicant, dice: random.Random, layout: str) -> bytes:
    """The form as a .docx. ``layout``: docx_table, docx_lines, docx_controls (values and boxes in content controls)."""
    document = docx.Document()
    sheet = Sheet(FACES[0])
    pen = Pen(sheet, applicant, dice)
    from tests.corpus.forms import FORM_TITLES, HEADINGS

    for line in (*HEADINGS[applicant.language], FORM_TITLES[applicant.form][pen.index]):
        document.add_paragraph(line)
    colon = "：" if pen.index else ": "
    for key in pen.order():
        if pen.asked(key):
            _question(document, pen, key, controls=layout == "docx_controls")
        elif layout == "docx_lines":
            document.add_paragraph(f"{pen.label(key)}{colon}{pen.value(key)}")
        elif layout == "docx_table":
            row = document.add_table(rows=1, cols=2).rows[0]
            row.cells[0].text, row.cells[1].text = pen.label(key), pen.value(key)
        else:
            paragraph = document.add_paragraph(pen.label(key) + colon)
            paragraph._p.append(_control(pen.value(key)))
    for key in ("declaration.signature", "declaration.chop"):
        document.add_paragraph(pen.label(key) + colon)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _question(document: docx.document.Document, pen: Pen, key: str, *, controls: bool) -> None:
    document.add_paragraph(pen.label(key))
    for _, words, on in pen.options(key):
        if controls:
            paragraph = document.add_paragraph()
            paragraph._p.append(_box(on))
            paragraph.add_run(" " + words)
        else:
            document.add_paragraph(f"{'☑' if on else '☐'} {words}")


def _control(text: str) -> object:
    if not text:
        return parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr><w:showingPlcHdr/><w:text/></w:sdtPr>"
            "<w:sdtContent><w:r><w:t>Click or tap here to enter text.</w:t></w:r></w:sdtContent></w:sdt>"
        )
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>{escaped}</w:t></w:r></w:sdtContent></w:sdt>")


def _box(on: bool) -> object:
    return parse_xml(
        f'<w:sdt {nsdecls("w")} xmlns:w14="{_DOT}"><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(on)}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent><w:r><w:t>{'☒' if on else '☐'}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def office_acroform(applicant: Applicant, dice: random.Random, layout: str) -> bytes:
    """An interactive PDF whose widgets are called Text1, Check Box2 ... ``layout``: widgets (label left), widgets_above, radios."""
    sheet = Sheet(dice.choice(FACES[:3]))
    pen = Pen(sheet, applicant, dice)
    pen.titles()
    form, number = sheet.canvas.acroForm, 0
    held: dict[str, str] = {}
    for key in pen.order():
        if pen.asked(key):
            number = _widget_question(pen, key, number, radios=layout == "radios")
            continue
        number += 1
        tall = key.endswith(("address", "summary"))
        height = 40.0 if tall else 18.0
        pen.room(height + 20)
        above = layout == "widgets_above"
        sheet.text(LEFT, pen.y + (0 if above else 3), pen.label(key), 9)
        x, top = (LEFT, pen.y + 12) if above else (LEFT + 190, pen.y)
        more = {"fieldFlags": "multiline"} if tall else {}
        form.textfield(
            name=f"Text{number}",
            x=x,
            y=sheet.height - top - height,
            width=RIGHT - x,
            height=height,
            value="",
            borderWidth=0,
            fontSize=9,
            maxlen=1000,
            **more,
        )
        held[f"Text{number}"] = pen.value(key)
        pen.y = top + height + 6
    pen.y += 6
    pen.seals(ruled=True)
    return _filled(sheet.pdf(), held)


def _filled(blank: bytes, held: dict[str, str]) -> bytes:
    """The form with its texts put in, as a viewer stores them."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(blank)) as pdf:
        for page in pdf.pages:
            for widget in page.get("/Annots", []):
                text = held.get(str(widget.get("/T", "")))
                if text:
                    widget.V = pikepdf.String(text)
                    del widget["/AP"]
        pdf.Root.AcroForm.NeedAppearances = True
        pdf.save(out)
    return out.getvalue()


def _widget_question(pen: Pen, key: str, number: int, *, radios: bool) -> int:
    options = pen.options(key)
    pen.room(20 + 15 * len(options))
    pen.sheet.text(LEFT, pen.y + 3, pen.label(key), 9, bold=True)
    pen.y += 18
    form = pen.sheet.canvas.acroForm
    for at, (_, words, on) in enumerate(options):
        place = {"x": LEFT + 6, "y": pen.sheet.height - pen.y - 10, "size": 10}
        if radios and len(options) > 1:
            form.radio(name=f"Group{number}", value=f"Choice{at + 1}", selected=on, **place)
        else:
            number += 1
            form.checkbox(name=f"Check Box{number}", checked=on, **place)
        pen.sheet.text(LEFT + 24, pen.y, words, 8.5)
        pen.y += 15
    return number + 1

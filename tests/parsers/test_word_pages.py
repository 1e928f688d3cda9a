"""Word and Excel files are read with everything that a person sees in them, and never trusted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

import docx
import numpy as np
import openpyxl
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.shared import Pt
from PIL import Image, ImageDraw

from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead, Page, Word
from tests.parsers.built_files import changed_zip, picture

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def word_file(build: Callable[[Document], object]) -> bytes:
    document = docx.Document()
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(data: bytes, kind: FileKind = FileKind.DOCX) -> FileRead:
    return read_file(data, kind, ReadLimits())


def page_of(build: Callable[[Document], object]) -> Page:
    result = read(word_file(build))
    assert result.outcome == "read"
    return result.pages[0]


def texts(page: Page) -> list[str]:
    return [word.text for word in page.words]


def word(page: Page, text: str) -> Word:
    return next(one for one in page.words if one.text == text)


def paragraph_of(xml: str) -> Callable[[Document], object]:
    return lambda document: document.element.body.insert(0, parse_xml(f"<w:p {W}>{xml}</w:p>"))


def test_paragraphs_are_lines_one_below_the_other() -> None:
    page = page_of(lambda d: [d.add_paragraph("Applicant: Harbour Tools"), d.add_paragraph("電話 39150488")])
    assert texts(page) == ["Applicant:", "Harbour", "Tools", "電話", "39150488"]
    assert word(page, "電話").box[1] > word(page, "Applicant:").box[3]
    assert word(page, "電話").line > word(page, "Applicant:").line
    assert page.source == "docx"


def test_a_table_keeps_label_left_of_value_and_encloses_both() -> None:
    def build(document: Document) -> None:
        table = document.add_table(2, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "Position", "Manager"
        table.cell(1, 0).text, table.cell(1, 1).text = "Telephone", "39150488"

    page = page_of(build)
    label, value, below = word(page, "Position"), word(page, "Manager"), word(page, "Telephone")
    assert label.box[2] < value.box[0]
    assert label.box[1] == value.box[1]
    assert label.line == value.line < below.line
    assert below.box[1] > label.box[3]
    assert len(page.cells) == 4
    for one in (label, value, below):
        assert sum(c[0] <= one.box[0] and c[1] <= one.box[1] and one.box[2] <= c[2] and one.box[3] <= c[3] for c in page.cells) == 1


def test_a_merged_cell_spans_its_columns() -> None:
    def build(document: Document) -> None:
        table = document.add_table(1, 3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Heading"

    widths = sorted(round(right - left) for left, _, right, _ in page_of(build).cells)
    assert widths == [165, 330]


def test_content_controls_are_read_and_prompts_are_not() -> None:
    filled = "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>Filled</w:t></w:r></w:sdtContent></w:sdt>"
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click here</w:t></w:r></w:sdtContent></w:sdt>"
    assert texts(page_of(paragraph_of(filled + prompt))) == ["Filled"]


@pytest.mark.parametrize(("state", "on"), [("1", True), ("0", False)])
def test_tick_boxes_are_marks(state: str, on: bool) -> None:
    box = (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
        "<w:sdtContent><w:r><w:t>?</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t> Textiles</w:t></w:r>"
    )
    page = page_of(paragraph_of(box))
    assert [mark.on for mark in page.marks] == [on]
    assert texts(page) == ["Textiles"]
    assert page.marks[0].box[2] < page.words[0].box[0]


def test_tick_boxes_of_older_forms_and_symbols_are_marks() -> None:
    legacy = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>'
    )
    symbol = '<w:r><w:sym w:font="Wingdings" w:char="F0A8"/><w:t>Furniture ☒ Printing</w:t></w:r>'
    page = page_of(paragraph_of(legacy + symbol))
    assert [mark.on for mark in page.marks] == [True, False, True]
    assert texts(page) == ["Furniture", "Printing"]


def test_deleted_and_hidden_text_is_not_read() -> None:
    xml = (
        "<w:r><w:t>Seen</w:t></w:r><w:del><w:r><w:delText>Deleted</w:delText></w:r></w:del><w:ins><w:r><w:t> inserted</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t> hidden</w:t></w:r>"
    )
    page = page_of(paragraph_of(xml))
    assert texts(page) == ["Seen", "inserted"]
    assert "words_hidden" in page.notes


def test_headers_footers_and_text_boxes_are_read_once() -> None:
    def build(document: Document) -> None:
        document.sections[0].header.paragraphs[0].text = "Head"
        document.sections[0].footer.paragraphs[0].text = "Foot"
        document.add_paragraph("Body")
        box = (
            '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing>'
            "<w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>"
            "<mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
        paragraph_of(box)(document)

    assert texts(page_of(build)) == ["Head", "Boxed", "Body", "Foot"]


def test_page_breaks_make_pages() -> None:
    def build(document: Document) -> None:
        document.add_paragraph("One")
        document.add_page_break()  # type: ignore[no-untyped-call]
        document.add_paragraph("Two")

    assert [texts(page) for page in read(word_file(build)).pages] == [["One"], ["Two"]]


def scan() -> bytes:
    image = Image.new("RGB", (1200, 1700), "white")
    draw = ImageDraw.Draw(image)
    for n in range(100):
        draw.rectangle((100 + 80 * (n % 10), 100 + 100 * (n // 10), 130 + 80 * (n % 10), 140 + 100 * (n // 10)), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_pasted_scan_is_a_page_of_its_own_and_read_as_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def note(picture: np.ndarray, *, dpi: float, number: int, width: float, height: float, languages: Sequence[str], deadline: float | None) -> Page:
        return Page(number=number, width=width, height=height, source="ocr", dpi=dpi)

    monkeypatch.setattr("parsers.ocr.read_picture", note)

    def build(document: Document) -> None:
        document.add_paragraph("Covering words")
        document.add_picture(io.BytesIO(scan()), width=Pt(420))

    pages = read(word_file(build)).pages
    assert [(page.number, page.source) for page in pages] == [(1, "docx"), (2, "ocr")]
    assert pages[1].width == pytest.approx(420, abs=1)


def test_a_small_pasted_picture_is_ink() -> None:
    page = page_of(lambda d: [d.add_paragraph("Signature"), d.add_picture(io.BytesIO(picture(size=(100, 50), colour="blue")), width=Pt(100))])
    assert [ink.kind for ink in page.inks] == ["image"]
    assert page.inks[0].box[1] >= word(page, "Signature").box[3]


def test_a_word_file_with_nothing_in_it_is_empty() -> None:
    assert read(word_file(lambda d: None)).outcome == "empty"


def test_macros_are_unsafe() -> None:
    assert read(changed_zip(word_file(lambda d: d.add_paragraph("x")), {"word/vbaProject.bin": b"macro"})).outcome == "unsafe"


def test_outside_entities_are_unsafe() -> None:
    evil = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document '
        + W.encode()
        + b"><w:body>&e;</w:body></w:document>"
    )
    assert read(changed_zip(word_file(lambda d: d.add_paragraph("x")), {"word/document.xml": evil})).outcome == "unsafe"


def test_a_zip_bomb_is_too_large() -> None:
    assert read(changed_zip(word_file(lambda d: d.add_paragraph("x")), {"word/media/image1.png": b"\0" * 50_000_000})).outcome == "too_large"


def test_a_word_file_cut_short_is_damaged() -> None:
    assert read(word_file(lambda d: d.add_paragraph("x"))[:-200]).outcome == "damaged"


def test_a_zip_that_is_no_word_file_is_damaged() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "x")
    assert read(out.getvalue()).outcome == "damaged"


def test_tables_within_tables_end_somewhere() -> None:
    def build(document: Document) -> None:
        table = document.add_table(1, 1)
        for _ in range(60):
            table = table.cell(0, 0).add_table(1, 1)

    assert read(word_file(build)).outcome in ("read", "empty")


def test_a_workbook_is_read_as_tables_of_its_filled_cells() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Item", "Price"])
    sheet.append(["Filter", 12000.0])
    out = io.BytesIO()
    book.save(out)
    page = read(out.getvalue(), FileKind.XLSX).pages[0]
    assert texts(page) == ["Item", "Price", "Filter", "12000"]
    assert word(page, "Filter").line == word(page, "12000").line

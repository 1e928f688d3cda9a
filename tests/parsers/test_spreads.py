"""Two pages on one sheet are read one after the other; broad tables and slides stay whole."""

from __future__ import annotations

from parsers.spreads import gutter, laid_apart
from parsers.values import Box, Document, Evidence, Method, Page, Read, Word

WIDE, HIGH = 1190.0, 842.0


def rows(left: float, *, first: float, pitch: float, count: int, text: str = "Harbour Tools") -> tuple[Word, ...]:
    return tuple(Word(text=text, box=(left, first + pitch * n, left + 300, first + pitch * n + 12), line=n) for n in range(count))


def sheet(*words: Word, cells: tuple[Box, ...] = (), width: float = WIDE) -> Page:
    return Page(number=4, width=width, height=HIGH, words=words, cells=cells, source="ocr")


TWO_PAGES = (*rows(60, first=70, pitch=21, count=30), *rows(660, first=83, pitch=24.5, count=12))


def test_a_sheet_with_two_pages_is_cut_between_them() -> None:
    cut = gutter(sheet(*TWO_PAGES))
    assert cut is not None
    assert 360 < cut < 660
    laid = laid_apart([sheet(*TWO_PAGES)])
    assert laid is not None
    assert [(page.number, len(page.words), page.words[0].box[0] < 200) for page in laid.pages] == [(1, 30, True), (2, 12, True)]


def test_upright_pages_are_not_cut() -> None:
    assert laid_apart([sheet(*TWO_PAGES, width=WIDE).model_copy(update={"height": 1600.0})]) is None


def test_a_broad_table_of_labels_and_values_stays_whole() -> None:
    assert gutter(sheet(*rows(60, first=70, pitch=21, count=30), *rows(660, first=70, pitch=21, count=30))) is None


def test_two_tables_ruled_apart_are_two_pages_though_their_rows_are_level() -> None:
    level = (*rows(60, first=70, pitch=21, count=30), *rows(660, first=70, pitch=21, count=30))
    cells = tuple((left, 66.0 + 21 * n, left + 400, 66.0 + 21 * (n + 1)) for left in (50.0, 650.0) for n in range(30))
    assert gutter(sheet(*level, cells=cells)) is not None


def test_a_heading_across_the_middle_keeps_a_sheet_whole() -> None:
    heading = Word(text="Annual report of the Harbour Tools Limited", box=(400, 20, 800, 40))
    assert gutter(sheet(*TWO_PAGES, heading)) is None


def test_evidence_of_the_right_page_stands_on_the_files_own_page() -> None:
    laid = laid_apart([sheet(*TWO_PAGES)])
    assert laid is not None
    left = laid.pages[1].words[0].box
    evidence = Evidence(document=None, part="1", page=2, box=left, quote="", method=Method.OCR, confidence=0.9)
    field = Read(key="name", value="Harbour Tools", text="Harbour Tools", evidence=evidence)
    paper = Document(
        name=None, part="1", sha256="", kind="other", confidence=1.0, first_page=2, last_page=2, text_source="ocr", fields={"name": field}
    )
    put_back = laid.document(paper)
    assert (put_back.first_page, put_back.last_page) == (4, 4)
    there = put_back.fields["name"].evidence
    assert there is not None
    assert (there.page, there.box) == (4, TWO_PAGES[30].box)

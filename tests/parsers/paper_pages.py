"""Pages for tests of papers, set line by line as a person would describe them: text, size and place, digital or scanned."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from parsers.catalogue import Catalogue, DocumentSpec, FieldSpec, FieldType
from parsers.papers import papers_of
from parsers.values import Document, Field, FileKind, FileRead, Page, Part, PartRole, Read, Word, Words

PROGRAMME = Path(__file__).parents[2] / "programmes" / "cppp"

Line = str | tuple[str, float] | Sequence[tuple[float, str]]
"""A line: its text; or its text and size in points (centred); or pieces of text, each with its place from the left."""

_FORM_LABELS = {
    "applicant.name_en": ("Name of Applicant (English)", "申請機構名稱(英文)"),
    "applicant.br_number": ("Business Registration No.", "商業登記號碼"),
    "applicant.address": ("Business Address in Hong Kong", "香港營業地址"),
    "contact.name": ("Contact Person", "聯絡人姓名"),
    "contact.phone": ("Telephone", "電話"),
    "contact.email": ("E-mail", "電郵地址"),
    "factory.name": ("Name of Factory", "工廠名稱"),
    "factory.address": ("Address of Factory", "工廠地址"),
    "project.title": ("Project Title", "項目名稱"),
    "project.start_on": ("Commencement Date", "開始日期"),
    "project.end_on": ("Completion Date", "完成日期"),
    "project.funding_requested": ("Funding Requested (HK$)", "申請資助金額(港元)"),
    "provider.name": ("Environmental Technology Service Provider", "環境技術服務供應商"),
    "declaration.name": ("Name of Signatory", "簽署人姓名"),
    "declaration.signed_on": ("Date of Signature", "簽署日期"),
}


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The programme's own papers, and enough of the form's labels to know a form by."""
    papers = tomllib.loads((PROGRAMME / "documents.toml").read_text("utf-8"))["documents"]
    fields = tuple(
        FieldSpec(key=key, type=FieldType.TEXT, forms=("A", "B", "C"), label=Words(en=en, zh_hant=zh, zh_hans=zh))
        for key, (en, zh) in _FORM_LABELS.items()
    )
    return Catalogue(forms=(), fields=fields, documents=tuple(DocumentSpec.model_validate(paper) for paper in papers), initiatives={})


def page(*lines: Line, number: int = 1, ocr: bool = False, confidence: float = 0.97, foot: str = "", leading: float = 1.7) -> Page:
    """An A4 page with these lines from the top down; ``foot`` stands centred at the bottom."""
    words: list[Word] = []
    top = 50.0
    for index, line in enumerate(lines):
        size = line[1] if isinstance(line, tuple) and len(line) == 2 and isinstance(line[1], int | float) else 10.0
        pieces = _pieces(line, float(size))
        for left, text in pieces:
            words.extend(_words(text, left, top, float(size), index, confidence if ocr else 1.0))
        top += float(size) * leading
    if foot:
        words.extend(_words(foot, 297 - _width(foot, 9) / 2, 810, 9, len(lines), confidence if ocr else 1.0))
    return Page(
        number=number,
        width=595,
        height=842,
        words=tuple(words),
        source="ocr" if ocr else "text",
        confidence=confidence if ocr else 1.0,
        dpi=200 if ocr else None,
    )


def file_of(*pages: Page) -> FileRead:
    numbered = tuple(each.model_copy(update={"number": index}) for index, each in enumerate(pages, 1))
    return FileRead(sha256="0" * 64, kind=FileKind.PDF, outcome="read", pages=numbered, page_count=len(numbered))


def part_named(name: str | None = None) -> Part:
    return Part(path="2", name=name, declared_type="application/pdf", kind=FileKind.PDF, role=PartRole.PAPER, sha256="0" * 64, size=1, data=b"")


def papers_in(*pages: Page, name: str | None = None) -> tuple[Document, ...]:
    return papers_of(part_named(name), file_of(*pages), catalogue())


def the_paper(*pages: Page, name: str | None = None) -> Document:
    papers = papers_in(*pages, name=name)
    assert len(papers) == 1, [(paper.kind, paper.first_page, paper.last_page) for paper in papers]
    return papers[0]


def value(paper: Document, key: str) -> object:
    field: Field | None = paper.fields.get(key)
    return field.value if isinstance(field, Read) else None


def _pieces(line: Line, size: float) -> Sequence[tuple[float, str]]:
    if isinstance(line, str):
        return [(60.0, line)]
    if isinstance(line, tuple) and isinstance(line[0], str):
        return [(max(40.0, 297 - _width(line[0], size) / 2), line[0])]
    return [(float(piece[0]), piece[1]) for piece in line if isinstance(piece, tuple)]


def _width(text: str, size: float) -> float:
    return sum(size if ord(c) > 0x2E80 else size * 0.5 for c in text)


def _words(text: str, left: float, top: float, size: float, line: int, confidence: float) -> list[Word]:
    words = []
    place = left
    for token in text.split(" "):
        width = _width(token, size)
        if token:
            words.append(Word(text=token, box=(place, top, place + width, top + size), confidence=confidence, line=line))
        place += width + size * 0.3
    return words

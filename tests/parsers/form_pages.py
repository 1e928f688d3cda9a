"""Pages for tests of forms, set as a person would describe them: lines of text, rows of cells, drawn boxes, ink; digital or scanned."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from parsers.catalogue import Catalogue, DocumentSpec, FieldSpec, FormSpec, LabelWords
from parsers.form_reading import FormReading, read_form
from parsers.values import Box, Field, Ink, Mark, Page, Read, Widget, Word

PROGRAMME = Path(__file__).parents[2] / "programmes" / "cppp"
SIZE, LEFT, TOP = 10.0, 50.0, 60.0
ROW = 20.0

Row = str | tuple[str, ...]
"""A line of text (two spaces or more set its pieces apart; ☐ ☑ are drawn boxes), or the texts of cells side by side."""


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The programme's own forms, fields and papers."""
    forms = tomllib.loads((PROGRAMME / "forms.toml").read_text("utf-8"))["forms"]
    fields = tomllib.loads((PROGRAMME / "fields.toml").read_text("utf-8"))["fields"]
    papers = tomllib.loads((PROGRAMME / "documents.toml").read_text("utf-8"))["documents"]
    return Catalogue(
        forms=tuple(FormSpec.model_validate(form) for form in forms),
        fields=tuple(FieldSpec.model_validate(field) for field in fields),
        documents=tuple(DocumentSpec.model_validate(paper) for paper in papers),
        initiatives={},
        label_words=LabelWords.model_validate(tomllib.loads((PROGRAMME / "labels.toml").read_text("utf-8"))["label_words"]),
    )


def form_page(
    *rows: Row,
    number: int = 1,
    confidence: float = 1.0,
    inks: Sequence[Ink] = (),
    cells: Sequence[Box] = (),
    widgets: Sequence[Widget] = (),
    source: Literal["text", "ocr", "docx"] = "text",
    notes: tuple[str, ...] = (),
) -> Page:
    """An A4 page with these rows from the top down. ``confidence`` below 1 makes it a scan."""
    words: list[Word] = []
    marks: list[Mark] = []
    boxes: list[Box] = list(cells)
    top = TOP
    for line, row in enumerate(rows):
        if isinstance(row, str):
            _set(row, LEFT + 5 if row.startswith("|") else LEFT, top, line, words, marks, confidence)
            top += ROW
            continue
        width = 500.0 / len(row)
        height = ROW * max(text.count("\n") + 1 for text in row)
        for at, text in enumerate(row):
            x = LEFT + width * at
            boxes.append((x, top - 5, x + width, top - 5 + height))
            for part, piece in enumerate(text.split("\n")):
                _set(piece, x + 5, top + part * 14, line * 10 + part, words, marks, confidence)
        top += height
    kind = "ocr" if confidence < 1 else source
    return Page(
        number=number, width=595, height=842, words=tuple(words), cells=tuple(boxes), marks=tuple(marks), inks=tuple(inks), widgets=tuple(widgets),
        source=kind, confidence=confidence, notes=notes,
    )  # fmt: skip


def _set(text: str, x: float, y: float, line: int, words: list[Word], marks: list[Mark], confidence: float) -> None:
    for gap in text.lstrip("|").split("  "):
        for piece in gap.split():
            wide = sum(SIZE if unicodedata.east_asian_width(c) in "WF" else 5.5 for c in piece)
            box = (x, y, x + wide, y + SIZE)
            if piece in ("☐", "☑"):
                marks.append(Mark(box=(x, y, x + SIZE, y + SIZE), on=piece == "☑", fill=0.4 if piece == "☑" else 0.0, confidence=0.98))
                x += SIZE + 3
                continue
            words.append(Word(text=piece, box=box, confidence=confidence, line=line))
            x += wide + 3
        x += 40


def stroke(x: float, y: float, *, wide: float = 90, high: float = 18) -> Ink:
    """A signature's stroke, with its upper left corner there."""
    return Ink(box=(x, y, x + wide, y + high), colour="black", roundness=0.3, density=0.12)


def ring(x: float, y: float, *, size: float = 55, colour: Literal["black", "red", "blue"] = "red") -> Ink:
    """A round chop."""
    return Ink(box=(x, y, x + size, y + size), colour=colour, roundness=0.95, density=0.2)


def read(*pages: Page) -> FormReading:
    """What the pages of one form say."""
    return read_form(pages, catalogue(), document="form.pdf", part="2")


def fields(*pages: Page) -> dict[str, Field]:
    return read(*pages).fields


def values(*pages: Page) -> dict[str, object]:
    """Every value read, by its key."""
    return {key: field.value for key, field in fields(*pages).items() if isinstance(field, Read)}

"""The Secretariat's blank forms as known forms: the printed words and the places to write in of each page of its own PDF files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium

from parsers.known_forms import BlankPage
from parsers.page_frame import in_lines
from parsers.pdf_widgets import PIKEPDF_ERRORS, FormFile
from parsers.pdf_words import layer_words, page_frame
from parsers.values import Word

_MOST_GLYPHS = 20_000


@lru_cache(maxsize=8)
def blank_pages(forms: tuple[tuple[str, str], ...]) -> tuple[BlankPage, ...]:
    """The pages of the blanks, our own files, each a path with its SHA-256 (``known_forms``); one that cannot be read as a form is left out."""
    pages: list[BlankPage] = []
    for path, _ in forms:
        try:
            pages += pages_of_blank(Path(path).read_bytes(), Path(path).stem)
        except (OSError, pdfium.PdfiumError, *PIKEPDF_ERRORS):
            continue
    return tuple(pages)


def pages_of_blank(data: bytes, form: str) -> list[BlankPage]:
    """The pages of one blank. Raises PdfiumError or one of PIKEPDF_ERRORS on what is no PDF form."""
    document, fields = pdfium.PdfDocument(data), FormFile(data)
    pages = []
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        frame = page_frame(page)
        words, _ = layer_words(page, frame, max_glyphs=_MOST_GLYPHS)
        zones = tuple(widget.box for widget in fields.on_page(number, frame).widgets if widget.kind != "button")
        lines = in_lines([Word(text=word.text, box=word.box) for word in words])
        pages.append(BlankPage(form=form, number=number, width=frame.width, height=frame.height, words=lines, zones=zones))
        page.close()
    document.close()
    fields.close()
    return pages

"""A page of a file drawn as a picture for people: as displayed, form fields and annotations in, nothing active out."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from parsers.image_files import BOMBS, PILLOW_ERRORS, PILLOW_FORMATS, as_displayed, open_picture, size_in_points
from parsers.opened_file import Refused
from parsers.pdf_pages import render
from parsers.pdf_words import page_frame
from parsers.read_limits import ReadLimits
from parsers.values import FileKind

MOST_PIXELS = 12_000_000
_COLOURLESS = 24  # of 255: between the channels of grey pixels of a JPEG


class CannotDraw(Exception):
    """The page cannot be drawn; the text says why."""


def draw_page(data: bytes, kind: FileKind, page: int, dpi: int, limits: ReadLimits) -> tuple[bytes, float, float]:
    """PNG bytes of a page (from 1) at a resolution, and its width and height in PDF points as displayed (contract.md, 'box').

    Pictures keep their own pixels up to ``dpi``. Raises CannotDraw for kinds that hold no pages, pages that are not there, and broken files.
    """
    if kind is FileKind.PDF:
        return _pdf_page(data, page, dpi)
    if kind in PILLOW_FORMATS:
        return _frame(data, kind, page, dpi, limits)
    raise CannotDraw(f"a {kind.value} file has no pages to draw")


def _pdf_page(data: bytes, number: int, dpi: int) -> tuple[bytes, float, float]:
    try:
        document = pdfium.PdfDocument(data)
        if not 1 <= number <= len(document):
            raise CannotDraw(f"there is no page {number}")
        document.init_forms()
        page = document[number - 1]
        frame = page_frame(page)
        if not (0.1 < frame.width < 1e6 and 0.1 < frame.height < 1e6):
            raise CannotDraw("the page has no size")
        drawn = render(page, frame, dpi=dpi, max_pixels=MOST_PIXELS)
    except pdfium.PdfiumError as error:
        raise CannotDraw("the file is damaged or locked") from error
    return _png(Image.fromarray(drawn)), frame.width, frame.height


def _frame(data: bytes, kind: FileKind, number: int, dpi: int, limits: ReadLimits) -> tuple[bytes, float, float]:
    opened = open_picture(data, PILLOW_FORMATS[kind], limits)
    if isinstance(opened, Refused):
        raise CannotDraw(opened.detail)
    try:
        opened.seek(number - 1)
        pixels, stated, _ = as_displayed(opened)
    except (*PILLOW_ERRORS, *BOMBS) as error:
        raise CannotDraw("the picture is damaged, or has no such page") from error
    width, height = size_in_points(pixels.shape[1], pixels.shape[0], stated)
    picture = Image.fromarray(pixels)
    most = max(1, round(max(width, height) * dpi / 72)), max(1, round(max(width, height) * dpi / 72))
    if max(picture.size) > 2 * most[0]:
        picture = picture.reduce(max(picture.size) // most[0])
    picture.thumbnail(most)
    return _png(picture), width, height


def _png(picture: Image.Image) -> bytes:
    """Grey where there is no colour, packed lightly: speed counts, and the picture lives for a minute."""
    out = io.BytesIO()
    (picture if _has_colour(picture) else picture.convert("L")).save(out, format="PNG", compress_level=1)
    return out.getvalue()


def _has_colour(picture: Image.Image) -> bool:
    small = np.asarray(picture.convert("RGB").resize((max(1, picture.width // 8), max(1, picture.height // 8))), dtype=np.int16)
    return bool((small.max(axis=2) - small.min(axis=2)).max() > _COLOURLESS)

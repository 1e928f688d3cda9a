"""Word files as pages: text and tables laid out anew, scans that were pasted in read as the pictures they are."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
from docx.opc.exceptions import OpcError

from parsers.image_files import BOMBS, PILLOW_ERRORS, PILLOW_FORMATS, as_displayed, open_picture, read_picture_page, size_in_points
from parsers.office_zip import office_zip
from parsers.opened_file import Opened, Refused
from parsers.scan_reading import PictureReaders
from parsers.typesetting import Block, Cell, Paragraph, PictureBlock, Table, Typesetter
from parsers.values import FileKind, Page
from parsers.word_file import WordPart

_ERRORS = (OpcError, zipfile.BadZipFile, SyntaxError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError)
_FORMATS = tuple(
    name for kind in (FileKind.JPEG, FileKind.PNG, FileKind.TIFF, FileKind.BMP, FileKind.GIF, FileKind.WEBP) for name in PILLOW_FORMATS[kind]
)
SCAN_SIDE = 240.0  # points: a picture shown larger than this both ways may be a scanned paper
SCAN_PIXELS = 500
MOST_PICTURES = 60


def open_word(data: bytes, readers: PictureReaders) -> Opened | Refused:
    """The Word file, laid out on made-up pages; a large picture in it becomes a page of its own, read when asked for."""
    checked = office_zip(data, readers.limits)
    if isinstance(checked, Refused):
        return checked
    try:
        document = docx.Document(io.BytesIO(data))
        blocks, hidden = _document_blocks(document)
    except (*_ERRORS, RecursionError) as error:
        return Refused("damaged", type(error).__name__)
    typesetter = Typesetter("docx")
    scans: dict[int, PictureBlock] = {}
    for block in _pictures_lifted(blocks):
        if isinstance(block, PictureBlock) and _may_be_scan(block, readers):
            typesetter.insert_page(Page(number=1, width=block.width or 1, height=block.height or 1))
            scans[typesetter.page_count] = block
        else:
            typesetter.place([block])
    pages, more = typesetter.finish()
    if not pages:
        return Refused("empty", "no text and no pictures")
    notes = (*(["words_hidden"] if hidden else []), *(["too_complex"] if more else []))

    def read_page(number: int) -> Page:
        if number in scans:
            return _read_scan(scans[number], number, readers)
        return pages[number - 1].model_copy(update={"notes": notes}) if notes else pages[number - 1]

    return Opened(len(pages), read_page)


def _document_blocks(document: Any) -> tuple[list[Block], bool]:
    """Header of the first page, body, footers: all that a person would see, each header and footer once."""
    body = WordPart(_related(document.part))
    blocks = body.blocks(document.element.body)
    hidden = body.hidden
    heads: list[Block] = []
    feet: list[Block] = []
    for section in list(document.sections)[:20]:
        for where, ends in ((heads, (section.header, section.first_page_header)), (feet, (section.footer, section.first_page_footer))):
            for end in ends:
                if end.is_linked_to_previous:
                    continue
                part = WordPart(_related(end.part))
                where += [block for block in part.blocks(end._element) if block not in where and not _empty(block)]
                hidden = hidden or part.hidden
    return [*heads, *blocks, *feet], hidden


def _related(part: Any) -> dict[str, bytes]:
    """Bytes of the pictures inside the file by relationship id; what lies outside the file is not fetched."""
    related: dict[str, bytes] = {}
    for name, relation in list(part.rels.items())[:MOST_PICTURES]:
        if not relation.is_external and "image" in str(relation.reltype):
            related[str(name)] = bytes(relation.target_part.blob)
    return related


def _empty(block: Block) -> bool:
    return isinstance(block, Paragraph) and not block.text.strip()


def _pictures_lifted(blocks: list[Block]) -> list[Block]:
    """The blocks with large pictures of a table's cells put behind the table, so that a scan laid out in a table is read."""
    lifted: list[Block] = []
    for block in blocks:
        lifted.append(block)
        if isinstance(block, Table):
            lifted += [picture for row in block.rows for cell in row for picture in _large_pictures(cell)]
    return lifted


def _large_pictures(cell: Cell) -> list[PictureBlock]:
    return [inner for inner in cell.blocks if isinstance(inner, PictureBlock) and min(inner.width, inner.height) >= SCAN_SIDE]


def _may_be_scan(block: PictureBlock, readers: PictureReaders) -> bool:
    """Whether the picture is shown large, or states no size, and has enough pixels to hold a paper."""
    if block.width and min(block.width, block.height) < SCAN_SIDE:
        return False
    picture = open_picture(block.data, _FORMATS, readers.limits)
    return not isinstance(picture, Refused) and min(picture.width, picture.height) >= SCAN_PIXELS


def _read_scan(block: PictureBlock, number: int, readers: PictureReaders) -> Page:
    picture = open_picture(block.data, _FORMATS, readers.limits)
    if isinstance(picture, Refused):
        return Page(number=number, width=0, height=0, notes=(picture.reason,))
    try:
        displayed, dpi, _ = as_displayed(picture)
    except (*PILLOW_ERRORS, *BOMBS):
        return Page(number=number, width=0, height=0, notes=("damaged",))
    width, height = (block.width, block.height) if block.width else size_in_points(displayed.shape[1], displayed.shape[0], dpi)
    return read_picture_page(displayed, number=number, width=round(width, 2), height=round(height, 2), readers=readers)

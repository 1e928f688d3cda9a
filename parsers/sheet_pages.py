"""Excel workbooks as pages: each sheet a table of its filled cells."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from parsers.office_zip import office_zip
from parsers.opened_file import Opened, Refused
from parsers.read_limits import ReadLimits
from parsers.typesetting import Cell, Paragraph, Table, Typesetter

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 2000, 40, 20
_ERRORS = (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError)


def open_workbook(data: bytes, limits: ReadLimits) -> Opened | Refused:
    """The workbook's sheets as tables of their shown values; unsafe with macros or document types, damaged where it cannot be opened."""
    checked = office_zip(data, limits)
    if isinstance(checked, Refused):
        return checked
    typesetter = Typesetter("text")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets[:MOST_SHEETS]:
            typesetter.place([Table(_rows(sheet))])
            typesetter.end_page()
        book.close()
    except _ERRORS as error:
        return Refused("damaged", type(error).__name__)
    pages, _ = typesetter.finish()
    if not pages:
        return Refused("empty", "no filled cells")
    return Opened(len(pages), lambda number: pages[number - 1])


def _rows(sheet: Any) -> tuple[tuple[Cell, ...], ...]:
    if getattr(sheet, "sheet_state", "visible") != "visible":
        return ()
    rows = []
    for values in sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True):
        shown = [_shown(value) for value in values]
        while shown and not shown[-1]:
            shown.pop()
        if shown:
            rows.append(tuple(Cell((Paragraph(text),)) for text in shown))
    return tuple(rows)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).removesuffix(" 00:00:00")

"""`intake export`: the register of cases as CSV, XLSX or JSON. Strings stay strings; what a spreadsheet would run as a formula is neutralised."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from intake.failures import Failure, WrongUse
from intake.record import note_look, opened
from intake.settings import Settings
from parsers.identifiers import mask_hkid
from storage.register import register
from storage.values import CaseKind, Register

ALL = "all"
_LEADING = ("reference", "kind", "received_on", "completed_on", "verdict", "state")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones too
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
Cell = str | int | float | bool | None


def export_register(settings: Settings, *, file_format: str, since: date | None, kind: str, output: Path | None) -> int:
    """Writes the register to ``output`` or standard output, and notes in the audit trail that it was exported."""
    if kind != ALL and kind not in set(CaseKind):
        raise WrongUse(f"--kind {kind}: choose one of {', '.join(CaseKind)} or all")
    with opened(settings, to_look=True) as database:
        with database.reading() as tx:
            cases = register(tx, kind=None if kind == ALL else CaseKind(kind), since=since)
        note_look(database, action="register exported", detail=f"{len(cases)} cases as {file_format}")
    rows = [row_of(case) for case in cases]
    content = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}[file_format](rows)
    _write(content, output)
    return 0


def row_of(case: Register) -> dict[str, Cell]:
    """One case: the leading columns, then each field by its key. HKIDs are masked."""
    fields: dict[str, Cell] = {key: mask_hkid(value) if isinstance(value, str) else value for key, value in case.fields.items()}
    return {
        "reference": case.reference,
        "kind": case.kind.value,
        "received_on": case.received_on.isoformat() if case.received_on else None,
        "completed_on": case.completed_on.isoformat() if case.completed_on else None,
        "verdict": case.verdict.value if case.verdict else None,
        "state": case.state.value,
        **fields,
    }


def as_json(rows: Sequence[dict[str, Cell]]) -> bytes:
    """An array, one object a case: its columns, and the fields once more on their own under ``fields``."""
    objects = [{**row, "fields": {key: value for key, value in row.items() if key not in _LEADING}} for row in rows]
    return (json.dumps(objects, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def as_csv(rows: Sequence[dict[str, Cell]]) -> bytes:
    """CSV in UTF-8 with a byte order mark, which spreadsheets need for Chinese."""
    out = io.StringIO()
    columns = columns_of(rows)
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([neutral(row.get(column)) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(rows: Sequence[dict[str, Cell]]) -> bytes:
    """A workbook with one sheet; strings are written as strings, never as formulas."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Register")
    columns = columns_of(rows)
    sheet.append(columns)
    for row in rows:
        sheet.append([_printable(neutral(row.get(column))) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def columns_of(rows: Sequence[dict[str, Cell]]) -> list[str]:
    """The leading columns, then every field that any case has."""
    return [*_LEADING, *sorted({key for row in rows for key in row} - set(_LEADING))]


def neutral(value: Cell) -> Cell:
    """A string that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection)."""
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def _printable(value: Cell) -> Cell:
    """What XML can hold (1.0, 2.2): no control characters, no half characters."""
    return _NOT_IN_XML.sub("", value) if isinstance(value, str) else value


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise Failure(f"{output} cannot be written: {error.strerror}") from error

"""What a file is, by its content alone."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from parsers.file_kind import kind_of
from parsers.values import FileKind, Problem

PDF = b"%PDF-1.4\n%%EOF\n"


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nDate: Wed, 06 Mar 2024 10:28:15 +0800\r\n\r\nHello"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", FileKind.EMPTY),
        (PDF, FileKind.PDF),
        (_image("JPEG"), FileKind.JPEG),
        (_image("PNG"), FileKind.PNG),
        (_image("TIFF"), FileKind.TIFF),
        (_image("BMP"), FileKind.BMP),
        (_image("WEBP"), FileKind.WEBP),
        (_image("GIF"), FileKind.GIF),
        (_zip({"a.txt": b"x"}), FileKind.ZIP),
        (_zip(WORD), FileKind.DOCX),
        (_zip({"[Content_Types].xml": b"", "xl/workbook.xml": b""}), FileKind.XLSX),
        (b"Rar!\x1a\x07\x01\x00", FileKind.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c\x00", FileKind.ARCHIVE),
        (b"\x78\x9f\x3e\x22\x00\x00", FileKind.TNEF),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", FileKind.HEIC),
        (b"{\\rtf1 x}", FileKind.RTF),
        (b"BEGIN:VCALENDAR\r\n", FileKind.CALENDAR),
        (b"<!DOCTYPE html><html></html>", FileKind.HTML),
        (b"<p>Hello</p>", FileKind.HTML),
        (MAIL, FileKind.EML),
        (b"Dear Sir,\nhello", FileKind.TEXT),
        ("敬啟者".encode("big5"), FileKind.TEXT),
        (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"><text>Certificate</text></svg>', FileKind.OTHER),
        (b"<svg viewBox='0 0 1 1'/>", FileKind.OTHER),
        (b"<p>a page with <svg></svg></p>", FileKind.HTML),
        (b"BMW Limited", FileKind.TEXT),
        (b"MZ Limited", FileKind.TEXT),
    ],
)
def test_a_file_is_known_by_its_content(data: bytes, kind: FileKind) -> None:
    assert kind_of(data) == (kind, ())


@pytest.mark.parametrize(
    "data",
    [
        b"\n" + PDF,
        b"<html></html>" + PDF,
        _image("GIF") + PDF,
        PDF + _zip({"a.txt": b"x"}),
        _image("PNG") + _zip({"a.txt": b"x"}),
        _zip({**WORD, "word/vbaProject.bin": b"x"}),
        b"\x7fELF\x02\x01",
        b"#!/bin/sh\n",
        b"MZ" + b"\x00" * 58 + b"\x40\x00\x00\x00PE\x00\x00",
    ],
)
def test_two_things_at_once_and_what_runs_are_unsafe(data: bytes) -> None:
    assert Problem.UNSAFE in kind_of(data)[1]


def test_a_pdf_stored_in_a_zip_without_compression_is_no_trick() -> None:
    assert kind_of(_zip({"a.pdf": PDF}, zipfile.ZIP_STORED)) == (FileKind.ZIP, ())


def test_a_photo_with_something_after_its_end_is_an_ordinary_phone_photo() -> None:
    assert kind_of(_image("JPEG") + b"MotionPhoto_Data" + b"\x00" * 100) == (FileKind.JPEG, ())


def test_an_encrypted_zip_is_said_to_be_encrypted() -> None:
    data = bytearray(_zip({"a.pdf": PDF}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert kind_of(bytes(data)) == (FileKind.ZIP, (Problem.ENCRYPTED,))


def test_a_zip_cut_short_is_damaged() -> None:
    assert kind_of(_zip({"a.pdf": PDF * 50})[:60]) == (FileKind.ZIP, (Problem.DAMAGED,))


_MAGICS = [b"", b"%PDF-", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"\xff\xd8\xff", b"II*\x00", b"BM", b"MZ", b"RIFF"]


@given(st.sampled_from(_MAGICS), st.binary(max_size=800))
def test_telling_the_kind_never_raises(magic: bytes, rest: bytes) -> None:
    kind, problems = kind_of(magic + rest)
    assert isinstance(kind, FileKind)
    assert list(problems) == sorted(problems)

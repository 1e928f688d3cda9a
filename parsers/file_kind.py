"""What a file is, by its content: magic bytes, the inside of ZIP and OLE files; never its name or its declared type.

A file that is two things at once, whose magic is not at its beginning, that runs, or that carries macros is ``unsafe``
(reliability.md, 'Reading papers').
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

import olefile

from parsers.values import FileKind, Problem

ZIP_ERRORS = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    struct.error,
    OverflowError,
    IndexError,
)
OLE_ERRORS = (OSError, ValueError, struct.error, IndexError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, EOFError)
_MAGIC: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"II+\x00", FileKind.TIFF),
    (b"MM\x00+", FileKind.TIFF),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"{\\rtf", FileKind.RTF),
    (b"\x78\x9f\x3e\x22", FileKind.TNEF),
    (b"Rar!\x1a\x07", FileKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", FileKind.ARCHIVE),
    (b"\x1f\x8b", FileKind.ARCHIVE),
    (b"BZh", FileKind.ARCHIVE),
    (b"\xfd7zXZ\x00", FileKind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", FileKind.ARCHIVE),
    (b"MSCF\x00", FileKind.ARCHIVE),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_RUNS = (b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02\x00", b"#!")
_MAIL_FIELDS = re.compile(
    rb"(?mi)^(from|to|date|subject|received|return-path|delivered-to|message-id|mime-version|content-type|x-mailer|reply-to|cc)[ \t]*:"
)
MAX_ENTRIES = 5000  # of a ZIP's directory: reading a million of them costs ten seconds


def _is_windows_program(data: bytes) -> bool:
    if not data.startswith(b"MZ") or len(data) < 64:
        return False
    offset = int.from_bytes(data[60:64], "little")
    header = data[offset : offset + 2]
    return header in (b"PE", b"NE", b"LE") or b"This program" in data[:512]


def _ends_as_zip(data: bytes) -> bool:
    """True where a ZIP's end record reaches exactly to the end: the file opens as an archive, whatever it begins with."""
    tail = data[-65557:]
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        return False
    (comment,) = struct.unpack_from("<H", tail, at + 20)
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    return bool(at + 22 + comment == len(tail) and 0 < directory < len(data))


def _zip_kind(data: bytes) -> tuple[FileKind, set[Problem]]:
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        return FileKind.ZIP, {Problem.TOO_LARGE}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename.lower() for entry in entries}
            types = _content_types(archive, entries)
    except ZIP_ERRORS:
        return FileKind.ZIP, {Problem.DAMAGED}
    problems = {Problem.ENCRYPTED} if any(entry.flag_bits & 1 for entry in entries) else set()
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names) or b"macroEnabled" in types:
        problems.add(Problem.UNSAFE)
    if "[content_types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return FileKind.DOCX, problems
        if any(name.startswith("xl/") for name in names):
            return FileKind.XLSX, problems
        return FileKind.OTHER, problems
    if "mimetype" in names or "ofd.xml" in names or "androidmanifest.xml" in names:
        return FileKind.OTHER, problems
    if _is_program_archive(names):
        problems.add(Problem.UNSAFE)
    return FileKind.ZIP, problems


def _is_program_archive(names: set[str]) -> bool:
    return "meta-inf/manifest.mf" in names and any(name.endswith(".class") for name in names)


def _content_types(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bytes:
    entry = next((e for e in entries if e.filename == "[Content_Types].xml"), None)
    if entry is None or entry.flag_bits & 1:
        return b""
    with archive.open(entry) as stream:
        return stream.read(1_000_000)


def _first_stored_member_start(data: bytes) -> int | None:
    """Where the content of a ZIP's first member begins if it is stored without compression: a PDF there is no trick."""
    if len(data) < 30:
        return None
    method, name, extra = struct.unpack_from("<H", data, 8)[0], *struct.unpack_from("<HH", data, 26)
    return 30 + name + extra if method == 0 else None


def _word_is_encrypted(stream: bytes) -> bool:
    """[MS-DOC] 2.5.2: bit 8 of the flags at offset 10 of the FIB."""
    return len(stream) >= 12 and bool(struct.unpack_from("<H", stream, 10)[0] & 0x0100)


def _workbook_is_encrypted(stream: bytes) -> bool:
    """[MS-XLS] 2.4.117: a FilePass record (0x2F) among the first records."""
    position = 0
    for _ in range(10):
        if position + 4 > len(stream):
            return False
        record, length = struct.unpack_from("<HH", stream, position)
        if record == 0x2F:
            return True
        position += 4 + length
    return False


def _ole_kind(data: bytes) -> tuple[FileKind, set[Problem]]:
    try:
        with olefile.OleFileIO(data) as ole:
            names = {"/".join(path).lower() for path in ole.listdir(streams=True, storages=True)}
            if "encryptedpackage" in names:
                return FileKind.OFFICE_ENCRYPTED, {Problem.ENCRYPTED}
            problems = {Problem.UNSAFE} if any(re.search(r"(^|/)(macros|vba|_vba_project(_cur)?)($|/)", name) for name in names) else set()
            if "__properties_version1.0" in names:
                return FileKind.MSG, set()
            for stream, kind, encrypted in (
                ("WordDocument", FileKind.DOC, _word_is_encrypted),
                ("Workbook", FileKind.XLS, _workbook_is_encrypted),
                ("Book", FileKind.XLS, _workbook_is_encrypted),
            ):
                if stream.lower() in names:
                    if encrypted(ole.openstream(stream).read(65536)):
                        problems.add(Problem.ENCRYPTED)
                    return kind, problems
            return FileKind.OTHER, problems
    except OLE_ERRORS:
        return FileKind.OTHER, {Problem.DAMAGED}


def _is_drawing(start: bytes) -> bool:
    """An SVG: its words alone say nothing of what a person sees."""
    at = start.find(b"<svg")
    return at >= 0 and start.startswith(b"<") and re.search(rb"<[a-z]", start[:at]) is None


def _text_kind(data: bytes) -> FileKind:
    """Kind of something without magic: a mail, a calendar, a web page, text, or nothing known."""
    sample = data[:65536]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileKind.TEXT
    if b"\x00" in sample or sum(byte < 32 and byte not in (7, 8, 9, 10, 11, 12, 13, 27) for byte in sample[:4096]) > len(sample[:4096]) // 50:
        return FileKind.OTHER
    start = sample.lstrip(b"\xef\xbb\xbf \t\r\n")[:2048].lower()
    if start.startswith(b"begin:vcalendar"):
        return FileKind.CALENDAR
    if start.startswith((b"<!doctype html", b"<html")) or (start.startswith((b"<?xml", b"<!--", b"<head", b"<body", b"<meta")) and b"<html" in start):
        return FileKind.HTML
    if _is_drawing(start):
        return FileKind.OTHER
    if re.match(rb"<(div|p|span|table|font|br|style|h\d|b|a|meta|body)\b[^<>]*>", start) and (b"</" in start or b"<br" in start):
        return FileKind.HTML
    head = re.split(rb"\r?\n\r?\n", sample, maxsplit=1)[0]
    if len({match[1].lower() for match in _MAIL_FIELDS.finditer(head)}) >= 3 and re.match(rb"(From |[!-9;-~]+[ \t]*:)", sample):
        return FileKind.EML
    return FileKind.TEXT


def _magic_kind(data: bytes) -> tuple[FileKind, set[Problem]]:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind, set()
    if data.startswith(b"%PDF-"):
        return FileKind.PDF, set()
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if data.startswith(olefile.MAGIC):
        return _ole_kind(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return FileKind.WEBP, set()
    if data[4:8] == b"ftyp":
        return (FileKind.HEIC if data[8:12] in _HEIC_BRANDS else FileKind.OTHER), set()
    if (
        data.startswith(b"BM")
        and len(data) > 26
        and data[6:10] == b"\x00\x00\x00\x00"
        and struct.unpack_from("<I", data, 14)[0] in (12, 40, 52, 56, 64, 108, 124)
    ):
        return FileKind.BMP, set()
    if data.startswith(b"-----BEGIN PGP MESSAGE-----"):
        return FileKind.TEXT, {Problem.ENCRYPTED}
    if data.startswith(_RUNS) or _is_windows_program(data):
        return FileKind.OTHER, {Problem.UNSAFE}
    return _text_kind(data), set()


def kind_of(data: bytes) -> tuple[FileKind, tuple[Problem, ...]]:
    """Kind of a file, and what already its outside tells: ``unsafe``, ``encrypted``, ``damaged``, ``too_large``. Never raises."""
    if not data:
        return FileKind.EMPTY, ()
    kind, problems = _magic_kind(data)
    pdf_at = data[:1024].find(b"%PDF-")
    if pdf_at > 0 and pdf_at != (_first_stored_member_start(data) if kind is FileKind.ZIP else None):
        kind = FileKind.PDF if kind in (FileKind.TEXT, FileKind.OTHER, FileKind.HTML) else kind
        problems.add(Problem.UNSAFE)
    zip_family = (FileKind.ZIP, FileKind.DOCX, FileKind.XLSX)
    if kind not in zip_family and not data.startswith(b"PK") and _ends_as_zip(data):
        problems.add(Problem.UNSAFE)
    return kind, tuple(sorted(problems))

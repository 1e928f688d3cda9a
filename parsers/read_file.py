"""Reading one file, bytes to pages: the only door through which papers are read. Runs inside the sandbox's child process."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Literal, Protocol

from parsers.image_files import PILLOW_FORMATS, open_image
from parsers.opened_file import Opened, Refused
from parsers.pdf_pages import open_pdf
from parsers.read_limits import ReadLimits
from parsers.scan_reading import PictureReaders, nothing
from parsers.values import FileKind, FileRead, Page

_MAGIC: dict[FileKind, tuple[bytes, ...]] = {
    FileKind.PDF: (b"%PDF-",),
    FileKind.JPEG: (b"\xff\xd8\xff",),
    FileKind.PNG: (b"\x89PNG\r\n\x1a\n",),
    FileKind.TIFF: (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    FileKind.WEBP: (b"RIFF",),
    FileKind.GIF: (b"GIF87a", b"GIF89a"),
    FileKind.BMP: (b"BM",),
    FileKind.DOCX: (b"PK\x03\x04",),
    FileKind.XLSX: (b"PK\x03\x04",),
}
_END_OF_ZIP = b"PK\x05\x06"


class Progress(Protocol):
    """Whoever wants to hear of what is read as soon as it is: once of the file (number of pages, digitally signed or not), then of each page."""

    def opened(self, page_count: int, signed: bool) -> None: ...

    def read(self, page: Page) -> None: ...


def read_file(
    data: bytes,
    kind: FileKind,
    limits: ReadLimits,
    *,
    first_page: int = 1,
    progress: Progress | None = None,
    before_ocr: Callable[[], None] = nothing,
) -> FileRead:
    """The file's pages, or the typed reason why there are none. Depends on the bytes and the limits alone (``seconds`` apart).

    ``first_page`` skips the pages before it, for going on where another reading stopped. ``before_ocr`` is called before the first
    reading of a picture. Pages past ``limits.max_pages`` are left out: ``page_count`` tells how many there are.
    """
    started_cpu, started = time.process_time(), time.monotonic()
    sha256 = hashlib.sha256(data).hexdigest()
    opened = _open(data, kind, PictureReaders(limits, before_ocr))
    if isinstance(opened, Refused):
        return FileRead(sha256=sha256, kind=kind, outcome=opened.reason, detail=opened.detail, seconds=time.process_time() - started_cpu)
    if progress is not None:
        progress.opened(opened.page_count, opened.signed)
    pages: list[Page] = []
    outcome: Literal["read", "timeout", "damaged"] = "read"
    for number in range(first_page, min(opened.page_count, limits.max_pages) + 1):
        if time.monotonic() - started > limits.file_seconds:
            outcome = "timeout"
            break
        pages.append(opened.read_page(number))
        if progress is not None:
            progress.read(pages[-1])
    if pages and all("damaged" in page.notes for page in pages):
        outcome = "damaged"
    return FileRead(
        sha256=sha256,
        kind=kind,
        outcome=outcome,
        pages=tuple(pages),
        page_count=opened.page_count,
        signed=opened.signed,
        seconds=round(time.process_time() - started_cpu, 3),
    )


def _open(data: bytes, kind: FileKind, readers: PictureReaders) -> Opened | Refused:
    if not data:
        return Refused("empty")
    if len(data) > readers.limits.max_bytes:
        return Refused("too_large", f"{len(data)} bytes")
    if (doubt := two_things_at_once(data, kind)) is not None:
        return Refused("unsafe", doubt)
    if kind is FileKind.PDF:
        return open_pdf(data, readers)
    if kind in PILLOW_FORMATS:
        return open_image(data, kind, readers)
    if kind is FileKind.DOCX:
        from parsers.word_pages import open_word

        return open_word(data, readers)
    if kind is FileKind.XLSX:
        from parsers.sheet_pages import open_workbook

        return open_workbook(data, readers.limits)
    if kind in (FileKind.TEXT, FileKind.HTML):
        from parsers.plain_pages import open_plain

        return open_plain(data, kind)
    if kind is FileKind.OFFICE_ENCRYPTED:
        return Refused("encrypted", "needs a password")
    if kind is FileKind.EMPTY:
        return Refused("empty")
    return Refused("unsupported", kind.value)


def two_things_at_once(data: bytes, kind: FileKind) -> str | None:
    """Why the file may be two things at once (reliability.md: staff only), or None: wrong magic, a PDF's magic inside, a ZIP at its end."""
    magic = _MAGIC.get(kind)
    if magic is None:
        return None
    if not data.startswith(magic):
        return "does not begin as what it is"
    if kind is not FileKind.PDF and b"%PDF-" in data[:1024]:
        return "a PDF inside"
    if kind not in (FileKind.DOCX, FileKind.XLSX) and _ends_as_zip(data):
        return "a ZIP at its end"
    return None


def _ends_as_zip(data: bytes) -> bool:
    """Whether the file ends with a ZIP's directory, so that an unpacker would open it (APPNOTE 4.3.16)."""
    tail = data[-65_557:]
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or at + 22 > len(tail):
        return False
    return at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)

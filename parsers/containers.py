"""ZIP archives: opened within their caps, counted while reading; nothing is written, no name is trusted."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

from parsers.charsets import plausibility, shown
from parsers.file_kind import MAX_ENTRIES, ZIP_ERRORS
from parsers.mime_parts import Budget, MailLimits
from parsers.values import Problem

_SYSTEM_FILES = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a container: its path there, decoded; its bytes (empty where they could not be had); why not."""

    path: str
    data: bytes
    declared_type: str = "application/octet-stream"
    problems: tuple[Problem, ...] = ()
    content_id: str | None = None


@dataclass(slots=True)
class Opened:
    """What came out of a container. ``problem`` is set where it could not be opened at all."""

    members: list[Member] = field(default_factory=list)
    problem: Problem | None = None


def _unicode_path(entry: zipfile.ZipInfo, raw: bytes) -> str | None:
    """Info-ZIP's Unicode Path extra field (0x7075), where it belongs to this name."""
    extra, position = entry.extra, 0
    while position + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, position)
        body = extra[position + 4 : position + 4 + length]
        if tag == 0x7075 and len(body) > 5 and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(raw):
            return body[5:].decode("utf-8", "replace")
        position += 4 + length
    return None


def _charset_of_names(names: list[bytes]) -> str:
    """The charset of all names of an archive that does not say: judged together, for one short name alone may fit several."""
    together = b"\n".join(names)
    try:
        together.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"

    def judged(codec: str) -> tuple[bool, float]:
        text = together.decode(codec, "replace")
        return "\ufffd" not in text, plausibility(text)

    return max(("gb18030", "big5hkscs", "cp437"), key=judged)


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    raw = [entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437", "replace") for entry in entries]
    charset = _charset_of_names([name for name, entry in zip(raw, entries, strict=True) if not entry.flag_bits & 0x800])
    names = []
    for entry, name in zip(entries, raw, strict=True):
        text = entry.orig_filename if entry.flag_bits & 0x800 else _unicode_path(entry, name) or name.decode(charset, "replace")
        names.append(shown(text.replace("\\", "/"), 300))
    return names


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: MailLimits, budget: Budget) -> tuple[bytes, Problem | None]:
    """A member's bytes, counted while reading: never more than the caps, whatever the directory claims."""
    if entry.flag_bits & 1:
        return b"", Problem.ENCRYPTED
    allowed = min(budget.archive_bytes, max(entry.compress_size * limits.archive_ratio, _CHUNK))
    chunks, size = [], 0
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(min(_CHUNK, allowed + 1 - size)):
                size += len(chunk)
                if size > allowed:
                    return b"", Problem.TOO_LARGE
                chunks.append(chunk)
    except ZIP_ERRORS:
        return b"", Problem.DAMAGED
    finally:
        budget.archive_bytes -= size
    return b"".join(chunks), None


def open_zip(data: bytes, path: str, limits: MailLimits, budget: Budget) -> Opened:
    """Members of a ZIP in its order. Encrypted, damaged and oversized ones come without bytes; what lies over the cap of entries is noted."""
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        return Opened(problem=Problem.TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            named = list(zip(archive.infolist(), _names(archive.infolist()), strict=True))
            files = [(entry, name) for entry, name in named if not name.endswith("/") and not _SYSTEM_FILES.search(name)]
            if len(files) > limits.archive_entries:
                budget.note("too_many_members", path, f"only the first {limits.archive_entries} of {len(files)} files were opened")
            opened = Opened()
            for entry, name in files[: limits.archive_entries]:
                content, problem = _inflated(archive, entry, limits, budget)
                opened.members.append(Member(name, content, problems=(problem,) if problem else ()))
            return opened
    except ZIP_ERRORS:
        return Opened(problem=Problem.DAMAGED)

"""Files that stand in a mail's text in uuencoding (POSIX), as old mail programs and scanners send them."""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n(?=[!-`][ -`]{1,90}\r?\n)", re.MULTILINE)
_LINE = re.compile(rb"[!-M][ -`]{1,90}\r?\n")
_CLOSING = re.compile(rb"(?:[ `]?[ \t]*\r?\n)?end[ \t]*(?:\r?\n|\Z)")
_MOST_FILES = 50


class TextFile(NamedTuple):
    """A file out of a text: its name as written, its bytes, and whether it came to its end."""

    name: bytes
    data: bytes
    whole: bool


def _decoded(line: bytes) -> bytes | None:
    """One line; None where it is none. Programs that end lines with a sum or without their padding are read as well."""
    size = (line[0] - 32) & 63
    body = line[1:].rstrip(b"\r\n")
    needed = (size * 4 + 2) // 3
    if len(body) < needed or len(body) > (size + 2) // 3 * 4 + 2:
        return None
    try:
        return binascii.a2b_uu(line[:1] + body[: (size + 2) // 3 * 4])
    except binascii.Error:
        return None


def without_files(text: bytes) -> tuple[bytes, list[TextFile]]:
    """The text without the files that stand in it, and these. What begins like one and holds no line of data is left where it is."""
    kept: list[bytes] = []
    files: list[TextFile] = []
    at = 0
    while len(files) < _MOST_FILES and (begin := _BEGIN.search(text, at)) is not None:
        pieces: list[bytes] = []
        end = begin.end()
        while (line := _LINE.match(text, end)) is not None and (piece := _decoded(line[0])) is not None:
            pieces.append(piece)
            end = line.end()
        if not pieces:
            kept.append(text[at : begin.end()])
            at = begin.end()
            continue
        closing = _CLOSING.match(text, end)
        files.append(TextFile(begin[1], b"".join(pieces), closing is not None))
        kept.append(text[at : begin.start()])
        at = closing.end() if closing else end
    return b"".join([*kept, text[at:]]), files

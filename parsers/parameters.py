"""Structured header fields (Content-Type, Content-Disposition): their value and parameters, in every form that mail programs write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from parsers.charsets import decode_text, decode_words

_EXTENDED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?$")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A structured header (Content-Type, Content-Disposition): its main value in lower case and its decoded parameters."""

    value: str
    items: dict[str, str]


def _split_parameters(raw: bytes) -> list[bytes]:
    """The value split at semicolons outside quotes. A backslash escapes only after ASCII: Big5 characters end in one."""
    pieces: list[bytes] = []
    current = bytearray()
    quoted = False
    position = 0
    while position < len(raw):
        byte = raw[position : position + 1]
        if byte == b"\\" and quoted and raw[position + 1 : position + 2] in (b'"', b"\\") and raw[position - 1] < 0x80:
            current += raw[position : position + 2]
            position += 2
            continue
        if byte == b'"':
            quoted = not quoted
        if byte == b";" and not quoted:
            pieces.append(bytes(current))
            current.clear()
        else:
            current += byte
        position += 1
    return [*pieces, bytes(current)][:100]


def _unquoted(value: bytes) -> bytes:
    value = value.strip()
    if value.startswith(b'"'):
        inner = value[1:-1] if value.endswith(b'"') and len(value) > 1 else value[1:]
        return re.sub(rb'(?<![\x80-\xff])\\(["\\])', rb"\1", inner)
    return value


def _extended(pieces: dict[int, tuple[bytes, bool]]) -> str:
    """RFC 2231: pieces in order, percent decoded where they say so, in the charset that the first one names."""
    charset = None
    out = b""
    for number, (value, encoded) in sorted(pieces.items()):
        if encoded and number == 0 and value.count(b"'") >= 2:
            declared, _, value = value.split(b"'", 2)
            charset = declared.decode("ascii", "replace")
        out += unquote_to_bytes(value) if encoded else value
    return decode_text(out, charset)


def parameters(raw: bytes | None) -> Parameters:
    """Main value and parameters of a structured header; RFC 2231, encoded words in quotes and raw 8-bit are all decoded. Never raises."""
    pieces = _split_parameters(re.sub(rb"\r?\n[ \t]?", b" ", raw or b""))
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for piece in pieces[1:]:
        name, equals, value = piece.partition(b"=")
        match = _EXTENDED.match(name.strip().decode("ascii", "replace").lower())
        if not equals or match is None:
            continue
        if match[2] is None and match[3] is None:
            plain.setdefault(match[1], decode_words(_unquoted(value)))
        else:
            extended.setdefault(match[1], {})[int(match[2] or 0)] = (_unquoted(value), match[3] is not None)
    return Parameters(pieces[0].decode("ascii", "replace").strip().lower(), {**plain, **{name: _extended(parts) for name, parts in extended.items()}})

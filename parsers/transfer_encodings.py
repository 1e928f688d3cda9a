"""A leaf's bytes with its transfer encoding undone, and what was wrong with it: mail-parser and the standard library do not say."""

from __future__ import annotations

import binascii
import re

from parsers.charsets import codec_of
from parsers.mime_parts import Entity
from parsers.parameters import parameters

_WHITE = b" \t\r\n\x0b\x0c"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")


def _from_base64(raw: bytes) -> tuple[bytes, str]:
    """Bytes, and what was wrong: "" (fine or merely unpadded), "trailing" (foreign text after the padding), "broken"."""
    packed = raw.translate(None, _WHITE)
    body = _BASE64.match(packed)
    length = body.end() if body else 0
    rest = packed[length:]
    if rest.strip(b"=") == b"":
        usable = length - (length % 4 == 1)
        return binascii.a2b_base64(packed[:usable] + b"=" * (-usable % 4)), "broken" if length % 4 == 1 else ""
    out, trouble = b"", "broken"
    if rest.startswith(b"=") and packed.count(b"=") < 1000:
        chunks = [chunk for chunk in re.split(rb"=+", packed) if chunk]
        if all(_BASE64.fullmatch(chunk) and len(chunk) % 4 != 1 for chunk in chunks):
            return b"".join(binascii.a2b_base64(chunk + b"=" * (-len(chunk) % 4)) for chunk in chunks), ""
        packed, trouble = packed[:length], "trailing"
    elif rest.startswith(b"="):
        packed = packed[:length]
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", packed)
    usable = len(letters) - (len(letters) % 4 == 1)
    out = binascii.a2b_base64(letters[:usable] + b"=" * (-usable % 4))
    return out, trouble


def _from_uu(raw: bytes) -> bytes:
    out = bytearray()
    for line in raw.splitlines():
        if line.startswith(b"begin ") or not line:
            continue
        if line == b"end":
            break
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:length])
            except binascii.Error:
                break
    return bytes(out)


def decoded_body(entity: Entity) -> tuple[bytes, str]:
    """A leaf's bytes with the transfer encoding undone, and what was wrong: "", "trailing", "broken" or "unknown_encoding". Never raises."""
    encoding = parameters(entity.raw("content-transfer-encoding")).value.strip("\"' ")
    if encoding == "base64":
        data, trouble = _from_base64(entity.body)
        readable = entity.content_type.value.startswith("text/") and len(entity.body.split()) > 3 and b" " in entity.body.strip()
        return (entity.body, "unknown_encoding") if trouble == "broken" and readable else (data, trouble)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(entity.body), ""
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _from_uu(entity.body), ""
    known = encoding in ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "utf-8")
    return entity.body, "" if known or codec_of(encoding) else "unknown_encoding"

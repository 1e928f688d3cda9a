"""What Outlook packs into files of its own: winmail.dat (TNEF) and .msg, opened within their caps."""

from __future__ import annotations

import re
import struct
from base64 import encodebytes
from collections.abc import Iterator
from email.header import Header

import olefile
import oxmsg
import tnefparse.tnef
from oxmsg.attachment import Attachment
from oxmsg.domain import constants as msg_properties
from oxmsg.storage import Storage

from parsers.charsets import decode_text, shown
from parsers.containers import Member, Opened
from parsers.file_kind import OLE_ERRORS
from parsers.mime_parts import MailLimits
from parsers.values import Problem

_MSG_ERRORS = (*OLE_ERRORS, AssertionError, LookupError)

# ------------------------------------------------------------------ winmail.dat

_MAX_OBJECTS = 3000
_WIDTHS = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = {0x0D, 0x1E, 0x1F, 0x102}
_LONG_NAME, _SHORT_NAME, _CONTENT, _MIME_TYPE, _CONTENT_ID = 0x3707, 0x3704, 0x3701, 0x370E, 0x3712
_EMBEDDED = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage


def _tnef_objects(data: bytes) -> Iterator[tnefparse.tnef.TNEFObject]:
    """The objects of a TNEF stream, each cut out first: tnefparse's own loop copies the rest of the file for each, and trusts its counts."""
    position = 6
    for _ in range(_MAX_OBJECTS):
        if position + 11 > len(data):
            return
        (length,) = struct.unpack_from("<I", data, position + 5)
        end = position + 11 + length
        yield tnefparse.tnef.TNEFObject(data[position:end] if end <= len(data) else data[position:])
        position = end


def _mapi_values(data: bytes) -> dict[int, bytes]:
    """Single-valued MAPI properties of an attachment by id ([MS-OXTNEF] 2.1.3.4); stops at anything it does not know."""
    values: dict[int, bytes] = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        position = 4
        for _ in range(min(count, 200)):
            kind, name = struct.unpack_from("<HH", data, position)
            position += 4
            if name >= 0x8000:
                (named,) = struct.unpack_from("<I", data, position + 16)
                (length,) = struct.unpack_from("<I", data, position + 20)
                position += 24 if named == 0 else 24 + length + (-length % 4)
            if kind in _WIDTHS:
                position += _WIDTHS[kind]
                continue
            if kind not in _VARIABLE:
                break
            values_count, length = struct.unpack_from("<II", data, position)
            if values_count != 1:
                break
            raw = data[position + 8 : position + 8 + length]
            values[name] = raw.decode("utf-16-le", "replace").encode() if kind == 0x1F else raw
            position += 8 + length + (-length % 4)
    except struct.error:
        pass
    return values


def _text_of(raw: bytes) -> str:
    return decode_text(raw.rstrip(b"\x00"))


def _tnef_member(number: int, title: bytes, content: bytes, properties: dict[int, bytes]) -> Member:
    name = shown(_text_of(properties.get(_LONG_NAME) or title or properties.get(_SHORT_NAME, b"")), 300) or str(number)
    data = content or properties.get(_CONTENT, b"")
    if not content and data.startswith(_EMBEDDED):
        data = data[16:]
    content_id = _text_of(properties.get(_CONTENT_ID, b"")).strip("<> ") or None
    return Member(name, data, _text_of(properties.get(_MIME_TYPE, b"")) or "application/octet-stream", content_id=content_id)


def open_tnef(data: bytes) -> Opened:
    """Attachments of a winmail.dat."""
    found: list[dict[str, bytes]] = []
    try:
        for item in _tnef_objects(data):
            if item.name == tnefparse.TNEF.ATTATTACHRENDDATA:
                found.append({})
            elif found and item.name == tnefparse.TNEF.ATTATTACHTITLE:
                found[-1]["title"] = bytes(item.data)
            elif found and item.name == tnefparse.TNEF.ATTATTACHDATA:
                found[-1]["data"] = bytes(item.data)
            elif found and item.name == tnefparse.TNEF.ATTATTACHMENT:
                found[-1]["mapi"] = bytes(item.data)
    except (struct.error, ValueError, IndexError):
        return Opened(problem=Problem.DAMAGED)
    members = [
        _tnef_member(number, parts.get("title", b""), parts.get("data", b""), _mapi_values(parts.get("mapi", b"")))
        for number, parts in enumerate(found, 1)
    ]
    return Opened(members)


# ------------------------------------------------------------------ Outlook .msg

_EMBEDDED_MESSAGE = "__substg1.0_3701000D"
_MSG_DEPTH = 5


def _mime_part(content_type: str, data: bytes, *extra: str) -> bytes:
    head = "\r\n".join([f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *extra])
    return head.encode() + b"\r\n\r\n" + encodebytes(data)


def _encoded(text: str) -> str:
    """A header value for the mail that stands for a .msg: one line, encoded words where it is not ASCII."""
    return Header(shown(text, 2000), "utf-8" if not text.isascii() else "us-ascii", maxlinelen=10000).encode(linesep="").replace("\n", " ")


def _msg_head(message: oxmsg.Message) -> list[str]:
    """Header lines of the mail: those with which it travelled, where Outlook kept them; else made of what it kept."""
    travelled = str(message.properties.str_prop_value(msg_properties.PID_TRANSPORT_MESSAGE_HEADERS) or "")
    lines, keep = [], False
    for line in travelled.replace("\r\n", "\n").split("\n"):
        if not line.startswith((" ", "\t")):
            keep = bool(re.match(r"[!-9;-~]+[ \t]*:", line)) and not re.match(r"(content-|mime-version)", line, re.IGNORECASE)
        if keep and line.strip():
            lines.append(line)
    have = {line.split(":")[0].strip().lower() for line in lines}
    made = [f"From: {_encoded(message.sender or '')}", f"Subject: {_encoded(message.subject)}"]
    if message.sent_date is not None:
        made.append(f"Date: {message.sent_date:%d %b %Y %H:%M:%S} +0000")
    made += [
        f'To: "{_encoded(person.name)}" <{_encoded(person.email_address)}>' for person in message.recipients[:20] if person.email_address.isascii()
    ]
    return lines + [line for line in made if line.split(":")[0].lower() not in have]


def _msg_attachment(storage: Storage, depth: int) -> bytes:
    attachment = Attachment(storage)
    nested = next((inner for inner in storage.storages if inner.name == _EMBEDDED_MESSAGE), None)
    if nested is not None:
        return b"Content-Type: message/rfc822\r\n\r\n" + _mail_of(nested, depth + 1)
    name = attachment.file_name or attachment.properties.str_prop_value(_SHORT_NAME) or ""
    extended = "".join(f"%{byte:02X}" for byte in shown(str(name), 300).encode("utf-8", "replace"))
    content_id = shown(str(attachment.properties.str_prop_value(_CONTENT_ID) or ""), 200).strip("<>")
    extra = [f"Content-ID: <{content_id}>"] if content_id.isascii() and content_id else []
    disposition = f"Content-Disposition: {'inline' if extra else 'attachment'}" + (f"; filename*=UTF-8''{extended}" if extended else "")
    declared = str(attachment.mime_type or "")
    declared = declared if re.fullmatch(r"[\w.+-]+/[\w.+-]+", declared, re.ASCII) else "application/octet-stream"
    return _mime_part(declared, attachment.file_bytes or b"", disposition, *extra)


def _mail_of(storage: Storage, depth: int) -> bytes:
    message = oxmsg.Message(storage)
    parts = []
    plain, html = message.body, message.html_body
    texts = [_mime_part(f"text/{kind}; charset=utf-8", text.encode("utf-8", "replace")) for kind, text in (("plain", plain), ("html", html)) if text]
    if len(texts) == 2:
        inner = b"\r\n".join(b"--alt%d\r\n" % depth + text for text in texts)
        parts.append(b'Content-Type: multipart/alternative; boundary="alt%d"\r\n\r\n' % depth + inner + b"\r\n--alt%d--\r\n" % depth)
    else:
        parts += texts
    if depth < _MSG_DEPTH:
        parts += [_msg_attachment(inner, depth) for inner in storage.iter_attachment_storages()]
    head = [*_msg_head(message), "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="outlook-msg-{depth}"']
    body = b"".join(b"--outlook-msg-%d\r\n" % depth + part + b"\r\n" for part in parts)
    return "\r\n".join(head).encode("utf-8", "replace") + b"\r\n\r\n" + body + b"--outlook-msg-%d--\r\n" % depth


def msg_as_mail(data: bytes, limits: MailLimits) -> bytes | None:
    """An Outlook .msg rewritten as the mail that it holds, so that it is read like any other; None where it cannot be opened or is too large."""
    try:
        with olefile.OleFileIO(data) as ole:
            if sum(entry.size for entry in ole.direntries if entry is not None) > limits.archive_bytes:
                return None
            return _mail_of(Storage.from_ole(ole), 0)
    except _MSG_ERRORS:
        return None

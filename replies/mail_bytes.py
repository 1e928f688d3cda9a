"""A reply becomes the bytes of one mail, and the finished bytes are looked at once more before they may leave."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from replies.addresses import is_plain_address
from replies.message_ids import is_our_message_id, is_strict_id, message_id_for
from replies.values import Reply

__all__ = ["UnsafeLetter", "build_mail", "is_our_message_id", "message_id_for", "verify_mail"]

SIZE_LIMIT = 64 * 1024
_ID_HEADERS = {"message-id", "in-reply-to", "references"}
_ALLOWED = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted", "x-auto-response-suppress",
    "mime-version", "content-type",
}  # fmt: skip
_REQUIRED = _ALLOWED - {"in-reply-to", "references"}
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):(?: (.*))?", re.DOTALL)
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=")
_REMOTE = re.compile(
    r"<\s*(?:img|script|link|iframe|object|embed|form|svg|video|audio|base|meta\s+http-equiv)\b|\ssrc\s*=|url\s*\(|\son[a-z]+\s*=", re.I
)


class UnsafeLetter(ValueError):
    """A letter that must not leave: its bytes are not those of a clean letter. The message says what is wrong with them."""


class _LetterPolicy(EmailPolicy):
    """SMTP's policy, but ids are folded between, never inside: the library would make encoded words of a long one (CPython issue 79986)."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _ID_HEADERS:
            return f"{name}: " + "\r\n ".join(str(value).split()) + "\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _ID_HEADERS:
            return self.fold(name, value).encode("ascii")
        return bytes(super().fold_binary(name, value))


_POLICY = _LetterPolicy(linesep="\r\n", utf8=False, cte_type="7bit", raise_on_defect=False)


def build_mail(reply: Reply, *, from_address: str, from_name: str, message_id: str, date: datetime) -> bytes:
    """The mail as it goes over the wire: 7-bit, CRLF, one To, no Cc, no Bcc; verified. The same arguments give the same bytes.

    ``date`` is aware of its zone. UnsafeLetter for anything that does not make a clean letter.
    """
    if date.tzinfo is None:
        raise UnsafeLetter("the date has no zone")
    if len(reply.to) != 1 or not is_plain_address(reply.to[0]) or not is_plain_address(from_address):
        raise UnsafeLetter("a letter needs one plain address to go to and one to come from")
    if not is_strict_id(message_id):
        raise UnsafeLetter("the Message-ID is not of strict form")
    try:
        finished = _written(reply, from_address=from_address, from_name=from_name, message_id=message_id, date=date)
    except (MessageError, UnicodeError) as error:
        raise UnsafeLetter(f"the letter cannot be written: {error}") from error
    verify_mail(finished, to=reply.to[0], from_address=from_address, by_hand=reply.by_hand)
    return finished


def _written(reply: Reply, *, from_address: str, from_name: str, message_id: str, date: datetime) -> bytes:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(display_name=_header_text(from_name), addr_spec=from_address)
    mail["To"] = Address(addr_spec=reply.to[0])
    mail["Subject"] = _header_text(reply.subject)
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = message_id
    if reply.in_reply_to and is_strict_id(reply.in_reply_to):
        mail["In-Reply-To"] = reply.in_reply_to
        mail["References"] = " ".join(known for known in reply.references if is_strict_id(known)) or reply.in_reply_to
    mail["Auto-Submitted"] = _submitted(by_hand=reply.by_hand)
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(reply.text, subtype="plain", charset="utf-8", cte="base64")
    mail.add_alternative(reply.html, subtype="html", charset="utf-8", cte="base64")
    mail.set_boundary("=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32])
    return mail.as_bytes()


def _submitted(*, by_hand: bool) -> str:
    """RFC 3834, 5: what a person wrote says so; only what the machine wrote may be kept from a person's attention as automatic."""
    return "no" if by_hand else "auto-replied"


def verify_mail(mail: bytes, *, to: str | None = None, from_address: str | None = None, by_hand: bool = False) -> None:
    """Looks at the finished bytes, as a stranger would read them. UnsafeLetter where they are not those of a clean letter:

    below 64 KB; 7-bit, every line ends in CRLF and is at most 998 long; only allow-listed header names, each once, none missing; exactly one
    plain address in To and From (equal to ``to`` and ``from_address`` where given); encoded words only in Subject and the From's name, and
    nothing that reads as one inside them; two parts, plain text and HTML, the HTML without anything that would be fetched or run;
    automatic by its own words, unless it was written ``by_hand``.
    """
    _check_bytes(mail)
    fields = _header_fields(mail.split(b"\r\n\r\n", 1)[0])
    if fields.keys() - _ALLOWED or _REQUIRED - fields.keys():
        raise UnsafeLetter(f"header names: {', '.join(sorted((fields.keys() - _ALLOWED) | (_REQUIRED - fields.keys())))}")
    for name, value in fields.items():
        if name not in {"subject", "from"} and "=?" in value:
            raise UnsafeLetter(f"an encoded word in {name}")
    for name in _ID_HEADERS & fields.keys():
        if not all(is_strict_id(known) for known in fields[name].split()):
            raise UnsafeLetter(f"{name} is not of strict form")
    if not is_plain_address(fields["to"]) or (to is not None and fields["to"] != to):
        raise UnsafeLetter("To is not the one address that the letter is for")
    if (fields["auto-submitted"], fields["x-auto-response-suppress"]) != (_submitted(by_hand=by_hand), "All"):
        raise UnsafeLetter("the letter does not say rightly whether it is automatic")
    _check_read(mail, from_address)


def _header_text(text: str) -> str:
    """Text that may stand in Subject or in a display name. UnsafeLetter for control characters and encoded words."""
    if "=?" in text or any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in text):
        raise UnsafeLetter("a header text holds a control character or an encoded word")
    return text


def _check_bytes(mail: bytes) -> None:
    if len(mail) >= SIZE_LIMIT:
        raise UnsafeLetter(f"the letter has {len(mail)} bytes, the limit is {SIZE_LIMIT}")
    rest = mail.replace(b"\r\n", b"")
    if b"\r" in rest or b"\n" in rest or b"\x00" in rest or not mail.endswith(b"\r\n"):
        raise UnsafeLetter("a line does not end in CRLF")
    if any(byte > 126 or (byte < 32 and byte != 9) for byte in rest):
        raise UnsafeLetter("the bytes are not plain 7-bit text")
    if any(len(line) > 998 for line in mail.split(b"\r\n")):
        raise UnsafeLetter("a line is longer than 998 characters")


def _header_fields(block: bytes) -> dict[str, str]:
    """Header fields by lower-case name, unfolded, as they stand on the wire."""
    lines: list[bytes] = []
    for line in block.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += line
        else:
            lines.append(line)
    fields: dict[str, str] = {}
    for line in lines:
        match = _FIELD.fullmatch(line)
        if match is None:
            raise UnsafeLetter("a header line is no header")
        name = match[1].decode("ascii").lower()
        if name in fields:
            raise UnsafeLetter(f"{name} stands twice")
        fields[name] = (match[2] or b"").decode("ascii").strip()
    return fields


def _check_read(mail: bytes, from_address: str | None) -> None:
    """What a mail program makes of the bytes."""
    try:
        read = BytesParser(policy=SMTP).parsebytes(mail)
        subject, senders, receivers = str(read["Subject"]), read["From"].addresses, read["To"].addresses
    except (MessageError, ValueError, AttributeError, IndexError, KeyError) as error:
        raise UnsafeLetter(f"the finished letter cannot be read back: {error}") from error
    if read.defects or len(receivers) != 1 or len(senders) != 1 or (from_address is not None and senders[0].addr_spec != from_address):
        raise UnsafeLetter("From or To is not one plain address")
    for shown in (subject, senders[0].display_name):
        if _ENCODED_WORD.search(shown) or any(ord(c) < 32 for c in shown):
            raise UnsafeLetter("a header hides an encoded word or a control character")
    parts = list(read.iter_parts())
    if read.get_content_type() != "multipart/alternative" or [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        raise UnsafeLetter("the letter is not plain text with HTML beside it")
    if _REMOTE.search(_tags(parts[1].get_content())):
        raise UnsafeLetter("the HTML holds something that would be fetched or run")


def _tags(html: str) -> str:
    """The tags of an HTML text: what stands between them is escaped and only shown."""
    return "\n".join(re.findall(r"<[^>]*>?", html))
